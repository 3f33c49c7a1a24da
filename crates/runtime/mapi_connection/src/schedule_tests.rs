//! Many users' lists under very many orders of steps (`cargo xtask models`), and
//! beside them the historical design (`historical_tests`), which hangs.
//!
//! Half of the orders are drawn at random, half by priorities that change a few
//! times (PCT), which finds what needs one thread to be held up for long.
//! `PARTYWALL_SCHEDULES` says how many for each model.

mod historical_tests;

use std::os::fd::BorrowedFd;
use std::sync::Arc;
use std::time::Duration;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::{Change, ChangeFeed, ChangeKind};
use mapi_abi::value::EntryId;
use security::Token;
use shuttle::rand::{Rng, thread_rng};
use shuttle::scheduler::{PctScheduler, RandomScheduler};
use shuttle::{Config, Runner, thread};

use crate::entry::PollerState;
use crate::key::{Holder, ListKey};
use crate::lists::{Lists, Opened, Settings, Subscriber};
use crate::sync::{Fault, plant};

/// Orders of a model where nothing else is said; there are five such models.
const ORDERS: usize = 4_000;
/// With what they are drawn.
const SEED: u64 = 0x5041_5254_5957_414C;
/// Changes of priority in an order.
const CHANGES: usize = 4;
/// Stack of a model's thread, in bytes.
const STACK: usize = 128 << 10;
/// Longer than any model lasts.
const NEVER: Duration = Duration::from_secs(1 << 30);
const LINGER: Duration = Duration::from_secs(1);

fn config() -> Config {
    let mut config = Config::new();
    config.stack_size = STACK;
    config.silence_warnings = true;
    config
}

/// How many orders of each model are tried.
fn orders() -> usize {
    let said = std::env::var("PARTYWALL_SCHEDULES").ok();
    said.map_or(ORDERS, |text| text.parse().expect("PARTYWALL_SCHEDULES is a number"))
}

/// Runs a model in `orders` orders.
fn schedules(orders: usize, body: impl Fn() + Copy + Send + Sync + 'static) {
    let begin = std::time::Instant::now();
    let random = RandomScheduler::new_from_seed(SEED, orders / 2);
    Runner::new(random, config()).run(body);
    let held_up = PctScheduler::new_from_seed(SEED, CHANGES, orders - orders / 2);
    Runner::new(held_up, config()).run(body);
    println!("{orders} orders in {:?}", begin.elapsed());
}

fn lists(linger: Duration) -> Arc<Lists> {
    let (connect_bound, release_bound) = (NEVER, NEVER);
    let settings = Settings { connect_bound, linger, release_bound, session_limit: None };
    // The order in a place is that of the lists' ages, as a model needs it.
    Arc::new(Lists::with_hash(settings, Box::new(|_| 7)))
}

fn key(user: usize) -> ListKey {
    let owner = Token::new(&format!("user {user}"), None);
    ListKey { owner, server: "s".into(), profile: "p".into() }
}

fn holder() -> Holder {
    Holder { session: 1, what: "a model".into() }
}

/// A store whose feed is asked `asks` times and then fails; `None`: it has none.
#[derive(Clone, Copy)]
struct Store {
    asks: Option<u32>,
}

impl Opened for Store {
    fn feed(&self) -> Result<Option<Box<dyn ChangeFeed>>, Failure> {
        Ok(self.asks.map(|left| Box::new(Feed { left }) as Box<dyn ChangeFeed>))
    }
}

struct Feed {
    left: u32,
}

impl ChangeFeed for Feed {
    fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        None
    }

    fn interval(&self) -> Option<Duration> {
        Some(LINGER / 2)
    }

    fn changes(&mut self) -> Result<Vec<Change>, Failure> {
        let failure = || Failure::new(Code::NETWORK_ERROR, "a planted failure");
        self.left = self.left.checked_sub(1).ok_or_else(failure)?;
        let (kind, entry) = (ChangeKind::Created, EntryId(vec![1]));
        Ok(vec![Change { kind, object_type: 5, entry, parent: None, old_parent: None }])
    }
}

/// Knows whether it may be called.
struct Listener(shuttle::sync::atomic::AtomicBool);

impl Listener {
    fn is_called(&self) {
        let is_over = self.0.load(shuttle::sync::atomic::Ordering::SeqCst);
        assert!(!is_over, "called after its release returned");
    }
}

impl Subscriber for Listener {
    fn changed(&self, _: &[Change]) {
        self.is_called();
        thread::yield_now();
        self.is_called();
    }

    fn broken(&self, _: &Failure) {
        self.is_called();
    }
}

/// A user's life: logs on, listens, works, logs off, twice.
fn live(lists: &Lists, user: usize, store: Store) {
    for _ in 0..2 {
        let connection = lists.connect(key(user), holder(), None, |_| Ok(store)).unwrap();
        let listener = Arc::new(Listener(false.into()));
        connection.subscribe(listener.clone()).unwrap();
        let entries = lists.entries();
        let own = |entry: &&crate::ListEntry| entry.owner == key(user).owner;
        let entry = entries.iter().find(own).expect("a connection's list is there");
        // One that failed meanwhile may be being replaced by another thread.
        let is_started = store.asks.is_some() || entry.state != PollerState::Starting;
        assert!(is_started, "the start is complete");
        if thread_rng().gen_bool(0.5) {
            thread::yield_now();
        }
        connection.release(NEVER).unwrap();
        listener.0.store(true, shuttle::sync::atomic::Ordering::SeqCst);
    }
}

/// So many threads work for so many users; then everything is over.
fn work(linger: Duration, users: usize, threads: usize, asks: Option<u32>) {
    let lists = lists(linger);
    let start = |number: usize| {
        let lists = Arc::clone(&lists);
        thread::spawn(move || live(&lists, number % users, Store { asks }))
    };
    let all: Vec<_> = (0..threads).map(start).collect();
    for thread in all {
        thread.join().unwrap();
    }
    lists.drain(NEVER).unwrap();
    assert_eq!((lists.entries().len(), lists.detached_pollers()), (0, 0));
}

#[test]
fn several_users_on_several_threads_never_wait_for_ever() {
    schedules(orders(), || work(Duration::ZERO, 3, 4, None));
}

#[test]
fn several_users_whose_lists_linger_never_wait_for_ever() {
    schedules(orders(), || work(LINGER, 3, 4, None));
}

#[test]
fn pollers_that_fail_at_any_time_are_replaced_and_nobody_waits_for_them() {
    schedules(orders(), || work(LINGER, 2, 4, Some(1)));
}

#[test]
fn nobody_is_told_after_a_release() {
    schedules(orders(), || work(Duration::ZERO, 1, 3, Some(2)));
}

/// Releases without any time to wait, beside others that use the same list.
fn pollers_are_given_up() {
    let lists = lists(Duration::ZERO);
    let start = |number: usize| {
        let lists = Arc::clone(&lists);
        thread::spawn(move || {
            let store = Store { asks: Some(1) };
            let connection = lists.connect(key(0), holder(), None, |_| Ok(store)).unwrap();
            connection.subscribe(Arc::new(Listener(false.into()))).unwrap();
            let bound = if number == 0 { NEVER } else { Duration::ZERO };
            let released = connection.release(bound);
            assert!(released.is_ok() || bound.is_zero());
        })
    };
    let all: Vec<_> = (0..3).map(start).collect();
    for thread in all {
        thread.join().unwrap();
    }
    lists.drain(NEVER).unwrap();
    // What was given up ends as soon as it comes to run.
    while lists.detached_pollers() > 0 {
        thread::yield_now();
    }
    assert!(lists.entries().is_empty());
}

#[test]
fn pollers_that_are_given_up_are_counted_until_they_end() {
    schedules(orders(), pollers_are_given_up);
}

#[test]
#[should_panic]
fn the_schedules_find_an_end_that_is_not_signalled_after_a_failure() {
    let _fault = plant(Fault::SilentEnd);
    schedules(ORDERS, || work(Duration::ZERO, 1, 3, Some(0)));
}

#[test]
#[should_panic]
fn the_schedules_find_a_connect_that_returns_before_the_start_is_complete() {
    let _fault = plant(Fault::StartsLate);
    schedules(ORDERS, || work(Duration::ZERO, 3, 4, None));
}

#[test]
#[should_panic]
fn the_schedules_find_a_release_that_does_not_wake_the_poller() {
    let _fault = plant(Fault::WakesNobody);
    schedules(ORDERS, || work(Duration::ZERO, 3, 4, None));
}

#[test]
#[should_panic]
fn the_schedules_find_a_list_that_ends_under_a_new_connection() {
    let _fault = plant(Fault::ClosesBlindly);
    schedules(ORDERS, || work(LINGER, 1, 4, None));
}
