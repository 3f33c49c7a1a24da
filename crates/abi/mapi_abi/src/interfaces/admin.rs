//! Profiles, their message services and the providers of these.

#![allow(missing_docs)] // named as documented

use core::ffi::c_void;

use com_abi::{GUID, HRESULT, IUnknown, interface};

use super::NO_SUPPORT;
use crate::structs::{MAPIERROR, MAPIUID, SPropValue};

/// The profiles of a user.
#[interface("0002031C-0000-0000-C000-000000000046")]
pub unsafe trait IProfAdmin: IUnknown {
    unsafe fn GetLastError(
        &self,
        result: HRESULT,
        flags: u32,
        error: *mut *mut MAPIERROR,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn GetProfileTable(&self, flags: u32, table: *mut *mut c_void) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn CreateProfile(
        &self,
        profile: *const u16,
        password: *const u16,
        window: usize,
        flags: u32,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn DeleteProfile(&self, profile: *const u16, flags: u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn ChangeProfilePassword(
        &self,
        profile: *const u16,
        old_password: *const u16,
        new_password: *const u16,
        flags: u32,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn CopyProfile(
        &self,
        profile: *const u16,
        password: *const u16,
        copy: *const u16,
        window: usize,
        flags: u32,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn RenameProfile(
        &self,
        profile: *const u16,
        password: *const u16,
        new_name: *const u16,
        window: usize,
        flags: u32,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn SetDefaultProfile(&self, profile: *const u16, flags: u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn AdminServices(
        &self,
        profile: *const u16,
        password: *const u16,
        window: usize,
        flags: u32,
        admin: *mut *mut c_void,
    ) -> HRESULT {
        NO_SUPPORT
    }
}

/// The message services of one profile.
#[interface("0002031D-0000-0000-C000-000000000046")]
pub unsafe trait IMsgServiceAdmin: IUnknown {
    unsafe fn GetLastError(
        &self,
        result: HRESULT,
        flags: u32,
        error: *mut *mut MAPIERROR,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn GetMsgServiceTable(&self, flags: u32, table: *mut *mut c_void) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn CreateMsgService(
        &self,
        service: *const u16,
        display_name: *const u16,
        window: usize,
        flags: u32,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn DeleteMsgService(&self, uid: *const MAPIUID) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn CopyMsgService(
        &self,
        uid: *const MAPIUID,
        display_name: *const u16,
        copied: *const GUID,
        target_iid: *const GUID,
        target: *mut c_void,
        window: usize,
        flags: u32,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn RenameMsgService(
        &self,
        uid: *const MAPIUID,
        flags: u32,
        display_name: *const u16,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn ConfigureMsgService(
        &self,
        uid: *const MAPIUID,
        window: usize,
        flags: u32,
        count: u32,
        props: *const SPropValue,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn OpenProfileSection(
        &self,
        uid: *const MAPIUID,
        iid: *const GUID,
        flags: u32,
        section: *mut *mut c_void,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn MsgServiceTransportOrder(
        &self,
        count: u32,
        uids: *const MAPIUID,
        flags: u32,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn AdminProviders(
        &self,
        uid: *const MAPIUID,
        flags: u32,
        admin: *mut *mut c_void,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn SetPrimaryIdentity(&self, uid: *const MAPIUID, flags: u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn GetProviderTable(&self, flags: u32, table: *mut *mut c_void) -> HRESULT {
        NO_SUPPORT
    }
}

/// The message services of one profile; what is made says who it is.
#[interface("00020387-0000-0000-C000-000000000046")]
pub unsafe trait IMsgServiceAdmin2: IMsgServiceAdmin {
    unsafe fn CreateMsgServiceEx(
        &self,
        service: *const u16,
        display_name: *const u16,
        window: usize,
        flags: u32,
        uid: *mut MAPIUID,
    ) -> HRESULT {
        NO_SUPPORT
    }
}

/// The providers of one message service of a profile.
#[interface("00020325-0000-0000-C000-000000000046")]
pub unsafe trait IProviderAdmin: IUnknown {
    unsafe fn GetLastError(
        &self,
        result: HRESULT,
        flags: u32,
        error: *mut *mut MAPIERROR,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn GetProviderTable(&self, flags: u32, table: *mut *mut c_void) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn CreateProvider(
        &self,
        provider: *const u16,
        count: u32,
        props: *const SPropValue,
        window: usize,
        flags: u32,
        uid: *mut MAPIUID,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn DeleteProvider(&self, uid: *const MAPIUID) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn OpenProfileSection(
        &self,
        uid: *const MAPIUID,
        iid: *const GUID,
        flags: u32,
        section: *mut *mut c_void,
    ) -> HRESULT {
        NO_SUPPORT
    }
}

const _: () = {
    use core::mem::offset_of;
    const SLOT: usize = size_of::<usize>();
    assert!(offset_of!(IProfAdmin_Vtbl, GetLastError) == 3 * SLOT);
    assert!(offset_of!(IProfAdmin_Vtbl, AdminServices) == 11 * SLOT);
    assert!(size_of::<IProfAdmin_Vtbl>() == 12 * SLOT);
    assert!(offset_of!(IMsgServiceAdmin_Vtbl, GetLastError) == 3 * SLOT);
    assert!(offset_of!(IMsgServiceAdmin_Vtbl, GetProviderTable) == 14 * SLOT);
    assert!(size_of::<IMsgServiceAdmin_Vtbl>() == 15 * SLOT);
    assert!(offset_of!(IMsgServiceAdmin2_Vtbl, CreateMsgServiceEx) == 15 * SLOT);
    assert!(size_of::<IMsgServiceAdmin2_Vtbl>() == 16 * SLOT);
    assert!(offset_of!(IProviderAdmin_Vtbl, GetLastError) == 3 * SLOT);
    assert!(offset_of!(IProviderAdmin_Vtbl, OpenProfileSection) == 7 * SLOT);
    assert!(size_of::<IProviderAdmin_Vtbl>() == 8 * SLOT);
};
