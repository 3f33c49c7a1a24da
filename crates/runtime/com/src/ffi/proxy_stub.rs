//! The exported functions of proxy/stub libraries. What each does is documented
//! in the SDK (`partywall::ffi::connections`), whose declarations these match.

#![allow(non_snake_case)]

use core::ffi::c_void;

use com_abi::codes::{E_INVALIDARG, E_OUTOFMEMORY, S_OK};
use com_abi::rpc::IChannelHook;
use com_abi::{GUID, HRESULT};

use super::guarded;
use super::marshal::borrowed;
use crate::{hook, membership, proxy_stub};

/// See `partywall::ffi`.
///
/// # Safety
/// `iid` is null or readable, `clsid` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoGetPSClsid(iid: *const GUID, clsid: *mut GUID) -> HRESULT {
    guarded(|| {
        // SAFETY: forwarded from the caller.
        let (iid, clsid) =
            unsafe { (iid.as_ref().ok_or(E_INVALIDARG)?, clsid.as_mut().ok_or(E_INVALIDARG)?) };
        *clsid = GUID::default();
        membership::current()?;
        *clsid = proxy_stub::clsid(iid)?;
        Ok(S_OK)
    })
}

/// See `partywall::ffi`.
///
/// # Safety
/// Both are null or readable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoRegisterPSClsid(iid: *const GUID, clsid: *const GUID) -> HRESULT {
    guarded(|| {
        // SAFETY: forwarded from the caller.
        let (iid, clsid) =
            unsafe { (iid.as_ref().ok_or(E_INVALIDARG)?, clsid.as_ref().ok_or(E_INVALIDARG)?) };
        membership::current()?;
        proxy_stub::register(iid, clsid);
        Ok(S_OK)
    })
}

/// See `partywall::ffi`.
///
/// # Safety
/// `extent` is null or readable, `hook` null or a live hook.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoRegisterChannelHook(
    extent: *const GUID,
    hook: *mut c_void,
) -> HRESULT {
    guarded(|| {
        // SAFETY: forwarded from the caller.
        let (extent, hook) =
            unsafe { (extent.as_ref().ok_or(E_INVALIDARG)?, borrowed::<IChannelHook>(&hook)?) };
        if hook::register(extent, hook) { Ok(S_OK) } else { Err(E_OUTOFMEMORY) }
    })
}
