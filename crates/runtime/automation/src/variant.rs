//! What a variant owns: letting go of it, copying it, following a reference.
//!
//! Invariant: a copy is made whole before the old content of its place is let
//! go, so a failure leaves the place as it was and a place may be its source.

use core::ffi::c_void;

use com_abi::automation::{
    VT_ARRAY, VT_BOOL, VT_BSTR, VT_BYREF, VT_CY, VT_DATE, VT_DECIMAL, VT_DISPATCH, VT_EMPTY,
    VT_ERROR, VT_I1, VT_I2, VT_I4, VT_I8, VT_INT, VT_NULL, VT_R4, VT_R8, VT_TYPEMASK, VT_UI1,
    VT_UI2, VT_UI4, VT_UI8, VT_UINT, VT_UNKNOWN, VT_VARIANT, Variant,
};
use com_abi::codes::{DISP_E_BADVARTYPE, E_INVALIDARG, E_OUTOFMEMORY};
use com_abi::{HRESULT, IUnknown, Interface};

use crate::{array, strings};

/// Whether `vt` is the type of a plain value that is known here.
pub const fn is_value(vt: u16) -> bool {
    matches!(
        vt,
        VT_I2
            | VT_I4
            | VT_R4
            | VT_R8
            | VT_CY
            | VT_DATE
            | VT_BSTR
            | VT_DISPATCH
            | VT_ERROR
            | VT_BOOL
            | VT_UNKNOWN
            | VT_DECIMAL
            | VT_I1
            | VT_UI1
            | VT_UI2
            | VT_UI4
            | VT_I8
            | VT_UI8
            | VT_INT
            | VT_UINT
    )
}

/// Whether a variant may have the type `vt`.
pub const fn is_valid(vt: u16) -> bool {
    let base = vt & VT_TYPEMASK;
    match vt & !VT_TYPEMASK {
        0 => matches!(base, VT_EMPTY | VT_NULL) || is_value(base),
        // An array by reference, an array, a value by reference.
        VT_ARRAY | VT_BYREF | 0x6000 => base == VT_VARIANT || is_value(base),
        _ => false,
    }
}

/// Adds a reference; null is allowed.
///
/// # Safety
/// `object` is null or a live interface pointer of this thread's apartment.
pub unsafe fn add_reference(object: *mut c_void) -> *mut c_void {
    // SAFETY: forwarded from the caller; the clone is given away as a pointer.
    if let Some(object) = unsafe { IUnknown::from_raw_borrowed(&object) } {
        core::mem::forget(object.clone());
    }
    object
}

/// Gives a reference back; null is allowed.
///
/// # Safety
/// `object` is null or an interface pointer whose reference is the caller's.
pub unsafe fn release(object: *mut c_void) {
    if !object.is_null() {
        // SAFETY: forwarded from the caller.
        drop(unsafe { IUnknown::from_raw(object) });
    }
}

/// A copy of a string; null stays null.
///
/// # Errors
/// `E_OUTOFMEMORY`.
///
/// # Safety
/// `text` is null or a live string.
pub unsafe fn copy_string(text: *mut u16) -> Result<*mut u16, HRESULT> {
    if text.is_null() {
        return Ok(text);
    }
    // SAFETY: a live string has as many bytes as it says.
    let copy = unsafe { strings::alloc(text.cast(), strings::byte_length(text)) };
    if copy.is_null() { Err(E_OUTOFMEMORY) } else { Ok(copy) }
}

/// `VariantClear`: lets go of what the variant owns and empties it.
///
/// # Errors
/// `DISP_E_BADVARTYPE`, `DISP_E_ARRAYISLOCKED`; the variant stays as it was.
///
/// # Safety
/// `variant` was initialised, and what it owns is nobody else's.
pub unsafe fn clear(variant: &mut Variant) -> Result<(), HRESULT> {
    if !is_valid(variant.vt) {
        return Err(DISP_E_BADVARTYPE);
    }
    // SAFETY: the type says which member holds; its content is owned.
    unsafe {
        match variant.vt {
            vt if vt & VT_BYREF != 0 => {}
            vt if vt & VT_ARRAY != 0 => array::destroy(variant.data.parray)?,
            VT_BSTR => strings::free(variant.data.bstrVal),
            VT_DISPATCH | VT_UNKNOWN => {
                let object = variant.data.punkVal;
                // Its last release may look at the variant.
                *variant = Variant::EMPTY;
                release(object);
            }
            _ => {}
        }
    }
    *variant = Variant::EMPTY;
    Ok(())
}

/// A copy of what `source` holds. A reference is copied as a reference.
///
/// # Errors
/// `DISP_E_BADVARTYPE`, `E_OUTOFMEMORY`.
///
/// # Safety
/// `source` is a variant whose content is alive.
pub unsafe fn copied(source: &Variant) -> Result<Variant, HRESULT> {
    if !is_valid(source.vt) {
        return Err(DISP_E_BADVARTYPE);
    }
    let mut copy = *source;
    // SAFETY: the type says which member holds.
    unsafe {
        match source.vt {
            vt if vt & VT_BYREF != 0 => {}
            vt if vt & VT_ARRAY != 0 => copy.data.parray = array::copy(source.data.parray)?,
            VT_BSTR => copy.data.bstrVal = copy_string(source.data.bstrVal)?,
            VT_DISPATCH | VT_UNKNOWN => copy.data.punkVal = add_reference(source.data.punkVal),
            _ => {}
        }
    }
    Ok(copy)
}

/// Puts `value` into `place`, whose old content is let go.
///
/// # Errors
/// As [`clear`]; `value` is let go then.
///
/// # Safety
/// `place` was initialised; `value` owns what it holds.
pub unsafe fn replace(place: &mut Variant, mut value: Variant) -> Result<(), HRESULT> {
    // SAFETY: forwarded from the caller.
    unsafe {
        if let Err(code) = clear(place) {
            let _ = clear(&mut value);
            return Err(code);
        }
    }
    *place = value;
    Ok(())
}

/// A copy of the value that `source` refers to, or of its own value when it is
/// not by reference.
///
/// # Errors
/// `E_INVALIDARG` for a null reference and for a reference to a reference to a
/// variant; else as [`copied`].
///
/// # Safety
/// `source` and what it refers to are alive.
pub unsafe fn dereferenced(source: &Variant) -> Result<Variant, HRESULT> {
    if source.vt & VT_BYREF == 0 {
        // SAFETY: forwarded from the caller.
        return unsafe { copied(source) };
    }
    if !is_valid(source.vt) {
        return Err(DISP_E_BADVARTYPE);
    }
    // SAFETY: the type says that the data are a pointer to a live value of it.
    unsafe {
        let target = source.data.byref;
        if target.is_null() {
            return Err(E_INVALIDARG);
        }
        if source.vt == VT_BYREF | VT_VARIANT {
            let inner = &*target.cast::<Variant>();
            if inner.vt == source.vt {
                return Err(E_INVALIDARG);
            }
            return dereferenced(inner);
        }
        copied(&read_reference(source.vt & !VT_BYREF, target))
    }
}

/// The value of type `vt` at `target` as a variant, which owns nothing.
///
/// # Safety
/// `target` is a readable value of the type.
unsafe fn read_reference(vt: u16, target: *const c_void) -> Variant {
    // SAFETY: forwarded from the caller; the sizes are the types'.
    unsafe {
        match vt {
            VT_DECIMAL => {
                Variant::from_decimal(target.cast::<com_abi::automation::Decimal>().read())
            }
            VT_I1 | VT_UI1 => Variant::with(vt, |data| data.bVal = target.cast::<u8>().read()),
            VT_I2 | VT_UI2 | VT_BOOL => {
                Variant::with(vt, |data| data.uiVal = target.cast::<u16>().read())
            }
            VT_I4 | VT_UI4 | VT_INT | VT_UINT | VT_R4 | VT_ERROR => {
                Variant::with(vt, |data| data.ulVal = target.cast::<u32>().read())
            }
            _ => Variant::with(vt, |data| data.ullVal = target.cast::<u64>().read()),
        }
    }
}
