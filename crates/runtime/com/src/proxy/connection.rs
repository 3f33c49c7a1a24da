//! The way from a client context to an object: who may use it, and until when.

use std::sync::Arc;

use com_abi::HRESULT;
use com_abi::codes::{CO_E_OBJNOTCONNECTED, RPC_E_WRONG_THREAD};

use crate::contexts::Context;
use crate::membership;
use crate::stub::{Hold, Leave, Stub};
use crate::sync::{AtomicBool, Ordering};

/// The way from a client context to an object.
pub struct Connection {
    /// The client's context.
    pub client: u64,
    /// Its apartment.
    pub apartment: u64,
    pub stub: Arc<Stub>,
    connected: AtomicBool,
}

impl Connection {
    /// Takes over a strong hold of the stub.
    pub fn new(client: &Context, stub: &Arc<Stub>) -> Self {
        let (apartment, stub) = (client.apartment().id(), Arc::clone(stub));
        Self { client: client.id(), apartment, stub, connected: AtomicBool::new(true) }
    }

    /// Refuses when the client's apartment has ended.
    pub fn check_connected(&self) -> Result<(), HRESULT> {
        if self.connected.load(Ordering::Acquire) { Ok(()) } else { Err(CO_E_OBJNOTCONNECTED) }
    }

    /// Refuses threads in other contexts, and in none.
    pub fn check_context(&self) -> Result<(), HRESULT> {
        if membership::is_in(self.client)? { Ok(()) } else { Err(RPC_E_WRONG_THREAD) }
    }

    /// Both.
    pub fn check(&self) -> Result<(), HRESULT> {
        self.check_connected()?;
        self.check_context()
    }

    /// Whether calls can reach the object.
    pub fn is_connected(&self) -> bool {
        self.check_connected().is_ok() && !self.stub.has_ended()
    }

    /// Gives the hold back, once.
    pub fn disconnect(&self) {
        if self.connected.swap(false, Ordering::AcqRel) {
            self.stub.let_go(Hold::Strong, Leave::Released);
        }
    }
}
