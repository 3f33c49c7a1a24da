//! Simple MAPI: structures and flags. Its codes are in [`crate::simple_codes`].

use core::ffi::c_void;

/// A session of Simple MAPI; 0 is none.
pub type LHANDLE = usize;
pub const lhSessionNull: LHANDLE = 0;

macro_rules! structures {
    ($text:ty, $file:ident, $recipient:ident, $message:ident) => {
        /// A file that is attached.
        #[repr(C)]
        #[derive(Clone, Copy)]
        pub struct $file {
            pub ulReserved: u32,
            pub flFlags: u32,
            /// Offset in the text; all bits set: nowhere.
            pub nPosition: u32,
            pub lpszPathName: *mut $text,
            pub lpszFileName: *mut $text,
            /// Null, or [`MapiFileTagExt`].
            pub lpFileType: *mut c_void,
        }

        /// A sender or recipient.
        #[repr(C)]
        #[derive(Clone, Copy)]
        pub struct $recipient {
            pub ulReserved: u32,
            pub ulRecipClass: u32,
            pub lpszName: *mut $text,
            pub lpszAddress: *mut $text,
            pub ulEIDSize: u32,
            pub lpEntryID: *mut c_void,
        }

        /// A message.
        #[repr(C)]
        #[derive(Clone, Copy)]
        pub struct $message {
            pub ulReserved: u32,
            pub lpszSubject: *mut $text,
            pub lpszNoteText: *mut $text,
            pub lpszMessageType: *mut $text,
            /// `YYYY/MM/DD HH:MM`.
            pub lpszDateReceived: *mut $text,
            pub lpszConversationID: *mut $text,
            pub flFlags: u32,
            pub lpOriginator: *mut $recipient,
            pub nRecipCount: u32,
            pub lpRecips: *mut $recipient,
            pub nFileCount: u32,
            pub lpFiles: *mut $file,
        }

        const _: () = {
            use core::mem::offset_of;
            assert!(size_of::<$file>() == 40 && offset_of!($file, lpszPathName) == 16);
            assert!(size_of::<$recipient>() == 40 && offset_of!($recipient, lpEntryID) == 32);
            assert!(size_of::<$message>() == 96 && offset_of!($message, flFlags) == 48);
            assert!(offset_of!($message, lpOriginator) == 56);
            assert!(offset_of!($message, lpFiles) == 88);
        };
    };
}

structures!(u8, MapiFileDesc, MapiRecipDesc, MapiMessage);
structures!(u16, MapiFileDescW, MapiRecipDescW, MapiMessageW);

/// What kind of file an attachment is.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct MapiFileTagExt {
    pub ulReserved: u32,
    pub cbTag: u32,
    pub lpTag: *mut u8,
    pub cbEncoding: u32,
    pub lpEncoding: *mut u8,
}

/// `MapiFileDesc::flFlags`.
pub const MAPI_OLE: u32 = 0x1;
pub const MAPI_OLE_STATIC: u32 = 0x2;

/// `MapiMessage::flFlags`.
pub const MAPI_UNREAD: u32 = 0x1;
pub const MAPI_RECEIPT_REQUESTED: u32 = 0x2;
pub const MAPI_SENT: u32 = 0x4;

/// `MAPIFindNext`.
pub const MAPI_UNREAD_ONLY: u32 = 0x20;
pub const MAPI_GUARANTEE_FIFO: u32 = 0x100;
/// The buffer for an identifier has 512 bytes instead of 64.
pub const MAPI_LONG_MSGID: u32 = 0x4000;
/// `MAPIReadMail`.
pub const MAPI_ENVELOPE_ONLY: u32 = 0x40;
pub const MAPI_PEEK: u32 = 0x80;
pub const MAPI_BODY_AS_FILE: u32 = 0x200;
pub const MAPI_SUPPRESS_ATTACH: u32 = 0x800;
/// `MAPIDetails`, `MAPIResolveName`.
pub const MAPI_AB_NOMODIFY: u32 = 0x400;
/// `MAPISendMailW`: no conversion to bytes.
pub const MAPI_FORCE_UNICODE: u32 = 0x4_0000;

/// Room for an identifier of a message, in bytes, its zero included.
pub const SHORT_MSGID_BYTES: usize = 64;
/// Room for one with `MAPI_LONG_MSGID`.
pub const LONG_MSGID_BYTES: usize = 512;
/// Longest name of a profile and longest password of `MAPILogon`, in bytes.
pub const SIMPLE_LOGON_TEXT_BYTES: usize = 256;

const _: () = {
    use core::mem::offset_of;
    assert!(size_of::<MapiFileTagExt>() == 32 && offset_of!(MapiFileTagExt, lpEncoding) == 24);
};
