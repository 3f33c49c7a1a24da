//! The running object table of the process: objects under their names.
//!
//! # Protocol
//! An entry has the name as bytes: what it is compared by, and what a moniker for
//! any apartment is loaded from, since a moniker belongs to the apartment that
//! made it. The object is held strongly or weakly (`held`); an entry whose object
//! is gone is dead and swept by whoever looks next. Entries go with the apartment
//! of their objects. The lock is not held while objects are released or asked.

use core::ffi::c_void;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use com_abi::codes::{
    CO_E_OBJNOTCONNECTED, E_INVALIDARG, E_OUTOFMEMORY, MK_E_UNAVAILABLE, RPC_E_DISCONNECTED,
};
use com_abi::moniker::{IMoniker, ROTFLAGS_ALLOWANYCLIENT, ROTFLAGS_REGISTRATIONKEEPSALIVE};
use com_abi::{FILETIME, GUID, HRESULT, IUnknown};

use crate::apartment::{self, Apartment};
use crate::held::Held;
use crate::moniker::{calls, compare};
use crate::stub::Hold;

/// Most entries.
const MAX_ENTRIES: usize = 1 << 16;

struct Entry {
    cookie: u32,
    /// What the name is compared by.
    key: Vec<u8>,
    /// What the name is loaded from.
    name: Vec<u8>,
    object: Held,
    time: FILETIME,
}

#[derive(Default)]
struct Table {
    entries: Vec<Entry>,
    last: u32,
}

static TABLE: Mutex<Table> = Mutex::new(Table { entries: Vec::new(), last: 0 });

fn table() -> MutexGuard<'static, Table> {
    TABLE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What became of an entry.
pub struct Registered {
    /// Its number, which no other entry ever has.
    pub cookie: u32,
    /// The name was there already: the older entry is found.
    pub was_there: bool,
}

/// Enters an object under a name, as of `time`.
///
/// # Errors
/// `CO_E_NOTINITIALIZED`; `E_INVALIDARG` for flags that mean nothing; what the
/// moniker answers when it cannot be saved; `E_OUTOFMEMORY` when the table is
/// full.
pub fn register(
    flags: u32,
    object: &IUnknown,
    name: &IMoniker,
    time: FILETIME,
) -> Result<Registered, HRESULT> {
    apartment::current()?;
    if flags & !(ROTFLAGS_REGISTRATIONKEEPSALIVE | ROTFLAGS_ALLOWANYCLIENT) != 0 {
        return Err(E_INVALIDARG);
    }
    let (key, name) = (compare::data(name)?, calls::to_bytes(name)?);
    let keeps = flags & ROTFLAGS_REGISTRATIONKEEPSALIVE != 0;
    let object = Held::new(object, if keeps { Hold::Strong } else { Hold::Weak })?;
    sweep();
    let mut entry = Entry { cookie: 0, key, name, object, time };
    let mut table = table();
    let cookie = table.last.checked_add(1).filter(|_| table.entries.len() < MAX_ENTRIES);
    let Some(cookie) = cookie else {
        drop(table);
        drop(entry);
        return Err(E_OUTOFMEMORY);
    };
    table.last = cookie;
    entry.cookie = cookie;
    let was_there = table.entries.iter().any(|known| known.key == entry.key);
    table.entries.push(entry);
    Ok(Registered { cookie, was_there })
}

/// Takes an entry out and lets the object go.
///
/// # Errors
/// `E_INVALIDARG` when there is no such entry.
pub fn revoke(cookie: u32) -> Result<(), HRESULT> {
    let taken = {
        let mut table = table();
        let at = table.entries.iter().position(|entry| entry.cookie == cookie);
        table.entries.remove(at.ok_or(E_INVALIDARG)?)
    };
    drop(taken);
    Ok(())
}

/// Entries that nobody finds any more.
pub struct Taken {
    _entries: Vec<Entry>,
}

/// Takes the entries out that `is_gone` names. To be dropped outside of the lock.
fn take_out(is_gone: impl Fn(&Entry) -> bool) -> Taken {
    let mut table = table();
    let (gone, kept) = std::mem::take(&mut table.entries).into_iter().partition(is_gone);
    table.entries = kept;
    Taken { _entries: gone }
}

fn sweep() {
    drop(take_out(|entry| !entry.object.is_alive()));
}

/// The apartment ends: its objects' entries go with it. Dropped when its stubs are
/// released.
pub fn take(apartment: &Arc<Apartment>) -> Taken {
    take_out(|entry| entry.object.is_of(apartment))
}

/// Finds the oldest entry of a name that is alive.
fn find<R>(name: &IMoniker, take: impl FnOnce(&Entry) -> R) -> Result<Option<R>, HRESULT> {
    let key = compare::data(name)?;
    sweep();
    let table = table();
    Ok(table.entries.iter().find(|entry| entry.key == key).map(take))
}

/// Whether an object of that name runs.
///
/// # Errors
/// What the moniker answers.
pub fn is_running(name: &IMoniker) -> Result<bool, HRESULT> {
    find(name, |_| ()).map(|found| found.is_some())
}

/// The interface `iid` of the object of that name, for this thread's apartment,
/// with a reference.
///
/// # Errors
/// `MK_E_UNAVAILABLE` when there is none; `CO_E_NOTINITIALIZED`; `E_NOINTERFACE`;
/// what the moniker answers.
pub fn object(name: &IMoniker, iid: &GUID) -> Result<*mut c_void, HRESULT> {
    let found = find(name, |entry| entry.object.access())?;
    found.ok_or(MK_E_UNAVAILABLE)?.interface(iid).map_err(|code| match code {
        // It has ended since it was found.
        CO_E_OBJNOTCONNECTED | RPC_E_DISCONNECTED => MK_E_UNAVAILABLE,
        other => other,
    })
}

/// Notes when an object was changed.
///
/// # Errors
/// `E_INVALIDARG` when there is no such entry.
pub fn note_change_time(cookie: u32, time: FILETIME) -> Result<(), HRESULT> {
    let mut table = table();
    let entry = table.entries.iter_mut().find(|entry| entry.cookie == cookie);
    entry.ok_or(E_INVALIDARG)?.time = time;
    Ok(())
}

/// When the object of that name was changed.
///
/// # Errors
/// `MK_E_UNAVAILABLE` when there is none; what the moniker answers.
pub fn time_of_last_change(name: &IMoniker) -> Result<FILETIME, HRESULT> {
    find(name, |entry| entry.time)?.ok_or(MK_E_UNAVAILABLE)
}

/// The names of the objects that run, as bytes of monikers.
pub fn names() -> Vec<Vec<u8>> {
    sweep();
    table().entries.iter().map(|entry| entry.name.clone()).collect()
}
