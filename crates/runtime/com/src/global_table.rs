//! The global interface table: interfaces of a process by number.
//!
//! An entry is a strong hold of a stub, so the object lives until its entry is
//! revoked or its apartment ends; or a packet of an object that marshals itself. The table itself is one for the process and
//! lives as long as it: its reference count stands at 1 whatever is done to it.

use core::ffi::c_void;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use com_abi::codes::{E_INVALIDARG, E_OUTOFMEMORY};
use com_abi::{GUID, HRESULT, IUnknown};

use crate::membership;
use crate::proxy::{self, Marshaled};

/// Most entries.
const MAX_ENTRIES: usize = 1 << 20;

#[derive(Default)]
struct Table {
    entries: HashMap<u32, Arc<Marshaled>>,
    last: u32,
}

static TABLE: Mutex<Option<Table>> = Mutex::new(None);

fn table() -> MutexGuard<'static, Option<Table>> {
    TABLE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Enters an interface of this thread's apartment and answers its number.
///
/// # Errors
/// `CO_E_NOTINITIALIZED`; `E_NOINTERFACE` when the object does not have the
/// interface; `E_OUTOFMEMORY` when the table is full; `CO_E_OBJNOTCONNECTED` for
/// a proxy whose object is gone.
pub fn register(object: &IUnknown, iid: &GUID) -> Result<u32, HRESULT> {
    membership::current()?;
    // Dropped outside the table's lock if it is not entered.
    let entry = Arc::new(proxy::marshal(object)?);
    proxy::check(&entry, object, iid)?;
    table().get_or_insert_default().enter(&entry)
}

/// Takes an entry out; the object is released before this returns if nobody else
/// holds it.
///
/// # Errors
/// `CO_E_NOTINITIALIZED`; `E_INVALIDARG` when there is no such entry.
pub fn revoke(cookie: u32) -> Result<(), HRESULT> {
    membership::current()?;
    let removed = table().as_mut().and_then(|table| table.entries.remove(&cookie));
    drop(removed.ok_or(E_INVALIDARG)?);
    Ok(())
}

/// An interface of an entry for this thread's apartment, with a reference.
///
/// # Errors
/// `CO_E_NOTINITIALIZED`; `E_INVALIDARG` when there is no such entry;
/// `E_NOINTERFACE`; `CO_E_OBJNOTCONNECTED` when the object's apartment has ended.
pub fn get(cookie: u32, iid: &GUID) -> Result<*mut c_void, HRESULT> {
    membership::current()?;
    let entry = table().as_ref().and_then(|table| table.entries.get(&cookie).cloned());
    proxy::unmarshal(&*entry.ok_or(E_INVALIDARG)?, iid)
}

/// Entries of the table.
#[cfg(all(test, not(loom)))]
pub fn entries() -> usize {
    table().as_ref().map_or(0, |table| table.entries.len())
}

impl Table {
    /// Numbers are used again only after all others were.
    fn enter(&mut self, entry: &Arc<Marshaled>) -> Result<u32, HRESULT> {
        if self.entries.len() >= MAX_ENTRIES {
            return Err(E_OUTOFMEMORY);
        }
        loop {
            self.last = self.last.wrapping_add(1).max(1);
            if let std::collections::hash_map::Entry::Vacant(place) = self.entries.entry(self.last)
            {
                place.insert(Arc::clone(entry));
                return Ok(self.last);
            }
        }
    }
}
