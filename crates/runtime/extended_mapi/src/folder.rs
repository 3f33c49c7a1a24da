//! `IMAPIFolder`: properties, its messages, the folders below it.

use core::ffi::c_void;
use std::sync::Arc;

use com_abi::{GUID, HRESULT, IUnknown, Interface, class};
use mapi_abi::build;
use mapi_abi::codes::{Code, Failure};
use mapi_abi::interfaces::{
    IMAPIContainer_Impl, IMAPIFolder, IMAPIFolder_Impl, IMAPIProp, IMAPIProp_Impl,
};
use mapi_abi::read;
use mapi_abi::restriction::Restriction;
use mapi_abi::spi::{
    FolderDeletion, FolderKind, MessageChange, MessageCopy, MessageStore, NewFolder, PropChange,
    Query, SearchCriteria, StoreChange,
};
use mapi_abi::structs::{
    CLEAR_READ_FLAG, CONVENIENT_DEPTH, DEL_FOLDERS, DEL_MESSAGES, ENTRYLIST, FOLDER_MOVE,
    FOLDER_SEARCH, MAPI_ASSOCIATED, MESSAGE_MOVE, OPEN_IF_EXISTS, RECURSIVE_SEARCH, SRestriction,
    STOP_SEARCH,
};
use mapi_abi::tags::{
    PR_CONTENT_COUNT, PR_CONTENT_UNREAD, PR_DEPTH, PR_DISPLAY_NAME, PR_ENTRYID, PR_FOLDER_TYPE,
    PR_HASATTACH, PR_INSTANCE_KEY, PR_MESSAGE_DELIVERY_TIME, PR_MESSAGE_FLAGS, PR_MESSAGE_SIZE,
    PR_MSG_STATUS, PR_SENDER_NAME, PR_SUBFOLDERS, PR_SUBJECT, PropTag,
};
use mapi_abi::value::{EntryId, Prop, Row, Value};
use mapi_table::{ContentsRows, HierarchyRows, Table};

use crate::context::{
    Context, answer, answer_entry, entry_argument, invalid, object, optional, refused,
};
use crate::last_error::guarded;
use crate::message::new_message_object;
use crate::prop::{Bag, linked, prop_methods};
use crate::table::table_object;
use crate::text::text_argument;

const HIERARCHY_TAGS: [PropTag; 7] = [
    PR_ENTRYID,
    PR_INSTANCE_KEY,
    PR_DISPLAY_NAME,
    PR_DEPTH,
    PR_CONTENT_COUNT,
    PR_CONTENT_UNREAD,
    PR_SUBFOLDERS,
];
const CONTENTS_TAGS: [PropTag; 8] = [
    PR_ENTRYID,
    PR_INSTANCE_KEY,
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

impl Bag for FolderFace {
    fn tags(&self) -> Result<Vec<PropTag>, Failure> {
        self.context.store()?.folder_tags(&self.entry)
    }

    fn read(&self, tags: &[PropTag]) -> Result<Row, Failure> {
        self.context.store()?.folder_props(&self.entry, tags)
    }

    fn change(&self, change: PropChange) -> Result<StoreChange, Failure> {
        self.context.writable()?.change_folder(&self.entry, &change)
    }

    fn names(&self) -> Result<&dyn MessageStore, Failure> {
        self.context.store()
    }
}

impl FolderFace {
    /// The store for tables, which ask at each call whether it may be used.
    fn store(&self) -> Arc<dyn MessageStore> {
        Arc::new(self.context.handle.clone())
    }

    fn is_search(&self) -> Result<bool, Failure> {
        let row = self.context.store()?.folder_props(&self.entry, &[PR_FOLDER_TYPE])?;
        let search = Value::Long(FOLDER_SEARCH as i32);
        Ok(row.first().is_some_and(|kind| kind.value == search))
    }

    /// The entry identifier of a folder that a client passed as an object of the
    /// same store.
    ///
    /// # Safety
    /// `folder` is null or an interface.
    unsafe fn target(&self, folder: *mut c_void) -> Result<EntryId, Failure> {
        // SAFETY: forwarded from the caller.
        let folder = unsafe { IUnknown::from_raw_borrowed(&folder) };
        let folder = folder.ok_or_else(|| invalid("there is no target folder"))?;
        let folder = folder.cast::<IMAPIProp>().map_err(|_| invalid("that is no folder"))?;
        let mut arguments = build::Arguments::new();
        let tags = arguments.tags(&[PR_ENTRYID]);
        let (mut count, mut props) = (0, core::ptr::null_mut());
        // SAFETY: a valid list and writable places; the answer is ours to free.
        let row = unsafe {
            let code = folder.GetProps(tags, 0, &mut count, &mut props);
            if code.is_err() {
                return Err(Failure::new(Code(code.0), "the target has no identifier"));
            }
            let row = read::props(props, count);
            crate::buffer::free(props.cast());
            row.map_err(refused("the target's identifier cannot be read"))?
        };
        let entry = row.into_iter().find_map(|prop| match prop.value {
            Value::Binary(bytes) if prop.tag == PR_ENTRYID => Some(EntryId(bytes)),
            _ => None,
        });
        let entry = entry.ok_or_else(|| invalid("the target has no identifier"))?;
        // A folder of another store is not one of this.
        self.context.store()?.folder_props(&entry, &[PR_ENTRYID]).map_err(|_| {
            let says = "the target is in another store; copy message by message";
            Failure::new(Code::NO_SUPPORT, says)
        })?;
        Ok(entry)
    }

    fn empty(&self, flags: u32) -> Result<(), Failure> {
        let store = self.context.writable()?;
        for row in hierarchy(store, &self.entry, &[PR_ENTRYID], false)? {
            if let Some(folder) = entry_of(&row) {
                let all = FolderDeletion { messages: true, folders: true };
                store.delete_folder(&folder, all)?;
            }
        }
        for associated in [false, true] {
            // Hidden messages go only when that is asked for.
            if associated && flags & DEL_ASSOCIATED == 0 {
                continue;
            }
            let columns = vec![PR_ENTRYID];
            let query = Query { columns, associated, ..Query::default() };
            loop {
                let rows = store.rows(&self.entry, &query, 0, 1000)?;
                let entries: Vec<EntryId> = rows.iter().filter_map(entry_of).collect();
                if entries.is_empty() {
                    break;
                }
                store.delete_messages(&entries)?;
            }
        }
        Ok(())
    }
}

/// `DEL_ASSOCIATED`.
const DEL_ASSOCIATED: u32 = 0x8;

fn entry_of(row: &Row) -> Option<EntryId> {
    row.iter().find_map(|prop| match &prop.value {
        Value::Binary(bytes) if prop.tag == PR_ENTRYID => Some(EntryId(bytes.clone())),
        _ => None,
    })
}

/// The messages of a list.
///
/// # Safety
/// `list` is null or a valid structure.
unsafe fn messages(list: *const c_void) -> Result<Vec<EntryId>, Failure> {
    // SAFETY: forwarded from the caller.
    unsafe { read::entry_list(list.cast::<ENTRYLIST>()) }
        .map_err(refused("the messages cannot be read"))
}

impl IMAPIProp_Impl for FolderFace {
    prop_methods!();
}

impl IMAPIContainer_Impl for FolderFace {
    unsafe fn GetContentsTable(&self, flags: u32, place: *mut *mut c_void) -> HRESULT {
        guarded("GetContentsTable", || {
            self.context.store()?;
            let is_search = self.is_search()?;
            let rows = ContentsRows::new(self.store(), self.entry.clone(), is_search);
            let mut table = Table::new(Box::new(rows), CONTENTS_TAGS.to_vec());
            if flags & MAPI_ASSOCIATED != 0 {
                table = table.of_associated();
            }
            let handle = &self.context.handle;
            let made = table_object(handle.client(), table, Some(handle.clone()))?;
            // SAFETY: forwarded from the caller.
            unsafe { answer(place, made) }
        })
    }

    unsafe fn GetHierarchyTable(&self, flags: u32, place: *mut *mut c_void) -> HRESULT {
        guarded("GetHierarchyTable", || {
            self.context.store()?;
            let deep = flags & CONVENIENT_DEPTH != 0;
            let rows = HierarchyRows::new(self.store(), self.entry.clone(), deep);
            let table = Table::new(Box::new(rows), HIERARCHY_TAGS.to_vec());
            let handle = &self.context.handle;
            let made = table_object(handle.client(), table, Some(handle.clone()))?;
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

    unsafe fn SetSearchCriteria(
        &self,
        restriction: *const SRestriction,
        folders: *const c_void,
        flags: u32,
    ) -> HRESULT {
        guarded("SetSearchCriteria", || {
            let store = self.context.writable()?;
            if flags & STOP_SEARCH != 0 {
                return store.set_search(&self.entry, None);
            }
            // SAFETY: forwarded from the caller.
            let (restriction, folders) = unsafe {
                let restriction = read::restriction(restriction)
                    .map_err(refused("the restriction is not supported"))?;
                let folders = match folders.is_null() {
                    true => None,
                    false => Some(messages(folders)?),
                };
                (restriction, folders)
            };
            // What is left out stays as it was.
            let before = match (&restriction, &folders) {
                (Some(_), Some(_)) => None,
                _ => Some(store.search(&self.entry)?.0),
            };
            let kept =
                |pick: fn(SearchCriteria) -> Option<Restriction>| before.clone().and_then(pick);
            let restriction = restriction
                .or_else(|| kept(|before| Some(before.restriction)))
                .unwrap_or(Restriction::And(Vec::new()));
            let folders =
                folders.or_else(|| before.clone().map(|before| before.folders)).unwrap_or_default();
            let recursive = flags & RECURSIVE_SEARCH != 0;
            store.set_search(&self.entry, Some(&SearchCriteria { restriction, folders, recursive }))
        })
    }

    unsafe fn GetSearchCriteria(
        &self,
        _flags: u32,
        restriction: *mut *mut SRestriction,
        folders: *mut *mut c_void,
        state: *mut u32,
    ) -> HRESULT {
        guarded("GetSearchCriteria", || {
            let (criteria, now) = self.context.store()?.search(&self.entry)?;
            if !restriction.is_null() {
                let built =
                    linked(|allocator| build::restriction(&criteria.restriction, allocator))?;
                // SAFETY: checked for null; the caller passes a writable place.
                unsafe { restriction.write(built) };
            }
            if !folders.is_null() {
                let built = linked(|allocator| build::entry_list(&criteria.folders, allocator))?;
                // SAFETY: as above.
                unsafe { folders.write(built.cast()) };
            }
            // SAFETY: forwarded from the caller.
            unsafe { optional(state, now.0) };
            Ok(())
        })
    }
}

impl IMAPIFolder_Impl for FolderFace {
    unsafe fn CreateMessage(
        &self,
        _iid: *const GUID,
        flags: u32,
        place: *mut *mut c_void,
    ) -> HRESULT {
        guarded("CreateMessage", || {
            let associated = flags & MAPI_ASSOCIATED != 0;
            let made = new_message_object(self.context.clone(), self.entry.clone(), associated)?;
            // SAFETY: forwarded from the caller.
            unsafe { answer(place, made) }
        })
    }

    unsafe fn CopyMessages(
        &self,
        list: *const c_void,
        _iid: *const GUID,
        target: *mut c_void,
        _window: usize,
        _progress: *mut c_void,
        flags: u32,
    ) -> HRESULT {
        guarded("CopyMessages", || {
            // SAFETY: forwarded from the caller.
            let (messages, target) = unsafe { (messages(list)?, self.target(target)?) };
            let is_move = flags & MESSAGE_MOVE != 0;
            let copy = MessageCopy { messages: &messages, target: &target, is_move };
            self.context.writable()?.copy_messages(&copy).map(drop)
        })
    }

    unsafe fn DeleteMessages(
        &self,
        list: *const c_void,
        _window: usize,
        _progress: *mut c_void,
        _flags: u32,
    ) -> HRESULT {
        guarded("DeleteMessages", || {
            // SAFETY: forwarded from the caller.
            let messages = unsafe { messages(list) }?;
            self.context.writable()?.delete_messages(&messages)
        })
    }

    unsafe fn CreateFolder(
        &self,
        kind: u32,
        name: *const u16,
        comment: *const u16,
        _iid: *const GUID,
        flags: u32,
        place: *mut *mut c_void,
    ) -> HRESULT {
        guarded("CreateFolder", || {
            // SAFETY: forwarded from the caller.
            let (name, comment) =
                unsafe { (text_argument(name, flags), text_argument(comment, flags)) };
            let kind = match kind {
                FOLDER_SEARCH => FolderKind::Search,
                _ => FolderKind::Generic,
            };
            let made = self.context.writable()?.create_folder(&NewFolder {
                parent: &self.entry,
                name: &name,
                comment: &comment,
                kind,
                open_if_exists: flags & OPEN_IF_EXISTS != 0,
            })?;
            let made = folder_object(self.context.clone(), made)?;
            // SAFETY: forwarded from the caller.
            unsafe { answer(place, made) }
        })
    }

    unsafe fn CopyFolder(
        &self,
        size: u32,
        entry: *const u8,
        _iid: *const GUID,
        target: *mut c_void,
        name: *const u16,
        _window: usize,
        _progress: *mut c_void,
        flags: u32,
    ) -> HRESULT {
        guarded("CopyFolder", || {
            // SAFETY: the caller passes `size` readable bytes and a folder.
            let (folder, target, name) = unsafe {
                let entry = entry_argument(size, entry)?;
                (entry, self.target(target)?, text_argument(name, flags))
            };
            let name = Some(&*name).filter(|name| !name.is_empty());
            let store = self.context.writable()?;
            if flags & FOLDER_MOVE != 0 {
                return store.move_folder(&folder, &target, name);
            }
            copy_folder(store, &folder, &target, name)
        })
    }

    unsafe fn DeleteFolder(
        &self,
        size: u32,
        entry: *const u8,
        _window: usize,
        _progress: *mut c_void,
        flags: u32,
    ) -> HRESULT {
        guarded("DeleteFolder", || {
            // SAFETY: the caller passes `size` readable bytes.
            let folder = unsafe { entry_argument(size, entry) }?;
            let also = FolderDeletion {
                messages: flags & DEL_MESSAGES != 0,
                folders: flags & DEL_FOLDERS != 0,
            };
            self.context.writable()?.delete_folder(&folder, also)
        })
    }

    unsafe fn SetReadFlags(
        &self,
        list: *const c_void,
        _window: usize,
        _progress: *mut c_void,
        flags: u32,
    ) -> HRESULT {
        guarded("SetReadFlags", || {
            let store = self.context.writable()?;
            let read = flags & CLEAR_READ_FLAG == 0;
            if !list.is_null() {
                // SAFETY: forwarded from the caller.
                return store.set_read(&unsafe { messages(list) }?, read);
            }
            // No list means all messages.
            let query = Query { columns: vec![PR_ENTRYID], ..Query::default() };
            let mut start = 0;
            loop {
                let rows = store.rows(&self.entry, &query, start, 1000)?;
                if rows.is_empty() {
                    return Ok(());
                }
                start += rows.len() as u64;
                let entries: Vec<EntryId> = rows.iter().filter_map(entry_of).collect();
                store.set_read(&entries, read)?;
            }
        })
    }

    unsafe fn GetMessageStatus(
        &self,
        size: u32,
        entry: *const u8,
        _flags: u32,
        place: *mut u32,
    ) -> HRESULT {
        guarded("GetMessageStatus", || {
            // SAFETY: the caller passes `size` readable bytes and a writable place.
            unsafe {
                let entry = entry_argument(size, entry)?;
                answer(place, status(self.context.store()?, &entry)?)
            }
        })
    }

    unsafe fn SetMessageStatus(
        &self,
        size: u32,
        entry: *const u8,
        wanted: u32,
        mask: u32,
        before: *mut u32,
    ) -> HRESULT {
        guarded("SetMessageStatus", || {
            // SAFETY: the caller passes `size` readable bytes.
            let entry = unsafe { entry_argument(size, entry) }?;
            let store = self.context.writable()?;
            let old = status(store, &entry)?;
            let new = old & !mask | wanted & mask;
            let value = Prop::new(PR_MSG_STATUS, Value::Long(new as i32));
            store.save_message(&MessageChange {
                message: Some(&entry),
                folder: &self.entry,
                associated: false,
                props: PropChange { set: vec![value], delete: Vec::new() },
                recipients: None,
                attachments: Vec::new(),
                expected: None,
                original: None,
            })?;
            // SAFETY: forwarded from the caller.
            unsafe { optional(before, old) };
            Ok(())
        })
    }

    unsafe fn EmptyFolder(&self, _window: usize, _progress: *mut c_void, flags: u32) -> HRESULT {
        guarded("EmptyFolder", || self.empty(flags))
    }
}

fn status(store: &dyn MessageStore, message: &EntryId) -> Result<u32, Failure> {
    let row = store.message_props(message, &[PR_MSG_STATUS])?;
    Ok(row.first().map_or(0, |prop| match prop.value {
        Value::Long(bits) => bits as u32,
        _ => 0,
    }))
}

/// Copies a folder with its messages and the folders below it.
fn copy_folder(
    store: &dyn MessageStore,
    folder: &EntryId,
    target: &EntryId,
    name: Option<&str>,
) -> Result<(), Failure> {
    // Listed before anything is made, so that a copy below itself ends.
    let below = hierarchy(store, folder, &[PR_ENTRYID], false)?;
    let own = store.folder_props(folder, &[PR_DISPLAY_NAME])?;
    let own = own.into_iter().find_map(|prop| match prop.value {
        Value::Unicode(name) => Some(name),
        _ => None,
    });
    let own = own.ok_or_else(|| invalid("the folder has no name"))?;
    let made = store.create_folder(&NewFolder {
        parent: target,
        name: name.unwrap_or(&own),
        comment: "",
        kind: FolderKind::Generic,
        open_if_exists: false,
    })?;
    let query = Query { columns: vec![PR_ENTRYID], ..Query::default() };
    let mut start = 0;
    loop {
        let rows = store.rows(folder, &query, start, 1000)?;
        if rows.is_empty() {
            break;
        }
        start += rows.len() as u64;
        let messages: Vec<EntryId> = rows.iter().filter_map(entry_of).collect();
        let copy = MessageCopy { messages: &messages, target: &made, is_move: false };
        store.copy_messages(&copy)?;
    }
    for row in below {
        if let Some(child) = entry_of(&row) {
            copy_folder(store, &child, &made, None)?;
        }
    }
    Ok(())
}

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
