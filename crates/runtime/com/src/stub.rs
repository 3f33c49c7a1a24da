//! Stubs: how an apartment keeps the objects that others hold proxies of.
//!
//! # Protocol
//! A stub stands for one object in its home apartment. It owns one reference to
//! the object's identity and one to each interface that was asked for. It counts
//! two kinds of holders:
//! - *strong*: managers of proxies, packets for one use, strong table packets;
//! - *weak*: weak table packets, which do not keep an object that once had strong
//!   holders.
//!
//! A stub ends, for good, when its last strong holder goes, whatever weak ones
//! are left; when its last weak holder goes and it has no strong ones; and when
//! its apartment ends. Then the pointers are taken out of it and released in the
//! home apartment, exactly once, because whoever ends it takes them out under its
//! lock. Afterwards nobody can become a holder, and it is found no more.

use core::ffi::c_void;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use com_abi::codes::{CO_E_OBJNOTCONNECTED, E_NOINTERFACE};
use com_abi::{GUID, HRESULT, IUnknown, Interface};

use crate::apartment::Apartment;
use crate::class_factory;

/// An interface pointer that is only used in its home apartment.
struct HomePointer(IUnknown);

// SAFETY: the pointer is used and released only by threads in the home apartment;
// others only move the value about.
unsafe impl Send for HomePointer {}

/// How a stub is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// The holder keeps the object.
    Strong,
    /// The holder only finds it while somebody else keeps it.
    Weak,
}

/// See the module.
pub struct Stub {
    home: Arc<Apartment>,
    id: u64,
    identity: usize,
    state: Mutex<State>,
}

struct State {
    unknown: Option<HomePointer>,
    interfaces: Vec<(GUID, HomePointer)>,
    strong: usize,
    weak: usize,
}

/// Pointers that were taken out of an ended stub.
struct Taken {
    _unknown: Option<HomePointer>,
    interfaces: Vec<(GUID, HomePointer)>,
}

impl Drop for Taken {
    fn drop(&mut self) {
        for (iid, pointer) in &self.interfaces {
            class_factory::lock_for_stub(iid, &pointer.0, false);
        }
    }
}

/// All stubs of the process by their numbers.
static STUBS: Mutex<Option<HashMap<u64, Weak<Stub>>>> = Mutex::new(None);

fn stubs() -> MutexGuard<'static, Option<HashMap<u64, Weak<Stub>>>> {
    STUBS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The stub with a number, unless it has ended.
pub fn find(id: u64) -> Option<Arc<Stub>> {
    stubs().as_ref()?.get(&id)?.upgrade()
}

impl Drop for Stub {
    fn drop(&mut self) {
        if let Some(all) = stubs().as_mut() {
            all.remove(&self.id);
        }
    }
}

impl Stub {
    fn new(home: &Arc<Apartment>, identity: usize, unknown: IUnknown) -> Arc<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let state = State {
            unknown: Some(HomePointer(unknown)),
            interfaces: Vec::new(),
            strong: 0,
            weak: 0,
        };
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let stub =
            Arc::new(Self { home: Arc::clone(home), id, identity, state: Mutex::new(state) });
        stubs().get_or_insert_default().insert(id, Arc::downgrade(&stub));
        stub
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The object's apartment.
    pub fn home(&self) -> &Arc<Apartment> {
        &self.home
    }

    /// Number that no other stub of the process ever has.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// The address of an interface, asked of the object once. Home apartment
    /// only.
    ///
    /// # Errors
    /// `E_NOINTERFACE`, or what the object answers; `CO_E_OBJNOTCONNECTED` when
    /// the stub has ended.
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
        class_factory::lock_for_stub(iid, &pointer.0, true);
        let mut state = self.lock();
        if state.unknown.is_none() {
            drop(state);
            class_factory::lock_for_stub(iid, &pointer.0, false);
            return Err(CO_E_OBJNOTCONNECTED);
        }
        state.interfaces.push((*iid, pointer));
        Ok(raw)
    }

    /// The address of an interface that the object was asked for before; it is used
    /// at home only.
    pub fn known_interface(&self, iid: &GUID) -> Option<*mut c_void> {
        let state = self.lock();
        let known = state.interfaces.iter().find(|(known, _)| known == iid);
        known.map(|(_, pointer)| pointer.0.as_raw())
    }

    /// One more holder.
    ///
    /// # Errors
    /// `CO_E_OBJNOTCONNECTED` when the stub has ended.
    pub fn hold(&self, kind: Hold) -> Result<(), HRESULT> {
        let mut state = self.lock();
        if state.unknown.is_none() {
            return Err(CO_E_OBJNOTCONNECTED);
        }
        match kind {
            Hold::Strong => state.strong += 1,
            Hold::Weak => state.weak += 1,
        }
        Ok(())
    }

    /// One holder less. If that ends the stub, the object is released before
    /// this returns, unless its apartment has ended, which released it.
    pub fn let_go(self: &Arc<Self>, kind: Hold) {
        let Some(taken) = self.home.stubs().let_go(self, kind) else { return };
        let waiting = "an object to be released";
        // What could not be handed over was withdrawn with the closure that owns
        // the pointers: leaking them is all that is left outside their home.
        let taken = core::mem::ManuallyDrop::new(taken);
        let released = crate::call::run(&self.home, waiting, move || {
            drop(core::mem::ManuallyDrop::into_inner(taken));
        });
        if released.is_err() {
            observe::warn!("com", "an object outlives its apartment, which ended meanwhile");
        }
    }

    /// Ends the stub; its pointers, if it had not ended before.
    fn end(state: &mut State) -> Option<Taken> {
        let unknown = state.unknown.take()?;
        let interfaces = std::mem::take(&mut state.interfaces);
        Some(Taken { _unknown: Some(unknown), interfaces })
    }
}

/// The stubs of one apartment, by the identity of their objects.
#[derive(Default)]
pub struct StubTable(Mutex<HashMap<usize, Arc<Stub>>>);

impl StubTable {
    fn lock(&self) -> MutexGuard<'_, HashMap<usize, Arc<Stub>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The stub of an object of `home`, with one more holder. Home apartment
    /// only.
    ///
    /// # Errors
    /// What the object answers when it is asked for its identity.
    pub fn hold(
        &self,
        home: &Arc<Apartment>,
        object: &IUnknown,
        kind: Hold,
    ) -> Result<Arc<Stub>, HRESULT> {
        let unknown: IUnknown = object.cast().map_err(|error| error.code())?;
        let identity = unknown.as_raw() as usize;
        let mut stubs = self.lock();
        // One that has ended is not in the table any more.
        let stub = stubs.entry(identity).or_insert_with(|| Stub::new(home, identity, unknown));
        stub.hold(kind)?;
        Ok(Arc::clone(stub))
    }

    /// Counts one holder less; the pointers, if that ends the stub.
    fn let_go(&self, stub: &Arc<Stub>, kind: Hold) -> Option<Taken> {
        let mut stubs = self.lock();
        let mut state = stub.lock();
        let is_last = match kind {
            Hold::Strong => {
                state.strong = state.strong.saturating_sub(1);
                state.strong == 0
            }
            Hold::Weak => {
                state.weak = state.weak.saturating_sub(1);
                state.weak == 0 && state.strong == 0
            }
        };
        if !is_last {
            return None;
        }
        let taken = Stub::end(&mut state);
        drop(state);
        if stubs.get(&stub.identity).is_some_and(|known| Arc::ptr_eq(known, stub)) {
            stubs.remove(&stub.identity);
        }
        taken
    }

    /// Ends every stub that is left and releases the objects. Home apartment
    /// only.
    pub fn release_all(&self) {
        let stubs = std::mem::take(&mut *self.lock());
        for stub in stubs.into_values() {
            let taken = Stub::end(&mut stub.lock());
            drop(taken);
        }
    }

    /// Objects that others hold proxies or packets of.
    pub fn count(&self) -> usize {
        self.lock().len()
    }
}
