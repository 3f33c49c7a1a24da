//! Loom's threads: nothing but a wake ends a sleep, so one that is lost is found.

#[path = "faults.rs"]
mod faults;

use std::io;
use std::sync::atomic::AtomicI32;
use std::time::{Duration, Instant};

pub use faults::{Fault, is_planted, plant};
pub use loom::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering, fence};
pub use loom::sync::{Condvar, Mutex, MutexGuard};
pub use loom::thread::{JoinHandle, Thread, current};

/// None: a model would look as often as it may.
pub const SPINS: u32 = 0;

/// What time it is.
pub fn now() -> Instant {
    Instant::now()
}

/// Sleeps until woken.
pub fn park_timeout(_: Duration) {
    loom::thread::park();
}

/// Lets others go on.
pub fn sleep(_: Duration) {
    loom::thread::yield_now();
}

/// Starts a thread of the model's.
pub fn spawn<T: 'static>(
    _name: &str,
    _stack: usize,
    body: impl FnOnce() -> T + Send + 'static,
) -> io::Result<JoinHandle<T>> {
    Ok(loom::thread::spawn(body))
}

/// As the standard library's, for threads of the model.
macro_rules! locals {
    ($($(#[$about:meta])* $vis:vis static $name:ident: $kind:ty = $value:expr;)*) => {
        $(loom::thread_local! { $(#[$about])* $vis static $name: $kind = $value; })*
    };
}
pub(crate) use locals as thread_local;

/// A number that no other thread of a model ever has.
pub fn tid() -> i32 {
    static NEXT: AtomicI32 = AtomicI32::new(1);
    locals! {
        static OWN: i32 = NEXT.fetch_add(1, Ordering::Relaxed);
    }
    OWN.try_with(|own| *own).unwrap_or(0)
}

/// Memory whose uses are watched: all of them are ordered before its end.
pub struct Freed(loom::cell::UnsafeCell<()>);

// SAFETY: it has no content; that its uses are ordered is what the model checks.
unsafe impl Send for Freed {}
// SAFETY: as above.
unsafe impl Sync for Freed {}

impl Freed {
    /// It is there.
    pub fn new() -> Self {
        Self(loom::cell::UnsafeCell::new(()))
    }

    /// It is used.
    pub fn is_used(&self) {
        self.0.with(|_| ());
    }

    /// It is used no more.
    pub fn is_freed(&self) {
        self.0.with_mut(|_| ());
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
        loom::lazy_static! { $(#[$about])* static ref $name: $kind = $value; }
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
