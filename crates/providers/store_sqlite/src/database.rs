//! Opens the store's file on the calling thread, with the calling thread's rights.
//!
//! The file is never opened by anything but SQLite: closing another descriptor of
//! it would drop the locks of every connection in the process. A new store is
//! finished under another name and then linked into place: nobody sees half a
//! store, and of several that create it at once one wins. A process that is killed
//! meanwhile leaves a file `store.db.new-…` behind, which nothing reads.
//!
//! A store of an older version is brought to the present one, also by a logon that
//! may only read: it is the owner's right, not the logon's, that is used. A file
//! that is write-protected can be read, as it is.
//!
//! Opening reads once, so that the log and its index are open too and later calls
//! from threads with other rights open nothing; temporary tables stay in memory
//! for the same reason.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::Access;
use rusqlite::{Connection, OpenFlags};

use crate::entry::Uid;
use crate::failure::{of_io, of_sqlite};
use crate::schema::{self, Identity};
use crate::{migration, text};

/// Name of the store's file in the user's folder.
pub const STORE_FILE: &str = "store.db";
/// Longest wait for another process that writes.
pub const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Statements kept compiled per connection.
const CACHED_STATEMENTS: usize = 64;

/// The file exists already; a connection is used by one thread at a time.
const FLAGS: OpenFlags = OpenFlags::SQLITE_OPEN_READ_WRITE.union(OpenFlags::SQLITE_OPEN_NO_MUTEX);

/// For a file that nobody may write.
const READ_ONLY: OpenFlags = OpenFlags::SQLITE_OPEN_READ_ONLY
    .union(OpenFlags::SQLITE_OPEN_NO_MUTEX)
    .union(OpenFlags::SQLITE_OPEN_URI);

const OPEN: &str = "opening the store";
const UPGRADE: &str = "bringing the store to the present version";
const CREATE: &str = "creating the store";

/// An open store's connection and identity.
pub(crate) struct Database {
    pub(crate) connection: Connection,
    pub(crate) uid: Uid,
    /// Whether the files can be written, whatever the logon may.
    pub(crate) is_writable: bool,
}

/// Which store is opened, and how.
#[derive(Clone, Copy, Debug)]
pub struct StoreAt<'a> {
    /// The folder of the store's file.
    pub folder: &'a Path,
    /// Whose mail it holds; the store says so too, and must agree.
    pub mailbox: &'a str,
    /// Whether it may be changed, and created.
    pub access: Access,
}

pub(crate) fn open(store: StoreAt<'_>) -> Result<Database, Failure> {
    let file = store.folder.join(STORE_FILE);
    match std::fs::metadata(&file) {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {
            if !store.access.create {
                let says = format!("{} has no store: import mail or create it", store.mailbox);
                return Err(Failure::new(Code::NOT_FOUND, says));
            }
            create(store, &file)?;
        }
        Err(error) => return Err(of_io(&format!("finding {}", file.display()), &error)),
    }
    let (mut connection, identity) = match open_file(&file, FLAGS) {
        Err(failure)
            if failure.code == Code::NO_ACCESS && !store.access.write && is_at_rest(&file) =>
        {
            open_file(&immutable(&file), READ_ONLY)?
        }
        other => other?,
    };
    if identity.user != store.mailbox {
        let says = format!("the store is that of {}, not of {}", identity.user, store.mailbox);
        return Err(Failure::new(Code::NO_ACCESS, says));
    }
    let is_writable = !connection.is_readonly("main").map_err(of_sqlite(OPEN))?;
    if store.access.write && !is_writable {
        let says = "the store's file is write-protected: open it for reading, or change its mode";
        return Err(Failure::new(Code::NO_ACCESS, says));
    }
    if identity.version != schema::SCHEMA_VERSION {
        if !is_writable {
            let says = "the store has an older version: open it once where it can be written";
            return Err(Failure::new(Code::VERSION, says));
        }
        migration::migrate(&mut connection).map_err(of_sqlite(UPGRADE))?;
    }
    if !store.access.write {
        connection.pragma_update(None, "query_only", true).map_err(of_sqlite(OPEN))?;
    }
    Ok(Database { connection, uid: identity.uid, is_writable })
}

fn open_file(file: &Path, flags: OpenFlags) -> Result<(Connection, Identity), Failure> {
    let connection = Connection::open_with_flags(file, flags).map_err(of_sqlite(OPEN))?;
    configure(&connection).map_err(of_sqlite(OPEN))?;
    let identity = schema::identify(&connection)?;
    Ok((connection, identity))
}

/// Whether nothing is in the log: then the file alone is the whole store.
fn is_at_rest(file: &Path) -> bool {
    let mut log = file.as_os_str().to_owned();
    log.push("-wal");
    match std::fs::metadata(Path::new(&log)) {
        Ok(found) => found.len() == 0,
        Err(error) => error.kind() == ErrorKind::NotFound,
    }
}

/// The file under a name that tells SQLite that nobody writes it, so that it needs
/// neither a log nor locks.
fn immutable(file: &Path) -> PathBuf {
    let mut name = String::from("file:");
    for byte in file.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-".contains(byte) {
            name.push(char::from(*byte));
        } else {
            name.push_str(&format!("%{byte:02X}"));
        }
    }
    name.push_str("?immutable=1");
    PathBuf::from(name)
}

fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    text::register(connection)
}

/// Creates the folder (0700) and in it the store (0600).
fn create(store: StoreAt<'_>, file: &Path) -> Result<(), Failure> {
    let folder = store.folder;
    let failed = |error| of_io(&format!("creating the store in {}", folder.display()), &error);
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
    let fresh = fresh_file(folder).map_err(failed)?;
    let filled = fill(&fresh, store.mailbox).map_err(of_sqlite(CREATE));
    let linked = filled.and_then(|()| match std::fs::hard_link(&fresh, file) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(failed(error)),
        _ => Ok(()),
    });
    std::fs::remove_file(&fresh).map_err(failed)?;
    linked?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)
}

/// An empty file under a name that nothing else uses.
fn fresh_file(folder: &Path) -> Result<PathBuf, std::io::Error> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    loop {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let fresh = folder.join(format!("{STORE_FILE}.new-{}-{number}", std::process::id()));
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fresh) {
            Ok(_) => return Ok(fresh),
            // Left behind by a killed process that had the same number.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}

fn fill(file: &Path, user: &str) -> rusqlite::Result<()> {
    let mut connection = Connection::open_with_flags(file, FLAGS)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    schema::create(&mut connection, user)?;
    connection.close().map_err(|(_, error)| error)
}
