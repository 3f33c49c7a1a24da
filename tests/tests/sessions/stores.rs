//! Real stores in sessions: what is wrong with one has its own error, and a live
//! Maildir tells what other programs do to it.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use mapi_abi::restriction::{Match, Restriction, SortKey};
use mapi_abi::spi::{ChangeKind, MessageStore, SpecialFolder};
use mapi_abi::structs::{MAPI_EXTENDED, MAPI_NEW_SESSION};
use mapi_abi::tags::{PR_PROFILE_PATH, PR_SUBJECT};
use mapi_abi::value::Value;
use mapi_session::notify::{Interest, Notification, Sink, event};
use mapi_table::{ContentsRows, Table};

use crate::scripted::{House, as_user, house, request};

const ALONE: u32 = MAPI_EXTENDED | MAPI_NEW_SESSION;

/// A user whose profile has this service alone, with this path.
fn user(house: &House, service: &str, path: &Path) -> String {
    let user = house.user(&[service]);
    let path = path.display().to_string();
    house
        .profiles(&user)
        .change("Work", |profile| {
            profile.services[0].section.set(PR_PROFILE_PATH, Value::Unicode(path));
            Ok(())
        })
        .unwrap();
    user
}

fn logon(user: &str) -> Arc<mapi_session::Client> {
    as_user(user, || mapi_session::logon(&request("Work", ALONE)).unwrap())
}

#[test]
fn what_is_wrong_with_a_store_has_its_own_error() {
    let (house, _turn) = house();
    let folder = tempfile::tempdir().unwrap();
    let store = |name: &str, make: &dyn Fn(&Path)| {
        let path = folder.path().join(name);
        std::fs::create_dir(&path).unwrap();
        let user = user(house, "PWSTORE", &path);
        make(&path);
        let client = logon(&user);
        let report = client.session().reports().remove(0);
        assert_eq!(report.state, "disabled", "{name}");
        report.reason
    };
    let missing = store("missing", &|_| {});
    assert!(missing.contains("MAPI_E_NOT_FOUND"), "{missing}");
    let garbage = store("garbage", &|path| {
        std::fs::write(path.join("store.db"), "no database at all ".repeat(100)).unwrap();
    });
    assert!(garbage.contains("MAPI_E_CORRUPT_STORE"), "{garbage}");
    let newer = store("newer", &|path| {
        let made = user(house, "PWSTORE", path);
        drop(store_sqlite::Writer::open(path, &made).unwrap());
        let file = path.join("store.db");
        // The version stands at byte 60 of the file, most significant first.
        let mut bytes = std::fs::read(&file).unwrap();
        bytes[60..64].copy_from_slice(&99u32.to_be_bytes());
        for beside in ["store.db-wal", "store.db-shm"] {
            let _ = std::fs::remove_file(path.join(beside));
        }
        std::fs::write(&file, bytes).unwrap();
    });
    assert!(newer.contains("MAPI_E_VERSION"), "{newer}");
    let path = folder.path().join("nowhere");
    let user = user(house, "PWMAILDIR", &path);
    let report = logon(&user).session().reports().remove(0);
    assert!(report.reason.contains("MAPI_E_NOT_FOUND"), "{report:?}");
}

#[derive(Default)]
struct Heard(Mutex<Vec<ChangeKind>>);

impl Sink for Heard {
    fn notify(&self, notifications: &[Notification]) {
        let kinds = notifications.iter().filter_map(|one| match one {
            Notification::Object(change) => Some(change.kind),
            _ => None,
        });
        self.0.lock().unwrap().extend(kinds);
    }
}

/// A Maildir with so many messages.
fn maildir(path: &Path, count: usize) {
    for part in ["tmp", "new", "cur"] {
        std::fs::create_dir_all(path.join(part)).unwrap();
    }
    for number in 0..count {
        deliver(path, "cur", number);
    }
}

/// As another program delivers.
fn deliver(path: &Path, part: &str, number: usize) {
    let text = format!("From: x@x.example\r\nSubject: Letter {number:02}\r\n\r\nbody\r\n");
    let info = if part == "cur" { ":2,S" } else { "" };
    let name = format!("1700000{number:03}.M1P1.host{info}");
    let fresh = path.join("tmp").join(&name);
    std::fs::write(&fresh, text).unwrap();
    std::fs::rename(fresh, path.join(part).join(name)).unwrap();
}

#[test]
fn a_maildir_is_read_in_order_and_tells_of_mail_that_others_deliver() {
    let (house, _turn) = house();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("Maildir");
    maildir(&path, 12);
    let user = user(house, "PWMAILDIR", &path);
    let client = logon(&user);
    let store = client.default_store().unwrap();
    let inbox = store.special_folder(SpecialFolder::Inbox).unwrap();
    let rows = ContentsRows::new(Arc::new(store.clone()), inbox.clone(), false);
    let mut table = Table::new(Box::new(rows), vec![PR_SUBJECT]);
    table.sort(vec![SortKey { tag: PR_SUBJECT, descending: true }]).unwrap();
    let condition = Restriction::Content {
        tag: PR_SUBJECT,
        text: "letter 0".into(),
        kind: Match::Prefix,
        ignore_case: true,
    };
    table.restrict(Some(condition)).unwrap();
    assert_eq!(table.row_count().unwrap(), 10);
    let first = table.query_rows(2, false).unwrap();
    let subjects: Vec<_> = first.iter().map(|row| row[0].value.clone()).collect();
    let letter = |number: usize| Value::Unicode(format!("Letter {number:02}"));
    assert_eq!(subjects, [letter(9), letter(8)]);
    let heard = Arc::new(Heard::default());
    let interest = Interest { mask: event::NEW_MAIL | event::OBJECT_CREATED, entry: None };
    let connection = store.advise(interest, Arc::clone(&heard) as _).unwrap();
    deliver(&path, "new", 20);
    let end = Instant::now() + Duration::from_secs(10);
    let has = |kind| heard.0.lock().unwrap().contains(&kind);
    while !(has(ChangeKind::NewMail) && has(ChangeKind::Created)) {
        assert!(Instant::now() < end, "{:?}", heard.0.lock().unwrap());
        std::thread::sleep(Duration::from_millis(5));
    }
    client.sinks().unadvise(connection).unwrap();
    table.restrict(None).unwrap();
    assert_eq!(table.row_count().unwrap(), 13);
}
