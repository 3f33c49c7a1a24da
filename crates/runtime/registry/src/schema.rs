//! The tables, and what becomes of a file that an earlier version wrote.
//!
//! Version 1 had texts only, and HKEY_CLASSES_ROOT as a root of its own.
//! Version 2 has typed values; classes stand where the view looks for them.

use std::path::Path;

use rusqlite::Connection;

use crate::RegistryError;
use crate::view::{AT_OR_BELOW, MACHINE, VIEW};

/// Version of the schema.
const VERSION: i64 = 2;

const KEY_TABLE: &str = "
CREATE TABLE key (
    path TEXT NOT NULL COLLATE NOCASE PRIMARY KEY
) STRICT;
";

const VALUE_TABLE: &str = "
CREATE TABLE value (
    path TEXT NOT NULL COLLATE NOCASE REFERENCES key (path) ON DELETE CASCADE,
    name TEXT NOT NULL COLLATE NOCASE,
    kind INTEGER NOT NULL,
    data ANY NOT NULL,
    PRIMARY KEY (path, name)
) STRICT, WITHOUT ROWID;
";

/// Makes or upgrades the tables, inside the caller's transaction.
///
/// # Errors
/// The file is of a later version, or cannot be written.
pub fn prepare(connection: &Connection, file: &Path) -> Result<(), RegistryError> {
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    match version {
        VERSION => return Ok(()),
        0 => {
            connection.execute_batch(KEY_TABLE)?;
            connection.execute_batch(VALUE_TABLE)?;
        }
        1 => upgrade_from_1(connection)?,
        other => {
            return Err(RegistryError::Refused(format!(
                "{} has version {other}, this program reads {VERSION}",
                file.display()
            )));
        }
    }
    Ok(connection.pragma_update(None, "user_version", VERSION)?)
}

fn upgrade_from_1(connection: &Connection) -> Result<(), RegistryError> {
    connection.execute_batch("ALTER TABLE value RENAME TO value_1;")?;
    connection.execute_batch(VALUE_TABLE)?;
    let has_classes: bool = connection.query_row(
        &format!("SELECT EXISTS (SELECT 1 FROM key WHERE {AT_OR_BELOW})"),
        [VIEW],
        |row| row.get(0),
    )?;
    if has_classes {
        for (end, _) in MACHINE.match_indices('\\') {
            let above = MACHINE.get(..end).unwrap_or(MACHINE);
            connection.execute("INSERT OR IGNORE INTO key VALUES (?1)", [above])?;
        }
    }
    // Where both roots have a value, the one that activation used stays: values
    // that move come last and replace.
    connection.execute(
        &format!(
            "INSERT OR IGNORE INTO key
             SELECT ?2 || substr(path, length(?1) + 1) FROM key WHERE {AT_OR_BELOW}"
        ),
        [VIEW, MACHINE],
    )?;
    connection.execute(
        &format!(
            "INSERT OR REPLACE INTO value
             SELECT CASE moves WHEN 1 THEN ?2 || substr(path, length(?1) + 1) ELSE path END,
                    name, 1, data
             FROM (SELECT *, {AT_OR_BELOW} AS moves FROM value_1)
             ORDER BY moves"
        ),
        [VIEW, MACHINE],
    )?;
    connection.execute_batch("DROP TABLE value_1;")?;
    connection.execute(&format!("DELETE FROM key WHERE {AT_OR_BELOW}"), [VIEW])?;
    Ok(())
}
