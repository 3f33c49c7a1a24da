//! Who waits for what, now.
//!
//! Every wait of the runtime registers here before it blocks and leaves when it
//! goes on, so that a wait can be named while it lasts. What follows from all of
//! them together is [`crate::graph`].

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::graph::Arrow;
use crate::thread::{self, ApartmentLabel};

/// One wait.
#[derive(Clone, Debug)]
pub struct Wait {
    /// The waiting thread.
    pub tid: i32,
    /// Its apartment.
    pub apartment: ApartmentLabel,
    /// As whom it works; `None` as the process itself.
    pub identity: Option<Arc<str>>,
    /// What it waits for, in words.
    pub what: &'static str,
    /// The thread it waits for, when one is known.
    pub holder: Option<i32>,
    /// Whether that thread has it in hand already, rather than in its queue.
    pub has_begun: bool,
    /// Whether the waiting thread serves calls meanwhile.
    pub serves: bool,
    /// Not a wait: the thread runs again, within the waits before this entry.
    pub is_running: bool,
    /// Since when.
    pub since: Instant,
}

impl Wait {
    /// Its part in the wait-for graph.
    pub fn arrow(&self) -> Arrow {
        let Self { tid, holder, has_begun, serves, .. } = *self;
        Arrow { tid, holder, has_begun, serves }
    }
}

/// Where the number of the holder stands, when it may change during the wait.
struct Watched(*const AtomicI32);

// SAFETY: the pointer is read only under the lock of `WAITS`, and its entry is
// removed under that lock before the borrow of `watching` ends.
unsafe impl Send for Watched {}

struct Entry {
    wait: Wait,
    watched: Option<Watched>,
}

impl Entry {
    /// The wait as it is now.
    fn look(&self) -> Wait {
        let mut wait = self.wait.clone();
        if let Some(Watched(holder)) = self.watched {
            // SAFETY: alive while the entry is in the table, whose lock the
            // caller holds; see `Watched`.
            let tid = unsafe { &*holder }.load(Ordering::Relaxed);
            wait.holder = (tid != 0).then_some(tid.abs());
            wait.has_begun = tid > 0;
        }
        wait
    }
}

static WAITS: Mutex<BTreeMap<u64, Entry>> = Mutex::new(BTreeMap::new());
static NEXT: AtomicU64 = AtomicU64::new(1);

fn lock() -> MutexGuard<'static, BTreeMap<u64, Entry>> {
    WAITS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn enter(what: &'static str, kind: Kind, watched: Option<Watched>) -> WaitGuard {
    let key = NEXT.fetch_add(1, Ordering::Relaxed);
    let wait = Wait {
        tid: thread::tid(),
        apartment: thread::apartment(),
        identity: thread::identity(),
        what,
        holder: kind.holder,
        has_begun: true,
        serves: kind.serves,
        is_running: kind.is_running,
        since: Instant::now(),
    };
    lock().insert(key, Entry { wait, watched });
    WaitGuard { key }
}

#[derive(Clone, Copy, Default)]
struct Kind {
    holder: Option<i32>,
    serves: bool,
    is_running: bool,
}

/// Registers that this thread waits for `what`, held by thread `holder` when
/// that is known; the wait ends when the guard is dropped.
pub fn begin(what: &'static str, holder: Option<i32>) -> WaitGuard {
    enter(what, Kind { holder, ..Kind::default() }, None)
}

/// Runs `body`, which waits for `what`. Who holds it is read from `holder`
/// whenever somebody looks, so it is right also when the holder changes while
/// this thread waits; 0 is nobody.
pub fn watching<R>(what: &'static str, holder: &AtomicI32, body: impl FnOnce() -> R) -> R {
    // The guard is not handed out: forgetting it would leave a dangling pointer.
    let _guard = enter(what, Kind::default(), Some(Watched(holder)));
    body()
}

/// As [`watching`], for a call: the number is negative while the call is in the
/// queue of that thread; `serves` says whether this thread serves calls meanwhile.
pub fn calling<R>(
    what: &'static str,
    callee: &AtomicI32,
    serves: bool,
    body: impl FnOnce() -> R,
) -> R {
    let _guard = enter(what, Kind { serves, ..Kind::default() }, Some(Watched(callee)));
    body()
}

/// Says that this thread, which waits, runs something meanwhile: until the guard
/// is dropped nobody waits for what it waits for.
pub fn running() -> WaitGuard {
    enter("running", Kind { is_running: true, ..Kind::default() }, None)
}

/// All waits, the oldest first, and what runs within them.
pub fn list() -> Vec<Wait> {
    lock().values().map(Entry::look).collect()
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

    #[test]
    fn a_watched_holder_is_the_one_of_now() {
        let holder = AtomicI32::new(7);
        let seen = || list().into_iter().find(|wait| wait.what == "a watched test").unwrap();
        watching("a watched test", &holder, || {
            assert_eq!(seen().holder, Some(7));
            holder.store(8, Ordering::Relaxed);
            assert_eq!(seen().holder, Some(8));
            holder.store(0, Ordering::Relaxed);
            assert_eq!(seen().holder, None);
        });
        assert!(!list().iter().any(|wait| wait.what == "a watched test"));
    }

    #[test]
    fn a_call_in_a_queue_has_not_begun() {
        let callee = AtomicI32::new(-7);
        let seen = || list().into_iter().find(|wait| wait.what == "a called test").unwrap();
        calling("a called test", &callee, true, || {
            assert_eq!((seen().holder, seen().has_begun), (Some(7), false));
            callee.store(7, Ordering::Relaxed);
            assert_eq!((seen().holder, seen().has_begun), (Some(7), true));
            assert!(seen().arrow().serves);
        });
    }
}
