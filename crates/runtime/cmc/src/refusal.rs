//! What a failure of the engine is in CMC, and the border at which it becomes a
//! number.

use std::panic::{AssertUnwindSafe, catch_unwind};

use mapi_abi::cmc_codes::CmcCode;
use mapi_abi::codes::{Code, Failure};
use mapi_mail::MailFailure;

/// Why a call failed.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The documented code.
    pub code: CmcCode,
    /// What happened.
    pub says: String,
}

impl Refusal {
    /// A failure of this interface's own.
    pub fn new(code: CmcCode, says: impl Into<String>) -> Self {
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
            MailFailure::AttachmentNotFound(_) => CmcCode::ATTACHMENT_NOT_FOUND,
            MailFailure::AttachmentOpen(_) => CmcCode::ATTACHMENT_OPEN_FAILURE,
            MailFailure::AttachmentWrite(_) => CmcCode::ATTACHMENT_WRITE_FAILURE,
            MailFailure::AttachmentTooLarge(_) => CmcCode::ATTACHMENT_READ_FAILURE,
            MailFailure::UnknownRecipient(_) => CmcCode::RECIPIENT_NOT_FOUND,
            MailFailure::AmbiguousRecipient(_) => CmcCode::AMBIGUOUS_RECIPIENT,
        };
        Self { code, says: failure.to_string() }
    }
}

/// The code of CMC for a code of the engine. A logon that lacks a password is
/// `PASSWORD_REQUIRED` instead of `LOGON_FAILURE`, which only the logon knows.
pub fn code_of(code: Code) -> CmcCode {
    match code {
        Code::LOGON_FAILED
        | Code::PASSWORD_CHANGE_REQUIRED
        | Code::PASSWORD_EXPIRED
        | Code::INVALID_WORKSTATION_ACCOUNT
        | Code::INVALID_ACCESS_TIME
        | Code::ACCOUNT_DISABLED => CmcCode::LOGON_FAILURE,
        Code::USER_CANCEL => CmcCode::USER_CANCEL,
        Code::SESSION_LIMIT | Code::TIMEOUT | Code::FAILONEPROVIDER | Code::NETWORK_ERROR => {
            CmcCode::SERVICE_UNAVAILABLE
        }
        Code::UNCONFIGURED => CmcCode::INVALID_CONFIGURATION,
        Code::NOT_ENOUGH_MEMORY => CmcCode::INSUFFICIENT_MEMORY,
        Code::NOT_ENOUGH_DISK => CmcCode::DISK_FULL,
        Code::NOT_INITIALIZED | Code::INVALID_OBJECT | Code::END_OF_SESSION => {
            CmcCode::INVALID_SESSION_ID
        }
        Code::INVALID_ENTRYID | Code::UNKNOWN_ENTRYID | Code::OBJECT_DELETED => {
            CmcCode::INVALID_MESSAGE_REFERENCE
        }
        Code::BUSY | Code::OBJECT_CHANGED => CmcCode::MESSAGE_IN_USE,
        Code::NO_RECIPIENTS => CmcCode::INVALID_MESSAGE_PARAMETER,
        Code::AMBIGUOUS_RECIP => CmcCode::AMBIGUOUS_RECIPIENT,
        Code::NO_SUPPORT => CmcCode::NOT_SUPPORTED,
        Code::TOO_BIG => CmcCode::TEXT_TOO_LARGE,
        Code::INVALID_PARAMETER => CmcCode::INVALID_PARAMETER,
        _ => CmcCode::FAILURE,
    }
}

/// A failure of a call about one message: what is not there is the message.
pub fn of_message(failure: Failure) -> Refusal {
    match failure.code {
        Code::NOT_FOUND => Refusal::new(CmcCode::INVALID_MESSAGE_REFERENCE, failure.says),
        _ => failure.into(),
    }
}

/// Runs the body of a function; what goes wrong is logged.
pub fn guarded(what: &str, body: impl FnOnce() -> Result<(), Refusal>) -> u32 {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => CmcCode::SUCCESS.0,
        Ok(Err(Refusal { code, says })) => {
            observe::info!("mapi", "{what}: {says}");
            code.0
        }
        Err(_) => CmcCode::FAILURE.0,
    }
}
