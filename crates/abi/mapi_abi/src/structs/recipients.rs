//! Recipients, and what the address book's dialog is asked.

use core::ffi::c_void;

use super::entry_points::{ACCELERATEABSDI, DISMISSMODELESS};
use super::restrictions::SRestriction;
use super::values::{ENTRYID, SPropValue};

/// A recipient; it has the layout of `SRow`, and may be cast into one.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ADRENTRY {
    pub ulReserved1: u32,
    pub cValues: u32,
    pub rgPropVals: *mut SPropValue,
}

/// Recipients; `cEntries` of them follow at offset 8. It has the layout of `SRowSet`.
#[repr(C)]
pub struct ADRLIST {
    pub cEntries: u32,
    pub aEntries: [ADRENTRY; 0],
}

/// What `IAddrBook::Address` shows. Texts are UTF-16 with `AB_UNICODEUI`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ADRPARM {
    pub cbABContEntryID: u32,
    pub lpABContEntryID: *mut ENTRYID,
    pub ulFlags: u32,
    pub lpReserved: *mut c_void,
    pub ulHelpContext: u32,
    pub lpszHelpFileName: *mut c_void,
    pub lpfnABSDI: Option<ACCELERATEABSDI>,
    pub lpfnDismiss: Option<DISMISSMODELESS>,
    pub lpvDismissContext: *mut c_void,
    pub lpszCaption: *mut c_void,
    pub lpszNewEntryTitle: *mut c_void,
    pub lpszDestWellsTitle: *mut c_void,
    pub cDestFields: u32,
    pub nDestFieldFocus: u32,
    pub lppszDestTitles: *mut *mut c_void,
    pub lpulDestComps: *mut u32,
    pub lpContRestriction: *mut SRestriction,
    pub lpHierRestriction: *mut SRestriction,
}

/// `ADRPARM::ulFlags`.
pub const DIALOG_MODAL: u32 = 0x1;
pub const DIALOG_SDI: u32 = 0x2;
pub const DIALOG_OPTIONS: u32 = 0x4;
pub const ADDRESS_ONE: u32 = 0x8;
pub const AB_SELECTONLY: u32 = 0x10;
pub const AB_RESOLVE: u32 = 0x20;

/// `PR_RECIPIENT_TYPE`: the sender, and bits of what is sent again.
pub const MAPI_ORIG: u32 = 0;
pub const MAPI_P1: u32 = 0x1000_0000;
pub const MAPI_SUBMITTED: u32 = 0x8000_0000;

/// `ModifyRecipients`; 0 replaces them all.
pub const MODRECIP_ADD: u32 = 0x2;
pub const MODRECIP_MODIFY: u32 = 0x4;
pub const MODRECIP_REMOVE: u32 = 0x8;

/// `ResolveNames`, a mark for each row.
pub const MAPI_UNRESOLVED: u32 = 0;
pub const MAPI_AMBIGUOUS: u32 = 1;
pub const MAPI_RESOLVED: u32 = 2;

/// `CreateOneOff`.
pub const MAPI_SEND_NO_RICH_INFO: u32 = 0x1_0000;

/// `CreateEntry`.
pub const CREATE_CHECK_DUP_STRICT: u32 = 0x1;
pub const CREATE_CHECK_DUP_LOOSE: u32 = 0x2;
pub const CREATE_REPLACE: u32 = 0x4;

/// `PR_CONTAINER_FLAGS`.
pub const AB_RECIPIENTS: u32 = 0x1;
pub const AB_SUBCONTAINERS: u32 = 0x2;
pub const AB_MODIFIABLE: u32 = 0x4;
pub const AB_UNMODIFIABLE: u32 = 0x8;
pub const AB_FIND_ON_OPEN: u32 = 0x10;
pub const AB_NOT_DEFAULT: u32 = 0x20;

/// `PR_DISPLAY_TYPE`.
pub const DT_MAILUSER: u32 = 0;
pub const DT_DISTLIST: u32 = 1;
pub const DT_FORUM: u32 = 2;
pub const DT_AGENT: u32 = 3;
pub const DT_ORGANIZATION: u32 = 4;
pub const DT_PRIVATE_DISTLIST: u32 = 5;
pub const DT_REMOTE_MAILUSER: u32 = 6;

const _: () = {
    use super::tables::{SRow, SRowSet};
    use core::mem::offset_of;
    assert!(size_of::<ADRENTRY>() == size_of::<SRow>());
    assert!(offset_of!(ADRENTRY, cValues) == offset_of!(SRow, cValues));
    assert!(offset_of!(ADRENTRY, rgPropVals) == offset_of!(SRow, lpProps));
    assert!(offset_of!(ADRLIST, aEntries) == offset_of!(SRowSet, aRow));
    assert!(size_of::<ADRPARM>() == 136 && offset_of!(ADRPARM, lpHierRestriction) == 128);
};
