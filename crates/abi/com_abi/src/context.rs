//! Contexts of objects, of calls and of threads.

use core::ffi::c_void;

use windows_core::{GUID, HRESULT, IUnknown};

/// The thread's current apartment.
pub const APTTYPE_CURRENT: i32 = -1;
/// A single-threaded apartment.
pub const APTTYPE_STA: i32 = 0;
/// The multithreaded apartment.
pub const APTTYPE_MTA: i32 = 1;
/// The neutral apartment.
pub const APTTYPE_NA: i32 = 2;
/// The main single-threaded apartment.
pub const APTTYPE_MAINSTA: i32 = 3;

/// A thread that only blocks while it waits.
pub const THDTYPE_BLOCKMESSAGES: i32 = 0;
/// A thread that serves its queue while it waits.
pub const THDTYPE_PROCESSMESSAGES: i32 = 1;

/// What an object's surroundings are: a set of properties.
#[crate::interface("000001C0-0000-0000-C000-000000000046")]
pub unsafe trait IContext: IUnknown {
    /// Adds a property; fails when there is one of that name.
    unsafe fn SetProperty(&self, name: *const GUID, flags: u32, value: *mut c_void) -> HRESULT;
    /// Takes a property out.
    unsafe fn RemoveProperty(&self, name: *const GUID) -> HRESULT;
    /// A property, with a reference.
    unsafe fn GetProperty(
        &self,
        name: *const GUID,
        flags: *mut u32,
        value: *mut *mut c_void,
    ) -> HRESULT;
    /// The names of the properties; not offered.
    unsafe fn EnumContextProps(&self, properties: *mut *mut c_void) -> HRESULT;
}

/// A context of objects; the reserved methods are not to be called.
#[crate::interface("000001C6-0000-0000-C000-000000000046")]
pub unsafe trait IObjContext: IContext {
    /// Reserved.
    unsafe fn Reserved1(&self) {}
    /// Reserved.
    unsafe fn Reserved2(&self) {}
    /// Reserved.
    unsafe fn Reserved3(&self) {}
    /// Reserved.
    unsafe fn Reserved4(&self) {}
    /// Reserved.
    unsafe fn Reserved5(&self) {}
    /// Reserved.
    unsafe fn Reserved6(&self) {}
    /// Reserved.
    unsafe fn Reserved7(&self) {}
}

/// What a callback into a context is given.
#[allow(non_snake_case)]
#[derive(Debug)]
#[repr(C)]
pub struct ComCallData {
    /// The caller's own.
    pub dwDispid: u32,
    /// The caller's own.
    pub dwReserved: u32,
    /// The caller's own.
    pub pUserDefined: *mut c_void,
}

/// A function that is called in a context.
pub type ContextCall = unsafe extern "C-unwind" fn(*mut ComCallData) -> HRESULT;

/// Runs functions in a context.
#[crate::interface("000001DA-0000-0000-C000-000000000046")]
pub unsafe trait IContextCallback: IUnknown {
    /// Calls `function` with `data` in the context and answers what it answers;
    /// interface and method are those that the context's own rules are told.
    unsafe fn ContextCallback(
        &self,
        function: Option<ContextCall>,
        data: *mut ComCallData,
        iid: *const GUID,
        method: i32,
        reserved: *mut c_void,
    ) -> HRESULT;
}

/// What apartment and chain of calls the asking thread is in.
#[crate::interface("000001CE-0000-0000-C000-000000000046")]
pub unsafe trait IComThreadingInfo: IUnknown {
    /// `APTTYPE_…`.
    unsafe fn GetCurrentApartmentType(&self, kind: *mut i32) -> HRESULT;
    /// `THDTYPE_…`.
    unsafe fn GetCurrentThreadType(&self, kind: *mut i32) -> HRESULT;
    /// The name of the chain of calls.
    unsafe fn GetCurrentLogicalThreadId(&self, id: *mut GUID) -> HRESULT;
    /// Gives the thread's own chain another name.
    unsafe fn SetCurrentLogicalThreadId(&self, id: *const GUID) -> HRESULT;
}

/// Is told when its thread enters and leaves apartments.
#[crate::interface("00000034-0000-0000-C000-000000000046")]
pub unsafe trait IInitializeSpy: IUnknown {
    /// Before an entry; how often the thread has entered so far.
    unsafe fn PreInitialize(&self, flags: u32, entries: u32) -> HRESULT;
    /// After it, with its result; what this answers becomes the result.
    unsafe fn PostInitialize(&self, result: HRESULT, flags: u32, entries: u32) -> HRESULT;
    /// Before an entry is undone.
    unsafe fn PreUninitialize(&self, entries: u32) -> HRESULT;
    /// After it.
    unsafe fn PostUninitialize(&self, entries: u32) -> HRESULT;
}

/// The call that a thread serves: who calls, and on whose behalf to work.
#[crate::interface("0000013E-0000-0000-C000-000000000046")]
pub unsafe trait IServerSecurity: IUnknown {
    /// How the caller was authenticated; each place may be null.
    unsafe fn QueryBlanket(
        &self,
        authentication: *mut u32,
        authorization: *mut u32,
        server: *mut *mut u16,
        authentication_level: *mut u32,
        impersonation_level: *mut u32,
        privileges: *mut *mut c_void,
        capabilities: *mut u32,
    ) -> HRESULT;
    /// Takes the caller's identity.
    unsafe fn ImpersonateClient(&self) -> HRESULT;
    /// Gives it back.
    unsafe fn RevertToSelf(&self) -> HRESULT;
    /// Not zero while it is taken.
    unsafe fn IsImpersonating(&self) -> i32;
}
