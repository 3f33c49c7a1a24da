//! The helpers of `mapiutil.h`: whole tables, single properties, lists, sinks.

#![allow(non_snake_case)]

use core::ffi::c_void;

use com_abi::{HRESULT, Interface};
use mapi_abi::codes::{Code, Failure};
use mapi_abi::interfaces::{IMAPIProp, IMAPITable};
use mapi_abi::structs::{
    ADRENTRY, ADRLIST, BOOKMARK_BEGINNING, NOTIFCALLBACK, SPropProblemArray, SPropTagArray,
    SPropValue, SRestriction, SRow, SRowSet, SSortOrderSet,
};
use mapi_abi::tags::PropTag;
use mapi_abi::tags::types::{PT_ERROR, PT_UNSPECIFIED};
use mapi_abi::value::Row;
use mapi_abi::{build, read};

use crate::answer;
use crate::buffer::free;
use crate::context::{answer as put, invalid, refused};
use crate::last_error::guarded;
use crate::thread_sink;

/// Most rows that are read at once.
const PAGE: i32 = 500;
/// Most rows of a whole table.
const MAX_ROWS: usize = 1 << 20;

fn check(what: &str, code: HRESULT) -> Result<(), Failure> {
    if code.is_ok() {
        return Ok(());
    }
    Err(Failure::new(Code(code.0), format!("{what} was refused")))
}

/// Reads and frees a set of rows.
///
/// # Safety
/// `set` is null or a set that is not used again.
unsafe fn take_rows(set: *mut SRowSet) -> Result<Vec<Row>, Failure> {
    // SAFETY: forwarded from the caller.
    let rows = unsafe {
        let rows = read::rows(set).and_then(|rows| {
            rows.iter().map(|row| read::row(row)).collect::<Result<Vec<Row>, Code>>()
        });
        FreeProws(set);
        rows
    };
    rows.map_err(refused("the rows cannot be read"))
}

/// See `mapiutil.h`.
///
/// # Safety
/// `table` is a table; the others are null or valid structures, `place` null or
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn HrQueryAllRows(
    table: *mut c_void,
    columns: *mut SPropTagArray,
    restriction: *mut SRestriction,
    order: *mut SSortOrderSet,
    limit: i32,
    place: *mut *mut SRowSet,
) -> HRESULT {
    guarded("HrQueryAllRows", || {
        // SAFETY: forwarded from the caller.
        let table = unsafe { IMAPITable::from_raw_borrowed(&table) };
        let table = table.ok_or_else(|| invalid("there is no table"))?;
        let most = match usize::try_from(limit) {
            Ok(limit) if limit > 0 => limit.min(MAX_ROWS),
            _ => MAX_ROWS,
        };
        let mut rows: Vec<Row> = Vec::new();
        // SAFETY: the structures are the caller's; each set is ours to free.
        unsafe {
            if !columns.is_null() {
                check("the columns", table.SetColumns(columns, 0))?;
            }
            if !restriction.is_null() {
                check("the restriction", table.Restrict(restriction, 0))?;
            }
            if !order.is_null() {
                check("the order", table.SortTable(order, 0))?;
            }
            let begin = BOOKMARK_BEGINNING as usize;
            check("the beginning", table.SeekRow(begin, 0, core::ptr::null_mut()))?;
            loop {
                let mut set = core::ptr::null_mut();
                check("reading rows", table.QueryRows(PAGE, 0, &mut set))?;
                let page = take_rows(set)?;
                if page.is_empty() {
                    break;
                }
                rows.extend(page);
                if rows.len() > most {
                    let says = format!("the table has more than {most} rows");
                    return Err(Failure::new(Code::TABLE_TOO_BIG, says));
                }
            }
        }
        let built = answer::row_set(&rows)?;
        // SAFETY: forwarded from the caller.
        unsafe { put(place, built) }
    })
}

/// See `mapiutil.h`.
///
/// # Safety
/// `rows` is null or a set of buffers, not used again.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn FreeProws(rows: *mut SRowSet) {
    if rows.is_null() {
        return;
    }
    // SAFETY: forwarded from the caller; so many rows follow the count.
    unsafe {
        let first = (&raw const (*rows).aRow).cast::<SRow>();
        for at in 0..(*rows).cRows as usize {
            free((*first.add(at)).lpProps.cast());
        }
        free(rows.cast());
    }
}

/// See `mapiutil.h`.
///
/// # Safety
/// `list` is null or a list of buffers, not used again.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn FreePadrlist(list: *mut ADRLIST) {
    if list.is_null() {
        return;
    }
    // SAFETY: forwarded from the caller; so many entries follow the count.
    unsafe {
        let first = (&raw const (*list).aEntries).cast::<ADRENTRY>();
        for at in 0..(*list).cEntries as usize {
            free((*first.add(at)).rgPropVals.cast());
        }
        free(list.cast());
    }
}

/// See `mapiutil.h`.
///
/// # Safety
/// `object` has properties; `place` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn HrGetOneProp(
    object: *mut c_void,
    tag: u32,
    place: *mut *mut SPropValue,
) -> HRESULT {
    guarded("HrGetOneProp", || {
        // SAFETY: forwarded from the caller.
        let object = unsafe { IMAPIProp::from_raw_borrowed(&object) };
        let object = object.ok_or_else(|| invalid("there is no object"))?;
        let mut arguments = build::Arguments::new();
        let tags = arguments.tags(&[PropTag(tag)]);
        let (mut count, mut value) = (0, core::ptr::null_mut());
        // SAFETY: a valid list and writable places; the answer is ours.
        unsafe {
            check("the property", object.GetProps(tags, 0, &mut count, &mut value))?;
            if count != 1 || value.is_null() {
                free(value.cast());
                return Err(Failure::new(Code::NOT_FOUND, "the object has no such property"));
            }
            if PropTag((*value).ulPropTag).prop_type() == PT_ERROR {
                let code = Code((*value).Value.err);
                free(value.cast());
                return Err(Failure::new(code, "the object has no such property"));
            }
            put(place, value)
        }
    })
}

/// See `mapiutil.h`.
///
/// # Safety
/// `object` has properties; `value` is null or a valid structure.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn HrSetOneProp(object: *mut c_void, value: *mut SPropValue) -> HRESULT {
    guarded("HrSetOneProp", || {
        // SAFETY: forwarded from the caller.
        let object = unsafe { IMAPIProp::from_raw_borrowed(&object) };
        let object = object.ok_or_else(|| invalid("there is no object"))?;
        let mut problems = core::ptr::null_mut::<c_void>();
        // SAFETY: forwarded from the caller; the problems are ours.
        unsafe {
            check("the property", object.SetProps(1, value, &mut problems))?;
            let refused = read::problems(problems.cast::<SPropProblemArray>());
            free(problems.cast());
            let refused = refused.map_err(refused_problems)?;
            match refused.first() {
                Some((_, _, code)) => Err(Failure::new(*code, "the object refused the property")),
                None => Ok(()),
            }
        }
    })
}

fn refused_problems(code: Code) -> Failure {
    Failure::new(code, "the problems cannot be read")
}

/// See `mapiutil.h`.
///
/// # Safety
/// `values` is null or `count` valid structures.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn PpropFindProp(
    values: *mut SPropValue,
    count: u32,
    tag: u32,
) -> *mut SPropValue {
    let tag = PropTag(tag);
    let is_wanted = |found: PropTag| {
        found == tag || tag.prop_type() == PT_UNSPECIFIED && found.id() == tag.id()
    };
    if values.is_null() {
        return values;
    }
    (0..count as usize)
        // SAFETY: so many structures of the caller's.
        .map(|at| unsafe { values.add(at) })
        // SAFETY: as above.
        .find(|value| is_wanted(PropTag(unsafe { (**value).ulPropTag })))
        .unwrap_or(core::ptr::null_mut())
}

/// See `mapiutil.h`.
///
/// # Safety
/// `function` may be called with `context` on any thread; `place` is null or
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn HrAllocAdviseSink(
    function: Option<NOTIFCALLBACK>,
    context: *mut c_void,
    place: *mut *mut c_void,
) -> HRESULT {
    guarded("HrAllocAdviseSink", || {
        let made = thread_sink::function_sink(function, context)?;
        // SAFETY: forwarded from the caller.
        unsafe { put(place, made) }
    })
}

/// See `mapiutil.h`.
///
/// # Safety
/// `sink` is null or a sink; `place` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn HrThisThreadAdviseSink(
    sink: *mut c_void,
    place: *mut *mut c_void,
) -> HRESULT {
    guarded("HrThisThreadAdviseSink", || {
        // SAFETY: forwarded from the caller.
        unsafe { put(place, thread_sink::thread_sink(sink)?) }
    })
}

/// See `mapiutil.h`.
#[unsafe(no_mangle)]
pub extern "system" fn HrDispatchNotifications(_flags: u32) -> HRESULT {
    // Every call looks for them at its beginning.
    guarded("HrDispatchNotifications", || Ok(()))
}
