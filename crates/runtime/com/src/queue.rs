//! The queue of a thread or of the MTA: what stands in place of the hidden
//! window.
//!
//! Calls and user messages share it and keep their order. An STA's thread comes
//! here in three situations: in its message loop ([`Queue::take`]), where it gets
//! both; while a call of its own is out ([`Queue::next`]), where it gets calls and
//! due timers and is told of messages, which stay; and when it dispatches for
//! somebody else's loop, which watches the queue's descriptor. The MTA's queue has
//! calls only, which its workers take.
//!
//! # Protocol
//! Everything is behind one lock; whoever changes what a waiter looks at notifies
//! under it, or has held it since and notifies then ([`Queue::wake`]). A settled call wakes its caller's queue, since the caller may wait
//! here. The calls of a queue belong to one apartment at a time, its *owner*: a
//! call for another one, whose thread has left it, is refused. A thread's messages
//! outlive its apartment.
//!
//! A call that the message loop took out and has not dispatched yet stands under
//! its number in `taken`, so that it is withdrawn with the rest when the
//! apartment ends.

use std::collections::VecDeque;
use std::sync::PoisonError;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use crate::call::QueuedCall;
use crate::message::{Message, Range, Timer};
use crate::readiness::Readiness;
use crate::sync::{Condvar, Mutex, MutexGuard, SPINS, now};

/// Longest sleep between two looks at the queue. Nothing depends on it; it
/// bounds the damage of a lost wake-up.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);
/// Most messages that wait in a queue, as documented.
const MAX_MESSAGES: usize = 10_000;

#[derive(Default)]
struct State {
    /// The apartment whose calls are accepted.
    owner: Option<u64>,
    /// Place in the order of the next call or message.
    next: u64,
    calls: VecDeque<(u64, QueuedCall)>,
    messages: VecDeque<(u64, Message)>,
    taken: Vec<(u64, QueuedCall)>,
    quit: Option<i32>,
    timers: Vec<Timer>,
    /// Messages that ever came.
    posted: u64,
    /// Threads that wait for a call.
    idle: usize,
    readiness: Readiness,
}

/// See the module.
#[derive(Default)]
pub struct Queue {
    state: Mutex<State>,
    changed: Condvar,
    /// Counts what waiters should look at; only a hint for those who linger.
    changes: AtomicU32,
}

/// What a wait ended with.
pub enum Next {
    /// A call to run.
    Call(QueuedCall),
    /// What was waited for has happened.
    Until,
    /// The apartment has ended.
    Closed,
    /// A timer with a procedure is due.
    Timer(Timer),
    /// A message came; it is still there.
    Message,
    /// The time is over.
    Deadline,
}

/// What a wait ends for, besides a call.
pub struct Watch<'a> {
    /// Looked at before anything else.
    pub until: &'a dyn Fn() -> bool,
    /// When to give up.
    pub deadline: Option<Instant>,
    /// Messages that have been seen, as [`Queue::posted`] counts them.
    pub seen: Option<u64>,
    /// Whether due timers are of interest.
    pub timers: bool,
    /// Whether the end of the apartment ends the wait. A call that is out after it
    /// is waited for all the same.
    pub closes: bool,
}

impl<'a> Watch<'a> {
    /// For a call or `until`.
    pub fn until(until: &'a dyn Fn() -> bool) -> Self {
        Self { until, deadline: None, seen: None, timers: false, closes: true }
    }
}

/// What a message loop gets.
pub enum Item {
    /// A call, under the number with which it is dispatched.
    Call(u64),
    /// A message.
    Message(Message),
    /// A timer that is due.
    Timer(Timer),
    /// The end of the loop, with its exit code.
    Quit(i32),
}

impl State {
    fn is_ready(&self) -> bool {
        !self.calls.is_empty() || !self.messages.is_empty() || self.quit.is_some()
    }

    fn show(&mut self) {
        let (ready, due) = (self.is_ready(), self.timers.iter().map(|timer| timer.due).min());
        self.readiness.show(ready, due);
    }

    fn due_timer(&mut self, wanted: impl Fn(&Timer) -> bool) -> Option<Timer> {
        let now = now();
        let timer = self.timers.iter_mut().find(|timer| timer.due <= now && wanted(timer))?;
        // Periods that were missed are not made up for, as documented.
        timer.due = now + timer.period;
        let fired = timer.clone();
        self.show();
        Some(fired)
    }

    /// How long to sleep at most.
    fn patience(&self, watch: &Watch<'_>) -> Duration {
        let due = self.timers.iter().filter(|_| watch.timers).map(|timer| timer.due);
        let next = due.chain(watch.deadline).min();
        next.map_or(LONGEST_SLEEP, |next| next.saturating_duration_since(now()).min(LONGEST_SLEEP))
    }
}

impl Queue {
    /// A queue whose calls belong to the apartment.
    #[cfg(loom)]
    pub fn owned_by(apartment: u64) -> Self {
        let queue = Self::default();
        queue.open(apartment);
        queue
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes one waiter for a call, which any of them may take. The lock is given
    /// back first, or who wakes would only wait for it.
    fn tell_one(&self, state: MutexGuard<'_, State>) {
        self.changes.fetch_add(1, Relaxed);
        drop(state);
        self.changed.notify_one();
    }

    /// Wakes everybody who waits.
    fn tell_all(&self, state: MutexGuard<'_, State>) {
        self.changes.fetch_add(1, Relaxed);
        drop(state);
        self.changed.notify_all();
    }

    /// Looks for a change for a moment, without the lock; a sleep costs more.
    fn linger(&self) {
        let seen = self.changes.load(Relaxed);
        for _ in 0..SPINS {
            if self.changes.load(Relaxed) != seen {
                return;
            }
            std::hint::spin_loop();
        }
    }

    /// Accepts calls for the apartment from now on.
    pub fn open(&self, apartment: u64) {
        self.lock().owner = Some(apartment);
    }

    /// Adds a call for an apartment; gives it back when that has ended. Otherwise
    /// whether there are more calls than threads that wait for one.
    pub fn push(&self, apartment: u64, call: QueuedCall) -> Result<bool, QueuedCall> {
        let mut state = self.lock();
        if state.owner != Some(apartment) {
            return Err(call);
        }
        let place = state.next;
        state.next += 1;
        state.calls.push_back((place, call));
        state.readiness.input();
        state.show();
        let is_short = state.calls.len() > state.idle;
        self.tell_one(state);
        Ok(is_short)
    }

    /// Adds a message; false when there are too many.
    pub fn post(&self, message: Message) -> bool {
        let mut state = self.lock();
        if state.messages.len() >= MAX_MESSAGES {
            return false;
        }
        let place = state.next;
        state.next += 1;
        state.posted += 1;
        state.messages.push_back((place, message));
        state.readiness.input();
        state.show();
        self.tell_all(state);
        true
    }

    /// Asks the message loop to end, after everything else that is in the queue.
    pub fn quit(&self, code: i32) {
        let mut state = self.lock();
        state.quit = Some(code);
        state.posted += 1;
        state.readiness.input();
        state.show();
        self.tell_all(state);
    }

    /// Messages that ever came, those that were taken included.
    pub fn posted(&self) -> u64 {
        self.lock().posted
    }

    /// Takes out the calls that were not begun.
    pub fn take_all(&self) -> Vec<QueuedCall> {
        let mut state = self.lock();
        let calls = state.calls.drain(..).map(|(_, call)| call).collect();
        state.show();
        calls
    }

    /// Wakes the thread, so that it looks again at what it waits for.
    pub fn wake(&self) {
        // Taking the lock makes sure that a thread that has just looked is
        // asleep, and so is woken.
        self.tell_all(self.lock());
    }

    /// Waits for a call, or for what the watch says.
    pub fn next(&self, watch: &Watch<'_>) -> Next {
        let mut state = self.lock();
        let mut lingers = SPINS > 0;
        loop {
            if (watch.until)() {
                return Next::Until;
            }
            if let Some((_, call)) = state.calls.pop_front() {
                state.show();
                return Next::Call(call);
            }
            if watch.closes && state.owner.is_none() {
                return Next::Closed;
            }
            if watch.timers
                && let Some(timer) = state.due_timer(|timer| timer.procedure.is_some())
            {
                return Next::Timer(timer);
            }
            if watch.seen.is_some_and(|seen| seen < state.posted) {
                return Next::Message;
            }
            if watch.deadline.is_some_and(|deadline| now() >= deadline) {
                return Next::Deadline;
            }
            if std::mem::take(&mut lingers) {
                drop(state);
                self.linger();
                state = self.lock();
                continue;
            }
            let patience = state.patience(watch);
            state.idle += 1;
            let woken = self.changed.wait_timeout(state, patience);
            state = woken.unwrap_or_else(PoisonError::into_inner).0;
            state.idle -= 1;
        }
    }

    /// What a message loop gets next, in the order in which it came; timers and
    /// the end of the loop come when nothing else is there. What is only looked
    /// at stays.
    pub fn take(&self, range: &Range, remove: bool) -> Option<Item> {
        let mut state = self.lock();
        state.readiness.looked();
        let found = state.find(range, remove);
        state.show();
        found
    }

    /// As [`Self::take`], and waits for it.
    pub fn wait_and_take(&self, range: &Range) -> Item {
        let mut state = self.lock();
        loop {
            state.readiness.looked();
            if let Some(found) = state.find(range, true) {
                state.show();
                return found;
            }
            let never = || false;
            let patience = state.patience(&Watch { timers: true, ..Watch::until(&never) });
            state.idle += 1;
            let woken = self.changed.wait_timeout(state, patience);
            state = woken.unwrap_or_else(PoisonError::into_inner).0;
            state.idle -= 1;
        }
    }

    /// A call that a message loop took, to be run now.
    pub fn take_call(&self, number: u64) -> Option<QueuedCall> {
        let mut state = self.lock();
        let at = state.taken.iter().position(|(place, _)| *place == number)?;
        Some(state.taken.remove(at).1)
    }

    /// Whether the message loop would get something.
    pub fn has_input(&self, range: &Range) -> bool {
        self.lock().find(range, false).is_some()
    }

    /// Adds a timer or changes the one of the same number.
    pub fn set_timer(&self, timer: Timer) {
        let mut state = self.lock();
        state.timers.retain(|known| known.id != timer.id);
        state.timers.push(timer);
        state.show();
        self.tell_all(state);
    }

    /// Takes a timer out; false when there is none of that number.
    pub fn kill_timer(&self, id: usize) -> bool {
        let mut state = self.lock();
        let before = state.timers.len();
        state.timers.retain(|timer| timer.id != id);
        state.show();
        state.timers.len() < before
    }

    /// When the next timer is due.
    pub fn next_timer(&self) -> Option<Instant> {
        self.lock().timers.iter().map(|timer| timer.due).min()
    }

    /// Changes how the queue shows other loops what is in it.
    pub fn with_readiness<R>(&self, body: impl FnOnce(&mut Readiness) -> R) -> R {
        let mut state = self.lock();
        let answer = body(&mut state.readiness);
        state.show();
        answer
    }

    /// Ends the apartment's calls and answers those that were not begun.
    pub fn close(&self) -> Vec<QueuedCall> {
        let mut state = self.lock();
        state.owner = None;
        let mut left: Vec<_> = state.calls.drain(..).map(|(_, call)| call).collect();
        left.extend(state.taken.drain(..).map(|(_, call)| call));
        state.show();
        self.tell_all(state);
        left
    }

    /// Calls that were not begun.
    pub fn depth(&self) -> usize {
        self.lock().calls.len()
    }
}

impl State {
    fn find(&mut self, range: &Range, remove: bool) -> Option<Item> {
        let call = self.calls.front().filter(|_| range.has_calls()).map(|(place, _)| *place);
        let at = self.messages.iter().position(|(_, message)| range.has(message));
        let message = at.and_then(|at| self.messages.get(at)).map(|(place, _)| *place);
        if let Some(place) = call
            && message.is_none_or(|message| place < message)
        {
            if remove && let Some(taken) = self.calls.pop_front() {
                self.taken.push(taken);
            }
            return Some(Item::Call(place));
        }
        if let Some(at) = at {
            let found =
                if remove { self.messages.remove(at) } else { self.messages.get(at).copied() };
            return found.map(|(_, message)| Item::Message(message));
        }
        if let Some(code) = self.quit.filter(|_| self.messages.is_empty()) {
            if remove {
                self.quit = None;
            }
            return Some(Item::Quit(code));
        }
        if !range.has_timers() {
            return None;
        }
        if remove {
            return self.due_timer(|_| true).map(Item::Timer);
        }
        let now = now();
        self.timers.iter().find(|timer| timer.due <= now).cloned().map(Item::Timer)
    }
}
