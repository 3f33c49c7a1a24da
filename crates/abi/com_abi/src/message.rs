//! Messages of a thread's queue, and the message filter of an apartment.

use core::ffi::c_void;

use windows_core::{GUID, IUnknown};

/// A place on a screen; there is none here, so both are 0.
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct POINT {
    pub x: i32,
    pub y: i32,
}

/// A message as the message loop gets it.
#[allow(non_snake_case)]
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct MSG {
    /// The window; null for a message to the thread, and the apartment's own
    /// mark for a call ([`CALL_WINDOW`]).
    pub hwnd: *mut c_void,
    /// Its number.
    pub message: u32,
    /// First argument.
    pub wParam: usize,
    /// Second argument.
    pub lParam: isize,
    /// When it was posted: milliseconds since the system started.
    pub time: u32,
    /// Always 0.
    pub pt: POINT,
}

/// What stands for a window in the message of a call.
pub const CALL_WINDOW: usize = 0x7057;
/// Number of the message of a call; `wParam` is its number in the queue.
pub const WM_CALL: u32 = WM_USER;
/// Asks the message loop to end; `wParam` is the exit code.
pub const WM_QUIT: u32 = 0x12;
/// A timer is due; `wParam` is its number, `lParam` its procedure.
pub const WM_TIMER: u32 = 0x113;
/// First number for the program's own messages.
pub const WM_USER: u32 = 0x400;

/// What a `SetTimer` procedure is.
pub type TimerProcedure =
    unsafe extern "C-unwind" fn(window: *mut c_void, message: u32, id: usize, time: u32);

/// A call arrives and nobody waits on this thread.
pub const CALLTYPE_TOPLEVEL: u32 = 1;
/// A call arrives that belongs to the call this thread waits for.
pub const CALLTYPE_NESTED: u32 = 2;
/// An asynchronous call arrives.
pub const CALLTYPE_ASYNC: u32 = 3;
/// A call of another chain arrives while this thread waits.
pub const CALLTYPE_TOPLEVEL_CALLPENDING: u32 = 4;
/// An asynchronous call arrives while this thread waits.
pub const CALLTYPE_ASYNC_CALLPENDING: u32 = 5;

/// Run the call.
pub const SERVERCALL_ISHANDLED: u32 = 0;
/// Refuse it.
pub const SERVERCALL_REJECTED: u32 = 1;
/// Refuse it for now.
pub const SERVERCALL_RETRYLATER: u32 = 2;

/// The pending call was not made from within another one.
pub const PENDINGTYPE_TOPLEVEL: u32 = 1;
/// It was.
pub const PENDINGTYPE_NESTED: u32 = 2;

/// Give the call up.
pub const PENDINGMSG_CANCELCALL: u32 = 0;
/// Go on waiting; the message stays.
pub const PENDINGMSG_WAITNOPROCESS: u32 = 1;
/// Go on waiting; the system handles what it may.
pub const PENDINGMSG_WAITDEFPROCESS: u32 = 2;

/// What an incoming call is about.
#[allow(non_snake_case)]
#[derive(Clone, Debug)]
#[repr(C)]
pub struct INTERFACEINFO {
    /// The object, without a reference for the filter; null when unknown.
    pub pUnk: *mut c_void,
    /// The interface.
    pub iid: GUID,
    /// The method's place in the vtable.
    pub wMethod: u16,
}

/// Decides about calls that come in and calls that are refused or take long;
/// one for each single-threaded apartment.
#[crate::interface("00000016-0000-0000-C000-000000000046")]
pub unsafe trait IMessageFilter: IUnknown {
    /// A call arrives; answers `SERVERCALL_…`. `caller` stands for the calling
    /// thread, `ticks` is the age of this thread's own pending call in
    /// milliseconds, `info` is readable during the call.
    unsafe fn HandleInComingCall(
        &self,
        call_type: u32,
        caller: *mut c_void,
        ticks: u32,
        info: *const INTERFACEINFO,
    ) -> u32;
    /// An outgoing call was refused: `u32::MAX` gives it up, up to 99 tries again
    /// at once, more waits that many milliseconds first.
    unsafe fn RetryRejectedCall(&self, callee: *mut c_void, ticks: u32, reject: u32) -> u32;
    /// A message arrived while an outgoing call is pending; answers
    /// `PENDINGMSG_…`.
    unsafe fn MessagePending(&self, callee: *mut c_void, ticks: u32, pending: u32) -> u32;
}

const _: () = {
    assert!(size_of::<MSG>() == 48);
    assert!(size_of::<INTERFACEINFO>() == 32);
};
