//! From letters to the structures of a client, in one block.

use core::ffi::c_char;
use core::ptr::null_mut;

use extended_mapi::Block;
use mapi_abi::codes::Failure;
use mapi_abi::structs::{
    CMC_ATT_LAST_ELEMENT, CMC_MSG_LAST_ELEMENT, CMC_MSG_READ, CMC_MSG_UNSENT,
    CMC_RECIP_LAST_ELEMENT, CMC_ROLE_BCC, CMC_ROLE_CC, CMC_ROLE_ORIGINATOR, CMC_ROLE_TO,
    CMC_SUM_LAST_ELEMENT, CMC_SUM_READ, CMC_SUM_UNSENT, CMC_TYPE_GROUP, CMC_TYPE_INDIVIDUAL,
    CMC_TYPE_UNKNOWN, CMC_attachment, CMC_message, CMC_message_reference, CMC_message_summary,
    CMC_recipient, CMC_time,
};
use mapi_abi::tags::{MAPI_BCC, MAPI_CC, MAPI_TO, MSGFLAG_UNSENT};
use mapi_abi::value::{EntryId, FileTime};
use mapi_mail::{Letter, Person, entry_to_text};

/// Content type of what has none.
const UNKNOWN_TYPE: &str = "CMC: ATT OID";

/// A text as the session wants it.
pub fn text(block: &Block, text: &str, counted: bool) -> Result<*mut c_char, Failure> {
    if counted { counted_text(block, text) } else { Ok(block.text(text)?.cast()) }
}

fn counted_text(block: &Block, text: &str) -> Result<*mut c_char, Failure> {
    let length = (text.len() as u32).to_ne_bytes();
    let bytes: Vec<u8> = length.into_iter().chain(text.bytes()).chain([0]).collect();
    Ok(block.list(&bytes)?.cast())
}

/// What a client names a message by.
fn reference(block: &Block, entry: &EntryId) -> Result<*mut CMC_message_reference, Failure> {
    Ok(counted_text(block, &entry_to_text(entry))?.cast())
}

/// A moment, in Greenwich.
fn time(time: FileTime) -> CMC_time {
    let seconds = time.unix_seconds();
    let (days, of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Years begin with March here, so that a leap day is the last one.
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let calendar = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i64::from(calendar <= 2) - 1900;
    CMC_time {
        second: (of_day % 60) as i8,
        minute: (of_day / 60 % 60) as i8,
        hour: (of_day / 3600) as i8,
        day: day as i8,
        month: calendar as i8,
        // The structure has no room for more.
        year: year.clamp(0, i64::from(i8::MAX)) as i8,
        isdst: 0,
        unused1: 0,
        tmzone: 0,
        unused2: 0,
    }
}

fn message_type(class: &str) -> &str {
    if class == "IPM.Note" { "CMC:IPM" } else { class }
}

fn recipient(block: &Block, person: &Person, counted: bool) -> Result<CMC_recipient, Failure> {
    Ok(CMC_recipient {
        name: text(block, &person.name, counted)?,
        name_type: match (person.is_resolved(), person.display_type) {
            (false, _) => CMC_TYPE_UNKNOWN,
            (true, 0 | 6) => CMC_TYPE_INDIVIDUAL,
            (true, _) => CMC_TYPE_GROUP,
        },
        address: text(block, &person.full_address(), counted)?,
        role: match person.kind {
            MAPI_TO => CMC_ROLE_TO,
            MAPI_CC => CMC_ROLE_CC,
            MAPI_BCC => CMC_ROLE_BCC,
            _ => CMC_ROLE_ORIGINATOR,
        },
        recip_flags: 0,
        recip_extensions: null_mut(),
    })
}

fn recipients<'a>(
    block: &Block,
    people: impl Iterator<Item = &'a Person>,
    counted: bool,
) -> Result<Vec<CMC_recipient>, Failure> {
    let mut list =
        people.map(|person| recipient(block, person, counted)).collect::<Result<Vec<_>, _>>()?;
    if let Some(last) = list.last_mut() {
        last.recip_flags |= CMC_RECIP_LAST_ELEMENT;
    }
    Ok(list)
}

/// People, in an array of their own; nobody is null.
pub fn people(people: &[Person], counted: bool) -> Result<*mut CMC_recipient, Failure> {
    if people.is_empty() {
        return Ok(null_mut());
    }
    let block = Block::new::<CMC_recipient>(people.len())?;
    let list = recipients(&block, people.iter(), counted)?;
    Ok(block.finish(&list))
}

/// A message; an attachment without a path has no file.
pub fn message(
    entry: &EntryId,
    letter: &Letter,
    paths: &[String],
    counted: bool,
) -> Result<*mut CMC_message, Failure> {
    let block = Block::new::<CMC_message>(1)?;
    let people = letter.sender.iter().chain(&letter.recipients);
    let recipients = recipients(&block, people, counted)?;
    let mut attachments = Vec::new();
    for (attachment, path) in letter.attachments.iter().zip(paths) {
        let kind = match &*attachment.content_type {
            "" => UNKNOWN_TYPE,
            known => known,
        };
        let file = if path.is_empty() { null_mut() } else { text(&block, path, counted)? };
        attachments.push(CMC_attachment {
            attach_title: text(&block, &attachment.name, counted)?,
            attach_type: text(&block, kind, counted)?,
            attach_filename: file,
            attach_flags: 0,
            attach_extensions: null_mut(),
        });
    }
    if let Some(last) = attachments.last_mut() {
        last.attach_flags |= CMC_ATT_LAST_ELEMENT;
    }
    let message = CMC_message {
        message_reference: reference(&block, entry)?,
        message_type: text(&block, message_type(&letter.class), counted)?,
        subject: text(&block, &letter.subject, counted)?,
        time_sent: letter.sent.or(letter.received).map(time).unwrap_or_default(),
        text_note: text(&block, &letter.body, counted)?,
        recipients: block.list(&recipients)?,
        attachments: block.list(&attachments)?,
        message_flags: CMC_MSG_LAST_ELEMENT | flags(letter, CMC_MSG_READ, CMC_MSG_UNSENT),
        message_extensions: null_mut(),
    };
    Ok(block.finish(&[message]))
}

fn flags(letter: &Letter, read: u32, unsent: u32) -> u32 {
    let is_unsent = letter.flags & MSGFLAG_UNSENT != 0;
    (if letter.is_read() { read } else { 0 }) | (if is_unsent { unsent } else { 0 })
}

/// What there is to say of messages; of those without a letter, the reference.
pub fn summaries(
    list: &[(EntryId, Option<Letter>)],
    counted: bool,
) -> Result<*mut CMC_message_summary, Failure> {
    if list.is_empty() {
        return Ok(null_mut());
    }
    let block = Block::new::<CMC_message_summary>(list.len())?;
    let mut summaries = Vec::with_capacity(list.len());
    for (entry, letter) in list {
        let mut summary = CMC_message_summary {
            message_reference: reference(&block, entry)?,
            message_type: null_mut(),
            subject: null_mut(),
            time_sent: CMC_time::default(),
            byte_length: 0,
            originator: null_mut(),
            summary_flags: 0,
            message_summary_extensions: null_mut(),
        };
        if let Some(letter) = letter {
            summary.message_type = text(&block, message_type(&letter.class), counted)?;
            summary.subject = text(&block, &letter.subject, counted)?;
            summary.time_sent = letter.sent.or(letter.received).map(time).unwrap_or_default();
            summary.byte_length = letter.size;
            summary.originator = block.list(&recipients(&block, letter.sender.iter(), counted)?)?;
            summary.summary_flags = flags(letter, CMC_SUM_READ, CMC_SUM_UNSENT);
        }
        summaries.push(summary);
    }
    if let Some(last) = summaries.last_mut() {
        last.summary_flags |= CMC_SUM_LAST_ELEMENT;
    }
    Ok(block.finish(&summaries))
}

/// A text in a block of its own.
pub fn text_alone(what: &str, counted: bool) -> Result<*mut c_char, Failure> {
    let length = (what.len() as u32).to_ne_bytes();
    let front = if counted { &length[..] } else { &[] };
    let bytes: Vec<u8> = front.iter().copied().chain(what.bytes()).chain([0]).collect();
    let block = Block::new::<u8>(bytes.len())?;
    Ok(block.finish(&bytes).cast())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_its_calendar_date() {
        let at = |seconds| {
            let time = time(FileTime::from_unix_seconds(seconds));
            (time.year, time.month, time.day, time.hour, time.minute, time.second)
        };
        assert_eq!(at(0), (70, 1, 1, 0, 0, 0));
        assert_eq!(at(951_782_400), (100, 2, 29, 0, 0, 0));
        assert_eq!(at(1_700_000_000), (123, 11, 14, 22, 13, 20));
        assert_eq!(at(-1), (69, 12, 31, 23, 59, 59));
    }
}
