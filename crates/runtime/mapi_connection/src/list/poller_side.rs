//! The poller's side of a list: its steps through the stages.
//!
//! The protocol is in `list.rs`. Each of these is one step under the list's lock,
//! and does nothing for a poller that is not the list's own any more.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use mapi_abi::codes::Failure;

use super::state::{Phase, Stage};
use super::{Leaving, List};
use crate::lists::Subscriber;
use crate::sync::{JoinHandle, now, planted, tid};

/// What a poller does next.
pub enum Next {
    Wait(Option<Duration>),
    /// The list is closed; a failure is for the subscribers that are left.
    End(Option<Failure>),
}

impl List {
    /// A poller could be started; keeps its thread for whoever waits for its end.
    pub fn keep(&self, number: u64, thread: JoinHandle<()>) {
        let mut state = self.lock();
        let mut given = Some(thread);
        if state.poller.number == number && state.poller.stage != Stage::Ended {
            state.poller.thread = given.take();
        }
        drop(state);
    }

    /// Starting → Waiting. Answers what the subscribers have not been told yet.
    pub fn started(&self, number: u64) -> Option<Failure> {
        let mut state = self.lock();
        if state.poller.number != number {
            return None;
        }
        state.poller.tid = tid();
        state.poller.has_started = true;
        state.stage(Stage::Waiting);
        self.changed.notify_all();
        state.untold.take()
    }

    /// What the poller does next; closes the list when its linger is over.
    pub fn next(&self, number: u64, linger: Duration) -> Next {
        let mut state = self.lock();
        if state.poller.number != number {
            return Next::End(None);
        }
        if state.phase != Phase::Open {
            let because = state.closed_because.clone();
            return Next::End(because.filter(|_| !state.members.is_empty()));
        }
        state.stage(Stage::Waiting);
        let is_blind = planted!(ClosesBlindly) && state.is_watched;
        if !state.members.is_empty() && !is_blind {
            state.is_watched = false;
            return Next::Wait(None);
        }
        let rest = (state.idle_since + linger).saturating_duration_since(now());
        if rest.is_zero() {
            state.phase = Phase::Closed;
            return Next::End(None);
        }
        state.is_watched = true;
        Next::Wait(Some(rest))
    }

    /// Waiting → Reading; `None` when the poller is this list's no more.
    pub fn reading(&self, number: u64) -> Option<()> {
        let mut state = self.lock();
        (state.poller.number == number).then(|| state.stage(Stage::Reading))
    }

    /// Everybody who subscribed, as of now.
    pub fn subscriptions(&self) -> Vec<(u64, u64)> {
        let state = self.lock();
        let all = state.members.iter();
        all.flat_map(|(member, it)| it.subscribers.keys().map(move |id| (*member, *id))).collect()
    }

    /// → Calling. `None`: the subscription is gone, or the poller not the list's.
    pub fn call(
        &self,
        number: u64,
        (member, subscription): (u64, u64),
    ) -> Option<Arc<dyn Subscriber>> {
        let mut state = self.lock();
        if state.poller.number != number {
            return None;
        }
        let found = state.members.get(&member)?.subscribers.get(&subscription).cloned()?;
        state.stage(Stage::Calling { member, subscription });
        Some(found)
    }

    /// Calling → Reading: who waits for that may go on.
    pub fn called(&self, number: u64) {
        let mut state = self.lock();
        if state.poller.number == number && state.poller.stage.is_alive() {
            state.stage(Stage::Reading);
            self.changed.notify_all();
        }
    }

    /// → Ended: the signal. Where nobody is left to use it, the list ends too.
    pub fn ended(&self, number: u64, cause: Option<Failure>, is_told: bool) -> Leaving {
        let mut state = self.lock();
        let mut leaving = Leaving::default();
        let thread = if let Some(at) = state.left.iter().position(|left| left.number == number) {
            state.left.swap_remove(at);
            self.detached.fetch_sub(1, Ordering::SeqCst);
            None
        } else if state.poller.number == number {
            if planted!(SilentEnd) && cause.is_some() {
                return leaving;
            }
            state.stage(Stage::Ended);
            if !is_told && !state.members.is_empty() {
                state.untold.clone_from(&cause);
            }
            state.poller.wake = None;
            state.poller.cause = cause;
            let is_idle = state.phase == Phase::Open && state.members.is_empty();
            if is_idle || state.phase == Phase::Closed {
                state.phase = Phase::Closed;
                leaving.is_closed = true;
                leaving.garbage.1 = state.opened.take();
            }
            state.poller.thread.take()
        } else {
            None
        };
        self.changed.notify_all();
        drop(state);
        drop(thread);
        leaving
    }
}
