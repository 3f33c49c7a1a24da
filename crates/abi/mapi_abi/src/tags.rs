//! Property tags: `id << 16 | type`, in their Unicode form.
//!
//! Only the tags that the subsystem itself reads or writes are named here;
//! any other tag travels as its number.

/// Property types (the low word of a tag).
pub mod types {
    /// No value.
    pub const PT_NULL: u16 = 1;
    /// 32-bit signed integer.
    pub const PT_LONG: u16 = 3;
    /// An error code in place of a value.
    pub const PT_ERROR: u16 = 10;
    /// 16-bit boolean.
    pub const PT_BOOLEAN: u16 = 11;
    /// An object, opened by `OpenProperty`.
    pub const PT_OBJECT: u16 = 13;
    /// 64-bit signed integer.
    pub const PT_I8: u16 = 20;
    /// 8-bit string.
    pub const PT_STRING8: u16 = 30;
    /// UTF-16 string.
    pub const PT_UNICODE: u16 = 31;
    /// 100 ns units since 1601-01-01 UTC.
    pub const PT_SYSTIME: u16 = 64;
    /// Counted bytes.
    pub const PT_BINARY: u16 = 258;
}

/// A property tag.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(transparent)]
pub struct PropTag(pub u32);

impl PropTag {
    /// The property's identifier (high word).
    pub const fn id(self) -> u16 {
        (self.0 >> 16) as u16
    }

    /// The property's type (low word), one of [`types`].
    pub const fn prop_type(self) -> u16 {
        self.0 as u16
    }

    /// The same property with another type, as in an error answer.
    pub const fn with_type(self, prop_type: u16) -> Self {
        Self(self.0 & 0xFFFF_0000 | prop_type as u32)
    }
}

impl std::fmt::Debug for PropTag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PropTag({:08X})", self.0)
    }
}

macro_rules! tags {
    ($($(#[$doc:meta])* $name:ident = $value:literal;)*) => {
        $($(#[$doc])* pub const $name: PropTag = PropTag($value);)*
    };
}

tags! {
    /// Identifier with which the object is opened.
    PR_ENTRYID = 0x0FFF_0102;
    /// Entry identifier of the folder that holds the object.
    PR_PARENT_ENTRYID = 0x0E09_0102;
    /// Identifies a row of a table.
    PR_INSTANCE_KEY = 0x0FF6_0102;
    /// What kind of object this is (store 1, folder 3, message 5, attachment 7).
    PR_OBJECT_TYPE = 0x0FFE_0003;
    /// Name shown to the user.
    PR_DISPLAY_NAME = 0x3001_001F;
    /// Depth in a hierarchy table: 1 for what is directly below the folder asked.
    PR_DEPTH = 0x3005_0003;
    /// Entry identifier of the root of the user's own folders.
    PR_IPM_SUBTREE_ENTRYID = 0x35E0_0102;
    /// Number of messages in a folder.
    PR_CONTENT_COUNT = 0x3602_0003;
    /// Number of unread messages in a folder.
    PR_CONTENT_UNREAD = 0x3603_0003;
    /// Whether a folder has folders below it.
    PR_SUBFOLDERS = 0x360A_000B;
    /// Message class, `IPM.Note` for mail.
    PR_MESSAGE_CLASS = 0x001A_001F;
    /// Subject as sent.
    PR_SUBJECT = 0x0037_001F;
    /// Subject without its prefix.
    PR_NORMALIZED_SUBJECT = 0x0E1D_001F;
    /// Plain text body.
    PR_BODY = 0x1000_001F;
    /// HTML body, as bytes in UTF-8.
    PR_HTML = 0x1013_0102;
    /// `Message-ID`, with its angle brackets.
    PR_INTERNET_MESSAGE_ID = 0x1035_001F;
    /// `References`.
    PR_INTERNET_REFERENCES = 0x1039_001F;
    /// `In-Reply-To`.
    PR_IN_REPLY_TO_ID = 0x1042_001F;
    /// The header as received.
    PR_TRANSPORT_MESSAGE_HEADERS = 0x007D_001F;
    /// Subject of the conversation.
    PR_CONVERSATION_TOPIC = 0x0070_001F;
    /// Read, submitted, has attachments: `MSGFLAG_*`.
    PR_MESSAGE_FLAGS = 0x0E07_0003;
    /// Marked, answered, deleted: `MSGSTATUS_*`.
    PR_MSG_STATUS = 0x0E17_0003;
    /// Size in bytes, 32 bits.
    PR_MESSAGE_SIZE = 0x0E08_0003;
    /// When the message arrived.
    PR_MESSAGE_DELIVERY_TIME = 0x0E06_0040;
    /// When the sender handed it over.
    PR_CLIENT_SUBMIT_TIME = 0x0039_0040;
    /// 0 low, 1 normal, 2 high.
    PR_IMPORTANCE = 0x0017_0003;
    /// Whether the message has attachments.
    PR_HASATTACH = 0x0E1B_000B;
    /// Names of the To recipients, joined by "; ".
    PR_DISPLAY_TO = 0x0E04_001F;
    /// Names of the Cc recipients, joined by "; ".
    PR_DISPLAY_CC = 0x0E03_001F;
    /// Sender's name.
    PR_SENDER_NAME = 0x0C1A_001F;
    /// Sender's address.
    PR_SENDER_EMAIL_ADDRESS = 0x0C1F_001F;
    /// Number of an attachment within its message.
    PR_ATTACH_NUM = 0x0E21_0003;
    /// How an attachment is held: by value 1, embedded message 5.
    PR_ATTACH_METHOD = 0x3705_0003;
    /// Bytes of an attachment.
    PR_ATTACH_DATA_BIN = 0x3701_0102;
    /// File name of an attachment.
    PR_ATTACH_LONG_FILENAME = 0x3707_001F;
    /// Size of an attachment in bytes.
    PR_ATTACH_SIZE = 0x0E20_0003;
    /// Content type of an attachment.
    PR_ATTACH_MIME_TAG = 0x370E_001F;
    /// `Content-ID` of an attachment, without angle brackets.
    PR_ATTACH_CONTENT_ID = 0x3712_001F;
    /// Name of a profile.
    PR_PROFILE_NAME = 0x3D12_001F;
    /// Identifies a message store provider.
    PR_MDB_PROVIDER = 0x3414_0102;
    /// Whether this is the session's default store.
    PR_DEFAULT_STORE = 0x3400_000B;
    /// What kind of provider a status or store row is about.
    PR_RESOURCE_TYPE = 0x3E03_0003;
    /// Resource flags of a provider.
    PR_RESOURCE_FLAGS = 0x3009_0003;
}

/// `PR_MESSAGE_FLAGS`: the message was read.
pub const MSGFLAG_READ: i32 = 0x1;
/// `PR_MESSAGE_FLAGS`: still being written.
pub const MSGFLAG_UNSENT: i32 = 0x8;
/// `PR_MESSAGE_FLAGS`: has attachments.
pub const MSGFLAG_HASATTACH: i32 = 0x10;

/// `PR_MSG_STATUS`: marked by the user (Maildir `F`).
pub const MSGSTATUS_TAGGED: i32 = 0x2;
/// `PR_MSG_STATUS`: marked for deletion (Maildir `T`).
pub const MSGSTATUS_DELMARKED: i32 = 0x8;
/// `PR_MSG_STATUS`: a draft (Maildir `D`).
pub const MSGSTATUS_DRAFT: i32 = 0x100;
/// `PR_MSG_STATUS`: answered (Maildir `R`).
pub const MSGSTATUS_ANSWERED: i32 = 0x200;
/// `PR_MSG_STATUS`: passed on (Maildir `P`); this bit is our own.
pub const MSGSTATUS_PASSED: i32 = 0x0001_0000;

/// `PR_OBJECT_TYPE` of a message store.
pub const MAPI_STORE: i32 = 1;
/// `PR_OBJECT_TYPE` of a folder.
pub const MAPI_FOLDER: i32 = 3;
/// `PR_OBJECT_TYPE` of a message.
pub const MAPI_MESSAGE: i32 = 5;
/// `PR_OBJECT_TYPE` of an attachment.
pub const MAPI_ATTACH: i32 = 7;

/// `PR_ATTACH_METHOD`: the bytes are in `PR_ATTACH_DATA_BIN`.
pub const ATTACH_BY_VALUE: i32 = 1;
