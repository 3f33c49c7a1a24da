//! `IMessage` and `IAttach`.

use core::ffi::c_void;
use std::sync::Arc;

use com_abi::{GUID, HRESULT, class};
use mapi_abi::codes::Failure;
use mapi_abi::interfaces::{IAttach, IAttach_Impl, IMAPIProp_Impl, IMessage, IMessage_Impl};
use mapi_abi::structs::{CLEAR_READ_FLAG, SPropTagArray, SPropValue};
use mapi_abi::tags::{
    PR_ATTACH_CONTENT_ID, PR_ATTACH_LONG_FILENAME, PR_ATTACH_MIME_TAG, PR_ATTACH_NUM,
    PR_ATTACH_SIZE, PR_BODY, PR_DISPLAY_CC, PR_DISPLAY_TO, PR_ENTRYID, PR_HTML,
    PR_INTERNET_MESSAGE_ID, PR_MESSAGE_DELIVERY_TIME, PR_MESSAGE_FLAGS, PR_MESSAGE_SIZE,
    PR_SENDER_EMAIL_ADDRESS, PR_SENDER_NAME, PR_SUBJECT, PR_TRANSPORT_MESSAGE_HEADERS, PropTag,
};
use mapi_abi::value::EntryId;
use mapi_table::{StaticRows, Table};

use super::store::get_props;
use super::table::table_object;
use super::{Context, answer, object};
use crate::ffi::guarded;

const MESSAGE_TAGS: [PropTag; 13] = [
    PR_ENTRYID,
    PR_SUBJECT,
    PR_SENDER_NAME,
    PR_SENDER_EMAIL_ADDRESS,
    PR_DISPLAY_TO,
    PR_DISPLAY_CC,
    PR_MESSAGE_DELIVERY_TIME,
    PR_MESSAGE_SIZE,
    PR_MESSAGE_FLAGS,
    PR_INTERNET_MESSAGE_ID,
    PR_BODY,
    PR_HTML,
    PR_TRANSPORT_MESSAGE_HEADERS,
];
const ATTACHMENT_TAGS: [PropTag; 5] = [
    PR_ATTACH_NUM,
    PR_ATTACH_SIZE,
    PR_ATTACH_LONG_FILENAME,
    PR_ATTACH_MIME_TAG,
    PR_ATTACH_CONTENT_ID,
];

#[class(interfaces(IMessage))]
struct MessageFace {
    context: Context,
    entry: EntryId,
}

/// The object of a message, with a reference.
pub fn message_object(context: Context, entry: EntryId) -> Result<*mut c_void, Failure> {
    object::<MessageFace, IMessage>(MessageFace { context, entry })
}

impl IMAPIProp_Impl for MessageFace {
    unsafe fn GetProps(
        &self,
        tags: *const SPropTagArray,
        _flags: u32,
        count: *mut u32,
        place: *mut *mut SPropValue,
    ) -> HRESULT {
        let read = |tags: &[PropTag]| self.context.store.message_props(&self.entry, tags);
        // SAFETY: forwarded from the caller.
        unsafe { get_props(&self.context, &MESSAGE_TAGS, tags, count, place, read) }
    }
}

impl IMessage_Impl for MessageFace {
    unsafe fn GetAttachmentTable(&self, _flags: u32, place: *mut *mut c_void) -> HRESULT {
        guarded("GetAttachmentTable", || {
            self.context.check()?;
            let (store, entry) = (Arc::clone(&self.context.store), self.entry.clone());
            let rows = move |columns: &[PropTag]| store.attachments(&entry, columns);
            let table = Table::new(Box::new(StaticRows::new(rows)), ATTACHMENT_TAGS.to_vec());
            let made = table_object(&self.context, table)?;
            // SAFETY: forwarded from the caller.
            unsafe { answer(place, made) }
        })
    }

    unsafe fn OpenAttach(
        &self,
        number: u32,
        _iid: *const GUID,
        _flags: u32,
        place: *mut *mut c_void,
    ) -> HRESULT {
        guarded("OpenAttach", || {
            self.context.check()?;
            self.context.store.attachment_props(&self.entry, number, &[PR_ATTACH_NUM])?;
            let face = AttachmentFace {
                context: self.context.clone(),
                message: self.entry.clone(),
                number,
            };
            let made = object::<AttachmentFace, IAttach>(face)?;
            // SAFETY: forwarded from the caller.
            unsafe { answer(place, made) }
        })
    }

    unsafe fn SetReadFlag(&self, flags: u32) -> HRESULT {
        guarded("SetReadFlag", || {
            self.context.check()?;
            self.context.store.set_read(&self.entry, flags & CLEAR_READ_FLAG == 0)
        })
    }
}

#[class(interfaces(IAttach))]
struct AttachmentFace {
    context: Context,
    message: EntryId,
    number: u32,
}

impl IMAPIProp_Impl for AttachmentFace {
    unsafe fn GetProps(
        &self,
        tags: *const SPropTagArray,
        _flags: u32,
        count: *mut u32,
        place: *mut *mut SPropValue,
    ) -> HRESULT {
        let read = |tags: &[PropTag]| {
            self.context.store.attachment_props(&self.message, self.number, tags)
        };
        // SAFETY: forwarded from the caller.
        unsafe { get_props(&self.context, &ATTACHMENT_TAGS, tags, count, place, read) }
    }
}

impl IAttach_Impl for AttachmentFace {}
