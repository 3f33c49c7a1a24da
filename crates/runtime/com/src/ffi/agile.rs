//! The exported functions of agility. What each does is documented in the SDK
//! (`partywall::ffi::connections`), whose declarations these match.

#![allow(non_snake_case)]

use core::ffi::c_void;

use com_abi::codes::E_INVALIDARG;
use com_abi::{GUID, HRESULT, IUnknown, Interface};

use super::guarded_pointer;
use super::marshal::borrowed;
use crate::agile;
use crate::marshal::free_threaded;

/// See `partywall::ffi`.
///
/// # Safety
/// `outer` is null or outlives the answer, `marshaler` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoCreateFreeThreadedMarshaler(
    outer: *mut c_void,
    marshaler: *mut *mut c_void,
) -> HRESULT {
    if marshaler.is_null() {
        return E_INVALIDARG;
    }
    // SAFETY: forwarded from the caller.
    unsafe { guarded_pointer(marshaler, || free_threaded::within(outer).map(Interface::into_raw)) }
}

/// See `partywall::ffi`.
///
/// # Safety
/// `iid` is null or readable, `object` null or a live interface, `reference` null
/// or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn RoGetAgileReference(
    options: u32,
    iid: *const GUID,
    object: *mut c_void,
    reference: *mut *mut c_void,
) -> HRESULT {
    if reference.is_null() {
        return E_INVALIDARG;
    }
    // SAFETY: forwarded from the caller.
    unsafe {
        guarded_pointer(reference, || {
            let iid = iid.as_ref().ok_or(E_INVALIDARG)?;
            let made = agile::reference(options, iid, borrowed::<IUnknown>(&object)?)?;
            Ok(made.into_raw())
        })
    }
}
