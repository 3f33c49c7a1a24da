//! The calls that run in an apartment, so that somebody can wait for their end.
//!
//! # Protocol
//! A call counts itself before it uses its object and no longer after it has let
//! the object go, in both cases under the lock of the apartment's count; the last
//! one wakes who waits. The thread remembers the apartments whose calls it runs,
//! since waiting for its own call would never end.

use std::cell::RefCell;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::apartment::Apartment;

thread_local! {
    /// The apartments whose calls this thread runs, the innermost last.
    static HERE: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

/// See the module.
#[derive(Default)]
pub struct RunningCalls {
    count: Mutex<usize>,
    fewer: Condvar,
}

impl RunningCalls {
    fn change(&self, by: impl FnOnce(&mut usize)) {
        let mut count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        by(&mut count);
        if *count == 0 {
            self.fewer.notify_all();
        }
    }

    /// Waits until no call runs; false when `longest` was over before.
    pub fn wait_for_none(&self, longest: Duration) -> bool {
        let end = Instant::now() + longest;
        let mut count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        if *count == 0 {
            return true;
        }
        let _wait = observe::wait::begin("calls to end, so that their objects are cut off", None);
        while *count > 0 {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let woken = self.fewer.wait_timeout(count, left);
            count = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }
}

/// Whether this thread runs a call of the apartment.
pub fn runs_here(apartment: &Apartment) -> bool {
    HERE.try_with(|cell| cell.borrow().contains(&apartment.id())).unwrap_or(false)
}

/// A call that runs.
pub struct Running {
    home: Arc<Apartment>,
}

impl Running {
    /// Begins one on this thread.
    pub fn begin(home: &Arc<Apartment>) -> Self {
        home.stubs().running().change(|count| *count += 1);
        let _ = HERE.try_with(|cell| cell.borrow_mut().push(home.id()));
        Self { home: Arc::clone(home) }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = HERE.try_with(|cell| cell.borrow_mut().pop());
        self.home.stubs().running().change(|count| *count = count.saturating_sub(1));
    }
}
