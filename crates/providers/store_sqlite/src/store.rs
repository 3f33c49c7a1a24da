//! An open store.
//!
//! One connection per logon behind one lock: a store belongs to one logon, its
//! calls wait for each other for as long as one statement takes, and for other
//! processes no longer than [`crate::BUSY_TIMEOUT`].

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::{
    ChangeFeed, FolderDeletion, MessageChange, MessageCopy, MessageStore, Name, NewFolder,
    PropChange, Query, SearchCriteria, SearchState, SpecialFolder, StoreChange,
};
use mapi_abi::tags::{PR_DEPTH, PropTag, support};
use mapi_abi::value::{EntryId, FileTime, Prop, Row, Value};
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params_from_iter};

use crate::changes::Log;
use crate::columns::Table;
use crate::database::{self, Database, StoreAt};
use crate::entry::{Kind, Uid, encode, row_of};
use crate::failure::of_sqlite;
use crate::feed::Feed;
use crate::folders::{self, SEARCH};
use crate::messages::{self, no_such_message};
use crate::migration::part_number;
use crate::notice::Notice;
use crate::schema::ROOT_ROW;
use crate::{contents, names, order, search, select};

const READ: &str = "reading the store";
const WRITE: &str = "changing the store";

/// What every store here can do; one that may be changed also takes changes.
const SUPPORT: u32 = support::STORE_ENTRYID_UNIQUE
    | support::STORE_SEARCH_OK
    | support::STORE_ATTACH_OK
    | support::STORE_SUBMIT_OK
    | support::STORE_NOTIFY_OK
    | support::STORE_MV_PROPS_OK
    | support::STORE_RESTRICTION_OK
    | support::STORE_SORT_OK
    | support::STORE_UNICODE_OK;

/// An open store.
pub struct SqliteStore {
    connection: Mutex<Connection>,
    uid: Uid,
    write: bool,
    folder: PathBuf,
    mailbox: String,
    /// For stores whose files can be written, also by others than this logon.
    notice: Option<Notice>,
}

impl SqliteStore {
    /// Opens a mailbox's store.
    ///
    /// # Errors
    /// `NOT_FOUND` there is none; `NO_ACCESS` also when it is another mailbox's;
    /// `CORRUPT_STORE`; `VERSION`; disk errors.
    pub fn open(store: StoreAt<'_>) -> Result<Self, Failure> {
        let Database { connection, uid, is_writable } = database::open(store)?;
        Ok(Self {
            connection: Mutex::new(connection),
            uid,
            write: store.access.write,
            folder: store.folder.to_owned(),
            mailbox: store.mailbox.to_owned(),
            notice: is_writable.then(|| Notice::open(store.folder)),
        })
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // A statement that was left half done by a panic was reset by its drop.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes one change, wholly or not at all; on the disk when it returns.
    fn change<T>(
        &self,
        body: impl FnOnce(&Connection, &mut Log, FileTime) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        if !self.write {
            return Err(Failure::new(Code::NO_ACCESS, "the store was opened for reading only"));
        }
        let failed = of_sqlite(WRITE);
        let mut connection = self.lock();
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(&failed)?;
        let mut log = Log::default();
        let now = FileTime::from_system(SystemTime::now());
        let done = body(&transaction, &mut log, now)?;
        log.finish(&transaction).map_err(&failed)?;
        transaction.commit().map_err(&failed)?;
        drop(connection);
        if let Some(notice) = &self.notice {
            notice.tell();
        }
        Ok(done)
    }

    fn folder_row(&self, connection: &Connection, folder: &EntryId) -> Result<i64, Failure> {
        folders::row(connection, &self.uid, folder)
    }

    fn entry(&self, kind: Kind, row: i64) -> EntryId {
        encode(&self.uid, kind, row)
    }

    /// The one row of a table with that number.
    fn object(
        &self,
        connection: &Connection,
        table: Table,
        row: i64,
        tags: &[PropTag],
    ) -> Result<Option<Row>, Failure> {
        let (name, alias) = (table.name(), table.alias());
        let tail = format!("FROM {name} {alias} WHERE {alias}.id = ?");
        let parameters = vec![Sql::Integer(row)];
        Ok(select::rows(connection, &self.uid, table, tags, &tail, parameters)?.pop())
    }

    fn folder_object(
        &self,
        connection: &Connection,
        row: i64,
        kind: i32,
        tags: &[PropTag],
    ) -> Result<Option<Row>, Failure> {
        let mut found = self.object(connection, Table::Folder, row, tags)?;
        if let Some(found) = found.as_mut().filter(|_| kind == SEARCH) {
            search::fill_counts(connection, &self.uid, row, tags, found)?;
        }
        Ok(found)
    }

    /// The number of an attachment's row.
    fn attachment(
        &self,
        connection: &Connection,
        message: &EntryId,
        number: u32,
    ) -> Result<i64, Failure> {
        let row = messages::row(connection, &self.uid, message)?;
        connection
            .prepare_cached("SELECT id FROM attachments WHERE message = ?1 AND number = ?2")
            .and_then(|mut find| {
                find.query_row([row, i64::from(number)], |row| row.get(0)).optional()
            })
            .map_err(of_sqlite(READ))?
            .ok_or_else(|| no_such_attachment(number))
    }

    /// The rows that belong to a message, in their order.
    fn parts(
        &self,
        table: Table,
        message: &EntryId,
        columns: &[PropTag],
    ) -> Result<Vec<Row>, Failure> {
        let connection = self.lock();
        let row = messages::row(&connection, &self.uid, message)?;
        let (name, alias) = (table.name(), table.alias());
        let tail = format!("FROM {name} {alias} WHERE {alias}.message = ? ORDER BY {alias}.number");
        select::rows(&connection, &self.uid, table, columns, &tail, vec![Sql::Integer(row)])
    }
}

fn no_such_attachment(number: u32) -> Failure {
    Failure::new(Code::NOT_FOUND, format!("the message has no attachment {number}"))
}

impl MessageStore for SqliteStore {
    fn record_key(&self) -> [u8; 16] {
        self.uid
    }

    fn support_mask(&self) -> u32 {
        if self.write {
            SUPPORT | support::STORE_MODIFY_OK | support::STORE_CREATE_OK
        } else {
            SUPPORT | support::STORE_READONLY
        }
    }

    fn root(&self) -> EntryId {
        self.entry(Kind::Folder, ROOT_ROW)
    }

    fn special_folder(&self, which: SpecialFolder) -> Option<EntryId> {
        self.lock()
            .prepare_cached("SELECT folder FROM special_folders WHERE part = ?1")
            .and_then(|mut find| find.query_row([part_number(which)], |row| row.get(0)))
            .ok()
            .map(|row| self.entry(Kind::Folder, row))
    }

    fn hierarchy(&self, parent: &EntryId, columns: &[PropTag]) -> Result<Vec<Row>, Failure> {
        let connection = self.lock();
        let top = self.folder_row(&connection, parent)?;
        let below = folders::below(&connection, top).map_err(of_sqlite(READ))?;
        let mut rows = Vec::with_capacity(below.len());
        for folder in below {
            // Another process may have removed it since.
            let found = self.folder_object(&connection, folder.row, folder.kind, columns)?;
            let Some(mut row) = found else { continue };
            for (prop, tag) in row.iter_mut().zip(columns) {
                if *tag == PR_DEPTH {
                    *prop = Prop { tag: *tag, value: Value::Long(folder.depth) };
                }
            }
            rows.push(row);
        }
        Ok(rows)
    }

    fn folder_props(&self, folder: &EntryId, tags: &[PropTag]) -> Result<Row, Failure> {
        let connection = self.lock();
        let row = row_of(&self.uid, Kind::Folder, folder)?;
        let kind = folders::kind(&connection, row)?.ok_or_else(folders::no_such_folder)?;
        self.folder_object(&connection, row, kind, tags)?.ok_or_else(folders::no_such_folder)
    }

    fn folder_tags(&self, folder: &EntryId) -> Result<Vec<PropTag>, Failure> {
        let row = row_of(&self.uid, Kind::Folder, folder)?;
        select::tags(&self.lock(), Table::Folder, row)?.ok_or_else(folders::no_such_folder)
    }

    fn change_folder(&self, folder: &EntryId, change: &PropChange) -> Result<StoreChange, Failure> {
        self.change(|connection, log, now| {
            let row = self.folder_row(connection, folder)?;
            folders::change(connection, log, row, change, now)
        })
    }

    fn create_folder(&self, folder: &NewFolder<'_>) -> Result<EntryId, Failure> {
        let row = self.change(|connection, log, now| {
            folders::create(connection, log, &self.uid, folder, now)
        })?;
        Ok(self.entry(Kind::Folder, row))
    }

    fn delete_folder(&self, folder: &EntryId, also: FolderDeletion) -> Result<(), Failure> {
        self.change(|connection, log, _| {
            let row = self.folder_row(connection, folder)?;
            folders::delete(connection, log, row, also)
        })
    }

    fn move_folder(
        &self,
        folder: &EntryId,
        target: &EntryId,
        name: Option<&str>,
    ) -> Result<(), Failure> {
        self.change(|connection, log, _| {
            let row = self.folder_row(connection, folder)?;
            let target = self.folder_row(connection, target)?;
            folders::shift(connection, log, row, target, name)
        })
    }

    fn count(&self, folder: &EntryId, query: &Query) -> Result<u64, Failure> {
        let condition = contents::condition(query.restriction.as_ref(), &self.uid)?;
        let connection = self.lock();
        let row = row_of(&self.uid, Kind::Folder, folder)?;
        let kind = folders::kind(&connection, row)?.ok_or_else(folders::no_such_folder)?;
        let source = search::source(&connection, &self.uid, row, kind, query.associated)?;
        let sql =
            format!("SELECT count(*) FROM messages m WHERE {} AND {}", source.sql, condition.sql);
        let parameters = source.parameters.into_iter().chain(condition.parameters);
        let count = connection
            .prepare_cached(&sql)
            .and_then(|mut statement| {
                statement.query_row(params_from_iter(parameters), |row| row.get::<_, i64>(0))
            })
            .map_err(of_sqlite(READ))?;
        let most = condition.most.map_or(u64::MAX, u64::from);
        Ok(count.unsigned_abs().min(most))
    }

    fn rows(
        &self,
        folder: &EntryId,
        query: &Query,
        start: u64,
        limit: u32,
    ) -> Result<Vec<Row>, Failure> {
        select::check_columns(&query.columns)?;
        let condition = contents::condition(query.restriction.as_ref(), &self.uid)?;
        let order = order::order(&query.sort)?;
        let connection = self.lock();
        let row = row_of(&self.uid, Kind::Folder, folder)?;
        let kind = folders::kind(&connection, row)?.ok_or_else(folders::no_such_folder)?;
        let source = search::source(&connection, &self.uid, row, kind, query.associated)?;
        let left = condition.most.map_or(u64::MAX, u64::from).saturating_sub(start);
        let limit = i64::try_from(u64::from(limit).min(left)).unwrap_or(i64::MAX);
        let tail = order::page(&source.sql, &condition.sql, &order);
        let mut parameters = source.parameters;
        parameters.extend(condition.parameters);
        parameters.push(Sql::Integer(limit));
        parameters.push(Sql::Integer(i64::try_from(start).unwrap_or(i64::MAX)));
        select::rows(&connection, &self.uid, Table::Message, &query.columns, &tail, parameters)
    }

    fn message_props(&self, message: &EntryId, tags: &[PropTag]) -> Result<Row, Failure> {
        let row = row_of(&self.uid, Kind::Message, message)?;
        self.object(&self.lock(), Table::Message, row, tags)?.ok_or_else(no_such_message)
    }

    fn message_tags(&self, message: &EntryId) -> Result<Vec<PropTag>, Failure> {
        let row = row_of(&self.uid, Kind::Message, message)?;
        select::tags(&self.lock(), Table::Message, row)?.ok_or_else(no_such_message)
    }

    fn original(&self, message: &EntryId) -> Result<Option<Vec<u8>>, Failure> {
        let connection = self.lock();
        let row = messages::row(&connection, &self.uid, message)?;
        connection
            .prepare_cached("SELECT raw FROM originals WHERE message = ?1")
            .and_then(|mut find| find.query_row([row], |row| row.get(0)).optional())
            .map_err(of_sqlite(READ))
    }

    fn recipients(&self, message: &EntryId, columns: &[PropTag]) -> Result<Vec<Row>, Failure> {
        self.parts(Table::Recipient, message, columns)
    }

    fn attachments(&self, message: &EntryId, columns: &[PropTag]) -> Result<Vec<Row>, Failure> {
        self.parts(Table::Attachment, message, columns)
    }

    fn attachment_props(
        &self,
        message: &EntryId,
        number: u32,
        tags: &[PropTag],
    ) -> Result<Row, Failure> {
        let connection = self.lock();
        let row = self.attachment(&connection, message, number)?;
        self.object(&connection, Table::Attachment, row, tags)?
            .ok_or_else(|| no_such_attachment(number))
    }

    fn attachment_tags(&self, message: &EntryId, number: u32) -> Result<Vec<PropTag>, Failure> {
        let connection = self.lock();
        let row = self.attachment(&connection, message, number)?;
        select::tags(&connection, Table::Attachment, row)?.ok_or_else(|| no_such_attachment(number))
    }

    fn save_message(&self, change: &MessageChange<'_>) -> Result<EntryId, Failure> {
        let row = self.change(|connection, log, now| {
            messages::save(connection, log, &self.uid, change, now)
        })?;
        Ok(self.entry(Kind::Message, row))
    }

    fn delete_messages(&self, list: &[EntryId]) -> Result<(), Failure> {
        self.change(|connection, log, _| messages::delete(connection, log, &self.uid, list))
    }

    fn copy_messages(&self, copy: &MessageCopy<'_>) -> Result<Vec<EntryId>, Failure> {
        let rows = self.change(|connection, log, now| {
            if copy.is_move {
                messages::shift(connection, log, &self.uid, copy.messages, copy.target)
            } else {
                messages::copy(connection, log, &self.uid, copy.messages, copy.target, now)
            }
        })?;
        Ok(rows.into_iter().map(|row| self.entry(Kind::Message, row)).collect())
    }

    fn set_read(&self, list: &[EntryId], read: bool) -> Result<(), Failure> {
        self.change(|connection, log, _| messages::set_read(connection, log, &self.uid, list, read))
    }

    fn ids_from_names(&self, names: &[Name], create: bool) -> Result<Vec<Option<u16>>, Failure> {
        let found = names::find(&self.lock(), names)?;
        if !create || found.iter().all(Option::is_some) {
            return Ok(found);
        }
        self.change(|connection, _, _| names::make(connection, names))
    }

    fn names_from_ids(&self, ids: &[u16]) -> Result<Vec<Option<Name>>, Failure> {
        let connection = self.lock();
        ids.iter().map(|id| names::name_of(&connection, *id).map_err(of_sqlite(READ))).collect()
    }

    fn all_names(&self) -> Result<Vec<(u16, Name)>, Failure> {
        names::all(&self.lock()).map_err(of_sqlite(READ))
    }

    fn set_search(
        &self,
        folder: &EntryId,
        criteria: Option<&SearchCriteria>,
    ) -> Result<(), Failure> {
        self.change(|connection, log, _| {
            let row = self.folder_row(connection, folder)?;
            match criteria {
                Some(criteria) => search::set(connection, log, &self.uid, row, criteria),
                None => search::stop(connection, log, &self.uid, row),
            }
        })
    }

    fn search(&self, folder: &EntryId) -> Result<(SearchCriteria, SearchState), Failure> {
        let connection = self.lock();
        let row = self.folder_row(&connection, folder)?;
        search::get(&connection, &self.uid, row)
    }

    fn feed(&self) -> Result<Box<dyn ChangeFeed>, Failure> {
        Ok(Box::new(Feed::open(&self.folder, &self.mailbox)?))
    }
}

#[cfg(test)]
mod tests {
    use mapi_abi::spi::Access;
    use mapi_abi::tags::{PR_BODY, PR_CONTENT_COUNT};

    use super::*;

    #[test]
    fn a_full_disk_is_named_and_leaves_the_store_as_it_was() {
        let folder = tempfile::tempdir().expect("a folder");
        let access = Access { write: true, create: true };
        let at = StoreAt { folder: folder.path(), mailbox: "alice", access };
        let store = SqliteStore::open(at).expect("a store");
        let root = store.root();
        let limit = |more: i64| {
            let connection = store.lock();
            let pages: i64 = connection
                .pragma_query_value(None, "page_count", |row| row.get(0))
                .expect("a number");
            connection
                .pragma_update_and_check(None, "max_page_count", pages + more, |_| Ok(()))
                .expect("a limit");
        };
        let save = |length| {
            store.save_message(&MessageChange {
                message: None,
                folder: &root,
                associated: false,
                props: PropChange {
                    set: vec![Prop::text(PR_BODY, "x".repeat(length))],
                    delete: Vec::new(),
                },
                recipients: None,
                attachments: Vec::new(),
                expected: None,
                original: None,
            })
        };
        save(1).expect("a message");
        limit(4);
        assert_eq!(save(1 << 20).expect_err("no room").code, Code::NOT_ENOUGH_DISK);
        save(1).expect("small ones still fit");
        let count = store.folder_props(&root, &[PR_CONTENT_COUNT]).expect("a count");
        assert_eq!(count, [Prop::new(PR_CONTENT_COUNT, Value::Long(2))]);
    }
}
