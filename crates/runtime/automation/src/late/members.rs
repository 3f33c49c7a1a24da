//! The members of a described interface that callers by name see.

use core::ffi::{CStr, c_char};

use com_abi::automation::{
    DISPATCH_PROPERTYPUT, DISPATCH_PROPERTYPUTREF, DISPID_UNKNOWN, IDispatch, VT_ARRAY, VT_BOOL,
    VT_BSTR, VT_CY, VT_DATE, VT_DISPATCH, VT_ERROR, VT_I1, VT_I2, VT_I4, VT_I8, VT_R4, VT_R8,
    VT_UI1, VT_UI2, VT_UI4, VT_UI8, VT_UNKNOWN, VT_VARIANT,
};
use com_abi::codes::{DISP_E_UNKNOWNNAME, E_INVALIDARG};
use com_abi::description::{
    Base, INTERFACE_DUAL, InterfaceDescription, InterfaceType, MEMBER_NONE, Method,
    PARAMETER_OPTIONAL, PARAMETER_RETVAL, Parameter, Shape, Type,
};
use com_abi::{HRESULT, Interface, from_wide};

/// Most names that are asked for at once: a member and its parameters.
const MAX_NAMES: usize = 256;

/// The members, in the order of the vtable.
pub fn members(description: &InterfaceDescription) -> impl Iterator<Item = &'static Method> {
    let methods = description.methods.as_slice().iter();
    methods.filter(|method| method.member != MEMBER_NONE)
}

/// The member with an identifier that may be called so.
pub fn find(
    description: &InterfaceDescription,
    member: i32,
    flags: u16,
) -> Option<&'static Method> {
    members(description).find(|m| m.member == member && m.kind & u32::from(flags) != 0)
}

/// A constant text of a description.
pub fn text(name: *const c_char) -> &'static str {
    if name.is_null() {
        return "";
    }
    // SAFETY: descriptions have zero-ended constant names.
    unsafe { CStr::from_ptr(name) }.to_str().unwrap_or("")
}

/// Whether a method sets a property, whose new value is its last argument.
pub const fn is_put(method: &Method) -> bool {
    method.kind & (DISPATCH_PROPERTYPUT | DISPATCH_PROPERTYPUTREF) as u32 != 0
}

/// Whether a parameter is what the method answers.
pub const fn is_result(parameter: &Parameter) -> bool {
    parameter.flags & PARAMETER_RETVAL != 0
}

/// Whether a caller may leave a parameter out.
pub const fn is_optional(parameter: &Parameter) -> bool {
    parameter.flags & PARAMETER_OPTIONAL != 0
}

/// `GetIDsOfNames`: the identifiers of a member and of its parameters, which count
/// from 0; without regard to case.
///
/// # Errors
/// `DISP_E_UNKNOWNNAME`, with `DISPID_UNKNOWN` for the names that are not known;
/// `E_INVALIDARG` without names or with too many.
///
/// # Safety
/// The names are null or end with a zero.
pub unsafe fn identifiers(
    description: &InterfaceDescription,
    names: &[*const u16],
    places: &mut [i32],
) -> Result<(), HRESULT> {
    let (Some(first), true) = (names.first(), names.len() <= MAX_NAMES) else {
        return Err(E_INVALIDARG);
    };
    places.fill(DISPID_UNKNOWN);
    // SAFETY: forwarded from the caller.
    let wanted = unsafe { from_wide(*first) };
    let is_it = |known: &str, wanted: &str| known.to_lowercase() == wanted.to_lowercase();
    let member = members(description).find(|method| is_it(method.name(), &wanted));
    let member = member.ok_or(DISP_E_UNKNOWNNAME)?;
    let mut known = Ok(());
    for (at, (place, name)) in places.iter_mut().zip(names).enumerate() {
        // SAFETY: forwarded from the caller.
        let name = unsafe { from_wide(*name) };
        let mut parameters = member.parameters.as_slice().iter().filter(|p| !is_result(p));
        let found = match at {
            0 => Some(member.member),
            _ => parameters.position(|p| is_it(p.name(), &name)).map(|at| at as i32),
        };
        match found {
            Some(identifier) => *place = identifier,
            None => known = Err(DISP_E_UNKNOWNNAME),
        }
    }
    known
}

/// The type of variants that hold values of a type; none when no variant does.
pub fn vartype(ty: &Type) -> Option<u16> {
    Some(match &ty.shape {
        Shape::Base(base) => match base {
            Base::I8 => VT_I1,
            Base::U8 => VT_UI1,
            Base::I16 => VT_I2,
            Base::U16 | Base::WideChar => VT_UI2,
            Base::I32 | Base::Enum16 | Base::Enum32 => VT_I4,
            Base::U32 => VT_UI4,
            Base::I64 => VT_I8,
            Base::U64 => VT_UI8,
            Base::F32 => VT_R4,
            Base::F64 => VT_R8,
            Base::Hresult => VT_ERROR,
            Base::Bool => VT_BOOL,
            Base::Currency => VT_CY,
            Base::Date => VT_DATE,
            Base::Guid => return None,
        },
        Shape::Bstr => VT_BSTR,
        Shape::Variant => VT_VARIANT,
        Shape::SafeArray(0) => VT_ARRAY | VT_VARIANT,
        Shape::SafeArray(element) => VT_ARRAY | *element,
        Shape::Interface(interface) if is_dispatch(interface) => VT_DISPATCH,
        Shape::Interface(_) => VT_UNKNOWN,
        _ => return None,
    })
}

/// Whether an interface is `IDispatch` or derives from it.
fn is_dispatch(interface: &InterfaceType) -> bool {
    let is_dual = || {
        // SAFETY: answers a description of its own library, or null.
        let known = interface.description.and_then(|of| unsafe { of().as_ref() });
        known.is_some_and(|known| known.flags & INTERFACE_DUAL != 0)
    };
    interface.iid == IDispatch::IID || is_dual()
}
