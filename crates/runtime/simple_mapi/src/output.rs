//! From a letter to the structures of a client, in one block.

use core::ptr::null_mut;

use extended_mapi::Block;
use mapi_abi::codes::Failure;
use mapi_abi::structs::{
    MAPI_RECEIPT_REQUESTED, MAPI_SENT, MAPI_UNREAD, MapiFileDesc, MapiMessage, MapiRecipDesc,
};
use mapi_abi::tags::MSGFLAG_UNSENT;
use mapi_mail::{Letter, Person};

use crate::time;

/// A file that was written for a client.
pub struct Written {
    /// Where it is.
    pub path: String,
    /// What the attachment is called.
    pub name: String,
    /// Where it is shown.
    pub position: i32,
}

fn person(block: &Block, person: &Person) -> Result<MapiRecipDesc, Failure> {
    Ok(MapiRecipDesc {
        ulReserved: 0,
        ulRecipClass: person.kind as u32,
        lpszName: block.text(&person.name)?,
        lpszAddress: block.text(&person.full_address())?,
        ulEIDSize: person.entry.len() as u32,
        lpEntryID: block.list(&person.entry)?.cast(),
    })
}

/// A message with the files that were written for it.
pub fn message(letter: &Letter, files: &[Written]) -> Result<*mut MapiMessage, Failure> {
    let block = Block::new::<MapiMessage>(1)?;
    let originator = match &letter.sender {
        Some(sender) => block.list(&[person(&block, sender)?])?,
        None => null_mut(),
    };
    let recipients = letter.recipients.iter().map(|one| person(&block, one));
    let recipients = recipients.collect::<Result<Vec<_>, _>>()?;
    let file = |written: &Written| -> Result<MapiFileDesc, Failure> {
        Ok(MapiFileDesc {
            ulReserved: 0,
            flFlags: 0,
            nPosition: written.position as u32,
            lpszPathName: block.text(&written.path)?,
            lpszFileName: block.text(&written.name)?,
            lpFileType: null_mut(),
        })
    };
    let files = files.iter().map(file).collect::<Result<Vec<_>, _>>()?;
    let mut flags = 0;
    for (is_so, flag) in [
        (!letter.is_read(), MAPI_UNREAD),
        (letter.wants_receipt, MAPI_RECEIPT_REQUESTED),
        (letter.flags & MSGFLAG_UNSENT == 0, MAPI_SENT),
    ] {
        flags |= if is_so { flag } else { 0 };
    }
    let received = letter.received.or(letter.sent).map(time::to_text).unwrap_or_default();
    let message = MapiMessage {
        ulReserved: 0,
        lpszSubject: block.text(&letter.subject)?,
        lpszNoteText: block.text(&letter.body)?,
        lpszMessageType: block.text(&letter.class)?,
        lpszDateReceived: block.text(&received)?,
        lpszConversationID: block.text(&letter.conversation)?,
        flFlags: flags,
        lpOriginator: originator,
        nRecipCount: recipients.len() as u32,
        lpRecips: block.list(&recipients)?,
        nFileCount: files.len() as u32,
        lpFiles: block.list(&files)?,
    };
    Ok(block.finish(&[message]))
}

/// Recipients, one after the other.
pub fn people(people: &[Person]) -> Result<*mut MapiRecipDesc, Failure> {
    let block = Block::new::<MapiRecipDesc>(people.len().max(1))?;
    let list = people.iter().map(|one| person(&block, one)).collect::<Result<Vec<_>, _>>()?;
    Ok(block.finish(&list))
}
