//! Sizes of values in memory, as `RES_SIZE` compares them.

use mapi_abi::tags::types::*;

use crate::columns::{Column, Form};
use crate::entry::ENTRY_ID_BYTES;

/// The size of a column's value as SQL; NULL without a value, none for lists and
/// values of any type.
pub(crate) fn size_of(column: &Column) -> Option<String> {
    let sql = &column.sql;
    let kind = match column.form {
        Form::Any => return None,
        Form::Stored(kind) => kind,
        Form::Entry(_) => return Some(constant(sql, ENTRY_ID_BYTES)),
        _ => column.tag.prop_type(),
    };
    let bytes = match kind {
        PT_I2 | PT_BOOLEAN => 2,
        PT_LONG | PT_R4 => 4,
        PT_DOUBLE | PT_CURRENCY | PT_APPTIME | PT_I8 | PT_SYSTIME => 8,
        PT_CLSID => 16,
        PT_UNICODE => return Some(format!("text_size({sql})")),
        PT_STRING8 => return Some(format!("length({sql}) + 1")),
        PT_BINARY => return Some(format!("length({sql})")),
        _ => return None,
    };
    Some(constant(sql, bytes))
}

fn constant(sql: &str, bytes: usize) -> String {
    format!("iif({sql} IS NULL, NULL, {bytes})")
}
