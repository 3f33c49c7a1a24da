//! Proxies: what an apartment holds of another apartment's object.
//!
//! # Layout
//! An interface proxy begins with [`ProxyHeader`]: the vtable that the
//! interface's description provided, and the address of the proxy itself, by
//! which a wrong pointer is told from a proxy. One [`Manager`] owns the
//! interface proxies of one object in one client apartment; they all count on
//! its reference count and live as long as it, so an interface pointer stays
//! valid while any is held. The first interface proxy is `IUnknown`'s: the
//! object's identity in this apartment.
//!
//! # Protocol
//! Managers are found in a table by client apartment and stub, so that an object
//! has one identity in an apartment. The table holds no reference. A count that has reached zero is never raised again: whoever finds
//! a dying manager makes a new one, and the dying one takes itself out of the
//! table only if it is still the one that is there.

use core::ffi::c_void;
use core::ptr::NonNull;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering, fence};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use com_abi::codes::{E_NOINTERFACE, E_NOTIMPL, E_POINTER, RPC_E_WRONG_THREAD};
use com_abi::description::{Dispatch, ProxyHeader};
use com_abi::{GUID, HRESULT, IUnknown, IUnknown_Vtbl, Interface, format_guid};

use crate::apartment::{self, Apartment};
use crate::context::CallContext;
use crate::description::Known;
use crate::frame::{Frame, Plan};
use crate::stub::{Hold, Stub};
use crate::{call, description, frame as frames};

/// The stub of an object with one more holder: its original's when `object` is a
/// proxy, else one of this thread's apartment.
///
/// # Errors
/// `CO_E_NOTINITIALIZED`; `CO_E_OBJNOTCONNECTED` when the original is gone; what
/// the object answers when asked for its identity.
pub fn hold(object: &IUnknown, kind: Hold) -> Result<Arc<Stub>, HRESULT> {
    let home = apartment::current()?;
    let slot = object.vtable().QueryInterface as *const ();
    if core::ptr::eq(slot, crate::ffi::PwProxyQueryInterface as *const ()) {
        // SAFETY: that function stands in interface proxies only, and the caller
        // holds a reference, so the manager is alive.
        let manager = unsafe { &*proxy_at(object.as_raw())?.manager };
        manager.stub.hold(kind)?;
        return Ok(Arc::clone(&manager.stub));
    }
    home.stubs().hold(&home, object, kind)
}

/// Checks that an object has an interface, here or in its own apartment.
///
/// # Errors
/// What the object or its proxy answers.
pub fn require(object: &IUnknown, iid: &GUID) -> Result<(), HRESULT> {
    let mut raw: *mut c_void = core::ptr::null_mut();
    // SAFETY: a live interface, a readable identifier and a writable place; the
    // answer's reference is given back.
    unsafe {
        object.query(iid, &mut raw).ok().map_err(|error| error.code())?;
        drop(IUnknown::from_raw(raw));
    }
    Ok(())
}

/// An object on its way to another apartment: a strong hold of its stub, which
/// is let go when this is dropped.
pub struct Marshaled {
    stub: Arc<Stub>,
}

impl Marshaled {
    /// Takes over a strong hold.
    pub fn from_hold(stub: Arc<Stub>) -> Self {
        Self { stub }
    }
}

impl Drop for Marshaled {
    fn drop(&mut self) {
        self.stub.let_go(Hold::Strong);
    }
}

/// Prepares an object for another apartment.
///
/// # Errors
/// As [`hold`].
pub fn marshal(object: &IUnknown) -> Result<Marshaled, HRESULT> {
    hold(object, Hold::Strong).map(Marshaled::from_hold)
}

/// As [`marshal`], for an interface that the other apartment is going to ask for:
/// an object of this apartment is asked here, which saves the way back.
///
/// # Errors
/// As [`marshal`]; `E_NOINTERFACE` when an object of this apartment does not have
/// the interface.
pub fn marshal_as(object: &IUnknown, iid: &GUID) -> Result<Marshaled, HRESULT> {
    let marshaled = marshal(object)?;
    if Arc::ptr_eq(marshaled.stub.home(), &apartment::current()?) && *iid != IUnknown::IID {
        marshaled.stub.interface(iid)?;
    }
    Ok(marshaled)
}

#[repr(C)]
struct InterfaceProxy {
    header: ProxyHeader,
    iid: GUID,
    /// How its methods are called, which keeps the library that described them;
    /// none for `IUnknown`.
    known: Option<Arc<Known>>,
    /// The interface's address in the home apartment; null for `IUnknown`.
    target: *mut c_void,
    manager: *const Manager,
}

struct Manager {
    references: AtomicU32,
    client: u64,
    stub: Arc<Stub>,
    /// Made by `Box::into_raw`; freed with the manager.
    proxies: Mutex<Vec<NonNull<InterfaceProxy>>>,
}

// SAFETY: the raw pointers in the proxies are addresses: the target is only
// dereferenced in its home apartment, the manager owns the proxies that name it.
unsafe impl Send for Manager {}
// SAFETY: as above; everything that changes is atomic or behind the lock.
unsafe impl Sync for Manager {}

/// Client apartment and stub.
type Key = (u64, u64);

static MANAGERS: Mutex<Option<HashMap<Key, usize>>> = Mutex::new(None);

fn managers() -> MutexGuard<'static, Option<HashMap<Key, usize>>> {
    MANAGERS.lock().unwrap_or_else(PoisonError::into_inner)
}

static UNKNOWN_VTABLE: IUnknown_Vtbl = IUnknown_Vtbl {
    QueryInterface: crate::ffi::PwProxyQueryInterface,
    AddRef: crate::ffi::PwProxyAddRef,
    Release: crate::ffi::PwProxyRelease,
};

/// The interface `iid` of a marshaled object for this thread's apartment, with a
/// reference: the object's own pointer at home, else a proxy.
///
/// # Errors
/// `CO_E_NOTINITIALIZED`; `E_NOINTERFACE` when the object does not have the
/// interface or no proxy of it is known; `RPC_E_DISCONNECTED` when its apartment
/// has ended.
pub fn unmarshal(marshaled: &Marshaled, iid: &GUID) -> Result<*mut c_void, HRESULT> {
    from_stub(&marshaled.stub, iid)
}

/// As [`unmarshal`], for a stub that somebody holds or that may have ended.
///
/// # Errors
/// As [`unmarshal`]; `CO_E_OBJNOTCONNECTED` when the stub has ended.
pub fn from_stub(stub: &Arc<Stub>, iid: &GUID) -> Result<*mut c_void, HRESULT> {
    let client = apartment::current()?;
    if Arc::ptr_eq(&client, stub.home()) {
        let raw = stub.interface(iid)?;
        // SAFETY: the stub's pointer is alive, and this is its home.
        let pointer = unsafe { IUnknown::from_raw_borrowed(&raw) }.cloned();
        return pointer.map(Interface::into_raw).ok_or(E_NOINTERFACE);
    }
    let manager = manager_for(&client, stub)?;
    // SAFETY: `manager_for` answered with a reference, which this gives back.
    unsafe {
        let answer = query(manager, iid);
        release(manager);
        answer
    }
}

/// The manager of the stub's object in `client`, with one more reference.
fn manager_for(client: &Arc<Apartment>, stub: &Arc<Stub>) -> Result<*const Manager, HRESULT> {
    let key = (client.id(), stub.id());
    let mut table = managers();
    let table = table.get_or_insert_default();
    if let Some(known) = table.get(&key) {
        let manager = *known as *const Manager;
        // SAFETY: a manager takes itself out of the table before it is freed,
        // under the lock that is held here.
        if unsafe { raise(&*manager) } {
            return Ok(manager);
        }
    }
    stub.hold(Hold::Strong)?;
    let manager = Box::into_raw(Box::new(Manager {
        references: AtomicU32::new(1),
        client: client.id(),
        stub: Arc::clone(stub),
        proxies: Mutex::new(Vec::new()),
    }));
    // SAFETY: fresh, and not yet known to anyone else.
    unsafe { &*manager }.add(
        GUID::default(),
        &raw const UNKNOWN_VTABLE as *const c_void,
        None,
        core::ptr::null_mut(),
    );
    table.insert(key, manager as usize);
    Ok(manager)
}

/// Adds a reference unless the count has reached zero.
fn raise(manager: &Manager) -> bool {
    let order = (Ordering::Relaxed, Ordering::Relaxed);
    let raised = manager.references.fetch_update(order.0, order.1, |count| {
        if count == 0 { None } else { count.checked_add(1) }
    });
    raised.is_ok()
}

impl Manager {
    fn lock(&self) -> MutexGuard<'_, Vec<NonNull<InterfaceProxy>>> {
        self.proxies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an interface proxy and answers its address, which stays.
    fn add(
        &self,
        iid: GUID,
        vtable: *const c_void,
        known: Option<Arc<Known>>,
        target: *mut c_void,
    ) -> *mut c_void {
        let header = ProxyHeader { vtable, runtime: core::ptr::null() };
        let proxy = Box::new(InterfaceProxy { header, iid, known, target, manager: self });
        let mut address = NonNull::from(Box::leak(proxy));
        // SAFETY: fresh, and not yet known to anyone else.
        unsafe { address.as_mut().header.runtime = address.as_ptr().cast() };
        self.lock().push(address);
        address.as_ptr().cast()
    }

    fn find(&self, iid: &GUID) -> Option<*mut c_void> {
        let wanted = if *iid == IUnknown::IID { GUID::default() } else { *iid };
        // SAFETY: the manager's proxies live as long as it does.
        let is_it = |proxy: &&NonNull<InterfaceProxy>| unsafe { proxy.as_ref() }.iid == wanted;
        self.lock().iter().find(is_it).map(|proxy| proxy.as_ptr().cast())
    }

    /// Refuses threads of other apartments.
    fn check_apartment(&self) -> Result<(), HRESULT> {
        if apartment::current()?.id() == self.client { Ok(()) } else { Err(RPC_E_WRONG_THREAD) }
    }
}

impl Drop for Manager {
    fn drop(&mut self) {
        for proxy in self.lock().drain(..) {
            // SAFETY: made by leaking a box; no reference to the manager is left,
            // so nobody can reach its proxies.
            drop(unsafe { Box::from_raw(proxy.as_ptr()) });
        }
    }
}

/// An interface of the manager's object with a reference.
///
/// # Safety
/// The caller holds a reference to the manager.
unsafe fn query(manager: *const Manager, iid: &GUID) -> Result<*mut c_void, HRESULT> {
    // SAFETY: forwarded from the caller.
    let manager = unsafe { &*manager };
    let found = match manager.find(iid) {
        Some(found) => found,
        None => ask_home(manager, iid)?,
    };
    manager.references.fetch_add(1, Ordering::Relaxed);
    Ok(found)
}

/// Asks the object for an interface and makes its proxy.
fn ask_home(manager: &Manager, iid: &GUID) -> Result<*mut c_void, HRESULT> {
    let target = match manager.stub.known_interface(iid) {
        Some(target) => target as usize,
        None => query_home(manager, iid)?,
    };
    let Some(known) = description::find(iid) else {
        observe::warn!(
            "com",
            "the object has interface {}, but no library has described it: no proxy can be made; \
             load the library that knows it, or declare it with #[interface(\"…\", proxy)]",
            format_guid(iid)
        );
        return Err(E_NOINTERFACE);
    };
    // Another thread of the apartment may have been faster; both proxies work,
    // and the first one is found from now on.
    let vtable = known.description().proxy_vtable;
    Ok(manager.add(*iid, vtable, Some(known), target as *mut c_void))
}

/// The address of an interface, which the object is asked for at home.
fn query_home(manager: &Manager, iid: &GUID) -> Result<usize, HRESULT> {
    let stub = &manager.stub;
    let context = CallContext::capture();
    let _hop = context.trace().map(|trace| trace.hop("proxy call", context.token().user()));
    call::run(stub.home(), "an object to answer QueryInterface", || {
        context.serve(|| stub.interface(iid).map(|raw| raw as usize))
    })?
}

/// Gives a reference back; the last one frees the manager and its proxies and
/// disconnects from the object.
///
/// # Safety
/// The caller owns a reference and does not use it again.
unsafe fn release(manager: *const Manager) -> u32 {
    // SAFETY: forwarded from the caller.
    let this = unsafe { &*manager };
    let left = this.references.fetch_sub(1, Ordering::Release) - 1;
    if left > 0 {
        return left;
    }
    fence(Ordering::Acquire);
    let key = (this.client, this.stub.id());
    if let Some(table) = managers().as_mut()
        && table.get(&key) == Some(&(manager as usize))
    {
        table.remove(&key);
    }
    // SAFETY: the count is zero and is never raised again, and the table does
    // not name this manager any more.
    let owned = unsafe { Box::from_raw(manager.cast_mut()) };
    owned.stub.let_go(Hold::Strong);
    0
}

/// The interface proxy at `this`, if that is what it is.
///
/// # Safety
/// `this` is null or an interface pointer.
unsafe fn proxy_at<'a>(this: *mut c_void) -> Result<&'a InterfaceProxy, HRESULT> {
    let proxy = this.cast::<InterfaceProxy>();
    // SAFETY: the vtable that leads here is only found in interface proxies, so
    // a pointer that is not null has a header.
    let proxy = unsafe { proxy.as_ref() }.ok_or(E_POINTER)?;
    if proxy.header.runtime == this.cast_const() { Ok(proxy) } else { Err(E_POINTER) }
}

/// Addresses that cross to the home thread while the caller waits.
struct Crossing<'a> {
    dispatch: Dispatch,
    target: *mut c_void,
    frame: *mut c_void,
    captured: Option<&'a mut Frame>,
}

// SAFETY: the caller waits, so what is borrowed stays; the target is used at home.
unsafe impl Send for Crossing<'_> {}

impl Crossing<'_> {
    /// Makes the call, in the home apartment.
    fn dispatch(self) -> Result<HRESULT, HRESULT> {
        // SAFETY: on the home thread, with the frame that fits.
        unsafe {
            match self.captured {
                Some(captured) => captured.serve(self.target),
                None => Ok((self.dispatch)(self.target, self.frame)),
            }
        }
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
    unsafe { &*proxy.manager }.check_apartment()?;
    // SAFETY: forwarded from the caller.
    unsafe {
        plan.check(frame)?;
        let answer = call_home(proxy, plan, frame, abandonable);
        if answer.is_err() {
            plan.zero(frame, false);
        }
        answer
    }
}

/// The call of [`invoke`], whose arguments were checked.
unsafe fn call_home(
    proxy: &InterfaceProxy,
    plan: &Plan,
    frame: *mut c_void,
    abandonable: bool,
) -> Result<HRESULT, HRESULT> {
    // SAFETY: a proxy lives as long as its manager.
    let manager = unsafe { &*proxy.manager };
    let dispatch = plan.dispatch().ok_or(E_NOTIMPL)?;
    let mut captured = None;
    // SAFETY: forwarded from the caller.
    unsafe {
        if abandonable || plan.holds_objects() || frames::captures_all() {
            captured = Some(Frame::capture(plan, frame)?);
        } else {
            plan.zero(frame, true);
        }
    }
    let context = CallContext::capture();
    let _hop = context.trace().map(|trace| trace.hop("proxy call", context.token().user()));
    // Keeps the object connected even if the callee releases the last proxy.
    manager.references.fetch_add(1, Ordering::Relaxed);
    let crossing = Crossing { dispatch, target: proxy.target, frame, captured: captured.as_mut() };
    let answer = call::run(manager.stub.home(), "a call into another apartment", move || {
        context.serve(|| crossing.dispatch())
    });
    let answer = answer.and_then(|answer| answer).and_then(|code| {
        // SAFETY: forwarded from the caller, which still waits.
        unsafe {
            match captured {
                Some(captured) => captured.write_back()?,
                None if code.is_ok() => plan.check_lengths(frame)?,
                None => {}
            }
        }
        Ok(code)
    });
    // SAFETY: gives back the reference of a moment ago.
    unsafe { release(proxy.manager) };
    answer
}

/// `PwProxyQueryInterface`.
///
/// # Safety
/// `this` is an interface proxy with a reference of the caller's.
pub unsafe fn query_interface(this: *mut c_void, iid: &GUID) -> Result<*mut c_void, HRESULT> {
    // SAFETY: forwarded from the caller.
    unsafe {
        let proxy = proxy_at(this)?;
        (*proxy.manager).check_apartment()?;
        query(proxy.manager, iid)
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
        (*proxy.manager).references.fetch_add(1, Ordering::Relaxed) + 1
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
        release(proxy.manager)
    }
}
