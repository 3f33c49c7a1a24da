//! The exported functions of identifiers, their texts, and the names of classes.
//! What each does is documented in the SDK (`partywall::ffi::activation`), whose
//! declarations these match.

#![allow(non_snake_case)]

use std::time::{SystemTime, UNIX_EPOCH};

use com_abi::codes::{
    CO_E_CLASSSTRING, CO_E_IIDSTRING, E_INVALIDARG, E_OUTOFMEMORY, S_FALSE, S_OK,
};
use com_abi::{FILETIME, GUID, HRESULT, WideString, format_guid, from_wide};
use partywall::task;

use super::guarded;
use crate::identifier::{self, TEXT_UNITS};
use crate::{progid, treat_as};

/// The units of a zero-ended text, at most one more than an identifier has.
///
/// # Safety
/// `text` is zero-ended.
unsafe fn units_of<'a>(text: *const u16) -> &'a [u16] {
    let mut count = 0;
    // SAFETY: every unit up to and including the zero is readable.
    while count <= TEXT_UNITS && unsafe { text.add(count).read() } != 0 {
        count += 1;
    }
    // SAFETY: those units were just read.
    unsafe { core::slice::from_raw_parts(text, count) }
}

/// See the SDK.
///
/// # Safety
/// `text` is null or zero-ended, `clsid` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CLSIDFromString(text: *const u16, clsid: *mut GUID) -> HRESULT {
    guarded(|| {
        // SAFETY: forwarded from the caller.
        let clsid = unsafe { clsid.as_mut() }.ok_or(E_INVALIDARG)?;
        if text.is_null() {
            *clsid = GUID::default();
            return Ok(S_OK);
        }
        // SAFETY: checked for null; the caller passes a zero-ended string.
        let (units, name) = unsafe { (units_of(text), from_wide(text)) };
        if identifier::read(units, clsid) {
            return Ok(S_OK);
        }
        // A ProgID will do as well.
        *clsid = progid::to_class(&name).map_err(|_| CO_E_CLASSSTRING)?;
        Ok(S_OK)
    })
}

/// See the SDK.
///
/// # Safety
/// `text` is null or zero-ended, `iid` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn IIDFromString(text: *const u16, iid: *mut GUID) -> HRESULT {
    guarded(|| {
        // SAFETY: forwarded from the caller.
        let iid = unsafe { iid.as_mut() }.ok_or(E_INVALIDARG)?;
        if text.is_null() {
            *iid = GUID::default();
            return Ok(S_OK);
        }
        // SAFETY: checked for null; the caller passes a zero-ended string.
        let units = unsafe { units_of(text) };
        if units.len() != TEXT_UNITS {
            return Err(E_INVALIDARG);
        }
        if identifier::read(units, iid) { Ok(S_OK) } else { Err(CO_E_IIDSTRING) }
    })
}

/// A text in memory of the task allocator.
///
/// # Safety
/// `place` is null or writable.
unsafe fn answer_text(
    place: *mut *mut u16,
    make: impl FnOnce() -> Result<String, HRESULT>,
) -> HRESULT {
    guarded(|| {
        // SAFETY: forwarded from the caller.
        let place = unsafe { place.as_mut() }.ok_or(E_INVALIDARG)?;
        *place = core::ptr::null_mut();
        *place = task::string(&make()?);
        if place.is_null() { Err(E_OUTOFMEMORY) } else { Ok(S_OK) }
    })
}

/// See the SDK.
///
/// # Safety
/// `clsid` is null or readable, `text` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn StringFromCLSID(clsid: *const GUID, text: *mut *mut u16) -> HRESULT {
    // SAFETY: forwarded from the caller.
    unsafe { answer_text(text, || clsid.as_ref().map(format_guid).ok_or(E_INVALIDARG)) }
}

/// See the SDK.
///
/// # Safety
/// `iid` is null or readable, `text` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn StringFromIID(iid: *const GUID, text: *mut *mut u16) -> HRESULT {
    // SAFETY: forwarded from the caller.
    unsafe { StringFromCLSID(iid, text) }
}

/// See the SDK.
///
/// # Safety
/// `guid` is null or readable, `text` null or writable for `size` units.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn StringFromGUID2(guid: *const GUID, text: *mut u16, size: i32) -> i32 {
    // SAFETY: forwarded from the caller.
    let Some(guid) = (unsafe { guid.as_ref() }) else { return 0 };
    let wide = WideString::new(&format_guid(guid));
    let units = wide.units();
    if text.is_null() || usize::try_from(size).is_ok_and(|size| size < units.len()) || size < 0 {
        return 0;
    }
    // SAFETY: there is room for as many units.
    unsafe { core::ptr::copy_nonoverlapping(units.as_ptr(), text, units.len()) };
    units.len() as i32
}

/// See the SDK.
///
/// # Safety
/// `name` is null or zero-ended, `clsid` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CLSIDFromProgID(name: *const u16, clsid: *mut GUID) -> HRESULT {
    guarded(|| {
        if name.is_null() || clsid.is_null() {
            return Err(E_INVALIDARG);
        }
        // SAFETY: checked for null; the caller passes a zero-ended string.
        let found = progid::to_class(&unsafe { from_wide(name) });
        // SAFETY: checked for null; the caller passes a writable place.
        unsafe { clsid.write(found.unwrap_or_default()) };
        found.map(|_| S_OK)
    })
}

/// See the SDK.
///
/// # Safety
/// As [`CLSIDFromProgID`].
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CLSIDFromProgIDEx(name: *const u16, clsid: *mut GUID) -> HRESULT {
    // SAFETY: forwarded from the caller.
    unsafe { CLSIDFromProgID(name, clsid) }
}

/// See the SDK.
///
/// # Safety
/// `clsid` is null or readable, `name` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ProgIDFromCLSID(clsid: *const GUID, name: *mut *mut u16) -> HRESULT {
    // SAFETY: forwarded from the caller.
    unsafe { answer_text(name, || progid::of_class(clsid.as_ref().ok_or(E_INVALIDARG)?)) }
}

/// See the SDK.
///
/// # Safety
/// `guid` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoCreateGuid(guid: *mut GUID) -> HRESULT {
    guarded(|| {
        // SAFETY: forwarded from the caller.
        let guid = unsafe { guid.as_mut() }.ok_or(E_INVALIDARG)?;
        let mut random = [0u8; 16];
        // SAFETY: that many writable bytes.
        let count = unsafe { libc::getrandom(random.as_mut_ptr().cast(), random.len(), 0) };
        if count != random.len() as isize {
            return Err(com_abi::codes::E_UNEXPECTED);
        }
        let mut value = u128::from_le_bytes(random);
        // Version 4, variant 1 (RFC 9562 5.4).
        value = value & !(0xF << 76) | 0x4 << 76;
        value = value & !(0x3 << 62) | 0x2 << 62;
        *guid = GUID::from_u128(value);
        Ok(S_OK)
    })
}

/// See the SDK.
///
/// # Safety
/// `time` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoFileTimeNow(time: *mut FILETIME) -> HRESULT {
    guarded(|| {
        // SAFETY: forwarded from the caller.
        *unsafe { time.as_mut() }.ok_or(E_INVALIDARG)? = file_time(SystemTime::now());
        Ok(S_OK)
    })
}

/// A time in steps of 100 ns since 1601; one before 1970 is 1970.
pub fn file_time(time: SystemTime) -> FILETIME {
    const STEPS_TO_1970: u64 = 116_444_736_000_000_000;
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let steps = STEPS_TO_1970 + (since.as_nanos() / 100) as u64;
    FILETIME { low: steps as u32, high: (steps >> 32) as u32 }
}

/// See the SDK.
///
/// # Safety
/// Both are null or readable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoTreatAsClass(old: *const GUID, new: *const GUID) -> HRESULT {
    guarded(|| {
        // SAFETY: forwarded from the caller.
        let (old, new) = unsafe { (old.as_ref(), new.as_ref()) };
        treat_as::set(old.ok_or(E_INVALIDARG)?, new.ok_or(E_INVALIDARG)?)?;
        Ok(S_OK)
    })
}

/// See the SDK.
///
/// # Safety
/// `old` is null or readable, `new` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoGetTreatAsClass(old: *const GUID, new: *mut GUID) -> HRESULT {
    guarded(|| {
        // SAFETY: forwarded from the caller.
        let (old, new) = unsafe { (old.as_ref(), new.as_mut()) };
        let (old, new) = (old.ok_or(E_INVALIDARG)?, new.ok_or(E_INVALIDARG)?);
        *new = *old;
        let entry = treat_as::entry(old)?;
        *new = entry.unwrap_or(*old);
        Ok(if entry.is_some() { S_OK } else { S_FALSE })
    })
}
