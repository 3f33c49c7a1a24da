//! Proxies, stubs and the channel between them, for interfaces whose calls
//! travel as bytes: what a proxy/stub library is written against.
//!
//! # A call
//! The proxy asks its channel for a buffer ([`IRpcChannelBuffer`]`::GetBuffer`),
//! packs its arguments, and sends it (`SendReceive`). The runtime gives the bytes
//! to the stub on the object's apartment (`Invoke`), which unpacks them, makes
//! the real call, gets a buffer for the answer from the channel that it was
//! given, and packs it. Back in `SendReceive`, the message holds the answer; the
//! proxy unpacks it and gives the buffer back (`FreeBuffer`), also after a
//! failure: until then the message keeps the proxy alive.

use core::ffi::c_void;

use windows_core::{GUID, HRESULT, IUnknown};

/// `dataRepresentation`: little endian, ASCII, IEEE floating point.
pub const NDR_LOCAL_DATA_REPRESENTATION: u32 = 0x10;

/// A call as bytes.
#[allow(non_snake_case)]
#[repr(C)]
#[derive(Debug)]
pub struct RPCOLEMESSAGE {
    /// The channel's own.
    pub reserved1: *mut c_void,
    /// How numbers are written.
    pub dataRepresentation: u32,
    /// The bytes, at an address that is a multiple of 8.
    pub Buffer: *mut c_void,
    /// Their number.
    pub cbBuffer: u32,
    /// Number of the method in the vtable; the first one after `IUnknown`'s is 3.
    pub iMethod: u32,
    /// The channel's own.
    pub reserved2: [*mut c_void; 5],
    /// Flags of the call.
    pub rpcFlags: u32,
}

impl RPCOLEMESSAGE {
    /// An empty message for a method.
    pub const fn new(method: u32) -> Self {
        Self {
            reserved1: core::ptr::null_mut(),
            dataRepresentation: NDR_LOCAL_DATA_REPRESENTATION,
            Buffer: core::ptr::null_mut(),
            cbBuffer: 0,
            iMethod: method,
            reserved2: [core::ptr::null_mut(); 5],
            rpcFlags: 0,
        }
    }
}

/// What carries calls from a proxy to its stub.
#[crate::interface("D5F56B60-593B-101A-B569-08002B2DBF7A")]
pub unsafe trait IRpcChannelBuffer: IUnknown {
    /// A buffer of `cbBuffer` bytes for a call of the interface `iid`.
    unsafe fn GetBuffer(&self, message: *mut RPCOLEMESSAGE, iid: *const GUID) -> HRESULT;
    /// Makes the call; afterwards the message holds the answer.
    unsafe fn SendReceive(&self, message: *mut RPCOLEMESSAGE, status: *mut u32) -> HRESULT;
    /// Gives the buffer back.
    unsafe fn FreeBuffer(&self, message: *mut RPCOLEMESSAGE) -> HRESULT;
    /// Where the other side is (`MSHCTX_…`).
    unsafe fn GetDestCtx(&self, destination: *mut u32, reserved: *mut *mut c_void) -> HRESULT;
    /// `S_OK` while the other side can be reached, else `S_FALSE`.
    unsafe fn IsConnected(&self) -> HRESULT;
}

/// The runtime's view of a proxy of one interface. Its own `IUnknown` is
/// separate from the interface's, which is the controlling object's.
#[crate::interface("D5F56A34-593B-101A-B569-08002B2DBF7A")]
pub unsafe trait IRpcProxyBuffer: IUnknown {
    /// Gives the proxy its channel, on which it takes a reference.
    unsafe fn Connect(&self, channel: *mut c_void) -> HRESULT;
    /// Takes the channel away; calls fail from now on.
    unsafe fn Disconnect(&self);
}

/// The runtime's view of a stub of one interface.
#[crate::interface("D5F56AFC-593B-101A-B569-08002B2DBF7A")]
pub unsafe trait IRpcStubBuffer: IUnknown {
    /// Gives the stub its object, on whose interface it takes a reference.
    unsafe fn Connect(&self, server: *mut c_void) -> HRESULT;
    /// Takes the object away.
    unsafe fn Disconnect(&self);
    /// Unpacks a call, makes it and packs the answer. A failure is one of the
    /// way, not the method's own, which is part of the answer.
    unsafe fn Invoke(&self, message: *mut RPCOLEMESSAGE, channel: *mut c_void) -> HRESULT;
    /// A stub for another interface of the object, or null.
    unsafe fn IsIIDSupported(&self, iid: *const GUID) -> *mut c_void;
    /// References that the stub has on its object.
    unsafe fn CountRefs(&self) -> u32;
    /// The object, for a debugger.
    unsafe fn DebugServerQueryInterface(&self, object: *mut *mut c_void) -> HRESULT;
    /// Gives that back.
    unsafe fn DebugServerRelease(&self, object: *mut c_void);
}

/// The class object of a proxy/stub class.
#[crate::interface("D5F569D0-593B-101A-B569-08002B2DBF7A")]
pub unsafe trait IPSFactoryBuffer: IUnknown {
    /// Makes a proxy of the interface `iid`, which `outer` aggregates. Both
    /// answers carry a reference, the interface's on `outer`.
    unsafe fn CreateProxy(
        &self,
        outer: *mut c_void,
        iid: *const GUID,
        proxy: *mut *mut c_void,
        interface: *mut *mut c_void,
    ) -> HRESULT;
    /// Makes a stub of the interface `iid` of an object, or of none yet.
    unsafe fn CreateStub(
        &self,
        iid: *const GUID,
        server: *mut c_void,
        stub: *mut *mut c_void,
    ) -> HRESULT;
}

/// What a channel hook is told of a call. Its address is passed where the
/// methods of [`IChannelHook`] take an interface identifier.
#[allow(non_snake_case)]
#[repr(C)]
#[derive(Clone, Debug)]
pub struct SChannelHookCallInfo {
    /// The interface.
    pub iid: GUID,
    /// Size of this structure.
    pub cbSize: u32,
    /// The chain of calls that this one belongs to.
    pub uCausality: GUID,
    /// The process of the object.
    pub dwServerPid: u32,
    /// Number of the method in the vtable.
    pub iMethod: u32,
    /// The proxy, when the answer has come; null before.
    pub pObject: *mut c_void,
}

/// Looks at calls that pass the wall, and lets data travel along. One hook
/// serves all apartments, so it has to be free-threaded.
#[crate::interface("1008C4A0-7613-11CF-9AF1-0020AF6E72F4")]
pub unsafe trait IChannelHook: IUnknown {
    /// Size of the data that go along with the call, 0 for none.
    unsafe fn ClientGetSize(&self, extent: *const GUID, call: *const GUID, size: *mut u32);
    /// Writes them; `size` may be made smaller.
    unsafe fn ClientFillBuffer(
        &self,
        extent: *const GUID,
        call: *const GUID,
        size: *mut u32,
        data: *mut c_void,
    );
    /// The answer has come, with the server's data.
    unsafe fn ClientNotify(
        &self,
        extent: *const GUID,
        call: *const GUID,
        size: u32,
        data: *mut c_void,
        representation: u32,
        fault: HRESULT,
    );
    /// The call has come, with the client's data.
    unsafe fn ServerNotify(
        &self,
        extent: *const GUID,
        call: *const GUID,
        size: u32,
        data: *mut c_void,
        representation: u32,
    );
    /// Size of the data that go along with the answer, 0 for none.
    unsafe fn ServerGetSize(
        &self,
        extent: *const GUID,
        call: *const GUID,
        fault: HRESULT,
        size: *mut u32,
    );
    /// Writes them; `size` may be made smaller.
    unsafe fn ServerFillBuffer(
        &self,
        extent: *const GUID,
        call: *const GUID,
        size: *mut u32,
        data: *mut c_void,
        fault: HRESULT,
    );
}

const _: () = {
    assert!(size_of::<RPCOLEMESSAGE>() == 80);
    assert!(core::mem::offset_of!(RPCOLEMESSAGE, Buffer) == 16);
    assert!(core::mem::offset_of!(RPCOLEMESSAGE, iMethod) == 28);
    assert!(core::mem::offset_of!(RPCOLEMESSAGE, rpcFlags) == 72);
    assert!(size_of::<SChannelHookCallInfo>() == 56);
    assert!(core::mem::offset_of!(SChannelHookCallInfo, uCausality) == 20);
};
