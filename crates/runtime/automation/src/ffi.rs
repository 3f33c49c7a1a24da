//! The C functions of automation: they check their arguments, catch panics, map
//! errors, and forward.
//!
//! What each does is documented in the SDK (`partywall::ffi::automation`), whose
//! declarations these match.

#![allow(non_snake_case)]

mod arrays;
pub mod dispatch;
mod strings;
mod variants;

use std::panic::{AssertUnwindSafe, catch_unwind};

use com_abi::HRESULT;
use com_abi::codes::{E_UNEXPECTED, S_OK};

/// Runs an entry point's body; a panic becomes `E_UNEXPECTED`.
fn guarded(body: impl FnOnce() -> Result<(), HRESULT>) -> HRESULT {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => S_OK,
        Ok(Err(code)) => code,
        Err(_) => E_UNEXPECTED,
    }
}

/// Runs an entry point's body; a panic becomes `otherwise`.
fn guarded_value<T>(otherwise: T, body: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or(otherwise)
}
