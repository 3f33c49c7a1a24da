//! Whole schedules of apartments that call each other, under very many orders of
//! steps (`cargo xtask models`): real queues, slots, calls, stubs and proxies, on
//! shuttle's threads.
//!
//! Half of the orders are drawn at random, half by priorities that change a few
//! times (PCT), which finds what needs one thread to be held up for long. Each
//! model has a fault that it finds.

mod cancelled;
mod ends;
mod refused;
mod visits;

use std::cell::RefCell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Once};

use com_abi::codes::S_OK;
use com_abi::{HRESULT, IUnknown, Interface, class, interface, new_interface};
use shuttle::scheduler::{PctScheduler, RandomScheduler};
use shuttle::thread::{JoinHandle, spawn};
use shuttle::{Config, Runner};

use crate::apartment::{self, Apartment};
use crate::membership::{enter, leave};
use crate::proxy::{Marshaled, marshal_as, unmarshal};
use crate::sync::tid;

/// Orders that are tried with each of both schedulers.
const ORDERS: usize = 1000;
/// With what they are drawn; shuttle takes `SHUTTLE_RANDOM_SEED` instead.
const SEED: u64 = 0x5041_5254_5957_414C;
/// Changes of priority in an order.
const CHANGES: usize = 4;
/// Stack of a model's thread, in bytes.
const STACK: usize = 256 << 10;

/// Runs a model.
fn schedules(body: fn()) {
    static DESCRIBED: Once = Once::new();
    DESCRIBED.call_once(|| partywall::com::describe::<IVisit>().unwrap());
    let mut config = Config::new();
    config.stack_size = STACK;
    config.silence_warnings = true;
    let random = RandomScheduler::new_from_seed(SEED, ORDERS);
    Runner::new(random, config.clone()).run(body);
    Runner::new(PctScheduler::new_from_seed(SEED, CHANGES, ORDERS), config).run(body);
}

/// An object that is visited.
#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00DA01", proxy)]
pub unsafe trait IVisit: IUnknown {
    /// The thread it runs on.
    unsafe fn Thread(&self, tid: *mut i32) -> HRESULT;
    /// Calls the other one, which calls this one, so deep; answers how often.
    unsafe fn Descend(&self, depth: i32, calls: *mut i32) -> HRESULT;
    /// Asks the other one to forget this one.
    unsafe fn Quarrel(&self) -> HRESULT;
    /// Lets the other one go.
    unsafe fn Forget(&self) -> HRESULT;
}

/// Objects that live, and calls that were served, in one run of a model.
#[derive(Default)]
struct Counts {
    alive: AtomicUsize,
    served: AtomicUsize,
}

#[class(interfaces(IVisit))]
struct Visited {
    home: i32,
    counts: Arc<Counts>,
    other: Arc<Other>,
}

/// The one that an object calls. Used by the object's thread only.
#[derive(Default)]
struct Other(RefCell<Option<IVisit>>);

impl Visited {
    fn object(counts: &Arc<Counts>, other: &Arc<Other>) -> IVisit {
        counts.alive.fetch_add(1, Ordering::SeqCst);
        let (counts, other) = (Arc::clone(counts), Arc::clone(other));
        new_interface(Self { home: tid(), counts, other }).unwrap()
    }

    fn enter(&self) {
        assert_eq!(tid(), self.home, "called on its own thread");
        self.counts.served.fetch_add(1, Ordering::SeqCst);
    }

    fn other(&self) -> Option<IVisit> {
        self.other.0.borrow().clone()
    }
}

impl Drop for Visited {
    fn drop(&mut self) {
        assert_eq!(tid(), self.home, "released on its own thread");
        self.counts.alive.fetch_sub(1, Ordering::SeqCst);
    }
}

impl IVisit_Impl for Visited {
    unsafe fn Thread(&self, out: *mut i32) -> HRESULT {
        self.enter();
        // SAFETY: the caller passes a writable place.
        unsafe { out.write(tid()) };
        S_OK
    }

    unsafe fn Descend(&self, depth: i32, calls: *mut i32) -> HRESULT {
        self.enter();
        let mut below = 0;
        if depth > 1
            && let Some(other) = self.other()
        {
            // SAFETY: a live interface and a writable place.
            let code = unsafe { other.Descend(depth - 1, &mut below) };
            if code != S_OK {
                return code;
            }
        }
        // SAFETY: the caller passes a writable place.
        unsafe { calls.write(below + 1) };
        S_OK
    }

    unsafe fn Quarrel(&self) -> HRESULT {
        self.enter();
        // SAFETY: a live interface.
        self.other().map_or(S_OK, |other| unsafe { other.Forget() })
    }

    unsafe fn Forget(&self) -> HRESULT {
        self.enter();
        let gone = self.other.0.borrow_mut().take();
        drop(gone);
        S_OK
    }
}

/// On its way to another apartment.
fn export(object: &IVisit) -> Marshaled {
    let unknown: IUnknown = object.cast().unwrap();
    marshal_as(&unknown, &IVisit::IID).unwrap()
}

fn import(marshaled: &Marshaled) -> Result<IVisit, HRESULT> {
    // SAFETY: the answer is that interface with a reference.
    unmarshal(marshaled, &IVisit::IID).map(|raw| unsafe { IVisit::from_raw(raw) })
}

fn thread_of(object: &IVisit) -> Result<i32, HRESULT> {
    let mut thread = 0;
    // SAFETY: a live interface and a writable place.
    let code = unsafe { object.Thread(&mut thread) };
    if code == S_OK { Ok(thread) } else { Err(code) }
}

/// A thread that is an STA while `body` runs.
fn sta<R: Send + 'static>(
    body: impl FnOnce(Arc<Apartment>) -> R + Send + 'static,
) -> JoinHandle<R> {
    spawn(move || {
        enter(false).unwrap();
        let answer = body(apartment::current().unwrap());
        leave();
        answer
    })
}

/// Nothing is left of a model.
fn check_end(counts: &Counts) {
    assert_eq!(counts.alive.load(Ordering::SeqCst), 0, "every object was released");
    assert!(apartment::current().is_err(), "no apartment is left");
}
