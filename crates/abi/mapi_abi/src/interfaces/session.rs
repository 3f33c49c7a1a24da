//! Sessions.

#![allow(missing_docs)] // named as documented

use core::ffi::c_void;

use com_abi::{GUID, HRESULT, IUnknown, interface};

use super::NO_SUPPORT;
use crate::structs::SPropValue;

/// A session.
#[interface("00020300-0000-0000-C000-000000000046")]
pub unsafe trait IMAPISession: IUnknown {
    unsafe fn GetLastError(&self, result: HRESULT, flags: u32, error: *mut *mut c_void) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn GetMsgStoresTable(&self, flags: u32, table: *mut *mut c_void) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn OpenMsgStore(
        &self,
        window: usize,
        size: u32,
        entry: *const u8,
        iid: *const GUID,
        flags: u32,
        store: *mut *mut c_void,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn OpenAddressBook(
        &self,
        window: usize,
        iid: *const GUID,
        flags: u32,
        book: *mut *mut c_void,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn OpenProfileSection(
        &self,
        uid: *const c_void,
        iid: *const GUID,
        flags: u32,
        section: *mut *mut c_void,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn GetStatusTable(&self, flags: u32, table: *mut *mut c_void) -> HRESULT {
        NO_SUPPORT
    }
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
    unsafe fn MessageOptions(
        &self,
        window: usize,
        flags: u32,
        kind: *const u16,
        message: *mut c_void,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn QueryDefaultMessageOpt(
        &self,
        kind: *const u16,
        flags: u32,
        count: *mut u32,
        options: *mut *mut SPropValue,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn EnumAdrTypes(
        &self,
        flags: u32,
        count: *mut u32,
        kinds: *mut *mut *mut u16,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn QueryIdentity(&self, size: *mut u32, entry: *mut *mut u8) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn Logoff(&self, window: usize, flags: u32, reserved: u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn SetDefaultStore(&self, flags: u32, size: u32, entry: *const u8) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn AdminServices(&self, flags: u32, admin: *mut *mut c_void) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn ShowForm(
        &self,
        window: usize,
        store: *mut c_void,
        folder: *mut c_void,
        iid: *const GUID,
        token: usize,
        sent: *mut c_void,
        flags: u32,
        status: u32,
        message_flags: u32,
        access: u32,
        class: *const u8,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn PrepareForm(
        &self,
        iid: *const GUID,
        message: *mut c_void,
        token: *mut usize,
    ) -> HRESULT {
        NO_SUPPORT
    }
}

const _: () = {
    use core::mem::offset_of;
    const SLOT: usize = size_of::<usize>();
    assert!(offset_of!(IMAPISession_Vtbl, GetLastError) == 3 * SLOT);
    assert!(offset_of!(IMAPISession_Vtbl, Unadvise) == 12 * SLOT);
    assert!(offset_of!(IMAPISession_Vtbl, Logoff) == 17 * SLOT);
    assert!(offset_of!(IMAPISession_Vtbl, PrepareForm) == 21 * SLOT);
    assert!(size_of::<IMAPISession_Vtbl>() == 22 * SLOT);
};
