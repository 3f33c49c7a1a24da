//! Properties, and the objects that have nothing else.

#![allow(missing_docs)] // named as documented

use core::ffi::c_void;

use com_abi::{GUID, HRESULT, IUnknown, interface};

use super::NO_SUPPORT;
use crate::structs::{SPropTagArray, SPropValue};

/// Properties of an object.
#[interface("00020303-0000-0000-C000-000000000046")]
pub unsafe trait IMAPIProp: IUnknown {
    unsafe fn GetLastError(&self, result: HRESULT, flags: u32, error: *mut *mut c_void) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn SaveChanges(&self, flags: u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn GetProps(
        &self,
        tags: *const SPropTagArray,
        flags: u32,
        count: *mut u32,
        props: *mut *mut SPropValue,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn GetPropList(&self, flags: u32, tags: *mut *mut SPropTagArray) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn OpenProperty(
        &self,
        tag: u32,
        iid: *const GUID,
        options: u32,
        flags: u32,
        object: *mut *mut c_void,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn SetProps(
        &self,
        count: u32,
        props: *const SPropValue,
        problems: *mut *mut c_void,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn DeleteProps(
        &self,
        tags: *const SPropTagArray,
        problems: *mut *mut c_void,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn CopyTo(
        &self,
        excluded: u32,
        iids: *const GUID,
        tags: *const SPropTagArray,
        window: usize,
        progress: *mut c_void,
        iid: *const GUID,
        target: *mut c_void,
        flags: u32,
        problems: *mut *mut c_void,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn CopyProps(
        &self,
        tags: *const SPropTagArray,
        window: usize,
        progress: *mut c_void,
        iid: *const GUID,
        target: *mut c_void,
        flags: u32,
        problems: *mut *mut c_void,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn GetNamesFromIDs(
        &self,
        tags: *mut *mut SPropTagArray,
        set: *const GUID,
        flags: u32,
        count: *mut u32,
        names: *mut *mut *mut c_void,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn GetIDsFromNames(
        &self,
        count: u32,
        names: *const *const c_void,
        flags: u32,
        tags: *mut *mut SPropTagArray,
    ) -> HRESULT {
        NO_SUPPORT
    }
}

/// A section of a profile: properties only.
#[interface("00020304-0000-0000-C000-000000000046")]
pub unsafe trait IProfSect: IMAPIProp {}

/// A mail user of an address book: properties only.
#[interface("0002030A-0000-0000-C000-000000000046")]
pub unsafe trait IMailUser: IMAPIProp {}

/// An attachment: properties only.
#[interface("00020308-0000-0000-C000-000000000046")]
pub unsafe trait IAttach: IMAPIProp {}

const _: () = {
    use core::mem::offset_of;
    const SLOT: usize = size_of::<usize>();
    assert!(offset_of!(IMAPIProp_Vtbl, GetLastError) == 3 * SLOT);
    assert!(offset_of!(IMAPIProp_Vtbl, GetIDsFromNames) == 13 * SLOT);
    assert!(size_of::<IMAPIProp_Vtbl>() == 14 * SLOT);
    assert!(size_of::<IProfSect_Vtbl>() == 14 * SLOT);
    assert!(size_of::<IMailUser_Vtbl>() == 14 * SLOT);
    assert!(size_of::<IAttach_Vtbl>() == 14 * SLOT);
};
