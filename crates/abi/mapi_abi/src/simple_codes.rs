//! Return codes of Simple MAPI, each with what it means.

/// A return code of Simple MAPI; 0 is success.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct SimpleCode(pub u32);

/// A code in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Description {
    /// The number.
    pub code: u32,
    /// The documented name.
    pub name: &'static str,
    /// What it means.
    pub means: &'static str,
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $value:literal, $text:literal;)*) => {
        impl SimpleCode {
            $($(#[doc = $doc])* pub const $name: Self = Self($value);)*

            /// The code's documented name, if it has one.
            pub const fn name(self) -> Option<&'static str> {
                match self {
                    $(Self::$name => Some($text),)*
                    _ => None,
                }
            }
        }

        /// Every code of this list.
        pub const ALL: &[Description] = &[$(Description {
            code: $value,
            name: $text,
            means: concat!($($doc),+).trim_ascii(),
        },)*];
    };
}

codes! {
    /// Done.
    SUCCESS = 0, "SUCCESS_SUCCESS";
    /// The user cancelled.
    USER_ABORT = 1, "MAPI_E_USER_ABORT";
    /// Something went wrong that has no better code.
    FAILURE = 2, "MAPI_E_FAILURE";
    /// There was no default logon, and the user could not log on.
    LOGON_FAILURE = 3, "MAPI_E_LOGON_FAILURE";
    /// The disk is full.
    DISK_FULL = 4, "MAPI_E_DISK_FULL";
    /// Out of memory.
    INSUFFICIENT_MEMORY = 5, "MAPI_E_INSUFFICIENT_MEMORY";
    /// The caller may not do this.
    ACCESS_DENIED = 6, "MAPI_E_ACCESS_DENIED";
    /// Too many sessions.
    TOO_MANY_SESSIONS = 8, "MAPI_E_TOO_MANY_SESSIONS";
    /// Too many attachments.
    TOO_MANY_FILES = 9, "MAPI_E_TOO_MANY_FILES";
    /// Too many recipients.
    TOO_MANY_RECIPIENTS = 10, "MAPI_E_TOO_MANY_RECIPIENTS";
    /// The file of an attachment was not found.
    ATTACHMENT_NOT_FOUND = 11, "MAPI_E_ATTACHMENT_NOT_FOUND";
    /// The file of an attachment could not be opened.
    ATTACHMENT_OPEN_FAILURE = 12, "MAPI_E_ATTACHMENT_OPEN_FAILURE";
    /// An attachment could not be written to a file.
    ATTACHMENT_WRITE_FAILURE = 13, "MAPI_E_ATTACHMENT_WRITE_FAILURE";
    /// A recipient is not in the address book.
    UNKNOWN_RECIPIENT = 14, "MAPI_E_UNKNOWN_RECIPIENT";
    /// A recipient is neither To, nor Cc, nor Bcc.
    BAD_RECIPTYPE = 15, "MAPI_E_BAD_RECIPTYPE";
    /// There is no such message, or no further one.
    NO_MESSAGES = 16, "MAPI_E_NO_MESSAGES";
    /// The message identifier means nothing here.
    INVALID_MESSAGE = 17, "MAPI_E_INVALID_MESSAGE";
    /// The text is too long.
    TEXT_TOO_LARGE = 18, "MAPI_E_TEXT_TOO_LARGE";
    /// Not a session of this process.
    INVALID_SESSION = 19, "MAPI_E_INVALID_SESSION";
    /// The message's type is not supported.
    TYPE_NOT_SUPPORTED = 20, "MAPI_E_TYPE_NOT_SUPPORTED";
    /// A name means more than one recipient.
    AMBIGUOUS_RECIPIENT = 21, "MAPI_E_AMBIGUOUS_RECIPIENT";
    /// Somebody else uses the message.
    MESSAGE_IN_USE = 22, "MAPI_E_MESSAGE_IN_USE";
    /// The network failed.
    NETWORK_FAILURE = 23, "MAPI_E_NETWORK_FAILURE";
    /// The number of edit fields is not between 0 and 4.
    INVALID_EDITFIELDS = 24, "MAPI_E_INVALID_EDITFIELDS";
    /// A recipient has no address, or a wrong one.
    INVALID_RECIPS = 25, "MAPI_E_INVALID_RECIPS";
    /// Not supported here.
    NOT_SUPPORTED = 26, "MAPI_E_NOT_SUPPORTED";
    /// The message has characters that 8-bit text cannot hold.
    UNICODE_NOT_SUPPORTED = 27, "MAPI_E_UNICODE_NOT_SUPPORTED";
    /// An attachment is too large.
    ATTACHMENT_TOO_LARGE = 28, "MAPI_E_ATTACHMENT_TOO_LARGE";
}

#[cfg(test)]
mod tests {
    use super::{ALL, SimpleCode};

    #[test]
    fn every_code_has_its_name_and_a_sentence_and_stands_once() {
        for (at, known) in ALL.iter().enumerate() {
            assert_eq!(SimpleCode(known.code).name(), Some(known.name));
            assert!(known.means.ends_with('.'), "{}", known.name);
            assert!(ALL[..at].iter().all(|before| before.code < known.code), "{}", known.name);
        }
        assert_eq!(SimpleCode(7).name(), None);
    }
}
