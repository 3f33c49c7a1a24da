//! Messages are made, changed, copied, moved and deleted.

use mapi_abi::codes::Code;
use mapi_abi::spi::{
    AttachmentChange, FolderKind, MessageChange, MessageCopy, MessageStore, PropChange, Query,
    SpecialFolder,
};
use mapi_abi::tags::types::*;
use mapi_abi::tags::*;
use mapi_abi::value::{EntryId, FileTime, Prop, Row, Value};
use store_sqlite::PR_PREVIEW;

use crate::home::{Home, new_message, text, values};

fn tag(id: u32, kind: u16) -> PropTag {
    PropTag(id << 16 | u32::from(kind))
}

/// A property of each type, floating point at its ends too.
fn every_type() -> Vec<Prop> {
    let values = [
        Value::AppTime(1.5),
        Value::Binary(vec![0, 1]),
        Value::Boolean(true),
        Value::Currency(-7),
        Value::Double(f64::NEG_INFINITY),
        Value::Double(3.0),
        Value::Guid([9; 16]),
        Value::I2(-2),
        Value::I8(i64::MIN),
        Value::Long(-1),
        Value::MvBinary(vec![vec![], vec![1]]),
        Value::MvGuid(vec![[1; 16]]),
        Value::MvI2(vec![1, 2]),
        Value::MvI8(vec![3]),
        Value::MvLong(vec![4]),
        Value::MvDouble(vec![0.5]),
        Value::MvSysTime(vec![FileTime(4)]),
        Value::MvString8(vec![b"a".to_vec()]),
        Value::MvUnicode(vec!["é\0".to_owned()]),
        Value::R4(0.25),
        Value::String8(b"x\xff".to_vec()),
        Value::SysTime(FileTime(-1)),
        Value::Unicode("ü\0x".to_owned()),
    ];
    let tagged = (0x6700_u32..).zip(values);
    tagged.map(|(id, value)| Prop::new(tag(id, value.prop_type()), value)).collect()
}

fn changed<'a>(message: &'a EntryId, folder: &'a EntryId, set: Vec<Prop>) -> MessageChange<'a> {
    MessageChange { message: Some(message), ..new_message(folder, set) }
}

#[test]
fn values_of_every_type_are_kept_as_they_were_given() {
    let home = Home::new();
    let props = every_type();
    let message = home.message(&home.inbox(), props.clone());
    let tags: Vec<PropTag> = props.iter().map(|prop| prop.tag).collect();
    assert_eq!(home.store.message_props(&message, &tags).expect("properties"), props);
    let any: Vec<PropTag> = tags.iter().map(|tag| tag.with_type(PT_UNSPECIFIED)).collect();
    assert_eq!(home.store.message_props(&message, &any).expect("properties"), props);
    let all = home.store.message_tags(&message).expect("tags");
    assert!(tags.iter().all(|tag| all.contains(tag)), "{all:?}");
    let other_type = tags[0].with_type(PT_LONG);
    let none = home.store.message_props(&message, &[other_type]).expect("properties");
    assert_eq!(none, [Prop::not_found(other_type)]);
    let nan = home.message(&home.inbox(), vec![Prop::new(tags[0], Value::AppTime(f64::NAN))]);
    match home.props(&nan, &tags[..1])[..] {
        [Value::AppTime(number)] => assert!(number.is_nan()),
        ref other => panic!("{other:?}"),
    }
    let inbox = home.inbox();
    let drop_all = MessageChange {
        props: PropChange { set: vec![], delete: tags.clone() },
        ..changed(&message, &inbox, vec![])
    };
    home.store.save_message(&drop_all).expect("changed");
    let gone = home.store.message_props(&message, &tags).expect("properties");
    assert!(gone.iter().all(|prop| prop.value == Value::Error(Code::NOT_FOUND)));
}

#[test]
fn what_follows_from_a_new_message_is_computed() {
    let home = Home::new();
    let set = vec![
        Prop::text(PR_SUBJECT, "AW: Mittag"),
        Prop::text(PR_BODY, "Um eins?"),
        Prop::new(PR_MESSAGE_SIZE, Value::Long(1)),
        Prop::text(PR_DISPLAY_TO, "not this"),
        Prop::new(PR_HASATTACH, Value::Boolean(true)),
    ];
    let message = home.message(&home.special(SpecialFolder::Drafts), set);
    let tags = [
        PR_NORMALIZED_SUBJECT,
        PR_SUBJECT_PREFIX,
        PR_CONVERSATION_TOPIC,
        PR_PREVIEW,
        PR_MESSAGE_SIZE,
        PR_DISPLAY_TO,
        PR_HASATTACH,
        PR_MESSAGE_FLAGS,
        PR_MESSAGE_CLASS,
        PR_IMPORTANCE,
    ];
    let expected = [
        text("Mittag"),
        text("AW: "),
        text("Mittag"),
        text("Um eins?"),
        Value::Long(18),
        text(""),
        Value::Boolean(false),
        Value::Long(MSGFLAG_READ | MSGFLAG_UNSENT),
        text("IPM.Note"),
        Value::Long(1),
    ];
    assert_eq!(home.props(&message, &tags), expected);
    assert_eq!(
        home.store.message_props(&message, &[PR_MESSAGE_DELIVERY_TIME]).expect("properties"),
        [Prop::not_found(PR_MESSAGE_DELIVERY_TIME)]
    );
    let folder = home.inbox();
    let next = vec![Prop::text(PR_SUBJECT, "lunch"), Prop::text(PR_BODY, "")];
    home.store.save_message(&changed(&message, &folder, next)).expect("changed");
    let expected = [text("lunch"), text(""), text("Mittag"), text("")];
    assert_eq!(home.props(&message, &tags[..4]), expected);
}

#[test]
fn flags_are_said_before_the_first_save_and_later_only_about_sending() {
    let home = Home::new();
    let flags = |flags| vec![Prop::new(PR_MESSAGE_FLAGS, Value::Long(flags))];
    let message = home.message(&home.inbox(), flags(MSGFLAG_READ | MSGFLAG_HASATTACH | 0x20));
    let now = || home.props(&message, &[PR_MESSAGE_FLAGS]);
    assert_eq!(now(), [Value::Long(MSGFLAG_READ | 0x20)]);
    let folder = home.inbox();
    home.store.save_message(&changed(&message, &folder, flags(MSGFLAG_SUBMIT))).expect("changed");
    assert_eq!(now(), [Value::Long(MSGFLAG_READ | MSGFLAG_SUBMIT | 0x20)]);
}

#[test]
fn recipients_are_replaced_as_a_whole_and_shown_in_the_message() {
    let home = Home::new();
    let own = PropTag(0x6601_0003);
    let recipient = |number: i32, kind, name: &str| -> Row {
        vec![
            Prop::new(PR_ROWID, Value::Long(number)),
            Prop::new(PR_RECIPIENT_TYPE, Value::Long(kind)),
            Prop::text(PR_DISPLAY_NAME, name),
            Prop::text(PR_ADDRTYPE, "SMTP"),
            Prop::text(PR_EMAIL_ADDRESS, format!("{name}@x")),
            Prop::new(own, Value::Long(number * 10)),
        ]
    };
    let list =
        vec![recipient(5, MAPI_TO, "a"), recipient(2, MAPI_CC, "b"), recipient(7, MAPI_BCC, "c")];
    let folder = home.inbox();
    let change = MessageChange { recipients: Some(list.clone()), ..new_message(&folder, vec![]) };
    let message = home.store.save_message(&change).expect("a message");
    let columns: Vec<PropTag> = list[0].iter().map(|prop| prop.tag).collect();
    let seen = home.store.recipients(&message, &columns).expect("recipients");
    assert_eq!(seen, [list[1].clone(), list[0].clone(), list[2].clone()]);
    let lists = [PR_DISPLAY_TO, PR_DISPLAY_CC, PR_DISPLAY_BCC];
    assert_eq!(home.props(&message, &lists), [text("a"), text("b"), text("c")]);
    let change = MessageChange {
        recipients: Some(vec![recipient(0, MAPI_TO, "d"), recipient(0, MAPI_TO, "e")]),
        ..changed(&message, &folder, vec![])
    };
    home.store.save_message(&change).expect("changed");
    assert_eq!(home.props(&message, &lists), [text("d; e"), text(""), text("")]);
    let kinds = |of| Prop::new(PR_OBJECT_TYPE, Value::Long(of));
    let listed = MessageChange {
        recipients: Some(vec![vec![kinds(MAPI_DISTLIST)], recipient(1, MAPI_TO, "d")]),
        ..new_message(&folder, vec![])
    };
    let listed = home.store.save_message(&listed).expect("a message");
    let seen = home.store.recipients(&listed, &[PR_OBJECT_TYPE]).expect("recipients");
    assert_eq!(seen, [[kinds(MAPI_DISTLIST)], [kinds(MAPI_MAILUSER)]]);
    let numbers = home.store.recipients(&message, &[PR_ROWID]).expect("recipients");
    let numbers: Vec<Value> = numbers.into_iter().flat_map(values).collect();
    assert_eq!(numbers, [Value::Long(0), Value::Long(1)], "a number is had once");
    let most = store_sqlite::MAX_RECIPIENTS;
    let change = MessageChange {
        recipients: Some(vec![Row::new(); most + 1]),
        ..new_message(&folder, vec![])
    };
    assert_eq!(home.store.save_message(&change).expect_err("").code, Code::TOO_BIG);
}

#[test]
fn attachments_come_change_and_go_with_their_message() {
    let home = Home::new();
    let folder = home.inbox();
    let attachment = |number, set| AttachmentChange {
        number,
        delete: false,
        props: PropChange { set, delete: vec![] },
    };
    let embedded = vec![
        Prop::new(PR_ATTACH_METHOD, Value::Long(5)),
        Prop::new(PR_ATTACH_DATA_BIN, Value::Binary(vec![1, 2, 3])),
        Prop::text(PR_DISPLAY_NAME, "an inner message"),
    ];
    let change = MessageChange {
        attachments: vec![attachment(4, embedded.clone()), attachment(1, vec![])],
        ..new_message(&folder, vec![])
    };
    let message = home.store.save_message(&change).expect("a message");
    let tags: Vec<PropTag> = embedded.iter().map(|prop| prop.tag).collect();
    assert_eq!(home.store.attachment_props(&message, 4, &tags).expect("properties"), embedded);
    let columns = [PR_ATTACH_NUM, PR_ATTACH_SIZE, PR_RENDERING_POSITION];
    let rows = home.store.attachments(&message, &columns).expect("rows");
    let rows: Vec<Vec<Value>> = rows.into_iter().map(values).collect();
    let row = |number, size| vec![Value::Long(number), Value::Long(size), Value::Long(-1)];
    assert_eq!(rows, [row(1, 0), row(4, 3)]);
    let all = home.store.attachment_tags(&message, 4).expect("tags");
    assert!(tags.iter().all(|tag| all.contains(tag)));
    let flags = || home.props(&message, &[PR_HASATTACH, PR_MESSAGE_SIZE]);
    assert_eq!(flags(), [Value::Boolean(true), Value::Long(3)]);
    let gone = |number| AttachmentChange { number, delete: true, props: PropChange::default() };
    let change =
        MessageChange { attachments: vec![gone(1), gone(4)], ..changed(&message, &folder, vec![]) };
    home.store.save_message(&change).expect("changed");
    assert_eq!(flags(), [Value::Boolean(false), Value::Long(0)]);
    assert_eq!(home.store.attachment_tags(&message, 4).expect_err("gone").code, Code::NOT_FOUND);
}

#[test]
fn html_is_kept_also_when_it_is_not_utf_8() {
    let home = Home::new();
    let latin = b"<p>caf\xe9</p>".to_vec();
    let set = vec![Prop::new(PR_HTML, Value::Binary(latin.clone()))];
    let message = home.message(&home.inbox(), set);
    assert_eq!(home.props(&message, &[PR_HTML]), [Value::Binary(latin)]);
    let folder = home.inbox();
    let set = vec![Prop::text(PR_BODY_HTML, "<p>café</p>")];
    home.store.save_message(&changed(&message, &folder, set)).expect("changed");
    let both = home.props(&message, &[PR_HTML, PR_BODY_HTML, PR_PREVIEW]);
    let html = "<p>café</p>";
    assert_eq!(both, [Value::Binary(html.into()), text(html), text("café")]);
}

#[test]
fn of_two_that_change_a_message_the_second_is_told() {
    let home = Home::new();
    let folder = home.inbox();
    let message = home.message(&folder, vec![]);
    let opened = match home.props(&message, &[PR_LAST_MODIFICATION_TIME])[..] {
        [Value::SysTime(time)] => Some(time),
        ref other => panic!("{other:?}"),
    };
    let save = |subject: &str, expected| {
        let set = vec![Prop::text(PR_SUBJECT, subject)];
        let change = MessageChange { expected, ..changed(&message, &folder, set) };
        home.store.save_message(&change).map_err(|failure| failure.code)
    };
    assert_eq!(save("first", opened), Ok(message.clone()));
    assert_eq!(save("second", opened), Err(Code::OBJECT_CHANGED));
    assert_eq!(home.props(&message, &[PR_SUBJECT]), [text("first")]);
    assert_eq!(save("second", None), Ok(message.clone()), "overwritten on demand");
    home.store.delete_messages(std::slice::from_ref(&message)).expect("deleted");
    assert_eq!(save("third", None), Err(Code::OBJECT_DELETED));
}

#[test]
fn a_message_that_is_refused_leaves_nothing_behind() {
    let home = Home::new();
    let folder = home.inbox();
    let set = vec![Prop::text(PR_BODY, "x"), Prop::new(PR_SUBJECT, Value::Long(1))];
    let failure = home.store.save_message(&new_message(&folder, set)).expect_err("a refusal");
    assert_eq!(failure.code, Code::UNEXPECTED_TYPE);
    assert_eq!(home.found(&folder, None), []);
}

#[test]
fn associated_messages_are_counted_and_shown_apart() {
    let home = Home::new();
    let folder = home.inbox();
    let change = MessageChange { associated: true, ..new_message(&folder, vec![]) };
    let hidden = home.store.save_message(&change).expect("a message");
    let shown = home.message(&folder, vec![]);
    let query = |associated| Query { columns: vec![PR_ENTRYID], associated, ..Query::default() };
    for (associated, expected) in [(false, shown), (true, hidden)] {
        let rows = home.store.rows(&folder, &query(associated), 0, 9).expect("rows");
        assert_eq!(rows, [[Prop::new(PR_ENTRYID, Value::Binary(expected.0))]]);
        assert_eq!(home.store.count(&folder, &query(associated)), Ok(1));
    }
    let tags = [PR_CONTENT_COUNT, PR_ASSOC_CONTENT_COUNT];
    let counts = values(home.store.folder_props(&folder, &tags).expect("counts"));
    assert_eq!(counts, [Value::Long(1), Value::Long(1)]);
}

#[test]
fn a_copy_has_everything_and_a_moved_message_is_the_same_one() {
    let home = Home::new();
    let folder = home.inbox();
    let target = home.folder(&folder, "Target", FolderKind::Generic);
    let own = PropTag(0x6601_001F);
    let change = MessageChange {
        recipients: Some(vec![vec![
            Prop::text(PR_DISPLAY_NAME, "a"),
            Prop::text(own, "of a recipient"),
        ]]),
        attachments: vec![AttachmentChange {
            number: 3,
            delete: false,
            props: PropChange { set: vec![Prop::text(own, "of an attachment")], delete: vec![] },
        }],
        original: Some(b"raw"),
        ..new_message(&folder, vec![Prop::text(PR_BODY, "b"), Prop::text(own, "of a message")])
    };
    let message = home.store.save_message(&change).expect("a message");
    let list = std::slice::from_ref(&message);
    let copy = MessageCopy { messages: list, target: &target, is_move: false };
    let copies = home.store.copy_messages(&copy).expect("a copy");
    assert_ne!(copies, list);
    let everything = |message: &EntryId| {
        let tags = [PR_BODY, own, PR_DISPLAY_TO, PR_SEARCH_KEY, PR_MESSAGE_SIZE];
        let recipients = home.store.recipients(message, &[PR_DISPLAY_NAME, own]);
        let attachments = home.store.attachments(message, &[PR_ATTACH_NUM, own]);
        let original = home.store.original(message).expect("the original");
        (home.props(message, &tags), recipients, attachments, original)
    };
    assert_eq!(everything(&copies[0]), everything(&message));
    assert_eq!(everything(&message).3.as_deref(), Some(&b"raw"[..]));
    let shift = MessageCopy { is_move: true, ..copy };
    assert_eq!(home.store.copy_messages(&shift).expect("moved"), list);
    assert_eq!(home.found(&folder, None), []);
    assert_eq!(home.found(&target, None), [message.clone(), copies[0].clone()]);
    home.store.delete_messages(list).expect("deleted");
    home.store.delete_messages(list).expect("those that are gone do not count");
    let both = [copies[0].clone(), message];
    let failure = home
        .store
        .copy_messages(&MessageCopy { messages: &both, target: &folder, is_move: true })
        .expect_err("one is gone");
    assert_eq!(failure.code, Code::NOT_FOUND);
    assert_eq!(home.found(&folder, None), [], "all or none");
}

#[test]
fn all_of_several_messages_are_marked_or_none() {
    let home = Home::new();
    let folder = home.inbox();
    let [a, b] = [(); 2].map(|()| home.message(&folder, vec![]));
    home.store.set_read(&[a.clone(), b.clone()], false).expect("unread");
    let flags = |message| home.props(message, &[PR_MESSAGE_FLAGS]);
    assert_eq!(
        [flags(&a), flags(&b)],
        [[Value::Long(MSGFLAG_UNSENT)], [Value::Long(MSGFLAG_UNSENT)]]
    );
    home.store.delete_messages(std::slice::from_ref(&b)).expect("deleted");
    let failure = home.store.set_read(&[a.clone(), b.clone()], true).expect_err("one is gone");
    assert_eq!(failure.code, Code::NOT_FOUND);
    assert_eq!(flags(&a), [Value::Long(MSGFLAG_UNSENT)]);
}

#[test]
fn imported_mail_has_recipients_with_their_addresses() {
    let home = Home::new();
    let raw = b"From: a@x\nTo: Ada <ada@x>, b@x\nCc: c@x\nBcc: d@x\nSubject: s\n\nbody\n";
    let mut writer = store_sqlite::Writer::open(home.folder.path(), "alice").expect("a writer");
    let inbox = writer.ensure_folder(&[store_sqlite::INBOX]).expect("the Inbox");
    let message = mime::decode(raw).expect("a message");
    let envelope = store_sqlite::Envelope::default();
    let id = writer.append(inbox, &message, raw, &envelope).expect("added");
    writer.commit().expect("durable");
    let entry = writer.message_entry(id);
    let columns = [PR_ROWID, PR_RECIPIENT_TYPE, PR_DISPLAY_NAME, PR_ADDRTYPE, PR_EMAIL_ADDRESS];
    let rows = home.store.recipients(&entry, &columns).expect("recipients");
    let rows: Vec<Vec<Value>> = rows.into_iter().map(values).collect();
    let row = |number, kind, name, address| {
        vec![Value::Long(number), Value::Long(kind), text(name), text("SMTP"), text(address)]
    };
    assert_eq!(
        rows,
        [
            row(0, MAPI_TO, "Ada", "ada@x"),
            row(1, MAPI_TO, "b@x", "b@x"),
            row(2, MAPI_CC, "c@x", "c@x"),
            row(3, MAPI_BCC, "d@x", "d@x"),
        ]
    );
    assert_eq!(home.props(&entry, &[PR_DISPLAY_BCC]), [text("d@x")]);
}
