//! Positions, bookmarks and finding, with sources that answer themselves and not.

use super::*;
use crate::bookmarks::{Bookmark, Landing, MAX_BOOKMARKS};
use crate::sample::{Able, Message, Sample, numbers};
use crate::source::RowSource;
use crate::static_rows::StaticRows;
use mapi_abi::restriction::{RelOp, SortKey};
use mapi_abi::tags::{PR_DEPTH, PR_ENTRYID, PR_IMPORTANCE, PR_ROW_TYPE, PR_SUBJECT};

const MESSAGES: [Message; 5] =
    [(1, "a", 0, true), (2, "b", 1, true), (3, "c", 0, true), (4, "d", 1, true), (5, "e", 0, true)];
const BOTH: [Able; 2] = [Able::All, Able::Nothing];

fn by_subject() -> Vec<SortKey> {
    vec![SortKey { tag: PR_SUBJECT, descending: false }]
}

fn important(importance: i32) -> Restriction {
    Restriction::Property { tag: PR_IMPORTANCE, op: RelOp::Eq, value: Value::Long(importance) }
}

fn sorted(able: Able) -> (Sample, Table) {
    let source = Sample::new(&MESSAGES, able);
    let mut table = source.table();
    table.sort(by_subject()).unwrap();
    (source, table)
}

#[test]
fn rows_are_read_forwards_and_backwards() {
    for able in BOTH {
        let (_, mut table) = sorted(able);
        assert_eq!(numbers(&table.query_rows(2, false).unwrap()), [1, 2]);
        assert_eq!(numbers(&table.query_rows(2, true).unwrap()), [3, 4]);
        assert_eq!(numbers(&table.query_rows(9, false).unwrap()), [3, 4, 5]);
        assert!(table.query_rows(1, false).unwrap().is_empty());
        assert_eq!(numbers(&table.query_rows(-2, false).unwrap()), [4, 5]);
        assert_eq!(numbers(&table.query_rows(-9, false).unwrap()), [1, 2, 3]);
        assert_eq!(table.position(), 0);
    }
}

#[test]
fn one_call_reads_no_more_rows_than_its_limit() {
    let rows: Vec<Message> = (0..MAX_QUERY_ROWS + 1).map(|n| (n, "x", 0, true)).collect();
    let mut table = Sample::new(&rows, Able::All).table();
    let limit = i32::try_from(MAX_QUERY_ROWS).unwrap();
    assert_eq!(table.query_rows(limit + 1, false).unwrap().len(), rows.len() - 1);
    assert_eq!(table.query_rows(limit + 1, false).unwrap().len(), 1);
}

#[test]
fn seeking_stops_at_the_ends() {
    for able in BOTH {
        let (_, mut table) = sorted(able);
        assert_eq!(table.seek(Bookmark::Beginning, 3).unwrap().rows, 3);
        assert_eq!(table.seek(Bookmark::Current, 9).unwrap().rows, 2);
        assert_eq!(table.seek(Bookmark::End, -9).unwrap().rows, -5);
        assert_eq!(table.seek(Bookmark::Beginning, i64::MIN).unwrap().rows, 0);
        table.seek_approx(1, 2).unwrap();
        assert_eq!(table.position(), 2);
        let position = table.query_position().unwrap();
        assert_eq!((position.row, position.numerator, position.denominator), (2, 2, 5));
        table.seek_approx(u32::MAX, 1).unwrap();
        assert_eq!(table.position(), 5);
        assert_eq!(table.seek_approx(1, 0).unwrap_err().code, Code::INVALID_PARAMETER);
    }
}

#[test]
fn an_empty_table_has_a_denominator() {
    let position = Sample::new(&[], Able::All).table().query_position().unwrap();
    assert_eq!((position.numerator, position.denominator), (0, 1));
}

#[test]
fn rows_are_found_in_both_directions() {
    for able in BOTH {
        let (_, mut table) = sorted(able);
        let mut find = |from, backward| {
            let found = table.find_row(&important(1), from, backward);
            found.map(|_| table.position()).map_err(|failure| failure.code)
        };
        assert_eq!(find(Bookmark::Beginning, false), Ok(1));
        assert_eq!(find(Bookmark::Current, false), Ok(1), "the row at the bookmark counts");
        assert_eq!(find(Bookmark::End, true), Ok(3));
        assert_eq!(find(Bookmark::Current, true), Ok(1), "backwards it does not");
        assert_eq!(find(Bookmark::Current, true), Err(Code::NOT_FOUND));
        assert_eq!(find(Bookmark::End, false), Err(Code::NOT_FOUND));
        assert_eq!(find(Bookmark::Made(9), false), Err(Code::INVALID_BOOKMARK));
        assert_eq!(table.position(), 1, "nothing found, nothing moved");
        table.restrict(Some(important(0))).unwrap();
        let found = table.find_row(&important(1), Bookmark::Beginning, false);
        assert_eq!(found.unwrap_err().code, Code::NOT_FOUND, "only rows of the table are found");
    }
}

#[test]
fn a_bookmark_stays_with_its_row() {
    for able in BOTH {
        let (source, mut table) = sorted(able);
        table.seek(Bookmark::Beginning, 2).unwrap();
        let bookmark = table.create_bookmark().unwrap();
        source.set(&[(9, "aa", 0, true), (1, "a", 0, true), (3, "c", 0, true), (4, "d", 0, true)]);
        let moved = table.seek(bookmark, 0).unwrap();
        assert_eq!((table.position(), moved.landing), (2, Landing::Exact));
        source.set(&[(3, "c", 0, true), (4, "d", 0, true)]);
        let moved = table.seek(bookmark, 1).unwrap();
        assert_eq!((moved.rows, moved.landing, table.position()), (1, Landing::Exact, 1));
    }
}

#[test]
fn the_row_behind_takes_the_place_of_a_row_that_is_gone() {
    for able in BOTH {
        let (source, mut table) = sorted(able);
        table.seek(Bookmark::Beginning, 2).unwrap();
        let bookmark = table.create_bookmark().unwrap();
        source.set(&[(4, "d", 0, true), (5, "e", 0, true)]);
        let moved = table.seek(bookmark, 0).unwrap();
        assert_eq!((table.position(), moved.landing), (0, Landing::PositionChanged));
        assert_eq!(moved.landing.code(), Code::POSITION_CHANGED);
        let moved = table.seek(bookmark, 0).unwrap();
        assert_eq!(moved.landing, Landing::Exact, "it is the other row's now");
        source.set(&[]);
        assert_eq!(table.seek(bookmark, 0).unwrap().landing, Landing::PositionChanged);
    }
}

#[test]
fn a_bookmark_at_the_end_stays_there() {
    let (source, mut table) = sorted(Able::All);
    table.seek(Bookmark::End, 0).unwrap();
    let bookmark = table.create_bookmark().unwrap();
    source.set(&MESSAGES[..2]);
    assert_eq!(table.seek(bookmark, 0).unwrap().landing, Landing::Exact);
    assert_eq!(table.position(), 2);
}

#[test]
fn sorting_and_restricting_forget_bookmarks_and_rewind() {
    let anew: [fn(&mut Table); 2] =
        [|table| table.sort(by_subject()).unwrap(), |table| table.restrict(None).unwrap()];
    for anew in anew {
        let (_, mut table) = sorted(Able::All);
        table.seek(Bookmark::Beginning, 2).unwrap();
        let bookmark = table.create_bookmark().unwrap();
        anew(&mut table);
        assert_eq!(table.position(), 0);
        assert_eq!(table.seek(bookmark, 0).unwrap_err().code, Code::INVALID_BOOKMARK);
        assert_eq!(table.free_bookmark(bookmark).unwrap_err().code, Code::INVALID_BOOKMARK);
        assert_ne!(table.create_bookmark().unwrap(), bookmark, "numbers are used once");
    }
}

#[test]
fn bookmarks_are_made_up_to_their_limit() {
    let (_, mut table) = sorted(Able::All);
    let first = table.create_bookmark().unwrap();
    for _ in 1..MAX_BOOKMARKS {
        table.create_bookmark().unwrap();
    }
    assert_eq!(table.create_bookmark().unwrap_err().code, Code::UNABLE_TO_COMPLETE);
    table.free_bookmark(first).unwrap();
    table.free_bookmark(Bookmark::End).unwrap();
    table.create_bookmark().unwrap();
}

#[test]
fn static_rows_are_restricted_sorted_and_numbered() {
    let rows = |columns: &[PropTag]| {
        let row = |depth| {
            let prop = |tag: &PropTag| match *tag {
                PR_DEPTH => Prop::new(PR_DEPTH, Value::Long(depth)),
                tag => Prop::not_found(tag),
            };
            columns.iter().map(prop).collect()
        };
        Ok([3, 1, 2].map(row).to_vec())
    };
    let mut table = Table::new(Box::new(StaticRows::new(rows)), vec![PR_DEPTH, PR_INSTANCE_KEY]);
    table.sort(vec![SortKey { tag: PR_DEPTH, descending: false }]).unwrap();
    let more = Restriction::Property { tag: PR_DEPTH, op: RelOp::Ge, value: Value::Long(2) };
    table.restrict(Some(more)).unwrap();
    let rows = table.query_rows(9, true).unwrap();
    let expected = [(2, 2_u32), (3, 0)].map(|(depth, number)| {
        vec![
            Prop::new(PR_DEPTH, Value::Long(depth)),
            Prop::new(PR_INSTANCE_KEY, Value::Binary(number.to_be_bytes().to_vec())),
        ]
    });
    assert_eq!(rows, expected);
    assert_eq!(table.row_count().unwrap(), 2);
    assert_eq!(table.status(), Status { state: TBLSTAT_COMPLETE, kind: TBLTYPE_SNAPSHOT });
}

#[test]
fn a_folders_table_is_dynamic_and_complete() {
    let mut table = Sample::new(&MESSAGES, Able::All).table();
    table.abort();
    assert_eq!(table.wait(), Status { state: TBLSTAT_COMPLETE, kind: TBLTYPE_DYNAMIC });
    table.set_columns(vec![PR_ENTRYID, PR_ROW_TYPE]).unwrap();
    let rows = table.query_rows(1, true).unwrap();
    assert_eq!(rows[0][1], Prop::new(PR_ROW_TYPE, Value::Long(1)));
}

#[test]
fn columns_and_sort_keys_are_taken_up_to_their_limits() {
    let mut table = Sample::new(&MESSAGES, Able::All).table();
    assert!(table.set_columns(Vec::new()).is_err());
    assert!(table.set_columns(vec![PR_DEPTH; MAX_COLUMNS]).is_ok());
    assert!(table.set_columns(vec![PR_DEPTH; MAX_COLUMNS + 1]).is_err());
    let keys = |count| vec![SortKey { tag: PR_DEPTH, descending: false }; count];
    assert!(table.sort(keys(MAX_SORT_KEYS)).is_ok());
    assert_eq!(table.sort(keys(MAX_SORT_KEYS + 1)).unwrap_err().code, Code::TOO_COMPLEX);
}

#[test]
fn a_source_fails_for_the_table_too() {
    struct Broken;
    impl RowSource for Broken {
        fn count(&self, _: &Query) -> Result<u64, Failure> {
            Err(Failure::new(Code::DISK_ERROR, "the disk is gone"))
        }
        fn rows(&self, _: &Query, _: u64, _: u32) -> Result<Vec<Row>, Failure> {
            Err(Failure::new(Code::DISK_ERROR, "the disk is gone"))
        }
    }
    let mut table = Table::new(Box::new(Broken), vec![PR_SUBJECT]);
    assert_eq!(table.row_count().unwrap_err().code, Code::DISK_ERROR);
    assert_eq!(table.query_rows(1, false).unwrap_err().code, Code::DISK_ERROR);
}
