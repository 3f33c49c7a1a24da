//! The filters of the station: the callee's, which refuses as often as it is told,
//! and the caller's.

#![allow(non_snake_case)]

use std::ffi::c_void;
use std::sync::Mutex;
use std::time::Duration;

use com_abi::codes::S_OK;
use com_abi::message::{
    IMessageFilter, IMessageFilter_Impl, INTERFACEINFO, PENDINGMSG_WAITDEFPROCESS,
    SERVERCALL_ISHANDLED,
};
use com_abi::{HRESULT, IUnknown, Interface, class, interface, new_interface};
use partywall::ffi::calls::{
    CoCancelCall, CoDisableCallCancellation, CoEnableCallCancellation, CoRegisterMessageFilter,
};

/// Something that takes its time.
#[interface("7B0A4D2E-51C6-4E0B-8F3A-2C9D1E000045", proxy)]
pub unsafe trait ISlow: IUnknown {
    /// Takes that many milliseconds.
    unsafe fn Work(&self, milliseconds: u32) -> HRESULT;
}

#[class(interfaces(ISlow))]
struct Slow;

impl ISlow_Impl for Slow {
    unsafe fn Work(&self, milliseconds: u32) -> HRESULT {
        std::thread::sleep(Duration::from_millis(milliseconds.into()));
        S_OK
    }
}

/// A new object that takes its time.
pub fn slow() -> Result<ISlow, HRESULT> {
    new_interface(Slow)
}

/// Lets it work.
pub fn work(slow: &ISlow, milliseconds: u32) -> HRESULT {
    // SAFETY: a live interface.
    unsafe { slow.Work(milliseconds) }
}

/// Answers from lists, the last entry first.
#[class(interfaces(IMessageFilter))]
struct Listed {
    incoming: Mutex<Vec<u32>>,
    refused: Mutex<Vec<u32>>,
}

fn next(list: &Mutex<Vec<u32>>) -> Option<u32> {
    list.lock().ok()?.pop()
}

impl IMessageFilter_Impl for Listed {
    unsafe fn HandleInComingCall(
        &self,
        _call_type: u32,
        _caller: *mut c_void,
        _ticks: u32,
        _info: *const INTERFACEINFO,
    ) -> u32 {
        next(&self.incoming).unwrap_or(SERVERCALL_ISHANDLED)
    }

    unsafe fn RetryRejectedCall(&self, _callee: *mut c_void, _ticks: u32, _reject: u32) -> u32 {
        next(&self.refused).unwrap_or(u32::MAX)
    }

    unsafe fn MessagePending(&self, _callee: *mut c_void, _ticks: u32, _pending: u32) -> u32 {
        PENDINGMSG_WAITDEFPROCESS
    }
}

/// Gives this apartment a filter that answers from lists.
pub fn listed(incoming: &[u32], refused: &[u32]) -> Result<(), HRESULT> {
    let (incoming, refused) = (Mutex::new(incoming.to_vec()), Mutex::new(refused.to_vec()));
    register(Some(&new_interface(Listed { incoming, refused })?))
}

/// Gives this apartment a filter, or none.
pub fn register(filter: Option<&IMessageFilter>) -> Result<(), HRESULT> {
    let raw = filter.map_or(std::ptr::null_mut(), Interface::as_raw);
    // SAFETY: null or a live filter; null is allowed for the old one.
    let code = unsafe { CoRegisterMessageFilter(raw, std::ptr::null_mut()) };
    if code.is_ok() { Ok(()) } else { Err(code) }
}

/// Lets calls of this thread be cancelled, or not any more.
pub fn cancellable(yes: bool) -> HRESULT {
    // SAFETY: null is the only value of the argument.
    unsafe {
        if yes {
            CoEnableCallCancellation(std::ptr::null_mut())
        } else {
            CoDisableCallCancellation(std::ptr::null_mut())
        }
    }
}

/// Cancels the call of a thread at once.
pub fn cancel(thread: i32) -> HRESULT {
    // SAFETY: plain numbers.
    unsafe { CoCancelCall(thread.cast_unsigned(), 0) }
}
