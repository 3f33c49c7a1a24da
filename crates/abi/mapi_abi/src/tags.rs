//! Property tags: `id << 16 | type`, in their Unicode form.
//!
//! Only the tags that the subsystem itself reads or writes are named here;
//! any other tag travels as its number.

/// Property types (the low word of a tag).
pub mod types {
    /// Any type, in a request.
    pub const PT_UNSPECIFIED: u16 = 0;
    /// No value.
    pub const PT_NULL: u16 = 1;
    /// 16-bit signed integer.
    pub const PT_I2: u16 = 2;
    /// 32-bit signed integer.
    pub const PT_LONG: u16 = 3;
    /// 32-bit floating point.
    pub const PT_R4: u16 = 4;
    /// 64-bit floating point.
    pub const PT_DOUBLE: u16 = 5;
    /// 64-bit integer of ten-thousandths.
    pub const PT_CURRENCY: u16 = 6;
    /// Days since 1899-12-30, floating point.
    pub const PT_APPTIME: u16 = 7;
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
    /// A GUID.
    pub const PT_CLSID: u16 = 72;
    /// Counted bytes.
    pub const PT_BINARY: u16 = 258;
    /// Several values of a type.
    pub const MV_FLAG: u16 = 0x1000;
    /// A row for each value, in a column or sort key.
    pub const MV_INSTANCE: u16 = 0x2000;
    /// Several 16-bit signed integers.
    pub const PT_MV_I2: u16 = MV_FLAG | PT_I2;
    /// Several 32-bit signed integers.
    pub const PT_MV_LONG: u16 = MV_FLAG | PT_LONG;
    /// Several 64-bit floating point numbers.
    pub const PT_MV_DOUBLE: u16 = MV_FLAG | PT_DOUBLE;
    /// Several 64-bit signed integers.
    pub const PT_MV_I8: u16 = MV_FLAG | PT_I8;
    /// Several 8-bit strings.
    pub const PT_MV_STRING8: u16 = MV_FLAG | PT_STRING8;
    /// Several UTF-16 strings.
    pub const PT_MV_UNICODE: u16 = MV_FLAG | PT_UNICODE;
    /// Several times.
    pub const PT_MV_SYSTIME: u16 = MV_FLAG | PT_SYSTIME;
    /// Several GUIDs.
    pub const PT_MV_CLSID: u16 = MV_FLAG | PT_CLSID;
    /// Several byte strings.
    pub const PT_MV_BINARY: u16 = MV_FLAG | PT_BINARY;
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
    /// What the object allows (`MAPI_ACCESS_*`).
    PR_ACCESS = 0x0FF4_0003;
    /// How the object was opened: 0 for reading, 1 for changing.
    PR_ACCESS_LEVEL = 0x0FF7_0003;
    /// Identifies an object in comparisons.
    PR_RECORD_KEY = 0x0FF9_0102;
    /// Identifies an object or address in searches.
    PR_SEARCH_KEY = 0x300B_0102;
    /// Record key of the store that holds the object.
    PR_STORE_RECORD_KEY = 0x0FFA_0102;
    /// Entry identifier of the store that holds the object.
    PR_STORE_ENTRYID = 0x0FFB_0102;
    /// Identifies the mapping of named properties.
    PR_MAPPING_SIGNATURE = 0x0FF8_0102;
    /// Kind of a table's row: leaf or heading.
    PR_ROW_TYPE = 0x0FF5_0003;
    /// Number of a row.
    PR_ROWID = 0x3000_0003;
    /// A comment.
    PR_COMMENT = 0x3004_001F;
    /// When the object was made.
    PR_CREATION_TIME = 0x3007_0040;
    /// When the object was last changed.
    PR_LAST_MODIFICATION_TIME = 0x3008_0040;
    /// What a store can do (`STORE_*`).
    PR_STORE_SUPPORT_MASK = 0x340D_0003;
    /// Which of the special folders exist.
    PR_VALID_FOLDER_MASK = 0x35DF_0003;
    /// Entry identifier of the outbox.
    PR_IPM_OUTBOX_ENTRYID = 0x35E2_0102;
    /// Entry identifier of the folder of deleted messages.
    PR_IPM_WASTEBASKET_ENTRYID = 0x35E3_0102;
    /// Entry identifier of the folder of sent messages.
    PR_IPM_SENTMAIL_ENTRYID = 0x35E4_0102;
    /// Entry identifier of the folder of messages being written.
    PR_IPM_DRAFTS_ENTRYID = 0x36D7_0102;
    /// Entry identifier of the root of search folders.
    PR_FINDER_ENTRYID = 0x35E7_0102;
    /// Root 0, generic 1, search 2.
    PR_FOLDER_TYPE = 0x3601_0003;
    /// What a folder is for, like `IPF.Note`.
    PR_CONTAINER_CLASS = 0x3613_001F;
    /// What an address book container allows.
    PR_CONTAINER_FLAGS = 0x3600_0003;
    /// A folder's table of messages.
    PR_CONTAINER_CONTENTS = 0x360F_000D;
    /// A folder's table of folders.
    PR_CONTAINER_HIERARCHY = 0x360E_000D;
    /// Number of associated messages in a folder.
    PR_ASSOC_CONTENT_COUNT = 0x3617_0003;
    /// The subject's prefix, like `Re: `.
    PR_SUBJECT_PREFIX = 0x003D_001F;
    /// HTML body as text.
    PR_BODY_HTML = 0x1013_001F;
    /// Compressed RTF body.
    PR_RTF_COMPRESSED = 0x1009_0102;
    /// Position in a conversation.
    PR_CONVERSATION_INDEX = 0x0071_0102;
    /// -1 not urgent, 0 normal, 1 urgent.
    PR_PRIORITY = 0x0026_0003;
    /// 0 none to 3 confidential.
    PR_SENSITIVITY = 0x0036_0003;
    /// Whether the sender wants to know that the message was read.
    PR_READ_RECEIPT_REQUESTED = 0x0029_000B;
    /// Names of the Bcc recipients, joined by "; ".
    PR_DISPLAY_BCC = 0x0E02_001F;
    /// A message's table of recipients.
    PR_MESSAGE_RECIPIENTS = 0x0E12_000D;
    /// A message's table of attachments.
    PR_MESSAGE_ATTACHMENTS = 0x0E13_000D;
    /// Where a sent message's copy goes.
    PR_SENTMAIL_ENTRYID = 0x0E0A_0102;
    /// Whether a sent message leaves no copy.
    PR_DELETE_AFTER_SUBMIT = 0x0E01_000B;
    /// State of a submitted message.
    PR_SUBMIT_FLAGS = 0x0E14_0003;
    /// Kind of the sender's address.
    PR_SENDER_ADDRTYPE = 0x0C1E_001F;
    /// Sender's entry identifier.
    PR_SENDER_ENTRYID = 0x0C19_0102;
    /// Name of the one for whom a message was sent.
    PR_SENT_REPRESENTING_NAME = 0x0042_001F;
    /// Address of the one for whom a message was sent.
    PR_SENT_REPRESENTING_EMAIL_ADDRESS = 0x0065_001F;
    /// Kind of that address.
    PR_SENT_REPRESENTING_ADDRTYPE = 0x0064_001F;
    /// To 1, Cc 2, Bcc 3.
    PR_RECIPIENT_TYPE = 0x0C15_0003;
    /// An address.
    PR_EMAIL_ADDRESS = 0x3003_001F;
    /// Kind of an address, like `SMTP`.
    PR_ADDRTYPE = 0x3002_001F;
    /// An SMTP address.
    PR_SMTP_ADDRESS = 0x39FE_001F;
    /// Mail user 0, distribution list 1, and so on.
    PR_DISPLAY_TYPE = 0x3900_0003;
    /// Whether a transport is responsible for a recipient.
    PR_RESPONSIBILITY = 0x0E0F_000B;
    /// Account name of a mail user.
    PR_ACCOUNT = 0x3A00_001F;
    /// Given name.
    PR_GIVEN_NAME = 0x3A06_001F;
    /// Surname.
    PR_SURNAME = 0x3A11_001F;
    /// Company.
    PR_COMPANY_NAME = 0x3A16_001F;
    /// Job title.
    PR_TITLE = 0x3A17_001F;
    /// Business telephone.
    PR_BUSINESS_TELEPHONE_NUMBER = 0x3A08_001F;
    /// An attachment that is an object.
    PR_ATTACH_DATA_OBJ = 0x3701_000D;
    /// Short file name of an attachment.
    PR_ATTACH_FILENAME = 0x3704_001F;
    /// Where an attachment is shown; -1 nowhere.
    PR_RENDERING_POSITION = 0x370B_0003;
    /// Whether a profile is the default one.
    PR_DEFAULT_PROFILE = 0x3D04_000B;
    /// Name of a message service.
    PR_SERVICE_NAME = 0x3D09_001F;
    /// Identifies a service in a profile.
    PR_SERVICE_UID = 0x3D0C_0102;
    /// Library of a service.
    PR_SERVICE_DLL_NAME = 0x3D0A_001F;
    /// Entry point of a service.
    PR_SERVICE_ENTRY_NAME = 0x3D0B_001E;
    /// Files that a service needs.
    PR_SERVICE_SUPPORT_FILES = 0x3D0F_101F;
    /// Order of containers in which names are looked up.
    PR_AB_SEARCH_PATH = 0x3D05_1102;
    /// Container that is shown first.
    PR_AB_DEFAULT_DIR = 0x3D06_0102;
    /// Personal address book.
    PR_AB_DEFAULT_PAB = 0x3D07_0102;
    /// Identifies a provider in a profile.
    PR_PROVIDER_UID = 0x300C_0102;
    /// Place of a provider in its order.
    PR_PROVIDER_ORDINAL = 0x300D_0003;
    /// Name of a provider's kind.
    PR_PROVIDER_DISPLAY = 0x3006_001F;
    /// Library of a provider.
    PR_PROVIDER_DLL_NAME = 0x300A_001F;
    /// What can be asked of a status object.
    PR_RESOURCE_METHODS = 0x3E02_0003;
    /// Available 1, offline 2, failure 4.
    PR_STATUS_CODE = 0x3E04_0003;
    /// State in words.
    PR_STATUS_STRING = 0x3E08_001F;
    /// Name of the one whom a provider works for.
    PR_IDENTITY_DISPLAY = 0x3E00_001F;
    /// Entry identifier of the one whom a provider works for.
    PR_IDENTITY_ENTRYID = 0x3E01_0102;
    /// Search key of the one whom a provider works for.
    PR_IDENTITY_SEARCH_KEY = 0x3E05_0102;
    /// Profile section: a path.
    PR_PROFILE_PATH = 0x6610_001F;
    /// Profile section: a server's name.
    PR_PROFILE_SERVER = 0x6611_001F;
    /// Profile section: a mailbox.
    PR_PROFILE_MAILBOX = 0x6612_001F;
    /// Profile section: a user's name.
    PR_PROFILE_USER = 0x6613_001F;
    /// Profile section: an address of electronic mail.
    PR_PROFILE_ADDRESS = 0x6614_001F;
    /// Profile section: 1 credentials are saved, 2 asked for at each logon;
    /// none without.
    PR_PROFILE_CREDENTIALS = 0x6615_0003;
    /// Profile section: most sessions of a user.
    PR_PROFILE_SESSION_LIMIT = 0x6616_0003;
    /// Profile section, secure: a password.
    PR_PROFILE_PASSWORD = 0x67F0_001F;
}

/// `PR_MESSAGE_FLAGS`: the message was read.
pub const MSGFLAG_READ: i32 = 0x1;
/// `PR_MESSAGE_FLAGS`: on its way out.
pub const MSGFLAG_SUBMIT: i32 = 0x4;
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
/// `PR_OBJECT_TYPE` of the address book.
pub const MAPI_ADDRBOOK: i32 = 2;
/// `PR_OBJECT_TYPE` of a folder.
pub const MAPI_FOLDER: i32 = 3;
/// `PR_OBJECT_TYPE` of a message.
pub const MAPI_MESSAGE: i32 = 5;
/// `PR_OBJECT_TYPE` of an address book container.
pub const MAPI_ABCONT: i32 = 4;
/// `PR_OBJECT_TYPE` of a mail user.
pub const MAPI_MAILUSER: i32 = 6;
/// `PR_OBJECT_TYPE` of a distribution list.
pub const MAPI_DISTLIST: i32 = 8;
/// `PR_OBJECT_TYPE` of a profile section.
pub const MAPI_PROFSECT: i32 = 9;
/// `PR_OBJECT_TYPE` of a status object.
pub const MAPI_STATUS: i32 = 10;
/// `PR_OBJECT_TYPE` of an attachment.
pub const MAPI_ATTACH: i32 = 7;

/// `PR_RECIPIENT_TYPE`: to.
pub const MAPI_TO: i32 = 1;
/// `PR_RECIPIENT_TYPE`: copy.
pub const MAPI_CC: i32 = 2;
/// `PR_RECIPIENT_TYPE`: blind copy.
pub const MAPI_BCC: i32 = 3;

/// `PR_STORE_SUPPORT_MASK`: bits.
pub mod support {
    #![allow(missing_docs)] // named as documented
    pub const STORE_ENTRYID_UNIQUE: u32 = 0x1;
    pub const STORE_READONLY: u32 = 0x2;
    pub const STORE_SEARCH_OK: u32 = 0x4;
    pub const STORE_MODIFY_OK: u32 = 0x8;
    pub const STORE_CREATE_OK: u32 = 0x10;
    pub const STORE_ATTACH_OK: u32 = 0x20;
    pub const STORE_SUBMIT_OK: u32 = 0x80;
    pub const STORE_NOTIFY_OK: u32 = 0x100;
    pub const STORE_MV_PROPS_OK: u32 = 0x200;
    pub const STORE_CATEGORIZE_OK: u32 = 0x400;
    pub const STORE_RESTRICTION_OK: u32 = 0x1000;
    pub const STORE_SORT_OK: u32 = 0x2000;
    pub const STORE_UNICODE_OK: u32 = 0x4_0000;
}

/// `PR_ATTACH_METHOD`: the bytes are in `PR_ATTACH_DATA_BIN`.
pub const ATTACH_BY_VALUE: i32 = 1;
