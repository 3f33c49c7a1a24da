//! The account database: names, password hashes, the system user an account
//! maps to.
//!
//! SQLite, one file, readable by the process's user only. Passwords are kept as
//! argon2id hashes. A name is compared without regard to case and kept as it
//! was written.

use std::fmt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use rusqlite::{Connection, ErrorCode, OptionalExtension, params};

use crate::ffi;
use crate::token::Token;
use crate::verified::Verified;

/// Longest account name, in bytes.
pub const MAX_NAME_BYTES: usize = 64;
/// Longest password, in bytes.
pub const MAX_PASSWORD_BYTES: usize = 512;
/// How long a statement waits for another process's transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Version of the file's schema.
const SCHEMA_VERSION: i64 = 1;

const SCHEMA: &str = "
CREATE TABLE account (
    name TEXT NOT NULL COLLATE NOCASE PRIMARY KEY,
    hash TEXT NOT NULL,
    unix_user TEXT,
    -- Changes whenever the account does, so that a remembered check is void.
    generation INTEGER NOT NULL
) STRICT;
CREATE TABLE counter (generation INTEGER NOT NULL) STRICT;
INSERT INTO counter VALUES (1);
PRAGMA user_version = 1;
";

/// An account, without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its name.
    pub name: String,
    /// The user of the system whose kernel identity it has, if any.
    pub unix_user: Option<String>,
}

/// Why the database refused.
#[derive(Debug)]
#[non_exhaustive]
pub enum AccountError {
    /// There is an account of that name.
    Exists(String),
    /// There is no account of that name.
    Missing(String),
    /// The name or password cannot be used; the sentence says why.
    Refused(String),
    /// The file cannot be read or written.
    Storage(rusqlite::Error),
}

impl fmt::Display for AccountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exists(name) => write!(f, "there is an account {name} already"),
            Self::Missing(name) => write!(f, "there is no account {name}"),
            Self::Refused(says) => f.write_str(says),
            Self::Storage(error) => write!(f, "the account database: {error}"),
        }
    }
}

impl std::error::Error for AccountError {}

impl From<rusqlite::Error> for AccountError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Storage(error)
    }
}

/// The account database. Any thread may use it; the file's connection is the
/// process's own, whoever a calling thread impersonates.
pub struct Accounts {
    connection: Mutex<Connection>,
    verified: Verified,
    /// Checked for unknown names, so that they take as long as known ones.
    decoy: String,
}

impl Accounts {
    /// Opens the database in `folder`, creating it if it is missing.
    ///
    /// # Errors
    /// [`AccountError::Storage`] when the file cannot be opened or is of
    /// another version.
    pub fn open(folder: &Path) -> Result<Self, AccountError> {
        let path = folder.join("accounts.db");
        create_private(&path).map_err(|error| {
            AccountError::Refused(format!("cannot create {}: {error}", path.display()))
        })?;
        let mut connection = Connection::open(&path)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        let transaction =
            connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let version: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        match version {
            0 => transaction.execute_batch(SCHEMA)?,
            SCHEMA_VERSION => {}
            other => {
                return Err(AccountError::Refused(format!(
                    "{} has version {other}, this program reads {SCHEMA_VERSION}",
                    path.display()
                )));
            }
        }
        transaction.commit()?;
        let decoy = hash_of("no account has this password")?;
        Ok(Self { connection: Mutex::new(connection), verified: Verified::new(), decoy })
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an account.
    ///
    /// # Errors
    /// [`AccountError::Exists`]; [`AccountError::Refused`] for a name with other
    /// characters than letters, digits, `.`, `-`, `_`, an empty or too long
    /// password, or a system user that does not exist.
    pub fn add(
        &self,
        name: &str,
        password: &str,
        unix_user: Option<&str>,
    ) -> Result<(), AccountError> {
        check_name(name)?;
        check_password(password)?;
        if let Some(user) = unix_user
            && ffi::user_identity(user).is_none()
        {
            return Err(AccountError::Refused(format!("the system has no user {user}")));
        }
        let hash = hash_of(password)?;
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        transaction.execute("UPDATE counter SET generation = generation + 1", [])?;
        let inserted = transaction.execute(
            "INSERT INTO account SELECT ?1, ?2, ?3, generation FROM counter",
            params![name, hash, unix_user],
        );
        match inserted {
            Err(rusqlite::Error::SqliteFailure(error, _))
                if error.code == ErrorCode::ConstraintViolation =>
            {
                return Err(AccountError::Exists(name.into()));
            }
            other => other?,
        };
        transaction.commit()?;
        Ok(())
    }

    /// Removes an account. Its data stays.
    ///
    /// # Errors
    /// [`AccountError::Missing`].
    pub fn remove(&self, name: &str) -> Result<(), AccountError> {
        match self.lock().execute("DELETE FROM account WHERE name = ?1", [name])? {
            0 => Err(AccountError::Missing(name.into())),
            _ => Ok(()),
        }
    }

    /// All accounts, by name.
    ///
    /// # Errors
    /// [`AccountError::Storage`].
    pub fn list(&self) -> Result<Vec<Account>, AccountError> {
        let connection = self.lock();
        let mut statement =
            connection.prepare_cached("SELECT name, unix_user FROM account ORDER BY name")?;
        let rows = statement
            .query_map([], |row| Ok(Account { name: row.get(0)?, unix_user: row.get(1)? }))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The token of an account, without a check: for a caller whose own
    /// authority suffices, like the operator at the command line.
    ///
    /// # Errors
    /// [`AccountError::Missing`].
    pub fn token(&self, name: &str) -> Result<Token, AccountError> {
        let row = self.row(name)?.ok_or_else(|| AccountError::Missing(name.into()))?;
        Ok(row.token())
    }

    /// Checks a password; the token of the account, or nothing when there is no
    /// such account or the password is wrong, which take equally long.
    ///
    /// # Errors
    /// [`AccountError::Storage`].
    pub fn authenticate(&self, name: &str, password: &str) -> Result<Option<Token>, AccountError> {
        if name.len() > MAX_NAME_BYTES || password.len() > MAX_PASSWORD_BYTES {
            return Ok(None);
        }
        let row = self.row(name)?;
        let generation = row.as_ref().map_or(0, |row| row.generation);
        if let Some(row) = &row
            && self.verified.contains(name, password, generation)
        {
            return Ok(Some(row.token()));
        }
        let hash = row.as_ref().map_or(&self.decoy, |row| &row.hash);
        let right = PasswordHash::new(hash).is_ok_and(|hash| {
            Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
        });
        match row {
            Some(row) if right => {
                self.verified.insert(name, password, generation);
                Ok(Some(row.token()))
            }
            _ => Ok(None),
        }
    }

    fn row(&self, name: &str) -> Result<Option<AccountRow>, AccountError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT name, hash, unix_user, generation FROM account WHERE name = ?1",
        )?;
        let row = statement.query_row([name], |row| {
            Ok(AccountRow {
                name: row.get(0)?,
                hash: row.get(1)?,
                unix_user: row.get(2)?,
                generation: row.get(3)?,
            })
        });
        Ok(row.optional()?)
    }
}

struct AccountRow {
    name: String,
    hash: String,
    unix_user: Option<String>,
    generation: i64,
}

impl AccountRow {
    fn token(&self) -> Token {
        Token::new(&self.name, self.unix_user.as_deref().and_then(ffi::user_identity))
    }
}

fn check_name(name: &str) -> Result<(), AccountError> {
    let ok = !name.is_empty()
        && name.len() <= MAX_NAME_BYTES
        && !name.starts_with(['.', '-'])
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
    if ok {
        return Ok(());
    }
    Err(AccountError::Refused(format!(
        "{name:?} cannot be an account name: use up to {MAX_NAME_BYTES} letters, digits, '.', '-', \
         '_', beginning with a letter, a digit or '_'"
    )))
}

fn check_password(password: &str) -> Result<(), AccountError> {
    if password.is_empty() {
        return Err(AccountError::Refused("the password is empty".into()));
    }
    if password.len() > MAX_PASSWORD_BYTES {
        let says = format!("the password is longer than {MAX_PASSWORD_BYTES} bytes");
        return Err(AccountError::Refused(says));
    }
    Ok(())
}

fn hash_of(password: &str) -> Result<String, AccountError> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string())
        .map_err(|error| AccountError::Refused(format!("cannot hash the password: {error}")))
}

/// Makes sure the file exists and that its first moment is private.
fn create_private(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = std::fs::OpenOptions::new();
    options.create(true).truncate(false).write(true).mode(0o600).open(path).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_checked_and_a_removed_account_is_gone_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let accounts = Accounts::open(folder.path()).unwrap();
        accounts.add("alice", "right", None).unwrap();
        assert!(matches!(accounts.add("Alice", "x", None), Err(AccountError::Exists(_))));

        for _ in 0..2 {
            let token = accounts.authenticate("ALICE", "right").unwrap().unwrap();
            assert_eq!(&**token.user(), "alice", "the name as it was written");
            for wrong in ["", "Right", "right ", "wrong"] {
                assert!(accounts.authenticate("alice", wrong).unwrap().is_none(), "{wrong:?}");
            }
        }
        assert!(accounts.authenticate("bob", "right").unwrap().is_none());

        let other = Accounts::open(folder.path()).unwrap();
        other.remove("alice").unwrap();
        assert!(accounts.authenticate("alice", "right").unwrap().is_none());
        other.add("alice", "new", None).unwrap();
        assert!(accounts.authenticate("alice", "right").unwrap().is_none());
        assert!(accounts.authenticate("alice", "new").unwrap().is_some());
    }

    #[test]
    fn names_and_passwords_outside_the_limits_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let accounts = Accounts::open(folder.path()).unwrap();
        let long = "a".repeat(MAX_NAME_BYTES);
        accounts.add(&long, &"p".repeat(MAX_PASSWORD_BYTES), None).unwrap();
        for name in ["", "..", "a/b", "a b", "-a", "ä", &format!("{long}a")] {
            let refused = accounts.add(name, "p", None);
            assert!(matches!(refused, Err(AccountError::Refused(_))), "{name:?}");
        }
        let password = "p".repeat(MAX_PASSWORD_BYTES + 1);
        assert!(matches!(accounts.add("a", &password, None), Err(AccountError::Refused(_))));
        assert!(matches!(
            accounts.add("a", "p", Some("no such user of the system")),
            Err(AccountError::Refused(_))
        ));
        assert_eq!(accounts.list().unwrap().len(), 1);
    }

    #[test]
    fn the_file_is_private() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let _accounts = Accounts::open(folder.path()).unwrap();
        let mode = folder.path().join("accounts.db").metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
