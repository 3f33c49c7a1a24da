//! `IABContainer`: the root of all books, and a container of one.

use core::ffi::c_void;

use com_abi::{GUID, HRESULT, class};
use mapi_abi::codes::{Code, Failure};
use mapi_abi::interfaces::{IABContainer, IABContainer_Impl, IMAPIContainer_Impl, IMAPIProp_Impl};
use mapi_abi::spi::{Container, Query};
use mapi_abi::tags::{
    MAPI_ABCONT, PR_CONTAINER_FLAGS, PR_DEPTH, PR_DISPLAY_NAME, PR_DISPLAY_TYPE, PR_EMAIL_ADDRESS,
    PR_ENTRYID, PR_INSTANCE_KEY, PR_OBJECT_TYPE, PropTag,
};
use mapi_abi::value::{EntryId, Prop, Row, Value};
use mapi_table::{RowSource, StaticRows, Table};

use super::{Books, entry};
use crate::context::{answer, entry_argument, object, optional};
use crate::last_error::guarded;
use crate::prop::{Bag, prop_methods};
use crate::table::table_object;

const HIERARCHY_TAGS: [PropTag; 6] =
    [PR_ENTRYID, PR_INSTANCE_KEY, PR_DISPLAY_NAME, PR_OBJECT_TYPE, PR_CONTAINER_FLAGS, PR_DEPTH];
const CONTENTS_TAGS: [PropTag; 6] = [
    PR_ENTRYID,
    PR_INSTANCE_KEY,
    PR_DISPLAY_NAME,
    PR_EMAIL_ADDRESS,
    PR_OBJECT_TYPE,
    PR_DISPLAY_TYPE,
];
/// `AB_RECIPIENTS`, `AB_SUBCONTAINERS`, `AB_MODIFIABLE`, `AB_UNMODIFIABLE`.
const RECIPIENTS: i32 = 1;
const SUBCONTAINERS: i32 = 2;
const MODIFIABLE: i32 = 4;
const UNMODIFIABLE: i32 = 8;

/// The containers of all books.
fn all(books: &Books) -> Result<Vec<Container>, Failure> {
    let mut containers = Vec::new();
    for live in books.each()? {
        if let Some(book) = live.book().cloned() {
            containers.extend(live.call(|| book.containers())?);
        }
    }
    Ok(containers)
}

/// The first container that is wanted.
///
/// # Errors
/// `NOT_FOUND`.
pub fn find(books: &Books, is_wanted: impl Fn(&Container) -> bool) -> Result<EntryId, Failure> {
    let none = || Failure::new(Code::NOT_FOUND, "the session has no such address book");
    all(books)?.into_iter().find(is_wanted).map(|found| found.entry).ok_or_else(none)
}

/// The container of an identifier, if it is one.
pub fn known(books: &Books, entry: &EntryId) -> Result<Option<Container>, Failure> {
    Ok(all(books)?.into_iter().find(|container| container.entry == *entry))
}

/// The containers as rows of a hierarchy.
pub fn rows(books: &Books, columns: &[PropTag]) -> Result<Vec<Row>, Failure> {
    Ok(all(books)?.iter().map(|container| row(container, columns)).collect())
}

fn row(container: &Container, columns: &[PropTag]) -> Row {
    let access = if container.is_modifiable { MODIFIABLE } else { UNMODIFIABLE };
    let one = |tag: &PropTag| {
        let value = match *tag {
            PR_ENTRYID | PR_INSTANCE_KEY => Value::Binary(container.entry.0.clone()),
            PR_DISPLAY_NAME => Value::Unicode(container.name.clone()),
            PR_OBJECT_TYPE => Value::Long(MAPI_ABCONT),
            PR_CONTAINER_FLAGS => Value::Long(RECIPIENTS | access),
            PR_DEPTH => Value::Long(0),
            _ => return Prop::not_found(*tag),
        };
        Prop::new(*tag, value)
    };
    columns.iter().map(one).collect()
}

#[class(interfaces(IABContainer))]
struct ContainerFace {
    books: Books,
    /// The root has none.
    container: Option<Container>,
}

/// The object of a container, or of the root, with a reference.
pub fn container_object(
    books: &Books,
    container: Option<Container>,
) -> Result<*mut c_void, Failure> {
    let face = ContainerFace { books: books.clone(), container };
    object::<ContainerFace, IABContainer>(face)
}

impl Bag for ContainerFace {
    fn tags(&self) -> Result<Vec<PropTag>, Failure> {
        self.books.0.check()?;
        Ok(match self.container {
            Some(_) => HIERARCHY_TAGS.to_vec(),
            None => vec![PR_DISPLAY_NAME, PR_OBJECT_TYPE, PR_CONTAINER_FLAGS],
        })
    }

    fn read(&self, tags: &[PropTag]) -> Result<Row, Failure> {
        self.books.0.check()?;
        if let Some(container) = &self.container {
            return Ok(row(container, tags));
        }
        let one = |tag: &PropTag| match *tag {
            PR_DISPLAY_NAME => Prop::text(*tag, "Address Book"),
            PR_OBJECT_TYPE => Prop::new(*tag, Value::Long(MAPI_ABCONT)),
            PR_CONTAINER_FLAGS => Prop::new(*tag, Value::Long(SUBCONTAINERS | UNMODIFIABLE)),
            _ => Prop::not_found(*tag),
        };
        Ok(tags.iter().map(one).collect())
    }
}

impl IMAPIProp_Impl for ContainerFace {
    prop_methods!();
}

/// The entries of a container; the provider does the work.
struct Entries {
    books: Books,
    container: EntryId,
}

impl RowSource for Entries {
    fn count(&self, query: &Query) -> Result<u64, Failure> {
        self.books.first(|book| book.count(&self.container, query))
    }

    fn rows(&self, query: &Query, start: u64, limit: u32) -> Result<Vec<Row>, Failure> {
        self.books.first(|book| book.rows(&self.container, query, start, limit))
    }
}

impl IMAPIContainer_Impl for ContainerFace {
    unsafe fn GetContentsTable(&self, _flags: u32, place: *mut *mut c_void) -> HRESULT {
        guarded("GetContentsTable", || {
            let container = self
                .container
                .as_ref()
                .ok_or_else(|| Failure::new(Code::NO_SUPPORT, "the root holds containers only"))?;
            let (books, container) = (self.books.clone(), container.entry.clone());
            let source = Entries { books, container };
            let table = Table::new(Box::new(source), CONTENTS_TAGS.to_vec());
            let made = table_object(&self.books.0, table, None)?;
            // SAFETY: forwarded from the caller.
            unsafe { answer(place, made) }
        })
    }

    unsafe fn GetHierarchyTable(&self, _flags: u32, place: *mut *mut c_void) -> HRESULT {
        guarded("GetHierarchyTable", || {
            let (books, is_root) = (self.books.clone(), self.container.is_none());
            let below = move |columns: &[PropTag]| match is_root {
                true => rows(&books, columns),
                false => Ok(Vec::new()),
            };
            let table = Table::new(Box::new(StaticRows::new(below)), HIERARCHY_TAGS.to_vec());
            let made = table_object(&self.books.0, table, None)?;
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
            unsafe {
                let wanted = entry_argument(size, entry)?;
                let (object_type, opened) = entry::open(&self.books, Some(wanted))?;
                answer(place, opened)?;
                optional(kind, object_type as u32);
            }
            Ok(())
        })
    }
}

impl IABContainer_Impl for ContainerFace {}
