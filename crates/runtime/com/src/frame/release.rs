//! Letting go of what a value owns: interface pointers, strings, variants, arrays
//! and memory behind its pointers, which is the task allocator's.

use core::ffi::c_void;
use std::collections::HashSet;

use automation::{array, strings, variant};
use com_abi::automation::{SafeArray, VT_ARRAY, VT_BYREF, VT_DISPATCH, VT_UNKNOWN, Variant};
use com_abi::description::{Pointer, PointerKind, Type};
use com_abi::{GUID, HRESULT};

use super::walk::{At, Visitor, walk};
use crate::memory;

/// See the module. Every slot is null or empty afterwards.
#[derive(Default)]
struct Releasing {
    /// Where full pointers pointed that were seen.
    seen: HashSet<usize>,
}

impl Visitor for Releasing {
    const IS_LENIENT: bool = true;

    unsafe fn pointer(
        &mut self,
        slot: *mut *mut u8,
        pointer: &Pointer,
        _: At,
    ) -> Result<bool, HRESULT> {
        // SAFETY: forwarded from the caller.
        let target = unsafe { slot.read_unaligned() };
        if target.is_null() {
            return Ok(false);
        }
        if pointer.kind == PointerKind::Full && !self.seen.insert(target as usize) {
            // SAFETY: as above.
            unsafe { slot.write_unaligned(core::ptr::null_mut()) };
            return Ok(false);
        }
        Ok(true)
    }

    unsafe fn after_pointer(&mut self, slot: *mut *mut u8) {
        // SAFETY: a block of the task allocator that belongs to the slot.
        unsafe {
            memory::free(slot.read_unaligned().cast());
            slot.write_unaligned(core::ptr::null_mut());
        }
    }

    unsafe fn interface(&mut self, slot: *mut *mut c_void, _: &GUID) -> Result<(), HRESULT> {
        // SAFETY: the slot owns the reference.
        unsafe {
            let object = slot.read_unaligned();
            slot.write_unaligned(core::ptr::null_mut());
            variant::release(object);
        }
        Ok(())
    }

    unsafe fn string(&mut self, slot: *mut *mut u16) -> Result<(), HRESULT> {
        // SAFETY: the slot owns the string.
        unsafe {
            strings::free(slot.read_unaligned());
            slot.write_unaligned(core::ptr::null_mut());
        }
        Ok(())
    }

    unsafe fn variant(&mut self, slot: *mut Variant, _: At) -> Result<(), HRESULT> {
        // SAFETY: the slot owns what the variant owns. One that cannot be cleared
        // leaks.
        unsafe {
            let _ = variant::clear(&mut *slot);
            *slot = Variant::EMPTY;
        }
        Ok(())
    }

    unsafe fn safe_array(&mut self, slot: *mut *mut SafeArray, _: At) -> Result<(), HRESULT> {
        // SAFETY: the slot owns the array. A locked one leaks.
        unsafe {
            let owned = slot.read_unaligned();
            slot.write_unaligned(core::ptr::null_mut());
            if !owned.is_null() {
                let _ = array::destroy(owned);
            }
        }
        Ok(())
    }
}

/// Lets go of what the value at `place` owns, but not of its own memory. Interface
/// pointers have to be null or this apartment's.
///
/// # Safety
/// As [`walk`]; everything is the value's own, and pointers that are not null
/// point to blocks of the task allocator.
pub unsafe fn release(ty: &Type, place: *mut u8, at: At) {
    // SAFETY: forwarded from the caller.
    let _ = unsafe { walk(&mut Releasing::default(), ty, place, at) };
}

/// Something that in-data own.
pub enum Owned {
    /// A block of the task allocator.
    Block(*mut u8),
    /// A string.
    Text(*mut u16),
    /// What a variant in a block owns.
    Variant(*mut Variant),
    /// An array.
    SafeArray(*mut SafeArray),
}

impl Owned {
    /// Whether it may hold interface pointers, which only their apartment lets go.
    pub fn may_hold_objects(&self) -> bool {
        match self {
            Self::Block(_) | Self::Text(_) => false,
            Self::SafeArray(_) => true,
            // SAFETY: its block is alive, since it is freed after this.
            Self::Variant(place) => match unsafe { (**place).vt } {
                vt if vt & VT_BYREF != 0 => false,
                vt => vt & VT_ARRAY != 0 || matches!(vt, VT_UNKNOWN | VT_DISPATCH),
            },
        }
    }

    /// Lets go of it.
    ///
    /// # Safety
    /// It is alive and nobody uses it any more.
    pub unsafe fn free(self) {
        // SAFETY: forwarded from the caller.
        unsafe {
            match self {
                Self::Block(block) => memory::free(block.cast()),
                Self::Text(text) => strings::free(text),
                Self::Variant(place) => drop(variant::clear(&mut *place)),
                Self::SafeArray(owned) => drop(array::destroy(owned)),
            }
        }
    }
}
