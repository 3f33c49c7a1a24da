//! The address book of a session.

#![allow(missing_docs)] // named as documented

use core::ffi::c_void;

use com_abi::{GUID, HRESULT, interface};

use super::NO_SUPPORT;
use super::prop::{IMAPIProp, IMAPIProp_Impl, IMAPIProp_Vtbl};
use crate::structs::{
    ADRENTRY, ADRLIST, ADRPARM, DISMISSMODELESS, FNBUTTON, SPropTagArray, SPropValue, SRowSet,
};

/// The address books of all providers as one.
#[interface("00020309-0000-0000-C000-000000000046")]
pub unsafe trait IAddrBook: IMAPIProp {
    unsafe fn OpenEntry(
        &self,
        size: u32,
        entry: *const u8,
        iid: *const GUID,
        flags: u32,
        kind: *mut u32,
        object: *mut *mut c_void,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn CompareEntryIDs(
        &self,
        size1: u32,
        entry1: *const u8,
        size2: u32,
        entry2: *const u8,
        flags: u32,
        same: *mut u32,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn Advise(
        &self,
        size: u32,
        entry: *const u8,
        mask: u32,
        sink: *mut c_void,
        connection: *mut usize,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn Unadvise(&self, connection: usize) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn CreateOneOff(
        &self,
        name: *const u16,
        kind: *const u16,
        address: *const u16,
        flags: u32,
        size: *mut u32,
        entry: *mut *mut u8,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn NewEntry(
        &self,
        window: usize,
        flags: u32,
        container_size: u32,
        container: *const u8,
        template_size: u32,
        template_entry: *const u8,
        size: *mut u32,
        entry: *mut *mut u8,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn ResolveName(
        &self,
        window: usize,
        flags: u32,
        title: *const u16,
        list: *mut ADRLIST,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn Address(
        &self,
        window: *mut usize,
        parameters: *mut ADRPARM,
        list: *mut *mut ADRLIST,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn Details(
        &self,
        window: *mut usize,
        dismiss: Option<DISMISSMODELESS>,
        dismiss_context: *mut c_void,
        size: u32,
        entry: *const u8,
        button: Option<FNBUTTON>,
        button_context: *mut c_void,
        button_text: *const u16,
        flags: u32,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn RecipOptions(&self, window: usize, flags: u32, recipient: *mut ADRENTRY) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn QueryDefaultRecipOpt(
        &self,
        kind: *const u16,
        flags: u32,
        count: *mut u32,
        options: *mut *mut SPropValue,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn GetPAB(&self, size: *mut u32, entry: *mut *mut u8) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn SetPAB(&self, size: u32, entry: *const u8) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn GetDefaultDir(&self, size: *mut u32, entry: *mut *mut u8) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn SetDefaultDir(&self, size: u32, entry: *const u8) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn GetSearchPath(&self, flags: u32, path: *mut *mut SRowSet) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn SetSearchPath(&self, flags: u32, path: *const SRowSet) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn PrepareRecips(
        &self,
        flags: u32,
        tags: *const SPropTagArray,
        list: *mut ADRLIST,
    ) -> HRESULT {
        NO_SUPPORT
    }
}

const _: () = {
    use core::mem::offset_of;
    const SLOT: usize = size_of::<usize>();
    assert!(offset_of!(IAddrBook_Vtbl, OpenEntry) == 14 * SLOT);
    assert!(offset_of!(IAddrBook_Vtbl, PrepareRecips) == 31 * SLOT);
    assert!(size_of::<IAddrBook_Vtbl>() == 32 * SLOT);
};
