//! The arguments of an asynchronous call: what goes in is given when it is begun,
//! the places for what comes out when it is finished.
//!
//! Between the two the caller's memory is nobody's: nothing of it is read or written
//! after the beginning, and only the places that are named at the end are written.
//! So data that go both ways stay the caller's own, and what comes back overwrites
//! its place, as for a parameter that only comes out; and what variants by reference
//! refer to goes in and does not come back.

use core::ffi::c_void;

use com_abi::HRESULT;
use com_abi::codes::E_NOTIMPL;
use com_abi::description::{Parameter, Pointer, Shape, Type};

use super::copy::Whose;
use super::release::{Owned, release};
use super::walk::At;
use super::{Frame, Plan, Return, State, measure};

/// When the places of parameters that only come out are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Places {
    /// With the other arguments.
    Given,
    /// When the call has ended.
    Later,
}

/// A place that the caller of a method gives for what comes out.
#[derive(Clone, Copy, Debug)]
pub struct Out {
    /// Where its parameter stands in the frame.
    slot: u32,
    bytes: usize,
}

impl Out {
    /// The caller's place.
    ///
    /// # Safety
    /// `frame` is one of the method's, with what comes out.
    unsafe fn place(self, frame: *const c_void) -> *mut u8 {
        // SAFETY: forwarded from the caller.
        unsafe { frame.cast::<u8>().add(self.slot as usize).cast::<*mut u8>().read_unaligned() }
    }

    /// Zeroes the caller's place.
    ///
    /// # Safety
    /// As [`Out::place`], which is null or has room.
    pub unsafe fn zero(self, frame: *const c_void) {
        // SAFETY: forwarded from the caller.
        unsafe {
            let place = self.place(frame);
            if !place.is_null() {
                core::ptr::write_bytes(place, 0, self.bytes);
            }
        }
    }
}

/// Whether the size of a value can be told before there is one.
fn has_size(ty: &Type) -> bool {
    let Shape::Structure(structure) = &ty.shape else {
        return !matches!(ty.shape, Shape::String(_));
    };
    let last = structure.fields.as_slice().last();
    !last.is_some_and(|last| matches!(last.kind.shape, Shape::Array(_)))
}

impl Frame {
    /// As [`Frame::capture`], with what goes in; what only comes out is zero in
    /// `frame`.
    ///
    /// # Errors
    /// As there; `E_NOTIMPL` when the size of what comes out is not known before.
    ///
    /// # Safety
    /// As there, for what goes in.
    pub unsafe fn capture_ins(plan: &Plan, frame: *const c_void) -> Result<Self, HRESULT> {
        // SAFETY: forwarded from the caller.
        unsafe {
            plan.check_part(frame, Parameter::is_in)?;
            Self::capture_for(plan, frame, Places::Later)
        }
    }

    /// A place of ours for what the caller will name one for.
    pub(super) unsafe fn place_for_later(
        &mut self,
        pointer: &Pointer,
        offset: u32,
    ) -> Result<(), HRESULT> {
        let ty = pointer.target;
        if !has_size(ty) {
            return Err(E_NOTIMPL);
        }
        let null = core::ptr::null_mut();
        // SAFETY: the size does not depend on a value; the slot is in our memory.
        unsafe {
            let bytes = measure::bytes(ty, null, self.memory)?;
            let place = measure::zeroed(bytes)?;
            self.copies.owned.push((Owned::Block(place), Whose::Frame));
            let slot = self.memory.wrapping_add(offset as usize).cast::<*mut u8>();
            slot.write_unaligned(place);
            let slot = Some(offset);
            self.copies.returns.push(Return {
                ty,
                slot,
                original: null,
                place,
                bytes,
                was_in: false,
            });
        }
        Ok(())
    }

    /// What the caller will have to give places for, and does not read before.
    pub fn outs(&self) -> Vec<Out> {
        let outs = self.copies.returns.iter().filter(|back| !back.was_in);
        outs.filter_map(|back| back.slot.map(|slot| Out { slot, bytes: back.bytes })).collect()
    }

    /// Moves what came back to the places that the caller names now. Client
    /// apartment.
    ///
    /// # Errors
    /// Those of unmarshaling; then the places stay as they were, and everything is
    /// let go.
    ///
    /// # Safety
    /// `frame` is one of the method's, whose pointers for what comes out are null or
    /// have room for it.
    pub unsafe fn write_out(mut self, frame: *const c_void) -> Result<(), HRESULT> {
        for back in &mut self.copies.returns {
            if let Some(slot) = back.slot {
                // SAFETY: forwarded from the caller.
                back.original = unsafe { Out { slot, bytes: back.bytes }.place(frame) };
            }
        }
        self.take_objects()?;
        self.restore_references();
        let returns = std::mem::take(&mut self.copies.returns);
        for back in &returns {
            let at = At::new(self.memory, Some(back.bytes));
            // SAFETY: as above; what nobody wants is let go, and interface pointers
            // in it are this apartment's.
            unsafe {
                if back.slot.is_none() || back.original.is_null() {
                    release(back.ty, back.place, at);
                } else {
                    core::ptr::copy_nonoverlapping(back.place, back.original, back.bytes);
                }
            }
        }
        self.state = State::Done;
        Ok(())
    }
}

/// Refuses null for places that may not be.
///
/// # Errors
/// `RPC_X_NULL_REF_POINTER`.
///
/// # Safety
/// `frame` is one of the plan's method, with what comes out.
pub unsafe fn check_outs(plan: &Plan, frame: *const c_void) -> Result<(), HRESULT> {
    // SAFETY: forwarded from the caller.
    unsafe { plan.check_part(frame, Parameter::is_out) }
}
