//! Data in both directions after the call: what the caller had, and what becomes
//! of it.
//!
//! A direct call would have changed the caller's own memory: where the callee left
//! a pointer alone, the content behind it; where it freed and replaced one, as the
//! rule for in/out data says, the pointer. So it is here: a block that still is
//! where the copy was goes back into the caller's block, which keeps its address,
//! and may be on the caller's stack; all other blocks of the caller are freed, like
//! their copies were. Strings, variants, arrays and references are the runtime's
//! own kinds: the caller's old ones are let go and the new ones take their place.

use core::ffi::c_void;
use std::collections::HashMap;

use automation::{array, strings, variant};
use com_abi::automation::{SafeArray, Variant};
use com_abi::description::Pointer;
use com_abi::{GUID, HRESULT};

use super::Return;
use super::measure;
use super::walk::{At, Visitor, walk};
use crate::memory;

/// Something of the caller's that the callee got a copy of, to replace or not.
pub enum Old {
    /// A block, the copy's address, and how large both are.
    Block { original: *mut u8, copy: *mut u8, bytes: usize },
    /// A reference.
    Object(*mut c_void),
    /// A string.
    Text(*mut u16),
    /// What a variant held.
    Variant(Variant),
    /// An array.
    SafeArray(*mut SafeArray),
}

/// A block of the caller's that may get its content back.
struct Original {
    address: *mut u8,
    bytes: usize,
    is_back: bool,
}

struct Adopting {
    /// By the addresses of their copies.
    originals: HashMap<usize, Original>,
    /// The pointers that are being followed: the copy and its size now, if it fits
    /// into the original.
    path: Vec<Option<(*mut u8, usize)>>,
    /// Copies whose content is back.
    spare: Vec<*mut u8>,
}

/// Puts what the callee left where it was back into the caller's blocks, and lets go
/// of everything of the caller's that was replaced. The places hold what goes to the
/// caller afterwards.
///
/// # Safety
/// The places hold what came back, in the scope `frame`; `olds` are the caller's, and
/// the call has ended.
pub unsafe fn adopt(olds: Vec<Old>, places: &[Return], frame: *const u8) {
    let mut adopting = Adopting { originals: HashMap::new(), path: Vec::new(), spare: Vec::new() };
    for old in &olds {
        if let Old::Block { original, copy, bytes } = *old {
            let original = Original { address: original, bytes, is_back: false };
            adopting.originals.insert(copy as usize, original);
        }
    }
    // SAFETY: forwarded from the caller. Nothing of this can fail that did not fail
    // when it was collected.
    unsafe {
        for back in places.iter().filter(|back| back.was_in) {
            let at = At::new(frame, Some(back.bytes));
            let _ = walk(&mut adopting, back.ty, back.place, at);
        }
        for copy in adopting.spare {
            memory::free(copy.cast());
        }
        for old in olds {
            match old {
                Old::Block { copy, original, .. } => {
                    let known = adopting.originals.get(&(copy as usize));
                    if known.is_none_or(|known| !known.is_back) {
                        memory::free(original.cast());
                    }
                }
                Old::Object(object) => variant::release(object),
                Old::Text(text) => strings::free(text),
                Old::Variant(mut value) => drop(variant::clear(&mut value)),
                Old::SafeArray(owned) => drop(array::destroy(owned)),
            }
        }
    }
}

impl Visitor for Adopting {
    const IS_LENIENT: bool = true;

    unsafe fn pointer(
        &mut self,
        slot: *mut *mut u8,
        pointer: &Pointer,
        at: At,
    ) -> Result<bool, HRESULT> {
        // SAFETY: forwarded from the caller.
        let target = unsafe { slot.read_unaligned() };
        if target.is_null() {
            return Ok(false);
        }
        let Some(original) = self.originals.get_mut(&(target as usize)) else {
            self.path.push(None);
            return Ok(true);
        };
        if original.is_back {
            // SAFETY: as above.
            unsafe { slot.write_unaligned(original.address) };
            return Ok(false);
        }
        // SAFETY: as above. The block may be another one at the same address, and so
        // larger.
        let bytes = unsafe { measure::bytes(pointer.target, target, at.scope) };
        let fits = bytes.ok().filter(|bytes| *bytes <= original.bytes);
        original.is_back = fits.is_some();
        self.path.push(fits.map(|bytes| (target, bytes)));
        Ok(true)
    }

    unsafe fn after_pointer(&mut self, slot: *mut *mut u8) {
        let Some(Some((copy, bytes))) = self.path.pop() else { return };
        let Some(original) = self.originals.get(&(copy as usize)) else { return };
        // SAFETY: both blocks have that many bytes, and the slot is the copy's.
        unsafe {
            core::ptr::copy_nonoverlapping(copy, original.address, bytes);
            slot.write_unaligned(original.address);
        }
        self.spare.push(copy);
    }

    unsafe fn interface(&mut self, _: *mut *mut c_void, _: &GUID) -> Result<(), HRESULT> {
        Ok(())
    }

    unsafe fn string(&mut self, _: *mut *mut u16) -> Result<(), HRESULT> {
        Ok(())
    }

    unsafe fn variant(&mut self, _: *mut Variant, _: At) -> Result<(), HRESULT> {
        Ok(())
    }

    unsafe fn safe_array(&mut self, _: *mut *mut SafeArray, _: At) -> Result<(), HRESULT> {
        Ok(())
    }
}
