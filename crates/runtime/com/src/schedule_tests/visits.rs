//! Two single-threaded apartments that call each other, and back.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use com_abi::Interface;
use com_abi::codes::S_OK;
use shuttle::sync::mpsc::{Receiver, Sender, channel};

use super::{
    Counts, IVisit, Other, Visited, check_end, export, import, schedules, spawn, sta, thread_of,
};
use crate::apartment::{self, Apartment};
use crate::membership::{decrement_mta_usage, increment_mta_usage};
use crate::proxy::Marshaled;
use crate::sync::{Fault, plant, tid};

/// What one side tells the other: its object, its apartment, its thread.
type Card = (Marshaled, Arc<Apartment>, i32);

/// One of two sides; `visit` gets the other's object, of which it has the only
/// reference, its thread, and what this side's object knows.
fn side(
    counts: &Arc<Counts>,
    done: &Arc<AtomicUsize>,
    (to, from): (Sender<Card>, Receiver<Card>),
    visit: fn(IVisit, i32, &Other),
) -> impl FnOnce(Arc<Apartment>) + Send + 'static {
    let (counts, done) = (Arc::clone(counts), Arc::clone(done));
    move |own| {
        let known = Arc::new(Other::default());
        let object = Visited::object(&counts, &known);
        to.send((export(&object), own, tid())).unwrap();
        let (marshaled, home, thread) = from.recv().unwrap();
        let other = import(&marshaled).unwrap();
        drop(marshaled);
        visit(other, thread, &known);
        done.fetch_add(1, Ordering::SeqCst);
        home.wake();
        apartment::serve_until(|| done.load(Ordering::SeqCst) == 2);
    }
}

fn two_sides(one: fn(IVisit, i32, &Other), two: fn(IVisit, i32, &Other)) {
    let (counts, done) = (Arc::new(Counts::default()), Arc::default());
    let ((to_two, at_two), (to_one, at_one)) = (channel(), channel());
    let one = sta(side(&counts, &done, (to_two, at_one), one));
    let two = sta(side(&counts, &done, (to_one, at_two), two));
    one.join().unwrap();
    two.join().unwrap();
    check_end(&counts);
}

fn call(other: IVisit, thread: i32, _: &Other) {
    for _ in 0..2 {
        assert_eq!(thread_of(&other), Ok(thread));
    }
}

fn calls_each_other() {
    two_sides(call, call);
}

#[test]
fn two_apartments_that_call_each_other_both_get_answers() {
    schedules(calls_each_other);
}

#[test]
#[should_panic(expected = "deadlock")]
fn the_model_finds_apartments_that_do_not_serve_while_they_wait() {
    let _fault = plant(Fault::SleepsDeaf);
    schedules(calls_each_other);
}

fn descend(other: IVisit, _: i32, known: &Other) {
    *known.0.borrow_mut() = Some(other.clone());
    let mut calls = 0;
    // SAFETY: a live interface and a writable place.
    let code = unsafe { other.Descend(3, &mut calls) };
    // The other side calls back if it knows this one already.
    assert!(code == S_OK && (calls == 1 || calls == 3), "{code:?} {calls}");
    known.0.borrow_mut().take();
}

fn three_deep() {
    two_sides(descend, descend);
}

#[test]
fn callbacks_three_deep_from_both_sides_come_back() {
    schedules(three_deep);
}

#[test]
#[should_panic(expected = "deadlock")]
fn the_model_finds_callbacks_that_nobody_serves() {
    let _fault = plant(Fault::SleepsDeaf);
    schedules(three_deep);
}

/// The callee releases the caller's only pointer to it, by a call back, while the
/// call is on the caller's stack.
fn quarrel(other: IVisit, _: i32, known: &Other) {
    let raw = other.as_raw();
    *known.0.borrow_mut() = Some(other);
    // SAFETY: the callee releases it during the call, which keeps it to its end.
    let code = unsafe { IVisit::from_raw_borrowed(&raw).unwrap().Quarrel() };
    assert_eq!(code, S_OK);
    known.0.borrow_mut().take();
}

fn only_know(other: IVisit, _: i32, known: &Other) {
    *known.0.borrow_mut() = Some(other);
    // Serves the other's call; what is known goes with the object.
}

fn last_release_in_a_call() {
    two_sides(quarrel, only_know);
}

#[test]
fn the_last_proxy_is_released_by_the_callee_of_its_call() {
    schedules(last_release_in_a_call);
}

#[test]
#[should_panic(expected = "left == right")]
fn the_model_finds_a_call_that_does_not_hold_its_proxy() {
    let _fault = plant(Fault::CallsUncounted);
    schedules(last_release_in_a_call);
}

/// Threads of the MTA get, call and release proxies of one object.
fn shared_proxy() {
    let (counts, cookie) = (Arc::new(Counts::default()), increment_mta_usage());
    let done = Arc::new(AtomicUsize::new(0));
    let (to, from) = channel();
    let server = {
        let (counts, done) = (Arc::clone(&counts), Arc::clone(&done));
        sta(move |own| {
            let object = Visited::object(&counts, &Arc::default());
            let marshaled = Arc::new(export(&object));
            drop(object);
            to.send((marshaled, own, tid())).unwrap();
            apartment::serve_until(|| done.load(Ordering::SeqCst) == 3);
        })
    };
    let (marshaled, home, thread) = from.recv().unwrap();
    let clients = [(); 3].map(|()| {
        let (marshaled, home) = (Arc::clone(&marshaled), Arc::clone(&home));
        let done = Arc::clone(&done);
        spawn(move || {
            for _ in 0..2 {
                let proxy = import(&marshaled).unwrap();
                assert_eq!(thread_of(&proxy), Ok(thread));
            }
            drop(marshaled);
            done.fetch_add(1, Ordering::SeqCst);
            home.wake();
        })
    });
    drop(marshaled);
    clients.into_iter().for_each(|client| client.join().unwrap());
    server.join().unwrap();
    decrement_mta_usage(cookie).unwrap();
    check_end(&counts);
}

#[test]
fn proxies_that_are_released_while_others_get_them_work() {
    schedules(shared_proxy);
}

#[test]
#[should_panic(expected = "after it was freed")]
fn the_model_finds_a_proxy_that_is_found_too_late() {
    let _fault = plant(Fault::RaisesLate);
    schedules(shared_proxy);
}
