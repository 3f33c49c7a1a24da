//! What all functions have in common: sessions, flags, errors that are shown.
//!
//! The session 0 is a logon for one call: with the right to ask it may take the
//! default profile or show the dialog, else it can only join the shared session.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use mapi_abi::cmc_codes::CmcCode;
use mapi_abi::codes::Code;
use mapi_abi::structs::{
    CMC_COUNTED_STRING_TYPE, CMC_ERROR_UI_ALLOWED, CMC_LOGON_UI_ALLOWED, MAPI_ALLOW_OTHERS,
    MAPI_LOGON_UI, MAPI_USE_DEFAULT,
};
use mapi_mail::{MailSession, MailSessions, dialog};
use mapi_session::Request;
use mapi_session::path::{Path, Step};

use crate::refusal::Refusal;

/// Flags of every function.
const COMMON: u32 = CMC_ERROR_UI_ALLOWED | CMC_LOGON_UI_ALLOWED | CMC_COUNTED_STRING_TYPE;

static SESSIONS: MailSessions = MailSessions::new();
/// Sessions whose texts have their length in front.
static COUNTED: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

/// Refuses flags that mean nothing.
pub fn check_flags(flags: u32, own: u32) -> Result<(), Refusal> {
    match flags & !(COMMON | own) {
        0 => Ok(()),
        wrong => {
            let says = format!("flags {wrong:#x} have no meaning for this call");
            Err(Refusal::new(CmcCode::INVALID_FLAG, says))
        }
    }
}

/// Whether the texts of a call have their length in front.
pub fn is_counted(session: u32, flags: u32) -> bool {
    flags & CMC_COUNTED_STRING_TYPE != 0
        || COUNTED.lock().unwrap_or_else(PoisonError::into_inner).contains(&session)
}

/// Logs on for good.
pub fn logon(user: String, password: String, window: u32, flags: u32) -> Result<u32, Refusal> {
    let mut wanted = MAPI_ALLOW_OTHERS;
    if flags & CMC_LOGON_UI_ALLOWED != 0 {
        wanted |= MAPI_LOGON_UI;
    } else if user.is_empty() {
        wanted |= MAPI_USE_DEFAULT;
    }
    let has_password = !password.is_empty();
    let request = Request {
        profile: user,
        password,
        flags: wanted,
        window: window as usize,
        temporary: None,
    };
    let mut path = Path::new();
    let session = MailSession::open_with_path(&request, &mut path).map_err(|failure| {
        let is_missing = path.steps().contains(&Step::Password(false)) && !has_password;
        match failure.code {
            Code::LOGON_FAILED if is_missing => {
                Refusal::new(CmcCode::PASSWORD_REQUIRED, failure.says)
            }
            _ => failure.into(),
        }
    })?;
    let number = SESSIONS.add(session);
    if flags & CMC_COUNTED_STRING_TYPE != 0 {
        COUNTED.lock().unwrap_or_else(PoisonError::into_inner).insert(number);
    }
    Ok(number)
}

/// Ends a session.
pub fn logoff(number: u32) -> Result<(), Refusal> {
    let session = SESSIONS.take(number)?;
    COUNTED.lock().unwrap_or_else(PoisonError::into_inner).remove(&number);
    Ok(session.leave()?)
}

fn of(number: u32, window: u32, flags: u32) -> Result<Arc<MailSession>, Refusal> {
    if number != 0 {
        let session = SESSIONS.find(number)?;
        session.check()?;
        return Ok(session);
    }
    let window = window as usize;
    if flags & CMC_LOGON_UI_ALLOWED != 0 {
        let flags = MAPI_LOGON_UI | MAPI_USE_DEFAULT;
        return Ok(MailSession::open(&Request { flags, window, ..Request::default() })?);
    }
    MailSession::open(&Request { window, ..Request::default() }).map_err(|failure| {
        match failure.code {
            Code::LOGON_FAILED => Refusal::new(CmcCode::USER_NOT_LOGGED_ON, failure.says),
            _ => failure.into(),
        }
    })
}

/// Runs `body` with a session. If it fails and the caller allows it, the user is
/// told, where there is one.
pub fn with<R>(
    number: u32,
    window: u32,
    flags: u32,
    body: impl FnOnce(&MailSession) -> Result<R, Refusal>,
) -> Result<R, Refusal> {
    let session = of(number, window, flags)?;
    body(&session).map_err(|refusal| {
        let is_told = flags & CMC_ERROR_UI_ALLOWED != 0
            && refusal.code != CmcCode::USER_CANCEL
            && dialog::tell(&session, "The mail could not be handled", &refusal.says);
        if is_told { Refusal { code: refusal.code.displayed(), ..refusal } } else { refusal }
    })
}
