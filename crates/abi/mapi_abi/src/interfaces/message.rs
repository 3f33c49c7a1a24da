//! Messages.

#![allow(missing_docs)] // named as documented

use core::ffi::c_void;

use com_abi::{GUID, HRESULT, interface};

use super::NO_SUPPORT;
use super::prop::{IMAPIProp, IMAPIProp_Impl, IMAPIProp_Vtbl};

/// A message.
#[interface("00020307-0000-0000-C000-000000000046")]
pub unsafe trait IMessage: IMAPIProp {
    unsafe fn GetAttachmentTable(&self, flags: u32, table: *mut *mut c_void) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn OpenAttach(
        &self,
        number: u32,
        iid: *const GUID,
        flags: u32,
        attachment: *mut *mut c_void,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn CreateAttach(
        &self,
        iid: *const GUID,
        flags: u32,
        number: *mut u32,
        attachment: *mut *mut c_void,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn DeleteAttach(
        &self,
        number: u32,
        window: usize,
        progress: *mut c_void,
        flags: u32,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn GetRecipientTable(&self, flags: u32, table: *mut *mut c_void) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn ModifyRecipients(&self, flags: u32, list: *const c_void) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn SubmitMessage(&self, flags: u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn SetReadFlag(&self, flags: u32) -> HRESULT {
        NO_SUPPORT
    }
}

const _: () = {
    use core::mem::offset_of;
    const SLOT: usize = size_of::<usize>();
    assert!(offset_of!(IMessage_Vtbl, GetAttachmentTable) == 14 * SLOT);
    assert!(offset_of!(IMessage_Vtbl, SetReadFlag) == 21 * SLOT);
    assert!(size_of::<IMessage_Vtbl>() == 22 * SLOT);
};
