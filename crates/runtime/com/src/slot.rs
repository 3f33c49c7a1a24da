//! The state of a call that one thread hands to another: whose the job's memory
//! is. The protocol stands in [`crate::call`].

use std::sync::Arc;
use std::sync::atomic::AtomicI32;

use crate::apartment::Apartment;
use crate::sync::{AtomicU32, Ordering, Thread};

const QUEUED: u32 = 0;
const RUNNING: u32 = 1;
const DONE: u32 = 2;
const WITHDRAWN: u32 = 3;
const REJECTED: u32 = 4;
const RETRY_LATER: u32 = 5;
const ABANDONED: u32 = 6;

/// How the caller waits.
#[derive(Clone)]
pub enum Waiter {
    /// Sleeps until unparked.
    Thread(Thread),
    /// Serves this apartment's queue.
    Apartment(Arc<Apartment>),
}

impl Waiter {
    /// Makes it look again.
    pub fn wake(&self) {
        match self {
            Self::Thread(thread) => thread.unpark(),
            Self::Apartment(apartment) => apartment.queue().wake(),
        }
    }
}

/// How the callee's message filter refused a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// `SERVERCALL_REJECTED`.
    Rejected,
    /// `SERVERCALL_RETRYLATER`.
    RetryLater,
}

/// How a call was settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// It ran.
    Done,
    /// It never ran and never will.
    Withdrawn,
    /// It was refused and may be handed over again.
    Refused(Refusal),
}

/// What became of a call that its caller gives up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GivenUp {
    /// It was settled before.
    Settled,
    /// It runs; the home thread frees the job when it is done.
    Abandoned,
}

/// A call's state, shared by both sides.
pub struct Slot {
    state: AtomicU32,
    /// The thread that serves the call, negative while it has not begun, 0 when
    /// unknown; only to be shown.
    pub server: AtomicI32,
    /// Who has to be woken when the call is settled.
    pub waiter: Waiter,
}

impl Slot {
    /// Of a call that is about to be queued; `server` is as the field.
    pub fn new(waiter: Waiter, server: i32) -> Arc<Self> {
        Arc::new(Self { state: AtomicU32::new(QUEUED), server: AtomicI32::new(server), waiter })
    }

    fn pass(&self, from: u32, to: u32) -> bool {
        let order = (Ordering::AcqRel, Ordering::Acquire);
        self.state.compare_exchange(from, to, order.0, order.1).is_ok()
    }

    /// The home thread takes the call; false when it was withdrawn.
    pub fn claim(&self) -> bool {
        self.pass(QUEUED, RUNNING)
    }

    /// The home thread gives the memory back; false when the caller has gone and
    /// the memory is the home thread's own.
    pub fn finish(&self) -> bool {
        let kept = self.pass(RUNNING, DONE);
        if kept {
            self.wake();
        }
        kept
    }

    /// The call will not be run, unless it was claimed already.
    pub fn withdraw(&self) {
        if self.pass(QUEUED, WITHDRAWN) {
            self.wake();
        }
    }

    /// The home thread's message filter refuses the call.
    pub fn refuse(&self, refusal: Refusal) {
        let state = match refusal {
            Refusal::Rejected => REJECTED,
            Refusal::RetryLater => RETRY_LATER,
        };
        if self.pass(QUEUED, state) {
            self.wake();
        }
    }

    /// The caller waits no longer.
    pub fn give_up(&self) -> GivenUp {
        if !self.pass(QUEUED, WITHDRAWN) && self.pass(RUNNING, ABANDONED) {
            return GivenUp::Abandoned;
        }
        GivenUp::Settled
    }

    /// Wakes the caller, so that it looks again.
    pub fn wake(&self) {
        self.waiter.wake();
    }

    /// How the call was settled, once it is: the memory is the caller's again.
    pub fn settled(&self) -> Option<Settled> {
        match self.state.load(Ordering::Acquire) {
            DONE => Some(Settled::Done),
            WITHDRAWN => Some(Settled::Withdrawn),
            REJECTED => Some(Settled::Refused(Refusal::Rejected)),
            RETRY_LATER => Some(Settled::Refused(Refusal::RetryLater)),
            _ => None,
        }
    }
}
