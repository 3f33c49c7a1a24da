/* The message loop: messages to threads, timers, and waits for both messages and
 * kernel objects.
 *
 * What differs from the documentation:
 * - There are no windows. A window that is not null is refused (1400); -1 asks
 *   for messages to the thread and leaves the apartment's calls out.
 * - Calls into a single-threaded apartment come through its thread's loop as
 *   messages that DispatchMessage runs. A loop that gets and dispatches serves
 *   them without knowing of them; one that drops messages it does not know loses
 *   calls.
 * - TranslateMessage does nothing: there is no keyboard.
 * - The wake mask of MsgWaitForMultipleObjects is 0, for no messages, or counts as
 *   QS_ALLINPUT.
 *
 * windows.h includes this file; include that one.
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef PARTYWALL_WINUSER_H
#define PARTYWALL_WINUSER_H

#include "windows.h"

#ifdef __cplusplus
extern "C" {
#endif

#define WM_QUIT 0x0012u
#define WM_TIMER 0x0113u
#define WM_USER 0x0400u
#define WM_APP 0x8000u
#define PM_NOREMOVE 0u
#define PM_REMOVE 1u
#define QS_POSTMESSAGE 0x0008u
#define QS_TIMER 0x0010u
#define QS_SENDMESSAGE 0x0040u
#define QS_ALLINPUT 0x04FFu
#define MWMO_WAITALL 1u
#define MWMO_ALERTABLE 2u
#define MWMO_INPUTAVAILABLE 4u
#define ERROR_INVALID_WINDOW_HANDLE 1400u
#define ERROR_INVALID_THREAD_ID 1444u
#define ERROR_NOT_ENOUGH_QUOTA 1816u

typedef struct tagPOINT {
    LONG x;
    LONG y;
} POINT;

typedef struct tagMSG {
    HWND hwnd;
    UINT message;
    WPARAM wParam;
    LPARAM lParam;
    DWORD time;
    POINT pt;
} MSG, *PMSG, *LPMSG;

typedef void(CALLBACK *TIMERPROC)(HWND window, UINT message, UINT_PTR id, DWORD time);

BOOL WINAPI GetMessageA(MSG *message, HWND window, UINT first, UINT last);
BOOL WINAPI GetMessageW(MSG *message, HWND window, UINT first, UINT last);
BOOL WINAPI PeekMessageA(MSG *message, HWND window, UINT first, UINT last, UINT remove);
BOOL WINAPI PeekMessageW(MSG *message, HWND window, UINT first, UINT last, UINT remove);
BOOL WINAPI TranslateMessage(const MSG *message);
LRESULT WINAPI DispatchMessageA(const MSG *message);
LRESULT WINAPI DispatchMessageW(const MSG *message);
BOOL WINAPI PostThreadMessageA(DWORD thread, UINT message, WPARAM wParam, LPARAM lParam);
BOOL WINAPI PostThreadMessageW(DWORD thread, UINT message, WPARAM wParam, LPARAM lParam);
void WINAPI PostQuitMessage(int code);
UINT_PTR WINAPI SetTimer(HWND window, UINT_PTR id, UINT milliseconds, TIMERPROC procedure);
BOOL WINAPI KillTimer(HWND window, UINT_PTR id);
DWORD WINAPI MsgWaitForMultipleObjects(DWORD count, const HANDLE *handles, BOOL all,
                                       DWORD milliseconds, DWORD mask);
DWORD WINAPI MsgWaitForMultipleObjectsEx(DWORD count, const HANDLE *handles, DWORD milliseconds,
                                         DWORD mask, DWORD flags);

#ifdef UNICODE
#define GetMessage GetMessageW
#define PeekMessage PeekMessageW
#define DispatchMessage DispatchMessageW
#define PostThreadMessage PostThreadMessageW
#else
#define GetMessage GetMessageA
#define PeekMessage PeekMessageA
#define DispatchMessage DispatchMessageA
#define PostThreadMessage PostThreadMessageA
#endif

#ifdef __cplusplus
}
#endif
#endif
