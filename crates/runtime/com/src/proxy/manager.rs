//! Managers of proxies: one object's identity in one client context.
//!
//! # Protocol
//! Managers are found in a table (`table`), which holds no reference; how long one
//! lives is counted in `references`.
//!
//! A manager holds its stub once, while it is *connected*. It is disconnected, by
//! whoever comes first, when its last reference goes or when its apartment ends;
//! the hold is given back then, once. A disconnected manager lives on as long as
//! somebody holds it, and answers `CO_E_OBJNOTCONNECTED`.
//!
//! An object may have a *handler*: a part of it in its clients' apartments. The
//! manager aggregates the handler, asks it before it asks the object, and lets it
//! go with itself. The handler reaches the object's own interfaces through the
//! manager's *inner* `IUnknown` (`CoGetStdMarshalEx`), which counts nothing,
//! since it belongs to the one who holds the handler.

use core::ffi::c_void;
use core::ptr::NonNull;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use com_abi::codes::E_POINTER;
use com_abi::description::ProxyHeader;
use com_abi::{GUID, HRESULT, IUnknown, IUnknown_Vtbl, Interface};

use super::bytes::ForeignProxy;
use super::connection::Connection;
use super::references::References;
use super::{facets, handler, table};
use crate::call;
use crate::context::CallContext;
use crate::contexts::Context;
use crate::description::Known;
use crate::proxy_stub::{self, Wire};
use crate::stub::Stub;
use crate::sync::{free, planted};

/// One interface of a manager's object. See [`super`].
#[repr(C)]
pub struct InterfaceProxy {
    pub header: ProxyHeader,
    /// The null identifier for `IUnknown`.
    pub iid: GUID,
    /// How its methods are called, which keeps the library that described them;
    /// none for what is answered here.
    pub known: Option<Arc<Known>>,
    pub manager: *const Manager,
}

/// See the module.
pub struct Manager {
    references: References,
    pub connection: Arc<Connection>,
    /// The handler's own `IUnknown`; set once, before others know the manager.
    handler: OnceLock<HandlerPointer>,
    /// Made by leaking boxes; freed with the manager. The first is `IUnknown`'s.
    proxies: Mutex<Vec<NonNull<InterfaceProxy>>>,
    foreign: Mutex<Vec<ForeignProxy>>,
}

// SAFETY: the raw pointers in the proxies are addresses; the manager owns the
// proxies that name it.
unsafe impl Send for Manager {}
// SAFETY: as above; everything that changes is atomic or behind a lock.
unsafe impl Sync for Manager {}

/// A handler's own `IUnknown`, which is used in the client's apartment.
struct HandlerPointer(IUnknown);

// SAFETY: used by threads of the client's apartment only; others only move it.
unsafe impl Send for HandlerPointer {}
// SAFETY: as above.
unsafe impl Sync for HandlerPointer {}

/// The functions of every proxy's `IUnknown`.
pub const UNKNOWN_VTABLE: IUnknown_Vtbl = IUnknown_Vtbl {
    QueryInterface: crate::ffi::PwProxyQueryInterface,
    AddRef: crate::ffi::PwProxyAddRef,
    Release: crate::ffi::PwProxyRelease,
};

/// The vtable of an interface pointer.
///
/// # Safety
/// `unknown` is a live interface pointer.
pub unsafe fn unknown_functions<'a>(unknown: *mut c_void) -> &'a IUnknown_Vtbl {
    // SAFETY: every interface begins with `IUnknown`.
    unsafe { &**unknown.cast::<*const IUnknown_Vtbl>() }
}

/// A reference for a while.
pub struct Alive<'a>(&'a Manager);

impl Drop for Alive<'_> {
    fn drop(&mut self) {
        // SAFETY: gives back the reference that was taken when this was made.
        unsafe { release(self.0) };
    }
}

impl Manager {
    /// A manager with one reference, which takes over a strong hold of the stub.
    pub fn new(client: &Context, stub: &Arc<Stub>) -> *const Self {
        let manager = Box::into_raw(Box::new(Self {
            references: References::one(),
            connection: Arc::new(Connection::new(client, stub)),
            handler: OnceLock::new(),
            proxies: Mutex::default(),
            foreign: Mutex::default(),
        }));
        static VTABLE: IUnknown_Vtbl = UNKNOWN_VTABLE;
        let vtable = (&raw const VTABLE).cast();
        // SAFETY: fresh, and not yet known to anyone else.
        unsafe { &*manager }.add(GUID::default(), vtable, None);
        manager
    }

    fn lock(&self) -> MutexGuard<'_, Vec<NonNull<InterfaceProxy>>> {
        self.proxies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn foreign(&self) -> MutexGuard<'_, Vec<ForeignProxy>> {
        self.foreign.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the manager its handler; before others know it.
    pub fn set_handler(&self, handler: IUnknown) {
        drop(self.handler.set(HandlerPointer(handler)));
    }

    /// Adds a reference; whoever calls this has one.
    pub fn add_reference(&self) -> u32 {
        self.references.add()
    }

    /// Adds a reference unless the count has reached zero.
    pub fn raise(&self) -> bool {
        self.references.raise()
    }

    /// A reference for a while; whoever calls this has one.
    pub fn alive(&self) -> Alive<'_> {
        if !planted!(CallsUncounted) {
            self.add_reference();
        }
        Alive(self)
    }

    /// The manager's `IUnknown`: the object's identity in this context, without
    /// a reference.
    pub fn identity(&self) -> *mut c_void {
        self.lock().first().map_or(core::ptr::null_mut(), |first| first.as_ptr().cast())
    }

    /// The `IUnknown` through which a handler reaches the object's interfaces.
    pub fn inner(&self) -> *mut c_void {
        static VTABLE: IUnknown_Vtbl = IUnknown_Vtbl {
            QueryInterface: handler::inner_query_interface,
            AddRef: handler::inner_count,
            Release: handler::inner_count,
        };
        let known = self.find(&handler::INNER);
        known.unwrap_or_else(|| self.add(handler::INNER, (&raw const VTABLE).cast(), None))
    }

    /// Adds an interface proxy and answers its address, which stays.
    pub fn add(&self, iid: GUID, vtable: *const c_void, known: Option<Arc<Known>>) -> *mut c_void {
        let header = ProxyHeader { vtable, runtime: core::ptr::null() };
        let proxy = Box::new(InterfaceProxy { header, iid, known, manager: self });
        let mut address = NonNull::from(Box::leak(proxy));
        // SAFETY: fresh, and not yet known to anyone else.
        unsafe { address.as_mut().header.runtime = address.as_ptr().cast() };
        self.lock().push(address);
        address.as_ptr().cast()
    }

    /// The pointer of an interface that is there already.
    pub fn find(&self, iid: &GUID) -> Option<*mut c_void> {
        let wanted = if *iid == IUnknown::IID { GUID::default() } else { *iid };
        // SAFETY: the manager's proxies live as long as it does.
        let is_it = |proxy: &&NonNull<InterfaceProxy>| unsafe { proxy.as_ref() }.iid == wanted;
        let own = self.lock().iter().find(is_it).map(|proxy| proxy.as_ptr().cast());
        own.or_else(|| {
            let foreign = self.foreign();
            foreign.iter().find(|known| known.iid() == iid).map(ForeignProxy::as_raw)
        })
    }

    /// The interface of which `pointer` is this manager's proxy, and whether it
    /// is answered here; `None` when it is none.
    pub fn interface_of(&self, pointer: *mut c_void) -> Option<(GUID, bool)> {
        let own = self.lock().iter().find(|proxy| proxy.as_ptr().cast() == pointer).copied();
        // SAFETY: the manager's proxies live as long as it does.
        let own = own.map(|proxy| unsafe { (proxy.as_ref().iid, proxy.as_ref().known.is_none()) });
        own.or_else(|| {
            let foreign = self.foreign();
            let known = foreign.iter().find(|known| known.as_raw() == pointer);
            known.map(|known| (*known.iid(), false))
        })
    }

    /// Whether a description of one of its interfaces is such a one.
    pub fn any_described(&self, is_it: impl Fn(&Known) -> bool) -> bool {
        let proxies = self.lock();
        // SAFETY: the manager's proxies live as long as it does.
        let mut known =
            proxies.iter().filter_map(|proxy| unsafe { proxy.as_ref() }.known.as_deref());
        known.any(is_it)
    }

    /// A second proxy of an interface, which `find` does not find.
    ///
    /// # Errors
    /// What [`Manager::adopt`] answers.
    pub fn copy(&self, iid: &GUID) -> Result<*mut c_void, HRESULT> {
        self.make(iid)
    }

    /// Makes the proxy of an interface that the object has.
    ///
    /// # Errors
    /// `E_NOINTERFACE` when nobody knows how; what the proxy's library answers.
    fn make(&self, iid: &GUID) -> Result<*mut c_void, HRESULT> {
        match proxy_stub::wire(iid)? {
            Wire::Frame(known) => Ok(self.add(*iid, known.description().proxy_vtable, Some(known))),
            Wire::Bytes(factory) => {
                let made = ForeignProxy::new(&factory, iid, self)?;
                let raw = made.as_raw();
                self.foreign().push(made);
                Ok(raw)
            }
        }
    }

    /// The pointer of an interface that needs no way to the object, without a
    /// reference.
    pub fn here(&self, iid: &GUID) -> Option<*mut c_void> {
        self.find(iid).or_else(|| facets::make(self, iid))
    }

    /// An interface of the handler with a reference, if it has it.
    pub fn handler_interface(&self, iid: &GUID) -> Option<*mut c_void> {
        let handler = self.handler.get()?;
        let mut raw = core::ptr::null_mut();
        // SAFETY: a live interface, a readable identifier and a writable place.
        let code = unsafe { handler.0.query(iid, &mut raw) };
        (code.is_ok() && !raw.is_null()).then_some(raw)
    }

    /// Asks the object for interfaces, all on one way, and makes their proxies;
    /// each answer is without a reference.
    pub fn ask_home(&self, iids: &[GUID]) -> Vec<Result<usize, HRESULT>> {
        let stub = &self.connection.stub;
        let context = CallContext::capture();
        let _hop = context.trace().map(|trace| trace.hop("proxy call", context.token().user()));
        let asked = if iids.iter().all(|iid| stub.is_ready(iid)) {
            Ok(vec![Ok(()); iids.len()])
        } else {
            call::run(stub.home(), "an object to answer QueryInterface", || {
                context.serve(|| iids.iter().map(|iid| stub.connect(iid)).collect::<Vec<_>>())
            })
        };
        let answers = asked.unwrap_or_else(|code| vec![Err(code); iids.len()]);
        // Another thread of the apartment may have been faster; both proxies
        // work, and the first one is found from now on.
        let made = |(iid, answer): (&GUID, Result<(), HRESULT>)| {
            answer.and_then(|()| self.make(iid)).map(|raw| raw as usize)
        };
        iids.iter().zip(answers).map(made).collect()
    }
}

impl Drop for Manager {
    fn drop(&mut self) {
        drop(self.handler.take());
        let foreign = std::mem::take(&mut *self.foreign());
        drop(foreign);
        for proxy in self.lock().drain(..) {
            // SAFETY: made by leaking a box; no reference to the manager is left,
            // so nobody can reach its proxies.
            drop(unsafe { Box::from_raw(proxy.as_ptr()) });
        }
    }
}

/// An interface of the manager's object with a reference: the manager's own, the
/// handler's, or the object's.
///
/// # Errors
/// `E_NOINTERFACE`; what the object or the interface's library answers.
///
/// # Safety
/// The caller holds a reference to the manager.
pub unsafe fn query(manager: *const Manager, iid: &GUID) -> Result<*mut c_void, HRESULT> {
    // SAFETY: forwarded from the caller.
    let this = unsafe { &*manager };
    if let Some(found) = this.here(iid).map(counted).or_else(|| this.handler_interface(iid)) {
        return Ok(found);
    }
    // SAFETY: forwarded from the caller.
    unsafe { query_remote(manager, iid) }
}

/// As [`query`], without the handler.
///
/// # Errors
/// As there.
///
/// # Safety
/// As there.
pub unsafe fn query_remote(manager: *const Manager, iid: &GUID) -> Result<*mut c_void, HRESULT> {
    // SAFETY: forwarded from the caller.
    let manager = unsafe { &*manager };
    if let Some(found) = manager.here(iid) {
        return Ok(counted(found));
    }
    let answer = manager.ask_home(core::slice::from_ref(iid)).pop();
    let found = answer.unwrap_or(Err(E_POINTER))? as *mut c_void;
    Ok(counted(found))
}

/// A pointer of a manager's with a reference.
pub fn counted(found: *mut c_void) -> *mut c_void {
    // SAFETY: a live interface; its own function knows who counts.
    unsafe { (unknown_functions(found).AddRef)(found) };
    found
}

/// Gives a reference back; the last one frees the manager and its proxies and
/// disconnects from the object.
///
/// # Safety
/// The caller owns a reference and does not use it again.
pub unsafe fn release(manager: *const Manager) -> u32 {
    // SAFETY: forwarded from the caller.
    let this = unsafe { &*manager };
    let left = this.references.release();
    if left > 0 {
        return left;
    }
    table::remove(manager);
    let connection = Arc::clone(&this.connection);
    // SAFETY: the count is zero and is never raised again, and the table does
    // not name this manager any more.
    unsafe {
        this.references.end();
        free(manager.cast_mut());
    }
    connection.disconnect();
    0
}

/// The interface proxy at `this`, if that is what it is.
///
/// # Errors
/// `E_POINTER` when it is not.
///
/// # Safety
/// `this` is null or an interface pointer.
pub unsafe fn proxy_at<'a>(this: *mut c_void) -> Result<&'a InterfaceProxy, HRESULT> {
    let proxy = this.cast::<InterfaceProxy>();
    // SAFETY: the vtable that leads here is only found in interface proxies, so
    // a pointer that is not null has a header.
    let proxy = unsafe { proxy.as_ref() }.ok_or(E_POINTER)?;
    if proxy.header.runtime == this.cast_const() { Ok(proxy) } else { Err(E_POINTER) }
}
