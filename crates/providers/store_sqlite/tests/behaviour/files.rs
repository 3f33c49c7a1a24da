//! What files and disks do to a store.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use mapi_abi::codes::Code;
use mapi_abi::spi::{MessageStore, Query};
use mapi_abi::tags::PR_SUBJECT;
use store_sqlite::{STORE_FILE, SqliteStore, StoreAt};

use crate::home::{Home, READ, WRITE, new_message};

const FOLDER: &str = "STORE_SQLITE_TEST_FILES";
/// A folder with a store that says that it has the first version.
const OLD: &str = "old";
/// A user who owns nothing here.
const NOBODY: u32 = 65534;

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).expect("a mode");
}

/// The other process: reads a store that it cannot write.
#[test]
fn the_reading_process() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else {
        println!("skipped: runs only as the other process of the test of modes");
        return;
    };
    let at = |access| StoreAt { folder: &folder, mailbox: "alice", access };
    let refusal = SqliteStore::open(at(WRITE)).err().expect("a refusal");
    assert_eq!(refusal.code, Code::NO_ACCESS);
    let store = SqliteStore::open(at(READ)).expect("a store");
    assert_eq!(store.count(&store.root(), &Query::default()), Ok(1));
    let old = StoreAt { folder: &folder.join(OLD), mailbox: "alice", access: READ };
    assert_eq!(SqliteStore::open(old).err().expect("a refusal").code, Code::VERSION);
    let refusal = store.feed().map(|mut feed| feed.changes().map(|list| list.len()));
    assert_eq!(refusal.expect("a feed").expect("changes"), 0);
}

#[test]
fn a_file_that_may_not_be_written_can_be_read() {
    let base = tempfile::tempdir().expect("a folder");
    let program = base.path().join("test");
    std::fs::copy(std::env::current_exe().expect("this test"), &program).expect("a copy");
    set_mode(&program, 0o755);
    let Home { folder, store } = Home::new();
    store.save_message(&new_message(&store.root(), vec![])).expect("a message");
    drop(store);
    let (file, old) = (folder.path().join(STORE_FILE), folder.path().join(OLD));
    std::fs::create_dir(&old).expect("a folder");
    std::fs::copy(&file, old.join(STORE_FILE)).expect("a copy");
    rusqlite::Connection::open(old.join(STORE_FILE))
        .and_then(|copy| copy.pragma_update(None, "user_version", 1))
        .expect("a version");
    for path in [&file, &old.join(STORE_FILE)] {
        set_mode(path, 0o444);
    }
    for path in [base.path(), folder.path(), &old] {
        set_mode(path, 0o555);
    }
    let mut child = Command::new(program);
    child.args(["--exact", "files::the_reading_process", "--nocapture"]);
    child.env(FOLDER, folder.path());
    let own = std::fs::metadata("/proc/self").map(|own| std::os::unix::fs::MetadataExt::uid(&own));
    if own.is_ok_and(|uid| uid == 0) {
        child.uid(NOBODY).gid(NOBODY);
    }
    let done = child.output().expect("a child process");
    for path in [base.path(), folder.path(), &old] {
        set_mode(path, 0o700);
    }
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn criteria_that_were_damaged_are_a_damaged_store() {
    let home = Home::new();
    let finder = home.special(mapi_abi::spi::SpecialFolder::Finder);
    let search = home.folder(&finder, "x", mapi_abi::spi::FolderKind::Search);
    let criteria = mapi_abi::spi::SearchCriteria {
        restriction: mapi_abi::restriction::Restriction::Exist(PR_SUBJECT),
        folders: vec![home.inbox()],
        recursive: false,
    };
    home.store.set_search(&search, Some(&criteria)).expect("set");
    let file = rusqlite::Connection::open(home.folder.path().join(STORE_FILE)).expect("a file");
    file.execute("UPDATE searches SET criteria = x'0199'", []).expect("damaged");
    assert_eq!(home.store.search(&search).expect_err("damage").code, Code::CORRUPT_STORE);
    let count = home.store.count(&search, &Query::default());
    assert_eq!(count.expect_err("damage").code, Code::CORRUPT_STORE);
    home.store.set_search(&search, Some(&criteria)).expect("set anew");
    assert_eq!(home.store.count(&search, &Query::default()), Ok(0));
}
