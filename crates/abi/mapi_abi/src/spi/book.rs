//! What an address book provider offers.

use super::store::Query;
use crate::codes::Failure;
use crate::tags::PropTag;
use crate::value::{EntryId, Row};

/// A container of an address book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container {
    /// Identifies it.
    pub entry: EntryId,
    /// Its name for people.
    pub name: String,
    /// Whether entries can be made in it.
    pub is_modifiable: bool,
}

/// What a name means to an address book.
#[derive(Clone, Debug, PartialEq)]
pub enum Resolution {
    /// No entry has it.
    Unresolved,
    /// Several have.
    Ambiguous(Vec<Row>),
    /// This one, with the columns asked for.
    Resolved(Row),
}

/// An open address book of one user.
///
/// Entries have at least `PR_ENTRYID`, `PR_OBJECT_TYPE`, `PR_DISPLAY_TYPE`,
/// `PR_DISPLAY_NAME`, `PR_ADDRTYPE` and `PR_EMAIL_ADDRESS`.
pub trait AddressBook: Send + Sync {
    /// The containers, the default one first.
    ///
    /// # Errors
    /// Disk errors.
    fn containers(&self) -> Result<Vec<Container>, Failure>;

    /// How many entries of a container meet the query's restriction.
    ///
    /// # Errors
    /// `NOT_FOUND`; `INVALID_ENTRYID`; disk errors.
    fn count(&self, container: &EntryId, query: &Query) -> Result<u64, Failure>;

    /// At most `limit` rows of a container, from row `start` of the query on.
    ///
    /// # Errors
    /// As [`AddressBook::count`].
    fn rows(
        &self,
        container: &EntryId,
        query: &Query,
        start: u64,
        limit: u32,
    ) -> Result<Vec<Row>, Failure>;

    /// The values of an entry's properties.
    ///
    /// # Errors
    /// `NOT_FOUND`; `INVALID_ENTRYID`; disk errors.
    fn entry_props(&self, entry: &EntryId, tags: &[PropTag]) -> Result<Row, Failure>;

    /// All tags of an entry that have values.
    ///
    /// # Errors
    /// As [`AddressBook::entry_props`].
    fn entry_tags(&self, entry: &EntryId) -> Result<Vec<PropTag>, Failure>;

    /// The members of a distribution list, as entry identifiers.
    ///
    /// # Errors
    /// `NOT_FOUND`; `INVALID_ENTRYID` also when it is no list.
    fn members(&self, entry: &EntryId) -> Result<Vec<EntryId>, Failure>;

    /// Adds or changes an entry of a modifiable container; durable when it
    /// returns.
    ///
    /// # Errors
    /// `NO_ACCESS`; `NOT_FOUND`; disk errors.
    fn save_entry(
        &self,
        container: &EntryId,
        entry: Option<&EntryId>,
        props: &Row,
    ) -> Result<EntryId, Failure>;

    /// Removes entries.
    ///
    /// # Errors
    /// `NO_ACCESS`; `NOT_FOUND`; disk errors.
    fn delete_entries(&self, entries: &[EntryId]) -> Result<(), Failure>;

    /// Looks a name or address up in all containers, folded and by the beginning
    /// of words; an exact match wins.
    ///
    /// # Errors
    /// Disk errors.
    fn resolve(&self, name: &str, columns: &[PropTag]) -> Result<Resolution, Failure>;
}
