//! What stands in for a gauge in another apartment, and the packet that it is
//! made of: the title, and the gauge as the standard marshaler packs it.

use core::ffi::c_void;
use core::ptr::null_mut;

use com_abi::codes::{E_INVALIDARG, E_OUTOFMEMORY, E_POINTER, E_UNEXPECTED, S_OK};
use com_abi::marshal::{IMarshal, IMarshal_Impl};
use com_abi::stream::IStream;
use com_abi::{Controlling, GUID, HRESULT, IUnknown, Interface, class, new_interface};
use partywall::ffi::connections::CoGetStandardMarshal;
use partywall::ffi::{
    CoGetMarshalSizeMax, CoMarshalInterface, CoReleaseMarshalData, CoUnmarshalInterface,
};
use partywall::task;
use sample_abi::{CLSID_GAUGE_STAND_IN, IGauge, IGauge_Impl};

use crate::stream::{borrowed, done, read_text, text_bytes, write_text};

/// Where a packet goes, as `IMarshal`'s methods are told.
#[derive(Clone, Copy)]
pub struct Trip {
    /// `MSHCTX_…`
    pub destination: u32,
    /// Not used.
    pub reserved: *mut c_void,
    /// `MSHLFLAGS_…`
    pub flags: u32,
}

/// Writes the class of stand-ins.
///
/// # Safety
/// `clsid` is null or writable.
pub unsafe fn put_class(clsid: *mut GUID) -> HRESULT {
    if clsid.is_null() {
        return E_POINTER;
    }
    // SAFETY: checked for null; forwarded from the caller.
    unsafe { clsid.write(CLSID_GAUGE_STAND_IN) };
    S_OK
}

/// Writes the size of a packet whose inner packet has at most `inner` bytes.
///
/// # Safety
/// `size` is null or writable.
pub unsafe fn put_size(size: *mut u32, title: &[u16], inner: u32) -> HRESULT {
    if size.is_null() {
        return E_POINTER;
    }
    // SAFETY: checked for null; forwarded from the caller.
    unsafe { size.write(text_bytes(title.len()) + inner) };
    S_OK
}

/// The standard marshaler of a gauge: the gauge's own would come here again.
///
/// # Errors
/// The runtime's.
///
/// # Safety
/// `gauge` is a live interface.
pub unsafe fn standard(gauge: *mut c_void, trip: Trip) -> Result<IMarshal, HRESULT> {
    partywall::com::describe::<IGauge>()?;
    let mut raw = null_mut();
    // SAFETY: a readable identifier, a live interface, a writable place; the
    // answer has a reference.
    unsafe {
        let (to, reserved, flags) = (trip.destination, trip.reserved, trip.flags);
        done(CoGetStandardMarshal(&IGauge::IID, gauge, to, reserved, flags, &mut raw))?;
        if raw.is_null() { Err(E_UNEXPECTED) } else { Ok(IMarshal::from_raw(raw)) }
    }
}

/// The title as an answer of a method.
///
/// # Safety
/// `place` is null or writable.
pub unsafe fn put_title(place: *mut *mut u16, title: &[u16]) -> HRESULT {
    if place.is_null() {
        return E_POINTER;
    }
    let copy = task::array(&[title, &[0]].concat());
    // SAFETY: checked for null; forwarded from the caller.
    unsafe { place.write(copy) };
    if copy.is_null() { E_OUTOFMEMORY } else { S_OK }
}

/// See the module. Lives wherever its packet is read.
#[class(
    clsid = "7B0A4D2E-51C6-4E0B-8F3A-2C9D1E000102",
    progid = "Partywall.Samples.GaugeStandIn",
    name = "Stand-in of a sample gauge",
    threading = "Both",
    create = StandIn::reader,
    interfaces(IGauge, IMarshal)
)]
pub struct StandIn {
    title: Vec<u16>,
    /// The gauge; `None` for one that only reads packets.
    gauge: Option<IGauge>,
}

impl StandIn {
    fn reader(_: Controlling) -> Result<Self, HRESULT> {
        Ok(Self { title: Vec::new(), gauge: None })
    }

    fn gauge(&self) -> Result<&IGauge, HRESULT> {
        self.gauge.as_ref().ok_or(E_UNEXPECTED)
    }

    /// Writes the packet: the title that is known here, and the way to the gauge
    /// itself, so that this apartment need not be there for the next one.
    fn pack(&self, stream: &IStream, trip: Trip) -> Result<(), HRESULT> {
        write_text(stream, &self.title)?;
        let gauge = self.gauge()?.as_raw();
        let (to, reserved, flags) = (trip.destination, trip.reserved, trip.flags);
        // SAFETY: live interfaces and a readable identifier.
        done(unsafe {
            CoMarshalInterface(stream.as_raw(), &IGauge::IID, gauge, to, reserved, flags)
        })
    }
}

/// Reads a packet: the gauge itself in its own apartment, else a new stand-in.
fn unpack(stream: &IStream) -> Result<IUnknown, HRESULT> {
    partywall::com::describe::<IGauge>()?;
    let title = read_text(stream)?;
    let mut raw = null_mut();
    // SAFETY: a live stream, a readable identifier, a writable place; the answer
    // has a reference.
    let gauge = unsafe {
        done(CoUnmarshalInterface(stream.as_raw(), &IGauge::IID, &mut raw))?;
        if raw.is_null() {
            return Err(E_UNEXPECTED);
        }
        IGauge::from_raw(raw)
    };
    if is_gauge_itself(&gauge) {
        return gauge.cast().map_err(|error| error.code());
    }
    new_interface(StandIn { title, gauge: Some(gauge) })
}

/// Whether a pointer is no proxy: a gauge names this class, a proxy does not.
fn is_gauge_itself(gauge: &IGauge) -> bool {
    let Ok(marshal) = gauge.cast::<IMarshal>() else { return false };
    let (mut clsid, null) = (GUID::default(), null_mut());
    // SAFETY: live interfaces, a readable identifier, a writable place.
    let code =
        unsafe { marshal.GetUnmarshalClass(&IGauge::IID, gauge.as_raw(), 3, null, 0, &mut clsid) };
    code.is_ok() && clsid == CLSID_GAUGE_STAND_IN
}

/// Gives a packet up.
fn give_up(stream: &IStream) -> Result<(), HRESULT> {
    read_text(stream)?;
    // SAFETY: a live stream.
    done(unsafe { CoReleaseMarshalData(stream.as_raw()) })
}

fn code(result: Result<(), HRESULT>) -> HRESULT {
    result.err().unwrap_or(S_OK)
}

impl IGauge_Impl for StandIn {
    unsafe fn Title(&self, title: *mut *mut u16) -> HRESULT {
        // SAFETY: forwarded from the caller.
        unsafe { put_title(title, &self.title) }
    }

    unsafe fn Read(&self, value: *mut i64) -> HRESULT {
        // SAFETY: forwarded from the caller.
        self.gauge().map_or_else(|code| code, |gauge| unsafe { gauge.Read(value) })
    }

    unsafe fn Asked(&self, times: *mut u32) -> HRESULT {
        // SAFETY: forwarded from the caller.
        self.gauge().map_or_else(|code| code, |gauge| unsafe { gauge.Asked(times) })
    }
}

impl IMarshal_Impl for StandIn {
    unsafe fn GetUnmarshalClass(
        &self,
        _iid: *const GUID,
        _object: *mut c_void,
        _destination: u32,
        _reserved: *mut c_void,
        _flags: u32,
        clsid: *mut GUID,
    ) -> HRESULT {
        // SAFETY: forwarded from the caller.
        unsafe { put_class(clsid) }
    }

    unsafe fn GetMarshalSizeMax(
        &self,
        _iid: *const GUID,
        _object: *mut c_void,
        destination: u32,
        reserved: *mut c_void,
        flags: u32,
        size: *mut u32,
    ) -> HRESULT {
        let gauge = match self.gauge() {
            Ok(gauge) => gauge.as_raw(),
            Err(code) => return code,
        };
        let mut inner = 0;
        // SAFETY: a writable place, a readable identifier, a live interface;
        // `size` is forwarded from the caller.
        unsafe {
            let iid = &IGauge::IID;
            let code = CoGetMarshalSizeMax(&mut inner, iid, gauge, destination, reserved, flags);
            if code.is_err() { code } else { put_size(size, &self.title, inner) }
        }
    }

    unsafe fn MarshalInterface(
        &self,
        stream: *mut c_void,
        _iid: *const GUID,
        _object: *mut c_void,
        destination: u32,
        reserved: *mut c_void,
        flags: u32,
    ) -> HRESULT {
        let trip = Trip { destination, reserved, flags };
        // SAFETY: null or a live stream.
        code(unsafe { borrowed(&stream) }.and_then(|stream| self.pack(stream, trip)))
    }

    unsafe fn UnmarshalInterface(
        &self,
        stream: *mut c_void,
        iid: *const GUID,
        object: *mut *mut c_void,
    ) -> HRESULT {
        if iid.is_null() || object.is_null() {
            return E_INVALIDARG;
        }
        // SAFETY: checked for null; null or a live stream.
        unsafe {
            object.write(null_mut());
            match borrowed(&stream).and_then(unpack) {
                Ok(made) => made.query(iid, object),
                Err(code) => code,
            }
        }
    }

    unsafe fn ReleaseMarshalData(&self, stream: *mut c_void) -> HRESULT {
        // SAFETY: null or a live stream.
        code(unsafe { borrowed(&stream) }.and_then(give_up))
    }

    /// The gauge is not this object's to cut off.
    unsafe fn DisconnectObject(&self, _reserved: u32) -> HRESULT {
        S_OK
    }
}
