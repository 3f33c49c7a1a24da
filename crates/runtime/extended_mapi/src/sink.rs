//! `IMAPIAdviseSink`: a client's sink as the engine calls it.

#![allow(non_snake_case)] // members keep their C names

use core::ffi::c_void;
use std::sync::Arc;

use com_abi::Interface;
use mapi_abi::build::Arguments;
use mapi_abi::codes::Failure;
use mapi_abi::interfaces::IMAPIAdviseSink;
use mapi_abi::spi::{Change, ChangeKind};
use mapi_abi::structs::{
    ERROR_NOTIFICATION, MAPI_UNICODE, NEWMAIL_NOTIFICATION, NOTIFICATION, NotificationUnion,
    OBJECT_NOTIFICATION, SPropValue, SRow, TABLE_CHANGED, TABLE_NOTIFICATION, TABLE_ROW_ADDED,
    TABLE_ROW_DELETED, TABLE_ROW_MODIFIED,
};
use mapi_abi::tags::types::PT_NULL;
use mapi_abi::tags::{PR_INSTANCE_KEY, PropTag};
use mapi_abi::value::{EntryId, Prop, Row, Value};
use mapi_session::notify::{Notification, Sink};
use mapi_table::RowChange;

use crate::context::invalid;

/// A sink of a client.
pub struct ComSink(IMAPIAdviseSink);

// SAFETY: the documentation has sinks called on any thread, and calls of one sink
// never overlap.
unsafe impl Send for ComSink {}
// SAFETY: as above.
unsafe impl Sync for ComSink {}

impl ComSink {
    /// The sink behind a client's pointer, with a reference of its own.
    ///
    /// # Errors
    /// `INVALID_PARAMETER` for null.
    ///
    /// # Safety
    /// `sink` is null or an `IMAPIAdviseSink`.
    pub unsafe fn new(sink: *mut c_void) -> Result<Arc<Self>, Failure> {
        // SAFETY: forwarded from the caller.
        let sink = unsafe { IMAPIAdviseSink::from_raw_borrowed(&sink) };
        let sink = sink.ok_or_else(|| invalid("there is no sink"))?;
        Ok(Arc::new(Self(sink.clone())))
    }
}

impl Sink for ComSink {
    fn notify(&self, notifications: &[Notification]) {
        let mut memory = Arguments::new();
        let built: Vec<NOTIFICATION> =
            notifications.iter().map(|one| notification(one, &mut memory)).collect();
        // SAFETY: so many structures, whose memory lives during the call.
        unsafe { self.0.OnNotify(built.len() as u32, built.as_ptr()) };
    }
}

fn notification(one: &Notification, memory: &mut Arguments) -> NOTIFICATION {
    let info = match one {
        Notification::Object(change) => object(change, memory),
        Notification::TableChanged => table(TABLE_CHANGED, None, None, None, memory),
        Notification::Row(change) => row(change, memory),
        Notification::Critical(failure) => NotificationUnion {
            err: ERROR_NOTIFICATION {
                cbEntryID: 0,
                lpEntryID: core::ptr::null_mut(),
                scode: failure.code.0,
                ulFlags: 0,
                lpMAPIError: core::ptr::null_mut(),
            },
        },
    };
    NOTIFICATION { ulEventType: one.event(), ulAlignPad: 0, info }
}

fn object(change: &Change, memory: &mut Arguments) -> NotificationUnion {
    let mut id = |entry: Option<&EntryId>| match entry {
        Some(entry) => (entry.0.len() as u32, memory.bytes(&entry.0).cast()),
        None => (0, core::ptr::null_mut()),
    };
    let (cbEntryID, lpEntryID) = id(Some(&change.entry));
    let (cbParentID, lpParentID) = id(change.parent.as_ref());
    if change.kind == ChangeKind::NewMail {
        let lpszMessageClass = memory.text("IPM.Note").cast();
        let newmail = NEWMAIL_NOTIFICATION {
            cbEntryID,
            lpEntryID,
            cbParentID,
            lpParentID,
            ulFlags: MAPI_UNICODE,
            lpszMessageClass,
            ulMessageFlags: 0,
        };
        return NotificationUnion { newmail };
    }
    let (cbOldParentID, lpOldParentID) = id(change.old_parent.as_ref());
    let obj = OBJECT_NOTIFICATION {
        cbEntryID,
        lpEntryID,
        ulObjType: change.object_type as u32,
        cbParentID,
        lpParentID,
        cbOldID: 0,
        lpOldID: core::ptr::null_mut(),
        cbOldParentID,
        lpOldParentID,
        lpPropTagArray: core::ptr::null_mut(),
    };
    NotificationUnion { obj }
}

fn row(change: &RowChange, memory: &mut Arguments) -> NotificationUnion {
    let key = |row: &Row| {
        row.iter().find(|prop| prop.tag == PR_INSTANCE_KEY).and_then(|prop| match &prop.value {
            Value::Binary(key) => Some(key.clone()),
            _ => None,
        })
    };
    match change {
        RowChange::Added { row, prior } => {
            table(TABLE_ROW_ADDED, key(row), prior.clone(), Some(row), memory)
        }
        RowChange::Modified { row, prior } => {
            table(TABLE_ROW_MODIFIED, key(row), prior.clone(), Some(row), memory)
        }
        RowChange::Deleted(key) => table(TABLE_ROW_DELETED, Some(key.clone()), None, None, memory),
    }
}

fn table(
    event: u32,
    index: Option<Vec<u8>>,
    prior: Option<Vec<u8>>,
    row: Option<&Row>,
    memory: &mut Arguments,
) -> NotificationUnion {
    let mut key = |key: Option<Vec<u8>>| -> SPropValue {
        let prop = match key {
            Some(key) => Prop::new(PR_INSTANCE_KEY, Value::Binary(key)),
            None => Prop::new(PropTag(0).with_type(PT_NULL), Value::Null),
        };
        // SAFETY: one property was just built there.
        unsafe { memory.props(std::slice::from_ref(&prop)).read() }
    };
    let (propIndex, propPrior) = (key(index), key(prior));
    let row = match row {
        Some(row) => {
            let lpProps = memory.props(row);
            SRow { ulAdrEntryPad: 0, cValues: row.len() as u32, lpProps }
        }
        None => SRow { ulAdrEntryPad: 0, cValues: 0, lpProps: core::ptr::null_mut() },
    };
    let tab =
        TABLE_NOTIFICATION { ulTableEvent: event, hResult: 0, propIndex, propPrior, row, ulPad: 0 };
    NotificationUnion { tab }
}
