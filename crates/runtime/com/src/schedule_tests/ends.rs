//! Apartments that end while calls are in their queues and callers wait.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use com_abi::HRESULT;
use com_abi::codes::{CO_E_OBJNOTCONNECTED, RPC_E_DISCONNECTED};
use shuttle::sync::mpsc::channel;

use super::{Counts, Other, Visited, check_end, export, import, schedules, spawn, sta, thread_of};
use crate::apartment;
use crate::membership::{decrement_mta_usage, enter, increment_mta_usage, leave};
use crate::proxy::Marshaled;
use crate::sync::{Fault, plant, tid};

/// Calls until the object's apartment has ended; answers how often it was served.
fn call_to_the_end(marshaled: &Marshaled, thread: i32) -> Result<usize, HRESULT> {
    let proxy = import(marshaled)?;
    for served in 0.. {
        match thread_of(&proxy) {
            Ok(there) => assert_eq!(there, thread),
            Err(RPC_E_DISCONNECTED | CO_E_OBJNOTCONNECTED) => return Ok(served),
            Err(code) => return Err(code),
        }
    }
    Ok(0)
}

/// An STA that ends in the middle of its callers' calls.
fn an_end_among_calls() {
    let (counts, cookie) = (Arc::new(Counts::default()), increment_mta_usage());
    let (to, from) = channel();
    let server = {
        let counts = Arc::clone(&counts);
        sta(move |_| {
            let object = Visited::object(&counts, &Arc::new(Other::default()));
            to.send((Arc::new(export(&object)), tid())).unwrap();
            drop(object);
            apartment::serve_until(|| counts.served.load(Ordering::SeqCst) >= 2);
        })
    };
    let (marshaled, thread) = from.recv().unwrap();
    let for_sta = Arc::clone(&marshaled);
    let in_sta = sta(move |_| call_to_the_end(&for_sta, thread));
    let in_mta = spawn(move || call_to_the_end(&marshaled, thread));
    // Who comes too late for a proxy is told so.
    let come = |answer: Result<usize, HRESULT>| match answer {
        Ok(served) => served,
        Err(code) => {
            assert!(matches!(code, RPC_E_DISCONNECTED | CO_E_OBJNOTCONNECTED), "{code:?}");
            0
        }
    };
    let served = come(in_sta.join().unwrap()) + come(in_mta.join().unwrap());
    server.join().unwrap();
    assert_eq!(served, counts.served.load(Ordering::SeqCst), "what ran was answered");
    decrement_mta_usage(cookie).unwrap();
    check_end(&counts);
}

#[test]
fn callers_of_an_apartment_that_ends_are_told() {
    schedules(an_end_among_calls);
}

#[test]
#[should_panic(expected = "deadlock")]
fn the_model_finds_calls_that_an_ending_apartment_forgets() {
    let _fault = plant(Fault::ForgetsCalls);
    schedules(an_end_among_calls);
}

/// The thread of an STA ends without leaving it: others release what it made, and
/// what it held.
fn a_thread_dies() {
    let (counts, cookie) = (Arc::new(Counts::default()), increment_mta_usage());
    let gone = Arc::new(AtomicUsize::new(0));
    let (to, from) = channel();
    let server = {
        let (counts, gone) = (Arc::clone(&counts), Arc::clone(&gone));
        sta(move |own| {
            let object = Visited::object(&counts, &Arc::new(Other::default()));
            to.send((export(&object), own, tid())).unwrap();
            drop(object);
            apartment::serve_until(|| gone.load(Ordering::SeqCst) > 0);
        })
    };
    let (marshaled, home, thread) = from.recv().unwrap();
    let dying = spawn(move || {
        enter(false).unwrap();
        let proxy = import(&marshaled).unwrap();
        assert_eq!(thread_of(&proxy), Ok(thread));
        // Neither released nor left: the end of the thread has to do it.
        std::mem::forget(proxy);
    });
    dying.join().unwrap();
    // Thread-locals go when a thread has been waited for already.
    let mut looks = 0;
    while counts.alive.load(Ordering::SeqCst) > 0 {
        shuttle::thread::yield_now();
        looks += 1;
        assert!(looks < 10_000, "what a dead thread held was given up");
    }
    gone.store(1, Ordering::SeqCst);
    home.wake();
    server.join().unwrap();
    decrement_mta_usage(cookie).unwrap();
    check_end(&counts);
}

#[test]
fn what_a_thread_held_that_dies_is_given_up() {
    schedules(a_thread_dies);
}

/// The MTA ends, and a new one is made, while an STA calls into it.
fn the_mta_ends() {
    let ran = Arc::new(AtomicUsize::new(0));
    let cookie = increment_mta_usage();
    let mta = apartment::current().unwrap();
    let caller = {
        let (mta, ran) = (Arc::clone(&mta), Arc::clone(&ran));
        sta(move |_| {
            let body = || ran.fetch_add(1, Ordering::SeqCst);
            let answers = [(); 3].map(|()| crate::call::run(&mta, "a model", body));
            let known = |answer: &Result<_, _>| matches!(answer, Ok(_) | Err(RPC_E_DISCONNECTED));
            assert!(answers.iter().all(known), "{answers:?}");
            answers.iter().flatten().count()
        })
    };
    let member = spawn(|| {
        enter(true).unwrap();
        let own = apartment::current().unwrap();
        leave();
        own
    });
    decrement_mta_usage(cookie).unwrap();
    let own = member.join().unwrap();
    let answered = caller.join().unwrap();
    assert_eq!(answered, ran.load(Ordering::SeqCst));
    assert_eq!((mta.queue_depth(), own.queue_depth()), (0, 0), "nothing is left behind");
    check_end(&Counts::default());
}

#[test]
fn calls_into_a_multithreaded_apartment_that_ends_run_or_are_refused() {
    schedules(the_mta_ends);
}

#[test]
#[should_panic(expected = "deadlock")]
fn the_model_finds_calls_that_an_ending_multithreaded_apartment_forgets() {
    let _fault = plant(Fault::ForgetsCalls);
    schedules(the_mta_ends);
}
