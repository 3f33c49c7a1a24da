//! The C functions of Extended MAPI.

#![allow(non_snake_case)]

use core::ffi::{c_char, c_void};

use com_abi::HRESULT;
use mapi_abi::codes::Code;
use mapi_abi::structs::MAPIINIT_0;
use mapi_session::Request;

use crate::buffer::{buffer, free, more};
use crate::last_error::guarded;
use crate::session::session_object;
use crate::text::text_argument;

/// See `partywall::ffi`.
///
/// # Safety
/// `init` is null or a valid structure.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MAPIInitialize(init: *mut c_void) -> HRESULT {
    guarded("MAPIInitialize", || {
        // SAFETY: forwarded from the caller.
        let init = unsafe { init.cast::<MAPIINIT_0>().as_ref() };
        let (version, flags) = init.map_or((0, 0), |init| (init.ulVersion, init.ulFlags));
        mapi_session::initialize(version, flags)
    })
}

/// See `partywall::ffi`.
#[unsafe(no_mangle)]
pub extern "system" fn MAPIUninitialize() {
    // There is no answer; what goes wrong is in the log.
    let _ = guarded("MAPIUninitialize", mapi_session::uninitialize);
}

/// See `partywall::ffi`.
///
/// # Safety
/// `profile` and `password` are null or zero-ended (16-bit units with
/// `MAPI_UNICODE`), `session` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MAPILogonEx(
    window: usize,
    profile: *mut c_char,
    password: *mut c_char,
    flags: u32,
    session: *mut *mut c_void,
) -> HRESULT {
    if session.is_null() {
        return Code::INVALID_PARAMETER.hresult();
    }
    // SAFETY: checked for null; the caller passes a writable place.
    unsafe { session.write(core::ptr::null_mut()) };
    guarded("MAPILogonEx", || {
        // SAFETY: forwarded from the caller.
        let request = unsafe {
            Request {
                profile: text_argument(profile.cast(), flags),
                password: text_argument(password.cast(), flags),
                flags,
                window,
                temporary: None,
            }
        };
        let face = session_object(mapi_session::logon(&request)?)?;
        // SAFETY: as above.
        unsafe { session.write(face) };
        Ok(())
    })
}

/// See `partywall::ffi`.
///
/// # Safety
/// `place` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MAPIAllocateBuffer(size: u32, place: *mut *mut c_void) -> i32 {
    if place.is_null() {
        return Code::INVALID_PARAMETER.0;
    }
    let start = buffer(size as usize);
    // SAFETY: checked for null; the caller passes a writable place.
    unsafe { place.write(start.cast()) };
    if start.is_null() { Code::NOT_ENOUGH_MEMORY.0 } else { 0 }
}

/// See `partywall::ffi`.
///
/// # Safety
/// `base` is null or a live buffer that no other thread uses now; `place` is
/// null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MAPIAllocateMore(
    size: u32,
    base: *mut c_void,
    place: *mut *mut c_void,
) -> i32 {
    if place.is_null() || base.is_null() {
        return Code::INVALID_PARAMETER.0;
    }
    // SAFETY: forwarded from the caller.
    let start = unsafe { more(size as usize, base.cast()) };
    // SAFETY: checked for null; the caller passes a writable place.
    unsafe { place.write(start.cast()) };
    if start.is_null() { Code::NOT_ENOUGH_MEMORY.0 } else { 0 }
}

/// See `partywall::ffi`.
///
/// # Safety
/// `start` is null or a live buffer, not used again.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MAPIFreeBuffer(start: *mut c_void) -> u32 {
    // SAFETY: forwarded from the caller.
    if unsafe { free(start.cast()) } {
        return 0;
    }
    observe::error!("mapi", "MAPIFreeBuffer was given what is not a live buffer");
    Code::INVALID_PARAMETER.0 as u32
}
