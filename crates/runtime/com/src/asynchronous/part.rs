//! The asynchronous interface of a call object: the vtable that the interface's
//! description provided, before a header that its methods know.
//!
//! # Layout
//! 1. the header: the asynchronous interface, whose `IUnknown` belongs to whoever
//!    controls the call object;
//! 2. the vtable of the part's own `IUnknown`, which the call object aggregates: it
//!    finds the interface, and its count keeps the part.

use core::ffi::c_void;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering, fence};

use com_abi::asynchronous::CallHeader;
use com_abi::codes::{E_NOINTERFACE, E_POINTER};
use com_abi::{GUID, HRESULT, IUnknown, IUnknown_Vtbl, Interface};

use super::Core;
use crate::ffi::guarded_pointer;

/// See the module.
#[repr(C)]
struct Part {
    header: CallHeader,
    unknown: &'static IUnknown_Vtbl,
    references: AtomicU32,
    core: Arc<Core>,
    /// The identifiers that the interface answers to.
    twins: Vec<GUID>,
}

static UNKNOWN: IUnknown_Vtbl =
    IUnknown_Vtbl { QueryInterface: query_interface, AddRef: add_ref, Release: release };

/// A part with one reference: its own `IUnknown`.
///
/// # Safety
/// `controlling` outlives the part.
pub unsafe fn new(core: &Arc<Core>, controlling: *mut c_void) -> IUnknown {
    let known = &core.target.known;
    let vtable = known.description().async_vtable;
    let part = Box::into_raw(Box::new(Part {
        header: CallHeader { vtable, runtime: core::ptr::null(), controlling },
        unknown: &UNKNOWN,
        references: AtomicU32::new(1),
        core: Arc::clone(core),
        twins: known.twins(),
    }));
    // SAFETY: fresh, and not yet known to anyone else; the address of the second
    // vtable is an interface with a reference.
    unsafe {
        (*part).header.runtime = part.cast_const().cast();
        IUnknown::from_raw((&raw mut (*part).unknown).cast())
    }
}

/// The part whose own `IUnknown` is at `this`.
///
/// # Safety
/// `this` is such a pointer of a live part.
unsafe fn of_unknown(this: *mut c_void) -> *mut Part {
    // SAFETY: the field stands at a fixed distance from the beginning.
    unsafe { this.byte_sub(core::mem::offset_of!(Part, unknown)).cast() }
}

unsafe extern "system" fn query_interface(
    this: *mut c_void,
    iid: *const GUID,
    object: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: this function stands in parts only; the arguments are null or what the
    // interface says.
    unsafe {
        guarded_pointer(object, || {
            let (part, iid) = (of_unknown(this), iid.as_ref().ok_or(E_POINTER)?);
            if *iid == IUnknown::IID {
                add_ref(this);
                return Ok(this);
            }
            if !(*part).twins.contains(iid) {
                return Err(E_NOINTERFACE);
            }
            let interface: *mut c_void = part.cast();
            // Counted by whoever controls the call object.
            let counted = IUnknown::from_raw_borrowed(&interface).cloned();
            counted.map(Interface::into_raw).ok_or(E_NOINTERFACE)
        })
    }
}

unsafe extern "system" fn add_ref(this: *mut c_void) -> u32 {
    // SAFETY: this function stands in parts only.
    unsafe { (*of_unknown(this)).references.fetch_add(1, Ordering::Relaxed) + 1 }
}

unsafe extern "system" fn release(this: *mut c_void) -> u32 {
    // SAFETY: as above; whoever gives the last reference back is the only one who
    // knows the part.
    unsafe {
        let part = of_unknown(this);
        let left = (*part).references.fetch_sub(1, Ordering::Release) - 1;
        if left == 0 {
            fence(Ordering::Acquire);
            drop(Box::from_raw(part));
        }
        left
    }
}

/// The call object's core behind its asynchronous interface, for the time of a
/// method: the object may be released meanwhile.
///
/// # Errors
/// `E_POINTER` when it is none.
///
/// # Safety
/// `this` is null or an interface pointer that was made here.
unsafe fn core_of(this: *mut c_void) -> Result<Arc<Core>, HRESULT> {
    // SAFETY: forwarded from the caller; the vtables that lead here stand in parts
    // only, so there is a header.
    unsafe {
        let header = this.cast::<CallHeader>().as_ref().ok_or(E_POINTER)?;
        if header.runtime != this.cast_const() {
            return Err(E_POINTER);
        }
        Ok(Arc::clone(&(*this.cast::<Part>()).core))
    }
}

/// `PwAsyncBegin`.
///
/// # Errors
/// `RPC_S_CALLPENDING` when the call object has a call out; those of a call into
/// another apartment, and of its arguments.
///
/// # Safety
/// `this` is the asynchronous interface of a call object; `frame` fits its method, as
/// far as it has what goes in.
pub unsafe fn begin(
    this: *mut c_void,
    method: u32,
    frame: *mut c_void,
) -> Result<HRESULT, HRESULT> {
    // SAFETY: forwarded from the caller.
    unsafe { core_of(this)?.begin(method, frame) }
}

/// `PwAsyncFinish`.
///
/// # Errors
/// `RPC_E_CALL_COMPLETE` when no call of that method was begun; `RPC_E_CALL_CANCELED`;
/// those of a call into another apartment, and of what comes back.
///
/// # Safety
/// As [`begin`], as far as `frame` has the places for what comes out.
pub unsafe fn finish(
    this: *mut c_void,
    method: u32,
    frame: *mut c_void,
) -> Result<HRESULT, HRESULT> {
    // SAFETY: forwarded from the caller.
    unsafe { core_of(this)?.finish(method, frame) }
}
