//! What comes back: its interface pointers are taken out, and its references
//! refer to the caller's places again.

use core::ffi::c_void;

use com_abi::automation::{SafeArray, VT_BYREF, Variant};
use com_abi::description::Pointer;
use com_abi::{GUID, HRESULT};

use super::objects::{self, Passing};
use super::walk::{At, Visitor};

/// Takes the interface pointers out of what comes back.
pub struct Collecting<'a>(pub &'a mut Vec<Passing>);

impl Collecting<'_> {
    unsafe fn take(&mut self, slot: *mut *mut c_void, iid: &GUID) -> Result<(), HRESULT> {
        // SAFETY: forwarded from the caller; the callee gave the reference away.
        self.0.extend(unsafe { Passing::take(slot, iid, true, true)? });
        Ok(())
    }
}

impl Visitor for Collecting<'_> {
    unsafe fn pointer(&mut self, slot: *mut *mut u8, _: &Pointer, _: At) -> Result<bool, HRESULT> {
        // SAFETY: forwarded from the caller.
        Ok(unsafe { !slot.read_unaligned().is_null() })
    }

    unsafe fn interface(&mut self, slot: *mut *mut c_void, iid: &GUID) -> Result<(), HRESULT> {
        // SAFETY: forwarded from the caller.
        unsafe { self.take(slot, iid) }
    }

    unsafe fn string(&mut self, _: *mut *mut u16) -> Result<(), HRESULT> {
        Ok(())
    }

    unsafe fn variant(&mut self, slot: *mut Variant, at: At) -> Result<(), HRESULT> {
        // SAFETY: forwarded from the caller.
        unsafe { objects::in_variant(slot, at.depth, &mut |slot, iid| self.take(slot, iid)) }
    }

    unsafe fn safe_array(&mut self, slot: *mut *mut SafeArray, at: At) -> Result<(), HRESULT> {
        // SAFETY: forwarded from the caller.
        unsafe {
            let array = slot.read_unaligned();
            objects::in_array(array, at.depth, &mut |slot, iid| self.take(slot, iid))
        }
    }
}

/// Our places, and the caller's that they stand for.
pub struct Restoring(pub Vec<(*mut c_void, *mut c_void)>);

impl Visitor for Restoring {
    unsafe fn pointer(&mut self, slot: *mut *mut u8, _: &Pointer, _: At) -> Result<bool, HRESULT> {
        // SAFETY: forwarded from the caller.
        Ok(unsafe { !slot.read_unaligned().is_null() })
    }

    unsafe fn interface(&mut self, _: *mut *mut c_void, _: &GUID) -> Result<(), HRESULT> {
        Ok(())
    }

    unsafe fn string(&mut self, _: *mut *mut u16) -> Result<(), HRESULT> {
        Ok(())
    }

    unsafe fn variant(&mut self, slot: *mut Variant, _: At) -> Result<(), HRESULT> {
        // SAFETY: forwarded from the caller.
        unsafe {
            if (*slot).vt & VT_BYREF != 0
                && let Some((_, original)) =
                    self.0.iter().find(|(ours, _)| *ours == (*slot).data.byref)
            {
                (*slot).data.byref = *original;
            }
        }
        Ok(())
    }

    unsafe fn safe_array(&mut self, _: *mut *mut SafeArray, _: At) -> Result<(), HRESULT> {
        Ok(())
    }
}
