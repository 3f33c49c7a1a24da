//! Values of properties without a column: the rows of `props`.
//!
//! Whole numbers and times are integers, text is text, bytes are blobs, so that
//! SQL compares them; a floating point number that SQLite would take for NULL and
//! lists of values are blobs (`codec.rs`).

use mapi_abi::codes::{Code, Failure};
use mapi_abi::tags::PropTag;
use mapi_abi::tags::types::*;
use mapi_abi::value::{FileTime, Value};
use rusqlite::types::{Value as Sql, ValueRef};
use rusqlite::{Connection, params};

use crate::codec;
use crate::columns::Table;

/// What is kept of a value; none for those that are no values.
pub(crate) fn to_sql(value: &Value) -> Option<Sql> {
    Some(match value {
        Value::Boolean(truth) => Sql::Integer(i64::from(*truth)),
        Value::I2(number) => Sql::Integer(i64::from(*number)),
        Value::Long(number) => Sql::Integer(i64::from(*number)),
        Value::I8(number) | Value::Currency(number) => Sql::Integer(*number),
        Value::SysTime(time) => Sql::Integer(time.0),
        Value::R4(number) => real(f64::from(*number)),
        Value::Double(number) | Value::AppTime(number) => real(*number),
        Value::Unicode(text) => Sql::Text(text.clone()),
        Value::String8(bytes) | Value::Binary(bytes) => Sql::Blob(bytes.clone()),
        Value::Guid(guid) => Sql::Blob(guid.to_vec()),
        Value::Null | Value::Object | Value::Error(_) => return None,
        list => {
            let mut bytes = Vec::new();
            codec::put_value(list, &mut bytes);
            Sql::Blob(bytes)
        }
    })
}

/// SQLite keeps no NaN.
fn real(number: f64) -> Sql {
    if number.is_nan() {
        Sql::Blob(number.to_bits().to_le_bytes().to_vec())
    } else {
        Sql::Real(number)
    }
}

/// A value of that type from what is kept of it.
pub(crate) fn from_sql(prop_type: u16, kept: ValueRef<'_>) -> Option<Value> {
    Some(match (prop_type, kept) {
        (PT_BOOLEAN, ValueRef::Integer(number)) => Value::Boolean(number != 0),
        (PT_I2, ValueRef::Integer(number)) => Value::I2(i16::try_from(number).ok()?),
        (PT_LONG, ValueRef::Integer(number)) => Value::Long(i32::try_from(number).ok()?),
        (PT_I8, ValueRef::Integer(number)) => Value::I8(number),
        (PT_CURRENCY, ValueRef::Integer(number)) => Value::Currency(number),
        (PT_SYSTIME, ValueRef::Integer(units)) => Value::SysTime(FileTime(units)),
        (PT_R4, kept) => Value::R4(from_real(kept)? as f32),
        (PT_DOUBLE, kept) => Value::Double(from_real(kept)?),
        (PT_APPTIME, kept) => Value::AppTime(from_real(kept)?),
        (PT_UNICODE, ValueRef::Text(bytes)) => {
            Value::Unicode(String::from_utf8_lossy(bytes).into_owned())
        }
        (PT_STRING8, ValueRef::Blob(bytes)) => Value::String8(bytes.to_vec()),
        (PT_BINARY, ValueRef::Blob(bytes)) => Value::Binary(bytes.to_vec()),
        (PT_CLSID, ValueRef::Blob(bytes)) => Value::Guid(bytes.try_into().ok()?),
        (list, ValueRef::Blob(bytes)) if list & MV_FLAG != 0 => {
            codec::value(bytes).filter(|value| value.prop_type() == list)?
        }
        _ => return None,
    })
}

fn from_real(kept: ValueRef<'_>) -> Option<f64> {
    match kept {
        ValueRef::Real(number) => Some(number),
        ValueRef::Integer(number) => Some(number as f64),
        ValueRef::Blob(bytes) => Some(f64::from_bits(u64::from_le_bytes(bytes.try_into().ok()?))),
        _ => None,
    }
}

/// Sets a property of an object, of whatever type it was.
pub(crate) fn set(
    connection: &Connection,
    table: Table,
    object: i64,
    tag: PropTag,
    value: &Value,
) -> rusqlite::Result<bool> {
    let Some(kept) = to_sql(value) else { return Ok(false) };
    connection
        .prepare_cached("INSERT OR REPLACE INTO props VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![table.kind(), object, tag.id(), value.prop_type(), kept])?;
    Ok(true)
}

/// Removes a property of an object.
pub(crate) fn remove(
    connection: &Connection,
    table: Table,
    object: i64,
    id: u16,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM props WHERE kind = ?1 AND object = ?2 AND id = ?3")?
        .execute(params![table.kind(), object, id])?;
    Ok(())
}

/// Tags of an object's stored properties, by identifier.
pub(crate) fn tags(
    connection: &Connection,
    table: Table,
    object: i64,
) -> rusqlite::Result<Vec<PropTag>> {
    connection
        .prepare_cached("SELECT id, type FROM props WHERE kind = ?1 AND object = ?2 ORDER BY id")?
        .query_map(params![table.kind(), object], |row| {
            let (id, prop_type): (u16, u16) = (row.get(0)?, row.get(1)?);
            Ok(PropTag(u32::from(id) << 16 | u32::from(prop_type)))
        })?
        .collect()
}

/// Gives one object's stored properties to another of the same table.
pub(crate) fn copy(
    connection: &Connection,
    table: Table,
    from: i64,
    to: i64,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO props SELECT kind, ?3, id, type, value FROM props
             WHERE kind = ?1 AND object = ?2",
        )?
        .execute(params![table.kind(), from, to])?;
    Ok(())
}

/// The answer when a row holds what its type does not allow.
pub(crate) fn damaged(tag: PropTag) -> Failure {
    let says = format!("the store holds a value of the wrong type for {tag:?}");
    Failure::new(Code::CORRUPT_STORE, says)
}
