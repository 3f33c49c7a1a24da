//! The log of changes, written in the transaction of each change.
//!
//! # Limits
//! The log keeps the last [`CHANGES_KEPT`] changes; a feed that is further behind
//! is told that the store changed as a whole (`feed.rs`).

use std::collections::BTreeSet;

use mapi_abi::spi::{ChangeKind, SpecialFolder};
use mapi_abi::tags::{MAPI_FOLDER, MAPI_MESSAGE, MSGFLAG_READ, MSGFLAG_UNSENT};
use rusqlite::{Connection, OptionalExtension, params};

use crate::migration::part_number;

/// How many changes the log keeps.
pub const CHANGES_KEPT: i64 = 10_000;

/// Number under which a kind of change is kept.
pub(crate) const fn kind_number(kind: ChangeKind) -> i64 {
    match kind {
        ChangeKind::Created => 1,
        ChangeKind::Deleted => 2,
        ChangeKind::Modified => 3,
        ChangeKind::Moved => 4,
        ChangeKind::NewMail => 5,
        ChangeKind::SearchComplete => 6,
    }
}

/// The kind of change of that number.
pub(crate) const fn kind_of(number: i64) -> Option<ChangeKind> {
    Some(match number {
        1 => ChangeKind::Created,
        2 => ChangeKind::Deleted,
        3 => ChangeKind::Modified,
        4 => ChangeKind::Moved,
        5 => ChangeKind::NewMail,
        6 => ChangeKind::SearchComplete,
        _ => return None,
    })
}

/// Where an object is and was.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Places {
    pub(crate) parent: Option<i64>,
    pub(crate) old_parent: Option<i64>,
}

/// What one transaction changes: each change is logged at once, a folder whose
/// contents changed once at the end.
#[derive(Debug, Default)]
pub(crate) struct Log {
    contents: BTreeSet<i64>,
}

impl Log {
    /// Logs a change of a message.
    pub(crate) fn message(
        &mut self,
        connection: &Connection,
        kind: ChangeKind,
        message: i64,
        places: Places,
    ) -> rusqlite::Result<()> {
        self.contents.extend(places.parent);
        self.contents.extend(places.old_parent);
        let number = write(connection, kind, MAPI_MESSAGE, message, places)?;
        connection
            .prepare_cached("UPDATE messages SET change = ?2 WHERE id = ?1")?
            .execute([message, number])?;
        Ok(())
    }

    /// Logs a new message, which may be new mail.
    pub(crate) fn new_message(
        &mut self,
        connection: &Connection,
        message: i64,
        folder: i64,
    ) -> rusqlite::Result<()> {
        let places = Places { parent: Some(folder), old_parent: None };
        self.message(connection, ChangeKind::Created, message, places)?;
        let is_mail = connection
            .prepare_cached(
                "SELECT 1 FROM messages m JOIN special_folders s ON s.folder = m.folder
                 WHERE m.id = ?1 AND s.part = ?2 AND m.associated = 0 AND m.flags & ?3 = 0",
            )?
            .exists(params![
                message,
                part_number(SpecialFolder::Inbox),
                MSGFLAG_READ | MSGFLAG_UNSENT
            ])?;
        if is_mail {
            write(connection, ChangeKind::NewMail, MAPI_MESSAGE, message, places)?;
        }
        Ok(())
    }

    /// Logs a change of a folder.
    pub(crate) fn folder(
        &mut self,
        connection: &Connection,
        kind: ChangeKind,
        folder: i64,
        places: Places,
    ) -> rusqlite::Result<()> {
        self.contents.extend(places.parent);
        self.contents.extend(places.old_parent);
        let number = write(connection, kind, MAPI_FOLDER, folder, places)?;
        connection
            .prepare_cached("UPDATE folders SET change = ?2 WHERE id = ?1")?
            .execute([folder, number])?;
        Ok(())
    }

    /// Logs the folders whose contents changed and forgets what is too old. Called
    /// once, before the transaction is committed.
    pub(crate) fn finish(self, connection: &Connection) -> rusqlite::Result<()> {
        let mut find = connection.prepare_cached("SELECT parent FROM folders WHERE id = ?1")?;
        for folder in self.contents {
            let parent = find.query_row([folder], |row| row.get(0)).optional()?;
            if let Some(parent) = parent {
                let places = Places { parent, old_parent: None };
                write(connection, ChangeKind::Modified, MAPI_FOLDER, folder, places)?;
            }
        }
        connection
            .prepare_cached(
                "DELETE FROM changes WHERE number <= (SELECT max(number) FROM changes) - ?1",
            )?
            .execute([CHANGES_KEPT])?;
        Ok(())
    }
}

fn write(
    connection: &Connection,
    kind: ChangeKind,
    object_type: i32,
    object: i64,
    places: Places,
) -> rusqlite::Result<i64> {
    connection
        .prepare_cached(
            "INSERT INTO changes (kind, type, object, parent, old_parent)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .insert(params![kind_number(kind), object_type, object, places.parent, places.old_parent])
}

/// Number of the last change that was ever logged.
pub(crate) fn last_number(connection: &Connection) -> rusqlite::Result<i64> {
    connection
        .prepare_cached("SELECT seq FROM sqlite_sequence WHERE name = 'changes'")?
        .query_row([], |row| row.get(0))
        .optional()
        .map(Option::unwrap_or_default)
}
