//! Notifications.

use core::ffi::c_void;

use super::errors::MAPIERROR;
use super::tables::SRow;
use super::values::{ENTRYID, SPropTagArray, SPropValue};

/// `fnevCriticalError`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ERROR_NOTIFICATION {
    pub cbEntryID: u32,
    pub lpEntryID: *mut ENTRYID,
    pub scode: i32,
    /// `MAPI_UNICODE` or none: of the texts of the error.
    pub ulFlags: u32,
    pub lpMAPIError: *mut MAPIERROR,
}

/// `fnevNewMail`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct NEWMAIL_NOTIFICATION {
    pub cbEntryID: u32,
    pub lpEntryID: *mut ENTRYID,
    pub cbParentID: u32,
    pub lpParentID: *mut ENTRYID,
    /// `MAPI_UNICODE` or none: of the class.
    pub ulFlags: u32,
    pub lpszMessageClass: *mut c_void,
    pub ulMessageFlags: u32,
}

/// `fnevObjectCreated`, `…Deleted`, `…Modified`, `…Moved`, `…Copied` and
/// `fnevSearchComplete`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct OBJECT_NOTIFICATION {
    pub cbEntryID: u32,
    pub lpEntryID: *mut ENTRYID,
    pub ulObjType: u32,
    pub cbParentID: u32,
    pub lpParentID: *mut ENTRYID,
    pub cbOldID: u32,
    pub lpOldID: *mut ENTRYID,
    pub cbOldParentID: u32,
    pub lpOldParentID: *mut ENTRYID,
    pub lpPropTagArray: *mut SPropTagArray,
}

/// `fnevTableModified`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct TABLE_NOTIFICATION {
    pub ulTableEvent: u32,
    pub hResult: i32,
    pub propIndex: SPropValue,
    pub propPrior: SPropValue,
    pub row: SRow,
    pub ulPad: u32,
}

/// `fnevExtended`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct EXTENDED_NOTIFICATION {
    pub ulEvent: u32,
    pub cb: u32,
    pub pbEventParameters: *mut u8,
}

/// `fnevStatusObjectModified`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct STATUS_OBJECT_NOTIFICATION {
    pub cbEntryID: u32,
    pub lpEntryID: *mut ENTRYID,
    pub cValues: u32,
    pub lpPropVals: *mut SPropValue,
}

/// What happened; the event's type says which member holds.
#[repr(C)]
#[derive(Clone, Copy)]
pub union NotificationUnion {
    pub err: ERROR_NOTIFICATION,
    pub newmail: NEWMAIL_NOTIFICATION,
    pub obj: OBJECT_NOTIFICATION,
    pub tab: TABLE_NOTIFICATION,
    pub ext: EXTENDED_NOTIFICATION,
    pub statobj: STATUS_OBJECT_NOTIFICATION,
}

/// An event.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct NOTIFICATION {
    pub ulEventType: u32,
    pub ulAlignPad: u32,
    pub info: NotificationUnion,
}

pub const fnevCriticalError: u32 = 0x1;
pub const fnevNewMail: u32 = 0x2;
pub const fnevObjectCreated: u32 = 0x4;
pub const fnevObjectDeleted: u32 = 0x8;
pub const fnevObjectModified: u32 = 0x10;
pub const fnevObjectMoved: u32 = 0x20;
pub const fnevObjectCopied: u32 = 0x40;
pub const fnevSearchComplete: u32 = 0x80;
pub const fnevTableModified: u32 = 0x100;
pub const fnevStatusObjectModified: u32 = 0x200;
pub const fnevReservedForMapi: u32 = 0x4000_0000;
pub const fnevExtended: u32 = 0x8000_0000;

/// `TABLE_NOTIFICATION::ulTableEvent`.
pub const TABLE_CHANGED: u32 = 1;
pub const TABLE_ERROR: u32 = 2;
pub const TABLE_ROW_ADDED: u32 = 3;
pub const TABLE_ROW_DELETED: u32 = 4;
pub const TABLE_ROW_MODIFIED: u32 = 5;
pub const TABLE_SORT_DONE: u32 = 6;
pub const TABLE_RESTRICT_DONE: u32 = 7;
pub const TABLE_SETCOL_DONE: u32 = 8;
pub const TABLE_RELOAD: u32 = 9;

/// `IMAPISupport::Subscribe`.
pub const NOTIFY_SYNC: u32 = 0x4000_0000;
/// `IMAPISupport::Notify`, answered.
pub const NOTIFY_CANCELED: u32 = 0x8000_0000;
/// `OnNotify`'s answer to a synchronous event: no other sink hears of it.
pub const CALLBACK_DISCONTINUE: u32 = 0x8000_0000;

const _: () = {
    use core::mem::offset_of;
    assert!(size_of::<ERROR_NOTIFICATION>() == 32);
    assert!(offset_of!(ERROR_NOTIFICATION, lpMAPIError) == 24);
    assert!(size_of::<NEWMAIL_NOTIFICATION>() == 56);
    assert!(offset_of!(NEWMAIL_NOTIFICATION, lpszMessageClass) == 40);
    assert!(size_of::<OBJECT_NOTIFICATION>() == 72);
    assert!(offset_of!(OBJECT_NOTIFICATION, lpPropTagArray) == 64);
    assert!(size_of::<TABLE_NOTIFICATION>() == 80);
    assert!(offset_of!(TABLE_NOTIFICATION, row) == 56);
    assert!(size_of::<EXTENDED_NOTIFICATION>() == 16);
    assert!(size_of::<STATUS_OBJECT_NOTIFICATION>() == 32);
    assert!(size_of::<NOTIFICATION>() == 88 && offset_of!(NOTIFICATION, info) == 8);
};
