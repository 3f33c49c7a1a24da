//! Result codes of the component runtime, under their documented names, each
//! with what it means and what to do.
//!
//! The documented structure of a code (MS-ERREF 2.1) is in `structure`, the
//! system's errors as result codes (facility 7) in `win32`.

#[macro_use]
mod table;

mod automation;
mod calls;
mod classes;
mod general;
mod structure;
mod win32;

use windows_core::HRESULT;

pub use automation::*;
pub use calls::*;
pub use classes::*;
pub use general::*;
pub use structure::{facility, facility_name, is_error, system_error};
pub use win32::WIN32;

/// What is known of a code.
#[derive(Clone, Copy, Debug)]
pub struct Description {
    /// The code.
    pub code: HRESULT,
    /// Its documented name.
    pub name: &'static str,
    /// What it means, a sentence.
    pub means: &'static str,
    /// What to do, a sentence.
    pub advice: &'static str,
}

/// Every code of the component runtime.
pub fn all() -> impl Iterator<Item = &'static Description> + Clone {
    [GENERAL, CALLS, CLASSES, AUTOMATION].into_iter().flatten()
}

/// The documented name of a code, if it is one of these.
pub fn name(code: HRESULT) -> Option<&'static str> {
    all().find(|known| known.code == code).map(|known| known.name)
}
