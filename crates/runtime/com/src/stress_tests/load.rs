//! The objects of the stress test, which check where they are used.

use core::ffi::c_void;
use std::sync::atomic::{AtomicUsize, Ordering};

use com_abi::codes::{E_POINTER, S_OK};
use com_abi::{Controlling, GUID, HRESULT, IUnknown, Interface, class, interface, new_interface};

use crate::apartment;
use crate::class::register_builtin;

pub const CLSID_BOTH: GUID = GUID::from_u128(0x5f0b6a10_3c1e_4b7a_9e52_7a1d0c00db01);
pub const CLSID_NEUTRAL: GUID = GUID::from_u128(0x5f0b6a10_3c1e_4b7a_9e52_7a1d0c00db02);

static ALIVE: AtomicUsize = AtomicUsize::new(0);

/// Objects that live.
pub fn alive() -> usize {
    ALIVE.load(Ordering::SeqCst)
}

#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00DB11", proxy)]
pub unsafe trait ILoad: IUnknown {
    /// One more than the value.
    unsafe fn Add(&self, value: i32, sum: *mut i32) -> HRESULT;
    /// Calls the object, which calls this one, so deep; answers how often.
    unsafe fn CallBack(
        &self,
        #[idl(in, interface(ILoad))] object: *mut c_void,
        depth: i32,
        calls: *mut i32,
    ) -> HRESULT;
    /// A new object of this one's apartment.
    unsafe fn Make(&self, #[idl(out, interface(ILoad))] made: *mut *mut c_void) -> HRESULT;
}

/// The classes that threads make objects of.
pub fn register() {
    register_builtin::<Load>();
    register_builtin::<Neutral>();
}

/// Belongs to the apartment that it was made in.
pub struct Core(u64);

impl Core {
    fn new() -> Self {
        ALIVE.fetch_add(1, Ordering::SeqCst);
        Self(apartment::current().unwrap().id())
    }

    fn check(&self) {
        let here = apartment::current().map(|here| here.id());
        assert_eq!(here, Ok(self.0), "used in its own apartment");
    }

    fn add(&self, value: i32, sum: *mut i32) -> HRESULT {
        self.check();
        // SAFETY: the caller passes a writable place.
        unsafe { sum.write(value + 1) };
        S_OK
    }

    fn call_back(&self, object: *mut c_void, depth: i32, calls: *mut i32) -> HRESULT {
        self.check();
        // SAFETY: the caller passes null or a live interface.
        let Some(object) = (unsafe { ILoad::from_raw_borrowed(&object) }) else {
            return E_POINTER;
        };
        let mut below = 0;
        if depth > 1 {
            let own = Load::object();
            // SAFETY: live interfaces and a writable place.
            let code = unsafe { object.CallBack(own.as_raw(), depth - 1, &mut below) };
            if code != S_OK {
                return code;
            }
        }
        // SAFETY: the caller passes a writable place.
        unsafe { calls.write(below + 1) };
        S_OK
    }

    fn make(&self, made: *mut *mut c_void) -> HRESULT {
        self.check();
        // SAFETY: the caller passes a writable place.
        unsafe { made.write(Load::object().into_raw()) };
        S_OK
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        self.check();
        ALIVE.fetch_sub(1, Ordering::SeqCst);
    }
}

#[class(
    clsid = "5F0B6A10-3C1E-4B7A-9E52-7A1D0C00DB01",
    progid = "Test.Stress.Both",
    name = "Stress, both",
    threading = "Both",
    create = Load::make,
    interfaces(ILoad)
)]
pub struct Load(Core);

#[class(
    clsid = "5F0B6A10-3C1E-4B7A-9E52-7A1D0C00DB02",
    progid = "Test.Stress.Neutral",
    name = "Stress, neutral",
    threading = "Neutral",
    create = Neutral::make,
    interfaces(ILoad)
)]
pub struct Neutral(Core);

impl Load {
    fn make(_: Controlling) -> Result<Self, HRESULT> {
        Ok(Self(Core::new()))
    }

    pub fn object() -> ILoad {
        new_interface(Self(Core::new())).unwrap()
    }
}

impl Neutral {
    fn make(_: Controlling) -> Result<Self, HRESULT> {
        Ok(Self(Core::new()))
    }
}

macro_rules! load {
    ($class:ident) => {
        impl ILoad_Impl for $class {
            unsafe fn Add(&self, value: i32, sum: *mut i32) -> HRESULT {
                self.0.add(value, sum)
            }

            unsafe fn CallBack(&self, object: *mut c_void, depth: i32, calls: *mut i32) -> HRESULT {
                self.0.call_back(object, depth, calls)
            }

            unsafe fn Make(&self, made: *mut *mut c_void) -> HRESULT {
                self.0.make(made)
            }
        }
    };
}

load!(Load);
load!(Neutral);
