//! Faults that a model plants into the protocol, to show that it finds them.

use std::cell::Cell;

/// What is done wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A poller whose linger is over closes its list without looking who is there.
    ClosesBlindly,
    /// A poller that ends by a failure does not signal its end.
    SilentEnd,
    /// A connection is handed out before its poller's start is complete.
    StartsLate,
    /// The last to leave does not wake the poller.
    WakesNobody,
}

thread_local! {
    /// Of the system's thread, which all threads of a model share.
    static PLANTED: Cell<Option<Fault>> = const { Cell::new(None) };
}

/// Takes the fault out again.
#[cfg(test)]
#[must_use = "the fault is there until this is dropped"]
pub struct Planted;

#[cfg(test)]
impl Drop for Planted {
    fn drop(&mut self) {
        PLANTED.set(None);
    }
}

/// Plants a fault into the models that this thread runs.
#[cfg(test)]
pub fn plant(fault: Fault) -> Planted {
    PLANTED.set(Some(fault));
    Planted
}

/// Whether it is there.
pub fn is_planted(fault: Fault) -> bool {
    PLANTED.get() == Some(fault)
}
