//! Tables: sorting the 100,000 messages of a folder and reading the first page, by
//! the table engine over a store, and by plain SQLite over the same file.
//!
//! Plain SQLite folds capitals of ASCII only (`NOCASE`); the store folds all.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use benches::{nanoseconds, print_times};
use mapi_abi::restriction::SortKey;
use mapi_abi::spi::{Access, MessageStore, SpecialFolder};
use mapi_abi::tags::{
    PR_ENTRYID, PR_MESSAGE_DELIVERY_TIME, PR_MESSAGE_FLAGS, PR_MESSAGE_SIZE, PR_SENDER_NAME,
    PR_SUBJECT,
};
use mapi_table::{ContentsRows, Table};
use rusqlite::{Connection, OpenFlags};
use store_sqlite::{Envelope, STORE_FILE, SqliteStore, StoreAt, Writer};

/// Messages of the folder.
const MESSAGES: u32 = 100_000;
/// Rows of a page.
const PAGE: i32 = 50;
const USER: &str = "alice";
/// 2024-01-01, in seconds since 1970.
const FIRST_S: i64 = 1_704_067_200;
const WORDS: [&str; 16] = [
    "Meeting",
    "Besprechung",
    "invoice",
    "Größe",
    "lunch",
    "Report",
    "résumé",
    "holiday",
    "Test",
    "build",
    "Übersicht",
    "release",
    "agenda",
    "Notes",
    "question",
    "Antwort",
];

fn main() -> Result<(), Box<dyn Error>> {
    let home = tempfile::tempdir()?;
    let folder = home.path().join(USER);
    fill(&folder)?;
    let access = Access { write: false, create: false };
    let store = SqliteStore::open(StoreAt { folder: &folder, mailbox: USER, access })?;
    let inbox = store.special_folder(SpecialFolder::Inbox).ok_or("the store has no Inbox")?;
    let columns = vec![
        PR_ENTRYID,
        PR_SUBJECT,
        PR_SENDER_NAME,
        PR_MESSAGE_DELIVERY_TIME,
        PR_MESSAGE_SIZE,
        PR_MESSAGE_FLAGS,
    ];
    let mut table = Table::new(Box::new(ContentsRows::new(Arc::new(store), inbox, false)), columns);
    let read_only = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let plain = Connection::open_with_flags(folder.join(STORE_FILE), read_only)?;
    let inbox: i64 =
        plain.query_row("SELECT id FROM folders WHERE name = 'Inbox'", [], |row| row.get(0))?;

    let by_time = vec![SortKey { tag: PR_MESSAGE_DELIVERY_TIME, descending: true }];
    let by_subject = vec![SortKey { tag: PR_SUBJECT, descending: false }];
    for (bench, keys, order) in [
        ("contents table by delivery time, first page", by_time, "delivery_time DESC, id"),
        ("contents table by subject, first page", by_subject, "subject COLLATE NOCASE, id"),
    ] {
        let sql = format!(
            "SELECT id, subject, sender_name, delivery_time, size, flags FROM messages
             WHERE folder = ?1 AND associated = 0 ORDER BY {order} LIMIT ?2 OFFSET ?3"
        );
        let ours = || {
            let rows = table.sort(keys.clone()).and_then(|()| table.query_rows(PAGE, false));
            assert_eq!(rows.map(|rows| rows.len()), Ok(PAGE as usize));
        };
        let peer =
            || assert_eq!(page(&plain, &sql, inbox).map(|rows| rows.len()), Ok(PAGE as usize));
        print_times(bench, nanoseconds(ours, peer), "the same query in plain SQLite", 1.5);
    }
    Ok(())
}

/// A row as plain SQLite gives it.
type Plain = (i64, String, Option<String>, i64, i64, i64);

fn page(connection: &Connection, sql: &str, folder: i64) -> rusqlite::Result<Vec<Plain>> {
    let mut statement = connection.prepare_cached(sql)?;
    let row = |row: &rusqlite::Row<'_>| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
    };
    statement.query_map((folder, PAGE, 0), row)?.collect()
}

/// Messages of many subjects, senders and times, in no order.
fn fill(folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut writer = Writer::open(folder, USER)?;
    let inbox = writer.ensure_folder(&["Inbox"])?;
    let mut state = 1_u64;
    let mut next = |below: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for number in 0..MESSAGES {
        let mut word = || WORDS[next(WORDS.len())];
        let subject = format!("{} {} {}", word(), word(), word());
        let sender = next(500);
        let raw = format!(
            "From: Sender {sender} <s{sender}@example.org>\r\nTo: alice@example.org\r\n\
             Subject: {subject} {number}\r\n\r\nA body of a few words, and {number}.\r\n"
        );
        let message = mime::decode(raw.as_bytes()).map_err(|error| format!("{error:?}"))?;
        let received = FIRST_S + i64::try_from(next(365 * 86_400))?;
        let envelope = Envelope { received: Some(received), now: FIRST_S, ..Envelope::default() };
        writer.append(inbox, &message, raw.as_bytes(), &envelope)?;
    }
    writer.commit()?;
    Ok(())
}
