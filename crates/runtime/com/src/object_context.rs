//! A context, as an object: properties that programs leave there, a way to call into
//! it, and what thread asks.
//!
//! Each apartment has one default context, which lives as long as it; further ones
//! live as long as this object (`contexts`). The object may be used from every
//! thread; a call into it goes to its apartment, and crosses the context's border.

use core::ffi::c_void;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use com_abi::codes::{
    CO_E_NOTINITIALIZED, CONTEXT_E_NOCONTEXT, E_INVALIDARG, E_NOTIMPL, E_POINTER,
    RPC_E_DISCONNECTED, S_FALSE, S_OK,
};
use com_abi::context::{
    APTTYPE_MAINSTA, APTTYPE_MTA, APTTYPE_NA, APTTYPE_STA, ComCallData, ContextCall,
    IComThreadingInfo, IComThreadingInfo_Impl, IContext_Impl, IContextCallback,
    IContextCallback_Impl, IObjContext, IObjContext_Impl, THDTYPE_BLOCKMESSAGES,
    THDTYPE_PROCESSMESSAGES,
};
use com_abi::{GUID, HRESULT, IUnknown, Interface, class, new_interface};

use crate::apartment::{Apartment, Position, directory, position};
use crate::context::CallContext;
use crate::contexts::crossing::{self, Method};
use crate::contexts::{Context, Further, State};
use crate::membership::Base;
use crate::{call, causality, host, membership};

struct Property {
    name: GUID,
    flags: u32,
    value: IUnknown,
}

// SAFETY: a property's value is given to the context for use from every thread
// that gets it; whoever sets one that is bound to an apartment asks for it there.
unsafe impl Send for Property {}

/// See the module.
#[class(interfaces(IObjContext, IContextCallback, IComThreadingInfo))]
pub struct ObjectContext {
    apartment: Weak<Apartment>,
    properties: Mutex<Vec<Property>>,
    /// Of one that is not a default context.
    state: Option<State>,
}

/// An apartment's context; any thread may use the pointer.
pub struct Default(IUnknown);

// SAFETY: the object has no state but what is behind its lock.
unsafe impl Send for Default {}
// SAFETY: as above.
unsafe impl Sync for Default {}

impl Default {
    /// The context of an apartment that is being asked for one.
    ///
    /// # Errors
    /// `E_NOINTERFACE` cannot happen, but is passed on.
    pub fn new(apartment: &Arc<Apartment>) -> Result<Self, HRESULT> {
        new_interface(ObjectContext::new(apartment, None)).map(Self)
    }

    /// The object, without a reference of its own.
    pub fn object(&self) -> &IUnknown {
        &self.0
    }
}

/// The current context, with a reference.
///
/// # Errors
/// `CO_E_NOTINITIALIZED`.
pub fn current() -> Result<IUnknown, HRESULT> {
    membership::context()?.object()
}

/// `APTTYPE_…` and `APTTYPEQUALIFIER_…` of this thread.
pub fn apartment_type() -> Option<(i32, i32)> {
    Some(match position()? {
        Position::Sta => (APTTYPE_STA, 0),
        Position::Mta => (APTTYPE_MTA, 0),
        Position::ImplicitMta => (APTTYPE_MTA, 1),
        Position::MainSta => (APTTYPE_MAINSTA, 0),
        Position::Neutral(Base::Mta) => (APTTYPE_NA, 2),
        Position::Neutral(Base::Sta) => (APTTYPE_NA, 3),
        Position::Neutral(Base::ImplicitMta) => (APTTYPE_NA, 4),
        Position::Neutral(Base::MainSta) => (APTTYPE_NA, 5),
    })
}

/// The default context of the one apartment of a kind, with a reference.
///
/// # Errors
/// `CO_E_NOTINITIALIZED` on a thread without an apartment, or when there is no
/// such apartment; `E_INVALIDARG` for a kind of which there are many.
pub fn default_of(kind: i32) -> Result<IUnknown, HRESULT> {
    membership::current()?;
    let found = match kind {
        APTTYPE_NA => Some(host::neutral()),
        APTTYPE_MAINSTA => directory().main.clone(),
        APTTYPE_MTA => directory().mta.as_ref().map(|mta| Arc::clone(&mta.apartment)),
        _ => return Err(E_INVALIDARG),
    };
    found.ok_or(CO_E_NOTINITIALIZED)?.context()
}

impl ObjectContext {
    /// A context of an apartment; with no state it is the default one.
    pub fn new(apartment: &Arc<Apartment>, state: Option<State>) -> Self {
        let properties = Mutex::new(Vec::new());
        Self { apartment: Arc::downgrade(apartment), properties, state }
    }

    /// What a further context has.
    pub fn state(&self) -> Option<&State> {
        self.state.as_ref()
    }

    /// The context that this is.
    ///
    /// # Errors
    /// `RPC_E_DISCONNECTED` when its apartment has ended.
    fn context(&self) -> Result<Context, HRESULT> {
        let apartment = self.apartment.upgrade().ok_or(RPC_E_DISCONNECTED)?;
        let further = self.state.as_ref().map(|state| Further::of(self, state)).transpose()?;
        Ok(Context::of(apartment, further))
    }

    fn properties(&self) -> std::sync::MutexGuard<'_, Vec<Property>> {
        self.properties.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl IContext_Impl for ObjectContext {
    unsafe fn SetProperty(&self, name: *const GUID, flags: u32, value: *mut c_void) -> HRESULT {
        // SAFETY: the caller passes null or a readable identifier, and null or a
        // live interface.
        let (name, value) = unsafe { (name.as_ref(), IUnknown::from_raw_borrowed(&value)) };
        let (Some(name), Some(value)) = (name, value) else { return E_POINTER };
        let mut properties = self.properties();
        if properties.iter().any(|known| known.name == *name) {
            return E_INVALIDARG;
        }
        properties.push(Property { name: *name, flags, value: value.clone() });
        S_OK
    }

    unsafe fn RemoveProperty(&self, name: *const GUID) -> HRESULT {
        // SAFETY: as above.
        let Some(name) = (unsafe { name.as_ref() }) else { return E_POINTER };
        let removed = {
            let mut properties = self.properties();
            let at = properties.iter().position(|known| known.name == *name);
            at.map(|at| properties.remove(at))
        };
        if removed.is_some() { S_OK } else { CONTEXT_E_NOCONTEXT }
    }

    unsafe fn GetProperty(
        &self,
        name: *const GUID,
        flags: *mut u32,
        value: *mut *mut c_void,
    ) -> HRESULT {
        if name.is_null() || flags.is_null() || value.is_null() {
            return E_POINTER;
        }
        // SAFETY: checked for null; the caller passes an identifier and places.
        unsafe {
            value.write(core::ptr::null_mut());
            flags.write(0);
            let properties = self.properties();
            let Some(found) = properties.iter().find(|known| known.name == *name) else {
                return S_FALSE;
            };
            flags.write(found.flags);
            value.write(found.value.clone().into_raw());
        }
        S_OK
    }

    unsafe fn EnumContextProps(&self, properties: *mut *mut c_void) -> HRESULT {
        // SAFETY: null or a writable place.
        if let Some(place) = unsafe { properties.as_mut() } {
            *place = core::ptr::null_mut();
        }
        E_NOTIMPL
    }
}

impl IObjContext_Impl for ObjectContext {}

impl IContextCallback_Impl for ObjectContext {
    unsafe fn ContextCallback(
        &self,
        function: Option<ContextCall>,
        data: *mut ComCallData,
        iid: *const GUID,
        method: i32,
        _reserved: *mut c_void,
    ) -> HRESULT {
        /// What crosses: the caller waits, so the data stays.
        struct Crossing(ContextCall, *mut ComCallData);
        // SAFETY: the caller passes both for use in the context.
        unsafe impl Send for Crossing {}
        impl Crossing {
            fn run(self) -> HRESULT {
                // SAFETY: the caller vouches for the function and its data.
                unsafe { (self.0)(self.1) }
            }
        }
        let Some(function) = function else { return E_INVALIDARG };
        // SAFETY: the caller passes null or a readable identifier.
        let iid = unsafe { iid.as_ref() }.copied().unwrap_or_default();
        let method = Method { iid, number: method.cast_unsigned() };
        let crossed = Crossing(function, data);
        let answer =
            self.context().and_then(|home| cross(&home, method, move || Ok(crossed.run())));
        answer.unwrap_or_else(|code| code)
    }
}

/// Runs a function in a context as a call of this thread's chain; through the
/// interceptors of both sides, unless the thread is there.
fn cross(
    home: &Context,
    method: Method,
    body: impl FnOnce() -> Result<HRESULT, HRESULT> + Send,
) -> Result<HRESULT, HRESULT> {
    let what = "a function to run in another context";
    if membership::is_in(home.id()) == Ok(true) {
        return call::run(home, what, body)?;
    }
    let (caller, chain) = (CallContext::capture(), causality::current());
    crossing::leave(method, || {
        let inside = || {
            let _chain = causality::adopt(chain);
            crossing::enter(home, method, &caller, body)
        };
        call::run(home, what, inside)?
    })
}

/// Writes an answer, or refuses a null place.
///
/// # Safety
/// `place` is null or writable.
unsafe fn answer<T>(place: *mut T, value: T) -> HRESULT {
    if place.is_null() {
        return E_POINTER;
    }
    // SAFETY: checked for null.
    unsafe { place.write(value) };
    S_OK
}

impl IComThreadingInfo_Impl for ObjectContext {
    unsafe fn GetCurrentApartmentType(&self, kind: *mut i32) -> HRESULT {
        let Some((found, _)) = apartment_type() else {
            return CO_E_NOTINITIALIZED;
        };
        // SAFETY: forwarded from the caller.
        unsafe { answer(kind, found) }
    }

    unsafe fn GetCurrentThreadType(&self, kind: *mut i32) -> HRESULT {
        let serves = membership::own_sta().is_some();
        let found = if serves { THDTYPE_PROCESSMESSAGES } else { THDTYPE_BLOCKMESSAGES };
        // SAFETY: as above.
        unsafe { answer(kind, found) }
    }

    unsafe fn GetCurrentLogicalThreadId(&self, id: *mut GUID) -> HRESULT {
        // SAFETY: as above.
        unsafe { answer(id, causality::current()) }
    }

    unsafe fn SetCurrentLogicalThreadId(&self, id: *const GUID) -> HRESULT {
        // SAFETY: the caller passes null or a readable identifier.
        let Some(id) = (unsafe { id.as_ref() }) else { return E_INVALIDARG };
        causality::rename(*id);
        S_OK
    }
}
