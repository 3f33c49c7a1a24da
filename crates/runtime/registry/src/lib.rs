//! The registry: keys and typed values under the Windows names, in one SQLite
//! file of the data folder.
//!
//! A key is named by its path, `HKEY_CLASSES_ROOT\CLSID\{…}\InprocServer32`;
//! names are compared without regard to case (ASCII) and kept as they were
//! first written. Root keys have their short names too (`HKCR`). The value with
//! the empty name is the key's default value. HKEY_CLASSES_ROOT is a view of
//! `Software\Classes` below two other roots, see [`Registry::typed_value`].
//! There is one HKEY_CURRENT_USER for the data folder, not one for each account.
//!
//! Several processes may use the file at once. The connection is opened under
//! the process's identity and serves whoever asks.

mod change;
mod data;
mod expand;
mod file;
mod folder;
mod schema;
#[cfg(test)]
mod tests;
mod view;

use std::fmt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

pub use change::Change;
pub use file::{Applied, Key};
pub use folder::{data_folder, set_data_folder};
pub use reg_file::Value;

/// Longest key path, in bytes.
pub const MAX_PATH_BYTES: usize = 4096;
/// Longest name of a value, in bytes.
pub const MAX_NAME_BYTES: usize = 16 << 10;
/// Largest value, in bytes; texts count in UTF-8.
pub const MAX_VALUE_BYTES: usize = 1 << 20;
/// How long a statement waits for another process's transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

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
    /// Opens the registry in `folder`, creating it if it is missing and
    /// upgrading it if an earlier version wrote it.
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
        schema::prepare(&transaction, &path)?;
        transaction.commit()?;
        Ok(Self(Mutex::new(connection)))
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The text of a value; the default value has the empty name. `%NAME%` in a
    /// REG_EXPAND_SZ is replaced by the process's environment variable; one
    /// that is not set stays as it is.
    ///
    /// # Errors
    /// The value is no text, or longer than [`MAX_VALUE_BYTES`] with its
    /// variables replaced, or the file cannot be read.
    pub fn value(&self, path: &str, name: &str) -> Result<Option<String>, RegistryError> {
        match self.typed_value(path, name)? {
            None => Ok(None),
            Some(Value::Sz(text)) => Ok(Some(text)),
            Some(Value::ExpandSz(text)) => {
                let variable = |name: &str| std::env::var(name).ok();
                expand::expand(&text, variable, MAX_VALUE_BYTES).map(Some).ok_or_else(|| {
                    let says = "is too long with its variables replaced";
                    RegistryError::Refused(format!("{name:?} of {path} {says}"))
                })
            }
            Some(other) => Err(RegistryError::Refused(format!(
                "{name:?} of {path} is a {}, not a text: set it with type REG_SZ",
                other.kind_name()
            ))),
        }
    }

    /// A value of a key; the default value has the empty name.
    ///
    /// A key below HKEY_CLASSES_ROOT is looked for below
    /// `HKEY_CURRENT_USER\Software\Classes`, then below
    /// `HKEY_LOCAL_MACHINE\Software\Classes`. As documented, a class that the
    /// first has hides the second's with all that is below it; only keys like
    /// `CLSID` show what either has.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn typed_value(&self, path: &str, name: &str) -> Result<Option<Value>, RegistryError> {
        let connection = self.lock();
        let mut statement = connection
            .prepare_cached("SELECT kind, data FROM value WHERE path = ?1 AND name = ?2")?;
        for place in view::locate(&connection, path)?.paths() {
            let found = statement.query_row([place, name], |row| data::read(row, 0)).optional()?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// The values of a key with their names, in the names' order.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn values(&self, path: &str) -> Result<Vec<(String, Value)>, RegistryError> {
        let connection = self.lock();
        Ok(file::values(&connection, &view::locate(&connection, path)?)?)
    }

    /// Whether a key exists; root keys always do.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn has_key(&self, path: &str) -> Result<bool, RegistryError> {
        if reg_file::root(path).is_some() {
            return Ok(true);
        }
        let connection = self.lock();
        for place in view::locate(&connection, path)?.paths() {
            if view::exists(&connection, place)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Names of the keys directly below a key, in their order.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn subkeys(&self, path: &str) -> Result<Vec<String>, RegistryError> {
        let connection = self.lock();
        Ok(file::subkeys(&connection, &view::locate(&connection, path)?)?)
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
        let result = change(&Change::new(&transaction))?;
        transaction.commit()?;
        Ok(result)
    }
}
