//! Generic composites: several monikers, each of which stands before the next.
//!
//! Parts that are composites are taken apart, so a part never is one. Where two
//! composites meet, their ends are composed as long as they know how: a file and
//! a path, anything and an anti moniker.

use core::ffi::c_void;
use std::collections::VecDeque;

use com_abi::codes::{
    E_OUTOFMEMORY, E_UNEXPECTED, MK_E_NEEDGENERIC, MK_E_UNAVAILABLE, MK_S_REDUCED_TO_SELF, S_OK,
};
use com_abi::moniker::{IBindCtx, IMoniker};
use com_abi::{FILETIME, GUID, HRESULT, WideString};

use super::{Answer, Binding, Content, MAX_COMPONENTS, anti, calls, object};
use crate::running_objects;

/// One moniker of parts none of which is a composite; none of none.
///
/// # Errors
/// `E_OUTOFMEMORY` when there are too many.
pub fn join(mut parts: Vec<IMoniker>) -> Result<Option<IMoniker>, HRESULT> {
    match parts.len() {
        0 | 1 => Ok(parts.pop()),
        2..=MAX_COMPONENTS => object::make(Content::Composite(parts)).map(Some),
        _ => Err(E_OUTOFMEMORY),
    }
}

/// Both one after the other; none when nothing is left of them.
///
/// # Errors
/// What the parts answer.
pub fn generic(
    first: Option<&IMoniker>,
    rest: Option<&IMoniker>,
) -> Result<Option<IMoniker>, HRESULT> {
    let parts_of = |one: Option<&IMoniker>| one.map_or(Ok(Vec::new()), calls::components);
    let mut parts = parts_of(first)?;
    let mut rest: VecDeque<IMoniker> = parts_of(rest)?.into();
    while let (Some(last), Some(next)) = (parts.last(), rest.front()) {
        let both = match calls::compose(last, next, true) {
            Err(MK_E_NEEDGENERIC) => break,
            answer => answer?,
        };
        parts.pop();
        rest.pop_front();
        if let Some(both) = both {
            parts.extend(calls::components(&both)?);
        }
    }
    parts.extend(rest);
    join(parts)
}

/// A composite without its last part, if that is what the right one means.
pub fn without_last(
    parts: &[IMoniker],
    right: &IMoniker,
) -> Option<Result<Option<IMoniker>, HRESULT>> {
    let rest = anti::after_one(right)?;
    let kept = parts.split_last().map_or(&[][..], |(_, kept)| kept);
    Some(rest.and_then(|rest| generic(join(kept.to_vec())?.as_ref(), rest.as_ref())))
}

/// The last part, and what stands before it.
fn split<'a>(
    parts: &'a [IMoniker],
    left: Option<&IMoniker>,
) -> Result<(&'a IMoniker, Option<IMoniker>), HRESULT> {
    let (last, head) = parts.split_last().ok_or(E_UNEXPECTED)?;
    let head = join(head.to_vec())?;
    Ok((last, if left.is_some() { generic(left, head.as_ref())? } else { head }))
}

/// The object: the running one of that name, else the last part of what stands
/// before it.
///
/// # Errors
/// What the last part answers.
pub fn bind(
    own: &IMoniker,
    parts: &[IMoniker],
    at: &Binding<'_>,
    iid: &GUID,
) -> Result<*mut c_void, HRESULT> {
    if at.left.is_none() {
        match running_objects::object(own, iid) {
            Err(MK_E_UNAVAILABLE) => {}
            known => return known,
        }
    }
    let (last, head) = split(parts, at.left)?;
    calls::bind(last, &Binding { context: at.context, left: head.as_ref() }, iid)
}

/// Where the object is kept.
///
/// # Errors
/// What the last part answers.
pub fn bind_storage(
    parts: &[IMoniker],
    at: &Binding<'_>,
    iid: &GUID,
) -> Result<*mut c_void, HRESULT> {
    let (last, head) = split(parts, at.left)?;
    calls::bind_storage(last, &Binding { context: at.context, left: head.as_ref() }, iid)
}

/// Each part reduced.
///
/// # Errors
/// What the parts answer.
pub fn reduce(own: &IMoniker, parts: &[IMoniker], context: &IBindCtx, how: u32) -> Answer {
    let (mut whole, mut is_changed) = (None, false);
    for part in parts {
        let (code, reduced) = calls::reduce(part, context, how)?;
        is_changed |= code != MK_S_REDUCED_TO_SELF;
        whole = generic(whole.as_ref(), reduced.as_ref())?;
    }
    if is_changed { Ok((S_OK, whole)) } else { Ok((MK_S_REDUCED_TO_SELF, Some(own.clone()))) }
}

/// Whether the object runs.
///
/// # Errors
/// What the last part answers.
pub fn is_running(
    own: &IMoniker,
    parts: &[IMoniker],
    at: &Binding<'_>,
    newly: Option<&IMoniker>,
) -> Result<bool, HRESULT> {
    if at.left.is_some() {
        let whole = generic(at.left, Some(own))?.ok_or(E_UNEXPECTED)?;
        return calls::is_running(&whole, &Binding { context: at.context, left: None }, newly);
    }
    if let Some(newly) = newly {
        return Ok(calls::is_equal(own, newly));
    }
    if running_objects::is_running(own)? {
        return Ok(true);
    }
    let (last, head) = split(parts, None)?;
    calls::is_running(last, &Binding { context: at.context, left: head.as_ref() }, None)
}

/// When the object was changed.
///
/// # Errors
/// What the last part answers.
pub fn time_of_last_change(
    own: &IMoniker,
    parts: &[IMoniker],
    at: &Binding<'_>,
) -> Result<FILETIME, HRESULT> {
    if at.left.is_none() {
        match running_objects::time_of_last_change(own) {
            Err(MK_E_UNAVAILABLE) => {}
            known => return known,
        }
    }
    let (last, head) = split(parts, at.left)?;
    calls::time_of_last_change(last, &Binding { context: at.context, left: head.as_ref() })
}

/// What takes all parts back, the last one first.
///
/// # Errors
/// `MK_E_NOINVERSE` when one of them has none.
pub fn inverse(parts: &[IMoniker]) -> Result<Option<IMoniker>, HRESULT> {
    let mut inverses = Vec::new();
    for part in parts.iter().rev() {
        if let Some(inverse) = calls::inverse(part)? {
            inverses.extend(calls::components(&inverse)?);
        }
    }
    join(inverses)
}

/// The texts of the parts.
///
/// # Errors
/// Those of the parts.
pub fn display_name(parts: &[IMoniker], at: &Binding<'_>) -> Result<String, HRESULT> {
    parts.iter().map(|part| calls::display_name(part, at)).collect()
}

/// The last part reads what follows.
///
/// # Errors
/// What it answers.
pub fn parse_after(parts: &[IMoniker], at: &Binding<'_>, name: &str) -> calls::Parsed {
    let (last, head) = split(parts, at.left)?;
    let at = Binding { context: at.context, left: head.as_ref() };
    calls::parse_after(last, &at, &WideString::new(name))
}
