//! `IClassFactory` between apartments.
//!
//! An object is made and marshaled in the factory's apartment, in one call.
//! `LockServer` is answered by the proxy: a factory that others hold a proxy of is locked by its stub, from
//! the first proxy to the last.

use core::ffi::c_void;
use core::ptr::null_mut;

use com_abi::codes::{CLASS_E_NOAGGREGATION, E_NOINTERFACE, S_OK};
use com_abi::description::{
    DESCRIPTION_VERSION, Described, INTERFACE_PLAIN, InterfaceDescription, List, description_of,
};
use com_abi::{GUID, HRESULT, IClassFactory, IClassFactory_Vtbl, IUnknown, Interface};

use crate::ffi::guarded_pointer;

/// The proxy as the macro writes it.
const WRITTEN: IClassFactory_Vtbl = IClassFactory::PROXY;

static VTABLE: IClassFactory_Vtbl = IClassFactory_Vtbl {
    base__: WRITTEN.base__,
    CreateInstance: create_instance,
    LockServer: lock_server,
};

/// The description of the interface.
pub static DESCRIPTION: InterfaceDescription = InterfaceDescription {
    version: DESCRIPTION_VERSION,
    flags: INTERFACE_PLAIN,
    iid: IClassFactory::IID,
    base: Some(description_of::<IUnknown>),
    async_iid: GUID::from_u128(0),
    async_vtable: core::ptr::null(),
    name: c"IClassFactory".as_ptr(),
    proxy_vtable: (&raw const VTABLE).cast(),
    methods: List::new(IClassFactory::METHODS),
};

/// An object cannot be part of one in another apartment.
unsafe extern "system" fn create_instance(
    this: *mut c_void,
    outer: *mut c_void,
    iid: *const GUID,
    object: *mut *mut c_void,
) -> HRESULT {
    if outer.is_null() {
        // SAFETY: forwarded from the caller.
        return unsafe { (WRITTEN.CreateInstance)(this, outer, iid, object) };
    }
    // SAFETY: null or what the interface says.
    unsafe { guarded_pointer(object, || Err(CLASS_E_NOAGGREGATION)) }
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
