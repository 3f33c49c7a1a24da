//! Asynchronous calls: what they are made with and waited for by, and how the
//! asynchronous twin of a described interface reaches the runtime.
//!
//! `IFoo` and its twin `AsyncIFoo` have the same methods; the twin has each of
//! them twice, `Begin_Bar` with what goes in and `Finish_Bar` with what comes out,
//! in this order. A proxy of `IFoo` makes *call objects* ([`ICallFactory`]) with
//! the twin's vtable; each can have one call out at a time.
//!
//! A method of that vtable puts its arguments into a frame of the *synchronous*
//! method, whose other places stay zero, and hands it to the runtime under the
//! synchronous method's number. So one description serves both.

use core::ffi::c_void;
use core::mem::MaybeUninit;

use windows_core::{GUID, HRESULT, IUnknown, IUnknown_Vtbl, Interface};

/// The class of events that stay signalled until they are reset.
pub const CLSID_MANUAL_RESET_EVENT: GUID = GUID::from_u128(0x0000032C_0000_0000_C000_000000000046);
/// The class of lists of things to wait for.
pub const CLSID_SYNCHRONIZE_CONTAINER: GUID =
    GUID::from_u128(0x0000032D_0000_0000_C000_000000000046);

/// Something to wait for.
#[crate::interface("00000030-0000-0000-C000-000000000046")]
pub unsafe trait ISynchronize: IUnknown {
    /// Waits until it is signalled; `RPC_S_CALLPENDING` when `milliseconds` are over
    /// before. The flags are those of `CoWaitForMultipleHandles`.
    unsafe fn Wait(&self, flags: u32, milliseconds: u32) -> HRESULT;
    /// Signals it.
    unsafe fn Signal(&self) -> HRESULT;
    /// Takes the signal back.
    unsafe fn Reset(&self) -> HRESULT;
}

/// Something to wait for that has a handle.
#[crate::interface("00000031-0000-0000-C000-000000000046")]
pub unsafe trait ISynchronizeHandle: IUnknown {
    /// The handle, which stays the object's own.
    unsafe fn GetHandle(&self, handle: *mut *mut c_void) -> HRESULT;
}

/// An event whose handle somebody else provides.
#[crate::interface("00000032-0000-0000-C000-000000000046")]
pub unsafe trait ISynchronizeEvent: ISynchronizeHandle {
    /// Uses this event, which stays the caller's.
    unsafe fn SetEventHandle(&self, handle: *mut *mut c_void) -> HRESULT;
}

/// Things to wait for, of which one is enough.
#[crate::interface("00000033-0000-0000-C000-000000000046")]
pub unsafe trait ISynchronizeContainer: IUnknown {
    /// Adds one, an `ISynchronize` that has a handle too.
    unsafe fn AddSynchronize(&self, object: *mut c_void) -> HRESULT;
    /// Waits for one, and answers it with a reference; it is out of the list then.
    unsafe fn WaitMultiple(
        &self,
        flags: u32,
        milliseconds: u32,
        signalled: *mut *mut c_void,
    ) -> HRESULT;
}

/// Makes call objects.
#[crate::interface("1C733A30-2A1C-11CE-ADE5-00AA0044773D")]
pub unsafe trait ICallFactory: IUnknown {
    /// Makes a call object for an asynchronous interface and answers its interface
    /// `wanted`. With an outer object it is a part of that, and `wanted` is
    /// `IUnknown`.
    unsafe fn CreateCall(
        &self,
        asynchronous: *const GUID,
        outer: *mut c_void,
        wanted: *const GUID,
        call: *mut *mut c_void,
    ) -> HRESULT;
}

/// The means to cancel a call.
#[crate::interface("00000029-0000-0000-C000-000000000046")]
pub unsafe trait ICancelMethodCalls: IUnknown {
    /// Asks for the end of the call, which its caller waits for that long yet.
    unsafe fn Cancel(&self, seconds: u32) -> HRESULT;
    /// `RPC_E_CALL_CANCELED` when that was done, else `RPC_S_CALLPENDING`.
    unsafe fn TestCancel(&self) -> HRESULT;
}

/// The asynchronous twin of `IUnknown`. Call objects do not have it.
#[crate::interface("000E0000-0000-0000-C000-000000000046")]
pub unsafe trait AsyncIUnknown: IUnknown {
    /// Begins to ask for an interface.
    unsafe fn Begin_QueryInterface(&self, iid: *const GUID) -> HRESULT;
    /// Answers it, with a reference.
    unsafe fn Finish_QueryInterface(&self, object: *mut *mut c_void) -> HRESULT;
    /// Begins to add a reference.
    unsafe fn Begin_AddRef(&self) -> HRESULT;
    /// The count.
    unsafe fn Finish_AddRef(&self) -> u32;
    /// Begins to give a reference back.
    unsafe fn Begin_Release(&self) -> HRESULT;
    /// The count.
    unsafe fn Finish_Release(&self) -> u32;
}

/// An asynchronous interface, the twin of a described one. Made by
/// `#[interface("…", proxy)]` with `async_uuid("…")`.
pub trait Twin: Interface<Vtable: 'static> {
    /// The interface whose twin it is.
    type Synchronous: Interface;
    /// The vtable of call objects, for the twins that derive from this one too.
    const CALLS: Self::Vtable;
}

/// How the runtime lays out the asynchronous interface of a call object; its
/// methods receive the address.
#[repr(C)]
pub struct CallHeader {
    /// The vtable in front: this is an interface pointer.
    pub vtable: *const c_void,
    /// The runtime's own; libraries pass it on and never read it.
    pub runtime: *const c_void,
    /// The `IUnknown` that controls the call object, which it outlives.
    pub controlling: *mut c_void,
}

const _: () = assert!(size_of::<CallHeader>() == 24);

/// The first functions of every such vtable: they belong to whoever controls the
/// call object.
pub const UNKNOWN_CALLS: IUnknown_Vtbl =
    IUnknown_Vtbl { QueryInterface: query_interface, AddRef: add_ref, Release: release };

/// The controlling `IUnknown` and its functions.
///
/// # Safety
/// `this` is the asynchronous interface of a live call object.
unsafe fn controlling<'a>(this: *mut c_void) -> (*mut c_void, &'a IUnknown_Vtbl) {
    // SAFETY: forwarded from the caller; every interface begins with `IUnknown`.
    unsafe {
        let outer = (*this.cast::<CallHeader>()).controlling;
        (outer, &**outer.cast::<*const IUnknown_Vtbl>())
    }
}

unsafe extern "system" fn query_interface(
    this: *mut c_void,
    iid: *const GUID,
    interface: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: this function stands in vtables of call objects only.
    unsafe {
        let (outer, functions) = controlling(this);
        (functions.QueryInterface)(outer, iid, interface)
    }
}

unsafe extern "system" fn add_ref(this: *mut c_void) -> u32 {
    // SAFETY: as above.
    unsafe {
        let (outer, functions) = controlling(this);
        (functions.AddRef)(outer)
    }
}

unsafe extern "system" fn release(this: *mut c_void) -> u32 {
    // SAFETY: as above.
    unsafe {
        let (outer, functions) = controlling(this);
        (functions.Release)(outer)
    }
}

// What the runtime exports for call objects; documented in the SDK
// (`partywall::ffi::asynchronous`).
unsafe extern "system" {
    fn PwAsyncBegin(call: *mut c_void, method: u32, frame: *mut c_void) -> HRESULT;
    fn PwAsyncFinish(call: *mut c_void, method: u32, frame: *mut c_void) -> HRESULT;
}

/// What `Begin_…` does: hands the arguments to the runtime.
///
/// # Errors
/// Those of a call into another apartment, and of its arguments.
///
/// # Safety
/// `call` is an asynchronous interface of a call object; the synchronous method of
/// that number takes such a frame, in which everything that goes in is written and
/// the rest is zero.
#[doc(hidden)]
pub unsafe fn begin<F>(call: *mut c_void, method: u32, frame: &mut MaybeUninit<F>) -> HRESULT {
    // SAFETY: forwarded from the caller.
    unsafe { PwAsyncBegin(call, method, frame.as_mut_ptr().cast()) }
}

/// What `Finish_…` does: lets the runtime wait, and write what comes back.
///
/// # Errors
/// The method's own, and those of a call into another apartment.
///
/// # Safety
/// As [`begin`], where everything that comes out is written.
#[doc(hidden)]
pub unsafe fn finish<F>(call: *mut c_void, method: u32, frame: &mut MaybeUninit<F>) -> HRESULT {
    // SAFETY: forwarded from the caller.
    unsafe { PwAsyncFinish(call, method, frame.as_mut_ptr().cast()) }
}
