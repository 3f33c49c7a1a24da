//! A packet that is kept in memory and opened any number of times: for objects
//! with a marshaler of their own, of which only their packets are known.

use core::ffi::c_void;

use com_abi::marshal::{MSHCTX_INPROC, MSHLFLAGS_TABLESTRONG};
use com_abi::stream::IStream;
use com_abi::{GUID, HRESULT, IUnknown};

use super::{give_up, marshal_interface, unmarshal_interface};
use crate::stream::{memory_stream, read_all, seek, write_all};

/// See the module. Dropping it gives the packet up.
pub struct Packed {
    /// The runtime's own, which any thread may use; whoever reads it makes a copy
    /// with a position of its own.
    bytes: Vec<u8>,
}

impl Packed {
    /// Packs an interface of an object.
    ///
    /// # Errors
    /// As [`marshal_interface`].
    pub fn new(iid: &GUID, object: &IUnknown) -> Result<Self, HRESULT> {
        let stream = memory_stream()?;
        marshal_interface(&stream, iid, object, MSHCTX_INPROC, MSHLFLAGS_TABLESTRONG)?;
        seek(&stream, 0)?;
        Ok(Self { bytes: read_all(&stream)? })
    }

    fn stream(&self) -> Result<IStream, HRESULT> {
        let stream = memory_stream()?;
        write_all(&stream, &self.bytes)?;
        seek(&stream, 0)?;
        Ok(stream)
    }

    /// An interface of the object for this thread's apartment, with a reference.
    ///
    /// # Errors
    /// As [`unmarshal_interface`].
    pub fn open(&self, iid: &GUID) -> Result<*mut c_void, HRESULT> {
        unmarshal_interface(&self.stream()?, iid)
    }
}

impl Drop for Packed {
    fn drop(&mut self) {
        let given_up = self.stream().and_then(|stream| give_up(&stream));
        if let Err(code) = given_up {
            observe::warn!("com", "a packet could not be given up: {:#010x}", code.0);
        }
    }
}
