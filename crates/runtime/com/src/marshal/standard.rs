//! The standard marshaler: packets that lead to a stub.
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
use com_abi::marshal::{
    MSHCTX_CONTAINER, MSHLFLAGS_NOPING, MSHLFLAGS_NORMAL, MSHLFLAGS_TABLESTRONG,
    MSHLFLAGS_TABLEWEAK,
};
use com_abi::stream::IStream;
use com_abi::{GUID, HRESULT, IUnknown};

use super::packet::{self, Packet, Reference};
use crate::apartment::Apartment;
use crate::membership;
use crate::proxy::{self, Held};
use crate::stream::write_all;
use crate::stub::{self, Hold, Leave, Stub};

/// Most bytes of a packet.
pub const MAX_PACKET_BYTES: usize = packet::HANDLER_PACKET_BYTES;

/// How a packet may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    Once,
    Table(Hold),
}

impl Use {
    /// What `MSHLFLAGS_…` say.
    fn of(flags: u32) -> Result<Self, HRESULT> {
        match flags & !MSHLFLAGS_NOPING {
            MSHLFLAGS_NORMAL => Ok(Self::Once),
            MSHLFLAGS_TABLESTRONG => Ok(Self::Table(Hold::Strong)),
            MSHLFLAGS_TABLEWEAK => Ok(Self::Table(Hold::Weak)),
            _ => Err(E_INVALIDARG),
        }
    }

    const fn hold(self) -> Hold {
        match self {
            Self::Once => Hold::Strong,
            Self::Table(hold) => hold,
        }
    }
}

/// What a packet holds as long as it is valid.
struct Valid {
    stub: Arc<Stub>,
    usage: Use,
}

/// Packets that are valid, by their numbers.
static PACKETS: Mutex<Option<HashMap<u64, Valid>>> = Mutex::new(None);

fn packets() -> MutexGuard<'static, Option<HashMap<u64, Valid>>> {
    PACKETS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Packets that are valid.
#[cfg(all(test, not(loom)))]
pub fn valid_packets() -> usize {
    packets().as_ref().map_or(0, HashMap::len)
}

/// Bytes that [`marshal`] writes for an object, at most.
pub fn size_max(object: &IUnknown) -> usize {
    if proxy::has_handler(object) { MAX_PACKET_BYTES } else { packet::PACKET_BYTES }
}

/// Checks `MSHCTX_…` and `MSHLFLAGS_…`.
///
/// # Errors
/// `E_INVALIDARG` for values that mean nothing.
pub fn check(destination: u32, flags: u32) -> Result<(), HRESULT> {
    if destination > MSHCTX_CONTAINER {
        return Err(E_INVALIDARG);
    }
    Use::of(flags).map(|_| ())
}

/// Writes an interface of an object, or of a proxy's, to a stream.
///
/// # Errors
/// `CO_E_NOTINITIALIZED`; `E_INVALIDARG`; `E_NOINTERFACE` when the object does
/// not have the interface or nobody knows how its calls travel; what the
/// interface's stub answers; the stream's.
pub fn marshal(
    stream: &IStream,
    iid: &GUID,
    object: &IUnknown,
    destination: u32,
    flags: u32,
) -> Result<(), HRESULT> {
    check(destination, flags)?;
    let usage = Use::of(flags)?;
    let stub = proxy::hold(object, usage.hold())?;
    let ready = stub.connect_from_anywhere(iid);
    ready.inspect_err(|_| stub.let_go(usage.hold(), Leave::Released))?;
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let ipid = NEXT.fetch_add(1, Ordering::Relaxed);
    let reference = Reference {
        iid: *iid,
        is_table: usage != Use::Once,
        no_ping: flags & MSHLFLAGS_NOPING != 0 && !proxy::is_proxy(object),
        oxid: stub.home().apartment().id(),
        oid: stub.id(),
        ipid,
        handler: stub.handler(),
    };
    packets().get_or_insert_default().insert(ipid, Valid { stub, usage });
    write_all(stream, &reference.encode()).inspect_err(|_| forget(ipid))
}

/// Gives a packet's hold back, if it is still in the list.
fn forget(ipid: u64) {
    let packet = packets().as_mut().and_then(|packets| packets.remove(&ipid));
    if let Some(packet) = packet {
        packet.stub.let_go(packet.usage.hold(), Leave::Released);
    }
}

/// Gives up the packets of an apartment's objects, which are gone: nobody can use
/// them any more.
pub fn forget_apartment(home: &Arc<Apartment>) {
    let is_its = |packet: &Valid| Arc::ptr_eq(packet.stub.home().apartment(), home);
    let gone: Vec<Valid> = {
        let mut packets = packets();
        let packets = packets.get_or_insert_default();
        let numbers: Vec<u64> =
            packets.iter().filter(|(_, packet)| is_its(packet)).map(|(ipid, _)| *ipid).collect();
        numbers.iter().filter_map(|ipid| packets.remove(ipid)).collect()
    };
    drop(gone);
}

/// The interface of a packet that was read, for this thread's apartment.
///
/// # Errors
/// `CO_E_OBJNOTCONNECTED` when a packet for one use was used or its object is
/// gone; `CO_E_OBJNOTREG` when a table packet's object is gone; `E_NOINTERFACE`.
pub fn resolve(reference: &Reference, iid: &GUID) -> Result<*mut c_void, HRESULT> {
    if reference.is_table {
        let stub = stub::find(reference.oid).ok_or(CO_E_OBJNOTREG)?;
        return proxy::from_stub(&stub, iid).map_err(|code| match code {
            CO_E_OBJNOTCONNECTED => CO_E_OBJNOTREG,
            other => other,
        });
    }
    let packet = packets().as_mut().and_then(|packets| packets.remove(&reference.ipid));
    let packet = packet.ok_or(CO_E_OBJNOTCONNECTED)?;
    Held::new(packet.stub).consume(iid)
}

/// Gives up a packet that was read.
pub fn give_up(reference: &Reference) {
    forget(reference.ipid);
}

/// Reads a standard packet.
fn read(stream: &IStream) -> Result<Reference, HRESULT> {
    match packet::read(stream)? {
        Packet::Standard(reference) => Ok(reference),
        Packet::Custom { .. } => Err(RPC_E_INVALID_OBJREF),
    }
}

/// Reads an interface that [`marshal`] wrote; the null identifier means the
/// packet's own.
///
/// # Errors
/// As [`resolve`]; `CO_E_NOTINITIALIZED`; `RPC_E_INVALID_OBJREF`; the stream's.
pub fn unmarshal(stream: &IStream, wanted: &GUID) -> Result<*mut c_void, HRESULT> {
    membership::current()?;
    let reference = read(stream)?;
    let iid = if *wanted == GUID::default() { reference.iid } else { *wanted };
    resolve(&reference, &iid)
}

/// Gives up what [`marshal`] wrote.
///
/// # Errors
/// `CO_E_NOTINITIALIZED`; `RPC_E_INVALID_OBJREF`; the stream's, with nothing
/// given up.
pub fn release_marshal_data(stream: &IStream) -> Result<(), HRESULT> {
    membership::current()?;
    give_up(&read(stream)?);
    Ok(())
}
