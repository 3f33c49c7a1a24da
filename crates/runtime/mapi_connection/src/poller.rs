//! A poller: the thread that asks one list's feed what changed.
//!
//! Bound to its list at birth, it works as the list's owner from its first step to
//! its last. The protocol is in `list.rs`; this is the thread's side of it.

use std::any::Any;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::{Change, ChangeFeed};

use crate::list::{List, Next};
use crate::lists::Subscriber;
use crate::sync::{self, Wake, now};
use crate::table::Table;

/// Stack of a poller's thread, in bytes. A feed asks a database.
const STACK: usize = 256 << 10;

/// A poller's place. Its drop is the signal that the poller has ended, whatever
/// became of the thread.
pub struct Post {
    table: Arc<Table>,
    list: Arc<List>,
    number: u64,
    wake: Arc<Wake>,
    cause: Option<Failure>,
    is_told: bool,
}

impl Drop for Post {
    fn drop(&mut self) {
        let leaving = self.list.ended(self.number, self.cause.take(), self.is_told);
        if leaving.is_closed {
            self.table.remove(&self.list);
        }
    }
}

/// Starts the poller that was ordered.
///
/// # Errors
/// `NOT_ENOUGH_RESOURCES`: the system gives no thread. Its end is signalled.
pub fn start(
    table: &Arc<Table>,
    list: &Arc<List>,
    number: u64,
    wake: Arc<Wake>,
) -> Result<(), Failure> {
    let post = Post::new(Arc::clone(table), Arc::clone(list), number, wake);
    let spawned = sync::spawn(&format!("poller {}", list.number), STACK, move || post.run());
    let thread = spawned.map_err(|error| {
        let says = format!("no thread for a poller ({error}); close what is not needed");
        Failure::new(Code::NOT_ENOUGH_RESOURCES, says)
    })?;
    list.keep(number, thread);
    Ok(())
}

impl Post {
    /// The post of a poller that was ordered, whose thread has yet to be started.
    pub fn new(table: Arc<Table>, list: Arc<List>, number: u64, wake: Arc<Wake>) -> Self {
        let says = "the poller's thread was never run; try again when there are fewer threads";
        let cause = Some(Failure::new(Code::NOT_ENOUGH_RESOURCES, says));
        Self { table, list, number, wake, cause, is_told: false }
    }

    fn run(mut self) {
        self.cause = match sync::catch(|| self.work()) {
            Ok(worked) => worked.err(),
            Err(panic) => Some(panicked(&*panic)),
        };
        if let Some(cause) = self.cause.clone() {
            observe::warn!("mapi", "the poller of {} has ended: {cause}", self.list.name());
            self.tell(|subscriber| subscriber.broken(&cause));
            self.is_told = true;
        }
    }

    fn work(&self) -> Result<(), Failure> {
        let owner = &self.list.key.key.owner;
        let _owner = sync::impersonate(owner).map_err(|error| {
            let says = format!("cannot work as {} ({error}); check the account", owner.user());
            Failure::new(Code::NO_ACCESS, says)
        })?;
        let opened = self.list.lock().opened.clone();
        // Closed already: the list goes without ever having been polled.
        let feed = opened.map(|opened| opened.feed()).transpose()?.flatten();
        if let Some(failure) = self.list.started(self.number) {
            self.tell(|subscriber| subscriber.broken(&failure));
        }
        let mut asked = now();
        let mut feed = feed;
        loop {
            let lingers = match self.list.next(self.number, self.table.settings.linger) {
                Next::End(None) => return Ok(()),
                Next::End(Some(because)) => return Err(because),
                Next::Wait(time) => time,
            };
            let due = feed.as_ref().and_then(|feed| feed.interval()).map(|every| asked + every);
            if self.wait(feed.as_deref(), lingers, due)?
                && let Some(feed) = &mut feed
            {
                asked = now();
                self.ask(&mut **feed)?;
            }
        }
    }

    /// Waits for a wake, the feed, or the first of both times; answers whether the
    /// feed is to be asked.
    fn wait(
        &self,
        feed: Option<&dyn ChangeFeed>,
        lingers: Option<Duration>,
        due: Option<Instant>,
    ) -> Result<bool, Failure> {
        let rest = due.map(|due| due.saturating_duration_since(now()));
        let time = [lingers, rest].into_iter().flatten().min();
        let descriptor = feed.and_then(ChangeFeed::descriptor);
        let is_readable = self.wake.wait(descriptor, time).map_err(|error| {
            let says = format!("the feed cannot be waited for ({error}); open the store anew");
            Failure::new(Code::CALL_FAILED, says)
        })?;
        Ok(is_readable || due.is_some_and(|due| due <= now()))
    }

    fn ask(&self, feed: &mut dyn ChangeFeed) -> Result<(), Failure> {
        if self.list.reading(self.number).is_none() {
            return Ok(());
        }
        let changes: Vec<Change> = feed.changes()?;
        if !changes.is_empty() {
            self.tell(|subscriber| subscriber.changed(&changes));
        }
        Ok(())
    }

    /// Calls every subscriber that is there when its turn comes. One that panics
    /// is for its owner to look at; the others are called all the same.
    fn tell(&self, call: impl Fn(&dyn Subscriber)) {
        for which in self.list.subscriptions() {
            let Some(subscriber) = self.list.call(self.number, which) else { continue };
            let called = sync::catch(|| call(&*subscriber));
            // Before anybody may think that it is over: it may be the last one.
            drop(subscriber);
            self.list.called(self.number);
            if let Err(panic) = called {
                let (name, text) = (self.list.name(), text(&*panic));
                observe::error!("mapi", "a subscriber of {name} panicked: {text}");
            }
        }
    }
}

fn panicked(panic: &(dyn Any + Send)) -> Failure {
    let says = format!("the poller panicked: {}; report it", text(panic));
    Failure::new(Code::CALL_FAILED, says)
}

fn text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no text")
}
