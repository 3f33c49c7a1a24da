//! Containers: objects with a table of what is in them and a table of the containers below.

#![allow(missing_docs)] // named as documented

use core::ffi::c_void;

use com_abi::{GUID, HRESULT, interface};

use super::NO_SUPPORT;
use super::prop::{IMAPIProp, IMAPIProp_Impl, IMAPIProp_Vtbl};
use crate::structs::{ADRLIST, ENTRYLIST, FlagList, SPropTagArray, SRestriction, SSortOrderSet};

/// An object that holds others.
#[interface("0002030B-0000-0000-C000-000000000046")]
pub unsafe trait IMAPIContainer: IMAPIProp {
    unsafe fn GetContentsTable(&self, flags: u32, table: *mut *mut c_void) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn GetHierarchyTable(&self, flags: u32, table: *mut *mut c_void) -> HRESULT {
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
    unsafe fn SetSearchCriteria(
        &self,
        restriction: *const SRestriction,
        folders: *const c_void,
        flags: u32,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn GetSearchCriteria(
        &self,
        flags: u32,
        restriction: *mut *mut SRestriction,
        folders: *mut *mut c_void,
        state: *mut u32,
    ) -> HRESULT {
        NO_SUPPORT
    }
}

/// A folder.
#[interface("0002030C-0000-0000-C000-000000000046")]
pub unsafe trait IMAPIFolder: IMAPIContainer {
    unsafe fn CreateMessage(
        &self,
        iid: *const GUID,
        flags: u32,
        message: *mut *mut c_void,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn CopyMessages(
        &self,
        list: *const c_void,
        iid: *const GUID,
        target: *mut c_void,
        window: usize,
        progress: *mut c_void,
        flags: u32,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn DeleteMessages(
        &self,
        list: *const c_void,
        window: usize,
        progress: *mut c_void,
        flags: u32,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn CreateFolder(
        &self,
        kind: u32,
        name: *const u16,
        comment: *const u16,
        iid: *const GUID,
        flags: u32,
        folder: *mut *mut c_void,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn CopyFolder(
        &self,
        size: u32,
        entry: *const u8,
        iid: *const GUID,
        target: *mut c_void,
        name: *const u16,
        window: usize,
        progress: *mut c_void,
        flags: u32,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn DeleteFolder(
        &self,
        size: u32,
        entry: *const u8,
        window: usize,
        progress: *mut c_void,
        flags: u32,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn SetReadFlags(
        &self,
        list: *const c_void,
        window: usize,
        progress: *mut c_void,
        flags: u32,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn GetMessageStatus(
        &self,
        size: u32,
        entry: *const u8,
        flags: u32,
        status: *mut u32,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn SetMessageStatus(
        &self,
        size: u32,
        entry: *const u8,
        status: u32,
        mask: u32,
        before: *mut u32,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn SaveContentsSort(&self, order: *const SSortOrderSet, flags: u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn EmptyFolder(&self, window: usize, progress: *mut c_void, flags: u32) -> HRESULT {
        NO_SUPPORT
    }
}

/// A container of an address book.
#[interface("0002030D-0000-0000-C000-000000000046")]
pub unsafe trait IABContainer: IMAPIContainer {
    unsafe fn CreateEntry(
        &self,
        size: u32,
        template_entry: *const u8,
        flags: u32,
        entry: *mut *mut c_void,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn CopyEntries(
        &self,
        entries: *const ENTRYLIST,
        window: usize,
        progress: *mut c_void,
        flags: u32,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn DeleteEntries(&self, entries: *const ENTRYLIST, flags: u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn ResolveNames(
        &self,
        tags: *const SPropTagArray,
        flags: u32,
        list: *mut ADRLIST,
        marks: *mut FlagList,
    ) -> HRESULT {
        NO_SUPPORT
    }
}

/// A distribution list: a container of an address book that is a recipient too.
#[interface("0002030E-0000-0000-C000-000000000046")]
pub unsafe trait IDistList: IMAPIContainer {
    unsafe fn CreateEntry(
        &self,
        size: u32,
        template_entry: *const u8,
        flags: u32,
        entry: *mut *mut c_void,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn CopyEntries(
        &self,
        entries: *const ENTRYLIST,
        window: usize,
        progress: *mut c_void,
        flags: u32,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn DeleteEntries(&self, entries: *const ENTRYLIST, flags: u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn ResolveNames(
        &self,
        tags: *const SPropTagArray,
        flags: u32,
        list: *mut ADRLIST,
        marks: *mut FlagList,
    ) -> HRESULT {
        NO_SUPPORT
    }
}

const _: () = {
    use core::mem::offset_of;
    const SLOT: usize = size_of::<usize>();
    assert!(offset_of!(IMAPIContainer_Vtbl, GetContentsTable) == 14 * SLOT);
    assert!(offset_of!(IMAPIContainer_Vtbl, GetSearchCriteria) == 18 * SLOT);
    assert!(size_of::<IMAPIContainer_Vtbl>() == 19 * SLOT);
    assert!(offset_of!(IMAPIFolder_Vtbl, CreateMessage) == 19 * SLOT);
    assert!(offset_of!(IMAPIFolder_Vtbl, EmptyFolder) == 29 * SLOT);
    assert!(size_of::<IMAPIFolder_Vtbl>() == 30 * SLOT);
    assert!(offset_of!(IABContainer_Vtbl, CreateEntry) == 19 * SLOT);
    assert!(offset_of!(IABContainer_Vtbl, ResolveNames) == 22 * SLOT);
    assert!(size_of::<IABContainer_Vtbl>() == 23 * SLOT);
    assert!(offset_of!(IDistList_Vtbl, CreateEntry) == 19 * SLOT);
    assert!(offset_of!(IDistList_Vtbl, ResolveNames) == 22 * SLOT);
    assert!(size_of::<IDistList_Vtbl>() == 23 * SLOT);
};
