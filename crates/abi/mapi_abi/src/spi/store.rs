//! What an open message store offers.
//!
//! Reading is in pages and whole objects; writing is in changes, each of which
//! happens as a whole or not at all and is durable when the call returns.

use super::feed::ChangeFeed;
use crate::codes::{Code, Failure};
use crate::restriction::{Restriction, SortKey};
use crate::tags::PropTag;
use crate::value::{EntryId, Prop, Row};

/// Which rows of a table are asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// Columns of each row, in order.
    pub columns: Vec<PropTag>,
    /// What rows must meet, if anything.
    pub restriction: Option<Restriction>,
    /// Most significant key first; ties keep the order of arrival.
    pub sort: Vec<SortKey>,
    /// The folder's associated (hidden) messages instead of the normal ones.
    pub associated: bool,
}

/// A folder with a part to play.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SpecialFolder {
    /// Where new mail arrives.
    Inbox,
    /// Messages on their way out.
    Outbox,
    /// Copies of sent messages.
    SentItems,
    /// Deleted messages.
    DeletedItems,
    /// Messages being written.
    Drafts,
    /// Search folders stand below it.
    Finder,
}

/// `PR_FOLDER_TYPE` of a folder that is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FolderKind {
    /// It holds messages.
    Generic,
    /// It shows messages of other folders that meet a condition.
    Search,
}

/// A folder that is made.
#[derive(Clone, Debug)]
pub struct NewFolder<'a> {
    /// Where.
    pub parent: &'a EntryId,
    /// Its name, unique among its siblings.
    pub name: &'a str,
    /// `PR_COMMENT`, may be empty.
    pub comment: &'a str,
    /// What it is.
    pub kind: FolderKind,
    /// Whether a folder of that name is answered instead of `COLLISION`.
    pub open_if_exists: bool,
}

/// What may go with a folder that is deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FolderDeletion {
    /// Its messages; else `HAS_MESSAGES`.
    pub messages: bool,
    /// The folders below it; else `HAS_FOLDERS`.
    pub folders: bool,
}

/// Properties that are set and removed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PropChange {
    /// New values.
    pub set: Vec<Prop>,
    /// Properties without a value from now on.
    pub delete: Vec<PropTag>,
}

/// What becomes of one attachment of a message that is saved.
#[derive(Clone, Debug, PartialEq)]
pub struct AttachmentChange {
    /// Its number; a new number makes an attachment.
    pub number: u32,
    /// Whether it goes; then `props` says nothing.
    pub delete: bool,
    /// Its properties.
    pub props: PropChange,
}

/// A message that is saved: what changed since it was opened.
#[derive(Clone, Debug)]
pub struct MessageChange<'a> {
    /// The message; `None` makes one.
    pub message: Option<&'a EntryId>,
    /// The folder of a new message.
    pub folder: &'a EntryId,
    /// Whether a new message is an associated one.
    pub associated: bool,
    /// Its properties.
    pub props: PropChange,
    /// Its recipients, all of them, when they changed. Each has at least
    /// `PR_ROWID`, `PR_RECIPIENT_TYPE` and `PR_DISPLAY_NAME`.
    pub recipients: Option<Vec<Row>>,
    /// Its attachments that changed.
    pub attachments: Vec<AttachmentChange>,
    /// The `PR_LAST_MODIFICATION_TIME` that it had when it was opened: another
    /// one by now is `OBJECT_CHANGED`. `None` overwrites.
    pub expected: Option<crate::value::FileTime>,
    /// The bytes that it was made from, when it came from outside.
    pub original: Option<&'a [u8]>,
}

/// Messages that are copied or moved.
#[derive(Clone, Debug)]
pub struct MessageCopy<'a> {
    /// Which.
    pub messages: &'a [EntryId],
    /// Whereto, in the same store.
    pub target: &'a EntryId,
    /// Whether they are gone from where they were.
    pub is_move: bool,
}

/// What a search folder looks for.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchCriteria {
    /// What messages must meet.
    pub restriction: Restriction,
    /// Where it looks.
    pub folders: Vec<EntryId>,
    /// Whether it looks below these folders too.
    pub recursive: bool,
}

/// Whether a search folder follows its criteria now (`SEARCH_*`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SearchState(pub u32);

/// A named property.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Name {
    /// By number in a set.
    Id {
        /// The set's GUID, in its byte order in memory.
        set: [u8; 16],
        /// The number.
        id: i32,
    },
    /// By text in a set.
    Text {
        /// The set's GUID, in its byte order in memory.
        set: [u8; 16],
        /// The text; capitals count.
        text: String,
    },
}

/// What a write did not do, property by property; empty when all is done.
pub type StoreChange = Vec<(PropTag, Code)>;

/// An open message store.
pub trait MessageStore: Send + Sync {
    /// The store's 16-byte identity (`PR_RECORD_KEY`); the same at every logon.
    fn record_key(&self) -> [u8; 16];

    /// `PR_STORE_SUPPORT_MASK`.
    fn support_mask(&self) -> u32;

    /// Entry identifier of the root of the user's folders.
    fn root(&self) -> EntryId;

    /// A folder with a part to play.
    fn special_folder(&self, which: SpecialFolder) -> Option<EntryId>;

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

    /// All tags of a folder that have values.
    ///
    /// # Errors
    /// As [`MessageStore::folder_props`].
    fn folder_tags(&self, folder: &EntryId) -> Result<Vec<PropTag>, Failure>;

    /// Changes a folder's properties; answers those that it refused.
    ///
    /// # Errors
    /// `NO_ACCESS`; `NOT_FOUND`; `COLLISION` the name is taken; disk errors.
    fn change_folder(&self, folder: &EntryId, change: &PropChange) -> Result<StoreChange, Failure>;

    /// Makes a folder.
    ///
    /// # Errors
    /// `NO_ACCESS`; `COLLISION`; `NOT_FOUND` the parent; `NO_SUPPORT` the kind;
    /// `INVALID_PARAMETER` the name; disk errors.
    fn create_folder(&self, folder: &NewFolder<'_>) -> Result<EntryId, Failure>;

    /// Deletes a folder.
    ///
    /// # Errors
    /// `HAS_FOLDERS`, `HAS_MESSAGES`; `NO_ACCESS` also for special folders;
    /// `NOT_FOUND`; disk errors.
    fn delete_folder(&self, folder: &EntryId, also: FolderDeletion) -> Result<(), Failure>;

    /// Moves a folder with all that is in it.
    ///
    /// # Errors
    /// `FOLDER_CYCLE`; `COLLISION`; `NO_ACCESS`; `NOT_FOUND`; disk errors.
    fn move_folder(
        &self,
        folder: &EntryId,
        target: &EntryId,
        name: Option<&str>,
    ) -> Result<(), Failure>;

    /// How many messages of `folder` meet the query's restriction.
    ///
    /// # Errors
    /// `NOT_FOUND`; `INVALID_ENTRYID`; `TOO_COMPLEX` the store cannot say it
    /// exactly, and the caller looks itself; disk errors.
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

    /// All tags of a message that have values.
    ///
    /// # Errors
    /// As [`MessageStore::message_props`].
    fn message_tags(&self, message: &EntryId) -> Result<Vec<PropTag>, Failure>;

    /// The bytes that a message came from outside in, where they were kept.
    ///
    /// # Errors
    /// As [`MessageStore::message_props`].
    fn original(&self, message: &EntryId) -> Result<Option<Vec<u8>>, Failure>;

    /// The recipients of a message, in the order of `PR_ROWID`.
    ///
    /// # Errors
    /// As [`MessageStore::message_props`].
    fn recipients(&self, message: &EntryId, columns: &[PropTag]) -> Result<Vec<Row>, Failure>;

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

    /// All tags of an attachment that have values.
    ///
    /// # Errors
    /// As [`MessageStore::attachment_props`].
    fn attachment_tags(&self, message: &EntryId, number: u32) -> Result<Vec<PropTag>, Failure>;

    /// Makes or changes a message.
    ///
    /// # Errors
    /// `NO_ACCESS`; `NOT_FOUND`; `OBJECT_CHANGED`; `OBJECT_DELETED`;
    /// `NOT_ENOUGH_DISK`; `TOO_BIG`; disk errors.
    fn save_message(&self, change: &MessageChange<'_>) -> Result<EntryId, Failure>;

    /// Deletes messages for good; those that are gone already do not count.
    ///
    /// # Errors
    /// `NO_ACCESS`; `INVALID_ENTRYID`; disk errors.
    fn delete_messages(&self, messages: &[EntryId]) -> Result<(), Failure>;

    /// Copies or moves messages; answers their new entry identifiers in order.
    ///
    /// # Errors
    /// `NO_ACCESS`; `NOT_FOUND`; `INVALID_ENTRYID`; disk errors.
    fn copy_messages(&self, copy: &MessageCopy<'_>) -> Result<Vec<EntryId>, Failure>;

    /// Marks messages as read or unread.
    ///
    /// # Errors
    /// `NOT_FOUND`; `NO_ACCESS` the store was opened for reading; disk errors.
    fn set_read(&self, messages: &[EntryId], read: bool) -> Result<(), Failure>;

    /// Identifiers of named properties (0x8000 and above) in the order of the
    /// names; `None` for a name that is not known and not to be made.
    ///
    /// # Errors
    /// `NO_SUPPORT`; `NO_ACCESS`; `TOO_BIG` there are too many; disk errors.
    fn ids_from_names(&self, names: &[Name], create: bool) -> Result<Vec<Option<u16>>, Failure>;

    /// The names of identifiers, in their order.
    ///
    /// # Errors
    /// `NO_SUPPORT`; disk errors.
    fn names_from_ids(&self, ids: &[u16]) -> Result<Vec<Option<Name>>, Failure>;

    /// All named properties of the store.
    ///
    /// # Errors
    /// As [`MessageStore::names_from_ids`].
    fn all_names(&self) -> Result<Vec<(u16, Name)>, Failure>;

    /// Sets what a search folder looks for; `None` stops it as it is.
    ///
    /// # Errors
    /// `NO_SUPPORT` it is no search folder; `TOO_COMPLEX`; `NO_ACCESS`; disk
    /// errors.
    fn set_search(
        &self,
        folder: &EntryId,
        criteria: Option<&SearchCriteria>,
    ) -> Result<(), Failure>;

    /// What a search folder looks for, and whether it does so now.
    ///
    /// # Errors
    /// `NO_SUPPORT`; `NOT_INITIALIZED` nothing was set; disk errors.
    fn search(&self, folder: &EntryId) -> Result<(SearchCriteria, SearchState), Failure>;

    /// A feed of what changes from now on, whoever changes it.
    ///
    /// # Errors
    /// `NO_SUPPORT` the store tells nothing; disk errors.
    fn feed(&self) -> Result<Box<dyn ChangeFeed>, Failure>;
}
