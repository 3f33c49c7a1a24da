//! Message filters, cancellation, the context of a call, and waits that serve
//! calls.

use core::ffi::{c_char, c_void};

use com_abi::{GUID, HRESULT};

use super::HANDLE;

unsafe extern "system" {
    /// Sets this apartment's `IMessageFilter`, or none for null; `old` is null or
    /// receives the one before. `CO_E_NOT_SUPPORTED` on a thread that is no STA,
    /// with `old` untouched.
    pub fn CoRegisterMessageFilter(filter: *mut c_void, old: *mut *mut c_void) -> HRESULT;
    /// Calls of this thread may be cancelled from now on; counted.
    pub fn CoEnableCallCancellation(reserved: *mut c_void) -> HRESULT;
    /// Undoes one of those; `CO_E_CANCEL_DISABLED` when there is none.
    pub fn CoDisableCallCancellation(reserved: *mut c_void) -> HRESULT;
    /// Cancels the innermost call that a thread has out, 0 for this thread's,
    /// whose caller waits `seconds` longer for it.
    pub fn CoCancelCall(thread: u32, seconds: u32) -> HRESULT;
    /// Whether the call that this thread serves was cancelled:
    /// `RPC_E_CALL_CANCELED`, else `RPC_S_CALLPENDING`.
    pub fn CoTestCancel() -> HRESULT;
    /// The context of the call that this thread serves, an `IServerSecurity`;
    /// `RPC_E_CALL_COMPLETE` outside a call.
    pub fn CoGetCallContext(iid: *const GUID, object: *mut *mut c_void) -> HRESULT;
    /// Puts an object in its place, or null, and answers the one before; no
    /// reference moves.
    pub fn CoSwitchCallContext(new: *mut c_void, old: *mut *mut c_void) -> HRESULT;
    /// Waits for handles and serves this STA's calls meanwhile.
    /// `RPC_S_CALLPENDING` when the time is over.
    pub fn CoWaitForMultipleHandles(
        flags: u32,
        milliseconds: u32,
        count: u32,
        handles: *const HANDLE,
        index: *mut u32,
    ) -> HRESULT;
    /// As `CoWaitForMultipleHandles`, for one of the handles.
    pub fn CoWaitForMultipleObjects(
        flags: u32,
        milliseconds: u32,
        count: u32,
        handles: *const HANDLE,
        index: *mut u32,
    ) -> HRESULT;
    /// A message filter that tries refused calls again for that long (`INFINITE`
    /// for 30 s), then asks: at the terminal, or the script in a file when `script`
    /// names one. `E_INVALIDARG` when that cannot be read.
    pub fn PwCreateBusyFilter(
        script: *const c_char,
        milliseconds: u32,
        filter: *mut *mut c_void,
    ) -> HRESULT;
}
