//! Property values as safe Rust values; their C form is `SPropValue`.

use crate::codes::Code;
use crate::tags::{PropTag, types::PT_ERROR};

/// Seconds between 1601-01-01 and 1970-01-01.
const EPOCH_DIFFERENCE_S: i64 = 11_644_473_600;
/// 100 ns units in a second.
const UNITS_PER_SECOND: i64 = 10_000_000;

/// A `FILETIME`: 100 ns units since 1601-01-01 UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileTime(pub i64);

impl FileTime {
    /// From seconds since 1970-01-01 UTC; saturates at the ends of the range.
    pub const fn from_unix_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_add(EPOCH_DIFFERENCE_S).saturating_mul(UNITS_PER_SECOND))
    }

    /// Seconds since 1970-01-01 UTC, rounded down.
    pub const fn unix_seconds(self) -> i64 {
        self.0.div_euclid(UNITS_PER_SECOND) - EPOCH_DIFFERENCE_S
    }
}

/// One property's value.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// `PT_BINARY`.
    Binary(Vec<u8>),
    /// `PT_BOOLEAN`.
    Boolean(bool),
    /// `PT_ERROR`: why there is no value.
    Error(Code),
    /// `PT_I8`.
    I8(i64),
    /// `PT_LONG`.
    Long(i32),
    /// `PT_SYSTIME`.
    SysTime(FileTime),
    /// `PT_UNICODE`.
    Unicode(String),
}

/// A tag with its value; in a row the tag of a missing value has `PT_ERROR`.
#[derive(Clone, Debug, PartialEq)]
pub struct Prop {
    /// Which property.
    pub tag: PropTag,
    /// Its value.
    pub value: Value,
}

impl Prop {
    /// The answer for a column that the object does not have.
    pub const fn not_found(tag: PropTag) -> Self {
        Self { tag: tag.with_type(PT_ERROR), value: Value::Error(Code::NOT_FOUND) }
    }
}

/// A table's row: one property for each column, in column order.
pub type Row = Vec<Prop>;

/// An entry identifier: opaque bytes that only the provider reads.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryId(pub Vec<u8>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_time_counts_from_1601() {
        assert_eq!(FileTime::from_unix_seconds(0).0, 116_444_736_000_000_000);
        assert_eq!(FileTime::from_unix_seconds(-1).unix_seconds(), -1);
        assert_eq!(FileTime(5).unix_seconds(), -11_644_473_600);
    }
}
