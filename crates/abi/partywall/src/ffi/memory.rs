//! The task allocator as an object, declared; its functions are
//! `CoTaskMemAlloc` and those beside it.

use core::ffi::c_void;

use com_abi::HRESULT;

unsafe extern "system" {
    /// The allocator as an `IMalloc`; `context` is 1. The object is one for the
    /// process, and its references are not counted.
    pub fn CoGetMalloc(context: u32, allocator: *mut *mut c_void) -> HRESULT;
    /// Lets an `IMallocSpy` watch the allocator; adds a reference.
    pub fn CoRegisterMallocSpy(spy: *mut c_void) -> HRESULT;
    /// Ends that; `E_ACCESSDENIED` when it will end with the last block that was
    /// allocated under the spy.
    pub fn CoRevokeMallocSpy() -> HRESULT;
}
