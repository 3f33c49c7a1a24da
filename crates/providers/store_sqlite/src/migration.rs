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
        recipients::insert(transaction, message, &message_props::recipients_in(raw))?;
    }
    transaction.execute(
        "UPDATE messages SET flags = flags | ?1 WHERE has_attach <> 0",
        [MSGFLAG_HASATTACH],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};
    use std::process::Command;

    use mapi_abi::restriction::SortKey;
    use mapi_abi::spi::{Access, MessageStore, Query};
    use mapi_abi::tags::*;
    use mapi_abi::value::{Prop, Value};

    use super::*;
    use crate::{STORE_FILE, SqliteStore, StoreAt, Writer, schema};

    const FOLDER: &str = "STORE_SQLITE_TEST_MIGRATION";
    const RAW: &[u8] = b"To: Ada <ada@x>\nBcc: b@x\nSubject: s\n\nbody";
    const MESSAGES: i64 = 3;

    fn connect(folder: &Path) -> Connection {
        Connection::open(folder.join(STORE_FILE)).expect("a database")
    }

    /// A store of version 1 with messages 1, 3 and 4 in a folder that the user
    /// calls Outbox; 5 was there too.
    fn version_1(folder: &Path) {
        let connection = connect(folder);
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(())).expect("a log");
        schema::create_version_1(&connection, "alice").expect("tables");
        connection
            .execute("INSERT INTO folders (id, parent, name) VALUES (9, 1, 'Outbox')", [])
            .expect("a folder");
        for row in [1, 3, 4, 5] {
            connection
                .execute(
                    "INSERT INTO messages VALUES (?1, 9, 'IPM.Note', 's', 's', 's', 'n', 'a@x', 'Ada',
                     '', NULL, 100 + ?1, 7, 16, 2, 1, 1, NULL, NULL, NULL, 'body')",
                    [row],
                )
                .expect("a message");
            connection
                .execute("INSERT INTO bodies VALUES (?1, 'body', '<p>', 'h')", [row])
                .expect("a body");
            connection
                .execute("INSERT INTO originals VALUES (?1, ?2)", params![row, RAW])
                .expect("an original");
            connection
                .execute(
                    "INSERT INTO attachments VALUES (?1, 0, 'a', 't/t', NULL, 1, x'07')",
                    [row],
                )
                .expect("an attachment");
        }
        connection.execute("DELETE FROM attachments WHERE message = 5", []).expect("deleted");
        connection.execute("DELETE FROM originals WHERE message = 5", []).expect("deleted");
        connection.execute("DELETE FROM bodies WHERE message = 5", []).expect("deleted");
        connection.execute("DELETE FROM messages WHERE id = 5", []).expect("deleted");
    }

    fn open(folder: &Path, write: bool) -> SqliteStore {
        let access = Access { write, create: false };
        SqliteStore::open(StoreAt { folder, mailbox: "alice", access }).expect("a store")
    }

    fn version(folder: &Path) -> (i32, i64) {
        let connection = connect(folder);
        let version = connection.pragma_query_value(None, "user_version", |row| row.get(0));
        let sql = "SELECT count(*) FROM messages JOIN bodies ON message = messages.id";
        let count = connection.query_row(sql, [], |row| row.get(0));
        (version.expect("a version"), count.expect("a count"))
    }

    #[test]
    fn a_store_of_version_1_has_all_it_had_and_what_is_new() {
        let folder = tempfile::tempdir().expect("a folder");
        version_1(folder.path());
        // A logon for reading is enough.
        let store = open(folder.path(), false);
        let outbox = store.special_folder(SpecialFolder::Outbox).expect("an outbox");
        let query = Query {
            columns: vec![PR_ENTRYID, PR_MESSAGE_DELIVERY_TIME],
            sort: vec![SortKey { tag: PR_MESSAGE_DELIVERY_TIME, descending: true }],
            ..Query::default()
        };
        let rows = store.rows(&outbox, &query, 0, 9).expect("the user's own folder of that name");
        assert_eq!(rows.len() as i64, MESSAGES);
        let Value::Binary(bytes) = &rows[0][0].value else { panic!("an identifier") };
        let newest = mapi_abi::value::EntryId(bytes.clone());
        assert_eq!(bytes.last(), Some(&4), "numbers stay");
        let tags = [PR_BODY, PR_HTML, PR_TRANSPORT_MESSAGE_HEADERS, PR_SENDER_ADDRTYPE];
        let props = store.message_props(&newest, &tags).expect("properties");
        let html = Prop::new(PR_HTML, Value::Binary(b"<p>".to_vec()));
        let text = Prop::text;
        let expected = [
            text(PR_BODY, "body"),
            html,
            text(PR_TRANSPORT_MESSAGE_HEADERS, "h"),
            text(PR_SENDER_ADDRTYPE, "SMTP"),
        ];
        assert_eq!(props, expected);
        let columns = [PR_RECIPIENT_TYPE, PR_EMAIL_ADDRESS];
        let recipients = store.recipients(&newest, &columns).expect("recipients");
        let row = |kind, address| {
            [Prop::new(PR_RECIPIENT_TYPE, Value::Long(kind)), text(PR_EMAIL_ADDRESS, address)]
        };
        assert_eq!(recipients, [row(MAPI_TO, "ada@x"), row(MAPI_BCC, "b@x")]);
        let attachments = store.attachments(&newest, &[PR_ATTACH_DATA_BIN, PR_ATTACH_METHOD]);
        let data = Prop::new(PR_ATTACH_DATA_BIN, Value::Binary(vec![7]));
        let method = Prop::new(PR_ATTACH_METHOD, Value::Long(ATTACH_BY_VALUE));
        assert_eq!(attachments.expect("attachments"), [[data, method]]);
        assert_eq!(store.original(&newest).expect("an original").as_deref(), Some(RAW));
        let mut writer = Writer::open(folder.path(), "alice").expect("a writer");
        let outbox = writer.ensure_folder(&[OUTBOX]).expect("the same folder");
        let message = mime::decode(RAW).expect("a message");
        let id = writer.append(outbox, &message, RAW, &crate::Envelope::default()).expect("added");
        assert_eq!(writer.message_entry(id).0.last(), Some(&6), "5 was used before");
    }

    /// Migrates, and is gone before the end.
    #[test]
    fn the_process_that_dies() {
        let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else {
            println!("skipped: runs only as the other process of the crash test");
            return;
        };
        let mut connection = connect(&folder);
        // So little memory that pages reach the log before the commit.
        connection.pragma_update(None, "cache_size", 1).expect("a cache");
        connection.pragma_update(None, "foreign_keys", false).expect("a pragma");
        let transaction = connection.transaction().expect("a transaction");
        from_1(&transaction).expect("all steps but the commit");
        std::process::abort();
    }

    #[test]
    fn a_crash_in_the_middle_leaves_version_1() {
        let folder = tempfile::tempdir().expect("a folder");
        version_1(folder.path());
        let died = Command::new(std::env::current_exe().expect("this test"))
            .args(["--exact", "migration::tests::the_process_that_dies"])
            .env(FOLDER, folder.path())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .status()
            .expect("a child process");
        assert!(!died.success());
        assert_eq!(version(folder.path()), (1, MESSAGES));
        drop(open(folder.path(), true));
        assert_eq!(version(folder.path()), (SCHEMA_VERSION, MESSAGES));
        let check: String = connect(folder.path())
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .expect("a check");
        assert_eq!(check, "ok");
    }

    #[test]
    fn several_that_open_an_old_store_at_once_migrate_it_once() {
        let folder = tempfile::tempdir().expect("a folder");
        version_1(folder.path());
        std::thread::scope(|scope| {
            for write in [true, false, true, false] {
                let folder = folder.path();
                scope.spawn(move || drop(open(folder, write)));
            }
        });
        assert_eq!(version(folder.path()), (SCHEMA_VERSION, MESSAGES));
    }

    #[test]
    fn an_old_and_a_new_store_have_the_same_tables() {
        let [old, new] = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
        version_1(old.path());
        drop(open(old.path(), true));
        drop(Writer::open(new.path(), "alice").expect("a store"));
        let tables = |folder: &Path| -> Vec<String> {
            let connection = connect(folder);
            let mut all = connection
                .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
                .expect("a query");
            let rows = all.query_map([], |row| row.get(0)).expect("rows");
            rows.collect::<Result<_, _>>().expect("rows")
        };
        assert_eq!(tables(old.path()), tables(new.path()));
    }
}
