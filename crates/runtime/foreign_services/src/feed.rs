//! What a provider's store tells of its changes, kept until a poller asks.

use std::collections::VecDeque;
use std::os::fd::BorrowedFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mapi_abi::codes::Failure;
use mapi_abi::spi::{Change, ChangeFeed, ChangeKind};
use mapi_abi::tags::MAPI_STORE;
use mapi_abi::value::EntryId;

use crate::ffi::Event;
use crate::reading::Opened;
use crate::worker::Worker;

/// Most changes that are kept; one more makes them all one change of the store.
pub const MAX_CHANGES: usize = 4096;

/// Changes that nobody has asked for yet.
#[derive(Debug)]
pub struct Changes {
    queue: Mutex<VecDeque<Change>>,
    event: Event,
}

impl Changes {
    /// None yet.
    ///
    /// # Errors
    /// There are no descriptors left.
    pub fn new() -> std::io::Result<Self> {
        Ok(Self { queue: Mutex::default(), event: Event::new()? })
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Change>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds one; never waits for anybody but another of these calls.
    pub fn add(&self, change: Change) {
        let mut queue = self.lock();
        if queue.len() >= MAX_CHANGES {
            queue.clear();
            queue.push_back(all_changed());
        }
        queue.push_back(change);
        drop(queue);
        self.event.tell();
    }

    /// What was added since the last time.
    pub fn take(&self) -> Vec<Change> {
        self.event.forget();
        self.lock().drain(..).collect()
    }

    /// Has whoever waits look again.
    pub fn wake(&self) {
        self.event.tell();
    }
}

/// Says that anything may have changed.
fn all_changed() -> Change {
    Change {
        kind: ChangeKind::Modified,
        object_type: MAPI_STORE,
        entry: EntryId(Vec::new()),
        parent: None,
        old_parent: None,
    }
}

/// See the module.
pub struct ForeignFeed {
    changes: Arc<Changes>,
    worker: Arc<Worker<Opened>>,
    connection: usize,
}

impl ForeignFeed {
    /// A feed of a connection that the store's `Advise` made.
    pub fn new(changes: Arc<Changes>, worker: Arc<Worker<Opened>>, connection: usize) -> Self {
        let own = Arc::downgrade(&changes);
        worker.on_gone(move || {
            if let Some(changes) = own.upgrade() {
                changes.wake();
            }
        });
        Self { changes, worker, connection }
    }
}

impl ChangeFeed for ForeignFeed {
    fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        Some(self.changes.event.descriptor())
    }

    fn interval(&self) -> Option<Duration> {
        None
    }

    fn changes(&mut self) -> Result<Vec<Change>, Failure> {
        match self.worker.gone() {
            Some(gone) => Err(gone),
            None => Ok(self.changes.take()),
        }
    }
}

impl Drop for ForeignFeed {
    fn drop(&mut self) {
        let connection = self.connection;
        self.worker.tell(move |opened| {
            // SAFETY: no pointers. The store forgets the sink anyway when it is let go.
            let _ = unsafe { opened.store.Unadvise(connection) };
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_changes_become_one_of_the_store() {
        let changes = Changes::new().unwrap();
        let one = |number: usize| Change {
            kind: ChangeKind::Created,
            object_type: 5,
            entry: EntryId(number.to_le_bytes().to_vec()),
            parent: None,
            old_parent: None,
        };
        (0..MAX_CHANGES).for_each(|number| changes.add(one(number)));
        assert_eq!(changes.lock().len(), MAX_CHANGES);
        changes.add(one(MAX_CHANGES));
        assert_eq!(Vec::from(changes.lock().clone()), [all_changed(), one(MAX_CHANGES)]);
    }
}
