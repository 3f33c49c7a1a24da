//! The calls that run in a context, so that somebody can wait for their end.
//!
//! # Protocol
//! A call counts itself before it uses its object and no longer after it has let
//! the object go. Whoever waits says so first and looks at the count then; a call
//! that was the last looks for somebody who waits after it has counted itself
//! out. One of the two sees the other, and the lock makes sure that who waits is
//! asleep, and so woken, or looks again. The thread remembers the contexts
//! whose calls it runs, since waiting for its own call would never end.

use std::cell::RefCell;
use std::sync::PoisonError;
use std::time::Duration;

use crate::contexts::Context;
use crate::sync::{AtomicUsize, Condvar, Mutex, Ordering, now, planted, thread_local};

thread_local! {
    /// The contexts whose calls this thread runs, the innermost last.
    static HERE: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

/// See the module.
#[derive(Default)]
pub struct RunningCalls {
    count: AtomicUsize,
    waiting: AtomicUsize,
    lock: Mutex<()>,
    none: Condvar,
}

impl RunningCalls {
    fn begin(&self) {
        self.count.fetch_add(1, Ordering::SeqCst);
    }

    fn end(&self) {
        let was_last = self.count.fetch_sub(1, Ordering::SeqCst) == 1;
        if was_last && !planted!(WakesNobody) && self.waiting.load(Ordering::SeqCst) > 0 {
            drop(self.lock.lock().unwrap_or_else(PoisonError::into_inner));
            self.none.notify_all();
        }
    }

    /// Waits until no call runs; false when `longest` was over before.
    pub fn wait_for_none(&self, longest: Duration) -> bool {
        let end = now() + longest;
        let _wait = observe::wait::begin("calls to end, so that their objects are cut off", None);
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let mut guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        let is_none = loop {
            // Changes the count by nothing, so that it is the newest one, and so that
            // a call that ends after this look sees that somebody waits.
            if self.count.fetch_add(0, Ordering::SeqCst) == 0 {
                break true;
            }
            let left = end.saturating_duration_since(now());
            if left.is_zero() {
                break false;
            }
            let woken = self.none.wait_timeout(guard, left);
            guard = woken.unwrap_or_else(PoisonError::into_inner).0;
        };
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        is_none
    }
}

/// Whether this thread runs a call of the context.
pub fn runs_here(context: &Context) -> bool {
    HERE.try_with(|cell| cell.borrow().contains(&context.id())).unwrap_or(false)
}

/// A call that runs.
pub struct Running<'a> {
    home: &'a Context,
}

impl<'a> Running<'a> {
    /// Begins one on this thread.
    pub fn begin(home: &'a Context) -> Self {
        home.stubs().running().begin();
        let _ = HERE.try_with(|cell| cell.borrow_mut().push(home.id()));
        Self { home }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let _ = HERE.try_with(|cell| cell.borrow_mut().pop());
        self.home.stubs().running().end();
    }
}
