//! Agile references: an object that every apartment may get at, without a number
//! in the global interface table.
//!
//! - an *agile* object is kept as it is, since every apartment may call it;
//! - an object that leaves marshaling to the runtime is a strong hold of its
//!   stub, so that the end of its apartment ends it;
//! - an object with its own marshaler is a packet. A *delayed* reference makes it
//!   when somebody elsewhere wants the object, in the object's apartment, and
//!   holds the stub until then.
//!
//! A reference is agile itself.

use core::ffi::c_void;
use std::sync::OnceLock;

use com_abi::codes::{E_INVALIDARG, E_POINTER};
use com_abi::marshal::{IAgileObject, IAgileObject_Impl, IAgileReference, IAgileReference_Impl};
use com_abi::object::make;
use com_abi::{GUID, HRESULT, IUnknown, Interface, class};

use crate::ffi::guarded_pointer;
use crate::marshal::packed::Packed;
use crate::marshal::{free_threaded, own_marshaler, query, require};
use crate::proxy::Held;
use crate::stub::Hold;
use crate::{apartment, call, membership, proxy};

/// `AGILEREFERENCE_DEFAULT`: marshals at once.
const DEFAULT: u32 = 0;
/// `AGILEREFERENCE_DELAYEDMARSHAL`: marshals when somebody wants the object.
const DELAYED_MARSHAL: u32 = 1;

enum Target {
    /// Every apartment may call it.
    Agile(IUnknown),
    /// The runtime marshals it.
    Standard(Held),
    /// It marshals itself, and has.
    Packed(Packed),
    /// It marshals itself, and will.
    Delayed { held: Held, iid: GUID, packed: OnceLock<Packed> },
}

/// See the module.
#[class(interfaces(IAgileReference, IAgileObject), aggregates(marshaler))]
struct AgileReference {
    target: Target,
    marshaler: IUnknown,
}

impl IAgileObject_Impl for AgileReference {}

impl IAgileReference_Impl for AgileReference {
    unsafe fn Resolve(&self, iid: *const GUID, object: *mut *mut c_void) -> HRESULT {
        // SAFETY: null or what the interface says.
        unsafe { guarded_pointer(object, || self.resolve(iid.as_ref().ok_or(E_POINTER)?)) }
    }
}

impl AgileReference {
    fn resolve(&self, iid: &GUID) -> Result<*mut c_void, HRESULT> {
        let here = membership::context()?;
        match &self.target {
            Target::Agile(object) => query(object, iid),
            Target::Standard(held) => proxy::from_stub(held.stub(), iid),
            Target::Packed(packed) => packed.open(iid),
            Target::Delayed { held, .. } if *held.stub().home() == here => held.stub().pointer(iid),
            Target::Delayed { held, iid: packs, packed } => {
                if packed.get().is_none() {
                    let stub = held.stub();
                    let made = call::run(stub.home(), "an object to be marshaled", || {
                        Packed::new(packs, &stub.unknown()?)
                    })??;
                    // If another thread was faster, this one's is given up.
                    let _ = packed.set(made);
                }
                packed.get().ok_or(E_POINTER)?.open(iid)
            }
        }
    }
}

/// A reference to an object of this thread's apartment, with a reference.
///
/// # Errors
/// `CO_E_NOTINITIALIZED`; `E_INVALIDARG` for an option that does not exist;
/// `E_NOINTERFACE` when the object does not have the interface or, marshaled at
/// once, nobody knows how its calls travel; `CO_E_NOT_SUPPORTED` when it must not
/// be marshaled.
pub fn reference(options: u32, iid: &GUID, object: &IUnknown) -> Result<IAgileReference, HRESULT> {
    if !matches!(options, DEFAULT | DELAYED_MARSHAL) {
        return Err(E_INVALIDARG);
    }
    apartment::current()?;
    require(object, iid)?;
    let target = target(options == DELAYED_MARSHAL, iid, object)?;
    // SAFETY: no outer object; the marshaler belongs to the reference.
    let made = unsafe {
        make(core::ptr::null_mut(), |controlling| {
            let marshaler = free_threaded::within(controlling.as_raw())?;
            Ok(AgileReference { target, marshaler })
        })
    };
    made?.cast().map_err(|error| error.code())
}

fn target(delayed: bool, iid: &GUID, object: &IUnknown) -> Result<Target, HRESULT> {
    if object.cast::<IAgileObject>().is_ok() && !proxy::is_proxy(object) {
        return Ok(Target::Agile(object.clone()));
    }
    let is_own = own_marshaler(object)?.is_some();
    if is_own && !delayed {
        return Packed::new(iid, object).map(Target::Packed);
    }
    let held = Held::new(proxy::hold(object, Hold::Strong)?);
    if is_own {
        return Ok(Target::Delayed { held, iid: *iid, packed: OnceLock::new() });
    }
    if !delayed {
        held.stub().connect_from_anywhere(iid)?;
    }
    Ok(Target::Standard(held))
}
