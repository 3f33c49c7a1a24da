//! A logon through each face, with its code for each outcome.

use core::ffi::{c_char, c_void};
use std::ffi::CString;

use com_abi::{IUnknown, Interface};
use mapi_abi::structs::{MAPI_EXTENDED, MAPI_LOGON_UI, MAPI_USE_DEFAULT};
use partywall::automation::Value;
use partywall::com::Apartment;
use partywall::ffi;

use crate::late::Late;

/// What a logon asks for, in the terms of all faces.
#[derive(Clone, Default)]
pub struct Ask {
    pub profile: &'static str,
    pub password: &'static str,
    /// Whom to ask, if anybody may be asked.
    pub person: Option<usize>,
}

pub struct Face {
    pub name: &'static str,
    /// The code, as a number of 32 bits.
    pub logon: fn(&Ask) -> u32,
}

fn text(text: &str) -> *mut c_char {
    if text.is_empty() {
        return core::ptr::null_mut();
    }
    CString::new(text).unwrap().into_raw()
}

fn free(text: *mut c_char) {
    if !text.is_null() {
        // SAFETY: made by `text`.
        drop(unsafe { CString::from_raw(text) });
    }
}

/// Passes a name and a password as C texts.
fn with<R>(ask: &Ask, body: impl FnOnce(*mut c_char, *mut c_char) -> R) -> R {
    let (profile, password) = (text(ask.profile), text(ask.password));
    let result = body(profile, password);
    free(profile);
    free(password);
    result
}

fn extended(ask: &Ask) -> u32 {
    with(ask, |profile, password| {
        let mut flags = MAPI_EXTENDED;
        flags |= if ask.person.is_some() { MAPI_LOGON_UI } else { 0 };
        if ask.profile.is_empty() && ask.person.is_none() {
            flags |= MAPI_USE_DEFAULT;
        }
        let mut session: *mut c_void = core::ptr::null_mut();
        let window = ask.person.unwrap_or(0);
        // SAFETY: zero-ended texts and a writable place.
        let code = unsafe { ffi::MAPILogonEx(window, profile, password, flags, &mut session) };
        assert_eq!(session.is_null(), code.is_err());
        if !session.is_null() {
            // SAFETY: answered with a reference.
            drop(unsafe { IUnknown::from_raw(session) });
        }
        code.0 as u32
    })
}

fn simple(ask: &Ask) -> u32 {
    with(ask, |profile, password| {
        let flags = if ask.person.is_some() { MAPI_LOGON_UI } else { 0 };
        let mut handle = 7;
        let window = ask.person.unwrap_or(0);
        // SAFETY: zero-ended texts and a writable place.
        let code = unsafe {
            ffi::simple_mapi::MAPILogon(window, profile, password, flags, 0, &mut handle)
        };
        assert_eq!(handle == 0, code != 0);
        if handle != 0 {
            // SAFETY: plain numbers.
            assert_eq!(unsafe { ffi::simple_mapi::MAPILogoff(handle, 0, 0, 0) }, 0);
        }
        code
    })
}

fn cmc(ask: &Ask) -> u32 {
    with(ask, |profile, password| {
        let flags = if ask.person.is_some() { 0x0200_0000 } else { 0 };
        let (mut session, null) = (7, core::ptr::null_mut());
        let window = ask.person.unwrap_or(0) as u32;
        let place = &mut session;
        // SAFETY: zero-ended texts and a writable place.
        let code = unsafe {
            ffi::cmc::cmc_logon(
                null,
                profile,
                password,
                null,
                window,
                100,
                flags,
                place,
                null.cast(),
            )
        };
        assert_eq!(session == 0, code != 0);
        if session != 0 {
            // SAFETY: plain numbers.
            assert_eq!(unsafe { ffi::cmc::cmc_logoff(session, 0, 0, null.cast()) }, 0);
        }
        code
    })
}

fn cdo(ask: &Ask) -> u32 {
    let _apartment = Apartment::multithreaded().unwrap();
    let session = Late::session();
    let arguments = [
        ("ProfileName", Value::text(ask.profile)),
        ("ProfilePassword", Value::text(ask.password)),
        ("ShowDialog", Value::Bool(ask.person.is_some())),
        ("NewSession", Value::Bool(false)),
        ("ParentWindow", Value::I4(ask.person.unwrap_or(0) as i32)),
    ];
    match session.call_named("Logon", &arguments) {
        Ok(_) => {
            session.call("Logoff", &[]).unwrap();
            0
        }
        Err(code) => code.0 as u32,
    }
}

pub const FACES: &[Face] = &[
    Face { name: "MAPILogonEx", logon: extended },
    Face { name: "MAPILogon", logon: simple },
    Face { name: "cmc_logon", logon: cmc },
    Face { name: "Session.Logon", logon: cdo },
];
