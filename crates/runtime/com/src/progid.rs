//! ProgIDs: names of classes for people who write scripts.
//!
//! `Partywall.Mail` stands below HKEY_CLASSES_ROOT with its class in `CLSID`. A
//! name without a version may have `CurVer` instead, which names the version
//! that is meant.

use com_abi::codes::{CO_E_CLASSSTRING, REGDB_E_CLASSNOTREG, REGDB_E_READREGDB};
use com_abi::{GUID, HRESULT, parse_guid};
use registry::Registry;

use crate::class::{self, class_key};

/// Most names that lead from one to the next.
const MAX_VERSIONS: usize = 16;

/// The class that a ProgID names, or that is written as an identifier.
///
/// # Errors
/// `CO_E_CLASSSTRING`, also when the names lead in a circle;
/// `REGDB_E_READREGDB`.
pub fn to_class(progid: &str) -> Result<GUID, HRESULT> {
    if let Some(clsid) = parse_guid(progid) {
        return Ok(clsid);
    }
    if let Some(clsid) = class::builtin_by_name(progid) {
        return Ok(clsid);
    }
    let registry = class::registry()?;
    let mut name = progid.to_owned();
    for _ in 0..MAX_VERSIONS {
        if let Some(text) = part(registry, &name, "CLSID")? {
            return parse_guid(&text).ok_or(CO_E_CLASSSTRING);
        }
        name = part(registry, &name, "CurVer")?.ok_or(CO_E_CLASSSTRING)?;
    }
    Err(CO_E_CLASSSTRING)
}

/// What stands in a key of a name; nothing for what cannot be a name.
fn part(registry: &Registry, progid: &str, key: &str) -> Result<Option<String>, HRESULT> {
    if progid.is_empty() || progid.contains('\\') {
        return Ok(None);
    }
    let path = format!("HKEY_CLASSES_ROOT\\{progid}\\{key}");
    registry.value(&path, "").map_err(|error| {
        observe::error!("com", "{error}");
        REGDB_E_READREGDB
    })
}

/// The ProgID of a class.
///
/// # Errors
/// `REGDB_E_CLASSNOTREG` when the class is not registered or has none;
/// `REGDB_E_READREGDB`.
pub fn of_class(clsid: &GUID) -> Result<String, HRESULT> {
    class::value(&format!("{}\\ProgID", class_key(clsid)), "")?.ok_or(REGDB_E_CLASSNOTREG)
}
