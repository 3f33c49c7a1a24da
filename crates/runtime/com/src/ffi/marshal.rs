//! The exported functions of marshaling. What each does is documented in the SDK
//! (`partywall::ffi`), whose declarations these match.

#![allow(non_snake_case)]

use core::ffi::c_void;

use com_abi::codes::{E_INVALIDARG, S_OK};
use com_abi::marshal::{SMEXF_HANDLER, SMEXF_SERVER};
use com_abi::stream::IStream;
use com_abi::{GUID, HRESULT, IUnknown, Interface};

use super::{guarded, guarded_pointer};
use crate::{marshal, stream as streams};

/// A borrowed interface.
///
/// # Safety
/// `raw` is null or a live interface `I` that outlives the answer.
pub(super) unsafe fn borrowed<I: Interface>(raw: &*mut c_void) -> Result<&I, HRESULT> {
    // SAFETY: forwarded from the caller.
    unsafe { I::from_raw_borrowed(raw) }.ok_or(E_INVALIDARG)
}

/// See `partywall::ffi`.
///
/// # Safety
/// `stream` and `object` are null or live interfaces, `iid` is null or readable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoMarshalInterface(
    stream: *mut c_void,
    iid: *const GUID,
    object: *mut c_void,
    destination: u32,
    _reserved: *mut c_void,
    flags: u32,
) -> HRESULT {
    guarded(|| {
        // SAFETY: forwarded from the caller.
        unsafe {
            let iid = iid.as_ref().ok_or(E_INVALIDARG)?;
            let (stream, object) = (borrowed::<IStream>(&stream)?, borrowed(&object)?);
            marshal::marshal_interface(stream, iid, object, destination, flags)?;
        }
        Ok(S_OK)
    })
}

/// See `partywall::ffi`.
///
/// # Safety
/// `stream` is null or a live stream, `iid` null or readable, `object` null or
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoUnmarshalInterface(
    stream: *mut c_void,
    iid: *const GUID,
    object: *mut *mut c_void,
) -> HRESULT {
    if object.is_null() {
        return E_INVALIDARG;
    }
    // SAFETY: forwarded from the caller.
    unsafe {
        guarded_pointer(object, || {
            let iid = iid.as_ref().ok_or(E_INVALIDARG)?;
            marshal::unmarshal_interface(borrowed::<IStream>(&stream)?, iid)
        })
    }
}

/// See `partywall::ffi`.
///
/// # Safety
/// `stream` is null or a live stream.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoReleaseMarshalData(stream: *mut c_void) -> HRESULT {
    guarded(|| {
        // SAFETY: forwarded from the caller.
        marshal::release_marshal_data(unsafe { borrowed::<IStream>(&stream)? })?;
        Ok(S_OK)
    })
}

/// See `partywall::ffi`.
///
/// # Safety
/// `size` is null or writable; the others as in [`CoMarshalInterface`].
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoGetMarshalSizeMax(
    size: *mut u32,
    iid: *const GUID,
    object: *mut c_void,
    destination: u32,
    _reserved: *mut c_void,
    flags: u32,
) -> HRESULT {
    guarded(|| {
        // SAFETY: forwarded from the caller.
        unsafe {
            let iid = iid.as_ref().ok_or(E_INVALIDARG)?;
            let object = borrowed::<IUnknown>(&object)?;
            let size = size.as_mut().ok_or(E_INVALIDARG)?;
            *size = 0;
            *size = marshal::size_max(iid, object, destination, flags)?;
        }
        Ok(S_OK)
    })
}

/// See `partywall::ffi`.
///
/// # Safety
/// `iid` is null or readable, `object` null or a live interface, `stream` null or
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoMarshalInterThreadInterfaceInStream(
    iid: *const GUID,
    object: *mut c_void,
    stream: *mut *mut c_void,
) -> HRESULT {
    if stream.is_null() {
        return E_INVALIDARG;
    }
    // SAFETY: forwarded from the caller.
    unsafe {
        guarded_pointer(stream, || {
            let iid = iid.as_ref().ok_or(E_INVALIDARG)?;
            marshal::into_stream(iid, borrowed::<IUnknown>(&object)?).map(Interface::into_raw)
        })
    }
}

/// See `partywall::ffi`.
///
/// # Safety
/// `stream` is null or a live stream whose reference is the caller's and gone
/// afterwards, `iid` null or readable, `object` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoGetInterfaceAndReleaseStream(
    stream: *mut c_void,
    iid: *const GUID,
    object: *mut *mut c_void,
) -> HRESULT {
    if stream.is_null() {
        return E_INVALIDARG;
    }
    // SAFETY: forwarded from the caller.
    unsafe {
        let stream = IStream::from_raw(stream);
        if object.is_null() {
            return E_INVALIDARG;
        }
        guarded_pointer(object, || {
            marshal::get_and_release(stream, iid.as_ref().ok_or(E_INVALIDARG)?)
        })
    }
}

/// See `partywall::ffi`.
///
/// # Safety
/// `stream` is null or a live stream.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoMarshalHresult(stream: *mut c_void, code: HRESULT) -> HRESULT {
    guarded(|| {
        // SAFETY: forwarded from the caller.
        let stream = unsafe { borrowed::<IStream>(&stream)? };
        streams::write_all(stream, &code.0.to_le_bytes())?;
        Ok(S_OK)
    })
}

/// See `partywall::ffi`.
///
/// # Safety
/// `stream` is null or a live stream, `code` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoUnmarshalHresult(
    stream: *mut c_void,
    code: *mut HRESULT,
) -> HRESULT {
    guarded(|| {
        if code.is_null() {
            return Err(E_INVALIDARG);
        }
        // SAFETY: forwarded from the caller.
        let stream = unsafe { borrowed::<IStream>(&stream)? };
        let read = i32::from_le_bytes(streams::read_exact(stream)?);
        // SAFETY: checked for null; the caller passes a writable place.
        unsafe { code.write(HRESULT(read)) };
        Ok(S_OK)
    })
}

/// See `partywall::ffi`.
///
/// # Safety
/// `iid` is null or readable, `object` null or a live interface, `marshal` null or
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoGetStandardMarshal(
    iid: *const GUID,
    object: *mut c_void,
    destination: u32,
    _reserved: *mut c_void,
    flags: u32,
    marshal: *mut *mut c_void,
) -> HRESULT {
    if marshal.is_null() {
        return E_INVALIDARG;
    }
    // SAFETY: forwarded from the caller.
    unsafe {
        guarded_pointer(marshal, || {
            if iid.is_null() {
                return Err(E_INVALIDARG);
            }
            crate::membership::current()?;
            marshal::standard::check(destination, flags)?;
            let object = IUnknown::from_raw_borrowed(&object);
            marshal::marshaler::of(object).map(Interface::into_raw)
        })
    }
}

/// See `partywall::ffi`.
///
/// # Safety
/// `outer` is null or a live interface that outlives the answer, `inner` null or
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoGetStdMarshalEx(
    outer: *mut c_void,
    flags: u32,
    inner: *mut *mut c_void,
) -> HRESULT {
    if inner.is_null() {
        return E_INVALIDARG;
    }
    // SAFETY: forwarded from the caller.
    unsafe {
        guarded_pointer(inner, || {
            let outer = borrowed::<IUnknown>(&outer)?;
            crate::membership::current()?;
            match flags {
                SMEXF_SERVER => marshal::marshaler::within(outer).map(Interface::into_raw),
                SMEXF_HANDLER => crate::proxy::inner_of(outer),
                _ => Err(E_INVALIDARG),
            }
        })
    }
}
