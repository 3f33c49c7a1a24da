//! Changing a provider's message store, on the provider's thread.
//!
//! What the traits promise and the interfaces do not have is made of what they
//! have: a copied message is read and written again, since `CopyMessages` does not
//! say what the copies are called.

use com_abi::{HRESULT, Interface};
use mapi_abi::build::Arguments;
use mapi_abi::codes::{Code, Failure};
use mapi_abi::interfaces::{IAttach, IMAPIFolder, IMAPIProp, IMessage};
use mapi_abi::spi::{
    AttachmentChange, FolderDeletion, FolderKind, PropChange, SearchCriteria, StoreChange,
};
use mapi_abi::structs::{
    CLEAR_READ_FLAG, DEL_FOLDERS, DEL_MESSAGES, FOLDER_GENERIC, FOLDER_MOVE, FOLDER_SEARCH,
    KEEP_OPEN_READWRITE, MAPI_ASSOCIATED, MAPI_MODIFY, MAPI_UNICODE, OPEN_IF_EXISTS,
    RECURSIVE_SEARCH, RESTART_SEARCH, SHALLOW_SEARCH, STOP_SEARCH, SUPPRESS_RECEIPT,
};
use mapi_abi::tags::{
    PR_ADDRTYPE, PR_ATTACH_NUM, PR_DISPLAY_NAME, PR_EMAIL_ADDRESS, PR_ENTRYID,
    PR_LAST_MODIFICATION_TIME, PR_PARENT_ENTRYID, PR_RECIPIENT_TYPE, PR_ROWID, PropTag,
};
use mapi_abi::value::{EntryId, FileTime, Prop, Row, Value};

use crate::objects::{answered, check};
use crate::props::{change, props_of, tags_of};
use crate::reading::{Opened, attachment, attachment_table, bytes_of};
use crate::table;

const RECIPIENT_TAGS: [PropTag; 5] =
    [PR_ROWID, PR_RECIPIENT_TYPE, PR_DISPLAY_NAME, PR_ADDRTYPE, PR_EMAIL_ADDRESS];

/// A new folder, with arguments of its own.
pub struct OwnedFolder {
    /// Where.
    pub parent: EntryId,
    /// Its name.
    pub name: String,
    /// `PR_COMMENT`.
    pub comment: String,
    /// What it is.
    pub kind: FolderKind,
    /// Whether one of that name is answered.
    pub open_if_exists: bool,
}

/// A changed message, with arguments of its own.
pub struct OwnedMessage {
    /// The message; `None` makes one.
    pub message: Option<EntryId>,
    /// The folder of a new one.
    pub folder: EntryId,
    /// Whether a new one is an associated one.
    pub associated: bool,
    /// Its properties.
    pub props: PropChange,
    /// Its recipients, if they changed.
    pub recipients: Option<Vec<Row>>,
    /// Its attachments that changed.
    pub attachments: Vec<AttachmentChange>,
    /// When it was changed last, as far as the client knows.
    pub expected: Option<FileTime>,
}

/// The identifier of an object.
fn entry_of(object: &IMAPIProp) -> Result<EntryId, Failure> {
    let row = props_of(object, &[PR_ENTRYID])?;
    let entry = bytes_of(&row, PR_ENTRYID).map(|bytes| EntryId(bytes.to_vec()));
    entry.ok_or_else(|| Failure::new(Code::CALL_FAILED, "the provider gives it no identifier"))
}

fn save(object: &IMAPIProp) -> Result<(), Failure> {
    // SAFETY: no pointers.
    check(object, "SaveChanges", unsafe { object.SaveChanges(KEEP_OPEN_READWRITE) })
}

/// A list of identifiers for a call.
fn with_list(
    entries: &[EntryId],
    call: impl FnOnce(*const core::ffi::c_void) -> HRESULT,
) -> HRESULT {
    let mut arguments = Arguments::new();
    call(arguments.entry_list(entries).cast_const().cast())
}

impl Opened {
    /// Changes a folder's properties.
    ///
    /// # Errors
    /// The provider's.
    pub fn change_folder(
        &self,
        folder: &EntryId,
        changes: &PropChange,
    ) -> Result<StoreChange, Failure> {
        let folder = self.folder(folder, MAPI_MODIFY)?;
        let refused = change(&folder, changes)?;
        save(&folder)?;
        Ok(refused)
    }

    /// Makes a folder.
    ///
    /// # Errors
    /// The provider's.
    pub fn create_folder(&self, new: &OwnedFolder) -> Result<EntryId, Failure> {
        let parent = self.folder(&new.parent, MAPI_MODIFY)?;
        let mut arguments = Arguments::new();
        let (name, comment) = (arguments.text(&new.name), arguments.text(&new.comment));
        let kind = match new.kind {
            FolderKind::Generic => FOLDER_GENERIC,
            FolderKind::Search => FOLDER_SEARCH,
        };
        let flags = MAPI_UNICODE | if new.open_if_exists { OPEN_IF_EXISTS } else { 0 };
        // SAFETY: zero-ended texts, no interface in particular, a writable place; the
        // answer is a folder.
        let folder: IMAPIFolder = unsafe {
            answered(&**parent, "CreateFolder", |place| {
                parent.CreateFolder(kind, name, comment, core::ptr::null(), flags, place)
            })
        }?;
        entry_of(&folder)
    }

    /// The folder that an object is in, to be changed.
    fn parent(&self, row: &Row) -> Result<IMAPIFolder, Failure> {
        let parent = bytes_of(row, PR_PARENT_ENTRYID)
            .ok_or_else(|| Failure::new(Code::NOT_FOUND, "the provider names no folder of it"))?;
        self.folder(&EntryId(parent.to_vec()), MAPI_MODIFY)
    }

    /// Deletes a folder.
    ///
    /// # Errors
    /// The provider's.
    pub fn delete_folder(&self, entry: &EntryId, also: FolderDeletion) -> Result<(), Failure> {
        let parent = self.parent(&self.folder_props(entry, &[PR_PARENT_ENTRYID])?)?;
        let flags = if also.messages { DEL_MESSAGES } else { 0 }
            | if also.folders { DEL_FOLDERS } else { 0 };
        let (size, bytes) = (entry.0.len() as u32, entry.0.as_ptr());
        // SAFETY: the identifier's bytes.
        let code = unsafe { parent.DeleteFolder(size, bytes, 0, core::ptr::null_mut(), flags) };
        check(&**parent, "DeleteFolder", code)
    }

    /// Moves a folder.
    ///
    /// # Errors
    /// The provider's.
    pub fn move_folder(
        &self,
        entry: &EntryId,
        target: &EntryId,
        name: Option<&str>,
    ) -> Result<(), Failure> {
        let parent = self.parent(&self.folder_props(entry, &[PR_PARENT_ENTRYID])?)?;
        let target = self.folder(target, MAPI_MODIFY)?;
        let mut arguments = Arguments::new();
        let name = name.map_or(core::ptr::null_mut(), |name| arguments.text(name));
        let (size, bytes) = (entry.0.len() as u32, entry.0.as_ptr());
        let flags = FOLDER_MOVE | MAPI_UNICODE;
        // SAFETY: the identifier's bytes, a folder with the interface named, and a
        // zero-ended text or none.
        let code = unsafe {
            let null = core::ptr::null_mut();
            let iid = &IMAPIFolder::IID;
            parent.CopyFolder(size, bytes, iid, target.as_raw(), name, 0, null, flags)
        };
        check(&**parent, "CopyFolder", code)
    }

    /// Makes or changes a message.
    ///
    /// # Errors
    /// `OBJECT_CHANGED`; the provider's.
    pub fn save_message(&self, new: &OwnedMessage) -> Result<EntryId, Failure> {
        let message = match &new.message {
            Some(entry) => self.message(entry, MAPI_MODIFY)?,
            None => self.create_message(&new.folder, new.associated)?,
        };
        if let (Some(expected), Some(_)) = (new.expected, &new.message) {
            let now = props_of(&message, &[PR_LAST_MODIFICATION_TIME])?;
            let is_same = |prop: &Prop| prop.value == Value::SysTime(expected);
            if !now.iter().all(is_same) {
                let says = "somebody changed the message since it was opened: open it again";
                return Err(Failure::new(Code::OBJECT_CHANGED, says));
            }
        }
        // What the provider computes itself is no failure of the message.
        change(&message, &new.props)?;
        if let Some(recipients) = &new.recipients {
            let mut arguments = Arguments::new();
            let list = arguments.adr_list(recipients).cast_const().cast();
            // SAFETY: a valid list, which lives as long as `arguments`.
            check(&*message, "ModifyRecipients", unsafe { message.ModifyRecipients(0, list) })?;
        }
        for one in &new.attachments {
            change_attachment(&message, one)?;
        }
        save(&message)?;
        entry_of(&message)
    }

    fn create_message(&self, folder: &EntryId, associated: bool) -> Result<IMessage, Failure> {
        let folder = self.folder(folder, MAPI_MODIFY)?;
        let flags = if associated { MAPI_ASSOCIATED } else { 0 };
        // SAFETY: no interface in particular and a writable place; the answer is a
        // message.
        unsafe {
            answered(&**folder, "CreateMessage", |place| {
                folder.CreateMessage(core::ptr::null(), flags, place)
            })
        }
    }

    /// Deletes messages, folder by folder.
    ///
    /// # Errors
    /// The provider's.
    pub fn delete_messages(&self, messages: &[EntryId]) -> Result<(), Failure> {
        for entry in messages {
            let found = match self.message_props(entry, &[PR_PARENT_ENTRYID]) {
                // Gone already.
                Err(failure) if failure.code == Code::NOT_FOUND => continue,
                other => other?,
            };
            let parent = self.parent(&found)?;
            // SAFETY: a valid list.
            let code = with_list(std::slice::from_ref(entry), |list| unsafe {
                parent.DeleteMessages(list, 0, core::ptr::null_mut(), 0)
            });
            check(&**parent, "DeleteMessages", code)?;
        }
        Ok(())
    }

    /// Copies or moves messages, by reading and writing them.
    ///
    /// # Errors
    /// The provider's.
    pub fn copy_messages(
        &self,
        messages: &[EntryId],
        target: &EntryId,
        is_move: bool,
    ) -> Result<Vec<EntryId>, Failure> {
        let copies = messages.iter().map(|entry| self.copy_message(entry, target));
        let copies = copies.collect::<Result<Vec<_>, _>>()?;
        if is_move {
            self.delete_messages(messages)?;
        }
        Ok(copies)
    }

    fn copy_message(&self, entry: &EntryId, target: &EntryId) -> Result<EntryId, Failure> {
        let source = self.message(entry, 0)?;
        let table = attachment_table(&source)?;
        let mut attachments = Vec::new();
        for (number, row) in table::all(&table, &[PR_ATTACH_NUM])?.iter().enumerate() {
            let Some(Prop { value: Value::Long(place), .. }) = row.first() else { continue };
            let one = attachment(&source, *place as u32, 0)?;
            attachments.push(AttachmentChange {
                number: number as u32,
                delete: false,
                props: PropChange { set: values(&one)?, delete: Vec::new() },
            });
        }
        let set = values(&source)?;
        self.save_message(&OwnedMessage {
            message: None,
            folder: target.clone(),
            associated: false,
            props: PropChange { set, delete: Vec::new() },
            recipients: Some(
                self.recipients(entry, &RECIPIENT_TAGS)?.into_iter().map(kept).collect(),
            ),
            attachments,
            expected: None,
        })
    }

    /// Marks messages as read or unread.
    ///
    /// # Errors
    /// The provider's.
    pub fn set_read(&self, messages: &[EntryId], read: bool) -> Result<(), Failure> {
        let flags = if read { SUPPRESS_RECEIPT } else { CLEAR_READ_FLAG };
        for entry in messages {
            let message = self.message(entry, MAPI_MODIFY)?;
            // SAFETY: no pointers.
            check(&*message, "SetReadFlag", unsafe { message.SetReadFlag(flags) })?;
        }
        Ok(())
    }

    /// Sets what a search folder looks for; `None` stops it.
    ///
    /// # Errors
    /// The provider's.
    pub fn set_search(
        &self,
        folder: &EntryId,
        criteria: Option<&SearchCriteria>,
    ) -> Result<(), Failure> {
        let folder = self.folder(folder, MAPI_MODIFY)?;
        let mut arguments = Arguments::new();
        let (mut condition, mut list) = (core::ptr::null_mut(), core::ptr::null_mut());
        let mut flags = STOP_SEARCH;
        if let Some(criteria) = criteria {
            condition = arguments.restriction(&criteria.restriction);
            list = arguments.entry_list(&criteria.folders);
            let depth = if criteria.recursive { RECURSIVE_SEARCH } else { SHALLOW_SEARCH };
            flags = RESTART_SEARCH | depth;
        }
        // SAFETY: null or valid structures, which live as long as `arguments`.
        let code = unsafe { folder.SetSearchCriteria(condition, list.cast_const().cast(), flags) };
        check(&**folder, "SetSearchCriteria", code)
    }
}

/// What has a value.
fn kept(row: Row) -> Row {
    row.into_iter().filter(|prop| !matches!(prop.value, Value::Error(_))).collect()
}

/// All values of an object.
fn values(object: &IMAPIProp) -> Result<Row, Failure> {
    Ok(kept(props_of(object, &tags_of(object)?)?))
}

fn change_attachment(message: &IMessage, one: &AttachmentChange) -> Result<(), Failure> {
    if one.delete {
        let null = core::ptr::null_mut();
        // SAFETY: no pointers but null.
        let code = unsafe { message.DeleteAttach(one.number, 0, null, 0) };
        return check(&**message, "DeleteAttach", code);
    }
    let found = match attachment(message, one.number, MAPI_MODIFY) {
        Err(failure) if failure.code == Code::NOT_FOUND => create_attachment(message)?,
        other => other?,
    };
    let mut changes = one.props.clone();
    changes.set.retain(|prop| prop.tag != PR_ATTACH_NUM);
    change(&found, &changes)?;
    save(&found)
}

fn create_attachment(message: &IMessage) -> Result<IAttach, Failure> {
    let mut number = 0;
    // SAFETY: no interface in particular and writable places; the answer is an
    // attachment.
    unsafe {
        answered(&**message, "CreateAttach", |place| {
            message.CreateAttach(core::ptr::null(), 0, &mut number, place)
        })
    }
}
