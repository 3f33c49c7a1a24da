//! Sort orders, with their headings.

use super::MAX_COLUMNS;
use crate::codes::Code;
use crate::restriction::{Aggregate, SortKey, SortOrder};
use crate::structs::*;
use crate::tags::PropTag;

/// A sort order; null is no order.
///
/// # Errors
/// `INVALID_PARAMETER` when it is too long, has more headings than keys or more of
/// them open than there are, combines its first key with nothing, or orders by the
/// largest and the smallest value at once; `TOO_COMPLEX` for an order that is not
/// documented.
///
/// # Safety
/// `order` is null or a valid structure.
pub unsafe fn sort_order(order: *const SSortOrderSet) -> Result<SortOrder, Code> {
    // SAFETY: forwarded from the caller.
    let Some(head) = (unsafe { order.as_ref() }) else { return Ok(SortOrder::default()) };
    let fits = head.cSorts <= MAX_COLUMNS
        && head.cCategories <= head.cSorts
        && head.cExpanded <= head.cCategories;
    if !fits {
        return Err(Code::INVALID_PARAMETER);
    }
    // SAFETY: that many keys follow the counts.
    let list = unsafe {
        let first = (&raw const (*order).aSort).cast::<SSortOrder>();
        core::slice::from_raw_parts(first, head.cSorts as usize)
    };
    let mut read = SortOrder {
        categories: head.cCategories as usize,
        expanded: head.cExpanded as usize,
        ..SortOrder::default()
    };
    for (at, key) in list.iter().enumerate() {
        add(&mut read, at, key)?;
    }
    Ok(read)
}

fn add(order: &mut SortOrder, at: usize, key: &SSortOrder) -> Result<(), Code> {
    const KNOWN: u32 =
        TABLE_SORT_DESCEND | TABLE_SORT_COMBINE | TABLE_SORT_CATEG_MAX | TABLE_SORT_CATEG_MIN;
    let has = |bit: u32| key.ulOrder & bit != 0;
    if key.ulOrder & !KNOWN != 0 {
        return Err(Code::TOO_COMPLEX);
    }
    if has(TABLE_SORT_COMBINE) {
        if at == 0 {
            return Err(Code::INVALID_PARAMETER);
        }
        order.combined.push(at);
    }
    match (has(TABLE_SORT_CATEG_MAX), has(TABLE_SORT_CATEG_MIN)) {
        (true, true) => return Err(Code::INVALID_PARAMETER),
        (true, false) => order.aggregates.push((at, Aggregate::Max)),
        (false, true) => order.aggregates.push((at, Aggregate::Min)),
        (false, false) => {}
    }
    let descending = has(TABLE_SORT_DESCEND);
    order.keys.push(SortKey { tag: PropTag(key.ulPropTag), descending });
    Ok(())
}
