//! What goes wrong with mail, where a code of the engine does not say enough.

use std::fmt;

use mapi_abi::codes::Failure;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailFailure {
    /// The engine's or the store's.
    Engine(Failure),
    /// There is no file of this name to attach.
    AttachmentNotFound(String),
    /// A file to attach cannot be opened, and why.
    AttachmentOpen(String),
    /// An attachment cannot be written to a file, and why.
    AttachmentWrite(String),
    /// A file to attach is larger than an attachment may be.
    AttachmentTooLarge(String),
    /// Nobody has this name.
    UnknownRecipient(String),
    /// Several have this name.
    AmbiguousRecipient(String),
}

impl From<Failure> for MailFailure {
    fn from(failure: Failure) -> Self {
        Self::Engine(failure)
    }
}

impl fmt::Display for MailFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Engine(failure) => failure.fmt(f),
            Self::AttachmentNotFound(path) => write!(f, "there is no file {path} to attach"),
            Self::AttachmentOpen(says) | Self::AttachmentWrite(says) => f.write_str(says),
            Self::AttachmentTooLarge(path) => {
                write!(f, "{path} is too large to be attached: make it smaller")
            }
            Self::UnknownRecipient(name) => {
                write!(f, "nobody is called {name:?}: give an address, like SMTP:name@host")
            }
            Self::AmbiguousRecipient(name) => {
                write!(f, "{name:?} means several recipients: give more of the name")
            }
        }
    }
}

impl std::error::Error for MailFailure {}
