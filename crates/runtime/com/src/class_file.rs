//! The class of a file (`GetClassFile`): by its extension, which the registry has
//! as `HKEY_CLASSES_ROOT\.ext` with a ProgID. What a file contains is not looked
//! at.

use std::path::Path;

use com_abi::codes::{CO_E_CLASSSTRING, MK_E_CANTOPENFILE, MK_E_INVALIDEXTENSION};
use com_abi::{GUID, HRESULT};

use crate::{class, progid};

/// The class of a file, which need not exist if its extension is known.
///
/// # Errors
/// `MK_E_INVALIDEXTENSION` when the extension names no class;
/// `MK_E_CANTOPENFILE` for a path without one where no file is;
/// `REGDB_E_READREGDB`.
pub fn of_file(path: &str) -> Result<GUID, HRESULT> {
    let extension = Path::new(path).extension().map(|text| text.to_string_lossy());
    let Some(extension) = extension.filter(|text| !text.contains('\\')) else {
        let there = Path::new(path).exists();
        return Err(if there { MK_E_INVALIDEXTENSION } else { MK_E_CANTOPENFILE });
    };
    let progid = class::value(&format!("HKEY_CLASSES_ROOT\\.{extension}"), "")?;
    progid::to_class(&progid.ok_or(MK_E_INVALIDEXTENSION)?).map_err(|code| match code {
        CO_E_CLASSSTRING => MK_E_INVALIDEXTENSION,
        other => other,
    })
}
