//! The life of the multithreaded apartment, in every order of steps
//! (`cargo xtask models`).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use com_abi::codes::{CO_E_NOTINITIALIZED, E_INVALIDARG, RPC_E_DISCONNECTED};
use loom::thread;

use crate::apartment::{self, Apartment};
use crate::call;
use crate::membership::{decrement_mta_usage, enter, increment_mta_usage, leave};
use crate::stub::{Hold, Leave};
use crate::stub_model_tests::{bounded, stub};
use crate::sync::{Fault, plant};

/// In the MTA for a while, with an object there.
fn live() {
    enter(true).unwrap();
    let home = apartment::current().unwrap();
    let (stub, seen) = stub();
    assert!(Arc::ptr_eq(stub.home().apartment(), &home));
    assert_eq!(seen.released(), 0, "it lives while its apartment has a user");
    leave();
    stub.let_go(Hold::Strong, Leave::Released);
    assert_eq!(seen.released(), 1, "and ends with it, or with its holder");
}

/// The MTA is kept by a cookie for a while.
fn keep() {
    let cookie = increment_mta_usage();
    assert!(apartment::current().is_ok(), "a member by its mere existence");
    decrement_mta_usage(cookie).unwrap();
    assert_eq!(decrement_mta_usage(cookie), Err(E_INVALIDARG));
}

fn users_come_and_go() {
    let member = thread::spawn(live);
    let other = thread::spawn(keep);
    live();
    member.join().unwrap();
    other.join().unwrap();
    assert_eq!(apartment::current().map(|_| ()), Err(CO_E_NOTINITIALIZED), "nobody is left");
}

#[test]
fn the_apartment_ends_with_its_last_user_and_not_before() {
    bounded(2, users_come_and_go);
}

#[test]
#[should_panic]
fn the_model_finds_an_apartment_that_ends_under_a_new_user() {
    let _fault = plant(Fault::LeavesInTwoSteps);
    bounded(2, users_come_and_go);
}

/// A call from an STA into an apartment whose last user leaves: it runs, or is
/// refused; its caller goes on either way.
fn a_call_at_the_end() -> bool {
    let (home, ran) = (mta_with_a_cookie(), Arc::new(AtomicUsize::new(0)));
    let (there, runs) = (Arc::clone(&home.0), Arc::clone(&ran));
    let caller = thread::spawn(move || {
        enter(false).unwrap();
        let answer = call::run(&there, "a model", || runs.fetch_add(1, Ordering::SeqCst));
        assert!(matches!(answer, Ok(0) | Err(RPC_E_DISCONNECTED)), "{answer:?}");
        leave();
        answer.is_ok()
    });
    decrement_mta_usage(home.1).unwrap();
    let has_run = caller.join().unwrap();
    assert_eq!(ran.load(Ordering::SeqCst), usize::from(has_run));
    assert_eq!(home.0.queue_depth(), 0, "nothing is left behind");
    has_run
}

fn mta_with_a_cookie() -> (Arc<Apartment>, u64) {
    let cookie = increment_mta_usage();
    (apartment::current().unwrap(), cookie)
}

#[test]
fn a_call_into_an_apartment_that_ends_runs_or_is_refused() {
    static OUTCOMES: [AtomicUsize; 2] = [AtomicUsize::new(0), AtomicUsize::new(0)];
    bounded(2, || {
        OUTCOMES[usize::from(a_call_at_the_end())].fetch_add(1, Ordering::SeqCst);
    });
    let seen = OUTCOMES.each_ref().map(|count| count.load(Ordering::SeqCst));
    assert!(seen.iter().all(|count| *count > 0), "refused and run: {seen:?}");
}

/// Whoever comes when the last user goes has the old apartment or a new one, and
/// a call to the old one is not served by the new one.
#[test]
fn a_new_apartment_is_not_the_old_one() {
    bounded(2, || {
        let (old, cookie) = mta_with_a_cookie();
        let comer = thread::spawn(|| {
            enter(true).unwrap();
            let own = apartment::current().unwrap();
            leave();
            own
        });
        decrement_mta_usage(cookie).unwrap();
        let other = comer.join().unwrap();
        assert_eq!(Arc::ptr_eq(&old, &other), old.id() == other.id());
        assert_eq!(apartment::current().map(|_| ()), Err(CO_E_NOTINITIALIZED));
    });
}
