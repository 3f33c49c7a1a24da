//! Makes, changes, copies, moves and deletes messages.

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::{AttachmentChange, ChangeKind, MessageChange};
use mapi_abi::tags::*;
use mapi_abi::value::{EntryId, FileTime, Value};
use rusqlite::{Connection, OptionalExtension, params};

use crate::apply::apply_all;
use crate::changes::{Log, Places};
use crate::columns::Table;
use crate::derived;
use crate::entry::{Kind, Uid, row_of};
use crate::failure::of_sqlite;
use crate::folders::{self, SEARCH};
use crate::recipients;
use crate::stored;

/// `PR_MESSAGE_FLAGS`: an associated message.
const MSGFLAG_ASSOCIATED: i32 = 0x40;
/// What may be said of a message before it is saved for the first time; the rest
/// follows from the message.
const FIRST_FLAGS: i32 = 0x3FF & !(MSGFLAG_HASATTACH | MSGFLAG_ASSOCIATED);
/// What may be said of a message later: it is handed over, or taken back.
const LATER_FLAGS: i32 = MSGFLAG_SUBMIT | MSGFLAG_UNSENT;

const MESSAGES: &str = "working on messages";

pub(crate) fn no_such_message() -> Failure {
    Failure::new(Code::NOT_FOUND, "the message does not exist any more")
}

/// The folder of a message, if there is such a message.
pub(crate) fn folder_of(connection: &Connection, message: i64) -> Result<Option<i64>, Failure> {
    connection
        .prepare_cached("SELECT folder FROM messages WHERE id = ?1")
        .and_then(|mut find| find.query_row([message], |row| row.get(0)).optional())
        .map_err(of_sqlite(MESSAGES))
}

/// The row of a message that exists.
pub(crate) fn row(connection: &Connection, uid: &Uid, message: &EntryId) -> Result<i64, Failure> {
    let row = row_of(uid, Kind::Message, message)?;
    folder_of(connection, row)?.map(|_| row).ok_or_else(no_such_message)
}

/// The row of a folder that takes messages.
fn target(
    connection: &Connection,
    uid: &Uid,
    folder: &EntryId,
    associated: bool,
) -> Result<i64, Failure> {
    let row = folders::row(connection, uid, folder)?;
    if !associated && folders::kind(connection, row)? == Some(SEARCH) {
        return Err(Failure::new(Code::NO_ACCESS, "a search folder holds no messages of its own"));
    }
    Ok(row)
}

/// Makes or changes a message; answers its row.
pub(crate) fn save(
    connection: &Connection,
    log: &mut Log,
    uid: &Uid,
    change: &MessageChange<'_>,
    now: FileTime,
) -> Result<i64, Failure> {
    let failed = of_sqlite(MESSAGES);
    let row = match change.message {
        None => {
            let folder = target(connection, uid, change.folder, change.associated)?;
            insert(connection, folder, change, now).map_err(&failed)?
        }
        Some(entry) => touch(connection, row_of(uid, Kind::Message, entry)?, change, now)?,
    };
    apply_all(connection, Table::Message, row, &change.props)?;
    if let Some(list) = &change.recipients {
        recipients::replace(connection, row, list)?;
    }
    for attachment in &change.attachments {
        save_attachment(connection, row, attachment)?;
    }
    if let Some(original) = change.original {
        connection
            .prepare_cached("INSERT OR REPLACE INTO originals VALUES (?1, ?2)")
            .and_then(|mut keep| keep.execute(params![row, original]))
            .map_err(&failed)?;
    }
    derived::refresh(connection, row, change).map_err(&failed)?;
    let folder = folder_of(connection, row)?.ok_or_else(no_such_message)?;
    if change.message.is_none() {
        log.new_message(connection, row, folder).map_err(&failed)?;
    } else {
        let places = Places { parent: Some(folder), old_parent: None };
        log.message(connection, ChangeKind::Modified, row, places).map_err(&failed)?;
    }
    Ok(row)
}

/// The flags that a change sets, if any.
fn flags_in(change: &MessageChange<'_>) -> Option<i32> {
    change.props.set.iter().find_map(|prop| match (prop.tag, &prop.value) {
        (PR_MESSAGE_FLAGS, Value::Long(flags)) => Some(*flags),
        _ => None,
    })
}

fn insert(
    connection: &Connection,
    folder: i64,
    change: &MessageChange<'_>,
    now: FileTime,
) -> rusqlite::Result<i64> {
    // What came from outside was sent, and nobody has read it here.
    let usual = if change.original.is_some() { 0 } else { MSGFLAG_UNSENT | MSGFLAG_READ };
    let mut flags = flags_in(change).map_or(usual, |flags| flags & FIRST_FLAGS);
    if change.associated {
        flags |= MSGFLAG_ASSOCIATED;
    }
    connection
        .prepare_cached(
            "INSERT INTO messages (folder, associated, flags, search_key, created, modified)
             VALUES (?1, ?2, ?3, randomblob(16), ?4, ?4)",
        )?
        .insert(params![folder, change.associated, flags, now.0])
}

/// Checks that nobody else changed the message, and says that it is changed now.
fn touch(
    connection: &Connection,
    row: i64,
    change: &MessageChange<'_>,
    now: FileTime,
) -> Result<i64, Failure> {
    let failed = of_sqlite(MESSAGES);
    let modified: Option<i64> = connection
        .prepare_cached("SELECT modified FROM messages WHERE id = ?1")
        .and_then(|mut find| find.query_row([row], |row| row.get(0)).optional())
        .map_err(&failed)?;
    let Some(modified) = modified else { return Err(gone(connection, row)) };
    if change.expected.is_some_and(|expected| expected.0 != modified) {
        let says = "somebody else changed the message since it was opened";
        return Err(Failure::new(Code::OBJECT_CHANGED, says));
    }
    connection
        .prepare_cached("UPDATE messages SET modified = ?2 WHERE id = ?1")
        .and_then(|mut update| update.execute([row, now.0.max(modified + 1)]))
        .map_err(&failed)?;
    if let Some(flags) = flags_in(change) {
        connection
            .prepare_cached("UPDATE messages SET flags = flags & ~?2 | ?3 WHERE id = ?1")
            .and_then(|mut update| update.execute(params![row, LATER_FLAGS, flags & LATER_FLAGS]))
            .map_err(&failed)?;
    }
    Ok(row)
}

/// Numbers are used once: a message that was never there is told from one that is
/// not there any more.
fn gone(connection: &Connection, row: i64) -> Failure {
    let last: Option<i64> = connection
        .query_row("SELECT seq FROM sqlite_sequence WHERE name = 'messages'", [], |row| row.get(0))
        .ok();
    if last.is_some_and(|last| row <= last) {
        return Failure::new(Code::OBJECT_DELETED, "the message was deleted since it was opened");
    }
    no_such_message()
}

fn save_attachment(
    connection: &Connection,
    message: i64,
    change: &AttachmentChange,
) -> Result<(), Failure> {
    let failed = of_sqlite(MESSAGES);
    let place = params![message, change.number];
    if change.delete {
        connection
            .prepare_cached("DELETE FROM attachments WHERE message = ?1 AND number = ?2")
            .and_then(|mut delete| delete.execute(place))
            .map_err(&failed)?;
        return Ok(());
    }
    connection
        .prepare_cached("INSERT OR IGNORE INTO attachments (message, number) VALUES (?1, ?2)")
        .and_then(|mut add| add.execute(place))
        .map_err(&failed)?;
    let row = connection
        .prepare_cached("SELECT id FROM attachments WHERE message = ?1 AND number = ?2")
        .and_then(|mut find| find.query_row(place, |row| row.get(0)))
        .map_err(&failed)?;
    apply_all(connection, Table::Attachment, row, &change.props)
}

/// Deletes messages; those that are gone do not count.
pub(crate) fn delete(
    connection: &Connection,
    log: &mut Log,
    uid: &Uid,
    messages: &[EntryId],
) -> Result<(), Failure> {
    let failed = of_sqlite(MESSAGES);
    for entry in messages {
        let row = row_of(uid, Kind::Message, entry)?;
        let Some(folder) = folder_of(connection, row)? else { continue };
        connection
            .prepare_cached("DELETE FROM messages WHERE id = ?1")
            .and_then(|mut delete| delete.execute([row]))
            .map_err(&failed)?;
        let places = Places { parent: Some(folder), old_parent: None };
        log.message(connection, ChangeKind::Deleted, row, places).map_err(&failed)?;
    }
    Ok(())
}

/// Moves messages; they keep their numbers.
pub(crate) fn shift(
    connection: &Connection,
    log: &mut Log,
    uid: &Uid,
    messages: &[EntryId],
    folder: &EntryId,
) -> Result<Vec<i64>, Failure> {
    let failed = of_sqlite(MESSAGES);
    let folder = target(connection, uid, folder, false)?;
    let mut rows = Vec::with_capacity(messages.len());
    for entry in messages {
        let row = row_of(uid, Kind::Message, entry)?;
        let old_parent = folder_of(connection, row)?.ok_or_else(no_such_message)?;
        connection
            .prepare_cached("UPDATE messages SET folder = ?2 WHERE id = ?1")
            .and_then(|mut update| update.execute([row, folder]))
            .map_err(&failed)?;
        let places = Places { parent: Some(folder), old_parent: Some(old_parent) };
        log.message(connection, ChangeKind::Moved, row, places).map_err(&failed)?;
        rows.push(row);
    }
    Ok(rows)
}

/// Copies messages; answers the copies.
pub(crate) fn copy(
    connection: &Connection,
    log: &mut Log,
    uid: &Uid,
    messages: &[EntryId],
    folder: &EntryId,
    now: FileTime,
) -> Result<Vec<i64>, Failure> {
    let failed = of_sqlite(MESSAGES);
    let folder = target(connection, uid, folder, false)?;
    let mut rows = Vec::with_capacity(messages.len());
    for entry in messages {
        let from = row(connection, uid, entry)?;
        let to = copy_one(connection, from, folder, now).map_err(&failed)?;
        let places = Places { parent: Some(folder), old_parent: None };
        log.message(connection, ChangeKind::Created, to, places).map_err(&failed)?;
        rows.push(to);
    }
    Ok(rows)
}

const SAME: &str = "associated, class, subject, normalized_subject, conversation_topic,
    sender_name, sender_address, sender_type, display_to, display_cc, display_bcc, submit_time,
    delivery_time, size, flags, status, importance, has_attach, message_id, message_references,
    in_reply_to, preview, search_key";

fn copy_one(
    connection: &Connection,
    from: i64,
    folder: i64,
    now: FileTime,
) -> rusqlite::Result<i64> {
    let sql = format!(
        "INSERT INTO messages (folder, created, modified, {SAME})
         SELECT ?2, ?3, ?3, {SAME} FROM messages WHERE id = ?1"
    );
    let to = connection.prepare_cached(&sql)?.insert([from, folder, now.0])?;
    for sql in [
        "INSERT INTO bodies (message, text, html, headers, html_bytes)
         SELECT ?2, text, html, headers, html_bytes FROM bodies WHERE message = ?1",
        "INSERT INTO originals SELECT ?2, raw FROM originals WHERE message = ?1",
        "INSERT INTO recipients (message, number, type, name, address_type, address)
         SELECT ?2, number, type, name, address_type, address FROM recipients WHERE message = ?1",
        "INSERT INTO attachments (message, number, method, name, mime, content_id, position, data)
         SELECT ?2, number, method, name, mime, content_id, position, data
         FROM attachments WHERE message = ?1",
    ] {
        connection.prepare_cached(sql)?.execute([from, to])?;
    }
    stored::copy(connection, Table::Message, from, to)?;
    for table in [Table::Recipient, Table::Attachment] {
        let name = table.name();
        let sql = format!(
            "INSERT INTO props SELECT p.kind, new.id, p.id, p.type, p.value
             FROM {name} old JOIN {name} new ON new.number = old.number
             JOIN props p ON p.kind = ?3 AND p.object = old.id
             WHERE old.message = ?1 AND new.message = ?2"
        );
        connection.prepare_cached(&sql)?.execute(params![from, to, table.kind()])?;
    }
    Ok(to)
}

/// Marks messages as read or unread.
pub(crate) fn set_read(
    connection: &Connection,
    log: &mut Log,
    uid: &Uid,
    messages: &[EntryId],
    read: bool,
) -> Result<(), Failure> {
    let failed = of_sqlite(MESSAGES);
    let flag = if read { MSGFLAG_READ } else { 0 };
    for entry in messages {
        let row = row_of(uid, Kind::Message, entry)?;
        let folder = folder_of(connection, row)?.ok_or_else(no_such_message)?;
        let changed = connection
            .prepare_cached(
                "UPDATE messages SET flags = flags & ~?2 | ?3 WHERE id = ?1 AND flags & ?2 <> ?3",
            )
            .and_then(|mut update| update.execute(params![row, MSGFLAG_READ, flag]))
            .map_err(&failed)?;
        if changed > 0 {
            let places = Places { parent: Some(folder), old_parent: None };
            log.message(connection, ChangeKind::Modified, row, places).map_err(&failed)?;
        }
    }
    Ok(())
}
