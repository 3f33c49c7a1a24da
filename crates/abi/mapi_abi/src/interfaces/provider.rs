//! What the libraries of message stores, address books and transports offer.

#![allow(missing_docs)] // named as documented

use core::ffi::c_void;

use com_abi::{GUID, HRESULT, IUnknown, interface};

use super::NO_SUPPORT;
use crate::structs::{ADRLIST, MAPIERROR, MAPIUID, OPTIONDATA, SPropTagArray};

/// What the library of a message store offers.
#[interface("00020310-0000-0000-C000-000000000046")]
pub unsafe trait IMSProvider: IUnknown {
    unsafe fn Shutdown(&self, flags: *mut u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn Logon(
        &self,
        support: *mut c_void,
        window: usize,
        profile: *const u16,
        size: u32,
        entry: *const u8,
        flags: u32,
        iid: *const GUID,
        security_size: *mut u32,
        security: *mut *mut u8,
        error: *mut *mut MAPIERROR,
        logon: *mut *mut c_void,
        store: *mut *mut c_void,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn SpoolerLogon(
        &self,
        support: *mut c_void,
        window: usize,
        profile: *const u16,
        size: u32,
        entry: *const u8,
        flags: u32,
        iid: *const GUID,
        security_size: u32,
        security: *const u8,
        error: *mut *mut MAPIERROR,
        logon: *mut *mut c_void,
        store: *mut *mut c_void,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn CompareStoreIDs(
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
}

/// A message store's side of a session.
#[interface("00020313-0000-0000-C000-000000000046")]
pub unsafe trait IMSLogon: IUnknown {
    unsafe fn GetLastError(
        &self,
        result: HRESULT,
        flags: u32,
        error: *mut *mut MAPIERROR,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn Logoff(&self, flags: *mut u32) -> HRESULT {
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
    unsafe fn OpenStatusEntry(
        &self,
        iid: *const GUID,
        flags: u32,
        kind: *mut u32,
        object: *mut *mut c_void,
    ) -> HRESULT {
        NO_SUPPORT
    }
}

/// What the library of an address book offers.
#[interface("00020311-0000-0000-C000-000000000046")]
pub unsafe trait IABProvider: IUnknown {
    unsafe fn Shutdown(&self, flags: *mut u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn Logon(
        &self,
        support: *mut c_void,
        window: usize,
        profile: *const u16,
        flags: u32,
        security_size: *mut u32,
        security: *mut *mut u8,
        error: *mut *mut MAPIERROR,
        logon: *mut *mut c_void,
    ) -> HRESULT {
        NO_SUPPORT
    }
}

/// An address book's side of a session.
#[interface("00020314-0000-0000-C000-000000000046")]
pub unsafe trait IABLogon: IUnknown {
    unsafe fn GetLastError(
        &self,
        result: HRESULT,
        flags: u32,
        error: *mut *mut MAPIERROR,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn Logoff(&self, flags: u32) -> HRESULT {
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
    unsafe fn OpenStatusEntry(
        &self,
        iid: *const GUID,
        flags: u32,
        kind: *mut u32,
        object: *mut *mut c_void,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn OpenTemplateID(
        &self,
        size: u32,
        template_entry: *const u8,
        flags: u32,
        data: *mut c_void,
        iid: *const GUID,
        bound: *mut *mut c_void,
        sibling: *mut c_void,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn GetOneOffTable(&self, flags: u32, table: *mut *mut c_void) -> HRESULT {
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

/// What the library of a transport offers.
#[interface("00020312-0000-0000-C000-000000000046")]
pub unsafe trait IXPProvider: IUnknown {
    unsafe fn Shutdown(&self, flags: *mut u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn TransportLogon(
        &self,
        support: *mut c_void,
        window: usize,
        profile: *const u16,
        flags: *mut u32,
        error: *mut *mut MAPIERROR,
        logon: *mut *mut c_void,
    ) -> HRESULT {
        NO_SUPPORT
    }
}

/// A transport's side of a session.
#[interface("00020315-0000-0000-C000-000000000046")]
pub unsafe trait IXPLogon: IUnknown {
    unsafe fn AddressTypes(
        &self,
        flags: *mut u32,
        type_count: *mut u32,
        types: *mut *mut *mut u16,
        uid_count: *mut u32,
        uids: *mut *mut *mut MAPIUID,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn RegisterOptions(
        &self,
        flags: *mut u32,
        count: *mut u32,
        options: *mut *mut OPTIONDATA,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn TransportNotify(&self, flags: *mut u32, data: *mut *mut c_void) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn Idle(&self, flags: u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn TransportLogoff(&self, flags: u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn SubmitMessage(
        &self,
        flags: u32,
        message: *mut c_void,
        reference: *mut usize,
        answer: *mut usize,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn EndMessage(&self, reference: usize, flags: *mut u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn Poll(&self, incoming: *mut u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn StartMessage(
        &self,
        flags: u32,
        message: *mut c_void,
        reference: *mut usize,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn OpenStatusEntry(
        &self,
        iid: *const GUID,
        flags: u32,
        kind: *mut u32,
        object: *mut *mut c_void,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn ValidateState(&self, window: usize, flags: u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn FlushQueues(
        &self,
        window: usize,
        size: u32,
        transport: *const u8,
        flags: u32,
    ) -> HRESULT {
        NO_SUPPORT
    }
}

const _: () = {
    use core::mem::offset_of;
    const SLOT: usize = size_of::<usize>();
    assert!(offset_of!(IMSProvider_Vtbl, Shutdown) == 3 * SLOT);
    assert!(offset_of!(IMSProvider_Vtbl, CompareStoreIDs) == 6 * SLOT);
    assert!(size_of::<IMSProvider_Vtbl>() == 7 * SLOT);
    assert!(offset_of!(IMSLogon_Vtbl, GetLastError) == 3 * SLOT);
    assert!(offset_of!(IMSLogon_Vtbl, OpenStatusEntry) == 9 * SLOT);
    assert!(size_of::<IMSLogon_Vtbl>() == 10 * SLOT);
    assert!(offset_of!(IABProvider_Vtbl, Shutdown) == 3 * SLOT);
    assert!(offset_of!(IABProvider_Vtbl, Logon) == 4 * SLOT);
    assert!(size_of::<IABProvider_Vtbl>() == 5 * SLOT);
    assert!(offset_of!(IABLogon_Vtbl, GetLastError) == 3 * SLOT);
    assert!(offset_of!(IABLogon_Vtbl, PrepareRecips) == 12 * SLOT);
    assert!(size_of::<IABLogon_Vtbl>() == 13 * SLOT);
    assert!(offset_of!(IXPProvider_Vtbl, Shutdown) == 3 * SLOT);
    assert!(offset_of!(IXPProvider_Vtbl, TransportLogon) == 4 * SLOT);
    assert!(size_of::<IXPProvider_Vtbl>() == 5 * SLOT);
    assert!(offset_of!(IXPLogon_Vtbl, AddressTypes) == 3 * SLOT);
    assert!(offset_of!(IXPLogon_Vtbl, FlushQueues) == 14 * SLOT);
    assert!(size_of::<IXPLogon_Vtbl>() == 15 * SLOT);
};
