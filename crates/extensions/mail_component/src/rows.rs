//! Values of a row, by position, in the forms that the interface wants.

use mapi_abi::value::{Row, Value};
use partywall::task;

/// Text of a column; empty when it is missing.
pub fn text(row: &Row, at: usize) -> &str {
    match row.get(at).map(|prop| &prop.value) {
        Some(Value::Unicode(text)) => text,
        _ => "",
    }
}

/// A task string of a column; empty when it is missing.
pub fn string(row: &Row, at: usize) -> *mut u16 {
    task::string(text(row, at))
}

/// A task string of a column; null when it is missing.
pub fn optional(row: &Row, at: usize) -> *mut u16 {
    match row.get(at).map(|prop| &prop.value) {
        Some(Value::Unicode(text)) => task::string(text),
        Some(Value::Binary(bytes)) => task::string(&String::from_utf8_lossy(bytes)),
        _ => core::ptr::null_mut(),
    }
}

/// Number of a column; 0 when it is missing.
pub fn number(row: &Row, at: usize) -> u32 {
    match row.get(at).map(|prop| &prop.value) {
        Some(Value::Long(number)) => u32::try_from(*number).unwrap_or(0),
        _ => 0,
    }
}

/// Seconds since 1970-01-01 UTC of a column; 0 when it is missing.
pub fn seconds(row: &Row, at: usize) -> i64 {
    match row.get(at).map(|prop| &prop.value) {
        Some(Value::SysTime(time)) => time.unix_seconds(),
        _ => 0,
    }
}

/// Bytes of a column; empty when it is missing.
pub fn bytes(row: &Row, at: usize) -> &[u8] {
    match row.get(at).map(|prop| &prop.value) {
        Some(Value::Binary(bytes)) => bytes,
        _ => &[],
    }
}
