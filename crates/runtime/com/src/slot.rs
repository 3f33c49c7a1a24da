//! The state of a call that one thread hands to another: whose the memory on the
//! caller's stack is. The protocol stands in [`crate::call`].

use std::sync::Arc;

use crate::apartment::Apartment;
use crate::sync::{AtomicU32, Ordering, Thread};

const QUEUED: u32 = 0;
const RUNNING: u32 = 1;
const DONE: u32 = 2;
const WITHDRAWN: u32 = 3;

/// How the caller waits.
pub enum Waiter {
    /// Sleeps until unparked.
    Thread(Thread),
    /// Serves this apartment's queue.
    Apartment(Arc<Apartment>),
}

/// A call's state, shared by both sides.
pub struct Slot {
    state: AtomicU32,
    /// Who has to be woken when the call is settled.
    pub waiter: Waiter,
}

impl Slot {
    /// Of a call that is about to be queued.
    pub fn new(waiter: Waiter) -> Arc<Self> {
        Arc::new(Self { state: AtomicU32::new(QUEUED), waiter })
    }

    /// The home thread takes the call; false when it was withdrawn.
    pub fn claim(&self) -> bool {
        let order = (Ordering::Acquire, Ordering::Relaxed);
        self.state.compare_exchange(QUEUED, RUNNING, order.0, order.1).is_ok()
    }

    /// The home thread gives the memory back.
    pub fn finish(&self) {
        self.state.store(DONE, Ordering::Release);
        self.wake();
    }

    /// The call will not be run, unless it was claimed already.
    pub fn withdraw(&self) {
        let order = (Ordering::Release, Ordering::Relaxed);
        if self.state.compare_exchange(QUEUED, WITHDRAWN, order.0, order.1).is_ok() {
            self.wake();
        }
    }

    fn wake(&self) {
        match &self.waiter {
            Waiter::Thread(thread) => thread.unpark(),
            Waiter::Apartment(apartment) => apartment.queue().wake(),
        }
    }

    /// Whether the memory is the caller's again.
    pub fn is_settled(&self) -> bool {
        matches!(self.state.load(Ordering::Acquire), DONE | WITHDRAWN)
    }
}
