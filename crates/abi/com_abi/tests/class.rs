//! A class and its interfaces through their binary contract alone.
#![allow(missing_docs)]

use core::cell::Cell;
use core::ffi::c_void;
use std::sync::atomic::{AtomicU32, Ordering};

use com_abi::codes::{
    CLASS_E_NOAGGREGATION, E_NOINTERFACE, E_POINTER, RPC_E_SERVERFAULT, S_FALSE, S_OK,
};
use com_abi::{
    CreatableClass, GUID, HRESULT, IClassFactory, IUnknown, Interface, ThreadingModel,
    can_unload_now, class, get_class_object, interface, new_interface,
};

#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00F001")]
unsafe trait ICounter: IUnknown {
    unsafe fn Add(&self, this: i32, object: i32, sum: *mut i32) -> HRESULT;
    unsafe fn Panic(&self) -> HRESULT;
}

#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00F002")]
unsafe trait IBetterCounter: ICounter {
    unsafe fn Total(&self) -> i32;
}

#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00F003")]
unsafe trait INamed: IUnknown {
    unsafe fn Length(&self) -> u32;
}

static DROPPED: AtomicU32 = AtomicU32::new(0);

#[class(
    clsid = "5F0B6A10-3C1E-4B7A-9E52-7A1D0C00F000",
    progid = "Test.Counter",
    name = "A counter",
    threading = "Apartment",
    interfaces(IBetterCounter, INamed)
)]
#[derive(Default)]
struct Counter {
    total: Cell<i32>,
}

impl ICounter_Impl for Counter {
    unsafe fn Add(&self, this: i32, object: i32, sum: *mut i32) -> HRESULT {
        self.total.set(self.total.get() + this + object);
        if sum.is_null() {
            return E_POINTER;
        }
        // SAFETY: checked for null; the caller passes a writable place.
        unsafe { sum.write(this + object) };
        S_OK
    }

    unsafe fn Panic(&self) -> HRESULT {
        panic!("planted");
    }
}

impl IBetterCounter_Impl for Counter {
    unsafe fn Total(&self) -> i32 {
        self.total.get()
    }
}

impl INamed_Impl for Counter {
    unsafe fn Length(&self) -> u32 {
        7
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        DROPPED.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn an_object_keeps_its_identity_and_catches_panics() {
    let counter: IBetterCounter = new_interface(Counter::default()).unwrap();
    let named: INamed = counter.cast().unwrap();
    let base: ICounter = named.cast().unwrap();
    let agile = GUID::from_u128(0x94ea2b94_e9cc_49e0_c0ff_ee64ca8f5b90);

    // SAFETY: live interfaces and writable places.
    unsafe {
        let mut sum = 0;
        assert_eq!(counter.Add(2, 3, &mut sum), S_OK);
        assert_eq!(sum, 5);
        assert_eq!(base.Add(1, 1, core::ptr::null_mut()), E_POINTER);
        assert_eq!(counter.Total(), 7);
        assert_eq!(named.Length(), 7);
        assert_eq!(counter.Panic(), RPC_E_SERVERFAULT);
        assert_eq!(counter.Total(), 7, "alive after the panic");

        let mut other = core::ptr::dangling_mut::<c_void>();
        assert_eq!(counter.query(&agile, &mut other), E_NOINTERFACE);
        assert!(other.is_null(), "a class is bound to its apartment");
        assert_eq!(counter.query(&agile, core::ptr::null_mut()), E_POINTER);
    }
    let one: IUnknown = named.cast().unwrap();
    let two: IUnknown = base.cast().unwrap();
    assert_eq!(one.as_raw(), two.as_raw(), "one identity through every interface");

    assert_eq!(can_unload_now(), S_FALSE);
    let before = DROPPED.load(Ordering::SeqCst);
    drop((counter, named, base, one));
    assert_eq!(DROPPED.load(Ordering::SeqCst), before);
    drop(two);
    assert_eq!(DROPPED.load(Ordering::SeqCst), before + 1);

    factory_makes_objects_for_the_asking();
    assert_eq!(can_unload_now(), S_OK, "nothing is left alive");
}

fn factory_makes_objects_for_the_asking() {
    assert_eq!(Counter::REGISTRATION.threading, ThreadingModel::Apartment);
    let mut raw = core::ptr::null_mut();
    // SAFETY: readable identifiers, writable places, live interfaces.
    unsafe {
        assert_eq!(get_class_object::<Counter>(&IClassFactory::IID, &mut raw), S_OK);
        let factory = IClassFactory::from_raw(raw);
        let outer = core::ptr::dangling_mut();
        let refused = factory.CreateInstance(outer, &INamed::IID, &mut raw);
        assert_eq!(refused, CLASS_E_NOAGGREGATION, "an outer object asks for IUnknown");
        assert!(raw.is_null());
        let null = core::ptr::null_mut();
        assert_eq!(factory.CreateInstance(null, &INamed::IID, &mut raw), S_OK);
        drop(INamed::from_raw(raw));
        assert_eq!(factory.CreateInstance(null, &GUID::from_u128(1), &mut raw), E_NOINTERFACE);
        assert!(raw.is_null());

        assert_eq!(factory.LockServer(1), S_OK);
        drop(factory);
        assert_eq!(can_unload_now(), S_FALSE);
        assert_eq!(get_class_object::<Counter>(&IClassFactory::IID, &mut raw), S_OK);
        assert_eq!(IClassFactory::from_raw(raw).LockServer(0), S_OK);
    }
}
