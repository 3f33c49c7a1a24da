//! Entering and leaving apartments, what is asked about them, and their
//! contexts.

#![allow(non_snake_case)]

use core::ffi::c_void;
use std::cell::Cell;
use std::panic::catch_unwind;
use std::sync::atomic::{AtomicU32, Ordering};

use com_abi::codes::{
    CO_E_NOTINITIALIZED, E_INVALIDARG, E_POINTER, RPC_E_CHANGED_MODE, S_FALSE, S_OK,
};
use com_abi::context::{APTTYPE_CURRENT, IInitializeSpy};
use com_abi::{GUID, HRESULT, IUnknown, Interface};
use partywall::ffi::COINIT_APARTMENTTHREADED;

use super::{guarded, guarded_pointer};
use crate::membership::Entered;
use crate::{apartment, causality, membership, object_context, spy};

/// `CoInitializeEx` flags that have a meaning: the model, and two hints without
/// effect here.
const KNOWN_FLAGS: u32 = COINIT_APARTMENTTHREADED | 4 | 8;

/// Enters an apartment and tells the spies.
fn initialize(flags: u32) -> HRESULT {
    spy::tell(|spy| {
        // SAFETY: spies of this thread; plain numbers.
        let _ = unsafe { spy.PreInitialize(flags, membership::entries()) };
    });
    let mut answer = match apartment::enter(flags & COINIT_APARTMENTTHREADED == 0) {
        Ok(Entered::Now) => S_OK,
        Ok(Entered::Again) => S_FALSE,
        Err(code) => code,
    };
    spy::tell(|spy| {
        // SAFETY: as above. What a spy answers becomes the result, as documented.
        answer = unsafe { spy.PostInitialize(answer, flags, membership::entries()) };
    });
    answer
}

/// See `partywall::ffi`.
#[unsafe(no_mangle)]
pub extern "system" fn CoInitializeEx(reserved: *mut c_void, flags: u32) -> HRESULT {
    guarded(|| {
        if !reserved.is_null() || flags & !KNOWN_FLAGS != 0 {
            return Err(E_INVALIDARG);
        }
        Ok(initialize(flags))
    })
}

/// See `partywall::ffi`.
#[unsafe(no_mangle)]
pub extern "system" fn CoInitialize(reserved: *mut c_void) -> HRESULT {
    CoInitializeEx(reserved, COINIT_APARTMENTTHREADED)
}

/// See `partywall::ffi`.
#[unsafe(no_mangle)]
pub extern "system" fn CoUninitialize() {
    let _ = catch_unwind(|| {
        spy::tell(|spy| {
            // SAFETY: as in `initialize`.
            let _ = unsafe { spy.PreUninitialize(membership::entries()) };
        });
        apartment::leave();
        spy::tell(|spy| {
            // SAFETY: as above.
            let _ = unsafe { spy.PostUninitialize(membership::entries()) };
        });
    });
}

thread_local! {
    /// `OleInitialize` calls of the thread that are not undone.
    static OLE_ENTRIES: Cell<u32> = const { Cell::new(0) };
}

/// See `partywall::ffi::apartments`.
#[unsafe(no_mangle)]
pub extern "system" fn OleInitialize(reserved: *mut c_void) -> HRESULT {
    let answer = CoInitializeEx(reserved, COINIT_APARTMENTTHREADED);
    if answer.is_err() {
        return if answer == RPC_E_CHANGED_MODE { RPC_E_CHANGED_MODE } else { answer };
    }
    let before = OLE_ENTRIES.replace(OLE_ENTRIES.get() + 1);
    if before == 0 { S_OK } else { S_FALSE }
}

/// See `partywall::ffi::apartments`.
#[unsafe(no_mangle)]
pub extern "system" fn OleUninitialize() {
    if let Some(left) = OLE_ENTRIES.get().checked_sub(1) {
        OLE_ENTRIES.set(left);
        CoUninitialize();
    }
}

/// See `partywall::ffi`.
///
/// # Safety
/// Both places are null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoGetApartmentType(kind: *mut i32, qualifier: *mut i32) -> HRESULT {
    guarded(|| {
        if kind.is_null() || qualifier.is_null() {
            return Err(E_INVALIDARG);
        }
        let found = object_context::apartment_type();
        let (type_, how) = found.unwrap_or((APTTYPE_CURRENT, 0));
        // SAFETY: checked for null; the caller passes writable places.
        unsafe {
            kind.write(type_);
            qualifier.write(how);
        }
        if found.is_some() { Ok(S_OK) } else { Err(CO_E_NOTINITIALIZED) }
    })
}

/// See `partywall::ffi::apartments`.
///
/// # Safety
/// `cookie` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoIncrementMTAUsage(cookie: *mut u64) -> HRESULT {
    guarded(|| {
        if cookie.is_null() {
            return Err(E_INVALIDARG);
        }
        // SAFETY: checked for null; the caller passes a writable place.
        unsafe { cookie.write(membership::increment_mta_usage()) };
        Ok(S_OK)
    })
}

/// See `partywall::ffi::apartments`.
#[unsafe(no_mangle)]
pub extern "system" fn CoDecrementMTAUsage(cookie: u64) -> HRESULT {
    guarded(|| membership::decrement_mta_usage(cookie).map(|()| S_OK))
}

/// See `partywall::ffi::apartments`.
///
/// # Safety
/// `token` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoGetContextToken(token: *mut usize) -> HRESULT {
    guarded(|| {
        let context = object_context::current()?;
        if token.is_null() {
            return Err(E_POINTER);
        }
        let context: com_abi::context::IObjContext =
            context.cast().map_err(|error| error.code())?;
        // SAFETY: checked for null; the caller passes a writable place. The
        // thread is within the context, which holds it; a default one lives as long as
        // its apartment. So no reference is given.
        unsafe { token.write(context.as_raw() as usize) };
        Ok(S_OK)
    })
}

/// An interface of an object, with a reference.
///
/// # Safety
/// `iid` is null or readable.
pub(super) unsafe fn interface_of(
    object: &IUnknown,
    iid: *const GUID,
) -> Result<*mut c_void, HRESULT> {
    let mut raw = core::ptr::null_mut();
    if iid.is_null() {
        return Err(E_INVALIDARG);
    }
    // SAFETY: a live object, a readable identifier and a writable place.
    unsafe { object.query(iid, &mut raw) }.ok().map_err(|error| error.code())?;
    Ok(raw)
}

/// See `partywall::ffi::apartments`.
///
/// # Safety
/// `iid` is null or readable, `object` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoGetObjectContext(
    iid: *const GUID,
    object: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: forwarded from the caller.
    unsafe { guarded_pointer(object, || interface_of(&object_context::current()?, iid)) }
}

/// See `partywall::ffi::apartments`.
///
/// # Safety
/// As [`CoGetObjectContext`].
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoGetDefaultContext(
    kind: i32,
    iid: *const GUID,
    object: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: forwarded from the caller.
    unsafe { guarded_pointer(object, || interface_of(&object_context::default_of(kind)?, iid)) }
}

/// See `partywall::ffi::apartments`.
///
/// # Safety
/// `id` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoGetCurrentLogicalThreadId(id: *mut GUID) -> HRESULT {
    guarded(|| {
        if id.is_null() {
            return Err(E_INVALIDARG);
        }
        // SAFETY: checked for null; the caller passes a writable place.
        unsafe { id.write(causality::current()) };
        Ok(S_OK)
    })
}

/// See `partywall::ffi::apartments`.
#[unsafe(no_mangle)]
pub extern "system" fn CoGetCurrentProcess() -> u32 {
    /// Above every number that the kernel gives a process or thread.
    const FIRST: u32 = 0x4000_0000;
    static NEXT: AtomicU32 = AtomicU32::new(FIRST);
    thread_local! {
        static OWN: u32 = NEXT.fetch_add(1, Ordering::Relaxed);
    }
    OWN.try_with(|own| *own).unwrap_or(FIRST)
}

/// See `partywall::ffi::apartments`.
///
/// # Safety
/// `spy` is null or a live object, `cookie` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoRegisterInitializeSpy(
    spy: *mut c_void,
    cookie: *mut u64,
) -> HRESULT {
    guarded(|| {
        // SAFETY: null or a live object.
        let object = unsafe { IUnknown::from_raw_borrowed(&spy) }.ok_or(E_INVALIDARG)?;
        if cookie.is_null() {
            return Err(E_INVALIDARG);
        }
        let spy: IInitializeSpy = object.cast().map_err(|error| error.code())?;
        // SAFETY: checked for null; the caller passes a writable place.
        unsafe { cookie.write(spy::register(spy)) };
        Ok(S_OK)
    })
}

/// See `partywall::ffi::apartments`.
#[unsafe(no_mangle)]
pub extern "system" fn CoRevokeInitializeSpy(cookie: u64) -> HRESULT {
    guarded(|| spy::revoke(cookie).map(|()| S_OK))
}
