//! Restrictions and sort orders over other people's mail: what the store answers in
//! SQL is what the table engine finds when it looks at every message itself.
#![allow(missing_docs)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use mail_import::{Options, Source, import};
use mapi_abi::codes::{Code, Failure};
use mapi_abi::restriction::{Match, RelOp, Restriction, SortKey, SortOrder};
use mapi_abi::spi::{
    Access, FolderKind, MessageChange, MessageStore, NewFolder, PropChange, Query, SpecialFolder,
};
use mapi_abi::tags::*;
use mapi_abi::value::{EntryId, Prop, Row, Value};
use mapi_table::{ContentsRows, HierarchyRows, RowChange, RowSource, Table, TableEvent};
use store_sqlite::{PR_PREVIEW, SqliteStore, StoreAt, Writer};
use tests::foreign_data;

/// Questions that are asked of every folder.
const QUESTIONS: usize = 600;
/// Questions that the store has to answer itself, so that something is compared.
const ANSWERED: usize = 200;
/// Answers that have to be neither empty nor the whole folder.
const TELLING: usize = 100;
/// Seed of the generator; printed with every difference.
const SEED: u64 = 0x7061_7274_7977_616c;
/// The time of the import.
const NOW: i64 = 1_700_000_000;

const TEXTS: [PropTag; 12] = [
    PR_SUBJECT,
    PR_NORMALIZED_SUBJECT,
    PR_CONVERSATION_TOPIC,
    PR_SENDER_NAME,
    PR_SENDER_EMAIL_ADDRESS,
    PR_DISPLAY_TO,
    PR_DISPLAY_CC,
    PR_INTERNET_MESSAGE_ID,
    PR_IN_REPLY_TO_ID,
    PR_PREVIEW,
    PR_BODY,
    PR_DISPLAY_NAME,
];
const LONGS: [PropTag; 6] = [
    PR_MESSAGE_SIZE,
    PR_MESSAGE_FLAGS,
    PR_MSG_STATUS,
    PR_IMPORTANCE,
    PR_OBJECT_TYPE,
    PR_SENSITIVITY,
];
const OTHERS: [PropTag; 6] = [
    PR_HASATTACH,
    PR_CLIENT_SUBMIT_TIME,
    PR_MESSAGE_DELIVERY_TIME,
    PR_ENTRYID,
    PR_INSTANCE_KEY,
    PR_HTML,
];
const OPERATORS: [RelOp; 6] = [RelOp::Eq, RelOp::Ge, RelOp::Gt, RelOp::Le, RelOp::Lt, RelOp::Ne];
const MATCHES: [Match; 3] = [Match::Full, Match::Prefix, Match::Substring];

/// A store that answers nothing but all rows in order of arrival.
struct Slow(ContentsRows);

impl Slow {
    fn check(query: &Query) -> Result<(), Failure> {
        let is_plain = query.restriction.is_none() && query.sort.is_empty();
        is_plain.then_some(()).ok_or_else(|| Failure::new(Code::TOO_COMPLEX, "look yourself"))
    }
}

impl RowSource for Slow {
    fn count(&self, query: &Query) -> Result<u64, Failure> {
        Self::check(query).and_then(|()| self.0.count(query))
    }

    fn rows(&self, query: &Query, start: u64, limit: u32) -> Result<Vec<Row>, Failure> {
        Self::check(query).and_then(|()| self.0.rows(query, start, limit))
    }

    fn sub_rows(
        &self,
        entry: &EntryId,
        table: PropTag,
        columns: &[PropTag],
    ) -> Result<Vec<Row>, Failure> {
        self.0.sub_rows(entry, table, columns)
    }
}

/// Asks questions whose values stand in the folder, or nearly.
struct Generator {
    state: u64,
    columns: Vec<PropTag>,
    rows: Vec<Row>,
}

impl Generator {
    fn below(&mut self, limit: usize) -> usize {
        self.state = self
            .state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 33) as usize % limit
    }

    fn one<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    fn tag(&mut self) -> PropTag {
        match self.below(5) {
            0 | 1 => self.one(&TEXTS),
            2 => self.one(&LONGS),
            _ => self.one(&OTHERS),
        }
    }

    /// A value that some row has.
    fn value(&mut self, tag: PropTag) -> Option<Value> {
        let place = self.columns.iter().position(|column| *column == tag)?;
        let row = self.below(self.rows.len());
        let value = self.rows[row][place].value.clone();
        (!matches!(value, Value::Error(_))).then_some(value)
    }

    /// A part of a text, with other capitals.
    fn part(&mut self, text: &str) -> String {
        let characters: Vec<char> = text.chars().collect();
        let start = if self.below(3) == 0 { 0 } else { self.below(characters.len() + 1) };
        let length = match self.below(4) {
            0 => characters.len(),
            1 => 1,
            _ => self.below(8),
        };
        let part: String = characters.iter().skip(start).take(length).collect();
        match self.below(4) {
            0 => part.to_uppercase(),
            1 => part.to_lowercase(),
            _ => part,
        }
    }

    fn restriction(&mut self, depth: usize) -> Restriction {
        let kind = self.below(if depth == 0 { 9 } else { 13 });
        match kind {
            0 => Restriction::Exist(self.tag()),
            1 => Restriction::BitMask {
                tag: self.one(&LONGS),
                mask: 1 << self.below(12),
                non_zero: self.below(2) == 0,
            },
            2 | 3 => {
                let tag = self.one(&TEXTS);
                let text = match self.value(tag) {
                    Some(Value::Unicode(text)) => self.part(&text),
                    _ => "a".to_owned(),
                };
                let (kind, ignore_case) = (self.one(&MATCHES), self.below(2) == 0);
                Restriction::Content { tag, text, kind, ignore_case }
            }
            4 | 5 => self.property(),
            6 => self.comparison(),
            7 => Restriction::Size {
                op: self.one(&OPERATORS),
                tag: self.tag(),
                bytes: u32::try_from(self.below(80)).unwrap(),
            },
            8 => self.sub(),
            9 => Restriction::Not(Box::new(self.restriction(depth - 1))),
            10 => Restriction::Comment(Some(Box::new(self.restriction(depth - 1)))),
            kind => {
                let parts = (0..self.below(4)).map(|_| self.restriction(depth - 1)).collect();
                if kind == 11 { Restriction::And(parts) } else { Restriction::Or(parts) }
            }
        }
    }

    fn property(&mut self) -> Restriction {
        let (mut tag, op) = (self.tag(), self.one(&OPERATORS));
        let value = match self.value(tag) {
            Some(Value::Unicode(text)) if self.below(2) == 0 => Value::Unicode(self.part(&text)),
            Some(value) => value,
            None => {
                tag = PR_IMPORTANCE;
                Value::Long(1)
            }
        };
        Restriction::Property { tag, op, value }
    }

    fn comparison(&mut self) -> Restriction {
        let op = self.one(&OPERATORS);
        let (left, right) = match self.below(4) {
            0 => (PR_CLIENT_SUBMIT_TIME, PR_MESSAGE_DELIVERY_TIME),
            1 => (self.one(&LONGS), self.one(&LONGS)),
            2 => (PR_SUBJECT, PR_NORMALIZED_SUBJECT),
            _ => (self.one(&TEXTS), self.one(&TEXTS)),
        };
        Restriction::CompareProps { op, left, right }
    }

    fn sub(&mut self) -> Restriction {
        let text = self.one(&["a", "e", ".txt", "image", "LICENSE", ""]).to_owned();
        let (table, tag) = match self.below(3) {
            0 => (PR_MESSAGE_ATTACHMENTS, PR_ATTACH_LONG_FILENAME),
            1 => (PR_MESSAGE_ATTACHMENTS, PR_ATTACH_MIME_TAG),
            _ => (PR_MESSAGE_RECIPIENTS, PR_DISPLAY_NAME),
        };
        let kind = Match::Substring;
        let condition = Box::new(Restriction::Content { tag, text, kind, ignore_case: true });
        Restriction::Sub { table, condition }
    }

    fn question(&mut self) -> (Option<Restriction>, Vec<SortKey>) {
        let restriction = (self.below(8) > 0).then(|| match self.restriction(3) {
            inner if self.below(12) == 0 => {
                Restriction::Count(u32::try_from(self.below(9)).unwrap(), Box::new(inner))
            }
            restriction => restriction,
        });
        let keys = (0..self.below(4)).map(|_| {
            let (tag, descending) = (self.tag(), self.below(2) == 0);
            SortKey { tag, descending }
        });
        (restriction, keys.collect())
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

/// A store with all of the mail: single files in the Inbox, the others in folders.
fn store_with(data: &Path, folder: &Path) -> Arc<dyn MessageStore> {
    let mut writer = Writer::open(folder, "alice").expect("a writer");
    let mut eml = Vec::new();
    files(&data.join("eml"), &mut eml);
    files(&data.join("tnef"), &mut eml);
    let mut mbox = Vec::new();
    files(&data.join("mbox"), &mut mbox);
    let sources = eml
        .into_iter()
        .map(Source::Eml)
        .chain(mbox.into_iter().map(Source::Mbox))
        .chain([Source::Maildir(data.join("maildir"))]);
    for source in sources {
        // Some of the files are there to be refused.
        let _ = import(&source, &mut writer, &Options { now: NOW }, &mut |_| {});
    }
    drop(writer);
    let access = Access { write: false, create: false };
    let at = StoreAt { folder, mailbox: "alice", access };
    Arc::new(SqliteStore::open(at).expect("a store"))
}

fn folders(store: &dyn MessageStore) -> Vec<EntryId> {
    let rows = store.hierarchy(&store.root(), &[PR_ENTRYID, PR_CONTENT_COUNT]).expect("folders");
    let folder = |row: Row| match (&row[0].value, &row[1].value) {
        (Value::Binary(entry), Value::Long(2..)) => Some(EntryId(entry.clone())),
        _ => None,
    };
    rows.into_iter().filter_map(folder).collect()
}

/// The keys of all rows, by the table engine over a source that looks at nothing.
fn plainly(
    store: &Arc<dyn MessageStore>,
    folder: &EntryId,
    question: &(Option<Restriction>, Vec<SortKey>),
) -> Result<Vec<Row>, Failure> {
    let source = Slow(ContentsRows::new(Arc::clone(store), folder.clone(), false));
    let mut table = Table::new(Box::new(source), vec![PR_ENTRYID]);
    table.restrict(question.0.clone())?;
    table.sort(question.1.clone())?;
    table.query_rows(1000, true)
}

#[test]
fn the_store_and_the_engine_find_the_same_messages_in_the_same_order() {
    let Some(data) = foreign_data() else { return };
    let home = tempfile::tempdir().expect("a folder");
    let store = store_with(&data, &home.path().join("alice"));
    let (mut asked, mut answered, mut telling, mut differences) = (0, 0, 0, Vec::new());
    for folder in folders(&*store) {
        let columns: Vec<PropTag> = [&TEXTS[..], &LONGS[..], &OTHERS[..]].concat();
        let everything = Query { columns: columns.clone(), ..Query::default() };
        let rows = store.rows(&folder, &everything, 0, u32::MAX).expect("rows");
        let whole = rows.len();
        let mut generator = Generator { state: SEED, columns, rows };
        for number in 0..QUESTIONS {
            let question = generator.question();
            let (restriction, sort) = question.clone();
            let query = Query { columns: vec![PR_ENTRYID], restriction, sort, associated: false };
            let pushed = match store.rows(&folder, &query, 0, 1000) {
                Err(failure) if failure.code == Code::TOO_COMPLEX => continue,
                pushed => pushed.map_err(|failure| failure.code),
            };
            asked += 1;
            answered += usize::from(pushed.is_ok());
            telling += usize::from(
                pushed.as_ref().is_ok_and(|rows| !rows.is_empty() && rows.len() < whole),
            );
            let plain = plainly(&store, &folder, &question).map_err(|failure| failure.code);
            if pushed != plain {
                let lengths = [&pushed, &plain].map(|rows| rows.as_ref().map(Vec::len));
                differences
                    .push(format!("question {number} of {SEED:#x}: {lengths:?} {question:?}"));
            }
        }
    }
    println!("{answered} of {asked} questions answered, {telling} by a part of the folder");
    assert!(differences.is_empty(), "{} differ: {:#?}", differences.len(), differences.first());
    assert!(answered >= ANSWERED && telling >= TELLING, "{answered} answered, {telling} telling");
}

#[test]
fn a_count_is_the_number_of_the_rows() {
    let Some(data) = foreign_data() else { return };
    let home = tempfile::tempdir().expect("a folder");
    let store = store_with(&data, &home.path().join("alice"));
    for folder in folders(&*store) {
        let restriction = Restriction::Content {
            tag: PR_SUBJECT,
            text: "re".to_owned(),
            kind: Match::Substring,
            ignore_case: true,
        };
        let source = ContentsRows::new(Arc::clone(&store), folder.clone(), false);
        let mut table = Table::new(Box::new(source), vec![PR_ENTRYID]);
        table.restrict(Some(restriction.clone())).unwrap();
        let plain = plainly(&store, &folder, &(Some(restriction), Vec::new())).unwrap();
        assert_eq!(table.row_count().unwrap(), plain.len() as u64);
    }
}

fn empty_store(folder: &Path) -> Arc<dyn MessageStore> {
    let access = Access { write: true, create: true };
    let at = StoreAt { folder, mailbox: "alice", access };
    Arc::new(SqliteStore::open(at).expect("a store"))
}

fn save(store: &dyn MessageStore, folder: &EntryId, subject: &str) -> EntryId {
    let change = MessageChange {
        message: None,
        folder,
        associated: false,
        props: PropChange { set: vec![Prop::text(PR_SUBJECT, subject)], delete: Vec::new() },
        recipients: None,
        attachments: Vec::new(),
        expected: None,
        original: None,
    };
    store.save_message(&change).expect("saved")
}

/// Events in words, rows by their first column.
fn told(events: &[TableEvent]) -> Vec<String> {
    let text = |row: &Row| match &row[0].value {
        Value::Unicode(text) => text.clone(),
        other => format!("{other:?}"),
    };
    let first = |prior: &Option<Vec<u8>>| if prior.is_none() { " first" } else { "" };
    let told = |event: &TableEvent| match event {
        TableEvent::Changed => "changed".to_owned(),
        TableEvent::Row(RowChange::Added { row, prior }) => {
            format!("added {}{}", text(row), first(prior))
        }
        TableEvent::Row(RowChange::Modified { row, prior }) => {
            format!("modified {}{}", text(row), first(prior))
        }
        TableEvent::Row(RowChange::Deleted(_)) => "deleted".to_owned(),
    };
    events.iter().map(told).collect()
}

#[test]
fn what_a_store_tells_becomes_events_of_its_tables() {
    let home = tempfile::tempdir().expect("a folder");
    let store = empty_store(&home.path().join("alice"));
    let inbox = store.special_folder(SpecialFolder::Inbox).expect("the Inbox");
    let old = save(&*store, &inbox, "m");
    let mut feed = store.feed().expect("a feed");
    let contents = ContentsRows::new(Arc::clone(&store), inbox.clone(), false);
    let mut messages = Table::new(Box::new(contents), vec![PR_SUBJECT]);
    messages.sort(vec![SortKey { tag: PR_SUBJECT, descending: false }]).unwrap();
    let below = HierarchyRows::new(Arc::clone(&store), inbox.clone(), false);
    let mut folders = Table::new(Box::new(below), vec![PR_DISPLAY_NAME]);
    save(&*store, &inbox, "a");
    save(&*store, &inbox, "z");
    store.set_read(std::slice::from_ref(&old), false).expect("marked");
    let changes = feed.changes().expect("changes");
    assert_eq!(told(&messages.changes(&changes)), ["added a first", "modified m", "added z"]);
    assert_eq!(folders.changes(&changes), [], "nothing is below the Inbox");

    let new = NewFolder {
        parent: &inbox,
        name: "New",
        comment: "",
        kind: FolderKind::Generic,
        open_if_exists: false,
    };
    let folder = store.create_folder(&new).expect("a folder");
    store.delete_messages(&[old]).expect("deleted");
    let changes = feed.changes().expect("changes");
    assert_eq!(told(&messages.changes(&changes)), ["deleted"]);
    assert_eq!(told(&folders.changes(&changes)), ["added New first"]);

    save(&*store, &folder, "elsewhere");
    let changes = feed.changes().expect("changes");
    assert_eq!(messages.changes(&changes), []);
    assert_eq!(told(&folders.changes(&changes)), ["modified New first"], "its counts changed");
}

#[test]
fn hierarchies_are_sorted_and_restricted_shallow_or_deep() {
    let home = tempfile::tempdir().expect("a folder");
    let store = empty_store(&home.path().join("alice"));
    let folder = |parent: &EntryId, name: &str| {
        let kind = FolderKind::Generic;
        let new = NewFolder { parent, name, comment: "", kind, open_if_exists: false };
        store.create_folder(&new).expect("a folder")
    };
    let inbox = store.special_folder(SpecialFolder::Inbox).expect("the Inbox");
    let second = folder(&inbox, "second");
    folder(&inbox, "First");
    folder(&second, "a third one");
    let names = |deep, restriction: Option<Restriction>| -> Vec<Value> {
        let source = HierarchyRows::new(Arc::clone(&store), inbox.clone(), deep);
        let mut table = Table::new(Box::new(source), vec![PR_DISPLAY_NAME]);
        table.sort(vec![SortKey { tag: PR_DISPLAY_NAME, descending: true }]).unwrap();
        table.restrict(restriction).unwrap();
        let rows = table.query_rows(9, true).unwrap();
        assert_eq!(table.row_count().unwrap(), rows.len() as u64);
        rows.into_iter().flatten().map(|prop| prop.value).collect()
    };
    let text = |text: &str| Value::Unicode(text.to_owned());
    assert_eq!(names(false, None), [text("second"), text("First")]);
    assert_eq!(names(true, None), [text("second"), text("First"), text("a third one")]);
    let top = Restriction::Property { tag: PR_DEPTH, op: RelOp::Gt, value: Value::Long(1) };
    assert_eq!(names(true, Some(top)), [text("a third one")]);
}

#[test]
fn headings_over_a_store_count_their_unread_messages() {
    let home = tempfile::tempdir().expect("a folder");
    let store = empty_store(&home.path().join("alice"));
    let inbox = store.special_folder(SpecialFolder::Inbox).expect("the Inbox");
    save(&*store, &inbox, "lunch");
    let unread = ["Lunch", "report", "Re: lunch"].map(|subject| save(&*store, &inbox, subject));
    store.set_read(&unread, false).expect("marked");
    let source = ContentsRows::new(Arc::clone(&store), inbox, false);
    let columns = vec![PR_NORMALIZED_SUBJECT, PR_SUBJECT, PR_CONTENT_COUNT, PR_CONTENT_UNREAD];
    let mut table = Table::new(Box::new(source), columns);
    let keys = vec![SortKey { tag: PR_NORMALIZED_SUBJECT, descending: false }];
    table.sort(SortOrder { keys, categories: 1, expanded: 0, ..SortOrder::default() }).unwrap();
    let rows = table.query_rows(9, true).unwrap();
    let heading = |subject: &str, count, unread| {
        vec![
            Prop::text(PR_NORMALIZED_SUBJECT, subject),
            Prop::not_found(PR_SUBJECT),
            Prop::new(PR_CONTENT_COUNT, Value::Long(count)),
            Prop::new(PR_CONTENT_UNREAD, Value::Long(unread)),
        ]
    };
    assert_eq!(rows, [heading("lunch", 3, 2), heading("report", 1, 1)]);
}
