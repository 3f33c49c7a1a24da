//! Which events follow from which changes.

use super::*;
use crate::sample::{Able, Message, Sample, entry, folder, numbers};
use mapi_abi::restriction::{SortKey, SortOrder};
use mapi_abi::tags::{PR_IMPORTANCE, PR_SUBJECT};

const MESSAGES: [Message; 4] =
    [(1, "b", 1, true), (2, "d", 1, true), (3, "f", 1, true), (4, "h", 0, true)];

fn change(kind: ChangeKind, number: u32) -> Change {
    Change {
        kind,
        object_type: MAPI_MESSAGE,
        entry: entry(number),
        parent: Some(folder()),
        old_parent: None,
    }
}

fn sorted(able: Able) -> (Sample, Table) {
    let source = Sample::new(&MESSAGES, able);
    let mut table = source.table();
    table.sort(vec![SortKey { tag: PR_SUBJECT, descending: false }]).unwrap();
    (source, table)
}

/// Events in words: `+row after prior`, `~row after prior`, `-row`, `*`.
fn told(events: &[TableEvent]) -> Vec<String> {
    let number = |key: &[u8]| u32::from_be_bytes(key.try_into().unwrap());
    let place = |row: &Row, prior: &Option<Vec<u8>>| {
        let row = numbers(std::slice::from_ref(row))[0];
        match prior {
            Some(prior) => format!("{row} after {}", number(prior)),
            None => format!("{row} first"),
        }
    };
    let told = |event: &TableEvent| match event {
        TableEvent::Changed => "*".to_owned(),
        TableEvent::Row(RowChange::Deleted(key)) => format!("-{}", number(key)),
        TableEvent::Row(RowChange::Added { row, prior }) => format!("+{}", place(row, prior)),
        TableEvent::Row(RowChange::Modified { row, prior }) => format!("~{}", place(row, prior)),
    };
    events.iter().map(told).collect()
}

#[test]
fn rows_that_came_changed_or_went_are_told_with_the_row_before() {
    for able in [Able::All, Able::Nothing] {
        let (source, mut table) = sorted(able);
        source.set(&[(1, "b", 1, true), (3, "a", 1, true), (4, "h", 0, true), (5, "c", 1, true)]);
        let changes = [
            change(ChangeKind::Created, 5),
            change(ChangeKind::NewMail, 5),
            change(ChangeKind::Modified, 3),
            change(ChangeKind::Deleted, 2),
        ];
        let expected = ["-2", "~3 first", "+5 after 1"];
        assert_eq!(told(&table.changes(&changes)), expected, "{able:?}");
    }
}

#[test]
fn what_happens_elsewhere_or_comes_and_goes_is_not_told() {
    let (_, mut table) = sorted(Able::All);
    let elsewhere = Change { parent: Some(entry(99)), ..change(ChangeKind::Created, 7) };
    let own =
        Change { object_type: MAPI_FOLDER, entry: folder(), ..change(ChangeKind::Modified, 0) };
    let changes = [elsewhere, own, change(ChangeKind::Created, 8), change(ChangeKind::Deleted, 8)];
    assert_eq!(table.changes(&changes), []);
}

#[test]
fn a_message_that_is_moved_comes_or_goes() {
    let (source, mut table) = sorted(Able::All);
    source.set(&[(2, "d", 1, true), (3, "f", 1, true), (4, "h", 0, true), (9, "z", 0, true)]);
    let moved = |number, parent, old_parent| Change {
        parent: Some(parent),
        old_parent: Some(old_parent),
        ..change(ChangeKind::Moved, number)
    };
    let changes = [moved(1, entry(99), folder()), moved(9, folder(), entry(99))];
    assert_eq!(told(&table.changes(&changes)), ["-1", "+9 after 4"]);
}

#[test]
fn a_restricted_table_tells_what_its_rows_became() {
    for able in [Able::All, Able::Nothing] {
        let (source, mut table) = sorted(able);
        let important =
            Restriction::Property { tag: PR_IMPORTANCE, op: RelOp::Eq, value: Value::Long(1) };
        table.restrict(Some(important)).unwrap();
        table.watch().unwrap();
        source.set(&[(1, "b", 0, true), (2, "d", 1, true), (3, "f", 1, true), (4, "h", 1, true)]);
        let modified = [1, 2, 4].map(|number| change(ChangeKind::Modified, number));
        let expected = ["-1", "~2 first", "+4 after 3"];
        assert_eq!(told(&table.changes(&modified)), expected, "{able:?}");
        source.set(&[(2, "d", 0, true), (3, "f", 1, true), (4, "h", 1, true)]);
        let changes = [change(ChangeKind::Modified, 2), change(ChangeKind::Deleted, 1)];
        assert_eq!(told(&table.changes(&changes)), ["-2"], "row 1 was gone before");
    }
}

#[test]
fn without_having_watched_a_restricted_table_just_changed() {
    let (_, mut table) = sorted(Able::All);
    table.restrict(Some(Restriction::Exist(PR_SUBJECT))).unwrap();
    let modified = [change(ChangeKind::Modified, 1)];
    assert_eq!(told(&table.changes(&modified)), ["*"]);
    assert_eq!(told(&table.changes(&modified)), ["~1 first"]);
}

#[test]
fn many_changes_headings_and_the_whole_store_are_told_as_one() {
    let (_, mut table) = sorted(Able::All);
    let many = |count: usize| -> Vec<Change> {
        (0..count).map(|n| change(ChangeKind::Deleted, 100 + u32::try_from(n).unwrap())).collect()
    };
    assert_eq!(table.changes(&many(MAX_ROW_EVENTS)).len(), MAX_ROW_EVENTS);
    assert_eq!(told(&table.changes(&many(MAX_ROW_EVENTS + 1))), ["*"]);
    let whole = Change { object_type: MAPI_STORE, ..change(ChangeKind::Modified, 0) };
    assert_eq!(told(&table.changes(&[whole])), ["*"]);
    let gone =
        Change { object_type: MAPI_FOLDER, entry: folder(), ..change(ChangeKind::Deleted, 0) };
    assert_eq!(told(&table.changes(&[gone])), ["*"]);
    let headings = SortOrder {
        keys: vec![SortKey { tag: PR_SUBJECT, descending: false }],
        categories: 1,
        ..SortOrder::default()
    };
    table.sort(headings).unwrap();
    assert_eq!(told(&table.changes(&[change(ChangeKind::Modified, 1)])), ["*"]);
}

#[test]
fn a_row_too_far_down_is_told_as_a_change_of_the_table() {
    let rows = |count: u64| -> Vec<Message> {
        (1..=count).map(|number| (u32::try_from(number).unwrap(), "x", 0, true)).collect()
    };
    for (last, expected) in [(MAX_LOCATED_ROWS, "~16384 after 16383"), (MAX_LOCATED_ROWS + 1, "*")]
    {
        let mut table = Sample::new(&rows(last), Able::All).table();
        let changed = [change(ChangeKind::Modified, u32::try_from(last).unwrap())];
        assert_eq!(told(&table.changes(&changed)), [expected]);
    }
}
