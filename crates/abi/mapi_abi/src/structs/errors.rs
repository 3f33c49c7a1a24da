//! What `GetLastError` says, and what `MAPIInitialize` is told.

use core::ffi::c_void;

/// A failure in words; one `MAPIFreeBuffer` frees all of it. The texts have 16-bit
/// units when `MAPI_UNICODE` was asked for, else bytes.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct MAPIERROR {
    pub ulVersion: u32,
    pub lpszError: *mut c_void,
    pub lpszComponent: *mut c_void,
    pub ulLowLevelError: u32,
    pub ulContext: u32,
}

pub const MAPI_ERROR_VERSION: u32 = 0;

/// How `MAPIInitialize` is called.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MAPIINIT_0 {
    pub ulVersion: u32,
    pub ulFlags: u32,
}

pub const MAPI_INIT_VERSION: u32 = 0;
pub const MAPI_MULTITHREAD_NOTIFICATIONS: u32 = 0x1;
/// Profiles that are made live as long as the process only; no header names it.
pub const MAPI_TEMPORARY_PROFILES: u32 = 0x4;
pub const MAPI_NO_COINIT: u32 = 0x8;
/// Refused.
pub const MAPI_INIT_RESERVED: u32 = 0x4000_0000;

const _: () = {
    use core::mem::offset_of;
    assert!(size_of::<MAPIERROR>() == 32);
    assert!(offset_of!(MAPIERROR, lpszError) == 8 && offset_of!(MAPIERROR, lpszComponent) == 16);
    assert!(offset_of!(MAPIERROR, ulLowLevelError) == 24);
    assert!(offset_of!(MAPIERROR, ulContext) == 28);
    assert!(size_of::<MAPIINIT_0>() == 8 && offset_of!(MAPIINIT_0, ulFlags) == 4);
};
