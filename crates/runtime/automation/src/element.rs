//! The elements of safe arrays: where they stand, copying them in and out.
//!
//! The first index moves fastest through the memory. Indexes are given in the
//! order of the dimensions, the first dimension first, as every caller of these
//! functions does; the published text of `SafeArrayPutElement` says the
//! opposite.

use core::ffi::c_void;

use com_abi::HRESULT;
use com_abi::automation::{
    FADF_BSTR, FADF_DISPATCH, FADF_RECORD, FADF_UNKNOWN, FADF_VARIANT, SafeArray, Variant,
};
use com_abi::codes::{DISP_E_BADINDEX, E_INVALIDARG};

use crate::{array, strings, variant};

/// What has to be done with an element when it is copied or goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain,
    String,
    Object,
    Variant,
}

unsafe fn kind(array: *const SafeArray) -> Kind {
    // SAFETY: the callers pass a live descriptor.
    match unsafe { (*array).fFeatures } {
        features if features & FADF_BSTR != 0 => Kind::String,
        features if features & (FADF_UNKNOWN | FADF_DISPATCH) != 0 => Kind::Object,
        features if features & FADF_VARIANT != 0 => Kind::Variant,
        _ => Kind::Plain,
    }
}

/// Number of elements.
///
/// # Safety
/// `array` is a live descriptor whose size was checked when it was made.
pub unsafe fn count(array: *mut SafeArray) -> usize {
    // SAFETY: forwarded from the caller.
    unsafe {
        let bytes = array::bytes_of(array::bounds(array), (*array).cbElements).unwrap_or(0);
        bytes / ((*array).cbElements as usize).max(1)
    }
}

/// `SafeArrayPtrOfIndex`: the address of an element.
///
/// # Errors
/// `DISP_E_BADINDEX`; `E_INVALIDARG` when the elements' memory is gone.
///
/// # Safety
/// `array` is a live descriptor, `indexes` one readable index a dimension.
pub unsafe fn address(array: *mut SafeArray, indexes: *const i32) -> Result<*mut u8, HRESULT> {
    // SAFETY: forwarded from the caller; the offset lies inside the elements.
    unsafe {
        if (*array).pvData.is_null() {
            return Err(E_INVALIDARG);
        }
        let mut offset = 0_usize;
        let mut stride = (*array).cbElements as usize;
        for (at, bound) in array::bounds(array).iter().rev().enumerate() {
            let index = i64::from(indexes.add(at).read()) - i64::from(bound.lLbound);
            let index = u32::try_from(index).map_err(|_| DISP_E_BADINDEX)?;
            if index >= bound.cElements {
                return Err(DISP_E_BADINDEX);
            }
            offset += index as usize * stride;
            stride *= bound.cElements as usize;
        }
        Ok((*array).pvData.cast::<u8>().add(offset))
    }
}

/// Lets go of the elements from `start` to before `end`, whose memory is to be
/// freed or overwritten afterwards.
///
/// # Safety
/// `array` is a live descriptor with that many live elements.
pub unsafe fn clear_range(array: *mut SafeArray, start: usize, end: usize) {
    // SAFETY: forwarded from the caller; each element is cleared once.
    unsafe {
        let (kind, size) = (kind(array), (*array).cbElements as usize);
        if kind != Kind::Plain {
            let data = (*array).pvData.cast::<u8>();
            for at in start..end {
                clear(kind, data.add(at * size));
            }
        }
    }
}

unsafe fn clear(kind: Kind, place: *mut u8) {
    // SAFETY: the callers pass a live element of that kind, which they own.
    unsafe {
        match kind {
            Kind::Plain => {}
            Kind::String => strings::free(place.cast::<*mut u16>().read()),
            Kind::Object => variant::release(place.cast::<*mut c_void>().read()),
            // An element that cannot be cleared (a locked array in it) leaks
            // rather than keeping its owner alive.
            Kind::Variant => drop(variant::clear(&mut *place.cast::<Variant>())),
        }
    }
}

/// Copies the element at `from` to `to`, whose old content does not count.
unsafe fn copy(kind: Kind, size: usize, from: *const u8, to: *mut u8) -> Result<(), HRESULT> {
    // SAFETY: the callers pass two places for an element of that kind and size.
    unsafe {
        match kind {
            Kind::Plain => core::ptr::copy_nonoverlapping(from, to, size),
            Kind::String => {
                let text = variant::copy_string(from.cast::<*mut u16>().read_unaligned())?;
                to.cast::<*mut u16>().write_unaligned(text);
            }
            Kind::Object => {
                let object = variant::add_reference(from.cast::<*mut c_void>().read_unaligned());
                to.cast::<*mut c_void>().write_unaligned(object);
            }
            Kind::Variant => {
                let value = variant::copied(&from.cast::<Variant>().read_unaligned())?;
                to.cast::<Variant>().write_unaligned(value);
            }
        }
    }
    Ok(())
}

/// Copies every element of `from` into the zeroed elements of `to`.
///
/// # Errors
/// `E_OUTOFMEMORY` or an element's own; what was copied stays in `to`.
///
/// # Safety
/// Both are live descriptors of the same type and bounds, with elements.
pub unsafe fn copy_all(from: *mut SafeArray, to: *mut SafeArray) -> Result<(), HRESULT> {
    // SAFETY: forwarded from the caller.
    unsafe {
        let (kind, size) = (kind(from), (*from).cbElements as usize);
        let (source, place) = ((*from).pvData.cast::<u8>(), (*to).pvData.cast::<u8>());
        if kind == Kind::Plain {
            core::ptr::copy_nonoverlapping(source, place, count(from) * size);
            return Ok(());
        }
        for at in 0..count(from) {
            copy(kind, size, source.add(at * size), place.add(at * size))?;
        }
    }
    Ok(())
}

/// `SafeArrayGetElement`: a copy at `place`, whose old content does not count.
///
/// # Errors
/// `DISP_E_BADINDEX`, `E_INVALIDARG` for records, `E_OUTOFMEMORY`.
///
/// # Safety
/// As [`address`]; `place` is writable and as large as an element.
pub unsafe fn get(
    array: *mut SafeArray,
    indexes: *const i32,
    place: *mut u8,
) -> Result<(), HRESULT> {
    // SAFETY: forwarded from the caller.
    unsafe {
        let from = checked_address(array, indexes)?;
        copy(kind(array), (*array).cbElements as usize, from, place)
    }
}

/// `SafeArrayPutElement`: puts a copy in place of the old element. `value` is
/// the pointer itself for strings and objects, else the element's address.
///
/// # Errors
/// `DISP_E_BADINDEX`; `E_INVALIDARG` for records and for a null address;
/// `E_OUTOFMEMORY`. The old element stays then.
///
/// # Safety
/// As [`address`]; `value` is what the array's elements are.
pub unsafe fn put(
    array: *mut SafeArray,
    indexes: *const i32,
    value: *mut c_void,
) -> Result<(), HRESULT> {
    // SAFETY: forwarded from the caller; the copy is made before the old
    // element goes, and lies in a place large and aligned enough for any.
    unsafe {
        let place = checked_address(array, indexes)?;
        let (kind, size) = (kind(array), (*array).cbElements as usize);
        let by_value = matches!(kind, Kind::String | Kind::Object);
        if value.is_null() && !by_value {
            return Err(E_INVALIDARG);
        }
        if kind == Kind::Plain {
            core::ptr::copy(value.cast::<u8>(), place, size);
            return Ok(());
        }
        let mut new = Variant::EMPTY;
        let mut old = Variant::EMPTY;
        let from = if by_value { (&raw const value).cast::<u8>() } else { value.cast::<u8>() };
        copy(kind, size, from, (&raw mut new).cast())?;
        core::ptr::copy_nonoverlapping(place, (&raw mut old).cast::<u8>(), size);
        core::ptr::copy_nonoverlapping((&raw const new).cast::<u8>(), place, size);
        clear(kind, (&raw mut old).cast());
    }
    Ok(())
}

unsafe fn checked_address(array: *mut SafeArray, indexes: *const i32) -> Result<*mut u8, HRESULT> {
    // SAFETY: the callers pass a live descriptor and its indexes. The size of an
    // element in a foreign descriptor is not ours to trust for owned kinds.
    unsafe {
        let owned = match kind(array) {
            Kind::Plain => None,
            Kind::String | Kind::Object => Some(size_of::<*mut c_void>()),
            Kind::Variant => Some(size_of::<Variant>()),
        };
        let wrong = owned.is_some_and(|size| size != (*array).cbElements as usize);
        if wrong || (*array).fFeatures & FADF_RECORD != 0 {
            return Err(E_INVALIDARG);
        }
        address(array, indexes)
    }
}
