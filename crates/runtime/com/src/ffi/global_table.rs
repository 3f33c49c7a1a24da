//! The global interface table as an object: one for the process, written by hand
//! since it counts no references.

use core::ffi::c_void;
use core::ptr::null_mut;

use com_abi::codes::{CLASS_E_NOAGGREGATION, E_INVALIDARG, E_NOINTERFACE, E_POINTER, S_OK};
use com_abi::global_table::{IGlobalInterfaceTable, IGlobalInterfaceTable_Vtbl};
use com_abi::{
    GUID, HRESULT, IClassFactory, IClassFactory_Impl, IUnknown, IUnknown_Vtbl, Interface, class,
    new_interface,
};

use super::{guarded, guarded_pointer};
use crate::global_table;

/// An object without anything but its vtable.
#[repr(transparent)]
struct Singleton(&'static IGlobalInterfaceTable_Vtbl);

static TABLE: Singleton = Singleton(&IGlobalInterfaceTable_Vtbl {
    base__: IUnknown_Vtbl { QueryInterface: query_interface, AddRef: one, Release: one },
    RegisterInterfaceInGlobal: register,
    RevokeInterfaceFromGlobal: revoke,
    GetInterfaceFromGlobal: get,
});

unsafe extern "system" fn query_interface(
    this: *mut c_void,
    iid: *const GUID,
    object: *mut *mut c_void,
) -> HRESULT {
    if iid.is_null() || object.is_null() {
        return E_POINTER;
    }
    // SAFETY: checked for null; the caller passes what it says.
    unsafe {
        let known = matches!(*iid, IUnknown::IID | IGlobalInterfaceTable::IID);
        object.write(if known { this } else { null_mut() });
        if known { S_OK } else { E_NOINTERFACE }
    }
}

/// The count of references that the table always has.
unsafe extern "system" fn one(_: *mut c_void) -> u32 {
    1
}

unsafe extern "system" fn register(
    _: *mut c_void,
    object: *mut c_void,
    iid: *const GUID,
    cookie: *mut u32,
) -> HRESULT {
    guarded(|| {
        // SAFETY: null or what the interface says, borrowed for this call.
        unsafe {
            if cookie.is_null() {
                return Err(E_INVALIDARG);
            }
            cookie.write(0);
            let object = IUnknown::from_raw_borrowed(&object).ok_or(E_INVALIDARG)?;
            cookie.write(global_table::register(object, iid.as_ref().ok_or(E_INVALIDARG)?)?);
        }
        Ok(S_OK)
    })
}

unsafe extern "system" fn revoke(_: *mut c_void, cookie: u32) -> HRESULT {
    guarded(|| global_table::revoke(cookie).map(|()| S_OK))
}

unsafe extern "system" fn get(
    _: *mut c_void,
    cookie: u32,
    iid: *const GUID,
    object: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: null or what the interface says.
    unsafe {
        guarded_pointer(object, || global_table::get(cookie, iid.as_ref().ok_or(E_INVALIDARG)?))
    }
}

/// Its factory, whose every object is the same.
#[class(interfaces(IClassFactory))]
struct Factory;

impl IClassFactory_Impl for Factory {
    unsafe fn CreateInstance(
        &self,
        outer: *mut c_void,
        iid: *const GUID,
        object: *mut *mut c_void,
    ) -> HRESULT {
        if object.is_null() {
            return E_POINTER;
        }
        // SAFETY: checked for null; the caller passes what it says.
        unsafe {
            object.write(null_mut());
            if !outer.is_null() {
                return CLASS_E_NOAGGREGATION;
            }
            query_interface((&raw const TABLE).cast_mut().cast(), iid, object)
        }
    }

    unsafe fn LockServer(&self, _lock: i32) -> HRESULT {
        S_OK
    }
}

/// `DllGetClassObject` of the table's class.
///
/// # Safety
/// `iid` is null or readable, `object` null or writable.
pub unsafe fn class_object(iid: *const GUID, object: *mut *mut c_void) -> HRESULT {
    if iid.is_null() {
        return E_POINTER;
    }
    // SAFETY: forwarded from the caller; the factory is alive while it is asked.
    unsafe {
        guarded_pointer(object, || {
            let factory: IUnknown = new_interface(Factory)?;
            let mut raw = null_mut();
            factory.query(iid, &mut raw).ok().map_err(|error| error.code())?;
            Ok(raw)
        })
    }
}
