//! Stubs, and who holds them, in every order of steps (`cargo xtask models`).

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use com_abi::codes::{CO_E_OBJNOTCONNECTED, S_OK};
use com_abi::marshal::{IExternalConnection, IExternalConnection_Impl};
use com_abi::{HRESULT, IUnknown, Interface, class, interface, new_interface};
use loom::thread;

use crate::apartment::{self, Apartment};
use crate::contexts::Context;
use crate::membership::{decrement_mta_usage, enter, increment_mta_usage, leave};
use crate::stub::{Hold, Leave, RunningCalls, Stub};
use crate::sync::{Fault, plant};

/// What an object has seen.
#[derive(Default)]
pub struct Seen {
    released: AtomicUsize,
    /// Whether it has strong holders, each time that it was told.
    told: Mutex<Vec<bool>>,
}

impl Seen {
    pub fn released(&self) -> usize {
        self.released.load(Ordering::SeqCst)
    }
}

/// Where an object lives, and what it sees.
pub struct Core {
    home: u64,
    seen: Arc<Seen>,
}

impl Drop for Core {
    fn drop(&mut self) {
        let here = apartment::current().map(|here| here.id());
        assert_eq!(here, Ok(self.home), "released at home");
        self.seen.released.fetch_add(1, Ordering::SeqCst);
    }
}

#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00D901", proxy)]
pub unsafe trait IPlain: IUnknown {
    unsafe fn Nothing(&self) -> HRESULT;
}

#[class(interfaces(IPlain))]
pub struct Plain(Core);

impl IPlain_Impl for Plain {
    unsafe fn Nothing(&self) -> HRESULT {
        S_OK
    }
}

#[class(interfaces(IExternalConnection))]
pub struct Told(Core);

impl Told {
    fn hear(&self, keeps: bool) {
        // A step, so that two threads can meet here.
        thread::yield_now();
        self.0.seen.told.lock().unwrap().push(keeps);
    }
}

impl IExternalConnection_Impl for Told {
    unsafe fn AddConnection(&self, _kind: u32, _reserved: u32) -> u32 {
        self.hear(true);
        1
    }

    unsafe fn ReleaseConnection(&self, _kind: u32, _reserved: u32, _closes: i32) -> u32 {
        self.hear(false);
        0
    }
}

/// A stub in this thread's apartment, with one strong holder.
pub fn stub() -> (Arc<Stub>, Arc<Seen>) {
    let (home, seen) = (apartment::current().unwrap(), Arc::new(Seen::default()));
    let core = Core { home: home.id(), seen: Arc::clone(&seen) };
    let object: IPlain = new_interface(Plain(core)).unwrap();
    let object: IUnknown = object.cast().unwrap();
    let context = Context::default_of(Arc::clone(&home));
    (home.stubs().hold(&context, &object, Hold::Strong).unwrap(), seen)
}

/// As [`stub`], of an object that is told.
fn told_stub() -> (Arc<Stub>, Arc<Seen>) {
    let (home, seen) = (apartment::current().unwrap(), Arc::new(Seen::default()));
    let core = Core { home: home.id(), seen: Arc::clone(&seen) };
    let object: IExternalConnection = new_interface(Told(core)).unwrap();
    let object: IUnknown = object.cast().unwrap();
    let context = Context::default_of(Arc::clone(&home));
    (home.stubs().hold(&context, &object, Hold::Strong).unwrap(), seen)
}

pub fn bounded(preemptions: usize, body: impl Fn() + Sync + Send + 'static) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(preemptions);
    model.max_branches = 20_000;
    model.check(body);
}

/// Every thread of the model is in the MTA while `body` runs.
pub fn in_mta(body: impl FnOnce(Arc<Apartment>)) {
    let cookie = increment_mta_usage();
    body(apartment::current().unwrap());
    decrement_mta_usage(cookie).unwrap();
}

fn release(stub: &Arc<Stub>, kind: Hold) {
    stub.let_go(kind, Leave::Released);
}

/// The stub has ended for good, and nothing is left of it.
fn check_end(stub: &Arc<Stub>, seen: &Seen) {
    assert!(stub.has_ended());
    assert_eq!(seen.released(), 1, "released exactly once");
    assert_eq!(stub.holders(), (0, 0, 0));
    assert_eq!(stub.hold(Hold::Strong), Err(CO_E_OBJNOTCONNECTED));
    assert_eq!(stub.hold(Hold::Weak), Err(CO_E_OBJNOTCONNECTED));
    assert_eq!(stub.home().stubs().count(), 0);
}

/// Becomes a holder for a while, if it still can.
fn visit(stub: &Arc<Stub>, kind: Hold, seen: &Seen) {
    if stub.hold(kind).is_ok() {
        if kind == Hold::Strong {
            assert_eq!(seen.released(), 0, "a strong holder keeps the object");
        }
        release(stub, kind);
    }
}

fn holders_come_and_go() {
    in_mta(|_| {
        let (stub, seen) = stub();
        let visitors = [Hold::Strong, Hold::Weak].map(|kind| {
            let (stub, seen) = (Arc::clone(&stub), Arc::clone(&seen));
            thread::spawn(move || visit(&stub, kind, &seen))
        });
        release(&stub, Hold::Strong);
        visitors.into_iter().for_each(|visitor| visitor.join().unwrap());
        check_end(&stub, &seen);
    });
}

#[test]
fn whoever_goes_last_releases_the_object_once() {
    bounded(3, holders_come_and_go);
}

#[test]
#[should_panic(expected = "keeps the object")]
fn the_model_finds_a_holder_after_the_end() {
    let _fault = plant(Fault::HoldsTheEnded);
    bounded(3, holders_come_and_go);
}

#[test]
fn a_disconnected_object_is_released_once_whoever_holds_it() {
    bounded(3, || {
        in_mta(|home| {
            let (stub, seen) = stub();
            let visitor = Arc::clone(&stub);
            let visitor = thread::spawn(move || {
                if visitor.hold(Hold::Strong).is_ok() {
                    release(&visitor, Hold::Strong);
                }
            });
            let (there, other) = (Arc::clone(&home), Arc::clone(&stub));
            let disconnecter = thread::spawn(move || there.stubs().disconnect(&other));
            release(&stub, Hold::Strong);
            visitor.join().unwrap();
            disconnecter.join().unwrap();
            check_end(&stub, &seen);
        });
    });
}

#[test]
fn locks_count_and_unlocks_that_have_none_do_nothing() {
    bounded(3, || {
        in_mta(|_| {
            let (stub, seen) = stub();
            let locker = Arc::clone(&stub);
            let locker = thread::spawn(move || {
                if locker.lock_object().is_ok() {
                    locker.unlock_object(true);
                }
            });
            let unlocker = Arc::clone(&stub);
            let unlocker = thread::spawn(move || unlocker.unlock_object(true));
            locker.join().unwrap();
            unlocker.join().unwrap();
            assert_eq!((seen.released(), stub.holders()), (0, (1, 0, 0)));
            release(&stub, Hold::Strong);
            check_end(&stub, &seen);
        });
    });
}

fn the_told_object() {
    in_mta(|_| {
        let (stub, seen) = told_stub();
        let visitors = [(), ()].map(|()| {
            let stub = Arc::clone(&stub);
            thread::spawn(move || {
                if stub.hold(Hold::Strong).is_ok() {
                    release(&stub, Hold::Strong);
                }
            })
        });
        // It stays without strong holders as long as there is a weak one.
        stub.hold(Hold::Weak).unwrap();
        release(&stub, Hold::Strong);
        visitors.into_iter().for_each(|visitor| visitor.join().unwrap());
        let told = seen.told.lock().unwrap().clone();
        let in_turn = |at: usize| at % 2 == 0;
        assert!(told.iter().enumerate().all(|(at, keeps)| *keeps == in_turn(at)), "{told:?}");
        assert_eq!(told.last(), Some(&false), "nobody keeps it at the end");
        release(&stub, Hold::Weak);
        check_end(&stub, &seen);
    });
}

#[test]
fn an_object_hears_of_first_and_last_holders_in_turn() {
    bounded(2, the_told_object);
}

#[test]
#[should_panic(expected = "true, true")]
fn the_model_finds_two_threads_that_tell_at_once() {
    let _fault = plant(Fault::TellsAtOnce);
    bounded(2, the_told_object);
}

/// The object's apartment ends while others let it go.
#[test]
fn the_end_of_the_apartment_and_the_last_holder_do_not_both_release() {
    bounded(2, || {
        let cookie = increment_mta_usage();
        enter(false).unwrap();
        let (stub, seen) = stub();
        let holder = Arc::clone(&stub);
        let holder = thread::spawn(move || release(&holder, Hold::Strong));
        let (visitor, visited) = (Arc::clone(&stub), Arc::clone(&seen));
        let visitor = thread::spawn(move || {
            if visitor.hold(Hold::Strong).is_ok() {
                release(&visitor, Hold::Strong);
            }
            // Home has released it, or this thread has waited for that.
            let _ = visited.released();
        });
        leave();
        holder.join().unwrap();
        visitor.join().unwrap();
        check_end(&stub, &seen);
        decrement_mta_usage(cookie).unwrap();
    });
}

/// A call keeps the interface that it uses, whatever happens to the stub.
#[test]
fn an_object_that_is_disconnected_in_a_call_lives_to_its_end() {
    partywall::com::describe::<IPlain>().unwrap();
    bounded(3, || {
        in_mta(|home| {
            let (stub, seen) = stub();
            stub.connect(&IPlain::IID).unwrap();
            let (called, seen_there) = (Arc::clone(&stub), Arc::clone(&seen));
            let call = thread::spawn(move || {
                if let Ok(pinned) = called.pin(&IPlain::IID) {
                    thread::yield_now();
                    assert_eq!(seen_there.released(), 0, "the call keeps it");
                    drop(pinned);
                }
            });
            home.stubs().disconnect(&stub);
            call.join().unwrap();
            release(&stub, Hold::Strong);
            check_end(&stub, &seen);
        });
    });
}

fn a_call_that_is_waited_for() {
    in_mta(|home| {
        let there = Arc::clone(&home);
        let began = loom::sync::Arc::new(loom::sync::Notify::new());
        let begin = loom::sync::Arc::clone(&began);
        let caller = thread::spawn(move || {
            let there = Context::default_of(there);
            let running = crate::stub::Running::begin(&there);
            begin.notify();
            drop(running);
        });
        began.wait();
        let running: &RunningCalls = home.stubs().running();
        assert!(running.wait_for_none(Duration::from_secs(3600)));
        caller.join().unwrap();
    });
}

#[test]
fn who_waits_for_the_end_of_calls_is_woken() {
    bounded(3, a_call_that_is_waited_for);
}

#[test]
#[should_panic(expected = "deadlock")]
fn the_model_finds_a_call_that_ends_in_silence() {
    let _fault = plant(Fault::WakesNobody);
    bounded(3, a_call_that_is_waited_for);
}
