/* Programs as the documents tell: a thread with a message loop, which other
 * threads post to, with timers and waits for both messages and events. Builds as
 * C11 and as C++17. */
#include <stdio.h>
#include <string.h>

#include "objbase.h"
#include "windows.h"

#define MUST(what)                                                                                 \
    do {                                                                                           \
        if (!(what)) {                                                                             \
            fprintf(stderr, "%s:%d: %s (last error %u)\n", __FILE__, __LINE__, #what,              \
                    (unsigned)GetLastError());                                                     \
            return 1;                                                                              \
        }                                                                                          \
    } while (0)

enum { WM_ADD = WM_USER + 1, WM_LEAVE };

typedef struct Worker {
    HANDLE ready;
    LONG sum;
    int ticks;
} Worker;

static DWORD WINAPI loop(LPVOID parameter)
{
    Worker *worker = (Worker *)parameter;
    MSG message;
    UINT_PTR timer;
    /* The first call of a message function makes the queue. */
    PeekMessage(&message, NULL, WM_USER, WM_USER, PM_NOREMOVE);
    SetEvent(worker->ready);
    timer = SetTimer(NULL, 0, 10, NULL);
    while (GetMessage(&message, NULL, 0, 0) > 0) {
        switch (message.message) {
        case WM_ADD:
            worker->sum += (LONG)message.wParam;
            break;
        case WM_TIMER:
            worker->ticks++;
            break;
        case WM_LEAVE:
            KillTimer(NULL, timer);
            PostQuitMessage((int)message.lParam);
            break;
        default:
            TranslateMessage(&message);
            DispatchMessage(&message);
        }
    }
    return (DWORD)message.wParam;
}

static int posts(void)
{
    Worker worker;
    DWORD thread = 0, code = 0;
    HANDLE handle;
    int i;
    memset(&worker, 0, sizeof worker);
    worker.ready = CreateEvent(NULL, TRUE, FALSE, NULL);
    handle = CreateThread(NULL, 0, loop, &worker, 0, &thread);
    MUST(handle != NULL);
    MUST(WaitForSingleObject(worker.ready, 10000) == WAIT_OBJECT_0);
    for (i = 1; i <= 100; i++)
        MUST(PostThreadMessage(thread, WM_ADD, (WPARAM)i, 0));
    Sleep(60);
    MUST(PostThreadMessage(thread, WM_LEAVE, 0, 42));
    MUST(WaitForSingleObject(handle, 10000) == WAIT_OBJECT_0);
    MUST(GetExitCodeThread(handle, &code) && code == 42);
    MUST(worker.sum == 5050);
    MUST(worker.ticks >= 2);
    MUST(!PostThreadMessage(thread, WM_ADD, 1, 0) && GetLastError() == ERROR_INVALID_THREAD_ID);
    printf("100 messages and %d timer ticks\n", worker.ticks);
    return 0;
}

static DWORD WINAPI later(LPVOID event)
{
    Sleep(50);
    SetEvent((HANDLE)event);
    return 0;
}

static int waits(void)
{
    MSG message;
    HANDLE event = CreateEvent(NULL, TRUE, FALSE, NULL), thread;
    DWORD index = 7;
    MUST(SUCCEEDED(CoInitialize(NULL)));
    MUST(MsgWaitForMultipleObjects(1, &event, FALSE, 10, QS_ALLINPUT) == WAIT_TIMEOUT);
    MUST(PostThreadMessage(GetCurrentThreadId(), WM_ADD, 3, 4));
    MUST(MsgWaitForMultipleObjects(1, &event, FALSE, 10000, QS_ALLINPUT) == WAIT_OBJECT_0 + 1);
    MUST(PeekMessage(&message, NULL, 0, 0, PM_REMOVE) && message.wParam == 3 && message.lParam == 4);
    thread = CreateThread(NULL, 0, later, event, 0, NULL);
    MUST(MsgWaitForMultipleObjects(1, &event, FALSE, 10000, QS_ALLINPUT) == WAIT_OBJECT_0);
    MUST(CoWaitForMultipleHandles(0, 10000, 1, &event, &index) == S_OK && index == 0);
    ResetEvent(event);
    MUST(CoWaitForMultipleHandles(0, 10, 1, &event, &index) == RPC_S_CALLPENDING);
    MUST(WaitForSingleObject(thread, 10000) == WAIT_OBJECT_0);
    CoUninitialize();
    return 0;
}

int main(int count, char **arguments)
{
    const char *which = count > 1 ? arguments[1] : "";
    if (strcmp(which, "posts") == 0)
        return posts();
    if (strcmp(which, "waits") == 0)
        return waits();
    fprintf(stderr, "posts or waits\n");
    return 2;
}
