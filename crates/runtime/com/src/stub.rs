//! Stubs: how an apartment keeps the objects that others hold proxies of.
//!
//! # Protocol
//! A stub stands for one object in its home context. It owns one reference to
//! the object's identity and one to each interface that was asked for. It counts
//! two kinds of holders:
//! - *strong*: managers of proxies, packets for one use, strong table packets,
//!   locks (`CoLockObjectExternal`);
//! - *weak*: weak table packets, which do not keep an object that once had strong
//!   holders.
//!
//! A stub ends, for good,
//! - when its last strong holder goes, unless weak ones are left and the object
//!   has `IExternalConnection`, or the holder was a lock that asked for it to
//!   stay;
//! - when its last weak holder goes and it has no strong ones;
//! - when somebody disconnects it, and when its apartment ends.
//!
//! Then the pointers are taken out of it and released in the home apartment,
//! exactly once, because whoever ends it takes them out under its lock.
//! Afterwards nobody can become a holder, and it is found no more. A call that
//! runs keeps the interface that it uses ([`Pinned`]), so it finishes.
//!
//! The steps that may end a stub are made at home, where alone the object may be
//! told (`news`) and released; all others only count.
//!
//! `stub_model_tests` has this as loom models.

mod interface;
mod news;
mod running;
mod table;

use core::ffi::c_void;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex as PlainMutex, MutexGuard as PlainGuard, PoisonError, Weak};

use com_abi::codes::{CO_E_OBJNOTCONNECTED, RPC_E_DISCONNECTED};
use com_abi::marshal::{IExternalConnection, IStdMarshalInfo, MSHCTX_INPROC};
use com_abi::{GUID, HRESULT, IUnknown, Interface};

use crate::apartment::Apartment;
use crate::call;
use crate::contexts::Context;
use crate::sync::{Mutex, MutexGuard, planted};

pub use interface::{HomeInterface, Pinned};
#[cfg(all(test, loom))]
pub use running::Running;
pub use running::{RunningCalls, runs_here};
pub use table::StubTable;

/// An interface pointer that is only used in its home apartment.
struct HomePointer<I: Interface>(I);

// SAFETY: the pointer is used and released only by threads in the home apartment;
// others only move the value about.
unsafe impl<I: Interface> Send for HomePointer<I> {}

/// How a stub is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// The holder keeps the object.
    Strong,
    /// The holder only finds it while somebody else keeps it.
    Weak,
}

/// Why a holder goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    /// A packet was used by the object's own apartment.
    Consumed,
    /// A packet was given up, or a proxy released.
    Released,
    /// A lock was undone.
    Unlocked {
        /// Whether the object is to be released if it was the last one.
        closes: bool,
    },
}

impl Leave {
    /// What `IExternalConnection` is told.
    const fn closes(self) -> bool {
        match self {
            Self::Consumed => false,
            Self::Released => true,
            Self::Unlocked { closes } => closes,
        }
    }
}

/// See the module.
pub struct Stub {
    home: Context,
    id: u64,
    identity: usize,
    /// The class of the object's part in its clients' apartments, if it has one.
    handler: Option<GUID>,
    state: Mutex<State>,
}

struct State {
    unknown: Option<HomePointer<IUnknown>>,
    connection: Option<HomePointer<IExternalConnection>>,
    interfaces: Vec<Arc<HomeInterface>>,
    strong: usize,
    weak: usize,
    /// Those of the strong holders that are locks.
    locks: usize,
    /// Whether the object was told that it has strong holders.
    told: bool,
    /// Whether a thread tells it something.
    is_telling: bool,
    /// Whether the last holder that went closes the object.
    closes: bool,
}

/// Pointers that were taken out of an ended stub, in the order of their release.
struct Taken {
    _interfaces: Vec<Arc<HomeInterface>>,
    _connection: Option<HomePointer<IExternalConnection>>,
    _unknown: HomePointer<IUnknown>,
}

impl State {
    /// Ends the stub; its pointers, if it had not ended before.
    fn end(&mut self) -> Option<Taken> {
        let unknown = self.unknown.take()?;
        Some(Taken {
            _interfaces: std::mem::take(&mut self.interfaces),
            // Whoever tells the object needs it until then.
            _connection: if self.is_telling { None } else { self.connection.take() },
            _unknown: unknown,
        })
    }

    /// Counts one holder less; whether that ends the stub.
    fn count_down(&mut self, kind: Hold, leave: Leave) -> bool {
        if kind == Hold::Strong {
            self.closes = leave.closes();
        }
        match kind {
            Hold::Weak => {
                self.weak = self.weak.saturating_sub(1);
                self.weak == 0 && self.strong == 0
            }
            Hold::Strong => {
                self.strong = self.strong.saturating_sub(1);
                let stays = match leave {
                    Leave::Unlocked { closes } => !closes,
                    Leave::Consumed | Leave::Released => self.connection.is_some(),
                };
                self.strong == 0 && !(self.weak > 0 && stays)
            }
        }
    }
}

/// All stubs of the process by their numbers. No step of the protocol is made
/// under this lock.
static STUBS: PlainMutex<Option<HashMap<u64, Weak<Stub>>>> = PlainMutex::new(None);

fn stubs() -> PlainGuard<'static, Option<HashMap<u64, Weak<Stub>>>> {
    STUBS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Stubs that somebody holds, those that have ended included.
#[cfg(all(test, not(loom)))]
pub fn known() -> usize {
    stubs().as_ref().map_or(0, HashMap::len)
}

/// The stub with a number, unless it has ended.
pub fn find(id: u64) -> Option<Arc<Stub>> {
    stubs().as_ref()?.get(&id)?.upgrade()
}

/// The contexts of an apartment that have stubs, but for the default one.
pub fn contexts_of(apartment: &Arc<Apartment>) -> Vec<Context> {
    // Taken out of the lock first: the last reference to a stub must not go under
    // it.
    let all: Vec<Arc<Stub>> =
        stubs().iter().flat_map(HashMap::values).filter_map(Weak::upgrade).collect();
    let mut found: Vec<Context> = Vec::new();
    for stub in &all {
        let home = stub.home();
        let is_further = home.further().is_some() && Arc::ptr_eq(home.apartment(), apartment);
        if is_further && !found.contains(home) {
            found.push(home.clone());
        }
    }
    found
}

impl Drop for Stub {
    fn drop(&mut self) {
        if let Some(all) = stubs().as_mut() {
            all.remove(&self.id);
        }
    }
}

/// The handler's class, if the object has one.
fn handler_of(unknown: &IUnknown) -> Option<GUID> {
    let info = unknown.cast::<IStdMarshalInfo>().ok()?;
    let mut clsid = GUID::default();
    // SAFETY: a live interface and a writable place.
    let code = unsafe { info.GetClassForHandler(MSHCTX_INPROC, core::ptr::null_mut(), &mut clsid) };
    (code.is_ok() && clsid != GUID::default()).then_some(clsid)
}

impl Stub {
    /// Asks the object what it wants to be told. Home context only.
    fn new(home: &Context, unknown: IUnknown) -> Arc<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let identity = unknown.as_raw() as usize;
        let connection = unknown.cast::<IExternalConnection>().ok().map(HomePointer);
        let handler = handler_of(&unknown);
        let state = State {
            unknown: Some(HomePointer(unknown)),
            connection,
            interfaces: Vec::new(),
            strong: 0,
            weak: 0,
            locks: 0,
            told: false,
            is_telling: false,
            closes: false,
        };
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let home = home.clone();
        let stub = Arc::new(Self { home, id, identity, handler, state: Mutex::new(state) });
        stubs().get_or_insert_default().insert(id, Arc::downgrade(&stub));
        stub
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The object's context.
    pub fn home(&self) -> &Context {
        &self.home
    }

    /// Number that no other stub of the process ever has.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// The class of the object's handler.
    pub fn handler(&self) -> Option<GUID> {
        self.handler
    }

    /// Strong holders, weak ones, and the locks among the strong.
    #[cfg(test)]
    pub fn holders(&self) -> (usize, usize, usize) {
        let state = self.lock();
        (state.strong, state.weak, state.locks)
    }

    /// Whether the object was disconnected or released.
    pub fn has_ended(&self) -> bool {
        self.lock().unknown.is_none()
    }

    /// The object's identity with a reference. Home context only.
    ///
    /// # Errors
    /// `CO_E_OBJNOTCONNECTED` when the stub has ended.
    pub fn unknown(&self) -> Result<IUnknown, HRESULT> {
        self.lock().unknown.as_ref().map(|known| known.0.clone()).ok_or(CO_E_OBJNOTCONNECTED)
    }

    /// An interface of the object with a reference. Home context only.
    ///
    /// # Errors
    /// What the object answers; `CO_E_OBJNOTCONNECTED` when the stub has ended.
    pub fn pointer(&self, iid: &GUID) -> Result<*mut c_void, HRESULT> {
        interface::query(&self.unknown()?, iid).map(Interface::into_raw)
    }

    /// Makes an interface ready to be called from elsewhere. Home context
    /// only.
    ///
    /// # Errors
    /// `E_NOINTERFACE`, or what the object or the interface's stub answers;
    /// `CO_E_OBJNOTCONNECTED` when the stub has ended.
    pub fn connect(&self, iid: &GUID) -> Result<(), HRESULT> {
        if *iid == IUnknown::IID || *iid == GUID::default() || self.interface(iid).is_some() {
            return Ok(());
        }
        let made = Arc::new(HomeInterface::new(&self.unknown()?, iid)?);
        let mut state = self.lock();
        if state.unknown.is_none() {
            return Err(CO_E_OBJNOTCONNECTED);
        }
        // Another thread of the apartment may have been faster; both work, and
        // the first one is found.
        state.interfaces.push(made);
        Ok(())
    }

    /// As [`Stub::connect`], from any apartment.
    ///
    /// # Errors
    /// As there; `RPC_E_DISCONNECTED` when the apartment has ended.
    pub fn connect_from_anywhere(&self, iid: &GUID) -> Result<(), HRESULT> {
        call::run(&self.home, "an object to answer QueryInterface", || self.connect(iid))?
    }

    fn interface(&self, iid: &GUID) -> Option<Arc<HomeInterface>> {
        self.lock().interfaces.iter().find(|known| known.iid() == iid).map(Arc::clone)
    }

    /// Whether an interface can be called from elsewhere already.
    pub fn is_ready(&self, iid: &GUID) -> bool {
        self.lock().interfaces.iter().any(|known| known.iid() == iid)
    }

    /// Address of an interface at home, to be shown there; 0 when it is not ready.
    pub fn address(&self, iid: &GUID) -> usize {
        let state = self.lock();
        let found = state.interfaces.iter().find(|known| known.iid() == iid);
        found.map_or(0, |known| known.address())
    }

    /// An interface for the time of a call, which keeps it whatever happens to
    /// the stub meanwhile. Home context only.
    ///
    /// # Errors
    /// `RPC_E_DISCONNECTED` when the stub has ended.
    pub fn pin(&self, iid: &GUID) -> Result<Pinned<'_>, HRESULT> {
        let interface = self.interface(iid).ok_or(RPC_E_DISCONNECTED)?;
        Ok(Pinned::new(interface, &self.home))
    }

    /// One more holder.
    ///
    /// # Errors
    /// `CO_E_OBJNOTCONNECTED` when the stub has ended.
    pub fn hold(&self, kind: Hold) -> Result<(), HRESULT> {
        let has_news = {
            let mut state = self.lock();
            if state.unknown.is_none() && !planted!(HoldsTheEnded) {
                return Err(CO_E_OBJNOTCONNECTED);
            }
            match kind {
                Hold::Strong => state.strong += 1,
                Hold::Weak => state.weak += 1,
            }
            state.has_news()
        };
        if has_news {
            // If the apartment ends instead, its end tells the object.
            let _ = call::run(&self.home, "an object to hear of its client", || {
                let news = self.lock().news();
                self.tell(news);
            });
        }
        Ok(())
    }

    /// One holder less. If that ends the stub, the object is released before
    /// this returns, unless its apartment has ended, which released it.
    pub fn let_go(self: &Arc<Self>, kind: Hold, leave: Leave) {
        {
            let mut state = self.lock();
            let may_be_last = match kind {
                Hold::Strong => state.strong <= 1,
                Hold::Weak => state.weak <= 1 && state.strong == 0,
            };
            if !may_be_last {
                state.count_down(kind, leave);
                return;
            }
        }
        let _ = call::run(&self.home, "an object to be released", || {
            self.home.stubs().let_go(self, kind, leave);
        });
    }

    /// One lock more. See `CoLockObjectExternal`.
    ///
    /// # Errors
    /// As [`Stub::hold`].
    pub fn lock_object(&self) -> Result<(), HRESULT> {
        self.hold(Hold::Strong)?;
        self.lock().locks += 1;
        Ok(())
    }

    /// One lock less; without one nothing happens.
    pub fn unlock_object(self: &Arc<Self>, closes: bool) {
        {
            let mut state = self.lock();
            if state.locks == 0 {
                return;
            }
            state.locks -= 1;
        }
        self.let_go(Hold::Strong, Leave::Unlocked { closes });
    }
}
