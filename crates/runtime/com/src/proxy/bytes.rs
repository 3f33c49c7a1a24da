//! Proxies that come from a proxy/stub library, and the channel that carries
//! their calls.
//!
//! # Who holds whom
//! The manager holds the library's proxy ([`IRpcProxyBuffer`]) and the proxy its
//! channel; neither holds the manager. The library's interface pointer counts on
//! the manager, as the object that aggregates it. A message that has a buffer
//! keeps the manager alive until the buffer is given back, so the callee may
//! release the last pointer while the proxy's method is still on the stack. A
//! channel that outlives its manager refuses.

use core::ffi::c_void;
use core::ptr::null_mut;
use std::sync::{Arc, Mutex, PoisonError};

use com_abi::codes::{
    CO_E_OBJNOTCONNECTED, E_INVALIDARG, E_NOTIMPL, E_OUTOFMEMORY, E_POINTER, E_UNEXPECTED,
    RPC_E_DISCONNECTED, S_FALSE, S_OK,
};
use com_abi::marshal::MSHCTX_INPROC;
use com_abi::rpc::{
    IPSFactoryBuffer, IRpcChannelBuffer, IRpcChannelBuffer_Impl, IRpcProxyBuffer, RPCOLEMESSAGE,
};
use com_abi::{GUID, HRESULT, Interface, class, new_interface};

use super::connection::Connection;
use super::manager::{Manager, release, unknown_functions};
use crate::call::{CallInfo, CallKind};
use crate::context::CallContext;
use crate::contexts::crossing::{self, Answer, Method};
use crate::{call, hook, memory};

/// Largest message, in bytes.
const MAX_MESSAGE_BYTES: u32 = 256 << 20;

/// The manager of a channel; null once it has gone.
struct Owner(Mutex<*const Manager>);

// SAFETY: the pointer is used under the lock only, and the manager takes itself
// out before it is freed.
unsafe impl Send for Owner {}
// SAFETY: as above.
unsafe impl Sync for Owner {}

impl Owner {
    /// One more reference to the manager, unless it is going or gone.
    fn raise(&self) -> Option<*const Manager> {
        let manager = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: null or there, as long as the lock is held.
        unsafe { manager.as_ref() }.filter(|manager| manager.raise()).map(|_| *manager)
    }

    /// Whether the manager is there.
    fn is_there(&self) -> bool {
        !self.0.lock().unwrap_or_else(PoisonError::into_inner).is_null()
    }

    /// The manager's pointer of an interface; null once it has gone.
    fn interface(&self, iid: &GUID) -> *mut c_void {
        let manager = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: null or there, as long as the lock is held.
        let found = unsafe { manager.as_ref() }.and_then(|manager| manager.find(iid));
        found.unwrap_or(null_mut())
    }

    fn leave(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = core::ptr::null();
    }
}

/// The proxy of a library, as the manager holds it.
pub struct ForeignProxy {
    iid: GUID,
    /// The interface; it is the manager's, without a reference.
    interface: *mut c_void,
    buffer: IRpcProxyBuffer,
    owner: Arc<Owner>,
}

impl ForeignProxy {
    /// Lets the library make a proxy, and connects it.
    ///
    /// # Errors
    /// What the library answers.
    pub fn new(factory: &IPSFactoryBuffer, iid: &GUID, manager: &Manager) -> Result<Self, HRESULT> {
        let outer = manager.identity();
        let (mut proxy, mut interface) = (null_mut(), null_mut());
        // SAFETY: a live factory, an outer object that outlives the proxy, a
        // readable identifier and writable places.
        let code = unsafe { factory.CreateProxy(outer, iid, &mut proxy, &mut interface) };
        if code.is_err() {
            return Err(code);
        }
        if proxy.is_null() || interface.is_null() {
            return Err(E_UNEXPECTED);
        }
        // SAFETY: the factory answered with a proxy and a reference. The
        // interface's reference is on the manager itself: kept, it would be a
        // circle.
        let buffer = unsafe {
            (unknown_functions(interface).Release)(interface);
            IRpcProxyBuffer::from_raw(proxy)
        };
        let owner = Arc::new(Owner(Mutex::new(manager)));
        let made = Self { iid: *iid, interface, buffer, owner: Arc::clone(&owner) };
        let connection = Arc::clone(&manager.connection);
        let channel: IRpcChannelBuffer = new_interface(Channel { iid: *iid, connection, owner })?;
        // SAFETY: live interfaces.
        let code = unsafe { made.buffer.Connect(channel.as_raw()) };
        if code.is_err() { Err(code) } else { Ok(made) }
    }

    /// Which interface.
    pub fn iid(&self) -> &GUID {
        &self.iid
    }

    /// Its pointer, without a reference.
    pub fn as_raw(&self) -> *mut c_void {
        self.interface
    }
}

impl Drop for ForeignProxy {
    fn drop(&mut self) {
        self.owner.leave();
        // SAFETY: a live proxy, whose interface nobody holds any more.
        unsafe { self.buffer.Disconnect() };
    }
}

/// The client's end of the way to one interface of an object.
#[class(interfaces(IRpcChannelBuffer))]
struct Channel {
    iid: GUID,
    connection: Arc<Connection>,
    owner: Arc<Owner>,
}

/// Puts a fresh buffer of `cbBuffer` bytes into a message.
///
/// # Errors
/// `E_INVALIDARG` beyond the limit, `E_OUTOFMEMORY`.
fn put_buffer(message: &mut RPCOLEMESSAGE) -> Result<(), HRESULT> {
    if message.cbBuffer > MAX_MESSAGE_BYTES {
        return Err(E_INVALIDARG);
    }
    let buffer = memory::alloc(message.cbBuffer as usize);
    if buffer.is_null() {
        return Err(E_OUTOFMEMORY);
    }
    // SAFETY: fresh memory of that size. Nothing of the process's goes to the
    // other side by a proxy that does not fill its buffer.
    unsafe { core::ptr::write_bytes(buffer.cast::<u8>(), 0, message.cbBuffer as usize) };
    message.Buffer = buffer;
    Ok(())
}

/// Frees a message's buffer, if it has one.
///
/// # Safety
/// The buffer is null or of [`put_buffer`], and is not used again.
unsafe fn take_buffer(message: &mut RPCOLEMESSAGE) {
    // SAFETY: forwarded from the caller.
    unsafe { memory::free(core::mem::replace(&mut message.Buffer, null_mut())) };
    message.cbBuffer = 0;
}

/// A message on its way: its buffer belongs to whoever has this, so that the
/// caller may leave before the call has ended.
struct Letter {
    buffer: *mut c_void,
    size: u32,
    representation: u32,
    flags: u32,
}

// SAFETY: memory of the task allocator that is nobody else's.
unsafe impl Send for Letter {}

impl Letter {
    /// Takes the buffer out of a message.
    fn take(message: &mut RPCOLEMESSAGE) -> Self {
        Self {
            buffer: core::mem::replace(&mut message.Buffer, null_mut()),
            size: core::mem::take(&mut message.cbBuffer),
            representation: message.dataRepresentation,
            flags: message.rpcFlags,
        }
    }

    /// Puts the buffer into a message, which has none.
    fn put(mut self, message: &mut RPCOLEMESSAGE) {
        message.Buffer = core::mem::replace(&mut self.buffer, null_mut());
        message.cbBuffer = self.size;
        message.dataRepresentation = self.representation;
    }
}

/// A call that came back with a letter has succeeded as far as anybody but the
/// interface's proxy can tell.
impl Answer for Letter {
    fn code(&self) -> HRESULT {
        S_OK
    }
}

impl Drop for Letter {
    fn drop(&mut self) {
        // SAFETY: null, or this letter's own buffer.
        unsafe { memory::free(self.buffer) };
    }
}

impl Channel {
    /// Makes the call; the request's buffer is replaced by the answer's.
    fn send(&self, message: &mut RPCOLEMESSAGE) -> Result<(), HRESULT> {
        let connection = &self.connection;
        connection.check()?;
        let context = CallContext::capture();
        let _hop = context.trace().map(|trace| trace.hop("proxy call", context.token().user()));
        let (method, iid, stub) = (message.iMethod, self.iid, Arc::clone(&connection.stub));
        let mut hooked = hook::begin(&iid, method);
        let info = CallInfo {
            iid,
            method: method as u16,
            stub: Some(Arc::clone(&stub)),
            kind: CallKind::Synchronous,
        };
        let request = Letter::take(message);
        let crossing = Method { iid, number: method };
        let run = move || {
            let serve = || {
                let pinned = stub.pin(&iid)?;
                let buffer = pinned.buffer().ok_or(RPC_E_DISCONNECTED)?;
                hook::serve(hooked.as_mut(), || serve(buffer, method, request))
            };
            let inside = || context.serve(serve);
            let answer = crossing::enter(stub.home(), crossing, &context, inside);
            (answer, hooked)
        };
        let home = connection.stub.home();
        let (answer, hooked) = crossing::leave(crossing, || match call::is_abandonable() {
            true => call::invoke_owned(home, || info, run),
            false => call::invoke(home, || info, run),
        })?;
        hook::end(hooked, self.owner.interface(&iid), &answer);
        answer.map(|answer| answer.put(message))
    }
}

/// Lets a stub answer a message, on the object's apartment.
fn serve(
    buffer: &com_abi::rpc::IRpcStubBuffer,
    method: u32,
    request: Letter,
) -> Result<Letter, HRESULT> {
    let channel: IRpcChannelBuffer = new_interface(ServerChannel)?;
    let mut answer = RPCOLEMESSAGE {
        reserved1: null_mut(),
        Buffer: request.buffer,
        cbBuffer: request.size,
        dataRepresentation: request.representation,
        rpcFlags: request.flags,
        ..RPCOLEMESSAGE::new(method)
    };
    // SAFETY: a live stub and channel; the message lives during the call.
    let code = unsafe { buffer.Invoke(&mut answer, channel.as_raw()) };
    if core::ptr::eq(answer.Buffer, request.buffer) {
        // A stub that asks for no buffer answers with none.
        answer.Buffer = null_mut();
        answer.cbBuffer = 0;
    }
    let answer = Letter::take(&mut answer);
    // Freed here, by whoever answers.
    drop(request);
    if code.is_err() { Err(code) } else { Ok(answer) }
}

impl IRpcChannelBuffer_Impl for Channel {
    unsafe fn GetBuffer(&self, message: *mut RPCOLEMESSAGE, _iid: *const GUID) -> HRESULT {
        // SAFETY: the caller passes null or a message of its own.
        let Some(message) = (unsafe { message.as_mut() }) else { return E_INVALIDARG };
        let Some(manager) = self.owner.raise() else { return CO_E_OBJNOTCONNECTED };
        if let Err(code) = put_buffer(message) {
            // SAFETY: gives back the reference of a moment ago.
            unsafe { release(manager) };
            return code;
        }
        message.reserved1 = manager.cast_mut().cast();
        S_OK
    }

    unsafe fn SendReceive(&self, message: *mut RPCOLEMESSAGE, status: *mut u32) -> HRESULT {
        // SAFETY: the caller passes null or a message of `GetBuffer`.
        let Some(message) = (unsafe { message.as_mut() }) else { return E_INVALIDARG };
        let code = match self.send(message) {
            Ok(()) => S_OK,
            Err(code) => {
                // SAFETY: of `GetBuffer`, if the call did not leave; it has ended.
                unsafe { take_buffer(message) };
                code
            }
        };
        if !status.is_null() {
            // SAFETY: the caller passes a writable place.
            unsafe { status.write(code.0.cast_unsigned()) };
        }
        code
    }

    unsafe fn FreeBuffer(&self, message: *mut RPCOLEMESSAGE) -> HRESULT {
        // SAFETY: the caller passes null or a message of `GetBuffer`.
        let Some(message) = (unsafe { message.as_mut() }) else { return E_INVALIDARG };
        let manager = core::mem::replace(&mut message.reserved1, null_mut());
        // SAFETY: the buffer is of `GetBuffer` or null; the reference was taken
        // there, and only once.
        unsafe {
            take_buffer(message);
            if !manager.is_null() {
                release(manager.cast_const().cast());
            }
        }
        S_OK
    }

    unsafe fn GetDestCtx(&self, destination: *mut u32, reserved: *mut *mut c_void) -> HRESULT {
        // SAFETY: forwarded from the caller.
        unsafe { destination_of(destination, reserved) }
    }

    unsafe fn IsConnected(&self) -> HRESULT {
        let is_connected = self.owner.is_there() && self.connection.is_connected();
        if is_connected { S_OK } else { S_FALSE }
    }
}

/// Writes where the other side is.
///
/// # Safety
/// Both places are null or writable.
unsafe fn destination_of(destination: *mut u32, reserved: *mut *mut c_void) -> HRESULT {
    if destination.is_null() {
        return E_POINTER;
    }
    // SAFETY: checked for null; forwarded from the caller.
    unsafe {
        destination.write(MSHCTX_INPROC);
        if !reserved.is_null() {
            reserved.write(null_mut());
        }
    }
    S_OK
}

/// The server's end, for the time of one call: it gives the buffer for the
/// answer.
#[class(interfaces(IRpcChannelBuffer))]
struct ServerChannel;

impl IRpcChannelBuffer_Impl for ServerChannel {
    unsafe fn GetBuffer(&self, message: *mut RPCOLEMESSAGE, _iid: *const GUID) -> HRESULT {
        // SAFETY: the caller passes null or the message that it serves.
        let Some(message) = (unsafe { message.as_mut() }) else { return E_INVALIDARG };
        // A second buffer replaces the first; the request is the client's.
        let earlier = core::mem::replace(&mut message.reserved1, null_mut());
        // SAFETY: null or of an earlier `GetBuffer`.
        unsafe { memory::free(earlier) };
        match put_buffer(message) {
            Ok(()) => {
                message.reserved1 = message.Buffer;
                S_OK
            }
            Err(code) => {
                message.Buffer = null_mut();
                code
            }
        }
    }

    unsafe fn SendReceive(&self, _message: *mut RPCOLEMESSAGE, _status: *mut u32) -> HRESULT {
        E_NOTIMPL
    }

    unsafe fn FreeBuffer(&self, _message: *mut RPCOLEMESSAGE) -> HRESULT {
        S_OK
    }

    unsafe fn GetDestCtx(&self, destination: *mut u32, reserved: *mut *mut c_void) -> HRESULT {
        // SAFETY: forwarded from the caller.
        unsafe { destination_of(destination, reserved) }
    }

    unsafe fn IsConnected(&self) -> HRESULT {
        S_OK
    }
}
