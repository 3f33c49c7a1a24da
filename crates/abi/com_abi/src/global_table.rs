//! `IGlobalInterfaceTable`: interfaces that every apartment of a process may get
//! by a number.

use core::ffi::c_void;

use windows_core::{GUID, HRESULT, IUnknown};

/// The class of the one table of a process.
pub const CLSID_STD_GLOBAL_INTERFACE_TABLE: GUID =
    GUID::from_u128(0x00000323_0000_0000_c000_000000000046);

/// A table of interfaces.
#[crate::interface("00000146-0000-0000-C000-000000000046")]
pub unsafe trait IGlobalInterfaceTable: IUnknown {
    /// Puts an interface into the table, which holds the object until it is
    /// revoked, and answers its number, never 0.
    unsafe fn RegisterInterfaceInGlobal(
        &self,
        object: *mut c_void,
        iid: *const GUID,
        cookie: *mut u32,
    ) -> HRESULT;
    /// Takes an interface out of the table; any apartment may.
    unsafe fn RevokeInterfaceFromGlobal(&self, cookie: u32) -> HRESULT;
    /// An interface of an object in the table, for the calling apartment.
    unsafe fn GetInterfaceFromGlobal(
        &self,
        cookie: u32,
        iid: *const GUID,
        object: *mut *mut c_void,
    ) -> HRESULT;
}
