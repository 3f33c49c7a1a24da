//! Handlers: parts of an object that live with its clients. See `manager` for
//! who holds whom.

use core::ffi::c_void;

use com_abi::codes::{CO_E_OBJNOTCONNECTED, E_POINTER};
use com_abi::{GUID, HRESULT, IUnknown, Interface, format_guid};

use super::manager::{proxy_at, query_remote};
use crate::ffi::guarded_pointer;
use crate::{class, library};

/// Under which a manager keeps its inner `IUnknown`; nobody asks for it.
pub const INNER: GUID = GUID::from_u128(0x5f0b6a10_3c1e_4b7a_9e52_7a1d0c00ff01);

/// Makes a handler, which `identity` aggregates.
///
/// # Errors
/// What its class answers, which is logged.
pub fn make(clsid: &GUID, identity: *mut c_void) -> Result<IUnknown, HRESULT> {
    let made = class::handler(clsid)
        .and_then(|server| library::create(&server, clsid, identity, &IUnknown::IID));
    made.inspect_err(|code| {
        let clsid = format_guid(clsid);
        observe::warn!("com", "the handler {clsid} of an object cannot be made: {:#010x}", code.0);
    })
}

/// The inner `IUnknown` of the manager whose identity a handler was made with,
/// without a reference: it counts none.
///
/// # Errors
/// `CO_E_OBJNOTCONNECTED` when `outer` is no manager's.
pub fn inner_of(outer: &IUnknown) -> Result<*mut c_void, HRESULT> {
    super::manager_behind(outer).map(|manager| manager.inner()).ok_or(CO_E_OBJNOTCONNECTED)
}

pub unsafe extern "system" fn inner_query_interface(
    this: *mut c_void,
    iid: *const GUID,
    object: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: this function stands in inner pointers only; the arguments are null
    // or what the interface says.
    unsafe {
        guarded_pointer(object, || {
            let (proxy, iid) = (proxy_at(this)?, iid.as_ref().ok_or(E_POINTER)?);
            if *iid == IUnknown::IID {
                return Ok(this);
            }
            query_remote(proxy.manager, iid)
        })
    }
}

/// The inner `IUnknown` lives as long as the manager.
pub unsafe extern "system" fn inner_count(_: *mut c_void) -> u32 {
    1
}
