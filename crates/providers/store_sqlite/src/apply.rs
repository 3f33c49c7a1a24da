//! Sets and removes properties of one object, in columns or in `props`.

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::{PropChange, StoreChange};
use mapi_abi::tags::types::{PT_ERROR, PT_NULL, PT_UNSPECIFIED};
use mapi_abi::tags::{PR_HTML, PropTag};
use mapi_abi::value::Value;
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, params};

use crate::columns::{Change, Fixed, Form, Table};
use crate::failure::of_sqlite;
use crate::stored;

const WRITE: &str = "setting properties";

/// Makes all of a change that can be made; answers what was refused. Properties of
/// type error and null say nothing.
pub(crate) fn apply(
    connection: &Connection,
    table: Table,
    object: i64,
    change: &PropChange,
) -> Result<StoreChange, Failure> {
    let mut refused = StoreChange::new();
    for prop in &change.set {
        if matches!(prop.value.prop_type(), PT_ERROR | PT_NULL) {
            continue;
        }
        if let Err(code) = set(connection, table, object, prop.tag, &prop.value)? {
            refused.push((prop.tag, code));
        }
    }
    for tag in &change.delete {
        if let Err(code) = delete(connection, table, object, *tag)? {
            refused.push((*tag, code));
        }
    }
    Ok(refused)
}

/// As [`apply`], for objects that are saved as a whole: what is computed anyway is
/// passed over, anything else that is refused is the whole change's failure.
pub(crate) fn apply_all(
    connection: &Connection,
    table: Table,
    object: i64,
    change: &PropChange,
) -> Result<(), Failure> {
    let refused = apply(connection, table, object, change)?;
    match refused.into_iter().find(|(_, code)| *code != Code::COMPUTED) {
        Some((tag, code)) => {
            Err(Failure::new(code, format!("{tag:?} cannot have a value of this type")))
        }
        None => Ok(()),
    }
}

type Done = Result<Result<(), Code>, Failure>;

fn set(connection: &Connection, table: Table, object: i64, tag: PropTag, value: &Value) -> Done {
    let asked = tag.prop_type();
    if asked != PT_UNSPECIFIED && asked != value.prop_type() {
        return Ok(Err(Code::UNEXPECTED_TYPE));
    }
    let failed = of_sqlite(WRITE);
    let Some(fixed) = table.fixed_of(tag.id()) else {
        let is_set = stored::set(connection, table, object, tag, value).map_err(failed)?;
        return Ok(if is_set { Ok(()) } else { Err(Code::INVALID_PARAMETER) });
    };
    let parameter = match (fixed.change, own_value(fixed, value)) {
        (Change::Computed, _) => return Ok(Err(Code::COMPUTED)),
        (_, None) => return Ok(Err(Code::UNEXPECTED_TYPE)),
        (_, Some(parameter)) => parameter,
    };
    match fixed.change {
        Change::Computed => {}
        Change::Stored => {
            stored::set(connection, table, object, fixed.tag, value).map_err(failed)?;
        }
        Change::Own(name, _) => update(connection, table, object, name, &parameter)?,
        Change::Body(_) if fixed.tag == PR_HTML => set_html(connection, object, &parameter)?,
        Change::Body(name) => set_body(connection, object, name, &parameter)?,
    }
    Ok(Ok(()))
}

fn delete(connection: &Connection, table: Table, object: i64, tag: PropTag) -> Done {
    let failed = of_sqlite(WRITE);
    match table.fixed_of(tag.id()).map(|fixed| (fixed.change, fixed.tag)) {
        None | Some((Change::Stored, _)) => {
            stored::remove(connection, table, object, tag.id()).map_err(failed)?;
        }
        Some((Change::Computed, _)) => return Ok(Err(Code::COMPUTED)),
        Some((Change::Own(name, without), _)) => {
            let sql = format!("UPDATE {} SET {name} = {without} WHERE id = ?1", table.name());
            connection
                .prepare_cached(&sql)
                .and_then(|mut update| update.execute([object]))
                .map_err(failed)?;
        }
        Some((Change::Body(_), PR_HTML)) => set_html(connection, object, &Sql::Null)?,
        Some((Change::Body(name), _)) => set_body(connection, object, name, &Sql::Null)?,
    }
    Ok(Ok(()))
}

/// A value for a column; 8-bit strings are taken for UTF-8.
fn own_value(fixed: &Fixed, value: &Value) -> Option<Sql> {
    match (fixed.form, value) {
        (Form::Boolean, Value::Boolean(truth)) => Some(Sql::Integer(i64::from(*truth))),
        (Form::Long, Value::Long(number)) => Some(Sql::Integer(i64::from(*number))),
        (Form::Text, Value::Unicode(text)) => Some(Sql::Text(text.clone())),
        (Form::Text, Value::String8(bytes)) => {
            Some(Sql::Text(String::from_utf8_lossy(bytes).into_owned()))
        }
        (Form::Time, Value::SysTime(time)) => Some(Sql::Integer(time.0)),
        (Form::Bytes, Value::Binary(bytes)) => Some(Sql::Blob(bytes.clone())),
        (Form::Bytes, Value::Unicode(text)) if fixed.tag == PR_HTML => {
            Some(Sql::Text(text.clone()))
        }
        _ => None,
    }
}

fn update(
    connection: &Connection,
    table: Table,
    object: i64,
    name: &str,
    parameter: &Sql,
) -> Result<(), Failure> {
    connection
        .prepare_cached(&format!("UPDATE {} SET {name} = ?2 WHERE id = ?1", table.name()))
        .and_then(|mut update| update.execute(params![object, parameter]))
        .map_err(of_sqlite(WRITE))?;
    Ok(())
}

fn set_body(
    connection: &Connection,
    message: i64,
    name: &str,
    parameter: &Sql,
) -> Result<(), Failure> {
    let sql = format!(
        "INSERT INTO bodies (message, {name}) VALUES (?1, ?2)
         ON CONFLICT (message) DO UPDATE SET {name} = excluded.{name}"
    );
    connection
        .prepare_cached(&sql)
        .and_then(|mut set| set.execute(params![message, parameter]))
        .map_err(of_sqlite(WRITE))?;
    Ok(())
}

/// HTML is kept as text where it is UTF-8, else as the bytes that it is.
fn set_html(connection: &Connection, message: i64, parameter: &Sql) -> Result<(), Failure> {
    let (text, bytes) = match parameter {
        Sql::Blob(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => (Sql::Text(text.to_owned()), Sql::Null),
            Err(_) => (Sql::Null, parameter.clone()),
        },
        other => (other.clone(), Sql::Null),
    };
    set_body(connection, message, "html", &text)?;
    set_body(connection, message, "html_bytes", &bytes)
}
