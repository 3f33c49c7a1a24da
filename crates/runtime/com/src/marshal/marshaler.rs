//! The standard marshaler as an object: what `CoGetStandardMarshal` answers, and
//! what an object's own marshaler passes on to.

use core::ffi::c_void;
use core::ptr::null_mut;

use com_abi::codes::{E_INVALIDARG, E_POINTER, S_OK};
use com_abi::marshal::{CLSID_STD_MARSHAL, IMarshal, IMarshal_Impl};
use com_abi::object::make;
use com_abi::stream::IStream;
use com_abi::{GUID, HRESULT, IUnknown, Interface, class, new_interface};

use super::{disconnect_standard, standard};
use crate::ffi::{guarded, guarded_pointer};
use crate::membership;

/// For one object, or for none when it only reads.
#[class(interfaces(IMarshal))]
struct StandardMarshaler {
    object: Option<IUnknown>,
    /// The object that aggregates this one, without a reference, or null.
    outer: *mut c_void,
}

/// The marshaler of an object of this thread's apartment, or of a proxy.
///
/// # Errors
/// None in practice.
pub fn of(object: Option<&IUnknown>) -> Result<IMarshal, HRESULT> {
    new_interface(StandardMarshaler { object: object.cloned(), outer: null_mut() })
}

/// The marshaler of the object that aggregates it: its own `IUnknown`.
///
/// # Errors
/// None in practice.
///
/// # Safety
/// `outer` outlives the marshaler.
pub unsafe fn within(outer: &IUnknown) -> Result<IUnknown, HRESULT> {
    let outer = outer.as_raw();
    // SAFETY: forwarded from the caller.
    unsafe { make(outer, |_| Ok(StandardMarshaler { object: None, outer })) }
}

impl StandardMarshaler {
    /// The object, or what the caller passes.
    ///
    /// # Safety
    /// `passed` is null or a live interface that outlives the answer.
    unsafe fn object<'a>(&'a self, passed: &'a *mut c_void) -> Result<&'a IUnknown, HRESULT> {
        // SAFETY: forwarded from the caller.
        let passed = unsafe { IUnknown::from_raw_borrowed(passed) };
        // SAFETY: null, or alive as long as this marshaler.
        let outer = unsafe { IUnknown::from_raw_borrowed(&self.outer) };
        self.object.as_ref().or(passed).or(outer).ok_or(E_INVALIDARG)
    }
}

impl IMarshal_Impl for StandardMarshaler {
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
        unsafe { clsid.write(CLSID_STD_MARSHAL) };
        S_OK
    }

    unsafe fn GetMarshalSizeMax(
        &self,
        _iid: *const GUID,
        object: *mut c_void,
        _destination: u32,
        _reserved: *mut c_void,
        _flags: u32,
        size: *mut u32,
    ) -> HRESULT {
        guarded(|| {
            if size.is_null() {
                return Err(E_POINTER);
            }
            // SAFETY: checked for null; an object that is null or alive.
            unsafe { size.write(standard::size_max(self.object(&object)?) as u32) };
            Ok(S_OK)
        })
    }

    unsafe fn MarshalInterface(
        &self,
        stream: *mut c_void,
        iid: *const GUID,
        object: *mut c_void,
        destination: u32,
        _reserved: *mut c_void,
        flags: u32,
    ) -> HRESULT {
        guarded(|| {
            // SAFETY: null or what the interface says, borrowed for this call.
            unsafe {
                let iid = iid.as_ref().ok_or(E_INVALIDARG)?;
                let stream = IStream::from_raw_borrowed(&stream).ok_or(E_INVALIDARG)?;
                standard::marshal(stream, iid, self.object(&object)?, destination, flags)?;
            }
            Ok(S_OK)
        })
    }

    unsafe fn UnmarshalInterface(
        &self,
        stream: *mut c_void,
        iid: *const GUID,
        object: *mut *mut c_void,
    ) -> HRESULT {
        // SAFETY: null or what the interface says, borrowed for this call.
        unsafe {
            guarded_pointer(object, || {
                let iid = iid.as_ref().ok_or(E_INVALIDARG)?;
                standard::unmarshal(IStream::from_raw_borrowed(&stream).ok_or(E_INVALIDARG)?, iid)
            })
        }
    }

    unsafe fn ReleaseMarshalData(&self, stream: *mut c_void) -> HRESULT {
        guarded(|| {
            // SAFETY: null or a live stream, borrowed for this call.
            let stream = unsafe { IStream::from_raw_borrowed(&stream) }.ok_or(E_INVALIDARG)?;
            standard::release_marshal_data(stream).map(|()| S_OK)
        })
    }

    unsafe fn DisconnectObject(&self, _reserved: u32) -> HRESULT {
        guarded(|| {
            // SAFETY: nothing is passed.
            if let Ok(object) = unsafe { self.object(&null_mut()) } {
                disconnect_standard(&membership::context()?, object);
            }
            Ok(S_OK)
        })
    }
}
