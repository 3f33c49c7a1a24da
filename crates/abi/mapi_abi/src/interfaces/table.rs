//! Tables.

#![allow(missing_docs)] // named as documented

use core::ffi::c_void;

use com_abi::{HRESULT, IUnknown, interface};

use super::NO_SUPPORT;
use crate::structs::{SPropTagArray, SRestriction, SRowSet, SSortOrderSet};

/// A table: rows that are restricted, sorted and read.
#[interface("00020301-0000-0000-C000-000000000046")]
pub unsafe trait IMAPITable: IUnknown {
    unsafe fn GetLastError(&self, result: HRESULT, flags: u32, error: *mut *mut c_void) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn Advise(&self, mask: u32, sink: *mut c_void, connection: *mut usize) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn Unadvise(&self, connection: usize) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn GetStatus(&self, status: *mut u32, kind: *mut u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn SetColumns(&self, tags: *const SPropTagArray, flags: u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn QueryColumns(&self, flags: u32, tags: *mut *mut SPropTagArray) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn GetRowCount(&self, flags: u32, count: *mut u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn SeekRow(&self, bookmark: usize, rows: i32, moved: *mut i32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn SeekRowApprox(&self, numerator: u32, denominator: u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn QueryPosition(
        &self,
        row: *mut u32,
        numerator: *mut u32,
        denominator: *mut u32,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn FindRow(
        &self,
        restriction: *const SRestriction,
        bookmark: usize,
        flags: u32,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn Restrict(&self, restriction: *const SRestriction, flags: u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn CreateBookmark(&self, bookmark: *mut usize) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn FreeBookmark(&self, bookmark: usize) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn SortTable(&self, order: *const SSortOrderSet, flags: u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn QuerySortOrder(&self, order: *mut *mut SSortOrderSet) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn QueryRows(&self, rows: i32, flags: u32, set: *mut *mut SRowSet) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn Abort(&self) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn ExpandRow(
        &self,
        size: u32,
        key: *const u8,
        rows: u32,
        flags: u32,
        set: *mut *mut SRowSet,
        more: *mut u32,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn CollapseRow(&self, size: u32, key: *const u8, flags: u32, rows: *mut u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn WaitForCompletion(&self, flags: u32, timeout: u32, status: *mut u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn GetCollapseState(
        &self,
        flags: u32,
        size: u32,
        key: *const u8,
        state_size: *mut u32,
        state: *mut *mut u8,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn SetCollapseState(
        &self,
        flags: u32,
        size: u32,
        state: *const u8,
        bookmark: *mut usize,
    ) -> HRESULT {
        NO_SUPPORT
    }
}

const _: () = {
    use core::mem::offset_of;
    const SLOT: usize = size_of::<usize>();
    assert!(offset_of!(IMAPITable_Vtbl, GetLastError) == 3 * SLOT);
    assert!(offset_of!(IMAPITable_Vtbl, SetCollapseState) == 25 * SLOT);
    assert!(size_of::<IMAPITable_Vtbl>() == 26 * SLOT);
};
