//! Whole parts of the registry: listing them, and `.reg` files both ways.

use std::collections::BTreeMap;

use reg_file::{Entry, RegFile, Setting, canonical_path};
use rusqlite::Connection;

use crate::view::{AT_OR_BELOW, Place, locate};
use crate::{Change, Registry, RegistryError, Value, data};

/// A key with its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its path, seen from where it was asked for.
    pub path: String,
    /// Its values with their names, in the names' order.
    pub values: Vec<(String, Value)>,
}

/// What a file has changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Keys that the file sets, whether they were there or not.
    pub keys_set: u64,
    /// Values that the file sets.
    pub values_set: u64,
    /// Keys that were there and are deleted; those below them are not counted.
    pub keys_deleted: u64,
    /// Values that were there and are deleted.
    pub values_deleted: u64,
}

impl Registry {
    /// A key and all below it, each key before those below it; none when it is
    /// not there.
    ///
    /// # Errors
    /// The path is malformed or the file cannot be read.
    pub fn tree(&self, path: &str) -> Result<Option<Vec<Key>>, RegistryError> {
        let path = canonical_path(path)
            .map_err(|says| RegistryError::Refused(format!("{path:?}: {says}")))?;
        if !self.has_key(&path)? {
            return Ok(None);
        }
        let mut connection = self.lock();
        // One state of the file, also when somebody writes meanwhile.
        let transaction = connection.transaction()?;
        let mut keys = Vec::new();
        walk(&transaction, path, &mut keys)?;
        let order = |key: &Key| -> Vec<String> {
            key.path.split('\\').map(str::to_ascii_lowercase).collect()
        };
        keys.sort_by_cached_key(order);
        Ok(Some(keys))
    }

    /// The file that makes a key and all below it; none when it is not there.
    ///
    /// # Errors
    /// The path is malformed or the file cannot be read.
    pub fn export(&self, path: &str) -> Result<Option<RegFile>, RegistryError> {
        let setting = |(name, value)| Setting { name, value: Some(value) };
        let entry = |key: Key| Entry::Key {
            path: key.path,
            settings: key.values.into_iter().map(setting).collect(),
        };
        let keys = self.tree(path)?;
        Ok(keys.map(|keys| RegFile { entries: keys.into_iter().map(entry).collect() }))
    }
}

impl Change<'_> {
    /// Does what a file says, in its order.
    ///
    /// # Errors
    /// As the single changes.
    pub fn apply(&self, file: &RegFile) -> Result<Applied, RegistryError> {
        let mut applied = Applied::default();
        for entry in &file.entries {
            let (path, settings) = match entry {
                Entry::Delete(path) => {
                    applied.keys_deleted += u64::from(self.delete(path)?);
                    continue;
                }
                Entry::Key { path, settings } => (path, settings),
            };
            self.create(path)?;
            applied.keys_set += 1;
            for Setting { name, value } in settings {
                match value {
                    Some(value) => {
                        self.set_value(path, name, value)?;
                        applied.values_set += 1;
                    }
                    None => applied.values_deleted += u64::from(self.delete_value(path, name)?),
                }
            }
        }
        Ok(applied)
    }
}

/// Adds a key and those below it, in no order.
fn walk(connection: &Connection, path: String, keys: &mut Vec<Key>) -> rusqlite::Result<()> {
    let place = locate(connection, &path)?;
    let below = match &place {
        Place::One(place) => {
            let mut statement =
                connection.prepare_cached(&format!("SELECT path FROM key WHERE {AT_OR_BELOW}"))?;
            let rows = statement.query_map([place], |row| row.get(0))?;
            for found in rows {
                let found: String = found?;
                let below = found.get(place.len()..).unwrap_or_default();
                let values = values(connection, &Place::One(found.clone()))?;
                keys.push(Key { path: format!("{path}{below}"), values });
            }
            return Ok(());
        }
        Place::Two(_) => subkeys(connection, &place)?,
    };
    let values = values(connection, &place)?;
    for name in below {
        walk(connection, format!("{path}\\{name}"), keys)?;
    }
    keys.push(Key { path, values });
    Ok(())
}

/// The values of a key; of two with one name the first place's.
pub fn values(connection: &Connection, place: &Place) -> rusqlite::Result<Vec<(String, Value)>> {
    let mut statement =
        connection.prepare_cached("SELECT name, kind, data FROM value WHERE path = ?1")?;
    let mut found = BTreeMap::new();
    for path in place.paths() {
        for row in statement.query_map([path], |row| Ok((row.get(0)?, data::read(row, 1)?)))? {
            let (name, value): (String, Value) = row?;
            found.entry(name.to_ascii_lowercase()).or_insert((name, value));
        }
    }
    Ok(found.into_values().collect())
}

/// Names of the keys directly below a key, in their order.
pub fn subkeys(connection: &Connection, place: &Place) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare_cached(
        "SELECT substr(path, length(?1) + 2) FROM key
         WHERE path >= ?1 || '\\' AND path < ?1 || ']'
           AND instr(substr(path, length(?1) + 2), '\\') = 0",
    )?;
    let mut found = BTreeMap::new();
    for path in place.paths() {
        for name in statement.query_map([path], |row| row.get(0))? {
            let name: String = name?;
            found.entry(name.to_ascii_lowercase()).or_insert(name);
        }
    }
    Ok(found.into_values().collect())
}
