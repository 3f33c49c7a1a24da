//! Property values as safe Rust values; their C form is `SPropValue`.

use crate::codes::Code;
use crate::tags::{PropTag, types};

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

    /// From the system's clock.
    pub fn from_system(time: std::time::SystemTime) -> Self {
        let since = time.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let units = i64::from(since.subsec_nanos()) / 100;
        let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
        Self(Self::from_unix_seconds(seconds).0.saturating_add(units))
    }
}

/// One property's value.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// `PT_APPTIME`: days since 1899-12-30.
    AppTime(f64),
    /// `PT_BINARY`.
    Binary(Vec<u8>),
    /// `PT_BOOLEAN`.
    Boolean(bool),
    /// `PT_CURRENCY`: ten-thousandths.
    Currency(i64),
    /// `PT_DOUBLE`.
    Double(f64),
    /// `PT_ERROR`: why there is no value.
    Error(Code),
    /// `PT_CLSID`, in its byte order in memory.
    Guid([u8; 16]),
    /// `PT_I2`.
    I2(i16),
    /// `PT_I8`.
    I8(i64),
    /// `PT_LONG`.
    Long(i32),
    /// `PT_MV_BINARY`.
    MvBinary(Vec<Vec<u8>>),
    /// `PT_MV_CLSID`.
    MvGuid(Vec<[u8; 16]>),
    /// `PT_MV_I2`.
    MvI2(Vec<i16>),
    /// `PT_MV_I8`.
    MvI8(Vec<i64>),
    /// `PT_MV_LONG`.
    MvLong(Vec<i32>),
    /// `PT_MV_DOUBLE`.
    MvDouble(Vec<f64>),
    /// `PT_MV_SYSTIME`.
    MvSysTime(Vec<FileTime>),
    /// `PT_MV_STRING8`.
    MvString8(Vec<Vec<u8>>),
    /// `PT_MV_UNICODE`.
    MvUnicode(Vec<String>),
    /// `PT_NULL`: no value.
    Null,
    /// `PT_OBJECT`: opened by `OpenProperty`, never a value.
    Object,
    /// `PT_R4`.
    R4(f32),
    /// `PT_STRING8`: bytes without a zero.
    String8(Vec<u8>),
    /// `PT_SYSTIME`.
    SysTime(FileTime),
    /// `PT_UNICODE`.
    Unicode(String),
}

impl Value {
    /// The property type that the value has (`PT_*`).
    pub const fn prop_type(&self) -> u16 {
        match self {
            Self::AppTime(_) => types::PT_APPTIME,
            Self::Binary(_) => types::PT_BINARY,
            Self::Boolean(_) => types::PT_BOOLEAN,
            Self::Currency(_) => types::PT_CURRENCY,
            Self::Double(_) => types::PT_DOUBLE,
            Self::Error(_) => types::PT_ERROR,
            Self::Guid(_) => types::PT_CLSID,
            Self::I2(_) => types::PT_I2,
            Self::I8(_) => types::PT_I8,
            Self::Long(_) => types::PT_LONG,
            Self::MvBinary(_) => types::PT_MV_BINARY,
            Self::MvDouble(_) => types::PT_MV_DOUBLE,
            Self::MvGuid(_) => types::PT_MV_CLSID,
            Self::MvI2(_) => types::PT_MV_I2,
            Self::MvI8(_) => types::PT_MV_I8,
            Self::MvLong(_) => types::PT_MV_LONG,
            Self::MvString8(_) => types::PT_MV_STRING8,
            Self::MvSysTime(_) => types::PT_MV_SYSTIME,
            Self::MvUnicode(_) => types::PT_MV_UNICODE,
            Self::Null => types::PT_NULL,
            Self::Object => types::PT_OBJECT,
            Self::R4(_) => types::PT_R4,
            Self::String8(_) => types::PT_STRING8,
            Self::SysTime(_) => types::PT_SYSTIME,
            Self::Unicode(_) => types::PT_UNICODE,
        }
    }
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
    /// A property.
    pub const fn new(tag: PropTag, value: Value) -> Self {
        Self { tag, value }
    }

    /// A string property.
    pub fn text(tag: PropTag, text: impl Into<String>) -> Self {
        Self { tag, value: Value::Unicode(text.into()) }
    }

    /// The answer for a column that the object does not have.
    pub const fn not_found(tag: PropTag) -> Self {
        Self::error(tag, Code::NOT_FOUND)
    }

    /// The answer for a column that cannot be had.
    pub const fn error(tag: PropTag, code: Code) -> Self {
        Self { tag: tag.with_type(types::PT_ERROR), value: Value::Error(code) }
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
        let later = std::time::UNIX_EPOCH + std::time::Duration::from_nanos(1_000_000_250);
        assert_eq!(FileTime::from_system(later).0, FileTime::from_unix_seconds(1).0 + 2);
    }
}
