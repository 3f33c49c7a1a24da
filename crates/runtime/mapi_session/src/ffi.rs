//! The C functions that the messaging subsystem exports, and the buffers that
//! its clients free.
//!
//! # Buffers
//! A buffer is a block of the C library behind a header of 16 bytes. Blocks that
//! `MAPIAllocateMore` made hang on their base in a list and are freed with it.

#![allow(non_snake_case)]

use core::ffi::{c_char, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

use com_abi::{HRESULT, from_wide};
use mapi_abi::codes::{Code, Failure};
use mapi_abi::structs::MAPI_UNICODE;

use crate::{face, logon};

/// `MAPIInitialize` calls that are not undone.
static INITIALIZED: AtomicU32 = AtomicU32::new(0);
/// Buffers that were not freed.
static BUFFERS: AtomicI64 = AtomicI64::new(0);

/// Largest buffer, in bytes.
const MAX_BUFFER_BYTES: usize = 1 << 30;

#[repr(C, align(16))]
struct Header {
    /// The next buffer that is freed with this one.
    next: *mut Header,
    magic: u64,
}

const MAGIC: u64 = 0x4D41_5049_4255_4646;
const FREED: u64 = 0x4652_4545_4652_4545;

fn allocate(size: usize, next: *mut Header) -> Option<*mut Header> {
    if size > MAX_BUFFER_BYTES {
        return None;
    }
    // SAFETY: any size may be asked for; the C library aligns to 16 bytes.
    let header = unsafe { libc::malloc(size_of::<Header>() + size) }.cast::<Header>();
    if header.is_null() {
        return None;
    }
    // SAFETY: fresh memory that begins with room for a header.
    unsafe { header.write(Header { next, magic: MAGIC }) };
    BUFFERS.fetch_add(1, Ordering::Relaxed);
    Some(header)
}

/// A buffer of `size` bytes; null when there is no memory.
pub fn buffer(size: usize) -> *mut u8 {
    allocate(size, core::ptr::null_mut())
        // SAFETY: the bytes behind the header belong to the same block.
        .map_or(core::ptr::null_mut(), |header| unsafe { header.add(1) }.cast())
}

/// A buffer that is freed with `base`; null when there is no memory.
///
/// # Safety
/// `base` is a live buffer of [`buffer`] that no other thread uses now.
pub unsafe fn more(size: usize, base: *mut u8) -> *mut u8 {
    // SAFETY: forwarded from the caller; the header stands before the bytes.
    unsafe {
        let base = base.cast::<Header>().sub(1);
        let Some(header) = allocate(size, (*base).next) else { return core::ptr::null_mut() };
        (*base).next = header;
        header.add(1).cast()
    }
}

/// Frees a buffer and what hangs on it; false for what is not a buffer.
///
/// # Safety
/// `start` is null or was answered by [`buffer`] or [`more`] and, if so, not
/// freed before.
pub unsafe fn free(start: *mut u8) -> bool {
    if start.is_null() {
        return true;
    }
    // SAFETY: forwarded from the caller.
    unsafe {
        let mut header = start.cast::<Header>().sub(1);
        if (*header).magic != MAGIC {
            return false;
        }
        while !header.is_null() {
            let next = (*header).next;
            (*header).magic = FREED;
            libc::free(header.cast());
            BUFFERS.fetch_sub(1, Ordering::Relaxed);
            header = next;
        }
    }
    true
}

/// Buffers that were not freed.
pub fn live_buffers() -> i64 {
    BUFFERS.load(Ordering::Relaxed)
}

/// Runs an entry point's body; a failure is logged with its sentence, a panic
/// becomes `CALL_FAILED`.
pub fn guarded(what: &str, body: impl FnOnce() -> Result<(), Failure>) -> HRESULT {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => Code::OK.hresult(),
        Ok(Err(failure)) => {
            observe::warn!("mapi", "{what}: {failure}");
            failure.code.hresult()
        }
        Err(_) => Code::CALL_FAILED.hresult(),
    }
}

/// See `partywall::ffi`.
#[unsafe(no_mangle)]
pub extern "system" fn MAPIInitialize(_init: *mut c_void) -> HRESULT {
    INITIALIZED.fetch_add(1, Ordering::AcqRel);
    Code::OK.hresult()
}

/// See `partywall::ffi`.
#[unsafe(no_mangle)]
pub extern "system" fn MAPIUninitialize() {
    let less = |count: u32| count.checked_sub(1);
    let _ = INITIALIZED.fetch_update(Ordering::AcqRel, Ordering::Acquire, less);
}

/// Text of a logon's argument.
///
/// # Safety
/// `text` is null or zero-ended, of 16-bit units with `MAPI_UNICODE`.
unsafe fn argument(text: *const c_char, flags: u32) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: forwarded from the caller.
    unsafe {
        if flags & MAPI_UNICODE != 0 {
            from_wide(text.cast())
        } else {
            std::ffi::CStr::from_ptr(text).to_string_lossy().into_owned()
        }
    }
}

/// See `partywall::ffi`.
///
/// # Safety
/// `profile` and `password` are null or zero-ended (16-bit units with
/// `MAPI_UNICODE`), `session` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MAPILogonEx(
    _window: usize,
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
    if INITIALIZED.load(Ordering::Acquire) == 0 {
        return Code::NOT_INITIALIZED.hresult();
    }
    guarded("MAPILogonEx", || {
        // SAFETY: forwarded from the caller.
        let (profile, password) = unsafe { (argument(profile, flags), argument(password, flags)) };
        let opened = logon::logon(&profile, &password, flags)?;
        let face = face::session_object(opened)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_goes_with_everything_that_hangs_on_it() {
        let before = live_buffers();
        let base = buffer(10);
        assert_eq!(base as usize % 16, 0);
        // SAFETY: live buffers of this test alone.
        unsafe {
            assert!(!more(20, base).is_null());
            assert!(!more(30, base).is_null());
            assert_eq!(live_buffers(), before + 3);
            assert!(free(base));
            assert!(free(core::ptr::null_mut()));
        }
        assert_eq!(live_buffers(), before);
        assert!(buffer(MAX_BUFFER_BYTES + 1).is_null());
    }
}
