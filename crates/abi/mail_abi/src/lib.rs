//! The mail component's binary contract: class, interface, structures.
//!
//! `extensions/mail_component` implements it, `extensions/webmail` calls it.
//! Strings in structures are zero-ended UTF-16 from the task allocator, owned
//! by the structure; whoever receives a structure frees it, which
//! [`client::Mailbox`] does.

pub mod client;
mod structures;

use com_abi::{GUID, HRESULT, IUnknown, interface};

pub use structures::{
    AttachmentInfo, AttachmentList, FolderInfo, FolderList, MessageInfo, MessageList, MessageQuery,
    MessageText,
};

/// The class `Partywall.Mail`.
pub const CLSID_MAIL: GUID = GUID::from_u128(0x7B0A4D2E_51C6_4E0B_8F3A_2C9D1E000001);
/// Its ProgID.
pub const PROGID_MAIL: &str = "Partywall.Mail";

/// A user's mail, under the identity of the caller. Every method opens a
/// session of its own; identifiers are opaque hexadecimal texts.
#[interface("7B0A4D2E-51C6-4E0B-8F3A-2C9D1E000010", proxy)]
pub unsafe trait IMailbox: IUnknown {
    /// All folders, each after its parent.
    unsafe fn Folders(&self, folders: *mut FolderList) -> HRESULT;
    /// One page of a folder; an empty folder identifier means the inbox.
    unsafe fn Messages(&self, query: *const MessageQuery, messages: *mut MessageList) -> HRESULT;
    /// One message with its texts.
    unsafe fn Message(
        &self,
        #[idl(in, string)] id: *const u16,
        message: *mut MessageText,
    ) -> HRESULT;
    /// The attachments of a message, without their bytes.
    unsafe fn Attachments(
        &self,
        #[idl(in, string)] id: *const u16,
        attachments: *mut AttachmentList,
    ) -> HRESULT;
    /// The bytes of an attachment, from the task allocator.
    unsafe fn Attachment(
        &self,
        #[idl(in, string)] id: *const u16,
        number: u32,
        size: *mut u32,
        #[idl(out, size_is(_, *size))] bytes: *mut *mut u8,
    ) -> HRESULT;
    /// Marks a message as read (`read` not 0) or unread.
    unsafe fn SetRead(&self, #[idl(in, string)] id: *const u16, read: i32) -> HRESULT;
}
