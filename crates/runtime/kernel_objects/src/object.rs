//! Objects that threads wait on: their states, when they are signalled, and what
//! a wait that succeeds does to them.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

/// Number of a wait that has not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WaitId(pub u64);

/// Place of an object in the dispatcher; valid while the object is referenced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObjectId(pub(crate) usize);

impl ObjectId {
    #[cfg(all(test, not(loom)))]
    pub(crate) fn for_tests(index: usize) -> Self {
        Self(index)
    }
}

/// Which kind an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Kind {
    Event,
    Mutex,
    Semaphore,
    Thread,
}

/// A mutex.
#[derive(Debug)]
pub struct Mutex {
    /// The owner's tid, 0 for none. Written under the dispatcher's lock; shared,
    /// so that whoever lists waits reads it without that lock.
    pub owner: Arc<AtomicI32>,
    /// How often the owner has to release it.
    pub depth: u64,
    /// The last owner ended without releasing it, and nobody was told yet.
    pub abandoned: bool,
}

/// A thread of `CreateThread`.
#[derive(Debug)]
pub struct Thread {
    /// Its number in the kernel; 0 before it runs.
    pub tid: i32,
    /// What its function returned.
    pub exit_code: u32,
    /// Whether it has ended.
    pub ended: bool,
    /// Set while the thread waits for `ResumeThread`: the event it waits on.
    pub gate: Option<ObjectId>,
}

/// The state of an object.
#[derive(Debug)]
pub enum State {
    /// Stays signalled when `manual`, otherwise one wait takes the signal.
    #[allow(missing_docs)]
    Event { manual: bool, set: bool },
    /// See [`Mutex`].
    Mutex(Mutex),
    /// Each wait takes one of `count`.
    #[allow(missing_docs)]
    Semaphore { count: i32, limit: i32 },
    /// Signalled for ever once it has ended.
    Thread(Thread),
}

impl State {
    /// A mutex that thread `owner` holds once; 0 for nobody.
    pub fn new_mutex(owner: i32) -> Self {
        Self::Mutex(Mutex {
            owner: Arc::new(AtomicI32::new(owner)),
            depth: u64::from(owner != 0),
            abandoned: false,
        })
    }

    /// The kind.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Event { .. } => Kind::Event,
            Self::Mutex(_) => Kind::Mutex,
            Self::Semaphore { .. } => Kind::Semaphore,
            Self::Thread(_) => Kind::Thread,
        }
    }

    /// Whether a wait of thread `tid` would succeed now.
    pub fn is_signalled(&self, tid: i32) -> bool {
        match self {
            Self::Event { set, .. } => *set,
            Self::Mutex(mutex) => {
                let owner = mutex.owner.load(Ordering::Relaxed);
                owner == 0 || owner == tid
            }
            Self::Semaphore { count, .. } => *count > 0,
            Self::Thread(thread) => thread.ended,
        }
    }

    /// Does what a successful wait of thread `tid` does.
    pub fn acquire(&mut self, tid: i32) -> Acquired {
        let mut acquired = Acquired::default();
        match self {
            Self::Event { manual, set } => *set = *manual && *set,
            Self::Mutex(mutex) => {
                acquired.owned = mutex.owner.swap(tid, Ordering::Relaxed) != tid;
                acquired.abandoned = std::mem::take(&mut mutex.abandoned);
                mutex.depth += 1;
            }
            Self::Semaphore { count, .. } => *count -= 1,
            Self::Thread(_) => {}
        }
        acquired
    }

    /// What a thread waits for, in words.
    pub fn what(&self) -> &'static str {
        match self {
            Self::Event { .. } => "an event",
            Self::Mutex(_) => "a mutex",
            Self::Semaphore { .. } => "a semaphore",
            Self::Thread(_) => "a thread to end",
        }
    }
}

/// What came with an object.
#[derive(Clone, Copy, Debug, Default)]
pub struct Acquired {
    /// The thread owns the mutex now and did not before.
    pub owned: bool,
    /// The mutex had been abandoned.
    pub abandoned: bool,
}
