//! Writing: what is done together or not at all.

use reg_file::{canonical_path, check_value_name};
use rusqlite::{Connection, params};

use crate::view::{AT_OR_BELOW, Place, exists, locate};
use crate::{MAX_NAME_BYTES, MAX_PATH_BYTES, MAX_VALUE_BYTES, RegistryError, Value, data};

/// A change that is being made.
///
/// What is written below HKEY_CLASSES_ROOT goes to
/// `HKEY_LOCAL_MACHINE\Software\Classes`, unless the class is there below
/// `HKEY_CURRENT_USER\Software\Classes`.
pub struct Change<'a>(&'a Connection);

impl<'a> Change<'a> {
    pub(crate) const fn new(transaction: &'a Connection) -> Self {
        Self(transaction)
    }

    /// Sets a value to a text, creating the key and the keys above it.
    ///
    /// # Errors
    /// As [`Change::set_value`].
    pub fn set(&self, path: &str, name: &str, data: &str) -> Result<(), RegistryError> {
        self.set_value(path, name, &Value::Sz(data.to_owned()))
    }

    /// Sets a value, creating the key and the keys above it.
    ///
    /// # Errors
    /// The path is malformed or too long, the name or the value too large or
    /// not of their form, or the file cannot be written.
    pub fn set_value(&self, path: &str, name: &str, value: &Value) -> Result<(), RegistryError> {
        let refused =
            |says: String| RegistryError::Refused(format!("{name:?} of {path:?}: {says}"));
        if let Err(says) = check_value_name(name) {
            return Err(refused(says.to_owned()));
        }
        if name.len() > MAX_NAME_BYTES {
            return Err(refused(format!("a name has at most {MAX_NAME_BYTES} bytes")));
        }
        if data::size(value) > MAX_VALUE_BYTES {
            return Err(refused(format!("a value has at most {MAX_VALUE_BYTES} bytes")));
        }
        if !value.is_canonical() {
            return Err(refused("a text has no NUL, and a list no empty text".to_owned()));
        }
        let place = self.make(path)?;
        self.0
            .prepare_cached(
                "INSERT INTO value VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (path, name) DO UPDATE SET kind = excluded.kind, data = excluded.data",
            )?
            .execute(params![place, name, value.kind(), data::column(value)])?;
        Ok(())
    }

    /// Creates a key and the keys above it, where they are missing.
    ///
    /// # Errors
    /// The path is malformed or too long, or the file cannot be written.
    pub fn create(&self, path: &str) -> Result<(), RegistryError> {
        self.make(path).map(|_| ())
    }

    fn make(&self, path: &str) -> Result<String, RegistryError> {
        let place = match locate(self.0, &checked(path)?)? {
            Place::One(place) => place,
            Place::Two([user, machine]) => match exists(self.0, &user)? {
                true => user,
                false => machine,
            },
        };
        let mut insert = self.0.prepare_cached("INSERT OR IGNORE INTO key VALUES (?1)")?;
        for end in place.match_indices('\\').map(|(at, _)| at).chain([place.len()]) {
            insert.execute([place.get(..end).unwrap_or(&place)])?;
        }
        Ok(place)
    }

    /// Removes a key with everything below it; whether it was there. Below
    /// HKEY_CLASSES_ROOT the key that is seen goes, and one that it hid is seen
    /// afterwards.
    ///
    /// # Errors
    /// The path is a root key or malformed, or the file cannot be written.
    pub fn delete(&self, path: &str) -> Result<bool, RegistryError> {
        let path = checked(path)?;
        if reg_file::root(&path).is_some() {
            return Err(RegistryError::Refused(format!(
                "{path} is a root key: delete the keys below it one by one"
            )));
        }
        let mut delete = self.0.prepare_cached(&format!("DELETE FROM key WHERE {AT_OR_BELOW}"))?;
        let mut count = 0;
        for place in locate(self.0, &path)?.paths() {
            count += delete.execute([place])?;
        }
        Ok(count > 0)
    }

    /// Removes a value; whether it was there.
    ///
    /// # Errors
    /// The path is malformed, or the file cannot be written.
    pub fn delete_value(&self, path: &str, name: &str) -> Result<bool, RegistryError> {
        let mut delete =
            self.0.prepare_cached("DELETE FROM value WHERE path = ?1 AND name = ?2")?;
        for place in locate(self.0, &checked(path)?)?.paths() {
            if delete.execute([place, name])? > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// A path that can be written, with the long name of its root.
fn checked(path: &str) -> Result<String, RegistryError> {
    if path.len() > MAX_PATH_BYTES {
        let says = format!("a key's path has at most {MAX_PATH_BYTES} bytes");
        return Err(RegistryError::Refused(says));
    }
    canonical_path(path).map_err(|says| RegistryError::Refused(format!("{path:?}: {says}")))
}
