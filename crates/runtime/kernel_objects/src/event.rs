//! An event of the runtime's own, and waits that it interrupts.

use std::time::Duration;

use observe::thread::tid;

use crate::database::{MAXIMUM_WAIT_OBJECTS, WAIT_TIMEOUT, database};
use crate::error::Error;
use crate::handle::Handle;
use crate::object::{ObjectId, State};
use crate::thread::watch_end;

/// A manual-reset event without a handle, which no program can close.
#[derive(Debug)]
pub struct Event(ObjectId);

impl Event {
    /// One that is not set.
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        Self(
            database()
                .with(|dispatcher| dispatcher.insert(State::Event { manual: true, set: false })),
        )
    }

    /// Sets it.
    pub fn set(&self) {
        // It cannot be gone: this value holds its reference.
        let _ = database().with(|dispatcher| dispatcher.put_event(self.0, true));
    }

    /// Resets it.
    pub fn reset(&self) {
        let _ = database().with(|dispatcher| dispatcher.put_event(self.0, false));
    }
}

impl Drop for Event {
    fn drop(&mut self) {
        database().with(|dispatcher| dispatcher.release(self.0));
    }
}

/// What a wait with an event ended with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Woken {
    /// The documented wait result for the handles.
    Objects(u32),
    /// The event.
    Event,
    /// The time was over.
    TimeOut,
}

/// What a wait is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// One of the handles, or the event.
    Any,
    /// All of the handles, or the event.
    AllOrEvent,
    /// All of the handles and the event.
    AllAndEvent,
}

/// Waits for handles or an event, at most for `limit`.
///
/// # Errors
/// `InvalidParameter` for more than 63 handles or the same one twice;
/// `InvalidHandle`; `NotEnoughMemory`.
pub fn wait_with(
    handles: &[usize],
    wanted: Wanted,
    event: &Event,
    limit: Option<Duration>,
) -> Result<Woken, Error> {
    if handles.len() >= MAXIMUM_WAIT_OBJECTS {
        return Err(Error::InvalidParameter);
    }
    watch_end()?;
    let handles: Vec<Handle> = handles.iter().map(|one| Handle(*one)).collect();
    let outcome = database().wait_with(tid(), &handles, wanted, event.0, limit)?;
    Ok(match outcome {
        WAIT_TIMEOUT => Woken::TimeOut,
        // "All" answers 0, also when the event is one of them.
        outcome if outcome as usize == handles.len() && wanted != Wanted::AllAndEvent => {
            Woken::Event
        }
        outcome => Woken::Objects(outcome),
    })
}

/// Waits for handles as `WaitForMultipleObjects` does; answers its result.
///
/// # Errors
/// As [`wait_with`], for more than 64 handles or none.
pub fn wait(handles: &[usize], all: bool, limit: Option<Duration>) -> Result<u32, Error> {
    watch_end()?;
    let handles: Vec<Handle> = handles.iter().map(|one| Handle(*one)).collect();
    database().wait(tid(), &handles, all, limit)
}
