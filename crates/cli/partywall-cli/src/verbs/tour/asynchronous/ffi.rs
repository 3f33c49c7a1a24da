//! The component of the station, and its calls in two halves.

#![allow(non_snake_case)]

use std::time::Duration;

use com_abi::codes::S_OK;
use com_abi::{HRESULT, IUnknown, class, interface, new_interface};

/// Something that takes its time.
#[interface("7B0A4D2E-51C6-4E0B-8F3A-2C9D1E000054", proxy)]
#[idl(async_uuid("7B0A4D2E-51C6-4E0B-8F3A-2C9D1E000055"))]
pub unsafe trait ISlow: IUnknown {
    /// Takes that many milliseconds; answers the thread that worked.
    unsafe fn Work(&self, milliseconds: u32, thread: *mut i32) -> HRESULT;
}

#[class(interfaces(ISlow))]
struct Slow;

impl ISlow_Impl for Slow {
    unsafe fn Work(&self, milliseconds: u32, thread: *mut i32) -> HRESULT {
        std::thread::sleep(Duration::from_millis(milliseconds.into()));
        // SAFETY: the caller passes a writable place.
        unsafe { thread.write(observe::thread::tid()) };
        S_OK
    }
}

/// A new object that takes its time.
pub fn slow() -> Result<ISlow, HRESULT> {
    new_interface(Slow)
}

/// Lets it work, without waiting.
pub fn begin(call: &AsyncISlow, milliseconds: u32) -> Result<(), HRESULT> {
    // SAFETY: a live interface.
    let code = unsafe { call.Begin_Work(milliseconds) };
    if code.is_ok() { Ok(()) } else { Err(code) }
}

/// Waits for the end of the work; the thread that worked.
pub fn finish(call: &AsyncISlow) -> Result<i32, HRESULT> {
    let mut thread = 0;
    // SAFETY: a live interface and a writable place.
    let code = unsafe { call.Finish_Work(&mut thread) };
    if code.is_ok() { Ok(thread) } else { Err(code) }
}
