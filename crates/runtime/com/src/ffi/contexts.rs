//! The exported functions of contexts with properties. What each does is documented
//! in the SDK (`partywall::ffi::contexts`), whose declarations these match.

#![allow(non_snake_case)]

use core::ffi::c_void;
use std::sync::Arc;
use std::time::Duration;

use com_abi::codes::E_INVALIDARG;
use com_abi::context::{APTTYPE_CURRENT, APTTYPE_MAINSTA, APTTYPE_MTA, APTTYPE_NA};
use com_abi::interceptor::{
    PW_IDENTITY_CALLER, PW_IDENTITY_CREATOR, PW_SYNCHRONIZATION_DISABLED,
    PW_SYNCHRONIZATION_NOT_SUPPORTED, PW_SYNCHRONIZATION_REQUIRED, PW_SYNCHRONIZATION_REQUIRES_NEW,
    PW_SYNCHRONIZATION_SUPPORTED, PwContextProperties,
};
use com_abi::{GUID, HRESULT, IUnknown, Interface, from_wide};

use super::apartments::interface_of;
use super::guarded_pointer;
use crate::apartment::Apartment;
use crate::contexts::request::{Access, Identity, Interceptor, Request, Synchronization};
use crate::{host, membership};

/// Most users, and most interceptors, of a context.
const MAX_ENTRIES: u32 = 1024;

/// See `partywall::ffi::contexts`.
///
/// # Safety
/// `properties` is null or readable, with texts and lists as it says; `iid` is null or
/// readable, `context` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn PwCreateContext(
    properties: *const PwContextProperties,
    iid: *const GUID,
    context: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: forwarded from the caller.
    unsafe {
        guarded_pointer(context, || {
            membership::current()?;
            let properties = properties.as_ref().ok_or(E_INVALIDARG)?;
            let request = request(properties)?;
            let made = request.create(&apartment(properties.apartment)?)?;
            interface_of(&made.object()?, iid)
        })
    }
}

fn apartment(kind: i32) -> Result<Arc<Apartment>, HRESULT> {
    match kind {
        APTTYPE_CURRENT => membership::current(),
        APTTYPE_MTA => host::mta(),
        APTTYPE_NA => Ok(host::neutral()),
        APTTYPE_MAINSTA => host::main_sta(),
        _ => Err(E_INVALIDARG),
    }
}

/// What a description asks for.
///
/// # Errors
/// `E_INVALIDARG` for values that mean nothing.
///
/// # Safety
/// Its texts and lists are null or readable.
unsafe fn request(asked: &PwContextProperties) -> Result<Request, HRESULT> {
    if asked.size as usize != size_of::<PwContextProperties>() || asked.reserved != 0 {
        return Err(E_INVALIDARG);
    }
    let longest = Duration::from_millis(asked.timeout_ms.into());
    // SAFETY: forwarded from the caller.
    let (users, interceptors) =
        unsafe { (list(asked.users, asked.user_count)?, interceptors(asked)?) };
    let text = |text: &*const u16| match text.is_null() {
        true => Err(E_INVALIDARG),
        // SAFETY: not null; the caller passes zero-ended texts.
        false => Ok(unsafe { from_wide(*text) }),
    };
    let users = users.map(|all| all.iter().map(text).collect()).transpose()?;
    Ok(Request {
        name: if asked.name.is_null() { String::new() } else { text(&asked.name)? },
        synchronization: synchronization(asked.synchronization)?,
        longest_wait: (asked.timeout_ms > 0).then_some(longest),
        identity: match asked.identity {
            PW_IDENTITY_CALLER => Identity::Caller,
            PW_IDENTITY_CREATOR => Identity::Creator,
            _ => return Err(E_INVALIDARG),
        },
        access: Access { least_level: asked.authentication_level, users },
        is_traced: asked.is_traced != 0,
        interceptors,
    })
}

fn synchronization(asked: u32) -> Result<Synchronization, HRESULT> {
    Ok(match asked {
        PW_SYNCHRONIZATION_DISABLED => Synchronization::Disabled,
        PW_SYNCHRONIZATION_NOT_SUPPORTED => Synchronization::NotSupported,
        PW_SYNCHRONIZATION_SUPPORTED => Synchronization::Supported,
        PW_SYNCHRONIZATION_REQUIRED => Synchronization::Required,
        PW_SYNCHRONIZATION_REQUIRES_NEW => Synchronization::RequiresNew,
        _ => return Err(E_INVALIDARG),
    })
}

/// A list; none for null, which must be empty.
///
/// # Safety
/// `first` is null or the first of `count` values.
unsafe fn list<'a, T>(first: *const T, count: u32) -> Result<Option<&'a [T]>, HRESULT> {
    if count > MAX_ENTRIES || first.is_null() && count > 0 {
        return Err(E_INVALIDARG);
    }
    // SAFETY: forwarded from the caller.
    let all = || unsafe { core::slice::from_raw_parts(first, count as usize) };
    Ok((!first.is_null()).then(all))
}

/// # Safety
/// The list is null or has live interfaces.
unsafe fn interceptors(asked: &PwContextProperties) -> Result<Vec<Interceptor>, HRESULT> {
    // SAFETY: forwarded from the caller.
    let all = unsafe { list(asked.interceptors, asked.interceptor_count)? };
    let one = |raw: &*mut c_void| {
        // SAFETY: null or a live interface.
        let object = unsafe { IUnknown::from_raw_borrowed(raw) }.ok_or(E_INVALIDARG)?;
        Interceptor::new(object)
    };
    all.unwrap_or_default().iter().map(one).collect()
}
