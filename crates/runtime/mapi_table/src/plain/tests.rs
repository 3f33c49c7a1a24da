//! What is evaluated here is what a source would answer that can do it itself.

use super::*;
use crate::sample::{Able, PR_WORDS, Sample, numbers};
use crate::table::Table;
use mapi_abi::restriction::{Match, SortKey};
use mapi_abi::tags::{PR_IMPORTANCE, PR_SUBJECT};

const MESSAGES: [crate::sample::Message; 6] = [
    (1, "beta", 1, true),
    (2, "Alpha two", 2, false),
    (3, "", 0, true),
    (4, "alpha one", 2, false),
    (5, "BETA", 1, true),
    (6, "gamma", 0, false),
];

fn by(keys: &[(PropTag, bool)]) -> Vec<SortKey> {
    keys.iter().map(|(tag, descending)| SortKey { tag: *tag, descending: *descending }).collect()
}

fn content(text: &str) -> Restriction {
    Restriction::Content {
        tag: PR_SUBJECT,
        text: text.to_owned(),
        kind: Match::Prefix,
        ignore_case: true,
    }
}

fn all(table: &mut Table) -> Vec<u32> {
    numbers(&table.query_rows(100, true).unwrap())
}

#[test]
fn every_source_gives_the_same_rows_in_the_same_order() {
    let important =
        Restriction::Property { tag: PR_IMPORTANCE, op: RelOp::Ge, value: Value::Long(1) };
    let cases: [(Option<Restriction>, Vec<SortKey>, Vec<u32>); 6] = [
        (None, Vec::new(), vec![1, 2, 3, 4, 5, 6]),
        (None, by(&[(PR_SUBJECT, false)]), vec![3, 4, 2, 1, 5, 6]),
        (None, by(&[(PR_SUBJECT, true)]), vec![6, 1, 5, 2, 4, 3]),
        (Some(content("ALPHA")), Vec::new(), vec![2, 4]),
        (
            Some(important.clone()),
            by(&[(PR_IMPORTANCE, true), (PR_SUBJECT, false)]),
            vec![4, 2, 1, 5],
        ),
        (Some(Restriction::Count(2, Box::new(important))), by(&[(PR_SUBJECT, true)]), vec![1, 5]),
    ];
    for (restriction, sort, expected) in cases {
        for able in [Able::All, Able::Restrict, Able::Nothing] {
            let mut table = Sample::new(&MESSAGES, able).table();
            table.restrict(restriction.clone()).unwrap();
            table.sort(sort.clone()).unwrap();
            assert_eq!(all(&mut table), expected, "{able:?} {restriction:?} {sort:?}");
            assert_eq!(table.row_count().unwrap(), expected.len() as u64);
            let page = table.query_rows(2, false).unwrap();
            assert_eq!(numbers(&page), expected[..2]);
        }
    }
}

#[test]
fn a_column_may_have_a_row_for_each_of_its_values() {
    let word = PR_WORDS.with_type(PR_WORDS.prop_type() | MV_INSTANCE);
    for able in [Able::All, Able::Nothing] {
        let mut table = Sample::new(&MESSAGES[..4], able).table();
        table.set_columns(vec![PR_ENTRYID, word, PR_INSTANCE_KEY]).unwrap();
        table.sort(by(&[(word, false)])).unwrap();
        let rows = table.query_rows(100, true).unwrap();
        let words: Vec<Option<&str>> = rows
            .iter()
            .map(|row| match &row[1].value {
                Value::Unicode(text) => Some(&**text),
                _ => None,
            })
            .collect();
        let expected = [None, Some("Alpha"), Some("alpha"), Some("beta"), Some("one"), Some("two")];
        assert_eq!(words, expected);
        assert_eq!(rows[1][1].tag, PropTag(0x8001_001F), "one value has the type of one value");
        assert_eq!(numbers(&rows), [3, 2, 4, 1, 4, 2]);
        let mut keys: Vec<_> = rows.iter().map(|row| format!("{:?}", row[2].value)).collect();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), rows.len(), "each row has a key of its own");
        table
            .restrict(Some(Restriction::Property {
                tag: word,
                op: RelOp::Eq,
                value: Value::Unicode("one".into()),
            }))
            .unwrap();
        assert_eq!(all(&mut table), [4]);
    }
}

#[test]
fn two_columns_with_rows_for_their_values_are_too_complex() {
    let mut table = Sample::new(&MESSAGES, Able::All).table();
    let columns = [0x8001_301F, 0x8002_301F].map(PropTag).to_vec();
    assert_eq!(table.set_columns(columns).unwrap_err().code, Code::TOO_COMPLEX);
}

#[test]
fn tables_are_evaluated_up_to_their_limit() {
    let source = Sample::new(&MESSAGES, Able::Nothing);
    let ask = Ask::default();
    assert_eq!(collect_at_most(&source, &ask, 6).unwrap().len(), 6);
    assert_eq!(collect_at_most(&source, &ask, 5).unwrap_err().code, Code::TABLE_TOO_BIG);
}

#[test]
fn more_rows_than_a_page_are_all_read() {
    let rows: Vec<_> = (0..PAGE_ROWS * 2 + 1).map(|number| (number, "x", 0, true)).collect();
    let source = Sample::new(&rows, Able::Nothing);
    assert_eq!(collect(&source, &Ask::default()).unwrap().len(), rows.len());
}

#[test]
fn what_was_evaluated_is_kept_until_the_revision_is_another() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};
    let mut source = Sample::new(&MESSAGES, Able::Nothing);
    let revision = Arc::new(AtomicU64::new(1));
    source.revision = Some(Arc::clone(&revision));
    let mut table = source.table();
    table.sort(by(&[(PR_SUBJECT, false)])).unwrap();
    assert_eq!(table.row_count().unwrap(), 6);
    source.set(&MESSAGES[..2]);
    let asked = source.questions.load(Ordering::Relaxed);
    table.query_rows(0, true).unwrap();
    assert_eq!(table.items().unwrap().len(), 6);
    assert_eq!(source.questions.load(Ordering::Relaxed), asked);
    revision.store(2, Ordering::Relaxed);
    assert_eq!(all(&mut table), [2, 1]);
}

#[test]
fn a_row_that_went_since_has_its_key_and_nothing_else() {
    let source = Sample::new(&MESSAGES, Able::Nothing);
    let ask = Ask::default();
    let leaves = collect(&source, &ask).unwrap();
    source.set(&MESSAGES[1..]);
    assert_eq!(fill(&source, &ask, &[PR_SUBJECT], &leaves[0]).unwrap(), None);
}
