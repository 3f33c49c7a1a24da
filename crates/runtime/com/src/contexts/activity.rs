//! Activities: contexts of which one chain of calls is in at a time.
//!
//! An activity is a lock that one or more synchronised contexts share. Its owner is
//! not a thread but a *causality* (`causality`): a call that comes back by way of
//! other apartments belongs to the chain that owns the lock, and passes.
//!
//! # Protocol
//! | state | who owns it | left by |
//! |---|---|---|
//! | free: no entries | nobody | `enter`, to *owned* |
//! | owned: one or more entries | the chain `owner`; each entry is one call in it, by the thread that made it | `leave` of the last entry: to *owned* by the first that waits, else to *free* |
//!
//! A chain that waits has a ticket, which is in one of three states: *waiting* (in the
//! list), *granted* (out of it; the lock is owned by its chain and its entry is
//! made), *given up* (out of it). Every step is made under the one lock, so:
//! - a ticket leaves *waiting* once. Whoever gives up looks at it under the lock: if
//!   it was granted before, the lock is its own, and it goes on as the owner; so no
//!   lock is handed to somebody who has gone.
//! - Nobody enters a lock for which others wait, since it is handed over instead of
//!   opened; they enter in the order in which they came.
//! - Whoever grants wakes after it has left the lock; the woken looks at its ticket
//!   again, and a thread that has just looked is woken all the same (`park`'s token,
//!   the queue's lock). So no wake is lost.
//! - An entry is dropped by the call that made it, also by a panic.
//!
//! A thread of an STA serves its apartment while it waits, so the owner may call it.
//! A call of another chain that it then serves, or that comes while it is in the
//! activity and calls out, may want the same lock: it would wait for what is below
//! it on its own stack. That is refused at once, with the code of a time-out.
//!
//! `activity_model_tests` has this as loom models.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicI32, Ordering as StdOrdering};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use com_abi::codes::CONTEXT_E_SYNCH_TIMEOUT;
use com_abi::{GUID, HRESULT};

use crate::slot::Waiter;
use crate::sync::{Mutex, MutexGuard, park_timeout};
use crate::{call, membership};

/// Longest sleep between two looks at a ticket.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);

/// A chain that waits.
struct Ticket {
    chain: GUID,
    thread: i32,
    waiter: Waiter,
}

#[derive(Default)]
struct State {
    /// Means something while there are entries.
    owner: GUID,
    /// The threads of the calls that are in, the innermost last.
    entries: Vec<i32>,
    waiting: VecDeque<Arc<Ticket>>,
}

/// See the module.
#[derive(Default)]
pub struct Activity {
    state: Mutex<State>,
    /// The thread of the innermost call that is in, 0 for none; only to be shown.
    holder: AtomicI32,
}

/// What became of a chain that wants to enter.
enum Asked {
    Entered,
    /// It would wait for its own thread.
    Hopeless,
    Waits(Arc<Ticket>),
}

/// A call in an activity; it leaves when this is dropped.
#[must_use = "the call is in the activity until this is dropped"]
pub struct Inside<'a> {
    activity: &'a Activity,
    thread: i32,
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.activity.leave(self.thread);
    }
}

impl Activity {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn show(&self, state: &State) {
        self.holder.store(state.entries.last().copied().unwrap_or(0), StdOrdering::Relaxed);
    }

    /// Enters for a chain on this thread, and waits for the lock if another chain
    /// has it.
    ///
    /// # Errors
    /// `CONTEXT_E_SYNCH_TIMEOUT` when `longest` was over before, or the wait would
    /// never end since the lock is held further down on this thread's stack.
    pub fn enter(&self, chain: GUID, longest: Duration) -> Result<Inside<'_>, HRESULT> {
        let thread = observe::thread::tid();
        let inside = || Inside { activity: self, thread };
        match self.ask(chain, thread, call::own_waiter) {
            Asked::Entered => Ok(inside()),
            Asked::Hopeless => Err(CONTEXT_E_SYNCH_TIMEOUT),
            Asked::Waits(ticket) => {
                self.wait(&ticket, longest).then(inside).ok_or(CONTEXT_E_SYNCH_TIMEOUT)
            }
        }
    }

    /// *free* or *owned* by this chain: enters; else gets a ticket.
    fn ask(&self, chain: GUID, thread: i32, waiter: impl FnOnce() -> Waiter) -> Asked {
        let mut state = self.lock();
        if state.entries.is_empty() || state.owner == chain {
            state.owner = chain;
            state.entries.push(thread);
            self.show(&state);
            return Asked::Entered;
        }
        if state.entries.contains(&thread) {
            return Asked::Hopeless;
        }
        let ticket = Arc::new(Ticket { chain, thread, waiter: waiter() });
        state.waiting.push_back(Arc::clone(&ticket));
        Asked::Waits(ticket)
    }

    /// One entry of a thread's less; the last one hands the lock over.
    fn leave(&self, thread: i32) {
        let granted = {
            let mut state = self.lock();
            if let Some(at) = state.entries.iter().rposition(|one| *one == thread) {
                state.entries.remove(at);
            }
            let next = if state.entries.is_empty() { state.waiting.pop_front() } else { None };
            if let Some(ticket) = &next {
                state.owner = ticket.chain;
                state.entries.push(ticket.thread);
            }
            self.show(&state);
            next
        };
        if let Some(ticket) = granted {
            ticket.waiter.wake();
        }
    }

    fn is_waiting(state: &State, ticket: &Arc<Ticket>) -> bool {
        state.waiting.iter().any(|one| Arc::ptr_eq(one, ticket))
    }

    /// Whether a ticket was granted.
    fn is_granted(&self, ticket: &Arc<Ticket>) -> bool {
        !Self::is_waiting(&self.lock(), ticket)
    }

    /// Whether there is nothing to wait for any more: a ticket was granted, or the
    /// lock was handed to a wait further down on the same stack.
    fn is_over(&self, ticket: &Arc<Ticket>) -> bool {
        let state = self.lock();
        !Self::is_waiting(&state, ticket) || state.entries.contains(&ticket.thread)
    }

    /// Gives a ticket up, unless it was granted, which is the answer.
    fn give_up(&self, ticket: &Arc<Ticket>) -> bool {
        let mut state = self.lock();
        let at = state.waiting.iter().position(|one| Arc::ptr_eq(one, ticket));
        at.and_then(|at| state.waiting.remove(at)).is_none()
    }

    /// Waits for a ticket; whether it was granted.
    fn wait(&self, ticket: &Arc<Ticket>, longest: Duration) -> bool {
        let end = Instant::now() + longest;
        let what = "a synchronised context";
        let serves = matches!(ticket.waiter, Waiter::Apartment(_));
        observe::wait::calling(what, &self.holder, serves, || match &ticket.waiter {
            Waiter::Thread(_) => self.sleep(ticket, end),
            Waiter::Apartment(own) => {
                call::serve_until(own, end, &|| self.is_over(ticket));
            }
        });
        self.give_up(ticket)
    }

    fn sleep(&self, ticket: &Arc<Ticket>, end: Instant) {
        while !self.is_granted(ticket) {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            park_timeout(left.min(LONGEST_SLEEP));
        }
    }

    /// How many chains wait.
    #[cfg(all(test, not(loom)))]
    pub fn waiting(&self) -> usize {
        self.lock().waiting.len()
    }

    /// Whether nobody is in it and nobody waits.
    #[cfg(all(test, not(loom)))]
    pub fn is_free(&self) -> bool {
        let state = self.lock();
        state.entries.is_empty() && state.waiting.is_empty()
    }
}

/// The activity of the context that this thread is in.
pub fn current() -> Option<Arc<Activity>> {
    membership::further()?.properties().activity.clone()
}

/// The steps without real threads' numbers and clocks.
#[cfg(all(test, loom))]
pub mod model {
    use super::*;

    /// Enters as `thread` and waits without a bound.
    pub fn enter(activity: &Activity, thread: i32, waiter: Waiter) -> Inside<'_> {
        let chain = GUID::from_u128(thread.cast_unsigned().into());
        if let Asked::Waits(ticket) = activity.ask(chain, thread, || waiter) {
            while !activity.is_granted(&ticket) {
                park_timeout(LONGEST_SLEEP);
            }
        }
        Inside { activity, thread }
    }

    /// Enters as `thread`, or gives up at once.
    pub fn try_enter(activity: &Activity, thread: i32, waiter: Waiter) -> Option<Inside<'_>> {
        let chain = GUID::from_u128(thread.cast_unsigned().into());
        let entered = match activity.ask(chain, thread, || waiter) {
            Asked::Waits(ticket) => activity.give_up(&ticket),
            _ => true,
        };
        entered.then_some(Inside { activity, thread })
    }

    /// As [`try_enter`], with the fault that a grant is not looked for: the lock
    /// stays with somebody who has gone.
    pub fn walk_away(activity: &Activity, thread: i32, waiter: Waiter) {
        let chain = GUID::from_u128(thread.cast_unsigned().into());
        match activity.ask(chain, thread, || waiter) {
            Asked::Waits(ticket) => drop(activity.give_up(&ticket)),
            _ => activity.leave(thread),
        }
    }
}
