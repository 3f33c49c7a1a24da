//! From the structures of a client to a letter.

use core::ffi::c_char;
use std::ffi::CStr;

use com_abi::from_wide;
use mapi_abi::read::MAX_ENTRYID_BYTES;
use mapi_abi::simple_codes::SimpleCode;
use mapi_abi::structs::{
    MAPI_RECEIPT_REQUESTED, MAPI_SENT, MAPI_UNREAD, MapiFileDesc, MapiMessage, MapiRecipDesc,
};
use mapi_abi::tags::{MAPI_BCC, MAPI_TO, MSGFLAG_READ, MSGFLAG_UNSENT};
use mapi_mail::{Attachment, Letter, Person, read_file};

use crate::refusal::Refusal;
use crate::time;

/// Most recipients of a message.
pub const MAX_RECIPIENTS: u32 = 100_000;
/// Most files of a message.
pub const MAX_FILES: u32 = 1000;

/// The width of a structure's texts. The structures of both have one layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// Bytes.
    Bytes,
    /// 16-bit units.
    Units,
}

/// A text; null is empty.
///
/// # Safety
/// `text` is null or zero-ended, of units of that width.
pub unsafe fn text(text: *const u8, width: Width) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: forwarded from the caller.
    unsafe {
        match width {
            Width::Bytes => CStr::from_ptr(text.cast::<c_char>()).to_string_lossy().into_owned(),
            Width::Units => from_wide(text.cast()),
        }
    }
}

fn missing(what: &str) -> Refusal {
    Refusal::new(SimpleCode::FAILURE, format!("{what} is null"))
}

/// An array that has a count.
unsafe fn list<'a, T>(first: *const T, count: u32) -> Result<&'a [T], Refusal> {
    match (count, first.is_null()) {
        (0, _) => Ok(&[]),
        (_, true) => Err(missing("an array with a count")),
        // SAFETY: the caller passes that many values.
        _ => Ok(unsafe { core::slice::from_raw_parts(first, count as usize) }),
    }
}

/// A recipient.
///
/// # Safety
/// Its pointers are as documented.
pub unsafe fn person(given: &MapiRecipDesc, width: Width) -> Result<Person, Refusal> {
    // SAFETY: forwarded from the caller.
    let (name, address) = unsafe { (text(given.lpszName, width), text(given.lpszAddress, width)) };
    let mut person = match address.is_empty() {
        true => Person { name, ..Person::default() },
        false => Person::one_off(&name, &address),
    };
    if given.ulEIDSize > MAX_ENTRYID_BYTES {
        return Err(Refusal::new(SimpleCode::INVALID_RECIPS, "an identifier is too long"));
    }
    // SAFETY: as above.
    person.entry = unsafe { list(given.lpEntryID.cast::<u8>(), given.ulEIDSize) }?.to_vec();
    person.kind = i32::try_from(given.ulRecipClass).unwrap_or(-1);
    Ok(person)
}

/// Recipients, which are To, Cc or Bcc.
///
/// # Safety
/// As [`person`], and there are that many.
pub unsafe fn people(
    first: *const MapiRecipDesc,
    count: u32,
    width: Width,
) -> Result<Vec<Person>, Refusal> {
    if count > MAX_RECIPIENTS {
        let says = format!("a message has at most {MAX_RECIPIENTS} recipients");
        return Err(Refusal::new(SimpleCode::TOO_MANY_RECIPIENTS, says));
    }
    // SAFETY: forwarded from the caller.
    let given = unsafe { list(first, count) }?;
    let one = |given| {
        // SAFETY: as above.
        let person = unsafe { person(given, width) }?;
        if !(MAPI_TO..=MAPI_BCC).contains(&person.kind) {
            let says = format!("{} is neither To, nor Cc, nor Bcc", person.name);
            return Err(Refusal::new(SimpleCode::BAD_RECIPTYPE, says));
        }
        Ok(person)
    };
    given.iter().map(one).collect()
}

/// A message, with its files read.
///
/// # Safety
/// `message` is null or as documented, with texts of that width.
pub unsafe fn letter(message: *const MapiMessage, width: Width) -> Result<Letter, Refusal> {
    // SAFETY: forwarded from the caller; so are the members.
    unsafe {
        let given = message.as_ref().ok_or_else(|| missing("the message"))?;
        let mut letter = Letter {
            class: text(given.lpszMessageType, width),
            subject: text(given.lpszSubject, width),
            body: text(given.lpszNoteText, width),
            received: time::from_text(&text(given.lpszDateReceived, width)),
            conversation: text(given.lpszConversationID, width),
            wants_receipt: given.flFlags & MAPI_RECEIPT_REQUESTED != 0,
            recipients: people(given.lpRecips, given.nRecipCount, width)?,
            ..Letter::default()
        };
        if let Some(sender) = given.lpOriginator.as_ref() {
            letter.sender = Some(Person { kind: 0, ..person(sender, width)? });
        }
        if given.flFlags & MAPI_UNREAD == 0 {
            letter.flags |= MSGFLAG_READ;
        }
        if given.flFlags & MAPI_SENT == 0 {
            letter.flags |= MSGFLAG_UNSENT;
        }
        if given.nFileCount > MAX_FILES {
            let says = format!("a message has at most {MAX_FILES} files");
            return Err(Refusal::new(SimpleCode::TOO_MANY_FILES, says));
        }
        for file in list(given.lpFiles, given.nFileCount)? {
            letter.attachments.push(attachment(file, width)?);
        }
        Ok(letter)
    }
}

unsafe fn attachment(file: &MapiFileDesc, width: Width) -> Result<Attachment, Refusal> {
    // SAFETY: the caller passes texts of that width, or null.
    let (path, name) = unsafe { (text(file.lpszPathName, width), text(file.lpszFileName, width)) };
    Ok(Attachment { position: file.nPosition as i32, ..file_of(&path, &name)? })
}

/// A file to attach under a name; none is the file's own.
pub fn file_of(path: &str, name: &str) -> Result<Attachment, Refusal> {
    let own = path.rsplit('/').next().unwrap_or(path);
    let name = if name.is_empty() { own } else { name };
    let data = read_file(path)?;
    Ok(Attachment { name: name.to_owned(), position: -1, data, ..Attachment::default() })
}
