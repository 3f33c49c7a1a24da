//! From the structures of a client to a letter.

use core::ffi::c_char;
use std::ffi::CStr;

use mapi_abi::cmc_codes::CmcCode;
use mapi_abi::structs::{
    CMC_ATT_LAST_ELEMENT, CMC_EXT_LAST_ELEMENT, CMC_EXT_REQUIRED, CMC_FIRST_ATTACH_AS_TEXT_NOTE,
    CMC_MSG_TEXT_NOTE_AS_FILE, CMC_RECIP_IGNORE, CMC_RECIP_LAST_ELEMENT, CMC_ROLE_AUTHORIZING_USER,
    CMC_ROLE_BCC, CMC_ROLE_CC, CMC_ROLE_ORIGINATOR, CMC_ROLE_TO, CMC_attachment,
    CMC_counted_string, CMC_extension, CMC_message, CMC_recipient,
};
use mapi_abi::tags::{MAPI_BCC, MAPI_CC, MAPI_TO};
use mapi_mail::{Attachment, Letter, Person, read_file};

use crate::refusal::Refusal;

/// Most elements of an array: one without a last element is not followed for ever.
const MAX_ELEMENTS: usize = 100_000;
/// Most files of a message.
const MAX_FILES: usize = 1000;
/// Longest text with a length, in bytes.
const MAX_TEXT_BYTES: u32 = 256 << 20;

fn invalid(says: &str) -> Refusal {
    Refusal::new(CmcCode::INVALID_PARAMETER, says)
}

/// A text; null is empty.
///
/// # Safety
/// `text` is null, a zero-ended text, or a counted one where `counted` says so.
pub unsafe fn text(text: *const c_char, counted: bool) -> Result<String, Refusal> {
    if text.is_null() {
        return Ok(String::new());
    }
    // SAFETY: forwarded from the caller.
    unsafe {
        if counted {
            return counted_text(text.cast());
        }
        Ok(CStr::from_ptr(text).to_string_lossy().into_owned())
    }
}

/// A text with its length.
///
/// # Safety
/// `text` is a valid structure.
pub unsafe fn counted_text(text: *const CMC_counted_string) -> Result<String, Refusal> {
    // SAFETY: forwarded from the caller; the bytes follow the length.
    unsafe {
        let length = (*text).length;
        if length > MAX_TEXT_BYTES {
            return Err(Refusal::new(CmcCode::TEXT_TOO_LARGE, "a text is too long"));
        }
        let first = (&raw const (*text).string).cast::<u8>();
        let bytes = core::slice::from_raw_parts(first, length as usize);
        Ok(String::from_utf8_lossy(bytes).into_owned())
    }
}

/// The elements of an array up to its last one.
unsafe fn elements<'a, T>(
    first: *const T,
    is_last: impl Fn(&T) -> bool,
    most: usize,
    too_many: CmcCode,
) -> Result<Vec<&'a T>, Refusal> {
    let mut list = Vec::new();
    let mut next = first;
    while !next.is_null() {
        if list.len() >= most {
            let says = format!("an array has more than {most} elements, or no last one");
            return Err(Refusal::new(too_many, says));
        }
        // SAFETY: the array goes on up to its last element.
        let element = unsafe { &*next };
        list.push(element);
        // SAFETY: as above.
        next = if is_last(element) { core::ptr::null() } else { unsafe { next.add(1) } };
    }
    Ok(list)
}

/// Refuses extensions that are required: none is known.
///
/// # Safety
/// `first` is null or an array with a last element.
pub unsafe fn check_extensions(first: *const CMC_extension, code: CmcCode) -> Result<(), Refusal> {
    let is_last = |one: &CMC_extension| one.extension_flags & CMC_EXT_LAST_ELEMENT != 0;
    // SAFETY: forwarded from the caller.
    let list = unsafe { elements(first, is_last, MAX_ELEMENTS, CmcCode::INVALID_PARAMETER) }?;
    match list.iter().find(|one| one.extension_flags & CMC_EXT_REQUIRED != 0) {
        None => Ok(()),
        Some(one) => {
            let says = format!("the extension {:#x} is not known here", one.item_code);
            Err(Refusal::new(code, says))
        }
    }
}

/// The recipients of an array, but for those to be ignored.
///
/// # Safety
/// `first` is null or an array with a last element, as documented.
pub unsafe fn people(first: *const CMC_recipient, counted: bool) -> Result<Vec<Person>, Refusal> {
    let is_last = |one: &CMC_recipient| one.recip_flags & CMC_RECIP_LAST_ELEMENT != 0;
    // SAFETY: forwarded from the caller.
    let list = unsafe { elements(first, is_last, MAX_ELEMENTS, CmcCode::TOO_MANY_RECIPIENTS) }?;
    let meant = list.into_iter().filter(|one| one.recip_flags & CMC_RECIP_IGNORE == 0);
    // SAFETY: as above.
    meant.map(|one| unsafe { person(one, counted) }).collect()
}

/// A recipient.
///
/// # Safety
/// Its pointers are as documented.
pub unsafe fn person(given: &CMC_recipient, counted: bool) -> Result<Person, Refusal> {
    // SAFETY: forwarded from the caller.
    let (name, address) = unsafe {
        check_extensions(given.recip_extensions, CmcCode::UNSUPPORTED_DATA_EXT)?;
        (text(given.name, counted)?, text(given.address, counted)?)
    };
    let kind = match given.role {
        CMC_ROLE_TO => MAPI_TO,
        CMC_ROLE_CC => MAPI_CC,
        CMC_ROLE_BCC => MAPI_BCC,
        CMC_ROLE_ORIGINATOR | CMC_ROLE_AUTHORIZING_USER => 0,
        role => {
            let says = format!("{role} is no role of a recipient");
            return Err(Refusal::new(CmcCode::INVALID_ENUM, says));
        }
    };
    Ok(match address.is_empty() {
        true => Person { kind, name, ..Person::default() },
        false => Person { kind, ..Person::one_off(&name, &address) },
    })
}

/// The class of a message type; `CMC:IPM` is mail between people.
pub fn class(message_type: &str) -> Result<String, Refusal> {
    match message_type {
        "" | "CMC:IPM" => Ok(String::new()),
        known if known.to_uppercase().starts_with("IPM") => Ok(known.to_owned()),
        known if known.to_uppercase().starts_with("REPORT") => Ok(known.to_owned()),
        other => {
            let says = format!("{other} is no type of a message here");
            Err(Refusal::new(CmcCode::UNRECOGNIZED_MESSAGE_TYPE, says))
        }
    }
}

/// A message, with its files read.
///
/// # Safety
/// `message` is null or as documented.
pub unsafe fn letter(
    message: *const CMC_message,
    flags: u32,
    counted: bool,
) -> Result<Letter, Refusal> {
    // SAFETY: forwarded from the caller.
    let (mut letter, note_in_file) = unsafe {
        let given = message.as_ref().ok_or_else(|| invalid("the message is null"))?;
        check_extensions(given.message_extensions, CmcCode::UNSUPPORTED_DATA_EXT)?;
        let mut letter = Letter {
            class: class(&text(given.message_type, counted)?)?,
            subject: text(given.subject, counted)?,
            body: text(given.text_note, counted)?,
            ..Letter::default()
        };
        for person in people(given.recipients, counted)? {
            match person.kind {
                0 => letter.sender = Some(person),
                _ => letter.recipients.push(person),
            }
        }
        letter.attachments = attachments(given.attachments, counted)?;
        (letter, given.message_flags & CMC_MSG_TEXT_NOTE_AS_FILE != 0)
    };
    if note_in_file || flags & CMC_FIRST_ATTACH_AS_TEXT_NOTE != 0 {
        if letter.attachments.is_empty() {
            let says = "the text is said to be in the first attachment, but there is none";
            return Err(Refusal::new(CmcCode::INVALID_MESSAGE_PARAMETER, says));
        }
        let note = letter.attachments.remove(0);
        letter.body = String::from_utf8_lossy(&note.data).into_owned();
    }
    Ok(letter)
}

unsafe fn attachments(
    first: *const CMC_attachment,
    counted: bool,
) -> Result<Vec<Attachment>, Refusal> {
    let is_last = |one: &CMC_attachment| one.attach_flags & CMC_ATT_LAST_ELEMENT != 0;
    // SAFETY: forwarded from the caller.
    let list = unsafe { elements(first, is_last, MAX_FILES, CmcCode::TOO_MANY_FILES) }?;
    let one = |given: &CMC_attachment| {
        // SAFETY: as above.
        let (title, path) = unsafe {
            check_extensions(given.attach_extensions, CmcCode::UNSUPPORTED_DATA_EXT)?;
            (text(given.attach_title, counted)?, text(given.attach_filename, counted)?)
        };
        file_of(&path, &title)
    };
    list.into_iter().map(one).collect()
}

/// A file to attach under a title; none is the file's own.
pub fn file_of(path: &str, title: &str) -> Result<Attachment, Refusal> {
    let own = path.rsplit('/').next().unwrap_or(path);
    let name = if title.is_empty() { own } else { title };
    let data = read_file(path)?;
    Ok(Attachment { name: name.to_owned(), position: -1, data, ..Attachment::default() })
}
