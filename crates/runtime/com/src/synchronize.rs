//! Objects to wait for: events that stay signalled until they are reset, and lists
//! of such objects.
//!
//! Waits serve the calls of a single-threaded apartment (`wait`). Both classes are
//! free-threaded: every apartment uses an object directly.

mod container;

use core::ffi::c_void;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use com_abi::asynchronous::{
    CLSID_MANUAL_RESET_EVENT, CLSID_SYNCHRONIZE_CONTAINER, ISynchronize, ISynchronize_Impl,
    ISynchronizeEvent, ISynchronizeEvent_Impl, ISynchronizeHandle_Impl,
};
use com_abi::codes::{E_INVALIDARG, E_OUTOFMEMORY, E_POINTER, S_OK};
use com_abi::{Controlling, GUID, HRESULT, IUnknown, class, get_class_object};
use partywall::ffi::{CloseHandle, CreateEventW, ResetEvent, SetEvent};

use crate::class::GetClassObject;
use crate::marshal::free_threaded;
use crate::wait;

/// `CoWaitForMultipleHandles`: its flags that have a meaning or are hints.
const COWAIT_FLAGS: u32 = 31;

/// Checks the flags of a wait.
///
/// # Errors
/// `E_INVALIDARG`.
pub fn check_flags(flags: u32) -> Result<(), HRESULT> {
    if flags & !COWAIT_FLAGS == 0 { Ok(()) } else { Err(E_INVALIDARG) }
}

/// An event with a handle of its own.
pub struct ManualReset(usize);

impl ManualReset {
    /// One that is not set.
    ///
    /// # Errors
    /// `E_OUTOFMEMORY`.
    pub fn new() -> Result<Self, HRESULT> {
        // SAFETY: no attributes and no name.
        let handle = unsafe { CreateEventW(core::ptr::null(), 1, 0, core::ptr::null()) };
        if handle.is_null() { Err(E_OUTOFMEMORY) } else { Ok(Self(handle as usize)) }
    }

    /// Its handle.
    pub fn handle(&self) -> usize {
        self.0
    }

    /// Sets it.
    pub fn set(&self) {
        signal(self.0, true);
    }

    /// Resets it.
    pub fn reset(&self) {
        signal(self.0, false);
    }
}

impl Drop for ManualReset {
    fn drop(&mut self) {
        // SAFETY: the handle is this value's own.
        unsafe { CloseHandle(self.0 as *mut c_void) };
    }
}

/// Sets or resets an event; false when the handle is none's.
fn signal(handle: usize, set: bool) -> bool {
    let handle = handle as *mut c_void;
    // SAFETY: a number that the system checks.
    unsafe { if set { SetEvent(handle) != 0 } else { ResetEvent(handle) != 0 } }
}

/// `CLSID_ManualResetEvent`.
#[class(
    clsid = "0000032C-0000-0000-C000-000000000046",
    progid = "ManualResetEvent",
    name = "Manual reset event",
    threading = "Both",
    create = EventObject::make,
    interfaces(ISynchronize, ISynchronizeEvent),
    aggregates(marshaler)
)]
struct EventObject {
    own: ManualReset,
    /// Somebody else's event that is used instead.
    other: Mutex<Option<usize>>,
    marshaler: IUnknown,
}

impl EventObject {
    fn make(controlling: Controlling) -> Result<Self, HRESULT> {
        // SAFETY: whoever controls this object outlives it.
        let marshaler = unsafe { free_threaded::within(controlling.as_raw())? };
        Ok(Self { own: ManualReset::new()?, other: Mutex::new(None), marshaler })
    }

    fn other(&self) -> MutexGuard<'_, Option<usize>> {
        self.other.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn handle(&self) -> usize {
        self.other().unwrap_or(self.own.handle())
    }
}

/// A time limit in milliseconds.
pub fn limit(milliseconds: u32) -> Option<Duration> {
    crate::ffi::calls::limit(milliseconds)
}

impl ISynchronize_Impl for EventObject {
    unsafe fn Wait(&self, flags: u32, milliseconds: u32) -> HRESULT {
        let waited = check_flags(flags)
            .and_then(|()| wait::for_handles(&[self.handle()], false, limit(milliseconds)));
        waited.map_or_else(|code| code, |_| S_OK)
    }

    unsafe fn Signal(&self) -> HRESULT {
        if signal(self.handle(), true) { S_OK } else { E_INVALIDARG }
    }

    unsafe fn Reset(&self) -> HRESULT {
        if signal(self.handle(), false) { S_OK } else { E_INVALIDARG }
    }
}

impl ISynchronizeHandle_Impl for EventObject {
    unsafe fn GetHandle(&self, handle: *mut *mut c_void) -> HRESULT {
        if handle.is_null() {
            return E_POINTER;
        }
        // SAFETY: checked for null; the caller passes a writable place.
        unsafe { handle.write(self.handle() as *mut c_void) };
        S_OK
    }
}

impl ISynchronizeEvent_Impl for EventObject {
    unsafe fn SetEventHandle(&self, handle: *mut *mut c_void) -> HRESULT {
        // SAFETY: null or a readable place.
        let Some(handle) = (unsafe { handle.as_ref() }) else { return E_POINTER };
        if handle.is_null() {
            return E_INVALIDARG;
        }
        *self.other() = Some(*handle as usize);
        S_OK
    }
}

/// `DllGetClassObject` of the classes here.
pub fn factory_of(clsid: &GUID) -> Option<GetClassObject> {
    match *clsid {
        CLSID_MANUAL_RESET_EVENT => Some(get_class_object::<EventObject>),
        CLSID_SYNCHRONIZE_CONTAINER => Some(get_class_object::<container::Container>),
        _ => None,
    }
}
