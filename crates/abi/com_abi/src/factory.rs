//! Class factories, and what a library's `Dll…` entry points answer.

use core::ffi::c_void;
use core::marker::PhantomData;
use core::sync::atomic::{AtomicUsize, Ordering};

use windows_core::{GUID, HRESULT, IUnknown, Interface};

use crate::codes::{CLASS_E_NOAGGREGATION, E_POINTER, S_FALSE, S_OK};
use crate::object::{Class, LIVE_OBJECTS, VtablePointer, make, new_interface};
use crate::registration::CreatableClass;

/// `LockServer(TRUE)` calls that are not undone.
static SERVER_LOCKS: AtomicUsize = AtomicUsize::new(0);

/// Makes objects of one class.
#[crate::interface("00000001-0000-0000-C000-000000000046", proxy)]
pub unsafe trait IClassFactory: IUnknown {
    /// Makes an object and returns its interface `iid` with a reference.
    unsafe fn CreateInstance(
        &self,
        #[idl(in, unique, interface(IUnknown))] outer: *mut c_void,
        iid: *const GUID,
        #[idl(out, iid_is(iid))] object: *mut *mut c_void,
    ) -> HRESULT;
    /// Keeps the library loaded (`lock` not zero) or lets it go.
    unsafe fn LockServer(&self, lock: i32) -> HRESULT;
}

/// The factory of a class made by `#[class]`.
pub struct ClassFactory<T>(PhantomData<fn() -> T>);

impl<T: CreatableClass> Default for ClassFactory<T> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

// `#[class]` is not for generic structs; this is what it would write.
// SAFETY: one interface, whose vtable is made for this class and slot 0.
unsafe impl<T: CreatableClass> Class for ClassFactory<T> {
    type Vtables = [VtablePointer; 1];
    const VTABLES: Self::Vtables =
        [VtablePointer::new(const { &IClassFactory_Vtbl::new::<Self, 0>() })];
    const MATCHES: &'static [fn(&GUID) -> bool] = &[IClassFactory_Vtbl::matches];
}

impl<T: CreatableClass> IClassFactory_Impl for ClassFactory<T> {
    unsafe fn CreateInstance(
        &self,
        outer: *mut c_void,
        iid: *const GUID,
        object: *mut *mut c_void,
    ) -> HRESULT {
        if iid.is_null() || object.is_null() {
            return E_POINTER;
        }
        // SAFETY: checked for null; the caller passes a writable place.
        unsafe { object.write(core::ptr::null_mut()) };
        // SAFETY: as above.
        let wants_unknown = unsafe { *iid } == IUnknown::IID;
        // Only the non-delegating `IUnknown` lets the outer object in.
        if !outer.is_null() && !wants_unknown {
            return CLASS_E_NOAGGREGATION;
        }
        // SAFETY: the outer object, if any, outlives what it aggregates.
        match unsafe { make::<T>(outer, T::create) } {
            // SAFETY: the arguments were checked; a failed query drops the object.
            Ok(unknown) => unsafe { unknown.query(iid, object) },
            Err(code) => code,
        }
    }

    unsafe fn LockServer(&self, lock: i32) -> HRESULT {
        if lock != 0 {
            SERVER_LOCKS.fetch_add(1, Ordering::Relaxed);
        } else {
            let update = |locks: usize| locks.checked_sub(1);
            let _ = SERVER_LOCKS.fetch_update(Ordering::Release, Ordering::Relaxed, update);
        }
        S_OK
    }
}

/// `DllGetClassObject` for class `T`: its factory's interface `iid`, with a
/// reference.
///
/// # Safety
/// `iid` is null or readable, `object` null or writable.
pub unsafe fn get_class_object<T: CreatableClass>(
    iid: *const GUID,
    object: *mut *mut c_void,
) -> HRESULT {
    if iid.is_null() || object.is_null() {
        return E_POINTER;
    }
    match new_interface::<ClassFactory<T>, IUnknown>(ClassFactory::default()) {
        // SAFETY: both checked for null; the caller vouches for the rest.
        Ok(factory) => unsafe { factory.query(iid, object) },
        Err(code) => code,
    }
}

/// `DllCanUnloadNow`: `S_OK` when neither an object nor a lock is left.
pub fn can_unload_now() -> HRESULT {
    let idle =
        LIVE_OBJECTS.load(Ordering::Acquire) == 0 && SERVER_LOCKS.load(Ordering::Acquire) == 0;
    if idle { S_OK } else { S_FALSE }
}
