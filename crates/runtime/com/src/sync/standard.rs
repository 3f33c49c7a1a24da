//! The standard library's threads, and those of the spawner.

use std::time::Instant;

pub use observe::thread::tid;
pub use security::spawner::spawn;
pub use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering, fence};
pub use std::sync::{Condvar, Mutex, MutexGuard};
pub use std::thread::{Thread, current, park_timeout, sleep};
pub use std::thread_local;

/// Looks at a call's slot before its caller goes to sleep. Short: the other
/// thread may need this very core.
pub const SPINS: u32 = 100;

/// What time it is.
pub fn now() -> Instant {
    Instant::now()
}

/// Memory whose uses a model would watch.
pub struct Freed;

impl Freed {
    /// It is there.
    pub fn new() -> Self {
        Self
    }

    /// It is used.
    pub fn is_used(&self) {}

    /// It is used no more.
    pub fn is_freed(&self) {}
}

/// Frees a box.
///
/// # Safety
/// It was made by `Box::into_raw` and is nobody else's.
pub unsafe fn free<T>(value: *mut T) {
    // SAFETY: forwarded from the caller.
    drop(unsafe { Box::from_raw(value) });
}

/// A value of which the process has one.
macro_rules! process_static {
    ($(#[$about:meta])* static $name:ident: $kind:ty = $value:expr;) => {
        $(#[$about])*
        static $name: $kind = $value;
    };
}
pub(crate) use process_static;

/// No fault is ever planted here.
macro_rules! planted {
    ($fault:ident) => {
        false
    };
}
pub(crate) use planted;
