//! What the runtime exports, declared. The list is the same as
//! `exports.list`, which `cargo xtask tidy` compares with the built files. The
//! functions of automation are in [`automation`].

pub mod automation;

use core::ffi::{c_char, c_void};

use com_abi::description::{Dispatch, InterfaceDescription};
use com_abi::{GUID, HRESULT};

/// `CoInitializeEx`: the thread enters the multithreaded apartment.
pub const COINIT_MULTITHREADED: u32 = 0;
/// `CoInitializeEx`: the thread becomes a single-threaded apartment.
pub const COINIT_APARTMENTTHREADED: u32 = 2;
/// Where a class may be created: in this process.
pub const CLSCTX_INPROC_SERVER: u32 = 1;

/// A class as a library registers it. Texts are zero-ended UTF-8.
#[repr(C)]
pub struct ClassRegistration {
    /// The class.
    pub clsid: GUID,
    /// `Partywall.Mail`.
    pub progid: *const c_char,
    /// Name for people.
    pub name: *const c_char,
    /// `ThreadingModel`; null for none.
    pub threading: *const c_char,
    /// An address inside the library, from which the runtime finds its file.
    pub library: *const c_void,
}

unsafe extern "system" {
    /// Enters an apartment; `reserved` is null.
    pub fn CoInitializeEx(reserved: *mut c_void, flags: u32) -> HRESULT;
    /// Leaves the apartment; one call for each successful `CoInitializeEx`.
    pub fn CoUninitialize();
    /// Which apartment the thread is in, and in what way.
    pub fn CoGetApartmentType(kind: *mut i32, qualifier: *mut i32) -> HRESULT;
    /// Makes an object and returns its interface with a reference: the object's
    /// own pointer or a proxy of it.
    pub fn CoCreateInstance(
        clsid: *const GUID,
        outer: *mut c_void,
        context: u32,
        iid: *const GUID,
        object: *mut *mut c_void,
    ) -> HRESULT;
    /// The class that a ProgID names; the text is zero-ended UTF-16.
    pub fn CLSIDFromProgID(progid: *const u16, clsid: *mut GUID) -> HRESULT;
    /// Takes the identity of the caller whose call this thread serves.
    pub fn CoImpersonateClient() -> HRESULT;
    /// Gives that identity back.
    pub fn CoRevertToSelf() -> HRESULT;
    /// Memory that the receiver frees; null when there is none.
    pub fn CoTaskMemAlloc(size: usize) -> *mut c_void;
    /// Changes the size; null leaves the old memory alone.
    pub fn CoTaskMemRealloc(memory: *mut c_void, size: usize) -> *mut c_void;
    /// Frees memory of `CoTaskMemAlloc`; null is allowed.
    pub fn CoTaskMemFree(memory: *mut c_void);
    /// The thread's last error.
    pub fn GetLastError() -> u32;
    /// Sets the thread's last error.
    pub fn SetLastError(error: u32);

    /// Joins the messaging subsystem; `init` is null or `MAPIINIT_0`.
    pub fn MAPIInitialize(init: *mut c_void) -> HRESULT;
    /// Leaves it; one call for each successful `MAPIInitialize`.
    pub fn MAPIUninitialize();
    /// Opens a session for the thread's identity. `session` receives an
    /// `IMAPISession` with a reference.
    pub fn MAPILogonEx(
        window: usize,
        profile: *mut c_char,
        password: *mut c_char,
        flags: u32,
        session: *mut *mut c_void,
    ) -> HRESULT;
    /// A buffer that `MAPIFreeBuffer` frees.
    pub fn MAPIAllocateBuffer(size: u32, buffer: *mut *mut c_void) -> i32;
    /// A buffer that is freed with `base`.
    pub fn MAPIAllocateMore(size: u32, base: *mut c_void, buffer: *mut *mut c_void) -> i32;
    /// Frees a buffer and everything linked to it; null is allowed.
    pub fn MAPIFreeBuffer(buffer: *mut c_void) -> u32;

    /// Writes a class into the registry.
    pub fn PwRegisterClass(class: *const ClassRegistration) -> HRESULT;
    /// Takes a class out of the registry.
    pub fn PwUnregisterClass(class: *const ClassRegistration) -> HRESULT;
    /// Describes an interface; `S_FALSE` when another library did already.
    pub fn PwRegisterInterface(description: *const InterfaceDescription) -> HRESULT;
    /// Calls through a proxy: runs `dispatch` on the object's apartment.
    pub fn PwProxyInvoke(
        proxy: *mut c_void,
        method: u32,
        dispatch: Dispatch,
        frame: *mut c_void,
    ) -> HRESULT;
    /// `QueryInterface` of every proxy.
    pub fn PwProxyQueryInterface(
        proxy: *mut c_void,
        iid: *const GUID,
        object: *mut *mut c_void,
    ) -> HRESULT;
    /// `AddRef` of every proxy.
    pub fn PwProxyAddRef(proxy: *mut c_void) -> u32;
    /// `Release` of every proxy.
    pub fn PwProxyRelease(proxy: *mut c_void) -> u32;
    /// The address that identifies this process's runtime.
    pub fn PwRuntime() -> *const c_void;
}
