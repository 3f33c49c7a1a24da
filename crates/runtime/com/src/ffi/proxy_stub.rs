//! The exported functions of proxy/stub libraries. What each does is documented
//! in the SDK (`partywall::ffi::connections`), whose declarations these match.

#![allow(non_snake_case)]

use com_abi::codes::{E_INVALIDARG, S_OK};
use com_abi::{GUID, HRESULT};

use super::guarded;
use crate::{membership, proxy_stub};

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
