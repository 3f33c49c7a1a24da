//! The mail component, `Partywall.Mail`: a user's mail as a COM object.
//!
//! Its class is `Apartment`: objects live on a single-threaded apartment and
//! need no locks. Each method takes the caller's identity, opens a session of
//! the messaging subsystem under it, and closes it before it returns, so an
//! object holds nothing of anybody between calls.

mod mailbox;
mod rows;

use com_abi::{HRESULT, class};
use mail_abi::{
    AttachmentList, FolderList, IMailbox, IMailbox_Impl, MessageList, MessageQuery, MessageText,
};

/// See the crate.
#[class(
    clsid = "7B0A4D2E-51C6-4E0B-8F3A-2C9D1E000001",
    progid = "Partywall.Mail",
    name = "Partywall mailbox",
    threading = "Apartment",
    interfaces(IMailbox)
)]
#[derive(Default)]
pub struct Mail;

impl IMailbox_Impl for Mail {
    unsafe fn Folders(&self, folders: *mut FolderList) -> HRESULT {
        // SAFETY: forwarded from the caller.
        unsafe { mailbox::answer(folders, mailbox::folders) }
    }

    unsafe fn Messages(&self, query: *const MessageQuery, messages: *mut MessageList) -> HRESULT {
        // SAFETY: forwarded from the caller.
        unsafe {
            let Some(query) = query.as_ref() else { return com_abi::codes::E_POINTER };
            mailbox::answer(messages, |store| mailbox::messages(store, query))
        }
    }

    unsafe fn Message(&self, id: *const u16, message: *mut MessageText) -> HRESULT {
        // SAFETY: forwarded from the caller.
        unsafe { mailbox::answer(message, |store| mailbox::message(store, id)) }
    }

    unsafe fn Attachments(&self, id: *const u16, attachments: *mut AttachmentList) -> HRESULT {
        // SAFETY: forwarded from the caller.
        unsafe { mailbox::answer(attachments, |store| mailbox::attachments(store, id)) }
    }

    unsafe fn Attachment(
        &self,
        id: *const u16,
        number: u32,
        size: *mut u32,
        bytes: *mut *mut u8,
    ) -> HRESULT {
        // SAFETY: forwarded from the caller.
        unsafe {
            if size.is_null() {
                return com_abi::codes::E_POINTER;
            }
            size.write(0);
            mailbox::answer(bytes, |store| mailbox::attachment(store, id, number, size))
        }
    }

    unsafe fn SetRead(&self, id: *const u16, read: i32) -> HRESULT {
        // SAFETY: forwarded from the caller; the answer has no place.
        unsafe { mailbox::answer(&mut (), |store| mailbox::set_read(store, id, read != 0)) }
    }
}

partywall::component_library!(Mail; interfaces: IMailbox);
