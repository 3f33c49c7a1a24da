//! Sessions through the documented interfaces, over a real store.
#![allow(missing_docs)]

use com_abi::HRESULT;
use mapi_abi::codes::Code;
use mapi_abi::restriction::{Match, Restriction, SortKey};
use mapi_abi::structs::{
    MAPI_EXPLICIT_PROFILE, MAPI_EXTENDED, MAPI_LOGON_UI, MAPI_NT_SERVICE, MAPI_PASSWORD_UI,
    MAPI_UNICODE, MAPI_USE_DEFAULT,
};
use mapi_abi::tags::{
    PR_ATTACH_DATA_BIN, PR_BODY, PR_DISPLAY_NAME, PR_ENTRYID, PR_MESSAGE_SIZE, PR_SUBJECT,
};
use mapi_abi::value::{EntryId, Row, Value};
use partywall::ffi::{MAPIInitialize, MAPILogonEx, MAPIUninitialize};
use partywall::mapi::Session;
use security::{Token, impersonation};
use store_sqlite::{Envelope, Writer};

/// A process-wide data folder with the mail of alice and bob.
fn house() -> &'static tempfile::TempDir {
    static HOUSE: std::sync::OnceLock<tempfile::TempDir> = std::sync::OnceLock::new();
    HOUSE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        registry::set_data_folder(folder.path().to_owned());
        tests::messaging();
        for user in ["alice", "bob"] {
            let path = mapi_session::user_folder(folder.path(), user);
            let mut writer = Writer::open(&path, user).expect("a store");
            let inbox = writer.ensure_folder(&["Inbox"]).expect("a folder");
            for number in 0..20 {
                let text = format!(
                    "From: x@x.example\r\nSubject: {user} {number:02}\r\n\
                     Content-Type: multipart/mixed; boundary=b\r\n\r\n\
                     --b\r\n\r\nbody {number}\r\n--b\r\nContent-Type: text/csv\r\n\
                     Content-Disposition: attachment; filename=a.csv\r\n\r\n1,2\r\n--b--\r\n"
                );
                let message = mime::decode(text.as_bytes()).expect("a message");
                let envelope = Envelope { received: Some(1000 + number), ..Envelope::default() };
                writer.append(inbox, &message, text.as_bytes(), &envelope).expect("appended");
            }
            writer.commit().expect("durable");
        }
        folder
    })
}

/// The tests take turns: what they count is the process's.
fn turn() -> std::sync::MutexGuard<'static, ()> {
    static TURN: std::sync::Mutex<()> = std::sync::Mutex::new(());
    TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn as_user<R>(user: &str, body: impl FnOnce() -> R) -> R {
    house();
    let _identity = impersonation::impersonate(&Token::new(user, None)).expect("an identity");
    body()
}

fn logon(profile: &str, password: &str, flags: u32) -> HRESULT {
    let text = |text: &str| -> Vec<u16> { text.encode_utf16().chain([0]).collect() };
    let (mut profile, mut password) = (text(profile), text(password));
    let mut session = std::ptr::null_mut();
    // SAFETY: zero-ended strings and a writable place; an answered session is
    // released.
    unsafe {
        let code = MAPILogonEx(
            0,
            profile.as_mut_ptr().cast(),
            password.as_mut_ptr().cast(),
            flags | MAPI_UNICODE,
            &mut session,
        );
        assert_eq!(code.is_ok(), !session.is_null());
        if code.is_ok() {
            drop(<com_abi::IUnknown as com_abi::Interface>::from_raw(session));
        }
        code
    }
}

fn text(row: &Row, at: usize) -> &str {
    match &row[at].value {
        Value::Unicode(text) => text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_logon_answers_with_the_documented_codes() {
    let _turn = turn();
    as_user("alice", || {
        let default = MAPI_EXTENDED | MAPI_USE_DEFAULT;
        let refused = Code::LOGON_FAILED.hresult();
        // SAFETY: null is allowed; each call is undone.
        unsafe {
            assert_eq!(logon("", "", default), Code::NOT_INITIALIZED.hresult());
            assert!(MAPIInitialize(std::ptr::null_mut()).is_ok());
        }
        assert_eq!(logon("", "", default), Code::OK.hresult());
        assert_eq!(logon("default", "", MAPI_EXTENDED), Code::OK.hresult());
        assert_eq!(logon("", "", 1 << 30), Code::UNKNOWN_FLAGS.hresult());
        for (profile, password, flags) in [
            ("", "", MAPI_EXTENDED),
            ("", "", MAPI_EXTENDED | MAPI_EXPLICIT_PROFILE),
            ("", "", default | MAPI_LOGON_UI | MAPI_PASSWORD_UI),
            ("", "", default | MAPI_LOGON_UI | MAPI_NT_SERVICE),
            ("Unknown", "", MAPI_EXTENDED),
            ("", "secret", default),
            (&*"x".repeat(65), "", MAPI_EXTENDED),
        ] {
            assert_eq!(logon(profile, password, flags), refused, "{profile:?} {flags:#x}");
        }
        // SAFETY: a null place is refused.
        let code = unsafe {
            let null = std::ptr::null_mut();
            MAPILogonEx(0, null, null, default, std::ptr::null_mut())
        };
        assert_eq!(code, Code::INVALID_PARAMETER.hresult());
        // SAFETY: undoes the call above.
        unsafe { MAPIUninitialize() };
    });
    let nobody = as_user("mallory", Session::logon);
    assert_eq!(nobody.err(), Some(Code::LOGON_FAILED.hresult()), "no store, no session");
}

#[test]
fn the_session_keeps_the_identity_of_its_logon() {
    let _turn = turn();
    let session = as_user("alice", || Session::logon().unwrap());
    // By now the thread works for bob, which must not matter.
    as_user("bob", || {
        let store = session.default_store().unwrap();
        let props = store.props(&[PR_DISPLAY_NAME]).unwrap();
        assert!(text(&props, 0).contains("alice"));
        let inbox = store.folder(&store.receive_folder().unwrap()).unwrap();
        let table = inbox.contents().unwrap();
        table.set_columns(&[PR_SUBJECT]).unwrap();
        assert!(table.all_rows().unwrap().iter().all(|row| text(row, 0).starts_with("alice")));
    });
    assert!(mapi_session::session::list().iter().any(|entry| &*entry.user == "alice"));
    let table = {
        let store = session.default_store().unwrap();
        store.folder(&store.receive_folder().unwrap()).unwrap().contents().unwrap()
    };
    drop(session);
    let invalid = Code::INVALID_OBJECT.hresult();
    assert_eq!(table.row_count().err(), Some(invalid), "what outlives its session says so");
}

#[test]
fn tables_are_restricted_sorted_and_read_in_pages() {
    let _turn = turn();
    let session = as_user("bob", || Session::logon().unwrap());
    let store = session.default_store().unwrap();
    let inbox = store.folder(&store.receive_folder().unwrap()).unwrap();
    let table = inbox.contents().unwrap();
    table.set_columns(&[PR_SUBJECT, PR_MESSAGE_SIZE, PR_ENTRYID]).unwrap();
    let condition = Restriction::Content {
        tag: PR_SUBJECT,
        text: "BOB 1".into(),
        kind: Match::Prefix,
        ignore_case: true,
    };
    table.restrict(&condition).unwrap();
    table.sort(&[SortKey { tag: PR_SUBJECT, descending: true }]).unwrap();
    assert_eq!(table.row_count().unwrap(), 10);
    table.seek(2).unwrap();
    let page = table.rows(3).unwrap();
    let subjects: Vec<&str> = page.iter().map(|row| text(row, 0)).collect();
    assert_eq!(subjects, ["bob 17", "bob 16", "bob 15"]);

    let Value::Binary(id) = &page[0][2].value else { panic!("no identifier") };
    let message = store.message(&EntryId(id.clone())).unwrap();
    let props = message.props(&[PR_BODY, PR_DISPLAY_NAME]).unwrap();
    assert_eq!(text(&props, 0).trim(), "body 17");
    assert!(matches!(props[1].value, Value::Error(code) if code == Code::NOT_FOUND));
    assert_eq!(message.attachments().unwrap().row_count().unwrap(), 1);
    let bytes = message.attachment_props(0, &[PR_ATTACH_DATA_BIN]).unwrap();
    assert!(matches!(&bytes[0].value, Value::Binary(bytes) if bytes.starts_with(b"1,2")));
    assert!(message.attachment_props(7, &[PR_ATTACH_DATA_BIN]).is_err());
    assert!(store.message(&EntryId(vec![1, 2, 3])).is_err());
    assert!(store.folder(&EntryId(id.clone())).is_err(), "a message is not a folder");
}

#[test]
fn many_logons_leave_nothing_behind() {
    let _turn = turn();
    as_user("alice", || drop(Session::logon().unwrap()));
    let open = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    let visit = |user: &'static str| {
        std::thread::spawn(move || {
            for _ in 0..50 {
                let session = as_user(user, || Session::logon().unwrap());
                let store = session.default_store().unwrap();
                let props = store.props(&[PR_DISPLAY_NAME]).unwrap();
                assert!(text(&props, 0).ends_with(user));
            }
        })
    };
    let buffers = extended_mapi::live_buffers();
    let open_before = open();
    let visitors: Vec<_> = ["alice", "bob", "alice", "bob"].map(visit).into();
    visitors.into_iter().for_each(|visitor| visitor.join().unwrap());
    assert_eq!(extended_mapi::live_buffers(), buffers, "every buffer was freed");
    // A user's connections are kept for a moment, for the next logon.
    mapi_connection::drain(std::time::Duration::from_secs(5)).unwrap();
    assert!(open() <= open_before, "every descriptor was closed");
    assert!(mapi_session::session::list().is_empty(), "every session has ended");
}
