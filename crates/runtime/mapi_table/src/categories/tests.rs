//! Headings.

use super::*;
use crate::sample::{Able, Message, Sample};
use crate::table::Table;
use mapi_abi::restriction::SortKey;
use mapi_abi::tags::{PR_ENTRYID, PR_IMPORTANCE, PR_SUBJECT};

const MESSAGES: [Message; 6] = [
    (1, "beta", 1, true),
    (2, "Alpha", 2, false),
    (3, "", 0, true),
    (4, "alpha", 0, false),
    (5, "BETA", 1, true),
    (6, "beta", 2, false),
];
const COLUMNS: [PropTag; 7] = [
    PR_ENTRYID,
    PR_SUBJECT,
    PR_IMPORTANCE,
    PR_ROW_TYPE,
    PR_DEPTH,
    PR_CONTENT_COUNT,
    PR_CONTENT_UNREAD,
];

fn order(keys: &[(PropTag, bool)], categories: usize, expanded: usize) -> SortOrder {
    let key = |(tag, descending): &(PropTag, bool)| SortKey { tag: *tag, descending: *descending };
    let keys = keys.iter().map(key).collect();
    SortOrder { keys, categories, expanded, ..SortOrder::default() }
}

fn table(order: SortOrder) -> Table {
    let mut table = Sample::new(&MESSAGES, Able::Nothing).table();
    table.set_columns(COLUMNS.to_vec()).unwrap();
    table.sort(order).unwrap();
    table
}

/// Each row in words: a heading's depth, state, values, count and unread count, or a
/// row's depth and number.
fn told(rows: &[Row]) -> Vec<String> {
    let told = |row: &Row| {
        let long = |at: usize| match row[at].value {
            Value::Long(number) => number,
            _ => -1,
        };
        let subject = match &row[1].value {
            Value::Unicode(text) => text,
            _ => "-",
        };
        let depth = "  ".repeat(usize::try_from(long(4)).unwrap());
        match (&row[0].value, long(3)) {
            (Value::Binary(entry), 1) => format!("{depth}{}", entry[3]),
            (_, kind) => {
                let sign = if kind == 3 { "v" } else { ">" };
                format!("{depth}{sign} {subject} {} {}/{}", long(2), long(6), long(5))
            }
        }
    };
    rows.iter().map(told).collect()
}

fn seen(table: &mut Table) -> Vec<String> {
    told(&table.query_rows(100, true).unwrap())
}

fn key_at(table: &mut Table, place: u64) -> Vec<u8> {
    table.items().unwrap()[usize::try_from(place).unwrap()].key().to_vec()
}

#[test]
fn closed_headings_show_their_values_and_counts() {
    let mut table = table(order(&[(PR_SUBJECT, false), (PR_IMPORTANCE, true)], 1, 0));
    assert_eq!(seen(&mut table), ["> - -1 0/1", "> Alpha -1 2/2", "> beta -1 1/3"]);
    assert_eq!(table.row_count().unwrap(), 3);
}

#[test]
fn open_headings_show_their_rows_in_the_order_of_the_other_keys() {
    let mut table = table(order(&[(PR_SUBJECT, false), (PR_IMPORTANCE, true)], 1, 1));
    let expected =
        ["v - -1 0/1", "  3", "v Alpha -1 2/2", "  2", "  4", "v beta -1 1/3", "  6", "  1", "  5"];
    assert_eq!(seen(&mut table), expected);
}

#[test]
fn the_first_levels_are_open_and_the_others_closed() {
    let mut table = table(order(&[(PR_SUBJECT, true), (PR_IMPORTANCE, false)], 2, 1));
    let expected = [
        "v beta -1 1/3",
        "  > beta 1 0/2",
        "  > beta 2 1/1",
        "v alpha -1 2/2",
        "  > alpha 0 1/1",
        "  > Alpha 2 1/1",
        "v - -1 0/1",
        "  > - 0 0/1",
    ];
    assert_eq!(seen(&mut table), expected);
}

#[test]
fn combined_keys_are_one_heading() {
    let mut combined = order(&[(PR_SUBJECT, false), (PR_IMPORTANCE, false)], 2, 0);
    combined.combined = vec![1];
    let expected = ["> - 0 0/1", "> alpha 0 1/1", "> Alpha 2 1/1", "> beta 1 0/2", "> beta 2 1/1"];
    assert_eq!(seen(&mut table(combined)), expected);
}

#[test]
fn headings_stand_by_the_extreme_value_of_the_next_key() {
    let mut by = order(&[(PR_SUBJECT, false), (PR_ENTRYID, true)], 1, 0);
    by.aggregates = vec![(1, Aggregate::Max)];
    let expected = ["> beta -1 1/3", "> alpha -1 2/2", "> - -1 0/1"];
    assert_eq!(seen(&mut table(by.clone())), expected, "largest 6, 4, 3, descending");
    by.aggregates = vec![(1, Aggregate::Min)];
    by.keys[1].descending = false;
    let expected = ["> beta -1 1/3", "> Alpha -1 2/2", "> - -1 0/1"];
    assert_eq!(seen(&mut table(by)), expected, "smallest 1, 2, 3, ascending");
    let mut by = order(&[(PR_SUBJECT, false), (PR_IMPORTANCE, false)], 1, 0);
    by.aggregates = vec![(1, Aggregate::Min)];
    let expected = ["> - 0 0/1", "> alpha 0 2/2", "> beta 1 1/3"];
    assert_eq!(seen(&mut table(by)), expected, "a heading shows the value that it stands by");
}

#[test]
fn a_heading_is_opened_and_closed_by_its_key() {
    let mut table = table(order(&[(PR_SUBJECT, false)], 1, 0));
    let key = key_at(&mut table, 2);
    let expanded = table.expand_row(&key, 2).unwrap();
    assert_eq!((told(&expanded.rows), expanded.more), (vec!["  1".into(), "  5".into()], 1));
    assert_eq!(table.position(), 5, "behind the rows that were answered");
    assert_eq!(seen(&mut table), ["  6"]);
    let again = table.expand_row(&key, 0).unwrap();
    assert_eq!((again.rows.len(), again.more), (0, 3), "it was open already");
    assert_eq!(table.collapse_row(&key).unwrap(), 3);
    assert_eq!((table.position(), table.row_count().unwrap()), (3, 3));
    assert_eq!(table.collapse_row(&key).unwrap(), 0);
    let first = key_at(&mut table, 0);
    assert_eq!(table.expand_row(&first, 0).unwrap().more, 1);
    assert_eq!(table.position(), 4, "the row that is read next is the same");
    for missing in [&[1, 2, 3][..], &key_at(&mut table, 1)] {
        assert_eq!(table.expand_row(missing, 1).unwrap_err().code, Code::NOT_FOUND);
    }
}

#[test]
fn which_headings_are_open_can_be_kept_and_restored() {
    let by = order(&[(PR_SUBJECT, false)], 1, 0);
    let mut first = table(by.clone());
    let key = key_at(&mut first, 1);
    first.expand_row(&key, 0).unwrap();
    let row = key_at(&mut first, 3);
    let state = first.collapse_state(&row).unwrap();
    let mut second = table(by);
    let bookmark = second.set_collapse_state(&state).unwrap();
    assert_eq!(seen(&mut second), seen(&mut first));
    second.seek(bookmark, 0).unwrap();
    assert_eq!(second.position(), 3);
    let mut other = table(order(&[(PR_SUBJECT, true)], 1, 0));
    assert_eq!(other.set_collapse_state(&state).unwrap_err().code, Code::UNABLE_TO_COMPLETE);
    let mut flat = table(order(&[(PR_SUBJECT, true)], 0, 0));
    assert_eq!(flat.set_collapse_state(&state).unwrap_err().code, Code::NO_SUPPORT);
    assert_eq!(second.set_collapse_state(&[9]).unwrap_err().code, Code::VERSION);
}

#[test]
fn headings_are_toggled_up_to_their_limit() {
    let mut outline = Outline::default();
    for number in 0..MAX_TOGGLED_HEADINGS {
        outline.toggle(&number.to_be_bytes()).unwrap();
    }
    assert_eq!(outline.toggle(b"more").unwrap_err().code, Code::NOT_ENOUGH_RESOURCES);
    outline.toggle(&0_usize.to_be_bytes()).unwrap();
    outline.toggle(b"more").unwrap();
}

#[test]
fn long_values_have_keys_of_bounded_length_that_differ() {
    let long = |last: char| {
        let mut spelt = vec![HEADING_MARK];
        spell(Some(&Value::Unicode("x".repeat(500) + &last.to_string())), &mut spelt);
        short(&spelt)
    };
    assert_eq!(long('a').len(), MAX_SPELT_KEY_BYTES);
    assert_ne!(long('a'), long('b'));
    let spelt = |parts: [&str; 2]| {
        let mut out = Vec::new();
        parts.iter().for_each(|part| spell(Some(&Value::Unicode((*part).into())), &mut out));
        out
    };
    assert_ne!(spelt(["ab", "c"]), spelt(["a", "bc"]));
}

#[test]
fn an_order_that_contradicts_itself_is_refused() {
    let good = order(&[(PR_SUBJECT, false), (PR_IMPORTANCE, false)], 1, 1);
    let wrong = [
        SortOrder { categories: 3, ..good.clone() },
        SortOrder { expanded: 2, ..good.clone() },
        SortOrder { combined: vec![0], ..good.clone() },
        SortOrder { aggregates: vec![(2, Aggregate::Max)], ..good.clone() },
    ];
    assert!(check_order(&good).is_ok());
    for order in wrong {
        assert_eq!(check_order(&order).unwrap_err().code, Code::INVALID_PARAMETER, "{order:?}");
    }
}
