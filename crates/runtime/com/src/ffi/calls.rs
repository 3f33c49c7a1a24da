//! Message filters, cancellation, the context of a call, and waits that serve
//! calls.

#![allow(non_snake_case)]

use core::ffi::{c_char, c_void};
use std::ffi::CStr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use com_abi::codes::{
    E_INVALIDARG, E_POINTER, RPC_E_CALL_CANCELED, RPC_E_CALL_COMPLETE, RPC_E_NO_SYNC,
    RPC_S_CALLPENDING, S_OK,
};
use com_abi::message::IMessageFilter;
use com_abi::{GUID, HRESULT, IUnknown, Interface};
use observe::thread::tid;
use partywall::ffi::{HANDLE, INFINITE};
use prompt::{Prompt, Script, Terminal};

use super::{guarded, guarded_pointer};
use crate::{busy, call_context, cancel, filter, outgoing, wait};

/// `CoWaitForMultipleHandles`: all handles.
const COWAIT_WAITALL: u32 = 1;
/// Its flags that have a meaning or are hints.
const COWAIT_FLAGS: u32 = 31;
/// `CoWaitForMultipleObjects`: its flags, hints here.
const CWMO_FLAGS: u32 = 3;

/// A time limit in milliseconds.
pub fn limit(milliseconds: u32) -> Option<Duration> {
    (milliseconds != INFINITE).then(|| Duration::from_millis(milliseconds.into()))
}

/// See `partywall::ffi::calls`.
///
/// # Safety
/// `filter` is null or a live object, `old` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoRegisterMessageFilter(
    filter: *mut c_void,
    old: *mut *mut c_void,
) -> HRESULT {
    guarded(|| {
        // SAFETY: null or a live object.
        let new = unsafe { IUnknown::from_raw_borrowed(&filter) };
        let new: Option<IMessageFilter> =
            new.map(Interface::cast).transpose().map_err(|error| error.code())?;
        let before = filter::register(new)?;
        // SAFETY: null or a writable place; its reference goes to the caller.
        if let Some(place) = unsafe { old.as_mut() } {
            *place = before.map_or(core::ptr::null_mut(), Interface::into_raw);
        }
        Ok(S_OK)
    })
}

/// See `partywall::ffi::calls`.
#[unsafe(no_mangle)]
pub extern "system" fn CoEnableCallCancellation(_reserved: *mut c_void) -> HRESULT {
    guarded(|| {
        cancel::enable();
        Ok(S_OK)
    })
}

/// See `partywall::ffi::calls`.
#[unsafe(no_mangle)]
pub extern "system" fn CoDisableCallCancellation(_reserved: *mut c_void) -> HRESULT {
    guarded(|| cancel::disable().map(|()| S_OK))
}

/// See `partywall::ffi::calls`.
#[unsafe(no_mangle)]
pub extern "system" fn CoCancelCall(thread: u32, seconds: u32) -> HRESULT {
    guarded(|| {
        let thread = if thread == 0 { tid() } else { thread.cast_signed() };
        cancel::cancel(thread, Duration::from_secs(seconds.into())).map(|()| S_OK)
    })
}

/// See `partywall::ffi::calls`.
#[unsafe(no_mangle)]
pub extern "system" fn CoTestCancel() -> HRESULT {
    guarded(|| match outgoing::is_served_call_cancelled() {
        None => Err(RPC_E_CALL_COMPLETE),
        Some(true) => Err(RPC_E_CALL_CANCELED),
        Some(false) => Err(RPC_S_CALLPENDING),
    })
}

/// See `partywall::ffi::calls`.
///
/// # Safety
/// `iid` is null or readable, `object` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoGetCallContext(
    iid: *const GUID,
    object: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: forwarded from the caller.
    unsafe {
        guarded_pointer(object, || call_context::interface(iid.as_ref().ok_or(E_INVALIDARG)?))
    }
}

/// See `partywall::ffi::calls`.
///
/// # Safety
/// `new` is null or a live object that stays alive while it is set; `old` is null
/// or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoSwitchCallContext(
    new: *mut c_void,
    old: *mut *mut c_void,
) -> HRESULT {
    guarded(|| {
        if old.is_null() {
            return Err(E_POINTER);
        }
        // SAFETY: checked for null; the caller passes a writable place.
        unsafe { old.write(call_context::switch(new)) };
        Ok(S_OK)
    })
}

/// The common part of both waits; `index` was checked.
///
/// # Safety
/// `handles` has `count` handles.
unsafe fn wait_for(
    all: bool,
    milliseconds: u32,
    count: u32,
    handles: *const HANDLE,
    index: &mut u32,
) -> Result<HRESULT, HRESULT> {
    *index = 0;
    if handles.is_null() {
        return Err(E_INVALIDARG);
    }
    if count == 0 {
        return Err(RPC_E_NO_SYNC);
    }
    // SAFETY: the caller passes that many handles.
    let handles = unsafe { core::slice::from_raw_parts(handles, count as usize) };
    let handles: Vec<usize> = handles.iter().map(|handle| *handle as usize).collect();
    *index = wait::for_handles(&handles, all, limit(milliseconds))?;
    Ok(S_OK)
}

/// See `partywall::ffi::calls`.
///
/// # Safety
/// `handles` is null or has `count` handles, `index` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoWaitForMultipleHandles(
    flags: u32,
    milliseconds: u32,
    count: u32,
    handles: *const HANDLE,
    index: *mut u32,
) -> HRESULT {
    guarded(|| {
        // SAFETY: null or a writable place; the handles are as many as is said.
        unsafe {
            let index = index.as_mut().ok_or(E_INVALIDARG)?;
            if flags & !COWAIT_FLAGS != 0 {
                *index = 0;
                return Err(E_INVALIDARG);
            }
            wait_for(flags & COWAIT_WAITALL != 0, milliseconds, count, handles, index)
        }
    })
}

/// See `partywall::ffi::calls`.
///
/// # Safety
/// As [`CoWaitForMultipleHandles`].
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoWaitForMultipleObjects(
    flags: u32,
    milliseconds: u32,
    count: u32,
    handles: *const HANDLE,
    index: *mut u32,
) -> HRESULT {
    guarded(|| {
        // SAFETY: as above.
        unsafe {
            let index = index.as_mut().ok_or(E_INVALIDARG)?;
            if flags & !CWMO_FLAGS != 0 {
                *index = 0;
                return Err(E_INVALIDARG);
            }
            wait_for(false, milliseconds, count, handles, index)
        }
    })
}

/// See `partywall::ffi::calls`.
///
/// # Safety
/// `script` is null or a zero-ended text, `filter` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn PwCreateBusyFilter(
    script: *const c_char,
    milliseconds: u32,
    filter: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: forwarded from the caller.
    unsafe {
        guarded_pointer(filter, || {
            let prompt: Arc<dyn Prompt> = if script.is_null() {
                Arc::new(Terminal)
            } else {
                let script = CStr::from_ptr(script).to_str().map_err(|_| E_INVALIDARG)?;
                let script = Script::read(Path::new(script)).map_err(|error| {
                    observe::error!("com", "no answers for a busy server: {error}");
                    E_INVALIDARG
                })?;
                Arc::new(script)
            };
            let silence = limit(milliseconds).unwrap_or(busy::SILENCE);
            busy::BusyFilter::object(prompt, silence).map(Interface::into_raw)
        })
    }
}
