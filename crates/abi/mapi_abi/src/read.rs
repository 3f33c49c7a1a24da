//! From the C structures to safe values. Counts and depths are bounded, so that
//! a wrong structure is refused instead of followed.

use com_abi::from_wide;

use crate::codes::Code;
use crate::structs::*;
use crate::tags::PropTag;
use crate::tags::types::*;
use crate::value::{EntryId, FileTime, Prop, Row, Value};

mod lists;
mod order;
mod restriction;

pub use lists::{
    MAX_ENTRIES, MAX_NAMES, MAX_RECIPIENTS, adr_entries, adr_list, entry_list, names, problems,
};
pub use order::sort_order;
pub use restriction::restriction;

/// Most columns or sort keys that are read.
pub const MAX_COLUMNS: u32 = 512;
/// Most rows that are read.
pub const MAX_ROWS: u32 = 1 << 20;
/// Most bytes of a binary property that are read.
pub const MAX_BINARY_BYTES: u32 = 1 << 30;
/// Most values of a multi-valued property that are read.
pub const MAX_VALUES: u32 = 1 << 16;
/// Longest entry identifier that is read.
pub const MAX_ENTRYID_BYTES: u32 = 4096;

/// A property's value.
///
/// # Errors
/// `INVALID_PARAMETER` for a type that is not supported or a missing pointer.
///
/// # Safety
/// `prop` is a valid structure: its pointer members are readable.
pub unsafe fn prop(prop: &SPropValue) -> Result<Prop, Code> {
    let tag = PropTag(prop.ulPropTag);
    // SAFETY: the type says which member holds; the caller vouches for it.
    let value = unsafe {
        match tag.prop_type() {
            PT_APPTIME => Value::AppTime(prop.Value.at),
            PT_BINARY => Value::Binary(binary(prop.Value.bin)?),
            PT_BOOLEAN => Value::Boolean(prop.Value.b != 0),
            PT_CLSID => Value::Guid(*prop.Value.lpguid.as_ref().ok_or(Code::INVALID_PARAMETER)?),
            PT_CURRENCY => Value::Currency(prop.Value.li),
            PT_DOUBLE => Value::Double(prop.Value.dbl),
            PT_ERROR => Value::Error(Code(prop.Value.err)),
            PT_I2 => Value::I2(prop.Value.i),
            PT_I8 => Value::I8(prop.Value.li),
            PT_LONG => Value::Long(prop.Value.l),
            PT_NULL => Value::Null,
            PT_OBJECT => Value::Object,
            PT_R4 => Value::R4(prop.Value.flt),
            PT_STRING8 => Value::String8(text8(prop.Value.lpszA)?),
            PT_SYSTIME => Value::SysTime(FileTime(prop.Value.ft)),
            PT_UNICODE => Value::Unicode(from_wide(prop.Value.lpszW)),
            kind if kind & MV_FLAG != 0 => several(kind, prop.Value.MV)?,
            _ => return Err(Code::INVALID_PARAMETER),
        }
    };
    Ok(Prop { tag, value })
}

/// Several values of a type.
unsafe fn several(kind: u16, array: SArray) -> Result<Value, Code> {
    // SAFETY: the type says what the pointer leads to; the caller vouches for it.
    unsafe {
        Ok(match kind {
            PT_MV_BINARY => {
                let list = slice::<SBinary>(array)?.iter();
                Value::MvBinary(list.map(|one| binary(*one)).collect::<Result<_, _>>()?)
            }
            PT_MV_CLSID => Value::MvGuid(slice(array)?.to_vec()),
            PT_MV_DOUBLE => Value::MvDouble(slice(array)?.to_vec()),
            PT_MV_I2 => Value::MvI2(slice(array)?.to_vec()),
            PT_MV_I8 => Value::MvI8(slice(array)?.to_vec()),
            PT_MV_LONG => Value::MvLong(slice(array)?.to_vec()),
            PT_MV_STRING8 => {
                let list = slice::<*mut u8>(array)?.iter();
                Value::MvString8(list.map(|one| text8(*one)).collect::<Result<_, _>>()?)
            }
            PT_MV_SYSTIME => {
                Value::MvSysTime(slice::<i64>(array)?.iter().copied().map(FileTime).collect())
            }
            PT_MV_UNICODE => {
                let list = slice::<*mut u16>(array)?.iter();
                Value::MvUnicode(list.map(|one| from_wide(*one)).collect())
            }
            _ => return Err(Code::INVALID_PARAMETER),
        })
    }
}

/// The values of an array.
unsafe fn slice<'a, T>(array: SArray) -> Result<&'a [T], Code> {
    if array.cValues == 0 {
        return Ok(&[]);
    }
    if array.values.is_null() || array.cValues > MAX_VALUES {
        return Err(Code::INVALID_PARAMETER);
    }
    // SAFETY: the caller vouches for so many values.
    Ok(unsafe { core::slice::from_raw_parts(array.values.cast(), array.cValues as usize) })
}

unsafe fn binary(binary: SBinary) -> Result<Vec<u8>, Code> {
    // SAFETY: forwarded from the caller.
    Ok(unsafe { bytes(binary.lpb, binary.cb, MAX_BINARY_BYTES) }?.to_vec())
}

unsafe fn text8(text: *const u8) -> Result<Vec<u8>, Code> {
    if text.is_null() {
        return Err(Code::INVALID_PARAMETER);
    }
    // SAFETY: the caller vouches for a zero-ended text.
    Ok(unsafe { core::ffi::CStr::from_ptr(text.cast()) }.to_bytes().to_vec())
}

unsafe fn bytes<'a>(start: *const u8, count: u32, limit: u32) -> Result<&'a [u8], Code> {
    if count == 0 {
        return Ok(&[]);
    }
    if start.is_null() || count > limit {
        return Err(Code::INVALID_PARAMETER);
    }
    // SAFETY: the caller vouches for `count` readable bytes.
    Ok(unsafe { core::slice::from_raw_parts(start, count as usize) })
}

/// An entry identifier.
///
/// # Errors
/// `INVALID_ENTRYID` when it is empty or too long.
///
/// # Safety
/// `start` is null or has `count` readable bytes.
pub unsafe fn entry_id(start: *const u8, count: u32) -> Result<EntryId, Code> {
    // SAFETY: forwarded from the caller.
    let bytes = unsafe { bytes(start, count, MAX_ENTRYID_BYTES) };
    match bytes {
        Ok(bytes) if !bytes.is_empty() => Ok(EntryId(bytes.to_vec())),
        _ => Err(Code::INVALID_ENTRYID),
    }
}

/// A list of tags; null is `None`.
///
/// # Errors
/// `INVALID_PARAMETER` when it is too long.
///
/// # Safety
/// `tags` is null or a valid structure.
pub unsafe fn tags(tags: *const SPropTagArray) -> Result<Option<Vec<PropTag>>, Code> {
    // SAFETY: forwarded from the caller.
    let Some(head) = (unsafe { tags.as_ref() }) else { return Ok(None) };
    if head.cValues > MAX_COLUMNS {
        return Err(Code::INVALID_PARAMETER);
    }
    // SAFETY: that many tags follow the count.
    let list = unsafe {
        let first = (&raw const (*tags).aulPropTag).cast::<u32>();
        core::slice::from_raw_parts(first, head.cValues as usize)
    };
    Ok(Some(list.iter().copied().map(PropTag).collect()))
}

/// The properties of a row.
///
/// # Errors
/// As [`prop`].
///
/// # Safety
/// `row` is a valid structure.
pub unsafe fn row(row: &SRow) -> Result<Row, Code> {
    // SAFETY: forwarded from the caller.
    unsafe { props(row.lpProps, row.cValues) }
}

/// A list of properties.
///
/// # Errors
/// As [`prop`].
///
/// # Safety
/// `first` is null or `count` valid structures.
pub unsafe fn props(first: *const SPropValue, count: u32) -> Result<Row, Code> {
    if count == 0 {
        return Ok(Row::new());
    }
    if first.is_null() || count > MAX_COLUMNS {
        return Err(Code::INVALID_PARAMETER);
    }
    // SAFETY: forwarded from the caller.
    unsafe { core::slice::from_raw_parts(first, count as usize).iter().map(|p| prop(p)).collect() }
}

/// The rows of a set, as structures.
///
/// # Errors
/// `INVALID_PARAMETER` for a null pointer or too many rows.
///
/// # Safety
/// `rows` is null or a valid structure that outlives the answer.
pub unsafe fn rows<'a>(rows: *const SRowSet) -> Result<&'a [SRow], Code> {
    // SAFETY: forwarded from the caller.
    let head = unsafe { rows.as_ref() }.ok_or(Code::INVALID_PARAMETER)?;
    if head.cRows > MAX_ROWS {
        return Err(Code::INVALID_PARAMETER);
    }
    // SAFETY: that many rows follow the count.
    Ok(unsafe {
        let first = (&raw const (*rows).aRow).cast::<SRow>();
        core::slice::from_raw_parts(first, head.cRows as usize)
    })
}
