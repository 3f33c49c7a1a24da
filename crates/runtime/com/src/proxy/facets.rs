//! What every proxy answers by itself, without a way to its object: `IMultiQI`,
//! `IMarshal`, `IClientSecurity`; and `ICallFactory` (`calls`) when an interface that
//! it stands for has an asynchronous twin.
//!
//! They are interface proxies without a target, which the manager makes when
//! they are asked for. The blanket of a call inside a process is fixed: the
//! caller's token always travels, so there is nothing to choose.

use core::ffi::c_void;
use core::ptr::null_mut;

#[cfg(not(loom))]
use com_abi::asynchronous::ICallFactory;
use com_abi::codes::{E_INVALIDARG, E_NOINTERFACE, E_POINTER, RPC_E_WRONG_THREAD, S_FALSE, S_OK};
use com_abi::marshal::{
    CLSID_STD_MARSHAL, IClientSecurity, IClientSecurity_Vtbl, IMarshal, IMarshal_Vtbl, IMultiQI,
    IMultiQI_Vtbl, MULTI_QI,
};
use com_abi::stream::IStream;
use com_abi::{GUID, HRESULT, IUnknown, Interface};

use super::manager::{InterfaceProxy, Manager, counted, proxy_at};
use crate::ffi::{guarded, guarded_pointer};
use crate::marshal::standard;

/// Most questions of one `QueryMultipleInterfaces`.
const MAX_QUESTIONS: u32 = 1024;

/// `RPC_C_AUTHN_WINNT`.
const AUTHENTICATION_SERVICE: u32 = 10;
/// `RPC_C_AUTHN_…`: none, private key, negotiate, NTLM, channel, Kerberos, default.
const KNOWN_SERVICES: [u32; 7] = [0, 1, 9, 10, 14, 16, u32::MAX];
/// `RPC_C_AUTHN_LEVEL_CONNECT`.
const AUTHENTICATION_LEVEL: u32 = 2;
/// `RPC_C_IMP_LEVEL_IDENTIFY`.
const IMPERSONATION_LEVEL: u32 = 2;

const UNKNOWN: com_abi::IUnknown_Vtbl = super::manager::UNKNOWN_VTABLE;

static MULTI_QI_VTABLE: IMultiQI_Vtbl =
    IMultiQI_Vtbl { base__: UNKNOWN, QueryMultipleInterfaces: query_multiple };

static MARSHAL_VTABLE: IMarshal_Vtbl = IMarshal_Vtbl {
    base__: UNKNOWN,
    GetUnmarshalClass: unmarshal_class,
    GetMarshalSizeMax: size_max,
    MarshalInterface: marshal,
    UnmarshalInterface: unmarshal,
    ReleaseMarshalData: release_data,
    DisconnectObject: disconnect,
};

static SECURITY_VTABLE: IClientSecurity_Vtbl = IClientSecurity_Vtbl {
    base__: UNKNOWN,
    QueryBlanket: query_blanket,
    SetBlanket: set_blanket,
    CopyProxy: copy_proxy,
};

/// The manager's own interface `iid`, without a reference; `None` when the
/// object has to be asked.
pub fn make(manager: &Manager, iid: &GUID) -> Option<*mut c_void> {
    let vtable: *const c_void = match *iid {
        IMultiQI::IID => (&raw const MULTI_QI_VTABLE).cast(),
        IMarshal::IID => (&raw const MARSHAL_VTABLE).cast(),
        IClientSecurity::IID => (&raw const SECURITY_VTABLE).cast(),
        #[cfg(not(loom))]
        ICallFactory::IID if super::calls::has_twin(manager) => super::calls::factory_vtable(),
        _ => return None,
    };
    Some(manager.add(*iid, vtable, None))
}

/// The manager behind a pointer whose vtable is not the runtime's: the pointer
/// of a proxy/stub library, or of a handler that leaves marshaling to it.
pub fn manager_behind(object: &IUnknown) -> Option<&Manager> {
    let marshal = object.cast::<IMarshal>().ok()?;
    if !core::ptr::eq(marshal.vtable(), &raw const MARSHAL_VTABLE) {
        return None;
    }
    // SAFETY: that vtable stands in interface proxies only; the caller's
    // reference to the object keeps its manager.
    unsafe { proxy_at(marshal.as_raw()).ok().map(|proxy| &*proxy.manager) }
}

/// The manager of a method's `this`, on a thread of its apartment.
///
/// # Safety
/// `this` is an interface proxy that outlives the answer.
pub unsafe fn manager_of<'a>(this: *mut c_void) -> Result<&'a Manager, HRESULT> {
    // SAFETY: forwarded from the caller; a proxy lives as long as its manager.
    let manager = unsafe { proxy_at(this).map(|proxy: &InterfaceProxy| &*proxy.manager)? };
    manager.connection.check_connected()?;
    manager.connection.check_context().map_err(|_| RPC_E_WRONG_THREAD)?;
    Ok(manager)
}

unsafe extern "system" fn query_multiple(
    this: *mut c_void,
    count: u32,
    questions: *mut MULTI_QI,
) -> HRESULT {
    guarded(|| {
        // SAFETY: the caller passes that many questions.
        let (manager, questions) = unsafe {
            if questions.is_null() || count == 0 || count > MAX_QUESTIONS {
                return Err(E_INVALIDARG);
            }
            (manager_of(this)?, core::slice::from_raw_parts_mut(questions, count as usize))
        };
        Ok(answer_all(manager, questions))
    })
}

/// Answers what is known here at once, and the rest on one way.
fn answer_all(manager: &Manager, questions: &mut [MULTI_QI]) -> HRESULT {
    let mut missing = Vec::new();
    for question in &mut *questions {
        question.pItf = null_mut();
        question.hr = E_INVALIDARG;
        // SAFETY: the caller passes null or a readable identifier.
        let Some(iid) = (unsafe { question.pIID.as_ref() }) else { continue };
        match manager.here(iid).map(counted).or_else(|| manager.handler_interface(iid)) {
            Some(found) => give(question, Ok(found)),
            None => missing.push((*iid, question)),
        }
    }
    if !missing.is_empty() {
        let iids: Vec<GUID> = missing.iter().map(|(iid, _)| *iid).collect();
        for ((_, question), answer) in missing.into_iter().zip(manager.ask_home(&iids)) {
            give(question, answer.map(|found| counted(found as *mut c_void)));
        }
    }
    let found = questions.iter().filter(|question| question.hr.is_ok()).count();
    match found {
        0 => E_NOINTERFACE,
        all if all == questions.len() => S_OK,
        _ => S_FALSE,
    }
}

/// Writes an answer, whose reference goes with it.
fn give(question: &mut MULTI_QI, answer: Result<*mut c_void, HRESULT>) {
    match answer {
        Ok(found) => {
            question.pItf = found;
            question.hr = S_OK;
        }
        Err(code) => question.hr = code,
    }
}

unsafe extern "system" fn unmarshal_class(
    _: *mut c_void,
    _: *const GUID,
    _: *mut c_void,
    _: u32,
    _: *mut c_void,
    _: u32,
    clsid: *mut GUID,
) -> HRESULT {
    if clsid.is_null() {
        return E_POINTER;
    }
    // SAFETY: checked for null; the caller passes a writable place.
    unsafe { clsid.write(CLSID_STD_MARSHAL) };
    S_OK
}

unsafe extern "system" fn size_max(
    _: *mut c_void,
    _: *const GUID,
    _: *mut c_void,
    _: u32,
    _: *mut c_void,
    _: u32,
    size: *mut u32,
) -> HRESULT {
    if size.is_null() {
        return E_POINTER;
    }
    // SAFETY: checked for null; the caller passes a writable place.
    unsafe { size.write(standard::MAX_PACKET_BYTES as u32) };
    S_OK
}

unsafe extern "system" fn marshal(
    this: *mut c_void,
    stream: *mut c_void,
    iid: *const GUID,
    _: *mut c_void,
    destination: u32,
    _: *mut c_void,
    flags: u32,
) -> HRESULT {
    guarded(|| {
        // SAFETY: null or what the interface says, borrowed for this call; `this`
        // is a proxy of the object.
        unsafe {
            let iid = iid.as_ref().ok_or(E_INVALIDARG)?;
            let stream = IStream::from_raw_borrowed(&stream).ok_or(E_INVALIDARG)?;
            let object = IUnknown::from_raw_borrowed(&this).ok_or(E_POINTER)?;
            standard::marshal(stream, iid, object, destination, flags)?;
        }
        Ok(S_OK)
    })
}

unsafe extern "system" fn unmarshal(
    _: *mut c_void,
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

unsafe extern "system" fn release_data(_: *mut c_void, stream: *mut c_void) -> HRESULT {
    guarded(|| {
        // SAFETY: null or a live stream, borrowed for this call.
        let stream = unsafe { IStream::from_raw_borrowed(&stream) }.ok_or(E_INVALIDARG)?;
        standard::release_marshal_data(stream).map(|()| S_OK)
    })
}

/// Only the object's own apartment can cut it off.
unsafe extern "system" fn disconnect(_: *mut c_void, _: u32) -> HRESULT {
    S_OK
}

/// The interface of which `proxy` is a proxy of the same object.
///
/// # Errors
/// `E_NOINTERFACE` for those that are answered here: they have no security;
/// `E_INVALIDARG` for a pointer of another object.
///
/// # Safety
/// `this` is an interface proxy.
unsafe fn secured(this: *mut c_void, proxy: *mut c_void) -> Result<GUID, HRESULT> {
    // SAFETY: `this` is an interface proxy.
    let manager = unsafe { manager_of(this)? };
    let (iid, is_local) = manager.interface_of(proxy).ok_or(E_INVALIDARG)?;
    if is_local && iid != GUID::default() { Err(E_NOINTERFACE) } else { Ok(iid) }
}

/// Writes to a place that may be null.
///
/// # Safety
/// `place` is null or writable.
unsafe fn put<T>(place: *mut T, value: T) {
    if !place.is_null() {
        // SAFETY: forwarded from the caller.
        unsafe { place.write(value) };
    }
}

unsafe extern "system" fn query_blanket(
    this: *mut c_void,
    proxy: *mut c_void,
    authentication_service: *mut u32,
    authorization_service: *mut u32,
    principal: *mut *mut u16,
    authentication_level: *mut u32,
    impersonation_level: *mut u32,
    identity: *mut *mut c_void,
    capabilities: *mut u32,
) -> HRESULT {
    // SAFETY: an interface proxy; places that are null or writable.
    guarded(|| unsafe {
        secured(this, proxy)?;
        put(authentication_service, AUTHENTICATION_SERVICE);
        put(authorization_service, 0);
        put(principal, null_mut());
        put(authentication_level, AUTHENTICATION_LEVEL);
        put(impersonation_level, IMPERSONATION_LEVEL);
        put(identity, null_mut());
        put(capabilities, 0);
        Ok(S_OK)
    })
}

unsafe extern "system" fn set_blanket(
    this: *mut c_void,
    proxy: *mut c_void,
    authentication_service: u32,
    _: u32,
    _: *mut u16,
    _: u32,
    _: u32,
    _: *mut c_void,
    _: u32,
) -> HRESULT {
    guarded(|| {
        // SAFETY: an interface proxy.
        unsafe { secured(this, proxy)? };
        if KNOWN_SERVICES.contains(&authentication_service) { Ok(S_OK) } else { Err(E_INVALIDARG) }
    })
}

unsafe extern "system" fn copy_proxy(
    this: *mut c_void,
    proxy: *mut c_void,
    copy: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: an interface proxy; the place is null or writable.
    unsafe {
        guarded_pointer(copy, || {
            let iid = secured(this, proxy)?;
            // There is one identity; it cannot have two securities.
            if iid == GUID::default() {
                return Err(E_INVALIDARG);
            }
            manager_of(this)?.copy(&iid).map(counted)
        })
    }
}
