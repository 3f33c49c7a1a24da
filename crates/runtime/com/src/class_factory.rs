//! `IClassFactory` between apartments.
//!
//! Its proxy is written by hand, since what `CreateInstance` answers is an
//! interface of whatever kind its caller asks for. The object is made and
//! marshaled in the factory's apartment, in one call. `LockServer` is answered
//! without one: a factory that others hold a proxy of is locked by its stub, from
//! the first proxy to the last.

use core::ffi::c_void;
use core::ptr::null_mut;

use com_abi::codes::{CLASS_E_NOAGGREGATION, E_INVALIDARG, E_NOINTERFACE, S_OK};
use com_abi::description::{DESCRIPTION_VERSION, InterfaceDescription};
use com_abi::{
    GUID, HRESULT, IClassFactory, IClassFactory_Vtbl, IUnknown, IUnknown_Vtbl, Interface,
};

use crate::ffi::{
    PwProxyAddRef, PwProxyInvoke, PwProxyQueryInterface, PwProxyRelease, guarded_pointer,
};
use crate::proxy::{Marshaled, marshal, unmarshal};

/// Number of `CreateInstance` in the vtable.
const CREATE_INSTANCE: u32 = 3;

static VTABLE: IClassFactory_Vtbl = IClassFactory_Vtbl {
    base__: IUnknown_Vtbl {
        QueryInterface: PwProxyQueryInterface,
        AddRef: PwProxyAddRef,
        Release: PwProxyRelease,
    },
    CreateInstance: create_instance,
    LockServer: lock_server,
};

/// The names of the methods.
struct Names([*const core::ffi::c_char; 5]);
// SAFETY: the pointers name constants.
unsafe impl Sync for Names {}

static NAMES: Names = Names([
    c"QueryInterface".as_ptr(),
    c"AddRef".as_ptr(),
    c"Release".as_ptr(),
    c"CreateInstance".as_ptr(),
    c"LockServer".as_ptr(),
]);

/// The description of the interface.
pub static DESCRIPTION: InterfaceDescription = InterfaceDescription {
    version: DESCRIPTION_VERSION,
    methods: 5,
    iid: IClassFactory::IID,
    name: c"IClassFactory".as_ptr(),
    proxy_vtable: (&raw const VTABLE).cast(),
    method_names: NAMES.0.as_ptr(),
};

/// The arguments of `CreateInstance` and its answer, on the caller's stack.
struct Frame {
    iid: GUID,
    made: Option<Marshaled>,
}

unsafe extern "system" fn create_instance(
    this: *mut c_void,
    outer: *mut c_void,
    iid: *const GUID,
    object: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: null or what the interface says; `this` is a proxy with this
    // vtable, and the frame lives until the call has ended.
    unsafe {
        guarded_pointer(object, || {
            let iid = iid.as_ref().ok_or(E_INVALIDARG)?;
            if !outer.is_null() {
                return Err(CLASS_E_NOAGGREGATION);
            }
            let mut frame = Frame { iid: *iid, made: None };
            let place = (&raw mut frame).cast();
            let code = PwProxyInvoke(this, CREATE_INSTANCE, create_at_home, place);
            if code.is_err() {
                return Err(code);
            }
            unmarshal(&frame.made.take().ok_or(E_NOINTERFACE)?, iid)
        })
    }
}

/// Makes the object in the factory's apartment.
unsafe extern "C" fn create_at_home(factory: *mut c_void, frame: *mut c_void) -> HRESULT {
    // SAFETY: the runtime passes the object's interface and the proxy's frame,
    // which nobody else uses meanwhile.
    let (factory, frame) =
        unsafe { (IClassFactory::from_raw_borrowed(&factory), &mut *frame.cast::<Frame>()) };
    let Some(factory) = factory else { return E_NOINTERFACE };
    match create(factory, null_mut(), &frame.iid).and_then(|object| marshal(&object)) {
        Ok(made) => {
            frame.made = Some(made);
            S_OK
        }
        Err(code) => code,
    }
}

/// The factory is locked as long as there are proxies of it.
unsafe extern "system" fn lock_server(_: *mut c_void, _: i32) -> HRESULT {
    S_OK
}

/// Makes an object by a factory of this thread's apartment; the answer is the
/// interface `iid`, whatever its type says.
///
/// # Errors
/// What the factory answers; `E_NOINTERFACE` when it answers nothing.
pub fn create(
    factory: &IClassFactory,
    outer: *mut c_void,
    iid: &GUID,
) -> Result<IUnknown, HRESULT> {
    let mut raw = null_mut();
    // SAFETY: a live factory, a readable identifier and a writable place; the
    // outer object is the caller's.
    let code = unsafe { factory.CreateInstance(outer, iid, &mut raw) };
    if code.is_err() {
        return Err(code);
    }
    if raw.is_null() {
        return Err(E_NOINTERFACE);
    }
    // SAFETY: the factory answered with an interface and a reference; every
    // interface begins with `IUnknown`.
    Ok(unsafe { IUnknown::from_raw(raw) })
}

/// A stub begins or ends to stand for an interface of its object, in the object's
/// apartment: a factory is locked for as long.
pub fn lock_for_stub(iid: &GUID, interface: &IUnknown, lock: bool) {
    if *iid == IClassFactory::IID {
        let raw = interface.as_raw();
        // SAFETY: the pointer is the object's `IClassFactory`.
        if let Some(factory) = unsafe { IClassFactory::from_raw_borrowed(&raw) } {
            // SAFETY: a plain number.
            let _ = unsafe { factory.LockServer(lock.into()) };
        }
    }
}
