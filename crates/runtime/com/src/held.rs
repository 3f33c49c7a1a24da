//! An object that a table of the process holds, for every apartment to get.
//!
//! A strong hold keeps the object; a weak one keeps it until the last strong one
//! of anybody is gone, and finds it only until then.

use core::ffi::c_void;
use std::sync::Arc;

use com_abi::{GUID, HRESULT, IUnknown};

use crate::apartment::Apartment;
use crate::proxy;
use crate::stub::{Hold, Leave, Stub};

/// See the module. Let go when this is dropped, outside of any lock: the object
/// may be released by it.
pub struct Held {
    stub: Arc<Stub>,
    kind: Hold,
}

impl Held {
    /// Holds an object of this thread's apartment, or the one behind a proxy.
    ///
    /// # Errors
    /// `CO_E_NOTINITIALIZED`; `CO_E_OBJNOTCONNECTED` for a proxy whose object is
    /// gone.
    pub fn new(object: &IUnknown, kind: Hold) -> Result<Self, HRESULT> {
        Ok(Self { stub: proxy::hold(object, kind)?, kind })
    }

    /// Gets at the object outside of the table's lock.
    pub fn access(&self) -> Access {
        Access(Arc::clone(&self.stub))
    }

    /// Whether the object's apartment is this one.
    pub fn is_of(&self, apartment: &Arc<Apartment>) -> bool {
        Arc::ptr_eq(self.stub.home().apartment(), apartment)
    }

    /// Whether the object is still there.
    pub fn is_alive(&self) -> bool {
        let probed = self.stub.hold(Hold::Weak);
        if probed.is_ok() {
            // Not the last one: this holds it too.
            self.stub.let_go(Hold::Weak, Leave::Released);
        }
        probed.is_ok()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.stub.let_go(self.kind, Leave::Released);
    }
}

/// See [`Held::access`].
pub struct Access(Arc<Stub>);

impl Access {
    /// An interface for this thread's apartment, with a reference: the object's
    /// own or a proxy's.
    ///
    /// # Errors
    /// `CO_E_OBJNOTCONNECTED` when the object is gone; `E_NOINTERFACE`.
    pub fn interface(&self, iid: &GUID) -> Result<*mut c_void, HRESULT> {
        proxy::from_stub(&self.0, iid)
    }
}
