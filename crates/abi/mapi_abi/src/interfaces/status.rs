//! Status objects.

#![allow(missing_docs)] // named as documented

use com_abi::{HRESULT, interface};

use super::NO_SUPPORT;
use super::prop::{IMAPIProp, IMAPIProp_Impl, IMAPIProp_Vtbl};

/// A row of the status table as an object.
#[interface("00020305-0000-0000-C000-000000000046")]
pub unsafe trait IMAPIStatus: IMAPIProp {
    unsafe fn ValidateState(&self, window: usize, flags: u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn SettingsDialog(&self, window: usize, flags: u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn ChangePassword(
        &self,
        old_password: *const u16,
        new_password: *const u16,
        flags: u32,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn FlushQueues(
        &self,
        window: usize,
        size: u32,
        transport: *const u8,
        flags: u32,
    ) -> HRESULT {
        NO_SUPPORT
    }
}

const _: () = {
    use core::mem::offset_of;
    const SLOT: usize = size_of::<usize>();
    assert!(offset_of!(IMAPIStatus_Vtbl, ValidateState) == 14 * SLOT);
    assert!(offset_of!(IMAPIStatus_Vtbl, FlushQueues) == 17 * SLOT);
    assert!(size_of::<IMAPIStatus_Vtbl>() == 18 * SLOT);
};
