//! How values are compared and sorted, and how large they are.
//!
//! Two orders: `Property` and `CompareProps` compare text code point by code
//! point; sort orders compare it folded. Missing values come first in ascending
//! and last in descending order. A NaN meets no comparison but "not equal", and
//! is sorted behind all numbers.

use std::cmp::Ordering;

use mapi_abi::restriction::{RelOp, SortKey};
use mapi_abi::value::Value;

/// Folds capitals: `char::to_lowercase` of each character, without language rules.
pub(crate) fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// The text of a string, of whatever width.
pub(crate) fn text_of(value: &Value) -> Option<std::borrow::Cow<'_, str>> {
    match value {
        Value::Unicode(text) => Some(text.into()),
        Value::String8(bytes) => Some(String::from_utf8_lossy(bytes)),
        _ => None,
    }
}

/// The single values of a multi-valued one; `None` for a single one.
pub(crate) fn values_of(value: &Value) -> Option<Vec<Value>> {
    Some(match value {
        Value::MvBinary(list) => list.iter().cloned().map(Value::Binary).collect(),
        Value::MvDouble(list) => list.iter().copied().map(Value::Double).collect(),
        Value::MvGuid(list) => list.iter().copied().map(Value::Guid).collect(),
        Value::MvI2(list) => list.iter().copied().map(Value::I2).collect(),
        Value::MvI8(list) => list.iter().copied().map(Value::I8).collect(),
        Value::MvLong(list) => list.iter().copied().map(Value::Long).collect(),
        Value::MvString8(list) => list.iter().cloned().map(Value::String8).collect(),
        Value::MvSysTime(list) => list.iter().copied().map(Value::SysTime).collect(),
        Value::MvUnicode(list) => list.iter().cloned().map(Value::Unicode).collect(),
        _ => return None,
    })
}

/// The order of two values of one type; `None` when they have none.
pub(crate) fn relation(left: &Value, right: &Value) -> Option<Ordering> {
    if let (Some(left), Some(right)) = (text_of(left), text_of(right)) {
        return Some(left.cmp(&right));
    }
    if let (Some(left), Some(right)) = (values_of(left), values_of(right)) {
        for (left, right) in left.iter().zip(&right) {
            match relation(left, right)? {
                Ordering::Equal => {}
                other => return Some(other),
            }
        }
        return Some(left.len().cmp(&right.len()));
    }
    match (left, right) {
        (Value::Binary(left), Value::Binary(right)) => Some(left.cmp(right)),
        (Value::Boolean(left), Value::Boolean(right)) => Some(left.cmp(right)),
        (Value::Currency(left), Value::Currency(right)) | (Value::I8(left), Value::I8(right)) => {
            Some(left.cmp(right))
        }
        (Value::AppTime(left), Value::AppTime(right))
        | (Value::Double(left), Value::Double(right)) => left.partial_cmp(right),
        (Value::R4(left), Value::R4(right)) => left.partial_cmp(right),
        (Value::Guid(left), Value::Guid(right)) => Some(left.cmp(right)),
        (Value::I2(left), Value::I2(right)) => Some(left.cmp(right)),
        (Value::Long(left), Value::Long(right)) => Some(left.cmp(right)),
        (Value::SysTime(left), Value::SysTime(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

/// Whether `left op right`; `None` for patterns.
pub(crate) fn holds(left: &Value, op: RelOp, right: &Value) -> Option<bool> {
    let relation = relation(left, right);
    Some(match op {
        RelOp::Eq => relation == Some(Ordering::Equal),
        RelOp::Ge => relation.is_some_and(Ordering::is_ge),
        RelOp::Gt => relation.is_some_and(Ordering::is_gt),
        RelOp::Le => relation.is_some_and(Ordering::is_le),
        RelOp::Lt => relation.is_some_and(Ordering::is_lt),
        RelOp::Ne => relation != Some(Ordering::Equal),
        RelOp::Re => return None,
    })
}

/// A value as it is sorted: text folded.
pub(crate) fn sorted_as(value: &Value) -> Value {
    match (text_of(value), values_of(value)) {
        (Some(text), _) => Value::Unicode(fold(&text)),
        (None, Some(list)) if list.iter().any(|one| text_of(one).is_some()) => {
            let folded = list.iter().filter_map(text_of).map(|text| fold(&text));
            Value::MvUnicode(folded.collect())
        }
        _ => value.clone(),
    }
}

fn number_of(value: &Value) -> Option<f64> {
    match value {
        Value::AppTime(number) | Value::Double(number) => Some(*number),
        Value::R4(number) => Some(f64::from(*number)),
        _ => None,
    }
}

/// The order of two values that were made with [`sorted_as`].
pub(crate) fn sort_relation(left: &Value, right: &Value) -> Ordering {
    if let (Some(left), Some(right)) = (number_of(left), number_of(right)) {
        return match (left.is_nan(), right.is_nan()) {
            (true, true) => left.to_bits().to_le_bytes().cmp(&right.to_bits().to_le_bytes()),
            (left_is, right_is) if left_is != right_is => left_is.cmp(&right_is),
            _ => left.partial_cmp(&right).unwrap_or(Ordering::Equal),
        };
    }
    // Columns of any type: first by type.
    relation(left, right).unwrap_or_else(|| left.prop_type().cmp(&right.prop_type()))
}

/// The order of two lists of values by their keys; the values are as
/// [`sorted_as`] makes them.
pub(crate) fn compare_folded(
    left: &[Option<Value>],
    right: &[Option<Value>],
    keys: &[SortKey],
) -> Ordering {
    for ((left, right), key) in left.iter().zip(right).zip(keys) {
        let order = match (left, right) {
            (Some(left), Some(right)) => sort_relation(left, right),
            (left, right) => left.is_some().cmp(&right.is_some()),
        };
        let order = if key.descending { order.reverse() } else { order };
        if order != Ordering::Equal {
            return order;
        }
    }
    Ordering::Equal
}

/// Bytes of a value in memory, as `RES_SIZE` compares them: text with its zero in
/// 16-bit units, lists as the sum of their values.
pub(crate) fn size_of(value: &Value) -> u64 {
    match value {
        Value::I2(_) | Value::Boolean(_) => 2,
        Value::Long(_) | Value::R4(_) | Value::Error(_) => 4,
        Value::AppTime(_)
        | Value::Currency(_)
        | Value::Double(_)
        | Value::I8(_)
        | Value::SysTime(_) => 8,
        Value::Guid(_) => 16,
        Value::Binary(bytes) => bytes.len() as u64,
        Value::String8(bytes) => bytes.len() as u64 + 1,
        Value::Unicode(text) => (text.encode_utf16().count() as u64 + 1) * 2,
        list => values_of(list).unwrap_or_default().iter().map(size_of).sum(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mapi_abi::tags::{PR_IMPORTANCE, PR_SUBJECT};
    use mapi_abi::value::FileTime;

    fn text(text: &str) -> Value {
        Value::Unicode(text.to_owned())
    }

    #[test]
    fn comparisons_tell_capitals_apart_and_sorting_does_not() {
        assert_eq!(relation(&text("B"), &text("a")), Some(Ordering::Less));
        let key = [SortKey { tag: PR_SUBJECT, descending: false }];
        let folded = |value: &str| [Some(sorted_as(&text(value)))];
        assert_eq!(compare_folded(&folded("B"), &folded("a"), &key), Ordering::Greater);
        assert_eq!(compare_folded(&folded("Ä"), &folded("ä"), &key), Ordering::Equal);
    }

    #[test]
    fn code_points_beyond_the_first_plane_come_last() {
        // In 16-bit units U+10000 would come before U+FFFF.
        assert_eq!(relation(&text("\u{FFFF}"), &text("\u{10000}")), Some(Ordering::Less));
    }

    #[test]
    fn missing_values_come_first_ascending_and_last_descending() {
        let key = |descending| [SortKey { tag: PR_IMPORTANCE, descending }];
        let (none, some) = ([None], [Some(Value::Long(i32::MIN))]);
        assert_eq!(compare_folded(&none, &some, &key(false)), Ordering::Less);
        assert_eq!(compare_folded(&none, &some, &key(true)), Ordering::Greater);
        assert_eq!(compare_folded(&none, &none, &key(true)), Ordering::Equal);
    }

    #[test]
    fn what_is_no_number_meets_only_inequality_and_is_sorted_last() {
        let (nan, one) = (Value::Double(f64::NAN), Value::Double(1.0));
        for (op, expected) in [(RelOp::Eq, false), (RelOp::Ne, true), (RelOp::Lt, false)] {
            assert_eq!(holds(&nan, op, &one), Some(expected), "{op:?}");
        }
        let infinite = Value::Double(f64::INFINITY);
        assert_eq!(sort_relation(&nan, &infinite), Ordering::Greater);
        assert_eq!(sort_relation(&Value::Double(-0.0), &Value::Double(0.0)), Ordering::Equal);
        assert_eq!(holds(&one, RelOp::Re, &one), None);
    }

    #[test]
    fn lists_are_compared_value_by_value() {
        let list = |values: &[i32]| Value::MvLong(values.to_vec());
        assert_eq!(relation(&list(&[1, 2]), &list(&[1, 3])), Some(Ordering::Less));
        assert_eq!(relation(&list(&[1, 2]), &list(&[1])), Some(Ordering::Greater));
        assert_eq!(relation(&list(&[]), &text("")), None);
    }

    #[test]
    fn sizes_are_those_in_memory() {
        for (value, size) in [
            (text("a\u{10000}"), 8),
            (Value::String8(vec![1, 2]), 3),
            (Value::Binary(vec![0; 5]), 5),
            (Value::Boolean(true), 2),
            (Value::Long(1), 4),
            (Value::SysTime(FileTime(1)), 8),
            (Value::Guid([0; 16]), 16),
            (Value::MvUnicode(vec!["a".into(), String::new()]), 6),
            (Value::Null, 0),
        ] {
            assert_eq!(size_of(&value), size, "{value:?}");
        }
    }
}
