//! What a library tells the runtime of an interface: the vtable with which a
//! proxy of it is made, and every method with its parameters, as detailed as an
//! IDL file.
//!
//! A proxy's method packs its arguments into a frame and hands the frame to
//! `PwProxyInvoke`, which looks up the method here: [`Method::dispatch`] unpacks
//! a frame and makes the real call, in the object's own apartment. What the
//! parameters are ([`Type`]) tells the runtime which pointers have to be
//! translated on the way, who frees what, and how the arguments stand on a wire.
//!
//! `#[interface("…", proxy)]` and `#[derive(Idl)]` write all of this. It is
//! constant: a description lives as long as the library that holds it.

mod idl;
mod list;
mod method;
mod types;

use core::ffi::{c_char, c_void};

use windows_core::{GUID, HRESULT, IUnknown, IUnknown_Vtbl, Interface};

pub use idl::Idl;
pub use list::List;
pub use method::{
    Dispatch, FLAG_ASYNCHRONOUS, FLAG_INPUT_SYNCHRONOUS, FLAG_LOCAL, MEMBER_NONE, Method,
    PARAMETER_IN, PARAMETER_OPTIONAL, PARAMETER_OUT, PARAMETER_RETVAL, Parameter, concat,
};
pub use types::{
    Arm, Array, Base, Expression, Field, Fixed, InterfaceType, Operand, Pointer, PointerKind,
    Shape, Structure, Type, Union, Unit,
};

/// Version of [`InterfaceDescription`]; a runtime refuses another one.
pub const DESCRIPTION_VERSION: u32 = 3;

/// Nothing else is to be said of the interface.
pub const INTERFACE_PLAIN: u32 = 0;
/// The interface derives from `IDispatch` and its members have identifiers.
pub const INTERFACE_DUAL: u32 = 1;

/// An interface, as one library describes it to the runtime. The first library
/// that describes an identifier provides its proxies.
#[repr(C)]
pub struct InterfaceDescription {
    /// [`DESCRIPTION_VERSION`].
    pub version: u32,
    /// `INTERFACE_…`
    pub flags: u32,
    /// The interface.
    pub iid: GUID,
    /// The interface that it derives from; none for `IUnknown`.
    pub base: Option<DescriptionOf>,
    /// Its asynchronous twin; all zero when it has none.
    pub async_iid: GUID,
    /// Vtable of the twin's call objects (`asynchronous`); null when there are none.
    pub async_vtable: *const c_void,
    /// Its name, zero-ended UTF-8.
    pub name: *const c_char,
    /// Vtable of its proxy, the base's methods included.
    pub proxy_vtable: *const c_void,
    /// Every method in vtable order, those of `IUnknown` and of the base included.
    pub methods: List<Method>,
}

// SAFETY: a description is immutable and its pointers name constants.
unsafe impl Sync for InterfaceDescription {}

/// Answers a description; how one description refers to another, which is looked
/// up only when it is needed.
pub type DescriptionOf = extern "C" fn() -> *const InterfaceDescription;

/// An interface whose proxy this library can provide. Made by
/// `#[interface("…", proxy)]`.
pub trait Described: Interface<Vtable: 'static> {
    /// The proxy's vtable, for the interfaces that derive from this one.
    const PROXY: Self::Vtable;
    /// All methods, for the same.
    const METHODS: &'static [Method];

    /// The description; the same address at every call.
    fn description() -> &'static InterfaceDescription;
}

/// [`Described::description`] as other descriptions name it.
pub extern "C" fn description_of<I: Described>() -> *const InterfaceDescription {
    I::description()
}

impl Described for IUnknown {
    const PROXY: IUnknown_Vtbl = IUnknown_Vtbl {
        QueryInterface: PwProxyQueryInterface,
        AddRef: PwProxyAddRef,
        Release: PwProxyRelease,
    };
    const METHODS: &'static [Method] = &[
        Method::of_unknown(c"QueryInterface"),
        Method::of_unknown(c"AddRef"),
        Method::of_unknown(c"Release"),
    ];

    fn description() -> &'static InterfaceDescription {
        static VTABLE: IUnknown_Vtbl = IUnknown::PROXY;
        static DESCRIPTION: InterfaceDescription = InterfaceDescription {
            version: DESCRIPTION_VERSION,
            flags: 0,
            iid: IUnknown::IID,
            base: None,
            async_iid: GUID::from_u128(0x000E0000_0000_0000_C000_000000000046),
            async_vtable: core::ptr::null(),
            name: c"IUnknown".as_ptr(),
            proxy_vtable: (&raw const VTABLE).cast(),
            methods: List::new(IUnknown::METHODS),
        };
        &DESCRIPTION
    }
}

/// How the runtime lays out a proxy; a proxy's method receives its address.
#[repr(C)]
pub struct ProxyHeader {
    /// The vtable in front: this is an interface pointer.
    pub vtable: *const c_void,
    /// The runtime's own; libraries pass it on and never read it.
    pub runtime: *const c_void,
}

// What the runtime exports for proxies; documented in the SDK (`partywall::ffi`).
unsafe extern "system" {
    fn PwProxyQueryInterface(
        proxy: *mut c_void,
        iid: *const GUID,
        object: *mut *mut c_void,
    ) -> HRESULT;
    fn PwProxyAddRef(proxy: *mut c_void) -> u32;
    fn PwProxyRelease(proxy: *mut c_void) -> u32;
    fn PwProxyInvoke(proxy: *mut c_void, method: u32, frame: *mut c_void) -> HRESULT;
}

/// What a proxy's method does: hands its frame to the runtime.
///
/// # Errors
/// The method's own, and those of a call into another apartment.
///
/// # Safety
/// `proxy` is a proxy whose method number `method` takes a frame like this one.
#[doc(hidden)]
pub unsafe fn invoke<F>(proxy: *mut c_void, method: u32, frame: &mut F) -> HRESULT {
    // SAFETY: forwarded from the caller; the frame lives until the call has ended.
    unsafe { PwProxyInvoke(proxy, method, (&raw mut *frame).cast()) }
}

const _: () = {
    assert!(size_of::<InterfaceDescription>() == 88);
    assert!(size_of::<ProxyHeader>() == 16);
};
