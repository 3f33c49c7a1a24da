//! Why a member failed.

use com_abi::HRESULT;
use mapi_abi::codes::{Code, Failure};
use mapi_mail::MailFailure;

/// A code and a sentence.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// The code that the client sees.
    pub code: HRESULT,
    /// What happened.
    pub says: String,
    /// Whether it is the call that is wrong, and not an exception of the member.
    pub is_plain: bool,
}

impl Trouble {
    /// A wrong call.
    pub fn plain(code: HRESULT) -> Self {
        Self { code, says: String::new(), is_plain: true }
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        let code = match failure.code {
            Code::FAILONEPROVIDER => Code::UNCONFIGURED,
            code => code,
        };
        Self { code: code.hresult(), says: failure.says, is_plain: false }
    }
}

impl From<MailFailure> for Trouble {
    fn from(failure: MailFailure) -> Self {
        let code = match &failure {
            MailFailure::Engine(failure) => return failure.clone().into(),
            MailFailure::AttachmentNotFound(_) | MailFailure::UnknownRecipient(_) => {
                Code::NOT_FOUND
            }
            MailFailure::AttachmentTooLarge(_) => Code::TOO_BIG,
            MailFailure::AmbiguousRecipient(_) => Code::AMBIGUOUS_RECIP,
            MailFailure::AttachmentOpen(_) | MailFailure::AttachmentWrite(_) => Code::DISK_ERROR,
        };
        Failure::new(code, failure.to_string()).into()
    }
}

/// A failure of a member's own.
pub fn failed(code: Code, says: &str) -> Trouble {
    Failure::new(code, says).into()
}
