//! `IAddrBook`: the address books of all providers as one.

mod container;
mod entry;
mod one_off;

use core::ffi::c_void;
use std::sync::Arc;

use com_abi::{GUID, HRESULT, class};
use mapi_abi::codes::{Code, Failure};
use mapi_abi::interfaces::{IAddrBook, IAddrBook_Impl, IMAPIProp_Impl};
use mapi_abi::read;
use mapi_abi::spi::{AddressBook, Resolution, ResourceType};
use mapi_abi::structs::{ADRENTRY, ADRLIST, MAPI_UNICODE, SPropTagArray, SRowSet};
use mapi_abi::tags::{
    MAPI_ADDRBOOK, PR_ADDRTYPE, PR_DISPLAY_NAME, PR_DISPLAY_TYPE, PR_EMAIL_ADDRESS, PR_ENTRYID,
    PR_OBJECT_TYPE, PropTag,
};
use mapi_abi::value::{EntryId, Prop, Row, Value};
use mapi_session::{Client, Live};

use crate::answer;
use crate::buffer::free;
use crate::context::{
    answer as put, answer_bytes, entry_argument, invalid, object, optional, refused,
};
use crate::last_error::{completed, guarded};
use crate::prop::{Bag, prop_methods};
use crate::text::{received, text_argument};

pub use one_off::OneOff;

/// Columns that a resolved recipient gets.
const RECIPIENT_TAGS: [PropTag; 6] =
    [PR_ENTRYID, PR_OBJECT_TYPE, PR_DISPLAY_TYPE, PR_DISPLAY_NAME, PR_ADDRTYPE, PR_EMAIL_ADDRESS];

/// The books of a client's session.
#[derive(Clone)]
pub struct Books(Arc<Client>);

impl Books {
    fn each(&self) -> Result<Vec<Arc<Live>>, Failure> {
        let live = self.0.live(ResourceType::AddressBook)?;
        Ok(live.into_iter().map(|(_, live)| live).collect())
    }

    /// Asks the books one after the other until one knows the entry.
    fn first<R>(&self, ask: impl Fn(&dyn AddressBook) -> Result<R, Failure>) -> Result<R, Failure> {
        let mut why = Failure::new(Code::UNKNOWN_ENTRYID, "no address book knows this entry");
        for live in self.each()? {
            let Some(book) = live.book().cloned() else { continue };
            match live.call(|| ask(&*book)) {
                Ok(answer) => return Ok(answer),
                Err(failure) if failure.code == Code::INVALID_ENTRYID => {}
                Err(failure) => why = failure,
            }
        }
        Err(why)
    }

    /// What a name means to all books together.
    fn resolve(&self, name: &str, columns: &[PropTag]) -> Result<Resolution, Failure> {
        let mut several = Vec::new();
        for live in self.each()? {
            let Some(book) = live.book().cloned() else { continue };
            match live.call(|| book.resolve(name, columns))? {
                Resolution::Unresolved => {}
                Resolution::Resolved(row) => return Ok(Resolution::Resolved(row)),
                Resolution::Ambiguous(rows) => several.extend(rows),
            }
        }
        if !several.is_empty() {
            return Ok(Resolution::Ambiguous(several));
        }
        // An address needs nobody who knows it.
        Ok(match OneOff::parse(name) {
            Some(one_off) => Resolution::Resolved(one_off.row(columns)),
            None => Resolution::Unresolved,
        })
    }
}

#[class(interfaces(IAddrBook))]
struct BookFace {
    books: Books,
}

/// The address book of a client's session, with a reference.
pub fn book_object(client: &Arc<Client>) -> Result<*mut c_void, Failure> {
    object::<BookFace, IAddrBook>(BookFace { books: Books(Arc::clone(client)) })
}

impl Bag for BookFace {
    fn tags(&self) -> Result<Vec<PropTag>, Failure> {
        self.books.0.check()?;
        Ok(vec![PR_OBJECT_TYPE, PR_DISPLAY_NAME])
    }

    fn read(&self, tags: &[PropTag]) -> Result<Row, Failure> {
        self.books.0.check()?;
        let one = |tag: &PropTag| match *tag {
            PR_OBJECT_TYPE => Prop::new(*tag, Value::Long(MAPI_ADDRBOOK)),
            PR_DISPLAY_NAME => Prop::text(*tag, "Address Book"),
            _ => Prop::not_found(*tag),
        };
        Ok(tags.iter().map(one).collect())
    }
}

impl IMAPIProp_Impl for BookFace {
    prop_methods!();
}

/// The text by which a recipient of a list is looked up; `None` when there is
/// nothing to look up.
fn looked_up(row: &Row) -> Option<String> {
    if row.iter().any(|prop| prop.tag.id() == PR_ENTRYID.id()) {
        return None;
    }
    row.iter().find_map(|prop| match &prop.value {
        Value::Unicode(text) if prop.tag.id() == PR_DISPLAY_NAME.id() => Some(text.clone()),
        _ => None,
    })
}

/// Puts what was found into a recipient's entry of a list: its other properties
/// stay.
///
/// # Safety
/// `entry` is an entry of a list whose properties are a buffer of the client's.
unsafe fn replace(entry: *mut ADRENTRY, before: Row, found: Row) -> Result<(), Failure> {
    let mut row: Row = found;
    let known: Vec<u16> = row.iter().map(|prop| prop.tag.id()).collect();
    row.extend(before.into_iter().filter(|prop| !known.contains(&prop.tag.id())));
    let built = answer::props(&row)?;
    // SAFETY: forwarded from the caller; the old buffer is not used again.
    unsafe {
        free((*entry).rgPropVals.cast());
        (*entry).rgPropVals = built;
        (*entry).cValues = row.len() as u32;
    }
    Ok(())
}

impl BookFace {
    /// Resolves the recipients of a list in place.
    ///
    /// # Safety
    /// `list` is null or a valid structure whose properties are buffers.
    unsafe fn resolve_list(&self, list: *mut ADRLIST) -> Result<(), Failure> {
        // SAFETY: forwarded from the caller.
        let entries =
            unsafe { read::adr_entries(list) }.map_err(refused("the recipients cannot be read"))?;
        let (count, first) = (entries.len(), entries.as_ptr().cast_mut());
        for at in 0..count {
            // SAFETY: within the list.
            let entry = unsafe { first.add(at) };
            // SAFETY: as above; the properties are valid.
            let row = unsafe { read::props((*entry).rgPropVals, (*entry).cValues) }
                .map_err(refused("a recipient cannot be read"))?;
            let row: Row = row.into_iter().map(received).collect();
            let Some(name) = looked_up(&row) else { continue };
            match self.books.resolve(&name, &RECIPIENT_TAGS)? {
                // SAFETY: forwarded from the caller.
                Resolution::Resolved(found) => unsafe { replace(entry, row, found) }?,
                Resolution::Ambiguous(found) => {
                    let says = format!("{name:?} means {} entries", found.len());
                    return Err(Failure::new(Code::AMBIGUOUS_RECIP, says));
                }
                Resolution::Unresolved => {
                    let says = format!("no address book knows {name:?}");
                    return Err(Failure::new(Code::NOT_FOUND, says));
                }
            }
        }
        Ok(())
    }
}

impl IAddrBook_Impl for BookFace {
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
                let entry = match size {
                    0 => None,
                    _ => Some(entry_argument(size, entry)?),
                };
                let (object_type, opened) = entry::open(&self.books, entry)?;
                put(place, opened)?;
                optional(kind, object_type as u32);
            }
            Ok(())
        })
    }

    unsafe fn CompareEntryIDs(
        &self,
        size1: u32,
        entry1: *const u8,
        size2: u32,
        entry2: *const u8,
        _flags: u32,
        same: *mut u32,
    ) -> HRESULT {
        guarded("CompareEntryIDs", || {
            self.books.0.check()?;
            // SAFETY: the caller passes readable bytes and a writable place.
            unsafe {
                let one = entry_argument(size1, entry1)?;
                let two = entry_argument(size2, entry2)?;
                put(same, u32::from(one == two))
            }
        })
    }

    unsafe fn CreateOneOff(
        &self,
        name: *const u16,
        kind: *const u16,
        address: *const u16,
        flags: u32,
        size: *mut u32,
        entry: *mut *mut u8,
    ) -> HRESULT {
        guarded("CreateOneOff", || {
            // SAFETY: forwarded from the caller.
            let one_off = unsafe {
                let text = |text| text_argument(text, flags & MAPI_UNICODE);
                OneOff { name: text(name), kind: text(kind), address: text(address) }
            };
            if one_off.kind.is_empty() || one_off.address.is_empty() {
                return Err(invalid("a recipient has an address and its kind"));
            }
            // SAFETY: forwarded from the caller.
            unsafe { answer_bytes(size, entry, &one_off.encode().0) }
        })
    }

    unsafe fn ResolveName(
        &self,
        _window: usize,
        _flags: u32,
        _title: *const u16,
        list: *mut ADRLIST,
    ) -> HRESULT {
        // SAFETY: forwarded from the caller.
        guarded("ResolveName", || unsafe { self.resolve_list(list) })
    }

    unsafe fn GetPAB(&self, size: *mut u32, entry: *mut *mut u8) -> HRESULT {
        guarded("GetPAB", || {
            let found = container::find(&self.books, |container| container.is_modifiable)?;
            // SAFETY: forwarded from the caller.
            unsafe { answer_bytes(size, entry, &found.0) }
        })
    }

    unsafe fn GetDefaultDir(&self, size: *mut u32, entry: *mut *mut u8) -> HRESULT {
        guarded("GetDefaultDir", || {
            let found = container::find(&self.books, |_| true)?;
            // SAFETY: forwarded from the caller.
            unsafe { answer_bytes(size, entry, &found.0) }
        })
    }

    unsafe fn GetSearchPath(&self, _flags: u32, path: *mut *mut SRowSet) -> HRESULT {
        guarded("GetSearchPath", || {
            let rows = container::rows(&self.books, &[PR_ENTRYID, PR_DISPLAY_NAME])?;
            let built = answer::row_set(&rows)?;
            // SAFETY: forwarded from the caller.
            unsafe { put(path, built) }
        })
    }

    unsafe fn PrepareRecips(
        &self,
        _flags: u32,
        tags: *const SPropTagArray,
        list: *mut ADRLIST,
    ) -> HRESULT {
        completed("PrepareRecips", || {
            // SAFETY: forwarded from the caller.
            let (tags, entries) = unsafe {
                let tags = read::tags(tags).map_err(refused("too many tags"))?;
                let entries =
                    read::adr_entries(list).map_err(refused("the recipients cannot be read"))?;
                (tags.unwrap_or_else(|| RECIPIENT_TAGS.to_vec()), entries)
            };
            let mut code = Code::OK;
            for at in 0..entries.len() {
                // SAFETY: within the list; the properties are valid.
                let (entry, row) = unsafe {
                    let entry = entries.as_ptr().add(at).cast_mut();
                    (entry, read::props((*entry).rgPropVals, (*entry).cValues))
                };
                let row: Row = row
                    .map_err(refused("a recipient cannot be read"))?
                    .into_iter()
                    .map(received)
                    .collect();
                let id = row.iter().find_map(|prop| match &prop.value {
                    Value::Binary(id) if prop.tag == PR_ENTRYID => Some(EntryId(id.clone())),
                    _ => None,
                });
                let found = match id {
                    Some(id) => entry::props(&self.books, &id, &tags),
                    None => continue,
                };
                match found {
                    // SAFETY: forwarded from the caller.
                    Ok(found) => unsafe { replace(entry, row, found) }?,
                    Err(_) => code = Code::ERRORS_RETURNED,
                }
            }
            Ok(code)
        })
    }
}
