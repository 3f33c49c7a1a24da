//! A provider of somebody else's library that can be written to: a store that
//! everything is passed on to through the documented interfaces, which is our own
//! behind them.
#![allow(missing_docs)]

use std::ffi::{CString, c_void};
use std::os::unix::ffi::OsStrExt;
use std::time::{Duration, Instant};

use com_abi::Interface;
use mapi_abi::codes::Code;
use mapi_abi::interfaces::IMAPISession;
use mapi_abi::restriction::{Match, Restriction};
use mapi_abi::spi::{
    AttachmentChange, ChangeKind, FolderDeletion, FolderKind, MessageChange, MessageCopy,
    MessageStore, Name, NewFolder, PropChange, Query, SearchCriteria,
};
use mapi_abi::structs::{MAPI_EXTENDED, MAPI_NEW_SESSION, MAPI_UNICODE, MDB_WRITE};
use mapi_abi::tags::{
    MAPI_TO, PR_ADDRTYPE, PR_ATTACH_DATA_BIN, PR_ATTACH_LONG_FILENAME, PR_BODY, PR_COMMENT,
    PR_DISPLAY_NAME, PR_EMAIL_ADDRESS, PR_ENTRYID, PR_LAST_MODIFICATION_TIME, PR_MESSAGE_FLAGS,
    PR_RECIPIENT_TYPE, PR_ROWID, PR_SUBJECT,
};
use mapi_abi::value::{EntryId, FileTime, Prop, Row, Value};
use mapi_profile::{Profile, ProfileFolder, user_folder};
use mapi_session::{Request, Settings, StoreHandle, catalog};
use partywall::ffi::MAPILogonEx;
use security::{Token, impersonation};

const INF: &str = "[Services]\nBRIDGE=Bridge\n[BRIDGE]\nPR_SERVICE_SO_NAME=bridge_provider\n\
                   Providers=BRIDGE_MS\n[BRIDGE_MS]\nPR_RESOURCE_TYPE=MAPI_STORE_PROVIDER\n";

fn as_user<R>(user: &str, body: impl FnOnce() -> R) -> R {
    let _identity = impersonation::impersonate(&Token::new(user, None)).unwrap();
    body()
}

/// A store of the owner's for changes, with a reference, and the session it lives in.
fn own_store() -> (IMAPISession, *mut c_void) {
    let flags = MAPI_EXTENDED | MAPI_NEW_SESSION | MAPI_UNICODE;
    let mut profile: Vec<u16> = "Work\0".encode_utf16().collect();
    let (mut raw, mut store) = (std::ptr::null_mut(), std::ptr::null_mut());
    let null = std::ptr::null();
    // SAFETY: a zero-ended text and writable places; the answers are ours.
    unsafe {
        let name = profile.as_mut_ptr().cast();
        assert!(MAPILogonEx(0, name, std::ptr::null_mut(), flags, &mut raw).is_ok());
        let session = IMAPISession::from_raw(raw);
        assert!(session.OpenMsgStore(0, 0, null, null.cast(), MDB_WRITE, &mut store).is_ok());
        (session, store)
    }
}

/// Hands the store to the library.
fn hand_over(library: &std::path::Path, store: *mut c_void) {
    let path = CString::new(library.as_os_str().as_bytes()).unwrap();
    // SAFETY: the library is ours and exports that function of that type.
    unsafe {
        let handle = libc::dlopen(path.as_ptr(), libc::RTLD_NOW);
        let symbol = libc::dlsym(handle, c"bridge_set_store".as_ptr());
        assert!(!symbol.is_null());
        let set: unsafe extern "C" fn(*mut c_void) = std::mem::transmute(symbol);
        set(store);
    }
}

/// Runs `body` with the store behind the bridge.
fn bridged(body: impl FnOnce(&StoreHandle)) {
    let folder = tempfile::tempdir().unwrap();
    registry::set_data_folder(folder.path().to_owned());
    let services = folder.path().join("services");
    std::fs::create_dir(&services).unwrap();
    let library = services.join("bridge_provider.so");
    tests::compile("cc", &["-shared", "-fPIC"], "bridge_provider.c", &library, false);
    std::fs::write(services.join("bridge.inf"), INF).unwrap();
    tests::messaging();
    foreign_services::register(Vec::new());
    mapi_session::set_settings(Settings { broker: false, ..Settings::default() });
    mapi_session::initialize(0, 0).unwrap();
    for (user, service) in [("owner", "PWSTORE"), ("guest", "BRIDGE")] {
        let mut profile = Profile::new("Work");
        profile.add_service(catalog::service(service).unwrap().info(), None).unwrap();
        ProfileFolder::new(&user_folder(folder.path(), user)).create(&profile).unwrap();
    }
    let (session, store) = as_user("owner", own_store);
    hand_over(&library, store);
    let flags = MAPI_EXTENDED | MAPI_NEW_SESSION;
    let request = Request { profile: "Work".into(), flags, ..Request::default() };
    let client = as_user("guest", || mapi_session::logon(&request)).unwrap();
    body(&client.default_store().unwrap());
    client.leave().unwrap();
    // SAFETY: no pointers.
    assert!(unsafe { session.Logoff(0, 0, 0) }.is_ok());
}

fn new_folder(store: &dyn MessageStore, name: &str, kind: FolderKind) -> EntryId {
    let parent = &store.root();
    let new = NewFolder { parent, name, comment: "", kind, open_if_exists: false };
    store.create_folder(&new).unwrap()
}

fn draft<'a>(folder: &'a EntryId, message: Option<&'a EntryId>, set: Row) -> MessageChange<'a> {
    MessageChange {
        message,
        folder,
        associated: false,
        props: PropChange { set, delete: Vec::new() },
        recipients: None,
        attachments: Vec::new(),
        expected: None,
        original: None,
    }
}

fn rows(store: &dyn MessageStore, folder: &EntryId) -> Vec<Row> {
    let query = Query { columns: vec![PR_ENTRYID, PR_SUBJECT], ..Query::default() };
    store.rows(folder, &query, 0, 100).unwrap()
}

/// A message with a recipient and an attachment.
fn write(store: &dyn MessageStore, folder: &EntryId) -> EntryId {
    let mut new = draft(folder, None, vec![Prop::text(PR_SUBJECT, "S"), Prop::text(PR_BODY, "B")]);
    new.recipients = Some(vec![vec![
        Prop::new(PR_ROWID, Value::Long(0)),
        Prop::new(PR_RECIPIENT_TYPE, Value::Long(MAPI_TO)),
        Prop::text(PR_DISPLAY_NAME, "R"),
        Prop::text(PR_ADDRTYPE, "SMTP"),
        Prop::text(PR_EMAIL_ADDRESS, "r@x.example"),
    ]]);
    let set = vec![
        Prop::text(PR_ATTACH_LONG_FILENAME, "a.bin"),
        Prop::new(PR_ATTACH_DATA_BIN, Value::Binary(vec![7; 100_000])),
    ];
    let props = PropChange { set, delete: Vec::new() };
    new.attachments = vec![AttachmentChange { number: 0, delete: false, props }];
    store.save_message(&new).unwrap()
}

fn check_message(store: &dyn MessageStore, message: &EntryId) {
    let props = store.message_props(message, &[PR_SUBJECT, PR_BODY]).unwrap();
    assert_eq!(props, [Prop::text(PR_SUBJECT, "S"), Prop::text(PR_BODY, "B")]);
    let recipients = store.recipients(message, &[PR_EMAIL_ADDRESS]).unwrap();
    assert_eq!(recipients, [[Prop::text(PR_EMAIL_ADDRESS, "r@x.example")]]);
    let attachments = store.attachments(message, &[PR_ATTACH_DATA_BIN]).unwrap();
    assert_eq!(attachments[0][0].value, Value::Binary(vec![7; 100_000]));
}

#[test]
fn everything_that_a_store_can_do_is_done_through_its_interfaces() {
    bridged(|handle| {
        let store = handle.get().unwrap();
        let mut feed = store.feed().unwrap();
        let folder = new_folder(store, "Mine", FolderKind::Generic);
        let message = write(store, &folder);
        check_message(store, &message);

        let changed = draft(&folder, Some(&message), vec![Prop::text(PR_SUBJECT, "T")]);
        let late = MessageChange { expected: Some(FileTime(1)), ..changed.clone() };
        assert_eq!(store.save_message(&late).unwrap_err().code, Code::OBJECT_CHANGED);
        let now = store.message_props(&message, &[PR_LAST_MODIFICATION_TIME]).unwrap();
        let Value::SysTime(now) = now[0].value else { panic!("{now:?}") };
        let timely = MessageChange { expected: Some(now), ..changed };
        assert_eq!(store.save_message(&timely), Ok(message.clone()));
        let back = draft(&folder, Some(&message), vec![Prop::text(PR_SUBJECT, "S")]);
        assert_eq!(store.save_message(&back), Ok(message.clone()));

        let flags = || store.message_props(&message, &[PR_MESSAGE_FLAGS]).unwrap()[0].value.clone();
        for (read, wanted) in [(true, 1), (false, 0)] {
            store.set_read(std::slice::from_ref(&message), read).unwrap();
            assert!(matches!(flags(), Value::Long(flags) if flags & 1 == wanted));
        }

        let target = new_folder(store, "Target", FolderKind::Generic);
        let messages = std::slice::from_ref(&message);
        let copy = MessageCopy { messages, target: &target, is_move: false };
        let copies = store.copy_messages(&copy).unwrap();
        check_message(store, &copies[0]);
        assert_eq!((rows(store, &folder).len(), rows(store, &target).len()), (1, 1));
        let moved = store.copy_messages(&MessageCopy { is_move: true, ..copy }).unwrap();
        check_message(store, &moved[0]);
        assert_eq!((rows(store, &folder).len(), rows(store, &target).len()), (0, 2));
        store.delete_messages(&moved).unwrap();
        store.delete_messages(&moved).unwrap();
        assert_eq!(rows(store, &target).len(), 1);

        let since = Instant::now();
        let mut heard = Vec::new();
        while !heard.contains(&ChangeKind::Deleted) {
            assert!(since.elapsed() < Duration::from_secs(10), "{heard:?}");
            heard.extend(feed.changes().unwrap().iter().map(|change| change.kind));
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!(heard.contains(&ChangeKind::Created));
        folders(store, &folder, &target);
        names_and_searches(store, &target);
    });
}

fn folders(store: &dyn MessageStore, folder: &EntryId, target: &EntryId) {
    let set = vec![Prop::text(PR_COMMENT, "a comment")];
    let change = PropChange { set, delete: Vec::new() };
    assert_eq!(store.change_folder(folder, &change), Ok(Vec::new()));
    assert_eq!(store.folder_props(folder, &[PR_COMMENT]), Ok(change.set));
    store.move_folder(folder, target, Some("Moved")).unwrap();
    let below = store.hierarchy(target, &[PR_DISPLAY_NAME]).unwrap();
    assert_eq!(below, [[Prop::text(PR_DISPLAY_NAME, "Moved")]]);
    let refused = store.delete_folder(target, FolderDeletion::default()).unwrap_err();
    assert!(matches!(refused.code, Code::HAS_FOLDERS | Code::HAS_MESSAGES), "{refused}");
    store.delete_folder(folder, FolderDeletion::default()).unwrap();
    assert!(store.hierarchy(target, &[PR_ENTRYID]).unwrap().is_empty());
}

fn names_and_searches(store: &dyn MessageStore, target: &EntryId) {
    let name = Name::Text { set: [3; 16], text: "mine".into() };
    let wanted = std::slice::from_ref(&name);
    assert_eq!(store.ids_from_names(wanted, false), Ok(vec![None]));
    let ids = store.ids_from_names(wanted, true).unwrap();
    let id = ids[0].unwrap();
    assert!(id >= 0x8000);
    assert_eq!(store.names_from_ids(&[id]), Ok(vec![Some(name.clone())]));
    assert!(store.all_names().unwrap().contains(&(id, name)));

    let search = new_folder(store, "Search", FolderKind::Search);
    let restriction = Restriction::Content {
        tag: PR_SUBJECT,
        text: "S".into(),
        kind: Match::Full,
        ignore_case: false,
    };
    let folders = vec![target.clone()];
    let criteria = SearchCriteria { restriction, folders, recursive: true };
    store.set_search(&search, Some(&criteria)).unwrap();
    assert_eq!(store.search(&search).unwrap().0, criteria);
    assert_eq!(rows(store, &search).len(), 1);
    store.set_search(&search, None).unwrap();
}
