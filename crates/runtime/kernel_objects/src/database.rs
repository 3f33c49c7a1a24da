//! The lock around the dispatcher database, and how a thread waits.
//!
//! # Protocol
//! One lock guards every object, handle, name and registered wait. A wait that
//! blocks has a [`Signal`] that its thread and the database share.
//!
//! | state of a wait | who may end it | how |
//! |---|---|---|
//! | registered: in `waits` and in the list of each of its objects; signal empty | whoever signals an object, or the waiting thread when its time is over; both under the lock | `satisfy` acquires, settles the signal and unlinks; `cancel` unlinks |
//! | settled: in no list; signal has the outcome | nobody | – |
//! | cancelled: in no list; signal empty for ever | nobody | – |
//!
//! - *No wake-up is lost.* Looking at the objects and registering happen in one
//!   hold of the lock. A signal given before is seen by the look, one given after
//!   finds the wait registered.
//! - *The sleep ends.* The signal is settled under the lock and its thread woken
//!   after it. The thread sleeps only while the word is empty, which the kernel
//!   compares under its own lock: either it sees the outcome or it sleeps already
//!   when the wake comes. The `Arc` keeps the word alive for a late wake.
//! - *Time-out against signal.* The thread whose time is over takes the lock and
//!   looks again: settled means it has acquired, and the outcome counts; otherwise
//!   it unlinks, and nobody can acquire for it any more. So nothing is acquired
//!   for a thread that reports a time-out.
//! - *"All" is one step.* Objects are acquired under the lock, all or none.
//! - *Ownership.* A mutex that is acquired on a sleeping thread's behalf belongs to
//!   that thread at once. It cannot end before it wakes, so it cannot end without
//!   abandoning the mutex.
//! - *Closing.* A registered wait holds a reference to each object, so closing the
//!   last handle does not take an object away under a waiting thread.
//!
//! `model` has this as loom models. One lock for all is a choice for simplicity;
//! README.md has what it costs.

use std::sync::atomic::AtomicI32;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use crate::dispatcher::Dispatcher;
use crate::error::Error;
#[cfg(not(loom))]
use crate::event::Wanted;
use crate::futex::{Mutex, MutexGuard};
use crate::handle::Handle;
use crate::object::{ObjectId, State, WaitId};
use crate::signal::Signal;

/// Most objects of one wait.
pub const MAXIMUM_WAIT_OBJECTS: usize = 64;
/// Wait result: the time was over.
pub const WAIT_TIMEOUT: u32 = 258;

/// See the module.
#[derive(Default)]
pub struct Database {
    dispatcher: Mutex<Dispatcher>,
}

/// The database of the process.
#[cfg(not(loom))]
pub fn database() -> &'static Database {
    static DATABASE: std::sync::LazyLock<Database> = std::sync::LazyLock::new(Database::default);
    &DATABASE
}

/// Whom a wait is for.
enum Holder {
    Unknown,
    Thread(i32),
    Owner(Arc<AtomicI32>),
}

/// A wait that was registered.
struct Blocked {
    id: WaitId,
    signal: Arc<Signal>,
    what: &'static str,
    holder: Holder,
}

impl Database {
    fn lock(&self) -> MutexGuard<'_, Dispatcher> {
        self.dispatcher.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the database and wakes whose waits that has ended.
    pub fn with<T>(&self, change: impl FnOnce(&mut Dispatcher) -> T) -> T {
        let mut dispatcher = self.lock();
        let answer = change(&mut dispatcher);
        let woken = std::mem::take(&mut dispatcher.woken);
        drop(dispatcher);
        for signal in woken {
            signal.wake();
        }
        answer
    }

    /// Waits for one or for all objects, at most for `limit`; answers the wait
    /// result.
    ///
    /// # Errors
    /// `InvalidParameter` for no handle, more than [`MAXIMUM_WAIT_OBJECTS`], the
    /// same one twice, or with `all` the same object twice; `InvalidHandle`.
    pub fn wait(
        &self,
        tid: i32,
        handles: &[Handle],
        all: bool,
        limit: Option<Duration>,
    ) -> Result<u32, Error> {
        let count_is_good = (1..=MAXIMUM_WAIT_OBJECTS).contains(&handles.len());
        if !count_is_good || has_duplicate(handles) {
            return Err(Error::InvalidParameter);
        }
        self.wait_for(tid, all, limit, |dispatcher| Ok((resolve(dispatcher, handles, all)?, None)))
    }

    /// As [`Self::wait`], also for none; the wait result is the number of handles
    /// when the event ended it.
    ///
    /// # Errors
    /// As [`Self::wait`].
    #[cfg(not(loom))]
    pub fn wait_with(
        &self,
        tid: i32,
        handles: &[Handle],
        wanted: Wanted,
        event: ObjectId,
        limit: Option<Duration>,
    ) -> Result<u32, Error> {
        if has_duplicate(handles) {
            return Err(Error::InvalidParameter);
        }
        let all = wanted != Wanted::Any;
        self.wait_for(tid, all && !handles.is_empty(), limit, |dispatcher| {
            let mut objects = resolve(dispatcher, handles, all)?;
            let interrupt = wanted == Wanted::AllOrEvent && !objects.is_empty();
            if !interrupt {
                objects.push(event);
            }
            Ok((objects, interrupt.then_some(event)))
        })
    }

    /// As [`Self::wait`] for one object that the caller has a reference to.
    pub fn wait_on(&self, tid: i32, object: ObjectId) {
        let _ = self.wait_for(tid, false, None, |_| Ok((vec![object], None)));
    }

    fn wait_for(
        &self,
        tid: i32,
        all: bool,
        limit: Option<Duration>,
        find: impl FnOnce(&Dispatcher) -> Result<(Vec<ObjectId>, Option<ObjectId>), Error>,
    ) -> Result<u32, Error> {
        let blocked = {
            let mut dispatcher = self.lock();
            let (objects, interrupt) = find(&dispatcher)?;
            if let Some(outcome) = dispatcher.try_end(tid, &objects, all, interrupt) {
                return Ok(outcome);
            }
            if limit.is_some_and(|limit| limit.is_zero()) {
                return Ok(WAIT_TIMEOUT);
            }
            let (what, holder) = describe(&dispatcher, tid, &objects, all);
            let (id, signal) = dispatcher.register(tid, objects, all, interrupt);
            Blocked { id, signal, what, holder }
        };
        Ok(blocked.sleep(limit).unwrap_or_else(|| self.give_up(&blocked)))
    }

    /// The time is over; see the module.
    fn give_up(&self, blocked: &Blocked) -> u32 {
        let mut dispatcher = self.lock();
        let settled = blocked.signal.outcome();
        if settled.is_none() {
            dispatcher.cancel(blocked.id);
        }
        settled.unwrap_or(WAIT_TIMEOUT)
    }
}

impl Blocked {
    fn sleep(&self, limit: Option<Duration>) -> Option<u32> {
        let sleep = || self.signal.sleep(limit);
        match &self.holder {
            Holder::Owner(owner) => observe::wait::watching(self.what, owner, sleep),
            Holder::Thread(tid) => {
                let _wait = observe::wait::begin(self.what, Some(*tid));
                sleep()
            }
            Holder::Unknown => {
                let _wait = observe::wait::begin(self.what, None);
                sleep()
            }
        }
    }
}

/// The objects of handles; with `all` each has to be another one.
fn resolve(dispatcher: &Dispatcher, handles: &[Handle], all: bool) -> Result<Vec<ObjectId>, Error> {
    let ids: Result<Vec<_>, _> = handles.iter().map(|one| dispatcher.resolve(*one)).collect();
    let ids = ids?;
    if all && has_duplicate(&ids) { Err(Error::InvalidParameter) } else { Ok(ids) }
}

fn has_duplicate<T: PartialEq>(items: &[T]) -> bool {
    let mut rest = items;
    while let Some((first, others)) = rest.split_first() {
        if others.contains(first) {
            return true;
        }
        rest = others;
    }
    false
}

/// What a wait is for and who could end it. Of several objects, one holder is
/// named only when all are needed: the first that is missing has to be given up
/// whatever the others do.
fn describe(
    dispatcher: &Dispatcher,
    tid: i32,
    objects: &[ObjectId],
    all: bool,
) -> (&'static str, Holder) {
    let states = || objects.iter().filter_map(|id| dispatcher.state(*id).ok());
    let what = match (states().next(), objects.len(), all) {
        (Some(only), 1, _) => only.what(),
        (_, _, true) => "all of several objects",
        _ => "one of several objects",
    };
    if objects.len() > 1 && !all {
        return (what, Holder::Unknown);
    }
    let holders =
        states().filter(|state| !state.is_signalled(tid)).filter_map(|state| match state {
            State::Mutex(mutex) => Some(Holder::Owner(Arc::clone(&mutex.owner))),
            State::Thread(thread) if thread.tid != 0 => Some(Holder::Thread(thread.tid)),
            _ => None,
        });
    (what, { holders }.next().unwrap_or(Holder::Unknown))
}
