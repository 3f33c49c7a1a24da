//! Conditions that only newer kinds of restrictions can say; the others are
//! compared with a plain evaluator in `contents.rs`.

use mapi_abi::codes::Code;
use mapi_abi::restriction::{Match, RelOp, Restriction, SortKey};
use mapi_abi::spi::{AttachmentChange, MessageChange, MessageStore, PropChange, Query};
use mapi_abi::tags::*;
use mapi_abi::value::{EntryId, FileTime, Prop, Value};

use crate::home::{Home, entry, new_message};

const TEXT: PropTag = PropTag(0x6601_001F);
const NUMBER: PropTag = PropTag(0x6602_0003);
const OTHER: PropTag = PropTag(0x6603_0003);
const BYTES: PropTag = PropTag(0x6604_0102);
const REAL: PropTag = PropTag(0x6605_0005);

/// Three messages: nothing but a subject; stored properties; recipients and an
/// attachment.
fn three() -> (Home, [EntryId; 3]) {
    let home = Home::new();
    let inbox = home.inbox();
    let plain = home.message(&inbox, vec![Prop::text(PR_SUBJECT, "é𝄞")]);
    let stored = home.message(
        &inbox,
        vec![
            Prop::text(TEXT, "Straße"),
            Prop::new(NUMBER, Value::Long(5)),
            Prop::new(OTHER, Value::Long(7)),
            Prop::new(BYTES, Value::Binary(vec![1, 2, 3])),
            Prop::new(REAL, Value::Double(1.0)),
        ],
    );
    let parts = MessageChange {
        recipients: Some(vec![vec![
            Prop::text(PR_DISPLAY_NAME, "Ada"),
            Prop::text(PR_EMAIL_ADDRESS, "ada@x"),
            Prop::new(NUMBER, Value::Long(9)),
        ]]),
        attachments: vec![AttachmentChange {
            number: 0,
            delete: false,
            props: PropChange {
                set: vec![Prop::text(PR_ATTACH_LONG_FILENAME, "a.png")],
                delete: vec![],
            },
        }],
        ..new_message(&inbox, vec![])
    };
    let with_parts = home.store.save_message(&parts).expect("a message");
    (home, [plain, stored, with_parts])
}

fn property(tag: PropTag, op: RelOp, value: Value) -> Restriction {
    Restriction::Property { tag, op, value }
}

fn sub(table: PropTag, condition: Restriction) -> Restriction {
    Restriction::Sub { table, condition: Box::new(condition) }
}

#[test]
fn each_kind_of_condition_finds_what_meets_it() {
    let (home, [plain, stored, parts]) = three();
    let content = |tag, text: &str, kind| Restriction::Content {
        tag,
        text: text.to_owned(),
        kind,
        ignore_case: true,
    };
    let bytes =
        |bytes: &[u8], kind| Restriction::ContentBytes { tag: BYTES, bytes: bytes.to_vec(), kind };
    let compare = |op| Restriction::CompareProps { op, left: NUMBER, right: OTHER };
    let size = |op, tag, bytes| Restriction::Size { op, tag, bytes };
    let all = [plain.clone(), stored.clone(), parts.clone()];
    let cases = [
        (Restriction::Exist(NUMBER), vec![&stored]),
        (Restriction::Exist(NUMBER.with_type(0)), vec![&stored]),
        (Restriction::Not(Box::new(Restriction::Exist(TEXT))), vec![&plain, &parts]),
        (content(TEXT, "STRA", Match::Prefix), vec![&stored]),
        (property(NUMBER, RelOp::Lt, Value::Long(6)), vec![&stored]),
        (property(NUMBER, RelOp::Ne, Value::Long(5)), vec![]),
        (property(BYTES, RelOp::Gt, Value::Binary(vec![1, 2])), vec![&stored]),
        (Restriction::BitMask { tag: NUMBER, mask: 4, non_zero: true }, vec![&stored]),
        (bytes(&[2, 3], Match::Substring), vec![&stored]),
        (bytes(&[2, 3], Match::Prefix), vec![]),
        (bytes(&[1, 2, 3], Match::Full), vec![&stored]),
        (compare(RelOp::Lt), vec![&stored]),
        (compare(RelOp::Eq), vec![]),
        (
            Restriction::CompareProps {
                op: RelOp::Eq,
                left: PR_SUBJECT,
                right: PR_CONVERSATION_TOPIC,
            },
            vec![&plain],
        ),
        (size(RelOp::Eq, PR_SUBJECT, 8), vec![&plain]),
        (size(RelOp::Eq, BYTES, 3), vec![&stored]),
        (size(RelOp::Eq, NUMBER, 4), vec![&stored]),
        (size(RelOp::Eq, REAL, 8), vec![&stored]),
        (
            sub(PR_MESSAGE_RECIPIENTS, content(PR_EMAIL_ADDRESS, "@X", Match::Substring)),
            vec![&parts],
        ),
        (sub(PR_MESSAGE_RECIPIENTS, property(NUMBER, RelOp::Eq, Value::Long(9))), vec![&parts]),
        (sub(PR_MESSAGE_RECIPIENTS, property(NUMBER, RelOp::Eq, Value::Long(5))), vec![]),
        (
            sub(PR_MESSAGE_ATTACHMENTS, content(PR_ATTACH_LONG_FILENAME, ".png", Match::Substring)),
            vec![&parts],
        ),
        (Restriction::Comment(None), all.iter().collect()),
        (Restriction::Comment(Some(Box::new(Restriction::Exist(TEXT)))), vec![&stored]),
    ];
    for (restriction, expected) in cases {
        let expected: Vec<EntryId> = expected.into_iter().cloned().collect();
        assert_eq!(
            home.found(&home.inbox(), Some(restriction.clone())),
            expected,
            "{restriction:?}"
        );
    }
}

#[test]
fn a_count_bounds_rows_whatever_slice_is_asked_for() {
    let (home, [plain, stored, _]) = three();
    let most = |most| Restriction::Count(most, Box::new(Restriction::And(vec![])));
    assert_eq!(home.found(&home.inbox(), Some(most(2))), [plain, stored.clone()]);
    assert_eq!(home.found(&home.inbox(), Some(most(0))), []);
    assert_eq!(home.found(&home.inbox(), Some(most(9))).len(), 3);
    let query = Query { columns: vec![PR_ENTRYID], restriction: Some(most(2)), ..Query::default() };
    let rows = home.store.rows(&home.inbox(), &query, 1, 5).expect("rows");
    assert_eq!(rows.iter().map(|row| entry(&row[0])).collect::<Vec<_>>(), [stored]);
    assert_eq!(home.store.rows(&home.inbox(), &query, 2, 5), Ok(vec![]));
}

#[test]
fn what_the_store_cannot_say_exactly_is_too_complex() {
    let (home, _) = three();
    let inner = Box::new(Restriction::Exist(PR_SUBJECT));
    let value = Value::MvLong(vec![1]);
    for restriction in [
        property(PR_SUBJECT, RelOp::Re, Value::Unicode("x".to_owned())),
        property(REAL, RelOp::Eq, Value::Double(1.0)),
        property(PropTag(0x6606_1003), RelOp::Eq, value),
        property(PropTag(0x6606_0000), RelOp::Eq, Value::Long(1)),
        Restriction::Not(Box::new(Restriction::Count(1, inner.clone()))),
        sub(PR_MESSAGE_RECIPIENTS, sub(PR_MESSAGE_ATTACHMENTS, *inner.clone())),
        sub(PR_SUBJECT, *inner),
        Restriction::Size { op: RelOp::Eq, tag: PropTag(0x6606_1003), bytes: 1 },
    ] {
        let query = Query { restriction: Some(restriction), ..Query::default() };
        let failure = home.store.count(&home.inbox(), &query).expect_err("a refusal");
        assert_eq!(failure.code, Code::TOO_COMPLEX, "{query:?}");
    }
}

#[test]
fn stored_properties_are_sorted_by_like_others() {
    let home = Home::new();
    let inbox = home.inbox();
    for time in [3, 1, 2] {
        let when = Value::SysTime(FileTime(time));
        home.message(&inbox, vec![Prop::new(PropTag(0x6607_0040), when)]);
    }
    home.message(&inbox, vec![]);
    let times = |descending| {
        let query = Query {
            columns: vec![PropTag(0x6607_0040)],
            sort: vec![SortKey { tag: PropTag(0x6607_0040), descending }],
            ..Query::default()
        };
        let rows = home.store.rows(&inbox, &query, 0, 9).expect("rows");
        rows.into_iter()
            .map(|row| match row[0].value {
                Value::SysTime(time) => time.0,
                _ => 0,
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(times(false), [0, 1, 2, 3]);
    assert_eq!(times(true), [3, 2, 1, 0]);
}
