//! Whether a row meets a restriction, and which of two rows comes first: the plain
//! reading of `mapi_abi::restriction`, with which every store that evaluates
//! restrictions itself agrees.
//!
//! A property that a row does not have makes a condition on it false. A condition
//! on a multi-valued property is met when one of its values meets it.

use std::cmp::Ordering;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::restriction::{
    MAX_RESTRICTION_DEPTH, MAX_RESTRICTION_NODES, Match, RelOp, Restriction, SortKey,
};
use mapi_abi::tags::types::{
    MV_FLAG, MV_INSTANCE, PT_BINARY, PT_LONG, PT_STRING8, PT_UNICODE, PT_UNSPECIFIED,
};
use mapi_abi::tags::{PR_ENTRYID, PR_MESSAGE_ATTACHMENTS, PR_MESSAGE_RECIPIENTS, PropTag};
use mapi_abi::value::{Row, Value};

use crate::order::{compare_folded, fold, holds, size_of, sorted_as, text_of, values_of};

/// The values of a row; `None` for a property that it does not have.
pub type Values<'f, 'a> = &'f dyn Fn(PropTag) -> Option<&'a Value>;
/// Rows of a table of the row (`PR_MESSAGE_RECIPIENTS`, `PR_MESSAGE_ATTACHMENTS`).
pub type SubRows<'f> = &'f dyn Fn(PropTag, &[PropTag]) -> Result<Vec<Row>, Failure>;

/// Refuses a restriction that nobody evaluates.
///
/// # Errors
/// `TOO_COMPLEX` it is too large or too deep, has a pattern, a count that does not
/// stand at the top, a table within a table, or a table that messages do not have;
/// `INVALID_PARAMETER` a property is compared with something of another type.
pub fn check(restriction: &Restriction) -> Result<(), Failure> {
    let mut nodes = 0;
    check_node(restriction, &Place { depth: 1, in_sub: false, is_top: true }, &mut nodes)
}

struct Place {
    depth: usize,
    in_sub: bool,
    is_top: bool,
}

fn too_complex(says: impl Into<String>) -> Failure {
    Failure::new(Code::TOO_COMPLEX, says)
}

fn no_patterns() -> Failure {
    too_complex("patterns are not evaluated: compare, or look for text")
}

fn check_node(restriction: &Restriction, at: &Place, nodes: &mut usize) -> Result<(), Failure> {
    *nodes += 1;
    if *nodes > MAX_RESTRICTION_NODES || at.depth > MAX_RESTRICTION_DEPTH {
        let says = format!(
            "a restriction has at most {MAX_RESTRICTION_NODES} conditions, \
             {MAX_RESTRICTION_DEPTH} deep"
        );
        return Err(too_complex(says));
    }
    let below = Place { depth: at.depth + 1, in_sub: at.in_sub, is_top: false };
    match restriction {
        Restriction::And(parts) | Restriction::Or(parts) => {
            parts.iter().try_for_each(|part| check_node(part, &below, nodes))
        }
        Restriction::Not(part) | Restriction::Comment(Some(part)) => {
            check_node(part, &below, nodes)
        }
        Restriction::Count(_, part) if at.is_top => check_node(part, &below, nodes),
        Restriction::Count(..) => Err(too_complex("a count stands at the top only")),
        Restriction::Sub { condition, table } => {
            if at.in_sub || ![PR_MESSAGE_ATTACHMENTS, PR_MESSAGE_RECIPIENTS].contains(table) {
                let says = "only recipients and attachments of messages are looked into";
                return Err(too_complex(says));
            }
            check_node(condition, &Place { in_sub: true, ..below }, nodes)
        }
        Restriction::Comment(None) | Restriction::Exist(_) => Ok(()),
        leaf => check_types(leaf),
    }
}

/// The type that a value of that property has where one value is meant.
fn single(tag: PropTag) -> u16 {
    match tag.prop_type() & !(MV_FLAG | MV_INSTANCE) {
        PT_STRING8 => PT_UNICODE,
        other => other,
    }
}

fn check_types(leaf: &Restriction) -> Result<(), Failure> {
    let wrong = |tag: PropTag, says: &str| {
        Err(Failure::new(Code::INVALID_PARAMETER, format!("{says}, not {tag:?}")))
    };
    let is = |tag: PropTag, wanted: u16| [PT_UNSPECIFIED, wanted].contains(&single(tag));
    match leaf {
        Restriction::CompareProps { op: RelOp::Re, .. }
        | Restriction::Property { op: RelOp::Re, .. }
        | Restriction::Size { op: RelOp::Re, .. } => Err(no_patterns()),
        Restriction::BitMask { tag, .. } if !is(*tag, PT_LONG) => {
            wrong(*tag, "a bit mask needs a long property")
        }
        Restriction::Content { tag, .. } if !is(*tag, PT_UNICODE) => {
            wrong(*tag, "text is sought in a string property")
        }
        Restriction::ContentBytes { tag, .. } if !is(*tag, PT_BINARY) => {
            wrong(*tag, "bytes are sought in a binary property")
        }
        Restriction::CompareProps { left, right, .. }
            if !is(*left, single(*right)) && single(*right) != PT_UNSPECIFIED =>
        {
            wrong(*right, &format!("{left:?} is compared with a property of its type"))
        }
        Restriction::Property { tag, value, .. }
            if !is(*tag, single(PropTag(u32::from(value.prop_type())))) =>
        {
            wrong(*tag, &format!("a value of type {} needs its property", value.prop_type()))
        }
        _ => Ok(()),
    }
}

/// Whether a row meets a restriction. The number of a `Count` does not matter: it
/// is about a table, not about a row.
///
/// # Errors
/// `TOO_COMPLEX` for patterns; those of `sub`.
pub fn meets(
    row: Values<'_, '_>,
    restriction: &Restriction,
    sub: SubRows<'_>,
) -> Result<bool, Failure> {
    match restriction {
        Restriction::And(parts) => {
            for part in parts {
                if !meets(row, part, sub)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        Restriction::Or(parts) => {
            for part in parts {
                if meets(row, part, sub)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Restriction::Not(part) => meets(row, part, sub).map(|met| !met),
        Restriction::Comment(None) => Ok(true),
        Restriction::Comment(Some(part)) | Restriction::Count(_, part) => meets(row, part, sub),
        Restriction::Exist(tag) => Ok(row(*tag).is_some()),
        Restriction::Sub { table, condition } => {
            let mut columns = Vec::new();
            needed(condition, &mut columns);
            for found in sub(*table, &columns)? {
                let values = |tag| value_of(&columns, &found, tag);
                if meets(&values, condition, &no_sub_rows)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        leaf => meets_leaf(row, leaf),
    }
}

/// For rows without tables of their own.
pub(crate) fn no_sub_rows(_: PropTag, _: &[PropTag]) -> Result<Vec<Row>, Failure> {
    Err(too_complex("a table within a table is not looked into"))
}

fn meets_leaf(row: Values<'_, '_>, leaf: &Restriction) -> Result<bool, Failure> {
    let met = match leaf {
        Restriction::BitMask { tag, mask, non_zero } => any(row(*tag), |value| match value {
            Value::Long(bits) => (bits.cast_unsigned() & mask != 0) == *non_zero,
            _ => false,
        }),
        Restriction::CompareProps { op, left, right } => match (row(*left), row(*right)) {
            (Some(left), Some(right)) => holds(left, *op, right).ok_or_else(no_patterns)?,
            _ => false,
        },
        Restriction::Content { tag, text, kind, ignore_case } => {
            let wanted = if *ignore_case { fold(text) } else { text.clone() };
            any(row(*tag), |value| match text_of(value) {
                Some(text) if *ignore_case => stands_in(&fold(&text), &wanted, *kind),
                Some(text) => stands_in(&text, &wanted, *kind),
                None => false,
            })
        }
        Restriction::ContentBytes { tag, bytes, kind } => any(row(*tag), |value| match value {
            Value::Binary(found) => bytes_stand_in(found, bytes, *kind),
            _ => false,
        }),
        Restriction::Property { tag, op, value } => match row(*tag) {
            _ if *op == RelOp::Re => return Err(no_patterns()),
            None => false,
            // A list is compared with a list as a whole.
            Some(found) if values_of(value).is_some() => {
                holds(found, *op, value).unwrap_or_default()
            }
            found => any(found, |found| holds(found, *op, value).unwrap_or_default()),
        },
        Restriction::Size { op, tag, bytes } => match row(*tag) {
            None => false,
            Some(found) => {
                let size = Value::I8(i64::try_from(size_of(found)).unwrap_or(i64::MAX));
                holds(&size, *op, &Value::I8(i64::from(*bytes))).ok_or_else(no_patterns)?
            }
        },
        _ => false,
    };
    Ok(met)
}

fn any(found: Option<&Value>, meets: impl Fn(&Value) -> bool) -> bool {
    let Some(found) = found else { return false };
    match values_of(found) {
        None => meets(found),
        Some(values) => values.iter().any(meets),
    }
}

fn stands_in(text: &str, wanted: &str, kind: Match) -> bool {
    match kind {
        Match::Full => text == wanted,
        Match::Prefix => text.starts_with(wanted),
        Match::Substring => text.contains(wanted),
    }
}

fn bytes_stand_in(bytes: &[u8], wanted: &[u8], kind: Match) -> bool {
    match kind {
        Match::Full => bytes == wanted,
        Match::Prefix => bytes.starts_with(wanted),
        Match::Substring if wanted.is_empty() => true,
        Match::Substring => bytes.windows(wanted.len()).any(|window| window == wanted),
    }
}

/// Which of two rows a sort order puts first; equal rows keep the order of arrival.
pub fn compare(left: Values<'_, '_>, right: Values<'_, '_>, keys: &[SortKey]) -> Ordering {
    let values = |row: Values<'_, '_>| -> Vec<Option<Value>> {
        keys.iter().map(|key| row(key.tag).map(sorted_as)).collect()
    };
    compare_folded(&values(left), &values(right), keys)
}

/// Adds the columns without which a restriction cannot be evaluated.
pub(crate) fn needed(restriction: &Restriction, columns: &mut Vec<PropTag>) {
    let mut add = |tag: PropTag| {
        if !columns.contains(&tag) {
            columns.push(tag);
        }
    };
    match restriction {
        Restriction::And(parts) | Restriction::Or(parts) => {
            parts.iter().for_each(|part| needed(part, columns));
        }
        Restriction::Not(part) | Restriction::Comment(Some(part)) | Restriction::Count(_, part) => {
            needed(part, columns);
        }
        Restriction::BitMask { tag, .. }
        | Restriction::Content { tag, .. }
        | Restriction::ContentBytes { tag, .. }
        | Restriction::Exist(tag)
        | Restriction::Property { tag, .. }
        | Restriction::Size { tag, .. } => add(*tag),
        Restriction::CompareProps { left, right, .. } => {
            add(*left);
            add(*right);
        }
        Restriction::Sub { .. } => add(PR_ENTRYID),
        Restriction::Comment(None) => {}
    }
}

/// The value of a column in a row that was read with these columns.
pub(crate) fn value_of<'a>(columns: &[PropTag], row: &'a Row, tag: PropTag) -> Option<&'a Value> {
    let place = columns.iter().position(|column| *column == tag)?;
    match &row.get(place)?.value {
        Value::Error(_) | Value::Null => None,
        value => Some(value),
    }
}

#[cfg(test)]
mod tests;
