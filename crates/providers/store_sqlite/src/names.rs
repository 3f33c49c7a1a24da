//! Named properties: identifiers from 0x8000 on, kept for ever.

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::Name;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::failure::of_sqlite;

/// The first identifier of a named property.
pub const FIRST_NAMED_ID: u16 = 0x8000;
/// Most named properties of one store: identifiers up to 0xFFFE.
pub const MAX_NAMED_PROPERTIES: u16 = 0x7FFF;

const NAMES: &str = "reading named properties";

/// The identifiers of names; `None` for those that are not known.
pub(crate) fn find(connection: &Connection, names: &[Name]) -> Result<Vec<Option<u16>>, Failure> {
    names.iter().map(|name| find_one(connection, name).map_err(of_sqlite(NAMES))).collect()
}

fn find_one(connection: &Connection, name: &Name) -> rusqlite::Result<Option<u16>> {
    match name {
        Name::Id { set, id } => connection
            .prepare_cached("SELECT id FROM names WHERE space = ?1 AND number = ?2")?
            .query_row(params![set, id], |row| row.get(0)),
        Name::Text { set, text } => connection
            .prepare_cached("SELECT id FROM names WHERE space = ?1 AND text = ?2")?
            .query_row(params![set, text], |row| row.get(0)),
    }
    .optional()
}

/// The identifiers of names; those that are not known get one.
pub(crate) fn make(connection: &Connection, names: &[Name]) -> Result<Vec<Option<u16>>, Failure> {
    let failed = of_sqlite(NAMES);
    names
        .iter()
        .map(|name| {
            if let Some(id) = find_one(connection, name).map_err(&failed)? {
                return Ok(Some(id));
            }
            let last: Option<i64> = connection
                .prepare_cached("SELECT max(id) FROM names")
                .and_then(|mut last| last.query_row([], |row| row.get(0)))
                .map_err(&failed)?;
            let next = last.map_or(i64::from(FIRST_NAMED_ID), |last| last + 1);
            if next >= i64::from(FIRST_NAMED_ID) + i64::from(MAX_NAMED_PROPERTIES) {
                let says = format!("the store has {MAX_NAMED_PROPERTIES} named properties already");
                return Err(Failure::new(Code::TOO_BIG, says));
            }
            let (set, number, text) = match name {
                Name::Id { set, id } => (set, Some(*id), None),
                Name::Text { set, text } => (set, None, Some(text)),
            };
            connection
                .prepare_cached("INSERT INTO names VALUES (?1, ?2, ?3, ?4)")
                .and_then(|mut add| add.execute(params![next, set, number, text]))
                .map_err(&failed)?;
            Ok(u16::try_from(next).ok())
        })
        .collect()
}

/// The name of an identifier.
pub(crate) fn name_of(connection: &Connection, id: u16) -> rusqlite::Result<Option<Name>> {
    connection
        .prepare_cached("SELECT space, number, text FROM names WHERE id = ?1")?
        .query_row([id], |row| read(row, 0))
        .optional()
}

/// All names, by identifier.
pub(crate) fn all(connection: &Connection) -> rusqlite::Result<Vec<(u16, Name)>> {
    connection
        .prepare_cached("SELECT id, space, number, text FROM names ORDER BY id")?
        .query_map([], |row| Ok((row.get(0)?, read(row, 1)?)))?
        .collect()
}

fn read(row: &Row<'_>, at: usize) -> rusqlite::Result<Name> {
    let set = row.get(at)?;
    match row.get(at + 1)? {
        Some(id) => Ok(Name::Id { set, id }),
        None => Ok(Name::Text { set, text: row.get(at + 2)? }),
    }
}
