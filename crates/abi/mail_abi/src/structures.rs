//! The structures of [`crate::IMailbox`]. All bytes zero is a valid, empty
//! value of each.

use com_abi::Idl;

/// A list of structures from the task allocator.
macro_rules! list {
    ($(#[$doc:meta])* $name:ident of $item:ty { $($(#[$field_doc:meta])* $field:ident: $ty:ty,)* }) => {
        $(#[$doc])*
        #[repr(C)]
        #[derive(Clone, Copy, Idl)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $ty,)*
            /// Number of items.
            pub count: u32,
            /// The items; null when there are none.
            #[idl(size_is(count))]
            pub items: *mut $item,
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: Default::default(),)* count: 0, items: core::ptr::null_mut() }
            }
        }
    };
}

/// A folder.
#[repr(C)]
#[derive(Clone, Copy, Idl)]
pub struct FolderInfo {
    /// Identifier.
    #[idl(string)]
    pub id: *mut u16,
    /// Name.
    #[idl(string)]
    pub name: *mut u16,
    /// Folders above it, 0 for the outermost.
    pub depth: u32,
    /// Messages in it.
    pub messages: u32,
    /// Messages in it that were not read.
    pub unread: u32,
}

list! {
    /// The folders of a mailbox.
    FolderList of FolderInfo {}
}

/// Which messages are asked for, and in which order.
#[repr(C)]
#[derive(Clone, Copy, Idl)]
pub struct MessageQuery {
    /// Folder; empty means the inbox.
    #[idl(string)]
    pub folder: *const u16,
    /// Text that subject, sender, recipients or body must contain, without
    /// regard to case; empty means all.
    #[idl(string)]
    pub search: *const u16,
    /// 0 date, 1 sender, 2 subject, 3 size.
    pub sort: u32,
    /// Not 0 for largest (newest, Z to A) first.
    pub descending: i32,
    /// First row that is wanted, counted from 0.
    pub start: u32,
    /// Most rows that are wanted.
    pub limit: u32,
}

/// A message in a list.
#[repr(C)]
#[derive(Clone, Copy, Idl)]
pub struct MessageInfo {
    /// Identifier.
    #[idl(string)]
    pub id: *mut u16,
    /// Subject.
    #[idl(string)]
    pub subject: *mut u16,
    /// Sender's name, or address when there is no name.
    #[idl(string)]
    pub sender: *mut u16,
    /// Seconds since 1970-01-01 UTC.
    pub received: i64,
    /// Bytes.
    pub size: u32,
    /// Number of attachments.
    pub attachments: u32,
    /// Not 0 when read.
    pub read: i32,
    /// Not 0 when marked.
    pub flagged: i32,
}

list! {
    /// A page of a folder.
    MessageList of MessageInfo {
        /// Messages that match, on all pages.
        total: u32,
    }
}

/// A message with its texts.
#[repr(C)]
#[derive(Clone, Copy, Idl)]
pub struct MessageText {
    /// Subject.
    #[idl(string)]
    pub subject: *mut u16,
    /// Sender's name.
    #[idl(string)]
    pub sender: *mut u16,
    /// Sender's address.
    #[idl(string)]
    pub sender_address: *mut u16,
    /// To, for display.
    #[idl(string)]
    pub to: *mut u16,
    /// Cc, for display.
    #[idl(string)]
    pub cc: *mut u16,
    /// Plain text; null when there is none.
    #[idl(string)]
    pub text: *mut u16,
    /// HTML; null when there is none.
    #[idl(string)]
    pub html: *mut u16,
    /// The header as received.
    #[idl(string)]
    pub headers: *mut u16,
    /// Seconds since 1970-01-01 UTC.
    pub received: i64,
    /// Bytes.
    pub size: u32,
    /// Not 0 when it was read before.
    pub read: i32,
}

impl Default for MessageText {
    fn default() -> Self {
        let none = core::ptr::null_mut();
        Self {
            subject: none,
            sender: none,
            sender_address: none,
            to: none,
            cc: none,
            text: none,
            html: none,
            headers: none,
            received: 0,
            size: 0,
            read: 0,
        }
    }
}

/// An attachment, without its bytes.
#[repr(C)]
#[derive(Clone, Copy, Idl)]
pub struct AttachmentInfo {
    /// Number within the message.
    pub number: u32,
    /// Bytes.
    pub size: u32,
    /// File name.
    #[idl(string)]
    pub name: *mut u16,
    /// Content type.
    #[idl(string)]
    pub content_type: *mut u16,
    /// `Content-ID` without brackets; null when there is none.
    #[idl(string)]
    pub content_id: *mut u16,
}

list! {
    /// The attachments of a message.
    AttachmentList of AttachmentInfo {}
}
