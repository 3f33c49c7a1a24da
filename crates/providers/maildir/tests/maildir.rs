//! A Maildir as a store, alone and beside other programs.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use maildir::{Maildir, MaildirService, PROVIDER_NAME};
use mapi_abi::codes::Code;
use mapi_abi::restriction::{Restriction, SortKey};
use mapi_abi::spi::{
    Access, AttachmentChange, ChangeKind, Field, FolderDeletion, FolderKind, Logon, MessageChange,
    MessageCopy, MessageService, MessageStore, NewFolder, PropChange, Query, Section,
    ServiceContext, ServiceFlags, Sheet, SheetAnswer, SpecialFolder,
};
use mapi_abi::tags::*;
use mapi_abi::value::{EntryId, FileTime, Prop, Row, Value};
use message_props::{long, text};

fn tree() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for part in ["cur", "new", "tmp"] {
        fs::create_dir(folder.path().join(part)).expect("a folder");
    }
    folder
}

fn open(path: &Path) -> Maildir {
    Maildir::open(path, true).expect("a Maildir")
}

fn put(maildir: &Path, place: &str, subject: &str) {
    let raw = format!("From: Ada <ada@x>\nTo: bob@x\nSubject: {subject}\n\nbody of {subject}\n");
    fs::write(maildir.join(place), raw).expect("a file");
}

fn inbox(store: &Maildir) -> EntryId {
    store.special_folder(SpecialFolder::Inbox).expect("an Inbox")
}

const COLUMNS: [PropTag; 5] = [PR_ENTRYID, PR_SUBJECT, PR_MESSAGE_FLAGS, PR_MSG_STATUS, PR_BODY];

fn rows(store: &Maildir, folder: &EntryId) -> Vec<Row> {
    let query = Query { columns: COLUMNS.to_vec(), ..Query::default() };
    store.rows(folder, &query, 0, 1000).expect("rows")
}

fn entry(row: &Row) -> EntryId {
    match &row[0].value {
        Value::Binary(bytes) => EntryId(bytes.clone()),
        other => panic!("{other:?}"),
    }
}

fn subjects(store: &Maildir, folder: &EntryId) -> Vec<String> {
    let subject = |row: &Row| text(row, PR_SUBJECT).unwrap_or_default().to_owned();
    rows(store, folder).iter().map(subject).collect()
}

fn new_message(folder: &EntryId, set: Vec<Prop>) -> MessageChange<'_> {
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

#[test]
fn folders_are_named_and_nested_as_maildir_says() {
    let home = tree();
    for name in [".Entw&APw-rfe", ".A", ".A.B", ".X.Y.Z", "..bad", ".no"] {
        fs::create_dir_all(home.path().join(name)).expect("a folder");
        if name != ".no" {
            fs::create_dir_all(home.path().join(name).join("cur")).expect("a folder");
            fs::create_dir_all(home.path().join(name).join("new")).expect("a folder");
        }
    }
    let store = open(home.path());
    let seen: Vec<(String, Option<i32>)> = store
        .hierarchy(&store.root(), &[PR_DISPLAY_NAME, PR_DEPTH])
        .expect("rows")
        .iter()
        .map(|row| (text(row, PR_DISPLAY_NAME).unwrap_or_default().to_owned(), long(row, PR_DEPTH)))
        .collect();
    let expected = [("Inbox", 1), ("A", 1), ("B", 2), ("Entwürfe", 1), ("X.Y.Z", 1)];
    assert_eq!(seen, expected.map(|(name, depth)| (name.to_owned(), Some(depth))));
    let sent = store.special_folder(SpecialFolder::SentItems).expect("made on demand");
    assert!(home.path().join(".Sent/cur").is_dir() && home.path().join(".Sent/tmp").is_dir());
    assert_eq!(
        store.delete_folder(&sent, FolderDeletion::default()).unwrap_err().code,
        Code::NO_ACCESS
    );
    assert_eq!(store.special_folder(SpecialFolder::Finder), None);
}

#[test]
fn folders_are_made_renamed_moved_and_deleted() {
    let home = tree();
    let store = open(home.path());
    let make = |parent: &EntryId, name| {
        let kind = FolderKind::Generic;
        store.create_folder(&NewFolder { parent, name, comment: "", kind, open_if_exists: false })
    };
    let root = store.root();
    let year = make(&root, "Sent.2020").expect("a folder");
    assert!(home.path().join(".Sent&AC4-2020/new").is_dir());
    let inner = make(&year, "Grüße").expect("a folder");
    assert_eq!(make(&root, "Sent.2020").unwrap_err().code, Code::COLLISION);
    assert_eq!(make(&root, " ").unwrap_err().code, Code::INVALID_PARAMETER);
    assert_eq!(make(&root, &"x".repeat(255)).unwrap_err().code, Code::INVALID_PARAMETER);
    store.save_message(&new_message(&inner, vec![Prop::text(PR_SUBJECT, "in")])).expect("saved");
    assert_eq!(store.move_folder(&year, &inner, None).unwrap_err().code, Code::FOLDER_CYCLE);
    let change = PropChange {
        set: vec![Prop::text(PR_DISPLAY_NAME, "Old"), Prop::text(PR_COMMENT, "x")],
        delete: Vec::new(),
    };
    assert_eq!(store.change_folder(&year, &change), Ok(vec![(PR_COMMENT, Code::NO_SUPPORT)]));
    assert!(home.path().join(".Old.Gr&APwA3w-e").is_dir());
    assert_eq!(store.folder_props(&year, &[PR_DISPLAY_NAME]).unwrap_err().code, Code::NOT_FOUND);
    let row = &store.hierarchy(&root, &[PR_ENTRYID, PR_DISPLAY_NAME]).expect("rows")[1];
    let old = entry(row);
    let delete = |also| store.delete_folder(&old, also).map_err(|failure| failure.code);
    assert_eq!(delete(FolderDeletion::default()), Err(Code::HAS_FOLDERS));
    assert_eq!(delete(FolderDeletion { folders: true, messages: true }), Ok(()));
    assert_eq!(store.hierarchy(&root, &[PR_ENTRYID]).expect("rows").len(), 1);
}

#[test]
fn an_identifier_survives_flags_and_the_way_from_new_to_cur() {
    let home = tree();
    put(home.path(), "new/1.a", "one");
    put(home.path(), "cur/2.b:2,FRSa", "two");
    let store = open(home.path());
    let found = rows(&store, &inbox(&store));
    assert_eq!(subjects(&store, &inbox(&store)), ["one", "two"]);
    assert_eq!(long(&found[0], PR_MESSAGE_FLAGS), Some(0));
    assert_eq!(long(&found[1], PR_MESSAGE_FLAGS), Some(MSGFLAG_READ));
    assert_eq!(long(&found[1], PR_MSG_STATUS), Some(MSGSTATUS_TAGGED | MSGSTATUS_ANSWERED));
    assert_eq!(text(&found[1], PR_BODY), Some("body of two\n"));
    // Another program does it.
    fs::rename(home.path().join("new/1.a"), home.path().join("cur/1.a:2,")).expect("renamed");
    let one = entry(&found[0]);
    store.set_read(std::slice::from_ref(&one), true).expect("read");
    assert!(home.path().join("cur/1.a:2,S").exists());
    store.set_read(&[entry(&found[1])], false).expect("unread");
    assert!(home.path().join("cur/2.b:2,FRa").exists(), "other programs' letters stay");
    let marks = vec![Prop::new(PR_MSG_STATUS, Value::Long(MSGSTATUS_TAGGED | MSGSTATUS_PASSED))];
    let folder = inbox(&store);
    let change = MessageChange { message: Some(&one), ..new_message(&folder, marks) };
    assert_eq!(store.save_message(&change), Ok(one), "flags are a new name only");
    assert!(home.path().join("cur/1.a:2,FPS").exists());
}

#[test]
fn messages_are_written_and_changed_as_a_whole() {
    let home = tree();
    let store = open(home.path());
    let drafts = store.special_folder(SpecialFolder::Drafts).expect("a folder");
    let recipient = |kind, name: &str| {
        vec![
            Prop::new(PR_ROWID, Value::Long(0)),
            Prop::new(PR_RECIPIENT_TYPE, Value::Long(kind)),
            Prop::text(PR_DISPLAY_NAME, name),
            Prop::text(PR_EMAIL_ADDRESS, format!("{name}@x")),
        ]
    };
    let set = vec![Prop::text(PR_SUBJECT, "Grüße"), Prop::text(PR_BODY, "text")];
    let attachment = AttachmentChange {
        number: 0,
        delete: false,
        props: PropChange {
            set: vec![
                Prop::text(PR_ATTACH_LONG_FILENAME, "a.bin"),
                Prop::new(PR_ATTACH_DATA_BIN, Value::Binary(vec![0, 255])),
            ],
            delete: Vec::new(),
        },
    };
    let made = store
        .save_message(&MessageChange {
            recipients: Some(vec![recipient(MAPI_TO, "ada"), recipient(MAPI_BCC, "eve")]),
            attachments: vec![attachment],
            ..new_message(&drafts, set)
        })
        .expect("saved");
    let props = |message: &EntryId, tag| store.message_props(message, &[tag]).expect("a row");
    assert_eq!(long(&props(&made, PR_MESSAGE_FLAGS), PR_MESSAGE_FLAGS), Some(0x19));
    assert_eq!(text(&props(&made, PR_DISPLAY_BCC), PR_DISPLAY_BCC), Some("eve"));
    let opened = match props(&made, PR_LAST_MODIFICATION_TIME)[0].value {
        Value::SysTime(time) => time,
        ref other => panic!("{other:?}"),
    };
    let change = |message, expected| MessageChange {
        message: Some(message),
        expected,
        ..new_message(&drafts, vec![Prop::text(PR_SUBJECT, "new")])
    };
    let changed = store.save_message(&change(&made, Some(opened))).expect("changed");
    assert_eq!(subjects(&store, &drafts), ["new"]);
    assert_eq!(text(&props(&changed, PR_BODY), PR_BODY), Some("text"), "the rest stays");
    assert_eq!(
        store.attachments(&changed, &[PR_ATTACH_SIZE]).expect("rows")[0][0].value,
        Value::Long(2)
    );
    assert_eq!(store.save_message(&change(&made, None)).unwrap_err().code, Code::OBJECT_DELETED);
    // The file's time has the grain of the kernel's clock: both may have been
    // written within one tick.
    let earlier = FileTime(opened.0 - 1);
    assert_eq!(
        store.save_message(&change(&changed, Some(earlier))).unwrap_err().code,
        Code::OBJECT_CHANGED
    );
    let readable = Maildir::open(home.path(), false).expect("a Maildir");
    assert_eq!(readable.save_message(&change(&changed, None)).unwrap_err().code, Code::NO_ACCESS);
    assert_eq!(fs::read_dir(home.path().join(".Drafts/tmp")).expect("a folder").count(), 0);
}

#[test]
fn messages_are_copied_moved_and_deleted() {
    let home = tree();
    put(home.path(), "cur/1.a:2,S", "one");
    let store = open(home.path());
    let trash = store.special_folder(SpecialFolder::DeletedItems).expect("a folder");
    let one = vec![entry(&rows(&store, &inbox(&store))[0])];
    let to = |is_move| MessageCopy { messages: &one, target: &trash, is_move };
    let copies = store.copy_messages(&to(false)).expect("copied");
    assert_eq!(subjects(&store, &inbox(&store)), ["one"]);
    let moved = store.copy_messages(&to(true)).expect("moved");
    assert_eq!(subjects(&store, &inbox(&store)), [""; 0]);
    assert_eq!(subjects(&store, &trash), ["one", "one"]);
    assert!(
        rows(&store, &trash).iter().all(|row| long(row, PR_MESSAGE_FLAGS) == Some(MSGFLAG_READ))
    );
    assert_eq!(store.copy_messages(&to(true)).unwrap_err().code, Code::NOT_FOUND);
    store.delete_messages(&[copies[0].clone(), moved[0].clone(), one[0].clone()]).expect("gone");
    assert_eq!(subjects(&store, &trash), [""; 0]);
}

#[test]
fn tables_sort_by_headers_and_leave_restrictions_to_others() {
    let home = tree();
    for (name, subject) in [("3.c", "alpha"), ("1.a", "Beta"), ("2.b", "gamma")] {
        put(home.path(), &format!("new/{name}"), subject);
    }
    let store = open(home.path());
    let folder = inbox(&store);
    assert_eq!(subjects(&store, &folder), ["Beta", "gamma", "alpha"], "as they arrived");
    let sort = vec![SortKey { tag: PR_SUBJECT, descending: true }];
    let query = Query { columns: vec![PR_SUBJECT], sort, ..Query::default() };
    let sorted = store.rows(&folder, &query, 1, 1).expect("rows");
    assert_eq!(text(&sorted[0], PR_SUBJECT), Some("Beta"));
    let restricted =
        Query { restriction: Some(Restriction::Exist(PR_SUBJECT)), ..Query::default() };
    assert_eq!(store.count(&folder, &restricted).unwrap_err().code, Code::TOO_COMPLEX);
    assert_eq!(store.count(&folder, &Query::default()), Ok(3));
    assert_eq!(store.all_names().unwrap_err().code, Code::NO_SUPPORT);
}

#[test]
fn a_feed_tells_what_others_do() {
    let home = tree();
    put(home.path(), "new/1.a", "one");
    let store = open(home.path());
    let mut feed = store.feed().expect("a feed");
    assert_eq!(feed.changes().expect("changes"), []);
    assert!(feed.descriptor().is_some());
    let mut kinds = |what: &str| -> Vec<(ChangeKind, i32)> {
        let changes = feed.changes().expect(what);
        changes.iter().map(|change| (change.kind, change.object_type)).collect()
    };
    put(home.path(), "new/2.b", "two");
    let came = [(ChangeKind::Created, MAPI_MESSAGE), (ChangeKind::NewMail, MAPI_MESSAGE)];
    assert_eq!(kinds("new mail"), came);
    fs::rename(home.path().join("new/2.b"), home.path().join("cur/2.b:2,")).expect("renamed");
    assert_eq!(kinds("no deletion"), [(ChangeKind::Modified, MAPI_MESSAGE)]);
    fs::rename(home.path().join("cur/2.b:2,"), home.path().join("cur/2.b:2,S")).expect("renamed");
    assert_eq!(kinds("flags"), [(ChangeKind::Modified, MAPI_MESSAGE)]);
    fs::remove_file(home.path().join("cur/2.b:2,S")).expect("removed");
    assert_eq!(kinds("removed"), [(ChangeKind::Deleted, MAPI_MESSAGE)]);
    for part in ["", "new", "cur", "tmp"] {
        fs::create_dir(home.path().join(".Late").join(part)).expect("a folder");
    }
    put(home.path(), ".Late/new/3.c", "three");
    let late = [(ChangeKind::Created, MAPI_FOLDER), (ChangeKind::Created, MAPI_MESSAGE)];
    assert_eq!(kinds("a folder"), late);
    fs::remove_dir_all(home.path().join(".Late")).expect("removed");
    assert_eq!(kinds("no folder"), [(ChangeKind::Deleted, MAPI_FOLDER)]);
    assert_eq!(kinds("nothing"), []);
    fs::remove_dir_all(home.path()).expect("removed");
    assert_eq!(feed.changes().unwrap_err().code, Code::END_OF_SESSION);
}

struct Says(SheetAnswer);

impl Sheet for Says {
    fn show(&self, _: &str, _: &str, fields: &[Field]) -> SheetAnswer {
        assert_eq!(fields[0].name, "path");
        self.0.clone()
    }
}

#[test]
fn the_service_says_what_is_wrong_with_its_path() {
    let service = MaildirService::new();
    let home = tree();
    let logon = |section: &Section| {
        let folder = home.path();
        let access = Access { write: true, create: false };
        let logon = Logon { user: "ada", mailbox: "ada", folder, section, access };
        service.logon(PROVIDER_NAME, &logon).map(drop).map_err(|failure| failure.code)
    };
    let at = |path: &Path| {
        let mut section = Section::new();
        section.set(PR_PROFILE_PATH, Value::Unicode(path.display().to_string()));
        section
    };
    assert_eq!(logon(&Section::new()), Err(Code::UNCONFIGURED));
    assert_eq!(logon(&at(&home.path().join("none"))), Err(Code::NOT_FOUND));
    assert_eq!(logon(&at(&home.path().join("cur"))), Err(Code::NOT_FOUND));
    assert_eq!(logon(&at(home.path())), Ok(()));
    fs::remove_dir(home.path().join("new")).expect("removed");
    fs::write(home.path().join("new"), "x").expect("a file");
    assert_eq!(logon(&at(home.path())), Err(Code::CORRUPT_DATA));
    let mut section = Section::new();
    let mut configure = |flags, answer: SheetAnswer| {
        service
            .configure(ServiceContext::Configure, flags, &mut section, &Says(answer))
            .map_err(|failure| failure.code)
    };
    let none = ServiceFlags::default();
    assert_eq!(configure(none, SheetAnswer::Cancelled), Err(Code::UNCONFIGURED));
    let allowed = ServiceFlags::UI_ALLOWED;
    assert_eq!(configure(allowed, SheetAnswer::Nobody), Err(Code::UNCONFIGURED));
    assert_eq!(configure(allowed, SheetAnswer::Cancelled), Err(Code::USER_CANCEL));
    assert_eq!(configure(allowed, SheetAnswer::Filled(vec!["/m".into()])), Ok(()));
    assert_eq!(section.text(PR_PROFILE_PATH), Some("/m"));
}

fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for found in fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(found.file_name());
        if found.path().is_dir() {
            copy_tree(&found.path(), &target);
        } else {
            fs::copy(found.path(), target).expect("a file");
        }
    }
}

#[test]
fn other_peoples_maildirs_are_read() {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/data");
    let data = std::env::var_os("PARTYWALL_TEST_DATA").map_or(beside, PathBuf::from);
    if !data.join("maildir").is_dir() {
        println!("skipped: no ../shared/data");
        return;
    }
    let home = tempfile::tempdir().expect("a folder");
    copy_tree(&data.join("maildir"), home.path());
    let store = open(home.path());
    let folders = store.hierarchy(&store.root(), &[PR_ENTRYID, PR_DISPLAY_NAME, PR_DEPTH]);
    let folders = folders.expect("rows");
    let names: Vec<_> = folders.iter().filter_map(|row| text(row, PR_DISPLAY_NAME)).collect();
    assert_eq!(names, ["Inbox", "My Folder", "Nested Folder"]);
    let counts = folders.iter().map(|row| rows(&store, &entry(row)).len());
    assert_eq!(counts.collect::<Vec<_>>(), [2, 2, 2]);
    let nested = rows(&store, &entry(&folders[2]));
    let marked = nested.iter().find(|row| long(row, PR_MSG_STATUS) == Some(0x0001_0002));
    store.set_read(&[entry(marked.expect("flags FP"))], true).expect("read");
    let file = ".My Folder.Nested Folder/cur/1276533073.M242911P3632.kurkku;2,FPS";
    assert!(home.path().join(file).exists());
}

#[test]
fn another_program_changes_flags_all_the_time() {
    let home = tree();
    for number in 0..20 {
        put(home.path(), &format!("cur/{number}.x:2,"), &number.to_string());
    }
    let script = "while :; do for f in cur/*:2,; do mv \"$f\" \"${f}F\" 2>/dev/null; done; \
                  for f in cur/*F*; do mv \"$f\" \"${f%%:2,*}:2,\" 2>/dev/null; done; done";
    let mut other = Command::new("sh")
        .args(["-c", script])
        .current_dir(home.path())
        .stdin(Stdio::null())
        .spawn()
        .expect("a shell");
    let store = open(home.path());
    let folder = inbox(&store);
    let messages: Vec<EntryId> = rows(&store, &folder).iter().map(entry).collect();
    let mut feed = store.feed().expect("a feed");
    let mut done = 0;
    for round in 0..100 {
        let message = &messages[round % messages.len()];
        match store.set_read(std::slice::from_ref(message), round % 2 == 0) {
            Ok(()) => done += 1,
            // The other one is always faster, for once.
            Err(failure) => assert_eq!(failure.code, Code::NOT_FOUND, "{failure}"),
        }
        let kinds: Vec<ChangeKind> =
            feed.changes().expect("changes").iter().map(|change| change.kind).collect();
        let is_gone = |kind: &ChangeKind| matches!(kind, ChangeKind::Deleted | ChangeKind::Created);
        assert!(kinds.iter().filter(|kind| is_gone(kind)).count() <= 2, "{kinds:?}");
    }
    other.kill().expect("ended");
    other.wait().expect("ended");
    assert!(done > 80, "{done}");
    assert_eq!(messages.len(), 20);
    assert_eq!(rows(&store, &folder).len(), 20);
}

const FOLDER: &str = "MAILDIR_TEST_KILL";
const KILLS: u32 = 50;

/// The other process: says what it has done.
#[test]
fn the_writing_process() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else {
        println!("skipped: runs only as the other process of the kill test");
        return;
    };
    let store = open(&folder);
    let inbox = inbox(&store);
    let say = |line: String| {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{line}").and_then(|()| out.flush()).expect("a pipe");
    };
    say(String::new());
    for number in 0_u64.. {
        let subject = format!("{}-{number}", std::process::id());
        let body = format!("{}end", "x".repeat(20_000));
        let set = vec![Prop::text(PR_SUBJECT, subject.as_str()), Prop::text(PR_BODY, body)];
        let made = store.save_message(&new_message(&inbox, set)).expect("saved");
        say(format!("said {subject} first"));
        let again = vec![Prop::text(PR_INTERNET_REFERENCES, "<second@x>")];
        let change = MessageChange { message: Some(&made), ..new_message(&inbox, again) };
        let made = store.save_message(&change).expect("changed");
        say(format!("said {subject} second"));
        store.set_read(&[made], number % 2 == 0).expect("read");
    }
}

#[test]
fn whoever_is_killed_leaves_what_was_acknowledged() {
    let home = tree();
    let mut known: HashMap<String, bool> = HashMap::new();
    for kill in 0..KILLS {
        let mut writer = Command::new(std::env::current_exe().expect("this test"))
            .args(["the_writing_process", "--exact", "--nocapture"])
            .env(FOLDER, home.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a process");
        let mut lines = BufReader::new(writer.stdout.take().expect("a pipe")).lines();
        let mut left = 3 + kill % 7;
        let mut learn = |line: &str| {
            if let ["said", subject, what] = line.split(' ').collect::<Vec<_>>()[..] {
                known.insert(subject.to_owned(), what == "second");
                return true;
            }
            false
        };
        while left > 0 {
            let line = lines.next().expect("it goes on").expect("a line");
            left -= u32::from(learn(&line));
        }
        std::thread::sleep(std::time::Duration::from_micros(u64::from(kill) * 37));
        writer.kill().expect("killed");
        for line in lines.map_while(Result::ok) {
            learn(&line);
        }
        writer.wait().expect("ended");
    }
    let store = open(home.path());
    let columns = vec![PR_SUBJECT, PR_BODY, PR_INTERNET_REFERENCES];
    let query = Query { columns, ..Query::default() };
    let found = store.rows(&inbox(&store), &query, 0, 100_000).expect("rows");
    let mut there: HashMap<String, bool> = HashMap::new();
    for row in &found {
        assert!(
            text(row, PR_BODY).is_some_and(|body| body.ends_with("end")),
            "whole messages only"
        );
        let subject = text(row, PR_SUBJECT).unwrap_or_default().to_owned();
        *there.entry(subject).or_default() |= text(row, PR_INTERNET_REFERENCES).is_some();
    }
    for (subject, is_second) in &known {
        let seen = there.get(subject);
        assert!(seen.is_some_and(|seen| *seen >= *is_second), "{subject} {is_second} {seen:?}");
    }
    assert!(known.len() >= KILLS as usize, "{}", known.len());
}
