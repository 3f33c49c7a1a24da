//! All lists: finding or opening one, giving out connections, ending them all.

use std::any::{Any, TypeId};
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::Arc;
use std::time::Duration;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::{Change, ChangeFeed};
use security::Token;

use crate::connection::{Connection, Tie};
use crate::entry::ListEntry;
use crate::key::{FullKey, Holder, ListKey};
use crate::list::{Joined, List, Member, Seen, Until};
use crate::poller;
use crate::sync::{self, now, tid};
use crate::table::{Hash, Table};

/// What a list holds: something that was opened for its owner, a store for
/// example.
pub trait Opened: Any + Send + Sync {
    /// What the list's poller asks; `None` when nothing can change. It is called on
    /// the poller's thread, with the owner's rights.
    ///
    /// # Errors
    /// What it says; nobody is connected then.
    fn feed(&self) -> Result<Option<Box<dyn ChangeFeed>>, Failure>;
}

/// Who is told what changed: on the poller's thread, without any lock held. It must
/// be quick, since it holds up the other subscribers of its list.
pub trait Subscriber: Send + Sync {
    /// These things changed, the oldest first.
    fn changed(&self, changes: &[Change]);

    /// The list's poller has ended, and changes may have been missed. The next use
    /// of the list starts another, which goes on telling.
    fn broken(&self, failure: &Failure);
}

/// Bounds and limits.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How long connecting waits for another thread's opening, and for the start of
    /// the poller.
    pub connect_bound: Duration,
    /// How long a list without connections is kept.
    pub linger: Duration,
    /// How long a release waits, where nothing else is said.
    pub release_bound: Duration,
    /// Most sessions of an owner on a server, where nothing else is said.
    pub session_limit: Option<u32>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            connect_bound: Duration::from_secs(30),
            linger: Duration::from_secs(1),
            release_bound: Duration::from_secs(5),
            session_limit: None,
        }
    }
}

/// Connection lists, found by their whole keys.
pub struct Lists {
    pub(crate) table: Arc<Table>,
}

/// A place on the roll until it is given to a connection.
struct Seat<'a> {
    table: &'a Table,
    key: &'a ListKey,
    number: u64,
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.table.unseat(self.number, self.key);
    }
}

/// Ends an opening that did not succeed, also by a panic.
struct Opening<'a>(&'a Table, &'a Arc<List>);

impl Drop for Opening<'_> {
    fn drop(&mut self) {
        self.1.abandon();
        self.0.remove(self.1);
    }
}

impl Lists {
    /// No lists yet.
    pub fn new(settings: Settings) -> Self {
        let state = RandomState::new();
        Self::with_hash(settings, Box::new(move |key| state.hash_one(key)))
    }

    /// With a digest of one's own.
    pub(crate) fn with_hash(settings: Settings, hash: Hash) -> Self {
        Self { table: Arc::new(Table::new(settings, hash)) }
    }

    /// Connects to the list of this key. Where there is none, `open` is run on this
    /// thread, as the owner; when another thread is at it, this one waits for that.
    /// The poller works when this returns.
    ///
    /// # Errors
    /// `SESSION_LIMIT`, with who is there; `TIMEOUT`, with what it waited for;
    /// `NO_ACCESS` when the process may not take the owner's identity;
    /// `NOT_INITIALIZED` in a fork; what `open` or the feed says.
    pub fn connect<O: Opened>(
        &self,
        key: ListKey,
        holder: Holder,
        limit: Option<u32>,
        open: impl FnOnce(&Token) -> Result<O, Failure>,
    ) -> Result<Connection<O>, Failure> {
        let table = &self.table;
        table.check_process()?;
        let (number, limit) = (table.number(), limit.or(table.settings.session_limit));
        let full = FullKey { kind: TypeId::of::<O>(), key };
        table.seat(number, &full.key, &holder, limit)?;
        let seat = Seat { table, key: &full.key, number };
        let (list, opened) = self.join(&full, number, holder, open)?;
        std::mem::forget(seat);
        // From here on the tie's drop undoes everything.
        let tie = Tie::new(Arc::clone(table), list, number);
        tie.ensure_poller()?;
        sync::give_way();
        Ok(Connection::new(tie, opened))
    }

    /// Becomes a member of the list, or opens it.
    fn join<O: Opened>(
        &self,
        key: &FullKey,
        number: u64,
        holder: Holder,
        open: impl FnOnce(&Token) -> Result<O, Failure>,
    ) -> Result<(Arc<List>, Arc<O>), Failure> {
        let table = &self.table;
        let bound = table.settings.connect_bound;
        let mut member = Member::new(holder);
        loop {
            let (list, is_new) = table.find(key);
            if is_new {
                let opening = Opening(table, &list);
                let opened = Arc::new(open_as(&key.key.owner, open)?);
                list.opened(Arc::clone(&opened) as Arc<dyn Opened>, number, member)?;
                std::mem::forget(opening);
                return Ok((list, opened));
            }
            match list.join(number, member, bound)? {
                Joined::Closed(refused) => {
                    table.remove(&list);
                    member = refused;
                }
                Joined::Member(opened) => {
                    let opened: Arc<dyn Any + Send + Sync> = opened;
                    // The kind is part of the key.
                    let Ok(opened) = opened.downcast() else {
                        let says = "the list holds another kind of thing; report this";
                        return Err(Failure::new(Code::CALL_FAILED, says));
                    };
                    return Ok((list, opened));
                }
            }
        }
    }

    /// What there is, the oldest first: also pollers that were given up and still
    /// run. Nothing in a fork.
    pub fn entries(&self) -> Vec<ListEntry> {
        if self.table.is_foreign() {
            return Vec::new();
        }
        let all = self.table.everything();
        all.iter().flat_map(|list| list.entries()).collect()
    }

    /// Pollers that were given up and still run.
    pub fn detached_pollers(&self) -> u64 {
        self.table.detached()
    }

    /// Ends every list, those with connections too: their subscribers are told
    /// `END_OF_SESSION`, and their release later finds nothing to wait for. The
    /// threads have ended when this returns.
    ///
    /// # Errors
    /// `TIMEOUT`, with who did not end; `NOT_INITIALIZED` in a fork.
    pub fn drain(&self, bound: Duration) -> Result<(), Failure> {
        self.table.check_process()?;
        let begin = now();
        let all = self.table.take();
        let says = "messaging was ended; initialize it and log on again";
        let because = Failure::new(Code::END_OF_SESSION, says);
        // All are asked before one is waited for.
        let asked: Vec<_> = all.iter().map(|list| (list, list.close(&because))).collect();
        let mut late = Vec::new();
        for (list, (leaving, thread)) in asked {
            drop(leaving);
            let rest = (begin + bound).saturating_duration_since(now());
            // A subscriber may end messaging: its thread does not wait for itself.
            let is_own = list.lock().poller.tid == tid();
            match list.await_poller(Until::Ended, rest) {
                // After the signal only its way out is left.
                Ok(()) => drop(thread.filter(|_| !is_own).map(sync::JoinHandle::join)),
                Err((failure, _)) => {
                    self.table.note_left(list);
                    late.push(failure.says);
                }
            }
        }
        if late.is_empty() { Ok(()) } else { Err(Failure::new(Code::TIMEOUT, late.join("; "))) }
    }
}

/// Runs `open` as its owner.
fn open_as<O>(
    owner: &Token,
    open: impl FnOnce(&Token) -> Result<O, Failure>,
) -> Result<O, Failure> {
    let _owner = sync::impersonate(owner).map_err(|error| {
        let says = format!("cannot work as {} ({error}); check the account", owner.user());
        Failure::new(Code::NO_ACCESS, says)
    })?;
    open(owner)
}

impl Tie {
    /// Starts a poller where there is none, and waits until it works.
    ///
    /// # Errors
    /// Why it does not.
    pub fn ensure_poller(&self) -> Result<(), Failure> {
        let (table, list) = (self.table(), self.list());
        let mut ordered = None;
        loop {
            match list.poller(ordered, table.settings.connect_bound) {
                Ok(Seen::Works) => return Ok(()),
                Ok(Seen::Ordered(number, wake)) => {
                    poller::start(table, list, number, wake)?;
                    ordered = Some(number);
                }
                Err(failure) => {
                    if failure.code == Code::TIMEOUT {
                        table.note_left(list);
                    }
                    return Err(failure);
                }
            }
        }
    }
}
