//! `IMsgStore`.

use core::ffi::c_void;

use com_abi::{GUID, HRESULT, class};
use mapi_abi::codes::{Code, Failure};
use mapi_abi::interfaces::{IMAPIProp_Impl, IMsgStore, IMsgStore_Impl};
use mapi_abi::read;
use mapi_abi::structs::{SPropTagArray, SPropValue};
use mapi_abi::tags::{
    MAPI_STORE, PR_DEFAULT_STORE, PR_DISPLAY_NAME, PR_ENTRYID, PR_IPM_SUBTREE_ENTRYID,
    PR_OBJECT_TYPE, PropTag,
};
use mapi_abi::value::{EntryId, Prop, Row, Value};

use super::{Context, answer_entry, entry_argument, invalid, object, props};
use crate::ffi::{buffer, guarded};

/// What stands before the root folder's identifier in the store's own.
const STORE_PREFIX: &[u8] = b"\0\0\0\0store:";

const ALL_TAGS: [PropTag; 5] =
    [PR_ENTRYID, PR_OBJECT_TYPE, PR_DISPLAY_NAME, PR_DEFAULT_STORE, PR_IPM_SUBTREE_ENTRYID];

#[class(interfaces(IMsgStore))]
struct StoreFace(Context);

/// The object of a store, with a reference.
pub fn store_object(context: Context) -> Result<*mut c_void, Failure> {
    object::<StoreFace, IMsgStore>(StoreFace(context))
}

/// The entry identifier of the session's default store.
pub fn store_entry_id(context: &Context) -> EntryId {
    EntryId([STORE_PREFIX, &context.store.root().0].concat())
}

impl StoreFace {
    fn prop(&self, tag: PropTag) -> Prop {
        let context = &self.0;
        let value = match tag {
            PR_ENTRYID => Value::Binary(store_entry_id(context).0),
            PR_OBJECT_TYPE => Value::Long(MAPI_STORE),
            PR_DISPLAY_NAME => {
                Value::Unicode(format!("Mailbox of {}", context.session.token().user()))
            }
            PR_DEFAULT_STORE => Value::Boolean(true),
            PR_IPM_SUBTREE_ENTRYID => Value::Binary(context.store.root().0),
            _ => return Prop::not_found(tag),
        };
        Prop { tag, value }
    }
}

impl IMAPIProp_Impl for StoreFace {
    unsafe fn GetProps(
        &self,
        tags: *const SPropTagArray,
        _flags: u32,
        count: *mut u32,
        place: *mut *mut SPropValue,
    ) -> HRESULT {
        let read = |tags: &[PropTag]| Ok(tags.iter().map(|tag| self.prop(*tag)).collect());
        // SAFETY: forwarded from the caller.
        unsafe { get_props(&self.0, &ALL_TAGS, tags, count, place, read) }
    }
}

/// `GetProps` of every object: `read` answers the values of given tags, `all`
/// are the tags that a null list means.
///
/// # Safety
/// `tags` is null or a valid structure; the places are null or writable.
pub unsafe fn get_props(
    context: &Context,
    all: &[PropTag],
    tags: *const SPropTagArray,
    count: *mut u32,
    place: *mut *mut SPropValue,
    read: impl FnOnce(&[PropTag]) -> Result<Row, Failure>,
) -> HRESULT {
    let mut completeness = Code::OK;
    let code = guarded("GetProps", || {
        context.check()?;
        if count.is_null() || place.is_null() {
            return Err(invalid("the place for the answer is null"));
        }
        // SAFETY: forwarded from the caller.
        let tags = unsafe { read::tags(tags) };
        let tags = tags.map_err(|code| Failure::new(code, "too many tags"))?;
        let row = read(tags.as_deref().unwrap_or(all))?;
        completeness = props::completeness(&row);
        let built = props::props(&row)?;
        // SAFETY: checked for null; the caller passes writable places.
        unsafe {
            count.write(row.len() as u32);
            place.write(built);
        }
        Ok(())
    });
    if code.is_ok() { completeness.hresult() } else { code }
}

impl IMsgStore_Impl for StoreFace {
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
            unsafe {
                // No identifier means the root folder.
                let entry = match size {
                    0 => self.0.store.root(),
                    _ => entry_argument(size, entry)?,
                };
                answer_entry(&self.0, entry, kind, place)
            }
        })
    }

    unsafe fn GetReceiveFolder(
        &self,
        _class: *const u16,
        _flags: u32,
        size: *mut u32,
        entry: *mut *mut u8,
        explicit_class: *mut *mut u16,
    ) -> HRESULT {
        guarded("GetReceiveFolder", || {
            self.0.check()?;
            if size.is_null() || entry.is_null() {
                return Err(invalid("the place for the answer is null"));
            }
            let folder = self.0.store.receive_folder();
            let copy = buffer(folder.0.len());
            if copy.is_null() {
                return Err(Failure::new(Code::NOT_ENOUGH_MEMORY, "no memory for the answer"));
            }
            // SAFETY: fresh memory of that size; checked and writable places.
            unsafe {
                core::ptr::copy_nonoverlapping(folder.0.as_ptr(), copy, folder.0.len());
                size.write(folder.0.len() as u32);
                entry.write(copy);
                if !explicit_class.is_null() {
                    explicit_class.write(core::ptr::null_mut());
                }
            }
            Ok(())
        })
    }
}
