//! A list of objects to wait for.

use core::ffi::c_void;
use std::sync::{Mutex, MutexGuard, PoisonError};

use com_abi::asynchronous::{
    ISynchronize, ISynchronizeContainer, ISynchronizeContainer_Impl, ISynchronizeHandle,
};
use com_abi::codes::{E_INVALIDARG, E_OUTOFMEMORY, E_POINTER, RPC_E_NO_SYNC, S_OK};
use com_abi::{Controlling, HRESULT, IUnknown, Interface, class};

use super::{check_flags, limit};
use crate::marshal::free_threaded;
use crate::wait;

/// Most objects of a list: one wait takes no more handles.
const MAX_OBJECTS: usize = 63;

/// Something to wait for, with its handle.
struct Item {
    object: ISynchronize,
    handle: usize,
}

// SAFETY: what is added has to be free-threaded, as its interface asks: events, and
// containers that any apartment uses.
unsafe impl Send for Item {}

/// `CLSID_SynchronizeContainer`.
#[class(
    clsid = "0000032D-0000-0000-C000-000000000046",
    progid = "SynchronizeContainer",
    name = "Synchronize container",
    threading = "Both",
    create = Container::make,
    interfaces(ISynchronizeContainer),
    aggregates(marshaler)
)]
pub struct Container {
    items: Mutex<Vec<Item>>,
    marshaler: IUnknown,
}

impl Container {
    fn make(controlling: Controlling) -> Result<Self, HRESULT> {
        // SAFETY: whoever controls this object outlives it.
        let marshaler = unsafe { free_threaded::within(controlling.as_raw())? };
        Ok(Self { items: Mutex::default(), marshaler })
    }

    fn items(&self) -> MutexGuard<'_, Vec<Item>> {
        self.items.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, object: &IUnknown) -> Result<(), HRESULT> {
        let handle_of: ISynchronizeHandle = object.cast().map_err(|error| error.code())?;
        let object = object.cast().map_err(|error| error.code())?;
        let mut handle = core::ptr::null_mut();
        // SAFETY: a live interface and a writable place.
        let code = unsafe { handle_of.GetHandle(&raw mut handle) };
        if code.is_err() || handle.is_null() {
            return Err(if code.is_err() { code } else { E_INVALIDARG });
        }
        let mut items = self.items();
        if items.len() >= MAX_OBJECTS {
            return Err(E_OUTOFMEMORY);
        }
        items.push(Item { object, handle: handle as usize });
        Ok(())
    }

    /// Waits, and takes out what was signalled.
    fn wait(&self, flags: u32, milliseconds: u32) -> Result<ISynchronize, HRESULT> {
        check_flags(flags)?;
        // Not under the lock: another thread may add meanwhile.
        let handles: Vec<usize> = self.items().iter().map(|item| item.handle).collect();
        if handles.is_empty() {
            return Err(RPC_E_NO_SYNC);
        }
        let index = wait::for_handles(&handles, false, limit(milliseconds))?;
        let signalled = handles.get(index as usize).copied();
        let mut items = self.items();
        let at = items.iter().position(|item| Some(item.handle) == signalled);
        at.map(|at| items.remove(at).object).ok_or(RPC_E_NO_SYNC)
    }
}

impl ISynchronizeContainer_Impl for Container {
    unsafe fn AddSynchronize(&self, object: *mut c_void) -> HRESULT {
        // SAFETY: null or a live object.
        let Some(object) = (unsafe { IUnknown::from_raw_borrowed(&object) }) else {
            return E_INVALIDARG;
        };
        self.add(object).map_or_else(|code| code, |()| S_OK)
    }

    unsafe fn WaitMultiple(
        &self,
        flags: u32,
        milliseconds: u32,
        signalled: *mut *mut c_void,
    ) -> HRESULT {
        if signalled.is_null() {
            return E_POINTER;
        }
        let waited = self.wait(flags, milliseconds);
        // SAFETY: checked for null; the caller passes a writable place.
        unsafe {
            signalled.write(core::ptr::null_mut());
            match waited {
                Ok(object) => {
                    signalled.write(object.into_raw());
                    S_OK
                }
                Err(code) => code,
            }
        }
    }
}
