//! What can be seen of the lists from outside.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use security::Token;

use crate::key::Holder;
use crate::list::{Left, List, Phase};

/// What a poller does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PollerState {
    /// There is none.
    Absent,
    /// It is inside a subscriber.
    Calling,
    /// It was given up, and has not ended yet.
    Detached,
    /// It has ended; the next use starts another.
    Ended,
    /// The list is being opened; the poller comes after that.
    Opening,
    /// It asks its feed.
    Reading,
    /// It starts.
    Starting,
    /// It waits for something to happen.
    Waiting,
}

impl fmt::Display for PollerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Absent => "absent",
            Self::Calling => "inside a subscriber",
            Self::Detached => "left to itself",
            Self::Ended => "ended",
            Self::Opening => "opening",
            Self::Reading => "asking its feed",
            Self::Starting => "starting",
            Self::Waiting => "waiting",
        })
    }
}

/// A connection.
#[derive(Clone, Debug)]
pub struct HolderEntry {
    /// Who.
    pub holder: Holder,
    /// Since when.
    pub since: Instant,
}

/// A list, or a poller that was given up.
#[derive(Clone, Debug)]
pub struct ListEntry {
    /// Whose it is.
    pub owner: Token,
    /// Of which server.
    pub server: Arc<str>,
    /// Of which profile.
    pub profile: Arc<str>,
    /// Who is connected, the oldest first; nobody while the list lingers.
    pub connections: Vec<HolderEntry>,
    /// The poller's thread.
    pub poller: Option<i32>,
    /// What it does.
    pub state: PollerState,
    /// Since when it does that.
    pub since: Instant,
}

impl List {
    /// Its entries: itself, unless it has ended, and the pollers it gave up.
    pub fn entries(&self) -> Vec<ListEntry> {
        let state = self.lock();
        let entry = |tid: i32, state, since| ListEntry {
            owner: self.key.key.owner.clone(),
            server: Arc::clone(&self.key.key.server),
            profile: Arc::clone(&self.key.key.profile),
            connections: Vec::new(),
            poller: Some(tid).filter(|tid| *tid != 0),
            state,
            since,
        };
        let detached = |left: &Left| entry(left.tid, PollerState::Detached, left.since);
        let mut found: Vec<_> = state.left.iter().map(detached).collect();
        let is_opening = matches!(state.phase, Phase::Opening { .. });
        let (poller, shown) = (&state.poller, state.poller.stage.shown());
        if is_opening {
            found.push(entry(0, PollerState::Opening, self.since));
        } else if state.phase == Phase::Open || poller.stage.is_alive() {
            let mut own = entry(poller.tid, shown, poller.since);
            let holder = |member: &crate::list::Member| HolderEntry {
                holder: member.holder.clone(),
                since: member.since,
            };
            own.connections = state.members.values().map(holder).collect();
            found.push(own);
        }
        found
    }

    /// Whether nothing of it runs any more, nor ever will.
    pub fn is_over(&self) -> bool {
        let state = self.lock();
        let is_alive = state.poller.stage.is_alive() || !state.left.is_empty();
        state.phase == Phase::Closed && !is_alive
    }
}
