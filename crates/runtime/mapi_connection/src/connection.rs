//! A connection: somebody's use of a list.

use std::sync::Arc;
use std::time::Duration;

use mapi_abi::codes::{Code, Failure};

use crate::list::{List, Until};
use crate::lists::{Opened, Subscriber};
use crate::poller;
use crate::table::{Table, forked};

/// A subscription of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SubscriptionId(u64);

/// Somebody's use of what a list holds. Dropping it releases it, with the bound of
/// the settings, and logs what went wrong.
pub struct Connection<O: Opened> {
    tie: Tie,
    opened: Arc<O>,
}

impl<O: Opened> Connection<O> {
    pub(crate) fn new(tie: Tie, opened: Arc<O>) -> Self {
        Self { tie, opened }
    }

    #[cfg(all(test, not(any(loom, shuttle))))]
    pub(crate) fn tie(&self) -> &Tie {
        &self.tie
    }

    /// What was opened. It stays usable as long as somebody has it, also when the
    /// list has ended: whether it makes sense then is the provider's to say.
    pub fn get(&self) -> &Arc<O> {
        &self.opened
    }

    /// Tells `subscriber` from now on what changes. A poller that has ended is
    /// replaced.
    ///
    /// # Errors
    /// `INVALID_OBJECT` when the list was ended by a drain; `NOT_INITIALIZED` in a
    /// fork; why a poller does not start.
    pub fn subscribe(&self, subscriber: Arc<dyn Subscriber>) -> Result<SubscriptionId, Failure> {
        let Tie { table, list, number, .. } = &self.tie;
        table.check_process()?;
        let id = table.number();
        if !list.subscribe(*number, id, subscriber) {
            let says = format!("{} was ended; log on again", list.name());
            return Err(Failure::new(Code::INVALID_OBJECT, says));
        }
        self.tie.ensure_poller().inspect_err(|_| drop(list.unsubscribe(*number, id)))?;
        Ok(SubscriptionId(id))
    }

    /// Tells it no more. A call of it that runs is waited for, unless this is it.
    ///
    /// # Errors
    /// `TIMEOUT`: the call that runs did not come to an end. The list has another
    /// poller then.
    pub fn unsubscribe(&self, id: SubscriptionId) -> Result<(), Failure> {
        let Tie { table, list, number, .. } = &self.tie;
        table.check_process()?;
        drop(list.unsubscribe(*number, id.0));
        self.tie.wait(Until::OutOfSubscriber(*number, id.0), table.settings.release_bound)
    }

    /// Releases it: afterwards none of its subscribers is called. Waits at most
    /// `bound`; it is released in any case.
    ///
    /// # Errors
    /// `TIMEOUT`, with what it waited for; `NOT_INITIALIZED` in a fork.
    pub fn release(mut self, bound: Duration) -> Result<(), Failure> {
        self.tie.release(bound)
    }
}

/// What ties a connection to its list.
pub struct Tie {
    table: Arc<Table>,
    list: Arc<List>,
    number: u64,
    is_released: bool,
}

impl Tie {
    /// The member of this number is in the list and has its place on the roll.
    pub fn new(table: Arc<Table>, list: Arc<List>, number: u64) -> Self {
        Self { table, list, number, is_released: false }
    }

    pub fn table(&self) -> &Arc<Table> {
        &self.table
    }

    pub fn list(&self) -> &Arc<List> {
        &self.list
    }

    fn release(&mut self, bound: Duration) -> Result<(), Failure> {
        self.is_released = true;
        let Self { table, list, number, .. } = self;
        if table.is_foreign() {
            return Err(forked());
        }
        let leaving = list.leave(*number, table.settings.linger);
        table.unseat(*number, &list.key.key);
        if leaving.is_closed {
            table.remove(list);
        }
        drop(leaving.garbage);
        leaving.until.map_or(Ok(()), |until| self.wait(until, bound))
    }

    /// Waits for the poller, and gives it up when it takes too long.
    fn wait(&self, until: Until, bound: Duration) -> Result<(), Failure> {
        let Self { table, list, .. } = self;
        let Err((failure, has_others)) = list.await_poller(until, bound) else { return Ok(()) };
        table.note_left(list);
        if has_others && let Some((number, wake)) = list.replace() {
            // The others are told by the new one; if it does not start, by the
            // one that the next use starts.
            if let Err(failure) = poller::start(table, list, number, wake) {
                observe::warn!("mapi", "{} has no poller: {failure}", list.name());
            }
        }
        Err(failure)
    }
}

impl Drop for Tie {
    fn drop(&mut self) {
        // A fork may not even log: the log's lock may be inherited too.
        if self.is_released || self.table.is_foreign() {
            return;
        }
        let bound = self.table.settings.release_bound;
        if let Err(failure) = self.release(bound) {
            observe::warn!("mapi", "a connection to {}: {failure}", self.list.name());
        }
    }
}
