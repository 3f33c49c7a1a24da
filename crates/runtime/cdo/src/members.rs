//! The names of all members, with their identifiers and parameters. Capitals do
//! not count.

/// A member: its name, its identifier, its parameters with commas between.
pub type Member = (&'static str, i32, &'static str);

/// What kind of object it is: its number in `Class`, and its members.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// `Class`.
    pub class: i32,
    /// Its own members; those of all objects come after.
    pub members: &'static [&'static [Member]],
}

macro_rules! ids {
    ($($name:ident = $id:literal,)*) => { $(pub const $name: i32 = $id;)* };
}

ids! {
    VALUE_ITEM = 0, NEW_ENUM = -4, CURRENT_USER = 1, ADDRESS = 2, ADDRESS_ENTRIES = 3,
    ADDRESS_LISTS = 4, ATTACHMENTS = 5, CLASS = 6, CONVERSATION = 8, COUNT = 9, ENCRYPTED = 10,
    FIELDS = 12, FOLDERS = 13, ID = 14, INBOX = 15, OUTBOX = 16, TYPE = 17, SUBMITTED = 18,
    INDEX = 19, APPLICATION = 20, ITEM = 21, MESSAGES = 22, NAME = 23, OPERATING_SYSTEM = 24,
    PARENT = 25, POSITION = 26, IMPORTANCE = 27, RECIPIENTS = 28, RESOLVED = 29,
    READ_RECEIPT = 30, SENDER = 32, SENT = 33, SESSION = 34, SIGNED = 35, SIZE = 36, SOURCE = 37,
    SUBJECT = 38, TEXT = 39, TIME_RECEIVED = 40, TIME_SENT = 41, UNREAD = 42, VALUE = 43,
    VERSION = 44, NOT = 45, TIME_FIRST = 46, TIME_LAST = 47, DELIVERY_RECEIPT = 50,
    FOLDER_ID = 51, STORE_ID = 52, ADDRESS_ENTRY = 53, CONVERSATION_TOPIC = 54,
    CONVERSATION_INDEX = 55, DISPLAY_TYPE = 56, INFO_STORES = 57, PROVIDER_NAME = 58,
    ROOT_FOLDER = 59, IS_READ_ONLY = 60, FILTER = 61, OR = 62, TIME_CREATED = 97, ADD = 100,
    COPY_TO = 104, DELETE = 106, DELIVER_NOW = 108, GET_FIRST = 109, GET_LAST = 110,
    GET_NEXT = 111, GET_PREVIOUS = 112, FORWARD = 113, GET_ADDRESS_ENTRY = 114,
    GET_FOLDER = 116, GET_MESSAGE = 117, LOGOFF = 118, LOGON = 119, MOVE_TO = 120,
    GET_INFO_STORE = 122, READ_FROM_FILE = 127, REPLY = 128, REPLY_ALL = 129, RESOLVE = 130,
    SEND = 131, UPDATE = 132, WRITE_TO_FILE = 133, SORT = 134, IS_SAME_AS = 136,
    COMPARE_IDS = 137, GET_FIRST_UNRESOLVED = 143, GET_NEXT_UNRESOLVED = 144,
    SET_LOCALE_IDS = 145, ADD_MULTIPLE = 147, GET_DEFAULT_FOLDER = 153, GET_ADDRESS_LIST = 155,
    GET_OPTION = 156, SET_OPTION = 157, SENSITIVITY = 300, TIME_LAST_MODIFIED = 301,
}

/// Members of all objects.
pub const COMMON: &[Member] = &[
    ("Class", CLASS, ""),
    ("Application", APPLICATION, ""),
    ("Parent", PARENT, ""),
    ("Session", SESSION, ""),
    ("IsSameAs", IS_SAME_AS, "Object"),
];

const LIST: &[Member] = &[
    ("Item", ITEM, "Index"),
    ("Count", COUNT, ""),
    ("GetFirst", GET_FIRST, "Filter"),
    ("GetLast", GET_LAST, ""),
    ("GetNext", GET_NEXT, ""),
    ("GetPrevious", GET_PREVIOUS, ""),
    ("_NewEnum", NEW_ENUM, ""),
];

const ENTRY: &[Member] = &[("ID", ID, ""), ("Name", NAME, ""), ("Fields", FIELDS, "Index")];

const SESSION_MEMBERS: &[Member] = &[
    (
        "Logon",
        LOGON,
        "ProfileName,ProfilePassword,ShowDialog,NewSession,ParentWindow,NoMail,ProfileInfo",
    ),
    ("Logoff", LOGOFF, ""),
    ("Name", NAME, ""),
    ("CurrentUser", CURRENT_USER, ""),
    ("AddressLists", ADDRESS_LISTS, "Index"),
    ("Inbox", INBOX, ""),
    ("Outbox", OUTBOX, ""),
    ("InfoStores", INFO_STORES, "Index"),
    ("OperatingSystem", OPERATING_SYSTEM, ""),
    ("Version", VERSION, ""),
    ("DeliverNow", DELIVER_NOW, ""),
    ("GetAddressEntry", GET_ADDRESS_ENTRY, "EntryID"),
    ("GetFolder", GET_FOLDER, "FolderID,StoreID"),
    ("GetMessage", GET_MESSAGE, "MessageID,StoreID"),
    ("GetInfoStore", GET_INFO_STORE, "StoreID"),
    ("CompareIDs", COMPARE_IDS, "ID1,ID2"),
    ("SetLocaleIDs", SET_LOCALE_IDS, "LocaleID,CodePageID"),
    ("GetDefaultFolder", GET_DEFAULT_FOLDER, "ObjectType"),
    ("GetAddressList", GET_ADDRESS_LIST, "ObjectType"),
    ("GetOption", GET_OPTION, "OptType"),
    ("SetOption", SET_OPTION, "OptType,OptValue"),
];
const STORE: &[Member] = &[("ProviderName", PROVIDER_NAME, ""), ("RootFolder", ROOT_FOLDER, "")];
const FOLDER: &[Member] = &[
    ("Folders", FOLDERS, "Index"),
    ("Messages", MESSAGES, "Index"),
    ("FolderID", FOLDER_ID, ""),
    ("StoreID", STORE_ID, ""),
    ("Update", UPDATE, "MakePermanent,RefreshObject"),
    ("Delete", DELETE, ""),
    ("CopyTo", COPY_TO, "FolderID,StoreID,Name,CopySubfolders"),
    ("MoveTo", MOVE_TO, "FolderID,StoreID"),
];
const FOLDERS_MEMBERS: &[Member] =
    &[("Add", ADD, "Name"), ("Delete", DELETE, ""), ("Sort", SORT, "SortOrder,PropID")];
const MESSAGES_MEMBERS: &[Member] = &[
    ("Add", ADD, "Subject,Text,Type,Importance"),
    ("Filter", FILTER, ""),
    ("Delete", DELETE, ""),
    ("Sort", SORT, "SortOrder,PropID"),
];
const MESSAGE: &[Member] = &[
    ("ID", ID, ""),
    ("Fields", FIELDS, "Index"),
    ("Attachments", ATTACHMENTS, "Index"),
    ("Conversation", CONVERSATION, ""),
    ("Encrypted", ENCRYPTED, ""),
    ("Type", TYPE, ""),
    ("Submitted", SUBMITTED, ""),
    ("Importance", IMPORTANCE, ""),
    ("Recipients", RECIPIENTS, "Index"),
    ("ReadReceipt", READ_RECEIPT, ""),
    ("Sender", SENDER, ""),
    ("Sent", SENT, ""),
    ("Signed", SIGNED, ""),
    ("Size", SIZE, ""),
    ("Subject", SUBJECT, ""),
    ("Text", TEXT, ""),
    ("TimeReceived", TIME_RECEIVED, ""),
    ("TimeSent", TIME_SENT, ""),
    ("Unread", UNREAD, ""),
    ("DeliveryReceipt", DELIVERY_RECEIPT, ""),
    ("FolderID", FOLDER_ID, ""),
    ("StoreID", STORE_ID, ""),
    ("ConversationTopic", CONVERSATION_TOPIC, ""),
    ("ConversationIndex", CONVERSATION_INDEX, ""),
    ("TimeCreated", TIME_CREATED, ""),
    ("TimeLastModified", TIME_LAST_MODIFIED, ""),
    ("Sensitivity", SENSITIVITY, ""),
    ("Forward", FORWARD, ""),
    ("Reply", REPLY, ""),
    ("ReplyAll", REPLY_ALL, ""),
    ("Send", SEND, "SaveCopy,ShowDialog,ParentWindow"),
    ("Update", UPDATE, "MakePermanent,RefreshObject"),
    ("Delete", DELETE, "DeletedItems"),
    ("CopyTo", COPY_TO, "FolderID,StoreID"),
    ("MoveTo", MOVE_TO, "FolderID,StoreID"),
];
const RECIPIENTS_MEMBERS: &[Member] = &[
    ("Add", ADD, "Name,Address,Type,EntryID"),
    ("AddMultiple", ADD_MULTIPLE, "Names,Type"),
    ("Delete", DELETE, ""),
    ("Resolve", RESOLVE, "ShowDialog"),
    ("Resolved", RESOLVED, ""),
    ("GetFirstUnresolved", GET_FIRST_UNRESOLVED, ""),
    ("GetNextUnresolved", GET_NEXT_UNRESOLVED, ""),
];
const RECIPIENT: &[Member] = &[
    ("ID", ID, ""),
    ("Name", NAME, ""),
    ("Index", INDEX, ""),
    ("Address", ADDRESS, ""),
    ("Type", TYPE, ""),
    ("AddressEntry", ADDRESS_ENTRY, ""),
    ("DisplayType", DISPLAY_TYPE, ""),
    ("Resolve", RESOLVE, "ShowDialog"),
    ("Delete", DELETE, ""),
];
const ATTACHMENTS_MEMBERS: &[Member] =
    &[("Add", ADD, "Name,Position,Type,Source"), ("Delete", DELETE, "")];
const ATTACHMENT: &[Member] = &[
    ("Name", NAME, ""),
    ("Index", INDEX, ""),
    ("Position", POSITION, ""),
    ("Type", TYPE, ""),
    ("Source", SOURCE, ""),
    ("ReadFromFile", READ_FROM_FILE, "FileName"),
    ("WriteToFile", WRITE_TO_FILE, "FileName"),
    ("Delete", DELETE, ""),
];
const FIELDS_MEMBERS: &[Member] = &[("Add", ADD, "Name,Class,Value,PropsetID")];
const FIELD: &[Member] = &[
    ("ID", ID, ""),
    ("Name", NAME, ""),
    ("Index", INDEX, ""),
    ("Type", TYPE, ""),
    ("Value", VALUE, ""),
    ("Delete", DELETE, ""),
];
const FILTER_MEMBERS: &[Member] = &[
    ("Not", NOT, ""),
    ("Or", OR, ""),
    ("TimeFirst", TIME_FIRST, ""),
    ("TimeLast", TIME_LAST, ""),
    ("Unread", UNREAD, ""),
    ("Subject", SUBJECT, ""),
    ("Text", TEXT, ""),
    ("Type", TYPE, ""),
    ("Sender", SENDER, ""),
];
const ADDRESS_LIST: &[Member] = &[
    ("ID", ID, ""),
    ("Name", NAME, ""),
    ("Index", INDEX, ""),
    ("IsReadOnly", IS_READ_ONLY, ""),
    ("AddressEntries", ADDRESS_ENTRIES, "Index"),
];
const ADDRESS_ENTRY_MEMBERS: &[Member] = &[
    ("ID", ID, ""),
    ("Name", NAME, ""),
    ("Address", ADDRESS, ""),
    ("Type", TYPE, ""),
    ("DisplayType", DISPLAY_TYPE, ""),
];

macro_rules! kinds {
    ($($name:ident = $class:literal, $members:expr;)*) => {
        impl Kind { $(pub const $name: Self = Self { class: $class, members: &$members };)* }
    };
}

kinds! {
    SESSION = 0, [SESSION_MEMBERS, COMMON];
    STORE = 1, [STORE, ENTRY, COMMON];
    FOLDER = 2, [FOLDER, ENTRY, COMMON];
    MESSAGE = 3, [MESSAGE, COMMON];
    RECIPIENT = 4, [RECIPIENT, COMMON];
    ATTACHMENT = 5, [ATTACHMENT, COMMON];
    FIELD = 6, [FIELD, COMMON];
    ADDRESS_LIST = 7, [ADDRESS_LIST, COMMON];
    ADDRESS_ENTRY = 8, [ADDRESS_ENTRY_MEMBERS, COMMON];
    FILTER = 9, [FILTER_MEMBERS, COMMON];
    STORES = 14, [LIST, COMMON];
    FOLDERS = 15, [FOLDERS_MEMBERS, LIST, COMMON];
    MESSAGES = 16, [MESSAGES_MEMBERS, LIST, COMMON];
    RECIPIENTS = 17, [RECIPIENTS_MEMBERS, LIST, COMMON];
    ATTACHMENTS = 18, [ATTACHMENTS_MEMBERS, LIST, COMMON];
    FIELDS = 19, [FIELDS_MEMBERS, LIST, COMMON];
    ADDRESS_LISTS = 20, [LIST, COMMON];
    ADDRESS_ENTRIES = 21, [LIST, COMMON];
}

impl Kind {
    /// The member of a name.
    pub fn named(self, name: &str) -> Option<&'static Member> {
        let mut all = self.members.iter().flat_map(|part| part.iter());
        all.find(|(known, ..)| known.eq_ignore_ascii_case(name))
    }

    /// The member of an identifier.
    pub fn numbered(self, id: i32) -> Option<&'static Member> {
        // What a list is when a plain value is needed is its element.
        let id = if id == VALUE_ITEM { if self.class == 6 { VALUE } else { ITEM } } else { id };
        self.members.iter().flat_map(|part| part.iter()).find(|(_, known, _)| *known == id)
    }
}
