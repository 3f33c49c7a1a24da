//! The exported functions of activation. What each does is documented in the SDK
//! (`partywall::ffi` and its module `activation`), whose declarations these match.

#![allow(non_snake_case)]

use core::ffi::c_void;
use core::ptr::null_mut;

use com_abi::codes::{
    CO_S_NOTALLINTERFACES, E_INVALIDARG, E_NOINTERFACE, REGDB_E_CLASSNOTREG, S_OK,
};
use com_abi::{GUID, HRESULT, from_wide};
use partywall::ffi::activation::{COSERVERINFO, MULTI_QI};

use super::{guarded, guarded_pointer};
use crate::{activation, membership};

/// Most interfaces that one call may ask for.
const MAX_INTERFACES: u32 = 1 << 16;

/// See the SDK.
///
/// # Safety
/// `clsid` and `iid` are null or readable, `object` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoCreateInstance(
    clsid: *const GUID,
    outer: *mut c_void,
    context: u32,
    iid: *const GUID,
    object: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: forwarded from the caller.
    unsafe {
        guarded_pointer(object, || {
            let (Some(clsid), Some(iid)) = (clsid.as_ref(), iid.as_ref()) else {
                return Err(E_INVALIDARG);
            };
            activation::create_instance(clsid, outer, context, iid)
        })
    }
}

/// See the SDK.
///
/// # Safety
/// `clsid`, `server` and `iid` are null or readable, `object` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoGetClassObject(
    clsid: *const GUID,
    context: u32,
    server: *const COSERVERINFO,
    iid: *const GUID,
    object: *mut *mut c_void,
) -> HRESULT {
    if object.is_null() {
        return E_INVALIDARG;
    }
    // SAFETY: forwarded from the caller.
    unsafe {
        guarded_pointer(object, || {
            let (Some(clsid), Some(iid)) = (clsid.as_ref(), iid.as_ref()) else {
                return Err(E_INVALIDARG);
            };
            check_machine(server)?;
            activation::class_object(clsid, context, iid)
        })
    }
}

/// See the SDK.
///
/// # Safety
/// `clsid` and `server` are null or readable, `interfaces` null or `count` items
/// that are writable and whose identifiers are null or readable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoCreateInstanceEx(
    clsid: *const GUID,
    outer: *mut c_void,
    context: u32,
    server: *const COSERVERINFO,
    count: u32,
    interfaces: *mut MULTI_QI,
) -> HRESULT {
    guarded(|| {
        if interfaces.is_null() || count == 0 || count > MAX_INTERFACES {
            return Err(E_INVALIDARG);
        }
        // SAFETY: checked for null; the caller passes that many items.
        let items = unsafe { core::slice::from_raw_parts_mut(interfaces, count as usize) };
        for item in &mut *items {
            (item.interface, item.code) = (null_mut(), E_NOINTERFACE);
        }
        let made = || {
            // SAFETY: forwarded from the caller.
            let clsid = unsafe { clsid.as_ref() }.ok_or(E_INVALIDARG)?;
            let wanted = items.iter().map(|item| {
                // SAFETY: as above.
                unsafe { item.iid.as_ref() }.copied().ok_or(E_INVALIDARG)
            });
            let wanted = wanted.collect::<Result<Vec<GUID>, HRESULT>>()?;
            // SAFETY: as above.
            unsafe { check_machine(server)? };
            activation::create_with_interfaces(clsid, outer, context, &wanted)
        };
        let made =
            made().inspect_err(|code| items.iter_mut().for_each(|item| item.code = *code))?;
        let mut answered = 0;
        for (item, answer) in items.iter_mut().zip(made) {
            answered += usize::from(answer.is_ok());
            item.code = answer.err().unwrap_or(S_OK);
            item.interface = answer.unwrap_or(null_mut());
        }
        match answered {
            0 => Err(E_NOINTERFACE),
            all if all == items.len() => Ok(S_OK),
            _ => Ok(CO_S_NOTALLINTERFACES),
        }
    })
}

/// Refuses other machines, which cannot be asked yet: a class that they may have
/// is not registered here.
///
/// # Safety
/// `server` is null or readable, its name null or zero-ended.
unsafe fn check_machine(server: *const COSERVERINFO) -> Result<(), HRESULT> {
    membership::current()?;
    // SAFETY: forwarded from the caller.
    let name = unsafe { server.as_ref().map(|server| from_wide(server.name)) };
    let Some(name) = name.filter(|name| !name.is_empty()) else { return Ok(()) };
    let own = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let names = ["localhost", "127.0.0.1", "::1", own.trim()];
    match names.iter().any(|known| known.eq_ignore_ascii_case(&name)) {
        true => Ok(()),
        false => Err(REGDB_E_CLASSNOTREG),
    }
}
