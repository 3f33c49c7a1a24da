//! The C functions of Simple MAPI; `MAPIFreeBuffer` is Extended MAPI's. All are
//! documented in `partywall::ffi`.

#![allow(non_snake_case)]

use core::ffi::{c_char, c_void};
use std::sync::Arc;

use com_abi::{GUID, IUnknown, Interface};
use extended_mapi::{free, lifted_session_object};
use mapi_abi::codes::Code;
use mapi_abi::simple_codes::SimpleCode;
use mapi_abi::structs::{
    LHANDLE, MAPI_LOGON_UI, MapiMessage, MapiMessageW, MapiRecipDesc, lhSessionNull,
};
use mapi_mail::Letter;

use crate::input::{self, Width};
use crate::mail::MAPI_DIALOG;
use crate::refusal::{Refusal, guarded};
use crate::{mail, output, people, session};

/// Longest list of paths or names, in files.
const MAX_DOCUMENTS: usize = input::MAX_FILES as usize;

/// Text of an argument in bytes; null is empty.
unsafe fn argument(text: *const c_char) -> String {
    // SAFETY: the callers pass null or a zero-ended text.
    unsafe { input::text(text.cast(), Width::Bytes) }
}

/// Writes an answer.
unsafe fn answer<T>(place: *mut T, value: T) -> Result<(), Refusal> {
    if place.is_null() {
        return Err(null("the place for the answer"));
    }
    // SAFETY: checked for null; the caller passes a writable place.
    unsafe { place.write(value) };
    Ok(())
}

fn null(what: &str) -> Refusal {
    Refusal::new(SimpleCode::FAILURE, format!("{what} is null"))
}

/// Writes an identifier, which has room.
unsafe fn answer_text(place: *mut c_char, text: &str) -> Result<(), Refusal> {
    if place.is_null() {
        return Err(null("the buffer for the identifier"));
    }
    // SAFETY: the caller's buffer is as large as its flags say.
    unsafe {
        core::ptr::copy_nonoverlapping(text.as_ptr(), place.cast(), text.len());
        place.add(text.len()).write(0);
    }
    Ok(())
}

/// See `partywall::ffi`.
///
/// # Safety
/// `profile` and `password` are null or zero-ended, `handle` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MAPILogon(
    window: usize,
    profile: *mut c_char,
    password: *mut c_char,
    flags: u32,
    _reserved: u32,
    handle: *mut LHANDLE,
) -> u32 {
    guarded("MAPILogon", || {
        // SAFETY: forwarded from the caller.
        unsafe {
            answer(handle, lhSessionNull)?;
            let made = session::logon(window, argument(profile), argument(password), flags)?;
            answer(handle, made)
        }
    })
}

/// See `partywall::ffi`.
#[unsafe(no_mangle)]
pub extern "system" fn MAPILogoff(
    handle: LHANDLE,
    _window: usize,
    _flags: u32,
    _reserved: u32,
) -> u32 {
    guarded("MAPILogoff", || session::logoff(handle))
}

unsafe fn send(
    what: &str,
    [handle, window]: [usize; 2],
    message: *const MapiMessage,
    width: Width,
    flags: u32,
) -> u32 {
    guarded(what, || {
        // SAFETY: forwarded from the caller.
        let letter = unsafe { input::letter(message, width) }?;
        let session = session::of(handle, window, flags)?;
        mail::send_mail(&session, letter, flags)
    })
}

/// See `partywall::ffi`.
///
/// # Safety
/// `message` is null or as documented.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MAPISendMail(
    handle: LHANDLE,
    window: usize,
    message: *mut MapiMessage,
    flags: u32,
    _reserved: u32,
) -> u32 {
    // SAFETY: forwarded from the caller.
    unsafe { send("MAPISendMail", [handle, window], message, Width::Bytes, flags) }
}

/// See `partywall::ffi`.
///
/// # Safety
/// As [`MAPISendMail`].
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MAPISendMailW(
    handle: LHANDLE,
    window: usize,
    message: *mut MapiMessageW,
    flags: u32,
    _reserved: u32,
) -> u32 {
    // SAFETY: forwarded from the caller; both structures have one layout.
    unsafe { send("MAPISendMailW", [handle, window], message.cast(), Width::Units, flags) }
}

/// See `partywall::ffi`.
///
/// # Safety
/// As [`MAPISendMail`].
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MAPISendMailHelper(
    handle: LHANDLE,
    window: usize,
    message: *mut MapiMessageW,
    flags: u32,
    _reserved: u32,
) -> u32 {
    // SAFETY: as above.
    unsafe { send("MAPISendMailHelper", [handle, window], message.cast(), Width::Units, flags) }
}

/// See `partywall::ffi`.
///
/// # Safety
/// The texts are null or zero-ended.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MAPISendDocuments(
    window: usize,
    delimiter: *mut c_char,
    paths: *mut c_char,
    names: *mut c_char,
    _reserved: u32,
) -> u32 {
    guarded("MAPISendDocuments", || {
        // SAFETY: forwarded from the caller.
        let [delimiter, paths, names] =
            unsafe { [argument(delimiter), argument(paths), argument(names)] };
        let delimiter = delimiter.chars().next().unwrap_or(';');
        let paths: Vec<&str> = paths.split(delimiter).filter(|path| !path.is_empty()).collect();
        if paths.len() > MAX_DOCUMENTS {
            let says = format!("at most {MAX_DOCUMENTS} documents are sent at once");
            return Err(Refusal::new(SimpleCode::TOO_MANY_FILES, says));
        }
        let names = names.split(delimiter).chain(std::iter::repeat(""));
        let files = paths.iter().zip(names).map(|(path, name)| input::file_of(path, name));
        let attachments = files.collect::<Result<Vec<_>, _>>()?;
        let subject = attachments.first().map(|file| file.name.clone()).unwrap_or_default();
        let letter = Letter { subject, attachments, ..Letter::default() };
        let flags = MAPI_LOGON_UI | MAPI_DIALOG;
        mail::send_mail(&*session::of(lhSessionNull, window, flags)?, letter, flags)
    })
}

/// See `partywall::ffi`.
///
/// # Safety
/// `class` and `seed` are null or zero-ended; `id` is null or has 64 bytes, with
/// `MAPI_LONG_MSGID` 512.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MAPIFindNext(
    handle: LHANDLE,
    window: usize,
    class: *mut c_char,
    seed: *mut c_char,
    flags: u32,
    _reserved: u32,
    id: *mut c_char,
) -> u32 {
    guarded("MAPIFindNext", || {
        // The seed and the answer may be one buffer.
        // SAFETY: forwarded from the caller.
        let (class, seed) = unsafe { (argument(class), argument(seed)) };
        if id.is_null() {
            return Err(null("the buffer for the identifier"));
        }
        // `MAPI_UNREAD_ONLY` has the bit of `MAPI_EXTENDED`, which is no logon's.
        let session = session::of(handle, window, flags)?;
        let found = mail::find_next(&session, &class, &seed, flags)?;
        // SAFETY: as above.
        unsafe { answer_text(id, &found) }
    })
}

/// See `partywall::ffi`.
///
/// # Safety
/// `id` is null or zero-ended, `place` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MAPIReadMail(
    handle: LHANDLE,
    window: usize,
    id: *mut c_char,
    flags: u32,
    _reserved: u32,
    place: *mut *mut MapiMessage,
) -> u32 {
    guarded("MAPIReadMail", || {
        // SAFETY: forwarded from the caller.
        let id = unsafe {
            answer(place, core::ptr::null_mut())?;
            argument(id)
        };
        let session = session::of(handle, window, flags)?;
        let (letter, written, files) = mail::read_mail(&session, &id, flags)?;
        let message = output::message(&letter, &written)?;
        files.keep();
        // SAFETY: as above.
        unsafe { answer(place, message) }
    })
}

/// See `partywall::ffi`.
///
/// # Safety
/// `message` is null or as documented; `id` is null or zero-ended, and an empty
/// one has room for an identifier.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MAPISaveMail(
    handle: LHANDLE,
    window: usize,
    message: *mut MapiMessage,
    flags: u32,
    _reserved: u32,
    id: *mut c_char,
) -> u32 {
    guarded("MAPISaveMail", || {
        if id.is_null() {
            return Err(null("the buffer for the identifier"));
        }
        // SAFETY: forwarded from the caller.
        let (letter, text) = unsafe { (input::letter(message, Width::Bytes)?, argument(id)) };
        let session = session::of(handle, window, flags)?;
        match mail::save_mail(&session, &letter, &text, flags)? {
            // SAFETY: as above.
            Some(made) => unsafe { answer_text(id, &made) },
            None => Ok(()),
        }
    })
}

/// See `partywall::ffi`.
///
/// # Safety
/// `id` is null or zero-ended.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MAPIDeleteMail(
    handle: LHANDLE,
    window: usize,
    id: *mut c_char,
    flags: u32,
    _reserved: u32,
) -> u32 {
    guarded("MAPIDeleteMail", || {
        // SAFETY: forwarded from the caller.
        let id = unsafe { argument(id) };
        mail::delete_mail(&*session::of(handle, window, flags)?, &id)
    })
}

/// See `partywall::ffi`.
///
/// # Safety
/// The texts are null or zero-ended, `recipients` has `count` of them, the places
/// are null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MAPIAddress(
    handle: LHANDLE,
    window: usize,
    caption: *mut c_char,
    fields: u32,
    label: *mut c_char,
    count: u32,
    recipients: *mut MapiRecipDesc,
    flags: u32,
    _reserved: u32,
    new_count: *mut u32,
    new_recipients: *mut *mut MapiRecipDesc,
) -> u32 {
    guarded("MAPIAddress", || {
        // SAFETY: forwarded from the caller.
        let (caption, label, given) = unsafe {
            answer(new_count, 0)?;
            answer(new_recipients, core::ptr::null_mut())?;
            let given = input::people(recipients, count, Width::Bytes)?;
            (argument(caption), argument(label), given)
        };
        let session = session::of(handle, window, flags)?;
        let chosen = people::address(&session, &caption, fields, &label, &given)?;
        let list = output::people(&chosen)?;
        // SAFETY: as above.
        unsafe {
            answer(new_count, chosen.len() as u32)?;
            answer(new_recipients, list)
        }
    })
}

/// See `partywall::ffi`.
///
/// # Safety
/// `recipient` is null or as documented.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MAPIDetails(
    handle: LHANDLE,
    window: usize,
    recipient: *mut MapiRecipDesc,
    flags: u32,
    _reserved: u32,
) -> u32 {
    guarded("MAPIDetails", || {
        // SAFETY: forwarded from the caller.
        let person = unsafe {
            let given = recipient.as_ref().ok_or_else(|| null("the recipient"))?;
            input::person(given, Width::Bytes)?
        };
        people::details(&*session::of(handle, window, flags)?, &person)
    })
}

/// See `partywall::ffi`.
///
/// # Safety
/// `name` is null or zero-ended, `place` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MAPIResolveName(
    handle: LHANDLE,
    window: usize,
    name: *mut c_char,
    flags: u32,
    _reserved: u32,
    place: *mut *mut MapiRecipDesc,
) -> u32 {
    guarded("MAPIResolveName", || {
        // SAFETY: forwarded from the caller.
        let name = unsafe {
            answer(place, core::ptr::null_mut())?;
            argument(name)
        };
        let session = session::of(handle, window, flags)?;
        let found = people::resolve_name(&session, &name, flags)?;
        let list = output::people(&[found])?;
        // SAFETY: as above.
        let answered = unsafe { answer(place, list) };
        if answered.is_err() {
            // SAFETY: nobody else knows the list.
            unsafe { free(list.cast()) };
        }
        answered
    })
}

/// See `partywall::ffi`.
///
/// # Safety
/// `iid` is null or readable, `place` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ScMAPIXFromSMAPI(
    handle: LHANDLE,
    _flags: u32,
    iid: *const GUID,
    place: *mut *mut c_void,
) -> i32 {
    if place.is_null() || handle == lhSessionNull {
        return Code::INVALID_PARAMETER.0;
    }
    // SAFETY: checked for null; the caller passes a writable place.
    unsafe { place.write(core::ptr::null_mut()) };
    let mut code = Code::OK;
    let failed = guarded("ScMAPIXFromSMAPI", || {
        let session = session::of(handle, 0, 0).inspect_err(|_| code = Code::INVALID_OBJECT)?;
        code = Code::CALL_FAILED;
        let raw = lifted_session_object(Arc::clone(&session))?;
        // SAFETY: an interface that was answered with a reference.
        let object = unsafe { IUnknown::from_raw(raw) };
        // SAFETY: forwarded from the caller.
        match unsafe { iid.as_ref() } {
            None => {
                // SAFETY: checked above.
                unsafe { place.write(object.into_raw()) };
                code = Code::OK;
            }
            // SAFETY: a live object, a readable identifier, a writable place.
            Some(iid) => code = Code(unsafe { object.query(iid, place) }.0),
        }
        Ok(())
    });
    if failed != 0 && code == Code::OK { Code::CALL_FAILED.0 } else { code.0 }
}
