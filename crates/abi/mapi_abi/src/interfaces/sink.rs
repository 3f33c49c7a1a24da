//! Who hears of events.

#![allow(missing_docs)] // named as documented

use com_abi::{IUnknown, interface};

use crate::structs::NOTIFICATION;

/// Hears of events. The answer of its method means nothing.
#[interface("00020302-0000-0000-C000-000000000046")]
pub unsafe trait IMAPIAdviseSink: IUnknown {
    unsafe fn OnNotify(&self, count: u32, notifications: *const NOTIFICATION) -> u32 {
        0
    }
}

const _: () = {
    use core::mem::offset_of;
    const SLOT: usize = size_of::<usize>();
    assert!(offset_of!(IMAPIAdviseSink_Vtbl, OnNotify) == 3 * SLOT);
    assert!(size_of::<IMAPIAdviseSink_Vtbl>() == 4 * SLOT);
};
