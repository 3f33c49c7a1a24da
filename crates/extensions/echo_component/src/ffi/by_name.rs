//! What the dual interface's methods take and give: strings and arrays of
//! scripting languages.

use com_abi::HRESULT;
use com_abi::automation::{Bstr, SafeArray, VT_I4};
use com_abi::codes::{DISP_E_TYPEMISMATCH, E_OUTOFMEMORY};
use core::mem::ManuallyDrop;
use partywall::automation::{Array, Value};

use crate::answers;

/// A copy of a string.
///
/// # Errors
/// `E_OUTOFMEMORY`.
///
/// # Safety
/// `text` is null or a live string.
pub unsafe fn copy(text: *mut u16) -> Result<*mut u16, HRESULT> {
    // SAFETY: forwarded from the caller, whose string it stays.
    let text = ManuallyDrop::new(unsafe { Bstr::from_raw(text) });
    Bstr::from_bytes(text.as_bytes()).map(Bstr::into_raw).ok_or(E_OUTOFMEMORY)
}

/// The numbers of a vector; none of null.
///
/// # Errors
/// `DISP_E_TYPEMISMATCH` for another array.
///
/// # Safety
/// `array` is null or live while the answer is used.
pub unsafe fn values<'a>(array: *mut SafeArray) -> Result<&'a [i32], HRESULT> {
    // SAFETY: forwarded from the caller, whose array it stays.
    let Some(known) = (unsafe { Array::from_raw(array) }).map(ManuallyDrop::new) else {
        return Ok(&[]);
    };
    let [bound] = known.bounds().try_into().map_err(|_| DISP_E_TYPEMISMATCH)?;
    if known.vartype() != Ok(VT_I4) {
        return Err(DISP_E_TYPEMISMATCH);
    }
    // SAFETY: a live vector of that many numbers, unless they are gone.
    unsafe {
        let data = (*array).pvData.cast::<i32>();
        if data.is_null() || bound.cElements == 0 {
            return Ok(&[]);
        }
        Ok(core::slice::from_raw_parts(data, bound.cElements as usize))
    }
}

/// Who calls, and where the call runs.
///
/// # Errors
/// As [`answers::caller`]; `E_OUTOFMEMORY`.
pub fn caller() -> Result<*mut SafeArray, HRESULT> {
    let caller = answers::caller()?;
    let values = [
        Value::text(&caller.user),
        Value::UI4(caller.authn_level),
        Value::UI4(caller.imp_level),
        Value::I8(caller.thread),
        Value::UI4(caller.apartment),
    ];
    Array::of_values(&values).map(Array::into_raw)
}
