//! A provider's message store as the engine sees it: each method is work for the
//! provider's thread, with arguments of its own.

use std::sync::Arc;
use std::time::Duration;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::{
    ChangeFeed, FolderDeletion, MessageChange, MessageCopy, MessageStore, Name, NewFolder,
    PropChange, Query, SearchCriteria, SearchState, SpecialFolder, StoreChange,
};
use mapi_abi::structs::{LOGOFF_ORDERLY, MAPI_UNICODE};
use mapi_abi::tags::{
    PR_ENTRYID, PR_FINDER_ENTRYID, PR_IPM_DRAFTS_ENTRYID, PR_IPM_OUTBOX_ENTRYID,
    PR_IPM_SENTMAIL_ENTRYID, PR_IPM_SUBTREE_ENTRYID, PR_IPM_WASTEBASKET_ENTRYID, PR_RECORD_KEY,
    PR_STORE_SUPPORT_MASK, PropTag,
};
use mapi_abi::value::{EntryId, Row, Value};

use crate::feed::{Changes, ForeignFeed};
use crate::objects::{Taken, check};
use crate::props::{props_of, tags_of};
use crate::reading::{Opened, bytes_of};
use crate::sink::{AnyThread, WANTED, sink};
use crate::support::SupportState;
use crate::worker::Worker;
use crate::writing::{OwnedFolder, OwnedMessage};

/// The folders that a store names in its properties.
const SPECIAL: [(SpecialFolder, PropTag); 5] = [
    (SpecialFolder::Outbox, PR_IPM_OUTBOX_ENTRYID),
    (SpecialFolder::SentItems, PR_IPM_SENTMAIL_ENTRYID),
    (SpecialFolder::DeletedItems, PR_IPM_WASTEBASKET_ENTRYID),
    (SpecialFolder::Drafts, PR_IPM_DRAFTS_ENTRYID),
    (SpecialFolder::Finder, PR_FINDER_ENTRYID),
];

/// What a store says of itself at the logon, once and for all.
pub struct Facts {
    record_key: [u8; 16],
    support_mask: u32,
    root: EntryId,
    special: Vec<(SpecialFolder, EntryId)>,
}

/// See the module.
pub struct ForeignStore {
    worker: Arc<Worker<Opened>>,
    facts: Facts,
    /// What the provider was given; it may tell something at any time.
    support: Arc<SupportState>,
}

/// Sixteen bytes that name a store whose record key has another length.
fn short_key(bytes: &[u8]) -> [u8; 16] {
    if let Ok(key) = bytes.try_into() {
        return key;
    }
    // FNV-1a, from two starts.
    let digest = |start: u64| {
        bytes
            .iter()
            .fold(start, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3))
    };
    let (one, other) = (digest(0xCBF2_9CE4_8422_2325), digest(bytes.len() as u64 + 1));
    (u128::from(one) << 64 | u128::from(other)).to_le_bytes()
}

impl Facts {
    /// Asks a store, on its thread.
    ///
    /// # Errors
    /// The provider's.
    pub fn of(opened: &Opened) -> Result<Self, Failure> {
        let tags: Vec<PropTag> =
            [PR_RECORD_KEY, PR_STORE_SUPPORT_MASK, PR_IPM_SUBTREE_ENTRYID, PR_ENTRYID]
                .into_iter()
                .chain(SPECIAL.map(|(_, tag)| tag))
                .collect();
        let row = props_of(&opened.store, &tags)?;
        let entry = |tag| {
            let bytes = bytes_of(&row, tag).filter(|bytes| !bytes.is_empty());
            bytes.map(|bytes| EntryId(bytes.to_vec()))
        };
        let key = bytes_of(&row, PR_RECORD_KEY).or(bytes_of(&row, PR_ENTRYID));
        let support_mask = match row.get(1).map(|prop| &prop.value) {
            Some(Value::Long(mask)) => *mask as u32,
            _ => 0,
        };
        let named = |(which, tag)| Some((which, entry(tag)?));
        let mut special: Vec<_> = SPECIAL.into_iter().filter_map(named).collect();
        if let Some(inbox) = receive_folder(opened) {
            special.push((SpecialFolder::Inbox, inbox));
        }
        let root = match entry(PR_IPM_SUBTREE_ENTRYID) {
            Some(root) => root,
            None => root_folder(opened)?,
        };
        Ok(Self { record_key: short_key(key.unwrap_or_default()), support_mask, root, special })
    }
}

/// The root of a store that does not say where a user's folders are.
fn root_folder(opened: &Opened) -> Result<EntryId, Failure> {
    let row = opened.folder_props(&EntryId(Vec::new()), &[PR_ENTRYID])?;
    let entry = bytes_of(&row, PR_ENTRYID).map(|bytes| EntryId(bytes.to_vec()));
    entry.ok_or_else(|| Failure::new(Code::CORRUPT_STORE, "the provider's store has no root"))
}

/// Where mail arrives, if the store says so.
fn receive_folder(opened: &Opened) -> Option<EntryId> {
    let (mut size, mut place) = (0, core::ptr::null_mut());
    let null = core::ptr::null_mut();
    // SAFETY: no class means mail, and nobody asks for its name; writable places.
    let code = unsafe {
        let class = core::ptr::null();
        opened.store.GetReceiveFolder(class, MAPI_UNICODE, &mut size, &mut place, null)
    };
    let taken = Taken(place);
    check(&*opened.store, "GetReceiveFolder", code).ok()?;
    // SAFETY: null or so many bytes of ours.
    unsafe { mapi_abi::read::entry_id(taken.0, size) }.ok()
}

/// The last acts of a provider's thread.
pub fn log_off(opened: Opened) {
    let Opened { store, logon, provider } = opened;
    let mut flags = LOGOFF_ORDERLY;
    // SAFETY: writable places. What is answered does not matter any more.
    unsafe {
        let _ = store.StoreLogoff(&mut flags);
        drop(store);
        let mut flags = 0;
        let _ = logon.Logoff(&mut flags);
        drop(logon);
        let _ = provider.Shutdown(&mut flags);
    }
}

impl ForeignStore {
    /// The store of a worker.
    pub fn new(worker: Worker<Opened>, facts: Facts, support: Arc<SupportState>) -> Self {
        Self { worker: Arc::new(worker), facts, support }
    }

    /// The columns of the status table that the provider has set.
    pub fn status_row(&self) -> Row {
        self.support.status_row()
    }

    fn call<R: Send + 'static>(
        &self,
        what: &'static str,
        body: impl FnOnce(&Opened) -> Result<R, Failure> + Send + 'static,
    ) -> Result<R, Failure> {
        self.worker.call(what, move |opened| body(opened))
    }
}

impl MessageStore for ForeignStore {
    fn record_key(&self) -> [u8; 16] {
        self.facts.record_key
    }

    fn support_mask(&self) -> u32 {
        self.facts.support_mask
    }

    fn root(&self) -> EntryId {
        self.facts.root.clone()
    }

    fn special_folder(&self, which: SpecialFolder) -> Option<EntryId> {
        let mut all = self.facts.special.iter();
        all.find(|(known, _)| *known == which).map(|(_, entry)| entry.clone())
    }

    fn hierarchy(&self, parent: &EntryId, columns: &[PropTag]) -> Result<Vec<Row>, Failure> {
        let (parent, columns) = (parent.clone(), columns.to_vec());
        self.call("a provider's folders", move |opened| opened.hierarchy(&parent, &columns))
    }

    fn folder_props(&self, folder: &EntryId, tags: &[PropTag]) -> Result<Row, Failure> {
        let (folder, tags) = (folder.clone(), tags.to_vec());
        self.call("a provider's folder", move |opened| opened.folder_props(&folder, &tags))
    }

    fn folder_tags(&self, folder: &EntryId) -> Result<Vec<PropTag>, Failure> {
        let folder = folder.clone();
        self.call("a provider's folder", move |opened| {
            let folder = opened.folder(&folder, 0)?;
            tags_of(&folder)
        })
    }

    fn change_folder(&self, folder: &EntryId, change: &PropChange) -> Result<StoreChange, Failure> {
        let (folder, change) = (folder.clone(), change.clone());
        self.call("a provider's folder to change", move |opened| {
            opened.change_folder(&folder, &change)
        })
    }

    fn create_folder(&self, folder: &NewFolder<'_>) -> Result<EntryId, Failure> {
        let new = OwnedFolder {
            parent: folder.parent.clone(),
            name: folder.name.to_owned(),
            comment: folder.comment.to_owned(),
            kind: folder.kind,
            open_if_exists: folder.open_if_exists,
        };
        self.call("a provider to make a folder", move |opened| opened.create_folder(&new))
    }

    fn delete_folder(&self, folder: &EntryId, also: FolderDeletion) -> Result<(), Failure> {
        let folder = folder.clone();
        self.call("a provider to delete a folder", move |opened| {
            opened.delete_folder(&folder, also)
        })
    }

    fn move_folder(
        &self,
        folder: &EntryId,
        target: &EntryId,
        name: Option<&str>,
    ) -> Result<(), Failure> {
        let (folder, target, name) = (folder.clone(), target.clone(), name.map(str::to_owned));
        self.call("a provider to move a folder", move |opened| {
            opened.move_folder(&folder, &target, name.as_deref())
        })
    }

    fn count(&self, folder: &EntryId, query: &Query) -> Result<u64, Failure> {
        let (folder, query) = (folder.clone(), query.clone());
        self.call("a provider to count", move |opened| opened.count(&folder, &query))
    }

    fn rows(
        &self,
        folder: &EntryId,
        query: &Query,
        start: u64,
        limit: u32,
    ) -> Result<Vec<Row>, Failure> {
        let (folder, query) = (folder.clone(), query.clone());
        self.call("a provider's rows", move |opened| opened.rows(&folder, &query, start, limit))
    }

    fn message_props(&self, message: &EntryId, tags: &[PropTag]) -> Result<Row, Failure> {
        let (message, tags) = (message.clone(), tags.to_vec());
        self.call("a provider's message", move |opened| opened.message_props(&message, &tags))
    }

    fn message_tags(&self, message: &EntryId) -> Result<Vec<PropTag>, Failure> {
        let message = message.clone();
        self.call("a provider's message", move |opened| {
            let message = opened.message(&message, 0)?;
            tags_of(&message)
        })
    }

    fn original(&self, _message: &EntryId) -> Result<Option<Vec<u8>>, Failure> {
        Ok(None)
    }

    fn recipients(&self, message: &EntryId, columns: &[PropTag]) -> Result<Vec<Row>, Failure> {
        let (message, columns) = (message.clone(), columns.to_vec());
        self.call("a provider's recipients", move |opened| opened.recipients(&message, &columns))
    }

    fn attachments(&self, message: &EntryId, columns: &[PropTag]) -> Result<Vec<Row>, Failure> {
        let (message, columns) = (message.clone(), columns.to_vec());
        self.call("a provider's attachments", move |opened| opened.attachments(&message, &columns))
    }

    fn attachment_props(
        &self,
        message: &EntryId,
        number: u32,
        tags: &[PropTag],
    ) -> Result<Row, Failure> {
        let (message, tags) = (message.clone(), tags.to_vec());
        self.call("a provider's attachment", move |opened| {
            opened.attachment_props(&message, number, &tags)
        })
    }

    fn attachment_tags(&self, message: &EntryId, number: u32) -> Result<Vec<PropTag>, Failure> {
        let message = message.clone();
        self.call("a provider's attachment", move |opened| opened.attachment_tags(&message, number))
    }

    fn save_message(&self, change: &MessageChange<'_>) -> Result<EntryId, Failure> {
        let new = OwnedMessage {
            message: change.message.cloned(),
            folder: change.folder.clone(),
            associated: change.associated,
            props: change.props.clone(),
            recipients: change.recipients.clone(),
            attachments: change.attachments.clone(),
            expected: change.expected,
        };
        self.call("a provider to save a message", move |opened| opened.save_message(&new))
    }

    fn delete_messages(&self, messages: &[EntryId]) -> Result<(), Failure> {
        let messages = messages.to_vec();
        self.call("a provider to delete messages", move |opened| opened.delete_messages(&messages))
    }

    fn copy_messages(&self, copy: &MessageCopy<'_>) -> Result<Vec<EntryId>, Failure> {
        let (messages, target, is_move) =
            (copy.messages.to_vec(), copy.target.clone(), copy.is_move);
        self.call("a provider to copy messages", move |opened| {
            opened.copy_messages(&messages, &target, is_move)
        })
    }

    fn set_read(&self, messages: &[EntryId], read: bool) -> Result<(), Failure> {
        let messages = messages.to_vec();
        self.call("a provider to mark messages", move |opened| opened.set_read(&messages, read))
    }

    fn ids_from_names(&self, names: &[Name], create: bool) -> Result<Vec<Option<u16>>, Failure> {
        let names = names.to_vec();
        self.call("a provider's names", move |opened| opened.ids_from_names(&names, create))
    }

    fn names_from_ids(&self, ids: &[u16]) -> Result<Vec<Option<Name>>, Failure> {
        let ids = ids.to_vec();
        self.call("a provider's names", move |opened| {
            Ok(opened.names(Some(&ids))?.into_iter().map(|(_, name)| name).collect())
        })
    }

    fn all_names(&self) -> Result<Vec<(u16, Name)>, Failure> {
        self.call("a provider's names", move |opened| {
            let all = opened.names(None)?.into_iter();
            Ok(all.filter_map(|(id, name)| Some((id, name?))).collect())
        })
    }

    fn set_search(
        &self,
        folder: &EntryId,
        criteria: Option<&SearchCriteria>,
    ) -> Result<(), Failure> {
        let (folder, criteria) = (folder.clone(), criteria.cloned());
        self.call("a provider's search", move |opened| {
            opened.set_search(&folder, criteria.as_ref())
        })
    }

    fn search(&self, folder: &EntryId) -> Result<(SearchCriteria, SearchState), Failure> {
        let folder = folder.clone();
        self.call("a provider's search", move |opened| opened.search(&folder))
    }

    fn feed(&self) -> Result<Box<dyn ChangeFeed>, Failure> {
        let changes = Changes::new().map_err(|error| {
            let says = format!("there is no descriptor for a feed: {error}");
            Failure::new(Code::NOT_ENOUGH_RESOURCES, says)
        })?;
        let changes = Arc::new(changes);
        let own = AnyThread(sink(&changes)?);
        let connection = self.call("a provider's notifications", move |opened| {
            let own = own;
            let mut connection = 0;
            // SAFETY: no identifier means the whole store; a sink, of which the store
            // takes a reference, and a writable place.
            let code = unsafe {
                let null = core::ptr::null();
                let sink = com_abi::Interface::as_raw(&own.0);
                opened.store.Advise(0, null, WANTED, sink, &mut connection)
            };
            check(&*opened.store, "Advise", code)?;
            Ok(connection)
        })?;
        Ok(Box::new(ForeignFeed::new(changes, Arc::clone(&self.worker), connection)))
    }
}

/// The bound of calls into providers.
pub fn bound() -> Duration {
    mapi_session::settings().provider_bound
}
