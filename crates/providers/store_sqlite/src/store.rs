//! The provider and its open stores.
//!
//! One connection per logon behind one lock: a store belongs to one logon, its
//! calls wait for each other for as long as one statement takes, and for other
//! processes no longer than [`crate::BUSY_TIMEOUT`].

use std::sync::{Mutex, MutexGuard, PoisonError};

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::{
    ChangeFeed, FolderDeletion, MessageChange, MessageCopy, MessageStore, Name, NewFolder,
    PropChange, Query, SearchCriteria, SearchState, SpecialFolder, StoreChange,
};
use mapi_abi::tags::{MSGFLAG_READ, PR_DEPTH, PropTag};
use mapi_abi::value::{EntryId, Prop, Row, Value};
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};

use crate::columns::{Column, of_attachment, of_folder, of_message, prop, selected};
use crate::contents;
use crate::database::{self, Database, StoreAt};
use crate::entry::{Kind, Uid, encode, row_of};
use crate::failure::of_sqlite;
use crate::schema::{INBOX_ROW, MAX_FOLDER_DEPTH, ROOT_ROW};

const READ: &str = "reading the store";
const WRITE: &str = "changing the store";

/// An open store.
pub struct SqliteStore {
    connection: Mutex<Connection>,
    uid: Uid,
    write: bool,
}

impl SqliteStore {
    /// Opens the user's store.
    ///
    /// # Errors
    /// `NOT_FOUND` there is none; `NO_ACCESS` also when it is another user's;
    /// `CORRUPT_STORE`; `VERSION`; disk errors.
    pub fn open(store: StoreAt<'_>) -> Result<Self, Failure> {
        let Database { connection, uid } = database::open(store)?;
        Ok(Self { connection: Mutex::new(connection), uid, write: store.access.write })
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // A statement that was left half done by a panic was reset by its drop.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `SELECT <columns> <tail>` and makes rows of it.
    fn select(
        &self,
        connection: &Connection,
        columns: &[(PropTag, Option<Column>)],
        tail: &str,
        parameters: Vec<Sql>,
    ) -> Result<Vec<Row>, Failure> {
        let list: String = columns
            .iter()
            .map(|(_, column)| selected(*column))
            .fold(String::from("0"), |sql, column| sql + ", " + column);
        let failed = of_sqlite(READ);
        let mut statement =
            connection.prepare_cached(&format!("SELECT {list} {tail}")).map_err(&failed)?;
        let mut found = statement.query(params_from_iter(parameters)).map_err(&failed)?;
        let mut rows = Vec::new();
        while let Some(row) = found.next().map_err(&failed)? {
            let props = columns.iter().enumerate().map(|(index, (tag, column))| {
                prop(*tag, *column, row.get_ref(index + 1).map_err(&failed)?, &self.uid)
            });
            rows.push(props.collect::<Result<Row, Failure>>()?);
        }
        Ok(rows)
    }

    fn folder_row(&self, connection: &Connection, folder: &EntryId) -> Result<i64, Failure> {
        let row = row_of(&self.uid, Kind::Folder, folder)?;
        exists(connection, "SELECT 1 FROM folders WHERE id = ?1", row, no_such_folder)
    }

    fn message_row(&self, connection: &Connection, message: &EntryId) -> Result<i64, Failure> {
        let row = row_of(&self.uid, Kind::Message, message)?;
        exists(connection, "SELECT 1 FROM messages WHERE id = ?1", row, no_such_message)
    }
}

fn exists(
    connection: &Connection,
    sql: &str,
    row: i64,
    otherwise: fn() -> Failure,
) -> Result<i64, Failure> {
    connection
        .prepare_cached(sql)
        .and_then(|mut statement| statement.exists([row]))
        .map_err(of_sqlite(READ))?
        .then_some(row)
        .ok_or_else(otherwise)
}

fn not_yet() -> Failure {
    Failure::new(Code::NO_SUPPORT, "the store does not do this")
}

fn no_such_folder() -> Failure {
    Failure::new(Code::NOT_FOUND, "the folder does not exist any more")
}

fn no_such_message() -> Failure {
    Failure::new(Code::NOT_FOUND, "the message does not exist any more")
}

fn named(tags: &[PropTag], find: fn(PropTag) -> Option<Column>) -> Vec<(PropTag, Option<Column>)> {
    tags.iter().map(|tag| (*tag, find(*tag))).collect()
}

/// Rows and depths of the folders below `top`, each after its parent.
fn descendants(connection: &Connection, top: i64) -> rusqlite::Result<Vec<(i64, i32)>> {
    // The last term makes the recursion depth first, siblings by their number.
    let sql = format!(
        "WITH RECURSIVE below(id, depth) AS (
             SELECT id, 1 FROM folders WHERE parent = ?1
             UNION ALL
             SELECT f.id, depth + 1 FROM folders f JOIN below ON f.parent = below.id
             WHERE depth < {MAX_FOLDER_DEPTH}
             ORDER BY 2 DESC, 1
         ) SELECT id, depth FROM below"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_map([top], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

impl MessageStore for SqliteStore {
    fn root(&self) -> EntryId {
        encode(&self.uid, Kind::Folder, ROOT_ROW)
    }

    fn record_key(&self) -> [u8; 16] {
        self.uid
    }

    fn support_mask(&self) -> u32 {
        0
    }

    fn special_folder(&self, which: SpecialFolder) -> Option<EntryId> {
        (which == SpecialFolder::Inbox).then(|| encode(&self.uid, Kind::Folder, INBOX_ROW))
    }

    fn hierarchy(&self, parent: &EntryId, columns: &[PropTag]) -> Result<Vec<Row>, Failure> {
        contents::check_columns(columns)?;
        let connection = self.lock();
        let top = self.folder_row(&connection, parent)?;
        let below = descendants(&connection, top).map_err(of_sqlite(READ))?;
        let named = named(columns, of_folder);
        let mut rows = Vec::with_capacity(below.len());
        for (folder, depth) in below {
            let tail = "FROM folders f WHERE f.id = ?";
            let found = self.select(&connection, &named, tail, vec![Sql::Integer(folder)])?;
            // Another process may have removed it since.
            let Some(mut row) = found.into_iter().next() else { continue };
            for (prop, tag) in row.iter_mut().zip(columns) {
                if *tag == PR_DEPTH {
                    *prop = Prop { tag: *tag, value: Value::Long(depth) };
                }
            }
            rows.push(row);
        }
        Ok(rows)
    }

    fn folder_props(&self, folder: &EntryId, tags: &[PropTag]) -> Result<Row, Failure> {
        contents::check_columns(tags)?;
        let row = row_of(&self.uid, Kind::Folder, folder)?;
        let tail = "FROM folders f WHERE f.id = ?";
        self.select(&self.lock(), &named(tags, of_folder), tail, vec![Sql::Integer(row)])?
            .pop()
            .ok_or_else(no_such_folder)
    }

    fn count(&self, folder: &EntryId, query: &Query) -> Result<u64, Failure> {
        let condition = contents::condition(query.restriction.as_ref(), &self.uid)?;
        let connection = self.lock();
        let folder = self.folder_row(&connection, folder)?;
        if query.associated {
            return Ok(0);
        }
        let sql =
            format!("SELECT count(*) FROM messages m WHERE m.folder = ? AND {}", condition.sql);
        let parameters = std::iter::once(Sql::Integer(folder)).chain(condition.parameters);
        connection
            .prepare_cached(&sql)
            .and_then(|mut statement| {
                statement.query_row(params_from_iter(parameters), |row| row.get::<_, i64>(0))
            })
            .map(i64::unsigned_abs)
            .map_err(of_sqlite(READ))
    }

    fn rows(
        &self,
        folder: &EntryId,
        query: &Query,
        start: u64,
        limit: u32,
    ) -> Result<Vec<Row>, Failure> {
        contents::check_columns(&query.columns)?;
        let condition = contents::condition(query.restriction.as_ref(), &self.uid)?;
        let order = contents::order(&query.sort)?;
        let connection = self.lock();
        let folder = self.folder_row(&connection, folder)?;
        if query.associated {
            return Ok(Vec::new());
        }
        let tail = format!(
            "FROM messages m WHERE m.folder = ? AND {} ORDER BY {order} LIMIT ? OFFSET ?",
            condition.sql
        );
        let mut parameters = vec![Sql::Integer(folder)];
        parameters.extend(condition.parameters);
        parameters.push(Sql::Integer(i64::from(limit)));
        parameters.push(Sql::Integer(i64::try_from(start).unwrap_or(i64::MAX)));
        self.select(&connection, &named(&query.columns, of_message), &tail, parameters)
    }

    fn message_props(&self, message: &EntryId, tags: &[PropTag]) -> Result<Row, Failure> {
        contents::check_columns(tags)?;
        let row = row_of(&self.uid, Kind::Message, message)?;
        let tail = "FROM messages m WHERE m.id = ?";
        self.select(&self.lock(), &named(tags, of_message), tail, vec![Sql::Integer(row)])?
            .pop()
            .ok_or_else(no_such_message)
    }

    fn attachments(&self, message: &EntryId, columns: &[PropTag]) -> Result<Vec<Row>, Failure> {
        contents::check_columns(columns)?;
        let connection = self.lock();
        let row = self.message_row(&connection, message)?;
        let tail = "FROM attachments a WHERE a.message = ? ORDER BY a.number";
        self.select(&connection, &named(columns, of_attachment), tail, vec![Sql::Integer(row)])
    }

    fn attachment_props(
        &self,
        message: &EntryId,
        number: u32,
        tags: &[PropTag],
    ) -> Result<Row, Failure> {
        contents::check_columns(tags)?;
        let connection = self.lock();
        let row = self.message_row(&connection, message)?;
        let tail = "FROM attachments a WHERE a.message = ? AND a.number = ?";
        let parameters = vec![Sql::Integer(row), Sql::Integer(i64::from(number))];
        self.select(&connection, &named(tags, of_attachment), tail, parameters)?.pop().ok_or_else(
            || Failure::new(Code::NOT_FOUND, format!("the message has no attachment {number}")),
        )
    }

    fn set_read(&self, messages: &[EntryId], read: bool) -> Result<(), Failure> {
        if !self.write {
            return Err(Failure::new(Code::NO_ACCESS, "the store was opened for reading only"));
        }
        let flag = if read { MSGFLAG_READ } else { 0 };
        let mut connection = self.lock();
        let failed = of_sqlite(WRITE);
        let transaction = connection.transaction().map_err(&failed)?;
        for message in messages {
            let row = row_of(&self.uid, Kind::Message, message)?;
            let changed = transaction
                .prepare_cached("UPDATE messages SET flags = flags & ~?2 | ?3 WHERE id = ?1")
                .and_then(|mut statement| statement.execute(params![row, MSGFLAG_READ, flag]))
                .map_err(&failed)?;
            if changed == 0 {
                return Err(no_such_message());
            }
        }
        transaction.commit().map_err(&failed)
    }

    fn folder_tags(&self, _folder: &EntryId) -> Result<Vec<PropTag>, Failure> {
        Err(not_yet())
    }

    fn change_folder(
        &self,
        _folder: &EntryId,
        _change: &PropChange,
    ) -> Result<StoreChange, Failure> {
        Err(not_yet())
    }

    fn create_folder(&self, _folder: &NewFolder<'_>) -> Result<EntryId, Failure> {
        Err(not_yet())
    }

    fn delete_folder(&self, _folder: &EntryId, _also: FolderDeletion) -> Result<(), Failure> {
        Err(not_yet())
    }

    fn move_folder(
        &self,
        _folder: &EntryId,
        _target: &EntryId,
        _name: Option<&str>,
    ) -> Result<(), Failure> {
        Err(not_yet())
    }

    fn message_tags(&self, _message: &EntryId) -> Result<Vec<PropTag>, Failure> {
        Err(not_yet())
    }

    fn recipients(&self, _message: &EntryId, _columns: &[PropTag]) -> Result<Vec<Row>, Failure> {
        Err(not_yet())
    }

    fn attachment_tags(&self, _message: &EntryId, _number: u32) -> Result<Vec<PropTag>, Failure> {
        Err(not_yet())
    }

    fn save_message(&self, _change: &MessageChange<'_>) -> Result<EntryId, Failure> {
        Err(not_yet())
    }

    fn delete_messages(&self, _messages: &[EntryId]) -> Result<(), Failure> {
        Err(not_yet())
    }

    fn copy_messages(&self, _copy: &MessageCopy<'_>) -> Result<Vec<EntryId>, Failure> {
        Err(not_yet())
    }

    fn ids_from_names(&self, _names: &[Name], _create: bool) -> Result<Vec<Option<u16>>, Failure> {
        Err(not_yet())
    }

    fn names_from_ids(&self, _ids: &[u16]) -> Result<Vec<Option<Name>>, Failure> {
        Err(not_yet())
    }

    fn all_names(&self) -> Result<Vec<(u16, Name)>, Failure> {
        Err(not_yet())
    }

    fn set_search(
        &self,
        _folder: &EntryId,
        _criteria: Option<&SearchCriteria>,
    ) -> Result<(), Failure> {
        Err(not_yet())
    }

    fn search(&self, _folder: &EntryId) -> Result<(SearchCriteria, SearchState), Failure> {
        Err(not_yet())
    }

    fn feed(&self) -> Result<Box<dyn ChangeFeed>, Failure> {
        Err(not_yet())
    }

    fn original(&self, message: &EntryId) -> Result<Option<Vec<u8>>, Failure> {
        let connection = self.lock();
        let row = self.message_row(&connection, message)?;
        connection
            .prepare_cached("SELECT raw FROM originals WHERE message = ?1")
            .and_then(|mut statement| statement.query_row([row], |row| row.get(0)).optional())
            .map_err(of_sqlite(READ))
    }
}
