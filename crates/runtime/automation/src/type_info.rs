//! `ITypeInfo` of a described interface: enough for callers that ask an object
//! what it can do. There is no type library behind it.

#![allow(non_snake_case)]

use core::ffi::c_void;

use com_abi::automation::{
    Bstr, CC_STDCALL, DispParams, ElemDesc, ExcepInfo, FUNC_DISPATCH, FuncDesc, ITypeInfo,
    ITypeInfo_Impl, MEMBERID_NIL, PARAMFLAG_FIN, PARAMFLAG_FOPT, PARAMFLAG_FOUT, PARAMFLAG_FRETVAL,
    ParamDesc, TKIND_DISPATCH, TYPEFLAG_FDUAL, TypeAttr, TypeDesc, VT_ARRAY, VT_PTR, VT_SAFEARRAY,
    VT_TYPEMASK, VT_VOID, Variant,
};
use com_abi::codes::{DISP_E_BADVARTYPE, E_INVALIDARG, E_POINTER, S_OK, TYPE_E_ELEMENTNOTFOUND};
use com_abi::description::{InterfaceDescription, Method, Parameter, Shape, Type};
use com_abi::{HRESULT, class, new_interface};

use crate::ffi::dispatch;
use crate::late::{is_optional, is_result, members, vartype};

/// See the module.
#[class(interfaces(ITypeInfo))]
pub struct TypeInfo {
    description: &'static InterfaceDescription,
}

/// The type of an interface, with a reference.
///
/// # Errors
/// `E_OUTOFMEMORY`.
pub fn of(description: &'static InterfaceDescription) -> Result<ITypeInfo, HRESULT> {
    new_interface(TypeInfo { description })
}

/// What the types of parameters refer to, each at an address that stays while the
/// list grows.
type Targets = Vec<Box<TypeDesc>>;

/// A function's description and what it points to, in one block of Rust's: the
/// caller gives it back by `ReleaseFuncDesc`.
#[repr(C)]
struct Function {
    description: FuncDesc,
    parameters: Vec<ElemDesc>,
    targets: Targets,
}

impl TypeInfo {
    fn member(&self, member: i32) -> Result<&'static Method, HRESULT> {
        members(self.description).find(|m| m.member == member).ok_or(TYPE_E_ELEMENTNOTFOUND)
    }

    fn function(&self, index: u32) -> Result<Box<Function>, HRESULT> {
        let method = members(self.description).nth(index as usize).ok_or(TYPE_E_ELEMENTNOTFOUND)?;
        let mut targets = Targets::new();
        let (mut parameters, mut answer) = (Vec::new(), plain(VT_VOID));
        for parameter in method.parameters.as_slice() {
            if is_result(parameter) {
                answer = described(pointee(parameter.kind), &mut targets)?;
            } else {
                let tdesc = described(parameter.kind, &mut targets)?;
                parameters.push(element(tdesc, flags(parameter)));
            }
        }
        let slots = self.description.methods.as_slice().iter();
        let slot = slots.take_while(|known| known.member != method.member).count();
        let optional = method.parameters.as_slice().iter().filter(|p| is_optional(p)).count();
        let mut function = Box::new(Function {
            description: FuncDesc {
                memid: method.member,
                lprgscode: core::ptr::null_mut(),
                lprgelemdescParam: core::ptr::null_mut(),
                funckind: FUNC_DISPATCH,
                invkind: method.kind as i32,
                callconv: CC_STDCALL,
                cParams: parameters.len() as i16,
                cParamsOpt: optional as i16,
                oVft: (slot * size_of::<*const c_void>()) as i16,
                cScodes: 0,
                elemdescFunc: element(answer, 0),
                wFuncFlags: 0,
            },
            parameters,
            targets,
        });
        function.description.lprgelemdescParam = function.parameters.as_mut_ptr();
        Ok(function)
    }
}

fn plain(vt: u16) -> TypeDesc {
    TypeDesc { lptdesc: core::ptr::null_mut(), vt }
}

fn element(tdesc: TypeDesc, wParamFlags: u16) -> ElemDesc {
    ElemDesc { tdesc, paramdesc: ParamDesc { pparamdescex: core::ptr::null_mut(), wParamFlags } }
}

fn pointee(ty: &'static Type) -> &'static Type {
    match &ty.shape {
        Shape::Pointer(pointer) => pointer.target,
        _ => ty,
    }
}

/// A type as type descriptions name it.
fn described(ty: &'static Type, targets: &mut Targets) -> Result<TypeDesc, HRESULT> {
    let mut refer = |vt: u16, target: TypeDesc| {
        let mut target = Box::new(target);
        let lptdesc = core::ptr::from_mut(&mut *target);
        targets.push(target);
        TypeDesc { lptdesc, vt }
    };
    if let Shape::Pointer(pointer) = &ty.shape {
        let vt = vartype(pointer.target).ok_or(DISP_E_BADVARTYPE)?;
        return Ok(refer(VT_PTR, plain(vt)));
    }
    let vt = vartype(ty).ok_or(DISP_E_BADVARTYPE)?;
    if vt & VT_ARRAY != 0 {
        return Ok(refer(VT_SAFEARRAY, plain(vt & VT_TYPEMASK)));
    }
    Ok(plain(vt))
}

fn flags(parameter: &Parameter) -> u16 {
    let words = [
        (parameter.is_in(), PARAMFLAG_FIN),
        (parameter.is_out(), PARAMFLAG_FOUT),
        (is_result(parameter), PARAMFLAG_FRETVAL),
        (is_optional(parameter), PARAMFLAG_FOPT),
    ];
    words.into_iter().filter(|(is_set, _)| *is_set).map(|(_, flag)| flag).sum()
}

/// Writes an answer to its place.
///
/// # Safety
/// `place` is null or writable.
unsafe fn give<T>(place: *mut T, answer: impl FnOnce() -> Result<T, HRESULT>) -> HRESULT {
    if place.is_null() {
        return E_POINTER;
    }
    match answer() {
        Ok(answer) => {
            // SAFETY: checked for null; the caller passes a writable place.
            unsafe { place.write(answer) };
            S_OK
        }
        Err(code) => code,
    }
}

impl ITypeInfo_Impl for TypeInfo {
    unsafe fn GetTypeAttr(&self, attributes: *mut *mut TypeAttr) -> HRESULT {
        let slots = self.description.methods.as_slice().len();
        // SAFETY: forwarded from the caller.
        unsafe {
            give(attributes, || {
                Ok(Box::into_raw(Box::new(TypeAttr {
                    guid: self.description.iid,
                    lcid: 0,
                    dwReserved: 0,
                    memidConstructor: MEMBERID_NIL,
                    memidDestructor: MEMBERID_NIL,
                    lpstrSchema: core::ptr::null_mut(),
                    cbSizeInstance: size_of::<*const c_void>() as u32,
                    typekind: TKIND_DISPATCH,
                    cFuncs: members(self.description).count() as u16,
                    cVars: 0,
                    cImplTypes: 0,
                    cbSizeVft: (slots * size_of::<*const c_void>()) as u16,
                    cbAlignment: align_of::<*const c_void>() as u16,
                    wTypeFlags: TYPEFLAG_FDUAL,
                    wMajorVerNum: 1,
                    wMinorVerNum: 0,
                    tdescAlias: plain(0),
                    idldescType: [0; 2],
                })))
            })
        }
    }

    unsafe fn GetFuncDesc(&self, index: u32, function: *mut *mut FuncDesc) -> HRESULT {
        // SAFETY: forwarded from the caller; the description stands first.
        unsafe { give(function, || self.function(index).map(|made| Box::into_raw(made).cast())) }
    }

    unsafe fn GetNames(
        &self,
        member: i32,
        names: *mut *mut u16,
        size: u32,
        count: *mut u32,
    ) -> HRESULT {
        if names.is_null() || count.is_null() {
            return E_POINTER;
        }
        // SAFETY: checked for null; the caller passes writable places.
        unsafe { count.write(0) };
        let method = match self.member(member) {
            Ok(method) => method,
            Err(code) => return code,
        };
        let parameters = method.parameters.as_slice().iter().filter(|p| !is_result(p));
        let known = core::iter::once(method.name()).chain(parameters.map(Parameter::name));
        for (at, name) in known.take(size as usize).enumerate() {
            // SAFETY: as above, that many places.
            unsafe {
                names.add(at).write(Bstr::from(name).into_raw());
                count.write(at as u32 + 1);
            }
        }
        S_OK
    }

    unsafe fn GetIDsOfNames(
        &self,
        names: *const *const u16,
        count: u32,
        identifiers: *mut i32,
    ) -> HRESULT {
        // SAFETY: forwarded from the caller.
        unsafe { dispatch::PwDispatchNames(self.description, names, count, identifiers) }
    }

    unsafe fn Invoke(
        &self,
        object: *mut c_void,
        member: i32,
        flags: u16,
        arguments: *mut DispParams,
        result: *mut Variant,
        exception: *mut ExcepInfo,
        wrong_argument: *mut u32,
    ) -> HRESULT {
        if object.is_null() {
            return E_INVALIDARG;
        }
        let of = self.description;
        // SAFETY: forwarded from the caller.
        unsafe {
            dispatch::PwDispatchInvoke(
                object,
                of,
                member,
                flags,
                arguments,
                result,
                exception,
                wrong_argument,
            )
        }
    }

    unsafe fn GetDocumentation(
        &self,
        member: i32,
        name: *mut *mut u16,
        text: *mut *mut u16,
        context: *mut u32,
        file: *mut *mut u16,
    ) -> HRESULT {
        let known = match member {
            MEMBERID_NIL => Ok(crate::late::name(self.description)),
            _ => self.member(member).map(Method::name),
        };
        // SAFETY: null or writable, as the caller says.
        unsafe {
            for place in [text, file].into_iter().filter(|place| !place.is_null()) {
                place.write(core::ptr::null_mut());
            }
            if !context.is_null() {
                context.write(0);
            }
            match known {
                Ok(_) if name.is_null() => S_OK,
                Ok(known) => give(name, || Ok(Bstr::from(known).into_raw())),
                Err(code) => code,
            }
        }
    }

    unsafe fn ReleaseTypeAttr(&self, attributes: *mut TypeAttr) {
        if !attributes.is_null() {
            // SAFETY: made by `GetTypeAttr`, and given back once.
            drop(unsafe { Box::from_raw(attributes) });
        }
    }

    unsafe fn ReleaseFuncDesc(&self, function: *mut FuncDesc) {
        if !function.is_null() {
            // SAFETY: made by `GetFuncDesc`, and given back once.
            drop(unsafe { Box::from_raw(function.cast::<Function>()) });
        }
    }
}
