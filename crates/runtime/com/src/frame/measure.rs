//! Counts and sizes that depend on other values.

use com_abi::HRESULT;
use com_abi::codes::E_OUTOFMEMORY;
use com_abi::description::{Array, Base, Expression, Operand, Shape, Structure, Type, Unit};

use super::limits::{
    MAX_BYTES, MAX_ELEMENTS, MAX_STRING_UNITS, RPC_S_INVALID_BOUND, RPC_S_STRING_TOO_LONG,
    RPC_X_BAD_STUB_DATA, RPC_X_NULL_REF_POINTER,
};
use crate::memory;

/// The value of an integer.
///
/// # Safety
/// `place` holds a readable value of that type.
pub unsafe fn integer(base: Base, place: *const u8) -> i64 {
    // SAFETY: forwarded from the caller.
    unsafe {
        match base {
            Base::I8 => place.cast::<i8>().read_unaligned().into(),
            Base::U8 => place.read_unaligned().into(),
            Base::I16 | Base::Bool => place.cast::<i16>().read_unaligned().into(),
            Base::U16 | Base::WideChar => place.cast::<u16>().read_unaligned().into(),
            Base::U32 => place.cast::<u32>().read_unaligned().into(),
            Base::I64 => place.cast::<i64>().read_unaligned(),
            // Beyond the signed range it is too large for anything that counts.
            Base::U64 => i64::try_from(place.cast::<u64>().read_unaligned()).unwrap_or(i64::MAX),
            Base::I32 | Base::Enum16 | Base::Enum32 | Base::Hresult => {
                place.cast::<i32>().read_unaligned().into()
            }
            Base::F32 | Base::F64 | Base::Guid | Base::Currency | Base::Date => 0,
        }
    }
}

/// The place of an expression's value; none for a constant.
///
/// # Safety
/// `scope` is the frame or structure that the expression was written for.
pub unsafe fn place(
    expression: &Expression,
    scope: *const u8,
) -> Result<Option<*const u8>, HRESULT> {
    // SAFETY: forwarded from the caller.
    unsafe {
        let at = scope.wrapping_add(expression.offset as usize);
        match expression.operand {
            Operand::None | Operand::Constant => Ok(None),
            Operand::Value => Ok(Some(at)),
            Operand::Pointee => {
                let target = at.cast::<*const u8>().read_unaligned();
                if target.is_null() { Err(RPC_X_NULL_REF_POINTER) } else { Ok(Some(target)) }
            }
        }
    }
}

/// What an expression amounts to.
///
/// # Errors
/// `RPC_X_NULL_REF_POINTER`; `RPC_S_INVALID_BOUND` when it overflows.
///
/// # Safety
/// As [`place`].
pub unsafe fn number(expression: &Expression, scope: *const u8) -> Result<i64, HRESULT> {
    // SAFETY: forwarded from the caller.
    let value =
        unsafe { place(expression, scope)?.map_or(0, |place| integer(expression.base, place)) };
    value.checked_add(expression.add).ok_or(RPC_S_INVALID_BOUND)
}

/// How many elements an expression says.
///
/// # Errors
/// `RPC_S_INVALID_BOUND` beyond [`MAX_ELEMENTS`]; as [`number`].
///
/// # Safety
/// As [`place`].
unsafe fn count(expression: &Expression, scope: *const u8) -> Result<usize, HRESULT> {
    // SAFETY: forwarded from the caller.
    let count = usize::try_from(unsafe { number(expression, scope)? });
    count.ok().filter(|count| *count <= MAX_ELEMENTS).ok_or(RPC_S_INVALID_BOUND)
}

/// Elements of an array that there is room for, and elements that travel.
///
/// # Errors
/// `RPC_X_BAD_STUB_DATA` when more travel than there is room for; as [`number`].
///
/// # Safety
/// As [`place`].
pub unsafe fn elements(array: &Array, scope: *const u8) -> Result<(usize, usize), HRESULT> {
    // SAFETY: forwarded from the caller.
    unsafe {
        let size = count(&array.size, scope)?;
        if !array.length.is_some() {
            return Ok((size, size));
        }
        let length = count(&array.length, scope)?;
        if length <= size { Ok((size, length)) } else { Err(RPC_X_BAD_STUB_DATA) }
    }
}

/// Bytes of an array.
unsafe fn array_bytes(array: &Array, scope: *const u8) -> Result<usize, HRESULT> {
    // SAFETY: the callers pass the array's scope.
    let size = unsafe { count(&array.size, scope)? };
    let bytes = size.checked_mul(array.element.size as usize);
    bytes.filter(|bytes| *bytes <= MAX_BYTES).ok_or(RPC_S_INVALID_BOUND)
}

/// Bytes of the value of a type at `value`.
///
/// # Errors
/// `RPC_S_INVALID_BOUND`, `RPC_S_STRING_TOO_LONG`; as [`number`].
///
/// # Safety
/// `value` is one of that type; `scope` is the type's.
pub unsafe fn bytes(ty: &Type, value: *const u8, scope: *const u8) -> Result<usize, HRESULT> {
    // SAFETY: forwarded from the caller.
    unsafe {
        match &ty.shape {
            Shape::String(unit) => string_bytes(*unit, value),
            Shape::Array(array) => array_bytes(array, scope),
            Shape::Structure(structure) => structure_bytes(ty, structure, value),
            _ => Ok(ty.size as usize),
        }
    }
}

/// Bytes of a structure, whose last field may be an array of any size.
unsafe fn structure_bytes(
    ty: &Type,
    structure: &Structure,
    value: *const u8,
) -> Result<usize, HRESULT> {
    let fixed = ty.size as usize;
    let Some(last) = structure.fields.as_slice().last() else { return Ok(fixed) };
    let Shape::Array(array) = &last.kind.shape else { return Ok(fixed) };
    // SAFETY: the callers pass such a structure, which is its fields' scope.
    let end = unsafe { array_bytes(array, value)? } + last.offset as usize;
    Ok(end.max(fixed))
}

unsafe fn string_bytes(unit: Unit, text: *const u8) -> Result<usize, HRESULT> {
    let mut units = 0;
    // SAFETY: the callers pass text that ends with a zero; every unit up to it is
    // readable.
    unsafe {
        match unit {
            Unit::Narrow => {
                while units < MAX_STRING_UNITS && text.add(units).read() != 0 {
                    units += 1;
                }
            }
            Unit::Wide => {
                let text = text.cast::<u16>();
                while units < MAX_STRING_UNITS && text.add(units).read_unaligned() != 0 {
                    units += 1;
                }
            }
        }
    }
    if units == MAX_STRING_UNITS {
        return Err(RPC_S_STRING_TOO_LONG);
    }
    Ok((units + 1) * unit as usize)
}

/// Memory of the task allocator, zeroed.
///
/// # Errors
/// `E_OUTOFMEMORY`.
pub fn zeroed(bytes: usize) -> Result<*mut u8, HRESULT> {
    let block = memory::alloc(bytes).cast::<u8>();
    if block.is_null() {
        return Err(E_OUTOFMEMORY);
    }
    // SAFETY: a fresh block of that many bytes.
    unsafe { core::ptr::write_bytes(block, 0, bytes) };
    Ok(block)
}
