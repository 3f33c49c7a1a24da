//! Where a table's rows come from.
//!
//! A source answers a [`Query`] exactly or says `TOO_COMPLEX`; then the engine
//! reads everything and looks itself. It never answers approximately.

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::Query;
use mapi_abi::tags::PropTag;
use mapi_abi::value::{EntryId, Row};

/// Rows that can be asked for.
///
/// Every row has a `PR_INSTANCE_KEY` or a `PR_ENTRYID` that no other row has. A
/// query without a sort order gives the order of arrival, the same each time.
pub trait RowSource: Send + Sync {
    /// How many rows meet the query's restriction.
    ///
    /// # Errors
    /// `TOO_COMPLEX` the source cannot say it exactly; otherwise the source's.
    fn count(&self, query: &Query) -> Result<u64, Failure>;

    /// At most `limit` rows from row `start` of the query on.
    ///
    /// # Errors
    /// As [`RowSource::count`].
    fn rows(&self, query: &Query, start: u64, limit: u32) -> Result<Vec<Row>, Failure>;

    /// Rows of a table that the row with that entry identifier has:
    /// `PR_MESSAGE_RECIPIENTS` or `PR_MESSAGE_ATTACHMENTS`.
    ///
    /// # Errors
    /// `TOO_COMPLEX` rows here have no tables; otherwise the source's.
    fn sub_rows(
        &self,
        _entry: &EntryId,
        _table: PropTag,
        _columns: &[PropTag],
    ) -> Result<Vec<Row>, Failure> {
        Err(Failure::new(Code::TOO_COMPLEX, "the rows of this table have no tables of their own"))
    }

    /// A number that is another one whenever a row is: what was evaluated stays
    /// good for as long as it is the same. `None` evaluates anew at each call.
    ///
    /// # Errors
    /// The source's.
    fn revision(&self) -> Result<Option<u64>, Failure> {
        Ok(None)
    }

    /// All columns that rows may have (`TBL_ALL_COLUMNS`); none when that is not
    /// known.
    fn all_columns(&self) -> Vec<PropTag> {
        Vec::new()
    }

    /// Which changes of a store are changes of these rows.
    fn scope(&self) -> Scope {
        Scope::Nothing
    }

    /// The instance key of the row of an object.
    fn instance_key(&self, entry: &EntryId) -> Vec<u8> {
        entry.0.clone()
    }
}

/// What of a store the rows of a table show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The messages of a folder.
    Contents(EntryId),
    /// The folders below a folder.
    Hierarchy {
        /// The folder.
        folder: EntryId,
        /// Whether also those further below.
        deep: bool,
    },
    /// Nothing that changes.
    Nothing,
    /// What a search folder found anywhere.
    Search(EntryId),
}
