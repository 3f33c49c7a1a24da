//! The exported functions of class objects that are registered at run time. What
//! each does is documented in the SDK (`partywall::ffi::activation`), whose
//! declarations these match.

#![allow(non_snake_case)]

use core::ffi::c_void;
use std::panic::catch_unwind;

use com_abi::codes::{E_INVALIDARG, S_OK};
use com_abi::{GUID, HRESULT, IUnknown, Interface};

use super::guarded;
use crate::class_object;

/// See the SDK.
///
/// # Safety
/// `clsid` is null or readable, `object` null or a live interface, `cookie` null
/// or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoRegisterClassObject(
    clsid: *const GUID,
    object: *mut c_void,
    context: u32,
    flags: u32,
    cookie: *mut u32,
) -> HRESULT {
    guarded(|| {
        // SAFETY: forwarded from the caller.
        unsafe {
            let cookie = cookie.as_mut().ok_or(E_INVALIDARG)?;
            *cookie = 0;
            let clsid = clsid.as_ref().ok_or(E_INVALIDARG)?;
            let object = IUnknown::from_raw_borrowed(&object).ok_or(E_INVALIDARG)?;
            *cookie = class_object::register(clsid, object, context, flags)?;
        }
        Ok(S_OK)
    })
}

/// See the SDK.
#[unsafe(no_mangle)]
pub extern "system" fn CoRevokeClassObject(cookie: u32) -> HRESULT {
    guarded(|| class_object::revoke(cookie).map(|()| S_OK))
}

/// See the SDK.
#[unsafe(no_mangle)]
pub extern "system" fn CoResumeClassObjects() -> HRESULT {
    guarded(|| {
        class_object::suspend(false);
        Ok(S_OK)
    })
}

/// See the SDK.
#[unsafe(no_mangle)]
pub extern "system" fn CoSuspendClassObjects() -> HRESULT {
    guarded(|| {
        class_object::suspend(true);
        Ok(S_OK)
    })
}

/// See the SDK.
#[unsafe(no_mangle)]
pub extern "system" fn CoAddRefServerProcess() -> u32 {
    catch_unwind(class_object::add_process_reference).unwrap_or(0)
}

/// See the SDK.
#[unsafe(no_mangle)]
pub extern "system" fn CoReleaseServerProcess() -> u32 {
    catch_unwind(class_object::release_process_reference).unwrap_or(0)
}
