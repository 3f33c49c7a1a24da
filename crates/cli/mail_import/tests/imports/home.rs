//! What the tests of imports share.

use std::path::{Path, PathBuf};

use mail_import::{ImportError, Options, Report, Source, import};
use mapi_abi::spi::{Access, MessageStore, Query};
use mapi_abi::tags::{PR_DEPTH, PR_DISPLAY_NAME, PR_ENTRYID, PropTag};
use mapi_abi::value::{EntryId, Value};
use store_sqlite::{SqliteStore, StoreAt, Writer};

/// The time of every import here.
pub const NOW: i64 = 1_700_000_000;

/// A store in a temporary folder.
pub struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn store_folder(&self) -> PathBuf {
        self.path().join("alice")
    }

    pub fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let file = self.path().join(name);
        std::fs::create_dir_all(file.parent().expect("a parent")).expect("a folder");
        std::fs::write(&file, bytes).expect("a file");
        file
    }

    pub fn import(&self, source: &Source) -> Result<Report, ImportError> {
        let mut writer = Writer::open(&self.store_folder(), "alice").expect("a writer");
        import(source, &mut writer, &Options { now: NOW }, &mut |_| {})
    }

    pub fn read(&self, source: &Source) -> Report {
        self.import(source).expect("a report")
    }

    pub fn refusal(&self, source: &Source) -> String {
        self.import(source).expect_err("a refusal").to_string()
    }

    pub fn store(&self) -> SqliteStore {
        let folder = self.store_folder();
        let access = Access { write: false, create: false };
        let at = StoreAt { folder: &folder, mailbox: "alice", access };
        SqliteStore::open(at).expect("a store")
    }

    /// Rows of the folder of that name, in the order of arrival.
    pub fn rows(&self, name: &str, columns: &[PropTag]) -> Vec<Vec<Value>> {
        let store = self.store();
        let folder = folder_named(&store, name);
        let query = Query { columns: columns.to_vec(), ..Query::default() };
        let rows = store.rows(&folder, &query, 0, u32::MAX).expect("rows");
        rows.into_iter().map(|row| row.into_iter().map(|prop| prop.value).collect()).collect()
    }
}

pub fn folder_named(store: &SqliteStore, name: &str) -> EntryId {
    let columns = [PR_DISPLAY_NAME, PR_ENTRYID, PR_DEPTH];
    let rows = store.hierarchy(&store.root(), &columns).expect("folders");
    let found = rows.into_iter().find(|row| row[0].value == Value::Unicode(name.to_owned()));
    match found.expect("the folder").swap_remove(1).value {
        Value::Binary(bytes) => EntryId(bytes),
        other => panic!("an entry identifier is bytes, not {other:?}"),
    }
}

/// The folder of real mail, if there is one.
pub fn real_mail() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/data");
    let folder = std::env::var_os("PARTYWALL_TEST_DATA").map_or(beside, PathBuf::from);
    if !folder.is_dir() {
        println!("skipped: no ../shared/data");
        return None;
    }
    Some(folder)
}
