//! What a library tells the runtime of an interface: its name and the vtable
//! with which a proxy of it is made.
//!
//! A proxy's method packs the addresses of its arguments into a frame and hands
//! the frame to `PwProxyInvoke` with a function that unpacks it and makes the
//! real call. The runtime runs that function on the object's own apartment. The
//! frame borrows the caller's memory, which is sound because the caller waits.

use core::ffi::{c_char, c_void};

use windows_core::{GUID, HRESULT};

/// Version of [`InterfaceDescription`]; a runtime refuses another one.
pub const DESCRIPTION_VERSION: u32 = 1;

/// Makes the real call: `object` is the interface pointer in its own
/// apartment, `frame` what the proxy's method packed.
pub type Dispatch = unsafe extern "C" fn(object: *mut c_void, frame: *mut c_void) -> HRESULT;

/// An interface, as one library describes it to the runtime. The first library
/// that describes an identifier provides its proxies.
#[repr(C)]
pub struct InterfaceDescription {
    /// [`DESCRIPTION_VERSION`].
    pub version: u32,
    /// Number of methods, those of `IUnknown` included.
    pub methods: u32,
    /// The interface.
    pub iid: GUID,
    /// Its name, zero-ended UTF-8.
    pub name: *const c_char,
    /// Vtable of its proxy; slots 0 to 2 are filled in by the runtime.
    pub proxy_vtable: *const c_void,
    /// The methods' names in vtable order, zero-ended UTF-8, `methods` of them.
    pub method_names: *const *const c_char,
}

// SAFETY: a description is immutable and its pointers name constants.
unsafe impl Sync for InterfaceDescription {}

/// How the runtime lays out a proxy; a proxy's method receives its address.
#[repr(C)]
pub struct ProxyHeader {
    /// The vtable in front: this is an interface pointer.
    pub vtable: *const c_void,
    /// The runtime's own; libraries pass it on and never read it.
    pub runtime: *const c_void,
}

const _: () = {
    assert!(size_of::<InterfaceDescription>() == 48);
    assert!(size_of::<ProxyHeader>() == 16);
};
