//! Proxies: what a context holds of another context's object.
//!
//! # Layout
//! An interface proxy begins with [`ProxyHeader`]: the vtable that the
//! interface's description provided, and the address of the proxy itself, by
//! which a wrong pointer is told from a proxy. One [`Manager`] owns the
//! interface proxies of one object in one client context; they all count on
//! its reference count and live as long as it, so an interface pointer stays
//! valid while any is held. The first interface proxy is `IUnknown`'s: the
//! object's identity in this context.
//!
//! - `manager`, `references`, `table`, `connection`: the manager, how long it
//!   lives, how it is found, and its way to the object;
//! - `facets`: the interfaces that every proxy answers without its object;
//! - `calls`, `begun`: asynchronous calls, how they are asked for and how they go;
//! - `bytes`: interfaces whose proxies come from a proxy/stub library, and the
//!   channel that carries their calls;
//! - `handler`: parts of an object that live with its clients.
//!
//! This file has the ways into and out of an apartment, and a call by frame.

#[cfg(not(loom))]
pub mod begun;
mod bytes;
#[cfg(not(loom))]
pub mod calls;
mod connection;
mod facets;
mod handler;
mod manager;
#[cfg(all(test, loom))]
mod model_tests;
mod references;
mod table;

use core::ffi::c_void;
use std::sync::Arc;

use com_abi::codes::{E_NOTIMPL, E_POINTER, RPC_E_WRONG_THREAD};
use com_abi::description::Dispatch;
use com_abi::marshal::IStdMarshalInfo;
use com_abi::{GUID, HRESULT, IUnknown, Interface};

use crate::call::{self, CallInfo};
use crate::context::CallContext;
use crate::contexts::Context;
use crate::contexts::crossing::{self, Method};
use crate::frame::{self as frames, Frame, Plan};
use crate::marshal::packed::Packed;
use crate::marshal::{own_marshaler, require};
use crate::stub::{Hold, Leave, Stub};
use crate::{hook, membership};

use manager::{InterfaceProxy, Manager, proxy_at};

pub use handler::inner_of;
#[cfg(all(test, not(loom)))]
pub use table::managers_known;
pub use table::{disconnect_apartment, has_proxies};

/// The manager behind a proxy; `None` for any other object.
fn manager_behind(object: &IUnknown) -> Option<&Manager> {
    let slot = object.vtable().QueryInterface as *const ();
    if core::ptr::eq(slot, crate::ffi::PwProxyQueryInterface as *const ()) {
        // SAFETY: that function stands in interface proxies only, and the caller
        // holds a reference, so the manager is alive.
        return unsafe { proxy_at(object.as_raw()).ok().map(|proxy| &*proxy.manager) };
    }
    facets::manager_behind(object)
}

/// The stub of the object that a proxy stands for, while it is connected.
///
/// # Errors
/// `CO_E_OBJNOTCONNECTED` when it is not.
fn original(manager: &Manager) -> Result<&Arc<Stub>, HRESULT> {
    manager.connection.check_connected()?;
    Ok(&manager.connection.stub)
}

/// The stub of an object with one more holder: its original's when `object` is a
/// proxy, else one of this thread's context.
///
/// # Errors
/// `CO_E_NOTINITIALIZED`; `CO_E_OBJNOTCONNECTED` when the original is gone; what
/// the object answers when asked for its identity.
pub fn hold(object: &IUnknown, kind: Hold) -> Result<Arc<Stub>, HRESULT> {
    let home = membership::context()?;
    if let Some(manager) = manager_behind(object) {
        let stub = original(manager)?;
        stub.hold(kind)?;
        return Ok(Arc::clone(stub));
    }
    home.stubs().hold(&home, object, kind)
}

/// The stub of an object that has one: its original's when `object` is a proxy.
pub fn stub_of(home: &Context, object: &IUnknown) -> Option<Arc<Stub>> {
    match manager_behind(object) {
        Some(manager) => original(manager).ok().map(Arc::clone),
        None => home.stubs().find(object),
    }
}

/// Whether an object is a proxy, of whatever kind.
pub fn is_proxy(object: &IUnknown) -> bool {
    manager_behind(object).is_some()
}

/// Whether the object has a part of its own in its clients' apartments.
pub fn has_handler(object: &IUnknown) -> bool {
    match manager_behind(object) {
        Some(manager) => manager.connection.stub.handler().is_some(),
        None => object.cast::<IStdMarshalInfo>().is_ok(),
    }
}

/// Whether calls through a proxy can reach its object; true for any other object.
pub fn is_connected(object: &IUnknown) -> bool {
    manager_behind(object).is_none_or(|manager| manager.connection.is_connected())
}

/// An object on its way to another apartment.
pub enum Marshaled {
    /// A strong hold of its stub, which is let go when this is dropped.
    Held(Held),
    /// A packet of its own marshaler.
    Packed(Packed),
}

/// A strong hold of a stub.
pub struct Held {
    stub: Arc<Stub>,
    /// Why the hold goes.
    leave: Leave,
}

impl Held {
    /// Takes over a strong hold.
    pub fn new(stub: Arc<Stub>) -> Self {
        Self { stub, leave: Leave::Released }
    }

    /// The stub.
    pub fn stub(&self) -> &Arc<Stub> {
        &self.stub
    }

    /// An interface of the object for this thread's apartment; the hold is given
    /// back as used.
    ///
    /// # Errors
    /// As [`unmarshal`].
    pub fn consume(mut self, iid: &GUID) -> Result<*mut c_void, HRESULT> {
        self.leave = Leave::Consumed;
        from_stub(&self.stub, iid)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.stub.let_go(Hold::Strong, self.leave);
    }
}

/// Prepares an object for another apartment, by its own marshaler if it has one.
///
/// # Errors
/// As [`hold`]; `CO_E_NOT_SUPPORTED` for an object that must not be marshaled; what
/// its own marshaler answers.
pub fn marshal(object: &IUnknown) -> Result<Marshaled, HRESULT> {
    if own_marshaler(object)?.is_some() {
        return Packed::new(&IUnknown::IID, object).map(Marshaled::Packed);
    }
    hold(object, Hold::Strong).map(|stub| Marshaled::Held(Held::new(stub)))
}

/// As [`marshal`], for one interface: an object of this thread's apartment is asked
/// for it here, which saves the way back.
///
/// # Errors
/// As [`marshal`]; `E_NOINTERFACE` when an object of this apartment does not have
/// the interface.
pub fn marshal_as(object: &IUnknown, iid: &GUID) -> Result<Marshaled, HRESULT> {
    let marshaled = marshal(object)?;
    if let Marshaled::Held(held) = &marshaled
        && membership::is_in(held.stub.home().id())?
    {
        held.stub.connect(iid)?;
    }
    Ok(marshaled)
}

/// Checks that an interface of a marshaled object can be had elsewhere.
///
/// # Errors
/// `E_NOINTERFACE`, or what the object or the interface's stub answers.
pub fn check(marshaled: &Marshaled, object: &IUnknown, iid: &GUID) -> Result<(), HRESULT> {
    match marshaled {
        Marshaled::Held(held) => held.stub.connect_from_anywhere(iid),
        Marshaled::Packed(_) => require(object, iid),
    }
}

/// The interface `iid` of a marshaled object for this thread's apartment, with a
/// reference: the object's own pointer at home, else a proxy, or what its own
/// marshaler makes.
///
/// # Errors
/// `CO_E_NOTINITIALIZED`; `E_NOINTERFACE` when the object does not have the
/// interface or no proxy of it is known; `RPC_E_DISCONNECTED` when its apartment
/// has ended.
pub fn unmarshal(marshaled: &Marshaled, iid: &GUID) -> Result<*mut c_void, HRESULT> {
    match marshaled {
        Marshaled::Held(held) => from_stub(&held.stub, iid),
        Marshaled::Packed(packed) => packed.open(iid),
    }
}

/// As [`unmarshal`], for a stub that somebody holds or that may have ended.
///
/// # Errors
/// As [`unmarshal`]; `CO_E_OBJNOTCONNECTED` when the stub has ended.
pub fn from_stub(stub: &Arc<Stub>, iid: &GUID) -> Result<*mut c_void, HRESULT> {
    let client = membership::context()?;
    if client == *stub.home() {
        return stub.pointer(iid);
    }
    let manager = table::manager_for(&client, stub)?;
    // SAFETY: `manager_for` answered with a reference, which this gives back.
    unsafe {
        let answer = manager::query(manager, iid);
        manager::release(manager);
        answer
    }
}

/// What a call that borrows takes along: the caller waits, so its frame stays.
struct Borrowed {
    dispatch: Dispatch,
    frame: *mut c_void,
}

// SAFETY: the caller waits.
unsafe impl Send for Borrowed {}

impl Borrowed {
    /// Makes the call, in the home apartment.
    fn dispatch(&self, target: *mut c_void) -> HRESULT {
        // SAFETY: on the home thread, with the frame that fits.
        unsafe { (self.dispatch)(target, self.frame) }
    }
}

/// `PwProxyInvoke`. The caller's memory is borrowed for the call, unless its
/// arguments hold interface pointers, or the caller may leave before the call has
/// ended (`abandonable`): then they are captured (`frame`).
///
/// # Errors
/// Those of a call into another apartment and of its arguments; the caller's
/// places for what only comes back are zero then.
///
/// # Safety
/// `this` is an interface proxy; `frame` fits its method `method`, and lives until
/// this returns.
pub unsafe fn invoke(
    this: *mut c_void,
    method: u32,
    frame: *mut c_void,
    abandonable: bool,
) -> Result<HRESULT, HRESULT> {
    // SAFETY: forwarded from the caller.
    let proxy = unsafe { proxy_at(this)? };
    let plan = proxy.known.as_deref().and_then(|known| known.plan(method)).ok_or(E_POINTER)?;
    // SAFETY: a proxy lives as long as its manager.
    unsafe { &*proxy.manager }.connection.check()?;
    // SAFETY: forwarded from the caller.
    unsafe {
        plan.check(frame)?;
        let call = Call { this, proxy, method, plan };
        let answer = if abandonable || plan.holds_objects() || frames::captures_all() {
            call.captured(frame, abandonable)
        } else {
            call.borrowed(frame)
        };
        if answer.is_err() {
            plan.zero(frame, false);
        }
        answer
    }
}

/// A call through a proxy, whose arguments were checked.
struct Call<'a> {
    this: *mut c_void,
    proxy: &'a InterfaceProxy,
    method: u32,
    plan: &'a Plan,
}

impl Call<'_> {
    fn manager(&self) -> &Manager {
        // SAFETY: a proxy lives as long as its manager.
        unsafe { &*self.proxy.manager }
    }

    fn crossing(&self) -> Method {
        Method { iid: self.proxy.iid, number: self.method }
    }

    fn info(&self) -> CallInfo {
        CallInfo {
            iid: self.proxy.iid,
            method: self.method as u16,
            stub: Some(Arc::clone(&self.manager().connection.stub)),
            kind: self.plan.kind(),
        }
    }

    /// The call with the caller's own frame.
    ///
    /// # Safety
    /// As [`invoke`].
    unsafe fn borrowed(&self, frame: *mut c_void) -> Result<HRESULT, HRESULT> {
        let dispatch = self.plan.dispatch().ok_or(E_NOTIMPL)?;
        // SAFETY: forwarded from the caller.
        unsafe { self.plan.zero(frame, true) };
        let context = CallContext::capture();
        let _hop = context.trace().map(|trace| trace.hop("proxy call", context.token().user()));
        // Keeps the object connected even if the callee releases the last proxy.
        let _alive = self.manager().alive();
        let (stub, iid) = (&self.manager().connection.stub, &self.proxy.iid);
        let mut hooked = hook::begin(iid, self.method);
        let borrowed = Borrowed { dispatch, frame };
        let (home, method) = (stub.home(), self.crossing());
        let run = || {
            let borrowed = borrowed;
            let serve = || {
                let target = stub.pin(iid)?;
                hook::serve(hooked.as_mut(), || Ok(borrowed.dispatch(target.as_raw())))
            };
            crossing::enter(home, method, &context, || context.serve(serve))
        };
        let answer = crossing::leave(method, || call::invoke(home, || self.info(), run).flatten());
        hook::end(hooked, self.this, &answer);
        let code = answer?;
        if code.is_ok() {
            // SAFETY: forwarded from the caller.
            unsafe { self.plan.check_lengths(frame)? };
        }
        Ok(code)
    }

    /// The call with a copy of the frame.
    ///
    /// # Safety
    /// As [`invoke`].
    unsafe fn captured(&self, frame: *mut c_void, abandonable: bool) -> Result<HRESULT, HRESULT> {
        // SAFETY: forwarded from the caller.
        let mut captured = unsafe { Frame::capture(self.plan, frame)? };
        let context = CallContext::capture();
        let _hop = context.trace().map(|trace| trace.hop("proxy call", context.token().user()));
        let _alive = self.manager().alive();
        let stub = Arc::clone(&self.manager().connection.stub);
        let (home, iid) = (stub.home().clone(), self.proxy.iid);
        let mut hooked = hook::begin(&iid, self.method);
        let method = self.crossing();
        let run = move || {
            let serve = || {
                let target = stub.pin(&iid)?;
                // SAFETY: the interface of the method, in its own apartment.
                let serve = || unsafe { captured.serve(target.as_raw()) };
                hook::serve(hooked.as_mut(), serve)
            };
            let answer = crossing::enter(stub.home(), method, &context, || context.serve(serve));
            (answer.map(|code| (code, captured)), hooked)
        };
        let (answer, hooked) = crossing::leave(method, || match abandonable {
            true => call::invoke_owned(&home, || self.info(), run),
            false => call::invoke(&home, || self.info(), run),
        })?;
        hook::end(hooked, self.this, &answer);
        let (code, captured) = answer?;
        // SAFETY: forwarded from the caller, whose places are still there.
        unsafe { captured.write_back()? };
        Ok(code)
    }
}

/// Refuses a thread in another context than the proxy's.
///
/// # Errors
/// `RPC_E_WRONG_THREAD`; `CO_E_NOTINITIALIZED`.
///
/// # Safety
/// `this` is an interface proxy with a reference of the caller's.
#[cfg(not(loom))]
pub unsafe fn check_context(this: *mut c_void) -> Result<(), HRESULT> {
    // SAFETY: forwarded from the caller; a proxy lives as long as its manager.
    unsafe { (*proxy_at(this)?.manager).connection.check_context() }
}

/// `PwProxyQueryInterface`.
///
/// # Safety
/// `this` is an interface proxy with a reference of the caller's.
pub unsafe fn query_interface(this: *mut c_void, iid: &GUID) -> Result<*mut c_void, HRESULT> {
    // SAFETY: forwarded from the caller.
    unsafe {
        let proxy = proxy_at(this)?;
        let manager = &*proxy.manager;
        manager.connection.check_connected()?;
        // Also on a thread without an apartment.
        manager.connection.check_context().map_err(|_| RPC_E_WRONG_THREAD)?;
        manager::query(proxy.manager, iid)
    }
}

/// `PwProxyAddRef`.
///
/// # Safety
/// As [`query_interface`].
pub unsafe fn add_ref(this: *mut c_void) -> u32 {
    // SAFETY: forwarded from the caller.
    unsafe {
        let Ok(proxy) = proxy_at(this) else { return 0 };
        (*proxy.manager).add_reference()
    }
}

/// `PwProxyRelease`. From a thread of another apartment it is a mistake, but the
/// reference is given back all the same.
///
/// # Safety
/// `this` is an interface proxy with a reference of the caller's, which is gone
/// afterwards.
pub unsafe fn release_interface(this: *mut c_void) -> u32 {
    // SAFETY: forwarded from the caller.
    unsafe {
        let Ok(proxy) = proxy_at(this) else { return 0 };
        manager::release(proxy.manager)
    }
}
