//! What a list's lock guards, and the transitions that both sides share.
//!
//! The protocol is in `list.rs`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use mapi_abi::codes::{Code, Failure};

use super::{Seen, Until};
use crate::entry::PollerState;
use crate::key::Holder;
use crate::lists::{Opened, Subscriber};
use crate::sync::{JoinHandle, Wake, now, planted, tid};

/// Pollers that did not end in time and still have not.
pub type Detached = Arc<AtomicU64>;

pub struct State {
    pub phase: Phase,
    /// INVARIANT: `Some` while the phase is Open.
    pub opened: Option<Arc<dyn Opened>>,
    pub poller: Poller,
    pub members: BTreeMap<u64, Member>,
    /// Since when nobody is connected; means nothing while somebody is.
    pub idle_since: Instant,
    /// A poller will look at the end of the linger time without being woken.
    pub is_watched: bool,
    /// Why a poller ended that did not tell the subscribers itself.
    pub untold: Option<Failure>,
    /// Why a drain closed it.
    pub closed_because: Option<Failure>,
    pub left: Vec<Left>,
}

/// How far a list is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    Opening { by: i32 },
    Open,
    Closed,
}

/// The list's own poller.
pub struct Poller {
    pub number: u64,
    pub stage: Stage,
    pub tid: i32,
    pub since: Instant,
    pub has_started: bool,
    pub wake: Option<Arc<Wake>>,
    pub thread: Option<JoinHandle<()>>,
    pub cause: Option<Failure>,
}

/// What a poller does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Absent,
    Starting,
    Waiting,
    Reading,
    Calling { member: u64, subscription: u64 },
    Ended,
}

impl Stage {
    /// Whether a thread, or the order for one, exists.
    pub fn is_alive(self) -> bool {
        !matches!(self, Self::Absent | Self::Ended)
    }

    pub fn shown(self) -> PollerState {
        match self {
            Self::Absent => PollerState::Absent,
            Self::Starting => PollerState::Starting,
            Self::Waiting => PollerState::Waiting,
            Self::Reading => PollerState::Reading,
            Self::Calling { .. } => PollerState::Calling,
            Self::Ended => PollerState::Ended,
        }
    }
}

/// A poller that did not end in time.
pub struct Left {
    pub number: u64,
    pub tid: i32,
    pub since: Instant,
}

/// A connection, as its list sees it.
pub struct Member {
    pub holder: Holder,
    pub since: Instant,
    pub subscribers: BTreeMap<u64, Arc<dyn Subscriber>>,
}

/// What whoever comes too late is told.
pub fn ended() -> Failure {
    Failure::new(Code::END_OF_SESSION, "the list has ended; log on again")
}

impl Member {
    pub fn new(holder: Holder) -> Self {
        Self { holder, since: now(), subscribers: BTreeMap::new() }
    }
}

impl Poller {
    /// Absent.
    fn absent(since: Instant) -> Self {
        Self {
            number: 0,
            stage: Stage::Absent,
            tid: 0,
            since,
            has_started: false,
            wake: None,
            thread: None,
            cause: None,
        }
    }

    pub fn is_before(&self, until: Until) -> bool {
        match (until, self.stage) {
            (Until::Ended, stage) => stage.is_alive(),
            (Until::OutOfMember(waited), Stage::Calling { member, .. }) => waited == member,
            (Until::OutOfSubscriber(waited, which), Stage::Calling { member, subscription }) => {
                waited == member && which == subscription
            }
            _ => false,
        }
    }
}

impl State {
    /// Opening, by this thread.
    pub fn opening(since: Instant) -> Self {
        Self {
            phase: Phase::Opening { by: tid() },
            opened: None,
            poller: Poller::absent(since),
            members: BTreeMap::new(),
            idle_since: since,
            is_watched: false,
            untold: None,
            closed_because: None,
            left: Vec::new(),
        }
    }

    pub fn stage(&mut self, stage: Stage) {
        if self.poller.stage != stage {
            self.poller.stage = stage;
            self.poller.since = now();
        }
    }

    pub fn wake(&self) {
        if let Some(wake) = self.poller.wake.as_ref().filter(|_| !planted!(WakesNobody)) {
            wake.set();
        }
    }

    /// Open or Opening → Closed.
    pub fn close(&mut self) -> Option<Arc<dyn Opened>> {
        self.phase = Phase::Closed;
        self.wake();
        self.opened.take()
    }

    /// Absent or Ended → Starting.
    pub fn order(&mut self) -> Result<Seen, Failure> {
        if self.phase != Phase::Open {
            return Err(self.closed_because.clone().unwrap_or_else(ended));
        }
        let wake = Wake::new().map(Arc::new).map_err(|error| {
            let says = format!("no descriptor for a poller ({error}); close what is not needed");
            Failure::new(Code::NOT_ENOUGH_RESOURCES, says)
        })?;
        let number = self.poller.number + 1;
        self.poller = Poller {
            number,
            stage: Stage::Starting,
            wake: Some(Arc::clone(&wake)),
            ..Poller::absent(now())
        };
        self.is_watched = false;
        Ok(Seen::Ordered(number, wake))
    }

    /// Any stage but Ended → Absent; the thread is not the list's any more.
    pub fn detach(&mut self, detached: &Detached, failure: Failure) {
        let Poller { number, stage, tid, since, .. } = self.poller;
        if !stage.is_alive() {
            return;
        }
        self.wake();
        self.left.push(Left { number, tid, since });
        detached.fetch_add(1, Ordering::SeqCst);
        self.poller.number += 1;
        self.poller.wake = None;
        self.poller.thread = None;
        self.poller.tid = 0;
        self.stage(Stage::Absent);
        if !self.members.is_empty() {
            self.untold = Some(failure);
        }
    }
}
