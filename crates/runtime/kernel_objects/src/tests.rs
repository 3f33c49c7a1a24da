//! The exported functions, called as a program calls them.

use std::ffi::{CStr, c_void};
use std::ptr::{null, null_mut};
use std::sync::mpsc::channel;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use observe::thread::tid;
use observe::wait::Wait;
use partywall::ffi::*;

const LONG: u32 = 20_000;

/// Calls exported functions.
macro_rules! call {
    ($($call:tt)*) => {{
        // SAFETY: the arguments are numbers, null, and places and texts that live
        // longer than the call.
        unsafe { $($call)* }
    }};
}

/// A thread that `CreateThread` did not start.
fn spawn<T: Send + 'static>(body: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
    security::spawner::spawn("test", 256 << 10, body).unwrap()
}

/// A handle that other threads may use too.
#[derive(Clone, Copy)]
struct Shared(HANDLE);

// SAFETY: a handle is a number.
unsafe impl Send for Shared {}

impl Shared {
    fn event(manual: bool) -> Self {
        Self::checked(call!(CreateEventA(null(), i32::from(manual), 0, null())))
    }

    fn mutex(owned: bool) -> Self {
        Self::checked(call!(CreateMutexA(null(), i32::from(owned), null())))
    }

    fn semaphore(count: i32, limit: i32) -> Self {
        Self::checked(call!(CreateSemaphoreA(null(), count, limit, null())))
    }

    fn checked(handle: HANDLE) -> Self {
        assert!(!handle.is_null(), "last error {}", last_error());
        Self(handle)
    }

    fn wait(self, milliseconds: u32) -> u32 {
        call!(WaitForSingleObject(self.0, milliseconds))
    }

    /// A thread that waits for this, and its number, once it is asleep.
    fn waiter(self) -> (JoinHandle<u32>, i32) {
        let (tell, told) = channel();
        let thread = spawn(move || {
            tell.send(tid()).unwrap();
            let this = self;
            this.wait(LONG)
        });
        let number = told.recv().unwrap();
        seen(|wait| wait.tid == number);
        (thread, number)
    }
}

fn last_error() -> u32 {
    observe::last_error::get()
}

/// Waits until a wait is listed that fits.
fn seen(fits: impl Fn(&Wait) -> bool) -> Wait {
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        if let Some(wait) = observe::wait::list().into_iter().find(&fits) {
            return wait;
        }
        assert!(Instant::now() < end, "nobody waits so: {:?}", observe::wait::list());
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_wait_for_a_mutex_is_listed_with_the_holder_of_now() {
    let mutex = Shared::mutex(true);
    let (first, first_tid) = mutex.waiter();
    let wait = seen(|wait| wait.tid == first_tid);
    assert_eq!((wait.what, wait.holder), ("a mutex", Some(tid())));

    let (second, second_tid) = mutex.waiter();
    call!(ReleaseMutex(mutex.0));
    assert_eq!(first.join().unwrap(), 0);
    // The first ended without releasing it, so the second has it, abandoned.
    assert_eq!(second.join().unwrap(), WAIT_ABANDONED);
    assert!(!observe::wait::list().iter().any(|wait| [first_tid, second_tid].contains(&wait.tid)));
}

#[test]
fn the_listed_holder_changes_when_the_mutex_goes_to_another_waiter() {
    let (mutex, gate) = (Shared::mutex(true), Shared::event(true));
    let hold = move || {
        let (mutex, gate) = (mutex, gate);
        let outcome = mutex.wait(LONG);
        gate.wait(LONG);
        call!(ReleaseMutex(mutex.0));
        outcome
    };
    let (tell, told) = channel();
    let first = spawn(move || {
        tell.send(tid()).unwrap();
        hold()
    });
    let first_tid = told.recv().unwrap();
    seen(|wait| wait.tid == first_tid && wait.holder == Some(tid()));
    let (second, second_tid) = mutex.waiter();
    call!(ReleaseMutex(mutex.0));
    seen(|wait| wait.tid == second_tid && wait.holder == Some(first_tid));
    call!(SetEvent(gate.0));
    assert_eq!((first.join().unwrap(), second.join().unwrap()), (0, 0));
}

#[test]
fn a_wait_for_a_critical_section_is_listed_with_its_owner() {
    static SECTION: CRITICAL_SECTION = CRITICAL_SECTION::zeroed();
    let section = || (&raw const SECTION).cast_mut();
    call! {
    InitializeCriticalSection(section());
            EnterCriticalSection(section());
    }
    let (tell, told) = channel();
    let waiter = spawn(move || {
        call! {
        tell.send((tid(), TryEnterCriticalSection(section()))).unwrap();
                EnterCriticalSection(section());
                LeaveCriticalSection(section());
        }
    });
    let (number, entered) = told.recv().unwrap();
    assert_eq!(entered, 0);
    let wait = seen(|wait| wait.tid == number);
    assert_eq!((wait.what, wait.holder), ("a critical section", Some(tid())));
    call!(LeaveCriticalSection(section()));
    waiter.join().unwrap();
}

#[test]
fn a_wait_for_a_slim_lock_is_listed_with_its_writer() {
    static LOCK: SRWLOCK = SRWLOCK::new();
    let lock = || (&raw const LOCK).cast_mut();
    call!(AcquireSRWLockExclusive(lock()));
    let (tell, told) = channel();
    let reader = spawn(move || {
        call! {
        tell.send((tid(), TryAcquireSRWLockShared(lock()))).unwrap();
                AcquireSRWLockShared(lock());
                let second = TryAcquireSRWLockShared(lock());
                let writer = TryAcquireSRWLockExclusive(lock());
                ReleaseSRWLockShared(lock());
                ReleaseSRWLockShared(lock());
                (second, writer)
        }
    });
    let (number, entered) = told.recv().unwrap();
    assert_eq!(entered, 0);
    let wait = seen(|wait| wait.tid == number);
    assert_eq!((wait.what, wait.holder), ("a slim lock", Some(tid())));
    call!(ReleaseSRWLockExclusive(lock()));
    assert_eq!(reader.join().unwrap(), (1, 0));
    assert_eq!(call!(TryAcquireSRWLockExclusive(lock())), 1, "everybody left");
}

#[test]
fn waits_for_events_semaphores_and_several_objects_are_listed_by_kind() {
    let (event, semaphore) = (Shared::event(false), Shared::semaphore(0, 1));
    for (object, what) in [(event, "an event"), (semaphore, "a semaphore")] {
        let (waiter, number) = object.waiter();
        let wait = seen(|wait| wait.tid == number);
        assert_eq!((wait.what, wait.holder), (what, None));
        call! {
        SetEvent(event.0);
                    ReleaseSemaphore(semaphore.0, 1, null_mut());
        }
        waiter.join().unwrap();
        call!(ResetEvent(event.0));
        semaphore.wait(0);
    }
    // All of an event and a mutex: the mutex's holder is who has to give way.
    let mutex = Shared::mutex(true);
    for (all, what) in [(0, "one of several objects"), (1, "all of several objects")] {
        let (tell, told) = channel();
        let waiter = spawn(move || {
            let (event, mutex) = (event, mutex);
            tell.send(tid()).unwrap();
            call!(WaitForMultipleObjects(2, [event.0, mutex.0].as_ptr(), all, LONG))
        });
        let number = told.recv().unwrap();
        let wait = seen(|wait| wait.tid == number);
        assert_eq!((wait.what, wait.holder), (what, (all != 0).then(tid)));
        call!(SetEvent(event.0));
        if all != 0 {
            assert_eq!(event.wait(0), 0, "the event alone is not taken");
            call! {
                ReleaseMutex(mutex.0);
                SetEvent(event.0);
            }
        }
        assert_eq!(waiter.join().unwrap(), 0);
    }
}

#[test]
fn a_wait_that_need_not_block_is_not_listed() {
    static SECTION: CRITICAL_SECTION = CRITICAL_SECTION::zeroed();
    let (tell, told) = channel();
    let busy = spawn(move || {
        let (event, mutex) = (Shared::event(true), Shared::mutex(false));
        call!(SetEvent(event.0));
        tell.send(tid()).unwrap();
        for _ in 0..20_000 {
            assert_eq!((event.wait(LONG), mutex.wait(LONG)), (0, 0));
            call! {
                EnterCriticalSection((&raw const SECTION).cast_mut());
                LeaveCriticalSection((&raw const SECTION).cast_mut());
            }
        }
    });
    let number = told.recv().unwrap();
    while !busy.is_finished() {
        assert!(!observe::wait::list().iter().any(|wait| wait.tid == number));
    }
    busy.join().unwrap();
}

unsafe extern "C-unwind" fn wait_and_answer(event: *mut c_void) -> u32 {
    assert_eq!(Shared(event).wait(LONG), 0);
    23
}

#[test]
fn a_wait_for_a_thread_names_that_thread() {
    let event = Shared::event(false);
    let mut number = 0;
    let thread = Shared::checked(call!(CreateThread(
        null(),
        0,
        Some(wait_and_answer),
        event.0,
        0,
        &raw mut number
    )));
    let (waiter, waiting) = thread.waiter();
    let wait = seen(|wait| wait.tid == waiting);
    assert_eq!((wait.what, wait.holder), ("a thread to end", Some(number.cast_signed())));
    let mut code = 0;
    assert_eq!(call!(GetExitCodeThread(thread.0, &raw mut code)), 1);
    assert_eq!(code, STILL_ACTIVE);
    call!(SetEvent(event.0));
    assert_eq!(waiter.join().unwrap(), 0);
    assert_eq!(call!(GetExitCodeThread(thread.0, &raw mut code)), 1);
    assert_eq!(code, 23);
}

unsafe extern "C-unwind" fn who_am_i(_: *mut c_void) -> u32 {
    let impersonates = security::impersonation::current().is_some();
    let status = std::fs::read_to_string("/proc/thread-self/status").unwrap();
    let uid = status.lines().find_map(|line| line.strip_prefix("Uid:")).unwrap();
    let effective: u32 = uid.split_whitespace().nth(1).unwrap().parse().unwrap();
    if impersonates { u32::MAX } else { effective }
}

#[test]
fn a_thread_does_not_inherit_its_creators_impersonation() {
    if !security::impersonation::is_privileged() {
        println!("skipped: taking another uid needs root");
        return;
    }
    let identity = security::KernelIdentity { uid: 65_534, gid: 65_534, groups: vec![65_534] };
    let token = security::Token::new("carol", Some(identity));
    let guard = security::impersonation::impersonate(&token).unwrap();
    let mine = call!(who_am_i(null_mut()));
    let thread = call!(CreateThread(null(), 0, Some(who_am_i), null_mut(), 0, null_mut()));
    drop(guard);
    assert_eq!(mine, u32::MAX, "the creator impersonates");
    assert_eq!(Shared::checked(thread).wait(LONG), 0);
    let mut code = 9;
    call!(GetExitCodeThread(thread, &raw mut code));
    assert_eq!(code, 0, "the process is root");
}

#[test]
fn a_mutex_of_a_thread_that_is_not_ours_is_abandoned_too() {
    let mutex = Shared::mutex(false);
    let outcome = spawn(move || {
        let mutex = mutex;
        mutex.wait(0)
    });
    assert_eq!(outcome.join().unwrap(), 0);
    assert_eq!((mutex.wait(LONG), mutex.wait(0)), (WAIT_ABANDONED, 0));
}

#[test]
fn a_pulse_releases_who_waits_and_nobody_else() {
    let manual = Shared::event(true);
    let waiters = [manual.waiter(), manual.waiter(), manual.waiter()];
    assert_eq!(call!(PulseEvent(manual.0)), 1);
    for (waiter, _) in waiters {
        assert_eq!(waiter.join().unwrap(), 0);
    }
    assert_eq!(manual.wait(0), WAIT_TIMEOUT);

    let automatic = Shared::event(false);
    let waiters = [automatic.waiter(), automatic.waiter()];
    assert_eq!(call!(PulseEvent(automatic.0)), 1);
    let still = || waiters.iter().filter(|(waiter, _)| !waiter.is_finished()).count();
    let end = Instant::now() + Duration::from_secs(20);
    while still() == 2 && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(still(), 1, "one is released");
    call!(PulseEvent(automatic.0));
    for (waiter, _) in waiters {
        assert_eq!(waiter.join().unwrap(), 0);
    }
    assert_eq!(call!(PulseEvent(automatic.0)), 1);
    assert_eq!(automatic.wait(0), WAIT_TIMEOUT, "nobody waited, so it is lost");
}

#[test]
fn an_object_lives_while_somebody_waits_though_its_handle_is_closed() {
    const NAME: &CStr = c"waited on";
    let event = Shared::checked(call!(CreateEventA(null(), 0, 0, NAME.as_ptr())));
    let (waiter, _) = event.waiter();
    assert_eq!(call!(CloseHandle(event.0)), 1);
    assert_eq!(event.wait(0), WAIT_FAILED);
    let again = Shared::checked(call!(OpenEventA(0, 0, NAME.as_ptr())));
    assert_eq!(call!(SetEvent(again.0)), 1);
    assert_eq!(waiter.join().unwrap(), 0);
    call!(CloseHandle(again.0));
    assert!(call!(OpenEventA(0, 0, NAME.as_ptr())).is_null());
    assert_eq!(last_error(), 2);
}

#[test]
fn a_semaphore_stops_at_its_limit() {
    let semaphore = Shared::semaphore(i32::MAX - 1, i32::MAX);
    let mut before = 0;
    assert_eq!(call!(ReleaseSemaphore(semaphore.0, 1, &raw mut before)), 1);
    assert_eq!(before, i32::MAX - 1);
    for more in [1, i32::MAX] {
        assert_eq!(call!(ReleaseSemaphore(semaphore.0, more, null_mut())), 0);
        assert_eq!(last_error(), 298);
    }
    for more in [0, -1, i32::MIN] {
        assert_eq!(call!(ReleaseSemaphore(semaphore.0, more, null_mut())), 0);
        assert_eq!(last_error(), 87);
    }
    assert_eq!(semaphore.wait(0), 0);
    assert_eq!(call!(ReleaseSemaphore(semaphore.0, 2, null_mut())), 0);
}

#[test]
fn a_closed_mutex_is_forgotten_by_the_thread_that_owns_it() {
    let outcome = spawn(|| {
        let mutex = Shared::mutex(true);
        assert_eq!(call!(CloseHandle(mutex.0)), 1);
        // Takes the same place in the database.
        Shared::event(false)
    });
    assert_eq!(outcome.join().map(|event| event.wait(0)).ok(), Some(WAIT_TIMEOUT));
}

#[test]
fn a_stack_is_at_least_what_was_asked_for_and_no_less_than_documented() {
    use crate::thread::{DEFAULT_STACK, MIN_STACK, stack_size};
    assert_eq!(stack_size(0, false), DEFAULT_STACK);
    assert_eq!(stack_size(0, true), DEFAULT_STACK);
    assert_eq!(stack_size(4097, false), DEFAULT_STACK);
    assert_eq!(stack_size(4097, true), MIN_STACK);
    assert_eq!(stack_size(MIN_STACK + 1, true), MIN_STACK + 4096);
    assert_eq!(stack_size(3 << 20, false), 3 << 20);
    let refused =
        call!(CreateThread(null(), usize::MAX, Some(who_am_i), null_mut(), 0, null_mut()));
    assert!(refused.is_null() && last_error() == 8, "last error {}", last_error());
}

#[test]
fn clocks_go_forward_in_their_units() {
    let read = || {
        let mut count = 0;
        assert_eq!(call!(QueryPerformanceCounter(&raw mut count)), 1);
        (call!(GetTickCount64()), count)
    };
    let mut frequency = 0;
    assert_eq!(call!(QueryPerformanceFrequency(&raw mut frequency)), 1);
    let before = read();
    call!(Sleep(50));
    let after = read();
    assert!(after.0 - before.0 >= 49);
    assert!(after.1 - before.1 >= frequency / 20);
    assert_eq!(call!(QueryPerformanceCounter(null_mut())), 0);
    assert_eq!(last_error(), 87);
}
