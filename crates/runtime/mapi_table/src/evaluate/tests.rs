//! What each kind of condition means.

use super::*;
use mapi_abi::tags::{
    PR_BODY, PR_DISPLAY_NAME, PR_HASATTACH, PR_IMPORTANCE, PR_MESSAGE_FLAGS, PR_PRIORITY,
    PR_RECIPIENT_TYPE, PR_SEARCH_KEY, PR_SENDER_NAME, PR_SUBJECT,
};
use mapi_abi::value::Prop;

const PR_WORDS: PropTag = PropTag(0x8001_101F);

fn text(text: &str) -> Value {
    Value::Unicode(text.to_owned())
}

fn row() -> Row {
    vec![
        Prop::text(PR_SUBJECT, "Grüße AUS Köln"),
        Prop::text(PR_SENDER_NAME, "grüße aus köln"),
        Prop::new(PR_IMPORTANCE, Value::Long(2)),
        Prop::new(PR_PRIORITY, Value::Long(-1)),
        Prop::new(PR_MESSAGE_FLAGS, Value::Long(0x11)),
        Prop::new(PR_HASATTACH, Value::Boolean(true)),
        Prop::new(PR_SEARCH_KEY, Value::Binary(vec![1, 2, 3, 4])),
        Prop::new(PR_WORDS, Value::MvUnicode(vec!["eins".into(), "Zwei".into()])),
        Prop::not_found(PR_BODY),
    ]
}

fn is_met(restriction: &Restriction) -> Result<bool, Failure> {
    let row = row();
    let columns = [
        PR_SUBJECT,
        PR_SENDER_NAME,
        PR_IMPORTANCE,
        PR_PRIORITY,
        PR_MESSAGE_FLAGS,
        PR_HASATTACH,
        PR_SEARCH_KEY,
        PR_WORDS,
        PR_BODY,
    ];
    let recipients = |table: PropTag, columns: &[PropTag]| {
        assert_eq!(columns, [PR_DISPLAY_NAME, PR_RECIPIENT_TYPE]);
        let recipient = |name: &str, kind| {
            vec![Prop::text(PR_DISPLAY_NAME, name), Prop::new(PR_RECIPIENT_TYPE, Value::Long(kind))]
        };
        Ok(match table {
            PR_MESSAGE_RECIPIENTS => vec![recipient("Alice", 1), recipient("Bob", 2)],
            _ => Vec::new(),
        })
    };
    check(restriction)?;
    meets(&|tag| value_of(&columns, &row, tag), restriction, &recipients)
}

fn assert_met(restriction: &Restriction, expected: bool) {
    assert_eq!(is_met(restriction), Ok(expected), "{restriction:?}");
}

fn property(tag: PropTag, op: RelOp, value: Value) -> Restriction {
    Restriction::Property { tag, op, value }
}

fn content(tag: PropTag, wanted: &str, kind: Match, ignore_case: bool) -> Restriction {
    Restriction::Content { tag, text: wanted.to_owned(), kind, ignore_case }
}

fn not(restriction: Restriction) -> Restriction {
    Restriction::Not(Box::new(restriction))
}

#[test]
fn logic_has_the_usual_neutral_elements() {
    let (yes, no) = (Restriction::Exist(PR_SUBJECT), Restriction::Exist(PR_BODY));
    assert_met(&Restriction::And(Vec::new()), true);
    assert_met(&Restriction::Or(Vec::new()), false);
    assert_met(&Restriction::And(vec![yes.clone(), no.clone()]), false);
    assert_met(&Restriction::Or(vec![no.clone(), yes.clone()]), true);
    assert_met(&not(no.clone()), true);
    assert_met(&Restriction::Comment(None), true);
    assert_met(&Restriction::Comment(Some(Box::new(no.clone()))), false);
    assert_met(&Restriction::Count(0, Box::new(yes)), true);
    assert_met(&Restriction::Count(9, Box::new(no)), false);
}

#[test]
fn comparisons_follow_the_order_of_their_type() {
    for (op, expected) in [
        (RelOp::Eq, [false, true, false]),
        (RelOp::Ge, [true, true, false]),
        (RelOp::Gt, [true, false, false]),
        (RelOp::Le, [false, true, true]),
        (RelOp::Lt, [false, false, true]),
        (RelOp::Ne, [true, false, true]),
    ] {
        for (number, expected) in (1..).zip(expected) {
            assert_met(&property(PR_IMPORTANCE, op, Value::Long(number)), expected);
        }
    }
    assert_met(&property(PR_SUBJECT, RelOp::Lt, text("grüße")), true);
    assert_met(&property(PR_SUBJECT, RelOp::Eq, text("grüße aus köln")), false);
    assert_met(&property(PR_HASATTACH, RelOp::Gt, Value::Boolean(false)), true);
    assert_met(&property(PR_SEARCH_KEY, RelOp::Gt, Value::Binary(vec![1, 2])), true);
    let same = |op| Restriction::CompareProps { op, left: PR_SUBJECT, right: PR_SENDER_NAME };
    assert_met(&same(RelOp::Eq), false);
    assert_met(&same(RelOp::Lt), true);
}

#[test]
fn what_a_row_does_not_have_meets_nothing_but_its_opposite() {
    let missing = [
        property(PR_BODY, RelOp::Ne, text("x")),
        content(PR_BODY, "", Match::Substring, true),
        Restriction::Size { op: RelOp::Ge, tag: PR_BODY, bytes: 0 },
        Restriction::CompareProps { op: RelOp::Ne, left: PR_BODY, right: PR_SUBJECT },
        Restriction::Exist(PR_BODY),
    ];
    for restriction in missing {
        assert_met(&restriction, false);
        assert_met(&not(restriction), true);
    }
}

#[test]
fn text_is_found_where_it_must_stand_with_capitals_folded_or_not() {
    for (wanted, kind, ignore_case, expected) in [
        ("aus", Match::Substring, false, false),
        ("aus", Match::Substring, true, true),
        ("GRÜSSE", Match::Prefix, true, false),
        ("GRÜßE", Match::Prefix, true, true),
        ("Grüße", Match::Prefix, false, true),
        ("Köln", Match::Prefix, false, false),
        ("GRÜßE AUS KÖLN", Match::Full, true, true),
        ("Grüße", Match::Full, true, false),
        ("", Match::Substring, false, true),
        ("%", Match::Substring, true, false),
    ] {
        assert_met(&content(PR_SUBJECT, wanted, kind, ignore_case), expected);
    }
    for (bytes, kind, expected) in [
        (vec![2, 3], Match::Substring, true),
        (vec![2, 3], Match::Prefix, false),
        (vec![1, 2], Match::Prefix, true),
        (vec![1, 2, 3, 4], Match::Full, true),
        (vec![], Match::Substring, true),
        (vec![4, 5], Match::Substring, false),
    ] {
        assert_met(&Restriction::ContentBytes { tag: PR_SEARCH_KEY, bytes, kind }, expected);
    }
}

#[test]
fn bits_and_sizes_are_compared_as_unsigned_numbers() {
    let bits = |tag, mask, non_zero| Restriction::BitMask { tag, mask, non_zero };
    assert_met(&bits(PR_MESSAGE_FLAGS, 0x10, true), true);
    assert_met(&bits(PR_MESSAGE_FLAGS, 0x2, true), false);
    assert_met(&bits(PR_MESSAGE_FLAGS, 0x2, false), true);
    assert_met(&bits(PR_PRIORITY, 0x8000_0000, true), true);
    let size = |tag, op, bytes| Restriction::Size { op, tag, bytes };
    assert_met(&size(PR_SUBJECT, RelOp::Eq, 30), true);
    assert_met(&size(PR_SEARCH_KEY, RelOp::Lt, 5), true);
}

#[test]
fn one_value_of_a_list_is_enough() {
    assert_met(&property(PR_WORDS, RelOp::Eq, text("Zwei")), true);
    assert_met(&property(PR_WORDS, RelOp::Eq, text("drei")), false);
    assert_met(&content(PR_WORDS, "ZWEI", Match::Full, true), true);
    let list = |words: &[&str]| Value::MvUnicode(words.iter().map(|word| (*word).into()).collect());
    assert_met(&property(PR_WORDS, RelOp::Eq, list(&["eins", "Zwei"])), true);
    assert_met(&property(PR_WORDS, RelOp::Eq, list(&["eins"])), false);
}

#[test]
fn one_recipient_must_meet_all_of_a_condition() {
    let sub = |name: &str, kind| Restriction::Sub {
        table: PR_MESSAGE_RECIPIENTS,
        condition: Box::new(Restriction::And(vec![
            property(PR_DISPLAY_NAME, RelOp::Eq, text(name)),
            property(PR_RECIPIENT_TYPE, RelOp::Eq, Value::Long(kind)),
        ])),
    };
    assert_met(&sub("Bob", 2), true);
    assert_met(&sub("Alice", 2), false);
}

#[test]
fn what_nobody_evaluates_is_refused() {
    let code = |restriction| is_met(&restriction).map_err(|failure| failure.code);
    let count = Restriction::Count(1, Box::new(Restriction::Exist(PR_SUBJECT)));
    let recipients = |condition| Restriction::Sub {
        table: PR_MESSAGE_RECIPIENTS,
        condition: Box::new(condition),
    };
    for restriction in [
        property(PR_SUBJECT, RelOp::Re, text("x.*")),
        Restriction::Size { op: RelOp::Re, tag: PR_SUBJECT, bytes: 1 },
        not(count.clone()),
        recipients(count),
        recipients(recipients(Restriction::Exist(PR_DISPLAY_NAME))),
        Restriction::Sub {
            table: PR_SUBJECT,
            condition: Box::new(Restriction::Exist(PR_DISPLAY_NAME)),
        },
    ] {
        assert_eq!(code(restriction), Err(Code::TOO_COMPLEX));
    }
    for restriction in [
        property(PR_SUBJECT, RelOp::Eq, Value::Long(1)),
        content(PR_IMPORTANCE, "1", Match::Full, false),
        Restriction::BitMask { tag: PR_SUBJECT, mask: 1, non_zero: true },
        Restriction::CompareProps { op: RelOp::Eq, left: PR_SUBJECT, right: PR_IMPORTANCE },
        Restriction::ContentBytes { tag: PR_SUBJECT, bytes: vec![1], kind: Match::Full },
    ] {
        assert_eq!(code(restriction), Err(Code::INVALID_PARAMETER));
    }
}

#[test]
fn restrictions_are_taken_up_to_their_limits() {
    let exist = Restriction::Exist(PR_SUBJECT);
    let nested = |depth: usize| (1..depth).fold(exist.clone(), |inner, _| not(inner));
    let wide = |nodes: usize| Restriction::And(vec![exist.clone(); nodes - 1]);
    let code = |restriction: Restriction| check(&restriction).map_err(|failure| failure.code);
    assert_eq!(code(nested(MAX_RESTRICTION_DEPTH)), Ok(()));
    assert_eq!(code(nested(MAX_RESTRICTION_DEPTH + 1)), Err(Code::TOO_COMPLEX));
    assert_eq!(code(wide(MAX_RESTRICTION_NODES)), Ok(()));
    assert_eq!(code(wide(MAX_RESTRICTION_NODES + 1)), Err(Code::TOO_COMPLEX));
}
