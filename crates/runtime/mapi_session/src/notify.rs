//! Notifications: from what changes to whoever wants to know.
//!
//! - `notify/queue.rs`: one sink, its queue, and its end;
//! - `notify/dispatch.rs`: the threads that call sinks.
//!
//! A client's sinks are here. A sink may call anything, also take itself back or
//! log off; one that never returns delays its own notifications only.

mod dispatch;
mod queue;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::{Change, ChangeKind};
use mapi_abi::value::EntryId;

pub use dispatch::drain;
pub use queue::SinkQueue;

/// Longest wait for a sink that is being called while it is taken back.
pub const SINK_BOUND: Duration = Duration::from_secs(5);

/// What a sink is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Notification {
    /// An object of a store changed.
    Object(Change),
    /// A table changed in a way that only reading it again shows.
    TableChanged,
    /// A table's row is new or different, with its values; or gone, with its key.
    Row(mapi_table::RowChange),
    /// The session is over, or somebody asks everybody to leave it.
    Critical(Failure),
}

impl Notification {
    /// The event of `Advise` that it belongs to (`fnev*`).
    pub const fn event(&self) -> u32 {
        match self {
            Self::Object(change) => match change.kind {
                ChangeKind::NewMail => event::NEW_MAIL,
                ChangeKind::Created => event::OBJECT_CREATED,
                ChangeKind::Deleted => event::OBJECT_DELETED,
                ChangeKind::Modified => event::OBJECT_MODIFIED,
                ChangeKind::Moved => event::OBJECT_MOVED,
                ChangeKind::SearchComplete => event::SEARCH_COMPLETE,
            },
            Self::TableChanged | Self::Row(_) => event::TABLE_MODIFIED,
            Self::Critical(_) => event::CRITICAL_ERROR,
        }
    }
}

/// Events of `Advise`.
pub mod event {
    #![allow(missing_docs)] // named as documented
    pub const CRITICAL_ERROR: u32 = 0x1;
    pub const NEW_MAIL: u32 = 0x2;
    pub const OBJECT_CREATED: u32 = 0x4;
    pub const OBJECT_DELETED: u32 = 0x8;
    pub const OBJECT_MODIFIED: u32 = 0x10;
    pub const OBJECT_MOVED: u32 = 0x20;
    pub const OBJECT_COPIED: u32 = 0x40;
    pub const SEARCH_COMPLETE: u32 = 0x80;
    pub const TABLE_MODIFIED: u32 = 0x100;
    pub const STATUS_OBJECT_MODIFIED: u32 = 0x200;
    pub const EXTENDED: u32 = 0x8000_0000;
}

/// Whoever is told; called by the subsystem's threads, one call at a time.
pub trait Sink: Send + Sync {
    /// Something happened.
    fn notify(&self, notifications: &[Notification]);
}

/// What a sink wants to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interest {
    /// Events (`fnev*`).
    pub mask: u32,
    /// The object that it is about; `None` is the whole store.
    pub entry: Option<EntryId>,
}

impl Interest {
    /// Whether a notification is wanted.
    pub fn wants(&self, notification: &Notification) -> bool {
        if self.mask & notification.event() == 0 {
            return false;
        }
        match (&self.entry, notification) {
            (Some(entry), Notification::Object(change)) => {
                change.entry == *entry || change.parent.as_ref() == Some(entry)
            }
            _ => true,
        }
    }
}

/// Undoes what feeds a sink; called where nothing is locked.
pub type Undo = Box<dyn FnOnce() + Send>;

struct Registered {
    queue: Arc<SinkQueue>,
    interest: Interest,
    undo: Option<Undo>,
}

/// A client's sinks.
#[derive(Default)]
pub struct Sinks {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    sinks: BTreeMap<usize, Registered>,
    last: usize,
    is_closed: bool,
}

impl Sinks {
    /// No sinks.
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a sink that `feed` connects to what it wants to know; `feed` answers
    /// how to undo that. The answer is the connection's number, never 0.
    ///
    /// # Errors
    /// `INVALID_OBJECT` the client has logged off; those of `feed`.
    pub fn advise(
        &self,
        interest: Interest,
        sink: Arc<dyn Sink>,
        feed: impl FnOnce(Arc<SinkQueue>) -> Result<Option<Undo>, Failure>,
    ) -> Result<usize, Failure> {
        let queue = SinkQueue::new(sink, interest.clone());
        let undo = feed(Arc::clone(&queue))?;
        let mut inner = self.lock();
        if inner.is_closed {
            drop(inner);
            if let Some(undo) = undo {
                undo();
            }
            return Err(Failure::new(Code::INVALID_OBJECT, "the session was logged off"));
        }
        inner.last += 1;
        let number = inner.last;
        inner.sinks.insert(number, Registered { queue, interest, undo });
        Ok(number)
    }

    /// Takes a sink back; afterwards no further call of it begins. One that runs
    /// is waited for, unless this is called from within it.
    ///
    /// # Errors
    /// `NOT_FOUND` no such connection; `TIMEOUT` the sink's call does not end.
    pub fn unadvise(&self, connection: usize) -> Result<(), Failure> {
        let registered = self.lock().sinks.remove(&connection);
        let registered = registered
            .ok_or_else(|| Failure::new(Code::NOT_FOUND, "there is no such connection"))?;
        if let Some(undo) = registered.undo {
            undo();
        }
        registered.queue.close(SINK_BOUND)
    }

    /// Tells every sink that wants to know.
    pub fn tell(&self, notification: &Notification) {
        let queues: Vec<_> = self
            .lock()
            .sinks
            .values()
            .filter(|registered| registered.interest.wants(notification))
            .map(|registered| Arc::clone(&registered.queue))
            .collect();
        for queue in queues {
            queue.push(notification.clone());
        }
    }

    /// Takes all sinks back, without waiting for calls that run.
    pub fn close(&self) {
        let sinks = {
            let mut inner = self.lock();
            inner.is_closed = true;
            std::mem::take(&mut inner.sinks)
        };
        for registered in sinks.into_values() {
            if let Some(undo) = registered.undo {
                undo();
            }
            // A sink that still runs keeps its own thread and nothing else.
            let _ = registered.queue.close(Duration::ZERO);
        }
    }
}
