//! What every object below a store holds, and what all methods need.

use core::ffi::c_void;

use com_abi::{Class, Interface, new_interface};
use mapi_abi::codes::{Code, Failure};
use mapi_abi::read;
use mapi_abi::spi::MessageStore;
use mapi_abi::tags::{MAPI_FOLDER, MAPI_MESSAGE, PR_ENTRYID};
use mapi_abi::value::EntryId;
use mapi_session::StoreHandle;

use crate::buffer::buffer;
use crate::{folder, message};

/// See the module.
#[derive(Clone)]
pub struct Context {
    /// The store.
    pub handle: StoreHandle,
    /// Whether the client opened the store for changes.
    pub write: bool,
}

impl Context {
    /// The store, while it may be used.
    pub fn store(&self) -> Result<&dyn MessageStore, Failure> {
        self.handle.get()
    }

    /// The store, if it may be changed.
    pub fn writable(&self) -> Result<&dyn MessageStore, Failure> {
        if !self.write {
            let says = "the store was opened for reading only: open it with MDB_WRITE";
            return Err(Failure::new(Code::NO_ACCESS, says));
        }
        self.store()
    }
}

/// A wrong argument.
pub fn invalid(says: &str) -> Failure {
    Failure::new(Code::INVALID_PARAMETER, says)
}

/// A code of the reading functions with its sentence.
pub fn refused(says: &'static str) -> impl FnOnce(Code) -> Failure {
    move |code| Failure::new(code, says)
}

/// A new object's interface with a reference, as C takes it.
pub fn object<T: Class, I: Interface>(value: T) -> Result<*mut c_void, Failure> {
    new_interface::<T, I>(value).map(Interface::into_raw).map_err(|code| {
        Failure::new(Code(code.0), "the object does not have the interface it was made for")
    })
}

/// Writes an answer where the client asked for it.
///
/// # Safety
/// `place` is null or writable.
pub unsafe fn answer<T>(place: *mut T, value: T) -> Result<(), Failure> {
    if place.is_null() {
        return Err(invalid("the place for the answer is null"));
    }
    // SAFETY: checked for null; the caller passes a writable place.
    unsafe { place.write(value) };
    Ok(())
}

/// Writes an answer that the client may not have asked for.
///
/// # Safety
/// `place` is null or writable.
pub unsafe fn optional<T>(place: *mut T, value: T) {
    if !place.is_null() {
        // SAFETY: checked for null; the caller passes a writable place.
        unsafe { place.write(value) };
    }
}

/// Writes bytes, in a buffer that the client frees, with their number.
///
/// # Safety
/// Both places are null or writable.
pub unsafe fn answer_bytes(
    size: *mut u32,
    place: *mut *mut u8,
    bytes: &[u8],
) -> Result<(), Failure> {
    if size.is_null() || place.is_null() {
        return Err(invalid("the place for the answer is null"));
    }
    let copy = buffer(bytes.len());
    if copy.is_null() {
        return Err(Failure::new(Code::NOT_ENOUGH_MEMORY, "there is no memory for the answer"));
    }
    // SAFETY: fresh memory of that size; checked and writable places.
    unsafe {
        core::ptr::copy_nonoverlapping(bytes.as_ptr(), copy, bytes.len());
        size.write(bytes.len() as u32);
        place.write(copy);
    }
    Ok(())
}

/// An entry identifier that a client passed.
///
/// # Safety
/// `entry` is null or has `size` readable bytes.
pub unsafe fn entry_argument(size: u32, entry: *const u8) -> Result<EntryId, Failure> {
    // SAFETY: forwarded from the caller.
    unsafe { read::entry_id(entry, size) }.map_err(refused("not an entry identifier"))
}

/// `OpenEntry` of every container: opens a folder or a message and writes its
/// interface and, where it is asked for, its `PR_OBJECT_TYPE`.
///
/// # Safety
/// `kind` and `place` are null or writable.
pub unsafe fn answer_entry(
    context: &Context,
    entry: EntryId,
    kind: *mut u32,
    place: *mut *mut c_void,
) -> Result<(), Failure> {
    let (object_type, opened) = open_entry(context, entry)?;
    // SAFETY: forwarded from the caller.
    unsafe {
        answer(place, opened)?;
        optional(kind, object_type as u32);
    }
    Ok(())
}

fn open_entry(context: &Context, entry: EntryId) -> Result<(i32, *mut c_void), Failure> {
    let store = context.store()?;
    if store.folder_props(&entry, &[PR_ENTRYID]).is_ok() {
        return Ok((MAPI_FOLDER, folder::folder_object(context.clone(), entry)?));
    }
    store.message_props(&entry, &[PR_ENTRYID])?;
    Ok((MAPI_MESSAGE, message::message_object(context.clone(), entry)?))
}
