/* What the tests ask of an extension, chosen by the path behind its own. */
#include "isapi.h"
#include <pthread.h>

static int attached, registered, requests;
static volatile int blocked, released, terminated;
static char farewell[1024];
static HCONN old_id;

BOOL DllMain(void *instance, DWORD reason, void *reserved)
{
    (void)reserved;
    if (reason == 1 && instance)
        __sync_fetch_and_add(&attached, 1);
    if (reason == 0 && farewell[0]) {
        FILE *file = fopen(farewell, "a");
        fprintf(file, "terminated with %d, detached\n", terminated);
        fclose(file);
    }
    return 1;
}

BOOL GetExtensionVersion(HSE_VERSION_INFO *info)
{
    usleep(50000); /* long enough for other first requests to come */
    __sync_fetch_and_add(&registered, 1);
    info->dwExtensionVersion = 0x60000;
    strcpy(info->lpszExtensionDesc, "probe");
    return 1;
}

BOOL TerminateExtension(DWORD flags)
{
    terminated = (int)flags;
    return 1;
}

static void echo(ECB *e)
{
    char block[160], buffer[5000];
    snprintf(block, sizeof block, "Content-Type: text/plain\r\nX-Total: %u\r\nX-Available: %u\r\n\r\n",
             e->cbTotalBytes, e->cbAvailable);
    head(e, NULL, block);
    if (e->lpbData[e->cbAvailable] != 0)
        say(e, "no zero behind the data");
    put(e, e->lpbData, e->cbAvailable);
    e->cbAvailable = 0;
    for (;;) {
        DWORD size = sizeof buffer;
        if (!e->ReadClient(e->ConnID, buffer, &size)) {
            say(e, "|failed");
            return;
        }
        if (size == 0)
            return;
        put(e, buffer, size);
    }
}

static void large(ECB *e)
{
    size_t size = 1 << 20, count = 64;
    char *piece = malloc(size);
    head(e, "200 OK", is(e, "/large") ? "Content-Length: 67108864\r\n\r\n" : "\r\n");
    for (size_t i = 0; i < count; i++) {
        memset(piece, 'a' + (int)(i % 26), size);
        if (!put(e, piece, size))
            break;
    }
    free(piece);
}

static void variable(ECB *e)
{
    char answer[4096], value[2048];
    DWORD needed = 0, room, exact;
    BOOL probe = e->GetServerVariable(e->ConnID, e->lpszQueryString, NULL, &needed);
    memset(value, '#', sizeof value);
    room = needed ? needed - 1 : 0;
    DWORD asked = room;
    BOOL small = e->GetServerVariable(e->ConnID, e->lpszQueryString, value, &room);
    int untouched = value[0] == '#';
    exact = needed;
    BOOL full = e->GetServerVariable(e->ConnID, e->lpszQueryString, value, &exact);
    snprintf(answer, sizeof answer, "probe=%d needed=%u small=%d asked=%u says=%u untouched=%d full=%d size=%u value=%s",
             probe, needed, small, asked, room, untouched, full, exact, full ? value : "");
    page(e, answer);
}

static void refusals(ECB *e)
{
    DWORD size = 4, kind = 0;
    char answer[256], buffer[4];
    void *bad = (char *)e->ConnID + 1;
    snprintf(answer, sizeof answer, "%d%d%d%d%d%d%d%d%d",
             e->GetServerVariable(e->ConnID, NULL, buffer, &size),
             e->GetServerVariable(e->ConnID, "URL", buffer, NULL),
             e->GetServerVariable(bad, "URL", buffer, &size),
             e->GetServerVariable(NULL, "URL", buffer, &size),
             e->ReadClient(NULL, buffer, &size),
             e->WriteClient((void *)-1, "x", &size, 1),
             e->WriteClient(e->ConnID, NULL, &size, 1),
             e->ServerSupportFunction(e->ConnID, 1020, buffer, &size, &kind),
             e->ServerSupportFunction(e->ConnID, 4, NULL, NULL, NULL));
    page(e, answer);
}

static const char *release_file(ECB *e)
{
    static __thread char path[1024];
    snprintf(path, sizeof path, "%.*s/release",
             (int)(strlen(e->lpszPathTranslated) - strlen(e->lpszPathInfo)), e->lpszPathTranslated);
    return path;
}

static void wait_inside(ECB *e)
{
    __sync_fetch_and_add(&blocked, 1);
    while (!released && access(release_file(e), F_OK) != 0)
        usleep(1000);
    page(e, "released");
}

static void head_ex(ECB *e)
{
    HEADER_EX info = { "201 Made", "Content-Length: 5\r\nX-Ex: yes\r\n\r\nab\0de", 0, 37, strcmp(e->lpszQueryString, "close") != 0 };
    e->ServerSupportFunction(e->ConnID, 1016, &info, NULL, NULL);
}

static void *other_thread(void *e)
{
    page(e, "from another thread");
    return NULL;
}

static void on_other_thread(ECB *e)
{
    pthread_t thread;
    pthread_create(&thread, NULL, other_thread, e);
    pthread_join(thread, NULL);
}

static void stale_id(ECB *e)
{
    DWORD count = 1, size = 0;
    int wrote = e->WriteClient(old_id, "x", &count, 1);
    int read = e->ReadClient(old_id, "x", &size);
    page(e, wrote || read ? "taken" : "refused");
}

static void identity(ECB *e)
{
    char answer[64];
    snprintf(answer, sizeof answer, "%u %u", geteuid(), getegid());
    page(e, answer);
}

static void counts(ECB *e)
{
    char answer[128];
    snprintf(answer, sizeof answer, "attached=%d registered=%d requests=%d blocked=%d tid=%ld",
             attached, registered, requests, blocked, (long)syscall(SYS_gettid));
    page(e, answer);
}

DWORD HttpExtensionProc(ECB *e)
{
    __sync_fetch_and_add(&requests, 1);
    if (is(e, "/echo"))
        echo(e);
    else if (is(e, "/large") || is(e, "/large-chunked"))
        large(e);
    else if (is(e, "/raw-head"))
        say(e, "HTTP/1.0 404 Gone Away\r\nContent-Type: text/x\r\nContent-Le"), say(e, "ngth: 4\r\n\r\nbody and more");
    else if (is(e, "/raw-status"))
        say(e, "Status: 207 Several\r\nContent-Type: text/y\r\n\r\nmany");
    else if (is(e, "/raw-body"))
        say(e, "<p>just a body");
    else if (is(e, "/redirect"))
        e->ServerSupportFunction(e->ConnID, 1, "http://example.com/x?y=1", NULL, NULL);
    else if (is(e, "/split"))
        page(e, e->ServerSupportFunction(e->ConnID, 1, "/x\r\nSet-Cookie: a=b", NULL, NULL) ? "sent" : "refused");
    else if (is(e, "/variable"))
        variable(e);
    else if (is(e, "/refusals"))
        refusals(e);
    else if (is(e, "/wait"))
        wait_inside(e);
    else if (is(e, "/release"))
        released = 1, page(e, "ok");
    else if (is(e, "/head-ex"))
        head_ex(e);
    else if (is(e, "/unauthorized"))
        head(e, "401 Unauthorized", "Content-Length: 0\r\n\r\n");
    else if (is(e, "/thread"))
        on_other_thread(e);
    else if (is(e, "/old-id"))
        old_id = e->ConnID, page(e, "kept");
    else if (is(e, "/stale-id"))
        stale_id(e);
    else if (is(e, "/identity"))
        identity(e);
    else if (is(e, "/farewell"))
        strcpy(farewell, e->lpszPathTranslated), page(e, farewell);
    else if (is(e, "/nothing"))
        return 1;
    else if (is(e, "/pending"))
        return 3;
    else if (is(e, "/strange"))
        return 77;
    else if (is(e, "/error"))
        return 4;
    else if (is(e, "/error-late")) {
        head(e, "200 OK", "Content-Length: 10\r\n\r\n");
        say(e, "half");
        return 4;
    } else
        counts(e);
    return strcmp(e->lpszMethod, "KEEP") == 0 ? 2 : 1;
}
