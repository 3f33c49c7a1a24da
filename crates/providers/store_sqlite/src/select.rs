//! Runs SELECT statements and makes rows of properties of what they find.

use mapi_abi::codes::{Code, Failure};
use mapi_abi::tags::PropTag;
use mapi_abi::value::{FileTime, Prop, Row, Value};
use rusqlite::types::{Value as Sql, ValueRef};
use rusqlite::{Connection, params_from_iter};

use crate::columns::{Column, Form, Table};
use crate::entry::{Uid, encode};
use crate::failure::of_sqlite;
use crate::stored;

/// Most columns of one query.
pub const MAX_COLUMNS: usize = 500;

const READ: &str = "reading the store";

/// Refuses more columns than a query may have.
pub(crate) fn check_columns(columns: &[PropTag]) -> Result<(), Failure> {
    if columns.len() <= MAX_COLUMNS {
        return Ok(());
    }
    let says = format!("more than {MAX_COLUMNS} columns: ask for fewer at once");
    Err(Failure::new(Code::TOO_COMPLEX, says))
}

/// Runs `SELECT <columns> <tail>` and makes rows of it.
pub(crate) fn rows(
    connection: &Connection,
    uid: &Uid,
    table: Table,
    tags: &[PropTag],
    tail: &str,
    parameters: Vec<Sql>,
) -> Result<Vec<Row>, Failure> {
    check_columns(tags)?;
    let columns: Vec<Option<Column>> = tags.iter().map(|tag| table.column(*tag)).collect();
    let sql = format!("SELECT {} {tail}", outputs(&columns));
    let failed = of_sqlite(READ);
    let mut statement = connection.prepare_cached(&sql).map_err(&failed)?;
    let mut found = statement.query(params_from_iter(parameters)).map_err(&failed)?;
    let mut rows = Vec::new();
    while let Some(row) = found.next().map_err(&failed)? {
        let mut at = 1;
        let mut props = Row::with_capacity(tags.len());
        for (tag, column) in tags.iter().zip(&columns) {
            let value = row.get_ref(at).map_err(&failed)?;
            at += 1;
            let mut kind = ValueRef::Null;
            if column.as_ref().is_some_and(|column| column.form == Form::Any) {
                kind = row.get_ref(at).map_err(&failed)?;
                at += 1;
            }
            props.push(prop(*tag, column.as_ref(), value, kind, uid)?);
        }
        rows.push(props);
    }
    Ok(rows)
}

/// The output columns; one that no row has is NULL. The first is there for queries
/// that ask for none.
fn outputs(columns: &[Option<Column>]) -> String {
    let mut sql = String::from("0");
    for column in columns {
        sql.push_str(", ");
        match column {
            None => sql.push_str("NULL"),
            Some(column) => sql.push_str(&column.sql),
        }
        if let Some(column) = column.as_ref().filter(|column| column.form == Form::Any) {
            sql.push_str(", ");
            sql.push_str(&column.sql.replacen("SELECT value", "SELECT type", 1));
        }
    }
    sql
}

/// A row's property from what SQLite says.
fn prop(
    tag: PropTag,
    column: Option<&Column>,
    value: ValueRef<'_>,
    kind: ValueRef<'_>,
    uid: &Uid,
) -> Result<Prop, Failure> {
    let (Some(column), false) = (column, value == ValueRef::Null) else {
        return Ok(Prop::not_found(tag));
    };
    let value = match (column.form, value) {
        (Form::Any, value) => match kind {
            ValueRef::Integer(kind) => {
                u16::try_from(kind).ok().and_then(|kind| stored::from_sql(kind, value))
            }
            _ => None,
        },
        (Form::Stored(kind), value) => stored::from_sql(kind, value),
        (Form::Boolean, ValueRef::Integer(number)) => Some(Value::Boolean(number != 0)),
        (Form::Bytes, ValueRef::Blob(bytes)) => Some(Value::Binary(bytes.to_vec())),
        (Form::Entry(kind), ValueRef::Integer(row)) => {
            Some(Value::Binary(encode(uid, kind, row).0))
        }
        (Form::I8, ValueRef::Integer(number)) => Some(Value::I8(number)),
        (Form::Long, ValueRef::Integer(number)) => {
            Some(Value::Long(i32::try_from(number).unwrap_or(i32::MAX)))
        }
        (Form::Text, ValueRef::Text(bytes)) => {
            Some(Value::Unicode(String::from_utf8_lossy(bytes).into_owned()))
        }
        (Form::Time, ValueRef::Integer(units)) => Some(Value::SysTime(FileTime(units))),
        _ => None,
    };
    let value = value.ok_or_else(|| stored::damaged(tag))?;
    Ok(Prop { tag: column.tag.with_type(value.prop_type()), value })
}

/// All tags of one object that have values.
pub(crate) fn tags(
    connection: &Connection,
    table: Table,
    object: i64,
) -> Result<Option<Vec<PropTag>>, Failure> {
    let failed = of_sqlite(READ);
    let list: Vec<String> =
        table.fixed().iter().map(|fixed| format!("({}) IS NOT NULL", fixed.sql)).collect();
    let (name, alias) = (table.name(), table.alias());
    let sql = format!("SELECT {} FROM {name} {alias} WHERE {alias}.id = ?1", list.join(", "));
    let mut statement = connection.prepare_cached(&sql).map_err(&failed)?;
    let mut found = statement.query([object]).map_err(&failed)?;
    let Some(row) = found.next().map_err(&failed)? else { return Ok(None) };
    let mut tags = Vec::new();
    for (at, fixed) in table.fixed().iter().enumerate() {
        if row.get::<_, bool>(at).map_err(&failed)? {
            tags.push(fixed.tag);
        }
    }
    let stored = stored::tags(connection, table, object).map_err(&failed)?;
    tags.extend(stored.into_iter().filter(|tag| table.fixed_of(tag.id()).is_none()));
    Ok(Some(tags))
}

#[cfg(test)]
mod tests {
    use super::*;
    use mapi_abi::tags::PR_SUBJECT;

    #[test]
    fn columns_are_taken_up_to_their_limit() {
        assert!(check_columns(&[PR_SUBJECT; MAX_COLUMNS]).is_ok());
        assert!(check_columns(&[PR_SUBJECT; MAX_COLUMNS + 1]).is_err());
    }
}
