//! `ITypeInfo`: what a type says of itself ([MS-OAUT] 2.2.41 to 2.2.49, 3.7.4),
//! with the structures of 64-bit systems.

#![allow(non_snake_case, missing_docs)]

use core::ffi::c_void;

use windows_core::{GUID, HRESULT, IUnknown};

use super::{DispParams, ExcepInfo, Variant};
use crate::codes::E_NOTIMPL;

/// `MEMBERID`: the type itself.
pub const MEMBERID_NIL: i32 = -1;
/// `TYPEKIND`: a set of members that are called by name.
pub const TKIND_DISPATCH: i32 = 4;
/// `TYPEFLAGS`: the members have a vtable too.
pub const TYPEFLAG_FDUAL: u16 = 0x40;
/// `FUNCKIND`: called by name.
pub const FUNC_DISPATCH: i32 = 4;
/// `CALLCONV`: the platform's own.
pub const CC_STDCALL: i32 = 4;
/// `PARAMFLAGS`: the value goes in.
pub const PARAMFLAG_FIN: u16 = 1;
/// `PARAMFLAGS`: the value comes back.
pub const PARAMFLAG_FOUT: u16 = 2;
/// `PARAMFLAGS`: what the member answers.
pub const PARAMFLAG_FRETVAL: u16 = 8;
/// `PARAMFLAGS`: may be left out.
pub const PARAMFLAG_FOPT: u16 = 16;
/// `VARTYPE`: nothing.
pub const VT_VOID: u16 = 24;
/// `VARTYPE`: a result code that is not a value.
pub const VT_HRESULT: u16 = 25;
/// `VARTYPE`: a pointer to the type that the description refers to.
pub const VT_PTR: u16 = 26;
/// `VARTYPE`: an array of the type that the description refers to.
pub const VT_SAFEARRAY: u16 = 27;

/// `TYPEDESC`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct TypeDesc {
    /// The target of `VT_PTR`, the element of `VT_SAFEARRAY`.
    pub lptdesc: *mut TypeDesc,
    pub vt: u16,
}

/// `PARAMDESC`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ParamDesc {
    pub pparamdescex: *mut c_void,
    /// `PARAMFLAG_…`
    pub wParamFlags: u16,
}

/// `ELEMDESC`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ElemDesc {
    pub tdesc: TypeDesc,
    pub paramdesc: ParamDesc,
}

/// `FUNCDESC`; `ReleaseFuncDesc` frees it.
#[repr(C)]
pub struct FuncDesc {
    pub memid: i32,
    pub lprgscode: *mut i32,
    pub lprgelemdescParam: *mut ElemDesc,
    /// `FUNC_…`
    pub funckind: i32,
    /// `DISPATCH_…`
    pub invkind: i32,
    /// `CC_…`
    pub callconv: i32,
    pub cParams: i16,
    pub cParamsOpt: i16,
    /// Bytes from the beginning of the vtable.
    pub oVft: i16,
    pub cScodes: i16,
    pub elemdescFunc: ElemDesc,
    pub wFuncFlags: u16,
}

/// `TYPEATTR`; `ReleaseTypeAttr` frees it.
#[repr(C)]
pub struct TypeAttr {
    pub guid: GUID,
    pub lcid: u32,
    pub dwReserved: u32,
    pub memidConstructor: i32,
    pub memidDestructor: i32,
    pub lpstrSchema: *mut u16,
    pub cbSizeInstance: u32,
    /// `TKIND_…`
    pub typekind: i32,
    pub cFuncs: u16,
    pub cVars: u16,
    pub cImplTypes: u16,
    pub cbSizeVft: u16,
    pub cbAlignment: u16,
    /// `TYPEFLAG_…`
    pub wTypeFlags: u16,
    pub wMajorVerNum: u16,
    pub wMinorVerNum: u16,
    pub tdescAlias: TypeDesc,
    pub idldescType: [usize; 2],
}

/// A type. Methods that a type does not have answer `E_NOTIMPL`; those that give
/// structures away are for callers of the same apartment.
#[crate::interface("00020401-0000-0000-C000-000000000046", proxy)]
pub unsafe trait ITypeInfo: IUnknown {
    #[idl(local)]
    unsafe fn GetTypeAttr(&self, attributes: *mut *mut TypeAttr) -> HRESULT;
    #[idl(local)]
    unsafe fn GetTypeComp(&self, compiler: *mut *mut c_void) -> HRESULT {
        E_NOTIMPL
    }
    /// The function number `index`, from 0.
    #[idl(local)]
    unsafe fn GetFuncDesc(&self, index: u32, function: *mut *mut FuncDesc) -> HRESULT;
    #[idl(local)]
    unsafe fn GetVarDesc(&self, index: u32, variable: *mut *mut c_void) -> HRESULT {
        E_NOTIMPL
    }
    /// The name of a member and those of its parameters.
    unsafe fn GetNames(
        &self,
        member: i32,
        #[idl(out, bstr, size_is(size), length_is(*count))] names: *mut *mut u16,
        size: u32,
        count: *mut u32,
    ) -> HRESULT;
    unsafe fn GetRefTypeOfImplType(&self, index: u32, reference: *mut u32) -> HRESULT {
        E_NOTIMPL
    }
    unsafe fn GetImplTypeFlags(&self, index: u32, flags: *mut i32) -> HRESULT {
        E_NOTIMPL
    }
    /// As `IDispatch::GetIDsOfNames`.
    #[idl(local)]
    unsafe fn GetIDsOfNames(
        &self,
        names: *const *const u16,
        count: u32,
        identifiers: *mut i32,
    ) -> HRESULT;
    /// Calls a member of `object`, which is the interface of this type.
    #[idl(local)]
    unsafe fn Invoke(
        &self,
        object: *mut c_void,
        member: i32,
        flags: u16,
        arguments: *mut DispParams,
        result: *mut Variant,
        exception: *mut ExcepInfo,
        wrong_argument: *mut u32,
    ) -> HRESULT;
    /// The name of the type or of a member, and what is said of it; places may be
    /// null, and what is written belongs to the caller.
    unsafe fn GetDocumentation(
        &self,
        member: i32,
        #[idl(out, unique, bstr)] name: *mut *mut u16,
        #[idl(out, unique, bstr)] text: *mut *mut u16,
        #[idl(out, unique)] context: *mut u32,
        #[idl(out, unique, bstr)] file: *mut *mut u16,
    ) -> HRESULT;
    #[idl(local)]
    unsafe fn GetDllEntry(
        &self,
        member: i32,
        kind: i32,
        library: *mut *mut u16,
        name: *mut *mut u16,
        ordinal: *mut u16,
    ) -> HRESULT {
        E_NOTIMPL
    }
    #[idl(local)]
    unsafe fn GetRefTypeInfo(&self, reference: u32, info: *mut *mut c_void) -> HRESULT {
        E_NOTIMPL
    }
    #[idl(local)]
    unsafe fn AddressOfMember(&self, member: i32, kind: i32, place: *mut *mut c_void) -> HRESULT {
        E_NOTIMPL
    }
    #[idl(local)]
    unsafe fn CreateInstance(
        &self,
        outer: *mut c_void,
        iid: *const GUID,
        object: *mut *mut c_void,
    ) -> HRESULT {
        E_NOTIMPL
    }
    #[idl(local)]
    unsafe fn GetMops(&self, member: i32, text: *mut *mut u16) -> HRESULT {
        E_NOTIMPL
    }
    #[idl(local)]
    unsafe fn GetContainingTypeLib(&self, library: *mut *mut c_void, index: *mut u32) -> HRESULT {
        E_NOTIMPL
    }
    #[idl(local)]
    unsafe fn ReleaseTypeAttr(&self, attributes: *mut TypeAttr) -> ();
    #[idl(local)]
    unsafe fn ReleaseFuncDesc(&self, function: *mut FuncDesc) -> ();
    #[idl(local)]
    unsafe fn ReleaseVarDesc(&self, variable: *mut c_void) -> () {}
}

const _: () = {
    assert!(size_of::<TypeDesc>() == 16);
    assert!(size_of::<ElemDesc>() == 32);
    assert!(size_of::<FuncDesc>() == 88);
    assert!(core::mem::offset_of!(FuncDesc, elemdescFunc) == 48);
    assert!(size_of::<TypeAttr>() == 96);
    assert!(core::mem::offset_of!(TypeAttr, typekind) == 44);
};
