//! Which argument of the caller's list goes to which parameter.
//!
//! The list has the named arguments first, then the others, the last one first.

use com_abi::automation::{DISPID_PROPERTYPUT, DispParams, VT_ERROR, Variant};
use com_abi::codes::{
    DISP_E_BADPARAMCOUNT, DISP_E_PARAMNOTFOUND, DISP_E_PARAMNOTOPTIONAL, E_INVALIDARG,
};
use com_abi::description::{Method, Parameter, Shape};

use super::Refused;
use super::members::{is_optional, is_put, is_result};

/// Most arguments of a call.
const MAX_ARGUMENTS: usize = 256;

/// The place of an argument in the caller's list; none when it was left out.
pub type Slot = Option<u32>;

/// A slot for each parameter; that of the answer is none.
///
/// # Errors
/// `DISP_E_BADPARAMCOUNT`, `DISP_E_PARAMNOTFOUND`, `DISP_E_PARAMNOTOPTIONAL`,
/// `E_INVALIDARG` for lists that do not fit together.
///
/// # Safety
/// The lists are as long as they say.
pub unsafe fn assign(method: &Method, given: &DispParams) -> Result<Vec<Slot>, Refused> {
    let (count, named) = (given.cArgs as usize, given.cNamedArgs as usize);
    let lists_fit = count <= MAX_ARGUMENTS
        && named <= count
        && (count == 0 || !given.rgvarg.is_null())
        && (named == 0 || !given.rgdispidNamedArgs.is_null());
    if !lists_fit {
        return Err(E_INVALIDARG.into());
    }
    let all = method.parameters.as_slice();
    let parameters: Vec<_> = all.iter().filter(|parameter| !is_result(parameter)).collect();
    if count > parameters.len() {
        return Err(DISP_E_BADPARAMCOUNT.into());
    }
    let mut slots: Vec<Slot> = vec![None; all.len()];
    for at in 0..named {
        // SAFETY: forwarded from the caller.
        let name = unsafe { given.rgdispidNamedArgs.add(at).read() };
        let index = match usize::try_from(name) {
            _ if name == DISPID_PROPERTYPUT && is_put(method) => parameters.len().checked_sub(1),
            Ok(index) => Some(index),
            Err(_) => None,
        };
        let free = index.filter(|index| *index < parameters.len() && slots[*index].is_none());
        let refused = Refused { code: DISP_E_PARAMNOTFOUND, argument: Some(at as u32) };
        slots[free.ok_or(refused)?] = Some(at as u32);
    }
    for (index, at) in (named..count).rev().enumerate() {
        if slots[index].replace(at as u32).is_some() {
            return Err(DISP_E_BADPARAMCOUNT.into());
        }
    }
    let missing = parameters.iter().zip(&slots).filter(|(p, slot)| slot.is_none() && !may_miss(p));
    if missing.count() > 0 {
        return Err(DISP_E_BADPARAMCOUNT.into());
    }
    refuse_omitted(&parameters, &mut slots, given)?;
    Ok(slots)
}

/// Whether a parameter has a value when the caller gives none: optional ones, and
/// places that nobody wants to read.
fn may_miss(parameter: &Parameter) -> bool {
    is_optional(parameter) || !parameter.is_in()
}

/// Arguments that say that they are missing count as left out.
fn refuse_omitted(
    parameters: &[&Parameter],
    slots: &mut [Slot],
    given: &DispParams,
) -> Result<(), Refused> {
    for (parameter, slot) in parameters.iter().zip(slots) {
        let Some(at) = *slot else { continue };
        // SAFETY: the list has that many variants.
        let variant = unsafe { &*given.rgvarg.add(at as usize) };
        // A variant is told itself that it is missing.
        if !is_missing(variant) || matches!(parameter.kind.shape, Shape::Variant) {
            continue;
        }
        if !may_miss(parameter) {
            return Err(Refused { code: DISP_E_PARAMNOTOPTIONAL, argument: Some(at) });
        }
        *slot = None;
    }
    Ok(())
}

/// How a caller says that an argument is not there.
fn is_missing(variant: &Variant) -> bool {
    // SAFETY: the type says which member holds.
    variant.vt == VT_ERROR && unsafe { variant.data.scode } == DISP_E_PARAMNOTFOUND.0
}
