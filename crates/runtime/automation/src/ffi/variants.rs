//! `Variant…`, and variant time.

use com_abi::HRESULT;
use com_abi::automation::{SystemTime, Variant};
use com_abi::codes::E_INVALIDARG;

use super::{guarded, guarded_value};
use crate::{convert, date, variant};

/// The locale that does not change from user to user.
const INVARIANT: u32 = 0x7F;

/// See `partywall::ffi::automation`.
///
/// # Safety
/// `place` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn VariantInit(place: *mut Variant) {
    if !place.is_null() {
        // SAFETY: forwarded from the caller.
        unsafe { place.write(Variant::EMPTY) };
    }
}

/// See `partywall::ffi::automation`.
///
/// # Safety
/// `place` is null or an initialised variant.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn VariantClear(place: *mut Variant) -> HRESULT {
    // SAFETY: forwarded from the caller.
    guarded(|| unsafe { variant::clear(place.as_mut().ok_or(E_INVALIDARG)?) })
}

/// Puts what `make` makes of `source` into `place`.
unsafe fn put(
    place: *mut Variant,
    source: *const Variant,
    make: impl FnOnce(&Variant) -> Result<Variant, HRESULT>,
) -> Result<(), HRESULT> {
    // SAFETY: the callers pass null or initialised variants. They may be one,
    // so there is no reference to both.
    unsafe {
        if place.is_null() {
            return Err(E_INVALIDARG);
        }
        let value = make(source.as_ref().ok_or(E_INVALIDARG)?)?;
        variant::replace(&mut *place, value)
    }
}

/// See `partywall::ffi::automation`.
///
/// # Safety
/// Both are null or initialised variants.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn VariantCopy(place: *mut Variant, source: *const Variant) -> HRESULT {
    guarded(|| {
        if core::ptr::eq(place, source) && !place.is_null() {
            return Ok(());
        }
        // SAFETY: forwarded from the caller.
        unsafe { put(place, source, |source| variant::copied(source)) }
    })
}

/// See `partywall::ffi::automation`.
///
/// # Safety
/// Both are null or initialised variants; what `source` refers to is alive.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn VariantCopyInd(
    place: *mut Variant,
    source: *const Variant,
) -> HRESULT {
    // SAFETY: forwarded from the caller.
    guarded(|| unsafe { put(place, source, |source| variant::dereferenced(source)) })
}

/// See `partywall::ffi::automation`.
///
/// # Safety
/// Both are null or initialised variants; what `source` refers to is alive.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn VariantChangeType(
    place: *mut Variant,
    source: *const Variant,
    flags: u16,
    vt: u16,
) -> HRESULT {
    // SAFETY: forwarded from the caller.
    unsafe { VariantChangeTypeEx(place, source, INVARIANT, flags, vt) }
}

/// See `partywall::ffi::automation`.
///
/// # Safety
/// Both are null or initialised variants; what `source` refers to is alive.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn VariantChangeTypeEx(
    place: *mut Variant,
    source: *const Variant,
    locale: u32,
    flags: u16,
    vt: u16,
) -> HRESULT {
    // SAFETY: forwarded from the caller.
    guarded(|| unsafe {
        put(place, source, |source| convert::change_type(source, locale, flags, vt))
    })
}

/// See `partywall::ffi::automation`.
///
/// # Safety
/// `time` is null or readable, `days` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SystemTimeToVariantTime(
    time: *const SystemTime,
    days: *mut f64,
) -> i32 {
    // SAFETY: forwarded from the caller.
    guarded_value(0, || unsafe {
        let (Some(time), Some(days)) = (time.as_ref(), days.as_mut()) else { return 0 };
        let Some(value) = date::from_system(time) else { return 0 };
        *days = value;
        1
    })
}

/// See `partywall::ffi::automation`.
///
/// # Safety
/// `time` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn VariantTimeToSystemTime(days: f64, time: *mut SystemTime) -> i32 {
    // SAFETY: forwarded from the caller.
    guarded_value(0, || unsafe {
        let (Some(time), Some(value)) = (time.as_mut(), date::to_system(days)) else { return 0 };
        *time = value;
        1
    })
}
