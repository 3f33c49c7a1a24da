//! Calls by name, exported for the classes that `#[class(dual(…))]` writes.

use core::ffi::c_void;

use com_abi::automation::{DispParams, ExcepInfo, Variant};
use com_abi::codes::{E_INVALIDARG, E_POINTER, E_UNEXPECTED, S_OK};
use com_abi::description::{DESCRIPTION_VERSION, InterfaceDescription};
use com_abi::{HRESULT, Interface};

use super::{guarded, guarded_value};
use crate::late::{self, Call, Refused};
use crate::type_info;

/// A description of this runtime's version.
///
/// # Safety
/// `description` is null or a constant of a library that stays loaded.
unsafe fn known(
    description: *const InterfaceDescription,
) -> Result<&'static InterfaceDescription, HRESULT> {
    // SAFETY: forwarded from the caller.
    let known = unsafe { description.as_ref() }.ok_or(E_POINTER)?;
    if known.version == DESCRIPTION_VERSION { Ok(known) } else { Err(E_INVALIDARG) }
}

/// See `partywall::ffi::automation`.
///
/// # Safety
/// `description` is as in [`known`]; `names` and `identifiers` are null or have
/// `count` places.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn PwDispatchNames(
    description: *const InterfaceDescription,
    names: *const *const u16,
    count: u32,
    identifiers: *mut i32,
) -> HRESULT {
    guarded(|| {
        if names.is_null() || identifiers.is_null() {
            return Err(E_POINTER);
        }
        // SAFETY: forwarded from the caller.
        unsafe {
            let names = core::slice::from_raw_parts(names, count as usize);
            let places = core::slice::from_raw_parts_mut(identifiers, count as usize);
            late::identifiers(known(description)?, names, places)
        }
    })
}

/// See `partywall::ffi::automation`.
///
/// # Safety
/// `object` is the described interface, in this apartment; the rest is as in
/// `IDispatch::Invoke`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn PwDispatchInvoke(
    object: *mut c_void,
    description: *const InterfaceDescription,
    member: i32,
    flags: u16,
    arguments: *mut DispParams,
    result: *mut Variant,
    exception: *mut ExcepInfo,
    wrong_argument: *mut u32,
) -> HRESULT {
    guarded_value(E_UNEXPECTED, || {
        // SAFETY: forwarded from the caller.
        let answer = unsafe {
            let call = || {
                let arguments = arguments.as_ref().ok_or(E_POINTER)?;
                if object.is_null() {
                    return Err(Refused::from(E_POINTER));
                }
                if let Some(result) = result.as_mut() {
                    // What was there before does not count.
                    *result = Variant::EMPTY;
                }
                late::invoke(Call {
                    object,
                    description: known(description)?,
                    member,
                    flags,
                    arguments,
                    result: result.as_mut(),
                    exception: exception.as_mut(),
                })
            };
            call()
        };
        let Err(refused) = answer else { return S_OK };
        if let Some(argument) = refused.argument
            && !wrong_argument.is_null()
        {
            // SAFETY: checked for null; the caller passes a writable place.
            unsafe { wrong_argument.write(argument) };
        }
        refused.code
    })
}

/// See `partywall::ffi::automation`.
///
/// # Safety
/// `description` is as in [`known`], `info` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn PwCreateTypeInfo(
    description: *const InterfaceDescription,
    info: *mut *mut c_void,
) -> HRESULT {
    guarded(|| {
        if info.is_null() {
            return Err(E_POINTER);
        }
        // SAFETY: checked for null; the caller passes a writable place.
        unsafe {
            info.write(core::ptr::null_mut());
            info.write(type_info::of(known(description)?)?.into_raw());
        }
        Ok(())
    })
}
