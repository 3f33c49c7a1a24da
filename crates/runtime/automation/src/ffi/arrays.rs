//! `SafeArray…`.

use core::ffi::c_void;
use core::ptr::null_mut;

use com_abi::automation::{SafeArray, SafeArrayBound};
use com_abi::codes::E_INVALIDARG;
use com_abi::{GUID, HRESULT};

use super::{guarded, guarded_value};
use crate::{array, element};

/// Refuses a null pointer.
fn present<T>(pointer: *mut T) -> Result<*mut T, HRESULT> {
    if pointer.is_null() { Err(E_INVALIDARG) } else { Ok(pointer) }
}

/// The bounds that a caller passes, the first dimension first.
unsafe fn given<'a>(bounds: *const SafeArrayBound, dimensions: u32) -> &'a [SafeArrayBound] {
    if bounds.is_null() || dimensions == 0 || dimensions > array::MAX_DIMENSIONS {
        return &[];
    }
    // SAFETY: the callers pass that many readable bounds.
    unsafe { core::slice::from_raw_parts(bounds, dimensions as usize) }
}

/// See `partywall::ffi::automation`.
///
/// # Safety
/// `bounds` is null or that many readable bounds.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SafeArrayCreate(
    vt: u16,
    dimensions: u32,
    bounds: *const SafeArrayBound,
) -> *mut SafeArray {
    // SAFETY: forwarded from the caller.
    guarded_value(null_mut(), || unsafe {
        array::create(vt, given(bounds, dimensions)).unwrap_or(null_mut())
    })
}

/// See `partywall::ffi::automation`.
///
/// # Safety
/// `bounds` is null or that many readable bounds; for interface pointers `extra`
/// is null or a readable identifier.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SafeArrayCreateEx(
    vt: u16,
    dimensions: u32,
    bounds: *const SafeArrayBound,
    extra: *const c_void,
) -> *mut SafeArray {
    // SAFETY: forwarded from the caller.
    guarded_value(null_mut(), || unsafe {
        let Ok(created) = array::create(vt, given(bounds, dimensions)) else { return null_mut() };
        if let (Some(place), Some(iid)) = (array::iid_place(created), extra.cast::<GUID>().as_ref())
        {
            place.write(*iid);
        }
        created
    })
}

/// See `partywall::ffi::automation`.
#[unsafe(no_mangle)]
pub extern "system" fn SafeArrayCreateVector(vt: u16, lower: i32, count: u32) -> *mut SafeArray {
    guarded_value(null_mut(), || array::create_vector(vt, lower, count).unwrap_or(null_mut()))
}

/// See `partywall::ffi::automation`.
///
/// # Safety
/// `array` is null or a live descriptor; after success it is gone.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SafeArrayDestroy(array: *mut SafeArray) -> HRESULT {
    // SAFETY: forwarded from the caller.
    guarded(|| unsafe { array::destroy(array) })
}

/// See `partywall::ffi::automation`.
///
/// # Safety
/// `array` is null or a live descriptor.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SafeArrayDestroyData(array: *mut SafeArray) -> HRESULT {
    // SAFETY: forwarded from the caller.
    guarded(|| unsafe { array::destroy_data(present(array)?) })
}

/// See `partywall::ffi::automation`.
///
/// # Safety
/// `array` is null or a live descriptor.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SafeArrayGetDim(array: *mut SafeArray) -> u32 {
    // SAFETY: forwarded from the caller.
    guarded_value(0, || unsafe { array.as_ref().map_or(0, |array| u32::from(array.cDims)) })
}

/// See `partywall::ffi::automation`.
///
/// # Safety
/// `array` is null or a live descriptor.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SafeArrayGetElemsize(array: *mut SafeArray) -> u32 {
    // SAFETY: forwarded from the caller.
    guarded_value(0, || unsafe { array.as_ref().map_or(0, |array| array.cbElements) })
}

/// See `partywall::ffi::automation`.
///
/// # Safety
/// `array` is null or a live descriptor, `place` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SafeArrayGetLBound(
    array: *mut SafeArray,
    dimension: u32,
    place: *mut i32,
) -> HRESULT {
    // SAFETY: forwarded from the caller.
    guarded(|| unsafe {
        let array = present(array)?;
        let place = present(place)?;
        let bound = array::bound(array, dimension)?;
        place.write(bound.lLbound);
        Ok(())
    })
}

/// See `partywall::ffi::automation`.
///
/// # Safety
/// `array` is null or a live descriptor, `place` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SafeArrayGetUBound(
    array: *mut SafeArray,
    dimension: u32,
    place: *mut i32,
) -> HRESULT {
    // SAFETY: forwarded from the caller.
    guarded(|| unsafe {
        let array = present(array)?;
        let place = present(place)?;
        let bound = array::bound(array, dimension)?;
        place.write(bound.lLbound.wrapping_add_unsigned(bound.cElements).wrapping_sub(1));
        Ok(())
    })
}

/// See `partywall::ffi::automation`.
///
/// # Safety
/// `array` is null or a live descriptor, `place` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SafeArrayGetVartype(
    array: *mut SafeArray,
    place: *mut u16,
) -> HRESULT {
    // SAFETY: forwarded from the caller.
    guarded(|| unsafe {
        let vt = array::vartype(present(array)?)?;
        present(place)?.write(vt);
        Ok(())
    })
}

/// See `partywall::ffi::automation`.
///
/// # Safety
/// `array` is null or a live descriptor, `place` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SafeArrayGetIID(array: *mut SafeArray, place: *mut GUID) -> HRESULT {
    // SAFETY: forwarded from the caller.
    guarded(|| unsafe {
        let iid = array::iid_place(present(array)?).ok_or(E_INVALIDARG)?;
        present(place)?.write(iid.read());
        Ok(())
    })
}

/// See `partywall::ffi::automation`.
///
/// # Safety
/// `array` is null or a live descriptor.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SafeArrayLock(array: *mut SafeArray) -> HRESULT {
    // SAFETY: forwarded from the caller.
    guarded(|| unsafe { array::lock(present(array)?) })
}

/// See `partywall::ffi::automation`.
///
/// # Safety
/// `array` is null or a live descriptor.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SafeArrayUnlock(array: *mut SafeArray) -> HRESULT {
    // SAFETY: forwarded from the caller.
    guarded(|| unsafe { array::unlock(present(array)?) })
}

/// See `partywall::ffi::automation`.
///
/// # Safety
/// `array` is null or a live descriptor, `place` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SafeArrayAccessData(
    array: *mut SafeArray,
    place: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: forwarded from the caller.
    guarded(|| unsafe {
        let place = present(place)?;
        place.write(null_mut());
        array::lock(present(array)?)?;
        place.write((*array).pvData);
        Ok(())
    })
}

/// See `partywall::ffi::automation`.
///
/// # Safety
/// `array` is null or a live descriptor.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SafeArrayUnaccessData(array: *mut SafeArray) -> HRESULT {
    // SAFETY: forwarded from the caller.
    guarded(|| unsafe { array::unlock(present(array)?) })
}

/// See `partywall::ffi::automation`.
///
/// # Safety
/// `array` is null or a live descriptor, `indexes` null or one index a
/// dimension; `place` is null or an element to be written.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SafeArrayGetElement(
    array: *mut SafeArray,
    indexes: *const i32,
    place: *mut c_void,
) -> HRESULT {
    // SAFETY: forwarded from the caller.
    guarded(|| unsafe {
        present(array)?;
        present(indexes.cast_mut())?;
        present(place)?;
        array::lock(array)?;
        let done = element::get(array, indexes, place.cast());
        array::unlock(array)?;
        done
    })
}

/// See `partywall::ffi::automation`.
///
/// # Safety
/// `array` is null or a live descriptor, `indexes` null or one index a
/// dimension; `place` is null or an element as the
/// array holds it, for strings and objects the pointer itself.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SafeArrayPutElement(
    array: *mut SafeArray,
    indexes: *const i32,
    place: *mut c_void,
) -> HRESULT {
    // SAFETY: forwarded from the caller.
    guarded(|| unsafe {
        present(array)?;
        present(indexes.cast_mut())?;
        array::lock(array)?;
        let done = element::put(array, indexes, place);
        array::unlock(array)?;
        done
    })
}

/// See `partywall::ffi::automation`.
///
/// # Safety
/// `array` is null or a live descriptor, `indexes` null or one index a
/// dimension, `place` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SafeArrayPtrOfIndex(
    array: *mut SafeArray,
    indexes: *const i32,
    place: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: forwarded from the caller.
    guarded(|| unsafe {
        present(indexes.cast_mut())?;
        let place = present(place)?;
        let address = element::address(present(array)?, indexes)?;
        place.write(address.cast());
        Ok(())
    })
}

/// See `partywall::ffi::automation`.
///
/// # Safety
/// `array` is null or a live descriptor, `place` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SafeArrayCopy(
    array: *mut SafeArray,
    place: *mut *mut SafeArray,
) -> HRESULT {
    // SAFETY: forwarded from the caller.
    guarded(|| unsafe {
        let place = present(place)?;
        place.write(null_mut());
        place.write(array::copy(array)?);
        Ok(())
    })
}

/// See `partywall::ffi::automation`.
///
/// # Safety
/// `array` is null or a live descriptor, `bound` null or readable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SafeArrayRedim(
    array: *mut SafeArray,
    bound: *const SafeArrayBound,
) -> HRESULT {
    // SAFETY: forwarded from the caller.
    guarded(|| unsafe {
        let bound = bound.as_ref().ok_or(E_INVALIDARG)?;
        array::redim(present(array)?, *bound)
    })
}
