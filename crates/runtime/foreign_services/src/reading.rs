//! Reading a provider's message store, on the provider's thread.

use com_abi::{GUID, IUnknown, Interface};
use mapi_abi::build::Arguments;
use mapi_abi::codes::{Code, Failure};
use mapi_abi::interfaces::{
    IAttach, IMAPIFolder, IMAPIProp, IMAPITable, IMSLogon, IMSProvider, IMessage, IMsgStore,
};
use mapi_abi::read;
use mapi_abi::spi::{Name, Query, SearchCriteria, SearchState};
use mapi_abi::structs::{MAPI_ASSOCIATED, MAPI_UNICODE, SEARCH_RECURSIVE};
use mapi_abi::tags::{
    MAPI_FOLDER, MAPI_MESSAGE, PR_ATTACH_DATA_BIN, PR_ATTACH_NUM, PR_DEPTH, PR_ENTRYID, PropTag,
};
use mapi_abi::value::{EntryId, Prop, Row, Value};

use crate::objects::{Taken, answered, check};
use crate::props::{props_of, tags_of};
use crate::table;

/// Deepest folder below another.
const MAX_DEPTH: i32 = 64;
/// Most folders below another.
const MAX_FOLDERS: usize = 1 << 16;

/// What a logon opened; it never leaves its thread.
pub struct Opened {
    /// The store.
    pub store: IMsgStore,
    /// The store's side of the session.
    pub logon: IMSLogon,
    /// What the library offers.
    pub provider: IMSProvider,
}

/// Bytes of a property.
pub fn bytes_of(row: &Row, tag: PropTag) -> Option<&[u8]> {
    row.iter().find(|prop| prop.tag.id() == tag.id()).and_then(|prop| match &prop.value {
        Value::Binary(bytes) => Some(&**bytes),
        _ => None,
    })
}

/// The columns with others that are needed, which are at the end.
fn with(columns: &[PropTag], needed: &[PropTag]) -> Vec<PropTag> {
    columns.iter().chain(needed).copied().collect()
}

impl Opened {
    /// Opens a folder or a message; `NOT_FOUND` for an object of another kind.
    fn open<I: Interface>(&self, entry: &EntryId, kind: i32, flags: u32) -> Result<I, Failure> {
        let mut object_type = 0u32;
        // SAFETY: the identifier's bytes, no interface in particular, writable
        // places; every interface is an `IUnknown`.
        let object: IUnknown = unsafe {
            answered(&*self.store, "OpenEntry", |place| {
                let null = core::ptr::null::<GUID>();
                // No identifier is the root.
                let bytes = if entry.0.is_empty() { null.cast() } else { entry.0.as_ptr() };
                let size = entry.0.len() as u32;
                self.store.OpenEntry(size, bytes, null, flags, &mut object_type, place)
            })
        }?;
        if object_type != kind as u32 {
            let says = "the identifier names an object of another kind";
            return Err(Failure::new(Code::NOT_FOUND, says));
        }
        object.cast::<I>().map_err(|_| {
            let says = "the provider's object does not have the interface of its kind";
            Failure::new(Code::INTERFACE_NOT_SUPPORTED, says)
        })
    }

    /// Opens a folder.
    ///
    /// # Errors
    /// `NOT_FOUND`; the provider's.
    pub fn folder(&self, entry: &EntryId, flags: u32) -> Result<IMAPIFolder, Failure> {
        self.open(entry, MAPI_FOLDER, flags)
    }

    /// Opens a message.
    ///
    /// # Errors
    /// `NOT_FOUND`; the provider's.
    pub fn message(&self, entry: &EntryId, flags: u32) -> Result<IMessage, Failure> {
        self.open(entry, MAPI_MESSAGE, flags)
    }

    /// Properties of a folder.
    ///
    /// # Errors
    /// The provider's.
    pub fn folder_props(&self, entry: &EntryId, tags: &[PropTag]) -> Result<Row, Failure> {
        let folder = self.folder(entry, 0)?;
        props_of(&folder, tags)
    }

    /// All folders below `parent`.
    ///
    /// # Errors
    /// The provider's; `TOO_BIG` there are too many, or too deep.
    pub fn hierarchy(&self, parent: &EntryId, columns: &[PropTag]) -> Result<Vec<Row>, Failure> {
        let mut found = Vec::new();
        self.below(parent, columns, 1, &mut found)?;
        Ok(found)
    }

    fn below(
        &self,
        parent: &EntryId,
        columns: &[PropTag],
        depth: i32,
        found: &mut Vec<Row>,
    ) -> Result<(), Failure> {
        if depth > MAX_DEPTH || found.len() > MAX_FOLDERS {
            return Err(Failure::new(Code::TOO_BIG, "the provider's folders never end"));
        }
        let folder = self.folder(parent, 0)?;
        // SAFETY: a writable place; the answer is a table.
        let table: IMAPITable = unsafe {
            answered(&**folder, "GetHierarchyTable", |place| {
                folder.GetHierarchyTable(MAPI_UNICODE, place)
            })
        }?;
        for mut row in table::all(&table, &with(columns, &[PR_ENTRYID]))? {
            let entry = row.pop().and_then(|prop| match prop.value {
                Value::Binary(bytes) => Some(EntryId(bytes)),
                _ => None,
            });
            for (prop, tag) in row.iter_mut().zip(columns) {
                if *tag == PR_DEPTH {
                    *prop = Prop::new(PR_DEPTH, Value::Long(depth));
                }
            }
            found.push(row);
            if let Some(entry) = entry {
                self.below(&entry, columns, depth + 1, found)?;
            }
        }
        Ok(())
    }

    fn contents(&self, folder: &EntryId, query: &Query) -> Result<IMAPITable, Failure> {
        let folder = self.folder(folder, 0)?;
        let flags = MAPI_UNICODE | if query.associated { MAPI_ASSOCIATED } else { 0 };
        // SAFETY: a writable place; the answer is a table.
        let table: IMAPITable = unsafe {
            answered(&**folder, "GetContentsTable", |place| folder.GetContentsTable(flags, place))
        }?;
        table::narrow(&table, query)?;
        Ok(table)
    }

    /// How many messages meet the query's restriction.
    ///
    /// # Errors
    /// `TOO_COMPLEX`; the provider's.
    pub fn count(&self, folder: &EntryId, query: &Query) -> Result<u64, Failure> {
        let unsorted = Query { sort: Vec::new(), columns: Vec::new(), ..query.clone() };
        table::count(&self.contents(folder, &unsorted)?)
    }

    /// Rows of a folder.
    ///
    /// # Errors
    /// `TOO_COMPLEX`; the provider's.
    pub fn rows(
        &self,
        folder: &EntryId,
        query: &Query,
        start: u64,
        limit: u32,
    ) -> Result<Vec<Row>, Failure> {
        let table = self.contents(folder, query)?;
        table::rows(&table, &query.columns, start, u64::from(limit))
    }

    /// Properties of a message.
    ///
    /// # Errors
    /// The provider's.
    pub fn message_props(&self, entry: &EntryId, tags: &[PropTag]) -> Result<Row, Failure> {
        let message = self.message(entry, 0)?;
        props_of(&message, tags)
    }

    /// Recipients of a message.
    ///
    /// # Errors
    /// The provider's.
    pub fn recipients(&self, entry: &EntryId, columns: &[PropTag]) -> Result<Vec<Row>, Failure> {
        let message = self.message(entry, 0)?;
        // SAFETY: a writable place; the answer is a table.
        let table: IMAPITable = unsafe {
            answered(&*message, "GetRecipientTable", |place| {
                message.GetRecipientTable(MAPI_UNICODE, place)
            })
        }?;
        table::all(&table, columns)
    }

    /// Attachments of a message; their data is read from each, since tables do not
    /// have it.
    ///
    /// # Errors
    /// The provider's.
    pub fn attachments(&self, entry: &EntryId, columns: &[PropTag]) -> Result<Vec<Row>, Failure> {
        let message = self.message(entry, 0)?;
        let table = attachment_table(&message)?;
        let mut rows = table::all(&table, &with(columns, &[PR_ATTACH_NUM]))?;
        for row in &mut rows {
            let number = row.pop();
            let data = row.iter_mut().find(|prop| prop.tag.id() == PR_ATTACH_DATA_BIN.id());
            let (Some(data), Some(Prop { value: Value::Long(number), .. })) = (data, number) else {
                continue;
            };
            let attachment = attachment(&message, number as u32, 0)?;
            if let Some(own) = props_of(&attachment, &[PR_ATTACH_DATA_BIN])?.pop() {
                *data = own;
            }
        }
        Ok(rows)
    }

    /// Properties of an attachment.
    ///
    /// # Errors
    /// The provider's.
    pub fn attachment_props(
        &self,
        entry: &EntryId,
        number: u32,
        tags: &[PropTag],
    ) -> Result<Row, Failure> {
        let attachment = attachment(&self.message(entry, 0)?, number, 0)?;
        props_of(&attachment, tags)
    }

    /// All tags of an attachment that have values.
    ///
    /// # Errors
    /// The provider's.
    pub fn attachment_tags(&self, entry: &EntryId, number: u32) -> Result<Vec<PropTag>, Failure> {
        let attachment = attachment(&self.message(entry, 0)?, number, 0)?;
        tags_of(&attachment)
    }

    /// Identifiers of names.
    ///
    /// # Errors
    /// The provider's.
    pub fn ids_from_names(
        &self,
        names: &[Name],
        create: bool,
    ) -> Result<Vec<Option<u16>>, Failure> {
        let mut arguments = Arguments::new();
        let built = arguments.names(names).cast_const().cast();
        let flags = if create { mapi_abi::structs::MAPI_CREATE } else { 0 };
        let mut place = core::ptr::null_mut();
        // SAFETY: so many pointers to structures that live as long as `arguments`,
        // and a writable place; the answer is ours.
        let tags = unsafe {
            let count = names.len() as u32;
            let code = self.store.GetIDsFromNames(count, built, flags, &mut place);
            let taken = Taken(place);
            check(&*self.store, "GetIDsFromNames", code)?;
            read::tags(taken.0).map_err(|code| Failure::new(code, "too many names"))?
        };
        let tags = tags.unwrap_or_default();
        if tags.len() != names.len() {
            let says = "the provider answers with another number of names";
            return Err(Failure::new(Code::CORRUPT_DATA, says));
        }
        let is_known = |tag: &PropTag| tag.id() != 0;
        Ok(tags.into_iter().map(|tag| Some(tag).filter(is_known).map(PropTag::id)).collect())
    }

    /// Names of identifiers; all that there are without any.
    ///
    /// # Errors
    /// The provider's.
    pub fn names(&self, ids: Option<&[u16]>) -> Result<Vec<(u16, Option<Name>)>, Failure> {
        let object: &IMAPIProp = &self.store;
        let mut arguments = Arguments::new();
        let asked: Option<Vec<PropTag>> =
            ids.map(|ids| ids.iter().map(|id| PropTag(u32::from(*id) << 16)).collect());
        let given = asked.as_ref().map_or(core::ptr::null_mut(), |tags| arguments.tags(tags));
        let (mut tags, mut count, mut place) = (given, 0, core::ptr::null_mut());
        let null = core::ptr::null();
        // SAFETY: a valid list or none, and writable places.
        let code = unsafe { object.GetNamesFromIDs(&mut tags, null, 0, &mut count, &mut place) };
        let names = Taken(place);
        let answered = Taken(if tags == given { core::ptr::null_mut() } else { tags });
        check(object, "GetNamesFromIDs", code)?;
        let ids = match asked {
            Some(asked) => asked,
            // SAFETY: null or a valid list of ours.
            None => unsafe { read::tags(answered.0) }
                .map_err(|code| Failure::new(code, "too many names"))?
                .unwrap_or_default(),
        };
        if count > read::MAX_NAMES || (count > 0 && names.0.is_null()) {
            return Err(Failure::new(Code::CORRUPT_DATA, "the provider's names are not there"));
        }
        let one = |at: usize| {
            if at >= count as usize {
                return None;
            }
            // SAFETY: one of so many pointers; null is a name that is not known.
            let found = unsafe { read::names(names.0.add(at).cast_const().cast(), 1) };
            found.ok().and_then(|mut name| name.pop())
        };
        Ok(ids.iter().enumerate().map(|(at, tag)| (tag.id(), one(at))).collect())
    }

    /// What a search folder looks for.
    ///
    /// # Errors
    /// The provider's.
    pub fn search(&self, folder: &EntryId) -> Result<(SearchCriteria, SearchState), Failure> {
        let folder = self.folder(folder, 0)?;
        let (mut condition, mut list) = (core::ptr::null_mut(), core::ptr::null_mut());
        let mut state = 0;
        // SAFETY: writable places.
        let code = unsafe {
            folder.GetSearchCriteria(MAPI_UNICODE, &mut condition, &mut list, &mut state)
        };
        let (condition, list) = (Taken(condition), Taken(list));
        check(&**folder, "GetSearchCriteria", code)?;
        // SAFETY: null or valid structures of ours.
        let (restriction, folders) = unsafe {
            let folders = match list.0.is_null() {
                true => Ok(Vec::new()),
                false => read::entry_list(list.0.cast()),
            };
            (read::restriction(condition.0), folders)
        };
        let wrong = |code| Failure::new(code, "the provider's criteria are not understood");
        let restriction = restriction
            .map_err(wrong)?
            .ok_or_else(|| Failure::new(Code::NOT_INITIALIZED, "nothing is looked for"))?;
        let recursive = state & SEARCH_RECURSIVE != 0;
        let criteria = SearchCriteria { restriction, folders: folders.map_err(wrong)?, recursive };
        Ok((criteria, SearchState(state)))
    }
}

/// The table of a message's attachments.
///
/// # Errors
/// The provider's.
pub fn attachment_table(message: &IMessage) -> Result<IMAPITable, Failure> {
    // SAFETY: a writable place; the answer is a table.
    unsafe {
        answered(&**message, "GetAttachmentTable", |place| {
            message.GetAttachmentTable(MAPI_UNICODE, place)
        })
    }
}

/// Opens an attachment.
///
/// # Errors
/// The provider's.
pub fn attachment(message: &IMessage, number: u32, flags: u32) -> Result<IAttach, Failure> {
    // SAFETY: no interface in particular and a writable place; the answer is an
    // attachment.
    unsafe {
        answered(&**message, "OpenAttach", |place| {
            message.OpenAttach(number, core::ptr::null(), flags, place)
        })
    }
}
