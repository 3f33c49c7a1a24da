//! The interfaces of Extended MAPI over the engine: one file for each object.
//!
//! Methods check their pointers, ask the engine, and build the answer in
//! buffers that the client frees. A failure's sentence goes to the log, its code
//! to the client. All objects are free-threaded. Once the session has ended
//! every object of it answers `MAPI_E_INVALID_OBJECT`.

mod folder;
mod message;
mod props;
mod session;
mod store;
mod table;

use core::ffi::c_void;
use std::sync::Arc;

use com_abi::{Class, Interface, new_interface};
use mapi_abi::codes::{Code, Failure};
use mapi_abi::read;
use mapi_abi::spi::MessageStore;
use mapi_abi::tags::{MAPI_FOLDER, MAPI_MESSAGE, PR_ENTRYID};
use mapi_abi::value::EntryId;

use crate::session::Session;

pub use session::session_object;

/// What every object below a session holds.
#[derive(Clone)]
struct Context {
    session: Arc<Session>,
    store: Arc<dyn MessageStore>,
}

impl Context {
    fn check(&self) -> Result<(), Failure> {
        self.session.check()
    }
}

fn invalid(says: &str) -> Failure {
    Failure::new(Code::INVALID_PARAMETER, says)
}

/// A new object's interface with a reference, as C takes it.
fn object<T: Class, I: Interface>(value: T) -> Result<*mut c_void, Failure> {
    new_interface::<T, I>(value).map(Interface::into_raw).map_err(|code| {
        Failure::new(Code(code.0), "the object does not have the interface it was made for")
    })
}

/// Writes an answer where the client asked for it.
///
/// # Safety
/// `place` is null or writable.
unsafe fn answer<T>(place: *mut T, value: T) -> Result<(), Failure> {
    if place.is_null() {
        return Err(invalid("the place for the answer is null"));
    }
    // SAFETY: checked for null; the caller passes a writable place.
    unsafe { place.write(value) };
    Ok(())
}

/// An entry identifier that a client passed.
///
/// # Safety
/// `entry` is null or has `size` readable bytes.
unsafe fn entry_argument(size: u32, entry: *const u8) -> Result<EntryId, Failure> {
    // SAFETY: forwarded from the caller.
    let entry = unsafe { read::entry_id(entry, size) };
    entry.map_err(|code| Failure::new(code, "not an entry identifier"))
}

/// `OpenEntry` of every container: opens a folder or a message and writes its
/// interface and, where it is asked for, its `PR_OBJECT_TYPE`.
///
/// # Safety
/// `kind` and `place` are null or writable.
unsafe fn answer_entry(
    context: &Context,
    entry: EntryId,
    kind: *mut u32,
    place: *mut *mut c_void,
) -> Result<(), Failure> {
    let (object_type, opened) = open_entry(context, entry)?;
    // SAFETY: forwarded from the caller.
    unsafe {
        answer(place, opened)?;
        if !kind.is_null() {
            kind.write(object_type as u32);
        }
    }
    Ok(())
}

fn open_entry(context: &Context, entry: EntryId) -> Result<(i32, *mut c_void), Failure> {
    context.check()?;
    if context.store.folder_props(&entry, &[PR_ENTRYID]).is_ok() {
        return Ok((MAPI_FOLDER, folder::folder_object(context.clone(), entry)?));
    }
    context.store.message_props(&entry, &[PR_ENTRYID])?;
    Ok((MAPI_MESSAGE, message::message_object(context.clone(), entry)?))
}
