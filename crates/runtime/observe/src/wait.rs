//! Who waits for what, now.
//!
//! Every wait of the runtime registers here before it blocks and leaves when it
//! goes on, so that a wait can be named while it lasts.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::thread;

/// One wait.
#[derive(Clone, Debug)]
pub struct Wait {
    /// The waiting thread.
    pub tid: i32,
    /// What it waits for, in words.
    pub what: &'static str,
    /// The thread it waits for, when one is known.
    pub holder: Option<i32>,
    /// Since when.
    pub since: Instant,
}

static WAITS: Mutex<BTreeMap<u64, Wait>> = Mutex::new(BTreeMap::new());
static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);

fn lock() -> MutexGuard<'static, BTreeMap<u64, Wait>> {
    WAITS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Registers that this thread waits for `what`, held by thread `holder` when
/// that is known; the wait ends when the guard is dropped.
pub fn begin(what: &'static str, holder: Option<i32>) -> WaitGuard {
    let key = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    lock().insert(key, Wait { tid: thread::tid(), what, holder, since: Instant::now() });
    WaitGuard { key }
}

/// All waits, the oldest first.
pub fn list() -> Vec<Wait> {
    lock().values().cloned().collect()
}

/// See [`begin`].
#[derive(Debug)]
#[must_use = "the wait ends when this is dropped"]
pub struct WaitGuard {
    key: u64,
}

impl Drop for WaitGuard {
    fn drop(&mut self) {
        lock().remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_listed_while_it_lasts() {
        let guard = begin("a test", Some(1));
        let mine = |wait: &Wait| wait.tid == thread::tid() && wait.what == "a test";
        assert!(list().iter().any(mine));
        drop(guard);
        assert!(!list().iter().any(mine));
    }
}
