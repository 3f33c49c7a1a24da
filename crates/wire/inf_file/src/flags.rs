//! The names of resource types and flags.

use crate::error::{InfError, shown};
use crate::parse::Entry;
use crate::value::number;

/// `PR_RESOURCE_FLAGS` of services and of providers; the prefixes differ.
const NAMES: [(&str, u32); 17] = [
    ("SERVICE_DEFAULT_STORE", 0x1),
    ("SERVICE_SINGLE_COPY", 0x2),
    ("SERVICE_CREATE_WITH_STORE", 0x4),
    ("SERVICE_PRIMARY_IDENTITY", 0x8),
    ("SERVICE_NO_PRIMARY_IDENTITY", 0x20),
    ("STATUS_DEFAULT_OUTBOUND", 0x1),
    ("STATUS_DEFAULT_STORE", 0x2),
    ("STATUS_PRIMARY_IDENTITY", 0x4),
    ("STATUS_SIMPLE_STORE", 0x8),
    ("STATUS_XP_PREFER_LAST", 0x10),
    ("STATUS_NO_PRIMARY_IDENTITY", 0x20),
    ("STATUS_NO_DEFAULT_STORE", 0x40),
    ("STATUS_TEMP_SECTION", 0x80),
    ("STATUS_OWN_STORE", 0x100),
    ("STATUS_NEED_IPM_TREE", 0x800),
    ("STATUS_PRIMARY_STORE", 0x1000),
    ("STATUS_SECONDARY_STORE", 0x2000),
];

/// Flags: names joined by `|`, or a number.
///
/// # Errors
/// A name that is not known.
pub fn flags(entry: &Entry) -> Result<u32, InfError> {
    let mut flags = 0;
    for word in entry.value.split('|').map(str::trim).filter(|word| !word.is_empty()) {
        let named = NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
        let value = named.map(|(_, value)| *value).or_else(|| number(word)).ok_or_else(|| {
            InfError::new(entry.line, format!("{:?} is no flag that is known", shown(word)))
        })?;
        flags |= value;
    }
    Ok(flags)
}
