//! `IMAPITable` over the table engine.
//!
//! A client advises a table of a folder through the store's own changes: what they
//! mean to the table is found when its sink is called, not where the changes are.

use core::ffi::c_void;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use com_abi::{HRESULT, class};
use mapi_abi::codes::{Code, Failure};
use mapi_abi::interfaces::{IMAPITable, IMAPITable_Impl};
use mapi_abi::structs::{
    BOOKMARK_BEGINNING, BOOKMARK_CURRENT, BOOKMARK_END, SPropTagArray, SRestriction, SRowSet,
    SSortOrderSet, TBL_ALL_COLUMNS, TBL_NOADVANCE,
};
use mapi_abi::tags::PropTag;
use mapi_abi::value::{Prop, Row};
use mapi_abi::{build, read};
use mapi_session::notify::{Interest, Notification, Sink, event};
use mapi_session::{Client, StoreHandle};
use mapi_table::{Bookmark, Landing, Table, TableEvent};

use crate::answer;
use crate::context::{answer as put, answer_bytes, invalid, object, optional, refused};
use crate::last_error::{completed, get_last_error, guarded};
use crate::prop::linked;
use crate::sink::ComSink;
use crate::text::{answered, asked};

/// `FindRow`: towards the beginning.
const DIR_BACKWARD: u32 = 1;
/// Largest key or state that a client passes, in bytes.
const MAX_STATE_BYTES: u32 = 1 << 20;

struct State {
    table: Table,
    /// The columns as the client said them.
    columns: Vec<PropTag>,
}

impl State {
    fn new(table: Table) -> Arc<Mutex<Self>> {
        let columns = table.columns().to_vec();
        Arc::new(Mutex::new(Self { table, columns }))
    }

    /// Rows as the client asked for their columns.
    fn shown(&self, mut rows: Vec<Row>) -> Vec<Row> {
        for row in &mut rows {
            answered(row, &self.columns, 0);
        }
        rows
    }
}

#[class(interfaces(IMAPITable))]
struct TableFace {
    /// Whose session it belongs to; a table of the administration to none.
    client: Option<Arc<Client>>,
    state: Arc<Mutex<State>>,
    /// The store whose changes concern it.
    fed: Option<StoreHandle>,
}

/// The object of a table, with a reference.
pub fn table_object(
    client: &Arc<Client>,
    table: Table,
    fed: Option<StoreHandle>,
) -> Result<*mut c_void, Failure> {
    let face = TableFace { client: Some(Arc::clone(client)), state: State::new(table), fed };
    object::<TableFace, IMAPITable>(face)
}

/// The object of a table that belongs to no session, with a reference.
pub fn free_table_object(table: Table) -> Result<*mut c_void, Failure> {
    object::<TableFace, IMAPITable>(TableFace { client: None, state: State::new(table), fed: None })
}

/// A row with just these columns.
pub fn set_columns_of(row: &Row, columns: &[PropTag]) -> Row {
    let find = |tag: &PropTag| row.iter().find(|prop| prop.tag.id() == tag.id());
    let one = |tag: &PropTag| match find(tag) {
        Some(prop) if prop.tag == *tag || tag.prop_type() == 0 => prop.clone(),
        _ => Prop::not_found(*tag),
    };
    columns.iter().map(one).collect()
}

impl TableFace {
    fn check(&self) -> Result<(), Failure> {
        self.client.as_ref().map_or(Ok(()), |client| client.check())
    }

    fn state(&self) -> Result<MutexGuard<'_, State>, Failure> {
        self.check()?;
        Ok(self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn bookmark(number: usize) -> Result<Bookmark, Failure> {
    match u32::try_from(number) {
        Ok(BOOKMARK_BEGINNING) => Ok(Bookmark::Beginning),
        Ok(BOOKMARK_CURRENT) => Ok(Bookmark::Current),
        Ok(BOOKMARK_END) => Ok(Bookmark::End),
        Ok(made) => Ok(Bookmark::Made(made)),
        Err(_) => Err(Failure::new(Code::INVALID_BOOKMARK, "no such bookmark")),
    }
}

const fn number(bookmark: Bookmark) -> usize {
    match bookmark {
        Bookmark::Beginning => BOOKMARK_BEGINNING as usize,
        Bookmark::Current => BOOKMARK_CURRENT as usize,
        Bookmark::End => BOOKMARK_END as usize,
        Bookmark::Made(number) => number as usize,
    }
}

/// Bytes that a client passed.
///
/// # Safety
/// `start` is null or has `size` readable bytes.
unsafe fn bytes_argument<'a>(size: u32, start: *const u8) -> Result<&'a [u8], Failure> {
    if size == 0 {
        return Ok(&[]);
    }
    if start.is_null() || size > MAX_STATE_BYTES {
        return Err(invalid("the bytes cannot be read"));
    }
    // SAFETY: forwarded from the caller.
    Ok(unsafe { core::slice::from_raw_parts(start, size as usize) })
}

/// Tells a client's sink what the store's changes mean to its table.
struct TableSink {
    state: Weak<Mutex<State>>,
    sink: Arc<ComSink>,
}

impl Sink for TableSink {
    fn notify(&self, notifications: &[Notification]) {
        let Some(state) = self.state.upgrade() else { return };
        let changes: Vec<_> = notifications
            .iter()
            .filter_map(|one| match one {
                Notification::Object(change) => Some(change.clone()),
                _ => None,
            })
            .collect();
        let mut told = Vec::new();
        {
            let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
            for event in state.table.changes(&changes) {
                told.push(match event {
                    TableEvent::Changed => Notification::TableChanged,
                    TableEvent::Row(row) => Notification::Row(row),
                });
            }
        }
        if changes.len() < notifications.len() {
            // Something else happened: the store is broken, or too much changed.
            told.push(Notification::TableChanged);
        }
        if !told.is_empty() {
            self.sink.notify(&told);
        }
    }
}

impl IMAPITable_Impl for TableFace {
    unsafe fn GetLastError(&self, result: HRESULT, flags: u32, error: *mut *mut c_void) -> HRESULT {
        // SAFETY: forwarded from the caller.
        unsafe { get_last_error(result, flags, error.cast()) }
    }

    unsafe fn Advise(&self, mask: u32, sink: *mut c_void, connection: *mut usize) -> HRESULT {
        guarded("Advise", || {
            self.check()?;
            let fed = self
                .fed
                .as_ref()
                .ok_or_else(|| Failure::new(Code::NO_SUPPORT, "this table does not change"))?;
            if mask & event::TABLE_MODIFIED == 0 {
                return Err(invalid("a table tells of its own changes only"));
            }
            // SAFETY: forwarded from the caller.
            let sink = unsafe { ComSink::new(sink) }?;
            let sink = TableSink { state: Arc::downgrade(&self.state), sink };
            let interest = Interest { mask: u32::MAX, entry: None };
            let number = fed.advise(interest, Arc::new(sink))?;
            self.state()?.table.watch()?;
            // SAFETY: forwarded from the caller.
            unsafe { put(connection, number) }
        })
    }

    unsafe fn Unadvise(&self, connection: usize) -> HRESULT {
        guarded("Unadvise", || match &self.client {
            Some(client) => client.sinks().unadvise(connection),
            None => Err(Failure::new(Code::NOT_FOUND, "there is no such connection")),
        })
    }

    unsafe fn GetStatus(&self, status: *mut u32, kind: *mut u32) -> HRESULT {
        guarded("GetStatus", || {
            let now = self.state()?.table.status();
            // SAFETY: forwarded from the caller.
            unsafe {
                put(status, now.state)?;
                put(kind, now.kind)
            }
        })
    }

    unsafe fn SetColumns(&self, tags: *const SPropTagArray, _flags: u32) -> HRESULT {
        guarded("SetColumns", || {
            // SAFETY: forwarded from the caller.
            let tags = unsafe { read::tags(tags) }.map_err(refused("too many columns"))?;
            let tags = tags.unwrap_or_default();
            let mut state = self.state()?;
            state.table.set_columns(asked(&tags, |_| None))?;
            state.columns = tags;
            Ok(())
        })
    }

    unsafe fn QueryColumns(&self, flags: u32, place: *mut *mut SPropTagArray) -> HRESULT {
        guarded("QueryColumns", || {
            let state = self.state()?;
            let built = if flags & TBL_ALL_COLUMNS != 0 {
                answer::tags(&state.table.all_columns())?
            } else {
                answer::tags(&state.columns)?
            };
            // SAFETY: forwarded from the caller.
            unsafe { put(place, built) }
        })
    }

    unsafe fn GetRowCount(&self, _flags: u32, place: *mut u32) -> HRESULT {
        guarded("GetRowCount", || {
            let count = self.state()?.table.row_count()?;
            // SAFETY: forwarded from the caller.
            unsafe { put(place, u32::try_from(count).unwrap_or(u32::MAX)) }
        })
    }

    unsafe fn SeekRow(&self, mark: usize, rows: i32, moved: *mut i32) -> HRESULT {
        completed("SeekRow", || {
            let by = self.state()?.table.seek(bookmark(mark)?, i64::from(rows))?;
            // SAFETY: forwarded from the caller.
            unsafe { optional(moved, i32::try_from(by.rows).unwrap_or(i32::MAX)) };
            Ok(by.landing.code())
        })
    }

    unsafe fn SeekRowApprox(&self, numerator: u32, denominator: u32) -> HRESULT {
        guarded("SeekRowApprox", || self.state()?.table.seek_approx(numerator, denominator))
    }

    unsafe fn QueryPosition(
        &self,
        row: *mut u32,
        numerator: *mut u32,
        denominator: *mut u32,
    ) -> HRESULT {
        guarded("QueryPosition", || {
            let at = self.state()?.table.query_position()?;
            // SAFETY: forwarded from the caller.
            unsafe {
                optional(row, u32::try_from(at.row).unwrap_or(u32::MAX));
                optional(numerator, u32::try_from(at.numerator).unwrap_or(u32::MAX));
                optional(denominator, u32::try_from(at.denominator).unwrap_or(u32::MAX));
            }
            Ok(())
        })
    }

    unsafe fn FindRow(&self, restriction: *const SRestriction, mark: usize, flags: u32) -> HRESULT {
        completed("FindRow", || {
            // SAFETY: forwarded from the caller.
            let restriction = unsafe { read::restriction(restriction) }
                .map_err(refused("the restriction is not supported"))?;
            let restriction = restriction.ok_or_else(|| invalid("what is looked for?"))?;
            let backward = flags & DIR_BACKWARD != 0;
            let found = self.state()?.table.find_row(&restriction, bookmark(mark)?, backward)?;
            Ok(Landing::code(found))
        })
    }

    unsafe fn Restrict(&self, restriction: *const SRestriction, _flags: u32) -> HRESULT {
        guarded("Restrict", || {
            // SAFETY: forwarded from the caller.
            let restriction = unsafe { read::restriction(restriction) };
            let restriction = restriction.map_err(refused("the restriction is not supported"))?;
            self.state()?.table.restrict(restriction)
        })
    }

    unsafe fn CreateBookmark(&self, place: *mut usize) -> HRESULT {
        guarded("CreateBookmark", || {
            let made = self.state()?.table.create_bookmark()?;
            // SAFETY: forwarded from the caller.
            unsafe { put(place, number(made)) }
        })
    }

    unsafe fn FreeBookmark(&self, mark: usize) -> HRESULT {
        guarded("FreeBookmark", || self.state()?.table.free_bookmark(bookmark(mark)?))
    }

    unsafe fn SortTable(&self, order: *const SSortOrderSet, _flags: u32) -> HRESULT {
        guarded("SortTable", || {
            // SAFETY: forwarded from the caller.
            let order = unsafe { read::sort_order(order) };
            let order = order.map_err(refused("the sort order is not supported"))?;
            self.state()?.table.sort(order)
        })
    }

    unsafe fn QuerySortOrder(&self, place: *mut *mut SSortOrderSet) -> HRESULT {
        guarded("QuerySortOrder", || {
            let order = self.state()?.table.sort_order().clone();
            let built = linked(|allocator| build::sort_order(&order, allocator))?;
            // SAFETY: forwarded from the caller.
            unsafe { put(place, built) }
        })
    }

    unsafe fn QueryRows(&self, rows: i32, flags: u32, place: *mut *mut SRowSet) -> HRESULT {
        guarded("QueryRows", || {
            let mut state = self.state()?;
            let found = state.table.query_rows(rows, flags & TBL_NOADVANCE != 0)?;
            let found = state.shown(found);
            drop(state);
            let built = answer::row_set(&found)?;
            // SAFETY: forwarded from the caller.
            unsafe { put(place, built) }
        })
    }

    unsafe fn Abort(&self) -> HRESULT {
        guarded("Abort", || {
            self.state()?.table.abort();
            Ok(())
        })
    }

    unsafe fn ExpandRow(
        &self,
        size: u32,
        key: *const u8,
        rows: u32,
        _flags: u32,
        place: *mut *mut SRowSet,
        more: *mut u32,
    ) -> HRESULT {
        guarded("ExpandRow", || {
            // SAFETY: forwarded from the caller.
            let key = unsafe { bytes_argument(size, key) }?;
            let mut state = self.state()?;
            let expanded = state.table.expand_row(key, rows)?;
            let found = state.shown(expanded.rows);
            drop(state);
            if !place.is_null() {
                let built = answer::row_set(&found)?;
                // SAFETY: checked for null; the caller passes a writable place.
                unsafe { place.write(built) };
            }
            // SAFETY: null or writable.
            unsafe { optional(more, u32::try_from(expanded.more).unwrap_or(u32::MAX)) };
            Ok(())
        })
    }

    unsafe fn CollapseRow(
        &self,
        size: u32,
        key: *const u8,
        _flags: u32,
        rows: *mut u32,
    ) -> HRESULT {
        guarded("CollapseRow", || {
            // SAFETY: forwarded from the caller.
            let key = unsafe { bytes_argument(size, key) }?;
            let gone = self.state()?.table.collapse_row(key)?;
            // SAFETY: null or writable.
            unsafe { optional(rows, u32::try_from(gone).unwrap_or(u32::MAX)) };
            Ok(())
        })
    }

    unsafe fn WaitForCompletion(&self, _flags: u32, _timeout: u32, status: *mut u32) -> HRESULT {
        guarded("WaitForCompletion", || {
            let now = self.state()?.table.wait();
            // SAFETY: forwarded from the caller.
            unsafe { optional(status, now.state) };
            Ok(())
        })
    }

    unsafe fn GetCollapseState(
        &self,
        _flags: u32,
        size: u32,
        key: *const u8,
        state_size: *mut u32,
        place: *mut *mut u8,
    ) -> HRESULT {
        guarded("GetCollapseState", || {
            // SAFETY: forwarded from the caller.
            let key = unsafe { bytes_argument(size, key) }?;
            let bytes = self.state()?.table.collapse_state(key)?;
            // SAFETY: forwarded from the caller.
            unsafe { answer_bytes(state_size, place, &bytes) }
        })
    }

    unsafe fn SetCollapseState(
        &self,
        _flags: u32,
        size: u32,
        bytes: *const u8,
        mark: *mut usize,
    ) -> HRESULT {
        guarded("SetCollapseState", || {
            // SAFETY: forwarded from the caller.
            let bytes = unsafe { bytes_argument(size, bytes) }?;
            let made = self.state()?.table.set_collapse_state(bytes)?;
            // SAFETY: null or writable.
            unsafe { optional(mark, number(made)) };
            Ok(())
        })
    }
}
