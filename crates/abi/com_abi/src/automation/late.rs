//! Calls by name to a class of ours: what `#[class(dual(…))]` writes as
//! `IDispatch`. The runtime does it, from the interface's description.

use core::ffi::c_void;

use windows_core::{GUID, HRESULT, Interface};

use super::{DispParams, ExcepInfo, Variant};
use crate::codes::{DISP_E_BADINDEX, DISP_E_UNKNOWNINTERFACE, E_POINTER, S_OK};
use crate::description::{Described, InterfaceDescription};
use crate::object::{Class, interface_of};

// What the runtime exports for this; documented in the SDK
// (`partywall::ffi::automation`).
unsafe extern "system" {
    fn PwRegisterInterface(description: *const InterfaceDescription) -> HRESULT;
    fn PwDispatchNames(
        description: *const InterfaceDescription,
        names: *const *const u16,
        count: u32,
        identifiers: *mut i32,
    ) -> HRESULT;
    fn PwDispatchInvoke(
        object: *mut c_void,
        description: *const InterfaceDescription,
        member: i32,
        flags: u16,
        arguments: *mut DispParams,
        result: *mut Variant,
        exception: *mut ExcepInfo,
        wrong_argument: *mut u32,
    ) -> HRESULT;
    fn PwCreateTypeInfo(
        description: *const InterfaceDescription,
        info: *mut *mut c_void,
    ) -> HRESULT;
}

/// `IDispatch::GetTypeInfoCount`.
///
/// # Safety
/// `count` is null or writable.
pub unsafe fn type_info_count(count: *mut u32) -> HRESULT {
    if count.is_null() {
        return E_POINTER;
    }
    // SAFETY: checked for null; the caller passes a writable place.
    unsafe { count.write(1) };
    S_OK
}

/// `IDispatch::GetTypeInfo` of the dual interface `I`.
///
/// # Safety
/// `info` is null or writable.
pub unsafe fn type_info<I: Described>(index: u32, info: *mut *mut c_void) -> HRESULT {
    if info.is_null() {
        return E_POINTER;
    }
    // SAFETY: checked for null; the caller passes a writable place.
    unsafe {
        info.write(core::ptr::null_mut());
        if index != 0 {
            return DISP_E_BADINDEX;
        }
        PwCreateTypeInfo(I::description(), info)
    }
}

/// Identifiers are asked for without an interface.
///
/// # Safety
/// `iid` is null or readable.
unsafe fn check(iid: *const GUID) -> Result<(), HRESULT> {
    // SAFETY: forwarded from the caller.
    match unsafe { iid.as_ref() } {
        Some(iid) if *iid == GUID::default() => Ok(()),
        _ => Err(DISP_E_UNKNOWNINTERFACE),
    }
}

/// `IDispatch::GetIDsOfNames` of the dual interface `I`.
///
/// # Safety
/// As the method.
pub unsafe fn names<I: Described>(
    iid: *const GUID,
    names: *const *const u16,
    count: u32,
    identifiers: *mut i32,
) -> HRESULT {
    // SAFETY: forwarded from the caller.
    unsafe {
        match check(iid) {
            Ok(()) => PwDispatchNames(I::description(), names, count, identifiers),
            Err(code) => code,
        }
    }
}

/// `IDispatch::Invoke` of the dual interface `I`, which is interface number `slot`
/// of the class of `value`.
///
/// # Safety
/// As the method; `value` is an object's.
#[allow(clippy::too_many_arguments)]
pub unsafe fn invoke<T: Class, I: Described + Interface>(
    value: &T,
    slot: usize,
    member: i32,
    iid: *const GUID,
    flags: u16,
    arguments: *mut DispParams,
    result: *mut Variant,
    exception: *mut ExcepInfo,
    wrong_argument: *mut u32,
) -> HRESULT {
    // SAFETY: forwarded from the caller; the object lives during the call.
    unsafe {
        if let Err(code) = check(iid) {
            return code;
        }
        let object = interface_of(value, slot);
        let description = I::description();
        // Callers by name never name the interface, but its parameters may: objects
        // that come as arguments want proxies. Known once, this is a look-up.
        let described = PwRegisterInterface(description);
        if described.is_err() {
            return described;
        }
        PwDispatchInvoke(
            object,
            description,
            member,
            flags,
            arguments,
            result,
            exception,
            wrong_argument,
        )
    }
}
