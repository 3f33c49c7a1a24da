//! What the functions about messages do, in safe values.

use mapi_abi::cmc_codes::CmcCode;
use mapi_abi::spi::SpecialFolder;
use mapi_abi::structs::{
    CMC_DO_NOT_MARK_AS_READ, CMC_LIST_COUNT_ONLY, CMC_LIST_MSG_REFS_ONLY, CMC_LIST_UNREAD_ONLY,
    CMC_MSG_AND_ATT_HDRS_ONLY, CMC_READ_FIRST_UNREAD_MESSAGE, CMC_SEND_UI_REQUESTED,
};
use mapi_abi::tags::ATTACH_BY_VALUE;
use mapi_abi::value::EntryId;
use mapi_mail::{
    Detail, Filter, Finder, Letter, MailSession, TemporaryFiles, dialog, entry_from_text,
    mail_store, read, resolve_all, send, special,
};

use crate::refusal::{Refusal, of_message};

/// Sends a message.
pub fn send_message(session: &MailSession, mut letter: Letter, flags: u32) -> Result<(), Refusal> {
    let has_dialog = flags & CMC_SEND_UI_REQUESTED != 0;
    if has_dialog {
        dialog::compose(session, &mut letter)?;
    }
    if letter.recipients.is_empty() {
        let says = "the message has no recipients";
        return Err(Refusal::new(CmcCode::INVALID_MESSAGE_PARAMETER, says));
    }
    resolve_all(session, &mut letter.recipients, has_dialog)?;
    send(session, &letter)?;
    Ok(())
}

/// The message that a reference names.
pub fn message_id(reference: &str) -> Result<EntryId, Refusal> {
    let wrong = || {
        let says = format!("{reference:?} is not a reference of cmc_list or cmc_read");
        Refusal::new(CmcCode::INVALID_MESSAGE_REFERENCE, says)
    };
    entry_from_text(reference).ok_or_else(wrong)
}

/// Deletes a message for good.
pub fn delete(session: &MailSession, reference: &str) -> Result<(), Refusal> {
    let message = message_id(reference)?;
    let store = mail_store(session)?;
    // A second deletion shall not look like a first.
    read(store.get()?, &message, Detail::Envelope).map_err(of_message)?;
    store.get()?.delete_messages(&[message]).map_err(of_message)
}

/// The messages of the inbox, at most `most` unless that is 0, from behind a seed.
pub fn list(
    session: &MailSession,
    class: &str,
    flags: u32,
    seed: Option<&EntryId>,
    most: u32,
) -> Result<Vec<(EntryId, Option<Letter>)>, Refusal> {
    let store = mail_store(session)?;
    let inbox = special(&store, SpecialFolder::Inbox)?;
    let filter = Filter { class: class.to_owned(), unread_only: flags & CMC_LIST_UNREAD_ONLY != 0 };
    let most = if most == 0 { usize::MAX } else { most as usize };
    let found = Finder::default().list(store.get()?, &inbox, &filter, seed, most)?;
    let wants_letters = flags & (CMC_LIST_MSG_REFS_ONLY | CMC_LIST_COUNT_ONLY) == 0;
    let one = |entry: EntryId| -> Result<_, Refusal> {
        let letter = match wants_letters {
            true => Some(read(store.get()?, &entry, Detail::Envelope).map_err(of_message)?),
            false => None,
        };
        Ok((entry, letter))
    };
    found.into_iter().map(one).collect()
}

/// A message with the paths of its files, which are removed unless they are kept.
pub struct Reading {
    /// Which.
    pub entry: EntryId,
    /// The message.
    pub letter: Letter,
    /// One path for each attachment; empty without a file.
    pub paths: Vec<String>,
    /// The files.
    pub files: TemporaryFiles,
}

/// Reads the message of a reference, or the first one.
pub fn read_message(
    session: &MailSession,
    reference: Option<&str>,
    flags: u32,
) -> Result<Reading, Refusal> {
    let store = mail_store(session)?;
    let entry = match reference {
        Some(reference) => message_id(reference)?,
        None => {
            let inbox = special(&store, SpecialFolder::Inbox)?;
            let unread_only = flags & CMC_READ_FIRST_UNREAD_MESSAGE != 0;
            let filter = Filter { unread_only, ..Filter::default() };
            let first = Finder::default().next(store.get()?, &inbox, &filter, None)?;
            let none =
                || Refusal::new(CmcCode::INVALID_MESSAGE_REFERENCE, "there is no message to read");
            first.ok_or_else(none)?
        }
    };
    let headers_only = flags & CMC_MSG_AND_ATT_HDRS_ONLY != 0;
    let detail = if headers_only { Detail::Headers } else { Detail::Whole };
    let letter = read(store.get()?, &entry, detail).map_err(of_message)?;
    let (mut files, mut paths) = (TemporaryFiles::default(), Vec::new());
    for attachment in &letter.attachments {
        paths.push(match headers_only || attachment.method != ATTACH_BY_VALUE {
            true => String::new(),
            false => files.write(&attachment.name, &attachment.data)?,
        });
    }
    if flags & CMC_DO_NOT_MARK_AS_READ == 0 && !letter.is_read() {
        store.get()?.set_read(std::slice::from_ref(&entry), true).map_err(of_message)?;
    }
    Ok(Reading { entry, letter, paths, files })
}
