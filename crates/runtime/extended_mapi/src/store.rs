//! `IMsgStore`.

use core::ffi::c_void;

use com_abi::{GUID, HRESULT, class};
use mapi_abi::codes::{Code, Failure};
use mapi_abi::interfaces::{IMAPIProp_Impl, IMsgStore, IMsgStore_Impl};
use mapi_abi::spi::{MessageStore, ResourceType, SpecialFolder};
use mapi_abi::tags::{
    MAPI_STORE, PR_DEFAULT_STORE, PR_DISPLAY_NAME, PR_ENTRYID, PR_FINDER_ENTRYID,
    PR_IPM_DRAFTS_ENTRYID, PR_IPM_OUTBOX_ENTRYID, PR_IPM_SENTMAIL_ENTRYID, PR_IPM_SUBTREE_ENTRYID,
    PR_IPM_WASTEBASKET_ENTRYID, PR_MDB_PROVIDER, PR_OBJECT_TYPE, PR_RECORD_KEY, PR_RESOURCE_TYPE,
    PR_STORE_ENTRYID, PR_STORE_RECORD_KEY, PR_STORE_SUPPORT_MASK, PR_VALID_FOLDER_MASK, PropTag,
    support,
};
use mapi_abi::value::{EntryId, Prop, Row, Value};
use mapi_session::notify::Interest;
use mapi_session::{StoreHandle, entry};

use crate::context::{
    Context, answer, answer_bytes, answer_entry, entry_argument, object, optional,
};
use crate::last_error::guarded;
use crate::prop::{Bag, prop_methods};
use crate::sink::ComSink;
use crate::text::text_argument;

const ALL_TAGS: [PropTag; 17] = [
    PR_ENTRYID,
    PR_OBJECT_TYPE,
    PR_DISPLAY_NAME,
    PR_DEFAULT_STORE,
    PR_RECORD_KEY,
    PR_STORE_ENTRYID,
    PR_STORE_RECORD_KEY,
    PR_STORE_SUPPORT_MASK,
    PR_MDB_PROVIDER,
    PR_RESOURCE_TYPE,
    PR_VALID_FOLDER_MASK,
    PR_IPM_SUBTREE_ENTRYID,
    PR_IPM_OUTBOX_ENTRYID,
    PR_IPM_WASTEBASKET_ENTRYID,
    PR_IPM_SENTMAIL_ENTRYID,
    PR_IPM_DRAFTS_ENTRYID,
    PR_FINDER_ENTRYID,
];
/// `PR_VALID_FOLDER_MASK`: folders by their bits.
const FOLDER_BITS: [(u32, SpecialFolder); 5] = [
    (0x2, SpecialFolder::Inbox),
    (0x4, SpecialFolder::Outbox),
    (0x8, SpecialFolder::DeletedItems),
    (0x10, SpecialFolder::SentItems),
    (0x80, SpecialFolder::Finder),
];
/// `FOLDER_IPM_SUBTREE_VALID`.
const SUBTREE_BIT: u32 = 0x1;

#[class(interfaces(IMsgStore))]
struct StoreFace(Context);

/// The object of a store, with a reference.
pub fn store_object(handle: StoreHandle, write: bool) -> Result<*mut c_void, Failure> {
    let can_write = handle.get()?.support_mask() & support::STORE_READONLY == 0;
    object::<StoreFace, IMsgStore>(StoreFace(Context { handle, write: write && can_write }))
}

/// A property of an open store.
pub fn store_prop(handle: &StoreHandle, tag: PropTag) -> Result<Prop, Failure> {
    let store = handle.get()?;
    let special = |which| store.special_folder(which).map(|entry: EntryId| Value::Binary(entry.0));
    let value = match tag {
        PR_ENTRYID | PR_STORE_ENTRYID => Some(Value::Binary(entry::of_store(handle)?.0)),
        PR_OBJECT_TYPE => Some(Value::Long(MAPI_STORE)),
        PR_DISPLAY_NAME => Some(Value::Unicode(format!("Mailbox of {}", handle.owner()))),
        PR_DEFAULT_STORE => Some(Value::Boolean(is_default(handle)?)),
        PR_RECORD_KEY | PR_STORE_RECORD_KEY => Some(Value::Binary(store.record_key().to_vec())),
        PR_STORE_SUPPORT_MASK => Some(Value::Long(store.support_mask() as i32)),
        PR_MDB_PROVIDER => Some(Value::Binary(handle.provider().0.to_vec())),
        PR_RESOURCE_TYPE => Some(Value::Long(ResourceType::Store.number())),
        PR_VALID_FOLDER_MASK => Some(Value::Long(folder_mask(store) as i32)),
        PR_IPM_SUBTREE_ENTRYID => Some(Value::Binary(store.root().0)),
        PR_IPM_OUTBOX_ENTRYID => special(SpecialFolder::Outbox),
        PR_IPM_WASTEBASKET_ENTRYID => special(SpecialFolder::DeletedItems),
        PR_IPM_SENTMAIL_ENTRYID => special(SpecialFolder::SentItems),
        PR_IPM_DRAFTS_ENTRYID => special(SpecialFolder::Drafts),
        PR_FINDER_ENTRYID => special(SpecialFolder::Finder),
        _ => None,
    };
    Ok(value.map_or(Prop::not_found(tag), |value| Prop::new(tag, value)))
}

fn is_default(handle: &StoreHandle) -> Result<bool, Failure> {
    let stores = handle.client().stores()?;
    Ok(stores.iter().any(|store| store.is_default && store.provider == handle.provider()))
}

fn folder_mask(store: &dyn MessageStore) -> u32 {
    let there = FOLDER_BITS.iter().filter(|(_, which)| store.special_folder(*which).is_some());
    there.fold(SUBTREE_BIT, |mask, (bit, _)| mask | bit)
}

impl Bag for StoreFace {
    fn tags(&self) -> Result<Vec<PropTag>, Failure> {
        let row = self.read(&ALL_TAGS)?;
        let is_there = |prop: &Prop| !matches!(prop.value, Value::Error(_));
        Ok(row.into_iter().filter(is_there).map(|prop| prop.tag).collect())
    }

    fn read(&self, tags: &[PropTag]) -> Result<Row, Failure> {
        tags.iter().map(|tag| store_prop(&self.0.handle, *tag)).collect()
    }

    fn names(&self) -> Result<&dyn MessageStore, Failure> {
        self.0.store()
    }
}

impl IMAPIProp_Impl for StoreFace {
    prop_methods!();
}

impl IMsgStore_Impl for StoreFace {
    unsafe fn Advise(
        &self,
        size: u32,
        entry: *const u8,
        mask: u32,
        sink: *mut c_void,
        connection: *mut usize,
    ) -> HRESULT {
        guarded("Advise", || {
            // SAFETY: the caller passes `size` readable bytes and a sink.
            let (entry, sink) = unsafe {
                let entry = match size {
                    0 => None,
                    _ => Some(entry_argument(size, entry)?),
                };
                (entry, ComSink::new(sink)?)
            };
            // The store's own identifier means all of it.
            let own = entry::of_store(&self.0.handle)?;
            let entry = entry.filter(|entry| *entry != own);
            let number = self.0.handle.advise(Interest { mask, entry }, sink)?;
            // SAFETY: forwarded from the caller.
            unsafe { answer(connection, number) }
        })
    }

    unsafe fn Unadvise(&self, connection: usize) -> HRESULT {
        guarded("Unadvise", || self.0.handle.client().sinks().unadvise(connection))
    }

    unsafe fn CompareEntryIDs(
        &self,
        size1: u32,
        entry1: *const u8,
        size2: u32,
        entry2: *const u8,
        _flags: u32,
        same: *mut u32,
    ) -> HRESULT {
        guarded("CompareEntryIDs", || {
            self.0.store()?;
            // SAFETY: the caller passes readable bytes and a writable place.
            unsafe {
                let one = entry_argument(size1, entry1)?;
                let two = entry_argument(size2, entry2)?;
                answer(same, u32::from(one == two))
            }
        })
    }

    unsafe fn OpenEntry(
        &self,
        size: u32,
        entry: *const u8,
        _iid: *const GUID,
        _flags: u32,
        kind: *mut u32,
        place: *mut *mut c_void,
    ) -> HRESULT {
        guarded("OpenEntry", || {
            // SAFETY: the caller passes `size` readable bytes and writable places.
            unsafe {
                // No identifier means the root folder.
                let entry = match size {
                    0 => self.0.store()?.root(),
                    _ => entry_argument(size, entry)?,
                };
                answer_entry(&self.0, entry, kind, place)
            }
        })
    }

    unsafe fn GetReceiveFolder(
        &self,
        class: *const u16,
        flags: u32,
        size: *mut u32,
        entry: *mut *mut u8,
        explicit_class: *mut *mut u16,
    ) -> HRESULT {
        guarded("GetReceiveFolder", || {
            // Every class of message arrives in the inbox.
            // SAFETY: forwarded from the caller.
            let _class = unsafe { text_argument(class, flags) };
            let inbox = self.0.store()?.special_folder(SpecialFolder::Inbox);
            let inbox =
                inbox.ok_or_else(|| Failure::new(Code::NOT_FOUND, "the store receives no mail"))?;
            // SAFETY: forwarded from the caller.
            unsafe {
                answer_bytes(size, entry, &inbox.0)?;
                optional(explicit_class, core::ptr::null_mut());
            }
            Ok(())
        })
    }

    unsafe fn StoreLogoff(&self, flags: *mut u32) -> HRESULT {
        guarded("StoreLogoff", || {
            // Nothing of the store waits to be sent: what is submitted is in the
            // outbox, durably.
            // SAFETY: null or writable.
            unsafe { optional(flags, LOGOFF_COMPLETE) };
            Ok(())
        })
    }

    unsafe fn AbortSubmit(&self, size: u32, entry: *const u8, _flags: u32) -> HRESULT {
        guarded("AbortSubmit", || {
            // SAFETY: the caller passes `size` readable bytes.
            let entry = unsafe { entry_argument(size, entry) }?;
            self.0.writable()?;
            mapi_session::abort_submit(&self.0.handle, &entry)
        })
    }
}

/// `LOGOFF_COMPLETE`.
const LOGOFF_COMPLETE: u32 = 0x1_0000;
