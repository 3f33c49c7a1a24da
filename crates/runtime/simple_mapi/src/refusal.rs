//! What a failure of the engine is in Simple MAPI, and the border at which it
//! becomes a number.

use std::panic::{AssertUnwindSafe, catch_unwind};

use mapi_abi::codes::{Code, Failure};
use mapi_abi::simple_codes::SimpleCode;
use mapi_mail::MailFailure;

/// Why a call failed.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The documented code.
    pub code: SimpleCode,
    /// What happened.
    pub says: String,
}

impl Refusal {
    /// A failure of this interface's own.
    pub fn new(code: SimpleCode, says: impl Into<String>) -> Self {
        Self { code, says: says.into() }
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self { code: code_of(failure.code), says: failure.to_string() }
    }
}

impl From<MailFailure> for Refusal {
    fn from(failure: MailFailure) -> Self {
        let code = match &failure {
            MailFailure::Engine(failure) => code_of(failure.code),
            MailFailure::AttachmentNotFound(_) => SimpleCode::ATTACHMENT_NOT_FOUND,
            MailFailure::AttachmentOpen(_) => SimpleCode::ATTACHMENT_OPEN_FAILURE,
            MailFailure::AttachmentWrite(_) => SimpleCode::ATTACHMENT_WRITE_FAILURE,
            MailFailure::AttachmentTooLarge(_) => SimpleCode::ATTACHMENT_TOO_LARGE,
            MailFailure::UnknownRecipient(_) => SimpleCode::UNKNOWN_RECIPIENT,
            MailFailure::AmbiguousRecipient(_) => SimpleCode::AMBIGUOUS_RECIPIENT,
        };
        Self { code, says: failure.to_string() }
    }
}

/// The code of Simple MAPI for a code of the engine.
pub fn code_of(code: Code) -> SimpleCode {
    match code {
        Code::LOGON_FAILED
        | Code::PASSWORD_CHANGE_REQUIRED
        | Code::PASSWORD_EXPIRED
        | Code::INVALID_WORKSTATION_ACCOUNT
        | Code::INVALID_ACCESS_TIME
        | Code::ACCOUNT_DISABLED => SimpleCode::LOGON_FAILURE,
        Code::USER_CANCEL => SimpleCode::USER_ABORT,
        Code::SESSION_LIMIT => SimpleCode::TOO_MANY_SESSIONS,
        Code::NOT_ENOUGH_MEMORY => SimpleCode::INSUFFICIENT_MEMORY,
        Code::NOT_INITIALIZED | Code::INVALID_OBJECT | Code::END_OF_SESSION => {
            SimpleCode::INVALID_SESSION
        }
        Code::NO_ACCESS => SimpleCode::ACCESS_DENIED,
        Code::NOT_ENOUGH_DISK => SimpleCode::DISK_FULL,
        Code::NETWORK_ERROR => SimpleCode::NETWORK_FAILURE,
        Code::INVALID_ENTRYID | Code::UNKNOWN_ENTRYID | Code::OBJECT_DELETED => {
            SimpleCode::INVALID_MESSAGE
        }
        Code::BUSY | Code::OBJECT_CHANGED => SimpleCode::MESSAGE_IN_USE,
        Code::NO_RECIPIENTS => SimpleCode::INVALID_RECIPS,
        Code::AMBIGUOUS_RECIP => SimpleCode::AMBIGUOUS_RECIPIENT,
        Code::NO_SUPPORT => SimpleCode::NOT_SUPPORTED,
        Code::TOO_BIG => SimpleCode::TEXT_TOO_LARGE,
        _ => SimpleCode::FAILURE,
    }
}

/// A failure of a call about one message: what is not there is the message.
pub fn of_message(failure: Failure) -> Refusal {
    match failure.code {
        Code::NOT_FOUND => Refusal::new(SimpleCode::INVALID_MESSAGE, failure.says),
        _ => failure.into(),
    }
}

/// Runs the body of a function; what goes wrong is logged.
pub fn guarded(what: &str, body: impl FnOnce() -> Result<(), Refusal>) -> u32 {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => SimpleCode::SUCCESS.0,
        Ok(Err(Refusal { code, says })) => {
            observe::info!("mapi", "{what}: {says}");
            code.0
        }
        Err(_) => SimpleCode::FAILURE.0,
    }
}
