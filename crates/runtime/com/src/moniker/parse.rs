//! From a text to a moniker (`MkParseDisplayName`).
//!
//! The beginning of the text is the first of these:
//! - `clsid:5F0B6A10-…:`, a class;
//! - `@ProgID…` or `ProgID:…`: the class of that name reads the text;
//! - `!name`, an item that may be in the running object table;
//! - the longest path, up to an exclamation mark or the end, that is a file or
//!   the name of a running object.
//!
//! What follows is read by the moniker so far, that is, by its object. Where the
//! object cannot be asked, a name behind an exclamation mark is an item all the
//! same, which is bound when it is used.

use std::path::Path;

use com_abi::codes::{E_INVALIDARG, MK_E_CANTOPENFILE, MK_E_SYNTAX};
use com_abi::moniker::{IBindCtx, IMoniker, IParseDisplayName};
use com_abi::{HRESULT, Interface, WideString};

use super::calls::Parsed;
use super::class::Class;
use super::file::File;
use super::item::Item;
use super::{Binding, Content, calls, composite, object};
use crate::{activation, progid, running_objects};

/// What separates an item from what stands before it.
const DELIMITER: char = '!';

/// The moniker that a text names. `eaten` is set to the units that were read, also
/// when it is not read to the end.
///
/// # Errors
/// `E_INVALIDARG` for an empty text; `MK_E_CANTOPENFILE` when nothing is there;
/// `MK_E_SYNTAX`; what classes and objects answer that read a part of it.
pub fn display_name(
    context: &IBindCtx,
    text: &[u16],
    eaten: &mut u32,
) -> Result<IMoniker, HRESULT> {
    let rest_from = |at: u32| String::from_utf16_lossy(text.get(at as usize..).unwrap_or_default());
    if text.is_empty() {
        return Err(E_INVALIDARG);
    }
    let (first, moniker) = beginning(context, &rest_from(0))?;
    let mut whole = moniker.filter(|_| first > 0).ok_or(MK_E_SYNTAX)?;
    *eaten = first;
    while (*eaten as usize) < text.len() {
        let rest = rest_from(*eaten);
        let at = Binding { context, left: None };
        let parsed = match calls::parse_after(&whole, &at, &WideString::new(&rest)) {
            Err(_) if rest.starts_with(DELIMITER) => item(&rest),
            parsed => parsed,
        };
        let (more, next) = parsed?;
        if more == 0 {
            return Err(MK_E_SYNTAX);
        }
        whole = composite::generic(Some(&whole), next.as_ref())?.ok_or(MK_E_SYNTAX)?;
        *eaten = eaten.saturating_add(more);
    }
    Ok(whole)
}

fn units(text: &str) -> u32 {
    text.encode_utf16().count() as u32
}

fn beginning(context: &IBindCtx, text: &str) -> Parsed {
    if let Some((class, size)) = Class::parse(text) {
        let read = text.get(..size).map_or(0, units);
        return Ok((read, Some(object::make(Content::Class(class))?)));
    }
    if text.starts_with(DELIMITER) {
        return item(text);
    }
    let named = class_of(text);
    if let Some(Ok(clsid)) = named {
        let parser = parser(context, &clsid)?;
        return calls::parse_by(&parser, context, &WideString::new(text));
    }
    match file(text)? {
        Some(file) => Ok(file),
        None if named.is_some() => Err(MK_E_SYNTAX),
        None => Err(MK_E_CANTOPENFILE),
    }
}

/// The class that the text names in front, if it may.
fn class_of(text: &str) -> Option<Result<com_abi::GUID, HRESULT>> {
    let name = match text.strip_prefix('@') {
        Some(rest) => rest.split([DELIMITER, ':']).next()?,
        // One letter would be a drive.
        None => text.split_once(':').map(|(name, _)| name).filter(|name| name.len() > 1)?,
    };
    let usable = !name.is_empty() && !name.contains(['/', '\\', DELIMITER]);
    usable.then(|| progid::to_class(name))
}

/// The class object that reads names, else an object of the class.
fn parser(context: &IBindCtx, clsid: &com_abi::GUID) -> Result<IParseDisplayName, HRESULT> {
    let allowed = calls::options(context)?.class_context;
    let iid = &IParseDisplayName::IID;
    let raw = activation::class_object(clsid, allowed, iid)
        .or_else(|_| activation::create_instance(clsid, core::ptr::null_mut(), allowed, iid))?;
    // SAFETY: the answer is that interface with a reference.
    Ok(unsafe { IParseDisplayName::from_raw(raw) })
}

/// `!name`, up to the next one.
fn item(text: &str) -> Parsed {
    let rest = text.strip_prefix(DELIMITER).ok_or(MK_E_SYNTAX)?;
    let name = rest.split(DELIMITER).next().filter(|name| !name.is_empty()).ok_or(MK_E_SYNTAX)?;
    let item = Item { delimiter: DELIMITER.into(), name: name.to_owned() };
    Ok((units(name) + 1, Some(object::make(Content::Item(item))?)))
}

/// The longest path that is something.
fn file(text: &str) -> Result<Option<(u32, Option<IMoniker>)>, HRESULT> {
    let ends = text.rmatch_indices(DELIMITER).map(|(at, _)| at);
    for end in std::iter::once(text.len()).chain(ends) {
        let Some(path) = text.get(..end).filter(|path| !path.is_empty()) else { continue };
        let moniker = object::make(Content::File(File::new(path)?))?;
        if running_objects::is_running(&moniker)? {
            return Ok(Some((units(path), Some(moniker))));
        }
        if Path::new(path).exists() {
            // Such a name means the same wherever it is used.
            let whole = std::path::absolute(path).map_err(|_| MK_E_CANTOPENFILE)?;
            let whole = File::new(&whole.to_string_lossy())?;
            return Ok(Some((units(path), Some(object::make(Content::File(whole))?))));
        }
    }
    Ok(None)
}
