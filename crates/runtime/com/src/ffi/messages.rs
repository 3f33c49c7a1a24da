//! The message loop.

#![allow(non_snake_case)]

use core::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use com_abi::HRESULT;
use com_abi::codes::{CO_E_NOT_SUPPORTED, E_OUTOFMEMORY, E_POINTER, S_FALSE, S_OK};
use com_abi::message::{MSG, TimerProcedure};
use observe::last_error;
use partywall::ffi::HANDLE;

use super::calls::limit;
use super::guarded;
use crate::membership;
use crate::message::{self, Range, Refused};
use crate::wait::{self, MessageWait};

const FALSE: i32 = 0;
const TRUE: i32 = 1;
const FAILED: i32 = -1;
const WAIT_FAILED: u32 = u32::MAX;
const ERROR_INVALID_PARAMETER: u32 = 87;
const ERROR_NOT_ENOUGH_MEMORY: u32 = 8;
const ERROR_INVALID_WINDOW_HANDLE: u32 = 1400;
const ERROR_INVALID_THREAD_ID: u32 = 1444;
const ERROR_NOT_ENOUGH_QUOTA: u32 = 1816;
/// `PeekMessage`: take the message out.
const PM_REMOVE: u32 = 1;
/// `MsgWaitForMultipleObjectsEx`: all handles and a message.
const MWMO_WAITALL: u32 = 1;
/// Messages that were seen before count too.
const MWMO_INPUTAVAILABLE: u32 = 4;
/// Shortest and longest time of a timer in milliseconds, as documented.
const TIMER_MILLISECONDS: core::ops::RangeInclusive<u32> = 10..=0x7FFF_FFFF;

/// As `super::guarded`, for functions that answer a number and set the thread's
/// last error.
fn answered<T>(failed: T, body: impl FnOnce() -> Result<T, u32>) -> T {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => {
            last_error::set(error);
            failed
        }
        Err(_) => {
            last_error::set(ERROR_NOT_ENOUGH_MEMORY);
            failed
        }
    }
}

fn range(window: *mut c_void, first: u32, last: u32) -> Result<Range, u32> {
    Range::new(window, first, last).ok_or(ERROR_INVALID_WINDOW_HANDLE)
}

/// See `partywall::ffi::messages`.
///
/// # Safety
/// `message` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetMessageW(
    message: *mut MSG,
    window: *mut c_void,
    first: u32,
    last: u32,
) -> i32 {
    answered(FAILED, || {
        let range = range(window, first, last)?;
        if message.is_null() {
            return Err(ERROR_INVALID_PARAMETER);
        }
        let (shown, goes_on) = message::shown(&message::own_queue().wait_and_take(&range));
        // SAFETY: checked for null; the caller passes a writable place.
        unsafe { message.write(shown) };
        Ok(if goes_on { TRUE } else { FALSE })
    })
}

/// See `partywall::ffi::messages`.
///
/// # Safety
/// As [`GetMessageW`].
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetMessageA(
    message: *mut MSG,
    window: *mut c_void,
    first: u32,
    last: u32,
) -> i32 {
    // SAFETY: forwarded from the caller.
    unsafe { GetMessageW(message, window, first, last) }
}

/// See `partywall::ffi::messages`.
///
/// # Safety
/// As [`GetMessageW`].
#[unsafe(no_mangle)]
pub unsafe extern "system" fn PeekMessageW(
    message: *mut MSG,
    window: *mut c_void,
    first: u32,
    last: u32,
    remove: u32,
) -> i32 {
    answered(FALSE, || {
        let range = range(window, first, last)?;
        if message.is_null() {
            return Err(ERROR_INVALID_PARAMETER);
        }
        let Some(found) = message::own_queue().take(&range, remove & PM_REMOVE != 0) else {
            return Ok(FALSE);
        };
        // SAFETY: checked for null; the caller passes a writable place.
        unsafe { message.write(message::shown(&found).0) };
        Ok(TRUE)
    })
}

/// See `partywall::ffi::messages`.
///
/// # Safety
/// As [`GetMessageW`].
#[unsafe(no_mangle)]
pub unsafe extern "system" fn PeekMessageA(
    message: *mut MSG,
    window: *mut c_void,
    first: u32,
    last: u32,
    remove: u32,
) -> i32 {
    // SAFETY: forwarded from the caller.
    unsafe { PeekMessageW(message, window, first, last, remove) }
}

/// See `partywall::ffi::messages`.
#[unsafe(no_mangle)]
pub extern "system" fn TranslateMessage(_message: *const MSG) -> i32 {
    FALSE
}

/// See `partywall::ffi::messages`.
///
/// # Safety
/// `message` is null or readable; a timer's is one that a message function
/// handed out.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn DispatchMessageW(message: *const MSG) -> isize {
    answered(0, || {
        // SAFETY: null or readable.
        let message = unsafe { message.as_ref() }.ok_or(ERROR_INVALID_PARAMETER)?;
        // SAFETY: forwarded from the caller.
        unsafe { message::dispatch(message) };
        Ok(0)
    })
}

/// See `partywall::ffi::messages`.
///
/// # Safety
/// As [`DispatchMessageW`].
#[unsafe(no_mangle)]
pub unsafe extern "system" fn DispatchMessageA(message: *const MSG) -> isize {
    // SAFETY: forwarded from the caller.
    unsafe { DispatchMessageW(message) }
}

/// See `partywall::ffi::messages`.
#[unsafe(no_mangle)]
pub extern "system" fn PostThreadMessageW(
    thread: u32,
    number: u32,
    wparam: usize,
    lparam: isize,
) -> i32 {
    answered(FALSE, || {
        message::post_to(thread.cast_signed(), number, wparam, lparam).map_err(|refused| {
            match refused {
                Refused::NoQueue => ERROR_INVALID_THREAD_ID,
                Refused::Full => ERROR_NOT_ENOUGH_QUOTA,
            }
        })?;
        Ok(TRUE)
    })
}

/// See `partywall::ffi::messages`.
#[unsafe(no_mangle)]
pub extern "system" fn PostThreadMessageA(
    thread: u32,
    number: u32,
    wparam: usize,
    lparam: isize,
) -> i32 {
    PostThreadMessageW(thread, number, wparam, lparam)
}

/// See `partywall::ffi::messages`.
#[unsafe(no_mangle)]
pub extern "system" fn PostQuitMessage(code: i32) {
    let _ = catch_unwind(|| message::own_queue().quit(code));
}

/// See `partywall::ffi::messages`.
#[unsafe(no_mangle)]
pub extern "system" fn SetTimer(
    window: *mut c_void,
    id: usize,
    milliseconds: u32,
    procedure: Option<TimerProcedure>,
) -> usize {
    answered(0, || {
        if !window.is_null() {
            return Err(ERROR_INVALID_WINDOW_HANDLE);
        }
        let (shortest, longest) = TIMER_MILLISECONDS.into_inner();
        let period = Duration::from_millis(milliseconds.clamp(shortest, longest).into());
        Ok(message::set_timer(id, period, procedure))
    })
}

/// See `partywall::ffi::messages`.
#[unsafe(no_mangle)]
pub extern "system" fn KillTimer(window: *mut c_void, id: usize) -> i32 {
    answered(FALSE, || {
        if !window.is_null() {
            return Err(ERROR_INVALID_WINDOW_HANDLE);
        }
        let killed = message::own_queue().kill_timer(id);
        if killed { Ok(TRUE) } else { Err(ERROR_INVALID_PARAMETER) }
    })
}

/// See `partywall::ffi::messages`.
///
/// # Safety
/// `handles` has `count` handles, or is null for none.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MsgWaitForMultipleObjectsEx(
    count: u32,
    handles: *const HANDLE,
    milliseconds: u32,
    mask: u32,
    flags: u32,
) -> u32 {
    answered(WAIT_FAILED, || {
        let handles = match count {
            0 => &[],
            _ if handles.is_null() => return Err(ERROR_INVALID_PARAMETER),
            // SAFETY: the caller passes that many handles.
            count => unsafe { core::slice::from_raw_parts(handles, count as usize) },
        };
        let handles: Vec<usize> = handles.iter().map(|handle| *handle as usize).collect();
        let kind = MessageWait {
            all: flags & MWMO_WAITALL != 0,
            input_available: flags & MWMO_INPUTAVAILABLE != 0,
            messages: mask != 0,
        };
        wait::for_messages(&handles, kind, limit(milliseconds)).map_err(|error| error.code())
    })
}

/// See `partywall::ffi::messages`.
///
/// # Safety
/// As [`MsgWaitForMultipleObjectsEx`].
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MsgWaitForMultipleObjects(
    count: u32,
    handles: *const HANDLE,
    all: i32,
    milliseconds: u32,
    mask: u32,
) -> u32 {
    let flags = if all == FALSE { 0 } else { MWMO_WAITALL };
    // SAFETY: forwarded from the caller.
    unsafe { MsgWaitForMultipleObjectsEx(count, handles, milliseconds, mask, flags) }
}

/// See `partywall::ffi::messages`.
///
/// # Safety
/// `descriptor` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn PwApartmentDescriptor(descriptor: *mut i32) -> HRESULT {
    guarded(|| {
        // SAFETY: null or a writable place.
        let place = unsafe { descriptor.as_mut() }.ok_or(E_POINTER)?;
        *place = -1;
        let own = membership::own_sta().ok_or(CO_E_NOT_SUPPORTED)?;
        let found = own.queue().with_readiness(|readiness| readiness.descriptor());
        *place = found.map_err(|error| {
            observe::error!("com", "no descriptor for an apartment's queue: {error}");
            E_OUTOFMEMORY
        })?;
        Ok(S_OK)
    })
}

/// See `partywall::ffi::messages`.
#[unsafe(no_mangle)]
pub extern "system" fn PwDispatchOne() -> HRESULT {
    guarded(|| {
        let own = membership::own_sta().ok_or(CO_E_NOT_SUPPORTED)?;
        Ok(if message::dispatch_one(&own) { S_OK } else { S_FALSE })
    })
}
