//! Connections between objects and those who hold them in other apartments.

use core::ffi::c_void;

use com_abi::{GUID, HRESULT};

unsafe extern "system" {
    /// The standard marshaler of an object (an `IMarshal` with a reference), or
    /// with a null `object` one that only reads.
    pub fn CoGetStandardMarshal(
        iid: *const GUID,
        object: *mut c_void,
        destination: u32,
        reserved: *mut c_void,
        flags: u32,
        marshal: *mut *mut c_void,
    ) -> HRESULT;
    /// What an object aggregates to be marshaled by the runtime (`SMEXF_SERVER`),
    /// or what a handler aggregates to reach the object that it is a part of
    /// (`SMEXF_HANDLER`; `outer` is what it was made with).
    pub fn CoGetStdMarshalEx(outer: *mut c_void, flags: u32, inner: *mut *mut c_void) -> HRESULT;
    /// Keeps an object as a client elsewhere would (`lock` not zero), or undoes
    /// that; with `last_unlock_releases` the last unlock releases the object also
    /// if weak packets of it are left.
    pub fn CoLockObjectExternal(
        object: *mut c_void,
        lock: i32,
        last_unlock_releases: i32,
    ) -> HRESULT;
    /// Cuts an object off from those who hold it elsewhere, by its own `IMarshal`
    /// if it has one. Calls that run end; later ones answer
    /// `RPC_E_DISCONNECTED`. `reserved` is 0.
    pub fn CoDisconnectObject(object: *mut c_void, reserved: u32) -> HRESULT;
    /// Cuts off all objects of the calling context and waits until no call runs
    /// in it; `RPC_E_TIMEOUT` when some still did after `timeout_ms`,
    /// `CONTEXT_E_WOULD_DEADLOCK` from inside one, with nothing cut off.
    pub fn CoDisconnectContext(timeout_ms: u32) -> HRESULT;
    /// Whether calls through a proxy can reach its object; 1 for any other
    /// object.
    pub fn CoIsHandlerConnected(object: *mut c_void) -> i32;
    /// The proxy/stub class of an interface; `REGDB_E_IIDNOTREG` when none is
    /// registered.
    pub fn CoGetPSClsid(iid: *const GUID, clsid: *mut GUID) -> HRESULT;
    /// Registers the proxy/stub class of an interface for all apartments of this
    /// process, until the last one has ended.
    pub fn CoRegisterPSClsid(iid: *const GUID, clsid: *const GUID) -> HRESULT;
    /// Lets a hook (an `IChannelHook`, free-threaded) look at the calls between
    /// apartments, for the rest of the process; `extent` names its data.
    pub fn CoRegisterChannelHook(extent: *const GUID, hook: *mut c_void) -> HRESULT;
    /// What an object aggregates that every apartment of the process may call
    /// directly; an `IUnknown` with a reference. `outer` is null or the object's
    /// controlling `IUnknown`.
    pub fn CoCreateFreeThreadedMarshaler(
        outer: *mut c_void,
        marshaler: *mut *mut c_void,
    ) -> HRESULT;
    /// A reference to an object (an `IAgileReference`) that every apartment may
    /// resolve: marshaled now (`options` 0) or when somebody wants it (1).
    pub fn RoGetAgileReference(
        options: u32,
        iid: *const GUID,
        object: *mut c_void,
        reference: *mut *mut c_void,
    ) -> HRESULT;
}
