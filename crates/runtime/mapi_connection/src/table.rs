//! The table of the lists and its lock.
//!
//! The lock is never held together with a list's, nor while anything is called. A
//! list that is closed is taken out by whoever closed it; a thread that comes
//! across one before that takes it out itself.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};

use mapi_abi::codes::{Code, Failure};

use crate::key::{FullKey, Holder, ListKey};
use crate::list::{Detached, List};
use crate::lists::Settings;
use crate::roll::Roll;
use crate::sync::{Mutex, MutexGuard, now};

/// A digest of keys.
pub type Hash = Box<dyn Fn(&FullKey) -> u64 + Send + Sync>;

/// What lists, connections and pollers share.
pub struct Table {
    pub settings: Settings,
    /// The process that made it; in a fork of it there are no pollers.
    process: u32,
    hash: Hash,
    next: AtomicU64,
    detached: Detached,
    rows: Mutex<Rows>,
}

#[derive(Default)]
struct Rows {
    /// By digest, which only finds the place; the keys are compared whole.
    lists: HashMap<u64, Vec<Arc<List>>>,
    roll: Roll,
    /// Lists with pollers that were given up.
    left: Vec<Arc<List>>,
}

impl Table {
    /// Without lists.
    pub fn new(settings: Settings, hash: Hash) -> Self {
        Self {
            settings,
            process: std::process::id(),
            hash,
            next: AtomicU64::new(1),
            detached: Detached::default(),
            rows: Mutex::new(Rows::default()),
        }
    }

    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A number that nothing else here has.
    pub fn number(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// Whether this is a fork of the process that made the lists.
    pub fn is_foreign(&self) -> bool {
        self.process != std::process::id()
    }

    /// # Errors
    /// `NOT_INITIALIZED` in a fork: its memory has locks and counts of threads that
    /// it does not have.
    pub fn check_process(&self) -> Result<(), Failure> {
        if self.is_foreign() {
            return Err(forked());
        }
        Ok(())
    }

    /// The list of this key, and whether it is new: then the caller opens it.
    pub fn find(&self, key: &FullKey) -> (Arc<List>, bool) {
        let place = (self.hash)(key);
        let mut rows = self.rows();
        let lists = rows.lists.entry(place).or_default();
        if let Some(list) = lists.iter().find(|list| list.key == *key) {
            return (Arc::clone(list), false);
        }
        let list = List::opening(self.number(), key.clone(), Arc::clone(&self.detached));
        lists.push(Arc::clone(&list));
        (list, true)
    }

    /// Takes a closed list out, if it still is there.
    pub fn remove(&self, list: &Arc<List>) {
        let place = (self.hash)(&list.key);
        let mut rows = self.rows();
        if let Some(lists) = rows.lists.get_mut(&place) {
            lists.retain(|other| !Arc::ptr_eq(other, list));
            if lists.is_empty() {
                rows.lists.remove(&place);
            }
        }
    }

    /// Gives a connection its place on the roll.
    ///
    /// # Errors
    /// `SESSION_LIMIT`, with who is there.
    pub fn seat(
        &self,
        number: u64,
        key: &ListKey,
        holder: &Holder,
        limit: Option<u32>,
    ) -> Result<(), Failure> {
        self.rows().roll.seat(number, key, holder, limit, now())
    }

    /// Takes it away.
    pub fn unseat(&self, number: u64, key: &ListKey) {
        self.rows().roll.leave(number, key);
    }

    /// A poller of this list was given up: it stays in sight.
    pub fn note_left(&self, list: &Arc<List>) {
        let mut rows = self.rows();
        if !rows.left.iter().any(|other| Arc::ptr_eq(other, list)) {
            rows.left.push(Arc::clone(list));
        }
        let all = rows.left.clone();
        drop(rows);
        // Looked at outside the lock: a list that is over never changes again.
        let over: Vec<_> = all.iter().filter(|list| list.is_over()).collect();
        let is_over = |list: &Arc<List>| over.iter().any(|other| Arc::ptr_eq(other, list));
        self.rows().left.retain(|list| !is_over(list));
    }

    /// Lists and those that have left pollers behind, the oldest first.
    pub fn everything(&self) -> Vec<Arc<List>> {
        let rows = self.rows();
        let mut all: Vec<_> = rows.lists.values().flatten().chain(&rows.left).cloned().collect();
        drop(rows);
        all.sort_by_key(|list| list.number);
        all.dedup_by_key(|list| list.number);
        all
    }

    /// Takes every list out, the oldest first.
    pub fn take(&self) -> Vec<Arc<List>> {
        let lists = std::mem::take(&mut self.rows().lists);
        let mut all: Vec<_> = lists.into_values().flatten().collect();
        all.sort_by_key(|list| list.number);
        all
    }

    /// Pollers that were given up and still run.
    pub fn detached(&self) -> u64 {
        self.detached.load(Ordering::SeqCst)
    }

    /// Holds the lock.
    #[cfg(all(test, not(any(loom, shuttle))))]
    pub fn hold(&self) -> impl Sized + '_ {
        self.rows()
    }
}

/// What a fork is told.
pub fn forked() -> Failure {
    let says = "this process is a fork without exec: it has none of the threads of messaging; \
                start a program instead, or use messaging in the parent only";
    Failure::new(Code::NOT_INITIALIZED, says)
}
