//! Opens the store's file on the calling thread, with the calling thread's rights.
//!
//! The file is never opened by anything but SQLite: closing another descriptor of
//! it would drop the locks of every connection in the process. A new store is
//! finished under another name and then linked into place: nobody sees half a
//! store, and of several that create it at once one wins. A process that is killed
//! meanwhile leaves a file `store.db.new-…` behind, which nothing reads.
//!
//! Opening reads once, so that the log and its index are open too and later calls
//! from threads with other rights open nothing; temporary tables stay in memory
//! for the same reason.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::Access;
use rusqlite::{Connection, OpenFlags};

use crate::entry::Uid;
use crate::failure::{of_io, of_sqlite};
use crate::{schema, text};

/// Name of the store's file in the user's folder.
pub const STORE_FILE: &str = "store.db";
/// Longest wait for another process that writes.
pub const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Statements kept compiled per connection.
const CACHED_STATEMENTS: usize = 64;

/// The file exists already; a connection is used by one thread at a time.
const FLAGS: OpenFlags = OpenFlags::SQLITE_OPEN_READ_WRITE.union(OpenFlags::SQLITE_OPEN_NO_MUTEX);

const OPEN: &str = "opening the store";
const CREATE: &str = "creating the store";

/// An open store's connection and identity.
pub(crate) struct Database {
    pub(crate) connection: Connection,
    pub(crate) uid: Uid,
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
    let connection = Connection::open_with_flags(&file, FLAGS).map_err(of_sqlite(OPEN))?;
    configure(&connection).map_err(of_sqlite(OPEN))?;
    let identity = schema::identify(&connection)?;
    if identity.user != store.mailbox {
        let says = format!("the store is that of {}, not of {}", identity.user, store.mailbox);
        return Err(Failure::new(Code::NO_ACCESS, says));
    }
    if !store.access.write {
        connection.pragma_update(None, "query_only", true).map_err(of_sqlite(OPEN))?;
    }
    Ok(Database { connection, uid: identity.uid })
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
