//! The interfaces of Extended MAPI, in vtable order.
//!
//! A method that a class does not write answers `MAPI_E_NO_SUPPORT`, which is
//! what the documentation asks of a provider that does not offer it.

#![allow(missing_docs)]

use core::ffi::c_void;

use com_abi::{GUID, HRESULT, IUnknown, interface};

use crate::codes::Code;
use crate::structs::{SPropTagArray, SPropValue, SRestriction, SRowSet, SSortOrderSet};

/// What a method answers that is not offered.
const NO_SUPPORT: HRESULT = Code::NO_SUPPORT.hresult();

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

/// A message.
#[interface("00020307-0000-0000-C000-000000000046")]
pub unsafe trait IMessage: IMAPIProp {
    unsafe fn GetAttachmentTable(&self, flags: u32, table: *mut *mut c_void) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn OpenAttach(
        &self,
        number: u32,
        iid: *const GUID,
        flags: u32,
        attachment: *mut *mut c_void,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn CreateAttach(
        &self,
        iid: *const GUID,
        flags: u32,
        number: *mut u32,
        attachment: *mut *mut c_void,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn DeleteAttach(
        &self,
        number: u32,
        window: usize,
        progress: *mut c_void,
        flags: u32,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn GetRecipientTable(&self, flags: u32, table: *mut *mut c_void) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn ModifyRecipients(&self, flags: u32, list: *const c_void) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn SubmitMessage(&self, flags: u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn SetReadFlag(&self, flags: u32) -> HRESULT {
        NO_SUPPORT
    }
}

/// An attachment: properties only.
#[interface("00020308-0000-0000-C000-000000000046")]
pub unsafe trait IAttach: IMAPIProp {}

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
    assert!(offset_of!(IMAPISession_Vtbl, Unadvise) == 12 * SLOT);
    assert!(offset_of!(IMAPISession_Vtbl, Logoff) == 17 * SLOT);
    assert!(offset_of!(IMAPISession_Vtbl, PrepareForm) == 21 * SLOT);
    assert!(offset_of!(IMAPIProp_Vtbl, GetIDsFromNames) == 13 * SLOT);
    assert!(offset_of!(IMsgStore_Vtbl, Advise) == 14 * SLOT);
    assert!(offset_of!(IMAPIFolder_Vtbl, CreateMessage) == 19 * SLOT);
    assert!(offset_of!(IMessage_Vtbl, GetAttachmentTable) == 14 * SLOT);
    assert!(offset_of!(IMAPITable_Vtbl, SetCollapseState) == 25 * SLOT);
};
