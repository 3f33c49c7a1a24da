//! Lists: recipients, entry identifiers, names, problems.

use com_abi::from_wide;

use super::{MAX_COLUMNS, entry_id, props};
use crate::codes::Code;
use crate::spi::Name;
use crate::structs::*;
use crate::tags::PropTag;
use crate::value::{EntryId, Row};

/// Most recipients in one list that is read.
pub const MAX_RECIPIENTS: u32 = 1 << 16;
/// Most entry identifiers in one list that is read.
pub const MAX_ENTRIES: u32 = 1 << 20;
/// Most names in one list that is read: as many as there are identifiers for them.
pub const MAX_NAMES: u32 = 0x7FFF;

/// The recipients of a list, as structures.
///
/// # Errors
/// `INVALID_PARAMETER` for a null pointer or too many recipients.
///
/// # Safety
/// `list` is null or a valid structure that outlives the answer.
pub unsafe fn adr_entries<'a>(list: *const ADRLIST) -> Result<&'a [ADRENTRY], Code> {
    // SAFETY: forwarded from the caller.
    let head = unsafe { list.as_ref() }.ok_or(Code::INVALID_PARAMETER)?;
    if head.cEntries > MAX_RECIPIENTS {
        return Err(Code::INVALID_PARAMETER);
    }
    // SAFETY: that many recipients follow the count.
    Ok(unsafe {
        let first = (&raw const (*list).aEntries).cast::<ADRENTRY>();
        core::slice::from_raw_parts(first, head.cEntries as usize)
    })
}

/// The recipients of a list; one without properties is an empty row.
///
/// # Errors
/// `INVALID_PARAMETER` for a null pointer, too many recipients or a wrong property.
///
/// # Safety
/// `list` is null or a valid structure.
pub unsafe fn adr_list(list: *const ADRLIST) -> Result<Vec<Row>, Code> {
    // SAFETY: forwarded from the caller.
    unsafe {
        let entries = adr_entries(list)?.iter();
        entries.map(|entry| props(entry.rgPropVals, entry.cValues)).collect()
    }
}

/// The entry identifiers of a list.
///
/// # Errors
/// `INVALID_PARAMETER` for a null pointer or too many identifiers;
/// `INVALID_ENTRYID` when one of them is empty or too long.
///
/// # Safety
/// `list` is null or a valid structure.
pub unsafe fn entry_list(list: *const ENTRYLIST) -> Result<Vec<EntryId>, Code> {
    // SAFETY: forwarded from the caller.
    let head = unsafe { list.as_ref() }.ok_or(Code::INVALID_PARAMETER)?;
    if head.cValues == 0 {
        return Ok(Vec::new());
    }
    if head.lpbin.is_null() || head.cValues > MAX_ENTRIES {
        return Err(Code::INVALID_PARAMETER);
    }
    // SAFETY: the caller vouches for so many structures and what they point to.
    unsafe {
        let list = core::slice::from_raw_parts(head.lpbin, head.cValues as usize).iter();
        list.map(|one| entry_id(one.lpb, one.cb)).collect()
    }
}

/// Names of properties.
///
/// # Errors
/// `INVALID_PARAMETER` for a missing pointer, too many names, or a name of a kind
/// that is not documented.
///
/// # Safety
/// `first` is null or `count` pointers to valid structures.
pub unsafe fn names(first: *const *const MAPINAMEID, count: u32) -> Result<Vec<Name>, Code> {
    if count == 0 {
        return Ok(Vec::new());
    }
    if first.is_null() || count > MAX_NAMES {
        return Err(Code::INVALID_PARAMETER);
    }
    // SAFETY: the caller vouches for so many pointers and what they lead to.
    unsafe { core::slice::from_raw_parts(first, count as usize).iter().map(|p| name(*p)).collect() }
}

unsafe fn name(name: *const MAPINAMEID) -> Result<Name, Code> {
    // SAFETY: forwarded from the caller; the kind says which member holds.
    unsafe {
        let name = name.as_ref().ok_or(Code::INVALID_PARAMETER)?;
        let set = *name.lpguid.as_ref().ok_or(Code::INVALID_PARAMETER)?;
        match name.ulKind {
            MNID_ID => Ok(Name::Id { set, id: name.Kind.lID }),
            MNID_STRING if !name.Kind.lpwstrName.is_null() => {
                Ok(Name::Text { set, text: from_wide(name.Kind.lpwstrName) })
            }
            _ => Err(Code::INVALID_PARAMETER),
        }
    }
}

/// What went wrong with which property: its place in the input, its tag, the code.
/// Null is nothing.
///
/// # Errors
/// `INVALID_PARAMETER` when there are too many.
///
/// # Safety
/// `problems` is null or a valid structure.
pub unsafe fn problems(
    problems: *const SPropProblemArray,
) -> Result<Vec<(u32, PropTag, Code)>, Code> {
    // SAFETY: forwarded from the caller.
    let Some(head) = (unsafe { problems.as_ref() }) else { return Ok(Vec::new()) };
    if head.cProblem > MAX_COLUMNS {
        return Err(Code::INVALID_PARAMETER);
    }
    // SAFETY: that many problems follow the count.
    let list = unsafe {
        let first = (&raw const (*problems).aProblem).cast::<SPropProblem>();
        core::slice::from_raw_parts(first, head.cProblem as usize)
    };
    Ok(list.iter().map(|p| (p.ulIndex, PropTag(p.ulPropTag), Code(p.scode))).collect())
}
