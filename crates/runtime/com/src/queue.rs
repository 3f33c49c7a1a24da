//! The queue of an apartment: what stands in place of the hidden window.
//!
//! Calls are taken in the order in which they came; an STA's by its one thread,
//! the MTA's by its workers. An STA's thread waits here in two situations: in its
//! message loop, and while a call of its own is out; the second wait also ends
//! when that call is settled, which is why a settled call wakes its caller's
//! queue.

use std::collections::VecDeque;
use std::sync::PoisonError;
use std::time::Duration;

use crate::call::QueuedCall;
use crate::sync::{Condvar, Mutex, MutexGuard};

/// Longest sleep between two looks at the queue. Nothing depends on it; it
/// bounds the damage of a lost wake-up.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);

#[derive(Default)]
struct State {
    calls: VecDeque<QueuedCall>,
    closed: bool,
    /// Threads that wait for a call.
    idle: usize,
}

/// See the module.
#[derive(Default)]
pub struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

/// What a wait ended with.
pub enum Next {
    /// A call to run.
    Call(QueuedCall),
    /// What was waited for has happened.
    Until,
    /// The apartment has ended.
    Closed,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a call; gives it back when the apartment has ended. Otherwise
    /// whether there are more calls than threads that wait for one.
    pub fn push(&self, call: QueuedCall) -> Result<bool, QueuedCall> {
        let mut state = self.lock();
        if state.closed {
            return Err(call);
        }
        state.calls.push_back(call);
        self.changed.notify_all();
        Ok(state.calls.len() > state.idle)
    }

    /// Takes out the calls that were not begun.
    pub fn take_all(&self) -> VecDeque<QueuedCall> {
        std::mem::take(&mut self.lock().calls)
    }

    /// Wakes the thread, so that it looks again at what it waits for.
    pub fn wake(&self) {
        // Taking the lock makes sure that a thread that has just looked is
        // asleep, and so is woken.
        drop(self.lock());
        self.changed.notify_all();
    }

    /// Waits for a call, or until `until` holds.
    pub fn next(&self, until: impl Fn() -> bool) -> Next {
        let mut state = self.lock();
        loop {
            if until() {
                return Next::Until;
            }
            if let Some(call) = state.calls.pop_front() {
                return Next::Call(call);
            }
            if state.closed {
                return Next::Closed;
            }
            state.idle += 1;
            let woken = self.changed.wait_timeout(state, LONGEST_SLEEP);
            state = woken.unwrap_or_else(PoisonError::into_inner).0;
            state.idle -= 1;
        }
    }

    /// Ends the queue and answers the calls that were not begun.
    pub fn close(&self) -> VecDeque<QueuedCall> {
        let mut state = self.lock();
        state.closed = true;
        self.changed.notify_all();
        std::mem::take(&mut state.calls)
    }

    /// Calls that were not begun.
    pub fn depth(&self) -> usize {
        self.lock().calls.len()
    }
}
