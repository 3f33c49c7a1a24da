//! The caller's data, copied so that the call can go on without the caller: what
//! pointers point to, strings, variants and arrays are duplicated, and interface
//! pointers are taken out for the way.
//!
//! A value is first copied as bytes; the walk over the copy then replaces each
//! pointer by one to a copy of its own. So counts are read from the copy, where
//! nobody changes them.

use core::ffi::c_void;
use std::collections::HashMap;

use automation::{array, variant};
use com_abi::automation::{
    Decimal, IDispatch, SafeArray, VT_ARRAY, VT_BSTR, VT_BYREF, VT_DECIMAL, VT_DISPATCH,
    VT_UNKNOWN, VT_VARIANT, Variant,
};
use com_abi::codes::{DISP_E_BADVARTYPE, E_INVALIDARG};
use com_abi::description::{Base, Idl, Pointer, PointerKind, Type};
use com_abi::{GUID, HRESULT, IUnknown, Interface};

use super::adopt::Old;
use super::limits::RPC_X_NULL_REF_POINTER;
use super::objects::{self, Passing};
use super::release::Owned;
use super::walk::{At, Visitor, walk};
use super::{Return, measure};

/// What copying has made.
#[derive(Default)]
pub struct Copies {
    /// What the copies own, in the order in which it was made: what stands in a
    /// block comes after the block.
    pub owned: Vec<(Owned, Whose)>,
    /// The interface pointers.
    pub passing: Vec<Passing>,
    /// The places of variants by reference, which come back.
    pub returns: Vec<Return>,
    /// What of the caller's the callee may replace.
    pub olds: Vec<Old>,
}

/// Who lets go of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The frame: the callee only reads it.
    Frame,
    /// The callee, once it runs: it may free and replace it.
    Callee,
}

/// See the module.
pub struct Copying<'a> {
    copies: &'a mut Copies,
    whose: Whose,
    /// Copies of what full pointers point to.
    full: HashMap<usize, usize>,
}

impl<'a> Copying<'a> {
    /// Copies into `copies`, for `whose` use.
    pub fn new(copies: &'a mut Copies, whose: Whose) -> Self {
        Self { copies, whose, full: HashMap::new() }
    }

    /// Remembers what the caller has, if the callee may replace it.
    fn remember(&mut self, old: Old) {
        if self.whose == Whose::Callee {
            self.copies.olds.push(old);
        }
    }

    fn own(&mut self, owned: Owned) {
        self.copies.owned.push((owned, self.whose));
    }

    /// Takes out an interface pointer; see [`Passing::take`].
    unsafe fn pass(
        &mut self,
        slot: *mut *mut c_void,
        iid: &GUID,
        gives_up: bool,
        belongs: bool,
    ) -> Result<(), HRESULT> {
        // SAFETY: forwarded from the caller.
        let taken = unsafe { Passing::take(slot, iid, gives_up, belongs)? };
        self.copies.passing.extend(taken);
        Ok(())
    }

    /// A reference refers to a copy from now on, which comes back.
    unsafe fn by_reference(&mut self, slot: *mut Variant, at: At) -> Result<(), HRESULT> {
        // SAFETY: the caller passes a variant by reference, whose type says what
        // it refers to.
        unsafe {
            let original = (*slot).data.byref.cast::<u8>();
            if original.is_null() {
                return Err(E_INVALIDARG);
            }
            let ty = referred((*slot).vt & !VT_BYREF)?;
            let place = measure::zeroed(ty.size as usize)?;
            core::ptr::copy_nonoverlapping(original, place, ty.size as usize);
            let bytes = ty.size as usize;
            // The place is the frame's, its content the callee's.
            self.copies.owned.push((Owned::Block(place), Whose::Frame));
            self.copies.returns.push(Return {
                ty,
                slot: None,
                original,
                place,
                bytes,
                was_in: true,
            });
            (*slot).data.byref = place.cast();
            let mut inside = Copying::new(self.copies, Whose::Callee);
            walk(&mut inside, ty, place, At { scope: place, ..at })
        }
    }
}

impl Visitor for Copying<'_> {
    unsafe fn pointer(
        &mut self,
        slot: *mut *mut u8,
        pointer: &Pointer,
        at: At,
    ) -> Result<bool, HRESULT> {
        // SAFETY: forwarded from the caller: the pointer is null or points to a
        // readable value of its type.
        unsafe {
            let original = slot.read_unaligned();
            if original.is_null() {
                let is_ref = pointer.kind == PointerKind::Ref;
                return if is_ref { Err(RPC_X_NULL_REF_POINTER) } else { Ok(false) };
            }
            if pointer.kind == PointerKind::Full
                && let Some(copy) = self.full.get(&(original as usize))
            {
                slot.write_unaligned(*copy as *mut u8);
                return Ok(false);
            }
            let bytes = measure::bytes(pointer.target, original, at.scope)?;
            let copy = measure::zeroed(bytes)?;
            core::ptr::copy_nonoverlapping(original, copy, bytes);
            slot.write_unaligned(copy);
            self.own(Owned::Block(copy));
            self.remember(Old::Block { original, copy, bytes });
            if pointer.kind == PointerKind::Full {
                self.full.insert(original as usize, copy as usize);
            }
        }
        Ok(true)
    }

    unsafe fn interface(&mut self, slot: *mut *mut c_void, iid: &GUID) -> Result<(), HRESULT> {
        let belongs = self.whose == Whose::Callee;
        // SAFETY: forwarded from the caller; the reference is the caller's own.
        unsafe {
            self.remember(Old::Object(slot.read_unaligned()));
            self.pass(slot, iid, false, belongs)
        }
    }

    unsafe fn string(&mut self, slot: *mut *mut u16) -> Result<(), HRESULT> {
        // SAFETY: forwarded from the caller.
        unsafe {
            let original = slot.read_unaligned();
            let copy = variant::copy_string(original)?;
            self.remember(Old::Text(original));
            slot.write_unaligned(copy);
            self.own(Owned::Text(copy));
        }
        Ok(())
    }

    unsafe fn variant(&mut self, slot: *mut Variant, at: At) -> Result<(), HRESULT> {
        // SAFETY: forwarded from the caller; the copy's references are the copy's.
        unsafe {
            if (*slot).vt & VT_BYREF != 0 {
                return self.by_reference(slot, at);
            }
            let original = *slot;
            *slot = variant::copied(&original)?;
            self.remember(Old::Variant(original));
            self.own(Owned::Variant(slot));
            if (*slot).vt & VT_ARRAY != 0 {
                objects::dereference_elements((*slot).data.parray)?;
            }
            objects::in_variant(slot, at.depth, &mut |slot, iid| self.pass(slot, iid, true, true))
        }
    }

    unsafe fn safe_array(&mut self, slot: *mut *mut SafeArray, at: At) -> Result<(), HRESULT> {
        // SAFETY: as above.
        unsafe {
            let original = slot.read_unaligned();
            if original.is_null() {
                return Ok(());
            }
            let copy = array::copy(original)?;
            self.remember(Old::SafeArray(original));
            slot.write_unaligned(copy);
            self.own(Owned::SafeArray(copy));
            objects::dereference_elements(copy)?;
            objects::in_array(copy, at.depth, &mut |slot, iid| self.pass(slot, iid, true, true))
        }
    }
}

/// What a variant by reference refers to.
fn referred(vt: u16) -> Result<&'static Type, HRESULT> {
    static UNKNOWN: Type = Type::interface(IUnknown::IID, None);
    static DISPATCH: Type = Type::interface(IDispatch::IID, None);
    static ARRAY: Type = Type::safe_array(0);
    static TEXT: Type = Type::BSTR;
    static NUMBERS: [Type; 4] =
        [Type::base(Base::U8), Type::base(Base::U16), Type::base(Base::U32), Type::base(Base::U64)];
    Ok(match vt {
        vt if vt & VT_ARRAY != 0 => &ARRAY,
        VT_UNKNOWN => &UNKNOWN,
        VT_DISPATCH => &DISPATCH,
        VT_BSTR => &TEXT,
        VT_VARIANT => Variant::TYPE,
        VT_DECIMAL => Decimal::TYPE,
        _ => match array::element_of(vt) {
            Some((1, _)) => &NUMBERS[0],
            Some((2, _)) => &NUMBERS[1],
            Some((4, _)) => &NUMBERS[2],
            Some((8, _)) => &NUMBERS[3],
            _ => return Err(DISP_E_BADVARTYPE),
        },
    })
}
