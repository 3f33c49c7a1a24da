//! A store in a temporary folder, and short ways to use it.

use mapi_abi::restriction::Restriction;
use mapi_abi::spi::{
    Access, FolderKind, MessageChange, MessageStore, NewFolder, PropChange, Query, SpecialFolder,
};
use mapi_abi::tags::{PR_ENTRYID, PropTag};
use mapi_abi::value::{EntryId, Prop, Row, Value};
use store_sqlite::{SqliteStore, StoreAt};

pub const WRITE: Access = Access { write: true, create: true };
pub const READ: Access = Access { write: false, create: false };

pub struct Home {
    pub folder: tempfile::TempDir,
    pub store: SqliteStore,
}

pub fn open(folder: &std::path::Path, access: Access) -> SqliteStore {
    SqliteStore::open(StoreAt { folder, mailbox: "alice", access }).expect("a store")
}

impl Home {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = open(folder.path(), WRITE);
        Self { folder, store }
    }

    pub fn special(&self, which: SpecialFolder) -> EntryId {
        self.store.special_folder(which).expect("a special folder")
    }

    pub fn inbox(&self) -> EntryId {
        self.special(SpecialFolder::Inbox)
    }

    pub fn folder(&self, parent: &EntryId, name: &str, kind: FolderKind) -> EntryId {
        self.store.create_folder(&new_folder(parent, name, kind)).expect("a folder")
    }

    pub fn message(&self, folder: &EntryId, props: Vec<Prop>) -> EntryId {
        self.store.save_message(&new_message(folder, props)).expect("a message")
    }

    pub fn props(&self, message: &EntryId, tags: &[PropTag]) -> Vec<Value> {
        values(self.store.message_props(message, tags).expect("properties"))
    }

    /// The messages of a folder in the order of their making.
    pub fn found(&self, folder: &EntryId, restriction: Option<Restriction>) -> Vec<EntryId> {
        let query = Query { columns: vec![PR_ENTRYID], restriction, ..Query::default() };
        let rows = self.store.rows(folder, &query, 0, u32::MAX).expect("rows");
        assert_eq!(self.store.count(folder, &query).expect("a count"), rows.len() as u64);
        rows.into_iter().map(|row| entry(&row[0])).collect()
    }
}

pub fn new_folder<'a>(parent: &'a EntryId, name: &'a str, kind: FolderKind) -> NewFolder<'a> {
    NewFolder { parent, name, comment: "", kind, open_if_exists: false }
}

pub fn new_message(folder: &EntryId, set: Vec<Prop>) -> MessageChange<'_> {
    MessageChange {
        message: None,
        folder,
        associated: false,
        props: PropChange { set, delete: Vec::new() },
        recipients: None,
        attachments: Vec::new(),
        expected: None,
        original: None,
    }
}

pub fn entry(prop: &Prop) -> EntryId {
    match &prop.value {
        Value::Binary(bytes) => EntryId(bytes.clone()),
        other => panic!("an entry identifier is bytes, not {other:?}"),
    }
}

pub fn values(row: Row) -> Vec<Value> {
    row.into_iter().map(|prop| prop.value).collect()
}

pub fn text(text: &str) -> Value {
    Value::Unicode(text.to_owned())
}

/// `PRAGMA integrity_check` and `foreign_key_check` of the store's file.
pub fn check_integrity(folder: &std::path::Path) {
    let file = rusqlite::Connection::open(folder.join(store_sqlite::STORE_FILE)).expect("a file");
    let says: String =
        file.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("a check");
    assert_eq!(says, "ok");
    let dangling: i64 = file
        .query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0))
        .expect("a check");
    assert_eq!(dangling, 0);
}
