//! Lists: tags, sort orders, entry identifiers, names, problems. Each answers
//! `None` when there is no memory.

use com_abi::WideString;

use super::{Allocator, binary, copy};
use crate::codes::Code;
use crate::restriction::{Aggregate, SortOrder};
use crate::spi::Name;
use crate::structs::*;
use crate::tags::PropTag;
use crate::value::EntryId;

/// A list of tags.
pub fn tags(tags: &[PropTag], allocator: Allocator<'_>) -> Option<*mut SPropTagArray> {
    let words: Vec<u32> =
        std::iter::once(tags.len() as u32).chain(tags.iter().map(|tag| tag.0)).collect();
    Some(copy(&words, allocator)?.cast())
}

/// A sort order.
pub fn sort_order(order: &SortOrder, allocator: Allocator<'_>) -> Option<*mut SSortOrderSet> {
    let mut words = vec![order.keys.len() as u32, order.categories as u32, order.expanded as u32];
    for (at, key) in order.keys.iter().enumerate() {
        let mut how = if key.descending { TABLE_SORT_DESCEND } else { TABLE_SORT_ASCEND };
        if order.combined.contains(&at) {
            how |= TABLE_SORT_COMBINE;
        }
        how |= match order.aggregates.iter().find(|(place, _)| *place == at) {
            Some((_, Aggregate::Max)) => TABLE_SORT_CATEG_MAX,
            Some((_, Aggregate::Min)) => TABLE_SORT_CATEG_MIN,
            None => 0,
        };
        words.extend([key.tag.0, how]);
    }
    Some(copy(&words, allocator)?.cast())
}

/// What went wrong with which property: its place in the input, its tag, the code.
pub fn problems(
    problems: &[(u32, PropTag, Code)],
    allocator: Allocator<'_>,
) -> Option<*mut SPropProblemArray> {
    let mut words = vec![problems.len() as u32];
    for (index, tag, code) in problems {
        words.extend([*index, tag.0, code.0 as u32]);
    }
    Some(copy(&words, allocator)?.cast())
}

/// Entry identifiers.
pub fn entry_list(entries: &[EntryId], allocator: Allocator<'_>) -> Option<*mut ENTRYLIST> {
    let empty = ENTRYLIST { cValues: 0, lpbin: core::ptr::null_mut() };
    let list = copy(&[empty], allocator)?;
    let built: Vec<SBinary> =
        entries.iter().map(|entry| binary(&entry.0, allocator)).collect::<Option<_>>()?;
    let whole = ENTRYLIST { cValues: built.len() as u32, lpbin: copy(&built, allocator)? };
    // SAFETY: the memory that was asked for first.
    unsafe { list.write(whole) };
    Some(list)
}

/// Pointers to names; null for what has none.
pub fn names(names: &[Option<Name>], allocator: Allocator<'_>) -> Option<*mut *mut MAPINAMEID> {
    let first = copy(&vec![core::ptr::null_mut::<MAPINAMEID>(); names.len()], allocator)?;
    for (at, wanted) in names.iter().enumerate() {
        let Some(wanted) = wanted else { continue };
        let built = name(wanted, allocator)?;
        // SAFETY: the memory that was asked for first, with room for all.
        unsafe { first.add(at).write(built) };
    }
    Some(first)
}

fn name(name: &Name, allocator: Allocator<'_>) -> Option<*mut MAPINAMEID> {
    let (set, ulKind, Kind) = match name {
        Name::Id { set, id } => {
            // The whole word, so that no bytes are left as they were.
            (set, MNID_ID, NameUnion { lID_Reserved: *id as u32 as isize })
        }
        Name::Text { set, text } => {
            let lpwstrName = copy(WideString::new(text).units(), allocator)?;
            (set, MNID_STRING, NameUnion { lpwstrName })
        }
    };
    copy(&[MAPINAMEID { lpguid: copy(&[*set], allocator)?, ulKind, Kind }], allocator)
}
