/* ISAPI extensions. Export GetExtensionVersion and HttpExtensionProc;
 * TerminateExtension and DllMain if you like. Exported C++ functions need
 * extern "C", which this header gives them.
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef PARTYWALL_HTTPEXT_H
#define PARTYWALL_HTTPEXT_H

#include "windows.h"

#ifdef __cplusplus
extern "C" {
#endif

#define HSE_VERSION_MAJOR 6
#define HSE_VERSION_MINOR 0
#define HSE_VERSION 0x00060000u
#define HSE_LOG_BUFFER_LEN 80
#define HSE_MAX_EXT_DLL_NAME_LEN 256

#define HSE_STATUS_SUCCESS 1
#define HSE_STATUS_SUCCESS_AND_KEEP_CONN 2
#define HSE_STATUS_PENDING 3
#define HSE_STATUS_ERROR 4

#define HSE_REQ_SEND_URL_REDIRECT_RESP 1
#define HSE_REQ_SEND_RESPONSE_HEADER 3
#define HSE_REQ_SEND_RESPONSE_HEADER_EX 1016

#define HSE_IO_SYNC 1
#define HSE_IO_ASYNC 2

#define HSE_TERM_ADVISORY_UNLOAD 1
#define HSE_TERM_MUST_UNLOAD 2

typedef LPVOID HCONN;

typedef struct _HSE_VERSION_INFO {
    DWORD dwExtensionVersion;
    CHAR lpszExtensionDesc[HSE_MAX_EXT_DLL_NAME_LEN];
} HSE_VERSION_INFO, *LPHSE_VERSION_INFO;

typedef struct _HSE_SEND_HEADER_EX_INFO {
    LPCSTR pszStatus;
    LPCSTR pszHeader;
    DWORD cchStatus;
    DWORD cchHeader;
    BOOL fKeepConn;
} HSE_SEND_HEADER_EX_INFO, *LPHSE_SEND_HEADER_EX_INFO;

typedef struct _EXTENSION_CONTROL_BLOCK {
    DWORD cbSize;
    DWORD dwVersion;
    HCONN ConnID;
    DWORD dwHttpStatusCode;
    CHAR lpszLogData[HSE_LOG_BUFFER_LEN];
    LPSTR lpszMethod;
    LPSTR lpszQueryString;
    LPSTR lpszPathInfo;
    LPSTR lpszPathTranslated;
    DWORD cbTotalBytes;
    DWORD cbAvailable;
    LPBYTE lpbData;
    LPSTR lpszContentType;
    BOOL(WINAPI *GetServerVariable)(HCONN conn, LPSTR name, LPVOID buffer, LPDWORD size);
    BOOL(WINAPI *WriteClient)(HCONN conn, LPVOID buffer, LPDWORD size, DWORD flags);
    BOOL(WINAPI *ReadClient)(HCONN conn, LPVOID buffer, LPDWORD size);
    BOOL(WINAPI *ServerSupportFunction)(HCONN conn, DWORD code, LPVOID buffer, LPDWORD size,
                                        LPDWORD type);
} EXTENSION_CONTROL_BLOCK, *LPEXTENSION_CONTROL_BLOCK;

BOOL WINAPI GetExtensionVersion(HSE_VERSION_INFO *version);
DWORD WINAPI HttpExtensionProc(EXTENSION_CONTROL_BLOCK *block);
BOOL WINAPI TerminateExtension(DWORD flags);
BOOL WINAPI DllMain(HINSTANCE library, DWORD reason, LPVOID reserved);

#if defined(__cplusplus) && __cplusplus >= 201103L
static_assert(sizeof(EXTENSION_CONTROL_BLOCK) == 192, "the layout of 64-bit systems");
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
_Static_assert(sizeof(EXTENSION_CONTROL_BLOCK) == 192, "the layout of 64-bit systems");
#endif

#ifdef __cplusplus
}
#endif
#endif
