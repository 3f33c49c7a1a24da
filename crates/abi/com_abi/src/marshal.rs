//! Interfaces of marshaling: how an object takes part in its own way between
//! apartments, and what every proxy answers by itself.

use core::ffi::c_void;

use windows_core::{GUID, HRESULT, IUnknown};

/// The unmarshal class of the standard marshaler.
pub const CLSID_STD_MARSHAL: GUID = GUID::from_u128(0x00000017_0000_0000_c000_000000000046);
/// The unmarshal class of the free-threaded marshaler.
pub const CLSID_INPROC_FREE_MARSHALER: GUID =
    GUID::from_u128(0x0000033a_0000_0000_c000_000000000046);

/// Destination: another process of this machine, with shared memory.
pub const MSHCTX_LOCAL: u32 = 0;
/// Destination: another process of this machine, without shared memory.
pub const MSHCTX_NOSHAREDMEM: u32 = 1;
/// Destination: another machine.
pub const MSHCTX_DIFFERENTMACHINE: u32 = 2;
/// Destination: another apartment of this process.
pub const MSHCTX_INPROC: u32 = 3;
/// Destination: another context of this apartment.
pub const MSHCTX_CROSSCTX: u32 = 4;
/// Destination: a container on this machine.
pub const MSHCTX_CONTAINER: u32 = 5;

/// Packet for one use.
pub const MSHLFLAGS_NORMAL: u32 = 0;
/// Packet in a table, keeping the object.
pub const MSHLFLAGS_TABLESTRONG: u32 = 1;
/// Packet in a table, without keeping the object.
pub const MSHLFLAGS_TABLEWEAK: u32 = 2;
/// Combined with the others: clients are not asked whether they live.
pub const MSHLFLAGS_NOPING: u32 = 4;

/// `IExternalConnection`: the connection keeps the object.
pub const EXTCONN_STRONG: u32 = 1;

/// `CoGetStdMarshalEx`: the marshaler of an object that others hold.
pub const SMEXF_SERVER: u32 = 1;
/// `CoGetStdMarshalEx`: the proxy manager of an object that is held here.
pub const SMEXF_HANDLER: u32 = 2;

/// How an object is written to a stream and read again.
#[crate::interface("00000003-0000-0000-C000-000000000046")]
pub unsafe trait IMarshal: IUnknown {
    /// The class whose object reads the packet.
    unsafe fn GetUnmarshalClass(
        &self,
        iid: *const GUID,
        object: *mut c_void,
        destination: u32,
        reserved: *mut c_void,
        flags: u32,
        clsid: *mut GUID,
    ) -> HRESULT;
    /// Most bytes that `MarshalInterface` writes.
    unsafe fn GetMarshalSizeMax(
        &self,
        iid: *const GUID,
        object: *mut c_void,
        destination: u32,
        reserved: *mut c_void,
        flags: u32,
        size: *mut u32,
    ) -> HRESULT;
    /// Writes the interface.
    unsafe fn MarshalInterface(
        &self,
        stream: *mut c_void,
        iid: *const GUID,
        object: *mut c_void,
        destination: u32,
        reserved: *mut c_void,
        flags: u32,
    ) -> HRESULT;
    /// Reads an interface; it is answered with a reference.
    unsafe fn UnmarshalInterface(
        &self,
        stream: *mut c_void,
        iid: *const GUID,
        object: *mut *mut c_void,
    ) -> HRESULT;
    /// Gives up a packet.
    unsafe fn ReleaseMarshalData(&self, stream: *mut c_void) -> HRESULT;
    /// Cuts the object off from those who hold it elsewhere.
    unsafe fn DisconnectObject(&self, reserved: u32) -> HRESULT;
}

/// An object whose clients use a handler: a part of it in their own process.
#[crate::interface("00000018-0000-0000-C000-000000000046")]
pub unsafe trait IStdMarshalInfo: IUnknown {
    /// The handler's class.
    unsafe fn GetClassForHandler(
        &self,
        destination: u32,
        reserved: *mut c_void,
        clsid: *mut GUID,
    ) -> HRESULT;
}

/// An object that is told when clients elsewhere begin and end to keep it.
#[crate::interface("00000019-0000-0000-C000-000000000046")]
pub unsafe trait IExternalConnection: IUnknown {
    /// The first client connects; answers a count for debugging.
    unsafe fn AddConnection(&self, kind: u32, reserved: u32) -> u32;
    /// The last client has gone; `last_release_closes` says whether the object
    /// is to close for that.
    unsafe fn ReleaseConnection(&self, kind: u32, reserved: u32, last_release_closes: i32) -> u32;
}

/// One question of [`IMultiQI`], and its answer.
#[allow(non_camel_case_types, non_snake_case)]
#[repr(C)]
#[derive(Debug)]
pub struct MULTI_QI {
    /// The interface that is asked for.
    pub pIID: *const GUID,
    /// The answer with a reference, or null.
    pub pItf: *mut c_void,
    /// Its result.
    pub hr: HRESULT,
}

/// Many interfaces for one way to the object.
#[crate::interface("00000020-0000-0000-C000-000000000046")]
pub unsafe trait IMultiQI: IUnknown {
    /// Answers each question; `S_OK` for all, `S_FALSE` for some,
    /// `E_NOINTERFACE` for none.
    unsafe fn QueryMultipleInterfaces(&self, count: u32, questions: *mut MULTI_QI) -> HRESULT;
}

/// Security of the calls of one proxy.
#[crate::interface("0000013D-0000-0000-C000-000000000046")]
pub unsafe trait IClientSecurity: IUnknown {
    /// What calls through `proxy` are made with; each place may be null.
    unsafe fn QueryBlanket(
        &self,
        proxy: *mut c_void,
        authentication_service: *mut u32,
        authorization_service: *mut u32,
        principal: *mut *mut u16,
        authentication_level: *mut u32,
        impersonation_level: *mut u32,
        identity: *mut *mut c_void,
        capabilities: *mut u32,
    ) -> HRESULT;
    /// Changes it.
    unsafe fn SetBlanket(
        &self,
        proxy: *mut c_void,
        authentication_service: u32,
        authorization_service: u32,
        principal: *mut u16,
        authentication_level: u32,
        impersonation_level: u32,
        identity: *mut c_void,
        capabilities: u32,
    ) -> HRESULT;
    /// A second proxy of the same interface, whose security is its own.
    unsafe fn CopyProxy(&self, proxy: *mut c_void, copy: *mut *mut c_void) -> HRESULT;
}

/// Marks an object that must not leave its apartment.
#[crate::interface("ECC8691B-C1DB-4DC0-855E-65F6C551AF49")]
pub unsafe trait INoMarshal: IUnknown {}

/// Marks an object that every apartment may call directly.
#[crate::interface("94EA2B94-E9CC-49E0-C0FF-EE64CA8F5B90")]
pub unsafe trait IAgileObject: IUnknown {}

/// A reference to an object, which every apartment may resolve.
#[crate::interface("C03F6A43-65A4-9818-987E-E0B810D2A6F2")]
pub unsafe trait IAgileReference: IUnknown {
    /// The interface `iid` of the object for the calling apartment.
    unsafe fn Resolve(&self, iid: *const GUID, object: *mut *mut c_void) -> HRESULT;
}

const _: () = assert!(size_of::<MULTI_QI>() == 24);
