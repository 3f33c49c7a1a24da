//! Mail through CDO, as a script does it.

use com_abi::HRESULT;
use com_abi::codes::{DISP_E_BADINDEX, DISP_E_PARAMNOTFOUND, DISP_E_UNKNOWNNAME};
use mapi_abi::codes::Code;
use mapi_abi::spi::SpecialFolder;
use partywall::automation::Value;
use partywall::com::Apartment;

use crate::late::Late;
use crate::scripted::{Configures, Does, as_user, house};
use crate::store::{contents, deliver, engine, letter, with_file};

fn missing() -> Value {
    Value::Error(DISP_E_PARAMNOTFOUND)
}

/// A session of the user's default profile.
fn logged_on() -> Late {
    let session = Late::session();
    let quiet = [("ShowDialog", Value::Bool(false)), ("ProfileName", Value::text("Work"))];
    assert_eq!(session.call_named("Logon", &quiet), Ok(Value::Empty));
    session
}

#[test]
fn before_the_logon_there_is_the_version_and_nothing_else() {
    let (house, _turn) = house();
    let _apartment = Apartment::multithreaded().unwrap();
    let user = house.user(&["PWSTORE"]);
    as_user(&user, || {
        let session = Late::session();
        assert_eq!(session.text("Version"), "1.2.1");
        assert_eq!(session.text("operatingsystem"), "Linux");
        assert_eq!(session.call("Class", &[]), Ok(Value::I4(0)));
        let uninitialised = Err(HRESULT(0x8004_0605_u32 as i32));
        assert_eq!(session.call("Inbox", &[]), uninitialised);
        assert_eq!(session.call("Logoff", &[]), uninitialised);
        assert_eq!(session.call("Nonsense", &[]), Err(DISP_E_UNKNOWNNAME));
        let ids = session.ids(&["Logon", "NewSession", "ProfileInfo"]).unwrap();
        assert_eq!(ids, [119, 3, 6]);
    });
}

#[test]
fn messages_are_gone_through_filtered_and_sorted() {
    let (house, _turn) = house();
    let _apartment = Apartment::multithreaded().unwrap();
    let user = house.user(&["PWSTORE"]);
    as_user(&user, || {
        let engine = engine();
        deliver(&engine, &[letter(1, "one"), letter(2, "two"), letter(3, "three")]);
        let session = logged_on();
        let inbox = session.object("Inbox", &[]);
        let messages = inbox.object("Messages", &[]);
        assert_eq!(messages.call("Count", &[]), Ok(Value::I4(3)));
        // Missing arguments are error values.
        assert_eq!(messages.call("Sort", &[Value::I4(2), missing()]), Ok(Value::Empty));
        let mut seen = vec![messages.object("GetFirst", &[]).text("Subject")];
        while let Ok(Value::Dispatch(Some(next))) = messages.call("GetNext", &[]) {
            seen.push(Late(next).text("Subject"));
        }
        assert_eq!(seen, ["three", "two", "one"]);
        let filter = messages.object("Filter", &[]);
        filter.put("Subject", Value::text("tw")).unwrap();
        assert_eq!(messages.call("Count", &[]), Ok(Value::I4(1)));
        let two = messages.object("Item", &[Value::I4(1)]);
        assert_eq!((two.text("Subject"), two.text("Text")), ("two".into(), "Text of two".into()));
        assert_eq!(two.object("Sender", &[]).text("Address"), "ann@example.org");
        assert_eq!(messages.call("Item", &[Value::I4(2)]), Err(DISP_E_BADINDEX));
        // The same message by its identifier.
        let again = session.object("GetMessage", &[Value::text(&two.text("ID"))]);
        let same = two.call("IsSameAs", &[Value::Dispatch(Some(again.0.clone()))]);
        assert_eq!(same, Ok(Value::Bool(true)));
        two.put("Unread", Value::Bool(false)).unwrap();
        two.call("Delete", &[]).unwrap();
        assert_eq!(contents(&engine, SpecialFolder::Inbox).len(), 2);
        session.call("Logoff", &[]).unwrap();
        assert_eq!(messages.call("Count", &[]).unwrap_err(), Code::INVALID_OBJECT.hresult());
        engine.leave().unwrap();
    });
}

#[test]
fn a_message_is_written_with_fields_recipients_and_files_and_sent() {
    let (house, _turn) = house();
    let _apartment = Apartment::multithreaded().unwrap();
    let user = house.user(&["PWSTORE"]);
    as_user(&user, || {
        let engine = engine();
        let file = house.folder.path().join("cdo.txt");
        std::fs::write(&file, b"cdo").unwrap();
        let session = logged_on();
        let outbox = session.object("Outbox", &[]).object("Messages", &[]);
        let message = outbox.object("Add", &[Value::text("hello"), Value::text("text")]);
        message.put("Importance", Value::I4(2)).unwrap();
        let no_recipients = message.call("Send", &[]).unwrap_err();
        assert_eq!(no_recipients, Code::NO_RECIPIENTS.hresult());
        let people = message.object("Recipients", &[]);
        let bob = people.object("Add", &[Value::text("bob@x")]);
        assert_eq!(people.call("Resolved", &[]), Ok(Value::Bool(false)));
        bob.call("Resolve", &[Value::Bool(false)]).unwrap();
        assert_eq!(bob.text("Address"), "SMTP:bob@x");
        let arguments = [missing(), missing(), missing(), Value::text(file.to_str().unwrap())];
        let attached = message.object("Attachments", &[]).object("Add", &arguments);
        assert_eq!(attached.text("Name"), "cdo.txt");
        let fields = message.object("Fields", &[]);
        let tag = Value::I4(0x6700_001F);
        fields.object("Add", &[tag.clone(), Value::text("kept")]);
        message.call("Update", &[]).unwrap();
        let again = session.object("GetMessage", &[Value::text(&message.text("ID"))]);
        assert_eq!(again.object("Fields", &[tag]).text("Value"), "kept");
        assert_eq!(again.call("Importance", &[]), Ok(Value::I4(2)));
        let copy = house.folder.path().join("copy.txt");
        let copied = again.object("Attachments", &[Value::I4(1)]);
        copied.call("WriteToFile", &[Value::text(copy.to_str().unwrap())]).unwrap();
        assert_eq!(std::fs::read(copy).unwrap(), b"cdo");
        message.call("Send", &[]).unwrap();
        session.call("Logoff", &[]).unwrap();
        engine.leave().unwrap();
    });
}

#[test]
fn stores_and_folders_are_collections() {
    let (house, _turn) = house();
    let _apartment = Apartment::multithreaded().unwrap();
    let user = house.user(&["PWSTORE"]);
    as_user(&user, || {
        let engine = engine();
        deliver(&engine, &[with_file(letter(1, "one"), "a.txt", b"x")]);
        let session = logged_on();
        let store = session.object("InfoStores", &[Value::I4(1)]);
        let root = store.object("RootFolder", &[]);
        let folders = root.object("Folders", &[]);
        folders.object("Add", &[Value::text("Mine")]);
        let mine = folders.object("Item", &[Value::text("mine")]);
        assert_eq!((mine.text("Name"), mine.call("Class", &[])), ("Mine".into(), Ok(Value::I4(2))));
        let message = session.object("Inbox", &[]).object("Messages", &[Value::I4(1)]);
        let reply = message.object("Reply", &[]);
        assert_eq!(reply.text("Subject"), "RE: one");
        let moved = message.object("MoveTo", &[Value::text(&mine.text("ID"))]);
        assert_eq!(moved.text("FolderID"), mine.text("ID"));
        assert_eq!(mine.object("Messages", &[]).call("Count", &[]), Ok(Value::I4(1)));
        assert!(matches!(folders.call("_NewEnum", &[]), Ok(Value::Unknown(Some(_)))));
        mine.call("Delete", &[]).unwrap();
        assert_eq!(folders.call("Item", &[Value::text("Mine")]), Err(DISP_E_BADINDEX));
        // The root of all is not to be deleted, nor the inbox.
        let inbox = session.object("Inbox", &[]);
        assert_eq!(inbox.call("Delete", &[]), Err(Code::NO_ACCESS.hresult()));
        session.call("Logoff", &[]).unwrap();
        engine.leave().unwrap();
    });
}

#[test]
fn a_disabled_service_says_that_it_is_not_configured() {
    let (house, _turn) = house();
    let _apartment = Apartment::multithreaded().unwrap();
    let user = house.user(&["TEST"]);
    for (code, wanted) in [
        (Code::UNCONFIGURED, Code::UNCONFIGURED),
        (Code::NETWORK_ERROR, Code::UNCONFIGURED),
        (Code::SESSION_LIMIT, Code::SESSION_LIMIT),
    ] {
        house.bad.expect(&[Does::Fails(code), Does::Fails(code)], Configures::Nothing);
        as_user(&user, || {
            let session = logged_on();
            assert_eq!(session.call("Inbox", &[]), Err(wanted.hresult()), "{code:?}");
            session.call("Logoff", &[]).unwrap();
        });
    }
}
