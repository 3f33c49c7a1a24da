//! What changed since the last time somebody asked, whoever changed it.
//!
//! A feed has a connection of its own and reads the log of changes from the number
//! on that it has seen. Changes of one transaction come together and after it is
//! committed. The contents of search folders follow from other folders' and are
//! not reported: whoever shows one looks again when any message changed.

use std::os::fd::BorrowedFd;
use std::path::{Path, PathBuf};
use std::time::Duration;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::{Access, Change, ChangeFeed, ChangeKind};
use mapi_abi::tags::{MAPI_FOLDER, MAPI_MESSAGE, MAPI_STORE};
use mapi_abi::value::EntryId;
use rusqlite::{Connection, Row};

use crate::changes::{kind_of, last_number};
use crate::database::{self, Database, STORE_FILE, StoreAt};
use crate::entry::{Kind, Uid, encode};
use crate::failure::of_sqlite;
use crate::ffi::Watch;
use crate::notice;

/// How often to ask although nothing was told: a writer died before it told, or
/// the files are on another machine.
pub const FEED_INTERVAL: Duration = Duration::from_secs(30);

const READ: &str = "reading what changed";

pub(crate) struct Feed {
    connection: Connection,
    uid: Uid,
    file: PathBuf,
    last: i64,
    watch: Option<Watch>,
}

impl Feed {
    /// A feed of what changes from now on.
    pub(crate) fn open(folder: &Path, mailbox: &str) -> Result<Self, Failure> {
        let access = Access { write: false, create: false };
        let at = StoreAt { folder, mailbox, access };
        let Database { connection, uid, .. } = database::open(at)?;
        // Before the last number is read: what comes in between is told.
        let watch = Watch::new(&notice::path(folder)).ok();
        let last = last_number(&connection).map_err(of_sqlite(READ))?;
        Ok(Self { connection, uid, file: folder.join(STORE_FILE), last, watch })
    }

    fn read(&mut self) -> rusqlite::Result<Vec<Change>> {
        let transaction = self.connection.transaction()?;
        let newest = last_number(&transaction)?;
        if newest <= self.last {
            return Ok(Vec::new());
        }
        let oldest: Option<i64> = transaction
            .prepare_cached("SELECT min(number) FROM changes")?
            .query_row([], |row| row.get(0))?;
        let since = std::mem::replace(&mut self.last, newest);
        if oldest.is_none_or(|oldest| oldest > since + 1) {
            return Ok(vec![all_changed(&self.uid)]);
        }
        let mut statement = transaction.prepare_cached(
            "SELECT kind, type, object, parent, old_parent FROM changes
             WHERE number > ?1 ORDER BY number",
        )?;
        let found = statement.query_map([since], |row| change(&self.uid, row))?;
        let list: Result<Vec<Option<Change>>, _> = found.collect();
        Ok(list?.into_iter().flatten().collect())
    }
}

/// Says that anything may have changed.
fn all_changed(uid: &Uid) -> Change {
    Change {
        kind: ChangeKind::Modified,
        object_type: MAPI_STORE,
        entry: EntryId(uid.to_vec()),
        parent: None,
        old_parent: None,
    }
}

fn change(uid: &Uid, row: &Row<'_>) -> rusqlite::Result<Option<Change>> {
    let Some(kind) = kind_of(row.get(0)?) else { return Ok(None) };
    let object_type: i32 = row.get(1)?;
    let object = match object_type {
        MAPI_FOLDER => Kind::Folder,
        MAPI_MESSAGE => Kind::Message,
        _ => return Ok(None),
    };
    let folder = |row: Option<i64>| row.map(|row| encode(uid, Kind::Folder, row));
    Ok(Some(Change {
        kind,
        object_type,
        entry: encode(uid, object, row.get(2)?),
        parent: folder(row.get(3)?),
        old_parent: folder(row.get(4)?),
    }))
}

impl ChangeFeed for Feed {
    fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.watch.as_ref().map(Watch::descriptor)
    }

    fn interval(&self) -> Option<Duration> {
        Some(FEED_INTERVAL)
    }

    fn changes(&mut self) -> Result<Vec<Change>, Failure> {
        if let Some(watch) = &mut self.watch {
            watch.drain();
        }
        let is_gone = std::fs::metadata(&self.file)
            .is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound);
        if is_gone {
            return Err(Failure::new(Code::END_OF_SESSION, "the store's file was removed"));
        }
        self.read().map_err(of_sqlite(READ))
    }
}
