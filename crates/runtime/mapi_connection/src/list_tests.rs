//! Lists, their pollers and their ends, with real threads.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::time::{Duration, Instant};

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::ChangeFeed;
use security::Token;

use crate::connection::Connection;
use crate::entry::PollerState;
use crate::fixture_tests::*;
use crate::lists::{Lists, Opened};

/// A change of each store reaches the subscriber of its list, and no other.
fn each_poller_tells_its_own_list(count: usize) {
    let lists = lists(BOUND);
    let rows: Vec<_> = (0..count)
        .map(|at| {
            let (store, counter) = (Store::default(), Counter::new());
            let connection = connect(&lists, key(&format!("user {at}")), &store);
            connection.subscribe(counter.clone()).unwrap();
            (store, counter, connection)
        })
        .collect();
    assert_eq!(lists.entries().len(), count);
    for (at, (store, counter, _)) in rows.iter().enumerate() {
        store.change();
        until(|| counter.changes() == 1);
        let told: usize = rows.iter().map(|(_, counter, _)| counter.changes()).sum();
        assert_eq!(told, at + 1, "nobody else was told");
    }
    for (_, _, connection) in rows {
        connection.release(BOUND).unwrap();
    }
    lists.drain(BOUND).unwrap();
    assert_eq!((lists.entries().len(), lists.detached_pollers()), (0, 0));
}

#[test]
fn a_poller_is_bound_to_its_list_with_one_list() {
    each_poller_tells_its_own_list(1);
}

#[test]
fn a_poller_is_bound_to_its_list_with_two_lists() {
    each_poller_tells_its_own_list(2);
}

#[test]
fn a_poller_is_bound_to_its_list_with_fifty_lists() {
    each_poller_tells_its_own_list(50);
}

#[test]
fn one_list_for_the_same_key_and_others_for_another_owner_server_or_profile() {
    let lists = lists(BOUND);
    let opened = AtomicUsize::new(0);
    let open = |key| {
        let open = |_: &Token| {
            opened.fetch_add(1, Ordering::SeqCst);
            Ok(Store::default())
        };
        lists.connect(key, holder(1), None, open).unwrap()
    };
    let (first, second) = (open(key("alice")), open(key("alice")));
    assert!(Arc::ptr_eq(&first.get().0, &second.get().0));
    let kernel = security::KernelIdentity { uid: 65_534, gid: 65_534, groups: vec![] };
    let mut others = vec![open(key_of(Token::new("alice", Some(kernel))))];
    others.push(open(crate::ListKey { server: "another".into(), ..key("alice") }));
    others.push(open(crate::ListKey { profile: "another".into(), ..key("alice") }));
    assert_eq!((opened.load(Ordering::SeqCst), lists.entries().len()), (4, 4));
    let entries = lists.entries();
    assert_eq!(entries[0].connections.len(), 2);
    assert_eq!(entries[0].state, PollerState::Waiting);
    assert_ne!(entries[0].poller, entries[1].poller);
}

#[test]
fn equal_digests_of_different_identities_never_share_a_list() {
    let lists = lists_of_one_place();
    let (alices, bobs) = (Store::default(), Store::default());
    let alice = connect(&lists, key("alice"), &alices);
    let bob = connect(&lists, key("bob"), &bobs);
    assert!(!Arc::ptr_eq(&alice.get().0, &bob.get().0), "the place is the same, the list not");
    let again = connect(&lists, key("bob"), &Store::default());
    assert!(Arc::ptr_eq(&again.get().0, &bobs.0), "and the right one is found in it");
    drop((alice, bob, again));
    lists.drain(BOUND).unwrap();
}

#[test]
fn things_of_another_kind_have_another_list() {
    struct Other;
    impl Opened for Other {
        fn feed(&self) -> Result<Option<Box<dyn ChangeFeed>>, Failure> {
            Ok(None)
        }
    }
    let lists = lists(BOUND);
    let _store = connect(&lists, key("alice"), &Store::default());
    let _other = lists.connect(key("alice"), holder(1), None, |_| Ok(Other)).unwrap();
    assert_eq!(lists.entries().len(), 2);
}

#[test]
fn closing_one_connection_never_closes_another() {
    let lists = lists(Duration::ZERO);
    let (alices, bobs, counter) = (Store::default(), Store::default(), Counter::new());
    let first = connect(&lists, key("alice"), &alices);
    let second = connect(&lists, key("alice"), &alices);
    let bob = connect(&lists, key("bob"), &bobs);
    second.subscribe(counter.clone()).unwrap();
    bob.subscribe(counter.clone()).unwrap();
    first.release(BOUND).unwrap();
    alices.change();
    until(|| counter.changes() == 1);
    second.release(BOUND).unwrap();
    bobs.change();
    until(|| counter.changes() == 2);
    assert_eq!(lists.entries().len(), 1, "only bob's list is left");
    assert_eq!(alices.0.feeds.load(Ordering::SeqCst), 1);
    bob.release(BOUND).unwrap();
    assert!(lists.entries().is_empty());
}

#[test]
fn release_right_after_connect_never_waits_long() {
    let mut longest = Duration::ZERO;
    let mut rounds = |lists: &Lists, count: usize| {
        let begin = Instant::now();
        for _ in 0..count {
            let connection = connect(lists, key("alice"), &Store::default());
            let release = Instant::now();
            connection.release(BOUND).unwrap();
            longest = longest.max(release.elapsed());
        }
        begin.elapsed()
    };
    let lingering = rounds(&lists(BOUND), 100_000);
    // Each of these starts a thread and waits for its end.
    let count = std::env::var("PARTYWALL_ROUNDS").map_or(2_000, |text| text.parse().unwrap());
    let ending = rounds(&lists(Duration::ZERO), count);
    println!("100000 rounds in {lingering:?}, {count} with a thread each in {ending:?}");
    println!("longest release {longest:?}");
    assert!(longest < BOUND);
}

#[test]
fn two_that_open_the_same_at_once_open_it_once() {
    let lists = lists(BOUND);
    let (opened, start) = (AtomicUsize::new(0), Barrier::new(4));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                start.wait();
                let open = |_: &Token| {
                    std::thread::sleep(Duration::from_millis(20));
                    opened.fetch_add(1, Ordering::SeqCst);
                    Ok(Store::default())
                };
                lists.connect(key("alice"), holder(1), None, open).unwrap().release(BOUND).unwrap();
            });
        }
    });
    assert_eq!(opened.load(Ordering::SeqCst), 1);
}

#[test]
fn an_opening_that_fails_or_panics_leaves_the_next_one_to_open() {
    let lists = lists(BOUND);
    let refused = |_: &Token| Err::<Store, _>(Failure::new(Code::LOGON_FAILED, "no"));
    let failure = lists.connect(key("alice"), holder(1), None, refused).err().unwrap();
    assert_eq!(failure.code, Code::LOGON_FAILED);
    let panics = std::panic::AssertUnwindSafe(|| {
        let _ = lists.connect(key("alice"), holder(1), None, |_| -> Result<Store, Failure> {
            panic!("a planted panic of an opening")
        });
    });
    assert!(std::panic::catch_unwind(panics).is_err());
    assert!(lists.entries().is_empty());
    // Neither of the two kept its place on the roll.
    let store = |_: &Token| Ok(Store::default());
    lists.connect(key("alice"), holder(2), Some(1), store).unwrap();
}

#[test]
fn whoever_waits_for_an_opening_is_told_who_is_at_it() {
    let settings = crate::Settings { connect_bound: SOON, ..settings(BOUND) };
    let lists = Lists::new(settings);
    let (inside, done) = (Barrier::new(2), Barrier::new(2));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let open = |_: &Token| {
                inside.wait();
                done.wait();
                Ok(Store::default())
            };
            lists.connect(key("alice"), holder(1), None, open).unwrap();
        });
        inside.wait();
        assert_eq!(lists.entries()[0].state, PollerState::Opening);
        let other = |_: &Token| Ok(Store::default());
        let failure = lists.connect(key("alice"), holder(2), None, other).err().unwrap();
        assert_eq!(failure.code, Code::TIMEOUT);
        assert!(failure.says.contains("did not open alice's list"), "{failure}");
        done.wait();
    });
}

#[test]
fn an_opening_that_connects_to_its_own_list_is_refused_at_once() {
    let lists = lists(BOUND);
    let open = |_: &Token| {
        let inner = |_: &Token| Ok(Store::default());
        lists.connect(key("alice"), holder(1), None, inner).map(|_| Store::default())
    };
    let failure = lists.connect(key("alice"), holder(1), None, open).err().unwrap();
    assert_eq!(failure.code, Code::CALL_FAILED);
}

#[test]
fn more_sessions_than_may_be_are_refused_and_the_holders_named() {
    let lists = lists(BOUND);
    let open = |_: &Token| Ok(Store::default());
    let first = lists.connect(key("alice"), holder(41), Some(1), open).unwrap();
    let other = crate::ListKey { profile: "another".into(), ..key("alice") };
    let failure = lists.connect(other, holder(42), Some(1), open).err().unwrap();
    assert_eq!(failure.code, Code::SESSION_LIMIT);
    assert!(failure.says.contains("session 41 of alice since"), "{failure}");
    lists.connect(key("bob"), holder(42), Some(1), open).unwrap();
    first.release(BOUND).unwrap();
    lists.connect(key("alice"), holder(42), Some(1), open).unwrap();
}

/// A list whose poller dies as `mood` says, beside one that has nothing to do with it.
fn a_poller_dies(mood: Mood) {
    let lists = lists(Duration::ZERO);
    let (store, counter, bobs) = (Store::default(), Counter::new(), Counter::new());
    let connection = connect(&lists, key("alice"), &store);
    let bob_store = Store::default();
    let bob = connect(&lists, key("bob"), &bob_store);
    connection.subscribe(counter.clone()).unwrap();
    bob.subscribe(bobs.clone()).unwrap();
    store.behave(mood);
    store.change();
    until(|| lists.entries()[0].state == PollerState::Ended);
    assert_eq!(counter.failures().len(), 1, "told once");
    assert!(bobs.failures().is_empty());
    let dead = lists.entries()[0].poller;
    store.behave(Mood::Tells);
    let second = connect(&lists, key("alice"), &store);
    assert_ne!(lists.entries()[0].poller, dead, "the next use starts another");
    assert_eq!(store.0.feeds.load(Ordering::SeqCst), 2);
    let before = counter.changes();
    store.change();
    until(|| counter.changes() > before);
    bob_store.change();
    until(|| bobs.changes() == 1);
    for connection in [connection, second, bob] {
        connection.release(BOUND).unwrap();
    }
    assert_eq!((lists.entries().len(), lists.detached_pollers()), (0, 0));
}

#[test]
fn a_dead_poller_is_noticed_at_the_next_use_and_replaced() {
    a_poller_dies(Mood::Fails);
}

#[test]
fn a_panicking_feed_ends_its_poller_only_and_the_end_is_signalled() {
    a_poller_dies(Mood::Panics);
}

#[test]
fn a_release_after_the_poller_has_died_waits_for_nothing() {
    for mood in [Mood::Fails, Mood::Panics] {
        let lists = lists(BOUND);
        let store = Store::default();
        let connection = connect(&lists, key("alice"), &store);
        store.behave(mood);
        store.change();
        // Whether the poller is dead by now or dies later.
        let begin = Instant::now();
        connection.release(BOUND).unwrap();
        assert!(begin.elapsed() < BOUND / 2);
        until(|| lists.entries().is_empty());
    }
}

#[test]
fn a_poller_that_cannot_start_fails_the_connect_and_signals_its_end() {
    let lists = lists(BOUND);
    let store = Store::default();
    store.behave(Mood::NeverBegins);
    let open = |_: &Token| Ok(store.clone());
    let failure = lists.connect(key("alice"), holder(1), None, open).err().unwrap();
    assert_eq!((failure.code, &*failure.says), (Code::NETWORK_ERROR, "there is no feed"));
    until(|| lists.entries().is_empty());
    assert_eq!(lists.detached_pollers(), 0);
}

#[test]
fn a_thread_that_is_never_scheduled_signals_its_end_too() {
    let lists = lists(BOUND);
    let store = Store::default();
    let connection = connect(&lists, key("alice"), &store);
    let counter = Counter::new();
    connection.subscribe(counter.clone()).unwrap();
    store.behave(Mood::Fails);
    store.change();
    until(|| lists.entries()[0].state == PollerState::Ended);
    store.behave(Mood::Tells);
    // What a spawner that cannot start a thread does with the post: it drops it.
    connection.drop_an_ordered_post();
    assert_eq!(lists.entries()[0].state, PollerState::Ended);
    let second = connect(&lists, key("alice"), &store);
    assert_eq!(lists.entries()[0].state, PollerState::Waiting);
    until(|| counter.failures().len() == 2);
    assert_eq!(counter.failures()[1].code, Code::NOT_ENOUGH_RESOURCES);
    drop(second);
}

#[test]
fn a_release_that_takes_too_long_says_what_it_waited_for_and_gives_the_poller_up() {
    let lists = lists(Duration::ZERO);
    let store = Store::default();
    let connection = connect(&lists, key("alice"), &store);
    store.behave(Mood::Hangs);
    store.change();
    until(|| lists.entries()[0].state == PollerState::Reading);
    let begin = Instant::now();
    let failure = connection.release(SOON).unwrap_err();
    assert!(begin.elapsed() < Duration::from_secs(4), "bounded");
    assert_eq!(failure.code, Code::TIMEOUT);
    assert!(failure.says.contains("the poller of alice's list of a server"), "{failure}");
    assert!(failure.says.contains("asking its feed"), "{failure}");
    assert_eq!(lists.detached_pollers(), 1);
    assert_eq!(lists.entries()[0].state, PollerState::Detached);
    // A new list of the same key does not mind the old one's poller.
    connect(&lists, key("alice"), &Store::default()).release(BOUND).unwrap();
    store.0.is_let_go.store(true, Ordering::SeqCst);
    until(|| lists.detached_pollers() == 0);
    assert!(lists.entries().is_empty());
}

#[test]
fn a_subscriber_that_blocks_costs_its_own_release_the_bound_and_the_others_nothing() {
    let lists = lists(BOUND);
    let (store, go_on) = (Store::default(), Arc::new(Mutex::new(())));
    let held = go_on.lock().unwrap();
    let gate = Arc::clone(&go_on);
    let blocks = Counter::doing(move || drop(gate.lock()));
    let (slow, quick) =
        (connect(&lists, key("alice"), &store), connect(&lists, key("alice"), &store));
    let counter = Counter::new();
    slow.subscribe(blocks.clone()).unwrap();
    store.change();
    until(|| blocks.changes() == 1);
    quick.subscribe(counter.clone()).unwrap();
    assert_eq!(slow.release(SOON).unwrap_err().code, Code::TIMEOUT);
    until(|| counter.failures().len() == 1);
    assert_eq!(lists.detached_pollers(), 1);
    store.change();
    until(|| counter.changes() == 1);
    drop(held);
    until(|| lists.detached_pollers() == 0);
    quick.release(BOUND).unwrap();
}

#[test]
fn after_a_release_or_an_unsubscribe_nobody_is_called_and_inside_the_call_nobody_waits() {
    let lists = lists(Duration::ZERO);
    let store = Store::default();
    let own: Arc<Mutex<Option<Connection<Store>>>> = Arc::default();
    let mine = Arc::clone(&own);
    let releases = Counter::doing(move || {
        let taken = mine.lock().unwrap().take();
        taken.unwrap().release(BOUND).unwrap();
    });
    let connection = connect(&lists, key("alice"), &store);
    let counter = Counter::new();
    let id = connection.subscribe(counter.clone()).unwrap();
    store.change();
    until(|| counter.changes() == 1);
    connection.unsubscribe(id).unwrap();
    connection.subscribe(releases.clone()).unwrap();
    *own.lock().unwrap() = Some(connection);
    store.change();
    until(|| lists.entries().is_empty());
    assert_eq!((releases.changes(), counter.changes()), (1, 1));
}

#[test]
fn a_panicking_subscriber_does_not_keep_the_others_from_being_told() {
    let lists = lists(BOUND);
    let (store, counter) = (Store::default(), Counter::new());
    let connection = connect(&lists, key("alice"), &store);
    connection.subscribe(Counter::doing(|| panic!("a planted panic of a subscriber"))).unwrap();
    connection.subscribe(counter.clone()).unwrap();
    for told in 1..=3 {
        store.change();
        until(|| counter.changes() == told);
    }
    assert!(counter.failures().is_empty());
}

#[test]
fn a_drain_ends_lists_with_connections_too_and_tells_their_subscribers() {
    let lists = lists(BOUND);
    let (store, counter) = (Store::default(), Counter::new());
    let connection = connect(&lists, key("alice"), &store);
    connection.subscribe(counter.clone()).unwrap();
    drop(connect(&lists, key("bob"), &Store::default()));
    assert_eq!(lists.entries().len(), 2);
    lists.drain(BOUND).unwrap();
    assert!(lists.entries().is_empty());
    assert_eq!(counter.failures()[0].code, Code::END_OF_SESSION);
    assert_eq!(connection.subscribe(counter).unwrap_err().code, Code::INVALID_OBJECT);
    connection.release(BOUND).unwrap();
    // Messaging may be initialized again.
    connect(&lists, key("alice"), &store).release(BOUND).unwrap();
    lists.drain(BOUND).unwrap();
}

#[test]
fn a_drain_names_the_pollers_that_do_not_end_in_time() {
    let lists = lists(BOUND);
    let store = Store::default();
    let connection = connect(&lists, key("alice"), &store);
    store.behave(Mood::Hangs);
    store.change();
    until(|| lists.entries()[0].state == PollerState::Reading);
    drop(connect(&lists, key("bob"), &Store::default()));
    let failure = lists.drain(SOON).unwrap_err();
    assert_eq!(failure.code, Code::TIMEOUT);
    assert!(failure.says.contains("alice's") && !failure.says.contains("bob's"), "{failure}");
    store.0.is_let_go.store(true, Ordering::SeqCst);
    until(|| lists.detached_pollers() == 0);
    drop(connection);
}

#[test]
fn a_list_without_connections_lingers_and_is_reused_and_then_ends() {
    let linger = Duration::from_millis(500);
    let lists = lists(linger);
    let store = Store::default();
    connect(&lists, key("alice"), &store).release(BOUND).unwrap();
    let poller = lists.entries()[0].poller;
    let begin = Instant::now();
    while begin.elapsed() < linger * 2 {
        connect(&lists, key("alice"), &Store::default()).release(BOUND).unwrap();
        std::thread::sleep(linger / 20);
    }
    assert_eq!(lists.entries()[0].poller, poller, "as long as it is used");
    assert_eq!(store.0.feeds.load(Ordering::SeqCst), 1);
    until(|| lists.entries().is_empty());
}

#[test]
fn a_fork_answers_not_initialized_instead_of_waiting_for_an_inherited_lock() {
    let lists = lists(BOUND);
    let connection = connect(&lists, key("alice"), &Store::default());
    // Held while the child is made: there it is never given back.
    let status = lists.in_a_fork_with_its_locks_held(&connection, || {
        let open = |_: &Token| Ok(Store::default());
        let connect = lists.connect(key("alice"), holder(1), None, open).err();
        let subscribe = connection.subscribe(Counter::new()).err();
        let codes = [connect, subscribe, lists.drain(BOUND).err()].map(|it| it.map(|it| it.code));
        let is_refused = codes == [Some(Code::NOT_INITIALIZED); 3];
        i32::from(!(is_refused && lists.entries().is_empty()))
    });
    assert_eq!(status, 0);
    connection.release(BOUND).unwrap();
}

#[test]
fn the_processes_lists_are_not_there_for_a_fork_and_configured_before_their_use() {
    let settings = crate::Settings { linger: Duration::ZERO, ..crate::Settings::default() };
    crate::configure(settings.clone()).unwrap();
    let open = |_: &Token| Ok(Store::default());
    let connection = crate::connect(key("alice"), holder(1), None, open).unwrap();
    assert_eq!(crate::configure(settings).unwrap_err().code, Code::BUSY);
    let status = crate::ffi::in_a_fork(|| {
        let connect = crate::connect(key("alice"), holder(1), None, open).err();
        let codes = [connect, crate::drain(BOUND).err()].map(|it| it.map(|it| it.code));
        let is_refused = codes == [Some(Code::NOT_INITIALIZED); 2];
        i32::from(!(is_refused && crate::lists().is_empty()))
    });
    assert_eq!((status, crate::lists().len()), (0, 1));
    connection.release(BOUND).unwrap();
    assert_eq!((crate::lists().len(), crate::detached_pollers()), (0, 0));
    crate::drain(BOUND).unwrap();
}
