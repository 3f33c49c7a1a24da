//! CMC 1.0: structures and constants. Its codes are in [`crate::cmc_codes`].
//!
//! Arrays have no count: the last element has `…_LAST_ELEMENT` among its flags.
//! The extensions that the subsystem knows are those of the common set.

use core::ffi::{c_char, c_void};

pub type CMC_boolean = u16;
pub type CMC_buffer = *mut c_void;
pub type CMC_enum = i32;
pub type CMC_flags = u32;
pub type CMC_object_identifier = CMC_string;
pub type CMC_return_code = u32;
pub type CMC_session_id = u32;
pub type CMC_string = *mut c_char;
pub type CMC_ui_id = u32;

/// A text with its length in bytes; they follow at offset 4.
#[repr(C)]
pub struct CMC_counted_string {
    pub length: u32,
    pub string: [c_char; 0],
}

/// Identifies a message.
pub type CMC_message_reference = CMC_counted_string;

/// A moment; months from 1, years from 1900.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CMC_time {
    pub second: i8,
    pub minute: i8,
    pub hour: i8,
    pub day: i8,
    pub month: i8,
    pub year: i8,
    pub isdst: i8,
    pub unused1: i8,
    /// Minutes from Greenwich, or `CMC_NO_TIMEZONE`.
    pub tmzone: i16,
    pub unused2: i16,
}

pub const CMC_NO_TIMEZONE: i16 = i16::MIN;

/// More than the structure or function has by itself.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct CMC_extension {
    pub item_code: u32,
    pub item_data: u32,
    pub item_reference: CMC_buffer,
    pub extension_flags: CMC_flags,
}

/// An attachment, in a file.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct CMC_attachment {
    pub attach_title: CMC_string,
    pub attach_type: CMC_object_identifier,
    pub attach_filename: CMC_string,
    pub attach_flags: CMC_flags,
    pub attach_extensions: *mut CMC_extension,
}

/// A sender or recipient.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct CMC_recipient {
    pub name: CMC_string,
    pub name_type: CMC_enum,
    pub address: CMC_string,
    pub role: CMC_enum,
    pub recip_flags: CMC_flags,
    pub recip_extensions: *mut CMC_extension,
}

/// A message.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct CMC_message {
    pub message_reference: *mut CMC_message_reference,
    pub message_type: CMC_string,
    pub subject: CMC_string,
    pub time_sent: CMC_time,
    pub text_note: CMC_string,
    pub recipients: *mut CMC_recipient,
    pub attachments: *mut CMC_attachment,
    pub message_flags: CMC_flags,
    pub message_extensions: *mut CMC_extension,
}

/// What `cmc_list` says of a message.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct CMC_message_summary {
    pub message_reference: *mut CMC_message_reference,
    pub message_type: CMC_string,
    pub subject: CMC_string,
    pub time_sent: CMC_time,
    pub byte_length: u32,
    pub originator: *mut CMC_recipient,
    pub summary_flags: CMC_flags,
    pub message_summary_extensions: *mut CMC_extension,
}

/// The version that callers and subsystem speak.
pub const CMC_VERSION: u16 = 100;

/// Flags of every function.
pub const CMC_ERROR_UI_ALLOWED: u32 = 0x0100_0000;
pub const CMC_LOGON_UI_ALLOWED: u32 = 0x0200_0000;
pub const CMC_COUNTED_STRING_TYPE: u32 = 0x0400_0000;

/// `cmc_send`, `cmc_send_documents`.
pub const CMC_SEND_UI_REQUESTED: u32 = 1;
pub const CMC_FIRST_ATTACH_AS_TEXT_NOTE: u32 = 2;
/// `cmc_act_on`.
pub const CMC_ACT_ON_EXTENDED: i32 = 0;
pub const CMC_ACT_ON_DELETE: i32 = 1;
/// `cmc_list`.
pub const CMC_LIST_UNREAD_ONLY: u32 = 1;
pub const CMC_LIST_MSG_REFS_ONLY: u32 = 2;
pub const CMC_LIST_COUNT_ONLY: u32 = 4;
pub const CMC_LENGTH_UNKNOWN: u32 = 0xFFFF_FFFF;
/// `cmc_read`.
pub const CMC_DO_NOT_MARK_AS_READ: u32 = 1;
pub const CMC_MSG_AND_ATT_HDRS_ONLY: u32 = 2;
pub const CMC_READ_FIRST_UNREAD_MESSAGE: u32 = 4;
/// `cmc_look_up`.
pub const CMC_LOOKUP_RESOLVE_PREFIX_SEARCH: u32 = 1;
pub const CMC_LOOKUP_RESOLVE_IDENTITY: u32 = 2;
pub const CMC_LOOKUP_RESOLVE_UI: u32 = 4;
pub const CMC_LOOKUP_DETAILS_UI: u32 = 8;
pub const CMC_LOOKUP_ADDRESSING_UI: u32 = 16;
/// `cmc_logoff`.
pub const CMC_LOGOFF_UI_ALLOWED: u32 = 1;

/// `CMC_message::message_flags`.
pub const CMC_MSG_READ: u32 = 1;
pub const CMC_MSG_TEXT_NOTE_AS_FILE: u32 = 2;
pub const CMC_MSG_UNSENT: u32 = 4;
pub const CMC_MSG_LAST_ELEMENT: u32 = 0x8000_0000;
/// `CMC_message_summary::summary_flags`.
pub const CMC_SUM_READ: u32 = 1;
pub const CMC_SUM_UNSENT: u32 = 2;
pub const CMC_SUM_LAST_ELEMENT: u32 = 0x8000_0000;
/// `CMC_recipient::recip_flags`.
pub const CMC_RECIP_IGNORE: u32 = 1;
pub const CMC_RECIP_LIST_TRUNCATED: u32 = 2;
pub const CMC_RECIP_LAST_ELEMENT: u32 = 0x8000_0000;
/// `CMC_attachment::attach_flags`.
pub const CMC_ATT_APP_OWNS_FILE: u32 = 1;
pub const CMC_ATT_LAST_ELEMENT: u32 = 0x8000_0000;
/// `CMC_extension::extension_flags`.
pub const CMC_EXT_REQUIRED: u32 = 0x1_0000;
pub const CMC_EXT_OUTPUT: u32 = 0x2_0000;
pub const CMC_EXT_LAST_ELEMENT: u32 = 0x8000_0000;

/// `CMC_recipient::name_type`.
pub const CMC_TYPE_UNKNOWN: i32 = 0;
pub const CMC_TYPE_INDIVIDUAL: i32 = 1;
pub const CMC_TYPE_GROUP: i32 = 2;
/// `CMC_recipient::role`.
pub const CMC_ROLE_TO: i32 = 0;
pub const CMC_ROLE_CC: i32 = 1;
pub const CMC_ROLE_BCC: i32 = 2;
pub const CMC_ROLE_ORIGINATOR: i32 = 3;
pub const CMC_ROLE_AUTHORIZING_USER: i32 = 4;

/// `cmc_query_configuration`.
pub const CMC_CONFIG_CHARACTER_SET: i32 = 1;
pub const CMC_CONFIG_LINE_TERM: i32 = 2;
pub const CMC_CONFIG_DEFAULT_SERVICE: i32 = 3;
pub const CMC_CONFIG_DEFAULT_USER: i32 = 4;
pub const CMC_CONFIG_REQ_PASSWORD: i32 = 5;
pub const CMC_CONFIG_REQ_SERVICE: i32 = 6;
pub const CMC_CONFIG_REQ_USER: i32 = 7;
pub const CMC_CONFIG_UI_AVAIL: i32 = 8;
pub const CMC_CONFIG_SUP_NOMKMSGREAD: i32 = 9;
pub const CMC_CONFIG_SUP_COUNTED_STR: i32 = 10;
pub const CMC_CONFIG_VER_IMPLEM: i32 = 11;
pub const CMC_CONFIG_VER_SPEC: i32 = 12;
pub const CMC_LINE_TERM_CRLF: i32 = 0;
pub const CMC_LINE_TERM_CR: i32 = 1;
pub const CMC_LINE_TERM_LF: i32 = 2;
pub const CMC_REQUIRED_NO: i32 = 0;
pub const CMC_REQUIRED_YES: i32 = 1;
pub const CMC_REQUIRED_OPT: i32 = 2;

const _: () = {
    use core::mem::offset_of;
    assert!(offset_of!(CMC_counted_string, string) == 4);
    assert!(size_of::<CMC_time>() == 12 && offset_of!(CMC_time, tmzone) == 8);
    assert!(size_of::<CMC_extension>() == 24 && offset_of!(CMC_extension, item_reference) == 8);
    assert!(size_of::<CMC_attachment>() == 40);
    assert!(offset_of!(CMC_attachment, attach_extensions) == 32);
    assert!(size_of::<CMC_recipient>() == 40 && offset_of!(CMC_recipient, role) == 24);
    assert!(size_of::<CMC_message>() == 80 && offset_of!(CMC_message, text_note) == 40);
    assert!(size_of::<CMC_message_summary>() == 64);
    assert!(offset_of!(CMC_message_summary, byte_length) == 36);
};
