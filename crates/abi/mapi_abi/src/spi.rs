//! What a message store provider offers to the engine, in safe Rust.
//!
//! # Contract
//! - A provider is shared by every session; a store belongs to one logon.
//! - Identity: the logon says whose store it is. A provider never looks at the
//!   calling thread to find that out; the files it opens are opened on the
//!   calling thread, which has the user's kernel identity where the process may
//!   take it.
//! - Any method may be called from any thread, several at a time.
//! - Rows are values; a table keeps its own position and asks for slices.
//! - Errors are [`Failure`]s: a documented code and a sentence.
//!
//! Implementations: `store_sqlite`.

use std::path::Path;

use crate::codes::Failure;
use crate::restriction::{Restriction, SortKey};
use crate::tags::PropTag;
use crate::value::{EntryId, Row};

/// What a provider is told at logon.
#[derive(Clone, Copy, Debug)]
pub struct StoreLogon<'a> {
    /// The user whose store it is.
    pub user: &'a str,
    /// The folder in which the provider keeps this user's data.
    pub folder: &'a Path,
    /// Whether the store may be changed.
    pub write: bool,
    /// Whether a missing store is created.
    pub create: bool,
}

/// A message store provider.
pub trait StoreProvider: Send + Sync {
    /// The provider's name, as the status table shows it.
    fn name(&self) -> &'static str;

    /// Opens the user's store.
    ///
    /// # Errors
    /// `NOT_FOUND` no such store and none is to be created; `NO_ACCESS`;
    /// `VERSION`; `CORRUPT_STORE`; `DISK_ERROR`; `NOT_ENOUGH_DISK`.
    fn logon(&self, logon: StoreLogon<'_>) -> Result<Box<dyn MessageStore>, Failure>;
}

/// Which rows of a table are asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// Columns of each row, in order.
    pub columns: Vec<PropTag>,
    /// What rows must meet, if anything.
    pub restriction: Option<Restriction>,
    /// Most significant key first; ties keep the order of arrival.
    pub sort: Vec<SortKey>,
}

/// An open message store.
pub trait MessageStore: Send + Sync {
    /// Entry identifier of the root of the user's folders.
    fn root(&self) -> EntryId;

    /// Entry identifier of the folder in which new mail arrives.
    fn receive_folder(&self) -> EntryId;

    /// All folders below `parent`, each after its parent, with `PR_DEPTH`
    /// counted from `parent`; siblings in the order of their creation.
    ///
    /// # Errors
    /// `NOT_FOUND` no such folder; `INVALID_ENTRYID`; disk errors.
    fn hierarchy(&self, parent: &EntryId, columns: &[PropTag]) -> Result<Vec<Row>, Failure>;

    /// The values of a folder's own properties.
    ///
    /// # Errors
    /// `NOT_FOUND` no such folder; `INVALID_ENTRYID`; disk errors.
    fn folder_props(&self, folder: &EntryId, tags: &[PropTag]) -> Result<Row, Failure>;

    /// How many messages of `folder` meet the query's restriction.
    ///
    /// # Errors
    /// `NOT_FOUND`; `INVALID_ENTRYID`; `TOO_COMPLEX` the restriction; disk errors.
    fn count(&self, folder: &EntryId, query: &Query) -> Result<u64, Failure>;

    /// At most `limit` rows of `folder`, from row `start` of the query on.
    ///
    /// # Errors
    /// As [`MessageStore::count`].
    fn rows(
        &self,
        folder: &EntryId,
        query: &Query,
        start: u64,
        limit: u32,
    ) -> Result<Vec<Row>, Failure>;

    /// The values of a message's properties, bodies included.
    ///
    /// # Errors
    /// `NOT_FOUND` no such message; `INVALID_ENTRYID`; disk errors.
    fn message_props(&self, message: &EntryId, tags: &[PropTag]) -> Result<Row, Failure>;

    /// The attachments of a message in their order. `PR_ATTACH_DATA_BIN` is
    /// given when it is among the columns.
    ///
    /// # Errors
    /// As [`MessageStore::message_props`].
    fn attachments(&self, message: &EntryId, columns: &[PropTag]) -> Result<Vec<Row>, Failure>;

    /// The values of one attachment's properties.
    ///
    /// # Errors
    /// `NOT_FOUND` no such message or attachment; `INVALID_ENTRYID`; disk errors.
    fn attachment_props(
        &self,
        message: &EntryId,
        number: u32,
        tags: &[PropTag],
    ) -> Result<Row, Failure>;

    /// Marks a message as read or unread.
    ///
    /// # Errors
    /// `NOT_FOUND`; `NO_ACCESS` the store was opened for reading; disk errors.
    fn set_read(&self, message: &EntryId, read: bool) -> Result<(), Failure>;
}
