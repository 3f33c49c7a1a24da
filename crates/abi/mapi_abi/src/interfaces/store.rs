//! Message stores.

#![allow(missing_docs)] // named as documented

use core::ffi::c_void;

use com_abi::{GUID, HRESULT, interface};

use super::NO_SUPPORT;
use super::prop::{IMAPIProp, IMAPIProp_Impl, IMAPIProp_Vtbl};

/// A message store.
#[interface("00020306-0000-0000-C000-000000000046")]
pub unsafe trait IMsgStore: IMAPIProp {
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
    unsafe fn SetReceiveFolder(
        &self,
        class: *const u16,
        flags: u32,
        size: u32,
        entry: *const u8,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn GetReceiveFolder(
        &self,
        class: *const u16,
        flags: u32,
        size: *mut u32,
        entry: *mut *mut u8,
        explicit_class: *mut *mut u16,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn GetReceiveFolderTable(&self, flags: u32, table: *mut *mut c_void) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn StoreLogoff(&self, flags: *mut u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn AbortSubmit(&self, size: u32, entry: *const u8, flags: u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn GetOutgoingQueue(&self, flags: u32, table: *mut *mut c_void) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn SetLockState(&self, message: *mut c_void, state: u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn FinishedMsg(&self, flags: u32, size: u32, entry: *const u8) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn NotifyNewMail(&self, notification: *const c_void) -> HRESULT {
        NO_SUPPORT
    }
}

const _: () = {
    use core::mem::offset_of;
    const SLOT: usize = size_of::<usize>();
    assert!(offset_of!(IMsgStore_Vtbl, Advise) == 14 * SLOT);
    assert!(offset_of!(IMsgStore_Vtbl, NotifyNewMail) == 26 * SLOT);
    assert!(size_of::<IMsgStore_Vtbl>() == 27 * SLOT);
};
