//! Properties and rows in buffers that the client frees.

#![allow(non_snake_case)] // members keep their C names, and locals follow

use mapi_abi::build;
use mapi_abi::codes::{Code, Failure};
use mapi_abi::structs::{SPropTagArray, SPropValue, SRow, SRowSet};
use mapi_abi::tags::PropTag;
use mapi_abi::value::{Row, Value};

use crate::buffer::{buffer, free, more};

fn no_memory() -> Failure {
    Failure::new(Code::NOT_ENOUGH_MEMORY, "there is no memory for the answer")
}

/// A list of properties in one buffer that everything else hangs on.
pub fn props(row: &Row) -> Result<*mut SPropValue, Failure> {
    let base = buffer(row.len() * size_of::<SPropValue>());
    if base.is_null() {
        return Err(no_memory());
    }
    let first = base.cast::<SPropValue>();
    for (at, prop) in row.iter().enumerate() {
        // SAFETY: the buffer has room for all of them; `base` is live and ours.
        let built = unsafe { build::prop(prop, first.add(at), &mut |size| more(size, base)) };
        if !built {
            // SAFETY: nobody else knows the buffer.
            unsafe { free(base) };
            return Err(no_memory());
        }
    }
    Ok(first)
}

/// Rows: the set and each row's properties in buffers of their own.
pub fn row_set(rows: &[Row]) -> Result<*mut SRowSet, Failure> {
    let base = buffer(size_of::<SRowSet>() + rows.len() * size_of::<SRow>());
    if base.is_null() {
        return Err(no_memory());
    }
    let set = base.cast::<SRowSet>();
    // SAFETY: the buffer has room for the head and all rows.
    let first = unsafe {
        set.write(SRowSet { cRows: 0, aRow: [] });
        (&raw mut (*set).aRow).cast::<SRow>()
    };
    for (at, row) in rows.iter().enumerate() {
        match props(row) {
            // SAFETY: as above.
            Ok(lpProps) => unsafe {
                let row = SRow { ulAdrEntryPad: 0, cValues: row.len() as u32, lpProps };
                first.add(at).write(row);
                (*set).cRows = at as u32 + 1;
            },
            Err(failure) => {
                // SAFETY: nobody else knows the set.
                unsafe { free_row_set(set) };
                return Err(failure);
            }
        }
    }
    Ok(set)
}

/// Frees a set that [`row_set`] made.
///
/// # Safety
/// `set` is live and not used again.
unsafe fn free_row_set(set: *mut SRowSet) {
    // SAFETY: forwarded from the caller.
    unsafe {
        let first = (&raw const (*set).aRow).cast::<SRow>();
        for at in 0..(*set).cRows as usize {
            free((*first.add(at)).lpProps.cast());
        }
        free(set.cast());
    }
}

/// A list of tags in one buffer.
pub fn tags(tags: &[PropTag]) -> Result<*mut SPropTagArray, Failure> {
    let base = buffer(4 + size_of_val(tags)).cast::<u32>();
    if base.is_null() {
        return Err(no_memory());
    }
    // SAFETY: the buffer has room for the count and all tags.
    unsafe {
        base.write(tags.len() as u32);
        for (at, tag) in tags.iter().enumerate() {
            base.add(1 + at).write(tag.0);
        }
    }
    Ok(base.cast())
}

/// `MAPI_W_ERRORS_RETURNED` when a property is missing, else `S_OK`.
pub fn completeness(row: &Row) -> Code {
    let missing = row.iter().any(|prop| matches!(prop.value, Value::Error(_)));
    if missing { Code::ERRORS_RETURNED } else { Code::OK }
}
