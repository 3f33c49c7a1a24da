//! `IMAPITable`.

use core::ffi::c_void;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use com_abi::{HRESULT, class};
use mapi_abi::codes::{Code, Failure};
use mapi_abi::interfaces::{IMAPITable, IMAPITable_Impl};
use mapi_abi::read;
use mapi_abi::structs::{
    BOOKMARK_BEGINNING, BOOKMARK_CURRENT, BOOKMARK_END, SPropTagArray, SRestriction, SRowSet,
    SSortOrderSet,
};
use mapi_abi::tags::PropTag;
use mapi_abi::value::{EntryId, Prop, Row};
use mapi_session::notify::{Interest, Notification, Sink};
use mapi_session::{Client, StoreHandle};
use mapi_table::{Bookmark, Table};

use crate::answer;
use crate::context::{answer as put, object, optional, refused};
use crate::last_error::{get_last_error, guarded};
use crate::sink::ComSink;
use crate::text::{answered, asked};

/// `TBL_NOADVANCE`: the position stays.
const TBL_NOADVANCE: u32 = 1;
/// `TBLSTAT_COMPLETE`.
const TBLSTAT_COMPLETE: u32 = 0;
/// `TBLTYPE_DYNAMIC`.
const TBLTYPE_DYNAMIC: u32 = 2;

/// What changes a table: a folder of a store.
#[derive(Clone)]
pub struct Fed {
    /// The store.
    pub store: StoreHandle,
    /// The folder.
    pub folder: EntryId,
}

struct State {
    table: Table,
    /// The columns as the client said them.
    columns: Vec<PropTag>,
}

#[class(interfaces(IMAPITable))]
struct TableFace {
    /// Whose session it belongs to; a table of the administration to none.
    client: Option<Arc<Client>>,
    state: Arc<Mutex<State>>,
    fed: Option<Fed>,
}

/// The object of a table, with a reference.
pub fn table_object(
    client: &Arc<Client>,
    table: Table,
    fed: Option<Fed>,
) -> Result<*mut c_void, Failure> {
    let columns = table.columns().to_vec();
    let state = Arc::new(Mutex::new(State { table, columns }));
    let face = TableFace { client: Some(Arc::clone(client)), state, fed };
    object::<TableFace, IMAPITable>(face)
}

/// The object of a table that belongs to no session, with a reference.
pub fn free_table_object(table: Table) -> Result<*mut c_void, Failure> {
    let columns = table.columns().to_vec();
    let state = Arc::new(Mutex::new(State { table, columns }));
    object::<TableFace, IMAPITable>(TableFace { client: None, state, fed: None })
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
        _ => Err(Failure::new(Code::INVALID_BOOKMARK, "no such bookmark")),
    }
}

/// Tells a client's sink what the store's changes mean to its table.
struct TableSink {
    folder: EntryId,
    sink: Arc<ComSink>,
}

impl Sink for TableSink {
    fn notify(&self, notifications: &[Notification]) {
        let concerns = |one: &Notification| match one {
            Notification::Object(change) => {
                change.entry == self.folder
                    || change.parent.as_ref() == Some(&self.folder)
                    || change.old_parent.as_ref() == Some(&self.folder)
            }
            _ => true,
        };
        if notifications.iter().any(concerns) {
            self.sink.notify(&[Notification::TableChanged]);
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
            // SAFETY: forwarded from the caller.
            let sink = unsafe { ComSink::new(sink) }?;
            let _ = mask;
            let interest = Interest { mask: u32::MAX, entry: None };
            let sink = TableSink { folder: fed.folder.clone(), sink };
            let number = fed.store.advise(interest, Arc::new(sink))?;
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
            drop(self.state()?);
            // SAFETY: forwarded from the caller.
            unsafe {
                put(status, TBLSTAT_COMPLETE)?;
                put(kind, TBLTYPE_DYNAMIC)
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

    unsafe fn QueryColumns(&self, _flags: u32, place: *mut *mut SPropTagArray) -> HRESULT {
        guarded("QueryColumns", || {
            let built = answer::tags(&self.state()?.columns)?;
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
        guarded("SeekRow", || {
            let by = self.state()?.table.seek(bookmark(mark)?, i64::from(rows))?.rows;
            // SAFETY: forwarded from the caller.
            unsafe { optional(moved, i32::try_from(by).unwrap_or(i32::MAX)) };
            Ok(())
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

    unsafe fn SortTable(&self, order: *const SSortOrderSet, _flags: u32) -> HRESULT {
        guarded("SortTable", || {
            // SAFETY: forwarded from the caller.
            let order = unsafe { read::sort_order(order) };
            let order = order.map_err(refused("the sort order is not supported"))?;
            if order.categories > 0 {
                let says = "headings are not supported";
                return Err(Failure::new(Code::NO_SUPPORT, says));
            }
            self.state()?.table.sort(order.keys)
        })
    }

    unsafe fn QueryRows(&self, rows: i32, flags: u32, place: *mut *mut SRowSet) -> HRESULT {
        guarded("QueryRows", || {
            let mut state = self.state()?;
            let mut found = state.table.query_rows(rows, flags & TBL_NOADVANCE != 0)?;
            for row in &mut found {
                answered(row, &state.columns, 0);
            }
            drop(state);
            let built = answer::row_set(&found)?;
            // SAFETY: forwarded from the caller.
            unsafe { put(place, built) }
        })
    }

    unsafe fn WaitForCompletion(&self, _flags: u32, _timeout: u32, status: *mut u32) -> HRESULT {
        guarded("WaitForCompletion", || {
            drop(self.state()?);
            // SAFETY: forwarded from the caller.
            unsafe { optional(status, TBLSTAT_COMPLETE) };
            Ok(())
        })
    }

    unsafe fn Abort(&self) -> HRESULT {
        // Everything is complete when its call returns.
        guarded("Abort", || self.state().map(drop))
    }
}
