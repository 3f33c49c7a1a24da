//! Apartments beyond entering and leaving them, and their contexts.

use core::ffi::c_void;

use com_abi::{GUID, HRESULT};

unsafe extern "system" {
    /// `CoInitializeEx` for a single-threaded apartment; `reserved` is null.
    pub fn CoInitialize(reserved: *mut c_void) -> HRESULT;
    /// As `CoInitialize`; `S_OK` for the thread's first, `S_FALSE` for further
    /// ones, `RPC_E_CHANGED_MODE` in the multithreaded apartment.
    pub fn OleInitialize(reserved: *mut c_void) -> HRESULT;
    /// Undoes one `OleInitialize`; one too many does nothing.
    pub fn OleUninitialize();
    /// Keeps the multithreaded apartment alive, made if there is none, until the
    /// cookie is given back. Threads without an apartment are in it meanwhile.
    pub fn CoIncrementMTAUsage(cookie: *mut u64) -> HRESULT;
    /// Gives a cookie back, from any thread; `E_INVALIDARG` when it is not out.
    pub fn CoDecrementMTAUsage(cookie: u64) -> HRESULT;
    /// The address of the current context's `IObjContext`, without a reference.
    pub fn CoGetContextToken(token: *mut usize) -> HRESULT;
    /// The current context: `IObjContext`, `IContextCallback`,
    /// `IComThreadingInfo`.
    pub fn CoGetObjectContext(iid: *const GUID, object: *mut *mut c_void) -> HRESULT;
    /// The default context of the main STA, the MTA or the NTA.
    pub fn CoGetDefaultContext(kind: i32, iid: *const GUID, object: *mut *mut c_void) -> HRESULT;
    /// The name of the chain of calls that the thread works in.
    pub fn CoGetCurrentLogicalThreadId(id: *mut GUID) -> HRESULT;
    /// A number of this thread that no other thread of the process has, and that
    /// is neither its own nor the process's.
    pub fn CoGetCurrentProcess() -> u32;
    /// Adds an `IInitializeSpy` of this thread.
    pub fn CoRegisterInitializeSpy(spy: *mut c_void, cookie: *mut u64) -> HRESULT;
    /// Takes one of this thread's out.
    pub fn CoRevokeInitializeSpy(cookie: u64) -> HRESULT;
}
