//! Progress, buttons, and the end of a process.

#![allow(missing_docs)] // named as documented

use com_abi::{HRESULT, IUnknown, interface};

use super::NO_SUPPORT;
use crate::structs::MAPIERROR;

/// Shows how far an operation is.
#[interface("0002031F-0000-0000-C000-000000000046")]
pub unsafe trait IMAPIProgress: IUnknown {
    unsafe fn Progress(&self, value: u32, count: u32, total: u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn GetFlags(&self, flags: *mut u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn GetMax(&self, most: *mut u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn GetMin(&self, least: *mut u32) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn SetLimits(&self, least: *mut u32, most: *mut u32, flags: *mut u32) -> HRESULT {
        NO_SUPPORT
    }
}

/// What a button of a display table does.
#[interface("0002031B-0000-0000-C000-000000000046")]
pub unsafe trait IMAPIControl: IUnknown {
    unsafe fn GetLastError(
        &self,
        result: HRESULT,
        flags: u32,
        error: *mut *mut MAPIERROR,
    ) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn Activate(&self, flags: u32, window: usize) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn GetState(&self, flags: u32, state: *mut u32) -> HRESULT {
        NO_SUPPORT
    }
}

/// A client says that its process ends.
#[interface("00020397-0000-0000-C000-000000000046")]
pub unsafe trait IMAPIClientShutdown: IUnknown {
    unsafe fn QueryFastShutdown(&self) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn NotifyProcessShutdown(&self) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn DoFastShutdown(&self) -> HRESULT {
        NO_SUPPORT
    }
}

/// A provider hears that a process ends.
#[interface("00020398-0000-0000-C000-000000000046")]
pub unsafe trait IMAPIProviderShutdown: IUnknown {
    unsafe fn QueryFastShutdown(&self) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn NotifyProcessShutdown(&self) -> HRESULT {
        NO_SUPPORT
    }
    unsafe fn DoFastShutdown(&self) -> HRESULT {
        NO_SUPPORT
    }
}

const _: () = {
    use core::mem::offset_of;
    const SLOT: usize = size_of::<usize>();
    assert!(offset_of!(IMAPIProgress_Vtbl, Progress) == 3 * SLOT);
    assert!(offset_of!(IMAPIProgress_Vtbl, SetLimits) == 7 * SLOT);
    assert!(size_of::<IMAPIProgress_Vtbl>() == 8 * SLOT);
    assert!(offset_of!(IMAPIControl_Vtbl, GetLastError) == 3 * SLOT);
    assert!(offset_of!(IMAPIControl_Vtbl, GetState) == 5 * SLOT);
    assert!(size_of::<IMAPIControl_Vtbl>() == 6 * SLOT);
    assert!(offset_of!(IMAPIClientShutdown_Vtbl, QueryFastShutdown) == 3 * SLOT);
    assert!(offset_of!(IMAPIClientShutdown_Vtbl, DoFastShutdown) == 5 * SLOT);
    assert!(size_of::<IMAPIClientShutdown_Vtbl>() == 6 * SLOT);
    assert!(offset_of!(IMAPIProviderShutdown_Vtbl, QueryFastShutdown) == 3 * SLOT);
    assert!(offset_of!(IMAPIProviderShutdown_Vtbl, DoFastShutdown) == 5 * SLOT);
    assert!(size_of::<IMAPIProviderShutdown_Vtbl>() == 6 * SLOT);
};
