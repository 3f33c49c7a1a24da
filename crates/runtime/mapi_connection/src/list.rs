//! A list: what was opened for an owner, who is connected to it, and its poller.
//!
//! # Protocol
//! A list has one lock, and nothing is called while it is held: no closure of a
//! caller, no provider, no subscriber, not the spawner; only the register of waits
//! is written to. Waits for a list use its one condition and have a bound and a
//! name.
//!
//! | phase | what is true | leaves it |
//! |---|---|---|
//! | Opening | one thread, the opener, runs its closure; others wait for it | the opener, when its closure returns or panics; `close` |
//! | Open | what was opened is here | `close`, by the last to leave, the poller or a drain |
//! | Closed | final; nobody joins; it is out of the table, or about to be | – |
//!
//! Two threads that ask for the same new list at once: one opens, the other waits
//! with a bound. Not both, since opening twice may cost two logons and two locks
//! on a file, of which one is thrown away. When the opener fails, whoever waited
//! opens with its own closure, so nobody inherits another's failure.
//!
//! | stage of the poller | what is true | leaves it |
//! |---|---|---|
//! | Absent | there is none, or the one there was is detached | `order` |
//! | Starting | the [`Post`] exists; its thread may or may not | `started`, `ended` |
//! | Waiting, Reading, Calling | it waits; asks the feed; is in a subscriber | each other; `ended`, `detach` |
//! | Ended | the end was signalled; its thread does nothing more | `order` |
//!
//! [`Post`]: crate::poller::Post
//!
//! - Pollers of a list are numbered. A transition by one whose number is not the
//!   list's own does nothing, so one that was detached can do no harm later.
//! - *Start.* A connection is handed out only when a `started` was seen. The
//!   request to end is not a signal that could come too early: it is the phase,
//!   which the poller reads at each round, and the wake only makes it look. So a
//!   release that comes before the first round is seen in the first round.
//! - *End.* The post is a drop guard. It is made before the thread, moved into it,
//!   and its drop is `ended`: on return, failure, panic, and when the thread
//!   cannot be started at all. It exists once, so the end is signalled once.
//! - *Linger.* A list without connections stays until `linger` is over. Its own
//!   poller watches: it wakes at the deadline and closes the list if still nobody
//!   is there, which is one step under the lock, so a connection is never given
//!   out of a list that ends. `is_watched` says that such a wake is coming, so
//!   that fast logons and logoffs cost one wake in a linger time, not one each.
//!   Without a living poller, or a linger time, the last to leave closes.
//! - *Release.* The member is out of the list at once. It waits only while the
//!   poller is inside one of its own subscribers, or when it closed the list, for
//!   the poller's end; never on the poller's own thread. What is not over in time
//!   is detached: counted, named, and, if others are connected, replaced.

mod poller_side;
mod state;

use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use mapi_abi::codes::{Code, Failure};

use crate::key::FullKey;
use crate::lists::{Opened, Subscriber};
use crate::roll::shown;
use crate::sync::{Condvar, JoinHandle, Mutex, MutexGuard, Wake, now, planted, tid};

pub use poller_side::Next;
pub use state::{Detached, Left, Member, Phase, Stage};
use state::{Poller, State, ended};

/// See the module's header.
pub struct List {
    pub number: u64,
    pub key: FullKey,
    pub since: Instant,
    state: Mutex<State>,
    changed: Condvar,
    detached: Detached,
}

/// What came of an attempt to join.
pub enum Joined {
    Member(Arc<dyn Opened>),
    /// The list has ended; the table has, or will have, another.
    Closed(Member),
}

/// What came of looking at the poller.
pub enum Seen {
    Works,
    /// This thread is to start it.
    Ordered(u64, Arc<Wake>),
}

/// What the one who leaves has to do, outside the lock.
#[derive(Default)]
#[must_use = "a closed list has to be taken out of the table"]
pub struct Leaving {
    pub is_closed: bool,
    /// What the one who leaves has to wait for, if that is not so already.
    pub until: Option<Until>,
    /// Dropped by the caller: the drop may be other people's code.
    pub garbage: (Option<Member>, Option<Arc<dyn Opened>>),
}

/// What a wait is for.
#[derive(Clone, Copy)]
pub enum Until {
    /// The poller's end.
    Ended,
    /// The poller is in none of this member's subscribers.
    OutOfMember(u64),
    /// The poller is not in this subscriber.
    OutOfSubscriber(u64, u64),
}

impl List {
    /// A list that the calling thread opens.
    pub fn opening(number: u64, key: FullKey, detached: Detached) -> Arc<Self> {
        let since = now();
        let state = State::opening(since);
        let (state, changed) = (Mutex::new(state), Condvar::new());
        Arc::new(Self { number, key, since, state, changed, detached })
    }

    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// "alice's list of SERVER", for sentences.
    pub fn name(&self) -> String {
        format!("{}'s list of {}", self.key.key.owner.user(), self.key.key.server)
    }

    /// Waits for a change until the deadline; `None` when that is over.
    fn wait<'a>(
        &self,
        guard: MutexGuard<'a, State>,
        deadline: Instant,
    ) -> Result<MutexGuard<'a, State>, MutexGuard<'a, State>> {
        let rest = deadline.saturating_duration_since(now());
        if rest.is_zero() {
            return Err(guard);
        }
        let waited = self.changed.wait_timeout(guard, rest);
        Ok(waited.unwrap_or_else(PoisonError::into_inner).0)
    }

    /// The opener has it: Opening → Open, with the opener as its first member.
    ///
    /// # Errors
    /// It was closed meanwhile.
    pub fn opened(
        &self,
        opened: Arc<dyn Opened>,
        number: u64,
        member: Member,
    ) -> Result<(), Failure> {
        let mut state = self.lock();
        if state.phase == Phase::Closed {
            let because = state.closed_because.clone();
            return Err(because.unwrap_or_else(ended));
        }
        state.phase = Phase::Open;
        state.opened = Some(opened);
        state.members.insert(number, member);
        self.changed.notify_all();
        Ok(())
    }

    /// The opener has failed: Opening → Closed.
    pub fn abandon(&self) {
        self.lock().phase = Phase::Closed;
        self.changed.notify_all();
    }

    /// Becomes a member, when the opener is done.
    ///
    /// # Errors
    /// `TIMEOUT`: it is not. `CALL_FAILED`: the opener is this very thread.
    pub fn join(&self, number: u64, member: Member, bound: Duration) -> Result<Joined, Failure> {
        let begin = now();
        let mut state = self.lock();
        let mut named = None;
        while let Phase::Opening { by } = state.phase {
            if by == tid() {
                let says = format!("{} is being opened by this very call", self.name());
                return Err(Failure::new(Code::CALL_FAILED, says + "; do not connect to it there"));
            }
            if named.is_none() {
                drop(state);
                named = Some(observe::wait::begin("another thread to open the list", Some(by)));
                state = self.lock();
                continue;
            }
            state = self.wait(state, begin + bound).map_err(|_| {
                let (name, bound) = (self.name(), shown(bound));
                let says = format!("thread {by} did not open {name} within {bound}; try again");
                Failure::new(Code::TIMEOUT, says)
            })?;
        }
        match &state.opened {
            Some(opened) if state.phase == Phase::Open => {
                let opened = Arc::clone(opened);
                state.members.insert(number, member);
                Ok(Joined::Member(opened))
            }
            _ => Ok(Joined::Closed(member)),
        }
    }

    /// Waits until the poller works: its start is complete. Where there is none,
    /// Absent or Ended → Starting, and the caller starts it; `ordered` is the
    /// number of the one that it has started.
    ///
    /// # Errors
    /// Why it did not start; `TIMEOUT`, and it is detached.
    pub fn poller(&self, ordered: Option<u64>, bound: Duration) -> Result<Seen, Failure> {
        let begin = now();
        let (mut state, mut awaited, mut named) = (self.lock(), ordered, None);
        loop {
            let poller = &state.poller;
            let is_awaited = awaited == Some(poller.number);
            match poller.stage {
                Stage::Starting if planted!(StartsLate) => return Ok(Seen::Works),
                Stage::Starting => awaited = Some(poller.number),
                Stage::Ended if is_awaited && poller.has_started => return Ok(Seen::Works),
                Stage::Ended if is_awaited => {
                    return Err(poller.cause.clone().unwrap_or_else(ended));
                }
                // Replaced meanwhile: by another thread's release, for example.
                Stage::Absent | Stage::Ended => return state.order(),
                Stage::Waiting | Stage::Reading | Stage::Calling { .. } => return Ok(Seen::Works),
            }
            if named.is_none() {
                drop(state);
                named = Some(observe::wait::begin("the start of a poller", None));
                state = self.lock();
                continue;
            }
            state = match self.wait(state, begin + bound) {
                Ok(state) => state,
                Err(mut state) => {
                    let failure = self.late("start", &state.poller, bound);
                    state.detach(&self.detached, failure.clone());
                    return Err(failure);
                }
            };
        }
    }

    /// Absent → Starting, after a poller was given up.
    pub fn replace(&self) -> Option<(u64, Arc<Wake>)> {
        let mut state = self.lock();
        let is_absent = state.poller.stage == Stage::Absent;
        match is_absent.then(|| state.order()) {
            Some(Ok(Seen::Ordered(number, wake))) => Some((number, wake)),
            _ => None,
        }
    }

    /// A member leaves; the last one closes the list, wakes the poller, or neither.
    pub fn leave(&self, number: u64, linger: Duration) -> Leaving {
        let mut state = self.lock();
        let member = state.members.remove(&number);
        let mut leaving = Leaving { garbage: (member, None), ..Leaving::default() };
        let mut until = Until::OutOfMember(number);
        if state.phase == Phase::Open && state.members.is_empty() {
            state.idle_since = now();
            if linger.is_zero() || !state.poller.stage.is_alive() {
                leaving.is_closed = true;
                leaving.garbage.1 = state.close();
                until = Until::Ended;
            } else if !state.is_watched {
                state.wake();
            }
        }
        leaving.until = Some(until).filter(|until| state.poller.is_before(*until));
        leaving
    }

    /// → Closed, whoever is connected; they are told why. Answers the thread to
    /// wait for.
    pub fn close(&self, because: &Failure) -> (Leaving, Option<JoinHandle<()>>) {
        let mut state = self.lock();
        state.closed_because = Some(because.clone());
        let opened = state.close();
        let thread = state.poller.thread.take();
        self.changed.notify_all();
        let garbage = (None, opened);
        (Leaving { is_closed: true, until: Some(Until::Ended), garbage }, thread)
    }

    /// Waits for the poller; what is not over in time is detached. Answers whether
    /// others need another poller.
    ///
    /// # Errors
    /// `TIMEOUT`, with what it waited for.
    pub fn await_poller(&self, until: Until, bound: Duration) -> Result<(), (Failure, bool)> {
        let begin = now();
        let (mut state, mut named) = (self.lock(), None);
        let number = state.poller.number;
        while state.poller.number == number && state.poller.is_before(until) {
            // The poller itself does not wait for itself.
            if state.poller.tid == tid() {
                return Ok(());
            }
            if named.is_none() {
                let holder = Some(state.poller.tid).filter(|tid| *tid != 0);
                drop(state);
                named = Some(observe::wait::begin("a poller to come out or end", holder));
                state = self.lock();
                continue;
            }
            state = match self.wait(state, begin + bound) {
                Ok(state) => state,
                Err(mut state) => {
                    let failure = self.late("end", &state.poller, bound);
                    state.detach(&self.detached, failure.clone());
                    let has_others = state.phase == Phase::Open && !state.members.is_empty();
                    self.changed.notify_all();
                    return Err((failure, has_others));
                }
            };
        }
        Ok(())
    }

    fn late(&self, what: &str, poller: &Poller, bound: Duration) -> Failure {
        let (name, bound, tid) = (self.name(), shown(bound), poller.tid);
        let is = poller.stage.shown();
        let says = format!(
            "the poller of {name} (thread {tid}, {is}) did not {what} within {bound}; \
             it is left to itself, look into what it calls"
        );
        Failure::new(Code::TIMEOUT, says)
    }

    /// Adds a subscriber; answers whether the member is there.
    pub fn subscribe(&self, member: u64, id: u64, subscriber: Arc<dyn Subscriber>) -> bool {
        let mut state = self.lock();
        let is_open = state.phase == Phase::Open;
        let place = state.members.get_mut(&member).filter(|_| is_open);
        place.map(|member| member.subscribers.insert(id, subscriber)).is_some()
    }

    /// Takes a subscriber out; the caller drops it.
    pub fn unsubscribe(&self, member: u64, id: u64) -> Option<Arc<dyn Subscriber>> {
        self.lock().members.get_mut(&member)?.subscribers.remove(&id)
    }
}
