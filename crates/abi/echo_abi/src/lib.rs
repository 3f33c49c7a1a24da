//! The echo component's binary contract: five classes that differ in their
//! ThreadingModel only, and their interfaces.
//!
//! `extensions/echo_component` implements them. Strings are zero-ended UTF-16;
//! those that come back are from the task allocator, and the caller's.

use core::ffi::c_void;

use com_abi::automation::{
    IDispatch, IDispatch_Impl, IDispatch_Vtbl, SafeArray, VT_I4, VT_VARIANT,
};
use com_abi::{GUID, HRESULT, IUnknown, interface};

/// The application that the classes belong to.
pub const APPID_ECHO: GUID = GUID::from_u128(0x5F0B6A10_3C1E_4B7A_9E52_7A1D0C000000);
/// The class without a model.
pub const CLSID_ECHO_MAIN: GUID = GUID::from_u128(0x5F0B6A10_3C1E_4B7A_9E52_7A1D0C000001);
/// The class `Apartment`.
pub const CLSID_ECHO_APARTMENT: GUID = GUID::from_u128(0x5F0B6A10_3C1E_4B7A_9E52_7A1D0C000002);
/// The class `Free`.
pub const CLSID_ECHO_FREE: GUID = GUID::from_u128(0x5F0B6A10_3C1E_4B7A_9E52_7A1D0C000003);
/// The class `Both`.
pub const CLSID_ECHO_BOTH: GUID = GUID::from_u128(0x5F0B6A10_3C1E_4B7A_9E52_7A1D0C000004);
/// The class `Neutral`.
pub const CLSID_ECHO_NEUTRAL: GUID = GUID::from_u128(0x5F0B6A10_3C1E_4B7A_9E52_7A1D0C000005);

/// The classes with their ProgIDs, in the order of their identifiers.
pub const CLASSES: [(GUID, &str); 5] = [
    (CLSID_ECHO_MAIN, "Partywall.Echo.Main"),
    (CLSID_ECHO_APARTMENT, "Partywall.Echo.Apartment"),
    (CLSID_ECHO_FREE, "Partywall.Echo.Free"),
    (CLSID_ECHO_BOTH, "Partywall.Echo.Both"),
    (CLSID_ECHO_NEUTRAL, "Partywall.Echo.Neutral"),
];

/// [`IEcho::Fault`]: answers `E_FAIL`.
pub const FAULT_FAIL: u32 = 0;
/// [`IEcho::Fault`]: panics.
pub const FAULT_PANIC: u32 = 1;
/// [`IEcho::Fault`]: ends the process at once.
pub const FAULT_ABORT: u32 = 2;

/// Says what it is told, where, and for whom.
#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C000010", proxy)]
#[idl(pointer_default(unique))]
pub unsafe trait IEcho: IUnknown {
    /// The same text.
    unsafe fn Echo(
        &self,
        #[idl(in, string)] text: *const u16,
        #[idl(out, string)] reply: *mut *mut u16,
    ) -> HRESULT;
    /// A sum, or `DISP_E_OVERFLOW`.
    unsafe fn Add(&self, a: i32, b: i32, sum: *mut i32) -> HRESULT;
    /// The sum of an array.
    unsafe fn Sum(
        &self,
        count: u32,
        #[idl(in, size_is(count))] values: *const i32,
        total: *mut i64,
    ) -> HRESULT;
    /// Another object of the same class, made in this one's apartment.
    unsafe fn Clone(&self, #[idl(out, interface(IEcho))] copy: *mut *mut c_void) -> HRESULT;
    /// Calls the sink with 1, 2 and so on, `times` times; ends with the first call
    /// that fails, and its code.
    unsafe fn CallBack(
        &self,
        #[idl(in, interface(IEchoSink))] sink: *mut c_void,
        times: u32,
    ) -> HRESULT;
    /// The caller's name, how it was authenticated and may be impersonated (0 when
    /// no wire was passed), the kernel's number of the thread, and the apartment as
    /// `CoGetApartmentType` names it: 0 STA, 1 MTA, 2 NTA, 3 main STA.
    unsafe fn WhoAmI(
        &self,
        #[idl(out, string)] user: *mut *mut u16,
        authn_level: *mut u32,
        imp_level: *mut u32,
        thread: *mut i64,
        apartment: *mut u32,
    ) -> HRESULT;
    /// Sleeps.
    unsafe fn Sleep(&self, ms: u32) -> HRESULT;
    /// Fails, as `FAULT_…` say; `E_INVALIDARG` for others.
    unsafe fn Fault(&self, kind: u32) -> HRESULT;
}

/// The same for callers by name.
#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C000012", proxy)]
#[idl(dual)]
pub unsafe trait IEchoDispatch: IDispatch {
    /// The same text.
    #[idl(id(1))]
    unsafe fn Echo(
        &self,
        #[idl(in, bstr)] text: *mut u16,
        #[idl(out, retval, bstr)] reply: *mut *mut u16,
    ) -> HRESULT;
    /// A sum, or `DISP_E_OVERFLOW`.
    #[idl(id(2))]
    unsafe fn Add(&self, a: i32, b: i32, #[idl(out, retval)] sum: *mut i32) -> HRESULT;
    /// The sum of an array.
    #[idl(id(3))]
    unsafe fn Sum(
        &self,
        #[idl(in, safearray(VT_I4))] values: *mut SafeArray,
        #[idl(out, retval)] total: *mut i64,
    ) -> HRESULT;
    /// Another object of the same class, made in this one's apartment.
    #[idl(id(4))]
    unsafe fn Clone(
        &self,
        #[idl(out, retval, interface(IEchoDispatch))] copy: *mut *mut c_void,
    ) -> HRESULT;
    /// An array of variants: user, authentication level, impersonation level,
    /// thread, apartment, as of [`IEcho::WhoAmI`].
    #[idl(id(5))]
    unsafe fn WhoAmI(
        &self,
        #[idl(out, retval, safearray(VT_VARIANT))] who: *mut *mut SafeArray,
    ) -> HRESULT;
}

/// What [`IEcho::CallBack`] calls.
#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C000011", proxy)]
pub unsafe trait IEchoSink: IUnknown {
    /// The call number `n`.
    unsafe fn Called(&self, n: u32) -> HRESULT;
}
