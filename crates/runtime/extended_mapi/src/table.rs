//! `IMAPITable`.

use core::ffi::c_void;
use std::sync::{Mutex, MutexGuard, PoisonError};

use com_abi::{HRESULT, class};
use mapi_abi::codes::{Code, Failure};
use mapi_abi::interfaces::{IMAPITable, IMAPITable_Impl};
use mapi_abi::read;
use mapi_abi::structs::{
    BOOKMARK_BEGINNING, BOOKMARK_CURRENT, BOOKMARK_END, SPropTagArray, SRestriction, SRowSet,
    SSortOrderSet,
};
use mapi_table::{Bookmark, Table};

use super::{Context, answer, object, props};
use crate::ffi::guarded;

/// `TBL_NOADVANCE`: the position stays.
const TBL_NOADVANCE: u32 = 1;

#[class(interfaces(IMAPITable))]
struct TableFace {
    context: Context,
    table: Mutex<Table>,
}

/// The object of a table, with a reference.
pub fn table_object(context: &Context, table: Table) -> Result<*mut c_void, Failure> {
    let face = TableFace { context: context.clone(), table: Mutex::new(table) };
    object::<TableFace, IMAPITable>(face)
}

impl TableFace {
    fn table(&self) -> Result<MutexGuard<'_, Table>, Failure> {
        self.context.check()?;
        Ok(self.table.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn refused(says: &'static str) -> impl FnOnce(Code) -> Failure {
    move |code| Failure::new(code, says)
}

impl IMAPITable_Impl for TableFace {
    unsafe fn SetColumns(&self, tags: *const SPropTagArray, _flags: u32) -> HRESULT {
        guarded("SetColumns", || {
            // SAFETY: forwarded from the caller.
            let tags = unsafe { read::tags(tags) }.map_err(refused("too many columns"))?;
            self.table()?.set_columns(tags.unwrap_or_default())
        })
    }

    unsafe fn QueryColumns(&self, _flags: u32, place: *mut *mut SPropTagArray) -> HRESULT {
        guarded("QueryColumns", || {
            let built = props::tags(self.table()?.columns())?;
            // SAFETY: forwarded from the caller.
            unsafe { answer(place, built) }
        })
    }

    unsafe fn GetRowCount(&self, _flags: u32, place: *mut u32) -> HRESULT {
        guarded("GetRowCount", || {
            let count = self.table()?.row_count()?;
            // SAFETY: forwarded from the caller.
            unsafe { answer(place, u32::try_from(count).unwrap_or(u32::MAX)) }
        })
    }

    unsafe fn SeekRow(&self, bookmark: usize, rows: i32, moved: *mut i32) -> HRESULT {
        guarded("SeekRow", || {
            let from = match u32::try_from(bookmark) {
                Ok(BOOKMARK_BEGINNING) => Bookmark::Beginning,
                Ok(BOOKMARK_CURRENT) => Bookmark::Current,
                Ok(BOOKMARK_END) => Bookmark::End,
                _ => return Err(Failure::new(Code::INVALID_BOOKMARK, "no such bookmark")),
            };
            let by = self.table()?.seek(from, i64::from(rows))?;
            if moved.is_null() {
                return Ok(());
            }
            // SAFETY: forwarded from the caller.
            unsafe { answer(moved, i32::try_from(by).unwrap_or(i32::MAX)) }
        })
    }

    unsafe fn Restrict(&self, restriction: *const SRestriction, _flags: u32) -> HRESULT {
        guarded("Restrict", || {
            // SAFETY: forwarded from the caller.
            let restriction = unsafe { read::restriction(restriction) };
            let restriction = restriction.map_err(refused("the restriction is not supported"))?;
            self.table()?.restrict(restriction);
            Ok(())
        })
    }

    unsafe fn SortTable(&self, order: *const SSortOrderSet, _flags: u32) -> HRESULT {
        guarded("SortTable", || {
            // SAFETY: forwarded from the caller.
            let keys = unsafe { read::sort_order(order) };
            let keys = keys.map_err(refused("the sort order is not supported"))?;
            self.table()?.sort(keys);
            Ok(())
        })
    }

    unsafe fn QueryRows(&self, rows: i32, flags: u32, place: *mut *mut SRowSet) -> HRESULT {
        guarded("QueryRows", || {
            let found = self.table()?.query_rows(rows, flags & TBL_NOADVANCE != 0)?;
            let built = props::row_set(&found)?;
            // SAFETY: forwarded from the caller.
            unsafe { answer(place, built) }
        })
    }
}
