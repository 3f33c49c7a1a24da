//! `partywall mail folders|list|read`

use mapi_abi::codes::Code;
use mapi_abi::restriction::SortKey;
use mapi_abi::spi::{MessageStore, Query};
use mapi_abi::tags::{
    MSGFLAG_READ, PR_ATTACH_NUM, PR_BODY, PR_CONTENT_COUNT, PR_CONTENT_UNREAD, PR_DEPTH,
    PR_DISPLAY_CC, PR_DISPLAY_NAME, PR_DISPLAY_TO, PR_ENTRYID, PR_HASATTACH, PR_HTML,
    PR_MESSAGE_DELIVERY_TIME, PR_MESSAGE_FLAGS, PR_MESSAGE_SIZE, PR_SENDER_EMAIL_ADDRESS,
    PR_SENDER_NAME, PR_SUBJECT,
};
use mapi_abi::value::{EntryId, Row, Value};
use serde::Serialize;
use store_sqlite::SqliteStore;

use super::with_store;
use crate::args::Common;
use crate::output::{Failure, cut, hexadecimal, json, line};

/// Rows that are read at a time.
const PIECE: u32 = 500;

#[derive(Serialize)]
struct Folder {
    id: String,
    name: String,
    messages: i32,
    unread: i32,
}

#[derive(Serialize)]
struct Message {
    id: String,
    subject: String,
    from: String,
    received: String,
    size: i32,
    attachments: usize,
}

fn text(row: &Row, at: usize) -> String {
    match row.get(at).map(|prop| &prop.value) {
        Some(Value::Unicode(text)) => text.clone(),
        _ => String::new(),
    }
}

fn number(row: &Row, at: usize) -> i32 {
    match row.get(at).map(|prop| &prop.value) {
        Some(Value::Long(number)) => *number,
        _ => 0,
    }
}

fn bytes(row: &Row, at: usize) -> Vec<u8> {
    match row.get(at).map(|prop| &prop.value) {
        Some(Value::Binary(bytes)) => bytes.clone(),
        _ => Vec::new(),
    }
}

/// RFC 3339, UTC.
fn time(row: &Row, at: usize) -> String {
    let seconds = match row.get(at).map(|prop| &prop.value) {
        Some(Value::SysTime(time)) => time.unix_seconds(),
        _ => 0,
    };
    jiff::Timestamp::from_second(seconds).unwrap_or_default().to_string()
}

fn entry_of(id: &str) -> Result<EntryId, Failure> {
    let digit = |at: usize| id.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    let bytes: Option<Vec<u8>> = (0..id.len()).step_by(2).map(digit).collect();
    bytes.filter(|bytes| !bytes.is_empty()).map(EntryId).ok_or_else(|| {
        let says = format!("{id:?} is not a message identifier; `mail list --json` prints them");
        Failure::with_code(says, Code::INVALID_ENTRYID.0 as u32)
    })
}

/// All folders with their paths, `A/B` for B inside A.
fn all_folders(store: &SqliteStore) -> Result<Vec<Folder>, Failure> {
    let columns = [PR_ENTRYID, PR_DISPLAY_NAME, PR_DEPTH, PR_CONTENT_COUNT, PR_CONTENT_UNREAD];
    let mut path: Vec<String> = Vec::new();
    let mut folders = Vec::new();
    for row in store.hierarchy(&store.root(), &columns)? {
        let depth = usize::try_from(number(&row, 2)).unwrap_or(1).max(1);
        path.truncate(depth - 1);
        path.push(text(&row, 1));
        folders.push(Folder {
            id: hexadecimal(&bytes(&row, 0)),
            name: path.join("/"),
            messages: number(&row, 3),
            unread: number(&row, 4),
        });
    }
    Ok(folders)
}

/// `partywall mail folders`
pub fn folders(common: &Common, user: &str) -> Result<(), Failure> {
    let folders = with_store(user, false, all_folders)?;
    if common.json {
        return json(&folders);
    }
    line(&format!("{:<40} {:>8} {:>8}", "folder", "messages", "unread"))?;
    for folder in folders {
        let Folder { name, messages, unread, .. } = folder;
        line(&format!("{:<40} {messages:>8} {unread:>8}", cut(&name, 40)))?;
    }
    Ok(())
}

/// `partywall mail list`
pub fn messages(common: &Common, user: &str, folder: &str) -> Result<(), Failure> {
    let messages = with_store(user, false, |store| list(store, user, folder))?;
    if common.json {
        return json(&messages);
    }
    for message in messages {
        let received = message.received.get(..16).unwrap_or_default().replace('T', " ");
        let (from, subject) = (cut(&message.from, 24), cut(&message.subject, 60));
        line(&format!("{received}  {from:<24}  {subject}"))?;
    }
    Ok(())
}

fn list(store: &SqliteStore, user: &str, folder: &str) -> Result<Vec<Message>, Failure> {
    let known = all_folders(store)?;
    let same = |known: &&Folder| known.name.to_lowercase() == folder.to_lowercase();
    let Some(found) = known.iter().find(same) else {
        let names: Vec<&str> = known.iter().map(|folder| &*folder.name).collect();
        let says = format!("{user} has no folder {folder:?}; there are {}", names.join(", "));
        return Err(Failure::with_code(says, Code::NOT_FOUND.0 as u32));
    };
    let query = Query {
        columns: vec![
            PR_ENTRYID,
            PR_SUBJECT,
            PR_SENDER_NAME,
            PR_SENDER_EMAIL_ADDRESS,
            PR_MESSAGE_DELIVERY_TIME,
            PR_MESSAGE_SIZE,
            PR_HASATTACH,
        ],
        restriction: None,
        sort: vec![SortKey { tag: PR_MESSAGE_DELIVERY_TIME, descending: true }],
        associated: false,
    };
    let folder = entry_of(&found.id)?;
    let mut messages = Vec::new();
    loop {
        let rows = store.rows(&folder, &query, messages.len() as u64, PIECE)?;
        if rows.is_empty() {
            return Ok(messages);
        }
        for row in rows {
            messages.push(listed(store, &row)?);
        }
    }
}

fn listed(store: &SqliteStore, row: &Row) -> Result<Message, Failure> {
    let id = bytes(row, 0);
    let has_attachments = row.get(6).is_some_and(|prop| matches!(prop.value, Value::Boolean(true)));
    let attachments = if has_attachments {
        store.attachments(&EntryId(id.clone()), &[PR_ATTACH_NUM])?.len()
    } else {
        0
    };
    let (name, address) = (text(row, 2), text(row, 3));
    let from = match (&*name, &*address) {
        ("", _) => address,
        (_, "") => name,
        (same, other) if same == other => address,
        _ => format!("{name} <{address}>"),
    };
    Ok(Message {
        id: hexadecimal(&id),
        subject: text(row, 1),
        from,
        received: time(row, 4),
        size: number(row, 5),
        attachments,
    })
}

#[derive(Serialize)]
struct Whole {
    id: String,
    subject: String,
    from: String,
    to: String,
    cc: String,
    received: String,
    size: i32,
    read: bool,
    text: String,
    html: String,
}

/// `partywall mail read`
pub fn read(common: &Common, user: &str, id: &str, raw: bool) -> Result<(), Failure> {
    let entry = entry_of(id)?;
    if raw {
        use std::io::Write;
        let original = with_store(user, false, |store| Ok(store.original(&entry)?))?;
        let original = original.ok_or_else(|| {
            Failure::new("the message was written here: it has no bytes from outside")
        })?;
        let written = std::io::stdout().lock().write_all(&original);
        return written.map_err(|error| Failure::new(format!("cannot write: {error}")));
    }
    let whole = with_store(user, false, |store| whole(store, &entry))?;
    if common.json {
        return json(&whole);
    }
    for (name, value) in [
        ("From", &whole.from),
        ("To", &whole.to),
        ("Cc", &whole.cc),
        ("Subject", &whole.subject),
        ("Received", &whole.received),
    ] {
        if !value.is_empty() {
            line(&format!("{name:<9} {}", cut(value, 400)))?;
        }
    }
    let body = if whole.text.is_empty() { &whole.html } else { &whole.text };
    line("")?;
    body.lines().try_for_each(|text| line(&crate::output::printable(text)))
}

fn whole(store: &SqliteStore, entry: &EntryId) -> Result<Whole, Failure> {
    let row = store.message_props(
        entry,
        &[
            PR_SUBJECT,
            PR_SENDER_NAME,
            PR_SENDER_EMAIL_ADDRESS,
            PR_DISPLAY_TO,
            PR_DISPLAY_CC,
            PR_MESSAGE_DELIVERY_TIME,
            PR_MESSAGE_SIZE,
            PR_MESSAGE_FLAGS,
            PR_BODY,
            PR_HTML,
        ],
    )?;
    Ok(Whole {
        id: hexadecimal(&entry.0),
        subject: text(&row, 0),
        from: format!("{} <{}>", text(&row, 1), text(&row, 2)),
        to: text(&row, 3),
        cc: text(&row, 4),
        received: time(&row, 5),
        size: number(&row, 6),
        read: number(&row, 7) & MSGFLAG_READ != 0,
        text: text(&row, 8),
        html: String::from_utf8_lossy(&bytes(&row, 9)).into_owned(),
    })
}
