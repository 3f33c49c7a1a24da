//! Calls that fail: what the caller sees then, and that nothing is left.

use core::ffi::c_void;

use com_abi::automation::{VT_I4, VT_UNKNOWN, Variant};
use com_abi::codes::{E_FAIL, E_NOINTERFACE, RPC_E_DISCONNECTED, RPC_E_SERVERFAULT};
use com_abi::{HRESULT, Interface, from_wide};

use super::constructs::{IConstructs, ICount};
use super::implementation::count;
use super::{Home, Place, alive, allocated, counter, everywhere};
use crate::frame::limits::RPC_X_BAD_STUB_DATA;
use crate::memory;

/// The caller's places after a call of `Fail`.
struct Outcome {
    code: HRESULT,
    object: *mut c_void,
    text: *mut u16,
    value: Variant,
    objects: [*mut c_void; 2],
    count: u32,
}

impl Outcome {
    fn is_empty(&self) -> bool {
        self.object.is_null()
            && self.text.is_null()
            && self.value.vt == 0
            && self.objects.iter().all(|object| object.is_null())
            && self.count == 0
    }
}

/// Calls with places that hold garbage before.
fn fail(object: &IConstructs, how: u32, sink: &ICount) -> Outcome {
    let mut outcome = Outcome {
        code: HRESULT(0),
        object: core::ptr::dangling_mut(),
        text: core::ptr::dangling_mut(),
        value: Variant::with(VT_I4, |data| data.lVal = 7),
        objects: [core::ptr::dangling_mut(); 2],
        count: 77,
    };
    // SAFETY: a live sink and writable places.
    outcome.code = unsafe {
        object.Fail(
            how,
            sink.as_raw(),
            &mut outcome.object,
            &mut outcome.text,
            &mut outcome.value,
            2,
            outcome.objects.as_mut_ptr(),
            &mut outcome.count,
        )
    };
    outcome
}

fn failing(object: &IConstructs) {
    let sink = counter();
    let outcome = fail(object, 0, &sink);
    assert_eq!(outcome.code, E_FAIL);
    assert!(outcome.is_empty(), "what the callee did not write is zero");

    let outcome = fail(object, 2, &sink);
    assert_eq!(outcome.code, RPC_X_BAD_STUB_DATA, "a count beyond the size is not trusted");
    assert!(outcome.is_empty());

    let outcome = fail(object, 3, &sink);
    assert_eq!(outcome.code, E_NOINTERFACE, "no such interface can come back");
    assert!(outcome.is_empty());

    let outcome = fail(object, 4, &sink);
    assert_eq!(outcome.code, RPC_E_SERVERFAULT);
    assert!(outcome.is_empty());
    let (mut announced, mut place) = (1, sink.clone().into_raw());
    // SAFETY: as many places as announced.
    let code = unsafe { object.Raise(&mut announced, &mut place) };
    assert_eq!(code, RPC_X_BAD_STUB_DATA, "nor a size beyond what was announced");
    assert_eq!((announced, place), (1, sink.as_raw()), "what went both ways stays");
    // SAFETY: the place has the reference of a moment ago.
    drop(unsafe { ICount::from_raw(place) });
    assert_eq!(count(&sink, 0), 4, "each was called");
    assert_eq!(alive(), 2, "nothing else is left");
}

fn failing_with_data(object: &IConstructs) {
    let sink = counter();
    let mut outcome = fail(object, 1, &sink);
    assert_eq!((outcome.code, outcome.count), (E_FAIL, 1));
    // SAFETY: what the callee gave away.
    unsafe {
        assert_eq!(from_wide(outcome.text), "left", "what it wrote comes back all the same");
        memory::free(outcome.text.cast());
        drop(ICount::from_raw(outcome.object));
        drop(ICount::from_raw(outcome.objects[0]));
        assert_eq!(outcome.value.vt, VT_UNKNOWN);
        automation::variant::clear(&mut outcome.value).unwrap();
    }
    assert_eq!(alive(), 2);
}

alone! {
    fn a_call_that_fails_leaves_nothing() { everywhere(failing); }
    fn a_callee_that_fails_may_write() { everywhere(failing_with_data); }

    fn a_call_that_is_not_made_leaves_nothing() {
        let before = allocated();
        let run = || {
            let _apartment = Place::Mta.enter();
            let mut server = Home::new(Place::Sta);
            let object: IConstructs = server.object();
            server.end();
            let sink = counter();
            let outcome = fail(&object, 1, &sink);
            assert_eq!(outcome.code, RPC_E_DISCONNECTED);
            assert!(outcome.is_empty());
            drop((sink, object));
            assert_eq!(alive(), 0, "the sink's hold was given back");
        };
        security::spawner::spawn("client", 1 << 20, run).unwrap().join().unwrap();
        assert_eq!(allocated(), before);
    }

    fn a_library_stays_while_its_proxies_live() {
        let run = || {
            let _apartment = Place::Mta.enter();
            let mut server = Home::new(Place::Sta);
            let library = (&raw const *<IConstructs as partywall::Described>::description()).cast();
            assert_eq!(crate::description::in_use(library), 0);
            let object: IConstructs = server.object();
            assert_eq!(crate::description::in_use(library), 1);
            assert!(!crate::description::forget_library(library), "a proxy lives");
            drop(object);
            assert_eq!(crate::description::in_use(library), 0);
            assert!(crate::description::forget_library(library));
            server.end();
        };
        security::spawner::spawn("client", 1 << 20, run).unwrap().join().unwrap();
    }
}
