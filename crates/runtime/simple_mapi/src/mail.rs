//! What the functions about messages do, in safe values.

use mapi_abi::simple_codes::SimpleCode;
use mapi_abi::spi::SpecialFolder;
use mapi_abi::structs::{
    LONG_MSGID_BYTES, MAPI_BODY_AS_FILE, MAPI_ENVELOPE_ONLY, MAPI_LONG_MSGID, MAPI_PEEK,
    MAPI_SUPPRESS_ATTACH, MAPI_UNREAD_ONLY, SHORT_MSGID_BYTES,
};
use mapi_abi::tags::ATTACH_BY_VALUE;
use mapi_abi::value::EntryId;
use mapi_mail::dialog;
use mapi_mail::{
    Detail, Filter, Letter, MailSession, TemporaryFiles, entry_from_text, entry_to_text,
    mail_store, read, resolve_all, save, send, special,
};

use crate::output::Written;
use crate::refusal::{Refusal, of_message};

/// `MAPI_DIALOG`.
pub const MAPI_DIALOG: u32 = 0x8;

/// Sends a message.
pub fn send_mail(session: &MailSession, mut letter: Letter, flags: u32) -> Result<(), Refusal> {
    let has_dialog = flags & MAPI_DIALOG != 0;
    if has_dialog {
        dialog::compose(session, &mut letter)?;
    }
    if letter.recipients.is_empty() {
        return Err(Refusal::new(SimpleCode::INVALID_RECIPS, "the message has no recipients"));
    }
    resolve_all(session, &mut letter.recipients, has_dialog)?;
    send(session, &letter)?;
    Ok(())
}

/// The identifier that a text stands for.
fn message_id(text: &str) -> Result<EntryId, Refusal> {
    let wrong = || {
        let says = format!("{text:?} is not an identifier of MAPIFindNext or MAPISaveMail");
        Refusal::new(SimpleCode::INVALID_MESSAGE, says)
    };
    entry_from_text(text).ok_or_else(wrong)
}

/// The text of an identifier, if it has room in the client's buffer.
fn id_text(entry: &EntryId, flags: u32) -> Result<String, Refusal> {
    let room = if flags & MAPI_LONG_MSGID != 0 { LONG_MSGID_BYTES } else { SHORT_MSGID_BYTES };
    let text = entry_to_text(entry);
    if text.len() < room {
        return Ok(text);
    }
    let says = "the identifier is too long: pass MAPI_LONG_MSGID and a larger buffer";
    Err(Refusal::new(SimpleCode::FAILURE, says))
}

/// The first message, or the next one. All are found in the order in which they
/// arrived, so that `MAPI_GUARANTEE_FIFO` changes nothing.
pub fn find_next(
    session: &MailSession,
    class: &str,
    seed: &str,
    flags: u32,
) -> Result<String, Refusal> {
    let seed = match seed {
        "" => None,
        seed => Some(message_id(seed)?),
    };
    let store = mail_store(session)?;
    let inbox = special(&store, SpecialFolder::Inbox)?;
    let filter = Filter { class: class.to_owned(), unread_only: flags & MAPI_UNREAD_ONLY != 0 };
    let found = session.finder().next(store.get()?, &inbox, &filter, seed.as_ref())?;
    let none = || Refusal::new(SimpleCode::NO_MESSAGES, "there is no further message");
    id_text(&found.ok_or_else(none)?, flags)
}

/// A message with its files, which are removed unless they are kept.
pub fn read_mail(
    session: &MailSession,
    id: &str,
    flags: u32,
) -> Result<(Letter, Vec<Written>, TemporaryFiles), Refusal> {
    let message = message_id(id)?;
    let store = mail_store(session)?;
    let detail = match (flags & MAPI_ENVELOPE_ONLY != 0, flags & MAPI_SUPPRESS_ATTACH != 0) {
        (true, true) => Detail::Envelope,
        (true, false) => Detail::Headers,
        (false, true) => Detail::Text,
        (false, false) => Detail::Whole,
    };
    let mut letter = read(store.get()?, &message, detail).map_err(of_message)?;
    let (mut files, mut written) = (TemporaryFiles::default(), Vec::new());
    if flags & MAPI_BODY_AS_FILE != 0 && flags & MAPI_ENVELOPE_ONLY == 0 {
        let path = files.write("text.txt", letter.body.as_bytes())?;
        written.push(Written { path, name: "text.txt".to_owned(), position: -1 });
        letter.body.clear();
    }
    for attachment in &letter.attachments {
        let path = match detail {
            Detail::Whole if attachment.method == ATTACH_BY_VALUE => {
                files.write(&attachment.name, &attachment.data)?
            }
            // What has no bytes of its own has no file.
            _ => String::new(),
        };
        let (name, position) = (attachment.name.clone(), attachment.position);
        written.push(Written { path, name, position });
    }
    if flags & (MAPI_PEEK | MAPI_ENVELOPE_ONLY) == 0 && !letter.is_read() {
        store.get()?.set_read(&[message], true).map_err(of_message)?;
    }
    Ok((letter, written, files))
}

/// Makes a message in the inbox, or replaces one; answers a new one's identifier.
pub fn save_mail(
    session: &MailSession,
    letter: &Letter,
    id: &str,
    flags: u32,
) -> Result<Option<String>, Refusal> {
    let store = mail_store(session)?;
    let inbox = special(&store, SpecialFolder::Inbox)?;
    if !id.is_empty() {
        let message = message_id(id)?;
        save(store.get()?, &inbox, Some(&message), letter).map_err(of_message)?;
        return Ok(None);
    }
    let made = save(store.get()?, &inbox, None, letter)?;
    id_text(&made, flags).map(Some)
}

/// Deletes a message for good.
pub fn delete_mail(session: &MailSession, id: &str) -> Result<(), Refusal> {
    let message = message_id(id)?;
    let store = mail_store(session)?;
    // A second deletion shall not look like a first.
    read(store.get()?, &message, Detail::Envelope).map_err(of_message)?;
    store.get()?.delete_messages(&[message]).map_err(of_message)
}
