//! Packets: an interface written to a stream, and read again in another
//! apartment of this process.
//!
//! # Format (`OBJREF`, standard form; [MS-DCOM] 2.2.18)
//! | bytes | what |
//! |---|---|
//! | 4 | signature `MEOW` |
//! | 4 | 1, standard |
//! | 16 | interface identifier |
//! | 4 | flags of the object: 0 |
//! | 4 | public references: 5 for one use, 0 in a table |
//! | 8 | OXID: the apartment |
//! | 8 | OID: the stub |
//! | 16 | IPID: the packet |
//! | 4 | an empty array of bindings, since nobody outside can use it |
//!
//! # Protocol
//! A packet for one use is a strong hold that the first unmarshaling, or
//! `CoReleaseMarshalData`, takes over and gives back; which of the two comes
//! first finds the packet in the list, the other does not. A table packet is a
//! hold, strong or weak, until `CoReleaseMarshalData`; it may be unmarshaled any
//! number of times as long as the stub lives.

use core::ffi::c_void;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use com_abi::codes::{CO_E_OBJNOTCONNECTED, CO_E_OBJNOTREG, E_INVALIDARG, RPC_E_INVALID_OBJREF};
use com_abi::stream::IStream;
use com_abi::{GUID, HRESULT, IUnknown};

use crate::proxy::{self, Marshaled, from_stub, unmarshal};
use crate::stream::{memory_stream, position, read_exact, seek, write_all};
use crate::stub::{self, Hold, Stub};

/// `MSHCTX_INPROC`: another apartment of this process.
pub const MSHCTX_INPROC: u32 = 3;
/// `MSHCTX_CROSSCTX`: another context of this apartment.
pub const MSHCTX_CROSSCTX: u32 = 4;

/// For one use.
const MSHLFLAGS_NORMAL: u32 = 0;
/// In a table, keeping the object.
const MSHLFLAGS_TABLESTRONG: u32 = 1;
/// In a table, without keeping the object.
const MSHLFLAGS_TABLEWEAK: u32 = 2;

const SIGNATURE: u32 = 0x574F_454D;
const STANDARD: u32 = 1;
const PUBLIC_REFERENCES: u32 = 5;

/// Bytes of a packet.
pub const PACKET_BYTES: usize = 4 // signature
    + 4 // form
    + 16 // interface
    + 4 // object flags
    + 4 // public references
    + 8 // OXID
    + 8 // OID
    + 16 // IPID
    + 4; // empty bindings

/// How a packet may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    Once,
    Table(Hold),
}

impl Use {
    const fn hold(self) -> Hold {
        match self {
            Self::Once => Hold::Strong,
            Self::Table(hold) => hold,
        }
    }
}

struct Packet {
    stub: Arc<Stub>,
    usage: Use,
}

static PACKETS: Mutex<Option<HashMap<u64, Packet>>> = Mutex::new(None);

fn packets() -> MutexGuard<'static, Option<HashMap<u64, Packet>>> {
    PACKETS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a packet's bytes say.
struct Reference {
    iid: GUID,
    is_table: bool,
    oid: u64,
    /// The packet's number: the first half of the IPID.
    ipid: u64,
}

fn encode(reference: &Reference, oxid: u64) -> Vec<u8> {
    let references = if reference.is_table { 0 } else { PUBLIC_REFERENCES };
    let mut bytes = Vec::with_capacity(PACKET_BYTES);
    bytes.extend(SIGNATURE.to_le_bytes());
    bytes.extend(STANDARD.to_le_bytes());
    bytes.extend(guid_bytes(&reference.iid));
    bytes.extend(0u32.to_le_bytes());
    bytes.extend(references.to_le_bytes());
    bytes.extend(oxid.to_le_bytes());
    bytes.extend(reference.oid.to_le_bytes());
    bytes.extend(reference.ipid.to_le_bytes());
    bytes.extend(0u64.to_le_bytes());
    bytes.extend([0; 4]);
    bytes
}

/// An identifier as it stands in memory: the first three groups little endian.
fn guid_bytes(guid: &GUID) -> [u8; 16] {
    let mut bytes = [0; 16];
    let groups = guid.data1.to_le_bytes().into_iter();
    let groups = groups.chain(guid.data2.to_le_bytes()).chain(guid.data3.to_le_bytes());
    for (place, byte) in bytes.iter_mut().zip(groups.chain(guid.data4)) {
        *place = byte;
    }
    bytes
}

fn decode(bytes: &[u8; PACKET_BYTES]) -> Result<Reference, HRESULT> {
    let mut rest = &bytes[..];
    let mut take = |count: usize| {
        let (taken, after) = rest.split_at_checked(count).ok_or(RPC_E_INVALID_OBJREF)?;
        rest = after;
        Ok::<_, HRESULT>(taken)
    };
    let number =
        |bytes: &[u8]| bytes.iter().rev().fold(0u64, |number, byte| number << 8 | u64::from(*byte));
    if number(take(4)?) != u64::from(SIGNATURE) || number(take(4)?) != u64::from(STANDARD) {
        return Err(RPC_E_INVALID_OBJREF);
    }
    let (data1, data2, data3) = (number(take(4)?), number(take(2)?), number(take(2)?));
    let mut data4 = [0; 8];
    data4.copy_from_slice(take(8)?);
    let iid = GUID { data1: data1 as u32, data2: data2 as u16, data3: data3 as u16, data4 };
    take(4)?;
    let is_table = number(take(4)?) == 0;
    take(8)?;
    let (oid, ipid) = (number(take(8)?), number(take(8)?));
    Ok(Reference { iid, is_table, oid, ipid })
}

/// Writes an interface of an object to a stream, for another apartment.
///
/// # Errors
/// `CO_E_NOTINITIALIZED`; `E_INVALIDARG` for flags or a destination that mean
/// nothing here; `E_NOINTERFACE`; the stream's.
pub fn marshal_interface(
    stream: &IStream,
    iid: &GUID,
    object: &IUnknown,
    destination: u32,
    flags: u32,
) -> Result<(), HRESULT> {
    let usage = match flags {
        MSHLFLAGS_NORMAL => Use::Once,
        MSHLFLAGS_TABLESTRONG => Use::Table(Hold::Strong),
        MSHLFLAGS_TABLEWEAK => Use::Table(Hold::Weak),
        _ => return Err(E_INVALIDARG),
    };
    if !matches!(destination, MSHCTX_INPROC | MSHCTX_CROSSCTX) {
        return Err(E_INVALIDARG);
    }
    proxy::require(object, iid)?;
    let stub = proxy::hold(object, usage.hold())?;
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let ipid = NEXT.fetch_add(1, Ordering::Relaxed);
    let reference = Reference { iid: *iid, is_table: usage != Use::Once, oid: stub.id(), ipid };
    let bytes = encode(&reference, stub.home().id());
    packets().get_or_insert_default().insert(ipid, Packet { stub, usage });
    write_all(stream, &bytes).inspect_err(|_| forget(ipid))
}

/// Gives a packet's hold back, if it is still in the list.
fn forget(ipid: u64) {
    let packet = packets().as_mut().and_then(|packets| packets.remove(&ipid));
    if let Some(packet) = packet {
        packet.stub.let_go(packet.usage.hold());
    }
}

fn read(stream: &IStream) -> Result<Reference, HRESULT> {
    decode(&read_exact::<PACKET_BYTES>(stream)?)
}

/// Reads an interface from a stream; `wanted` is another interface of the object
/// than the packet's, or the null identifier for the packet's own.
///
/// # Errors
/// `CO_E_NOTINITIALIZED`; `CO_E_OBJNOTCONNECTED` when a packet for one use was
/// used or its object is gone; `CO_E_OBJNOTREG` when a table packet's object is
/// gone; `E_NOINTERFACE`; `RPC_E_INVALID_OBJREF`; the stream's.
pub fn unmarshal_interface(stream: &IStream, wanted: &GUID) -> Result<*mut c_void, HRESULT> {
    crate::membership::current()?;
    let reference = read(stream)?;
    let iid = if *wanted == GUID::default() { &reference.iid } else { wanted };
    if reference.is_table {
        let stub = stub::find(reference.oid).ok_or(CO_E_OBJNOTREG)?;
        return from_stub(&stub, iid).map_err(|code| match code {
            CO_E_OBJNOTCONNECTED => CO_E_OBJNOTREG,
            other => other,
        });
    }
    let packet = packets().as_mut().and_then(|packets| packets.remove(&reference.ipid));
    let packet = packet.ok_or(CO_E_OBJNOTCONNECTED)?;
    // The hold is the packet's own and is given back when this is dropped.
    unmarshal(&Marshaled::from_hold(packet.stub), iid)
}

/// Gives up a packet that will not be unmarshaled, or a table packet.
///
/// # Errors
/// `RPC_E_INVALID_OBJREF`; the stream's, with nothing given up.
pub fn release_marshal_data(stream: &IStream) -> Result<(), HRESULT> {
    crate::membership::current()?;
    forget(read(stream)?.ipid);
    Ok(())
}

/// A stream with the interface, for another thread: what
/// [`get_and_release`] takes.
///
/// # Errors
/// As [`marshal_interface`].
pub fn into_stream(iid: &GUID, object: &IUnknown) -> Result<IStream, HRESULT> {
    let stream = memory_stream()?;
    marshal_interface(&stream, iid, object, MSHCTX_INPROC, MSHLFLAGS_NORMAL)?;
    seek(&stream, 0)?;
    Ok(stream)
}

/// The interface of such a stream, which is released also on failure. After a
/// failure the packet is given up.
///
/// # Errors
/// As [`unmarshal_interface`].
pub fn get_and_release(stream: IStream, iid: &GUID) -> Result<*mut c_void, HRESULT> {
    let begin = position(&stream)?;
    let answer = unmarshal_interface(&stream, iid);
    if answer.is_err() {
        let given_up = seek(&stream, begin).and_then(|()| read(&stream));
        if let Ok(reference) = given_up {
            forget(reference.ipid);
        }
    }
    drop(stream);
    answer
}
