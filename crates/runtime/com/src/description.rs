//! The interfaces that libraries have described: how proxies are made.

use std::collections::HashMap;
use std::ffi::CStr;
use std::sync::{PoisonError, RwLock};

use com_abi::codes::E_INVALIDARG;
use com_abi::description::{DESCRIPTION_VERSION, InterfaceDescription};
use com_abi::{GUID, HRESULT, format_guid};

use crate::class_factory;

/// Most methods of an interface.
const MAX_METHODS: u32 = 1024;

/// Keyed by the identifier's number.
static DESCRIPTIONS: RwLock<Option<HashMap<u128, &'static InterfaceDescription>>> =
    RwLock::new(None);

/// Keeps a description; false when the identifier was described already, by
/// this library or another. The first one counts.
///
/// # Errors
/// `E_INVALIDARG` when it is of another version or incomplete.
pub fn register(description: &'static InterfaceDescription) -> Result<bool, HRESULT> {
    let complete = description.version == DESCRIPTION_VERSION
        && (3..=MAX_METHODS).contains(&description.methods)
        && !description.name.is_null()
        && !description.proxy_vtable.is_null()
        && !description.method_names.is_null();
    if !complete {
        return Err(E_INVALIDARG);
    }
    let key = description.iid.to_u128();
    if let Some(known) = find(&description.iid) {
        if !std::ptr::eq(known, description) {
            observe::info!(
                "com",
                "{} {} is described by a second library; the first one's proxies are used",
                name(description),
                format_guid(&description.iid)
            );
        }
        return Ok(false);
    }
    let mut all = DESCRIPTIONS.write().unwrap_or_else(PoisonError::into_inner);
    Ok(all.get_or_insert_default().insert(key, description).is_none())
}

/// The description of an interface.
pub fn find(iid: &GUID) -> Option<&'static InterfaceDescription> {
    if *iid == class_factory::DESCRIPTION.iid {
        return Some(&class_factory::DESCRIPTION);
    }
    let all = DESCRIPTIONS.read().unwrap_or_else(PoisonError::into_inner);
    all.as_ref()?.get(&iid.to_u128()).copied()
}

/// An interface's name.
pub fn name(description: &InterfaceDescription) -> String {
    // SAFETY: registered descriptions have a zero-ended name.
    unsafe { CStr::from_ptr(description.name) }.to_string_lossy().into_owned()
}

/// Whether a proxy or stub may use what the library that is loaded at `base` has
/// described. A description is never taken back, so this holds as soon as there
/// is one.
pub fn in_use(base: usize) -> bool {
    let all = DESCRIPTIONS.read().unwrap_or_else(PoisonError::into_inner);
    let is_there = |description: &'static InterfaceDescription| {
        let address = std::ptr::from_ref(description).cast();
        crate::ffi::module_of_address(address) == Some(base)
    };
    all.iter().flat_map(HashMap::values).copied().any(is_there)
}
