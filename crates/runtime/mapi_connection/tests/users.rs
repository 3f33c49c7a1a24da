//! Many users on many threads: the document's scenario, with identities taken and
//! given back, and threads and descriptors counted.

use std::fs;
use std::os::fd::{AsFd, BorrowedFd};
use std::process::Command;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use mapi_abi::codes::Failure;
use mapi_abi::spi::{Change, ChangeFeed, ChangeKind};
use mapi_abi::value::EntryId;
use mapi_connection::{Holder, ListKey, Lists, Opened, PollerState, Settings, Subscriber};
use security::impersonation::{self, impersonate, is_privileged};
use security::{KernelIdentity, Token};

/// Says to the test's program that it is the process of its own.
const MARK: &str = "PARTYWALL_TEST_ALONE";
const BOUND: Duration = Duration::from_secs(5);
const USERS: u32 = 50;
const THREADS: usize = 32;
const ROUNDS: usize = 2_000;

/// Runs a test in a process of its own, one at a time: it counts what the process
/// has, and the harness has threads that come and go.
fn alone(name: &str, body: fn()) {
    static ALONE: Mutex<()> = Mutex::new(());
    if std::env::var_os(MARK).is_some() {
        return body();
    }
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let program = std::env::current_exe().unwrap();
    let mut command = Command::new(program);
    command.args([name, "--exact", "--nocapture", "--test-threads=1"]).env(MARK, "1");
    let output = command.output().unwrap();
    let (out, err) = (output.stdout, output.stderr);
    println!("{}{}", String::from_utf8_lossy(&out), String::from_utf8_lossy(&err));
    assert!(output.status.success());
}

/// Threads and descriptors of the process.
fn counted() -> (usize, usize) {
    let count = |path| fs::read_dir(path).unwrap().count();
    (count("/proc/self/task"), count("/proc/self/fd"))
}

fn returns_to(before: (usize, usize)) {
    let begin = Instant::now();
    while counted() != before {
        assert!(begin.elapsed() < Duration::from_secs(20), "{:?}, was {before:?}", counted());
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn effective_uid() -> u32 {
    let status = fs::read_to_string("/proc/thread-self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("Uid:")).unwrap();
    line.split_whitespace().nth(2).unwrap().parse().unwrap()
}

/// A user, with a kernel identity where that may be taken.
fn user(number: u32) -> Token {
    let id = 70_000 + number;
    let kernel = KernelIdentity { uid: id, gid: id, groups: vec![id] };
    Token::new(&format!("user {number}"), is_privileged().then_some(kernel))
}

fn key(owner: Token) -> ListKey {
    ListKey { owner, server: "a server".into(), profile: "a profile".into() }
}

fn holder(session: u64) -> Holder {
    Holder { session, what: "store".into() }
}

/// A thread's token and effective user.
type Whoever = (Option<Token>, u32);
type Seen = Arc<Mutex<Vec<Whoever>>>;

/// A store that remembers as whom it was opened and its feed made and asked.
struct Store {
    opened_as: Whoever,
    seen: Seen,
    bell: Mutex<std::io::PipeWriter>,
    reader: Mutex<Option<std::io::PipeReader>>,
}

fn whoever() -> Whoever {
    (impersonation::current(), effective_uid())
}

impl Store {
    fn open(_owner: &Token) -> Result<Self, Failure> {
        let (reader, writer) = std::io::pipe().unwrap();
        let (reader, bell) = (Mutex::new(Some(reader)), Mutex::new(writer));
        Ok(Self { opened_as: whoever(), seen: Arc::default(), bell, reader })
    }

    fn change(&self) {
        std::io::Write::write_all(&mut *self.bell.lock().unwrap(), &[1]).unwrap();
    }
}

impl Opened for Store {
    fn feed(&self) -> Result<Option<Box<dyn ChangeFeed>>, Failure> {
        self.seen.lock().unwrap().push(whoever());
        let reader = self.reader.lock().unwrap().take().unwrap();
        Ok(Some(Box::new(Feed { reader, seen: Arc::clone(&self.seen) })))
    }
}

struct Feed {
    reader: std::io::PipeReader,
    seen: Seen,
}

impl ChangeFeed for Feed {
    fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        Some(self.reader.as_fd())
    }

    fn interval(&self) -> Option<Duration> {
        None
    }

    fn changes(&mut self) -> Result<Vec<Change>, Failure> {
        self.seen.lock().unwrap().push(whoever());
        let read = std::io::Read::read(&mut self.reader, &mut [0; 64]).unwrap();
        let entry = EntryId(vec![1]);
        let kind = ChangeKind::Created;
        Ok(vec![Change { kind, object_type: 5, entry, parent: None, old_parent: None }; read])
    }
}

#[derive(Default)]
struct Counter(AtomicUsize);

impl Subscriber for Counter {
    fn changed(&self, changes: &[Change]) {
        self.0.fetch_add(changes.len(), Ordering::SeqCst);
    }

    fn broken(&self, failure: &Failure) {
        panic!("nothing breaks here: {failure}");
    }
}

fn until(is_so: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < Duration::from_secs(20), "it does not become so");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn an_identity_is_captured_once_and_no_later_flip_of_the_threads_changes_it() {
    alone("an_identity_is_captured_once_and_no_later_flip_of_the_threads_changes_it", || {
        if !is_privileged() {
            println!("without kernel identities: taking another uid needs root");
        }
        let lists = Lists::new(Settings::default());
        let (alice, bob) = (user(1), user(2));
        let as_alice =
            (Some(alice.clone()), alice.kernel().map_or_else(effective_uid, |id| id.uid));
        let flip = impersonate(&bob).unwrap();
        // Bob's thread connects for alice, with a token that was captured elsewhere.
        let connection = lists.connect(key(alice.clone()), holder(1), None, Store::open).unwrap();
        assert_eq!(impersonation::current(), Some(bob.clone()), "the caller is itself again");
        assert_eq!(connection.get().opened_as, as_alice, "opened as the owner");
        let counter = Arc::new(Counter::default());
        connection.subscribe(counter.clone()).unwrap();
        drop(flip);
        for told in 1..=3 {
            let flip = impersonate(if told % 2 == 0 { &bob } else { &alice }).unwrap();
            connection.get().change();
            until(|| counter.0.load(Ordering::SeqCst) == told);
            drop(flip);
        }
        let seen = connection.get().seen.lock().unwrap().clone();
        assert_eq!(seen, vec![as_alice; 4], "feed made once, asked three times, as the owner");
        // And a thread that is somebody else releases it.
        let _flip = impersonate(&bob).unwrap();
        connection.release(BOUND).unwrap();
        assert_eq!(lists.entries()[0].owner, alice);
        lists.drain(BOUND).unwrap();
    });
}

#[test]
fn fifty_users_on_thirty_two_threads_log_on_work_and_release_in_any_order() {
    alone("fifty_users_on_thirty_two_threads_log_on_work_and_release_in_any_order", || {
        security::spawner::start().unwrap();
        let before = counted();
        let lists = Lists::new(Settings::default());
        let (longest, begin) = (AtomicU64::new(0), Instant::now());
        std::thread::scope(|scope| {
            for thread in 0..THREADS {
                let (lists, longest) = (&lists, &longest);
                scope.spawn(move || work(lists, thread, longest));
            }
        });
        let took = begin.elapsed();
        let rate = (THREADS * ROUNDS) as f64 / took.as_secs_f64();
        println!("{} rounds in {took:?}: {rate:.0} a second", THREADS * ROUNDS);
        println!("longest release {} us", longest.load(Ordering::Relaxed));
        assert!(longest.load(Ordering::Relaxed) < BOUND.as_micros() as u64);
        assert_eq!(lists.detached_pollers(), 0);
        let entries = lists.entries();
        assert!(entries.iter().all(|entry| entry.connections.is_empty()));
        assert!(entries.iter().all(|entry| entry.state == PollerState::Waiting));
        // Their own pollers end them, when their time is over.
        returns_to(before);
        assert!(lists.entries().is_empty());
    });
}

/// A thread's rounds: each as another user, a few connections deep.
fn work(lists: &Lists, thread: usize, longest: &AtomicU64) {
    let mut kept = std::collections::VecDeque::new();
    for round in 0..ROUNDS {
        let owner = user(((thread * 7 + round * 13) % USERS as usize) as u32);
        let _work = impersonate(&owner).unwrap();
        let session = (thread * ROUNDS + round) as u64;
        let key = key(impersonation::capture());
        kept.push_back(lists.connect(key, holder(session), None, Store::open).unwrap());
        if kept.len() > 1 + (thread + round) % 3 {
            let oldest = if round % 2 == 0 { kept.pop_front() } else { kept.pop_back() };
            let begin = Instant::now();
            oldest.unwrap().release(BOUND).unwrap();
            longest.fetch_max(begin.elapsed().as_micros() as u64, Ordering::Relaxed);
        }
    }
    for connection in kept {
        connection.release(BOUND).unwrap();
    }
}

/// Connects and releases for fifty users, as fast as it goes or each thread's
/// round after that much time.
fn rounds(every: Duration) {
    let lists = Lists::new(Settings::default());
    let users: Vec<_> = (0..USERS).map(|number| key(user(number))).collect();
    let (longest, begin) = (AtomicU64::new(0), Instant::now());
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (lists, longest, users) = (&lists, &longest, &users);
            scope.spawn(move || {
                for round in 0..ROUNDS {
                    let due = begin + every * round as u32;
                    std::thread::sleep(due.saturating_duration_since(Instant::now()));
                    let key = users[(thread * 7 + round * 13) % users.len()].clone();
                    let connection = lists.connect(key, holder(1), None, Store::open).unwrap();
                    let begin = Instant::now();
                    connection.release(BOUND).unwrap();
                    longest.fetch_max(begin.elapsed().as_micros() as u64, Ordering::Relaxed);
                }
            });
        }
    });
    let (took, longest) = (begin.elapsed(), longest.load(Ordering::Relaxed));
    let rate = (THREADS * ROUNDS) as f64 / took.as_secs_f64();
    println!("connect and release in {took:?}: {rate:.0} a second, longest release {longest} us");
    assert!(longest < BOUND.as_micros() as u64);
    assert_eq!(lists.detached_pollers(), 0);
    lists.drain(BOUND).unwrap();
}

#[test]
fn connect_and_release_of_fifty_users_leave_nothing_behind_at_full_speed_and_at_ease() {
    alone(
        "connect_and_release_of_fifty_users_leave_nothing_behind_at_full_speed_and_at_ease",
        || {
            rounds(Duration::ZERO);
            // 25,600 a second together.
            rounds(Duration::from_micros(1_250));
        },
    );
}

#[test]
fn threads_and_descriptors_return_to_the_base_line_after_ten_thousand_rounds() {
    alone("threads_and_descriptors_return_to_the_base_line_after_ten_thousand_rounds", || {
        security::spawner::start().unwrap();
        let before = counted();
        let lists = Lists::new(Settings { linger: Duration::ZERO, ..Settings::default() });
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let lists = &lists;
                scope.spawn(move || {
                    for round in 0..2_500 {
                        let owner = Token::new(&format!("user {}", (thread + round) % 10), None);
                        let open = Store::open;
                        let connection = lists.connect(key(owner), holder(1), None, open).unwrap();
                        connection.release(BOUND).unwrap();
                    }
                });
            }
        });
        assert!(lists.entries().is_empty());
        assert_eq!(lists.detached_pollers(), 0);
        returns_to(before);
    });
}

#[test]
fn the_last_uninitialize_ends_every_thread() {
    alone("the_last_uninitialize_ends_every_thread", || {
        security::spawner::start().unwrap();
        let before = counted();
        let lists = Lists::new(Settings::default());
        let connect =
            |number| lists.connect(key(user(number)), holder(1), None, Store::open).unwrap();
        let open: Vec<_> = (0..10).map(connect).collect();
        (10..20).map(connect).for_each(drop);
        lists.drain(BOUND).unwrap();
        assert_eq!(counted().0, before.0, "the threads are gone when it returns");
        drop(open);
        returns_to(before);
    });
}
