//! Logon, folders, messages and attachments through the provider interface.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use mapi_abi::codes::Code;
use mapi_abi::restriction::{RelOp, Restriction, SortKey};
use mapi_abi::spi::{Access, MessageStore, Query, SpecialFolder};
use mapi_abi::tags::*;
use mapi_abi::value::{EntryId, FileTime, Prop, Row, Value};
use store_sqlite::{
    Envelope, INBOX, NOTICE_FILE, PR_PREVIEW, STORE_FILE, SqliteStore, StoreAt, Writer,
};

const RAW: &[u8] = b"From: Ada <ada@example.org>\nTo: bob@example.org\nSubject: Re: lunch\n\
    Message-ID: <1@example.org>\nDate: Tue, 3 Mar 2026 10:00:00 +0100\n\
    Content-Type: multipart/mixed; boundary=m\n\n--m\n\nAt one?\n--m\n\
    Content-Type: image/png; name=a.png\nContent-ID: <a@x>\nContent-Transfer-Encoding: base64\n\nAAEC\n--m--\n";

const CREATE: Access = Access { write: true, create: true };
const READ: Access = Access { write: false, create: false };

fn logon(folder: &Path) -> StoreAt<'_> {
    StoreAt { folder, mailbox: "alice", access: Access { write: true, create: false } }
}

fn code(logon: StoreAt<'_>) -> Code {
    SqliteStore::open(logon).err().expect("a refusal").code
}

/// A store with [`RAW`] in its Inbox.
fn with_message(folder: &Path) -> (SqliteStore, EntryId) {
    let mut writer = Writer::open(folder, "alice").expect("a writer");
    let inbox = writer.ensure_folder(&[INBOX]).expect("the Inbox");
    let message = mime::decode(RAW).expect("a message");
    let envelope = Envelope { status: MSGSTATUS_TAGGED, now: 7, ..Envelope::default() };
    let id = writer.append(inbox, &message, RAW, &envelope).expect("added");
    let entry = writer.message_entry(id);
    writer.commit().expect("durable");
    (SqliteStore::open(logon(folder)).expect("a store"), entry)
}

fn values(row: Row) -> Vec<Value> {
    row.into_iter().map(|prop| prop.value).collect()
}

fn text(text: &str) -> Value {
    Value::Unicode(text.to_owned())
}

#[test]
fn a_missing_store_is_not_found_or_created_for_its_owner_alone() {
    let base = tempfile::tempdir().expect("a folder");
    let folder = base.path().join("alice");
    assert_eq!(code(logon(&folder)), Code::NOT_FOUND);
    assert!(!folder.exists(), "asking creates nothing");
    let create = StoreAt { access: CREATE, ..logon(&folder) };
    drop(SqliteStore::open(create).expect("a store"));
    let mode = |path: &Path| path.metadata().expect("metadata").permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    assert_eq!(mode(&folder.join(STORE_FILE)), 0o600);
    assert_eq!(mode(&folder.join(NOTICE_FILE)), 0o600);
    assert_eq!(std::fs::read_dir(&folder).expect("a folder").count(), 2, "nothing is left over");
    drop(SqliteStore::open(create).expect("the same store"));
    assert_eq!(code(StoreAt { mailbox: "bob", ..logon(&folder) }), Code::NO_ACCESS);
}

#[test]
fn a_store_of_another_version_is_refused_with_a_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, _) = with_message(folder.path());
    drop(store);
    let file = rusqlite::Connection::open(folder.path().join(STORE_FILE)).expect("a database");
    file.pragma_update(None, "user_version", 99).expect("a version");
    drop(file);
    let failure = SqliteStore::open(logon(folder.path())).err().expect("a refusal");
    assert_eq!(failure.code, Code::VERSION);
    assert!(failure.says.contains("version 99"), "{failure}");
}

#[test]
fn what_is_no_store_is_refused_by_its_kind() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(STORE_FILE);
    std::fs::write(&file, "this is not a database, but it is long enough to look at".repeat(20))
        .expect("a file");
    assert_eq!(code(logon(folder.path())), Code::CORRUPT_STORE);
    std::fs::write(&file, "").expect("a file");
    assert_eq!(code(logon(folder.path())), Code::NOT_FOUND);
    let other = rusqlite::Connection::open(&file).expect("a database");
    other.execute_batch("CREATE TABLE other (x)").expect("a table");
    drop(other);
    assert_eq!(code(StoreAt { access: CREATE, ..logon(folder.path()) }), Code::CORRUPT_STORE);
}

#[test]
fn a_damaged_store_is_named_when_it_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, entry) = with_message(folder.path());
    drop(store);
    let file = folder.path().join(STORE_FILE);
    let mut bytes = std::fs::read(&file).expect("a file");
    // The first page holds the schema, which stays.
    bytes[4096..].fill(0xA5);
    std::fs::write(&file, bytes).expect("a file");
    let damaged = SqliteStore::open(logon(folder.path()))
        .and_then(|store| store.message_props(&entry, &[PR_SUBJECT]));
    assert_eq!(damaged.expect_err("damage").code, Code::CORRUPT_STORE);
}

#[test]
fn a_folder_that_may_not_be_entered_is_no_access() {
    let base = tempfile::tempdir().expect("a folder");
    let folder = base.path().join("closed");
    drop(Writer::open(&folder, "alice").expect("a writer"));
    std::fs::set_permissions(&folder, PermissionsExt::from_mode(0o000)).expect("a mode");
    let seen_anyway = std::fs::read_dir(&folder).is_ok();
    let refusal = SqliteStore::open(logon(&folder)).err().map(|failure| failure.code);
    std::fs::set_permissions(&folder, PermissionsExt::from_mode(0o700)).expect("a mode");
    if seen_anyway {
        println!("skipped: modes do not bind this user");
    } else {
        assert_eq!(refusal, Some(Code::NO_ACCESS));
    }
}

#[test]
fn folders_come_after_their_parents_in_the_order_of_their_creation() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut writer = Writer::open(folder.path(), "alice").expect("a writer");
    for path in [&["B", "C", "D"][..], &["A"], &["B", "A"], &["B", "C"], &[INBOX, "Deep"]] {
        writer.ensure_folder(path).expect("a folder");
    }
    let b = writer.ensure_folder(&["B"]).expect("a folder");
    let entry = writer.folder_entry(b);
    writer.commit().expect("durable");
    let store = SqliteStore::open(logon(folder.path())).expect("a store");
    let tree = |top: &EntryId| -> Vec<(String, i32)> {
        let rows = store.hierarchy(top, &[PR_DISPLAY_NAME, PR_DEPTH]).expect("rows");
        rows.into_iter()
            .map(|row| match &row[..] {
                [
                    Prop { value: Value::Unicode(name), .. },
                    Prop { value: Value::Long(depth), .. },
                ] => (name.clone(), *depth),
                other => panic!("{other:?}"),
            })
            .collect()
    };
    let named = |list: &[(&str, i32)]| -> Vec<(String, i32)> {
        list.iter().map(|(name, depth)| ((*name).to_owned(), *depth)).collect()
    };
    assert_eq!(
        tree(&store.root()),
        named(&[
            ("Inbox", 1),
            ("Deep", 2),
            ("Drafts", 1),
            ("Sent Items", 1),
            ("Deleted Items", 1),
            ("Outbox", 1),
            ("B", 1),
            ("C", 2),
            ("D", 3),
            ("A", 2),
            ("A", 1),
        ])
    );
    assert_eq!(tree(&entry), named(&[("C", 1), ("D", 2), ("A", 1)]));
}

#[test]
fn folder_properties_count_messages_and_unread_ones() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, message) = with_message(folder.path());
    let inbox = receive(&store);
    let tags =
        [PR_DISPLAY_NAME, PR_CONTENT_COUNT, PR_CONTENT_UNREAD, PR_SUBFOLDERS, PR_PARENT_ENTRYID];
    let props = |folder| values(store.folder_props(folder, &tags).expect("properties"));
    let root = Value::Binary(store.root().0);
    let expected = |unread| {
        vec![
            text("Inbox"),
            Value::Long(1),
            Value::Long(unread),
            Value::Boolean(false),
            root.clone(),
        ]
    };
    assert_eq!(props(&inbox), expected(1));
    store.set_read(std::slice::from_ref(&message), true).expect("read");
    assert_eq!(props(&inbox), expected(0));
    assert_eq!(props(&store.root())[3], Value::Boolean(true));
    assert_eq!(
        store.folder_props(&inbox, &[PR_SUBJECT]).expect("properties"),
        [Prop::not_found(PR_SUBJECT)]
    );
}

#[test]
fn a_message_has_the_properties_that_were_read_from_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, message) = with_message(folder.path());
    let tags = [
        PR_SUBJECT,
        PR_NORMALIZED_SUBJECT,
        PR_SENDER_NAME,
        PR_SENDER_EMAIL_ADDRESS,
        PR_DISPLAY_TO,
        PR_MESSAGE_CLASS,
        PR_BODY,
        PR_PREVIEW,
        PR_INTERNET_MESSAGE_ID,
        PR_MESSAGE_FLAGS,
        PR_MSG_STATUS,
        PR_IMPORTANCE,
        PR_MESSAGE_SIZE,
        PR_MESSAGE_DELIVERY_TIME,
        PR_HASATTACH,
    ];
    let expected = [
        text("Re: lunch"),
        text("lunch"),
        text("Ada"),
        text("ada@example.org"),
        text("bob@example.org"),
        text("IPM.Note"),
        text("At one?"),
        text("At one?"),
        text("<1@example.org>"),
        Value::Long(MSGFLAG_HASATTACH),
        Value::Long(MSGSTATUS_TAGGED),
        Value::Long(1),
        Value::Long(RAW.len() as i32),
        Value::SysTime(FileTime::from_unix_seconds(1_772_528_400)),
        Value::Boolean(true),
    ];
    assert_eq!(values(store.message_props(&message, &tags).expect("properties")), expected);
    assert_eq!(
        store.message_props(&message, &[PR_HTML, PR_DISPLAY_NAME]).expect("properties"),
        [Prop::not_found(PR_HTML), Prop::not_found(PR_DISPLAY_NAME)]
    );
    assert_eq!(store.original(&message).expect("the original").expect("kept"), RAW);
}

#[test]
fn the_time_of_delivery_is_the_first_that_is_known() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut writer = Writer::open(folder.path(), "alice").expect("a writer");
    let inbox = writer.ensure_folder(&[INBOX]).expect("the Inbox");
    let with = |received, date| mime::Message { received, date, ..Default::default() };
    for (given, message) in [
        (Some(1), with(Some(2), Some(3))),
        (None, with(Some(2), Some(3))),
        (None, with(None, Some(3))),
        (None, with(None, None)),
    ] {
        let envelope = Envelope { received: given, now: 4, ..Envelope::default() };
        writer.append(inbox, &message, b"", &envelope).expect("added");
    }
    writer.commit().expect("durable");
    let store = SqliteStore::open(logon(folder.path())).expect("a store");
    let query = Query {
        columns: vec![PR_MESSAGE_DELIVERY_TIME],
        sort: vec![SortKey { tag: PR_MESSAGE_DELIVERY_TIME, descending: true }],
        ..Query::default()
    };
    let rows = store.rows(&receive(&store), &query, 0, 10).expect("rows");
    let times: Vec<Value> = rows.into_iter().flat_map(values).collect();
    assert_eq!(times, [4, 3, 2, 1].map(|s| Value::SysTime(FileTime::from_unix_seconds(s))));
}

#[test]
fn attachments_are_rows_and_single_objects() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, message) = with_message(folder.path());
    let tags = [
        PR_ATTACH_NUM,
        PR_ATTACH_METHOD,
        PR_ATTACH_LONG_FILENAME,
        PR_ATTACH_MIME_TAG,
        PR_ATTACH_CONTENT_ID,
        PR_ATTACH_SIZE,
        PR_ATTACH_DATA_BIN,
    ];
    let expected = vec![
        Value::Long(0),
        Value::Long(ATTACH_BY_VALUE),
        text("a.png"),
        text("image/png"),
        text("a@x"),
        Value::Long(3),
        Value::Binary(vec![0, 1, 2]),
    ];
    let rows = store.attachments(&message, &tags).expect("rows");
    assert_eq!(rows.into_iter().map(values).collect::<Vec<_>>(), std::slice::from_ref(&expected));
    let props = store.attachment_props(&message, 0, &tags).expect("properties");
    assert_eq!(values(props), expected);
    let missing = store.attachment_props(&message, 1, &tags).expect_err("there is one only");
    assert_eq!(missing.code, Code::NOT_FOUND);
}

#[test]
fn a_message_is_marked_as_read_and_unread() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, message) = with_message(folder.path());
    let flags = || values(store.message_props(&message, &[PR_MESSAGE_FLAGS]).expect("flags"));
    store.set_read(std::slice::from_ref(&message), true).expect("read");
    assert_eq!(flags(), [Value::Long(MSGFLAG_READ | MSGFLAG_HASATTACH)]);
    store.set_read(std::slice::from_ref(&message), false).expect("unread");
    assert_eq!(flags(), [Value::Long(MSGFLAG_HASATTACH)]);
    let reading = SqliteStore::open(StoreAt { access: READ, ..logon(folder.path()) });
    let refusal = reading.expect("a store").set_read(&[message], true).expect_err("reading only");
    assert_eq!(refusal.code, Code::NO_ACCESS);
}

#[test]
fn foreign_and_stale_identifiers_are_told_apart() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, message) = with_message(folder.path());
    let elsewhere = tempfile::tempdir().expect("a folder");
    let (_, foreign) = with_message(elsewhere.path());
    let mut stale = message.clone();
    *stale.0.last_mut().expect("bytes") += 1;
    for (entry, expected) in [
        (&foreign, Code::INVALID_ENTRYID),
        (&store.root(), Code::INVALID_ENTRYID),
        (&EntryId(vec![]), Code::INVALID_ENTRYID),
        (&stale, Code::NOT_FOUND),
    ] {
        let results = [
            store.message_props(entry, &[PR_SUBJECT]).map(drop),
            store.attachments(entry, &[PR_ATTACH_NUM]).map(drop),
            store.attachment_props(entry, 0, &[PR_ATTACH_NUM]).map(drop),
            store.set_read(std::slice::from_ref(entry), true),
            store.original(entry).map(drop),
        ];
        for result in results {
            assert_eq!(result.expect_err("a refusal").code, expected);
        }
    }
    let query = Query::default();
    assert_eq!(store.count(&message, &query).expect_err("no folder").code, Code::INVALID_ENTRYID);
    let mut stale = receive(&store);
    *stale.0.last_mut().expect("bytes") = 200;
    assert_eq!(store.rows(&stale, &query, 0, 1).expect_err("gone").code, Code::NOT_FOUND);
    assert_eq!(store.hierarchy(&stale, &[]).expect_err("gone").code, Code::NOT_FOUND);
}

#[test]
fn values_of_another_type_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, _) = with_message(folder.path());
    for restriction in [
        Restriction::Property { tag: PR_SUBJECT, op: RelOp::Eq, value: Value::Long(1) },
        Restriction::BitMask { tag: PR_SUBJECT, mask: 1, non_zero: true },
    ] {
        let query = Query { restriction: Some(restriction), ..Query::default() };
        let refusal = store.count(&receive(&store), &query).expect_err("a refusal");
        assert_eq!(refusal.code, Code::INVALID_PARAMETER);
    }
}

#[test]
fn what_was_not_committed_is_not_in_the_store() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, _) = with_message(folder.path());
    let mut writer = Writer::open(folder.path(), "alice").expect("a writer");
    let new = writer.ensure_folder(&["New"]).expect("a folder");
    writer.append(new, &mime::Message::default(), b"", &Envelope::default()).expect("added");
    drop(writer);
    assert_eq!(store.hierarchy(&store.root(), &[]).expect("rows").len(), 5);
}

#[test]
fn folder_names_and_depths_have_limits() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut writer = Writer::open(folder.path(), "alice").expect("a writer");
    let long = "é".repeat(store_sqlite::MAX_FOLDER_NAME_CHARS);
    assert!(writer.ensure_folder(&[&long]).is_ok());
    assert!(writer.ensure_folder(&vec!["x"; store_sqlite::MAX_FOLDER_DEPTH]).is_ok());
    let too_deep = vec!["x"; store_sqlite::MAX_FOLDER_DEPTH + 1];
    let too_long = long + "é";
    for path in [&too_deep[..], &[&too_long], &[""], &["a\nb"]] {
        let refusal = writer.ensure_folder(path).expect_err("a refusal");
        assert_eq!(refusal.code, Code::INVALID_PARAMETER);
    }
    writer.commit().expect("durable");
    let store = SqliteStore::open(logon(folder.path())).expect("a store");
    let rows = store.hierarchy(&store.root(), &[]).expect("rows");
    assert_eq!(rows.len(), 5 + 1 + store_sqlite::MAX_FOLDER_DEPTH);
}

#[test]
fn several_threads_and_logons_share_a_store() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, message) = with_message(folder.path());
    let other = SqliteStore::open(logon(folder.path())).expect("a second logon");
    std::thread::scope(|scope| {
        for store in [&store, &store, &other, &other] {
            scope.spawn(|| {
                for round in 0..50 {
                    store.set_read(std::slice::from_ref(&message), round % 2 == 0).expect("marked");
                    store.count(&receive(store), &Query::default()).expect("a count");
                }
            });
        }
    });
    assert_eq!(store.count(&receive(&store), &Query::default()), Ok(1));
}

#[test]
fn several_that_create_a_store_at_once_get_the_same_one() {
    for _ in 0..20 {
        let base = tempfile::tempdir().expect("a folder");
        let folder = base.path().join("alice");
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let mut writer = Writer::open(&folder, "alice").expect("a writer");
                    let inbox = writer.ensure_folder(&[INBOX]).expect("the Inbox");
                    let message = mime::Message::default();
                    writer.append(inbox, &message, b"", &Envelope::default()).expect("added");
                    writer.commit().expect("durable");
                });
            }
        });
        let store = SqliteStore::open(logon(&folder)).expect("a store");
        assert_eq!(store.count(&receive(&store), &Query::default()), Ok(4));
        let names = std::fs::read_dir(&folder).expect("a folder");
        let left_over = names.filter(|entry| {
            entry.as_ref().expect("an entry").file_name().to_string_lossy().contains(".new-")
        });
        assert_eq!(left_over.count(), 0);
    }
}

fn receive(store: &SqliteStore) -> EntryId {
    store.special_folder(SpecialFolder::Inbox).expect("an Inbox")
}
