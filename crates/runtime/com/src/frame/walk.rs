//! A walk over typed memory: every pointer, interface, string, variant and array
//! in it, in the order in which they stand there.

use core::ffi::c_void;

use com_abi::automation::{SafeArray, Variant};
use com_abi::codes::E_INVALIDARG;
use com_abi::description::{Array, InterfaceType, Pointer, Shape, Type, Union};
use com_abi::{GUID, HRESULT};

use super::limits::{MAX_DEPTH, RPC_S_INVALID_TAG, RPC_X_BAD_STUB_DATA};
use super::measure;

/// Where a walk is.
#[derive(Clone, Copy)]
pub struct At {
    /// The frame or structure that expressions look into.
    pub scope: *const u8,
    /// Bytes of the place, where an array may not be larger than it was
    /// announced.
    pub room: Option<usize>,
    /// How deep.
    pub depth: u32,
}

impl At {
    /// The beginning, with what is known of the place.
    pub const fn new(scope: *const u8, room: Option<usize>) -> Self {
        Self { scope, room, depth: 0 }
    }

    /// One step further in.
    ///
    /// # Errors
    /// `E_INVALIDARG` beyond [`MAX_DEPTH`].
    pub const fn deeper(self) -> Result<Self, HRESULT> {
        if self.depth == MAX_DEPTH {
            return Err(E_INVALIDARG);
        }
        Ok(Self { scope: self.scope, room: None, depth: self.depth + 1 })
    }
}

/// What is done with what a walk finds. Every slot is the address of the pointer
/// or value itself, which may be replaced.
pub trait Visitor {
    /// Whether counts that do not fit are passed over instead of ending the walk.
    const IS_LENIENT: bool = false;

    /// A pointer, before what it points to; the answer is whether to go there.
    ///
    /// # Safety
    /// `slot` is a live pointer of that type.
    unsafe fn pointer(
        &mut self,
        slot: *mut *mut u8,
        pointer: &Pointer,
        at: At,
    ) -> Result<bool, HRESULT>;

    /// A pointer, after what it points to.
    ///
    /// # Safety
    /// As [`Visitor::pointer`].
    unsafe fn after_pointer(&mut self, _slot: *mut *mut u8) {}

    /// An interface pointer.
    ///
    /// # Safety
    /// `slot` is null or a live interface.
    unsafe fn interface(&mut self, slot: *mut *mut c_void, iid: &GUID) -> Result<(), HRESULT>;

    /// A string.
    ///
    /// # Safety
    /// `slot` is a live string or null.
    unsafe fn string(&mut self, slot: *mut *mut u16) -> Result<(), HRESULT>;

    /// A variant.
    ///
    /// # Safety
    /// `slot` is an initialised variant.
    unsafe fn variant(&mut self, slot: *mut Variant, at: At) -> Result<(), HRESULT>;

    /// A safe array.
    ///
    /// # Safety
    /// `slot` is a live array or null.
    unsafe fn safe_array(&mut self, slot: *mut *mut SafeArray, at: At) -> Result<(), HRESULT>;
}

/// Whether there is nothing in values of the type to be found.
fn is_plain(ty: &Type) -> bool {
    match &ty.shape {
        Shape::Base(_) | Shape::String(_) => true,
        Shape::Fixed(fixed) => is_plain(fixed.element),
        Shape::Array(array) => is_plain(array.element),
        Shape::Structure(s) => s.fields.as_slice().iter().all(|field| is_plain(field.kind)),
        _ => false,
    }
}

/// Walks over the value of type `ty` at `place`.
///
/// # Errors
/// The visitor's; `E_INVALIDARG` when it is nested too deep; those of counts.
///
/// # Safety
/// `place` is a live value of that type, in the scope that `at` says.
pub unsafe fn walk<V: Visitor>(
    visitor: &mut V,
    ty: &Type,
    place: *mut u8,
    at: At,
) -> Result<(), HRESULT> {
    // SAFETY: forwarded from the caller; offsets and counts are the type's.
    unsafe {
        match &ty.shape {
            Shape::Base(_) | Shape::String(_) => Ok(()),
            Shape::Pointer(pointer) => follow(visitor, pointer, place.cast(), at),
            Shape::Fixed(fixed) if is_plain(fixed.element) => Ok(()),
            Shape::Fixed(fixed) => {
                each(visitor, fixed.element, place, fixed.count as usize, at.deeper()?)
            }
            Shape::Array(array) => elements(visitor, array, place, at),
            Shape::Structure(structure) => {
                let at = At { scope: place, ..at.deeper()? };
                for field in structure.fields.as_slice() {
                    let place = place.add(field.offset as usize);
                    settle::<V>(walk(visitor, field.kind, place, at))?;
                }
                Ok(())
            }
            Shape::Union(union) => selected(visitor, union, place, at),
            Shape::Interface(interface) => object(visitor, interface, place.cast(), at),
            Shape::Bstr => visitor.string(place.cast()),
            Shape::Variant => visitor.variant(place.cast(), at.deeper()?),
            Shape::SafeArray(_) => visitor.safe_array(place.cast(), at.deeper()?),
        }
    }
}

/// What becomes of a failure in one of several places.
fn settle<V: Visitor>(walked: Result<(), HRESULT>) -> Result<(), HRESULT> {
    if V::IS_LENIENT { Ok(()) } else { walked }
}

unsafe fn follow<V: Visitor>(
    visitor: &mut V,
    pointer: &Pointer,
    slot: *mut *mut u8,
    at: At,
) -> Result<(), HRESULT> {
    // SAFETY: the caller passes a live pointer; the visitor says whether it may be
    // followed.
    unsafe {
        if visitor.pointer(slot, pointer, at)? {
            let followed = at.deeper().and_then(|at| walk(visitor, pointer.target, *slot, at));
            // What was found so far is finished also when the rest is not.
            visitor.after_pointer(slot);
            followed?;
        }
    }
    Ok(())
}

unsafe fn each<V: Visitor>(
    visitor: &mut V,
    element: &Type,
    place: *mut u8,
    count: usize,
    at: At,
) -> Result<(), HRESULT> {
    for index in 0..count {
        // SAFETY: the caller passes that many elements.
        let walked =
            unsafe { walk(visitor, element, place.add(index * element.size as usize), at) };
        settle::<V>(walked)?;
    }
    Ok(())
}

unsafe fn elements<V: Visitor>(
    visitor: &mut V,
    array: &Array,
    place: *mut u8,
    at: At,
) -> Result<(), HRESULT> {
    // SAFETY: forwarded from the caller.
    let counted = unsafe { measure::elements(array, at.scope) };
    let room = at.room.map(|bytes| bytes / (array.element.size as usize).max(1));
    let count = match (counted, room) {
        (Ok((size, _)), Some(room)) if size > room && !V::IS_LENIENT => {
            return Err(RPC_X_BAD_STUB_DATA);
        }
        (Ok((_, length)), Some(room)) => length.min(room),
        (Ok((_, length)), None) => length,
        // The whole place is known, so all of it can be let go.
        (Err(_), Some(room)) if V::IS_LENIENT => room,
        (Err(code), _) => return Err(code),
    };
    if is_plain(array.element) {
        return Ok(());
    }
    // SAFETY: the array has that many elements, by its own count and by its place.
    unsafe { each(visitor, array.element, place, count, at.deeper()?) }
}

unsafe fn selected<V: Visitor>(
    visitor: &mut V,
    union: &Union,
    place: *mut u8,
    at: At,
) -> Result<(), HRESULT> {
    // SAFETY: forwarded from the caller.
    let value = unsafe { measure::number(&union.switch, at.scope)? };
    let arm = union.arms.as_slice().iter().find(|arm| arm.value == value).or(union.default);
    match arm.ok_or(RPC_S_INVALID_TAG)?.kind {
        // SAFETY: the value says that this arm is alive.
        Some(ty) => unsafe { walk(visitor, ty, place, at.deeper()?) },
        None => Ok(()),
    }
}

unsafe fn object<V: Visitor>(
    visitor: &mut V,
    interface: &InterfaceType,
    slot: *mut *mut c_void,
    at: At,
) -> Result<(), HRESULT> {
    // SAFETY: forwarded from the caller; `iid_is` names an identifier.
    unsafe {
        let place = measure::place(&interface.iid_is, at.scope);
        if V::IS_LENIENT {
            return visitor.interface(slot, &interface.iid);
        }
        let iid = place?.map_or(interface.iid, |place| place.cast::<GUID>().read_unaligned());
        visitor.interface(slot, &iid)
    }
}
