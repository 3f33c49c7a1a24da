//! Shuttle's threads, in a time of their own.
//!
//! The time goes on when a thread sleeps for a while: then that while is over,
//! and all others may have done much or nothing. A sleep of [`NEVER`] or more is
//! one that only bounds the damage of a lost wake-up; nothing but a wake ends it,
//! so a wake-up that is lost is found.

#[path = "faults.rs"]
mod faults;

use std::io;
use std::sync::atomic::{AtomicI32, AtomicU64};
use std::sync::{Arc, LockResult, OnceLock, PoisonError};
use std::time::{Duration, Instant};

pub use faults::{Fault, is_planted, plant};
pub use shuttle::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering, fence};
pub use shuttle::sync::{Mutex, MutexGuard};
pub use shuttle::thread::{JoinHandle, Thread, current};
pub use shuttle::thread_local;

/// Few: each is a step of the schedule.
pub const SPINS: u32 = 1;
/// From here on a sleep has no end of its own.
const NEVER: Duration = Duration::from_secs(1);

shuttle::lazy_static! {
    /// Nanoseconds since the model began.
    static ref PASSED: AtomicU64 = AtomicU64::new(0);
}

/// What time it is in the model.
pub fn now() -> Instant {
    static BEGINNING: OnceLock<Instant> = OnceLock::new();
    let beginning = *BEGINNING.get_or_init(Instant::now);
    beginning + Duration::from_nanos(PASSED.load(Ordering::Relaxed))
}

/// Others go on, and then that much time is over.
pub fn sleep(time: Duration) {
    shuttle::thread::yield_now();
    PASSED.fetch_add(time.as_nanos() as u64, Ordering::Relaxed);
}

/// Sleeps until woken, or for a while.
pub fn park_timeout(time: Duration) {
    if time < NEVER {
        return sleep(time);
    }
    shuttle::thread::park();
}

/// As the standard library's.
#[derive(Default)]
pub struct Condvar(Arc<shuttle::sync::Condvar>);

impl Condvar {
    /// Wakes all who wait.
    pub fn notify_all(&self) {
        self.0.notify_all();
    }

    /// Wakes one who waits.
    pub fn notify_one(&self) {
        self.0.notify_one();
    }

    /// Waits until woken, or for a while; what stands beside the guard means
    /// nothing.
    pub fn wait_timeout<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        time: Duration,
    ) -> LockResult<(MutexGuard<'a, T>, ())> {
        let is_awake = Arc::new(AtomicBool::new(false));
        if time < NEVER {
            let (sleeper, is_awake) = (Arc::clone(&self.0), Arc::clone(&is_awake));
            shuttle::thread::spawn(move || end_of_sleep(&sleeper, &is_awake, time));
        }
        let woken = self.0.wait(guard);
        is_awake.store(true, Ordering::SeqCst);
        woken.map(|guard| (guard, ())).map_err(|error| PoisonError::new((error.into_inner(), ())))
    }
}

/// Wakes who sleeps for a while, which may not sleep yet.
fn end_of_sleep(sleeper: &shuttle::sync::Condvar, is_awake: &AtomicBool, time: Duration) {
    let mut is_over = false;
    while !is_awake.load(Ordering::SeqCst) {
        if !is_over {
            PASSED.fetch_add(time.as_nanos() as u64, Ordering::Relaxed);
            is_over = true;
        }
        sleeper.notify_all();
        shuttle::thread::yield_now();
    }
}

/// Starts a thread of the model's.
pub fn spawn<T: Send + 'static>(
    _name: &str,
    _stack: usize,
    body: impl FnOnce() -> T + Send + 'static,
) -> io::Result<JoinHandle<T>> {
    Ok(shuttle::thread::spawn(body))
}

/// A number that no other thread of a model ever has.
pub fn tid() -> i32 {
    static NEXT: AtomicI32 = AtomicI32::new(1);
    thread_local! {
        static OWN: i32 = NEXT.fetch_add(1, Ordering::Relaxed);
    }
    OWN.try_with(|own| *own).unwrap_or(0)
}

/// Memory whose uses are watched: nobody uses it after its end.
pub struct Freed(AtomicBool);

impl Freed {
    /// It is there.
    pub fn new() -> Self {
        Self(AtomicBool::new(false))
    }

    /// It is used.
    pub fn is_used(&self) {
        assert!(!self.0.load(Ordering::SeqCst), "memory is used after it was freed");
    }

    /// It is used no more.
    pub fn is_freed(&self) {
        assert!(!self.0.swap(true, Ordering::SeqCst), "memory is freed twice");
    }
}

/// Frees a box, but for its memory, so that a later use is found and does no harm.
///
/// # Safety
/// It was made by `Box::into_raw` and is nobody else's.
pub unsafe fn free<T>(_value: *mut T) {}

/// A value of which each run of a model has one.
macro_rules! process_static {
    ($(#[$about:meta])* static $name:ident: $kind:ty = $value:expr;) => {
        shuttle::lazy_static! { $(#[$about])* static ref $name: $kind = $value; }
    };
}
pub(crate) use process_static;

/// Whether a model has planted a fault here.
macro_rules! planted {
    ($fault:ident) => {
        $crate::sync::is_planted($crate::sync::Fault::$fault)
    };
}
pub(crate) use planted;
