//! From version 1 to version 2, in one transaction.
//!
//! Version 2 adds arbitrary properties, recipients, named properties, search
//! folders, the log of changes and the folders with a part to play. The messages'
//! and attachments' tables are made anew because columns that version 1 demanded
//! may be missing now. Recipients are read from the headers of the original bytes.
//!
//! # Invariants
//! - A crash leaves version 1 as it was, or version 2 whole.
//! - Numbers of messages stay, and none that was used before is used again.

use mapi_abi::spi::SpecialFolder;
use mapi_abi::tags::MSGFLAG_HASATTACH;
use rusqlite::{Connection, OptionalExtension, params};

use crate::header;
use crate::recipients;
use crate::schema::{
    DELETED_ITEMS, DRAFTS, FINDER, INBOX, OUTBOX, ROOT_ROW, SCHEMA_VERSION, SENT_ITEMS,
};

/// The tables that are new or made anew. `kind` of `props` is the `PR_OBJECT_TYPE`
/// of what has the property, 6 for recipients.
const TABLES: &str = "
ALTER TABLE folders ADD COLUMN kind INTEGER NOT NULL DEFAULT 1;
ALTER TABLE folders ADD COLUMN comment TEXT NOT NULL DEFAULT '';
ALTER TABLE folders ADD COLUMN container_class TEXT;
ALTER TABLE folders ADD COLUMN created INTEGER NOT NULL DEFAULT 0;
ALTER TABLE folders ADD COLUMN modified INTEGER NOT NULL DEFAULT 0;
ALTER TABLE folders ADD COLUMN change INTEGER NOT NULL DEFAULT 0;
CREATE TABLE special_folders (
    part INTEGER PRIMARY KEY,
    folder INTEGER NOT NULL REFERENCES folders(id)
) STRICT;
CREATE TABLE messages_2 (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    folder INTEGER NOT NULL REFERENCES folders(id),
    associated INTEGER NOT NULL DEFAULT 0,
    class TEXT NOT NULL DEFAULT 'IPM.Note',
    subject TEXT,
    normalized_subject TEXT,
    conversation_topic TEXT,
    sender_name TEXT,
    sender_address TEXT,
    sender_type TEXT,
    display_to TEXT NOT NULL DEFAULT '',
    display_cc TEXT NOT NULL DEFAULT '',
    display_bcc TEXT NOT NULL DEFAULT '',
    submit_time INTEGER,
    delivery_time INTEGER,
    size INTEGER NOT NULL DEFAULT 0,
    flags INTEGER NOT NULL DEFAULT 0,
    status INTEGER NOT NULL DEFAULT 0,
    importance INTEGER NOT NULL DEFAULT 1,
    has_attach INTEGER NOT NULL DEFAULT 0,
    message_id TEXT,
    message_references TEXT,
    in_reply_to TEXT,
    preview TEXT NOT NULL DEFAULT '',
    search_key BLOB NOT NULL,
    created INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    change INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE attachments_2 (
    id INTEGER PRIMARY KEY,
    message INTEGER NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    method INTEGER NOT NULL DEFAULT 0,
    name TEXT,
    mime TEXT,
    content_id TEXT,
    position INTEGER NOT NULL DEFAULT -1,
    data BLOB,
    UNIQUE (message, number)
) STRICT;
ALTER TABLE bodies ADD COLUMN html_bytes BLOB;
CREATE TABLE recipients (
    id INTEGER PRIMARY KEY,
    message INTEGER NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    type INTEGER NOT NULL,
    name TEXT,
    address_type TEXT,
    address TEXT,
    UNIQUE (message, number)
) STRICT;
CREATE TABLE props (
    kind INTEGER NOT NULL,
    object INTEGER NOT NULL,
    id INTEGER NOT NULL,
    type INTEGER NOT NULL,
    value ANY NOT NULL,
    PRIMARY KEY (kind, object, id)
) STRICT;
CREATE TABLE names (
    id INTEGER PRIMARY KEY,
    space BLOB NOT NULL,
    number INTEGER,
    text TEXT,
    UNIQUE (space, number),
    UNIQUE (space, text)
) STRICT;
CREATE TABLE searches (
    folder INTEGER PRIMARY KEY REFERENCES folders(id) ON DELETE CASCADE,
    criteria BLOB NOT NULL,
    recursive INTEGER NOT NULL,
    running INTEGER NOT NULL
) STRICT;
CREATE TABLE search_scopes (
    search INTEGER NOT NULL REFERENCES searches(folder) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    folder INTEGER NOT NULL REFERENCES folders(id) ON DELETE CASCADE,
    PRIMARY KEY (search, position)
) STRICT;
CREATE INDEX search_scopes_by_folder ON search_scopes(folder);
CREATE TABLE search_results (
    search INTEGER NOT NULL REFERENCES searches(folder) ON DELETE CASCADE,
    message INTEGER NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
    PRIMARY KEY (search, message)
) STRICT, WITHOUT ROWID;
CREATE INDEX search_results_by_message ON search_results(message);
CREATE TABLE changes (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    kind INTEGER NOT NULL,
    type INTEGER NOT NULL,
    object INTEGER NOT NULL,
    parent INTEGER,
    old_parent INTEGER
) STRICT;
";

const ROWS: &str = "
INSERT INTO messages_2 SELECT
    id, folder, 0, class, subject, normalized_subject, conversation_topic,
    sender_name, sender_address, iif(sender_address IS NULL, NULL, 'SMTP'),
    display_to, display_cc, '', submit_time, delivery_time, size, flags, status,
    importance, has_attach, message_id, message_references, in_reply_to, preview,
    randomblob(16), delivery_time, delivery_time, 0
FROM messages;
DELETE FROM sqlite_sequence WHERE name = 'messages_2';
INSERT INTO sqlite_sequence SELECT 'messages_2', seq FROM sqlite_sequence WHERE name = 'messages';
DROP TABLE messages;
ALTER TABLE messages_2 RENAME TO messages;
INSERT INTO attachments_2 (message, number, method, name, mime, content_id, data)
    SELECT message, number, 1, name, mime, content_id, data FROM attachments;
DROP TABLE attachments;
ALTER TABLE attachments_2 RENAME TO attachments;
CREATE INDEX messages_by_arrival ON messages(folder, associated);
CREATE INDEX messages_by_delivery ON messages(folder, associated, delivery_time DESC);
CREATE INDEX messages_by_submission ON messages(folder, associated, submit_time DESC);
CREATE INDEX messages_unread ON messages(folder, associated) WHERE flags & 1 = 0;
CREATE TRIGGER props_of_folder AFTER DELETE ON folders
    BEGIN DELETE FROM props WHERE kind = 3 AND object = old.id; END;
CREATE TRIGGER props_of_message AFTER DELETE ON messages
    BEGIN DELETE FROM props WHERE kind = 5 AND object = old.id; END;
CREATE TRIGGER props_of_recipient AFTER DELETE ON recipients
    BEGIN DELETE FROM props WHERE kind = 6 AND object = old.id; END;
CREATE TRIGGER props_of_attachment AFTER DELETE ON attachments
    BEGIN DELETE FROM props WHERE kind = 7 AND object = old.id; END;
";

/// Number under which a folder's part is kept.
pub(crate) const fn part_number(part: SpecialFolder) -> i64 {
    match part {
        SpecialFolder::Inbox => 1,
        SpecialFolder::Outbox => 2,
        SpecialFolder::SentItems => 3,
        SpecialFolder::DeletedItems => 4,
        SpecialFolder::Drafts => 5,
        SpecialFolder::Finder => 6,
    }
}

/// Runs `body` while no foreign key is enforced: a table that is dropped would
/// take along what refers to it.
pub(crate) fn without_foreign_keys<T>(
    connection: &mut Connection,
    body: impl FnOnce(&mut Connection) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    connection.pragma_update(None, "foreign_keys", false)?;
    let done = body(connection);
    connection.pragma_update(None, "foreign_keys", true)?;
    done
}

/// Brings the store to the present version, unless another process has.
pub(crate) fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    without_foreign_keys(connection, |connection| {
        let transaction =
            connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let version: i32 =
            transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if version == 1 {
            from_1(&transaction)?;
        }
        transaction.commit()
    })
}

/// The steps from version 1, within the caller's transaction.
pub(crate) fn from_1(transaction: &Connection) -> rusqlite::Result<()> {
    transaction.execute_batch(TABLES)?;
    transaction.execute_batch(ROWS)?;
    transaction.execute("UPDATE folders SET kind = 0 WHERE id = ?1", [ROOT_ROW])?;
    for (part, name) in [
        (SpecialFolder::Inbox, INBOX),
        (SpecialFolder::Drafts, DRAFTS),
        (SpecialFolder::SentItems, SENT_ITEMS),
        (SpecialFolder::DeletedItems, DELETED_ITEMS),
        (SpecialFolder::Outbox, OUTBOX),
    ] {
        give_part(transaction, part, Some(ROOT_ROW), name)?;
    }
    give_part(transaction, SpecialFolder::Finder, None, FINDER)?;
    fill_recipients(transaction)?;
    transaction.pragma_update(None, "user_version", SCHEMA_VERSION)
}

/// Gives the folder of that name its part; makes it when there is none.
fn give_part(
    transaction: &Connection,
    part: SpecialFolder,
    parent: Option<i64>,
    name: &str,
) -> rusqlite::Result<()> {
    let found = transaction
        .query_row(
            "SELECT id FROM folders WHERE parent = ?1 AND name = ?2",
            params![parent, name],
            |row| row.get::<_, i64>(0),
        )
        .optional()?;
    let row = match found {
        Some(row) => row,
        None => transaction
            .prepare("INSERT INTO folders (parent, name) VALUES (?1, ?2)")?
            .insert(params![parent, name])?,
    };
    transaction
        .execute("INSERT INTO special_folders VALUES (?1, ?2)", params![part_number(part), row])?;
    Ok(())
}

/// Reads the recipients of all messages from the headers they came with.
fn fill_recipients(transaction: &Connection) -> rusqlite::Result<()> {
    let mut headers = transaction.prepare("SELECT message, substr(raw, 1, ?1) FROM originals")?;
    let most = i64::try_from(mime::MAX_HEADER_BYTES).unwrap_or(i64::MAX);
    let mut found = headers.query([most])?;
    while let Some(row) = found.next()? {
        let message: i64 = row.get(0)?;
        let raw = row.get_ref(1)?.as_blob().unwrap_or_default();
        recipients::insert(transaction, message, &header::recipients(raw))?;
    }
    transaction.execute(
        "UPDATE messages SET flags = flags | ?1 WHERE has_attach <> 0",
        [MSGFLAG_HASATTACH],
    )?;
    Ok(())
}
