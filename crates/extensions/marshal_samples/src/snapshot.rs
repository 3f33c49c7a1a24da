//! The snapshot: an object that is copied when it passes the wall. Its packet is
//! its state: a number, and a text.

use core::ffi::c_void;
use core::ptr::null_mut;
use std::sync::{Mutex, MutexGuard, PoisonError};

use com_abi::codes::{E_INVALIDARG, E_OUTOFMEMORY, E_POINTER, S_OK};
use com_abi::marshal::{IMarshal, IMarshal_Impl};
use com_abi::stream::IStream;
use com_abi::{GUID, HRESULT, IUnknown, Interface, class, from_wide, new_interface};
use partywall::task;
use sample_abi::{CLSID_SNAPSHOT, ISnapshot, ISnapshot_Impl};

use crate::stream::{
    MAX_TEXT_UNITS, borrowed, read_number, read_text, text_bytes, write_number, write_text,
};

#[derive(Clone, Debug, Default)]
struct Content {
    number: i32,
    text: Vec<u16>,
}

impl Content {
    fn write(&self, stream: &IStream) -> Result<(), HRESULT> {
        write_number(stream, self.number)?;
        write_text(stream, &self.text)
    }

    fn read(stream: &IStream) -> Result<Self, HRESULT> {
        Ok(Self { number: read_number(stream)?, text: read_text(stream)? })
    }
}

/// See the module.
#[class(
    clsid = "7B0A4D2E-51C6-4E0B-8F3A-2C9D1E000103",
    progid = "Partywall.Samples.Snapshot",
    name = "Sample snapshot",
    threading = "Both",
    interfaces(ISnapshot, IMarshal)
)]
#[derive(Default)]
pub struct Snapshot(Mutex<Content>);

impl Snapshot {
    fn content(&self) -> MutexGuard<'_, Content> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ISnapshot_Impl for Snapshot {
    unsafe fn Set(&self, number: i32, text: *const u16) -> HRESULT {
        // SAFETY: the caller passes null or a zero-ended text.
        let text: Vec<u16> = unsafe { from_wide(text) }.encode_utf16().collect();
        if text.len() > MAX_TEXT_UNITS {
            return E_INVALIDARG;
        }
        *self.content() = Content { number, text };
        S_OK
    }

    unsafe fn Get(&self, number: *mut i32, text: *mut *mut u16) -> HRESULT {
        if number.is_null() || text.is_null() {
            return E_POINTER;
        }
        let content = self.content().clone();
        let copy = task::array(&[&*content.text, &[0]].concat());
        // SAFETY: checked for null; the caller passes writable places.
        unsafe {
            number.write(content.number);
            text.write(copy);
        }
        if copy.is_null() { E_OUTOFMEMORY } else { S_OK }
    }
}

fn code(result: Result<(), HRESULT>) -> HRESULT {
    result.err().unwrap_or(S_OK)
}

impl IMarshal_Impl for Snapshot {
    unsafe fn GetUnmarshalClass(
        &self,
        _iid: *const GUID,
        _object: *mut c_void,
        _destination: u32,
        _reserved: *mut c_void,
        _flags: u32,
        clsid: *mut GUID,
    ) -> HRESULT {
        if clsid.is_null() {
            return E_POINTER;
        }
        // SAFETY: checked for null; the caller passes a writable place.
        unsafe { clsid.write(CLSID_SNAPSHOT) };
        S_OK
    }

    unsafe fn GetMarshalSizeMax(
        &self,
        _iid: *const GUID,
        _object: *mut c_void,
        _destination: u32,
        _reserved: *mut c_void,
        _flags: u32,
        size: *mut u32,
    ) -> HRESULT {
        if size.is_null() {
            return E_POINTER;
        }
        // SAFETY: checked for null; the caller passes a writable place.
        unsafe { size.write(4 + text_bytes(self.content().text.len())) };
        S_OK
    }

    unsafe fn MarshalInterface(
        &self,
        stream: *mut c_void,
        _iid: *const GUID,
        _object: *mut c_void,
        _destination: u32,
        _reserved: *mut c_void,
        _flags: u32,
    ) -> HRESULT {
        let content = self.content().clone();
        // SAFETY: null or a live stream.
        code(unsafe { borrowed(&stream) }.and_then(|stream| content.write(stream)))
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
            let made = borrowed(&stream)
                .and_then(Content::read)
                .and_then(|content| new_interface::<_, IUnknown>(Self(Mutex::new(content))));
            match made {
                Ok(made) => made.query(iid, object),
                Err(code) => code,
            }
        }
    }

    /// A packet holds nothing but itself.
    unsafe fn ReleaseMarshalData(&self, stream: *mut c_void) -> HRESULT {
        // SAFETY: null or a live stream.
        code(unsafe { borrowed(&stream) }.and_then(|stream| Content::read(stream).map(|_| ())))
    }

    unsafe fn DisconnectObject(&self, _reserved: u32) -> HRESULT {
        S_OK
    }
}
