//! Calls through every construct of the description, between apartments of every
//! kind, borrowed and captured; what they leave behind is nothing.

mod by_name;
mod constructs;
mod described;
mod failures;
mod implementation;
mod objects;
mod values;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;

use com_abi::{HRESULT, IUnknown, Interface, new_interface};
use partywall::com::Apartment;

use crate::frame::CAPTURES_ALL;
use crate::proxy::{Marshaled, marshal, unmarshal};
use crate::{apartment, memory};
use constructs::{IConstructs, ICount, IDerived};
use implementation::{Constructs, Counter};

/// Objects of the tests that are alive.
static ALIVE: AtomicUsize = AtomicUsize::new(0);

fn alive() -> usize {
    ALIVE.load(Ordering::SeqCst)
}

/// What is allocated: blocks, strings, arrays.
fn allocated() -> (i64, i64, i64) {
    (memory::blocks(), automation::live_strings(), automation::live_arrays())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Sta,
    Mta,
}

impl Place {
    fn enter(self) -> Apartment {
        match self {
            Self::Sta => Apartment::single_threaded().unwrap(),
            Self::Mta => Apartment::multithreaded().unwrap(),
        }
    }
}

/// An apartment with an object, which ends when told.
struct Home {
    marshaled: Option<Marshaled>,
    apartment: std::sync::Arc<apartment::Apartment>,
    thread: std::thread::JoinHandle<()>,
    end: std::sync::mpsc::Sender<()>,
}

impl Home {
    fn new(place: Place) -> Self {
        Self::with(place, || new_interface(Constructs::default()).unwrap())
    }

    /// With the object that `make` makes there.
    fn with(place: Place, make: fn() -> IUnknown) -> Self {
        let (answer, started) = channel();
        let (end, ended) = channel::<()>();
        let thread = security::spawner::spawn("home", 1 << 20, move || {
            let _apartment = place.enter();
            let object = make();
            let here = apartment::current().unwrap();
            answer.send((marshal(&object).unwrap(), std::sync::Arc::clone(&here))).unwrap();
            drop(object);
            match place {
                Place::Sta => apartment::serve(),
                // Its calls are served by other threads.
                Place::Mta => assert!(ended.recv().is_err()),
            }
        })
        .unwrap();
        let (marshaled, apartment) = started.recv().unwrap();
        Self { marshaled: Some(marshaled), apartment, thread, end }
    }

    fn object<I: partywall::Described>(&mut self) -> I {
        partywall::com::describe::<I>().unwrap();
        let raw = unmarshal(&self.marshaled.take().unwrap(), &I::IID).unwrap();
        // SAFETY: the answer is that interface with a reference.
        unsafe { I::from_raw(raw) }
    }

    fn end(self) {
        if self.apartment.is_sta() {
            for call in self.apartment.queue().close() {
                call.withdraw();
            }
        }
        drop(self.end);
        self.thread.join().unwrap();
    }
}

/// Runs `body` with a proxy of an object that lives elsewhere: in every pair of
/// apartments, with arguments borrowed where they can be and with all captured.
fn everywhere(body: fn(&IConstructs)) {
    let pairs = [(Place::Mta, Place::Sta), (Place::Sta, Place::Sta), (Place::Sta, Place::Mta)];
    for (client, home) in pairs {
        for captures in [false, true] {
            let before = allocated();
            let run = move || {
                CAPTURES_ALL.set(captures);
                let _apartment = client.enter();
                let mut server = Home::new(home);
                let object: IConstructs = server.object();
                body(&object);
                assert_eq!(alive(), 1, "{client:?} to {home:?}: only the object is left");
                drop(object);
                server.end();
                assert_eq!(alive(), 0);
                let here = apartment::current().unwrap();
                assert_eq!(here.exported_objects(), 0, "{client:?} keeps no stub");
            };
            security::spawner::spawn("client", 1 << 20, run).unwrap().join().unwrap();
            assert_eq!(allocated(), before, "{client:?} to {home:?}, captures: {captures}");
        }
    }
}

fn ok(code: HRESULT) {
    assert_eq!(code, com_abi::codes::S_OK);
}

/// A new object of this apartment that counts.
fn counter() -> ICount {
    new_interface(Counter::new()).unwrap()
}

alone! {
    /// The base's methods and the derived one's own, through one proxy.
    fn n113_a_proxy_of_a_derived_interface_has_the_methods_of_its_base() {
        let run = || {
            let _apartment = Place::Mta.enter();
            let mut server = Home::new(Place::Sta);
            let object: IDerived = server.object();
            let mut answer = 0;
            // SAFETY: writable places.
            unsafe {
                ok(object.Double(21, &mut answer));
                assert_eq!(answer, 42);
                let mut total = 0;
                ok(object.Sum(2, [20, 22].as_ptr(), &mut total));
                assert_eq!(total, 42);
            }
            let base: IConstructs = object.cast().unwrap();
            let again: IDerived = base.cast().unwrap();
            assert_eq!(again.as_raw(), object.as_raw());
            drop((object, base, again));
            server.end();
            assert_eq!(alive(), 0);
        };
        security::spawner::spawn("client", 1 << 20, run).unwrap().join().unwrap();
    }

    fn n115_the_last_proxy_may_go_while_its_call_runs() {
        let run = || {
            let _apartment = Place::Sta.enter();
            let mut server = Home::new(Place::Sta);
            let object: IConstructs = server.object();
            let sink: ICount = new_interface(objects::Dropper::new(object.clone())).unwrap();
            let this = object.as_raw();
            // The clone is the only reference that is left of ours, and the sink
            // gives it back while the call is out.
            drop(object);
            // SAFETY: the sink holds the proxy until it is called.
            let proxy = unsafe { IConstructs::from_raw_borrowed(&this) }.unwrap();
            // SAFETY: a live sink.
            ok(unsafe { proxy.CallBack(sink.as_raw(), 1) });
            drop(sink);
            server.end();
            assert_eq!(alive(), 0);
        };
        security::spawner::spawn("client", 1 << 20, run).unwrap().join().unwrap();
    }
}
