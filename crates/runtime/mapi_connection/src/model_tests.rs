//! The life of a list, in every order of steps of one or two users
//! (`cargo xtask models`).
//!
//! Nothing but a wake ends a wait here, so a signal that is not given is found. A
//! model with two users changes threads at most twice against their will, which
//! is what keeps it finite enough.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use loom::thread;
use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::{Change, ChangeFeed};
use security::Token;
use std::os::fd::BorrowedFd;

use crate::connection::Connection;
use crate::entry::PollerState;
use crate::key::{Holder, ListKey};
use crate::lists::{Lists, Opened, Settings};
use crate::sync::{Fault, plant};

/// Longer than any model lasts.
const NEVER: Duration = Duration::from_secs(1 << 30);
const LINGER: Duration = Duration::from_secs(1);

fn lists(linger: Duration) -> Arc<Lists> {
    let (connect_bound, release_bound) = (NEVER, NEVER);
    let settings = Settings { connect_bound, linger, release_bound, session_limit: None };
    Arc::new(Lists::with_hash(settings, Box::new(|_| 7)))
}

/// A store; its feed, where it has one, fails when it is first asked.
struct Store {
    fails: bool,
}

impl Opened for Store {
    fn feed(&self) -> Result<Option<Box<dyn ChangeFeed>>, Failure> {
        Ok(self.fails.then(|| Box::new(Fails) as Box<dyn ChangeFeed>))
    }
}

struct Fails;

impl ChangeFeed for Fails {
    fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        None
    }

    fn interval(&self) -> Option<Duration> {
        Some(LINGER)
    }

    fn changes(&mut self) -> Result<Vec<Change>, Failure> {
        Err(Failure::new(Code::NETWORK_ERROR, "a planted failure"))
    }
}

fn connect(lists: &Lists, user: &str, fails: bool) -> Connection<Store> {
    let owner = Token::new(user, None);
    let key = ListKey { owner, server: "s".into(), profile: "p".into() };
    let holder = Holder { session: 1, what: "a model".into() };
    lists.connect(key, holder, None, |_| Ok(Store { fails })).unwrap()
}

/// Connects, looks whether the start is complete, and releases.
fn use_once(lists: &Lists, user: &str, fails: bool) {
    let connection = connect(lists, user, fails);
    let mut entries = lists.entries();
    entries.retain(|entry| &**entry.owner.user() == user && entry.state != PollerState::Detached);
    assert_eq!(entries.len(), 1, "a connection's list is there as long as it is");
    assert!(!entries[0].connections.is_empty());
    assert_ne!(entries[0].state, PollerState::Starting, "the start is complete");
    assert!(fails || entries[0].state == PollerState::Waiting, "{:?}", entries[0].state);
    connection.release(NEVER).unwrap();
}

fn is_clean(lists: &Lists) {
    assert_eq!(lists.detached_pollers(), 0);
    assert!(lists.entries().is_empty());
}

/// Runs a model in every order of steps, or in those with so many changes of the
/// thread against its will.
fn orders(preemptions: Option<usize>, body: impl Fn() + Sync + Send + 'static) {
    let tried = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&tried);
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = preemptions;
    builder.check(move || {
        counted.fetch_add(1, Ordering::Relaxed);
        body();
    });
    println!("{} orders", tried.load(Ordering::Relaxed));
}

fn one_user(linger: Duration, fails: bool) {
    let lists = lists(linger);
    use_once(&lists, "alice", fails);
    if linger.is_zero() {
        is_clean(&lists);
    }
}

fn two_users(linger: Duration, users: [&'static str; 2], fails: bool) {
    let lists = lists(linger);
    let other = Arc::clone(&lists);
    let thread = thread::spawn(move || use_once(&other, users[1], fails));
    use_once(&lists, users[0], fails);
    thread.join().unwrap();
    if linger.is_zero() && !fails {
        is_clean(&lists);
    }
}

#[test]
fn a_connect_and_its_release_come_to_an_end_in_every_order() {
    orders(None, || one_user(Duration::ZERO, false));
}

#[test]
fn a_list_that_lingers_ends_by_its_own_poller_in_every_order() {
    orders(None, || one_user(LINGER, false));
}

#[test]
fn a_poller_that_fails_signals_its_end_in_every_order() {
    orders(None, || one_user(Duration::ZERO, true));
}

#[test]
fn two_users_do_not_wait_for_each_others_pollers() {
    orders(Some(2), || two_users(Duration::ZERO, ["alice", "bob"], false));
}

#[test]
fn two_threads_of_a_user_share_a_list_or_have_one_after_the_other() {
    orders(Some(2), || two_users(Duration::ZERO, ["alice", "alice"], false));
}

#[test]
fn a_connection_is_never_given_out_of_a_list_whose_linger_is_over() {
    orders(Some(2), || two_users(LINGER, ["alice", "alice"], false));
}

#[test]
fn a_poller_that_dies_is_replaced_or_nobody_is_left_who_needs_one() {
    orders(Some(1), || two_users(Duration::ZERO, ["alice", "alice"], true));
}

#[test]
fn a_drain_ends_what_is_there_and_a_connection_in_the_making_says_so() {
    orders(Some(2), || {
        let lists = lists(LINGER);
        let other = Arc::clone(&lists);
        let thread = thread::spawn(move || {
            let owner = Token::new("alice", None);
            let key = ListKey { owner, server: "s".into(), profile: "p".into() };
            let holder = Holder { session: 1, what: "a model".into() };
            match other.connect(key, holder, None, |_| Ok(Store { fails: false })) {
                Ok(connection) => connection.release(NEVER).unwrap(),
                Err(failure) => assert_eq!(failure.code, Code::END_OF_SESSION),
            }
        });
        lists.drain(NEVER).unwrap();
        thread.join().unwrap();
        lists.drain(NEVER).unwrap();
        is_clean(&lists);
    });
}

#[test]
fn a_poller_that_was_given_up_is_counted_until_it_ends_and_does_no_harm() {
    orders(Some(2), || {
        let lists = lists(Duration::ZERO);
        let first = connect(&lists, "alice", false);
        // No time at all: whether the poller was quick enough is open.
        let released = first.release(Duration::ZERO);
        assert!(released.is_ok() || released.unwrap_err().code == Code::TIMEOUT);
        use_once(&lists, "alice", false);
        // What was given up ends as soon as it comes to run.
        while lists.detached_pollers() > 0 {
            thread::yield_now();
        }
        is_clean(&lists);
    });
}

#[test]
#[should_panic]
fn the_model_finds_an_end_that_is_not_signalled_after_a_failure() {
    let _fault = plant(Fault::SilentEnd);
    orders(None, || one_user(Duration::ZERO, true));
}

#[test]
#[should_panic]
fn the_model_finds_a_connect_that_returns_before_the_start_is_complete() {
    let _fault = plant(Fault::StartsLate);
    orders(None, || one_user(Duration::ZERO, false));
}

#[test]
#[should_panic]
fn the_model_finds_a_release_that_does_not_wake_the_poller() {
    let _fault = plant(Fault::WakesNobody);
    orders(None, || one_user(Duration::ZERO, false));
}

#[test]
#[should_panic]
fn the_model_finds_a_list_that_ends_under_a_new_connection() {
    let _fault = plant(Fault::ClosesBlindly);
    orders(Some(2), || two_users(LINGER, ["alice", "alice"], false));
}
