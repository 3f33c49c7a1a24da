/* What C++ code does with the same interfaces. The argument names the case. */
#include "windows.h"
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <unistd.h>
#include <vector>

#define CHECK(what)                                                                                \
    do {                                                                                           \
        if (!(what)) {                                                                             \
            std::fprintf(stderr, "line %d: %s (last error %u)\n", __LINE__, #what,                 \
                         GetLastError());                                                          \
            _exit(1);                                                                              \
        }                                                                                          \
    } while (0)

class Handle {
public:
    explicit Handle(HANDLE handle) : handle(handle) { CHECK(handle); }
    Handle(const Handle &) = delete;
    Handle &operator=(const Handle &) = delete;
    ~Handle() { CloseHandle(handle); }
    operator HANDLE() const { return handle; }

private:
    HANDLE handle;
};

class Lock {
public:
    explicit Lock(CRITICAL_SECTION &section) : section(section) { EnterCriticalSection(&section); }
    Lock(const Lock &) = delete;
    Lock &operator=(const Lock &) = delete;
    ~Lock() { LeaveCriticalSection(&section); }

private:
    CRITICAL_SECTION &section;
};

/* A queue that threads share, with an event for "there is work". */
struct Queue {
    CRITICAL_SECTION section;
    Handle work{CreateEvent(nullptr, FALSE, FALSE, nullptr)};
    Handle stop{CreateEvent(nullptr, TRUE, FALSE, nullptr)};
    std::vector<int> items;
    LONGLONG sum = 0;

    Queue() { InitializeCriticalSection(&section); }
    ~Queue() { DeleteCriticalSection(&section); }

    static DWORD WINAPI serve(LPVOID self)
    {
        auto &queue = *static_cast<Queue *>(self);
        HANDLE both[] = {queue.work, queue.stop};
        for (;;) {
            DWORD which = WaitForMultipleObjects(2, both, FALSE, INFINITE);
            std::vector<int> taken;
            try {
                Lock lock(queue.section);
                taken.swap(queue.items);
                if (taken.empty() && which == WAIT_OBJECT_0 + 1)
                    return 7;
                if (taken.empty())
                    throw std::runtime_error("nothing");
            } catch (const std::exception &) {
                continue; /* The section was left while the exception passed. */
            }
            for (int item : taken)
                InterlockedExchangeAdd64(&queue.sum, item);
        }
    }
};

static void work_queue()
{
    Queue queue;
    std::vector<HANDLE> threads;
    for (int i = 0; i < 4; i++)
        threads.push_back(CreateThread(nullptr, 0, Queue::serve, &queue, 0, nullptr));
    for (int i = 1; i <= 20000; i++) {
        {
            Lock lock(queue.section);
            queue.items.push_back(i);
        }
        CHECK(SetEvent(queue.work));
    }
    CHECK(SetEvent(queue.stop));
    CHECK(WaitForMultipleObjects(4, threads.data(), TRUE, 60000) == WAIT_OBJECT_0);
    CHECK(queue.sum == 20000LL * 20001 / 2);
    for (HANDLE thread : threads) {
        DWORD code = 0;
        CHECK(GetExitCodeThread(thread, &code) && code == 7 && CloseHandle(thread));
    }
}

static HANDLE held;
static DWORD slot;
static bool destroyed;

/* Uses the interfaces while its thread ends. */
struct Last {
    bool used = false;
    ~Last()
    {
        CHECK(TlsGetValue(slot) == &destroyed);
        CHECK(WaitForSingleObject(held, INFINITE) == WAIT_OBJECT_0);
        destroyed = true;
    }
};

static thread_local Last last;

static DWORD WINAPI with_last(LPVOID)
{
    last.used = true;
    CHECK(TlsSetValue(slot, &destroyed));
    return 3;
}

/* A thread counts as ended after its thread-local objects are destroyed, and a
 * mutex that a destructor took is abandoned. */
static void thread_local_objects()
{
    slot = TlsAlloc();
    held = CreateMutex(nullptr, FALSE, nullptr);
    Handle thread(CreateThread(nullptr, 0, with_last, nullptr, 0, nullptr));
    CHECK(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    CHECK(destroyed);
    CHECK(WaitForSingleObject(held, 0) == WAIT_ABANDONED);
}

static void interlocked()
{
    LONG volatile number = 5;
    LONGLONG volatile big = 1LL << 40;
    int a = 0, b = 0;
    PVOID volatile place = &a;
    CHECK(InterlockedIncrement(&number) == 6 && InterlockedDecrement(&number) == 5);
    CHECK(InterlockedExchange(&number, 9) == 5 && InterlockedExchangeAdd(&number, 3) == 9);
    CHECK(InterlockedCompareExchange(&number, 1, 11) == 12 && number == 12);
    CHECK(InterlockedCompareExchange(&number, 1, 12) == 12 && number == 1);
    CHECK(InterlockedOr(&number, 6) == 1 && InterlockedAnd(&number, 3) == 7);
    CHECK(InterlockedXor(&number, 1) == 3 && number == 2);
    CHECK(InterlockedIncrement64(&big) == (1LL << 40) + 1);
    CHECK(InterlockedCompareExchange64(&big, 0, (1LL << 40) + 1) == (1LL << 40) + 1 && big == 0);
    CHECK(InterlockedExchangePointer(&place, &b) == &a);
    CHECK(InterlockedCompareExchangePointer(&place, &a, &b) == &b && place == &a);
    LARGE_INTEGER parts;
    parts.QuadPart = (7LL << 32) + 9;
    CHECK(parts.LowPart == 9 && parts.HighPart == 7 && parts.u.LowPart == 9);
}

static DWORD WINAPI throwing(LPVOID)
{
    throw std::runtime_error("nobody catches this");
}

static void uncaught()
{
    Handle thread(CreateThread(nullptr, 0, throwing, nullptr, 0, nullptr));
    WaitForSingleObject(thread, 20000);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)();
    } cases[] = {{"work_queue", work_queue},
                 {"thread_local_objects", thread_local_objects},
                 {"interlocked", interlocked},
                 {"uncaught", uncaught}};
    alarm(120);
    for (const auto &one : cases)
        if (argc == 2 && !std::strcmp(argv[1], one.name)) {
            one.run();
            return 0;
        }
    return 2;
}
