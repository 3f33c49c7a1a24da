//! What went wrong last on a thread, for `GetLastError`, and the border at which
//! failures and panics become codes.

use core::ffi::c_void;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use com_abi::{HRESULT, WideString};
use mapi_abi::codes::{Code, Failure};
use mapi_abi::structs::{MAPI_UNICODE, MAPIERROR};

use crate::buffer::{buffer, free, more};
use crate::thread_sink;

thread_local! {
    static LAST: RefCell<Option<Failure>> = const { RefCell::new(None) };
}

/// Runs an entry point's body; a failure is logged and remembered with its
/// sentence, a panic becomes `CALL_FAILED`.
pub fn guarded(what: &str, body: impl FnOnce() -> Result<(), Failure>) -> HRESULT {
    completed(what, || body().map(|()| Code::OK))
}

/// As [`guarded`], for what can succeed in more than one way.
pub fn completed(what: &str, body: impl FnOnce() -> Result<Code, Failure>) -> HRESULT {
    match catch_unwind(AssertUnwindSafe(|| {
        thread_sink::dispatch();
        body()
    })) {
        Ok(Ok(code)) => code.hresult(),
        Ok(Err(failure)) => {
            observe::info!("mapi", "{what}: {failure}");
            let code = failure.code.hresult();
            let _ = LAST.try_with(|last| last.replace(Some(failure)));
            code
        }
        Err(_) => Code::CALL_FAILED.hresult(),
    }
}

/// `GetLastError` of every object: the sentence of this thread's last failure, if
/// that had the code.
///
/// # Safety
/// `place` is null or writable.
pub unsafe fn get_last_error(code: HRESULT, flags: u32, place: *mut *mut MAPIERROR) -> HRESULT {
    if place.is_null() {
        return Code::INVALID_PARAMETER.hresult();
    }
    let last = LAST.try_with(|last| last.borrow().clone()).ok().flatten();
    let built = last
        .filter(|failure| failure.code.hresult() == code)
        .map_or(core::ptr::null_mut(), |failure| build(&failure, flags));
    // SAFETY: checked for null; the caller passes a writable place.
    unsafe { place.write(built) };
    Code::OK.hresult()
}

/// One buffer that everything else hangs on; null without memory.
fn build(failure: &Failure, flags: u32) -> *mut MAPIERROR {
    let base = buffer(size_of::<MAPIERROR>());
    if base.is_null() {
        return core::ptr::null_mut();
    }
    let text = |text: &str| -> *mut c_void {
        let bytes: Vec<u8> = if flags & MAPI_UNICODE != 0 {
            WideString::new(text).units().iter().flat_map(|unit| unit.to_ne_bytes()).collect()
        } else {
            text.bytes().chain([0]).collect()
        };
        // SAFETY: `base` is live and ours alone; the copy has the size asked for.
        unsafe {
            let place = more(bytes.len(), base);
            if !place.is_null() {
                core::ptr::copy_nonoverlapping(bytes.as_ptr(), place, bytes.len());
            }
            place.cast()
        }
    };
    let error = MAPIERROR {
        ulVersion: 0,
        lpszError: text(&failure.says),
        lpszComponent: text("Partywall"),
        ulLowLevelError: 0,
        ulContext: 0,
    };
    if error.lpszError.is_null() || error.lpszComponent.is_null() {
        // SAFETY: nobody else knows the buffer.
        unsafe { free(base) };
        return core::ptr::null_mut();
    }
    let place = base.cast::<MAPIERROR>();
    // SAFETY: the buffer has room for it.
    unsafe { place.write(error) };
    place
}
