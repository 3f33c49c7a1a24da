//! Puts whole messages into a store: imports, the demo.
//!
//! # Invariants
//! - What [`Writer::commit`] has returned for is on the disk: nothing that was
//!   acknowledged is lost by a crash of the process or the machine.
//! - What was not committed leaves no trace, also when the process is killed.
//! - A message is in the store whole, with its original bytes, or not at all.
//! - The times of messages are the caller's: it says what now is.
//! - Unread messages that are added to the Inbox are new mail.

use std::path::Path;
use std::time::SystemTime;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::Access;
use mapi_abi::tags::{ATTACH_BY_VALUE, MSGFLAG_HASATTACH, MSGFLAG_READ, MSGFLAG_UNSENT};
use mapi_abi::value::{EntryId, FileTime};
use rusqlite::{Connection, OptionalExtension, named_params, params};

use crate::changes::Log;
use crate::database::{self, Database, StoreAt};
use crate::entry::{Kind, Uid, encode};
use crate::failure::of_sqlite;
use crate::notice::Notice;
use crate::schema::{MAX_FOLDER_DEPTH, ROOT_ROW};
use crate::text::normalized_subject;
use crate::{folders, recipients};

/// Most characters of a preview.
pub const MAX_PREVIEW_CHARS: usize = 255;

const WRITE: &str = "writing to the store";

const INSERT_MESSAGE: &str = "
INSERT INTO messages (
    folder, subject, normalized_subject, conversation_topic, sender_name, sender_address,
    sender_type, display_to, display_cc, submit_time, delivery_time, size, flags, status,
    importance, has_attach, message_id, message_references, in_reply_to, preview, search_key,
    created, modified
) VALUES (
    :folder, :subject, :normalized, :normalized, nullif(:name, ''), nullif(:address, ''),
    iif(:address = '', NULL, 'SMTP'), :to, :cc, :submit, :delivery, :size, :flags, :status,
    :importance, :has_attach, :id, :references, :reply, :preview, randomblob(16),
    :now, :now
)";

/// Number of a folder in its store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FolderId(i64);

/// Number of a message in its store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MessageId(i64);

/// What the message itself does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Envelope {
    /// Whether it was read.
    pub read: bool,
    /// Whether it is still being written.
    pub unsent: bool,
    /// `MSGSTATUS_*` bits.
    pub status: i32,
    /// When it arrived, in seconds since 1970-01-01 UTC; else what the message's
    /// topmost `Received` or its `Date` says, else `now`.
    pub received: Option<i64>,
    /// The time of the call, in seconds since 1970-01-01 UTC.
    pub now: i64,
}

/// A store open for adding messages.
pub struct Writer {
    connection: Connection,
    uid: Uid,
    is_open: bool,
    log: Log,
    notice: Notice,
}

impl Writer {
    /// Opens the store of `user` in `folder`; creates it when there is none.
    ///
    /// # Errors
    /// As [`crate::SqliteStore::open`].
    pub fn open(folder: &Path, user: &str) -> Result<Self, Failure> {
        let access = Access { write: true, create: true };
        let at = StoreAt { folder, mailbox: user, access };
        let Database { connection, uid, .. } = database::open(at)?;
        let (log, notice) = (Log::default(), Notice::open(folder));
        Ok(Self { connection, uid, is_open: false, log, notice })
    }

    /// The folder at `path` below the root; what is missing of it is created.
    ///
    /// # Errors
    /// `INVALID_PARAMETER` a name is empty, longer than [`crate::MAX_FOLDER_NAME_CHARS`]
    /// or has control characters, or the path is deeper than
    /// [`MAX_FOLDER_DEPTH`]; disk errors.
    pub fn ensure_folder(&mut self, path: &[&str]) -> Result<FolderId, Failure> {
        check_path(path)?;
        self.begin()?;
        let failed = of_sqlite(WRITE);
        let mut parent = ROOT_ROW;
        for name in path {
            let found = self
                .connection
                .prepare_cached("SELECT id FROM folders WHERE parent = ?1 AND name = ?2")
                .and_then(|mut find| {
                    find.query_row(params![parent, name], |row| row.get(0)).optional()
                })
                .map_err(&failed)?;
            parent = match found {
                Some(row) => row,
                None => {
                    let now = FileTime::from_system(SystemTime::now());
                    folders::insert(&self.connection, &mut self.log, parent, name, 1, "", now)
                        .map_err(&failed)?
                }
            };
        }
        Ok(FolderId(parent))
    }

    /// Adds a message with its original bytes; durable after [`Writer::commit`].
    ///
    /// # Errors
    /// `NOT_FOUND` no such folder; disk errors. The message is then not in the
    /// store, and what was added before it still is.
    pub fn append(
        &mut self,
        folder: FolderId,
        message: &mime::Message,
        raw: &[u8],
        envelope: &Envelope,
    ) -> Result<MessageId, Failure> {
        self.begin()?;
        let failed = of_sqlite(WRITE);
        let savepoint = self.connection.savepoint().map_err(&failed)?;
        let exists = savepoint
            .prepare_cached("SELECT 1 FROM folders WHERE id = ?1")
            .and_then(|mut find| find.exists([folder.0]))
            .map_err(&failed)?;
        if !exists {
            return Err(Failure::new(Code::NOT_FOUND, "the folder does not exist any more"));
        }
        let row = insert(&savepoint, folder, message, raw, envelope).map_err(&failed)?;
        self.log.new_message(&savepoint, row, folder.0).map_err(&failed)?;
        savepoint.commit().map_err(&failed)?;
        Ok(MessageId(row))
    }

    /// Makes everything added so far durable.
    ///
    /// # Errors
    /// Disk errors; then nothing since the last commit is in the store.
    pub fn commit(&mut self) -> Result<(), Failure> {
        if !self.is_open {
            return Ok(());
        }
        self.check_not_lost()?;
        let committed = std::mem::take(&mut self.log)
            .finish(&self.connection)
            .and_then(|()| self.connection.execute_batch("COMMIT"))
            .map_err(of_sqlite(WRITE));
        if committed.is_err() && !self.connection.is_autocommit() {
            self.connection.execute_batch("ROLLBACK").map_err(of_sqlite(WRITE))?;
        }
        self.is_open = false;
        if committed.is_ok() {
            self.notice.tell();
        }
        committed
    }

    /// Entry identifier of a folder.
    pub fn folder_entry(&self, folder: FolderId) -> EntryId {
        encode(&self.uid, Kind::Folder, folder.0)
    }

    /// Entry identifier of a message.
    pub fn message_entry(&self, message: MessageId) -> EntryId {
        encode(&self.uid, Kind::Message, message.0)
    }

    fn begin(&mut self) -> Result<(), Failure> {
        if self.is_open {
            return self.check_not_lost();
        }
        self.connection.execute_batch("BEGIN IMMEDIATE").map_err(of_sqlite(WRITE))?;
        self.is_open = true;
        Ok(())
    }

    /// SQLite itself takes a transaction back when, for example, the disk is full.
    fn check_not_lost(&mut self) -> Result<(), Failure> {
        if self.connection.is_autocommit() {
            self.is_open = false;
            self.log = Log::default();
            let says = "the store took back what was not committed: repeat it";
            return Err(Failure::new(Code::DISK_ERROR, says));
        }
        Ok(())
    }
}

fn check_path(path: &[&str]) -> Result<(), Failure> {
    if path.len() > MAX_FOLDER_DEPTH {
        let says = format!("folders are nested deeper than {MAX_FOLDER_DEPTH}");
        return Err(Failure::new(Code::INVALID_PARAMETER, says));
    }
    path.iter().try_for_each(|name| folders::check_name(name))
}

fn flags(message: &mime::Message, envelope: &Envelope) -> i32 {
    let mut flags = 0;
    if envelope.read {
        flags |= MSGFLAG_READ;
    }
    if envelope.unsent {
        flags |= MSGFLAG_UNSENT;
    }
    if !message.attachments.is_empty() {
        flags |= MSGFLAG_HASATTACH;
    }
    flags
}

const fn importance(importance: mime::Importance) -> i32 {
    match importance {
        mime::Importance::Low => 0,
        mime::Importance::Normal => 1,
        mime::Importance::High => 2,
    }
}

fn insert(
    connection: &Connection,
    folder: FolderId,
    message: &mime::Message,
    raw: &[u8],
    envelope: &Envelope,
) -> rusqlite::Result<i64> {
    let delivery = envelope.received.or(message.received).or(message.date).unwrap_or(envelope.now);
    let units = |seconds| FileTime::from_unix_seconds(seconds).0;
    let row = connection.prepare_cached(INSERT_MESSAGE)?.insert(named_params! {
        ":folder": folder.0,
        ":subject": message.subject,
        ":normalized": normalized_subject(&message.subject),
        ":name": message.from.display(),
        ":address": message.from.address,
        ":to": message.display_to(),
        ":cc": message.display_cc(),
        ":submit": message.date.map(units),
        ":delivery": units(delivery),
        ":size": i32::try_from(raw.len()).unwrap_or(i32::MAX),
        ":flags": flags(message, envelope),
        ":status": envelope.status,
        ":importance": importance(message.importance),
        ":has_attach": !message.attachments.is_empty(),
        ":id": message.message_id,
        ":references": message.references,
        ":reply": message.in_reply_to,
        ":preview": mime::preview(message, MAX_PREVIEW_CHARS),
        ":now": units(envelope.now),
    })?;
    let headers = Some(&message.headers).filter(|headers| !headers.is_empty());
    connection
        .prepare_cached(
            "INSERT INTO bodies (message, text, html, headers) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![row, message.text, message.html, headers])?;
    connection
        .prepare_cached("INSERT INTO originals VALUES (?1, ?2)")?
        .execute(params![row, raw])?;
    recipients::insert(connection, row, &message_props::recipients_of(message, raw))?;
    let mut add = connection.prepare_cached(
        "INSERT INTO attachments (message, number, method, name, mime, content_id, data)
         VALUES (?1, ?2, ?3, nullif(?4, ''), ?5, ?6, ?7)",
    )?;
    for (number, attachment) in message.attachments.iter().enumerate() {
        add.execute(params![
            row,
            i64::try_from(number).unwrap_or(i64::MAX),
            ATTACH_BY_VALUE,
            attachment.name,
            attachment.content_type,
            attachment.content_id,
            attachment.bytes,
        ])?;
    }
    Ok(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(writer: &Writer) -> i64 {
        let sql = "SELECT count(*) FROM messages";
        writer.connection.query_row(sql, [], |row| row.get(0)).expect("a count")
    }

    #[test]
    fn a_full_disk_is_named_and_takes_nothing_committed() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut writer = Writer::open(folder.path(), "alice").expect("a writer");
        let inbox = writer.ensure_folder(&["Inbox"]).expect("the Inbox");
        let small = mime::decode(b"Subject: small\n\n").expect("a message");
        writer.append(inbox, &small, b"raw", &Envelope::default()).expect("added");
        writer.commit().expect("durable");
        let pages: i64 = writer
            .connection
            .pragma_query_value(None, "page_count", |row| row.get(0))
            .expect("a number");
        writer
            .connection
            .pragma_update_and_check(None, "max_page_count", pages + 4, |_| Ok(()))
            .expect("a limit");
        let large = vec![b'x'; 1 << 20];
        let failure = writer
            .append(inbox, &small, &large, &Envelope::default())
            .expect_err("there is no room");
        assert_eq!(failure.code, Code::NOT_ENOUGH_DISK);
        // SQLite may have taken the transaction back or not; either way it is clean.
        let _lost = writer.commit();
        assert_eq!(count(&writer), 1);
        writer.append(inbox, &small, b"raw", &Envelope::default()).expect("small ones still fit");
        writer.commit().expect("durable");
        assert_eq!(count(&writer), 2);
    }

    #[test]
    fn a_message_that_cannot_be_added_leaves_the_others_of_its_batch() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut writer = Writer::open(folder.path(), "alice").expect("a writer");
        let inbox = writer.ensure_folder(&["Inbox"]).expect("the Inbox");
        let message = mime::decode(b"Subject: one\n\n").expect("a message");
        writer.append(inbox, &message, b"raw", &Envelope::default()).expect("added");
        let failure = writer.append(FolderId(99), &message, b"raw", &Envelope::default());
        assert_eq!(failure.expect_err("no such folder").code, Code::NOT_FOUND);
        writer.commit().expect("durable");
        assert_eq!(count(&writer), 1);
    }
}
