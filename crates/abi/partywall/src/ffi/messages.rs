//! The message loop. Messages are for threads: there are no windows, and a
//! window that is not null is refused. An STA's calls come through the loop as
//! messages that `DispatchMessageW` runs.

use core::ffi::c_void;

use com_abi::HRESULT;
use com_abi::message::{MSG, TimerProcedure};

use super::HANDLE;

unsafe extern "system" {
    /// Waits for a message; 0 when it is the end of the loop, -1 on failure.
    pub fn GetMessageW(message: *mut MSG, window: *mut c_void, first: u32, last: u32) -> i32;
    /// As `GetMessageW`.
    pub fn GetMessageA(message: *mut MSG, window: *mut c_void, first: u32, last: u32) -> i32;
    /// A message if there is one, taken out when `remove` is 1.
    pub fn PeekMessageW(
        message: *mut MSG,
        window: *mut c_void,
        first: u32,
        last: u32,
        remove: u32,
    ) -> i32;
    /// As `PeekMessageW`.
    pub fn PeekMessageA(
        message: *mut MSG,
        window: *mut c_void,
        first: u32,
        last: u32,
        remove: u32,
    ) -> i32;
    /// There is no keyboard: answers 0.
    pub fn TranslateMessage(message: *const MSG) -> i32;
    /// Runs a call or a timer's procedure.
    pub fn DispatchMessageW(message: *const MSG) -> isize;
    /// As `DispatchMessageW`.
    pub fn DispatchMessageA(message: *const MSG) -> isize;
    /// Posts a message to a thread that has a queue: 1444 when it has none, 1816
    /// when too many wait.
    pub fn PostThreadMessageW(thread: u32, number: u32, wparam: usize, lparam: isize) -> i32;
    /// As `PostThreadMessageW`.
    pub fn PostThreadMessageA(thread: u32, number: u32, wparam: usize, lparam: isize) -> i32;
    /// Ends this thread's loop once nothing else is in the queue.
    pub fn PostQuitMessage(code: i32);
    /// Sets a timer of this thread; number 0 asks for a new one.
    pub fn SetTimer(
        window: *mut c_void,
        id: usize,
        milliseconds: u32,
        procedure: Option<TimerProcedure>,
    ) -> usize;
    /// Takes a timer of this thread out.
    pub fn KillTimer(window: *mut c_void, id: usize) -> i32;
    /// Waits for handles, or for something new in this thread's queue, which
    /// answers `count`.
    pub fn MsgWaitForMultipleObjects(
        count: u32,
        handles: *const HANDLE,
        all: i32,
        milliseconds: u32,
        mask: u32,
    ) -> u32;
    /// As above; flags 1 (all), 4 (what was seen before counts too).
    pub fn MsgWaitForMultipleObjectsEx(
        count: u32,
        handles: *const HANDLE,
        milliseconds: u32,
        mask: u32,
        flags: u32,
    ) -> u32;
    /// A descriptor that is readable while a call, message or due timer waits for
    /// this STA: for a loop of GTK, Qt, glib or epoll. It stays the apartment's.
    pub fn PwApartmentDescriptor(descriptor: *mut i32) -> HRESULT;
    /// Runs one call or due timer of this STA; `S_FALSE` when none waits.
    pub fn PwDispatchOne() -> HRESULT;
}
