//! A provider that is logged on, and the border to it.
//!
//! Every call of a store passes here: it runs under the owner's identity, a
//! panic becomes `CALL_FAILED`, and from then on the provider is broken for
//! everybody who shares it, which disables its service in their sessions.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::{
    AddressBook, ChangeFeed, FolderDeletion, MessageChange, MessageCopy, MessageStore, Name,
    NewFolder, Opened, OpenedProvider, PropChange, Query, SearchCriteria, SearchState,
    SpecialFolder, StoreChange, Transport,
};
use mapi_abi::tags::PropTag;
use mapi_abi::value::{EntryId, Row};
use security::Token;

use crate::context::work_as;

/// See the module.
pub struct Live {
    owner: Token,
    opened: Opened,
    warning: Option<String>,
    broken: OnceLock<Failure>,
}

impl Live {
    /// What a logon opened for `owner`.
    pub fn new(owner: Token, provider: OpenedProvider) -> Self {
        let OpenedProvider { opened, warning } = provider;
        Self { owner, opened, warning, broken: OnceLock::new() }
    }

    /// What went wrong although it works.
    pub fn warning(&self) -> Option<&str> {
        self.warning.as_deref()
    }

    /// Why it cannot be used any more.
    pub fn broken(&self) -> Option<&Failure> {
        self.broken.get()
    }

    /// Its store, if it is one.
    pub fn store(&self) -> Option<&Arc<dyn MessageStore>> {
        match &self.opened {
            Opened::Store(store) => Some(store),
            _ => None,
        }
    }

    /// Its address book, if it is one.
    pub fn book(&self) -> Option<&Arc<dyn AddressBook>> {
        match &self.opened {
            Opened::AddressBook(book) => Some(book),
            _ => None,
        }
    }

    /// Its transport, if it is one.
    pub fn transport(&self) -> Option<&Arc<dyn Transport>> {
        match &self.opened {
            Opened::Transport(transport) => Some(transport),
            _ => None,
        }
    }

    /// Calls it across the border.
    ///
    /// # Errors
    /// Its own; `CALL_FAILED` it panicked, now or before; `NO_ACCESS`.
    pub fn call<R>(&self, body: impl FnOnce() -> Result<R, Failure>) -> Result<R, Failure> {
        if let Some(broken) = self.broken.get() {
            return Err(broken.clone());
        }
        let _identity = work_as(&self.owner)?;
        let result = guarded(body);
        if let Err(failure) = &result
            && (failure.code == Code::END_OF_SESSION || failure.says == PANICKED)
            && self.broken.set(failure.clone()).is_ok()
        {
            EPOCH.fetch_add(1, Ordering::AcqRel);
        }
        result
    }
}

impl mapi_connection::Opened for Live {
    fn feed(&self) -> Result<Option<Box<dyn ChangeFeed>>, Failure> {
        let Some(store) = self.store() else { return Ok(None) };
        match self.call(|| store.feed()) {
            Ok(feed) => Ok(Some(feed)),
            Err(failure) if failure.code == Code::NO_SUPPORT => Ok(None),
            Err(failure) => Err(failure),
        }
    }
}

/// Grows when a provider breaks: whoever logs on afterwards gets another one.
static EPOCH: AtomicU64 = AtomicU64::new(0);

/// See [`EPOCH`].
pub fn epoch() -> u64 {
    EPOCH.load(Ordering::Acquire)
}

const PANICKED: &str = "the provider panicked and is not called again";

/// Runs what may panic.
///
/// # Errors
/// The body's; `CALL_FAILED` for a panic.
pub fn guarded<R>(body: impl FnOnce() -> Result<R, Failure>) -> Result<R, Failure> {
    catch_unwind(AssertUnwindSafe(body))
        .unwrap_or_else(|_| Err(Failure::new(Code::CALL_FAILED, PANICKED)))
}

/// A store behind the border.
pub struct Guarded {
    live: Arc<Live>,
    store: Arc<dyn MessageStore>,
}

impl Guarded {
    /// The store of a provider, if it is one.
    pub fn new(live: &Arc<Live>) -> Option<Self> {
        let store = Arc::clone(live.store()?);
        Some(Self { live: Arc::clone(live), store })
    }

    /// The name of its owner.
    pub fn owner(&self) -> &str {
        self.live.owner.user()
    }

    /// Why the store cannot be used any more.
    pub fn broken(&self) -> Option<&Failure> {
        self.live.broken()
    }
}

/// The methods of a store that can fail, each done by `$call(self, |store| …)`.
macro_rules! store_methods {
    ($call:path) => {
        store_methods! { @each $call;
            fn hierarchy(parent: &EntryId, columns: &[PropTag]) -> Vec<Row>;
            fn folder_props(folder: &EntryId, tags: &[PropTag]) -> Row;
            fn folder_tags(folder: &EntryId) -> Vec<PropTag>;
            fn change_folder(folder: &EntryId, change: &PropChange) -> StoreChange;
            fn create_folder(folder: &NewFolder<'_>) -> EntryId;
            fn delete_folder(folder: &EntryId, also: FolderDeletion) -> ();
            fn move_folder(folder: &EntryId, target: &EntryId, name: Option<&str>) -> ();
            fn count(folder: &EntryId, query: &Query) -> u64;
            fn rows(folder: &EntryId, query: &Query, start: u64, limit: u32) -> Vec<Row>;
            fn message_props(message: &EntryId, tags: &[PropTag]) -> Row;
            fn message_tags(message: &EntryId) -> Vec<PropTag>;
            fn original(message: &EntryId) -> Option<Vec<u8>>;
            fn recipients(message: &EntryId, columns: &[PropTag]) -> Vec<Row>;
            fn attachments(message: &EntryId, columns: &[PropTag]) -> Vec<Row>;
            fn attachment_props(message: &EntryId, number: u32, tags: &[PropTag]) -> Row;
            fn attachment_tags(message: &EntryId, number: u32) -> Vec<PropTag>;
            fn save_message(change: &MessageChange<'_>) -> EntryId;
            fn delete_messages(messages: &[EntryId]) -> ();
            fn copy_messages(copy: &MessageCopy<'_>) -> Vec<EntryId>;
            fn set_read(messages: &[EntryId], read: bool) -> ();
            fn ids_from_names(names: &[Name], create: bool) -> Vec<Option<u16>>;
            fn names_from_ids(ids: &[u16]) -> Vec<Option<Name>>;
            fn all_names() -> Vec<(u16, Name)>;
            fn set_search(folder: &EntryId, criteria: Option<&SearchCriteria>) -> ();
            fn search(folder: &EntryId) -> (SearchCriteria, SearchState);
            fn feed() -> Box<dyn ChangeFeed>;
        }
    };
    (@each $call:path; $(fn $name:ident($($argument:ident: $type:ty),*) -> $ok:ty;)*) => {
        $(fn $name(&self, $($argument: $type),*) -> Result<$ok, Failure> {
            $call(self, |store: &dyn MessageStore| store.$name($($argument),*))
        })*
    };
}

pub(crate) use store_methods;

impl Guarded {
    fn across<R>(
        &self,
        body: impl FnOnce(&dyn MessageStore) -> Result<R, Failure>,
    ) -> Result<R, Failure> {
        self.live.call(|| body(&*self.store))
    }
}

impl MessageStore for Guarded {
    fn record_key(&self) -> [u8; 16] {
        self.across(|store| Ok(store.record_key())).unwrap_or_default()
    }

    fn support_mask(&self) -> u32 {
        self.across(|store| Ok(store.support_mask())).unwrap_or_default()
    }

    fn root(&self) -> EntryId {
        self.across(|store| Ok(store.root())).unwrap_or_else(|_| EntryId(Vec::new()))
    }

    fn special_folder(&self, which: SpecialFolder) -> Option<EntryId> {
        self.across(|store| Ok(store.special_folder(which))).ok().flatten()
    }

    store_methods!(Self::across);
}
