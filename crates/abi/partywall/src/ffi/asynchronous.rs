//! Asynchronous calls: what `#[interface("…", proxy)]` with `async_uuid("…")` writes
//! calls to.

use core::ffi::c_void;

use com_abi::HRESULT;

unsafe extern "system" {
    /// Begins a call of method number `method` of the synchronous interface, with
    /// what goes in in the frame that its description lays out; `RPC_S_CALLPENDING`
    /// when the call object has one out already.
    pub fn PwAsyncBegin(call: *mut c_void, method: u32, frame: *mut c_void) -> HRESULT;
    /// Waits for the end of that call, writes what comes back to the places in the
    /// frame, and answers the method's result; `RPC_E_CALL_COMPLETE` when no call of
    /// that method was begun.
    pub fn PwAsyncFinish(call: *mut c_void, method: u32, frame: *mut c_void) -> HRESULT;
}
