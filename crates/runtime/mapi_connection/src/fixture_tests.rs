//! What the tests of lists share: things to open, feeds, subscribers.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::{Change, ChangeFeed, ChangeKind};
use mapi_abi::value::EntryId;
use security::Token;

use crate::connection::Connection;
use crate::key::{FullKey, Holder, ListKey};
use crate::list::Seen;
use crate::lists::{Lists, Opened, Settings, Subscriber};
use crate::poller::Post;

pub const SOON: Duration = Duration::from_millis(100);
pub const BOUND: Duration = Duration::from_secs(5);

pub fn key(user: &str) -> ListKey {
    key_of(Token::new(user, None))
}

pub fn key_of(owner: Token) -> ListKey {
    ListKey { owner, server: "a server".into(), profile: "a profile".into() }
}

pub fn holder(session: u64) -> Holder {
    Holder { session, what: "a test".into() }
}

pub fn settings(linger: Duration) -> Settings {
    Settings { linger, ..Settings::default() }
}

pub fn lists(linger: Duration) -> Lists {
    Lists::new(settings(linger))
}

/// Lists that find all keys in the same place.
pub fn lists_of_one_place() -> Lists {
    Lists::with_hash(settings(BOUND), Box::new(|_: &FullKey| 7))
}

/// What a feed does when it is asked.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum Mood {
    #[default]
    Tells,
    Fails,
    Panics,
    Hangs,
    NeverBegins,
}

/// A store whose feed tells one change at a time, as it is told to.
#[derive(Clone, Default)]
pub struct Store(pub Arc<Inside>);

#[derive(Default)]
pub struct Inside {
    pub mood: Mutex<Mood>,
    pub pending: AtomicUsize,
    pub feeds: AtomicUsize,
    /// As whom the feed was asked, last.
    pub asked_as: Mutex<Option<Token>>,
    pub is_let_go: AtomicBool,
    bell: Mutex<Option<std::io::PipeWriter>>,
}

impl Store {
    /// Something changes: the feed's descriptor becomes readable.
    pub fn change(&self) {
        self.0.pending.fetch_add(1, Ordering::SeqCst);
        let bell = self.0.bell.lock().unwrap();
        std::io::Write::write_all(&mut bell.as_ref().unwrap(), &[1]).unwrap();
    }

    pub fn behave(&self, mood: Mood) {
        *self.0.mood.lock().unwrap() = mood;
    }

    pub fn mood(&self) -> Mood {
        *self.0.mood.lock().unwrap()
    }
}

impl Opened for Store {
    fn feed(&self) -> Result<Option<Box<dyn ChangeFeed>>, Failure> {
        if self.mood() == Mood::NeverBegins {
            return Err(Failure::new(Code::NETWORK_ERROR, "there is no feed"));
        }
        let (reader, writer) = std::io::pipe().unwrap();
        self.0.feeds.fetch_add(1, Ordering::SeqCst);
        *self.0.bell.lock().unwrap() = Some(writer);
        Ok(Some(Box::new(Feed { store: self.clone(), reader: reader.into() })))
    }
}

pub struct Feed {
    store: Store,
    reader: OwnedFd,
}

impl ChangeFeed for Feed {
    fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        Some(self.reader.as_fd())
    }

    fn interval(&self) -> Option<Duration> {
        None
    }

    fn changes(&mut self) -> Result<Vec<Change>, Failure> {
        let inside = &self.store.0;
        *inside.asked_as.lock().unwrap() = security::impersonation::current();
        match self.store.mood() {
            Mood::Fails => return Err(Failure::new(Code::NETWORK_ERROR, "the server is gone")),
            Mood::Panics => panic!("a planted panic of a feed"),
            Mood::Hangs => until(|| inside.is_let_go.load(Ordering::SeqCst)),
            Mood::Tells | Mood::NeverBegins => {}
        }
        let mut pipe = std::io::PipeReader::from(self.reader.try_clone().unwrap());
        std::io::Read::read(&mut pipe, &mut [0; 64]).unwrap();
        Ok(vec![change(); inside.pending.swap(0, Ordering::SeqCst)])
    }
}

pub fn change() -> Change {
    Change {
        kind: ChangeKind::Created,
        object_type: 5,
        entry: EntryId(vec![1]),
        parent: None,
        old_parent: None,
    }
}

/// Counts what it is told; runs `during` inside each telling.
pub struct Counter {
    pub changes: AtomicUsize,
    pub failures: Mutex<Vec<Failure>>,
    during: Box<dyn Fn() + Send + Sync>,
}

impl Counter {
    pub fn new() -> Arc<Self> {
        Self::doing(|| ())
    }

    pub fn doing(during: impl Fn() + Send + Sync + 'static) -> Arc<Self> {
        let (changes, failures) = Default::default();
        Arc::new(Self { changes, failures, during: Box::new(during) })
    }

    pub fn changes(&self) -> usize {
        self.changes.load(Ordering::SeqCst)
    }

    pub fn failures(&self) -> Vec<Failure> {
        self.failures.lock().unwrap().clone()
    }
}

impl Subscriber for Counter {
    fn changed(&self, changes: &[Change]) {
        self.changes.fetch_add(changes.len(), Ordering::SeqCst);
        (self.during)();
    }

    fn broken(&self, failure: &Failure) {
        self.failures.lock().unwrap().push(failure.clone());
    }
}

/// Connects with a store.
pub fn connect(lists: &Lists, key: ListKey, store: &Store) -> Connection<Store> {
    lists.connect(key, holder(1), None, |_| Ok(store.clone())).unwrap()
}

/// Waits until it is so.
pub fn until(is_so: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < Duration::from_secs(20), "it does not become so");
        std::thread::sleep(Duration::from_millis(1));
    }
}

impl Lists {
    /// The exit status of `body` in a fork that is made while locks are held.
    pub fn in_a_fork_with_its_locks_held(
        &self,
        connection: &Connection<Store>,
        body: impl FnOnce() -> i32,
    ) -> i32 {
        let (_rows, _state) = (self.table.hold(), connection.tie().list().lock());
        crate::ffi::in_a_fork(body)
    }
}

impl Connection<Store> {
    /// Orders a poller whose thread is never run.
    pub fn drop_an_ordered_post(&self) {
        let tie = self.tie();
        let Ok(Seen::Ordered(number, wake)) = tie.list().poller(None, BOUND) else {
            panic!("there is a poller");
        };
        drop(Post::new(Arc::clone(tie.table()), Arc::clone(tie.list()), number, wake));
    }
}
