/* Types of the binary contracts, with their documented sizes: LONG and DWORD
 * have 32 bits, WCHAR has 16, on every platform. Build with nothing else.
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef PARTYWALL_WINDOWS_H
#define PARTYWALL_WINDOWS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
typedef char16_t WCHAR;
#else
typedef uint16_t WCHAR;
#endif

/* Calling conventions mean nothing on this platform. */
#define WINAPI
#define APIENTRY
#define CALLBACK
#define STDMETHODCALLTYPE

typedef int32_t BOOL, LONG, INT;
typedef uint32_t DWORD, ULONG, UINT;
typedef uint16_t WORD, USHORT;
typedef int16_t SHORT;
typedef uint8_t BYTE;
typedef char CHAR;
typedef int64_t LONGLONG;
typedef uint64_t ULONGLONG;
typedef uintptr_t ULONG_PTR, DWORD_PTR, UINT_PTR, WPARAM;
typedef intptr_t LONG_PTR, LPARAM, LRESULT;
typedef size_t SIZE_T;
typedef uint8_t BOOLEAN;
typedef void *HANDLE, *HINSTANCE, *HWND, *LPVOID, *PVOID;
typedef const void *LPCVOID;
typedef char *LPSTR;
typedef const char *LPCSTR;
typedef WCHAR *LPWSTR;
typedef const WCHAR *LPCWSTR;
typedef DWORD *LPDWORD;
typedef LONG *LPLONG;
typedef HANDLE *LPHANDLE;
typedef BYTE *LPBYTE;
typedef LONG HRESULT;

/* __extension__: the anonymous member is documented and not standard C++. */
typedef union _LARGE_INTEGER {
    __extension__ struct {
        DWORD LowPart;
        LONG HighPart;
    };
    struct {
        DWORD LowPart;
        LONG HighPart;
    } u;
    LONGLONG QuadPart;
} LARGE_INTEGER;

/* The account that the thread works for, impersonated or the process's. */
BOOL WINAPI GetUserNameW(LPWSTR name, LPDWORD size);

#define TRUE 1
#define FALSE 0

/* What our headers promise about layouts, checked where the compiler can. */
#if !defined(__LP64__)
#define PARTYWALL_LAYOUT(condition) struct _partywall_layout
#elif defined(__cplusplus) && __cplusplus >= 201103L
#define PARTYWALL_LAYOUT(condition) static_assert(condition, "the layout of 64-bit systems")
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define PARTYWALL_LAYOUT(condition) _Static_assert(condition, "the layout of 64-bit systems")
#else
#define PARTYWALL_LAYOUT(condition) struct _partywall_layout
#endif

#define DLL_PROCESS_DETACH 0
#define DLL_PROCESS_ATTACH 1

#define ERROR_SUCCESS 0u
#define ERROR_FILE_NOT_FOUND 2u
#define ERROR_PATH_NOT_FOUND 3u
#define ERROR_INVALID_HANDLE 6u
#define ERROR_NOT_ENOUGH_MEMORY 8u
#define ERROR_READ_FAULT 30u
#define ERROR_NETNAME_DELETED 64u
#define ERROR_INVALID_PARAMETER 87u
#define ERROR_INSUFFICIENT_BUFFER 122u
#define ERROR_ALREADY_EXISTS 183u
#define ERROR_FILENAME_EXCED_RANGE 206u
#define ERROR_NO_MORE_ITEMS 259u
#define ERROR_NOT_OWNER 288u
#define ERROR_TOO_MANY_POSTS 298u
#define ERROR_INVALID_INDEX 1413u
#define ERROR_NO_SYSTEM_RESOURCES 1450u
#define ERROR_TIMEOUT 1460u

typedef struct _GUID {
    DWORD Data1;
    WORD Data2;
    WORD Data3;
    BYTE Data4[8];
} GUID, IID, CLSID;

/* The thread's last error: one place for the host and all that it loads. */
DWORD WINAPI GetLastError(void);
void WINAPI SetLastError(DWORD error);

#ifdef __cplusplus
}
#endif

#include "synchapi.h"
#include "winuser.h"

#endif
