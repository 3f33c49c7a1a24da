//! From the C structures to safe values. Counts and depths are bounded, so that
//! a wrong structure is refused instead of followed.

use com_abi::from_wide;

use crate::codes::Code;
use crate::restriction::{
    MAX_RESTRICTION_DEPTH, MAX_RESTRICTION_NODES, Match, RelOp, Restriction, SortKey,
};
use crate::structs::*;
use crate::tags::PropTag;
use crate::tags::types::*;
use crate::value::{EntryId, FileTime, Prop, Row, Value};

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

/// A sort order; null is no order.
///
/// # Errors
/// `INVALID_PARAMETER` when it is too long; `NO_SUPPORT` with categories;
/// `TOO_COMPLEX` for an order that is neither ascending nor descending.
///
/// # Safety
/// `order` is null or a valid structure.
pub unsafe fn sort_order(order: *const SSortOrderSet) -> Result<Vec<SortKey>, Code> {
    // SAFETY: forwarded from the caller.
    let Some(head) = (unsafe { order.as_ref() }) else { return Ok(Vec::new()) };
    if head.cSorts > MAX_COLUMNS {
        return Err(Code::INVALID_PARAMETER);
    }
    if head.cCategories > 0 {
        return Err(Code::NO_SUPPORT);
    }
    // SAFETY: that many keys follow the counts.
    let list = unsafe {
        let first = (&raw const (*order).aSort).cast::<SSortOrder>();
        core::slice::from_raw_parts(first, head.cSorts as usize)
    };
    let key = |key: &SSortOrder| match key.ulOrder {
        TABLE_SORT_ASCEND => Ok(SortKey { tag: PropTag(key.ulPropTag), descending: false }),
        TABLE_SORT_DESCEND => Ok(SortKey { tag: PropTag(key.ulPropTag), descending: true }),
        _ => Err(Code::TOO_COMPLEX),
    };
    list.iter().map(key).collect()
}

/// A condition; null is none.
///
/// # Errors
/// `TOO_COMPLEX` for kinds that are not supported and beyond the limits of
/// depth and number; `INVALID_PARAMETER` for missing pointers.
///
/// # Safety
/// `restriction` is null or a valid structure.
pub unsafe fn restriction(restriction: *const SRestriction) -> Result<Option<Restriction>, Code> {
    if restriction.is_null() {
        return Ok(None);
    }
    let mut budget = MAX_RESTRICTION_NODES;
    // SAFETY: forwarded from the caller.
    unsafe { node(restriction, MAX_RESTRICTION_DEPTH, &mut budget) }.map(Some)
}

unsafe fn node(
    restriction: *const SRestriction,
    depth: usize,
    budget: &mut usize,
) -> Result<Restriction, Code> {
    if depth == 0 || *budget == 0 {
        return Err(Code::TOO_COMPLEX);
    }
    *budget -= 1;
    // SAFETY: the caller vouches for the structure; `rt` says which member holds.
    unsafe {
        let this = restriction.as_ref().ok_or(Code::INVALID_PARAMETER)?;
        match this.rt {
            RES_AND => list(this, depth, budget).map(Restriction::And),
            RES_OR => list(this, depth, budget).map(Restriction::Or),
            RES_NOT => {
                let inner = node(this.res.resNot.lpRes, depth - 1, budget)?;
                Ok(Restriction::Not(Box::new(inner)))
            }
            RES_CONTENT => content(this),
            RES_PROPERTY => property(this),
            RES_BITMASK => bit_mask(this),
            RES_EXIST => Ok(Restriction::Exist(PropTag(this.res.resExist.ulPropTag))),
            RES_COMPAREPROPS => {
                let pair = this.res.resCompareProps;
                let (left, right) = (PropTag(pair.ulPropTag1), PropTag(pair.ulPropTag2));
                Ok(Restriction::CompareProps { op: relation(pair.relop)?, left, right })
            }
            RES_SIZE => {
                let size = this.res.resSize;
                let (op, tag) = (relation(size.relop)?, PropTag(size.ulPropTag));
                Ok(Restriction::Size { op, tag, bytes: size.cb })
            }
            RES_SUBRESTRICTION => {
                let sub = this.res.resSub;
                let condition = Box::new(node(sub.lpRes, depth - 1, budget)?);
                Ok(Restriction::Sub { table: PropTag(sub.number), condition })
            }
            RES_COUNT => {
                let sub = this.res.resSub;
                let condition = Box::new(node(sub.lpRes, depth - 1, budget)?);
                Ok(Restriction::Count(sub.number, condition))
            }
            RES_COMMENT | RES_ANNOTATION => {
                let inner = this.res.resComment.lpRes;
                if inner.is_null() {
                    return Ok(Restriction::Comment(None));
                }
                let condition = Box::new(node(inner, depth - 1, budget)?);
                Ok(Restriction::Comment(Some(condition)))
            }
            _ => Err(Code::TOO_COMPLEX),
        }
    }
}

unsafe fn list(
    this: &SRestriction,
    depth: usize,
    budget: &mut usize,
) -> Result<Vec<Restriction>, Code> {
    // SAFETY: the caller checked the kind.
    let list = unsafe { this.res.resList };
    if list.cRes > 0 && list.lpRes.is_null() {
        return Err(Code::INVALID_PARAMETER);
    }
    // SAFETY: that many structures are readable; the budget bounds the walk.
    (0..list.cRes as usize)
        .map(|at| unsafe { node(list.lpRes.add(at), depth - 1, budget) })
        .collect()
}

unsafe fn content(this: &SRestriction) -> Result<Restriction, Code> {
    // SAFETY: the caller checked the kind and vouches for the pointer.
    unsafe {
        let value = this.res.resValue;
        let wanted = prop(value.lpProp.as_ref().ok_or(Code::INVALID_PARAMETER)?)?;
        let kind = match value.how & 0xFFFF {
            FL_FULLSTRING => Match::Full,
            FL_PREFIX => Match::Prefix,
            FL_SUBSTRING => Match::Substring,
            _ => return Err(Code::TOO_COMPLEX),
        };
        let tag = PropTag(value.ulPropTag);
        let text = match wanted.value {
            Value::Unicode(text) => text,
            Value::String8(text) => String::from_utf8_lossy(&text).into_owned(),
            Value::Binary(bytes) => return Ok(Restriction::ContentBytes { tag, bytes, kind }),
            _ => return Err(Code::TOO_COMPLEX),
        };
        let ignore_case = value.how & (FL_IGNORECASE | FL_LOOSE) != 0;
        Ok(Restriction::Content { tag, text, kind, ignore_case })
    }
}

unsafe fn property(this: &SRestriction) -> Result<Restriction, Code> {
    // SAFETY: the caller checked the kind and vouches for the pointer.
    unsafe {
        let value = this.res.resValue;
        let wanted = prop(value.lpProp.as_ref().ok_or(Code::INVALID_PARAMETER)?)?;
        let op = relation(value.how)?;
        Ok(Restriction::Property { tag: PropTag(value.ulPropTag), op, value: wanted.value })
    }
}

fn relation(number: u32) -> Result<RelOp, Code> {
    Ok(match number {
        RELOP_LT => RelOp::Lt,
        RELOP_LE => RelOp::Le,
        RELOP_GT => RelOp::Gt,
        RELOP_GE => RelOp::Ge,
        RELOP_EQ => RelOp::Eq,
        RELOP_NE => RelOp::Ne,
        RELOP_RE => RelOp::Re,
        _ => return Err(Code::TOO_COMPLEX),
    })
}

unsafe fn bit_mask(this: &SRestriction) -> Result<Restriction, Code> {
    // SAFETY: the caller checked the kind.
    let bits = unsafe { this.res.resBitMask };
    let non_zero = match bits.relBMR {
        BMR_EQZ => false,
        BMR_NEZ => true,
        _ => return Err(Code::INVALID_PARAMETER),
    };
    Ok(Restriction::BitMask { tag: PropTag(bits.ulPropTag), mask: bits.ulMask, non_zero })
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
