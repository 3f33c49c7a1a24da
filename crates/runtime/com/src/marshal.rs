//! Marshaling: an interface written to a stream, and read again in another
//! apartment of this process.
//!
//! - `packet`: the bytes;
//! - `standard`: packets that lead to a stub, for objects that leave it to the
//!   runtime;
//! - `marshaler`: the standard marshaler as an object;
//! - `free_threaded`: the marshaler of objects that are passed as they are;
//! - `packed`: packets that are kept.
//!
//! An object with an `IMarshal` of its own decides itself. It names a class, and
//! writes what an object of that class needs to stand in for it; the runtime
//! writes only the header before. If it names the standard marshaler's class, it
//! writes the whole packet.

pub mod free_threaded;
pub mod marshaler;
pub mod packed;
mod packet;
pub mod standard;

use core::ffi::c_void;
use core::ptr::null_mut;

use com_abi::codes::{CO_E_NOT_SUPPORTED, E_NOINTERFACE, E_UNEXPECTED};
use com_abi::marshal::{
    CLSID_INPROC_FREE_MARSHALER, CLSID_STD_MARSHAL, IMarshal, INoMarshal, MSHCTX_INPROC,
    MSHLFLAGS_NORMAL,
};
use com_abi::stream::IStream;
use com_abi::{GUID, HRESULT, IUnknown, Interface};
use partywall::ffi::CLSCTX_INPROC_SERVER;

use crate::stream::{memory_stream, position, seek, write_all};
use crate::{activation, membership, proxy};
use packet::Packet;

pub use packet::CUSTOM_HEADER_BYTES;
#[cfg(all(test, not(loom)))]
pub use packet::PACKET_BYTES;

/// Where an object goes, as `IMarshal`'s methods want to know it.
#[derive(Clone, Copy)]
struct Trip<'a> {
    iid: &'a GUID,
    object: &'a IUnknown,
    destination: u32,
    flags: u32,
}

/// The object's own marshaler, if it has one.
///
/// # Errors
/// `CO_E_NOT_SUPPORTED` when it must not be marshaled.
pub fn own_marshaler(object: &IUnknown) -> Result<Option<IMarshal>, HRESULT> {
    if proxy::is_proxy(object) {
        return Ok(None);
    }
    if let Ok(marshal) = object.cast::<IMarshal>() {
        return Ok(Some(marshal));
    }
    if object.cast::<INoMarshal>().is_ok() { Err(CO_E_NOT_SUPPORTED) } else { Ok(None) }
}

fn done(code: HRESULT) -> Result<(), HRESULT> {
    if code.is_err() { Err(code) } else { Ok(()) }
}

impl Trip<'_> {
    fn unmarshal_class(&self, marshal: &IMarshal) -> Result<GUID, HRESULT> {
        let mut clsid = GUID::default();
        let object = self.object.as_raw();
        // SAFETY: live interfaces, a readable identifier and a writable place.
        done(unsafe {
            marshal.GetUnmarshalClass(
                self.iid,
                object,
                self.destination,
                null_mut(),
                self.flags,
                &mut clsid,
            )
        })?;
        Ok(clsid)
    }

    fn own_size_max(&self, marshal: &IMarshal) -> Result<u32, HRESULT> {
        let mut size = 0;
        let object = self.object.as_raw();
        // SAFETY: as above.
        done(unsafe {
            marshal.GetMarshalSizeMax(
                self.iid,
                object,
                self.destination,
                null_mut(),
                self.flags,
                &mut size,
            )
        })?;
        Ok(size)
    }

    fn write_own(&self, marshal: &IMarshal, stream: &IStream) -> Result<(), HRESULT> {
        let object = self.object.as_raw();
        // SAFETY: live interfaces and a readable identifier.
        done(unsafe {
            marshal.MarshalInterface(
                stream.as_raw(),
                self.iid,
                object,
                self.destination,
                null_mut(),
                self.flags,
            )
        })
    }
}

/// Writes an interface of an object to a stream, for another apartment.
///
/// # Errors
/// `CO_E_NOTINITIALIZED`; `E_INVALIDARG` for flags or a destination that mean
/// nothing; `E_NOINTERFACE`; `CO_E_NOT_SUPPORTED` for an object that must not be
/// marshaled; what its own marshaler or the interface's stub answers; the
/// stream's.
pub fn marshal_interface(
    stream: &IStream,
    iid: &GUID,
    object: &IUnknown,
    destination: u32,
    flags: u32,
) -> Result<(), HRESULT> {
    membership::current()?;
    standard::check(destination, flags)?;
    let Some(marshal) = own_marshaler(object)? else {
        return standard::marshal(stream, iid, object, destination, flags);
    };
    let trip = Trip { iid, object, destination, flags };
    let clsid = trip.unmarshal_class(&marshal)?;
    if clsid != CLSID_STD_MARSHAL {
        let size = trip.own_size_max(&marshal)?;
        write_all(stream, &packet::custom_header(iid, &clsid, size))?;
    }
    trip.write_own(&marshal, stream)
}

/// Most bytes that [`marshal_interface`] writes.
///
/// # Errors
/// As there, but for the stream's.
pub fn size_max(
    iid: &GUID,
    object: &IUnknown,
    destination: u32,
    flags: u32,
) -> Result<u32, HRESULT> {
    membership::current()?;
    let Some(marshal) = own_marshaler(object)? else {
        return Ok(standard::size_max(object) as u32);
    };
    let trip = Trip { iid, object, destination, flags };
    let own = trip.own_size_max(&marshal)?;
    if trip.unmarshal_class(&marshal)? == CLSID_STD_MARSHAL {
        return Ok(own);
    }
    Ok(own.saturating_add(CUSTOM_HEADER_BYTES as u32))
}

/// The object that reads packets of an unmarshal class.
fn reader(clsid: &GUID) -> Result<IMarshal, HRESULT> {
    match *clsid {
        CLSID_STD_MARSHAL => return marshaler::of(None),
        CLSID_INPROC_FREE_MARSHALER => return free_threaded::reader(),
        _ => {}
    }
    let (null, context) = (null_mut(), CLSCTX_INPROC_SERVER);
    let raw = activation::create_instance(clsid, null, context, &IMarshal::IID)?;
    // SAFETY: activation answered with that interface and a reference.
    Ok(unsafe { IMarshal::from_raw(raw) })
}

/// Reads an interface from a stream; `wanted` is another interface of the object
/// than the packet's, or the null identifier for the packet's own.
///
/// # Errors
/// `CO_E_NOTINITIALIZED`; `CO_E_OBJNOTCONNECTED` when a packet for one use was
/// used or its object is gone; `CO_E_OBJNOTREG` when a table packet's object is
/// gone; `E_NOINTERFACE`; `RPC_E_INVALID_OBJREF`; what the unmarshal class
/// answers; the stream's.
pub fn unmarshal_interface(stream: &IStream, wanted: &GUID) -> Result<*mut c_void, HRESULT> {
    membership::current()?;
    match packet::read(stream)? {
        Packet::Standard(reference) => {
            let iid = if *wanted == GUID::default() { reference.iid } else { *wanted };
            standard::resolve(&reference, &iid)
        }
        Packet::Custom { iid, clsid } => {
            let mut raw = null_mut();
            let reader = reader(&clsid)?;
            // SAFETY: live interfaces, a readable identifier, a writable place.
            done(unsafe { reader.UnmarshalInterface(stream.as_raw(), &iid, &mut raw) })?;
            if raw.is_null() {
                return Err(E_UNEXPECTED);
            }
            if *wanted == GUID::default() || *wanted == iid {
                return Ok(raw);
            }
            // SAFETY: the reader answered with an interface and a reference,
            // which is given back here.
            let answered = unsafe { IUnknown::from_raw(raw) };
            query(&answered, wanted)
        }
    }
}

/// An interface of an object with a reference.
///
/// # Errors
/// What the object answers.
pub fn query(object: &IUnknown, iid: &GUID) -> Result<*mut c_void, HRESULT> {
    let mut raw = null_mut();
    // SAFETY: a live interface, a readable identifier and a writable place.
    done(unsafe { object.query(iid, &mut raw) })?;
    if raw.is_null() { Err(E_NOINTERFACE) } else { Ok(raw) }
}

/// Checks that an object has an interface.
///
/// # Errors
/// What the object answers.
pub fn require(object: &IUnknown, iid: &GUID) -> Result<(), HRESULT> {
    let raw = query(object, iid)?;
    // SAFETY: the object answered with a reference, which is given back.
    drop(unsafe { IUnknown::from_raw(raw) });
    Ok(())
}

/// Gives up a packet that will not be unmarshaled, or a table packet.
///
/// # Errors
/// `CO_E_NOTINITIALIZED`; `RPC_E_INVALID_OBJREF`; what the unmarshal class
/// answers; the stream's, with nothing given up.
pub fn release_marshal_data(stream: &IStream) -> Result<(), HRESULT> {
    membership::current()?;
    give_up(stream)
}

/// As [`release_marshal_data`], also on a thread without an apartment.
fn give_up(stream: &IStream) -> Result<(), HRESULT> {
    match packet::read(stream)? {
        Packet::Standard(reference) => {
            standard::give_up(&reference);
            Ok(())
        }
        Packet::Custom { clsid, .. } => {
            // SAFETY: live interfaces.
            done(unsafe { reader(&clsid)?.ReleaseMarshalData(stream.as_raw()) })
        }
    }
}

/// Cuts an object of this thread's apartment off from those who hold it
/// elsewhere: by its own marshaler if it has one.
///
/// # Errors
/// `CO_E_NOTINITIALIZED`; what its own marshaler answers.
pub fn disconnect_object(object: &IUnknown, reserved: u32) -> Result<(), HRESULT> {
    let home = membership::context()?;
    if proxy::is_proxy(object) {
        return Ok(());
    }
    if let Ok(marshal) = object.cast::<IMarshal>() {
        // SAFETY: a live interface.
        return done(unsafe { marshal.DisconnectObject(reserved) });
    }
    disconnect_standard(&home, object);
    Ok(())
}

/// As [`disconnect_object`], by the standard marshaler.
pub fn disconnect_standard(home: &crate::contexts::Context, object: &IUnknown) {
    if let Some(stub) = home.stubs().find(object) {
        home.stubs().disconnect(&stub);
    }
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
        // It may be gone already, or nobody's.
        let _ = seek(&stream, begin).and_then(|()| release_marshal_data(&stream));
    }
    drop(stream);
    answer
}
