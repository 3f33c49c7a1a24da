//! Aggregation, and aggregation in aggregation, by the lecture's rules.
#![allow(missing_docs)]

use core::ffi::c_void;
use core::ptr::null_mut;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use com_abi::codes::{CLASS_E_NOAGGREGATION, E_FAIL, E_NOINTERFACE, S_OK};
use com_abi::{
    Controlling, GUID, HRESULT, IClassFactory, IUnknown, Interface, can_unload_now, class,
    get_class_object, interface,
};

#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00F101")]
unsafe trait IInner: IUnknown {
    unsafe fn Depth(&self) -> u32;
}

#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00F102")]
unsafe trait IMiddle: IUnknown {
    unsafe fn Height(&self) -> u32;
}

#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00F103")]
unsafe trait IOuter: IUnknown {
    unsafe fn Breadth(&self) -> u32;
}

static ALIVE: AtomicU32 = AtomicU32::new(0);

/// Counts the values that are alive.
struct Alive;

impl Alive {
    fn new() -> Self {
        ALIVE.fetch_add(1, Ordering::SeqCst);
        Self
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Ordering::SeqCst);
    }
}

macro_rules! class {
    ($name:ident, $clsid:literal, $interface:ident, $imp:ident, $method:ident, $answer:literal
        $(, $inner:ident)?) => {
        #[class(
            clsid = $clsid,
            progid = "Test.Aggregation",
            name = "Aggregation",
            threading = "Both",
            create = $name::make,
            interfaces($interface)
            $(, aggregates($inner))?
        )]
        struct $name {
            $($inner: IUnknown,)?
            _alive: Alive,
        }

        impl $imp for $name {
            unsafe fn $method(&self) -> u32 {
                $answer
            }
        }
    };
}

class!(Inner, "5F0B6A10-3C1E-4B7A-9E52-7A1D0C00F111", IInner, IInner_Impl, Depth, 1);
class!(Middle, "5F0B6A10-3C1E-4B7A-9E52-7A1D0C00F112", IMiddle, IMiddle_Impl, Height, 2, inner);
class!(Outer, "5F0B6A10-3C1E-4B7A-9E52-7A1D0C00F113", IOuter, IOuter_Impl, Breadth, 3, middle);

impl Inner {
    fn make(_: Controlling) -> Result<Self, HRESULT> {
        Ok(Self { _alive: Alive::new() })
    }
}

impl Middle {
    /// Passes on the outermost `IUnknown`, not its own.
    fn make(controlling: Controlling) -> Result<Self, HRESULT> {
        let inner = create::<Inner>(controlling.as_raw(), &IUnknown::IID)?;
        Ok(Self { inner, _alive: Alive::new() })
    }
}

impl Outer {
    fn make(controlling: Controlling) -> Result<Self, HRESULT> {
        let middle = create::<Middle>(controlling.as_raw(), &IUnknown::IID)?;
        Ok(Self { middle, _alive: Alive::new() })
    }
}

#[class(
    clsid = "5F0B6A10-3C1E-4B7A-9E52-7A1D0C00F114",
    progid = "Test.Failing",
    name = "Failing",
    threading = "Both",
    create = Failing::make,
    interfaces(IOuter),
    aggregates(inner)
)]
struct Failing {
    inner: IUnknown,
}

impl Failing {
    fn make(controlling: Controlling) -> Result<Self, HRESULT> {
        let _inner = create::<Inner>(controlling.as_raw(), &IUnknown::IID)?;
        Err(E_FAIL)
    }
}

impl IOuter_Impl for Failing {
    unsafe fn Breadth(&self) -> u32 {
        0
    }
}

/// `CreateInstance` through the class's factory.
fn create<T: com_abi::CreatableClass>(outer: *mut c_void, iid: &GUID) -> Result<IUnknown, HRESULT> {
    let mut raw = null_mut();
    // SAFETY: readable identifiers, writable places, an outer object that
    // outlives what it aggregates.
    unsafe {
        assert_eq!(get_class_object::<T>(&IClassFactory::IID, &mut raw), S_OK);
        let factory = IClassFactory::from_raw(raw);
        let code = factory.CreateInstance(outer, iid, &mut raw);
        if code == S_OK { Ok(IUnknown::from_raw(raw)) } else { Err(code) }
    }
}

/// The tests take turns: what they count is the process's.
fn turn() -> std::sync::MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[test]
fn nested_aggregation_is_one_object_to_its_client() {
    let _turn = turn();
    let unknown = create::<Outer>(null_mut(), &IUnknown::IID).unwrap();
    assert_eq!(ALIVE.load(Ordering::SeqCst), 3);
    let outer: IOuter = unknown.cast().unwrap();
    let middle: IMiddle = outer.cast().unwrap();
    let inner: IInner = middle.cast().unwrap();
    // SAFETY: live interfaces.
    unsafe {
        assert_eq!((outer.Breadth(), middle.Height(), inner.Depth()), (3, 2, 1));
    }
    for pointer in [outer.cast::<IUnknown>(), middle.cast(), inner.cast()] {
        assert_eq!(pointer.unwrap().as_raw(), unknown.as_raw(), "one identity");
    }
    assert_eq!(inner.cast::<IOuter>().unwrap().as_raw(), outer.as_raw(), "and the way back");
    let mut raw = core::ptr::dangling_mut();
    // SAFETY: a readable identifier and a writable place.
    assert_eq!(unsafe { inner.query(&GUID::from_u128(5), &mut raw) }, E_NOINTERFACE);
    assert!(raw.is_null());

    // Any pointer keeps the whole alive, whichever part it belongs to.
    drop((unknown, outer, middle));
    assert_eq!(ALIVE.load(Ordering::SeqCst), 3);
    // SAFETY: a live interface.
    assert_eq!(unsafe { inner.Depth() }, 1);
    drop(inner);
    assert_eq!(ALIVE.load(Ordering::SeqCst), 0);
    assert_eq!(can_unload_now(), S_OK);
}

#[test]
fn the_outer_object_counts_for_all_its_parts() {
    let _turn = turn();
    let unknown = create::<Outer>(null_mut(), &IUnknown::IID).unwrap();
    let inner: IInner = unknown.cast().unwrap();
    let count = |pointer: &IUnknown| {
        // SAFETY: a live interface; the reference is given back at once.
        unsafe {
            (pointer.vtable().AddRef)(pointer.as_raw());
            (pointer.vtable().Release)(pointer.as_raw())
        }
    };
    assert_eq!(count(&unknown), 2);
    assert_eq!(count(&inner), 2, "the delegating functions lead to the outer object");
    drop(unknown);
    assert_eq!(count(&inner), 1);
}

#[test]
fn the_same_class_is_used_alone() {
    let _turn = turn();
    let middle = create::<Middle>(null_mut(), &IMiddle::IID).unwrap();
    assert!(middle.cast::<IInner>().is_ok());
    assert_eq!(middle.cast::<IOuter>().unwrap_err().code(), E_NOINTERFACE);
    let identity: IUnknown = middle.cast().unwrap();
    assert_eq!(identity.cast::<IUnknown>().unwrap().as_raw(), identity.as_raw());
    drop((middle, identity));
    let inner = create::<Inner>(null_mut(), &IInner::IID).unwrap();
    assert_eq!(inner.cast::<IMiddle>().unwrap_err().code(), E_NOINTERFACE);
    drop(inner);
    assert_eq!(ALIVE.load(Ordering::SeqCst), 0);
}

#[test]
fn an_inner_object_is_made_for_its_unknown_only() {
    let _turn = turn();
    let outer = create::<Outer>(null_mut(), &IUnknown::IID).unwrap();
    let refused = create::<Inner>(outer.as_raw(), &IInner::IID);
    assert_eq!(refused.unwrap_err(), CLASS_E_NOAGGREGATION);
    let inner = create::<Inner>(outer.as_raw(), &IUnknown::IID).unwrap();
    // The non-delegating functions see the inner object alone.
    assert_eq!(inner.cast::<IOuter>().unwrap_err().code(), E_NOINTERFACE);
    drop(inner);
    drop(outer);
    assert_eq!(ALIVE.load(Ordering::SeqCst), 0);
}

#[test]
fn an_object_that_cannot_be_made_leaves_nothing() {
    let _turn = turn();
    assert_eq!(create::<Failing>(null_mut(), &IUnknown::IID).unwrap_err(), E_FAIL);
    assert_eq!(ALIVE.load(Ordering::SeqCst), 0);
    assert_eq!(can_unload_now(), S_OK);
}

/// Contains an inner object: holds an ordinary pointer and forwards what its own
/// interface promises. Its client never sees the inner one.
#[class(interfaces(IInner, IOuter))]
struct Container {
    contained: IInner,
}

impl IInner_Impl for Container {
    unsafe fn Depth(&self) -> u32 {
        // SAFETY: a live interface. What is added is the container's own part.
        unsafe { self.contained.Depth() + 10 }
    }
}

impl IOuter_Impl for Container {
    unsafe fn Breadth(&self) -> u32 {
        7
    }
}

#[test]
fn what_is_contained_keeps_its_own_identity() {
    let _turn = turn();
    let contained: IInner = create::<Inner>(null_mut(), &IUnknown::IID).unwrap().cast().unwrap();
    let own: IUnknown = contained.cast().unwrap();
    let outer: IInner = com_abi::new_interface(Container { contained: contained.clone() }).unwrap();
    // SAFETY: live interfaces.
    unsafe {
        assert_eq!((contained.Depth(), outer.Depth()), (1, 11));
        assert_eq!(outer.cast::<IOuter>().unwrap().Breadth(), 7);
    }
    assert_ne!(outer.cast::<IUnknown>().unwrap().as_raw(), own.as_raw(), "two identities");
    assert!(contained.cast::<IOuter>().is_err(), "no way from the inside out");
    // Each counts for itself.
    drop((contained, own));
    assert_eq!(ALIVE.load(Ordering::SeqCst), 1);
    drop(outer);
    assert_eq!(ALIVE.load(Ordering::SeqCst), 0);
}
