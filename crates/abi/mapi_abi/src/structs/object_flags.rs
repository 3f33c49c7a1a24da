//! Flags of opening, changing and copying objects, folders and messages.

/// `OpenEntry` and others: write access.
pub const MAPI_MODIFY: u32 = 0x1;
/// `OpenEntry` and others: failures may come later, at the first use.
pub const MAPI_DEFERRED_ERRORS: u32 = 0x8;
/// `OpenMsgStore`, `OpenEntry`: write access where it is allowed.
pub const MAPI_BEST_ACCESS: u32 = 0x10;
/// Messages that belong to a folder instead of those that lie in it.
pub const MAPI_ASSOCIATED: u32 = 0x40;

/// `PR_ACCESS`.
pub const MAPI_ACCESS_MODIFY: u32 = 0x1;
pub const MAPI_ACCESS_READ: u32 = 0x2;
pub const MAPI_ACCESS_DELETE: u32 = 0x4;
pub const MAPI_ACCESS_CREATE_HIERARCHY: u32 = 0x8;
pub const MAPI_ACCESS_CREATE_CONTENTS: u32 = 0x10;
pub const MAPI_ACCESS_CREATE_ASSOCIATED: u32 = 0x20;

/// `SaveChanges`.
pub const KEEP_OPEN_READONLY: u32 = 0x1;
pub const KEEP_OPEN_READWRITE: u32 = 0x2;
pub const FORCE_SAVE: u32 = 0x4;

/// `OpenProperty`, `GetIDsFromNames`.
pub const MAPI_CREATE: u32 = 0x2;
pub const STREAM_APPEND: u32 = 0x4;

/// `CopyTo`, `CopyProps`.
pub const MAPI_MOVE: u32 = 0x1;
pub const MAPI_NOREPLACE: u32 = 0x2;
pub const MAPI_DECLINE_OK: u32 = 0x4;
pub const MAPI_DIALOG: u32 = 0x8;

/// `PR_OBJECT_TYPE` of a session and of a form.
pub const MAPI_SESSION: u32 = 11;
pub const MAPI_FORMINFO: u32 = 12;

/// `GetHierarchyTable`: all folders below, not only the next ones.
pub const CONVENIENT_DEPTH: u32 = 0x1;

/// `PR_FOLDER_TYPE`.
pub const FOLDER_ROOT: u32 = 0;
pub const FOLDER_GENERIC: u32 = 1;
pub const FOLDER_SEARCH: u32 = 2;

/// `CreateFolder`.
pub const OPEN_IF_EXISTS: u32 = 0x1;
/// `CopyMessages`.
pub const MESSAGE_MOVE: u32 = 0x1;
pub const MESSAGE_DIALOG: u32 = 0x2;
/// `CopyFolder`.
pub const FOLDER_MOVE: u32 = 0x1;
pub const FOLDER_DIALOG: u32 = 0x2;
pub const COPY_SUBFOLDERS: u32 = 0x10;
/// `DeleteFolder`, `EmptyFolder`.
pub const DEL_MESSAGES: u32 = 0x1;
pub const DEL_FOLDERS: u32 = 0x4;
pub const DEL_ASSOCIATED: u32 = 0x8;
/// `SaveContentsSort`.
pub const RECURSIVE_SORT: u32 = 0x2;

/// `SetReadFlag`, `SetReadFlags`.
pub const SUPPRESS_RECEIPT: u32 = 0x1;
/// `SetReadFlag`: unread instead of read.
pub const CLEAR_READ_FLAG: u32 = 0x4;
pub const GENERATE_RECEIPT_ONLY: u32 = 0x10;
pub const CLEAR_RN_PENDING: u32 = 0x20;
pub const CLEAR_NRN_PENDING: u32 = 0x40;

/// `SubmitMessage`.
pub const FORCE_SUBMIT: u32 = 0x1;
/// `PR_SUBMIT_FLAGS`.
pub const SUBMITFLAG_LOCKED: u32 = 0x1;
pub const SUBMITFLAG_PREPROCESS: u32 = 0x2;
/// `SetLockState`.
pub const MSG_UNLOCKED: u32 = 0;
pub const MSG_LOCKED: u32 = 1;
/// `DeleteAttach`.
pub const ATTACH_DIALOG: u32 = 0x1;

/// `IMAPISupport::PrepareSubmit` and `ExpandRecips`.
pub const CHECK_SENDER: u32 = 0x1;
pub const NON_STANDARD: u32 = 0x1_0000;
pub const NEEDS_PREPROCESSING: u32 = 0x1;
pub const NEEDS_SPOOLER: u32 = 0x2;
/// `IMAPISupport::ReadReceipt`.
pub const MAPI_NON_READ: u32 = 0x1;
/// `OpenTemplateID`.
pub const FILL_ENTRY: u32 = 0x1;
