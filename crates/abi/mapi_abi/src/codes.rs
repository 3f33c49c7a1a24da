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
    /// 8-bit characters, or 16-bit ones, are not understood here.
    BAD_CHARWIDTH = 0x8004_0103, "MAPI_E_BAD_CHARWIDTH",
        "Use MAPI_UNICODE where it was left out, or leave it out.";
    /// A text is longer than it may be.
    STRING_TOO_LONG = 0x8004_0105, "MAPI_E_STRING_TOO_LONG",
        "Use a shorter text.";
    /// A flag has no meaning for this call.
    UNKNOWN_FLAGS = 0x8004_0106, "MAPI_E_UNKNOWN_FLAGS",
        "Leave out the flags that the method does not document.";
    /// Not an entry identifier of this provider.
    INVALID_ENTRYID = 0x8004_0107, "MAPI_E_INVALID_ENTRYID",
        "Pass an entry identifier as the store gave it, whole and unchanged.";
    /// The object was logged off or closed.
    INVALID_OBJECT = 0x8004_0108, "MAPI_E_INVALID_OBJECT",
        "Open the object anew.";
    /// The object was changed by somebody else since it was opened.
    OBJECT_CHANGED = 0x8004_0109, "MAPI_E_OBJECT_CHANGED",
        "Open it anew and repeat the change, or save with FORCE_SAVE.";
    /// The object was deleted since it was opened.
    OBJECT_DELETED = 0x8004_010A, "MAPI_E_OBJECT_DELETED",
        "Close it; it cannot be saved any more.";
    /// The object is being used in a way that excludes this.
    BUSY = 0x8004_010B, "MAPI_E_BUSY",
        "Wait until what is under way is done, or abort it.";
    /// The disk is full.
    NOT_ENOUGH_DISK = 0x8004_010D, "MAPI_E_NOT_ENOUGH_DISK",
        "Make room on the disk of the data folder.";
    /// There is not enough of something else than memory.
    NOT_ENOUGH_RESOURCES = 0x8004_010E, "MAPI_E_NOT_ENOUGH_RESOURCES",
        "Close what is not needed: sessions, objects, programs.";
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
    /// It is too late to stop it.
    UNABLE_TO_ABORT = 0x8004_0114, "MAPI_E_UNABLE_TO_ABORT",
        "Wait for its end.";
    /// The server cannot be reached.
    NETWORK_ERROR = 0x8004_0115, "MAPI_E_NETWORK_ERROR",
        "Check the server's name and whether it runs.";
    /// Reading or writing the disk failed.
    DISK_ERROR = 0x8004_0116, "MAPI_E_DISK_ERROR",
        "Check the disk and the permissions of the data folder.";
    /// More than this implementation can evaluate.
    TOO_COMPLEX = 0x8004_0117, "MAPI_E_TOO_COMPLEX",
        "Make the restriction or the sort order simpler.";
    /// A column has a type that this table cannot show or sort by.
    BAD_COLUMN = 0x8004_0118, "MAPI_E_BAD_COLUMN",
        "Leave the column out.";
    /// What went wrong is in the words of `GetLastError` only.
    EXTENDED_ERROR = 0x8004_0119, "MAPI_E_EXTENDED_ERROR",
        "Call GetLastError of the object.";
    /// The property follows from others and cannot be set.
    COMPUTED = 0x8004_011A, "MAPI_E_COMPUTED",
        "Set the properties that it follows from.";
    /// The data is damaged.
    CORRUPT_DATA = 0x8004_011B, "MAPI_E_CORRUPT_DATA",
        "Pass the data as it was given; if it comes from a store, restore that.";
    /// A message service lacks something that it needs to know.
    UNCONFIGURED = 0x8004_011C, "MAPI_E_UNCONFIGURED",
        "Configure the service: `partywall profile services` shows what it has.";
    /// Only this provider of its service cannot work.
    FAILONEPROVIDER = 0x8004_011D, "MAPI_E_FAILONEPROVIDER",
        "The other providers of the service work; look into its configuration.";
    /// The code page is not known here.
    UNKNOWN_CPID = 0x8004_011E, "MAPI_E_UNKNOWN_CPID",
        "Use Unicode.";
    /// The language is not known here.
    UNKNOWN_LCID = 0x8004_011F, "MAPI_E_UNKNOWN_LCID",
        "Use the default language.";
    /// The password has to be changed first.
    PASSWORD_CHANGE_REQUIRED = 0x8004_0120, "MAPI_E_PASSWORD_CHANGE_REQUIRED",
        "Change the password where the account is kept.";
    /// The password is too old.
    PASSWORD_EXPIRED = 0x8004_0121, "MAPI_E_PASSWORD_EXPIRED",
        "Change the password where the account is kept.";
    /// The account may not be used from this machine.
    INVALID_WORKSTATION_ACCOUNT = 0x8004_0122, "MAPI_E_INVALID_WORKSTATION_ACCOUNT",
        "Use another machine, or ask who keeps the account.";
    /// The account may not be used at this time.
    INVALID_ACCESS_TIME = 0x8004_0123, "MAPI_E_INVALID_ACCESS_TIME",
        "Come back later, or ask who keeps the account.";
    /// The account is disabled.
    ACCOUNT_DISABLED = 0x8004_0124, "MAPI_E_ACCOUNT_DISABLED",
        "Ask who keeps the account.";
    /// The session has ended.
    END_OF_SESSION = 0x8004_0200, "MAPI_E_END_OF_SESSION",
        "Log on again.";
    /// No provider knows this entry identifier.
    UNKNOWN_ENTRYID = 0x8004_0201, "MAPI_E_UNKNOWN_ENTRYID",
        "Open it with a profile whose providers know it.";
    /// A column that is needed is missing.
    MISSING_REQUIRED_COLUMN = 0x8004_0202, "MAPI_E_MISSING_REQUIRED_COLUMN",
        "Add the column that the method documents.";
    /// Done, but no service answered the question.
    NO_SERVICE = 0x0004_0203, "MAPI_W_NO_SERVICE",
        "The answer is a substitute; add a service to the profile that knows it.";
    /// A value makes no sense for its property.
    BAD_VALUE = 0x8004_0301, "MAPI_E_BAD_VALUE",
        "Pass a value that the property documents.";
    /// A value has a type that is not known.
    INVALID_TYPE = 0x8004_0302, "MAPI_E_INVALID_TYPE",
        "Use a documented property type.";
    /// A value has a type that is not kept here.
    TYPE_NO_SUPPORT = 0x8004_0303, "MAPI_E_TYPE_NO_SUPPORT",
        "Use another property type.";
    /// A value has another type than its property.
    UNEXPECTED_TYPE = 0x8004_0304, "MAPI_E_UNEXPECTED_TYPE",
        "Use the property's own type.";
    /// It is larger than this implementation takes.
    TOO_BIG = 0x8004_0305, "MAPI_E_TOO_BIG",
        "Make it smaller, or read it as a stream.";
    /// The provider does not want to copy it itself.
    DECLINE_COPY = 0x8004_0306, "MAPI_E_DECLINE_COPY",
        "Copy it property by property.";
    /// A property identifier that names cannot have.
    UNEXPECTED_ID = 0x8004_0307, "MAPI_E_UNEXPECTED_ID",
        "Named properties have identifiers from 0x8000 on.";
    /// It could not be completed.
    UNABLE_TO_COMPLETE = 0x8004_0400, "MAPI_E_UNABLE_TO_COMPLETE",
        "Do it in smaller steps.";
    /// The wait was longer than its bound.
    TIMEOUT = 0x8004_0401, "MAPI_E_TIMEOUT",
        "Try again, or allow more time.";
    /// The table has no rows.
    TABLE_EMPTY = 0x8004_0402, "MAPI_E_TABLE_EMPTY",
        "There is nothing to show.";
    /// The table has more rows than can be worked on.
    TABLE_TOO_BIG = 0x8004_0403, "MAPI_E_TABLE_TOO_BIG",
        "Restrict the table first.";
    /// Not a bookmark of this table.
    INVALID_BOOKMARK = 0x8004_0405, "MAPI_E_INVALID_BOOKMARK",
        "Make the bookmark anew on this table.";
    /// Done, but the row of the bookmark is gone; the next one took its place.
    POSITION_CHANGED = 0x0004_0481, "MAPI_W_POSITION_CHANGED",
        "Look whether the row is still the one that is meant.";
    /// Done, but the number of rows is a guess.
    APPROX_COUNT = 0x0004_0482, "MAPI_W_APPROX_COUNT",
        "Read the rows to have the exact number.";
    /// Not now.
    WAIT = 0x8004_0500, "MAPI_E_WAIT",
        "Try again later.";
    /// It was stopped.
    CANCEL = 0x8004_0501, "MAPI_E_CANCEL",
        "Start it again when it is wanted.";
    /// Another transport has to do it.
    NOT_ME = 0x8004_0502, "MAPI_E_NOT_ME",
        "Add a transport that sends to this kind of address.";
    /// Done, but the message is not sent on.
    CANCEL_MESSAGE = 0x0004_0580, "MAPI_W_CANCEL_MESSAGE",
        "Submit the message again if it is to be sent after all.";
    /// The store is damaged.
    CORRUPT_STORE = 0x8004_0600, "MAPI_E_CORRUPT_STORE",
        "Restore the store from a copy, or import its mail into a new one.";
    /// The message is not on its way out.
    NOT_IN_QUEUE = 0x8004_0601, "MAPI_E_NOT_IN_QUEUE",
        "It was sent already, or never submitted.";
    /// A receipt cannot be suppressed.
    NO_SUPPRESS = 0x8004_0602, "MAPI_E_NO_SUPPRESS",
        "Read the message without asking to suppress the receipt.";
    /// The name is taken.
    COLLISION = 0x8004_0604, "MAPI_E_COLLISION",
        "Choose another name.";
    /// `MAPIInitialize` was not called.
    NOT_INITIALIZED = 0x8004_0605, "MAPI_E_NOT_INITIALIZED",
        "Call MAPIInitialize before anything else.";
    /// The object is of a kind that has no standard.
    NON_STANDARD = 0x8004_0606, "MAPI_E_NON_STANDARD",
        "Ask the provider that made it.";
    /// The message has no recipients.
    NO_RECIPIENTS = 0x8004_0607, "MAPI_E_NO_RECIPIENTS",
        "Add a recipient before sending.";
    /// The message was submitted already.
    SUBMITTED = 0x8004_0608, "MAPI_E_SUBMITTED",
        "Wait until it is sent, or take it back first.";
    /// The folder has folders in it.
    HAS_FOLDERS = 0x8004_0609, "MAPI_E_HAS_FOLDERS",
        "Delete them first, or ask for them to go too.";
    /// The folder has messages in it.
    HAS_MESSAGES = 0x8004_060A, "MAPI_E_HAS_MESSAGES",
        "Delete them first, or ask for them to go too.";
    /// A folder cannot be moved below itself.
    FOLDER_CYCLE = 0x8004_060B, "MAPI_E_FOLDER_CYCLE",
        "Choose another target.";
    /// Done in part.
    PARTIAL_COMPLETION = 0x0004_0680, "MAPI_W_PARTIAL_COMPLETION",
        "Look which objects are left, and why.";
    /// A name means more than one recipient.
    AMBIGUOUS_RECIP = 0x8004_0700, "MAPI_E_AMBIGUOUS_RECIP",
        "Choose one of them.";
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
