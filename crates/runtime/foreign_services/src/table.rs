//! Tables of a provider.

use mapi_abi::build::Arguments;
use mapi_abi::codes::{Code, Failure};
use mapi_abi::interfaces::IMAPITable;
use mapi_abi::read;
use mapi_abi::spi::Query;
use mapi_abi::structs::{BOOKMARK_BEGINNING, SRowSet, TBL_BATCH};
use mapi_abi::tags::{PR_ENTRYID, PropTag};
use mapi_abi::value::Row;

use crate::objects::{Taken, check};
use crate::props;

/// Rows that are asked for at once.
const PAGE: u32 = 256;
/// Most rows of a table that is read as a whole.
pub const MAX_ROWS: u64 = 1 << 20;

/// What a provider says to a condition or an order that it cannot do.
fn too_complex(failure: Failure) -> Failure {
    match failure.code {
        Code::NO_SUPPORT | Code::TOO_COMPLEX => Failure::new(Code::TOO_COMPLEX, failure.says),
        _ => failure,
    }
}

/// Restricts and sorts a table.
///
/// # Errors
/// `TOO_COMPLEX` the provider cannot do it; otherwise the provider's.
pub fn narrow(table: &IMAPITable, query: &Query) -> Result<(), Failure> {
    let mut arguments = Arguments::new();
    if let Some(restriction) = &query.restriction {
        // SAFETY: a valid structure, which lives as long as `arguments`.
        let code = unsafe { table.Restrict(arguments.restriction(restriction), TBL_BATCH) };
        check(table, "Restrict", code).map_err(too_complex)?;
    }
    if !query.sort.is_empty() {
        // SAFETY: as above.
        let code = unsafe { table.SortTable(arguments.sort_order(&query.sort), TBL_BATCH) };
        check(table, "SortTable", code).map_err(too_complex)?;
    }
    Ok(())
}

/// How many rows a table has.
///
/// # Errors
/// The provider's.
pub fn count(table: &IMAPITable) -> Result<u64, Failure> {
    let mut count = 0;
    // SAFETY: a writable place.
    let code = unsafe { table.GetRowCount(0, &mut count) };
    check(table, "GetRowCount", code)?;
    Ok(u64::from(count))
}

/// At most `limit` rows from row `start` on.
///
/// # Errors
/// The provider's.
pub fn rows(
    table: &IMAPITable,
    columns: &[PropTag],
    start: u64,
    limit: u64,
) -> Result<Vec<Row>, Failure> {
    let mut arguments = Arguments::new();
    // A table has at least one column.
    let asked = if columns.is_empty() { &[PR_ENTRYID] } else { columns };
    // SAFETY: a valid list, which lives as long as `arguments`.
    let code = unsafe { table.SetColumns(arguments.tags(asked), TBL_BATCH) };
    check(table, "SetColumns", code)?;
    let Ok(by) = i32::try_from(start) else { return Ok(Vec::new()) };
    let mut moved = 0;
    // SAFETY: a writable place.
    let code = unsafe { table.SeekRow(BOOKMARK_BEGINNING as usize, by, &mut moved) };
    check(table, "SeekRow", code)?;
    let mut all = Vec::new();
    if moved < by {
        return Ok(all);
    }
    while (all.len() as u64) < limit {
        let wanted = (limit - all.len() as u64).min(u64::from(PAGE)) as i32;
        let mut place = core::ptr::null_mut();
        // SAFETY: a writable place.
        let code = unsafe { table.QueryRows(wanted, 0, &mut place) };
        let page = taken_rows(place, columns);
        check(table, "QueryRows", code)?;
        let page = page?;
        if page.is_empty() {
            break;
        }
        all.extend(page);
    }
    all.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(all)
}

/// Reads an answered set of rows, and frees it.
fn taken_rows(place: *mut SRowSet, columns: &[PropTag]) -> Result<Vec<Row>, Failure> {
    if place.is_null() {
        return Ok(Vec::new());
    }
    let set = Taken(place);
    // SAFETY: the provider answered with a set, which is ours.
    let list = unsafe { read::rows(set.0) }
        .map_err(|code| Failure::new(code, "the provider answers with too many rows"))?;
    let taken: Vec<_> = list.iter().map(|row| (Taken(row.lpProps), row.cValues)).collect();
    // SAFETY: so many structures each.
    let one = |(first, count): &(Taken<_>, u32)| unsafe { props::row(first.0, *count) };
    taken.iter().map(|row| Ok(props::fitted(&one(row)?, columns))).collect()
}

/// All rows of a table.
///
/// # Errors
/// The provider's.
pub fn all(table: &IMAPITable, columns: &[PropTag]) -> Result<Vec<Row>, Failure> {
    rows(table, columns, 0, MAX_ROWS)
}
