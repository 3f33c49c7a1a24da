//! The registry: keys and values under the Windows names, in one SQLite file of
//! the data folder.
//!
//! A key is named by its path, `HKEY_CLASSES_ROOT\CLSID\{…}\InprocServer32`;
//! names are compared without regard to case (ASCII) and kept as they were
//! first written. The value with the empty name is the key's default value.
//! Several processes may use the file at once. The connection is opened under
//! the process's identity and serves whoever asks.

mod folder;

use std::fmt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

pub use folder::{data_folder, set_data_folder};

/// Longest key path, in bytes.
pub const MAX_PATH_BYTES: usize = 4096;
/// Largest value, in bytes.
pub const MAX_VALUE_BYTES: usize = 1 << 20;
/// How long a statement waits for another process's transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Version of the file's schema.
const SCHEMA_VERSION: i64 = 1;

const SCHEMA: &str = "
CREATE TABLE key (
    path TEXT NOT NULL COLLATE NOCASE PRIMARY KEY
) STRICT;
CREATE TABLE value (
    path TEXT NOT NULL COLLATE NOCASE REFERENCES key (path) ON DELETE CASCADE,
    name TEXT NOT NULL COLLATE NOCASE,
    data TEXT NOT NULL,
    PRIMARY KEY (path, name)
) STRICT, WITHOUT ROWID;
PRAGMA user_version = 1;
";

/// Why the registry refused.
#[derive(Debug)]
#[non_exhaustive]
pub enum RegistryError {
    /// The path or value cannot be used; the sentence says why.
    Refused(String),
    /// The file cannot be read or written.
    Storage(rusqlite::Error),
}

impl fmt::Display for RegistryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(says) => f.write_str(says),
            Self::Storage(error) => write!(f, "the registry: {error}"),
        }
    }
}

impl std::error::Error for RegistryError {}

impl From<rusqlite::Error> for RegistryError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Storage(error)
    }
}

/// The registry of a data folder.
pub struct Registry(Mutex<Connection>);

impl Registry {
    /// Opens the registry in `folder`, creating it if it is missing.
    ///
    /// # Errors
    /// The file cannot be opened or is of another version.
    pub fn open(folder: &Path) -> Result<Self, RegistryError> {
        let path = folder.join("registry.db");
        let mut connection = Connection::open(&path)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let version: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        match version {
            0 => transaction.execute_batch(SCHEMA)?,
            SCHEMA_VERSION => {}
            other => {
                return Err(RegistryError::Refused(format!(
                    "{} has version {other}, this program reads {SCHEMA_VERSION}",
                    path.display()
                )));
            }
        }
        transaction.commit()?;
        Ok(Self(Mutex::new(connection)))
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A value of a key; the default value has the empty name.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn value(&self, path: &str, name: &str) -> Result<Option<String>, RegistryError> {
        let connection = self.lock();
        let mut statement =
            connection.prepare_cached("SELECT data FROM value WHERE path = ?1 AND name = ?2")?;
        Ok(statement.query_row([path, name], |row| row.get(0)).optional()?)
    }

    /// Whether a key exists.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn has_key(&self, path: &str) -> Result<bool, RegistryError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached("SELECT 1 FROM key WHERE path = ?1")?;
        Ok(statement.exists([path])?)
    }

    /// Names of the keys directly below a key, in their order.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn subkeys(&self, path: &str) -> Result<Vec<String>, RegistryError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT substr(path, length(?1) + 2) FROM key
             WHERE substr(path, 1, length(?1) + 1) = ?1 || '\\' COLLATE NOCASE
               AND instr(substr(path, length(?1) + 2), '\\') = 0
             ORDER BY path",
        )?;
        let rows = statement.query_map([path], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Changes several things at once, or none of them.
    ///
    /// # Errors
    /// What `change` answers, or that the file cannot be written.
    pub fn change<T>(
        &self,
        change: impl FnOnce(&Change<'_>) -> Result<T, RegistryError>,
    ) -> Result<T, RegistryError> {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let result = change(&Change(&transaction))?;
        transaction.commit()?;
        Ok(result)
    }
}

/// A change that is being made.
pub struct Change<'a>(&'a Connection);

impl Change<'_> {
    /// Sets a value, creating the key and the keys above it.
    ///
    /// # Errors
    /// The path is malformed or too long, the value too large, or the file
    /// cannot be written.
    pub fn set(&self, path: &str, name: &str, data: &str) -> Result<(), RegistryError> {
        check_path(path)?;
        if data.len() > MAX_VALUE_BYTES {
            let says = format!("a value has at most {MAX_VALUE_BYTES} bytes");
            return Err(RegistryError::Refused(says));
        }
        let mut insert = self.0.prepare_cached("INSERT OR IGNORE INTO key VALUES (?1)")?;
        let ends = path.match_indices('\\').map(|(at, _)| at).chain([path.len()]);
        for end in ends {
            insert.execute([path.get(..end).unwrap_or(path)])?;
        }
        self.0
            .prepare_cached("INSERT OR REPLACE INTO value VALUES (?1, ?2, ?3)")?
            .execute(params![path, name, data])?;
        Ok(())
    }

    /// Removes a key with everything below it; whether it was there.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn delete(&self, path: &str) -> Result<bool, RegistryError> {
        let count = self
            .0
            .prepare_cached(
                "DELETE FROM key WHERE path = ?1
                 OR substr(path, 1, length(?1) + 1) = ?1 || '\\' COLLATE NOCASE",
            )?
            .execute([path])?;
        Ok(count > 0)
    }
}

fn check_path(path: &str) -> Result<(), RegistryError> {
    let known = ["HKEY_CLASSES_ROOT", "HKEY_CURRENT_USER", "HKEY_LOCAL_MACHINE", "HKEY_USERS"];
    let mut names = path.split('\\');
    let root = names.next().unwrap_or_default();
    if path.len() > MAX_PATH_BYTES {
        let says = format!("a key's path has at most {MAX_PATH_BYTES} bytes");
        return Err(RegistryError::Refused(says));
    }
    if !known.iter().any(|known| known.eq_ignore_ascii_case(root)) {
        return Err(RegistryError::Refused(format!(
            "{root:?} is not a root key: use one of {}",
            known.join(", ")
        )));
    }
    if names.any(|name| name.is_empty() || name.chars().any(char::is_control)) {
        return Err(RegistryError::Refused(format!("{path:?} has an empty or unprintable part")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLASS: &str = "HKEY_CLASSES_ROOT\\CLSID\\{A}";

    fn registry() -> (tempfile::TempDir, Registry) {
        let folder = tempfile::tempdir().unwrap();
        let registry = Registry::open(folder.path()).unwrap();
        (folder, registry)
    }

    #[test]
    fn names_are_compared_without_regard_to_case_and_kept_as_written() {
        let (folder, registry) = registry();
        let server = format!("{CLASS}\\InprocServer32");
        registry.change(|change| change.set(&server, "", "lib.so")).unwrap();
        let other = Registry::open(folder.path()).unwrap();
        let shouted = server.to_uppercase();
        assert_eq!(other.value(&shouted, "").unwrap().as_deref(), Some("lib.so"));
        assert_eq!(other.value(&server, "ThreadingModel").unwrap(), None);
        assert_eq!(other.subkeys(&CLASS.to_lowercase()).unwrap(), ["InprocServer32"]);
        assert_eq!(other.subkeys("HKEY_CLASSES_ROOT").unwrap(), ["CLSID"]);
    }

    #[test]
    fn a_key_goes_with_everything_below_it_and_nothing_beside_it() {
        let (_folder, registry) = registry();
        registry
            .change(|change| {
                change.set(&format!("{CLASS}\\ProgID"), "", "X")?;
                change.set(&format!("{CLASS}B"), "", "Y")
            })
            .unwrap();
        assert!(registry.change(|change| change.delete(&CLASS.to_lowercase())).unwrap());
        assert!(!registry.change(|change| change.delete(CLASS)).unwrap());
        assert_eq!(registry.value(&format!("{CLASS}\\ProgID"), "").unwrap(), None);
        assert_eq!(registry.value(&format!("{CLASS}B"), "").unwrap().as_deref(), Some("Y"));
    }

    #[test]
    fn a_change_that_fails_leaves_nothing() {
        let (_folder, registry) = registry();
        let failed = registry.change(|change| {
            change.set(CLASS, "", "X")?;
            change.set("HKEY_CLASSES_ROOT\\\\X", "", "Y")
        });
        assert!(matches!(failed, Err(RegistryError::Refused(_))));
        assert!(!registry.has_key(CLASS).unwrap());
    }

    #[test]
    fn malformed_and_oversized_things_are_refused() {
        let (_folder, registry) = registry();
        let long = format!("HKEY_CLASSES_ROOT\\{}", "a".repeat(MAX_PATH_BYTES));
        let fits = &long[..MAX_PATH_BYTES];
        let large = "x".repeat(MAX_VALUE_BYTES);
        registry.change(|change| change.set(fits, "", &large)).unwrap();
        let too_large = format!("{large}x");
        for (path, data) in [
            ("CLSID\\X", ""),
            ("", ""),
            ("HKEY_CLASSES_ROOT\\", ""),
            (&*long, ""),
            (CLASS, &*too_large),
        ] {
            let refused = registry.change(|change| change.set(path, "", data));
            assert!(matches!(refused, Err(RegistryError::Refused(_))), "{path:.40}");
        }
    }
}
