//! Interface pointers on their way between apartments, and those that variants
//! and safe arrays hold.

use core::ffi::c_void;

use automation::{array, element, variant};
use com_abi::automation::{
    FADF_DISPATCH, FADF_HAVEIID, FADF_UNKNOWN, FADF_VARIANT, IDispatch, SafeArray, VT_ARRAY,
    VT_BYREF, VT_DISPATCH, VT_UNKNOWN, Variant,
};
use com_abi::codes::E_INVALIDARG;
use com_abi::{GUID, HRESULT, IUnknown, Interface};

use super::limits::MAX_DEPTH;
use crate::proxy::{self, Marshaled};

/// An interface on its way: where its pointer stood, and where it will.
pub struct Passing {
    slot: *mut *mut c_void,
    iid: GUID,
    marshaled: Marshaled,
    /// Whether whoever gets the memory of the slot gets the reference too.
    pub belongs_to_slot: bool,
}

impl Passing {
    /// Takes the pointer out of its slot, which is null afterwards; none for a
    /// null pointer. `gives_up` says whether the slot's reference is released:
    /// it is the slot's own, not the caller's.
    ///
    /// # Errors
    /// Those of marshaling; the slot stays as it was.
    ///
    /// # Safety
    /// `slot` is null or a live interface of this thread's apartment.
    pub unsafe fn take(
        slot: *mut *mut c_void,
        iid: &GUID,
        gives_up: bool,
        belongs_to_slot: bool,
    ) -> Result<Option<Self>, HRESULT> {
        // SAFETY: forwarded from the caller; the reference that is given up was
        // the slot's, which is null from then on.
        unsafe {
            let raw = slot.read_unaligned();
            let Some(object) = IUnknown::from_raw_borrowed(&raw) else { return Ok(None) };
            let marshaled = proxy::marshal_as(object, iid)?;
            slot.write_unaligned(core::ptr::null_mut());
            if gives_up {
                variant::release(raw);
            }
            Ok(Some(Self { slot, iid: *iid, marshaled, belongs_to_slot }))
        }
    }

    /// Puts a pointer for this thread's apartment into the slot, and answers it;
    /// it has a reference.
    ///
    /// # Errors
    /// Those of unmarshaling; the slot stays null.
    ///
    /// # Safety
    /// The memory of the slot is alive.
    pub unsafe fn put(self) -> Result<*mut c_void, HRESULT> {
        let raw = proxy::unmarshal(&self.marshaled, &self.iid)?;
        // SAFETY: forwarded from the caller.
        unsafe { self.slot.write_unaligned(raw) };
        Ok(raw)
    }
}

/// What is called for each interface pointer with its identifier.
type Each<'a> = dyn FnMut(*mut *mut c_void, &GUID) -> Result<(), HRESULT> + 'a;

/// The interface pointers that a variant owns.
///
/// # Errors
/// Those of `each`; `E_INVALIDARG` when values are nested too deep.
///
/// # Safety
/// `place` is an initialised variant.
pub unsafe fn in_variant(
    place: *mut Variant,
    depth: u32,
    each: &mut Each<'_>,
) -> Result<(), HRESULT> {
    // SAFETY: forwarded from the caller; the type says which member holds.
    unsafe {
        match (*place).vt {
            vt if vt & VT_BYREF != 0 => Ok(()),
            vt if vt & VT_ARRAY != 0 => in_array((*place).data.parray, depth, each),
            VT_UNKNOWN => each(&raw mut (*place).data.punkVal, &IUnknown::IID),
            VT_DISPATCH => each(&raw mut (*place).data.pdispVal, &IDispatch::IID),
            _ => Ok(()),
        }
    }
}

/// The interface pointers that an array owns.
///
/// # Errors
/// As [`in_variant`].
///
/// # Safety
/// `place` is null or a live array.
pub unsafe fn in_array(
    place: *mut SafeArray,
    depth: u32,
    each: &mut Each<'_>,
) -> Result<(), HRESULT> {
    // SAFETY: forwarded from the caller; the features say what the elements are.
    unsafe {
        if place.is_null() || (*place).pvData.is_null() {
            return Ok(());
        }
        if depth >= MAX_DEPTH {
            return Err(E_INVALIDARG);
        }
        let features = (*place).fFeatures;
        if features & (FADF_UNKNOWN | FADF_DISPATCH) != 0 {
            let own = if features & FADF_DISPATCH != 0 { IDispatch::IID } else { IUnknown::IID };
            let said = (features & FADF_HAVEIID != 0).then(|| array::iid_place(place)).flatten();
            let iid = said.map_or(own, |iid| iid.read());
            let first = (*place).pvData.cast::<*mut c_void>();
            for index in 0..element::count(place) {
                each(first.add(index), &iid)?;
            }
        } else if features & FADF_VARIANT != 0 {
            let first = (*place).pvData.cast::<Variant>();
            for index in 0..element::count(place) {
                in_variant(first.add(index), depth + 1, each)?;
            }
        }
        Ok(())
    }
}

/// Puts values in the place of the references in an array of variants: what they
/// refer to stays behind with the caller.
///
/// # Errors
/// As `VariantCopyInd`.
///
/// # Safety
/// `place` is null or a live array.
pub unsafe fn dereference_elements(place: *mut SafeArray) -> Result<(), HRESULT> {
    // SAFETY: forwarded from the caller; a reference owns nothing that would have
    // to be let go.
    unsafe {
        let is_of_variants = !place.is_null()
            && !(*place).pvData.is_null()
            && (*place).fFeatures & FADF_VARIANT != 0;
        if is_of_variants {
            let first = (*place).pvData.cast::<Variant>();
            for index in 0..element::count(place) {
                let value = first.add(index);
                if (*value).vt & VT_BYREF != 0 {
                    *value = variant::dereferenced(&*value)?;
                }
            }
        }
    }
    Ok(())
}
