//! A safe array, owned.

use core::fmt;
use core::ptr::NonNull;

use com_abi::HRESULT;
use com_abi::automation::{
    SafeArray, SafeArrayBound, VT_BSTR, VT_DISPATCH, VT_UI1, VT_UNKNOWN, VT_VARIANT, Variant,
};
use com_abi::codes::{DISP_E_BADINDEX, DISP_E_TYPEMISMATCH, E_OUTOFMEMORY};

use super::Value;
use crate::com::ok;
use crate::ffi::automation as ffi;

/// Most bytes that an element has.
const MAX_ELEMENT: u32 = size_of::<Variant>() as u32;

/// An array that is destroyed with this value.
pub struct Array(NonNull<SafeArray>);

impl Array {
    /// An array of empty elements; the first dimension's bound comes first.
    ///
    /// # Errors
    /// `E_OUTOFMEMORY`, also for a type that no array has and for no dimension.
    pub fn new(vt: u16, bounds: &[SafeArrayBound]) -> Result<Self, HRESULT> {
        let dimensions = u32::try_from(bounds.len()).map_err(|_| E_OUTOFMEMORY)?;
        // SAFETY: that many readable bounds; the array is ours.
        unsafe { Self::from_raw(ffi::SafeArrayCreate(vt, dimensions, bounds.as_ptr())) }
            .ok_or(E_OUTOFMEMORY)
    }

    /// A vector of variants from index 0.
    ///
    /// # Errors
    /// `E_OUTOFMEMORY`.
    pub fn of_values(values: &[Value]) -> Result<Self, HRESULT> {
        let count = u32::try_from(values.len()).map_err(|_| E_OUTOFMEMORY)?;
        // SAFETY: plain numbers; the array is ours.
        let array = unsafe { Self::from_raw(ffi::SafeArrayCreateVector(VT_VARIANT, 0, count)) };
        let array = array.ok_or(E_OUTOFMEMORY)?;
        for (at, value) in (0_i32..).zip(values) {
            array.put(&[at], value)?;
        }
        Ok(array)
    }

    /// A vector of bytes from index 0.
    ///
    /// # Errors
    /// `E_OUTOFMEMORY`.
    pub fn of_bytes(bytes: &[u8]) -> Result<Self, HRESULT> {
        let count = u32::try_from(bytes.len()).map_err(|_| E_OUTOFMEMORY)?;
        // SAFETY: plain numbers; the array is ours, with that many bytes.
        unsafe {
            let array = Self::from_raw(ffi::SafeArrayCreateVector(VT_UI1, 0, count));
            let array = array.ok_or(E_OUTOFMEMORY)?;
            let data = array.0.as_ref().pvData.cast::<u8>();
            core::ptr::copy_nonoverlapping(bytes.as_ptr(), data, bytes.len());
            Ok(array)
        }
    }

    /// The bytes of a vector of them; `None` for another array.
    pub fn bytes(&self) -> Option<&[u8]> {
        let [bound] = self.bounds().try_into().ok()?;
        if self.vartype() != Ok(VT_UI1) {
            return None;
        }
        // SAFETY: a live array with that many bytes, unless they are gone.
        unsafe {
            let data = self.0.as_ref().pvData.cast::<u8>();
            let there = !data.is_null();
            there.then(|| core::slice::from_raw_parts(data, bound.cElements as usize))
        }
    }

    /// The type of the elements.
    ///
    /// # Errors
    /// `E_INVALIDARG` when the array does not say.
    pub fn vartype(&self) -> Result<u16, HRESULT> {
        let mut vt = 0;
        // SAFETY: a live array and a writable place.
        ok(unsafe { ffi::SafeArrayGetVartype(self.as_raw(), &mut vt) })?;
        Ok(vt)
    }

    /// The bounds, the first dimension's first.
    pub fn bounds(&self) -> Vec<SafeArrayBound> {
        // SAFETY: a live array, whose bounds follow its descriptor.
        let stored = unsafe {
            let first = (&raw const (*self.as_raw()).rgsabound).cast::<SafeArrayBound>();
            core::slice::from_raw_parts(first, usize::from(self.0.as_ref().cDims))
        };
        stored.iter().rev().copied().collect()
    }

    /// A copy of an element.
    ///
    /// # Errors
    /// `DISP_E_BADINDEX`, `DISP_E_TYPEMISMATCH` for elements that are no values,
    /// `E_OUTOFMEMORY`.
    pub fn get(&self, indexes: &[i32]) -> Result<Value, HRESULT> {
        let vt = self.checked(indexes)?;
        let mut element = Variant::EMPTY;
        // SAFETY: a live array, an index a dimension, a place for any element;
        // the copy is ours.
        unsafe {
            if vt == VT_VARIANT || vt == com_abi::automation::VT_DECIMAL {
                let place = (&raw mut element).cast();
                ok(ffi::SafeArrayGetElement(self.as_raw(), indexes.as_ptr(), place))?;
            } else {
                let place = (&raw mut element.data).cast();
                ok(ffi::SafeArrayGetElement(self.as_raw(), indexes.as_ptr(), place))?;
            }
            if vt != VT_VARIANT {
                element.vt = vt;
            }
            Value::take(&mut element)
        }
    }

    /// Puts a copy of `value` in place of an element.
    ///
    /// # Errors
    /// As [`Array::get`]; `DISP_E_TYPEMISMATCH` when the elements are of another
    /// type than the value and not variants.
    pub fn put(&self, indexes: &[i32], value: &Value) -> Result<(), HRESULT> {
        let vt = self.checked(indexes)?;
        let mut variant = value.clone().into_variant();
        // SAFETY: a live array, an index a dimension, an element of its type;
        // the variant is ours.
        unsafe {
            let element = match vt {
                _ if vt != VT_VARIANT && vt != variant.vt => None,
                VT_BSTR | VT_UNKNOWN | VT_DISPATCH => Some(variant.data.byref),
                VT_VARIANT | com_abi::automation::VT_DECIMAL => Some((&raw mut variant).cast()),
                _ => Some((&raw mut variant.data).cast()),
            };
            let code = element.map_or(DISP_E_TYPEMISMATCH, |element| {
                ffi::SafeArrayPutElement(self.as_raw(), indexes.as_ptr(), element)
            });
            let _ = ffi::VariantClear(&mut variant);
            ok(code)
        }
    }

    /// The elements' type, when there is an index for each dimension and a place
    /// large enough for an element.
    fn checked(&self, indexes: &[i32]) -> Result<u16, HRESULT> {
        // SAFETY: a live array.
        let array = unsafe { self.0.as_ref() };
        if indexes.len() != usize::from(array.cDims) {
            return Err(DISP_E_BADINDEX);
        }
        if array.cbElements > MAX_ELEMENT {
            return Err(DISP_E_TYPEMISMATCH);
        }
        self.vartype()
    }

    /// The C pointer, which stays this value's.
    pub const fn as_raw(&self) -> *mut SafeArray {
        self.0.as_ptr()
    }

    /// The C pointer, which the caller destroys with `SafeArrayDestroy`.
    #[must_use = "the array leaks unless somebody destroys it"]
    pub fn into_raw(self) -> *mut SafeArray {
        core::mem::ManuallyDrop::new(self).0.as_ptr()
    }

    /// Takes over a C pointer; `None` for null.
    ///
    /// # Safety
    /// `raw` is null or a live array of the runtime that nobody else destroys.
    pub unsafe fn from_raw(raw: *mut SafeArray) -> Option<Self> {
        NonNull::new(raw).map(Self)
    }
}

impl Drop for Array {
    fn drop(&mut self) {
        // SAFETY: owned by this value. One that somebody left locked leaks.
        let _ = unsafe { ffi::SafeArrayDestroy(self.as_raw()) };
    }
}

impl Clone for Array {
    /// # Panics
    /// When there is no memory.
    fn clone(&self) -> Self {
        let mut copy = core::ptr::null_mut();
        // SAFETY: a live array and a writable place.
        let code = unsafe { ffi::SafeArrayCopy(self.as_raw(), &mut copy) };
        // SAFETY: the copy is ours.
        let copy = unsafe { Self::from_raw(copy) };
        copy.ok_or(if code.is_err() { code } else { E_OUTOFMEMORY }).expect("a copy of an array")
    }
}

/// The same type, bounds and elements.
impl PartialEq for Array {
    fn eq(&self, other: &Self) -> bool {
        let bounds = self.bounds();
        if (self.vartype(), &bounds) != (other.vartype(), &other.bounds()) {
            return false;
        }
        let mut indexes: Vec<i32> = bounds.iter().map(|bound| bound.lLbound).collect();
        let counts = bounds.iter().map(|bound| u64::from(bound.cElements));
        let count = counts.fold(1, u64::saturating_mul);
        (0..count).all(|_| {
            let same = self.get(&indexes) == other.get(&indexes);
            for (index, bound) in indexes.iter_mut().zip(&bounds) {
                *index = index.wrapping_add(1);
                if index.wrapping_sub(bound.lLbound) as u32 != bound.cElements {
                    break;
                }
                *index = bound.lLbound;
            }
            same
        })
    }
}

impl fmt::Debug for Array {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Array")
            .field("vt", &self.vartype())
            .field("bounds", &self.bounds())
            .finish()
    }
}
