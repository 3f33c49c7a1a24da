//! What the call protocol is made of: the standard library's, or the model's
//! stand-ins for it (`cargo xtask models`).

#[cfg(not(loom))]
pub use std::sync::atomic::{AtomicU32, Ordering};
#[cfg(not(loom))]
pub use std::sync::{Condvar, Mutex, MutexGuard};
#[cfg(not(loom))]
pub use std::thread::{Thread, current, park_timeout};

#[cfg(loom)]
pub use loom::sync::atomic::{AtomicU32, Ordering};
#[cfg(loom)]
pub use loom::sync::{Condvar, Mutex, MutexGuard};
#[cfg(loom)]
pub use loom::thread::{Thread, current};

/// Under the model nothing but a wake ends a sleep, so one that is lost is
/// found.
#[cfg(loom)]
pub fn park_timeout(_: std::time::Duration) {
    loom::thread::park();
}
