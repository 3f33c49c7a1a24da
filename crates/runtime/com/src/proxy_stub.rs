//! How calls of an interface travel: as frames, for an interface that a library
//! has described, or as bytes, by the proxy/stub class that is registered for it.
//!
//! A class is looked for among those registered at run time
//! (`CoRegisterPSClsid`), which count for all apartments until the last one has
//! ended, and then in the registry (`Interface\{iid}\ProxyStubClsid32`). Its
//! class object is one that was registered at run time, else its library's, and is
//! used where it is asked for: proxy/stub libraries are
//! free-threaded, whatever model they are registered with.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use com_abi::codes::{E_NOINTERFACE, REGDB_E_IIDNOTREG};
use com_abi::rpc::IPSFactoryBuffer;
use com_abi::{GUID, HRESULT, Interface, format_guid, parse_guid};

use crate::description::{self, Known};
use crate::{class, class_object, library, process};

/// See the module.
pub enum Wire {
    /// The description's proxies hand over frames.
    Frame(Arc<Known>),
    /// The class's proxies send bytes to its stubs.
    Bytes(IPSFactoryBuffer),
}

/// Classes that were registered at run time, by the interface's number.
static REGISTERED: RwLock<Option<HashMap<u128, GUID>>> = RwLock::new(None);

/// How calls of an interface travel.
///
/// # Errors
/// `E_NOINTERFACE` when nobody knows, which is logged; what the class's library
/// answers.
pub fn wire(iid: &GUID) -> Result<Wire, HRESULT> {
    if let Some(known) = description::find(iid) {
        return Ok(Wire::Frame(known));
    }
    let Ok(clsid) = clsid(iid) else {
        log_missing(iid);
        return Err(E_NOINTERFACE);
    };
    factory(&clsid).map(Wire::Bytes).inspect_err(|code| {
        observe::warn!(
            "com",
            "the proxy/stub class {} of interface {} answers {:#010x}",
            format_guid(&clsid),
            format_guid(iid),
            code.0
        );
    })
}

fn factory(clsid: &GUID) -> Result<IPSFactoryBuffer, HRESULT> {
    if let Some(object) = class_object::proxy_stub_factory(clsid) {
        return object.cast().map_err(|error| error.code());
    }
    let server = class::inproc_server(clsid)?;
    let object = library::with_class_object(&server, clsid, &IPSFactoryBuffer::IID, Ok)?;
    // SAFETY: that is the interface that was asked for.
    Ok(unsafe { IPSFactoryBuffer::from_raw(object.into_raw()) })
}

fn interface_key(iid: &GUID) -> String {
    format!("HKEY_CLASSES_ROOT\\Interface\\{}", format_guid(iid))
}

fn registry_text(key: &str) -> Option<String> {
    process::registry()?.value(key, "").ok().flatten()
}

fn log_missing(iid: &GUID) {
    let named = registry_text(&interface_key(iid)).filter(|name| !name.is_empty());
    let name = named.map(|name| format!("{name} ")).unwrap_or_default();
    observe::warn!(
        "com",
        "no proxy can be made of interface {name}{}: no library has described it and no \
         proxy/stub class is registered for it; load the library that knows it, declare it with \
         #[interface(\"…\", proxy)], or register its proxy/stub library",
        format_guid(iid)
    );
}

/// Registers the proxy/stub class of an interface for this process.
pub fn register(iid: &GUID, clsid: &GUID) {
    let mut all = REGISTERED.write().unwrap_or_else(PoisonError::into_inner);
    all.get_or_insert_default().insert(iid.to_u128(), *clsid);
}

/// The proxy/stub class of an interface.
///
/// # Errors
/// `REGDB_E_IIDNOTREG` when none is registered.
pub fn clsid(iid: &GUID) -> Result<GUID, HRESULT> {
    {
        let all = REGISTERED.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = all.as_ref().and_then(|all| all.get(&iid.to_u128())) {
            return Ok(*known);
        }
    }
    let text = registry_text(&format!("{}\\ProxyStubClsid32", interface_key(iid)));
    text.and_then(|text| parse_guid(text.trim())).ok_or(REGDB_E_IIDNOTREG)
}

/// The last apartment of the process has ended: what was registered at run time
/// is forgotten.
pub fn forget_all() {
    *REGISTERED.write().unwrap_or_else(PoisonError::into_inner) = None;
}
