//! What a proxy/stub library in Rust is made of: a factory, proxies and stubs for
//! interfaces whose calls it packs itself.
//!
//! A library names its interfaces ([`WireInterface`]): the vtable of the proxy,
//! whose methods pack their arguments and hand them to [`call`], and a function
//! that unpacks a call and makes it. The rest is here. Interfaces that are
//! described with `#[interface("…", proxy)]` need none of this.
//!
//! # Layout
//! The address of an interface pointer of a proxy is that of a `Face`: vtable,
//! controlling object, proxy. Its `IUnknown` ([`FACE_UNKNOWN`]) is the
//! controlling object's.
//!
//! # References
//! - A proxy holds its channel from `Connect` to `Disconnect`, and never the
//!   controlling object, which holds it.
//! - A stub holds its object from `CreateStub` or `Connect` to the next `Connect`
//!   or to `Disconnect`. Its last `Release` does not give the object back:
//!   whoever drops a connected stub may not be in the object's apartment.

use core::ffi::c_void;
use core::mem::ManuallyDrop;
use core::ptr::null_mut;
use std::sync::{Mutex, MutexGuard, PoisonError};

use windows_core::{GUID, HRESULT, IUnknown, IUnknown_Vtbl, Interface};

use crate::codes::{
    CLASS_E_CLASSNOTAVAILABLE, E_INVALIDARG, E_NOINTERFACE, E_POINTER, E_UNEXPECTED,
    RPC_E_DISCONNECTED, RPC_E_INVALIDMETHOD, S_OK,
};
use crate::object::new_interface;
use crate::rpc::{
    IPSFactoryBuffer, IPSFactoryBuffer_Impl, IRpcChannelBuffer, IRpcProxyBuffer,
    IRpcProxyBuffer_Impl, IRpcStubBuffer, IRpcStubBuffer_Impl, RPCOLEMESSAGE,
};

/// Unpacks the call of a method, makes it on the object's interface, and answers
/// the packed result. A failure is one of the way, not the method's own.
///
/// # Safety
/// The object is a live interface of the [`WireInterface`].
pub type InvokeMethod =
    unsafe fn(object: *mut c_void, method: u32, request: &[u8]) -> Result<Vec<u8>, HRESULT>;

/// An interface of a proxy/stub library.
pub struct WireInterface {
    /// The interface.
    pub iid: GUID,
    /// The interface that it is derived from, unless that is `IUnknown`: methods
    /// of that one are unpacked by its own function.
    pub base: Option<&'static WireInterface>,
    /// Number of methods, those of its bases and of `IUnknown` included.
    pub methods: u32,
    /// Vtable of its proxy; the first three functions are [`FACE_UNKNOWN`], the
    /// others use [`call`].
    pub proxy_vtable: *const c_void,
    /// Makes the calls of its own methods.
    pub invoke: InvokeMethod,
}

// SAFETY: it is immutable and its pointer names a constant.
unsafe impl Sync for WireInterface {}

/// A proxy/stub library.
pub struct WireLibrary {
    /// Its class.
    pub clsid: GUID,
    /// What it serves.
    pub interfaces: &'static [&'static WireInterface],
}

impl WireLibrary {
    fn find(&self, iid: &GUID) -> Option<&'static WireInterface> {
        self.interfaces.iter().find(|known| known.iid == *iid).copied()
    }
}

/// `DllGetClassObject` of a proxy/stub library: by its class, or by any
/// interface that it serves.
///
/// # Safety
/// `clsid` and `iid` are null or readable, `object` null or writable.
pub unsafe fn proxy_stub_class_object(
    library: &'static WireLibrary,
    clsid: *const GUID,
    iid: *const GUID,
    object: *mut *mut c_void,
) -> HRESULT {
    if clsid.is_null() || iid.is_null() || object.is_null() {
        return E_POINTER;
    }
    // SAFETY: checked for null; forwarded from the caller.
    unsafe {
        object.write(null_mut());
        if *clsid != library.clsid && library.find(&*clsid).is_none() {
            return CLASS_E_CLASSNOTAVAILABLE;
        }
        match new_interface::<Factory, IUnknown>(Factory(library)) {
            Ok(factory) => factory.query(iid, object),
            Err(code) => code,
        }
    }
}

#[crate::class(interfaces(IPSFactoryBuffer))]
struct Factory(&'static WireLibrary);

impl IPSFactoryBuffer_Impl for Factory {
    unsafe fn CreateProxy(
        &self,
        outer: *mut c_void,
        iid: *const GUID,
        proxy: *mut *mut c_void,
        interface: *mut *mut c_void,
    ) -> HRESULT {
        if outer.is_null() || iid.is_null() || proxy.is_null() || interface.is_null() {
            return E_INVALIDARG;
        }
        // SAFETY: checked for null; the caller passes what it says.
        unsafe {
            proxy.write(null_mut());
            interface.write(null_mut());
            let Some(wire) = self.0.find(&*iid) else { return E_NOINTERFACE };
            let channel = Mutex::new(None);
            let face = Box::new(Face { vtable: wire.proxy_vtable, outer, channel });
            let face = Box::into_raw(face);
            match new_interface::<Proxy, IRpcProxyBuffer>(Proxy { face }) {
                Ok(made) => {
                    (functions(outer).AddRef)(outer);
                    proxy.write(made.into_raw());
                    interface.write(face.cast());
                    S_OK
                }
                Err(code) => code,
            }
        }
    }

    unsafe fn CreateStub(
        &self,
        iid: *const GUID,
        server: *mut c_void,
        stub: *mut *mut c_void,
    ) -> HRESULT {
        if iid.is_null() || stub.is_null() {
            return E_INVALIDARG;
        }
        // SAFETY: checked for null; the caller passes what it says.
        unsafe {
            stub.write(null_mut());
            let Some(wire) = self.0.find(&*iid) else { return E_NOINTERFACE };
            let made = Stub { wire, server: Mutex::default() };
            let code = if server.is_null() { S_OK } else { made.Connect(server) };
            if code.is_err() {
                return code;
            }
            match new_interface::<Stub, IRpcStubBuffer>(made) {
                Ok(made) => {
                    stub.write(made.into_raw());
                    S_OK
                }
                Err(code) => code,
            }
        }
    }
}

type Channel = Mutex<Option<IRpcChannelBuffer>>;

/// What an interface pointer of a proxy points to. Do not reorder: the vtable
/// comes first.
#[repr(C)]
struct Face {
    vtable: *const c_void,
    outer: *mut c_void,
    channel: Channel,
}

/// The functions of an interface pointer's `IUnknown`.
///
/// # Safety
/// `unknown` is a live interface pointer.
unsafe fn functions<'a>(unknown: *mut c_void) -> &'a IUnknown_Vtbl {
    // SAFETY: every interface begins with `IUnknown`.
    unsafe { &**unknown.cast::<*const IUnknown_Vtbl>() }
}

/// The first three functions of a proxy's vtable.
pub const FACE_UNKNOWN: IUnknown_Vtbl = IUnknown_Vtbl {
    QueryInterface: face_query_interface,
    AddRef: face_add_ref,
    Release: face_release,
};

unsafe extern "system" fn face_query_interface(
    this: *mut c_void,
    iid: *const GUID,
    object: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: this function stands in faces only; the controlling object outlives
    // them.
    unsafe {
        let outer = (*this.cast::<Face>()).outer;
        (functions(outer).QueryInterface)(outer, iid, object)
    }
}

unsafe extern "system" fn face_add_ref(this: *mut c_void) -> u32 {
    // SAFETY: as above.
    unsafe {
        let outer = (*this.cast::<Face>()).outer;
        (functions(outer).AddRef)(outer)
    }
}

unsafe extern "system" fn face_release(this: *mut c_void) -> u32 {
    // SAFETY: as above.
    unsafe {
        let outer = (*this.cast::<Face>()).outer;
        (functions(outer).Release)(outer)
    }
}

fn lock(channel: &Channel) -> MutexGuard<'_, Option<IRpcChannelBuffer>> {
    channel.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A message that gives its buffer back.
struct Message<'a> {
    channel: &'a IRpcChannelBuffer,
    message: RPCOLEMESSAGE,
}

impl Drop for Message<'_> {
    fn drop(&mut self) {
        // SAFETY: a live channel and its message.
        let _ = unsafe { self.channel.FreeBuffer(&mut self.message) };
    }
}

/// Sends a packed call and answers the packed result: what a proxy's methods are
/// made of.
///
/// # Errors
/// `RPC_E_DISCONNECTED` when the proxy has no channel; the channel's.
///
/// # Safety
/// `this` is an interface pointer of a proxy of this module.
pub unsafe fn call(
    this: *mut c_void,
    iid: &GUID,
    method: u32,
    request: &[u8],
) -> Result<Vec<u8>, HRESULT> {
    // SAFETY: forwarded from the caller; the proxy lives as long as its pointer.
    let channel = unsafe { lock(&(*this.cast::<Face>()).channel).clone() };
    let channel = channel.ok_or(RPC_E_DISCONNECTED)?;
    let mut message = RPCOLEMESSAGE::new(method);
    message.cbBuffer = u32::try_from(request.len()).map_err(|_| E_INVALIDARG)?;
    // SAFETY: a live channel, a fresh message and a readable identifier; the
    // buffer has the size that was asked for, and the answer's what is said.
    unsafe {
        done(channel.GetBuffer(&mut message, iid))?;
        let mut sent = Message { channel: &channel, message };
        if sent.message.Buffer.is_null() {
            return Err(E_UNEXPECTED);
        }
        let buffer = sent.message.Buffer.cast::<u8>();
        core::ptr::copy_nonoverlapping(request.as_ptr(), buffer, request.len());
        done(channel.SendReceive(&mut sent.message, null_mut()))?;
        Ok(bytes(&sent.message).to_vec())
    }
}

fn done(code: HRESULT) -> Result<(), HRESULT> {
    if code.is_err() { Err(code) } else { Ok(()) }
}

/// The bytes of a message.
///
/// # Safety
/// The buffer is null or has that many bytes.
unsafe fn bytes(message: &RPCOLEMESSAGE) -> &[u8] {
    if message.Buffer.is_null() {
        return &[];
    }
    // SAFETY: forwarded from the caller.
    unsafe { core::slice::from_raw_parts(message.Buffer.cast(), message.cbBuffer as usize) }
}

/// A proxy, as the runtime sees it.
#[crate::class(interfaces(IRpcProxyBuffer))]
struct Proxy {
    face: *mut Face,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // SAFETY: made by `Box::into_raw`; whoever drops the proxy has no pointer
        // of its interface left.
        drop(unsafe { Box::from_raw(self.face) });
    }
}

impl IRpcProxyBuffer_Impl for Proxy {
    unsafe fn Connect(&self, channel: *mut c_void) -> HRESULT {
        // SAFETY: null or a live channel; the face is alive.
        unsafe {
            let Some(channel) = IRpcChannelBuffer::from_raw_borrowed(&channel) else {
                return E_POINTER;
            };
            let earlier = lock(&(*self.face).channel).replace(channel.clone());
            drop(earlier);
        }
        S_OK
    }

    unsafe fn Disconnect(&self) {
        // SAFETY: the face is alive. The channel is released outside the lock.
        let channel = unsafe { lock(&(*self.face).channel).take() };
        drop(channel);
    }
}

/// A stub. Its object is used in the object's apartment only.
#[crate::class(interfaces(IRpcStubBuffer))]
struct Stub {
    wire: &'static WireInterface,
    /// See the module for why it is not released with the stub.
    server: Mutex<Option<ManuallyDrop<IUnknown>>>,
}

impl Stub {
    fn server(&self) -> MutexGuard<'_, Option<ManuallyDrop<IUnknown>>> {
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who unpacks a method: the interface, or the base whose it is.
fn owner_of(wire: &'static WireInterface, method: u32) -> &'static WireInterface {
    let mut owner = wire;
    while let Some(base) = owner.base.filter(|base| method < base.methods) {
        owner = base;
    }
    owner
}

impl IRpcStubBuffer_Impl for Stub {
    unsafe fn Connect(&self, server: *mut c_void) -> HRESULT {
        // SAFETY: in the object's apartment.
        unsafe { self.Disconnect() };
        // SAFETY: null or a live interface.
        let Some(server) = (unsafe { IUnknown::from_raw_borrowed(&server) }) else {
            return E_POINTER;
        };
        let mut raw = null_mut();
        // SAFETY: a live interface, a readable identifier and a writable place.
        let code = unsafe { server.query(&self.wire.iid, &mut raw) };
        if code.is_err() {
            return code;
        }
        if raw.is_null() {
            return E_NOINTERFACE;
        }
        // SAFETY: the object answered with an interface and a reference.
        *self.server() = Some(ManuallyDrop::new(unsafe { IUnknown::from_raw(raw) }));
        S_OK
    }

    unsafe fn Disconnect(&self) {
        let server = self.server().take();
        drop(server.map(ManuallyDrop::into_inner));
    }

    unsafe fn Invoke(&self, message: *mut RPCOLEMESSAGE, channel: *mut c_void) -> HRESULT {
        // SAFETY: null or what the interface says.
        let (message, channel) =
            unsafe { (message.as_mut(), IRpcChannelBuffer::from_raw_borrowed(&channel)) };
        let (Some(message), Some(channel)) = (message, channel) else { return E_INVALIDARG };
        let server = self.server().as_ref().map(|server| IUnknown::clone(server));
        let Some(server) = server else { return RPC_E_DISCONNECTED };
        if !(3..self.wire.methods).contains(&message.iMethod) {
            return RPC_E_INVALIDMETHOD;
        }
        let owner = owner_of(self.wire, message.iMethod);
        // SAFETY: the object's interface; a message with the bytes that it says;
        // the channel's buffer has the size that was asked for.
        unsafe {
            match (owner.invoke)(server.as_raw(), message.iMethod, bytes(message)) {
                Ok(answer) => put_answer(message, channel, &self.wire.iid, &answer),
                Err(code) => code,
            }
        }
    }

    unsafe fn IsIIDSupported(&self, iid: *const GUID) -> *mut c_void {
        // SAFETY: null or readable.
        if unsafe { iid.as_ref() } != Some(&self.wire.iid) {
            return null_mut();
        }
        let made = Self { wire: self.wire, server: Mutex::default() };
        if let Some(server) = self.server().as_ref() {
            // SAFETY: in the object's apartment, with the object's interface.
            let _ = unsafe { made.Connect(server.as_raw()) };
        }
        new_interface::<Self, IRpcStubBuffer>(made).map_or(null_mut(), Interface::into_raw)
    }

    unsafe fn CountRefs(&self) -> u32 {
        u32::from(self.server().is_some())
    }

    unsafe fn DebugServerQueryInterface(&self, object: *mut *mut c_void) -> HRESULT {
        if object.is_null() {
            return E_POINTER;
        }
        let server = self.server().as_ref().map(|server| server.as_raw());
        // SAFETY: checked for null; the caller passes a writable place.
        unsafe { object.write(server.unwrap_or(null_mut())) };
        if server.is_some() { S_OK } else { RPC_E_DISCONNECTED }
    }

    /// The debugger's pointer carries no reference.
    unsafe fn DebugServerRelease(&self, _object: *mut c_void) {}
}

/// Puts the answer into a buffer of the channel.
///
/// # Safety
/// The channel gives a buffer of the size that is asked for.
unsafe fn put_answer(
    message: &mut RPCOLEMESSAGE,
    channel: &IRpcChannelBuffer,
    iid: &GUID,
    answer: &[u8],
) -> HRESULT {
    let Ok(size) = u32::try_from(answer.len()) else { return E_UNEXPECTED };
    message.cbBuffer = size;
    // SAFETY: forwarded from the caller.
    unsafe {
        let code = channel.GetBuffer(message, iid);
        if code.is_err() {
            return code;
        }
        if message.Buffer.is_null() {
            return E_UNEXPECTED;
        }
        core::ptr::copy_nonoverlapping(answer.as_ptr(), message.Buffer.cast(), answer.len());
    }
    S_OK
}
