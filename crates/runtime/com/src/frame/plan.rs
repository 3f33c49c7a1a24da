//! How the calls of a method are made, found out once when its interface is
//! described: whether its arguments have to be translated between apartments.

use core::ffi::c_void;

use com_abi::HRESULT;
use com_abi::codes::E_INVALIDARG;
use com_abi::description::{
    Dispatch, FLAG_ASYNCHRONOUS, FLAG_INPUT_SYNCHRONOUS, FLAG_LOCAL, InterfaceDescription, Method,
    Parameter, PointerKind, Shape, Type,
};

use super::limits::{MAX_FRAME_BYTES, RPC_X_NULL_REF_POINTER};
use super::measure;
use crate::call::CallKind;

/// See the module.
pub struct Plan {
    method: &'static Method,
    holds_objects: bool,
}

impl Plan {
    /// The plan of a method; the interfaces that its parameters name are added to
    /// `named`.
    ///
    /// # Errors
    /// `E_INVALIDARG` when the method is incomplete.
    pub fn new(
        method: &'static Method,
        named: &mut Vec<&'static InterfaceDescription>,
    ) -> Result<Self, HRESULT> {
        let frame = method.frame_size as usize;
        let is_local = method.flags & FLAG_LOCAL != 0;
        if frame > MAX_FRAME_BYTES || is_local != method.dispatch.is_none() {
            return Err(E_INVALIDARG);
        }
        let mut search = Search { named, seen: Vec::new(), holds_objects: false };
        for parameter in method.parameters.as_slice() {
            let end = parameter.offset as usize + parameter.kind.size as usize;
            let has_place = matches!(parameter.kind.shape, Shape::Pointer(_));
            if end > frame || parameter.is_out() && !has_place {
                return Err(E_INVALIDARG);
            }
            search.visit(parameter.kind)?;
        }
        let holds_objects = search.holds_objects;
        Ok(Self { method, holds_objects })
    }

    /// The method.
    pub fn method(&self) -> &'static Method {
        self.method
    }

    /// How the method is called.
    pub fn kind(&self) -> CallKind {
        match self.method.flags {
            flags if flags & FLAG_INPUT_SYNCHRONOUS != 0 => CallKind::InputSynchronous,
            flags if flags & FLAG_ASYNCHRONOUS != 0 => CallKind::Asynchronous,
            _ => CallKind::Synchronous,
        }
    }

    /// What makes the real call; none for a local method.
    pub fn dispatch(&self) -> Option<Dispatch> {
        self.method.dispatch
    }

    /// Whether arguments may hold interface pointers.
    pub fn holds_objects(&self) -> bool {
        self.holds_objects
    }

    /// The parameters that only come back, with what they point to.
    fn outs(&self) -> impl Iterator<Item = (&'static Parameter, &'static Type)> {
        let outs = self.method.parameters.as_slice().iter();
        outs.filter(|parameter| !parameter.is_in()).filter_map(|parameter| {
            match &parameter.kind.shape {
                Shape::Pointer(pointer) => Some((parameter, pointer.target)),
                _ => None,
            }
        })
    }

    /// Refuses null for pointers that may not be.
    ///
    /// # Errors
    /// `RPC_X_NULL_REF_POINTER`.
    ///
    /// # Safety
    /// `frame` is one of the method's.
    pub unsafe fn check(&self, frame: *const c_void) -> Result<(), HRESULT> {
        // SAFETY: forwarded from the caller.
        unsafe { self.check_part(frame, |_| true) }
    }

    /// As [`Plan::check`], for some of the parameters.
    ///
    /// # Errors
    /// As there.
    ///
    /// # Safety
    /// As there; the other parameters may be missing.
    pub unsafe fn check_part(
        &self,
        frame: *const c_void,
        is_of_part: fn(&Parameter) -> bool,
    ) -> Result<(), HRESULT> {
        for parameter in self.method.parameters.as_slice().iter().filter(|p| is_of_part(p)) {
            let Shape::Pointer(pointer) = &parameter.kind.shape else { continue };
            // SAFETY: forwarded from the caller.
            let is_null = unsafe { argument(frame, parameter) }.is_null();
            if is_null && pointer.kind == PointerKind::Ref {
                return Err(RPC_X_NULL_REF_POINTER);
            }
        }
        Ok(())
    }

    /// Zeroes the caller's places for what only comes back: all of them, or those
    /// that are going to hold pointers.
    ///
    /// # Safety
    /// `frame` is one of the method's; its places are writable.
    pub unsafe fn zero(&self, frame: *mut c_void, only_pointers: bool) {
        for (parameter, target) in self.outs() {
            if only_pointers && is_value(target) {
                continue;
            }
            // SAFETY: forwarded from the caller; the caller's places have the size
            // that its own arguments say.
            unsafe {
                let place = argument(frame, parameter);
                let bytes = measure::bytes(target, place, frame.cast());
                if let (false, Ok(bytes)) = (place.is_null(), bytes) {
                    core::ptr::write_bytes(place, 0, bytes);
                }
            }
        }
    }

    /// Refuses lengths that the callee wrote beyond what the caller announced.
    ///
    /// # Errors
    /// `RPC_X_BAD_STUB_DATA`.
    ///
    /// # Safety
    /// As [`Plan::zero`], after the call.
    pub unsafe fn check_lengths(&self, frame: *const c_void) -> Result<(), HRESULT> {
        for parameter in self.method.parameters.as_slice().iter().filter(|p| p.is_out()) {
            if let Shape::Pointer(pointer) = &parameter.kind.shape
                && let Shape::Array(array) = &pointer.target.shape
                && array.length.is_some()
            {
                // SAFETY: forwarded from the caller.
                unsafe { measure::elements(array, frame.cast())? };
            }
        }
        Ok(())
    }
}

/// The pointer that a parameter is.
///
/// # Safety
/// `frame` has the parameter, which is a pointer.
pub unsafe fn argument(frame: *const c_void, parameter: &Parameter) -> *mut u8 {
    // SAFETY: forwarded from the caller.
    unsafe { frame.cast::<u8>().add(parameter.offset as usize).cast::<*mut u8>().read_unaligned() }
}

/// Whether values of the type hold no pointers.
fn is_value(ty: &Type) -> bool {
    match &ty.shape {
        Shape::Base(_) | Shape::String(_) => true,
        Shape::Fixed(fixed) => is_value(fixed.element),
        Shape::Array(array) => is_value(array.element),
        Shape::Structure(s) => s.fields.as_slice().iter().all(|field| is_value(field.kind)),
        _ => false,
    }
}

/// What the search for objects has seen.
struct Search<'a> {
    named: &'a mut Vec<&'static InterfaceDescription>,
    /// Types that refer to themselves are looked at once.
    seen: Vec<*const Type>,
    holds_objects: bool,
}

impl Search<'_> {
    fn visit(&mut self, ty: &'static Type) -> Result<(), HRESULT> {
        if self.seen.contains(&core::ptr::from_ref(ty)) {
            return Ok(());
        }
        self.seen.push(ty);
        match &ty.shape {
            Shape::Base(_) | Shape::String(_) | Shape::Bstr => {}
            Shape::Pointer(pointer) => self.visit(pointer.target)?,
            Shape::Fixed(fixed) => self.visit(fixed.element)?,
            Shape::Array(array) => self.visit(array.element)?,
            Shape::Structure(structure) => {
                for field in structure.fields.as_slice() {
                    self.visit(field.kind)?;
                }
            }
            Shape::Union(union) => {
                if !union.switch.is_some() {
                    return Err(E_INVALIDARG);
                }
                for arm in union.arms.as_slice().iter().chain(union.default) {
                    arm.kind.map_or(Ok(()), |ty| self.visit(ty))?;
                }
            }
            Shape::Interface(interface) => {
                self.holds_objects = true;
                if let Some(description) = interface.description {
                    // SAFETY: answers a description of its own library.
                    self.named.extend(unsafe { description().as_ref() });
                }
            }
            Shape::Variant | Shape::SafeArray(_) => self.holds_objects = true,
        }
        Ok(())
    }
}
