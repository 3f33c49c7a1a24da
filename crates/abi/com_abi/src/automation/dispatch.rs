//! `IDispatch`: calls by name, and the structures of their arguments
//! ([MS-OAUT] 2.2.33, 2.2.34, 3.1.4).

#![allow(non_snake_case, missing_docs)]

use core::ffi::c_void;

use windows_core::{GUID, HRESULT, IUnknown};

use super::{Bstr, ITypeInfo, Variant};
use crate::Idl;
use crate::codes::DISP_E_EXCEPTION;

/// `Invoke`: a method is called.
pub const DISPATCH_METHOD: u16 = 1;
/// `Invoke`: a property is read.
pub const DISPATCH_PROPERTYGET: u16 = 2;
/// `Invoke`: a property is written.
pub const DISPATCH_PROPERTYPUT: u16 = 4;
/// `Invoke`: a property is set to an object.
pub const DISPATCH_PROPERTYPUTREF: u16 = 8;

/// The object's value: what it is when a plain value is needed.
pub const DISPID_VALUE: i32 = 0;
/// The name is not known.
pub const DISPID_UNKNOWN: i32 = -1;
/// The named argument of a property's new value.
pub const DISPID_PROPERTYPUT: i32 = -3;
/// The enumerator of a collection.
pub const DISPID_NEWENUM: i32 = -4;

/// `DISPPARAMS`: arguments, the last one first.
#[repr(C)]
#[derive(Idl)]
pub struct DispParams {
    #[idl(size_is(cArgs))]
    pub rgvarg: *mut Variant,
    /// What the first `cNamedArgs` of them are named.
    #[idl(size_is(cNamedArgs))]
    pub rgdispidNamedArgs: *mut i32,
    pub cArgs: u32,
    pub cNamedArgs: u32,
}

/// `EXCEPINFO`: what a member raised. The strings belong to the structure.
#[repr(C)]
#[derive(Default, Idl)]
pub struct ExcepInfo {
    pub wCode: u16,
    pub wReserved: u16,
    pub bstrSource: Bstr,
    pub bstrDescription: Bstr,
    pub bstrHelpFile: Bstr,
    pub dwHelpContext: u32,
    #[idl(ignore)]
    pub pvReserved: usize,
    #[idl(ignore)]
    pub pfnDeferredFillIn: Option<unsafe extern "system" fn(info: *mut ExcepInfo) -> HRESULT>,
    pub scode: i32,
}

/// Calls by name, for callers that do not know the interface.
#[crate::interface("00020400-0000-0000-C000-000000000046", proxy)]
pub unsafe trait IDispatch: IUnknown {
    /// Writes 1 when the object describes its type, else 0.
    unsafe fn GetTypeInfoCount(&self, count: *mut u32) -> HRESULT;
    /// Writes the description number `index` with a reference.
    unsafe fn GetTypeInfo(
        &self,
        index: u32,
        locale: u32,
        #[idl(out, interface(ITypeInfo))] info: *mut *mut c_void,
    ) -> HRESULT;
    /// Writes `count` identifiers: of the member `names[0]`, and of its
    /// parameters with the names after it. What is not known is
    /// [`DISPID_UNKNOWN`], and then the answer is `DISP_E_UNKNOWNNAME`. `iid` is
    /// all zero.
    unsafe fn GetIDsOfNames(
        &self,
        iid: *const GUID,
        #[idl(in, string, size_is(count))] names: *const *const u16,
        count: u32,
        locale: u32,
        #[idl(out, size_is(count))] identifiers: *mut i32,
    ) -> HRESULT;
    /// Calls a member. `result`, `exception` and `wrong_argument` may be null;
    /// what is written belongs to the caller. `iid` is all zero.
    #[idl(finish(fill_in))]
    unsafe fn Invoke(
        &self,
        member: i32,
        iid: *const GUID,
        locale: u32,
        flags: u16,
        #[idl(in)] arguments: *mut DispParams,
        #[idl(out, unique)] result: *mut Variant,
        #[idl(out, unique)] exception: *mut ExcepInfo,
        #[idl(out, unique)] wrong_argument: *mut u32,
    ) -> HRESULT;
}

/// An exception that is filled in later is filled in where its object lives, before
/// it crosses the wall.
///
/// # Safety
/// The arguments are those of [`IDispatch::Invoke`], which answered `code`.
#[allow(clippy::too_many_arguments)]
unsafe fn fill_in(
    code: HRESULT,
    _member: i32,
    _iid: *const GUID,
    _locale: u32,
    _flags: u16,
    _arguments: *mut DispParams,
    _result: *mut Variant,
    exception: *mut ExcepInfo,
    _wrong_argument: *mut u32,
) -> HRESULT {
    if code == DISP_E_EXCEPTION && !exception.is_null() {
        // SAFETY: forwarded from the caller; a failure leaves less to read.
        unsafe {
            if let Some(fill) = (*exception).pfnDeferredFillIn.take() {
                let _ = fill(exception);
            }
        }
    }
    code
}

const _: () = {
    assert!(size_of::<DispParams>() == 24);
    assert!(size_of::<ExcepInfo>() == 64);
    assert!(core::mem::offset_of!(ExcepInfo, bstrSource) == 8);
    assert!(core::mem::offset_of!(ExcepInfo, dwHelpContext) == 32);
    assert!(core::mem::offset_of!(ExcepInfo, scode) == 56);
};
