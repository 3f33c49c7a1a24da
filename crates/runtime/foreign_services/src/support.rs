//! `IMAPISupport`: what a provider is given. Every method answers; those that are
//! not here answer `MAPI_E_NO_SUPPORT`.
//!
//! What it is for: a section of the profile, buffers, subscriptions, the status
//! row, identifiers, and a sheet where one may be shown. `Notify` calls the sinks
//! on the notifying thread; those of a store's feed only keep what they hear.

use core::ffi::c_void;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use com_abi::{GUID, HRESULT, Interface, WideString, class, new_interface};
use extended_mapi::{
    buffer, get_last_error, guarded, loose_section_object, received, text_argument,
};
use mapi_abi::codes::{Code, Failure};
use mapi_abi::interfaces::{
    IMAPIAdviseSink, IMAPIProp, IMAPISupport, IMAPISupport_Impl, IMAPITable,
};
use mapi_abi::read;
use mapi_abi::spi::Section;
use mapi_abi::structs::{
    ALLOCATEBUFFER, ALLOCATEMORE, FREEBUFFER, MAPI_ONE_OFF_NO_RICH_INFO, MAPI_ONE_OFF_UID,
    MAPI_ONE_OFF_UNICODE, MAPI_SEND_NO_RICH_INFO, MAPIERROR, MAPIUID, NOTIFICATION, NOTIFKEY,
    STATUSROW_UPDATE,
};
use mapi_abi::value::Row;
use mapi_profile::Uid;

use crate::configure::Event;
use crate::ffi;
use crate::invalid::make_invalid;
use crate::sheet;
use crate::sink::AnyThread;

/// Longest key of a subscription, in bytes.
const MAX_KEY_BYTES: u32 = 4096;
/// Most subscriptions of one logon.
const MAX_SUBSCRIPTIONS: usize = 1024;
/// Who wrapped a store's identifier (documented with the format).
const STORE_WRAP: [u8; 16] = [
    0x38, 0xA1, 0xBB, 0x10, 0x05, 0xE5, 0x10, 0x1A, 0xA1, 0xBB, 0x08, 0x00, 0x2B, 0x2A, 0x56, 0xC2,
];

struct Subscription {
    number: usize,
    key: Vec<u8>,
    mask: u32,
    sink: AnyThread<IMAPIAdviseSink>,
}

/// What lies behind the support objects of one logon or one call of an entry point.
pub struct SupportState {
    section: Arc<Mutex<Section>>,
    library: String,
    sheets: Option<Sender<Event>>,
    status: Mutex<Row>,
    uids: Mutex<Vec<[u8; 16]>>,
    subscriptions: Mutex<Vec<Subscription>>,
    last: AtomicUsize,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl SupportState {
    /// Over a section; `library` is the name that wrapped identifiers have, and
    /// `sheets` whoever shows sheets.
    pub fn new(
        section: &Arc<Mutex<Section>>,
        library: &str,
        sheets: Option<Sender<Event>>,
    ) -> Arc<Self> {
        Arc::new(Self {
            section: Arc::clone(section),
            library: library.to_owned(),
            sheets,
            status: Mutex::default(),
            uids: Mutex::default(),
            subscriptions: Mutex::default(),
            last: AtomicUsize::new(0),
        })
    }

    /// An object for it.
    ///
    /// # Errors
    /// `NOT_ENOUGH_MEMORY`.
    pub fn object(self: &Arc<Self>) -> Result<IMAPISupport, Failure> {
        let made = new_interface::<Support, IMAPISupport>(Support(Arc::clone(self)));
        made.map_err(|code| Failure::new(Code(code.0), "there is no memory for the support object"))
    }

    /// The columns of the status table that the provider has set.
    pub fn status_row(&self) -> Row {
        lock(&self.status).clone()
    }
}

#[class(interfaces(IMAPISupport))]
struct Support(Arc<SupportState>);

fn invalid(says: &str) -> Failure {
    Failure::new(Code::INVALID_PARAMETER, says)
}

/// Writes an answer.
unsafe fn put<T>(place: *mut T, value: T) -> Result<(), Failure> {
    if place.is_null() {
        return Err(invalid("the place for the answer is null"));
    }
    // SAFETY: checked for null; the caller passes a writable place.
    unsafe { place.write(value) };
    Ok(())
}

/// Writes an entry identifier in a buffer that the caller frees.
unsafe fn put_entry(size: *mut u32, place: *mut *mut u8, bytes: &[u8]) -> Result<(), Failure> {
    let copy = buffer(bytes.len());
    if copy.is_null() {
        return Err(Failure::new(Code::NOT_ENOUGH_MEMORY, "there is no memory for the answer"));
    }
    // SAFETY: fresh memory of that size; places as `put` wants them.
    unsafe {
        core::ptr::copy_nonoverlapping(bytes.as_ptr(), copy, bytes.len());
        put(size, bytes.len() as u32)?;
        put(place, copy)
    }
}

/// The bytes of a key.
unsafe fn key_argument(key: *const NOTIFKEY) -> Result<Vec<u8>, Failure> {
    // SAFETY: null or a valid structure, as the caller promises.
    unsafe {
        let head = key.as_ref().ok_or_else(|| invalid("there is no key"))?;
        if head.cb > MAX_KEY_BYTES {
            return Err(invalid("the key is too long"));
        }
        let first = (&raw const (*key).ab).cast::<u8>();
        Ok(core::slice::from_raw_parts(first, head.cb as usize).to_vec())
    }
}

/// A one-off identifier: flags, provider, version, flags, three texts.
fn one_off(texts: [&str; 3], flags: u32) -> Vec<u8> {
    let plain = flags & MAPI_SEND_NO_RICH_INFO != 0;
    let how = MAPI_ONE_OFF_UNICODE | if plain { MAPI_ONE_OFF_NO_RICH_INFO } else { 0 };
    let mut bytes = vec![0; 4];
    bytes.extend(MAPI_ONE_OFF_UID.ab);
    bytes.extend(0u16.to_le_bytes());
    bytes.extend(how.to_le_bytes());
    for text in texts {
        bytes.extend(WideString::new(text).units().iter().flat_map(|unit| unit.to_le_bytes()));
    }
    bytes
}

/// A store's identifier with the name of its library, which a program finds the
/// provider by.
fn wrapped(library: &str, entry: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; 4];
    bytes.extend(STORE_WRAP);
    bytes.extend([0, 0]);
    bytes.extend(library.bytes().filter(|byte| *byte != 0).chain([0]));
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes.extend(entry);
    bytes
}

impl IMAPISupport_Impl for Support {
    unsafe fn GetLastError(
        &self,
        result: HRESULT,
        flags: u32,
        error: *mut *mut MAPIERROR,
    ) -> HRESULT {
        // SAFETY: forwarded from the caller.
        unsafe { get_last_error(result, flags, error) }
    }

    unsafe fn GetMemAllocRoutines(
        &self,
        allocate: *mut Option<ALLOCATEBUFFER>,
        more: *mut Option<ALLOCATEMORE>,
        free_buffer: *mut Option<FREEBUFFER>,
    ) -> HRESULT {
        guarded("GetMemAllocRoutines", || {
            // SAFETY: forwarded from the caller.
            unsafe {
                put(allocate, Some(ffi::allocate_buffer as ALLOCATEBUFFER))?;
                put(more, Some(ffi::allocate_more as ALLOCATEMORE))?;
                put(free_buffer, Some(ffi::free_buffer as FREEBUFFER))
            }
        })
    }

    unsafe fn Subscribe(
        &self,
        key: *const NOTIFKEY,
        mask: u32,
        _flags: u32,
        sink: *mut c_void,
        connection: *mut usize,
    ) -> HRESULT {
        guarded("Subscribe", || {
            // SAFETY: forwarded from the caller.
            let (key, sink) =
                unsafe { (key_argument(key)?, IMAPIAdviseSink::from_raw_borrowed(&sink)) };
            let sink = sink.ok_or_else(|| invalid("there is no sink"))?.clone();
            let number = self.0.last.fetch_add(1, Ordering::Relaxed) + 1;
            let mut all = lock(&self.0.subscriptions);
            if all.len() >= MAX_SUBSCRIPTIONS {
                let says = "there are too many subscriptions: end some";
                return Err(Failure::new(Code::NOT_ENOUGH_RESOURCES, says));
            }
            // SAFETY: forwarded from the caller.
            unsafe { put(connection, number) }?;
            all.push(Subscription { number, key, mask, sink: AnyThread(sink) });
            Ok(())
        })
    }

    unsafe fn Unsubscribe(&self, connection: usize) -> HRESULT {
        guarded("Unsubscribe", || {
            let gone = {
                let mut all = lock(&self.0.subscriptions);
                let at = all.iter().position(|one| one.number == connection);
                at.map(|at| all.remove(at))
            };
            // The sink is let go outside the lock.
            gone.map(drop).ok_or_else(|| Failure::new(Code::NOT_FOUND, "no such subscription"))
        })
    }

    unsafe fn Notify(
        &self,
        key: *const NOTIFKEY,
        count: u32,
        notifications: *const NOTIFICATION,
        flags: *mut u32,
    ) -> HRESULT {
        guarded("Notify", || {
            if notifications.is_null() && count > 0 {
                return Err(invalid("there are no events"));
            }
            // SAFETY: forwarded from the caller.
            let key = unsafe { key_argument(key) }?;
            let sinks: Vec<(u32, IMAPIAdviseSink)> = lock(&self.0.subscriptions)
                .iter()
                .filter(|one| one.key == key)
                .map(|one| (one.mask, one.sink.0.clone()))
                .collect();
            for (mask, sink) in sinks {
                for at in 0..count as usize {
                    // SAFETY: one of so many structures of the caller's.
                    unsafe {
                        let one = notifications.add(at);
                        if (*one).ulEventType & mask != 0 {
                            sink.OnNotify(1, one);
                        }
                    }
                }
            }
            if !flags.is_null() {
                // SAFETY: checked for null; the caller passes a writable place.
                unsafe { flags.write(0) };
            }
            Ok(())
        })
    }

    unsafe fn ModifyStatusRow(
        &self,
        count: u32,
        columns: *const mapi_abi::structs::SPropValue,
        flags: u32,
    ) -> HRESULT {
        guarded("ModifyStatusRow", || {
            // SAFETY: forwarded from the caller.
            let given = unsafe { read::props(columns, count) }
                .map_err(|code| Failure::new(code, "the columns cannot be read"))?;
            let mut row = lock(&self.0.status);
            if flags & STATUSROW_UPDATE == 0 {
                row.clear();
            }
            for prop in given.into_iter().map(received) {
                row.retain(|known| known.tag.id() != prop.tag.id());
                row.push(prop);
            }
            Ok(())
        })
    }

    unsafe fn OpenProfileSection(
        &self,
        uid: *const MAPIUID,
        _flags: u32,
        section: *mut *mut c_void,
    ) -> HRESULT {
        guarded("OpenProfileSection", || {
            if !uid.is_null() {
                let says =
                    "a provider's own section is opened without a name, and there is no other";
                return Err(Failure::new(Code::NOT_FOUND, says));
            }
            if section.is_null() {
                return Err(invalid("the place for the answer is null"));
            }
            // SAFETY: checked for null; forwarded from the caller.
            unsafe { put(section, loose_section_object(&self.0.section)?) }
        })
    }

    unsafe fn NewUID(&self, uid: *mut MAPIUID) -> HRESULT {
        // SAFETY: forwarded from the caller.
        guarded("NewUID", || unsafe { put(uid, MAPIUID { ab: Uid::new()?.0 }) })
    }

    unsafe fn MakeInvalid(
        &self,
        _flags: u32,
        object: *mut c_void,
        references: u32,
        _methods: u32,
    ) -> HRESULT {
        guarded("MakeInvalid", || {
            if object.is_null() {
                return Err(invalid("there is no object"));
            }
            // SAFETY: checked for null; what the documentation asks of the caller.
            unsafe { make_invalid(object, references) };
            Ok(())
        })
    }

    unsafe fn CreateOneOff(
        &self,
        name: *const u16,
        kind: *const u16,
        address: *const u16,
        flags: u32,
        size: *mut u32,
        entry: *mut *mut u8,
    ) -> HRESULT {
        guarded("CreateOneOff", || {
            // SAFETY: forwarded from the caller.
            unsafe {
                let texts = [name, kind, address].map(|text| text_argument(text, flags));
                let [name, kind, address] = &texts;
                put_entry(size, entry, &one_off([name, kind, address], flags))
            }
        })
    }

    unsafe fn SetProviderUID(&self, uid: *const MAPIUID, _flags: u32) -> HRESULT {
        guarded("SetProviderUID", || {
            // SAFETY: null or readable.
            let uid = unsafe { uid.as_ref() }.ok_or_else(|| invalid("there is no identifier"))?;
            let mut all = lock(&self.0.uids);
            if !all.contains(&uid.ab) && all.len() < MAX_SUBSCRIPTIONS {
                all.push(uid.ab);
            }
            Ok(())
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
            let wrong = |code| Failure::new(code, "not an entry identifier");
            // SAFETY: forwarded from the caller.
            unsafe {
                let one = read::entry_id(entry1, size1).map_err(wrong)?;
                let other = read::entry_id(entry2, size2).map_err(wrong)?;
                put(same, u32::from(one == other))
            }
        })
    }

    unsafe fn DoConfigPropsheet(
        &self,
        _window: usize,
        flags: u32,
        title: *const u16,
        display: *mut c_void,
        data: *mut c_void,
        _page: u32,
    ) -> HRESULT {
        guarded("DoConfigPropsheet", || {
            let sheets = self.0.sheets.as_ref().ok_or_else(|| {
                Failure::new(Code::NO_SUPPORT, "nobody may be asked now: look at the flags")
            })?;
            // SAFETY: forwarded from the caller: null or the interfaces named.
            let (title, display, data) = unsafe {
                let display = IMAPITable::from_raw_borrowed(&display);
                (text_argument(title, flags), display, IMAPIProp::from_raw_borrowed(&data))
            };
            let (Some(display), Some(data)) = (display, data) else {
                return Err(invalid("a sheet has a display table and data"));
            };
            sheet::show(sheets, &title, display, data)
        })
    }

    unsafe fn OpenAddressBook(
        &self,
        _iid: *const GUID,
        _flags: u32,
        _book: *mut *mut c_void,
    ) -> HRESULT {
        guarded("OpenAddressBook", || {
            Err(Failure::new(Code::NO_SUPPORT, "a provider is given no address book"))
        })
    }

    unsafe fn WrapStoreEntryID(
        &self,
        size: u32,
        entry: *const u8,
        wrapped_size: *mut u32,
        place: *mut *mut u8,
    ) -> HRESULT {
        guarded("WrapStoreEntryID", || {
            // SAFETY: forwarded from the caller.
            unsafe {
                let entry = read::entry_id(entry, size)
                    .map_err(|code| Failure::new(code, "not an entry identifier"))?;
                put_entry(wrapped_size, place, &wrapped(&self.0.library, &entry.0))
            }
        })
    }

    unsafe fn GetSvcConfigSupportObj(&self, _flags: u32, support: *mut *mut c_void) -> HRESULT {
        guarded("GetSvcConfigSupportObj", || {
            if support.is_null() {
                return Err(invalid("the place for the answer is null"));
            }
            // SAFETY: checked for null; forwarded from the caller.
            unsafe { put(support, self.0.object()?.into_raw()) }
        })
    }
}

#[cfg(test)]
#[path = "support_tests.rs"]
mod tests;
