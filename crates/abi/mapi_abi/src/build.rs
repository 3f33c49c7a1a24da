//! From safe values to the C structures.
//!
//! Two ways: arguments of a call live in Rust memory for its duration
//! ([`Arguments`]); answers are built in memory of a caller's allocator
//! ([`Allocator`]), because whoever receives them frees them. A function that
//! answers a pointer asks for its memory first, so that an allocator can make that
//! block the base and link the others to it.

#![allow(non_snake_case)] // members keep their C names, and locals follow

use com_abi::WideString;

use crate::structs::*;
use crate::value::{Prop, Value};

mod arguments;
mod lists;
mod restriction;
#[cfg(test)]
mod tests;

pub use arguments::Arguments;
pub use lists::{entry_list, names, problems, sort_order, tags};
pub use restriction::restriction;

/// Gives memory that the receiver of an answer frees: 16-byte aligned, of the
/// asked size in bytes; null when there is none.
pub type Allocator<'a> = &'a mut dyn FnMut(usize) -> *mut u8;

/// Writes a property into `place`; what it points to comes from `allocator`.
/// False when there is no memory, with `place` untouched.
///
/// # Safety
/// `place` is writable and `allocator` keeps its promise.
pub unsafe fn prop(prop: &Prop, place: *mut SPropValue, allocator: Allocator<'_>) -> bool {
    let Some(value) = union(&prop.value, allocator) else { return false };
    // SAFETY: forwarded from the caller.
    unsafe { place.write(SPropValue { ulPropTag: prop.tag.0, dwAlignPad: 0, Value: value }) };
    true
}

/// The C form of a value; `None` when there is no memory.
fn union(value: &Value, allocator: Allocator<'_>) -> Option<PropUnion> {
    Some(match value {
        Value::AppTime(days) => PropUnion { at: *days },
        Value::Binary(bytes) => PropUnion { bin: binary(bytes, allocator)? },
        Value::Boolean(set) => PropUnion { b: u16::from(*set) },
        Value::Currency(number) | Value::I8(number) => PropUnion { li: *number },
        Value::Double(number) => PropUnion { dbl: *number },
        Value::Error(code) => PropUnion { err: code.0 },
        Value::Guid(guid) => PropUnion { lpguid: copy(&[*guid], allocator)? },
        Value::I2(number) => PropUnion { i: *number },
        Value::Long(number) => PropUnion { l: *number },
        Value::Null | Value::Object => PropUnion { x: 0 },
        Value::R4(number) => PropUnion { flt: *number },
        Value::String8(text) => PropUnion { lpszA: zero_ended(text, allocator)? },
        Value::SysTime(time) => PropUnion { ft: time.0 },
        Value::Unicode(text) => {
            PropUnion { lpszW: copy(WideString::new(text).units(), allocator)? }
        }
        _ => PropUnion { MV: several(value, allocator)? },
    })
}

/// The C form of several values.
fn several(value: &Value, allocator: Allocator<'_>) -> Option<SArray> {
    match value {
        Value::MvBinary(list) => each(list, allocator, |bytes, a| binary(bytes, a)),
        Value::MvDouble(list) => array(list, allocator),
        Value::MvGuid(list) => array(list, allocator),
        Value::MvI2(list) => array(list, allocator),
        Value::MvI8(list) => array(list, allocator),
        Value::MvLong(list) => array(list, allocator),
        Value::MvString8(list) => each(list, allocator, |text, a| zero_ended(text, a)),
        Value::MvSysTime(list) => each(list, allocator, |time, _| Some(time.0)),
        Value::MvUnicode(list) => {
            each(list, allocator, |text, a| copy(WideString::new(text).units(), a))
        }
        // `union` sends only those above here.
        _ => Some(SArray { cValues: 0, values: core::ptr::null_mut() }),
    }
}

fn binary(bytes: &[u8], allocator: Allocator<'_>) -> Option<SBinary> {
    Some(SBinary { cb: bytes.len() as u32, lpb: copy(bytes, allocator)? })
}

fn zero_ended(text: &[u8], allocator: Allocator<'_>) -> Option<*mut u8> {
    copy(&[text, b"\0"].concat(), allocator)
}

fn array<T: Copy>(items: &[T], allocator: Allocator<'_>) -> Option<SArray> {
    let values = copy(items, allocator)?.cast();
    Some(SArray { cValues: items.len() as u32, values })
}

fn each<T, C: Copy>(
    items: &[T],
    allocator: Allocator<'_>,
    form: impl Fn(&T, Allocator<'_>) -> Option<C>,
) -> Option<SArray> {
    let built: Vec<C> = items.iter().map(|item| form(item, allocator)).collect::<Option<_>>()?;
    array(&built, allocator)
}

fn copy<T: Copy>(items: &[T], allocator: Allocator<'_>) -> Option<*mut T> {
    let memory = allocator(size_of_val(items)).cast::<T>();
    if memory.is_null() {
        return None;
    }
    // SAFETY: fresh memory of that size.
    unsafe { core::ptr::copy_nonoverlapping(items.as_ptr(), memory, items.len()) };
    Some(memory)
}
