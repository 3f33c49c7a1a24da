//! The feed of changes.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::process::Command;
use std::time::{Duration, Instant};

use mapi_abi::codes::Code;
use mapi_abi::spi::{
    Change, ChangeFeed, ChangeKind, FolderDeletion, FolderKind, MessageCopy, MessageStore,
    PropChange,
};
use mapi_abi::tags::{MAPI_FOLDER, MAPI_MESSAGE, MAPI_STORE, PR_SUBJECT};
use mapi_abi::value::{EntryId, Prop};
use store_sqlite::{CHANGES_KEPT, Envelope, INBOX, STORE_FILE, Writer};

use crate::home::{Home, WRITE, new_message, open};

const FOLDER: &str = "STORE_SQLITE_TEST_FEED";

/// What is told of messages: kind and identifier.
fn of_messages(changes: &[Change]) -> Vec<(ChangeKind, EntryId)> {
    changes
        .iter()
        .filter(|change| change.object_type == MAPI_MESSAGE)
        .map(|change| (change.kind, change.entry.clone()))
        .collect()
}

/// Waits until the descriptor has something; takes it, as the feed would.
fn wait_for(feed: &dyn ChangeFeed, most: Duration) -> bool {
    let descriptor = feed.descriptor().expect("a descriptor");
    let mut events = File::from(descriptor.try_clone_to_owned().expect("a descriptor"));
    let until = Instant::now() + most;
    loop {
        match events.read(&mut [0; 4096]) {
            Ok(_) => return true,
            Err(error) if error.kind() != ErrorKind::WouldBlock => panic!("{error}"),
            Err(_) if Instant::now() > until => return false,
            Err(_) => std::thread::sleep(Duration::from_millis(1)),
        }
    }
}

#[test]
fn every_change_is_told_once_in_its_order() {
    let home = Home::new();
    let (store, inbox) = (&home.store, home.inbox());
    home.message(&inbox, vec![]);
    let mut feed = store.feed().expect("a feed");
    assert_eq!(feed.changes(), Ok(vec![]), "what was before is not told");
    let folder = home.folder(&inbox, "New", FolderKind::Generic);
    let message = home.message(&inbox, vec![]);
    let list = std::slice::from_ref(&message);
    let copied = |is_move| {
        let copy = MessageCopy { messages: list, target: &folder, is_move };
        store.copy_messages(&copy).expect("done").remove(0)
    };
    let copy = copied(false);
    copied(true);
    store.set_read(list, false).expect("marked");
    store.set_read(list, false).expect("no change at all");
    let rename = PropChange { set: vec![], delete: vec![PR_SUBJECT] };
    store.change_folder(&folder, &rename).expect("changed");
    store.delete_messages(list).expect("deleted");
    let all = FolderDeletion { messages: true, folders: true };
    store.delete_folder(&folder, all).expect("deleted");
    let changes = feed.changes().expect("changes");
    assert_eq!(
        of_messages(&changes),
        [
            (ChangeKind::Created, message.clone()),
            (ChangeKind::Created, copy.clone()),
            (ChangeKind::Moved, message.clone()),
            (ChangeKind::Modified, message.clone()),
            (ChangeKind::Deleted, message),
            (ChangeKind::Deleted, copy),
        ]
    );
    let moved = changes.iter().find(|change| change.kind == ChangeKind::Moved).expect("moved");
    assert_eq!((&moved.parent, &moved.old_parent), (&Some(folder.clone()), &Some(inbox.clone())));
    let told = |kind, entry: &EntryId| {
        changes.iter().any(|change| {
            (change.kind, change.object_type, &change.entry) == (kind, MAPI_FOLDER, entry)
        })
    };
    for kind in [ChangeKind::Created, ChangeKind::Modified, ChangeKind::Deleted] {
        assert!(told(kind, &folder), "{kind:?}");
    }
    assert!(told(ChangeKind::Modified, &inbox), "its counts changed");
    assert_eq!(feed.changes(), Ok(vec![]));
}

#[test]
fn unread_mail_that_is_added_to_the_inbox_is_new_mail() {
    let home = Home::new();
    let mut feed = home.store.feed().expect("a feed");
    let mut writer = Writer::open(home.folder.path(), "alice").expect("a writer");
    let inbox = writer.ensure_folder(&[INBOX]).expect("the Inbox");
    let other = writer.ensure_folder(&["Other"]).expect("a folder");
    let unread = Envelope::default();
    let read = Envelope { read: true, ..unread };
    let mut add = |folder, envelope| {
        let id = writer.append(folder, &mime::Message::default(), b"x", &envelope).expect("added");
        writer.message_entry(id)
    };
    let [new, old, elsewhere] = [add(inbox, unread), add(inbox, read), add(other, unread)];
    assert_eq!(feed.changes(), Ok(vec![]), "not before it is committed");
    writer.commit().expect("durable");
    let expected = [
        (ChangeKind::Created, new.clone()),
        (ChangeKind::NewMail, new),
        (ChangeKind::Created, old),
        (ChangeKind::Created, elsewhere),
    ];
    assert_eq!(of_messages(&feed.changes().expect("changes")), expected);
    let entry = home.inbox();
    home.message(&entry, vec![]);
    let mut delivered = new_message(&entry, vec![]);
    delivered.original = Some(b"raw");
    let delivered = home.store.save_message(&delivered).expect("delivered");
    let told = of_messages(&feed.changes().expect("changes"));
    let mail: Vec<_> = told.iter().filter(|(kind, _)| *kind == ChangeKind::NewMail).collect();
    assert_eq!(mail, [&(ChangeKind::NewMail, delivered)], "a draft is none");
}

#[test]
fn the_other_process() {
    let Some(folder) = std::env::var_os(FOLDER).map(std::path::PathBuf::from) else {
        println!("skipped: runs only as the other process of the feed test");
        return;
    };
    let store = open(&folder, WRITE);
    let home = Home { folder: tempfile::tempdir().expect("a folder"), store };
    home.message(&home.inbox(), vec![Prop::text(PR_SUBJECT, "from elsewhere")]);
}

#[test]
fn another_process_wakes_the_feed_when_its_change_can_be_seen() {
    let home = Home::new();
    let mut feed = home.store.feed().expect("a feed");
    for _ in 0..5 {
        let mut child = Command::new(std::env::current_exe().expect("this test"))
            .args(["--exact", "feed::the_other_process", "--nocapture"])
            .env(FOLDER, home.folder.path())
            .stdout(std::process::Stdio::null())
            .spawn()
            .expect("a child process");
        assert!(wait_for(feed.as_ref(), Duration::from_secs(20)), "woken");
        assert_eq!(of_messages(&feed.changes().expect("changes")).len(), 1);
        assert!(child.wait().expect("an end").success());
    }
    assert!(!wait_for(feed.as_ref(), Duration::from_millis(20)), "nothing more");
}

#[test]
fn a_feed_that_is_too_far_behind_is_told_that_the_store_changed() {
    let home = Home::new();
    let mut writer = Writer::open(home.folder.path(), "alice").expect("a writer");
    let other = writer.ensure_folder(&["Other"]).expect("a folder");
    writer.commit().expect("durable");
    let mut feed = home.store.feed().expect("a feed");
    let mut add = |count| {
        for _ in 0..count {
            let message = mime::Message::default();
            writer.append(other, &message, b"x", &Envelope::default()).expect("added");
        }
        writer.commit().expect("durable");
    };
    // The folder's own change is the last one.
    add(CHANGES_KEPT - 1);
    assert_eq!(feed.changes().expect("changes").len(), usize::try_from(CHANGES_KEPT).expect("few"));
    add(CHANGES_KEPT);
    let changes = feed.changes().expect("changes");
    assert_eq!(changes.len(), 1);
    assert_eq!((changes[0].kind, changes[0].object_type), (ChangeKind::Modified, MAPI_STORE));
    add(1);
    assert_eq!(feed.changes().expect("changes").len(), 2, "and then as before");
}

#[test]
fn a_feed_ends_with_the_store() {
    let home = Home::new();
    let mut feed = home.store.feed().expect("a feed");
    assert!(feed.interval().is_some());
    std::fs::remove_file(home.folder.path().join(STORE_FILE)).expect("removed");
    assert_eq!(feed.changes().expect_err("gone").code, Code::END_OF_SESSION);
}
