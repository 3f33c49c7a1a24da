/* What C code does with threads and synchronisation, written against the
 * documented interfaces. The argument names the case; 0 is success. */
#include "windows.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CHECK(what)                                                                                \
    do {                                                                                           \
        if (!(what)) {                                                                             \
            fprintf(stderr, "line %d: %s (last error %u)\n", __LINE__, #what, GetLastError());     \
            _exit(1);                                                                              \
        }                                                                                          \
    } while (0)

static HANDLE start(LPTHREAD_START_ROUTINE routine, LPVOID parameter)
{
    DWORD number = 0;
    HANDLE thread = CreateThread(NULL, 0, routine, parameter, 0, &number);
    CHECK(thread && number);
    return thread;
}

static void finish(HANDLE *threads, DWORD count)
{
    CHECK(WaitForMultipleObjects(count, threads, TRUE, INFINITE) == WAIT_OBJECT_0);
    for (DWORD i = 0; i < count; i++)
        CHECK(CloseHandle(threads[i]));
}

/* Bounded buffer: two producers, two consumers, two semaphores and a section. */
enum { ITEMS = 5000, ROOM = 8 };
static HANDLE filled, empty;
static CRITICAL_SECTION section;
static int ring[ROOM], head, tail;
static LONG sum;

static DWORD WINAPI produce(LPVOID parameter)
{
    (void)parameter;
    for (int i = 1; i <= ITEMS; i++) {
        CHECK(WaitForSingleObject(empty, INFINITE) == WAIT_OBJECT_0);
        EnterCriticalSection(&section);
        ring[head++ % ROOM] = i;
        LeaveCriticalSection(&section);
        CHECK(ReleaseSemaphore(filled, 1, NULL));
    }
    return 0;
}

static DWORD WINAPI consume(LPVOID parameter)
{
    (void)parameter;
    for (int i = 1; i <= ITEMS; i++) {
        CHECK(WaitForSingleObject(filled, INFINITE) == WAIT_OBJECT_0);
        EnterCriticalSection(&section);
        int item = ring[tail++ % ROOM];
        LeaveCriticalSection(&section);
        InterlockedExchangeAdd(&sum, item);
        CHECK(ReleaseSemaphore(empty, 1, NULL));
    }
    return 0;
}

static void producer_consumer(void)
{
    LONG before = -1;
    filled = CreateSemaphore(NULL, 0, ROOM, NULL);
    empty = CreateSemaphore(NULL, ROOM, ROOM, NULL);
    InitializeCriticalSection(&section);
    HANDLE threads[] = {start(produce, NULL), start(produce, NULL), start(consume, NULL),
                        start(consume, NULL)};
    finish(threads, 4);
    CHECK(sum == ITEMS * (ITEMS + 1));
    CHECK(WaitForSingleObject(filled, 0) == WAIT_TIMEOUT);
    CHECK(!ReleaseSemaphore(empty, 1, &before) && GetLastError() == ERROR_TOO_MANY_POSTS);
    CHECK(before == -1);
    CHECK(WaitForSingleObject(empty, 0) == WAIT_OBJECT_0);
    CHECK(ReleaseSemaphore(empty, 1, &before) && before == ROOM - 1);
    DeleteCriticalSection(&section);
}

/* Two threads hand the turn to each other. */
enum { ROUNDS = 10000 };
static HANDLE ping, pong;
static int turns;

static DWORD WINAPI answer(LPVOID parameter)
{
    (void)parameter;
    for (int i = 0; i < ROUNDS; i++) {
        CHECK(WaitForSingleObject(ping, INFINITE) == WAIT_OBJECT_0);
        CHECK(turns == 2 * i + 1);
        turns++;
        CHECK(SetEvent(pong));
    }
    return ROUNDS;
}

static void ping_pong(void)
{
    DWORD code = 0;
    LARGE_INTEGER from, to, frequency;
    ping = CreateEvent(NULL, FALSE, FALSE, NULL);
    pong = CreateEvent(NULL, FALSE, FALSE, NULL);
    HANDLE thread = start(answer, NULL);
    CHECK(QueryPerformanceCounter(&from) && QueryPerformanceFrequency(&frequency));
    for (int i = 0; i < ROUNDS; i++) {
        CHECK(turns == 2 * i);
        turns++;
        CHECK(SetEvent(ping));
        CHECK(WaitForSingleObject(pong, INFINITE) == WAIT_OBJECT_0);
    }
    CHECK(QueryPerformanceCounter(&to));
    CHECK(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    CHECK(GetExitCodeThread(thread, &code) && code == ROUNDS);
    printf("%.1f us a round\n",
           1e6 * (double)(to.QuadPart - from.QuadPart) / (double)frequency.QuadPart / ROUNDS);
}

/* "All" takes everything or nothing: two takers of the same pair in opposite
 * order. Taking one after the other would leave each with half of a pair. */
static HANDLE pair[2];
static LONG both;

static DWORD WINAPI take_both(LPVOID parameter)
{
    HANDLE order[2] = {pair[parameter ? 1 : 0], pair[parameter ? 0 : 1]};
    for (int i = 0; i < ITEMS / 2; i++) {
        CHECK(WaitForMultipleObjects(2, order, TRUE, INFINITE) == WAIT_OBJECT_0);
        InterlockedIncrement(&both);
    }
    return 0;
}

static void wait_all(void)
{
    HANDLE event = CreateEvent(NULL, TRUE, FALSE, NULL), twice[2] = {event, event}, many[65];
    pair[0] = CreateSemaphore(NULL, 1, ITEMS, NULL);
    pair[1] = CreateSemaphore(NULL, 0, ITEMS, NULL);
    /* One of two is there: nothing is taken. */
    CHECK(WaitForMultipleObjects(2, pair, TRUE, 20) == WAIT_TIMEOUT);
    CHECK(WaitForSingleObject(pair[0], 0) == WAIT_OBJECT_0);
    HANDLE threads[] = {start(take_both, NULL), start(take_both, &both)};
    for (int i = 0; i < ITEMS; i++) {
        CHECK(ReleaseSemaphore(pair[i % 2], 1, NULL));
        CHECK(ReleaseSemaphore(pair[(i + 1) % 2], 1, NULL));
    }
    finish(threads, 2);
    CHECK(both == ITEMS);
    CHECK(WaitForMultipleObjects(2, pair, FALSE, 0) == WAIT_TIMEOUT);

    CHECK(WaitForMultipleObjects(2, twice, FALSE, 0) == WAIT_FAILED);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(WaitForMultipleObjects(0, twice, FALSE, 0) == WAIT_FAILED);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    for (int i = 0; i < 65; i++)
        many[i] = CreateEvent(NULL, TRUE, i == 63, NULL);
    CHECK(WaitForMultipleObjects(64, many, FALSE, INFINITE) == WAIT_OBJECT_0 + 63);
    CHECK(WaitForMultipleObjects(64, many, TRUE, 0) == WAIT_TIMEOUT);
    CHECK(WaitForMultipleObjects(65, many, FALSE, 0) == WAIT_FAILED);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(CloseHandle(many[5]));
    CHECK(WaitForMultipleObjects(64, many, FALSE, 0) == WAIT_FAILED);
    CHECK(GetLastError() == ERROR_INVALID_HANDLE);
}

/* A thread ends and still owns two mutexes. */
static HANDLE left[2], never, owning, end;

static DWORD WINAPI leave_owned(LPVOID parameter)
{
    (void)parameter;
    CHECK(WaitForSingleObject(left[0], INFINITE) == WAIT_OBJECT_0);
    CHECK(WaitForSingleObject(left[0], INFINITE) == WAIT_OBJECT_0);
    CHECK(WaitForSingleObject(left[1], INFINITE) == WAIT_OBJECT_0);
    CHECK(SetEvent(owning) && WaitForSingleObject(end, INFINITE) == WAIT_OBJECT_0);
    Sleep(50);
    return 0;
}

static void abandoned_mutex(void)
{
    left[0] = CreateMutex(NULL, FALSE, NULL);
    left[1] = CreateMutex(NULL, FALSE, NULL);
    never = CreateEvent(NULL, FALSE, FALSE, NULL);
    owning = CreateEvent(NULL, FALSE, FALSE, NULL);
    end = CreateEvent(NULL, FALSE, FALSE, NULL);
    HANDLE thread = start(leave_owned, NULL), three[] = {never, left[0], left[1]};
    CHECK(WaitForSingleObject(owning, INFINITE) == WAIT_OBJECT_0);
    CHECK(WaitForSingleObject(left[0], 0) == WAIT_TIMEOUT);
    CHECK(WaitForMultipleObjects(2, left, TRUE, 20) == WAIT_TIMEOUT);
    CHECK(!ReleaseMutex(left[0]) && GetLastError() == ERROR_NOT_OWNER);
    /* Registered before the owner ends; each mutex tells it once. */
    CHECK(SetEvent(end));
    CHECK(WaitForMultipleObjects(3, three, FALSE, INFINITE) == WAIT_ABANDONED_0 + 1);
    CHECK(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    CHECK(WaitForSingleObject(left[0], 0) == WAIT_OBJECT_0);
    CHECK(WaitForMultipleObjects(2, left, TRUE, 0) == WAIT_ABANDONED_0 + 1);
    for (int i = 0; i < 3; i++)
        CHECK(ReleaseMutex(left[0]));
    CHECK(!ReleaseMutex(left[0]) && GetLastError() == ERROR_NOT_OWNER);
    CHECK(ReleaseMutex(left[1]));
}

/* Eight threads, one counter, 100,000 times each; sections are recursive. */
enum { CROWD = 8, TIMES = 100000 };
static LONG counter;
static SRWLOCK slim = SRWLOCK_INIT;

static DWORD WINAPI count_up(LPVOID parameter)
{
    for (int i = 0; i < TIMES; i++) {
        if (parameter) {
            AcquireSRWLockExclusive(&slim);
            counter++;
            ReleaseSRWLockExclusive(&slim);
            AcquireSRWLockShared(&slim);
            CHECK(counter > 0);
            ReleaseSRWLockShared(&slim);
            continue;
        }
        EnterCriticalSection(&section);
        CHECK(TryEnterCriticalSection(&section));
        counter++;
        LeaveCriticalSection(&section);
        LeaveCriticalSection(&section);
    }
    return 0;
}

static void contention(void)
{
    HANDLE threads[CROWD];
    for (int round = 0; round < 3; round++) {
        ULONGLONG from = GetTickCount64();
        counter = 0;
        CHECK(InitializeCriticalSectionAndSpinCount(&section, round == 1 ? 400 : 0));
        for (int i = 0; i < CROWD; i++)
            threads[i] = start(count_up, round == 2 ? &slim : NULL);
        finish(threads, CROWD);
        CHECK(counter == CROWD * TIMES);
        CHECK(section.OwningThread == NULL);
        EnterCriticalSection(&section);
        CHECK((DWORD)(ULONG_PTR)section.OwningThread == GetCurrentThreadId());
        LeaveCriticalSection(&section);
        DeleteCriticalSection(&section);
        printf("%s: %u ms\n", round == 2 ? "slim lock" : round ? "spinning" : "section",
               (unsigned)(GetTickCount64() - from));
    }
}

static DWORD slot;

static DWORD WINAPI store(LPVOID parameter)
{
    SetLastError(77);
    CHECK(TlsGetValue(slot) == NULL && GetLastError() == ERROR_SUCCESS);
    for (int i = 0; i < 1000; i++) {
        CHECK(TlsSetValue(slot, parameter));
        SwitchToThread();
        CHECK(TlsGetValue(slot) == parameter);
    }
    return 0;
}

static void thread_storage(void)
{
    DWORD all[1089], count = 0;
    slot = TlsAlloc();
    CHECK(slot != TLS_OUT_OF_INDEXES && TlsSetValue(slot, &slot));
    HANDLE threads[] = {start(store, &ping), start(store, &pong)};
    finish(threads, 2);
    CHECK(TlsGetValue(slot) == &slot);
    CHECK(TlsFree(slot) && !TlsFree(slot) && GetLastError() == ERROR_INVALID_PARAMETER);
    /* Given out again, it is empty. */
    while ((all[count] = TlsAlloc()) != TLS_OUT_OF_INDEXES)
        CHECK(TlsGetValue(all[count++]) == NULL);
    CHECK(GetLastError() == ERROR_NO_MORE_ITEMS && count == 1088);
    CHECK(TlsSetValue(all[1087], &slot) && TlsGetValue(all[1087]) == &slot);
    CHECK(!TlsSetValue(1088, NULL) && GetLastError() == ERROR_INVALID_PARAMETER);
}

static DWORD WINAPI use_stack(LPVOID parameter)
{
    volatile char room[3 << 20];
    memset((void *)room, 1, sizeof room);
    SetEvent(parameter);
    return room[12345] == 1 ? STILL_ACTIVE + 1 : 0;
}

static void threads(void)
{
    DWORD code = 0, number = 0;
    HANDLE ran = CreateEvent(NULL, TRUE, FALSE, NULL);
    HANDLE thread = CreateThread(NULL, 4 << 20, use_stack, ran, CREATE_SUSPENDED, &number);
    CHECK(thread && number && number != GetCurrentThreadId());
    CHECK(WaitForSingleObject(ran, 50) == WAIT_TIMEOUT);
    CHECK(GetExitCodeThread(thread, &code) && code == STILL_ACTIVE);
    CHECK(ResumeThread(thread) == 1);
    CHECK(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    CHECK(ResumeThread(thread) == 0);
    CHECK(GetExitCodeThread(thread, &code) && code == STILL_ACTIVE + 1);
    CHECK(WaitForSingleObject(ran, 0) == WAIT_OBJECT_0);
    CHECK(!GetExitCodeThread(ran, &code) && GetLastError() == ERROR_INVALID_HANDLE);
    CHECK(!SetEvent(thread) && GetLastError() == ERROR_INVALID_HANDLE);
    CHECK(CloseHandle(thread));
    CHECK(!CloseHandle(thread) && GetLastError() == ERROR_INVALID_HANDLE);
    CHECK(WaitForSingleObject(thread, 0) == WAIT_FAILED && GetLastError() == ERROR_INVALID_HANDLE);
    CHECK(!CreateThread(NULL, 0, NULL, NULL, 0, NULL) && GetLastError() == ERROR_INVALID_PARAMETER);
}

static void timeouts(void)
{
    HANDLE event = CreateEvent(NULL, FALSE, FALSE, NULL);
    ULONGLONG from = GetTickCount64();
    CHECK(WaitForSingleObject(event, 100) == WAIT_TIMEOUT);
    ULONGLONG passed = GetTickCount64() - from;
    CHECK(passed >= 99 && passed < 5000);
    from = GetTickCount64();
    CHECK(SleepEx(100, TRUE) == 0);
    passed = GetTickCount64() - from;
    CHECK(passed >= 99 && passed < 5000);
    CHECK(WaitForSingleObject(event, 0) == WAIT_TIMEOUT);
    CHECK(SetEvent(event) && WaitForSingleObject(event, 0) == WAIT_OBJECT_0);
    CHECK(WaitForSingleObject(event, 0) == WAIT_TIMEOUT);
    CHECK(SetEvent(event) && ResetEvent(event));
    CHECK(WaitForSingleObject(event, 0) == WAIT_TIMEOUT);
}

static void names(void)
{
    static const WCHAR wide[] = {'L', 'o', 'c', 'a', 'l', '\\', 'b', 'e', 'l', 'l', 0};
    char longest[262];
    SetLastError(77);
    HANDLE first = CreateEventA(NULL, FALSE, FALSE, "bell");
    CHECK(first && GetLastError() == ERROR_SUCCESS);
    HANDLE second = CreateEventW(NULL, TRUE, TRUE, wide);
    CHECK(second && second != first && GetLastError() == ERROR_ALREADY_EXISTS);
    HANDLE third = OpenEventA(EVENT_ALL_ACCESS, FALSE, "bell");
    CHECK(third && SetEvent(third));
    CHECK(WaitForSingleObject(first, 0) == WAIT_OBJECT_0);
    CHECK(WaitForSingleObject(second, 0) == WAIT_TIMEOUT);
    CHECK(!CreateMutexA(NULL, FALSE, "bell") && GetLastError() == ERROR_INVALID_HANDLE);
    CHECK(!OpenSemaphoreA(SEMAPHORE_ALL_ACCESS, FALSE, "bell"));
    CHECK(GetLastError() == ERROR_INVALID_HANDLE);
    CHECK(!OpenEventA(EVENT_ALL_ACCESS, FALSE, "Bell") && GetLastError() == ERROR_FILE_NOT_FOUND);
    CHECK(!CreateEventA(NULL, 0, 0, "a\\b") && GetLastError() == ERROR_PATH_NOT_FOUND);
    memset(longest, 'n', 261);
    longest[261] = 0;
    CHECK(!CreateEventA(NULL, 0, 0, longest) && GetLastError() == ERROR_FILENAME_EXCED_RANGE);
    CHECK(CreateEventA(NULL, 0, 0, longest + 1));
    CHECK(CloseHandle(first) && CloseHandle(second) && CloseHandle(third));
    CHECK(!OpenEventA(EVENT_ALL_ACCESS, FALSE, "bell") && GetLastError() == ERROR_FILE_NOT_FOUND);
    CHECK(CreateMutexA(NULL, TRUE, "bell") && GetLastError() == ERROR_SUCCESS);
    CHECK(OpenMutexA(MUTEX_ALL_ACCESS, FALSE, "bell"));
    CHECK(!CreateSemaphore(NULL, 2, 1, NULL) && GetLastError() == ERROR_INVALID_PARAMETER);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } cases[] = {{"producer_consumer", producer_consumer},
                 {"ping_pong", ping_pong},
                 {"wait_all", wait_all},
                 {"abandoned_mutex", abandoned_mutex},
                 {"contention", contention},
                 {"thread_storage", thread_storage},
                 {"threads", threads},
                 {"timeouts", timeouts},
                 {"names", names}};
    alarm(120);
    for (size_t i = 0; argc == 2 && i < sizeof cases / sizeof *cases; i++)
        if (!strcmp(argv[1], cases[i].name)) {
            cases[i].run();
            return 0;
        }
    return 2;
}
