//! `Sys…String…`.

use core::ptr::null_mut;

use super::guarded_value;
use crate::strings;

/// See `partywall::ffi::automation`.
///
/// # Safety
/// `text` is null or zero-ended.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SysAllocString(text: *const u16) -> *mut u16 {
    // SAFETY: forwarded from the caller.
    guarded_value(null_mut(), || unsafe { strings::from_terminated(text) })
}

/// See `partywall::ffi::automation`.
///
/// # Safety
/// `text` is null or that many readable units.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SysAllocStringLen(text: *const u16, length: u32) -> *mut u16 {
    // SAFETY: forwarded from the caller.
    guarded_value(null_mut(), || unsafe { strings::alloc_units(text, length) })
}

/// See `partywall::ffi::automation`.
///
/// # Safety
/// `bytes` is null or that many readable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SysAllocStringByteLen(bytes: *const u8, length: u32) -> *mut u16 {
    // SAFETY: forwarded from the caller.
    guarded_value(null_mut(), || unsafe { strings::alloc(bytes, length) })
}

/// See `partywall::ffi::automation`.
///
/// # Safety
/// `place` is null or holds null or a live string; `text` is null or zero-ended.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SysReAllocString(place: *mut *mut u16, text: *const u16) -> i32 {
    // SAFETY: forwarded from the caller; the old string goes after the copy, of
    // which it may be the source.
    guarded_value(0, || unsafe {
        if place.is_null() {
            return 0;
        }
        let new = strings::from_terminated(text);
        if new.is_null() && !text.is_null() {
            return 0;
        }
        strings::free(place.replace(new));
        1
    })
}

/// See `partywall::ffi::automation`.
///
/// # Safety
/// `place` is null or holds null or a live string; `text` is null or that many
/// readable units.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SysReAllocStringLen(
    place: *mut *mut u16,
    text: *const u16,
    length: u32,
) -> i32 {
    // SAFETY: forwarded from the caller; the old string goes after the copy, of
    // which it may be the source.
    guarded_value(0, || unsafe {
        if place.is_null() {
            return 0;
        }
        let old = place.read();
        if text.is_null() && !old.is_null() {
            let resized = length.checked_mul(2).map_or(null_mut(), |b| strings::resize(old, b));
            if !resized.is_null() {
                place.write(resized);
            }
            return i32::from(!resized.is_null());
        }
        let new = strings::alloc_units(text, length);
        if new.is_null() {
            return 0;
        }
        strings::free(place.replace(new));
        1
    })
}

/// See `partywall::ffi::automation`.
///
/// # Safety
/// `text` is null or a live string, and is not used again.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SysFreeString(text: *mut u16) {
    // SAFETY: forwarded from the caller.
    guarded_value((), || unsafe { strings::free(text) });
}

/// See `partywall::ffi::automation`.
///
/// # Safety
/// `text` is null or a live string.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SysStringLen(text: *mut u16) -> u32 {
    // SAFETY: forwarded from the caller.
    guarded_value(0, || unsafe { strings::byte_length(text) / 2 })
}

/// See `partywall::ffi::automation`.
///
/// # Safety
/// `text` is null or a live string.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SysStringByteLen(text: *mut u16) -> u32 {
    // SAFETY: forwarded from the caller.
    guarded_value(0, || unsafe { strings::byte_length(text) })
}
