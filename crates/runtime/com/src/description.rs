//! The interfaces that libraries have described: how proxies are made.
//!
//! # Protocol
//! The first library that describes an identifier provides its proxies; another
//! one is logged and not used. A described interface brings those along that its
//! parameters name. Whoever uses a description holds a clone of its [`Known`],
//! taken under the table's lock, so that [`forget_library`] can tell whether a
//! library's proxies are in use: it holds the lock for writing while it counts.

use core::ffi::c_void;
use std::collections::HashMap;
use std::ffi::CStr;
use std::sync::{Arc, PoisonError, RwLock};

use com_abi::codes::E_INVALIDARG;
use com_abi::description::{DESCRIPTION_VERSION, Described, INTERFACE_DUAL, InterfaceDescription};
use com_abi::{GUID, HRESULT, format_guid};

use crate::frame::Plan;
use crate::{class_factory, ffi};

/// Most methods of an interface.
const MAX_METHODS: usize = 1024;
/// Methods of `IUnknown`, with which every interface begins.
const UNKNOWN_METHODS: usize = 3;

/// A described interface.
pub struct Known {
    description: &'static InterfaceDescription,
    /// Where its library begins.
    library: usize,
    /// One for each method.
    plans: Vec<Plan>,
}

impl Known {
    /// What the library said.
    pub fn description(&self) -> &'static InterfaceDescription {
        self.description
    }

    /// How method number `number` is called; none for those of `IUnknown`.
    pub fn plan(&self, number: u32) -> Option<&Plan> {
        let number = usize::try_from(number).ok().filter(|number| *number >= UNKNOWN_METHODS)?;
        self.plans.get(number)
    }

    /// Whether its methods can be called asynchronously, which those of interfaces for
    /// callers by name cannot.
    pub fn has_twin(&self) -> bool {
        !self.description.async_vtable.is_null()
            && self.description.async_iid != GUID::default()
            && self.description.flags & INTERFACE_DUAL == 0
    }

    /// The asynchronous twins of the interface and of those that it derives from.
    pub fn twins(&self) -> Vec<GUID> {
        let mut next = Some(self.description);
        let mut twins = Vec::new();
        while let Some(description) = next.filter(|next| !next.async_vtable.is_null()) {
            twins.push(description.async_iid);
            // SAFETY: answers a description of its own library.
            next = description.base.and_then(|base| unsafe { base().as_ref() });
        }
        twins
    }

    /// The interface's name.
    pub fn name(&self) -> String {
        name(self.description)
    }
}

/// Keyed by the identifier's number.
type Table = HashMap<u128, Arc<Known>>;

static DESCRIPTIONS: RwLock<Option<Table>> = RwLock::new(None);

/// Keeps a description and those that it names; false when the identifier was
/// described already, by this library or another. The first one counts.
///
/// # Errors
/// `E_INVALIDARG` when it is of another version or incomplete.
pub fn register(description: &'static InterfaceDescription) -> Result<bool, HRESULT> {
    let (is_new, mut named) = register_one(description)?;
    while let Some(next) = named.pop() {
        let (_, more) = register_one(next)?;
        named.extend(more);
    }
    Ok(is_new)
}

/// As [`register`], without the interfaces that it names, which are answered.
fn register_one(
    description: &'static InterfaceDescription,
) -> Result<(bool, Vec<&'static InterfaceDescription>), HRESULT> {
    if description.version != DESCRIPTION_VERSION {
        return Err(E_INVALIDARG);
    }
    if let Some(known) = find(&description.iid) {
        report_second(&known, description);
        return Ok((false, Vec::new()));
    }
    keep(description)
}

/// Keeps a description that is not known.
fn keep(
    description: &'static InterfaceDescription,
) -> Result<(bool, Vec<&'static InterfaceDescription>), HRESULT> {
    let methods = description.methods.as_slice();
    let complete = (UNKNOWN_METHODS..=MAX_METHODS).contains(&methods.len())
        && !description.name.is_null()
        && !description.proxy_vtable.is_null();
    if !complete {
        return Err(E_INVALIDARG);
    }
    // SAFETY: answers a description of its own library.
    let base = description.base.and_then(|base| unsafe { base().as_ref() });
    let mut named: Vec<_> = base.into_iter().collect();
    let plans = methods.iter().map(|method| Plan::new(method, &mut named));
    let plans = plans.collect::<Result<Vec<_>, _>>()?;
    let library = ffi::library_base((&raw const *description).cast());
    let known = Arc::new(Known { description, library, plans });
    let mut all = DESCRIPTIONS.write().unwrap_or_else(PoisonError::into_inner);
    let is_new = match all.get_or_insert_default().entry(description.iid.to_u128()) {
        std::collections::hash_map::Entry::Occupied(_) => false,
        std::collections::hash_map::Entry::Vacant(place) => {
            place.insert(known);
            true
        }
    };
    Ok((is_new, named))
}

fn report_second(known: &Known, second: &'static InterfaceDescription) {
    if !std::ptr::eq(known.description, second) {
        observe::info!(
            "com",
            "{} {} is described by a second library; the first one's proxies are used",
            known.name(),
            format_guid(&second.iid)
        );
    }
}

/// The interfaces that the runtime knows without any library.
fn builtin(iid: &GUID) -> Option<&'static InterfaceDescription> {
    let builtin = [com_abi::automation::IDispatch::description(), &class_factory::DESCRIPTION];
    builtin.into_iter().find(|description| description.iid == *iid)
}

fn lookup(iid: &GUID) -> Option<Arc<Known>> {
    let all = DESCRIPTIONS.read().unwrap_or_else(PoisonError::into_inner);
    all.as_ref()?.get(&iid.to_u128()).cloned()
}

/// The description of an interface.
pub fn find(iid: &GUID) -> Option<Arc<Known>> {
    if let Some(known) = lookup(iid) {
        return Some(known);
    }
    let (_, named) = keep(builtin(iid)?).ok()?;
    for next in named {
        register(next).ok()?;
    }
    lookup(iid)
}

/// The description whose asynchronous twin an identifier is, if its calls can be
/// made asynchronously.
pub fn find_twin(asynchronous: &GUID) -> Option<Arc<Known>> {
    let all = DESCRIPTIONS.read().unwrap_or_else(PoisonError::into_inner);
    let is_it =
        |known: &&Arc<Known>| known.has_twin() && known.description.async_iid == *asynchronous;
    all.as_ref()?.values().find(is_it).cloned()
}

/// How many proxies, and calls that are just being made, use descriptions of the
/// library that `address` lies in. While there are any it may not be unloaded.
pub fn in_use(address: *const c_void) -> usize {
    let library = ffi::library_base(address);
    let all = DESCRIPTIONS.read().unwrap_or_else(PoisonError::into_inner);
    users(all.as_ref(), library)
}

fn users(all: Option<&Table>, library: usize) -> usize {
    let of_library = all.into_iter().flat_map(Table::values).filter(|k| k.library == library);
    // One is the table's.
    of_library.map(|known| Arc::strong_count(known) - 1).sum()
}

/// Forgets what the library that `address` lies in has described, before it is
/// unloaded; false, and nothing is forgotten, while its proxies are in use.
pub fn forget_library(address: *const c_void) -> bool {
    let library = ffi::library_base(address);
    let mut all = DESCRIPTIONS.write().unwrap_or_else(PoisonError::into_inner);
    if users(all.as_ref(), library) > 0 {
        return false;
    }
    if let Some(all) = all.as_mut() {
        all.retain(|_, known| known.library != library);
    }
    true
}

fn name(description: &InterfaceDescription) -> String {
    // SAFETY: registered descriptions have a zero-ended name.
    unsafe { CStr::from_ptr(description.name) }.to_string_lossy().into_owned()
}
