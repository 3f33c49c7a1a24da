//! The logon calls beside `MAPILogonEx`, as a client of each makes them.

use core::ffi::c_char;
use std::ffi::CString;
use std::ptr::null_mut;

use mapi_abi::structs::{CMC_LOGON_UI_ALLOWED, CMC_VERSION, MAPI_LOGON_UI, MAPI_NEW_SESSION};
use mapi_abi::{cmc_codes, simple_codes};
use partywall::automation::Value;
use partywall::com::{Apartment, class_from_progid};
use partywall::ffi::cmc::{cmc_logoff, cmc_logon};
use partywall::ffi::simple_mapi::{MAPILogoff, MAPILogon};

use super::super::call::ffi::{Object, Refusal};
use crate::output::Failure;

/// What all calls can be asked.
pub struct Ask<'a> {
    /// The profile; empty is the default one.
    pub profile: &'a str,
    /// Not a session that others share.
    pub is_new: bool,
    /// Whether somebody may be asked.
    pub may_ask: bool,
}

/// A session of one of the calls; dropping it is that call's logoff.
pub enum Held {
    /// Of `MAPILogon`.
    Simple(usize),
    /// Of `cmc_logon`.
    Cmc(u32),
    /// Of `Session.Logon`.
    Cdo(Object, Apartment),
}

fn text(text: &str) -> Result<CString, Failure> {
    CString::new(text).map_err(|_| Failure::new("a profile's name has no zero characters"))
}

/// The pointer to a text, null if it is empty.
fn pointer(text: &CString) -> *mut c_char {
    if text.is_empty() { null_mut() } else { text.as_ptr().cast_mut() }
}

/// `MAPILogon`.
///
/// # Errors
/// The code of Simple MAPI.
pub fn simple(ask: &Ask<'_>) -> Result<Held, Failure> {
    let mut flags = if ask.is_new { MAPI_NEW_SESSION } else { 0 };
    flags |= if ask.may_ask { MAPI_LOGON_UI } else { 0 };
    let (profile, mut handle) = (text(ask.profile)?, 0);
    // SAFETY: a zero-ended text, which the call only reads, and a writable place.
    let code = unsafe { MAPILogon(0, pointer(&profile), null_mut(), flags, 0, &mut handle) };
    match code {
        0 => Ok(Held::Simple(handle)),
        code => {
            let known = simple_codes::ALL.iter().find(|known| known.code == code);
            let means = known.map_or("", |known| known.means);
            Err(Failure::with_code(format!("MAPILogon answered {code}: {means}"), code))
        }
    }
}

/// `cmc_logon`, whose sessions are always shared.
///
/// # Errors
/// The code of CMC.
pub fn cmc(ask: &Ask<'_>) -> Result<Held, Failure> {
    if ask.is_new {
        return Err(Failure::new("cmc_logon only has shared sessions: leave out --new-session"));
    }
    let flags = if ask.may_ask { CMC_LOGON_UI_ALLOWED } else { 0 };
    let (profile, mut session) = (text(ask.profile)?, 0);
    let (user, none) = (pointer(&profile), null_mut());
    // SAFETY: a zero-ended text, which the call only reads, and a writable place.
    let code = unsafe {
        cmc_logon(none, user, none, none, 0, CMC_VERSION, flags, &mut session, null_mut())
    };
    match code {
        0 => Ok(Held::Cmc(session)),
        code => {
            let known = cmc_codes::ALL.iter().find(|known| known.code == code);
            let means = known.map_or("", |known| known.means);
            Err(Failure::with_code(format!("cmc_logon answered {code}: {means}"), code))
        }
    }
}

/// `Logon` of a `MAPI.Session`.
///
/// # Errors
/// What the object says.
pub fn cdo(ask: &Ask<'_>) -> Result<Held, Failure> {
    let failed = |says: &str, code: com_abi::HRESULT| {
        Failure::with_code(format!("{says}: {:#010x}", code.0), code.0 as u32)
    };
    let apartment =
        Apartment::multithreaded().map_err(|code| failed("cannot enter an apartment", code))?;
    let object = class_from_progid("MAPI.Session")
        .and_then(|clsid| Object::create(&clsid))
        .map_err(|code| failed("cannot make a MAPI.Session", code))?;
    let arguments = vec![
        Value::text(ask.profile),
        Value::text(""),
        Value::Bool(ask.may_ask),
        Value::Bool(ask.is_new),
    ];
    let member =
        object.member("Logon").map_err(|code| failed("MAPI.Session has no Logon", code))?;
    object.call(member, arguments).map_err(|Refusal { code, exception, .. }| {
        let (says, code) = exception.unwrap_or_else(|| ("Logon failed".into(), code));
        Failure::with_code(format!("MAPI.Session says: {says}"), code.0 as u32)
    })?;
    Ok(Held::Cdo(object, apartment))
}

impl Drop for Held {
    fn drop(&mut self) {
        let code = match self {
            // SAFETY: plain numbers.
            Self::Simple(handle) => unsafe { MAPILogoff(*handle, 0, 0, 0) },
            // SAFETY: plain numbers, and no extensions.
            Self::Cmc(session) => unsafe { cmc_logoff(*session, 0, 0, null_mut()) },
            Self::Cdo(object, _) => {
                let left = object.member("Logoff").map(|member| object.call(member, Vec::new()));
                u32::from(!matches!(left, Ok(Ok(_))))
            }
        };
        if code != 0 {
            observe::warn!("mapi", "the logoff answered {code}");
        }
    }
}
