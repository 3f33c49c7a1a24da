//! A call's arguments on their way into another apartment.
//!
//! A call whose arguments hold no interface pointers borrows the caller's frame:
//! the caller waits, so its memory stays. All other calls *capture* it:
//!
//! | step | where | what |
//! |---|---|---|
//! | [`Frame::capture`] | client | in-data are copied deeply, interface pointers marshaled, places made for out-data |
//! | [`Frame::deliver`] | home | interface pointers unmarshaled into the copy |
//! | the call | home | with the copy |
//! | [`Frame::collect`] | home | in-pointers released, interface pointers of out-data marshaled |
//! | [`Frame::write_back`] | client | those unmarshaled; out-data moved to the caller's places |
//!
//! # Memory
//! What the callee only reads is the frame's, which frees it. What comes back
//! follows the documented rules of out-parameters: it stands in memory of the task
//! allocator (strings, variants and arrays in their own), the callee's while it
//! runs and the caller's afterwards; what becomes of the caller's own data in both
//! directions says `adopt`.
//! Moving is copying the place's bytes, since both sides share one process.
//! What a variant by reference refers to goes both ways, whatever the parameter
//! says, as in a direct call.
//!
//! # Protocol
//! The state says who owns what a place holds; dropping the frame lets go of it
//! in every state, on any thread:
//!
//! | state | places hold | interface pointers are |
//! |---|---|---|
//! | `Captured` | copies that the frame owns | marshaled, in `copies.passing` |
//! | `Delivered` | what the callee makes of them | the home apartment's |
//! | `Collected` | out-data without objects | marshaled, in `coming` |
//! | `Done` | nothing | nobody's |
//!
//! `Delivered` is left on the thread that entered it: [`Frame::serve`] collects
//! whatever the callee did. The frame is used by one thread at a time, as the
//! call's slot says (`call`), so it is `Send` and not `Sync`.
//!
//! An asynchronous call ends with [`Frame::write_out`] instead, in places that are
//! named only then (`twin`).

mod adopt;
mod collect;
mod copy;
pub mod limits;
mod measure;
mod objects;
mod plan;
mod release;
mod twin;
mod walk;

use core::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};

use automation::variant;
use com_abi::HRESULT;
use com_abi::codes::{E_NOTIMPL, RPC_E_SERVERFAULT};
use com_abi::description::{Dispatch, Method, Parameter, Pointer, PointerKind, Shape, Type};

use collect::{Collecting, Restoring};
use copy::{Copies, Copying, Whose};
use objects::Passing;
pub use plan::Plan;
use release::{Owned, release};
use twin::Places;
#[cfg(not(loom))]
pub use twin::{Out, check_outs};
use walk::{At, walk};

use crate::memory;

#[cfg(test)]
thread_local! {
    /// Whether this thread's calls capture what they could borrow.
    pub static CAPTURES_ALL: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Whether calls capture what they could borrow. Only tests do, to run every call
/// both ways.
pub fn captures_all() -> bool {
    #[cfg(test)]
    return CAPTURES_ALL.get();
    #[cfg(not(test))]
    return false;
}

/// A place whose content comes back.
pub struct Return {
    ty: &'static Type,
    /// Where the parameter stands in the frame; none for what a variant refers to.
    slot: Option<u32>,
    /// The caller's; null when it is not known yet.
    original: *mut u8,
    /// The frame's.
    place: *mut u8,
    bytes: usize,
    /// Whether data went there too.
    was_in: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Captured,
    Delivered,
    Collected,
    Done,
}

/// See the module.
pub struct Frame {
    dispatch: Dispatch,
    state: State,
    /// The copy of the caller's frame.
    memory: *mut u8,
    copies: Copies,
    /// In-pointers that are released after the call.
    delivered: Vec<*mut c_void>,
    /// Interface pointers of out-data.
    coming: Vec<Passing>,
}

// SAFETY: the memory is the frame's own, and interface pointers in it are used
// by their apartment only, as the states say.
unsafe impl Send for Frame {}

impl Frame {
    /// Takes over the arguments of a call. Client apartment.
    ///
    /// # Errors
    /// `RPC_X_NULL_REF_POINTER`, `RPC_S_INVALID_BOUND`, `RPC_S_STRING_TOO_LONG`,
    /// `RPC_S_INVALID_TAG`, `E_OUTOFMEMORY`, `E_INVALIDARG` when data are nested
    /// too deep, those of marshaling. Nothing is left of the attempt.
    ///
    /// # Safety
    /// `frame` is one of the plan's method, whose arguments are what the
    /// description says.
    pub unsafe fn capture(plan: &Plan, frame: *const c_void) -> Result<Self, HRESULT> {
        // SAFETY: forwarded from the caller.
        unsafe { Self::capture_for(plan, frame, Places::Given) }
    }

    /// # Safety
    /// As [`Frame::capture`], as far as places are given.
    unsafe fn capture_for(
        plan: &Plan,
        frame: *const c_void,
        places: Places,
    ) -> Result<Self, HRESULT> {
        let method = plan.method();
        let dispatch = plan.dispatch().ok_or(E_NOTIMPL)?;
        let bytes = method.frame_size as usize;
        let mut captured = Self {
            dispatch,
            state: State::Captured,
            memory: measure::zeroed(bytes)?,
            copies: Copies::default(),
            delivered: Vec::new(),
            coming: Vec::new(),
        };
        // SAFETY: forwarded from the caller; dropping the frame lets go of what was
        // made until a failure.
        unsafe {
            core::ptr::copy_nonoverlapping(frame.cast::<u8>(), captured.memory, bytes);
            captured.copy(method, places)?;
        }
        Ok(captured)
    }

    /// Replaces the caller's pointers in the copy of the frame.
    unsafe fn copy(&mut self, method: &Method, places: Places) -> Result<(), HRESULT> {
        for parameter in method.parameters.as_slice() {
            let slot = self.memory.wrapping_add(parameter.offset as usize);
            // SAFETY: the caller passes the method's frame.
            unsafe {
                match &parameter.kind.shape {
                    Shape::Pointer(pointer) if places == Places::Later && !parameter.is_in() => {
                        self.place_for_later(pointer, parameter.offset)?;
                    }
                    Shape::Pointer(pointer) if parameter.is_out() => {
                        self.place(pointer, parameter)?;
                    }
                    _ => {
                        let mut copying = Copying::new(&mut self.copies, Whose::Frame);
                        walk(&mut copying, parameter.kind, slot, At::new(self.memory, None))?;
                    }
                }
            }
        }
        Ok(())
    }

    /// A place of ours instead of the caller's, with a copy of its content if it
    /// goes in.
    unsafe fn place(&mut self, pointer: &Pointer, parameter: &Parameter) -> Result<(), HRESULT> {
        let (ty, is_in) = (pointer.target, parameter.is_in());
        let slot = self.memory.wrapping_add(parameter.offset as usize).cast::<*mut u8>();
        // SAFETY: the caller passes a pointer to a place of that type, as large as
        // the arguments say.
        unsafe {
            let original = slot.read_unaligned();
            if original.is_null() {
                let is_ref = pointer.kind == PointerKind::Ref;
                return if is_ref { Err(limits::RPC_X_NULL_REF_POINTER) } else { Ok(()) };
            }
            let bytes = measure::bytes(ty, original, self.memory)?;
            let place = measure::zeroed(bytes)?;
            self.copies.owned.push((Owned::Block(place), Whose::Frame));
            slot.write_unaligned(place);
            if is_in {
                core::ptr::copy_nonoverlapping(original, place, bytes);
                let mut copying = Copying::new(&mut self.copies, Whose::Callee);
                walk(&mut copying, ty, place, At::new(self.memory, Some(bytes)))?;
            }
            let slot = Some(parameter.offset);
            self.copies.returns.push(Return { ty, slot, original, place, bytes, was_in: is_in });
        }
        Ok(())
    }

    /// Makes the arguments usable in the home apartment, and answers them.
    ///
    /// # Errors
    /// Those of unmarshaling; everything is let go then.
    pub fn deliver(&mut self) -> Result<*mut c_void, HRESULT> {
        // From here on the callee owns what it may replace.
        self.copies.owned.retain(|(_, whose)| *whose == Whose::Frame);
        self.state = State::Delivered;
        for passing in std::mem::take(&mut self.copies.passing) {
            let belongs_to_slot = passing.belongs_to_slot;
            // SAFETY: the slots are in memory of this frame.
            match unsafe { passing.put() } {
                Ok(raw) if !belongs_to_slot => self.delivered.push(raw),
                Ok(_) => {}
                Err(code) => {
                    self.abandon();
                    return Err(code);
                }
            }
        }
        Ok(self.memory.cast())
    }

    /// Takes the interface pointers back out of the arguments after the call. Home
    /// apartment.
    ///
    /// # Errors
    /// `RPC_X_BAD_STUB_DATA` when the callee counted beyond what was announced;
    /// those of marshaling. Everything is let go then.
    pub fn collect(&mut self) -> Result<(), HRESULT> {
        self.release_ins();
        let mut collecting = Collecting(&mut self.coming);
        for back in &self.copies.returns {
            let at = At::new(self.memory, Some(back.bytes));
            // SAFETY: the places hold what the callee left there.
            if let Err(code) = unsafe { walk(&mut collecting, back.ty, back.place, at) } {
                self.abandon();
                return Err(code);
            }
        }
        self.state = State::Collected;
        Ok(())
    }

    /// Releases the in-pointers, those in variants and arrays included.
    fn release_ins(&mut self) {
        for raw in self.delivered.drain(..) {
            // SAFETY: the reference was made for the call, in this apartment.
            unsafe { variant::release(raw) };
        }
        let owned = std::mem::take(&mut self.copies.owned);
        for (owned, whose) in owned {
            if owned.may_hold_objects() {
                // SAFETY: the callee has ended.
                unsafe { owned.free() };
            } else {
                self.copies.owned.push((owned, whose));
            }
        }
    }

    /// Lets go of everything in the home apartment.
    fn abandon(&mut self) {
        self.release_ins();
        self.coming.clear();
        self.release_places();
    }

    /// Lets go of what the places hold.
    fn release_places(&mut self) {
        for back in &self.copies.returns {
            let at = At::new(self.memory, Some(back.bytes));
            // SAFETY: the places hold what the callee left there, and nobody else
            // owns it; interface pointers are null or this apartment's.
            unsafe { release(back.ty, back.place, at) };
        }
        self.state = State::Done;
    }

    /// Makes the call in the home apartment, from [`Frame::deliver`] to
    /// [`Frame::collect`]. A panic is `RPC_E_SERVERFAULT`.
    ///
    /// # Errors
    /// Theirs.
    ///
    /// # Safety
    /// `object` is the interface of the method in this apartment.
    pub unsafe fn serve(&mut self, object: *mut c_void) -> Result<HRESULT, HRESULT> {
        let frame = self.deliver()?;
        let dispatch = self.dispatch;
        // SAFETY: forwarded from the caller; the frame is the method's.
        let call = AssertUnwindSafe(|| unsafe { dispatch(object, frame) });
        let code = catch_unwind(call).unwrap_or(RPC_E_SERVERFAULT);
        self.collect()?;
        Ok(code)
    }

    /// Moves what came back to the caller's places. Client apartment.
    ///
    /// # Errors
    /// Those of unmarshaling; then the caller's places stay as they were, and
    /// everything is let go.
    ///
    /// # Safety
    /// The caller's places are still there.
    pub unsafe fn write_back(mut self) -> Result<(), HRESULT> {
        self.take_objects()?;
        self.restore_references();
        let returns = std::mem::take(&mut self.copies.returns);
        let olds = std::mem::take(&mut self.copies.olds);
        // SAFETY: forwarded from the caller.
        unsafe {
            adopt::adopt(olds, &returns, self.memory);
            for back in &returns {
                core::ptr::copy_nonoverlapping(back.place, back.original, back.bytes);
            }
        }
        self.state = State::Done;
        Ok(())
    }

    /// Puts the interface pointers into what comes back. Client apartment.
    fn take_objects(&mut self) -> Result<(), HRESULT> {
        for passing in std::mem::take(&mut self.coming) {
            // SAFETY: the slots are in memory that comes back.
            if let Err(code) = unsafe { passing.put() } {
                self.release_places();
                return Err(code);
            }
        }
        Ok(())
    }

    /// Variants by reference that come back refer to the caller's places again.
    fn restore_references(&mut self) {
        let returns = &self.copies.returns;
        let places = returns.iter().map(|back| (back.place.cast(), back.original.cast()));
        let mut restoring = Restoring(places.collect());
        for back in returns {
            let at = At::new(self.memory, Some(back.bytes));
            // SAFETY: the places hold what comes back. Nothing of this can fail
            // that did not fail when it was collected.
            let _ = unsafe { walk(&mut restoring, back.ty, back.place, at) };
        }
    }
}

impl Drop for Frame {
    fn drop(&mut self) {
        match self.state {
            State::Collected => self.release_places(),
            State::Delivered => {
                observe::warn!("com", "a call has ended within its object: its arguments leak");
                return;
            }
            State::Captured | State::Done => {}
        }
        // What stands in a block goes before the block.
        for (owned, _) in std::mem::take(&mut self.copies.owned).into_iter().rev() {
            // SAFETY: the frame's own, and nobody uses it any more.
            unsafe { owned.free() };
        }
        // SAFETY: as above.
        unsafe { memory::free(self.memory.cast()) };
    }
}
