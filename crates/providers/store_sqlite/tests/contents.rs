//! Restrictions and sort orders in SQL, compared with a plain evaluator over
//! generated rows.

use mapi_abi::restriction::{Match, RelOp, Restriction, SortKey};
use mapi_abi::spi::{Access, MessageChange, MessageStore, PropChange, Query, SpecialFolder};
use mapi_abi::tags::*;
use mapi_abi::value::{EntryId, FileTime, Prop, Row, Value};
use store_sqlite::{Envelope, INBOX, SqliteStore, StoreAt, Writer};

const ROWS: usize = 300;
const QUERIES: usize = 1500;
/// A property that no message here has.
const UNKNOWN: PropTag = PropTag(0x6000_001F);

/// Properties without a column, which some messages have.
const STORED_TEXT: PropTag = PropTag(0x6601_001F);
const STORED_LONG: PropTag = PropTag(0x6602_0003);
const STORED_BYTES: PropTag = PropTag(0x6603_0102);

const TEXTS: [PropTag; 7] = [
    PR_SUBJECT,
    PR_SENDER_EMAIL_ADDRESS,
    PR_BODY,
    PR_INTERNET_MESSAGE_ID,
    PR_DISPLAY_TO,
    STORED_TEXT,
    UNKNOWN,
];
const WORDS: [&str; 12] = [
    "",
    "a",
    "A",
    "Grüße",
    "GRÜẞE",
    "straße",
    "50%",
    "a_b",
    "ÉCOLE",
    "école",
    "x'y\"",
    "Re: Grüße",
];

/// A small linear generator: the same rows and queries in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % bound
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    fn flip(&mut self) -> bool {
        self.below(2) == 0
    }
}

fn columns() -> Vec<PropTag> {
    let mut columns = vec![
        PR_ENTRYID,
        PR_PARENT_ENTRYID,
        PR_OBJECT_TYPE,
        PR_MESSAGE_FLAGS,
        PR_MSG_STATUS,
        PR_IMPORTANCE,
        PR_HASATTACH,
        PR_CLIENT_SUBMIT_TIME,
        PR_MESSAGE_DELIVERY_TIME,
        STORED_LONG,
        STORED_BYTES,
    ];
    columns.extend(TEXTS);
    columns
}

fn generated(folder: &std::path::Path, dice: &mut Dice) -> SqliteStore {
    let mut writer = Writer::open(folder, "alice").expect("a writer");
    let inbox = writer.ensure_folder(&[INBOX]).expect("the Inbox");
    let other = writer.ensure_folder(&["Other"]).expect("a folder");
    for _ in 0..ROWS {
        let mut message =
            mime::Message { subject: dice.pick(&WORDS).to_owned(), ..Default::default() };
        message.from.address = dice.pick(&WORDS).to_owned();
        message.to =
            vec![mime::Mailbox { name: dice.pick(&WORDS).to_owned(), address: String::new() }];
        message.text = dice.flip().then(|| format!("{} {}", dice.pick(&WORDS), dice.pick(&WORDS)));
        message.message_id = dice.flip().then(|| dice.pick(&WORDS).to_owned());
        message.date = dice.flip().then(|| dice.below(5) as i64);
        message.importance = dice.pick(&[mime::Importance::Low, mime::Importance::High]);
        if dice.below(3) == 0 {
            message.attachments.push(mime::Attachment::default());
        }
        let status = dice.below(1 << 10) as i32;
        let envelope = Envelope { read: dice.flip(), status, now: 9, ..Envelope::default() };
        let folder = if dice.below(10) == 0 { other } else { inbox };
        writer.append(folder, &message, b"raw", &envelope).expect("added");
    }
    writer.commit().expect("durable");
    let logon = StoreAt { folder, mailbox: "alice", access: Access { write: true, create: false } };
    let store = SqliteStore::open(logon).expect("a store");
    set_stored(&store, dice);
    store
}

/// Gives some of the messages of the Inbox properties without a column.
fn set_stored(store: &SqliteStore, dice: &mut Dice) {
    let inbox = receive(store);
    let query = Query { columns: vec![PR_ENTRYID], ..Query::default() };
    for row in store.rows(&inbox, &query, 0, u32::MAX).expect("rows") {
        let Value::Binary(entry) = &row[0].value else { panic!("an identifier") };
        let entry = EntryId(entry.clone());
        let all = [
            Prop::text(STORED_TEXT, dice.pick(&WORDS)),
            Prop::new(STORED_LONG, Value::Long(dice.below(9) as i32 - 4)),
            Prop::new(STORED_BYTES, Value::Binary(bytes(dice))),
        ];
        let set: Vec<Prop> = all.into_iter().filter(|_| dice.flip()).collect();
        let change = MessageChange {
            message: Some(&entry),
            folder: &inbox,
            associated: false,
            props: PropChange { set, delete: Vec::new() },
            recipients: None,
            attachments: Vec::new(),
            expected: None,
            original: None,
        };
        store.save_message(&change).expect("changed");
    }
}

/// Few bytes of few kinds.
fn bytes(dice: &mut Dice) -> Vec<u8> {
    (0..dice.below(4)).map(|_| dice.below(2) as u8).collect()
}

fn op(dice: &mut Dice) -> RelOp {
    dice.pick(&[RelOp::Eq, RelOp::Ge, RelOp::Gt, RelOp::Le, RelOp::Lt, RelOp::Ne])
}

fn leaf(dice: &mut Dice, rows: &[Row]) -> Restriction {
    let word = dice.pick(&WORDS).to_owned();
    match dice.below(12) {
        7 => Restriction::CompareProps {
            op: op(dice),
            left: dice.pick(&TEXTS),
            right: dice.pick(&TEXTS),
        },
        8 => Restriction::Size {
            op: op(dice),
            tag: dice.pick(&columns()),
            bytes: dice.below(40) as u32,
        },
        9 => Restriction::ContentBytes {
            tag: STORED_BYTES,
            bytes: bytes(dice),
            kind: dice.pick(&[Match::Full, Match::Prefix, Match::Substring]),
        },
        10 => Restriction::Property {
            tag: STORED_LONG,
            op: op(dice),
            value: Value::Long(dice.below(9) as i32 - 4),
        },
        11 => Restriction::Property {
            tag: STORED_BYTES,
            op: op(dice),
            value: Value::Binary(bytes(dice)),
        },
        0 => Restriction::Exist(dice.pick(&columns())),
        1 => Restriction::BitMask {
            tag: dice.pick(&[PR_MSG_STATUS, PR_MESSAGE_FLAGS, STORED_LONG, PropTag(0x6004_0003)]),
            mask: 1 << dice.below(10),
            non_zero: dice.flip(),
        },
        2 => Restriction::Property {
            tag: dice.pick(&[PR_CLIENT_SUBMIT_TIME, PR_MESSAGE_DELIVERY_TIME]),
            op: op(dice),
            value: Value::SysTime(FileTime::from_unix_seconds(dice.below(6) as i64)),
        },
        3 => Restriction::Property {
            tag: dice.pick(&TEXTS),
            op: op(dice),
            value: Value::Unicode(word),
        },
        4 => Restriction::Property {
            tag: PR_HASATTACH,
            op: op(dice),
            value: Value::Boolean(dice.flip()),
        },
        5 => {
            let row = &rows[dice.below(rows.len())];
            Restriction::Property { tag: PR_ENTRYID, op: op(dice), value: row[0].value.clone() }
        }
        _ => Restriction::Content {
            tag: dice.pick(&TEXTS),
            text: word,
            kind: dice.pick(&[Match::Full, Match::Prefix, Match::Substring]),
            ignore_case: dice.flip(),
        },
    }
}

fn restriction(dice: &mut Dice, rows: &[Row], depth: usize) -> Restriction {
    if depth == 0 {
        return leaf(dice, rows);
    }
    let count = dice.below(4);
    match dice.below(5) {
        4 => {
            Restriction::Comment(dice.flip().then(|| Box::new(restriction(dice, rows, depth - 1))))
        }
        0 => Restriction::And((0..count).map(|_| restriction(dice, rows, depth - 1)).collect()),
        1 => Restriction::Or((0..count).map(|_| restriction(dice, rows, depth - 1)).collect()),
        2 => Restriction::Not(Box::new(restriction(dice, rows, depth - 1))),
        _ => leaf(dice, rows),
    }
}

/// The value of a property in a row, if the row has it.
fn value(row: &Row, tag: PropTag) -> Option<&Value> {
    let index = columns().iter().position(|column| *column == tag)?;
    (row[index].tag == tag).then_some(&row[index].value)
}

fn compare(left: &Value, right: &Value) -> std::cmp::Ordering {
    match (left, right) {
        (Value::Binary(left), Value::Binary(right)) => left.cmp(right),
        (Value::Boolean(left), Value::Boolean(right)) => left.cmp(right),
        (Value::Long(left), Value::Long(right)) => left.cmp(right),
        (Value::SysTime(left), Value::SysTime(right)) => left.cmp(right),
        (Value::Unicode(left), Value::Unicode(right)) => left.cmp(right),
        _ => panic!("the generator compares like with like"),
    }
}

fn folded(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

fn stands(op: RelOp, order: std::cmp::Ordering) -> bool {
    match op {
        RelOp::Eq => order.is_eq(),
        RelOp::Ge => order.is_ge(),
        RelOp::Gt => order.is_gt(),
        RelOp::Le => order.is_le(),
        RelOp::Lt => order.is_lt(),
        RelOp::Ne => order.is_ne(),
        RelOp::Re => unreachable!("not generated"),
    }
}

/// Bytes of a value in memory.
fn size(value: &Value) -> usize {
    match value {
        Value::Binary(bytes) => bytes.len(),
        Value::Boolean(_) => 2,
        Value::Long(_) => 4,
        Value::SysTime(_) => 8,
        Value::Unicode(text) => (text.encode_utf16().count() + 1) * 2,
        other => panic!("not generated: {other:?}"),
    }
}

/// What `restriction.rs` says, word by word.
fn holds(row: &Row, restriction: &Restriction) -> bool {
    match restriction {
        Restriction::And(parts) => parts.iter().all(|part| holds(row, part)),
        Restriction::Or(parts) => parts.iter().any(|part| holds(row, part)),
        Restriction::Not(part) => !holds(row, part),
        Restriction::Exist(tag) => value(row, *tag).is_some(),
        Restriction::BitMask { tag, mask, non_zero } => match value(row, *tag) {
            Some(Value::Long(bits)) => (*bits as u32 & mask != 0) == *non_zero,
            _ => false,
        },
        Restriction::Content { tag, text, kind, ignore_case } => {
            let Some(Value::Unicode(whole)) = value(row, *tag) else { return false };
            let (whole, text) = if *ignore_case {
                (folded(whole), folded(text))
            } else {
                (whole.clone(), text.clone())
            };
            match kind {
                Match::Full => whole == text,
                Match::Prefix => whole.starts_with(&text),
                Match::Substring => whole.contains(&text),
            }
        }
        Restriction::Property { tag, op, value: with } => {
            let Some(value) = value(row, *tag) else { return false };
            let order = compare(value, with);
            stands(*op, order)
        }
        Restriction::Comment(part) => part.as_ref().is_none_or(|part| holds(row, part)),
        Restriction::CompareProps { op, left, right } => {
            match (value(row, *left), value(row, *right)) {
                (Some(left), Some(right)) => stands(*op, compare(left, right)),
                _ => false,
            }
        }
        Restriction::Size { op, tag, bytes } => {
            value(row, *tag).is_some_and(|value| stands(*op, size(value).cmp(&(*bytes as usize))))
        }
        Restriction::ContentBytes { tag, bytes, kind } => {
            let Some(Value::Binary(whole)) = value(row, *tag) else { return false };
            let ends = || (0..=whole.len()).map(|from| &whole[from..]);
            match kind {
                Match::Full => whole == bytes,
                Match::Prefix => whole.starts_with(bytes),
                Match::Substring => ends().any(|rest| rest.starts_with(bytes)),
            }
        }
        other => unreachable!("not generated: {other:?}"),
    }
}

/// Sorts as `SortKey` says: missing values are the smallest; ties stay.
fn sort(rows: &mut [Row], keys: &[SortKey]) {
    rows.sort_by(|left, right| {
        for key in keys {
            let order = match (value(left, key.tag), value(right, key.tag)) {
                (Some(Value::Unicode(left)), Some(Value::Unicode(right))) => {
                    folded(left).cmp(&folded(right))
                }
                (Some(left), Some(right)) => compare(left, right),
                (left, right) => left.is_some().cmp(&right.is_some()),
            };
            let order = if key.descending { order.reverse() } else { order };
            if order.is_ne() {
                return order;
            }
        }
        std::cmp::Ordering::Equal
    });
}

#[test]
fn sql_and_a_plain_evaluator_agree_on_every_generated_query() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut dice = Dice(42);
    let store = generated(folder.path(), &mut dice);
    let inbox = receive(&store);
    let all = Query { columns: columns(), ..Query::default() };
    let everything = store.rows(&inbox, &all, 0, u32::MAX).expect("rows");
    assert!(everything.len() > ROWS / 2 && everything.len() < ROWS, "other folders stay out");
    let mut partial = 0;
    for number in 0..QUERIES {
        let restriction = restriction(&mut dice, &everything, 4);
        let keys: Vec<SortKey> = (0..dice.below(4))
            .map(|_| SortKey { tag: dice.pick(&columns()), descending: dice.flip() })
            .collect();
        let mut expected: Vec<Row> =
            everything.iter().filter(|row| holds(row, &restriction)).cloned().collect();
        sort(&mut expected, &keys);
        partial += usize::from(!expected.is_empty() && expected.len() < everything.len());
        let (start, limit) = (dice.below(20), dice.below(40));
        let query = Query {
            columns: columns(),
            restriction: Some(restriction),
            sort: keys,
            ..Query::default()
        };
        assert_eq!(store.count(&inbox, &query).expect("a count"), expected.len() as u64);
        let page: Vec<Row> = expected.into_iter().skip(start).take(limit).collect();
        let rows = store.rows(&inbox, &query, start as u64, limit as u32).expect("rows");
        assert_eq!(rows, page, "query {number}: {query:?}");
    }
    assert!(partial > QUERIES / 3, "most queries tell rows apart: {partial}");
}

#[test]
fn wildcards_of_sql_are_plain_characters() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut writer = Writer::open(folder.path(), "alice").expect("a writer");
    let inbox = writer.ensure_folder(&[INBOX]).expect("the Inbox");
    for subject in ["50% off", "500 off", "a_b", "axb", "ÉCOLE", "école"] {
        let message = mime::Message { subject: subject.to_owned(), ..Default::default() };
        writer.append(inbox, &message, b"", &Envelope::default()).expect("added");
    }
    writer.commit().expect("durable");
    let logon = StoreAt {
        folder: folder.path(),
        mailbox: "alice",
        access: Access { write: false, create: false },
    };
    let store = SqliteStore::open(logon).expect("a store");
    let found = |text: &str, ignore_case| {
        let restriction = Restriction::Content {
            tag: PR_SUBJECT,
            text: text.to_owned(),
            kind: Match::Substring,
            ignore_case,
        };
        let query = Query { restriction: Some(restriction), ..Query::default() };
        store.count(&receive(&store), &query).expect("a count")
    };
    assert_eq!(found("50%", true), 1);
    assert_eq!(found("a_b", false), 1);
    assert_eq!(found("École", true), 2);
    assert_eq!(found("École", false), 0);
    assert_eq!(found("%", false), 1);
    assert_eq!(found("", false), 6);
}

fn receive(store: &SqliteStore) -> EntryId {
    store.special_folder(SpecialFolder::Inbox).expect("an Inbox")
}
