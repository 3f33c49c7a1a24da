//! Waits for kernel objects that go on serving the apartment's calls, or that
//! end when something new is in the thread's queue.

use std::time::{Duration, Instant};

use com_abi::HRESULT;
use com_abi::codes::{RPC_S_CALLPENDING, system_error};
use kernel_objects::{Error, Wanted, Woken};

use crate::membership;
use crate::message::{self, Range};

/// Wait result: the time was over.
const WAIT_TIMEOUT: u32 = 258;
/// Wait results from here on are of abandoned mutexes.
const WAIT_ABANDONED_0: u32 = 0x80;

/// What a wait that failed answers.
fn failed(error: Error) -> HRESULT {
    observe::last_error::set(error.code());
    system_error(error.code() as u16)
}

fn left(end: Option<Instant>) -> Option<Duration> {
    end.map(|end| end.saturating_duration_since(Instant::now()))
}

/// Waits for one of the handles or for all of them, and serves this apartment's
/// calls meanwhile if it is an STA; answers the index of the handle.
///
/// # Errors
/// `RPC_S_CALLPENDING` when the time is over; the system's code for bad handles.
pub fn for_handles(handles: &[usize], all: bool, limit: Option<Duration>) -> Result<u32, HRESULT> {
    let end = limit.and_then(|limit| Instant::now().checked_add(limit));
    let index = |outcome: u32| match outcome {
        WAIT_TIMEOUT => Err(RPC_S_CALLPENDING),
        _ if outcome >= WAIT_ABANDONED_0 => Ok(outcome - WAIT_ABANDONED_0),
        _ => Ok(outcome),
    };
    let Some(own) = membership::own_sta() else {
        return index(kernel_objects::wait(handles, all, limit).map_err(failed)?);
    };
    let wanted = if all { Wanted::AllOrEvent } else { Wanted::Any };
    let event = own.queue().with_readiness(|readiness| readiness.event());
    loop {
        // Handles come before calls, and are looked at after each one.
        event.reset();
        let outcome = kernel_objects::wait(handles, all, Some(Duration::ZERO)).map_err(failed)?;
        if outcome != WAIT_TIMEOUT {
            return index(outcome);
        }
        if message::dispatch_one(&own) {
            continue;
        }
        let patience = own.queue().next_timer().map(|due| left(Some(due)).unwrap_or_default());
        let limit = [left(end), patience].into_iter().flatten().min();
        let woken = kernel_objects::wait_with(handles, wanted, &event, limit).map_err(failed)?;
        match woken {
            Woken::Objects(outcome) => return index(outcome),
            Woken::TimeOut if left(end).is_some_and(|left| left.is_zero()) => {
                return Err(RPC_S_CALLPENDING);
            }
            Woken::TimeOut | Woken::Event => {}
        }
    }
}

/// What a wait for handles and messages is to be.
#[derive(Clone, Copy, Debug)]
pub struct MessageWait {
    /// All handles and a message, instead of one of them.
    pub all: bool,
    /// Messages that were seen before count too.
    pub input_available: bool,
    /// Whether messages count at all.
    pub messages: bool,
}

/// `MsgWaitForMultipleObjects`: the wait result; the number of handles is a
/// message.
///
/// # Errors
/// What is wrong with the handles.
pub fn for_messages(
    handles: &[usize],
    kind: MessageWait,
    limit: Option<Duration>,
) -> Result<u32, Error> {
    let input = handles.len() as u32;
    if !kind.messages {
        return kernel_objects::wait(handles, kind.all, limit);
    }
    let end = limit.and_then(|limit| Instant::now().checked_add(limit));
    let queue = message::own_queue();
    // From here on what comes is noticed.
    let event = queue.with_readiness(|readiness| readiness.event());
    if kind.input_available && queue.has_input(&Range::ALL) {
        event.set();
    }
    let wanted = if kind.all { Wanted::AllAndEvent } else { Wanted::Any };
    loop {
        let due = queue.next_timer();
        if due.is_some_and(|due| due <= Instant::now()) {
            event.set();
        }
        let limit = [left(end), left(due)].into_iter().flatten().min();
        match kernel_objects::wait_with(handles, wanted, &event, limit)? {
            Woken::Objects(outcome) => return Ok(outcome),
            Woken::Event => return Ok(input),
            Woken::TimeOut if left(end).is_some_and(|left| left.is_zero()) => {
                return Ok(WAIT_TIMEOUT);
            }
            Woken::TimeOut => {}
        }
    }
}
