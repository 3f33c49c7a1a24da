//! Handles of sessions. The handle 0 is a logon for one call: it joins the shared
//! session, or takes the default profile.

use std::sync::Arc;

use mapi_abi::simple_codes::SimpleCode;
use mapi_abi::structs::{
    LHANDLE, MAPI_ALLOW_OTHERS, MAPI_FORCE_DOWNLOAD, MAPI_LOGON_UI, MAPI_NEW_SESSION,
    MAPI_PASSWORD_UI, MAPI_UNICODE, MAPI_USE_DEFAULT, SIMPLE_LOGON_TEXT_BYTES, lhSessionNull,
};
use mapi_mail::{MailSession, MailSessions};
use mapi_session::Request;

use crate::refusal::Refusal;

static SESSIONS: MailSessions = MailSessions::new();

/// Logs on for good.
pub fn logon(
    window: usize,
    profile: String,
    password: String,
    flags: u32,
) -> Result<LHANDLE, Refusal> {
    if profile.len().max(password.len()) > SIMPLE_LOGON_TEXT_BYTES {
        let says = format!("names and passwords have at most {SIMPLE_LOGON_TEXT_BYTES} bytes");
        return Err(Refusal::new(SimpleCode::LOGON_FAILURE, says));
    }
    let mut flags = flags & !MAPI_UNICODE;
    // What is not a session of one's own is everybody's.
    if flags & MAPI_NEW_SESSION == 0 {
        flags |= MAPI_ALLOW_OTHERS;
    }
    if profile.is_empty() && flags & MAPI_LOGON_UI == 0 {
        flags |= MAPI_USE_DEFAULT;
    }
    let request = Request { profile, password, flags, window, temporary: None };
    let session = MailSession::open(&request)?;
    Ok(SESSIONS.add(session) as LHANDLE)
}

fn number(handle: LHANDLE) -> u32 {
    // 0 is no session's number.
    u32::try_from(handle).unwrap_or(0)
}

/// Ends a session.
pub fn logoff(handle: LHANDLE) -> Result<(), Refusal> {
    let session = SESSIONS.take(number(handle))?;
    Ok(session.leave()?)
}

/// The session of a handle, or one for this call.
pub fn of(handle: LHANDLE, window: usize, flags: u32) -> Result<Arc<MailSession>, Refusal> {
    if handle != lhSessionNull {
        let session = SESSIONS.find(number(handle))?;
        session.check()?;
        return Ok(session);
    }
    let asked = MAPI_LOGON_UI | MAPI_PASSWORD_UI | MAPI_NEW_SESSION | MAPI_FORCE_DOWNLOAD;
    let flags = flags & asked | MAPI_USE_DEFAULT;
    Ok(MailSession::open(&Request { flags, window, ..Request::default() })?)
}
