//! `MAPILogonEx`: who gets a session.
//!
//! The steps, in order: the subsystem was initialised; the flags are known and
//! do not contradict each other; the caller's identity is captured; the profile
//! is found; its services are configured, which here is the user's default store
//! being there. Prompts, several profiles and shared sessions are not offered:
//! what would need them answers `MAPI_E_LOGON_FAILED`, never something else in
//! its place.

use std::sync::Arc;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::structs::{
    MAPI_ALLOW_OTHERS, MAPI_BG_SESSION, MAPI_EXPLICIT_PROFILE, MAPI_EXTENDED, MAPI_FORCE_DOWNLOAD,
    MAPI_LOGON_UI, MAPI_NEW_SESSION, MAPI_NO_MAIL, MAPI_NT_SERVICE, MAPI_PASSWORD_UI,
    MAPI_SERVICE_UI_ALWAYS, MAPI_TIMEOUT_SHORT, MAPI_UNICODE, MAPI_USE_DEFAULT,
};
use security::impersonation;

use crate::session::Session;

/// Longest profile name or password, in characters.
pub const MAX_PROFILE_CHARS: usize = 64;
/// The profile that every user has.
pub const DEFAULT_PROFILE: &str = "Default";

/// `MAPI_APP_PROFILE`.
const MAPI_APP_PROFILE: u32 = 0x4;
const KNOWN_FLAGS: u32 = MAPI_LOGON_UI
    | MAPI_NEW_SESSION
    | MAPI_APP_PROFILE
    | MAPI_ALLOW_OTHERS
    | MAPI_EXPLICIT_PROFILE
    | MAPI_EXTENDED
    | MAPI_USE_DEFAULT
    | MAPI_FORCE_DOWNLOAD
    | MAPI_SERVICE_UI_ALWAYS
    | MAPI_NO_MAIL
    | MAPI_NT_SERVICE
    | MAPI_PASSWORD_UI
    | MAPI_TIMEOUT_SHORT
    | MAPI_BG_SESSION
    | MAPI_UNICODE;

/// Opens a session for the calling thread's identity, which is captured here
/// and never looked at again.
///
/// # Errors
/// `UNKNOWN_FLAGS`; `LOGON_FAILED` when the flags contradict each other, the
/// profile is unknown or the user has no store; the provider's.
pub fn logon(profile: &str, password: &str, flags: u32) -> Result<Arc<Session>, Failure> {
    let refuse = |says: &str| Err(Failure::new(Code::LOGON_FAILED, says));
    if flags & !KNOWN_FLAGS != 0 {
        let says = format!("flags {:#x} have no meaning at logon", flags & !KNOWN_FLAGS);
        return Err(Failure::new(Code::UNKNOWN_FLAGS, says));
    }
    let ui = flags & (MAPI_LOGON_UI | MAPI_PASSWORD_UI);
    if ui == MAPI_LOGON_UI | MAPI_PASSWORD_UI {
        return refuse("MAPI_LOGON_UI and MAPI_PASSWORD_UI exclude each other");
    }
    if ui != 0 && flags & MAPI_NT_SERVICE != 0 {
        return refuse("a service may not show a dialog");
    }
    if profile.chars().count() > MAX_PROFILE_CHARS || password.chars().count() > MAX_PROFILE_CHARS {
        return refuse("a profile name and a password have at most 64 characters");
    }
    if profile.is_empty() && flags & MAPI_USE_DEFAULT == 0 {
        return refuse("no profile was named; MAPI_USE_DEFAULT takes the default one");
    }
    if !profile.is_empty() && !profile.eq_ignore_ascii_case(DEFAULT_PROFILE) {
        let says = format!("there is no profile {profile:?}");
        return Err(Failure::new(Code::LOGON_FAILED, says));
    }
    if !password.is_empty() {
        return refuse("the profile has no password, so none may be given");
    }
    let session = Session::open(impersonation::capture());
    if let Err(failure) = session.default_store() {
        session.end();
        return Err(match failure.code {
            Code::NOT_FOUND => Failure::new(Code::LOGON_FAILED, failure.says),
            _ => failure,
        });
    }
    Ok(session)
}
