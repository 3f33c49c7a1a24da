//! Methods and their parameters.

use core::ffi::{CStr, c_char, c_void};

use windows_core::HRESULT;

use super::{List, Type};

/// Makes the real call: `object` is the interface pointer in its own apartment,
/// `frame` what the proxy's method packed.
pub type Dispatch = unsafe extern "C" fn(object: *mut c_void, frame: *mut c_void) -> HRESULT;

/// Data go to the callee.
pub const PARAMETER_IN: u32 = 1;
/// Data come back.
pub const PARAMETER_OUT: u32 = 2;
/// What the method answers where a language has answers.
pub const PARAMETER_RETVAL: u32 = 4;
/// A caller by name may leave it out.
pub const PARAMETER_OPTIONAL: u32 = 8;

/// Callers do not wait for an answer (documented for `IAdviseSink`).
pub const FLAG_ASYNCHRONOUS: u32 = 1;
/// The callee may not call out meanwhile.
pub const FLAG_INPUT_SYNCHRONOUS: u32 = 2;
/// Not called through proxies: the proxy answers `E_NOTIMPL`.
pub const FLAG_LOCAL: u32 = 4;

/// [`Method::member`] of a method that callers by name do not see.
pub const MEMBER_NONE: i32 = i32::MIN;

/// A method.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Method {
    /// Its name, zero-ended UTF-8.
    pub name: *const c_char,
    /// Makes the real call; none for the methods of `IUnknown`.
    pub dispatch: Option<Dispatch>,
    /// The parameters in order.
    pub parameters: List<Parameter>,
    /// Bytes of the frame.
    pub frame_size: u32,
    /// `FLAG_…`
    pub flags: u32,
    /// The member's identifier for callers by name, or [`MEMBER_NONE`].
    pub member: i32,
    /// How callers by name call it: `DISPATCH_…`.
    pub kind: u32,
}

// SAFETY: immutable; the pointers name constants.
unsafe impl Sync for Method {}

impl Method {
    /// A method of `IUnknown`, which proxies answer themselves.
    pub(super) const fn of_unknown(name: &'static CStr) -> Self {
        Self {
            name: name.as_ptr(),
            dispatch: None,
            parameters: List::new(&[]),
            frame_size: 0,
            flags: FLAG_LOCAL,
            member: MEMBER_NONE,
            kind: 0,
        }
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        text(self.name)
    }
}

/// A parameter.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Parameter {
    /// Its name, zero-ended UTF-8.
    pub name: *const c_char,
    /// What it is.
    pub kind: &'static Type,
    /// Where it stands in the frame.
    pub offset: u32,
    /// `PARAMETER_…`
    pub flags: u32,
}

// SAFETY: immutable; the pointers name constants.
unsafe impl Sync for Parameter {}

impl Parameter {
    /// Whether data go to the callee.
    pub const fn is_in(&self) -> bool {
        self.flags & PARAMETER_IN != 0
    }

    /// Whether data come back.
    pub const fn is_out(&self) -> bool {
        self.flags & PARAMETER_OUT != 0
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        text(self.name)
    }
}

fn text(name: *const c_char) -> &'static str {
    if name.is_null() {
        return "";
    }
    // SAFETY: descriptions have zero-ended constant names.
    unsafe { CStr::from_ptr(name) }.to_str().unwrap_or("")
}

/// The base's methods and those of the interface itself, `N` together.
pub const fn concat<const N: usize>(base: &[Method], own: &[Method]) -> [Method; N] {
    assert!(base.len() + own.len() == N && N > 0);
    let mut all = [Method::of_unknown(c""); N];
    let mut at = 0;
    while at < N {
        all[at] = if at < base.len() { base[at] } else { own[at - base.len()] };
        at += 1;
    }
    all
}
