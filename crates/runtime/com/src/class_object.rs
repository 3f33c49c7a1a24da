//! Class objects that are registered at run time (`CoRegisterClassObject`).
//!
//! A registration belongs to the apartment that made it. Who sees it:
//!
//! | registered for | request for in-process | request for local |
//! |---|---|---|
//! | in-process | the same apartment | nobody |
//! | local, `MULTIPLEUSE` | the same apartment | every apartment |
//! | local, otherwise | nobody | every apartment |
//!
//! The same apartment gets the object's own pointer, in another context a proxy, as
//! another apartment does; with
//! `AGILE` every apartment sees it and gets its own pointer. `SINGLEUSE` is out of
//! sight once a local request was served, `SUSPENDED` until the process resumes
//! its class objects. Both are still there to be revoked.
//!
//! # Protocol
//! One lock holds the list and the process's count ([`add_process_reference`]),
//! so that a server which counts down to zero and a request that looks for its
//! class see each other: either the request found the class before, or it is told
//! that the server stops. A client's reference is added inside the lock, so that
//! the object cannot be revoked in between; asking and letting go happen outside of
//! it, the latter by the apartment that registered the object, which takes its
//! registrations along when it ends.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use com_abi::codes::{CO_E_SERVER_STOPPING, E_INVALIDARG, RPC_E_WRONG_THREAD};
use com_abi::{GUID, HRESULT, IUnknown};
use partywall::ffi::CLSCTX_INPROC_SERVER;
use partywall::ffi::activation::{
    CLSCTX_INPROC_HANDLER, CLSCTX_LOCAL_SERVER, CLSCTX_REMOTE_SERVER, REGCLS_AGILE,
    REGCLS_MULTI_SEPARATE, REGCLS_MULTIPLEUSE, REGCLS_SURROGATE, REGCLS_SUSPENDED,
};

use crate::apartment::{self, Apartment};
use crate::contexts::Context;
use crate::proxy::{Marshaled, marshal};
use crate::{call, membership};

const KNOWN_FLAGS: u32 =
    REGCLS_MULTIPLEUSE | REGCLS_MULTI_SEPARATE | REGCLS_SUSPENDED | REGCLS_SURROGATE | REGCLS_AGILE;
const KNOWN_CONTEXTS: u32 =
    CLSCTX_INPROC_SERVER | CLSCTX_INPROC_HANDLER | CLSCTX_LOCAL_SERVER | CLSCTX_REMOTE_SERVER;
/// Most registrations of a process.
const MAX_REGISTRATIONS: usize = 1 << 16;

/// An object that is used in its own apartment only, unless it is agile.
struct Bound(IUnknown);

// SAFETY: the pointer is used and released by the apartment that it belongs to,
// or the object has said that any apartment may.
unsafe impl Send for Bound {}

struct Registration {
    cookie: u32,
    clsid: GUID,
    context: u32,
    flags: u32,
    home: Context,
    object: Bound,
    /// For other apartments.
    exported: Option<Arc<Marshaled>>,
    suspended: bool,
    /// Served its one local request.
    withdrawn: bool,
}

#[derive(Default)]
struct Table {
    registrations: Vec<Registration>,
    last: u32,
    /// `CoAddRefServerProcess` calls that are not undone.
    process_references: u32,
    /// The count came to zero and nobody has resumed.
    is_stopping: bool,
}

static TABLE: Mutex<Table> = Mutex::new(Table {
    registrations: Vec::new(),
    last: 0,
    process_references: 0,
    is_stopping: false,
});

fn table() -> MutexGuard<'static, Table> {
    TABLE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Registers a class object of this thread's apartment and answers its number,
/// which no other registration of the process ever has. Adds a reference.
///
/// # Errors
/// `CO_E_NOTINITIALIZED`; `E_INVALIDARG` for a context or flags that mean nothing.
pub fn register(clsid: &GUID, object: &IUnknown, context: u32, flags: u32) -> Result<u32, HRESULT> {
    let home = membership::context()?;
    let both = REGCLS_MULTIPLEUSE | REGCLS_MULTI_SEPARATE;
    if flags & !KNOWN_FLAGS != 0 || flags & both == both || context & KNOWN_CONTEXTS == 0 {
        return Err(E_INVALIDARG);
    }
    let is_local = context & CLSCTX_LOCAL_SERVER != 0;
    let exported = match is_local && flags & REGCLS_AGILE == 0 {
        true => Some(Arc::new(marshal(object)?)),
        false => None,
    };
    let registration = Registration {
        cookie: 0,
        clsid: *clsid,
        context,
        flags,
        home,
        object: Bound(object.clone()),
        exported,
        suspended: flags & REGCLS_SUSPENDED != 0,
        withdrawn: false,
    };
    table().enter(registration).map_err(|refused| {
        drop(refused);
        com_abi::codes::E_OUTOFMEMORY
    })
}

/// The class object of a proxy/stub class that any apartment has registered for
/// in-process use: such objects are free-threaded and serve all apartments. With a
/// reference.
pub fn proxy_stub_factory(clsid: &GUID) -> Option<IUnknown> {
    let table = table();
    let is_it = |one: &&Registration| {
        one.clsid == *clsid && !one.suspended && one.context & CLSCTX_INPROC_SERVER != 0
    };
    table.registrations.iter().find(is_it).map(|one| one.object.0.clone())
}

/// Takes a registration out and lets the object go.
///
/// # Errors
/// `CO_E_NOTINITIALIZED`; `E_INVALIDARG` when there is no such registration;
/// `RPC_E_WRONG_THREAD` when another apartment made it.
pub fn revoke(cookie: u32) -> Result<(), HRESULT> {
    let here = apartment::current()?;
    let taken = {
        let mut table = table();
        let at = table.registrations.iter().position(|one| one.cookie == cookie);
        let at = at.ok_or(E_INVALIDARG)?;
        let is_ours = table.registrations.get(at).is_some_and(|one| one.is_of(&here));
        if !is_ours {
            return Err(RPC_E_WRONG_THREAD);
        }
        table.registrations.remove(at)
    };
    drop(taken);
    Ok(())
}

/// Registrations that nobody finds any more. Dropped on a thread of their
/// apartment, when its stubs are released.
pub struct Taken {
    _registrations: Vec<Registration>,
}

/// The apartment ends: its registrations go with it.
pub fn take(apartment: &Arc<Apartment>) -> Taken {
    let mut table = table();
    let (gone, kept) =
        std::mem::take(&mut table.registrations).into_iter().partition(|one| one.is_of(apartment));
    table.registrations = kept;
    Taken { _registrations: gone }
}

/// A class object that was found.
pub struct Found {
    /// How the client gets at it.
    pub object: Access,
    /// The number of a registration that was withdrawn by finding it.
    withdrawn: Option<u32>,
}

/// See [`Found`].
pub enum Access {
    /// The object's own pointer, with a reference.
    Direct(IUnknown),
    /// What a proxy is made from.
    Elsewhere(Arc<Marshaled>),
    /// The object of another context of the same apartment, of which a proxy is yet to
    /// be made.
    Inside(Context, IUnknown),
}

impl Found {
    /// The client could not use it after all: one for a single use is in sight
    /// again.
    pub fn give_back(self) {
        let cookie = self.withdrawn;
        let mut table = table();
        let found = table.registrations.iter_mut().find(|one| Some(one.cookie) == cookie);
        if let Some(registration) = found {
            registration.withdrawn = false;
        }
    }
}

/// The class object for a request of `client`, this thread's context: one of its
/// apartment, or for all.
pub fn find_here(clsid: &GUID, context: u32, client: &Context) -> Option<Found> {
    let direct = |one: &Registration| {
        let (is_agile, object) = (one.flags & REGCLS_AGILE != 0, &one.object.0);
        if !(is_agile || one.is_of(client.apartment())) || !one.serves(context) {
            return None;
        }
        Some(match is_agile || one.home == *client {
            true => Access::Direct(object.clone()),
            false => Access::Inside(one.home.clone(), object.clone()),
        })
    };
    table().find(clsid, context, direct)
}

/// The class object that any apartment of the process registered for local
/// requests.
pub fn find_local(clsid: &GUID) -> Option<Found> {
    let elsewhere =
        |one: &Registration| one.exported.as_ref().map(|known| Access::Elsewhere(known.clone()));
    table().find(clsid, CLSCTX_LOCAL_SERVER, elsewhere)
}

/// Answers that the server stops, if that is why a class was not found.
///
/// # Errors
/// `CO_E_SERVER_STOPPING`.
pub fn check_stopping(clsid: &GUID) -> Result<(), HRESULT> {
    let table = table();
    let is_hidden = |one: &Registration| one.clsid == *clsid && one.suspended;
    let stops = table.is_stopping && table.registrations.iter().any(is_hidden);
    if stops { Err(CO_E_SERVER_STOPPING) } else { Ok(()) }
}

/// Shows or hides all registrations of the process.
pub fn suspend(suspended: bool) {
    table().suspend(suspended);
}

/// Counts one reason more for the server's process to live.
pub fn add_process_reference() -> u32 {
    let mut table = table();
    table.process_references = table.process_references.saturating_add(1);
    table.process_references
}

/// Counts one less; the last one hides all registrations.
pub fn release_process_reference() -> u32 {
    let mut table = table();
    if table.process_references == 1 {
        table.suspend(true);
        table.is_stopping = true;
    }
    table.process_references = table.process_references.saturating_sub(1);
    table.process_references
}

/// Makes an object of another context of this thread's apartment ready for this
/// one.
///
/// # Errors
/// As [`marshal`].
pub fn out_of(home: &Context, object: IUnknown) -> Result<Marshaled, HRESULT> {
    let object = Bound(object);
    call::run(home, "a class object of another context", || {
        let whole = object;
        marshal(&whole.0)
    })?
}

impl Registration {
    fn is_of(&self, apartment: &Arc<Apartment>) -> bool {
        Arc::ptr_eq(self.home.apartment(), apartment)
    }

    fn serves(&self, context: u32) -> bool {
        self.serves_inproc(context) || self.context & context & !CLSCTX_INPROC_SERVER != 0
    }

    fn serves_inproc(&self, context: u32) -> bool {
        let also_inproc =
            self.context & CLSCTX_LOCAL_SERVER != 0 && self.flags & REGCLS_MULTIPLEUSE != 0;
        let is_inproc = self.context & CLSCTX_INPROC_SERVER != 0 || also_inproc;
        is_inproc && context & CLSCTX_INPROC_SERVER != 0
    }

    fn is_for_one_use(&self) -> bool {
        self.flags & (REGCLS_MULTIPLEUSE | REGCLS_MULTI_SEPARATE) == 0
    }
}

impl Table {
    /// Gives the registration back when there is no room.
    fn enter(&mut self, mut registration: Registration) -> Result<u32, Box<Registration>> {
        let full = self.registrations.len() >= MAX_REGISTRATIONS;
        let Some(cookie) = self.last.checked_add(1).filter(|_| !full) else {
            return Err(Box::new(registration));
        };
        self.last = cookie;
        registration.cookie = cookie;
        self.registrations.push(registration);
        Ok(cookie)
    }

    fn find(
        &mut self,
        clsid: &GUID,
        context: u32,
        access: impl Fn(&Registration) -> Option<Access>,
    ) -> Option<Found> {
        let in_sight =
            |one: &&mut Registration| one.clsid == *clsid && !one.suspended && !one.withdrawn;
        for registration in self.registrations.iter_mut().filter(in_sight) {
            if let Some(object) = access(registration) {
                let is_local = !registration.serves_inproc(context);
                registration.withdrawn = is_local && registration.is_for_one_use();
                let withdrawn = registration.withdrawn.then_some(registration.cookie);
                return Some(Found { object, withdrawn });
            }
        }
        None
    }

    fn suspend(&mut self, suspended: bool) {
        for registration in &mut self.registrations {
            registration.suspended = suspended;
        }
        self.is_stopping = self.is_stopping && suspended;
    }
}
