//! The exported functions of connections between objects and those who hold them
//! elsewhere. What each does is documented in the SDK
//! (`partywall::ffi::connections`), whose declarations these match.

#![allow(non_snake_case)]

use core::ffi::c_void;
use std::time::Duration;

use com_abi::codes::{CONTEXT_E_WOULD_DEADLOCK, E_INVALIDARG, RPC_E_TIMEOUT, S_OK};
use com_abi::{HRESULT, IUnknown};

use super::guarded;
use super::marshal::borrowed;
use crate::{marshal, membership, proxy, stub};

/// See `partywall::ffi`.
///
/// # Safety
/// `object` is null or a live interface.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoLockObjectExternal(
    object: *mut c_void,
    lock: i32,
    last_unlock_releases: i32,
) -> HRESULT {
    guarded(|| {
        // SAFETY: forwarded from the caller.
        let object = unsafe { borrowed::<IUnknown>(&object)? };
        let home = membership::context()?;
        if lock != 0 {
            // For the time of this call, so that the object has a stub.
            let stub = proxy::hold(object, stub::Hold::Strong)?;
            let locked = stub.lock_object();
            stub.let_go(stub::Hold::Strong, stub::Leave::Consumed);
            return locked.map(|()| S_OK);
        }
        if let Some(stub) = proxy::stub_of(&home, object) {
            stub.unlock_object(last_unlock_releases != 0);
        }
        Ok(S_OK)
    })
}

/// See `partywall::ffi`.
///
/// # Safety
/// `object` is null or a live interface.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoDisconnectObject(object: *mut c_void, reserved: u32) -> HRESULT {
    guarded(|| {
        // SAFETY: forwarded from the caller.
        let object = unsafe { borrowed::<IUnknown>(&object)? };
        marshal::disconnect_object(object, reserved).map(|()| S_OK)
    })
}

/// See `partywall::ffi`.
#[unsafe(no_mangle)]
pub extern "system" fn CoDisconnectContext(timeout_ms: u32) -> HRESULT {
    guarded(|| {
        let home = membership::context()?;
        if stub::runs_here(&home) {
            return Err(CONTEXT_E_WOULD_DEADLOCK);
        }
        home.stubs().disconnect_all();
        let longest = Duration::from_millis(timeout_ms.into());
        if home.stubs().running().wait_for_none(longest) { Ok(S_OK) } else { Err(RPC_E_TIMEOUT) }
    })
}

/// See `partywall::ffi`.
///
/// # Safety
/// `object` is null or a live interface.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoIsHandlerConnected(object: *mut c_void) -> i32 {
    let answer = guarded(|| {
        // SAFETY: forwarded from the caller.
        let object = unsafe { borrowed::<IUnknown>(&object)? };
        if proxy::is_connected(object) { Ok(S_OK) } else { Err(E_INVALIDARG) }
    });
    i32::from(answer == S_OK)
}
