//! The table of managers, by client context and stub, so that an object has one
//! identity in a context.
//!
//! # Protocol
//! The table holds no reference. Whoever finds a dying manager makes a new one,
//! and the dying one takes itself out only if it is still the one that is there,
//! before it is freed. The lock is not held while an object or a handler is
//! asked, so two threads may make managers for one object; the one that enters
//! its own first is faster, and the other's is given up.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use com_abi::HRESULT;

use super::handler;
use super::manager::{Manager, release};
use crate::apartment::Apartment;
use crate::contexts::Context;
use crate::stub::{Hold, Stub};
use crate::sync::{Mutex, MutexGuard, planted, process_static};

/// Client context and stub.
type Key = (u64, u64);

process_static! {
    static MANAGERS: Mutex<Option<HashMap<Key, usize>>> = Mutex::new(None);
}

fn managers() -> MutexGuard<'static, Option<HashMap<Key, usize>>> {
    MANAGERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A manager in the table, with one more reference, unless it is dying.
fn raised(table: &HashMap<Key, usize>, key: Key) -> Option<*const Manager> {
    let manager = *table.get(&key)? as *const Manager;
    // SAFETY: a manager takes itself out of the table before it is freed, under
    // the lock whose table this is.
    unsafe { (*manager).raise() }.then_some(manager)
}

/// The manager of the stub's object in `client`, with one more reference.
///
/// # Errors
/// `CO_E_OBJNOTCONNECTED` when the stub has ended.
pub fn manager_for(client: &Context, stub: &Arc<Stub>) -> Result<*const Manager, HRESULT> {
    let key = (client.id(), stub.id());
    if planted!(RaisesLate) {
        let found = managers().get_or_insert_default().clone();
        if let Some(known) = raised(&found, key) {
            return Ok(known);
        }
    }
    if let Some(known) = raised(managers().get_or_insert_default(), key) {
        return Ok(known);
    }
    // Outside the lock: the object may have to be told, and a handler made.
    stub.hold(Hold::Strong)?;
    let manager = Manager::new(client, stub);
    if let Some(clsid) = stub.handler() {
        // SAFETY: fresh, with one reference.
        let made = handler::make(&clsid, unsafe { (*manager).identity() });
        match made {
            // SAFETY: as above.
            Ok(made) => unsafe { (*manager).set_handler(made) },
            Err(code) => {
                // SAFETY: the only reference to the one that nobody knows.
                unsafe { release(manager) };
                return Err(code);
            }
        }
    }
    let faster = {
        let mut table = managers();
        let table = table.get_or_insert_default();
        let faster = raised(table, key);
        if faster.is_none() {
            table.insert(key, manager as usize);
        }
        faster
    };
    if let Some(faster) = faster {
        // SAFETY: the only reference to the one that nobody knows.
        unsafe { release(manager) };
        return Ok(faster);
    }
    Ok(manager)
}

/// Whether a manager in the table is of an apartment's contexts.
fn is_of(manager: usize, client: &Apartment) -> bool {
    // SAFETY: as in `raised`; the caller holds the lock.
    unsafe { &*(manager as *const Manager) }.connection.apartment == client.id()
}

/// Whether an apartment has connected proxies.
pub fn has_proxies(client: &Apartment) -> bool {
    let is_its = |manager: &usize| {
        // SAFETY: as in `raised`.
        let connection = unsafe { &(*(*manager as *const Manager)).connection };
        is_of(*manager, client) && connection.check_connected().is_ok()
    };
    managers().as_ref().is_some_and(|table| table.values().any(is_its))
}

/// Disconnects the proxies of an apartment that ends. They stay valid and answer
/// `CO_E_OBJNOTCONNECTED`; their objects lose these holders.
pub fn disconnect_apartment(client: &Apartment) {
    let found: Vec<*const Manager> = {
        let mut table = managers();
        let table = table.get_or_insert_default();
        let its = table.iter().filter(|(_, manager)| is_of(**manager, client));
        let keys: Vec<Key> = its.map(|(key, _)| *key).collect();
        keys.into_iter().filter_map(|key| raised(table, key)).collect()
    };
    for manager in found {
        // SAFETY: `raised` answered with a reference, which this gives back.
        unsafe {
            (*manager).connection.disconnect();
            release(manager);
        }
    }
}

/// Managers of all apartments.
#[cfg(all(test, not(loom)))]
pub fn managers_known() -> usize {
    managers().as_ref().map_or(0, HashMap::len)
}

/// Takes a dying manager out, if it is still the one that is there.
pub fn remove(manager: *const Manager) {
    // SAFETY: it is freed after this.
    let connection = unsafe { &(*manager).connection };
    let key = (connection.client, connection.stub.id());
    if let Some(table) = managers().as_mut()
        && table.get(&key) == Some(&(manager as usize))
    {
        table.remove(&key);
    }
}
