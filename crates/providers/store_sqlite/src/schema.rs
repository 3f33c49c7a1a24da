//! The tables of a store as version 1 had them, and its folders at birth.
//!
//! Every store begins here and is brought to the present version by the same
//! steps as an old one (`migration.rs`): there is one way to each version.
//!
//! `messages` holds what tables show and sort by; bodies, attachments and the
//! original bytes have tables of their own, so that a page of a folder reads no
//! body. Times are FILETIMEs. Numbers of folders and messages are never used
//! twice: entry identifiers carry them.

use rusqlite::{Connection, OptionalExtension};

use mapi_abi::codes::{Code, Failure};

use crate::entry::Uid;
use crate::failure::of_sqlite;
use crate::migration;

/// Version of the tables, kept as `user_version`.
pub const SCHEMA_VERSION: i32 = 2;
/// `application_id` of a store: "PWms".
pub(crate) const APPLICATION_ID: i32 = 0x5057_6d73;
/// Deepest folder below the root.
pub const MAX_FOLDER_DEPTH: usize = 64;
/// Most characters of a folder's name.
pub const MAX_FOLDER_NAME_CHARS: usize = 255;

/// Name of the root of the user's folders.
pub const ROOT_NAME: &str = "Top of Information Store";
/// Where new mail arrives.
pub const INBOX: &str = "Inbox";
/// Messages being written.
pub const DRAFTS: &str = "Drafts";
/// Copies of sent messages.
pub const SENT_ITEMS: &str = "Sent Items";
/// Deleted messages.
pub const DELETED_ITEMS: &str = "Deleted Items";
/// Messages on their way out.
pub const OUTBOX: &str = "Outbox";
/// Search folders stand below it.
pub const FINDER: &str = "Finder";

/// Row of the root folder.
pub(crate) const ROOT_ROW: i64 = 1;
/// Row of the Inbox at birth.
const INBOX_ROW: i64 = 2;

/// Version 1, as it was.
pub(crate) const TABLES: &str = "
CREATE TABLE store (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    uid BLOB NOT NULL CHECK (length(uid) = 16),
    user TEXT NOT NULL
) STRICT;
CREATE TABLE folders (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    parent INTEGER REFERENCES folders(id),
    name TEXT NOT NULL,
    UNIQUE (parent, name)
) STRICT;
CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    folder INTEGER NOT NULL REFERENCES folders(id),
    class TEXT NOT NULL,
    subject TEXT NOT NULL,
    normalized_subject TEXT NOT NULL,
    conversation_topic TEXT NOT NULL,
    sender_name TEXT,
    sender_address TEXT,
    display_to TEXT NOT NULL,
    display_cc TEXT NOT NULL,
    submit_time INTEGER,
    delivery_time INTEGER NOT NULL,
    size INTEGER NOT NULL,
    flags INTEGER NOT NULL,
    status INTEGER NOT NULL,
    importance INTEGER NOT NULL,
    has_attach INTEGER NOT NULL,
    message_id TEXT,
    message_references TEXT,
    in_reply_to TEXT,
    preview TEXT NOT NULL
) STRICT;
CREATE INDEX messages_by_arrival ON messages(folder);
CREATE INDEX messages_by_delivery ON messages(folder, delivery_time DESC);
CREATE INDEX messages_by_submission ON messages(folder, submit_time DESC);
CREATE INDEX messages_unread ON messages(folder) WHERE flags & 1 = 0;
CREATE TABLE bodies (
    message INTEGER PRIMARY KEY REFERENCES messages(id) ON DELETE CASCADE,
    text TEXT,
    html TEXT,
    headers TEXT
) STRICT;
CREATE TABLE originals (
    message INTEGER PRIMARY KEY REFERENCES messages(id) ON DELETE CASCADE,
    raw BLOB NOT NULL
) STRICT;
CREATE TABLE attachments (
    message INTEGER NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    name TEXT,
    mime TEXT NOT NULL,
    content_id TEXT,
    size INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (message, number)
) STRICT;
";

const READ: &str = "opening the store";

/// What the one row of `store` says.
pub(crate) struct Identity {
    pub(crate) uid: Uid,
    pub(crate) user: String,
    pub(crate) version: i32,
}

/// Makes the tables and default folders in an empty database.
pub(crate) fn create(connection: &mut Connection, user: &str) -> rusqlite::Result<()> {
    migration::without_foreign_keys(connection, |connection| {
        let transaction = connection.transaction()?;
        create_version_1(&transaction, user)?;
        migration::from_1(&transaction)?;
        transaction.commit()
    })
}

/// A store as version 1 made it.
pub(crate) fn create_version_1(connection: &Connection, user: &str) -> rusqlite::Result<()> {
    connection.execute_batch(TABLES)?;
    connection.execute("INSERT INTO store VALUES (1, randomblob(16), ?1)", [user])?;
    let mut insert = connection.prepare("INSERT INTO folders VALUES (?1, ?2, ?3)")?;
    insert.execute((ROOT_ROW, None::<i64>, ROOT_NAME))?;
    for (row, name) in (INBOX_ROW..).zip([INBOX, DRAFTS, SENT_ITEMS, DELETED_ITEMS]) {
        insert.execute((row, ROOT_ROW, name))?;
    }
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", 1)
}

fn is_empty(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get(0))
}

/// Checks that the file is a store of a version known here, and reads whose it is.
pub(crate) fn identify(connection: &Connection) -> Result<Identity, Failure> {
    let number = |name: &'static str| {
        connection
            .pragma_query_value(None, name, |row| row.get::<_, i32>(0))
            .map_err(of_sqlite(READ))
    };
    if is_empty(connection).map_err(of_sqlite(READ))? {
        return Err(Failure::new(
            Code::NOT_FOUND,
            "the store's file is empty: remove it, then create the store",
        ));
    }
    if number("application_id")? != APPLICATION_ID {
        return Err(Failure::new(
            Code::CORRUPT_STORE,
            "the file is an SQLite database but not a message store",
        ));
    }
    let version = number("user_version")?;
    if !(1..=SCHEMA_VERSION).contains(&version) {
        return Err(Failure::new(
            Code::VERSION,
            format!(
                "the store has version {version}, this program reads up to version \
                 {SCHEMA_VERSION}: use the program that wrote it"
            ),
        ));
    }
    connection
        .query_row("SELECT uid, user FROM store", [], |row| {
            Ok(Identity { uid: row.get(0)?, user: row.get(1)?, version })
        })
        .optional()
        .map_err(of_sqlite(READ))?
        .ok_or_else(|| Failure::new(Code::CORRUPT_STORE, "the store does not say whose it is"))
}
