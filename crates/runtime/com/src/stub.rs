//! Stubs: how an apartment keeps the objects that others hold proxies of.
//!
//! # Protocol
//! A stub stands for one object in its home apartment. It owns one reference to
//! the object's identity and one to each interface that was asked for. Proxies
//! share it; `proxies` counts their managers. The pointers are used and released
//! on the home apartment's thread only, and exactly once, because whoever
//! releases them takes them out of the stub first:
//! - the last proxy to go does it, by a call to the home apartment;
//! - the apartment's end does it for all that are left; proxies that outlive it
//!   get `CO_E_OBJNOTCONNECTED`.

use core::ffi::c_void;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use com_abi::codes::{CO_E_OBJNOTCONNECTED, E_NOINTERFACE};
use com_abi::{GUID, HRESULT, IUnknown, Interface};

use crate::apartment::Apartment;

/// An interface pointer that is only used in its home apartment.
struct HomePointer(IUnknown);

// SAFETY: the pointer is used and released only by threads in the home apartment;
// others only move the value about.
unsafe impl Send for HomePointer {}

/// See the module.
pub struct Stub {
    home: Arc<Apartment>,
    identity: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    unknown: Option<HomePointer>,
    interfaces: Vec<(GUID, HomePointer)>,
    proxies: usize,
}

impl Stub {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The object's apartment.
    pub fn home(&self) -> &Arc<Apartment> {
        &self.home
    }

    /// Number that tells the objects of one apartment apart.
    pub fn identity(&self) -> usize {
        self.identity
    }

    /// The address of an interface, asked of the object once. Home thread only.
    ///
    /// # Errors
    /// `E_NOINTERFACE`, or what the object answers; `CO_E_OBJNOTCONNECTED` when
    /// it was released.
    pub fn interface(&self, iid: &GUID) -> Result<*mut c_void, HRESULT> {
        let unknown = {
            let state = self.lock();
            if let Some((_, known)) = state.interfaces.iter().find(|(known, _)| known == iid) {
                return Ok(known.0.as_raw());
            }
            let unknown = state.unknown.as_ref().ok_or(CO_E_OBJNOTCONNECTED)?;
            unknown.0.clone()
        };
        let mut raw = core::ptr::null_mut();
        // SAFETY: a live interface, a readable identifier and a writable place.
        unsafe { unknown.query(iid, &mut raw) }.ok().map_err(|error| error.code())?;
        if raw.is_null() {
            return Err(E_NOINTERFACE);
        }
        // SAFETY: the object answered with an interface and a reference; every
        // interface begins with `IUnknown`.
        let pointer = HomePointer(unsafe { IUnknown::from_raw(raw) });
        self.lock().interfaces.push((*iid, pointer));
        Ok(raw)
    }

    /// Takes the pointers out, to be released by the caller. Home thread only.
    fn take(&self) -> (Option<HomePointer>, Vec<(GUID, HomePointer)>) {
        let mut state = self.lock();
        (state.unknown.take(), std::mem::take(&mut state.interfaces))
    }

    /// One more proxy manager holds this.
    pub fn connect(&self) {
        self.lock().proxies += 1;
    }

    /// One proxy manager less; the last one releases the object.
    pub fn disconnect(self: &Arc<Self>) {
        if self.home.stubs().forget_if_last(self) {
            // An error means that the apartment ended, which released the object.
            let _ = crate::call::run(&self.home, "an object to be released", || {
                drop(self.take());
            });
        }
    }
}

/// The stubs of one apartment, by the identity of their objects.
#[derive(Default)]
pub struct StubTable(Mutex<HashMap<usize, Arc<Stub>>>);

impl StubTable {
    fn lock(&self) -> MutexGuard<'_, HashMap<usize, Arc<Stub>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The stub of an object of `home`, connected once more. Home thread only.
    ///
    /// # Errors
    /// What the object answers when it is asked for its identity.
    pub fn connect(&self, home: &Arc<Apartment>, object: &IUnknown) -> Result<Arc<Stub>, HRESULT> {
        let unknown: IUnknown = object.cast().map_err(|error| error.code())?;
        let identity = unknown.as_raw() as usize;
        let mut stubs = self.lock();
        let stub = stubs.entry(identity).or_insert_with(|| {
            let state = State { unknown: Some(HomePointer(unknown)), ..State::default() };
            Arc::new(Stub { home: Arc::clone(home), identity, state: Mutex::new(state) })
        });
        stub.connect();
        Ok(Arc::clone(stub))
    }

    /// Counts one proxy manager less and forgets a stub that has none left;
    /// whether it has.
    fn forget_if_last(&self, stub: &Arc<Stub>) -> bool {
        let mut stubs = self.lock();
        let mut state = stub.lock();
        state.proxies = state.proxies.saturating_sub(1);
        if state.proxies > 0 {
            return false;
        }
        drop(state);
        if stubs.get(&stub.identity).is_some_and(|known| Arc::ptr_eq(known, stub)) {
            stubs.remove(&stub.identity);
        }
        true
    }

    /// Releases every object that is left. Home thread only.
    pub fn release_all(&self) {
        let stubs = std::mem::take(&mut *self.lock());
        for stub in stubs.into_values() {
            drop(stub.take());
        }
    }

    /// Objects that others hold proxies of.
    pub fn count(&self) -> usize {
        self.lock().len()
    }
}
