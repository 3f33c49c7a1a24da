//! The frame of a call by name: each argument converted to its parameter's type,
//! a place for each answer.
//!
//! A value stands in a *cell*, a variant whose data begin with the value as C has
//! it; the frame holds the value itself, or the address of the cell's data for a
//! parameter that is a place. What a caller passes by reference and in the very
//! type goes to the callee as it is.

use core::ffi::c_void;

use com_abi::automation::{
    DispParams, SafeArray, VT_ARRAY, VT_BYREF, VT_DISPATCH, VT_ERROR, VT_TYPEMASK, VT_UNKNOWN,
    VT_VARIANT, Variant,
};
use com_abi::codes::{DISP_E_BADVARTYPE, DISP_E_PARAMNOTFOUND, DISP_E_TYPEMISMATCH, E_NOINTERFACE};
use com_abi::description::{Method, Parameter, Shape, Type};
use com_abi::{GUID, HRESULT, IUnknown, Interface};

use super::Refused;
use super::members::{is_result, vartype};
use super::slots::{self, Slot};
use crate::{array, convert, element, variant};

/// The invariant locale.
const INVARIANT: u32 = 0x7F;

/// A value that the callee reads or writes.
struct Cell {
    value: Box<Variant>,
    /// The caller's variant that the value goes back to.
    back: Option<*mut Variant>,
    is_result: bool,
}

/// See the module.
pub struct Arguments {
    /// In words, so that it is aligned for anything.
    frame: Vec<u64>,
    cells: Vec<Cell>,
}

impl Arguments {
    /// The frame of a call.
    ///
    /// # Errors
    /// As [`super::invoke`].
    ///
    /// # Safety
    /// As [`super::invoke`].
    pub unsafe fn new(method: &Method, given: &DispParams) -> Result<Self, Refused> {
        // SAFETY: forwarded from the caller.
        let slots = unsafe { slots::assign(method, given)? };
        let words = (method.frame_size as usize).div_ceil(size_of::<u64>());
        let mut arguments = Self { frame: vec![0; words], cells: Vec::new() };
        let parameters = method.parameters.as_slice();
        // The answer has no slot: the others are the first ones.
        let others = parameters.iter().filter(|parameter| !is_result(parameter));
        for (parameter, slot) in others.zip(slots) {
            // SAFETY: forwarded from the caller.
            let placed = unsafe { arguments.place(parameter, slot, given) };
            placed.map_err(|code| Refused { code, argument: slot })?;
        }
        for parameter in parameters.iter().filter(|parameter| is_result(parameter)) {
            let (ty, _) = target(parameter.kind);
            let vt = vartype(ty).ok_or(DISP_E_BADVARTYPE)?;
            arguments.cell(parameter, empty(vt), None, true);
        }
        Ok(arguments)
    }

    /// The frame, for the callee.
    pub fn frame(&mut self) -> *mut c_void {
        self.frame.as_mut_ptr().cast()
    }

    /// Puts an argument into the frame.
    unsafe fn place(
        &mut self,
        parameter: &Parameter,
        slot: Slot,
        given: &DispParams,
    ) -> Result<(), HRESULT> {
        let (ty, is_place) = target(parameter.kind);
        let vt = vartype(ty).ok_or(DISP_E_BADVARTYPE)?;
        let Some(slot) = slot else {
            self.cell(parameter, missing(vt), None, false);
            return Ok(());
        };
        // SAFETY: forwarded from the caller; the slot lies in its list.
        unsafe {
            let source = given.rgvarg.add(slot as usize);
            if !(is_place && parameter.is_out()) {
                let value = converted(&*source, ty, vt)?;
                self.cell(parameter, value, None, false);
                return Ok(());
            }
            if (*source).vt == VT_BYREF | vt {
                self.write(parameter, &(*source).data.byref);
                return Ok(());
            }
            // Another type comes back by way of a variant, which takes any.
            if (*source).vt != VT_BYREF | VT_VARIANT {
                return Err(DISP_E_TYPEMISMATCH);
            }
            let back = (*source).data.byref.cast::<Variant>();
            let value = if parameter.is_in() { converted(&*back, ty, vt)? } else { empty(vt) };
            self.cell(parameter, value, Some(back), false);
            Ok(())
        }
    }

    /// Adds a cell and what the frame has of it.
    fn cell(
        &mut self,
        parameter: &Parameter,
        value: Variant,
        back: Option<*mut Variant>,
        is_result: bool,
    ) {
        let (ty, is_place) = target(parameter.kind);
        let mut value = Box::new(value);
        let data = match ty.shape {
            Shape::Variant => (&raw mut *value).cast::<u8>(),
            _ => (&raw mut value.data).cast::<u8>(),
        };
        if is_place {
            self.write(parameter, &data);
        } else {
            let offset = parameter.offset as usize;
            let frame = self.frame.as_mut_ptr().cast::<u8>();
            // SAFETY: the parameter lies in the frame, and the cell holds a value
            // of its size.
            unsafe {
                core::ptr::copy_nonoverlapping(data, frame.add(offset), ty.size as usize);
            }
        }
        self.cells.push(Cell { value, back, is_result });
    }

    /// Writes an address into the frame.
    fn write<T>(&mut self, parameter: &Parameter, address: &*mut T) {
        let frame = self.frame.as_mut_ptr().cast::<u8>();
        // SAFETY: the parameter is a pointer and lies in the frame.
        unsafe {
            frame.add(parameter.offset as usize).cast::<*mut T>().write_unaligned(*address);
        }
    }

    /// After the call: gives the values back that go back, and answers the result.
    ///
    /// # Errors
    /// Those of letting the caller's old values go.
    ///
    /// # Safety
    /// The callee has ended.
    pub unsafe fn finish(mut self) -> Result<Variant, HRESULT> {
        let mut result = Variant::EMPTY;
        for cell in &mut self.cells {
            if cell.is_result {
                result = core::mem::replace(&mut cell.value, Variant::EMPTY);
            } else if let Some(back) = cell.back {
                let value = core::mem::replace(&mut *cell.value, Variant::EMPTY);
                // SAFETY: the caller's variant, which is alive.
                unsafe { variant::replace(&mut *back, value)? };
            }
        }
        Ok(result)
    }
}

impl Drop for Arguments {
    fn drop(&mut self) {
        for cell in &mut self.cells {
            // SAFETY: the cell's own. One that cannot be cleared leaks.
            let _ = unsafe { variant::clear(&mut cell.value) };
        }
    }
}

/// What a parameter is about, and whether it is a place of it.
fn target(ty: &'static Type) -> (&'static Type, bool) {
    match &ty.shape {
        Shape::Pointer(pointer) => (pointer.target, true),
        _ => (ty, false),
    }
}

/// An empty value of a type.
fn empty(vt: u16) -> Variant {
    if vt == VT_VARIANT { Variant::EMPTY } else { Variant { vt, ..Variant::EMPTY } }
}

/// What stands for an argument that was left out: a variant says so.
fn missing(vt: u16) -> Variant {
    match vt {
        VT_VARIANT => Variant::with(VT_ERROR, |data| data.scode = DISP_E_PARAMNOTFOUND.0),
        _ => empty(vt),
    }
}

/// A copy of `source` as a value of type `ty`, whose variants are of type `vt`.
unsafe fn converted(source: &Variant, ty: &Type, vt: u16) -> Result<Variant, HRESULT> {
    // SAFETY: the callers pass an initialised variant.
    unsafe {
        match &ty.shape {
            Shape::Variant => variant::copied(source),
            Shape::SafeArray(0) => as_array(source, VT_VARIANT),
            Shape::SafeArray(element) => as_array(source, *element),
            Shape::Interface(interface) => as_object(source, vt, &interface.iid),
            _ => convert::change_type(source, INVARIANT, 0, vt),
        }
    }
}

/// An array of elements of type `vt`.
unsafe fn as_array(source: &Variant, vt: u16) -> Result<Variant, HRESULT> {
    // SAFETY: the callers pass an initialised variant; the copies are ours.
    unsafe {
        let mut value = variant::dereferenced(source)?;
        if value.vt == VT_ARRAY | vt {
            return Ok(value);
        }
        let answer = if value.vt & VT_ARRAY != 0 {
            with_elements(value.data.parray, value.vt & VT_TYPEMASK, vt)
        } else {
            Err(DISP_E_TYPEMISMATCH)
        };
        let _ = variant::clear(&mut value);
        answer.map(|raw| Variant::with(VT_ARRAY | vt, |data| data.parray = raw))
    }
}

/// A copy of a vector whose elements are of another type.
unsafe fn with_elements(
    from: *mut SafeArray,
    was: u16,
    vt: u16,
) -> Result<*mut SafeArray, HRESULT> {
    // SAFETY: the caller passes null or a live array of that type; the copy is
    // ours until it is whole.
    unsafe {
        if from.is_null() {
            return Ok(from);
        }
        let &[bound] = array::bounds(from) else { return Err(DISP_E_TYPEMISMATCH) };
        let copy = array::create_vector(vt, bound.lLbound, bound.cElements)?;
        for index in (0..bound.cElements as i32).map(|at| bound.lLbound.wrapping_add(at)) {
            if let Err(code) = convert_element(from, was, copy, vt, index) {
                let _ = array::destroy(copy);
                return Err(code);
            }
        }
        Ok(copy)
    }
}

unsafe fn convert_element(
    from: *mut SafeArray,
    was: u16,
    to: *mut SafeArray,
    vt: u16,
    index: i32,
) -> Result<(), HRESULT> {
    // SAFETY: the caller passes live vectors of those types and an index of both;
    // a variant has room for any element.
    unsafe {
        let mut old = empty(was);
        let place = match was {
            VT_VARIANT => (&raw mut old).cast::<u8>(),
            _ => (&raw mut old.data).cast::<u8>(),
        };
        element::get(from, &index, place)?;
        let new = match vt {
            VT_VARIANT => variant::copied(&old),
            _ => convert::change_type(&old, INVARIANT, 0, vt),
        };
        let _ = variant::clear(&mut old);
        let mut new = new?;
        let value = match vt {
            VT_VARIANT => (&raw mut new).cast::<c_void>(),
            com_abi::automation::VT_BSTR | VT_UNKNOWN | VT_DISPATCH => new.data.byref,
            _ => (&raw mut new.data).cast::<c_void>(),
        };
        let put = element::put(to, &index, value);
        let _ = variant::clear(&mut new);
        put
    }
}

/// The interface `iid` of an object.
unsafe fn as_object(source: &Variant, vt: u16, iid: &GUID) -> Result<Variant, HRESULT> {
    // SAFETY: the callers pass an initialised variant; the copies are ours.
    unsafe {
        let mut value = variant::dereferenced(source)?;
        let mut raw = core::ptr::null_mut();
        let found = match value.vt {
            VT_UNKNOWN | VT_DISPATCH => match IUnknown::from_raw_borrowed(&value.data.punkVal) {
                Some(object) => object.query(iid, &mut raw).ok().map_err(|_| E_NOINTERFACE),
                None => Ok(()),
            },
            _ => Err(DISP_E_TYPEMISMATCH),
        };
        let _ = variant::clear(&mut value);
        found.map(|()| Variant::with(vt, |data| data.punkVal = raw))
    }
}
