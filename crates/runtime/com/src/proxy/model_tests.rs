//! Managers of proxies in every order of steps (`cargo xtask models`).

use std::sync::Arc;

use loom::thread;

use super::manager::{Manager, release};
use super::table::{disconnect_apartment, has_proxies, manager_for};
use crate::apartment::{Apartment, Kind};
use crate::contexts::Context;
use crate::stub::{Hold, Leave, Stub};
use crate::stub_model_tests::{bounded, in_mta, stub};
use crate::sync::{Fault, plant};

/// Another apartment than that of the model's threads, which hold its proxies.
fn client() -> Arc<Apartment> {
    Apartment::new(Kind::Sta, Arc::default())
}

fn unmarshal(client: &Arc<Apartment>, stub: &Arc<Stub>) -> &'static Manager {
    // SAFETY: the model's memory stays; that nobody uses what is gone is checked.
    unsafe { &*manager_for(&Context::default_of(Arc::clone(client)), stub).unwrap() }
}

fn let_go(manager: &'static Manager) {
    // SAFETY: the caller has a reference and does not use it again.
    unsafe { release(manager) };
}

/// Two threads of an apartment get and release the same object.
fn one_object_for_two() {
    in_mta(|_| {
        let (stub, seen) = stub();
        let client = client();
        let (there, other) = (Arc::clone(&client), Arc::clone(&stub));
        let thread = thread::spawn(move || let_go(unmarshal(&there, &other)));
        let_go(unmarshal(&client, &stub));
        thread.join().unwrap();
        assert_eq!(stub.holders(), (1, 0, 0), "every manager has given its hold back");
        assert!(!has_proxies(&client));
        assert_eq!(seen.released(), 0);
        stub.let_go(Hold::Strong, Leave::Released);
        assert_eq!(seen.released(), 1);
    });
}

#[test]
fn a_manager_that_dies_is_not_found() {
    bounded(3, one_object_for_two);
}

#[test]
#[should_panic(expected = "Causality violation")]
fn the_model_finds_a_manager_that_is_raised_too_late() {
    let _fault = plant(Fault::RaisesLate);
    bounded(3, one_object_for_two);
}

#[test]
fn an_object_has_one_identity_while_anybody_holds_it() {
    bounded(3, || {
        in_mta(|_| {
            let (stub, _) = stub();
            let client = client();
            let (there, other) = (Arc::clone(&client), Arc::clone(&stub));
            let thread = thread::spawn(move || unmarshal(&there, &other));
            let one = unmarshal(&client, &stub);
            let two = thread.join().unwrap();
            assert!(core::ptr::eq(one, two), "both live, so they are one");
            assert_eq!(stub.holders(), (2, 0, 0), "one hold, and the model's");
            let_go(one);
            let_go(two);
            assert_eq!(stub.holders(), (1, 0, 0));
            stub.let_go(Hold::Strong, Leave::Released);
        });
    });
}

#[test]
fn the_end_of_the_client_and_the_last_release_give_one_hold_back() {
    bounded(3, || {
        in_mta(|_| {
            let (stub, seen) = stub();
            let client = client();
            let manager = unmarshal(&client, &stub);
            let ending = Arc::clone(&client);
            let thread = thread::spawn(move || disconnect_apartment(&ending));
            let_go(manager);
            thread.join().unwrap();
            assert_eq!((stub.holders(), seen.released()), ((1, 0, 0), 0));
            stub.let_go(Hold::Strong, Leave::Released);
            assert_eq!(seen.released(), 1);
        });
    });
}
