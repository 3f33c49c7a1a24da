//! The gauge: an object that leaves a stand-in with its clients.

use core::cell::Cell;
use core::ffi::c_void;

use com_abi::codes::{E_NOTIMPL, E_POINTER, S_OK};
use com_abi::marshal::{IMarshal, IMarshal_Impl};
use com_abi::{GUID, HRESULT, class};
use sample_abi::{IGauge, IGauge_Impl};

use crate::stand_in::{Trip, put_class, put_size, put_title, standard};
use crate::stream::{borrowed, write_text};

/// See the module. It lives in a single-threaded apartment and needs no locks.
#[class(
    clsid = "7B0A4D2E-51C6-4E0B-8F3A-2C9D1E000101",
    progid = "Partywall.Samples.Gauge",
    name = "Sample gauge",
    threading = "Apartment",
    interfaces(IGauge, IMarshal)
)]
#[derive(Default)]
pub struct Gauge {
    reads: Cell<i64>,
    asked: Cell<u32>,
}

const TITLE: &str = "Water in the cellar, mm";

fn title() -> Vec<u16> {
    TITLE.encode_utf16().collect()
}

/// # Safety
/// `place` is null or writable.
unsafe fn put<T>(place: *mut T, value: T) -> HRESULT {
    if place.is_null() {
        return E_POINTER;
    }
    // SAFETY: checked for null; forwarded from the caller.
    unsafe { place.write(value) };
    S_OK
}

impl IGauge_Impl for Gauge {
    unsafe fn Title(&self, place: *mut *mut u16) -> HRESULT {
        self.asked.set(self.asked.get() + 1);
        // SAFETY: forwarded from the caller.
        unsafe { put_title(place, &title()) }
    }

    unsafe fn Read(&self, value: *mut i64) -> HRESULT {
        self.reads.set(self.reads.get() + 1);
        // SAFETY: forwarded from the caller.
        unsafe { put(value, self.reads.get()) }
    }

    unsafe fn Asked(&self, times: *mut u32) -> HRESULT {
        // SAFETY: forwarded from the caller.
        unsafe { put(times, self.asked.get()) }
    }
}

impl IMarshal_Impl for Gauge {
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
        iid: *const GUID,
        object: *mut c_void,
        destination: u32,
        reserved: *mut c_void,
        flags: u32,
        size: *mut u32,
    ) -> HRESULT {
        let (trip, mut inner) = (Trip { destination, reserved, flags }, 0);
        // SAFETY: forwarded from the caller, and a writable place.
        unsafe {
            let standard = match standard(object, trip) {
                Ok(standard) => standard,
                Err(code) => return code,
            };
            let code =
                standard.GetMarshalSizeMax(iid, object, destination, reserved, flags, &mut inner);
            if code.is_err() { code } else { put_size(size, &title(), inner) }
        }
    }

    unsafe fn MarshalInterface(
        &self,
        stream: *mut c_void,
        iid: *const GUID,
        object: *mut c_void,
        destination: u32,
        reserved: *mut c_void,
        flags: u32,
    ) -> HRESULT {
        let trip = Trip { destination, reserved, flags };
        // SAFETY: null or a live stream; the rest is forwarded from the caller.
        unsafe {
            let ready = borrowed(&stream)
                .and_then(|to| write_text(to, &title()))
                .and_then(|()| standard(object, trip));
            match ready {
                Ok(standard) => {
                    standard.MarshalInterface(stream, iid, object, destination, reserved, flags)
                }
                Err(code) => code,
            }
        }
    }

    /// Packets are read by stand-ins.
    unsafe fn UnmarshalInterface(
        &self,
        _stream: *mut c_void,
        _iid: *const GUID,
        _object: *mut *mut c_void,
    ) -> HRESULT {
        E_NOTIMPL
    }

    unsafe fn ReleaseMarshalData(&self, _stream: *mut c_void) -> HRESULT {
        E_NOTIMPL
    }

    unsafe fn DisconnectObject(&self, _reserved: u32) -> HRESULT {
        S_OK
    }
}
