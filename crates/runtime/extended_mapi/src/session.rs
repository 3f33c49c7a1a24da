//! `IMAPISession`.

use core::ffi::c_void;
use std::sync::Arc;

use com_abi::{GUID, HRESULT, class};
use mapi_abi::codes::{Code, Failure};
use mapi_abi::interfaces::{IMAPISession, IMAPISession_Impl};
use mapi_abi::spi::ResourceType;
use mapi_abi::structs::{MAPI_BEST_ACCESS, MAPI_LOGOFF_SHARED, MAPI_MODIFY, MDB_WRITE};
use mapi_abi::tags::{
    MAPI_STATUS, MAPI_STORE, PR_DEFAULT_STORE, PR_DISPLAY_NAME, PR_ENTRYID, PR_INSTANCE_KEY,
    PR_MDB_PROVIDER, PR_OBJECT_TYPE, PR_PROVIDER_DISPLAY, PR_RECORD_KEY, PR_RESOURCE_FLAGS,
    PR_RESOURCE_TYPE, PropTag,
};
use mapi_abi::value::{EntryId, Prop, Row, Value};
use mapi_session::entry::StoreName;
use mapi_session::notify::{Interest, event};
use mapi_session::{Client, Provider, ProviderState, StoreHandle, StoreInfo};
use mapi_table::{StaticRows, Table};

use crate::admin::{Owner, section_object, section_of, service_admin_object};
use crate::book::{OneOff, book_object};
use crate::context::{Context, answer, answer_bytes, answer_entry, entry_argument, object};
use crate::last_error::{completed, get_last_error, guarded};
use crate::sink::ComSink;
use crate::status::{key_of, status_object, status_table};
use crate::store::{store_object, store_prop};
use crate::table::table_object;

const STORE_TAGS: [PropTag; 10] = [
    PR_DISPLAY_NAME,
    PR_DEFAULT_STORE,
    PR_ENTRYID,
    PR_INSTANCE_KEY,
    PR_MDB_PROVIDER,
    PR_OBJECT_TYPE,
    PR_PROVIDER_DISPLAY,
    PR_RECORD_KEY,
    PR_RESOURCE_FLAGS,
    PR_RESOURCE_TYPE,
];

#[class(interfaces(IMAPISession))]
struct SessionFace {
    client: Arc<Client>,
    /// Whether the client's part in the session ends with this object.
    is_owner: bool,
}

impl Drop for SessionFace {
    fn drop(&mut self) {
        // The last reference to the session's object is a logoff.
        if self.is_owner {
            let _ = guarded("Release", || self.client.leave());
        }
    }
}

/// The object of a client's session, with a reference.
///
/// # Errors
/// None in practice.
pub fn session_object(client: Arc<Client>) -> Result<*mut c_void, Failure> {
    object::<SessionFace, IMAPISession>(SessionFace { client, is_owner: true })
}

/// Another object for the session of a client that another face logged on: its
/// end is not the client's.
///
/// # Errors
/// None in practice.
pub fn lifted_session_object(client: Arc<Client>) -> Result<*mut c_void, Failure> {
    object::<SessionFace, IMAPISession>(SessionFace { client, is_owner: false })
}

impl SessionFace {
    /// The store that an identifier names; none names the default one.
    fn store(&self, entry: Option<&EntryId>) -> Result<StoreHandle, Failure> {
        let Some(entry) = entry else { return self.client.default_store() };
        let unknown = || Failure::new(Code::UNKNOWN_ENTRYID, "no provider has this store");
        match StoreName::decode(entry)?.ok_or_else(unknown)? {
            StoreName::Provider(uid) => {
                self.client.open_store(uid).map_err(|failure| match failure.code {
                    Code::NOT_FOUND => unknown(),
                    _ => failure,
                })
            }
            StoreName::Mailbox(name) => self.client.open_mailbox(&name),
        }
    }

    /// The store that an object's identifier belongs to: the first that knows it.
    fn home_of(&self, entry: &EntryId) -> Result<StoreHandle, Failure> {
        let mut why = Failure::new(Code::UNKNOWN_ENTRYID, "no store of the session knows it");
        for info in self.client.stores()?.iter().filter(|info| info.is_live) {
            let handle = self.client.open_store(info.provider)?;
            let store = handle.get()?;
            let known = store
                .folder_props(entry, &[PR_ENTRYID])
                .map(drop)
                .or_else(|_| store.message_props(entry, &[PR_ENTRYID]).map(drop));
            match known {
                Ok(()) => return Ok(handle),
                Err(failure) if failure.code == Code::INVALID_ENTRYID => {}
                Err(failure) => why = failure,
            }
        }
        Err(why)
    }
}

/// A row of the store table.
fn store_row(client: &Arc<Client>, info: &StoreInfo, columns: &[PropTag]) -> Row {
    let handle = client.open_store(info.provider).ok();
    let one = |tag: &PropTag| {
        let value = match *tag {
            PR_ENTRYID => Value::Binary(StoreName::Provider(info.provider).encode().0),
            PR_INSTANCE_KEY | PR_MDB_PROVIDER => Value::Binary(info.provider.0.to_vec()),
            PR_OBJECT_TYPE => Value::Long(MAPI_STORE),
            PR_DEFAULT_STORE => Value::Boolean(info.is_default),
            PR_RESOURCE_FLAGS => Value::Long(info.flags as i32),
            PR_PROVIDER_DISPLAY => Value::Unicode(info.name.clone()),
            PR_DISPLAY_NAME if handle.is_none() => Value::Unicode(info.name.clone()),
            tag => {
                let prop = handle.as_ref().map(|handle| store_prop(handle, tag));
                return match prop {
                    Some(Ok(prop)) => prop,
                    _ => Prop::not_found(tag),
                };
            }
        };
        Prop::new(*tag, value)
    };
    columns.iter().map(one).collect()
}

impl IMAPISession_Impl for SessionFace {
    unsafe fn GetLastError(&self, result: HRESULT, flags: u32, error: *mut *mut c_void) -> HRESULT {
        // SAFETY: forwarded from the caller.
        unsafe { get_last_error(result, flags, error.cast()) }
    }

    unsafe fn GetMsgStoresTable(&self, _flags: u32, place: *mut *mut c_void) -> HRESULT {
        guarded("GetMsgStoresTable", || {
            self.client.check()?;
            let client = Arc::clone(&self.client);
            let rows = move |columns: &[PropTag]| {
                let stores = client.stores()?;
                Ok(stores.iter().map(|info| store_row(&client, info, columns)).collect())
            };
            let table = Table::new(Box::new(StaticRows::new(rows)), STORE_TAGS.to_vec());
            let made = table_object(&self.client, table, None)?;
            // SAFETY: forwarded from the caller.
            unsafe { answer(place, made) }
        })
    }

    unsafe fn OpenMsgStore(
        &self,
        _window: usize,
        size: u32,
        entry: *const u8,
        _iid: *const GUID,
        flags: u32,
        place: *mut *mut c_void,
    ) -> HRESULT {
        guarded("OpenMsgStore", || {
            let entry = match size {
                0 => None,
                // SAFETY: the caller passes `size` readable bytes.
                _ => Some(unsafe { entry_argument(size, entry) }?),
            };
            let write = flags & (MDB_WRITE | MAPI_BEST_ACCESS | MAPI_MODIFY) != 0;
            let opened = store_object(self.store(entry.as_ref())?, write)?;
            // SAFETY: forwarded from the caller.
            unsafe { answer(place, opened) }
        })
    }

    unsafe fn OpenEntry(
        &self,
        size: u32,
        entry: *const u8,
        _iid: *const GUID,
        flags: u32,
        kind: *mut u32,
        place: *mut *mut c_void,
    ) -> HRESULT {
        guarded("OpenEntry", || {
            self.client.check()?;
            // SAFETY: the caller passes `size` readable bytes and writable places.
            unsafe {
                let entry = entry_argument(size, entry)?;
                let write = flags & (MAPI_MODIFY | MAPI_BEST_ACCESS) != 0;
                if StoreName::decode(&entry)?.is_some() {
                    let opened = store_object(self.store(Some(&entry))?, write)?;
                    answer(place, opened)?;
                    crate::context::optional(kind, MAPI_STORE as u32);
                    return Ok(());
                }
                if let Some(key) = key_of(&entry) {
                    answer(place, status_object(&self.client, key)?)?;
                    crate::context::optional(kind, MAPI_STATUS as u32);
                    return Ok(());
                }
                let context = Context { handle: self.home_of(&entry)?, write };
                answer_entry(&context, entry, kind, place)
            }
        })
    }

    unsafe fn OpenAddressBook(
        &self,
        _window: usize,
        _iid: *const GUID,
        _flags: u32,
        place: *mut *mut c_void,
    ) -> HRESULT {
        completed("OpenAddressBook", || {
            self.client.check()?;
            let made = book_object(&self.client)?;
            // SAFETY: forwarded from the caller.
            unsafe { answer(place, made) }?;
            // There is always a book; it lacks what its services cannot give.
            let lacks = self.client.session().with_services(|services| {
                let is_book = |one: &Provider| one.resource_type == ResourceType::AddressBook;
                let is_dark = |one: &Provider| !matches!(one.state, ProviderState::Live(_));
                services
                    .iter()
                    .any(|service| service.providers.iter().any(|one| is_book(one) && is_dark(one)))
            });
            Ok(if lacks { Code::ERRORS_RETURNED } else { Code::OK })
        })
    }

    unsafe fn OpenProfileSection(
        &self,
        uid: *const c_void,
        _iid: *const GUID,
        flags: u32,
        place: *mut *mut c_void,
    ) -> HRESULT {
        guarded("OpenProfileSection", || {
            self.client.check()?;
            // SAFETY: forwarded from the caller.
            let which = unsafe { section_of(uid.cast()) };
            let (owner, write) = (Owner::of_client(&self.client), flags & MAPI_MODIFY != 0);
            let profile = &self.client.session().profile().name;
            let made = section_object(owner, profile, which, write)?;
            // SAFETY: forwarded from the caller.
            unsafe { answer(place, made) }
        })
    }

    unsafe fn GetStatusTable(&self, _flags: u32, place: *mut *mut c_void) -> HRESULT {
        guarded("GetStatusTable", || {
            let made = status_table(&self.client)?;
            // SAFETY: forwarded from the caller.
            unsafe { answer(place, made) }
        })
    }

    unsafe fn QueryIdentity(&self, size: *mut u32, entry: *mut *mut u8) -> HRESULT {
        completed("QueryIdentity", || {
            self.client.check()?;
            // No provider says who the user is to it: the name stands for them.
            let user = self.client.session().context().user().to_owned();
            let one_off = OneOff { kind: "PARTYWALL".into(), address: user.clone(), name: user };
            // SAFETY: forwarded from the caller.
            unsafe { answer_bytes(size, entry, &one_off.encode().0) }?;
            Ok(Code::NO_SERVICE)
        })
    }

    unsafe fn AdminServices(&self, _flags: u32, place: *mut *mut c_void) -> HRESULT {
        guarded("AdminServices", || {
            self.client.check()?;
            let profile = self.client.session().profile().name.clone();
            let made = service_admin_object(Owner::of_client(&self.client), profile)?;
            // SAFETY: forwarded from the caller.
            unsafe { answer(place, made) }
        })
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
            self.client.check()?;
            // SAFETY: the caller passes readable bytes and a writable place.
            unsafe {
                let one = entry_argument(size1, entry1)?;
                let two = entry_argument(size2, entry2)?;
                answer(same, u32::from(one == two))
            }
        })
    }

    unsafe fn Advise(
        &self,
        size: u32,
        entry: *const u8,
        mask: u32,
        sink: *mut c_void,
        connection: *mut usize,
    ) -> HRESULT {
        guarded("Advise", || {
            self.client.check()?;
            // SAFETY: the caller passes a sink.
            let sink = unsafe { ComSink::new(sink) }?;
            let number = if size == 0 {
                // The session itself tells of its end only.
                let mask = mask & (event::CRITICAL_ERROR | event::EXTENDED);
                let interest = Interest { mask, entry: None };
                self.client.sinks().advise(interest, sink, |_| Ok(None))?
            } else {
                // SAFETY: the caller passes `size` readable bytes.
                let entry = unsafe { entry_argument(size, entry) }?;
                if StoreName::decode(&entry)?.is_some() {
                    let interest = Interest { mask, entry: None };
                    self.store(Some(&entry))?.advise(interest, sink)?
                } else {
                    let home = self.home_of(&entry)?;
                    home.advise(Interest { mask, entry: Some(entry) }, sink)?
                }
            };
            // SAFETY: forwarded from the caller.
            unsafe { answer(connection, number) }
        })
    }

    unsafe fn Unadvise(&self, connection: usize) -> HRESULT {
        guarded("Unadvise", || self.client.sinks().unadvise(connection))
    }

    unsafe fn Logoff(&self, _window: usize, flags: u32, _reserved: u32) -> HRESULT {
        guarded("Logoff", || {
            self.client.check()?;
            if flags & MAPI_LOGOFF_SHARED != 0 {
                self.client.ask_all_to_leave();
            }
            self.client.leave()
        })
    }
}
