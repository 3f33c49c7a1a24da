//! The sink that a provider's store tells of its changes.

use std::sync::Arc;

use com_abi::{Interface, class, new_interface};
use mapi_abi::codes::{Code, Failure};
use mapi_abi::interfaces::{IMAPIAdviseSink, IMAPIAdviseSink_Impl};
use mapi_abi::read;
use mapi_abi::spi::{Change, ChangeKind};
use mapi_abi::structs::{
    ENTRYID, NOTIFICATION, fnevNewMail, fnevObjectCopied, fnevObjectCreated, fnevObjectDeleted,
    fnevObjectModified, fnevObjectMoved, fnevSearchComplete,
};
use mapi_abi::tags::MAPI_MESSAGE;
use mapi_abi::value::EntryId;

use crate::feed::Changes;

/// What a feed wants to hear of.
pub const WANTED: u32 = fnevNewMail
    | fnevObjectCreated
    | fnevObjectDeleted
    | fnevObjectModified
    | fnevObjectMoved
    | fnevObjectCopied
    | fnevSearchComplete;

/// Most events of one call.
const MAX_EVENTS: u32 = 1 << 16;

#[class(interfaces(IMAPIAdviseSink))]
struct Sink(Arc<Changes>);

/// A sink that keeps what it hears.
///
/// # Errors
/// `NOT_ENOUGH_MEMORY`.
pub fn sink(changes: &Arc<Changes>) -> Result<IMAPIAdviseSink, Failure> {
    let made = new_interface::<Sink, IMAPIAdviseSink>(Sink(Arc::clone(changes)));
    made.map_err(|code| Failure::new(Code(code.0), "there is no memory for a sink"))
}

impl IMAPIAdviseSink_Impl for Sink {
    unsafe fn OnNotify(&self, count: u32, notifications: *const NOTIFICATION) -> u32 {
        if notifications.is_null() || count > MAX_EVENTS {
            return 0;
        }
        // SAFETY: the caller passes so many valid structures.
        let list = unsafe { core::slice::from_raw_parts(notifications, count as usize) };
        for one in list {
            // SAFETY: as above.
            if let Some(change) = unsafe { change(one) } {
                self.0.add(change);
            }
        }
        0
    }
}

/// The change that an event is, if it is one that counts here.
///
/// # Safety
/// `one` is a valid structure.
unsafe fn change(one: &NOTIFICATION) -> Option<Change> {
    let kind = match one.ulEventType {
        event if event == fnevNewMail => ChangeKind::NewMail,
        event if event == fnevObjectCreated || event == fnevObjectCopied => ChangeKind::Created,
        event if event == fnevObjectDeleted => ChangeKind::Deleted,
        event if event == fnevObjectModified => ChangeKind::Modified,
        event if event == fnevObjectMoved => ChangeKind::Moved,
        event if event == fnevSearchComplete => ChangeKind::SearchComplete,
        _ => return None,
    };
    let entry = |start: *mut ENTRYID, size: u32| -> Option<EntryId> {
        // SAFETY: null or so many readable bytes, as the caller promises.
        unsafe { read::entry_id(start.cast(), size) }.ok()
    };
    // SAFETY: the type says which member holds.
    let found = unsafe {
        if kind == ChangeKind::NewMail {
            let mail = &one.info.newmail;
            Change {
                kind,
                object_type: MAPI_MESSAGE,
                entry: entry(mail.lpEntryID, mail.cbEntryID)?,
                parent: entry(mail.lpParentID, mail.cbParentID),
                old_parent: None,
            }
        } else {
            let object = &one.info.obj;
            Change {
                kind,
                object_type: object.ulObjType as i32,
                entry: entry(object.lpEntryID, object.cbEntryID)?,
                parent: entry(object.lpParentID, object.cbParentID),
                old_parent: entry(object.lpOldParentID, object.cbOldParentID),
            }
        }
    };
    Some(found)
}

/// An interface that may be used on any thread.
pub struct AnyThread<I: Interface>(pub I);

// SAFETY: the documentation has all objects of providers free-threaded but status
// objects of transports, which are not kept in one of these.
unsafe impl<I: Interface> Send for AnyThread<I> {}
// SAFETY: as above.
unsafe impl<I: Interface> Sync for AnyThread<I> {}
