//! A mailbox for Rust callers: owned values, nothing to free.

use com_abi::codes::E_UNEXPECTED;
use com_abi::{HRESULT, WideString, from_wide};
use partywall::{create_instance, task};

use crate::{
    AttachmentInfo, AttachmentList, CLSID_MAIL, FolderInfo, FolderList, IMailbox, MessageInfo,
    MessageList, MessageQuery, MessageText,
};

/// A folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// Identifier.
    pub id: String,
    /// Name.
    pub name: String,
    /// Folders above it, 0 for the outermost.
    pub depth: u32,
    /// Messages in it.
    pub messages: u32,
    /// Messages in it that were not read.
    pub unread: u32,
}

/// What a list is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// When it arrived.
    #[default]
    Date,
    /// Who sent it.
    Sender,
    /// What it is about.
    Subject,
    /// How large it is.
    Size,
}

/// Which messages are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Folder; empty means the inbox.
    pub folder: String,
    /// Text to search for; empty means all.
    pub search: String,
    /// Order.
    pub sort: Sort,
    /// Largest first.
    pub descending: bool,
    /// First row, counted from 0.
    pub start: u32,
    /// Most rows.
    pub limit: u32,
}

/// A message in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Identifier.
    pub id: String,
    /// Subject.
    pub subject: String,
    /// Sender's name or address.
    pub sender: String,
    /// Seconds since 1970-01-01 UTC.
    pub received: i64,
    /// Bytes.
    pub size: u32,
    /// Number of attachments.
    pub attachments: u32,
    /// Whether it was read.
    pub read: bool,
    /// Whether it is marked.
    pub flagged: bool,
}

/// A page of a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Messages that match, on all pages.
    pub total: u32,
    /// The rows of this page.
    pub messages: Vec<Summary>,
}

/// A message with its texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// Subject.
    pub subject: String,
    /// Sender's name.
    pub sender: String,
    /// Sender's address.
    pub sender_address: String,
    /// To, for display.
    pub to: String,
    /// Cc, for display.
    pub cc: String,
    /// Plain text.
    pub text: Option<String>,
    /// HTML as received: not sanitised.
    pub html: Option<String>,
    /// The header as received.
    pub headers: String,
    /// Seconds since 1970-01-01 UTC.
    pub received: i64,
    /// Bytes.
    pub size: u32,
    /// Whether it was read before.
    pub read: bool,
}

/// An attachment, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Number within the message.
    pub number: u32,
    /// Bytes.
    pub size: u32,
    /// File name.
    pub name: String,
    /// Content type.
    pub content_type: String,
    /// `Content-ID` without brackets.
    pub content_id: Option<String>,
}

/// The calling identity's mailbox. Belongs to the thread's apartment.
pub struct Mailbox(IMailbox);

impl Mailbox {
    /// Creates the mail component.
    ///
    /// # Errors
    /// As `CoCreateInstance`; `REGDB_E_CLASSNOTREG` when it is not registered.
    pub fn create() -> Result<Self, HRESULT> {
        create_instance(&CLSID_MAIL).map(Self)
    }

    /// All folders, each after its parent.
    ///
    /// # Errors
    /// The component's: `MAPI_E_LOGON_FAILED` and the store's codes.
    pub fn folders(&self) -> Result<Vec<Folder>, HRESULT> {
        let mut list = FolderList::default();
        // SAFETY: a writable place.
        ok(unsafe { self.0.Folders(&mut list) })?;
        // SAFETY: the component filled the list, and it is ours now.
        Ok(unsafe { take_items(list.count, list.items, take_folder) })
    }

    /// One page of a folder.
    ///
    /// # Errors
    /// As [`Mailbox::folders`]; `MAPI_E_NOT_FOUND` no such folder.
    pub fn messages(&self, query: &Query) -> Result<Page, HRESULT> {
        let (folder, search) = (WideString::new(&query.folder), WideString::new(&query.search));
        let raw = MessageQuery {
            folder: folder.as_ptr(),
            search: search.as_ptr(),
            sort: query.sort as u32,
            descending: i32::from(query.descending),
            start: query.start,
            limit: query.limit,
        };
        let mut list = MessageList::default();
        // SAFETY: the query's strings live during the call; a writable place.
        ok(unsafe { self.0.Messages(&raw, &mut list) })?;
        // SAFETY: the component filled the list, and it is ours now.
        let messages = unsafe { take_items(list.count, list.items, take_summary) };
        Ok(Page { total: list.total, messages })
    }

    /// One message with its texts.
    ///
    /// # Errors
    /// As [`Mailbox::folders`]; `MAPI_E_NOT_FOUND` no such message.
    pub fn message(&self, id: &str) -> Result<Message, HRESULT> {
        let id = WideString::new(id);
        let mut raw = MessageText::default();
        // SAFETY: a live string and a writable place.
        ok(unsafe { self.0.Message(id.as_ptr(), &mut raw) })?;
        // SAFETY: the component filled the structure, and it is ours now.
        Ok(unsafe { take_message(raw) })
    }

    /// The attachments of a message.
    ///
    /// # Errors
    /// As [`Mailbox::message`].
    pub fn attachments(&self, id: &str) -> Result<Vec<Attachment>, HRESULT> {
        let id = WideString::new(id);
        let mut list = AttachmentList::default();
        // SAFETY: a live string and a writable place.
        ok(unsafe { self.0.Attachments(id.as_ptr(), &mut list) })?;
        // SAFETY: the component filled the list, and it is ours now.
        Ok(unsafe { take_items(list.count, list.items, take_attachment) })
    }

    /// The bytes of an attachment.
    ///
    /// # Errors
    /// As [`Mailbox::message`]; `MAPI_E_NOT_FOUND` no such attachment.
    pub fn attachment(&self, id: &str, number: u32) -> Result<Vec<u8>, HRESULT> {
        let id = WideString::new(id);
        let (mut size, mut bytes) = (0, core::ptr::null_mut());
        // SAFETY: a live string and writable places.
        ok(unsafe { self.0.Attachment(id.as_ptr(), number, &mut size, &mut bytes) })?;
        if bytes.is_null() {
            return if size == 0 { Ok(Vec::new()) } else { Err(E_UNEXPECTED) };
        }
        // SAFETY: the component allocated that many bytes, and they are ours.
        unsafe {
            let copy = core::slice::from_raw_parts(bytes, size as usize).to_vec();
            task::free(bytes);
            Ok(copy)
        }
    }

    /// Marks a message as read or unread.
    ///
    /// # Errors
    /// As [`Mailbox::message`].
    pub fn set_read(&self, id: &str, read: bool) -> Result<(), HRESULT> {
        let id = WideString::new(id);
        // SAFETY: a live string.
        ok(unsafe { self.0.SetRead(id.as_ptr(), i32::from(read)) })
    }
}

fn ok(code: HRESULT) -> Result<(), HRESULT> {
    if code.is_ok() { Ok(()) } else { Err(code) }
}

/// Converts and frees a list.
///
/// # Safety
/// `items` is null or points to `count` items from the task allocator that
/// belong to the caller.
unsafe fn take_items<Raw: Copy, Owned>(
    count: u32,
    items: *mut Raw,
    take: unsafe fn(Raw) -> Owned,
) -> Vec<Owned> {
    if items.is_null() {
        return Vec::new();
    }
    // SAFETY: forwarded from the caller; each item is taken once.
    unsafe {
        let list = core::slice::from_raw_parts(items, count as usize);
        let owned = list.iter().map(|item| take(*item)).collect();
        task::free(items);
        owned
    }
}

/// Converts and frees a string; null is empty.
///
/// # Safety
/// `text` is null or a zero-ended string from the task allocator that belongs
/// to the caller.
unsafe fn take_text(text: *mut u16) -> String {
    // SAFETY: forwarded from the caller.
    unsafe {
        let owned = from_wide(text);
        task::free(text);
        owned
    }
}

/// As [`take_text`]; null is none.
unsafe fn take_optional(text: *mut u16) -> Option<String> {
    // SAFETY: forwarded from the caller.
    (!text.is_null()).then(|| unsafe { take_text(text) })
}

unsafe fn take_folder(raw: FolderInfo) -> Folder {
    let FolderInfo { id, name, depth, messages, unread } = raw;
    // SAFETY: the strings belong to the structure.
    let (id, name) = unsafe { (take_text(id), take_text(name)) };
    Folder { id, name, depth, messages, unread }
}

unsafe fn take_summary(raw: MessageInfo) -> Summary {
    // SAFETY: the strings belong to the structure.
    let (id, subject, sender) =
        unsafe { (take_text(raw.id), take_text(raw.subject), take_text(raw.sender)) };
    Summary {
        id,
        subject,
        sender,
        received: raw.received,
        size: raw.size,
        attachments: raw.attachments,
        read: raw.read != 0,
        flagged: raw.flagged != 0,
    }
}

unsafe fn take_message(raw: MessageText) -> Message {
    // SAFETY: the strings belong to the structure.
    unsafe {
        Message {
            subject: take_text(raw.subject),
            sender: take_text(raw.sender),
            sender_address: take_text(raw.sender_address),
            to: take_text(raw.to),
            cc: take_text(raw.cc),
            text: take_optional(raw.text),
            html: take_optional(raw.html),
            headers: take_text(raw.headers),
            received: raw.received,
            size: raw.size,
            read: raw.read != 0,
        }
    }
}

unsafe fn take_attachment(raw: AttachmentInfo) -> Attachment {
    // SAFETY: the strings belong to the structure.
    let (name, content_type, content_id) = unsafe {
        (take_text(raw.name), take_text(raw.content_type), take_optional(raw.content_id))
    };
    Attachment { number: raw.number, size: raw.size, name, content_type, content_id }
}
