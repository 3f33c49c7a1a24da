//! What the subsystem does for providers.

#![allow(missing_docs)] // named as documented

use core::ffi::c_void;

use com_abi::{GUID, HRESULT, IUnknown, interface};

use super::NO_SUPPORT;
use crate::structs::{
    ADRLIST, ADRPARM, ALLOCATEBUFFER, ALLOCATEMORE, DISMISSMODELESS, ENTRYLIST, FNBUTTON,
    FREEBUFFER, MAPIERROR, MAPIUID, NOTIFICATION, NOTIFKEY, SPropProblemArray, SPropTagArray,
    SPropValue,
};

/// What the subsystem does for providers.
#[interface("0002030F-0000-0000-C000-000000000046")]
pub unsafe trait IMAPISupport: IUnknown {
    unsafe fn GetLastError(
        &self,
        result: HRESULT,
        flags: u32,
        error: *mut *mut MAPIERROR,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn GetMemAllocRoutines(
        &self,
        allocate: *mut Option<ALLOCATEBUFFER>,
        more: *mut Option<ALLOCATEMORE>,
        free_buffer: *mut Option<FREEBUFFER>,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn Subscribe(
        &self,
        key: *const NOTIFKEY,
        mask: u32,
        flags: u32,
        sink: *mut c_void,
        connection: *mut usize,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn Unsubscribe(&self, connection: usize) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn Notify(
        &self,
        key: *const NOTIFKEY,
        count: u32,
        notifications: *const NOTIFICATION,
        flags: *mut u32,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn ModifyStatusRow(
        &self,
        count: u32,
        columns: *const SPropValue,
        flags: u32,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn OpenProfileSection(
        &self,
        uid: *const MAPIUID,
        flags: u32,
        section: *mut *mut c_void,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn RegisterPreprocessor(
        &self,
        uid: *const MAPIUID,
        kind: *const u16,
        library: *const u16,
        preprocess: *const u8,
        remove: *const u8,
        flags: u32,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn NewUID(&self, uid: *mut MAPIUID) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn MakeInvalid(
        &self,
        flags: u32,
        object: *mut c_void,
        references: u32,
        methods: u32,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn SpoolerYield(&self, flags: u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn SpoolerNotify(&self, flags: u32, data: *mut c_void) -> HRESULT {
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
    unsafe fn SetProviderUID(&self, uid: *const MAPIUID, flags: u32) -> HRESULT {
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
    unsafe fn GetOneOffTable(&self, flags: u32, table: *mut *mut c_void) -> HRESULT {
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
    unsafe fn DoConfigPropsheet(
        &self,
        window: usize,
        flags: u32,
        title: *const u16,
        display: *mut c_void,
        data: *mut c_void,
        page: u32,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn CopyMessages(
        &self,
        source_iid: *const GUID,
        source: *mut c_void,
        list: *const ENTRYLIST,
        target_iid: *const GUID,
        target: *mut c_void,
        window: usize,
        progress: *mut c_void,
        flags: u32,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn CopyFolder(
        &self,
        source_iid: *const GUID,
        source: *mut c_void,
        size: u32,
        entry: *const u8,
        target_iid: *const GUID,
        target: *mut c_void,
        name: *const u16,
        window: usize,
        progress: *mut c_void,
        flags: u32,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn DoCopyTo(
        &self,
        source_iid: *const GUID,
        source: *mut c_void,
        excluded: u32,
        iids: *const GUID,
        tags: *const SPropTagArray,
        window: usize,
        progress: *mut c_void,
        target_iid: *const GUID,
        target: *mut c_void,
        flags: u32,
        problems: *mut *mut SPropProblemArray,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn DoCopyProps(
        &self,
        source_iid: *const GUID,
        source: *mut c_void,
        tags: *const SPropTagArray,
        window: usize,
        progress: *mut c_void,
        target_iid: *const GUID,
        target: *mut c_void,
        flags: u32,
        problems: *mut *mut SPropProblemArray,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn DoProgressDialog(
        &self,
        window: usize,
        flags: u32,
        progress: *mut *mut c_void,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn ReadReceipt(
        &self,
        flags: u32,
        message: *mut c_void,
        receipt: *mut *mut c_void,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn PrepareSubmit(&self, message: *mut c_void, flags: *mut u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn ExpandRecips(&self, message: *mut c_void, flags: *mut u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn UpdatePAB(&self, flags: u32, message: *mut c_void) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn DoSentMail(&self, flags: u32, message: *mut c_void) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn OpenAddressBook(
        &self,
        iid: *const GUID,
        flags: u32,
        book: *mut *mut c_void,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn Preprocess(&self, flags: u32, size: u32, entry: *const u8) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn CompleteMsg(&self, flags: u32, size: u32, entry: *const u8) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn StoreLogoffTransports(&self, flags: *mut u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn StatusRecips(&self, message: *mut c_void, list: *mut ADRLIST) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn WrapStoreEntryID(
        &self,
        size: u32,
        entry: *const u8,
        wrapped_size: *mut u32,
        wrapped: *mut *mut u8,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn ModifyProfile(&self, flags: u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn IStorageFromStream(
        &self,
        stream: *mut c_void,
        iid: *const GUID,
        flags: u32,
        storage: *mut *mut c_void,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn GetSvcConfigSupportObj(&self, flags: u32, support: *mut *mut c_void) -> HRESULT {
        NO_SUPPORT
    }
}

const _: () = {
    use core::mem::offset_of;
    const SLOT: usize = size_of::<usize>();
    assert!(offset_of!(IMAPISupport_Vtbl, GetLastError) == 3 * SLOT);
    assert!(offset_of!(IMAPISupport_Vtbl, GetSvcConfigSupportObj) == 43 * SLOT);
    assert!(size_of::<IMAPISupport_Vtbl>() == 44 * SLOT);
};
