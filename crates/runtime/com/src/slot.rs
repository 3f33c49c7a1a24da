//! The state of a call that one thread hands to another: whose the job's memory
//! is. The protocol stands in [`crate::call`].

use std::sync::Arc;
use std::sync::atomic::AtomicI32;

use std::sync::PoisonError;

use crate::apartment::Apartment;
use crate::sync::{AtomicU32, Mutex, Ordering, Thread};

const QUEUED: u32 = 0;
const RUNNING: u32 = 1;
const DONE: u32 = 2;
const WITHDRAWN: u32 = 3;
const REJECTED: u32 = 4;
const RETRY_LATER: u32 = 5;
const ABANDONED: u32 = 6;
const LEFT: u32 = 7;

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

/// What a caller that does not wait yet is told by.
pub struct Signal {
    /// Runs once, on whatever thread settles the call.
    raise: Box<dyn Fn() + Send + Sync>,
    /// Who waits for the call by now.
    waiter: Mutex<Option<Waiter>>,
}

impl Signal {
    /// One that does `raise` when the call is settled.
    pub fn new(raise: impl Fn() + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { raise: Box::new(raise), waiter: Mutex::new(None) })
    }

    /// Says who waits from now on. Whoever says so looks at the slot afterwards: if
    /// the call is settled before, the slot shows it, and if it is after, the waiter
    /// is woken.
    pub fn wait_as(&self, waiter: Option<Waiter>) {
        *self.waiter.lock().unwrap_or_else(PoisonError::into_inner) = waiter;
    }

    /// The call is settled.
    pub fn raise(&self) {
        (self.raise)();
        self.wake();
    }

    /// Wakes who waits, if anybody does.
    fn wake(&self) {
        let waiter = self.waiter.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(waiter) = waiter {
            waiter.wake();
        }
    }
}

/// What a caller does while its call is out.
enum Caller {
    /// Waits.
    Waits(Waiter),
    /// Something else.
    Works(Arc<Signal>),
}

/// Who frees the job of a call that is not run any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "whose the job is"]
pub enum Owner {
    /// The caller, or whoever has settled the call before.
    Caller,
    /// Whoever has the queued call: its caller has left.
    Queue,
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
    /// It runs, or is going to; the home side frees the job.
    Abandoned,
}

/// A call's state, shared by both sides.
pub struct Slot {
    state: AtomicU32,
    /// The thread that serves the call, negative while it has not begun, 0 when
    /// unknown; only to be shown.
    pub server: AtomicI32,
    /// Who has to be told when the call is settled.
    caller: Caller,
}

impl Slot {
    /// Of a call that is about to be queued; `server` is as the field.
    pub fn new(waiter: Waiter, server: i32) -> Arc<Self> {
        Self::of(Caller::Waits(waiter), server)
    }

    /// As [`Slot::new`], for a caller that does not wait yet.
    pub fn begun(signal: Arc<Signal>, server: i32) -> Arc<Self> {
        Self::of(Caller::Works(signal), server)
    }

    fn of(caller: Caller, server: i32) -> Arc<Self> {
        Arc::new(Self { state: AtomicU32::new(QUEUED), server: AtomicI32::new(server), caller })
    }

    fn pass(&self, from: u32, to: u32) -> bool {
        let order = (Ordering::AcqRel, Ordering::Acquire);
        self.state.compare_exchange(from, to, order.0, order.1).is_ok()
    }

    /// The home thread takes the call; false when it was withdrawn.
    pub fn claim(&self) -> bool {
        self.pass(QUEUED, RUNNING) || self.pass(LEFT, ABANDONED)
    }

    /// The home thread gives the memory back; false when the caller has gone and
    /// the memory is the home thread's own.
    pub fn finish(&self) -> bool {
        let kept = self.pass(RUNNING, DONE);
        if kept {
            self.tell();
        }
        kept
    }

    /// The call will not be run, unless it was claimed already.
    pub fn withdraw(&self) -> Owner {
        self.end_unrun(WITHDRAWN)
    }

    /// The home thread's message filter refuses the call.
    pub fn refuse(&self, refusal: Refusal) -> Owner {
        self.end_unrun(match refusal {
            Refusal::Rejected => REJECTED,
            Refusal::RetryLater => RETRY_LATER,
        })
    }

    fn end_unrun(&self, state: u32) -> Owner {
        if self.pass(QUEUED, state) {
            self.tell();
        } else if self.pass(LEFT, WITHDRAWN) {
            return Owner::Queue;
        }
        Owner::Caller
    }

    /// The caller waits no longer, and the call is not begun any more.
    pub fn give_up(&self) -> GivenUp {
        if !self.pass(QUEUED, WITHDRAWN) && self.pass(RUNNING, ABANDONED) {
            return GivenUp::Abandoned;
        }
        GivenUp::Settled
    }

    /// The caller is not interested any longer; the call takes its course.
    pub fn leave(&self) -> GivenUp {
        if self.pass(QUEUED, LEFT) || self.pass(RUNNING, ABANDONED) {
            return GivenUp::Abandoned;
        }
        GivenUp::Settled
    }

    /// The call is settled.
    fn tell(&self) {
        match &self.caller {
            Caller::Waits(waiter) => waiter.wake(),
            Caller::Works(signal) => signal.raise(),
        }
    }

    /// Wakes the caller, so that it looks again.
    pub fn wake(&self) {
        match &self.caller {
            Caller::Waits(waiter) => waiter.wake(),
            Caller::Works(signal) => signal.wake(),
        }
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
