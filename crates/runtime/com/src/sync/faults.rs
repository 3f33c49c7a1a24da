//! Faults that a model plants into a protocol, to show that it finds them.

use std::cell::Cell;

/// What is done wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A call through a proxy does not count as a holder of it.
    CallsUncounted,
    /// A call that its filter refuses is dropped without a word.
    DropsRefused,
    /// An apartment that ends forgets the calls in its queue.
    ForgetsCalls,
    /// Nobody frees the job of a call that was given up.
    ForgetsJobs,
    /// A stub that has ended takes a holder.
    HoldsTheEnded,
    /// The last user leaves the MTA in two steps.
    LeavesInTwoSteps,
    /// A manager that was found is raised after the table's lock is given back.
    RaisesLate,
    /// A single-threaded apartment does not serve while it waits.
    SleepsDeaf,
    /// Two threads tell an object at the same time.
    TellsAtOnce,
    /// Who counts itself out of the running calls does not look for who waits.
    WakesNobody,
}

thread_local! {
    /// Of the system's thread, which all threads of a model share.
    static PLANTED: Cell<Option<Fault>> = const { Cell::new(None) };
}

/// Takes the fault out again.
#[must_use = "the fault is there until this is dropped"]
pub struct Planted;

impl Drop for Planted {
    fn drop(&mut self) {
        PLANTED.set(None);
    }
}

/// Plants a fault into the models that this thread runs.
pub fn plant(fault: Fault) -> Planted {
    PLANTED.set(Some(fault));
    Planted
}

/// Whether it is there.
pub fn is_planted(fault: Fault) -> bool {
    PLANTED.get() == Some(fault)
}
