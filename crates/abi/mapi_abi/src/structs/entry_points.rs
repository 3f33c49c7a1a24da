//! Functions that cross the wall by pointer: entry points of services and
//! providers, buffers, callbacks; and the structures of providers only.

use core::ffi::c_void;

use com_abi::HRESULT;

use super::errors::MAPIERROR;
use super::notifications::NOTIFICATION;
use super::values::{ENTRYID, SPropValue};

/// `MAPIAllocateBuffer`: size in bytes, place for the buffer; an `SCODE`.
pub type ALLOCATEBUFFER = unsafe extern "system" fn(u32, *mut *mut c_void) -> i32;
/// `MAPIAllocateMore`: size in bytes, base, place for the buffer; an `SCODE`.
pub type ALLOCATEMORE = unsafe extern "system" fn(u32, *mut c_void, *mut *mut c_void) -> i32;
/// `MAPIFreeBuffer`.
pub type FREEBUFFER = unsafe extern "system" fn(*mut c_void) -> u32;

/// A message service's entry point: library, allocator (`IMalloc`), support object,
/// window, flags (`SERVICE_*`), context (`MSG_SERVICE_*`), count and first of the
/// properties, `IProviderAdmin`, place for the error in words.
pub type MSGSERVICEENTRY = unsafe extern "system" fn(
    *mut c_void,
    *mut c_void,
    *mut c_void,
    usize,
    u32,
    u32,
    u32,
    *mut SPropValue,
    *mut c_void,
    *mut *mut MAPIERROR,
) -> HRESULT;

/// A provider's entry point: library, allocator (`IMalloc`), the three functions of
/// buffers, flags, version of the subsystem, place for that of the provider, place
/// for its object.
pub type PROVIDERINIT = unsafe extern "system" fn(
    *mut c_void,
    *mut c_void,
    Option<ALLOCATEBUFFER>,
    Option<ALLOCATEMORE>,
    Option<FREEBUFFER>,
    u32,
    u32,
    *mut u32,
    *mut *mut c_void,
) -> HRESULT;
/// `MSProviderInit`; the object is `IMSProvider`.
pub type MSPROVIDERINIT = PROVIDERINIT;
/// `ABProviderInit`; the object is `IABProvider`.
pub type ABPROVIDERINIT = PROVIDERINIT;
/// `XPProviderInit`; the object is `IXPProvider`.
pub type XPPROVIDERINIT = PROVIDERINIT;

/// Version of the provider interfaces that providers are given.
pub const CURRENT_SPI_VERSION: u32 = 0x0001_0010;

/// What `HrAllocAdviseSink` calls: context, count and first of the events.
pub type NOTIFCALLBACK = unsafe extern "system" fn(*mut c_void, u32, *mut NOTIFICATION) -> i32;
/// Keys of a modeless address book dialog: window, message.
pub type ACCELERATEABSDI = unsafe extern "system" fn(usize, *mut c_void) -> i32;
/// A modeless dialog was closed: window, context.
pub type DISMISSMODELESS = unsafe extern "system" fn(usize, *mut c_void);
/// A dialog's own button: window, context, size and start of the selected entry
/// identifier, flags.
pub type FNBUTTON = unsafe extern "system" fn(usize, *mut c_void, u32, *mut ENTRYID, u32) -> i32;

/// What `IMAPISupport::Notify` is about; `cb` bytes follow at offset 4.
#[repr(C)]
pub struct NOTIFKEY {
    pub cb: u32,
    pub ab: [u8; 0],
}

/// Options that a transport has for its recipients or messages.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct OPTIONDATA {
    pub ulFlags: u32,
    pub lpRecipGUID: *mut [u8; 16],
    pub lpszAdrType: *mut c_void,
    pub lpszDLLName: *mut c_void,
    pub ulOrdinal: u32,
    pub cbOptionsData: u32,
    pub lpbOptionsData: *mut u8,
    pub cOptionsProps: u32,
    pub lpOptionsProps: *mut SPropValue,
}

pub const OPTION_TYPE_RECIPIENT: u32 = 0x1;
pub const OPTION_TYPE_MESSAGE: u32 = 0x2;

const _: () = {
    use core::mem::offset_of;
    assert!(offset_of!(NOTIFKEY, ab) == 4);
    assert!(size_of::<OPTIONDATA>() == 64 && offset_of!(OPTIONDATA, lpOptionsProps) == 56);
    assert!(size_of::<Option<FNBUTTON>>() == size_of::<usize>());
};
