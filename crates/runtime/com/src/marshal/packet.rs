//! The bytes of a marshaled interface (`OBJREF`; [MS-DCOM] 2.2.18).
//!
//! | bytes | what |
//! |---|---|
//! | 4 | signature `MEOW` |
//! | 4 | form: 1 standard, 2 handler, 4 custom |
//! | 16 | interface identifier |
//!
//! Standard and handler form go on with
//!
//! | bytes | what |
//! |---|---|
//! | 4 | flags of the object: 0, or 1000h for one that is not pinged |
//! | 4 | public references: 5 for one use, 0 in a table |
//! | 8 | OXID: the apartment |
//! | 8 | OID: the stub |
//! | 16 | IPID: the packet |
//! | 16 | in the handler form only: the handler's class |
//! | 4 | an empty array of bindings, since nobody outside can use it |
//!
//! and the custom form with
//!
//! | bytes | what |
//! |---|---|
//! | 16 | the unmarshal class |
//! | 4 | size of the extension: 0 |
//! | 4 | size of what the object writes, by its own figure |

use com_abi::codes::RPC_E_INVALID_OBJREF;
use com_abi::stream::IStream;
use com_abi::{GUID, HRESULT};

use crate::stream::read_exact;

const SIGNATURE: u32 = 0x574F_454D;
const STANDARD: u32 = 1;
const HANDLER: u32 = 2;
const CUSTOM: u32 = 4;

/// `SORF_NOPING`.
const NO_PING: u32 = 0x1000;
const PUBLIC_REFERENCES: u32 = 5;

/// Bytes before the form's own.
const HEAD_BYTES: usize = 4 // signature
    + 4 // form
    + 16; // interface
/// Bytes of a standard packet's own part, without the bindings.
const STANDARD_BYTES: usize = 4 // object flags
    + 4 // public references
    + 8 // OXID
    + 8 // OID
    + 16; // IPID
/// Bytes of an empty array of bindings.
const BINDINGS_BYTES: usize = 4;
/// Bytes of a class.
const CLASS_BYTES: usize = 16;

/// Bytes of a standard packet.
pub const PACKET_BYTES: usize = HEAD_BYTES + STANDARD_BYTES + BINDINGS_BYTES;
/// Bytes of a packet with a handler.
pub const HANDLER_PACKET_BYTES: usize = PACKET_BYTES + CLASS_BYTES;
/// Bytes before those of a custom packet that the object writes.
pub const CUSTOM_HEADER_BYTES: usize = HEAD_BYTES
    + CLASS_BYTES
    + 4 // extension
    + 4; // size

/// A reference to an object that the standard marshaler wrote.
#[derive(Clone, Copy, Debug)]
pub struct Reference {
    /// The interface.
    pub iid: GUID,
    /// Whether it may be used more than once.
    pub is_table: bool,
    /// Whether clients need not show that they live.
    pub no_ping: bool,
    /// The apartment.
    pub oxid: u64,
    /// The stub.
    pub oid: u64,
    /// The packet's number: the first half of the IPID.
    pub ipid: u64,
    /// The handler's class.
    pub handler: Option<GUID>,
}

/// A packet's beginning.
#[derive(Clone, Copy, Debug)]
pub enum Packet {
    /// Of the standard marshaler; the packet is read.
    Standard(Reference),
    /// Of the object's own marshaler, whose bytes follow.
    Custom {
        /// The interface.
        iid: GUID,
        /// Who reads the rest.
        clsid: GUID,
    },
}

fn head(form: u32, iid: &GUID) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HANDLER_PACKET_BYTES);
    bytes.extend(SIGNATURE.to_le_bytes());
    bytes.extend(form.to_le_bytes());
    bytes.extend(guid_bytes(iid));
    bytes
}

impl Reference {
    /// The packet's bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = head(if self.handler.is_some() { HANDLER } else { STANDARD }, &self.iid);
        let references = if self.is_table { 0 } else { PUBLIC_REFERENCES };
        bytes.extend((if self.no_ping { NO_PING } else { 0 }).to_le_bytes());
        bytes.extend(references.to_le_bytes());
        bytes.extend(self.oxid.to_le_bytes());
        bytes.extend(self.oid.to_le_bytes());
        bytes.extend(self.ipid.to_le_bytes());
        bytes.extend(0u64.to_le_bytes());
        if let Some(clsid) = &self.handler {
            bytes.extend(guid_bytes(clsid));
        }
        bytes.extend([0; BINDINGS_BYTES]);
        bytes
    }
}

/// The header of a packet whose other `size` bytes the object writes.
pub fn custom_header(iid: &GUID, clsid: &GUID, size: u32) -> Vec<u8> {
    let mut bytes = head(CUSTOM, iid);
    bytes.extend(guid_bytes(clsid));
    bytes.extend(0u32.to_le_bytes());
    bytes.extend(size.to_le_bytes());
    bytes
}

/// An identifier as it stands in memory: the first three groups little endian.
pub fn guid_bytes(guid: &GUID) -> [u8; 16] {
    let mut bytes = [0; 16];
    let groups = guid.data1.to_le_bytes().into_iter();
    let groups = groups.chain(guid.data2.to_le_bytes()).chain(guid.data3.to_le_bytes());
    for (place, byte) in bytes.iter_mut().zip(groups.chain(guid.data4)) {
        *place = byte;
    }
    bytes
}

/// Bytes that are taken from the front.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn number(&mut self, count: usize) -> Result<u64, HRESULT> {
        let (taken, after) = self.0.split_at_checked(count).ok_or(RPC_E_INVALID_OBJREF)?;
        self.0 = after;
        Ok(taken.iter().rev().fold(0u64, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn guid(&mut self) -> Result<GUID, HRESULT> {
        let (data1, data2, data3) = (self.number(4)?, self.number(2)?, self.number(2)?);
        let data4 = self.number(8)?.to_le_bytes();
        Ok(GUID { data1: data1 as u32, data2: data2 as u16, data3: data3 as u16, data4 })
    }
}

/// Reads a packet's beginning.
///
/// # Errors
/// `RPC_E_INVALID_OBJREF` when it is none; the stream's.
pub fn read(stream: &IStream) -> Result<Packet, HRESULT> {
    let bytes = read_exact::<HEAD_BYTES>(stream)?;
    let mut rest = Rest(&bytes);
    if rest.number(4)? != u64::from(SIGNATURE) {
        return Err(RPC_E_INVALID_OBJREF);
    }
    let form = rest.number(4)? as u32;
    let iid = rest.guid()?;
    match form {
        STANDARD | HANDLER => read_standard(stream, iid, form == HANDLER).map(Packet::Standard),
        CUSTOM => read_custom(stream, iid),
        _ => Err(RPC_E_INVALID_OBJREF),
    }
}

fn read_standard(stream: &IStream, iid: GUID, has_handler: bool) -> Result<Reference, HRESULT> {
    let bytes = read_exact::<STANDARD_BYTES>(stream)?;
    let mut rest = Rest(&bytes);
    let no_ping = rest.number(4)? as u32 & NO_PING != 0;
    let is_table = rest.number(4)? == 0;
    let (oxid, oid, ipid) = (rest.number(8)?, rest.number(8)?, rest.number(8)?);
    let handler =
        if has_handler { Some(Rest(&read_exact::<CLASS_BYTES>(stream)?).guid()?) } else { None };
    read_exact::<BINDINGS_BYTES>(stream)?;
    Ok(Reference { iid, is_table, no_ping, oxid, oid, ipid, handler })
}

fn read_custom(stream: &IStream, iid: GUID) -> Result<Packet, HRESULT> {
    let clsid = Rest(&read_exact::<CLASS_BYTES>(stream)?).guid()?;
    let sizes = read_exact::<8>(stream)?;
    // Nobody has defined an extension, so there is none to be skipped.
    if Rest(&sizes).number(4)? != 0 {
        return Err(RPC_E_INVALID_OBJREF);
    }
    Ok(Packet::Custom { iid, clsid })
}
