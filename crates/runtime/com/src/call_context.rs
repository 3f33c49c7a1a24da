//! The context of the call that a thread serves, as an object: `IServerSecurity`.
//!
//! A program may put an object of its own in its place for a while
//! (`CoSwitchCallContext`); it holds that object, the runtime does not.

use core::ffi::c_void;
use std::cell::Cell;

use com_abi::codes::{RPC_E_CALL_COMPLETE, S_OK};
use com_abi::context::{IServerSecurity, IServerSecurity_Impl};
use com_abi::{GUID, HRESULT, IUnknown, Interface, class, new_interface};

use crate::context;

thread_local! {
    /// What stands in the place of the runtime's object; null for nothing.
    static SWITCHED: Cell<*mut c_void> = const { Cell::new(core::ptr::null_mut()) };
}

/// Puts an object in the place of the runtime's, or null to take it away;
/// answers the one before. No reference moves.
pub fn switch(new: *mut c_void) -> *mut c_void {
    SWITCHED.replace(new)
}

/// An interface of the call's context, with a reference.
///
/// # Errors
/// `RPC_E_CALL_COMPLETE` when this thread serves no call; `E_NOINTERFACE`.
pub fn interface(iid: &GUID) -> Result<*mut c_void, HRESULT> {
    let switched = SWITCHED.get();
    // SAFETY: null, or an object that whoever switched keeps alive meanwhile.
    let object = match unsafe { IUnknown::from_raw_borrowed(&switched) } {
        Some(object) => object.clone(),
        None if context::is_serving() => new_interface(ServerSecurity)?,
        None => return Err(RPC_E_CALL_COMPLETE),
    };
    let mut raw = core::ptr::null_mut();
    // SAFETY: a live object, a readable identifier and a writable place.
    unsafe { object.query(iid, &mut raw) }.ok().map_err(|error| error.code())?;
    Ok(raw)
}

/// The call that the asking thread serves; has no state.
#[class(interfaces(IServerSecurity))]
struct ServerSecurity;

/// Writes where the caller wants an answer.
///
/// # Safety
/// `place` is null or writable.
unsafe fn write<T>(place: *mut T, value: T) {
    // SAFETY: forwarded from the caller.
    if let Some(place) = unsafe { place.as_mut() } {
        *place = value;
    }
}

impl IServerSecurity_Impl for ServerSecurity {
    unsafe fn QueryBlanket(
        &self,
        authentication: *mut u32,
        authorization: *mut u32,
        server: *mut *mut u16,
        authentication_level: *mut u32,
        impersonation_level: *mut u32,
        privileges: *mut *mut c_void,
        capabilities: *mut u32,
    ) -> HRESULT {
        if !context::is_serving() {
            return RPC_E_CALL_COMPLETE;
        }
        const RPC_C_AUTHN_WINNT: u32 = 10;
        const RPC_C_IMP_LEVEL_IMPERSONATE: u32 = 3;
        // SAFETY: null or writable places of the caller's.
        unsafe {
            write(authentication, RPC_C_AUTHN_WINNT);
            write(authorization, 0);
            write(server, core::ptr::null_mut());
            write(authentication_level, context::PKT_PRIVACY);
            write(impersonation_level, RPC_C_IMP_LEVEL_IMPERSONATE);
            write(privileges, core::ptr::null_mut());
            write(capabilities, 0);
        }
        S_OK
    }

    unsafe fn ImpersonateClient(&self) -> HRESULT {
        context::impersonate_client().map_or_else(|code| code, |()| S_OK)
    }

    unsafe fn RevertToSelf(&self) -> HRESULT {
        context::revert_to_self();
        S_OK
    }

    unsafe fn IsImpersonating(&self) -> i32 {
        i32::from(context::is_impersonating())
    }
}
