//! `ICallFactory` of a proxy: call objects for the asynchronous twins of the
//! interfaces of its object (`asynchronous`).

use core::ffi::c_void;

use com_abi::asynchronous::ICallFactory_Vtbl;
use com_abi::codes::{E_INVALIDARG, E_NOINTERFACE};
use com_abi::{GUID, HRESULT, IUnknown, Interface};

use super::facets::manager_of;
use super::manager::{Manager, UNKNOWN_VTABLE, query_remote};
use crate::asynchronous::{self, Target};
use crate::description::{self, Known};
use crate::ffi::guarded_pointer;

static FACTORY_VTABLE: ICallFactory_Vtbl =
    ICallFactory_Vtbl { base__: UNKNOWN_VTABLE, CreateCall: create_call };

/// The vtable of a proxy's `ICallFactory`.
pub fn factory_vtable() -> *const c_void {
    (&raw const FACTORY_VTABLE).cast()
}

/// Whether one of the interfaces that the manager has proxies of can be called
/// asynchronously.
pub fn has_twin(manager: &Manager) -> bool {
    manager.any_described(Known::has_twin)
}

unsafe extern "system" fn create_call(
    this: *mut c_void,
    asynchronous: *const GUID,
    outer: *mut c_void,
    wanted: *const GUID,
    call: *mut *mut c_void,
) -> HRESULT {
    if call.is_null() {
        return E_INVALIDARG;
    }
    // SAFETY: null or what the interface says; `this` is such a proxy.
    unsafe {
        guarded_pointer(call, || {
            let asynchronous = asynchronous.as_ref().ok_or(E_INVALIDARG)?;
            let wanted = wanted.as_ref().ok_or(E_INVALIDARG)?;
            if !outer.is_null() && *wanted != IUnknown::IID {
                return Err(E_INVALIDARG);
            }
            let target = target(manager_of(this)?, asynchronous)?;
            let made = asynchronous::call_object(target, outer)?;
            let mut raw = core::ptr::null_mut();
            made.query(wanted, &raw mut raw).ok().map_err(|error| error.code())?;
            Ok(raw)
        })
    }
}

/// The proxy of the interface whose twin is `asynchronous`.
///
/// # Errors
/// `E_NOINTERFACE` when it is none's, or the object does not have the interface.
fn target(manager: &Manager, asynchronous: &GUID) -> Result<Target, HRESULT> {
    let known = description::find_twin(asynchronous).ok_or(E_NOINTERFACE)?;
    let iid = known.description().iid;
    // SAFETY: whoever asks holds a reference to the manager.
    let raw = unsafe { query_remote(manager, &iid)? };
    // SAFETY: the answer is an interface with a reference.
    Target::new(unsafe { IUnknown::from_raw(raw) }, known)
}

/// Whether an interface pointer is a proxy that hands over frames.
pub fn is_frame_proxy(interface: &IUnknown) -> bool {
    let slot = interface.vtable().QueryInterface as *const ();
    core::ptr::eq(slot, crate::ffi::PwProxyQueryInterface as *const ())
}
