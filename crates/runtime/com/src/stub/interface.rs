//! One interface of an object that others hold: the object's own pointer, and
//! the stub of the interface when its calls travel as bytes.

use core::ffi::c_void;
use core::ptr::null_mut;
use std::sync::Arc;

use com_abi::codes::{E_NOINTERFACE, E_UNEXPECTED};
use com_abi::rpc::IRpcStubBuffer;
use com_abi::{GUID, HRESULT, IUnknown, Interface};

use super::running::Running;
use crate::class_factory;
use crate::contexts::Context;
use crate::proxy_stub::{self, Wire};

/// See the module. It is used, and dropped, in the home apartment only; dropping
/// it disconnects the interface's stub.
pub struct HomeInterface {
    iid: GUID,
    buffer: Option<IRpcStubBuffer>,
    pointer: IUnknown,
}

// SAFETY: the pointers are used and released only by threads in the home
// apartment; others only move the value about.
unsafe impl Send for HomeInterface {}
// SAFETY: as above.
unsafe impl Sync for HomeInterface {}

/// An interface of an object with a reference.
///
/// # Errors
/// What the object answers.
pub fn query(unknown: &IUnknown, iid: &GUID) -> Result<IUnknown, HRESULT> {
    let mut raw = null_mut();
    // SAFETY: a live interface, a readable identifier and a writable place.
    let code = unsafe { unknown.query(iid, &mut raw) };
    if code.is_err() {
        return Err(code);
    }
    if raw.is_null() {
        return Err(E_NOINTERFACE);
    }
    // SAFETY: the object answered with an interface and a reference; every
    // interface begins with `IUnknown`.
    Ok(unsafe { IUnknown::from_raw(raw) })
}

impl HomeInterface {
    /// Asks the object for the interface, and its library for a stub if it needs
    /// one.
    ///
    /// # Errors
    /// What the object or the library answers; `E_NOINTERFACE` when nobody knows
    /// how calls of the interface travel.
    pub fn new(unknown: &IUnknown, iid: &GUID) -> Result<Self, HRESULT> {
        let pointer = query(unknown, iid)?;
        let buffer = match proxy_stub::wire(iid)? {
            Wire::Frame(_) => None,
            Wire::Bytes(factory) => {
                let mut raw = null_mut();
                // SAFETY: live interfaces, a readable identifier, a writable place.
                let code = unsafe { factory.CreateStub(iid, pointer.as_raw(), &mut raw) };
                if code.is_err() {
                    return Err(code);
                }
                if raw.is_null() {
                    return Err(E_UNEXPECTED);
                }
                // SAFETY: the factory answered with a stub and a reference.
                Some(unsafe { IRpcStubBuffer::from_raw(raw) })
            }
        };
        class_factory::lock_for_stub(iid, &pointer, true);
        Ok(Self { iid: *iid, buffer, pointer })
    }

    /// Address of the object's own pointer.
    pub fn address(&self) -> usize {
        self.pointer.as_raw() as usize
    }

    /// Which interface.
    pub fn iid(&self) -> &GUID {
        &self.iid
    }
}

impl Drop for HomeInterface {
    fn drop(&mut self) {
        if let Some(buffer) = &self.buffer {
            // SAFETY: a live stub, which nobody calls any more.
            unsafe { buffer.Disconnect() };
        }
        class_factory::lock_for_stub(&self.iid, &self.pointer, false);
    }
}

/// An interface in a call: it stays while this lives. Home apartment only.
pub struct Pinned<'a> {
    // Dropped first: whoever waits for the call may then end the apartment.
    interface: Arc<HomeInterface>,
    _running: Running<'a>,
}

impl<'a> Pinned<'a> {
    pub(super) fn new(interface: Arc<HomeInterface>, home: &'a Context) -> Self {
        Self { interface, _running: Running::begin(home) }
    }

    /// The object's own pointer, borrowed.
    pub fn as_raw(&self) -> *mut c_void {
        self.interface.pointer.as_raw()
    }

    /// The interface's stub, when its calls travel as bytes.
    pub fn buffer(&self) -> Option<&IRpcStubBuffer> {
        self.interface.buffer.as_ref()
    }
}
