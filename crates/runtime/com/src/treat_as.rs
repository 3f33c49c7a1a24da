//! `TreatAs`: one class that stands in for another.
//!
//! `CLSID\{…}\TreatAs` names the class that is made instead; `AutoTreatAs` the
//! one that `TreatAs` is set back to. Whoever activates a class follows the names
//! first.

use com_abi::codes::{REGDB_E_CLASSNOTREG, REGDB_E_INVALIDVALUE, REGDB_E_WRITEREGDB};
use com_abi::{GUID, HRESULT, format_guid, parse_guid};

use crate::class::{self, class_key};

/// Most classes that stand in for each other.
const MAX_CHAIN: usize = 16;

/// The class that stands in for `clsid`, if there is one.
///
/// # Errors
/// `REGDB_E_READREGDB`; `REGDB_E_INVALIDVALUE` when the entry is no identifier.
pub fn entry(clsid: &GUID) -> Result<Option<GUID>, HRESULT> {
    let text = class::value(&format!("{}\\TreatAs", class_key(clsid)), "")?;
    text.map(|text| parse_guid(&text).ok_or(REGDB_E_INVALIDVALUE)).transpose()
}

/// The class that is made when `clsid` is asked for.
///
/// # Errors
/// As [`entry`]; `REGDB_E_INVALIDVALUE` also when the classes lead in a circle.
pub fn resolve(clsid: &GUID) -> Result<GUID, HRESULT> {
    let mut class = *clsid;
    for _ in 0..MAX_CHAIN {
        match entry(&class)? {
            Some(other) if other != class => class = other,
            _ => return Ok(class),
        }
    }
    observe::error!("com", "TreatAs of {} leads in a circle", format_guid(clsid));
    Err(REGDB_E_INVALIDVALUE)
}

/// Lets `new` stand in for `old`. The null class ends that; the class itself sets
/// it back to `AutoTreatAs`, or ends it.
///
/// # Errors
/// `REGDB_E_WRITEREGDB`, also when there is nothing to set back;
/// `REGDB_E_CLASSNOTREG` when `old` is not registered.
pub fn set(old: &GUID, new: &GUID) -> Result<(), HRESULT> {
    let key = format!("{}\\TreatAs", class_key(old));
    if old == new {
        let standard = class::value(&format!("{}\\AutoTreatAs", class_key(old)), "")?;
        return match standard.as_deref().and_then(parse_guid) {
            Some(standard) => class::change(|change| change.set(&key, "", &format_guid(&standard))),
            None if class::change(|change| change.delete(&key))? => Ok(()),
            None => Err(REGDB_E_WRITEREGDB),
        };
    }
    if !class::is_registered(old)? {
        return Err(REGDB_E_CLASSNOTREG);
    }
    if *new == GUID::default() {
        return class::change(|change| change.delete(&key)).map(|_| ());
    }
    class::change(|change| change.set(&key, "", &format_guid(new)))
}
