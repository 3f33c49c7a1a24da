//! The functions of classes, declared: identifiers and names, activation, class
//! objects, libraries.
//!
//! Texts are zero-ended and have 16-bit units. An answered text is memory of the
//! task allocator.

use core::ffi::c_void;

use com_abi::{FILETIME, GUID, HRESULT};

/// Where a class may be created: by a library that stands in for a server.
pub const CLSCTX_INPROC_HANDLER: u32 = 0x2;
/// Where a class may be created: by a class object that is registered for others,
/// or a program.
pub const CLSCTX_LOCAL_SERVER: u32 = 0x4;
/// Where a class may be created: on another machine.
pub const CLSCTX_REMOTE_SERVER: u32 = 0x10;
/// Class objects that are registered at run time are not looked at.
pub const CLSCTX_APPCONTAINER: u32 = 0x40_0000;
/// The library makes proxies: it works in the client's apartment.
pub const CLSCTX_PS_DLL: u32 = 0x8000_0000;

/// The class object serves one local request.
pub const REGCLS_SINGLEUSE: u32 = 0;
/// It serves many; one for local requests serves the own apartment in-process.
pub const REGCLS_MULTIPLEUSE: u32 = 1;
/// It serves many, as its context says and no other.
pub const REGCLS_MULTI_SEPARATE: u32 = 2;
/// It is not seen before `CoResumeClassObjects`.
pub const REGCLS_SUSPENDED: u32 = 4;
/// A surrogate registers it for a library's class.
pub const REGCLS_SURROGATE: u32 = 8;
/// Every apartment may use the object's own pointer.
pub const REGCLS_AGILE: u32 = 0x10;

/// The machine that an activation is meant for.
#[repr(C)]
pub struct COSERVERINFO {
    /// 0.
    pub reserved1: u32,
    /// Its name; null for this one.
    pub name: *const u16,
    /// How to authenticate; not used on this machine.
    pub auth: *const c_void,
    /// 0.
    pub reserved2: u32,
}

/// An interface that `CoCreateInstanceEx` is asked for.
#[allow(non_camel_case_types)]
#[repr(C)]
pub struct MULTI_QI {
    /// Which one.
    pub iid: *const GUID,
    /// The answer, with a reference; null on failure.
    pub interface: *mut c_void,
    /// What became of it.
    pub code: HRESULT,
}

unsafe extern "system" {
    /// A class object's interface with a reference: the object's own pointer or
    /// a proxy of it. `server` is null, or names this machine.
    pub fn CoGetClassObject(
        clsid: *const GUID,
        context: u32,
        server: *const COSERVERINFO,
        iid: *const GUID,
        object: *mut *mut c_void,
    ) -> HRESULT;
    /// Makes an object and asks it for `count` interfaces; the first one is what
    /// its factory is asked for. `CO_S_NOTALLINTERFACES` when it has some of them.
    pub fn CoCreateInstanceEx(
        clsid: *const GUID,
        outer: *mut c_void,
        context: u32,
        server: *const COSERVERINFO,
        count: u32,
        interfaces: *mut MULTI_QI,
    ) -> HRESULT;
    /// Makes a class object known until it is revoked or the apartment ends; adds
    /// a reference. The number is never used again.
    pub fn CoRegisterClassObject(
        clsid: *const GUID,
        object: *mut c_void,
        context: u32,
        flags: u32,
        cookie: *mut u32,
    ) -> HRESULT;
    /// Undoes `CoRegisterClassObject`, in the same apartment.
    pub fn CoRevokeClassObject(cookie: u32) -> HRESULT;
    /// Lets class objects be seen that were registered suspended, or hidden.
    pub fn CoResumeClassObjects() -> HRESULT;
    /// Hides all class objects of the process.
    pub fn CoSuspendClassObjects() -> HRESULT;
    /// Counts one reason more for the process to serve, and answers how many
    /// there are.
    pub fn CoAddRefServerProcess() -> u32;
    /// Unloads libraries that this apartment does not need any more: those of
    /// single-threaded classes at once, others when they are asked again after ten
    /// minutes. On a thread without an apartment nothing happens.
    pub fn CoFreeUnusedLibraries();
    /// As `CoFreeUnusedLibraries` with another delay, in milliseconds: `INFINITE`
    /// for the standard one, 0 for none. `reserved` is 0.
    pub fn CoFreeUnusedLibrariesEx(delay: u32, reserved: u32);
    /// Counts one less; at 0 the class objects are hidden, and activation answers
    /// `CO_E_SERVER_STOPPING`.
    pub fn CoReleaseServerProcess() -> u32;

    /// Reads an identifier in braces, or finds the class of a ProgID. A null text
    /// is the null identifier. What was read of a text that is cut short stays in
    /// `clsid`.
    pub fn CLSIDFromString(text: *const u16, clsid: *mut GUID) -> HRESULT;
    /// Reads an identifier in braces: `E_INVALIDARG` for a text of another
    /// length, `CO_E_IIDSTRING` for another content.
    pub fn IIDFromString(text: *const u16, iid: *mut GUID) -> HRESULT;
    /// The text of an identifier, in braces.
    pub fn StringFromCLSID(clsid: *const GUID, text: *mut *mut u16) -> HRESULT;
    /// As `StringFromCLSID`.
    pub fn StringFromIID(iid: *const GUID, text: *mut *mut u16) -> HRESULT;
    /// Writes the text of an identifier into `size` units and answers how many
    /// it wrote: 39 with the final zero, or 0 when there is no room.
    pub fn StringFromGUID2(guid: *const GUID, text: *mut u16, size: i32) -> i32;
    /// As `CLSIDFromProgID`; nothing is installed on demand.
    pub fn CLSIDFromProgIDEx(name: *const u16, clsid: *mut GUID) -> HRESULT;
    /// The ProgID of a class.
    pub fn ProgIDFromCLSID(clsid: *const GUID, name: *mut *mut u16) -> HRESULT;
    /// A new identifier, of random bits.
    pub fn CoCreateGuid(guid: *mut GUID) -> HRESULT;
    /// The time of now.
    pub fn CoFileTimeNow(time: *mut FILETIME) -> HRESULT;
    /// Lets a class stand in for another one; the null class ends that, the class
    /// itself sets it back to `AutoTreatAs`.
    pub fn CoTreatAsClass(old: *const GUID, new: *const GUID) -> HRESULT;
    /// The class that stands in for another one; `S_FALSE` and the class itself
    /// when there is none.
    pub fn CoGetTreatAsClass(old: *const GUID, new: *mut GUID) -> HRESULT;
}
