//! Messages that are made, changed, copied and deleted.

use std::ffi::c_void;

use com_abi::Interface;
use com_abi::stream::IStream;
use mapi_abi::build::Arguments;
use mapi_abi::codes::Code;
use mapi_abi::interfaces::{IMAPIFolder, IMAPIProp, IMAPITable, IMessage};
use mapi_abi::read;
use mapi_abi::restriction::SortOrder;
use mapi_abi::spi::Name;
use mapi_abi::structs::{
    FORCE_SAVE, MAPI_CREATE, MAPI_MODIFY, MAPI_UNICODE, MESSAGE_MOVE, MODRECIP_ADD,
    MODRECIP_REMOVE, OPEN_IF_EXISTS,
};
use mapi_abi::tags::types::{PT_ERROR, PT_STRING8, PT_UNICODE};
use mapi_abi::tags::{
    MAPI_CC, MAPI_TO, PR_ADDRTYPE, PR_ATTACH_DATA_BIN, PR_ATTACH_LONG_FILENAME, PR_ATTACH_METHOD,
    PR_ATTACH_NUM, PR_BODY, PR_DISPLAY_NAME, PR_DISPLAY_TO, PR_EMAIL_ADDRESS, PR_ENTRYID,
    PR_HASATTACH, PR_IMPORTANCE, PR_MESSAGE_CLASS, PR_RECIPIENT_TYPE, PR_ROWID, PR_SUBJECT,
    PropTag,
};
use mapi_abi::value::{Prop, Row, Value};
use partywall::ffi::MAPIFreeBuffer;

use crate::way::{
    all_rows, attach, contents, create, entry_id, house, inbox, logon, ok, open, props, save, set,
    store, taken, text, texts, try_props, user, value,
};

fn recipient(name: &str, kind: i32) -> Row {
    vec![
        Prop::text(PR_DISPLAY_NAME, name),
        Prop::text(PR_EMAIL_ADDRESS, format!("{name}@x.example")),
        Prop::text(PR_ADDRTYPE, "SMTP"),
        Prop::new(PR_RECIPIENT_TYPE, Value::Long(kind)),
    ]
}

fn modify_recipients(message: &IMessage, flags: u32, rows: &[Row]) {
    let mut arguments = Arguments::new();
    let list = arguments.adr_list(rows);
    // SAFETY: a valid list.
    ok(unsafe { message.ModifyRecipients(flags, list.cast()) });
}

fn table(get: impl FnOnce(*mut *mut c_void) -> com_abi::HRESULT) -> IMAPITable {
    let mut raw = std::ptr::null_mut();
    ok(get(&mut raw));
    taken(raw)
}

fn recipients(message: &IMessage) -> Vec<Row> {
    // SAFETY: a writable place.
    let table = table(|place| unsafe { message.GetRecipientTable(MAPI_UNICODE, place) });
    all_rows(&table, &[PR_DISPLAY_NAME, PR_ROWID, PR_RECIPIENT_TYPE], &SortOrder::default())
}

fn stream(object: &IMAPIProp, tag: PropTag, flags: u32) -> IStream {
    let mut raw = std::ptr::null_mut();
    // SAFETY: a readable identifier and a writable place.
    ok(unsafe { object.OpenProperty(tag.0, &IStream::IID, 0, flags, &mut raw) });
    taken(raw)
}

fn write(stream: &IStream, bytes: &[u8]) {
    let mut written = 0;
    // SAFETY: so many readable bytes and a writable place.
    ok(unsafe { stream.Write(bytes.as_ptr().cast(), bytes.len() as u32, &mut written) });
    assert_eq!(written as usize, bytes.len());
}

#[test]
fn a_message_is_there_for_others_when_it_is_saved() {
    let _house = house();
    let session = logon(&user());
    let store = store(&session);
    let inbox = inbox(&store);
    let message = create(&inbox, false);
    let problems = set(
        &message,
        &[
            Prop::text(PR_SUBJECT, "Grüße 𝄞"),
            Prop::text(PR_BODY, "Ein Text"),
            Prop::text(PR_MESSAGE_CLASS, "IPM.Note"),
            Prop::new(PR_IMPORTANCE, Value::Long(2)),
        ],
    );
    assert!(problems.is_empty());
    modify_recipients(&message, 0, &[recipient("bob", MAPI_TO), recipient("carla", MAPI_CC)]);
    let (number, attachment) = attach(&message);
    set(
        &attachment,
        &[
            Prop::text(PR_ATTACH_LONG_FILENAME, "zahlen.csv"),
            Prop::new(PR_ATTACH_METHOD, Value::Long(1)),
        ],
    );
    let data = stream(&attachment, PR_ATTACH_DATA_BIN, MAPI_CREATE | MAPI_MODIFY);
    write(&data, b"1,2\n");
    write(&data, b"3,4\n");
    // SAFETY: no pointers.
    ok(unsafe { data.Commit(0) });
    save(&attachment);
    let rows = || all_rows(&contents(&inbox), &[PR_SUBJECT, PR_ENTRYID], &SortOrder::default());
    assert!(rows().is_empty(), "nothing is there before it is saved");
    save(&message);
    assert_eq!(texts(&rows(), 0), ["Grüße 𝄞"]);
    // Opened anew, it has everything.
    let id = entry_id(&message);
    let again: IMessage = open(&store, Some(&id));
    assert_eq!(text(&again, PR_BODY), "Ein Text");
    assert_eq!(text(&again, PR_DISPLAY_TO), "bob");
    assert_eq!(value(&again, PR_HASATTACH), Value::Boolean(true));
    assert_eq!(texts(&recipients(&again), 0), ["bob", "carla"]);
    let mut raw = std::ptr::null_mut();
    // SAFETY: a writable place.
    ok(unsafe { again.OpenAttach(number, std::ptr::null(), 0, &mut raw) });
    let attachment: IMAPIProp = taken(raw);
    assert_eq!(value(&attachment, PR_ATTACH_DATA_BIN), Value::Binary(b"1,2\n3,4\n".to_vec()));
    // SAFETY: a writable place.
    let code = unsafe { again.OpenAttach(9, std::ptr::null(), 0, &mut raw) };
    assert_eq!(code, Code::NOT_FOUND.hresult());
}

#[test]
fn recipients_and_attachments_change_with_the_message() {
    let _house = house();
    let session = logon(&user());
    let store = store(&session);
    let message = create(&inbox(&store), false);
    modify_recipients(&message, 0, &[recipient("a", MAPI_TO), recipient("b", MAPI_TO)]);
    modify_recipients(&message, MODRECIP_ADD, &[recipient("c", MAPI_CC)]);
    save(&message);
    let rows = recipients(&message);
    assert_eq!(texts(&rows, 0), ["a", "b", "c"]);
    let second: Row = vec![rows[1][1].clone()];
    modify_recipients(&message, MODRECIP_REMOVE, &[second]);
    assert_eq!(texts(&recipients(&message), 0), ["a", "c"]);
    save(&message);
    let again: IMessage = open(&store, Some(&entry_id(&message)));
    assert_eq!(texts(&recipients(&again), 0), ["a", "c"]);
    let (first, one) = attach(&again);
    set(&one, &[Prop::text(PR_ATTACH_LONG_FILENAME, "one")]);
    save(&one);
    let (other, two) = attach(&again);
    assert_ne!(first, other);
    set(&two, &[Prop::text(PR_ATTACH_LONG_FILENAME, "two")]);
    save(&two);
    // SAFETY: null is allowed.
    ok(unsafe { again.DeleteAttach(first, 0, std::ptr::null_mut(), 0) });
    save(&again);
    // SAFETY: a writable place.
    let table = table(|place| unsafe { again.GetAttachmentTable(MAPI_UNICODE, place) });
    let rows = all_rows(&table, &[PR_ATTACH_LONG_FILENAME, PR_ATTACH_NUM], &SortOrder::default());
    assert_eq!(texts(&rows, 0), ["two"]);
}

#[test]
fn who_saves_second_learns_that_the_message_changed() {
    let _house = house();
    let session = logon(&user());
    let store = store(&session);
    let message = create(&inbox(&store), false);
    set(&message, &[Prop::text(PR_SUBJECT, "first")]);
    save(&message);
    let id = entry_id(&message);
    let (one, two): (IMessage, IMessage) = (open(&store, Some(&id)), open(&store, Some(&id)));
    set(&one, &[Prop::text(PR_SUBJECT, "one")]);
    set(&two, &[Prop::text(PR_SUBJECT, "two")]);
    std::thread::sleep(std::time::Duration::from_millis(2));
    save(&one);
    // SAFETY: no pointers.
    unsafe {
        assert_eq!(two.SaveChanges(0), Code::OBJECT_CHANGED.hresult());
        ok(two.SaveChanges(FORCE_SAVE));
    }
    assert_eq!(text(&open::<IMessage>(&store, Some(&id)), PR_SUBJECT), "two");
}

#[test]
fn texts_come_as_bytes_for_those_who_want_bytes() {
    let _house = house();
    let session = logon(&user());
    let store = store(&session);
    let message = create(&inbox(&store), false);
    let bytes = PR_SUBJECT.with_type(PT_STRING8);
    set(&message, &[Prop::new(bytes, Value::String8("Größe".into()))]);
    assert_eq!(text(&message, PR_SUBJECT), "Größe");
    let (code, row) = try_props(&message, &[bytes, PR_SUBJECT.with_type(0), PR_BODY], 0);
    assert_eq!(code, Code::ERRORS_RETURNED.hresult());
    assert_eq!(row[0].value, Value::String8("Größe".into()));
    assert_eq!((row[1].tag, &row[1].value), (bytes, &Value::String8("Größe".into())));
    assert_eq!(row[2].tag.prop_type(), PT_ERROR);
    let body = stream(&message, PR_BODY, MAPI_CREATE | MAPI_MODIFY);
    let units: Vec<u8> = "Straße".encode_utf16().flat_map(u16::to_le_bytes).collect();
    write(&body, &units);
    drop(body);
    assert_eq!(text(&message, PR_BODY), "Straße");
}

#[test]
fn named_properties_keep_their_numbers() {
    let _house = house();
    let session = logon(&user());
    let store = store(&session);
    let set_id = [7; 16];
    let names =
        [Name::Text { set: set_id, text: "colour".into() }, Name::Id { set: set_id, id: 5 }];
    let ids = |flags: u32| {
        let mut arguments = Arguments::new();
        let built = arguments.names(&names);
        let mut tags = std::ptr::null_mut();
        // SAFETY: valid structures and a writable place; the answer is ours.
        unsafe {
            let code = store.GetIDsFromNames(2, built.cast(), flags, &mut tags);
            let read = read::tags(tags).unwrap().unwrap();
            MAPIFreeBuffer(tags.cast());
            (code, read)
        }
    };
    let (code, missing) = ids(0);
    assert_eq!(code, Code::ERRORS_RETURNED.hresult());
    assert!(missing.iter().all(|tag| tag.prop_type() == PT_ERROR));
    let (code, made) = ids(MAPI_CREATE);
    assert_eq!(code, Code::OK.hresult());
    assert!(made.iter().all(|tag| tag.id() >= 0x8000));
    assert_eq!(ids(0).1, made);
    let message = create(&inbox(&store), false);
    let colour = made[0].with_type(PT_UNICODE);
    set(&message, &[Prop::text(colour, "red")]);
    save(&message);
    assert_eq!(text(&open::<IMessage>(&store, Some(&entry_id(&message))), colour), "red");
}

#[test]
fn messages_and_folders_are_moved_copied_and_deleted() {
    let _house = house();
    let session = logon(&user());
    let store = store(&session);
    let inbox = inbox(&store);
    let root: IMAPIFolder = open(&store, None);
    let make = |name: &str, flags: u32| {
        let name: Vec<u16> = name.encode_utf16().chain([0]).collect();
        let (null, mut raw) = (std::ptr::null(), std::ptr::null_mut());
        // SAFETY: zero-ended texts and a writable place.
        let code = unsafe {
            let flags = flags | MAPI_UNICODE;
            root.CreateFolder(1, name.as_ptr(), null, null.cast(), flags, &mut raw)
        };
        (code, raw)
    };
    let (code, raw) = make("Archiv", 0);
    ok(code);
    let archive: IMAPIFolder = taken(raw);
    assert_eq!(make("Archiv", 0).0, Code::COLLISION.hresult());
    let (code, raw) = make("Archiv", OPEN_IF_EXISTS);
    ok(code);
    assert_eq!(entry_id(&taken::<IMAPIFolder>(raw)), entry_id(&archive));
    let ids: Vec<_> = ["a", "b", "c"]
        .map(|subject| {
            let message = create(&inbox, false);
            set(&message, &[Prop::text(PR_SUBJECT, subject)]);
            save(&message);
            entry_id(&message)
        })
        .into();
    let copy = |from: &IMAPIFolder, ids: &[_], to: &IMAPIFolder, flags: u32| {
        let mut arguments = Arguments::new();
        let list = arguments.entry_list(ids);
        let null = std::ptr::null_mut();
        // SAFETY: a valid list and a folder.
        unsafe { from.CopyMessages(list.cast(), std::ptr::null(), to.as_raw(), 0, null, flags) }
    };
    ok(copy(&inbox, &ids[..2], &archive, MESSAGE_MOVE));
    ok(copy(&inbox, &ids[2..], &archive, 0));
    let subjects = |folder: &IMAPIFolder| {
        let mut found =
            texts(&all_rows(&contents(folder), &[PR_SUBJECT], &SortOrder::default()), 0);
        found.sort();
        found
    };
    assert_eq!(subjects(&inbox), ["c"]);
    assert_eq!(subjects(&archive), ["a", "b", "c"]);
    let id = entry_id(&archive);
    let delete = |flags: u32| {
        let null = std::ptr::null_mut();
        // SAFETY: so many readable bytes.
        unsafe { root.DeleteFolder(id.0.len() as u32, id.0.as_ptr(), 0, null, flags) }
    };
    assert_eq!(delete(0), Code::HAS_MESSAGES.hresult());
    ok(delete(mapi_abi::structs::DEL_MESSAGES));
    let (code, _) = try_props(&archive, &[PR_DISPLAY_NAME], MAPI_UNICODE);
    assert_eq!(code, Code::NOT_FOUND.hresult());
    assert_eq!(props(&root, &[PR_DISPLAY_NAME]).len(), 1);
}
