//! Where a waiting thread sleeps until its wait is settled.

use std::time::{Duration, Instant};

use crate::futex::{self, AtomicU32, Ordering};

const WAITING: u32 = 0;

/// Outcome of one wait: settled once, under the dispatcher's lock, by whoever
/// made the wait succeed.
#[derive(Debug)]
pub struct Signal {
    /// `WAITING`, or the outcome and one.
    word: AtomicU32,
}

impl Signal {
    /// Of a wait that has not ended.
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        Self { word: AtomicU32::new(WAITING) }
    }

    /// The outcome, once there is one.
    pub fn outcome(&self) -> Option<u32> {
        self.word.load(Ordering::Acquire).checked_sub(1)
    }

    /// Sets the outcome; `wake` has to follow.
    pub fn settle(&self, outcome: u32) {
        self.word.store(outcome + 1, Ordering::Release);
    }

    /// Wakes the thread, if it sleeps already.
    pub fn wake(&self) {
        futex::wake_one(&raw const self.word);
    }

    /// Sleeps until there is an outcome, at most for `limit`.
    pub fn sleep(&self, limit: Option<Duration>) -> Option<u32> {
        let end = limit.map(|limit| Instant::now() + limit);
        loop {
            if let Some(outcome) = self.outcome() {
                return Some(outcome);
            }
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return None;
            }
            futex::wait(&self.word, WAITING, left);
            if cfg!(loom) && limit.is_some() {
                return self.outcome();
            }
        }
    }
}
