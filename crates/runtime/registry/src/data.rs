//! How a value stands in the file: texts as TEXT, numbers as INTEGER, all else
//! as BLOB in the form that Windows keeps.

use rusqlite::Row;
use rusqlite::types::{FromSqlError, ToSqlOutput, Value as Sql, ValueRef};

use crate::Value;

/// The value whose type is in column `at` and whose data is in the next.
pub fn read(row: &Row<'_>, at: usize) -> rusqlite::Result<Value> {
    let kind: u32 = row.get(at)?;
    let data = row.get_ref(at + 1)?;
    let damaged = |error: FromSqlError| {
        rusqlite::Error::FromSqlConversionFailure(at + 1, data.data_type(), Box::new(error))
    };
    match (kind, data) {
        (1, ValueRef::Text(_)) => Ok(Value::Sz(row.get(at + 1)?)),
        (2, ValueRef::Text(_)) => Ok(Value::ExpandSz(row.get(at + 1)?)),
        (4, ValueRef::Integer(_)) => Ok(Value::Dword(row.get(at + 1)?)),
        (11, ValueRef::Integer(number)) => Ok(Value::Qword(number.cast_unsigned())),
        (kind, ValueRef::Blob(bytes)) => Ok(Value::from_bytes(kind, bytes.to_vec())),
        _ => Err(damaged(FromSqlError::InvalidType)),
    }
}

/// What stands in the data column.
pub fn column(value: &Value) -> ToSqlOutput<'_> {
    match value {
        Value::Sz(text) | Value::ExpandSz(text) => {
            ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes()))
        }
        Value::Dword(number) => ToSqlOutput::Owned(Sql::Integer((*number).into())),
        Value::Qword(number) => ToSqlOutput::Owned(Sql::Integer(number.cast_signed())),
        Value::Binary(bytes) | Value::Other { bytes, .. } => {
            ToSqlOutput::Borrowed(ValueRef::Blob(bytes))
        }
        Value::MultiSz(_) => ToSqlOutput::Owned(Sql::Blob(value.to_bytes())),
    }
}

/// Size of a value, in bytes; texts count in UTF-8.
pub fn size(value: &Value) -> usize {
    match value {
        Value::Sz(text) | Value::ExpandSz(text) => text.len(),
        Value::MultiSz(texts) => texts.iter().map(|text| text.len() + 1).sum(),
        Value::Binary(bytes) | Value::Other { bytes, .. } => bytes.len(),
        Value::Dword(_) => 4,
        Value::Qword(_) => 8,
    }
}
