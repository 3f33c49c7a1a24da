//! The running object table as an object, and the functions of active objects.
//! What each does is documented in the SDK (`partywall::ffi::names`), whose
//! declarations these match.

#![allow(non_snake_case)]

use core::ffi::c_void;
use std::sync::OnceLock;
use std::time::SystemTime;

use com_abi::codes::{
    E_INVALIDARG, E_POINTER, E_UNEXPECTED, MK_S_MONIKERALREADYREGISTERED, S_FALSE, S_OK,
};
use com_abi::moniker::{
    IMoniker, IRunningObjectTable, IRunningObjectTable_Impl, ROTFLAGS_REGISTRATIONKEEPSALIVE,
};
use com_abi::{FILETIME, GUID, HRESULT, IUnknown, Interface, class, format_guid, new_interface};
use partywall::ffi::names::ACTIVEOBJECT_WEAK;

use super::identifiers::file_time;
use super::{guarded, guarded_pointer};
use crate::moniker::item::Item;
use crate::moniker::object::{answer, lent, make};
use crate::moniker::{Content, calls, enumerate};
use crate::{membership, running_objects};

#[class(interfaces(IRunningObjectTable))]
struct Table;

/// The object that stands for the table.
struct Shared(IRunningObjectTable);
// SAFETY: the object has no state of its own, and the table has a lock.
unsafe impl Send for Shared {}
// SAFETY: as above.
unsafe impl Sync for Shared {}

/// The table as an object: one for the process.
///
/// # Errors
/// None in practice.
pub fn table() -> Result<IRunningObjectTable, HRESULT> {
    static TABLE: OnceLock<Option<Shared>> = OnceLock::new();
    let table = TABLE.get_or_init(|| new_interface(Table).ok().map(Shared));
    table.as_ref().map(|shared| shared.0.clone()).ok_or(E_UNEXPECTED)
}

impl IRunningObjectTable_Impl for Table {
    unsafe fn Register(
        &self,
        flags: u32,
        object: *mut c_void,
        name: *mut c_void,
        registration: *mut u32,
    ) -> HRESULT {
        guarded(|| {
            // SAFETY: the caller passes null or what the interface says.
            unsafe {
                let place = registration.as_mut().ok_or(E_INVALIDARG)?;
                *place = 0;
                let (object, name) = (lent::<IUnknown>(&object)?, lent::<IMoniker>(&name)?);
                let now = file_time(SystemTime::now());
                let entered = running_objects::register(flags, object, name, now)?;
                *place = entered.cookie;
                Ok(if entered.was_there { MK_S_MONIKERALREADYREGISTERED } else { S_OK })
            }
        })
    }

    unsafe fn Revoke(&self, registration: u32) -> HRESULT {
        guarded(|| running_objects::revoke(registration).map(|()| S_OK))
    }

    unsafe fn IsRunning(&self, name: *mut c_void) -> HRESULT {
        guarded(|| {
            // SAFETY: the caller passes null or a live moniker.
            let running = running_objects::is_running(unsafe { lent::<IMoniker>(&name)? })?;
            Ok(if running { S_OK } else { S_FALSE })
        })
    }

    unsafe fn GetObject(&self, name: *mut c_void, object: *mut *mut c_void) -> HRESULT {
        // SAFETY: the caller passes null or what the interface says.
        unsafe {
            guarded_pointer(object, || {
                running_objects::object(lent::<IMoniker>(&name)?, &IUnknown::IID)
            })
        }
    }

    unsafe fn NoteChangeTime(&self, registration: u32, time: *const FILETIME) -> HRESULT {
        guarded(|| {
            // SAFETY: the caller passes null or a readable place.
            let time = unsafe { time.as_ref() }.ok_or(E_INVALIDARG)?;
            running_objects::note_change_time(registration, *time)?;
            Ok(S_OK)
        })
    }

    unsafe fn GetTimeOfLastChange(&self, name: *mut c_void, time: *mut FILETIME) -> HRESULT {
        guarded(|| {
            // SAFETY: the caller passes null or what the interface says.
            unsafe {
                let time = time.as_mut().ok_or(E_INVALIDARG)?;
                *time = running_objects::time_of_last_change(lent::<IMoniker>(&name)?)?;
            }
            Ok(S_OK)
        })
    }

    unsafe fn EnumRunning(&self, names: *mut *mut c_void) -> HRESULT {
        // SAFETY: the caller passes null or a writable place.
        unsafe {
            answer(names, || {
                let names = running_objects::names();
                let names = names.iter().map(|bytes| calls::from_bytes(bytes));
                Ok((S_OK, enumerate::monikers(names.collect::<Result<_, _>>()?)?.into_raw()))
            })
        }
    }
}

/// See the SDK.
///
/// # Safety
/// `place` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetRunningObjectTable(
    reserved: u32,
    place: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: forwarded from the caller.
    unsafe {
        guarded_pointer(place, || match reserved {
            0 => table().map(Interface::into_raw),
            _ => Err(E_UNEXPECTED),
        })
    }
}

/// The name of a class's active object.
fn active_name(clsid: &GUID) -> Result<IMoniker, HRESULT> {
    make(Content::Item(Item { delimiter: "!".to_owned(), name: format_guid(clsid) }))
}

/// See the SDK.
///
/// # Safety
/// `object` is null or a live interface, `clsid` null or readable, `cookie` null or
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn RegisterActiveObject(
    object: *mut c_void,
    clsid: *const GUID,
    flags: u32,
    cookie: *mut u32,
) -> HRESULT {
    guarded(|| {
        // SAFETY: forwarded from the caller.
        unsafe {
            let place = cookie.as_mut().ok_or(E_INVALIDARG)?;
            *place = 0;
            let name = active_name(clsid.as_ref().ok_or(E_INVALIDARG)?)?;
            let flags = match flags {
                0 => ROTFLAGS_REGISTRATIONKEEPSALIVE,
                ACTIVEOBJECT_WEAK => 0,
                _ => return Err(E_INVALIDARG),
            };
            let (object, now) = (lent::<IUnknown>(&object)?, file_time(SystemTime::now()));
            let entered = running_objects::register(flags, object, &name, now)?;
            *place = entered.cookie;
            Ok(if entered.was_there { MK_S_MONIKERALREADYREGISTERED } else { S_OK })
        }
    })
}

/// See the SDK.
#[unsafe(no_mangle)]
pub extern "system" fn RevokeActiveObject(cookie: u32, _reserved: *mut c_void) -> HRESULT {
    guarded(|| {
        membership::current()?;
        running_objects::revoke(cookie).map(|()| S_OK)
    })
}

/// See the SDK.
///
/// # Safety
/// `clsid` is null or readable, `object` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetActiveObject(
    clsid: *const GUID,
    _reserved: *mut c_void,
    object: *mut *mut c_void,
) -> HRESULT {
    if object.is_null() {
        return E_POINTER;
    }
    // SAFETY: forwarded from the caller.
    unsafe {
        guarded_pointer(object, || {
            membership::current()?;
            let name = active_name(clsid.as_ref().ok_or(E_INVALIDARG)?)?;
            running_objects::object(&name, &IUnknown::IID)
        })
    }
}
