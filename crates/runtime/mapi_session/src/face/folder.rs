//! `IMAPIFolder`: properties, its contents table, the folders below it.

use core::ffi::c_void;
use std::sync::Arc;

use com_abi::{GUID, HRESULT, class};
use mapi_abi::codes::Failure;
use mapi_abi::interfaces::{IMAPIContainer_Impl, IMAPIFolder, IMAPIFolder_Impl, IMAPIProp_Impl};
use mapi_abi::spi::{MessageStore, Query};
use mapi_abi::structs::{CONVENIENT_DEPTH, SPropTagArray, SPropValue};
use mapi_abi::tags::{
    PR_CONTENT_COUNT, PR_CONTENT_UNREAD, PR_DEPTH, PR_DISPLAY_NAME, PR_ENTRYID, PR_HASATTACH,
    PR_MESSAGE_DELIVERY_TIME, PR_MESSAGE_FLAGS, PR_MESSAGE_SIZE, PR_PARENT_ENTRYID, PR_SENDER_NAME,
    PR_SUBFOLDERS, PR_SUBJECT, PropTag,
};
use mapi_abi::value::{EntryId, Row, Value};
use mapi_table::{RowSource, StaticRows, Table};

use super::store::get_props;
use super::table::table_object;
use super::{Context, answer, answer_entry, entry_argument, object};
use crate::ffi::guarded;

const FOLDER_TAGS: [PropTag; 6] = [
    PR_ENTRYID,
    PR_PARENT_ENTRYID,
    PR_DISPLAY_NAME,
    PR_CONTENT_COUNT,
    PR_CONTENT_UNREAD,
    PR_SUBFOLDERS,
];
const HIERARCHY_TAGS: [PropTag; 5] =
    [PR_ENTRYID, PR_DISPLAY_NAME, PR_DEPTH, PR_CONTENT_COUNT, PR_CONTENT_UNREAD];
const CONTENTS_TAGS: [PropTag; 7] = [
    PR_ENTRYID,
    PR_SUBJECT,
    PR_SENDER_NAME,
    PR_MESSAGE_DELIVERY_TIME,
    PR_MESSAGE_SIZE,
    PR_MESSAGE_FLAGS,
    PR_HASATTACH,
];

#[class(interfaces(IMAPIFolder))]
struct FolderFace {
    context: Context,
    entry: EntryId,
}

/// The object of a folder, with a reference.
pub fn folder_object(context: Context, entry: EntryId) -> Result<*mut c_void, Failure> {
    object::<FolderFace, IMAPIFolder>(FolderFace { context, entry })
}

/// The messages of a folder; the provider does the work.
struct Contents {
    store: Arc<dyn MessageStore>,
    folder: EntryId,
}

impl RowSource for Contents {
    fn count(&self, query: &Query) -> Result<u64, Failure> {
        self.store.count(&self.folder, query)
    }

    fn rows(&self, query: &Query, start: u64, limit: u32) -> Result<Vec<Row>, Failure> {
        self.store.rows(&self.folder, query, start, limit)
    }
}

impl IMAPIProp_Impl for FolderFace {
    unsafe fn GetProps(
        &self,
        tags: *const SPropTagArray,
        _flags: u32,
        count: *mut u32,
        place: *mut *mut SPropValue,
    ) -> HRESULT {
        let read = |tags: &[PropTag]| self.context.store.folder_props(&self.entry, tags);
        // SAFETY: forwarded from the caller.
        unsafe { get_props(&self.context, &FOLDER_TAGS, tags, count, place, read) }
    }
}

impl IMAPIContainer_Impl for FolderFace {
    unsafe fn GetContentsTable(&self, _flags: u32, place: *mut *mut c_void) -> HRESULT {
        guarded("GetContentsTable", || {
            self.context.check()?;
            let store = Arc::clone(&self.context.store);
            let contents = Contents { store, folder: self.entry.clone() };
            let table = Table::new(Box::new(contents), CONTENTS_TAGS.to_vec());
            let made = table_object(&self.context, table)?;
            // SAFETY: forwarded from the caller.
            unsafe { answer(place, made) }
        })
    }

    unsafe fn GetHierarchyTable(&self, flags: u32, place: *mut *mut c_void) -> HRESULT {
        guarded("GetHierarchyTable", || {
            self.context.check()?;
            let (store, parent) = (Arc::clone(&self.context.store), self.entry.clone());
            let all = flags & CONVENIENT_DEPTH != 0;
            let rows = move |columns: &[PropTag]| hierarchy(&*store, &parent, columns, all);
            let table = Table::new(Box::new(StaticRows::new(rows)), HIERARCHY_TAGS.to_vec());
            let made = table_object(&self.context, table)?;
            // SAFETY: forwarded from the caller.
            unsafe { answer(place, made) }
        })
    }

    unsafe fn OpenEntry(
        &self,
        size: u32,
        entry: *const u8,
        _iid: *const GUID,
        _flags: u32,
        kind: *mut u32,
        place: *mut *mut c_void,
    ) -> HRESULT {
        guarded("OpenEntry", || {
            // SAFETY: the caller passes `size` readable bytes and writable places.
            unsafe { answer_entry(&self.context, entry_argument(size, entry)?, kind, place) }
        })
    }
}

impl IMAPIFolder_Impl for FolderFace {}

/// The folders below `parent`: all of them, or only the next ones.
fn hierarchy(
    store: &dyn MessageStore,
    parent: &EntryId,
    columns: &[PropTag],
    all: bool,
) -> Result<Vec<Row>, Failure> {
    if all {
        return store.hierarchy(parent, columns);
    }
    // The depth is asked for as well, to tell the next ones.
    let mut asked = columns.to_vec();
    asked.push(PR_DEPTH);
    let mut rows = store.hierarchy(parent, &asked)?;
    rows.retain(|row| row.last().is_some_and(|depth| depth.value == Value::Long(1)));
    for row in &mut rows {
        row.pop();
    }
    Ok(rows)
}
