//! Result codes of the messaging subsystem (`MAPI_E_*`, `MAPI_W_*`), each with
//! what it means and what to do.

use com_abi::codes::Description;
use windows_core::HRESULT;

/// A result code; 0 and positive values are success.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Code(pub i32);

macro_rules! codes {
    ($(
        $(#[doc = $doc:literal])+ $name:ident = $value:literal, $text:literal, $advice:literal;
    )*) => {
        impl Code {
            $($(#[doc = $doc])* pub const $name: Self = Self($value as u32 as i32);)*

            /// The code's documented name, if it has one here.
            pub const fn name(self) -> Option<&'static str> {
                match self {
                    $(Self::$name => Some($text),)*
                    _ => None,
                }
            }
        }

        /// Every code of this list.
        pub const ALL: &[Description] = &[$(Description {
            code: Code::$name.hresult(),
            name: $text,
            means: concat!($($doc),+).trim_ascii(),
            advice: $advice,
        },)*];
    };
}

codes! {
    /// Done.
    OK = 0x0000_0000, "S_OK",
        "There is nothing to do.";
    /// Done, but something could not be had.
    ERRORS_RETURNED = 0x0004_0380, "MAPI_W_ERRORS_RETURNED",
        "Look at the values or rows that are missing; the others are good.";
    /// Something went wrong that has no better code.
    CALL_FAILED = 0x8000_4005, "MAPI_E_CALL_FAILED",
        "Look into the log of the process that answered: it says more.";
    /// The object does not have this interface.
    INTERFACE_NOT_SUPPORTED = 0x8000_4002, "MAPI_E_INTERFACE_NOT_SUPPORTED",
        "Ask for an interface that the object has.";
    /// The caller may not do this.
    NO_ACCESS = 0x8007_0005, "MAPI_E_NO_ACCESS",
        "Log on as the owner of the mailbox, or open the object for reading only.";
    /// Out of memory.
    NOT_ENOUGH_MEMORY = 0x8007_000E, "MAPI_E_NOT_ENOUGH_MEMORY",
        "Ask for fewer rows or properties at once.";
    /// A parameter makes no sense.
    INVALID_PARAMETER = 0x8007_0057, "MAPI_E_INVALID_PARAMETER",
        "Compare the parameters with what the method documents.";
    /// Not supported here.
    NO_SUPPORT = 0x8004_0102, "MAPI_E_NO_SUPPORT",
        "Use another way; this provider does not offer this one.";
    /// A flag has no meaning for this call.
    UNKNOWN_FLAGS = 0x8004_0106, "MAPI_E_UNKNOWN_FLAGS",
        "Leave out the flags that the method does not document.";
    /// Not an entry identifier of this provider.
    INVALID_ENTRYID = 0x8004_0107, "MAPI_E_INVALID_ENTRYID",
        "Pass an entry identifier as the store gave it, whole and unchanged.";
    /// The object was logged off or closed.
    INVALID_OBJECT = 0x8004_0108, "MAPI_E_INVALID_OBJECT",
        "Open the object anew.";
    /// The disk is full.
    NOT_ENOUGH_DISK = 0x8004_010D, "MAPI_E_NOT_ENOUGH_DISK",
        "Make room on the disk of the data folder.";
    /// No such thing.
    NOT_FOUND = 0x8004_010F, "MAPI_E_NOT_FOUND",
        "Check the name or identifier; somebody may have deleted it meanwhile.";
    /// The store was written by another version.
    VERSION = 0x8004_0110, "MAPI_E_VERSION",
        "Use the version of the program that wrote the store, or a later one.";
    /// The logon was refused.
    LOGON_FAILED = 0x8004_0111, "MAPI_E_LOGON_FAILED",
        "Check the name and the password; `partywall user list` has the names.";
    /// Too many sessions.
    SESSION_LIMIT = 0x8004_0112, "MAPI_E_SESSION_LIMIT",
        "Log off sessions that are no longer used.";
    /// The user cancelled.
    USER_CANCEL = 0x8004_0113, "MAPI_E_USER_CANCEL",
        "Ask again when the user wants it.";
    /// Reading or writing the disk failed.
    DISK_ERROR = 0x8004_0116, "MAPI_E_DISK_ERROR",
        "Check the disk and the permissions of the data folder.";
    /// More than this implementation can evaluate.
    TOO_COMPLEX = 0x8004_0117, "MAPI_E_TOO_COMPLEX",
        "Make the restriction or the sort order simpler.";
    /// The data is damaged.
    CORRUPT_DATA = 0x8004_011B, "MAPI_E_CORRUPT_DATA",
        "Pass the data as it was given; if it comes from a store, restore that.";
    /// The session has ended.
    END_OF_SESSION = 0x8004_0200, "MAPI_E_END_OF_SESSION",
        "Log on again.";
    /// No provider knows this entry identifier.
    UNKNOWN_ENTRYID = 0x8004_0201, "MAPI_E_UNKNOWN_ENTRYID",
        "Open it with a profile whose providers know it.";
    /// The wait was longer than its bound.
    TIMEOUT = 0x8004_0401, "MAPI_E_TIMEOUT",
        "Try again, or allow more time.";
    /// Not a bookmark of this table.
    INVALID_BOOKMARK = 0x8004_0405, "MAPI_E_INVALID_BOOKMARK",
        "Make the bookmark anew on this table.";
    /// The store is damaged.
    CORRUPT_STORE = 0x8004_0600, "MAPI_E_CORRUPT_STORE",
        "Restore the store from a copy, or import its mail into a new one.";
    /// The name is taken.
    COLLISION = 0x8004_0604, "MAPI_E_COLLISION",
        "Choose another name.";
    /// `MAPIInitialize` was not called.
    NOT_INITIALIZED = 0x8004_0605, "MAPI_E_NOT_INITIALIZED",
        "Call MAPIInitialize before anything else.";
}

impl Code {
    /// The code as the binary contracts return it.
    pub const fn hresult(self) -> HRESULT {
        HRESULT(self.0)
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{name}"),
            None => write!(f, "{:#010X}", self.0),
        }
    }
}

/// Why an operation of the messaging subsystem failed: the code for programs
/// and a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The documented code.
    pub code: Code,
    /// What happened and what to do, lower case, without a full stop.
    pub says: String,
}

impl Failure {
    /// A failure with its sentence.
    pub fn new(code: Code, says: impl Into<String>) -> Self {
        Self { code, says: says.into() }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({:?})", self.says, self.code)
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use super::{ALL, Code};

    #[test]
    fn every_code_has_its_name_and_sentences() {
        for known in ALL {
            assert_eq!(Code(known.code.0).name(), Some(known.name));
            assert!(known.means.ends_with('.') && known.advice.ends_with('.'), "{}", known.name);
        }
    }
}
