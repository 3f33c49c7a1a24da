//! What every call into a provider needs: its answer as an interface or a failure,
//! and its buffers.

use core::ffi::c_void;

use com_abi::{HRESULT, Interface, from_wide};
use mapi_abi::codes::{Code, Failure};
use mapi_abi::interfaces::{IABLogon, IMAPIProp, IMAPITable, IMSLogon};
use mapi_abi::structs::{MAPI_UNICODE, MAPIERROR};

/// Most characters of a provider's sentence.
const MAX_SENTENCE_CHARS: usize = 300;

/// A buffer that a provider answered with; freed when dropped.
pub struct Taken<T>(pub *mut T);

impl<T> Drop for Taken<T> {
    fn drop(&mut self) {
        // SAFETY: null, or a buffer of the functions that the provider was given,
        // which is ours.
        unsafe { extended_mapi::free(self.0.cast()) };
    }
}

/// An object that says more about its failures.
pub trait Explains {
    /// `GetLastError`.
    ///
    /// # Safety
    /// `place` is writable.
    unsafe fn explain(&self, code: HRESULT, place: *mut *mut MAPIERROR) -> HRESULT;
}

macro_rules! explains {
    ($($name:ident),*) => {
        $(impl Explains for $name {
            unsafe fn explain(&self, code: HRESULT, place: *mut *mut MAPIERROR) -> HRESULT {
                // SAFETY: forwarded from the caller.
                unsafe { self.GetLastError(code, MAPI_UNICODE, place.cast()) }
            }
        })*
    };
}

explains!(IABLogon, IMAPIProp, IMAPITable, IMSLogon);

/// The text of a failure in words, which is freed.
///
/// # Safety
/// `error` is null or a valid structure of the caller's with texts of 16-bit units.
pub unsafe fn sentence(error: *mut MAPIERROR) -> Option<String> {
    let taken = Taken(error);
    // SAFETY: forwarded from the caller.
    let text = unsafe {
        let error = taken.0.as_ref()?;
        if error.lpszError.is_null() {
            return None;
        }
        from_wide(error.lpszError.cast())
    };
    let text: String = text.chars().filter(|c| !c.is_control()).take(MAX_SENTENCE_CHARS).collect();
    Some(text.trim_end_matches('.').to_owned()).filter(|text| !text.is_empty())
}

/// A failing code as a failure.
pub fn failed(what: &str, code: HRESULT, says: Option<String>) -> Failure {
    let says = match says {
        Some(says) => format!("the provider says to {what}: {says}"),
        None => format!("the provider refuses {what}"),
    };
    Failure::new(Code(code.0), says)
}

/// Whether a call worked; the object is asked why if it did not.
pub fn check(object: &impl Explains, what: &str, code: HRESULT) -> Result<(), Failure> {
    if code.is_ok() {
        return Ok(());
    }
    let mut error = core::ptr::null_mut();
    // SAFETY: a writable place; the answer is ours.
    let says = unsafe {
        let explained = object.explain(code, &mut error);
        if explained.is_ok() { sentence(error) } else { None }
    };
    Err(failed(what, code, says))
}

/// Takes over an answered interface.
///
/// # Errors
/// `CALL_FAILED` there is none.
///
/// # Safety
/// `raw` is null or `I` with a reference of the caller's.
pub unsafe fn interface<I: Interface>(what: &str, raw: *mut c_void) -> Result<I, Failure> {
    if raw.is_null() {
        let says = format!("the provider answers {what} with nothing");
        return Err(Failure::new(Code::CALL_FAILED, says));
    }
    // SAFETY: forwarded from the caller.
    Ok(unsafe { I::from_raw(raw) })
}

/// The interface that a call answers with.
///
/// # Errors
/// The provider's code; `CALL_FAILED` it answers nothing.
///
/// # Safety
/// `ask` writes null or `I` with a reference.
pub unsafe fn answered<I: Interface>(
    object: &impl Explains,
    what: &str,
    ask: impl FnOnce(*mut *mut c_void) -> HRESULT,
) -> Result<I, Failure> {
    let mut raw = core::ptr::null_mut();
    check(object, what, ask(&mut raw))?;
    // SAFETY: forwarded from the caller.
    unsafe { interface(what, raw) }
}
