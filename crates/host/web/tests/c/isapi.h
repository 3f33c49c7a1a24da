/* The extension contract as these tests need it. DWORD is 32 bits, BOOL 32. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/syscall.h>

typedef uint32_t DWORD;
typedef int32_t BOOL;
typedef void *HCONN;

typedef struct {
    DWORD dwExtensionVersion;
    char lpszExtensionDesc[256];
} HSE_VERSION_INFO;

typedef struct {
    DWORD cbSize;
    DWORD dwVersion;
    HCONN ConnID;
    DWORD dwHttpStatusCode;
    char lpszLogData[80];
    char *lpszMethod;
    char *lpszQueryString;
    char *lpszPathInfo;
    char *lpszPathTranslated;
    DWORD cbTotalBytes;
    DWORD cbAvailable;
    unsigned char *lpbData;
    char *lpszContentType;
    BOOL (*GetServerVariable)(HCONN, char *, void *, DWORD *);
    BOOL (*WriteClient)(HCONN, void *, DWORD *, DWORD);
    BOOL (*ReadClient)(HCONN, void *, DWORD *);
    BOOL (*ServerSupportFunction)(HCONN, DWORD, void *, DWORD *, DWORD *);
} ECB;

typedef struct {
    const char *pszStatus;
    const char *pszHeader;
    DWORD cchStatus;
    DWORD cchHeader;
    BOOL fKeepConn;
} HEADER_EX;

static void head(ECB *e, const char *status, const char *block)
{
    e->ServerSupportFunction(e->ConnID, 3, (void *)status, NULL, (DWORD *)block);
}

static BOOL put(ECB *e, const void *data, size_t size)
{
    DWORD count = (DWORD)size;
    return e->WriteClient(e->ConnID, (void *)data, &count, 1);
}

static void say(ECB *e, const char *text)
{
    put(e, text, strlen(text));
}

static void page(ECB *e, const char *text)
{
    char block[128];
    snprintf(block, sizeof block, "Content-Type: text/plain\r\nContent-Length: %zu\r\n\r\n", strlen(text));
    head(e, "200 OK", block);
    say(e, text);
}

static int is(ECB *e, const char *path)
{
    return strcmp(e->lpszPathInfo, path) == 0;
}
