//! Shuttle's threads, in a time of their own: nothing but a wake ends a wait, so
//! one that is lost is found.
//!
//! Only a poller's wait has an end: others go on, and then that much time is over.

#[path = "faults.rs"]
mod faults;

use std::any::Any;
use std::cell::Cell;
use std::io;
use std::os::fd::BorrowedFd;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{OnceLock, PoisonError};
use std::time::{Duration, Instant};

use security::Token;

#[cfg(test)]
pub use faults::plant;
pub use faults::{Fault, is_planted};
pub use shuttle::sync::{Condvar, Mutex, MutexGuard};
pub use shuttle::thread::JoinHandle;

thread_local! {
    /// Nanoseconds since the models began; of the system's thread, which all
    /// threads of a model share.
    static PASSED: Cell<u64> = const { Cell::new(0) };
}

/// What time it is in the model.
pub fn now() -> Instant {
    static BEGINNING: OnceLock<Instant> = OnceLock::new();
    *BEGINNING.get_or_init(Instant::now) + Duration::from_nanos(PASSED.get())
}

/// Starts a thread of the model's.
pub fn spawn(
    _name: &str,
    _stack: usize,
    body: impl FnOnce() + Send + 'static,
) -> io::Result<JoinHandle<()>> {
    Ok(shuttle::thread::spawn(body))
}

/// A number that no other thread of a model has.
pub fn tid() -> i32 {
    static NEXT: AtomicI32 = AtomicI32::new(1);
    shuttle::thread_local! {
        static OWN: i32 = NEXT.fetch_add(1, Ordering::Relaxed);
    }
    OWN.try_with(|own| *own).unwrap_or(0)
}

/// A model lets others go on anyway.
pub fn give_way() {}

/// Identities are not part of the models.
pub fn impersonate(_owner: &Token) -> io::Result<()> {
    Ok(())
}

/// A panic is the model's own: it is not caught.
pub fn catch<T>(body: impl FnOnce() -> T) -> Result<T, Box<dyn Any + Send>> {
    Ok(body())
}

/// A poller's wake.
pub struct Wake {
    is_set: Mutex<bool>,
    changed: Condvar,
}

impl Wake {
    /// One that is not set.
    pub fn new() -> io::Result<Self> {
        Ok(Self { is_set: Mutex::new(false), changed: Condvar::new() })
    }

    /// Ends the wait of now, or the next one.
    pub fn set(&self) {
        *self.is_set.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }

    /// Waits until it is set, or until the time is over.
    pub fn wait(&self, _: Option<BorrowedFd<'_>>, time: Option<Duration>) -> io::Result<bool> {
        if let Some(time) = time {
            shuttle::thread::yield_now();
            let passed = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
            PASSED.set(PASSED.get().saturating_add(passed));
        }
        let mut is_set = self.is_set.lock().unwrap_or_else(PoisonError::into_inner);
        while time.is_none() && !*is_set {
            is_set = self.changed.wait(is_set).unwrap_or_else(PoisonError::into_inner);
        }
        *is_set = false;
        Ok(false)
    }
}

/// Whether a model has planted a fault here.
macro_rules! planted {
    ($fault:ident) => {
        $crate::sync::is_planted($crate::sync::Fault::$fault)
    };
}
pub(crate) use planted;
