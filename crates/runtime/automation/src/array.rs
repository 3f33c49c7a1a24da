//! Safe arrays: their memory and their locks.
//!
//! In front of a descriptor stand `HIDDEN` bytes of ours (the element type or
//! interface). A vector's elements follow its descriptor in the same block; all
//! others have a block of their own. Elements begin as zeros, which is an empty
//! value of every type. A copy shares nothing.

use core::ffi::c_void;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

use com_abi::automation::{
    FADF_AUTO, FADF_BSTR, FADF_CREATEVECTOR, FADF_DISPATCH, FADF_EMBEDDED, FADF_HAVEIID,
    FADF_HAVEVARTYPE, FADF_STATIC, FADF_UNKNOWN, FADF_VARIANT, IDispatch, SafeArray,
    SafeArrayBound, VT_BOOL, VT_BSTR, VT_CY, VT_DATE, VT_DECIMAL, VT_DISPATCH, VT_ERROR, VT_I1,
    VT_I2, VT_I4, VT_I8, VT_INT, VT_R4, VT_R8, VT_UI1, VT_UI2, VT_UI4, VT_UI8, VT_UINT, VT_UNKNOWN,
    VT_VARIANT,
};
use com_abi::codes::{
    DISP_E_ARRAYISLOCKED, DISP_E_BADINDEX, E_INVALIDARG, E_OUTOFMEMORY, E_UNEXPECTED,
};
use com_abi::{GUID, HRESULT, IUnknown, Interface};

use crate::element;

/// Most bytes of an array's elements.
pub const MAX_ARRAY_BYTES: usize = 0x7FFF_FFE0;
/// Most dimensions of an array.
pub const MAX_DIMENSIONS: u32 = u16::MAX as u32;
/// Most locks at once.
pub const MAX_LOCKS: u32 = i32::MAX as u32;

/// Bytes before a descriptor.
const HIDDEN: usize = 16;
/// Bytes of a descriptor before its bounds.
const FIXED: usize = core::mem::offset_of!(SafeArray, rgsabound);
/// What is not the runtime's to free.
const FOREIGN: u16 = FADF_AUTO | FADF_STATIC | FADF_EMBEDDED;

static ARRAYS: AtomicI64 = AtomicI64::new(0);

/// Arrays that are allocated now.
pub fn live_arrays() -> i64 {
    ARRAYS.load(Ordering::Relaxed)
}

/// Size and features of elements of a type; `None` when no array has them.
pub fn element_of(vt: u16) -> Option<(u32, u16)> {
    Some(match vt {
        VT_I1 | VT_UI1 => (1, FADF_HAVEVARTYPE),
        VT_I2 | VT_UI2 | VT_BOOL => (2, FADF_HAVEVARTYPE),
        VT_I4 | VT_UI4 | VT_INT | VT_UINT | VT_R4 | VT_ERROR => (4, FADF_HAVEVARTYPE),
        VT_I8 | VT_UI8 | VT_R8 | VT_CY | VT_DATE => (8, FADF_HAVEVARTYPE),
        VT_DECIMAL => (16, FADF_HAVEVARTYPE),
        VT_BSTR => (8, FADF_HAVEVARTYPE | FADF_BSTR),
        VT_VARIANT => (24, FADF_HAVEVARTYPE | FADF_VARIANT),
        VT_UNKNOWN => (8, FADF_HAVEIID | FADF_UNKNOWN),
        VT_DISPATCH => (8, FADF_HAVEIID | FADF_DISPATCH),
        _ => return None,
    })
}

/// Zeroed memory that is counted as one array when `counts`.
fn zeroed(size: usize, counts: bool) -> Result<*mut u8, HRESULT> {
    // SAFETY: any size may be asked for.
    let block = unsafe { libc::calloc(size.max(1), 1) };
    if block.is_null() {
        return Err(E_OUTOFMEMORY);
    }
    if counts {
        ARRAYS.fetch_add(1, Ordering::Relaxed);
    }
    Ok(block.cast())
}

/// Bytes of `bounds` elements.
///
/// # Errors
/// `E_OUTOFMEMORY` beyond [`MAX_ARRAY_BYTES`].
pub fn bytes_of(bounds: &[SafeArrayBound], size: u32) -> Result<usize, HRESULT> {
    if bounds.iter().any(|bound| bound.cElements == 0) {
        return Ok(0);
    }
    let mut bytes = size as usize;
    for bound in bounds {
        bytes = bytes
            .checked_mul(bound.cElements as usize)
            .filter(|bytes| *bytes <= MAX_ARRAY_BYTES)
            .ok_or(E_OUTOFMEMORY)?;
    }
    Ok(bytes)
}

/// The bounds as they are stored: the last dimension first.
///
/// # Safety
/// `array` is a live descriptor, whose bounds nobody changes meanwhile.
pub unsafe fn bounds<'a>(array: *const SafeArray) -> &'a [SafeArrayBound] {
    // SAFETY: the descriptor ends with that many bounds.
    unsafe {
        let first = array.cast::<u8>().add(FIXED).cast::<SafeArrayBound>();
        core::slice::from_raw_parts(first, usize::from((*array).cDims))
    }
}

/// The bound of a dimension, of which the first is 1.
///
/// # Errors
/// `DISP_E_BADINDEX` when there is no such dimension.
///
/// # Safety
/// As [`bounds`].
pub unsafe fn bound(array: *const SafeArray, dimension: u32) -> Result<SafeArrayBound, HRESULT> {
    // SAFETY: forwarded from the caller.
    let bounds = unsafe { bounds(array) };
    let at = (dimension as usize).checked_sub(1);
    at.and_then(|at| bounds.iter().rev().nth(at)).copied().ok_or(DISP_E_BADINDEX)
}

/// The place of the last dimension's bound.
unsafe fn last_bound(array: *mut SafeArray) -> *mut SafeArrayBound {
    // SAFETY: the callers pass a live descriptor, which has a dimension.
    unsafe { array.cast::<u8>().add(FIXED).cast() }
}

/// A descriptor with `data` bytes behind it, which are its elements.
fn descriptor(vt: u16, given: &[SafeArrayBound], data: usize) -> Result<*mut SafeArray, HRESULT> {
    let (size, features) = element_of(vt).ok_or(E_INVALIDARG)?;
    let dimensions = u16::try_from(given.len()).map_err(|_| E_INVALIDARG)?;
    let block = zeroed(HIDDEN + FIXED + size_of_val(given) + data, true)?;
    // SAFETY: a fresh zeroed block of that size; the hidden part is 16-aligned.
    unsafe {
        let array = block.add(HIDDEN).cast::<SafeArray>();
        (*array).cDims = dimensions;
        (*array).fFeatures = features;
        (*array).cbElements = size;
        if features & FADF_HAVEIID == 0 {
            array.cast::<u32>().sub(1).write(u32::from(vt));
        } else {
            let iid = if vt == VT_DISPATCH { IDispatch::IID } else { IUnknown::IID };
            array.cast::<GUID>().sub(1).write(iid);
        }
        for (at, bound) in given.iter().rev().enumerate() {
            last_bound(array).add(at).write(*bound);
        }
        Ok(array)
    }
}

/// `SafeArrayCreate`: `given` is the first dimension's bound first.
///
/// # Errors
/// `E_INVALIDARG` for a type that no array has and for too few or too many
/// dimensions; `E_OUTOFMEMORY`.
pub fn create(vt: u16, given: &[SafeArrayBound]) -> Result<*mut SafeArray, HRESULT> {
    if given.is_empty() || given.len() > MAX_DIMENSIONS as usize {
        return Err(E_INVALIDARG);
    }
    let (size, _) = element_of(vt).ok_or(E_INVALIDARG)?;
    let bytes = bytes_of(given, size)?;
    let array = descriptor(vt, given, 0)?;
    match zeroed(bytes, false) {
        // SAFETY: a fresh descriptor.
        Ok(data) => unsafe { (*array).pvData = data.cast() },
        Err(code) => {
            // SAFETY: as above; it is given up.
            unsafe { free_descriptor(array) };
            return Err(code);
        }
    }
    Ok(array)
}

/// `SafeArrayCreateVector`: one dimension, one block.
///
/// # Errors
/// As [`create`].
pub fn create_vector(vt: u16, lower: i32, count: u32) -> Result<*mut SafeArray, HRESULT> {
    let given = [SafeArrayBound { cElements: count, lLbound: lower }];
    let (size, _) = element_of(vt).ok_or(E_INVALIDARG)?;
    let array = descriptor(vt, &given, bytes_of(&given, size)?)?;
    // SAFETY: a fresh descriptor with its elements behind it.
    unsafe {
        (*array).fFeatures |= FADF_CREATEVECTOR;
        (*array).pvData = array.add(1).cast();
    }
    Ok(array)
}

/// The interface that stands before an array with `FADF_HAVEIID`.
///
/// # Safety
/// `array` is a live descriptor of this crate.
pub unsafe fn iid_place(array: *mut SafeArray) -> Option<*mut GUID> {
    // SAFETY: the hidden bytes belong to the block.
    unsafe { ((*array).fFeatures & FADF_HAVEIID != 0).then(|| array.cast::<GUID>().sub(1)) }
}

/// `SafeArrayGetVartype`.
///
/// # Errors
/// `E_INVALIDARG` when the array does not say.
///
/// # Safety
/// `array` is a live descriptor; the hidden bytes are there if its features
/// say so.
pub unsafe fn vartype(array: *const SafeArray) -> Result<u16, HRESULT> {
    // SAFETY: forwarded from the caller.
    unsafe {
        match (*array).fFeatures {
            features if features & FADF_HAVEVARTYPE != 0 => {
                Ok(array.cast::<u32>().sub(1).read() as u16)
            }
            features if features & FADF_BSTR != 0 => Ok(VT_BSTR),
            features if features & FADF_UNKNOWN != 0 => Ok(VT_UNKNOWN),
            features if features & FADF_DISPATCH != 0 => Ok(VT_DISPATCH),
            features if features & FADF_VARIANT != 0 => Ok(VT_VARIANT),
            _ => Err(E_INVALIDARG),
        }
    }
}

/// `SafeArrayLock`.
///
/// # Errors
/// `E_UNEXPECTED` beyond [`MAX_LOCKS`].
///
/// # Safety
/// `array` is a live descriptor.
pub unsafe fn lock(array: *mut SafeArray) -> Result<(), HRESULT> {
    // SAFETY: an aligned counter in a live descriptor.
    let locks = unsafe { AtomicU32::from_ptr(&raw mut (*array).cLocks) };
    let update = |count: u32| (count < MAX_LOCKS).then(|| count + 1);
    let updated = locks.fetch_update(Ordering::AcqRel, Ordering::Relaxed, update);
    updated.map(|_| ()).map_err(|_| E_UNEXPECTED)
}

/// `SafeArrayUnlock`.
///
/// # Errors
/// `E_UNEXPECTED` when there is no lock.
///
/// # Safety
/// `array` is a live descriptor.
pub unsafe fn unlock(array: *mut SafeArray) -> Result<(), HRESULT> {
    // SAFETY: an aligned counter in a live descriptor.
    let locks = unsafe { AtomicU32::from_ptr(&raw mut (*array).cLocks) };
    let update = |count: u32| count.checked_sub(1);
    let updated = locks.fetch_update(Ordering::AcqRel, Ordering::Relaxed, update);
    updated.map(|_| ()).map_err(|_| E_UNEXPECTED)
}

/// Refuses an array that is locked.
///
/// # Errors
/// `DISP_E_ARRAYISLOCKED`.
///
/// # Safety
/// `array` is a live descriptor.
pub unsafe fn refuse_locked(array: *const SafeArray) -> Result<(), HRESULT> {
    // SAFETY: forwarded from the caller.
    if unsafe { (*array).cLocks } == 0 { Ok(()) } else { Err(DISP_E_ARRAYISLOCKED) }
}

/// `SafeArrayDestroyData`: lets go of the elements and, unless it is one block
/// with the descriptor or not ours, of their memory.
///
/// # Errors
/// `DISP_E_ARRAYISLOCKED`.
///
/// # Safety
/// `array` is a live descriptor.
pub unsafe fn destroy_data(array: *mut SafeArray) -> Result<(), HRESULT> {
    // SAFETY: forwarded from the caller.
    unsafe {
        refuse_locked(array)?;
        if (*array).pvData.is_null() {
            return Ok(());
        }
        let count = element::count(array);
        element::clear_range(array, 0, count);
        if (*array).fFeatures & (FOREIGN | FADF_CREATEVECTOR) == 0 {
            libc::free((*array).pvData);
            (*array).pvData = core::ptr::null_mut();
        } else {
            let bytes = count * (*array).cbElements as usize;
            core::ptr::write_bytes((*array).pvData.cast::<u8>(), 0, bytes);
        }
    }
    Ok(())
}

/// `SafeArrayDestroy`; null is allowed.
///
/// # Errors
/// `DISP_E_ARRAYISLOCKED`.
///
/// # Safety
/// `array` is null or a live descriptor, and is not used again after success.
pub unsafe fn destroy(array: *mut SafeArray) -> Result<(), HRESULT> {
    if !array.is_null() {
        // SAFETY: forwarded from the caller.
        unsafe {
            destroy_data(array)?;
            if (*array).fFeatures & FOREIGN == 0 {
                free_descriptor(array);
            }
        }
    }
    Ok(())
}

unsafe fn free_descriptor(array: *mut SafeArray) {
    // SAFETY: the block begins before the descriptor.
    unsafe { libc::free(array.cast::<u8>().sub(HIDDEN).cast()) };
    ARRAYS.fetch_sub(1, Ordering::Relaxed);
}

/// `SafeArrayCopy`; null stays null. The copy has no locks.
///
/// # Errors
/// `E_INVALIDARG` when the array does not say of which type it is,
/// `E_OUTOFMEMORY`.
///
/// # Safety
/// `array` is null or a live descriptor with live elements.
pub unsafe fn copy(array: *mut SafeArray) -> Result<*mut SafeArray, HRESULT> {
    if array.is_null() {
        return Ok(array);
    }
    // SAFETY: forwarded from the caller; the copy has the same bounds.
    unsafe {
        let vt = vartype(array)?;
        let given: Vec<SafeArrayBound> = bounds(array).iter().rev().copied().collect();
        let copy = create(vt, &given)?;
        if let (Some(from), Some(to)) = (iid_place(array), iid_place(copy)) {
            to.write(from.read());
        }
        if (*copy).cbElements != (*array).cbElements {
            let _ = destroy(copy);
            return Err(E_INVALIDARG);
        }
        if !(*array).pvData.is_null()
            && let Err(code) = element::copy_all(array, copy)
        {
            let _ = destroy(copy);
            return Err(code);
        }
        Ok(copy)
    }
}

/// `SafeArrayRedim`: gives the last dimension another bound. Elements that both
/// have stay, in their order; what is new is zero.
///
/// # Errors
/// `DISP_E_ARRAYISLOCKED`; `E_INVALIDARG` for an array of fixed size or without
/// elements of its own; `E_OUTOFMEMORY`.
///
/// # Safety
/// `array` is a live descriptor.
pub unsafe fn redim(array: *mut SafeArray, bound: SafeArrayBound) -> Result<(), HRESULT> {
    // SAFETY: forwarded from the caller.
    unsafe {
        let fixed = FOREIGN | com_abi::automation::FADF_FIXEDSIZE;
        if (*array).fFeatures & fixed != 0 || bounds(array).is_empty() {
            return Err(E_INVALIDARG);
        }
        refuse_locked(array)?;
        let before = element::count(array);
        let mut wanted = bounds(array).to_vec();
        wanted[0] = bound;
        let bytes = bytes_of(&wanted, (*array).cbElements)?;
        let data = zeroed(bytes, false)?;
        let kept = bytes / ((*array).cbElements as usize).max(1);
        let old_data = (*array).pvData;
        if !old_data.is_null() {
            // The last dimension moves slowest: what goes is the end.
            element::clear_range(array, kept.min(before), before);
            let moved = kept.min(before) * (*array).cbElements as usize;
            core::ptr::copy_nonoverlapping(old_data.cast::<u8>(), data, moved);
            if (*array).fFeatures & FADF_CREATEVECTOR == 0 {
                libc::free(old_data);
            }
        }
        (*array).fFeatures &= !FADF_CREATEVECTOR;
        (*array).pvData = data.cast::<c_void>();
        last_bound(array).write(bound);
    }
    Ok(())
}
