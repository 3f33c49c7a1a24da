//! Return codes of CMC 1.0, each with what it means.
//!
//! The low 15 bits are the code. [`ERROR_DISPLAYED`] says that the user has seen it
//! already; the upper half is the implementation's own, and 0 here.

use crate::simple_codes::Description;

/// A return code of CMC; 0 is success.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct CmcCode(pub u32);

/// The user has seen the error already.
pub const ERROR_DISPLAYED: u32 = 0x8000;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $value:literal, $text:literal;)*) => {
        impl CmcCode {
            $($(#[doc = $doc])* pub const $name: Self = Self($value);)*

            /// The code's documented name, if it has one; whether the user has seen
            /// it does not count.
            pub const fn name(self) -> Option<&'static str> {
                match Self(self.0 & 0x7FFF) {
                    $(Self::$name => Some($text),)*
                    _ => None,
                }
            }

            /// The same code, shown to the user already.
            pub const fn displayed(self) -> Self {
                Self(self.0 | ERROR_DISPLAYED)
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
    SUCCESS = 0, "CMC_SUCCESS";
    /// A name means more than one recipient.
    AMBIGUOUS_RECIPIENT = 1, "CMC_E_AMBIGUOUS_RECIPIENT";
    /// The file of an attachment was not found.
    ATTACHMENT_NOT_FOUND = 2, "CMC_E_ATTACHMENT_NOT_FOUND";
    /// The file of an attachment could not be opened.
    ATTACHMENT_OPEN_FAILURE = 3, "CMC_E_ATTACHMENT_OPEN_FAILURE";
    /// The file of an attachment could not be read.
    ATTACHMENT_READ_FAILURE = 4, "CMC_E_ATTACHMENT_READ_FAILURE";
    /// An attachment could not be written to a file.
    ATTACHMENT_WRITE_FAILURE = 5, "CMC_E_ATTACHMENT_WRITE_FAILURE";
    /// Texts with their length are not supported here.
    COUNTED_STRING_UNSUPPORTED = 6, "CMC_E_COUNTED_STRING_UNSUPPORTED";
    /// The disk is full.
    DISK_FULL = 7, "CMC_E_DISK_FULL";
    /// Something went wrong that has no better code.
    FAILURE = 8, "CMC_E_FAILURE";
    /// Out of memory.
    INSUFFICIENT_MEMORY = 9, "CMC_E_INSUFFICIENT_MEMORY";
    /// The service lacks something that it needs to know.
    INVALID_CONFIGURATION = 10, "CMC_E_INVALID_CONFIGURATION";
    /// A number is not one of those that may stand there.
    INVALID_ENUM = 11, "CMC_E_INVALID_ENUM";
    /// A flag has no meaning for this call.
    INVALID_FLAG = 12, "CMC_E_INVALID_FLAG";
    /// Not memory of this interface.
    INVALID_MEMORY = 13, "CMC_E_INVALID_MEMORY";
    /// Something in the message makes no sense.
    INVALID_MESSAGE_PARAMETER = 14, "CMC_E_INVALID_MESSAGE_PARAMETER";
    /// The message reference means nothing here, or its message is gone.
    INVALID_MESSAGE_REFERENCE = 15, "CMC_E_INVALID_MESSAGE_REFERENCE";
    /// A parameter makes no sense.
    INVALID_PARAMETER = 16, "CMC_E_INVALID_PARAMETER";
    /// Not a session of this process.
    INVALID_SESSION_ID = 17, "CMC_E_INVALID_SESSION_ID";
    /// Nothing can be shown with this identifier.
    INVALID_UI_ID = 18, "CMC_E_INVALID_UI_ID";
    /// The logon was refused.
    LOGON_FAILURE = 19, "CMC_E_LOGON_FAILURE";
    /// Somebody else uses the message.
    MESSAGE_IN_USE = 20, "CMC_E_MESSAGE_IN_USE";
    /// Not supported here.
    NOT_SUPPORTED = 21, "CMC_E_NOT_SUPPORTED";
    /// A password is needed.
    PASSWORD_REQUIRED = 22, "CMC_E_PASSWORD_REQUIRED";
    /// A recipient was not found.
    RECIPIENT_NOT_FOUND = 23, "CMC_E_RECIPIENT_NOT_FOUND";
    /// The service cannot be reached, or takes no more sessions.
    SERVICE_UNAVAILABLE = 24, "CMC_E_SERVICE_UNAVAILABLE";
    /// The text is too long.
    TEXT_TOO_LARGE = 25, "CMC_E_TEXT_TOO_LARGE";
    /// Too many attachments.
    TOO_MANY_FILES = 26, "CMC_E_TOO_MANY_FILES";
    /// Too many recipients.
    TOO_MANY_RECIPIENTS = 27, "CMC_E_TOO_MANY_RECIPIENTS";
    /// The message cannot be read without being marked.
    UNABLE_TO_NOT_MARK_AS_READ = 28, "CMC_E_UNABLE_TO_NOT_MARK_AS_READ";
    /// The message's type is not known.
    UNRECOGNIZED_MESSAGE_TYPE = 29, "CMC_E_UNRECOGNIZED_MESSAGE_TYPE";
    /// The action is not supported.
    UNSUPPORTED_ACTION = 30, "CMC_E_UNSUPPORTED_ACTION";
    /// The character set is not supported.
    UNSUPPORTED_CHARACTER_SET = 31, "CMC_E_UNSUPPORTED_CHARACTER_SET";
    /// An extension of a structure is not supported.
    UNSUPPORTED_DATA_EXT = 32, "CMC_E_UNSUPPORTED_DATA_EXT";
    /// A flag is not supported.
    UNSUPPORTED_FLAG = 33, "CMC_E_UNSUPPORTED_FLAG";
    /// An extension of a function is not supported.
    UNSUPPORTED_FUNCTION_EXT = 34, "CMC_E_UNSUPPORTED_FUNCTION_EXT";
    /// The caller's version is not supported.
    UNSUPPORTED_VERSION = 35, "CMC_E_UNSUPPORTED_VERSION";
    /// The user cancelled.
    USER_CANCEL = 36, "CMC_E_USER_CANCEL";
    /// Nobody is logged on.
    USER_NOT_LOGGED_ON = 37, "CMC_E_USER_NOT_LOGGED_ON";
}

#[cfg(test)]
mod tests {
    use super::{ALL, CmcCode};

    #[test]
    fn every_code_has_its_name_and_a_sentence_and_its_number_in_order() {
        for (at, known) in ALL.iter().enumerate() {
            assert_eq!(known.code as usize, at, "{}", known.name);
            assert_eq!(CmcCode(known.code).name(), Some(known.name));
            assert!(known.means.ends_with('.'), "{}", known.name);
        }
    }

    #[test]
    fn a_code_that_was_shown_keeps_its_name() {
        let shown = CmcCode::USER_CANCEL.displayed();
        assert_eq!((shown.0, shown.name()), (0x8024, Some("CMC_E_USER_CANCEL")));
    }
}
