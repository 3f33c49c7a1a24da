//! What the methods of asynchronous interfaces call.

#![allow(non_snake_case)]

use core::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};

use com_abi::HRESULT;
use com_abi::codes::RPC_E_SERVERFAULT;

use crate::asynchronous;

fn caught(body: impl FnOnce() -> Result<HRESULT, HRESULT>) -> HRESULT {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(code) | Err(code)) => code,
        Err(_) => RPC_E_SERVERFAULT,
    }
}

/// See `partywall::ffi::asynchronous`.
///
/// # Safety
/// `call` is the asynchronous interface of a call object; `frame` is one of the
/// synchronous method `method`, in which what goes in is written.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn PwAsyncBegin(
    call: *mut c_void,
    method: u32,
    frame: *mut c_void,
) -> HRESULT {
    // SAFETY: forwarded from the caller.
    caught(|| unsafe { asynchronous::begin(call, method, frame) })
}

/// See `partywall::ffi::asynchronous`.
///
/// # Safety
/// As [`PwAsyncBegin`], with the places for what comes out.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn PwAsyncFinish(
    call: *mut c_void,
    method: u32,
    frame: *mut c_void,
) -> HRESULT {
    // SAFETY: forwarded from the caller.
    caught(|| unsafe { asynchronous::finish(call, method, frame) })
}
