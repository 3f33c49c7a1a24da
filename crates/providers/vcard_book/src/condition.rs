//! Whether a row meets a restriction, and how rows are sorted.

use std::cmp::Ordering;

use mapi_abi::restriction::{Match, RelOp, Restriction, SortKey};
use mapi_abi::tags::PropTag;
use mapi_abi::tags::{PR_DISPLAY_NAME, PR_EMAIL_ADDRESS};
use mapi_abi::value::{Row, Value};

use crate::fold::{begins_words, fold};
use crate::props::PR_ANR;

fn value(row: &Row, tag: PropTag) -> Option<&Value> {
    row.iter().find(|prop| prop.tag == tag).map(|prop| &prop.value)
}

fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Unicode(left), Value::Unicode(right)) => Some(left.cmp(right)),
        (Value::Long(left), Value::Long(right)) => Some(left.cmp(right)),
        (Value::Boolean(left), Value::Boolean(right)) => Some(left.cmp(right)),
        (Value::Binary(left), Value::Binary(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

const fn holds(op: RelOp, order: Ordering) -> bool {
    match op {
        RelOp::Eq => order.is_eq(),
        RelOp::Ge => order.is_ge(),
        RelOp::Gt => order.is_gt(),
        RelOp::Le => order.is_le(),
        RelOp::Lt => order.is_lt(),
        RelOp::Ne => order.is_ne(),
        RelOp::Re => false,
    }
}

/// Whether a name or address is what somebody may have meant.
pub(crate) fn is_meant(row: &Row, folded: &str) -> bool {
    let text = |tag| match value(row, tag) {
        Some(Value::Unicode(text)) => fold(text),
        _ => String::new(),
    };
    let address = text(PR_EMAIL_ADDRESS);
    begins_words(&text(PR_DISPLAY_NAME), folded)
        || !folded.trim().is_empty() && address.starts_with(folded.trim())
}

fn finds(text: &str, looked_for: &str, kind: Match) -> bool {
    match kind {
        Match::Full => text == looked_for,
        Match::Prefix => text.starts_with(looked_for),
        Match::Substring => text.contains(looked_for),
    }
}

fn size(value: &Value) -> u32 {
    let bytes = match value {
        Value::Unicode(text) => (text.encode_utf16().count() + 1) * 2,
        Value::Binary(bytes) => bytes.len(),
        Value::Boolean(_) => 2,
        _ => 4,
    };
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// Whether a row meets a restriction.
pub(crate) fn meets(row: &Row, restriction: &Restriction) -> bool {
    match restriction {
        Restriction::And(all) => all.iter().all(|one| meets(row, one)),
        Restriction::Or(any) => any.iter().any(|one| meets(row, one)),
        Restriction::Not(one) => !meets(row, one),
        Restriction::Comment(one) => one.as_ref().is_none_or(|one| meets(row, one)),
        Restriction::Count(_, one) => meets(row, one),
        Restriction::Exist(tag) => row.iter().any(|prop| prop.tag.id() == tag.id()),
        Restriction::BitMask { tag, mask, non_zero } => match value(row, *tag) {
            Some(Value::Long(bits)) => (*bits as u32 & mask != 0) == *non_zero,
            _ => false,
        },
        Restriction::CompareProps { op, left, right } => {
            let both = value(row, *left).zip(value(row, *right));
            both.and_then(|(left, right)| compare(left, right)).is_some_and(|o| holds(*op, o))
        }
        Restriction::Content { tag: PR_ANR, text, .. } => is_meant(row, &fold(text)),
        Restriction::Property { tag: PR_ANR, value: Value::Unicode(text), .. } => {
            is_meant(row, &fold(text))
        }
        Restriction::Content { tag, text, kind, ignore_case } => match value(row, *tag) {
            Some(Value::Unicode(own)) if *ignore_case => finds(&fold(own), &fold(text), *kind),
            Some(Value::Unicode(own)) => finds(own, text, *kind),
            _ => false,
        },
        Restriction::ContentBytes { tag, bytes, kind } => match value(row, *tag) {
            Some(Value::Binary(own)) => match kind {
                Match::Full => own == bytes,
                Match::Prefix => own.starts_with(bytes),
                Match::Substring => {
                    bytes.is_empty() || own.windows(bytes.len()).any(|part| part == bytes)
                }
            },
            _ => false,
        },
        Restriction::Property { tag, op, value: other } => value(row, *tag)
            .and_then(|own| compare(own, other))
            .is_some_and(|order| holds(*op, order)),
        Restriction::Size { op, tag, bytes } => {
            value(row, *tag).is_some_and(|own| holds(*op, size(own).cmp(bytes)))
        }
        Restriction::Sub { .. } => false,
    }
}

/// How many rows a restriction allows at most.
pub(crate) fn most(restriction: Option<&Restriction>) -> usize {
    match restriction {
        Some(Restriction::Count(most, _)) => *most as usize,
        _ => usize::MAX,
    }
}

/// Sorts rows, text folded; those without a value come first.
pub(crate) fn sort(rows: &mut [Row], keys: &[SortKey]) {
    for key in keys.iter().rev() {
        rows.sort_by(|left, right| {
            let order = match (value(left, key.tag), value(right, key.tag)) {
                (Some(Value::Unicode(left)), Some(Value::Unicode(right))) => {
                    fold(left).cmp(&fold(right))
                }
                (Some(left), Some(right)) => compare(left, right).unwrap_or(Ordering::Equal),
                (left, right) => left.is_some().cmp(&right.is_some()),
            };
            if key.descending { order.reverse() } else { order }
        });
    }
}
