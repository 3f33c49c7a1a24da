//! ISAPI's binary contract for extensions: the control block, the version
//! block, return and function codes, with the layouts of 64-bit systems.
//!
//! What the functions do is `host/web`; a safe way to use them is
//! `partywall::isapi`. `DWORD` is 32 bits, `CHAR` 8, `WCHAR` 16.

use core::ffi::{c_char, c_void};

/// Version 6.0, as `HSE_VERSION_INFO::dwExtensionVersion` counts it.
pub const HSE_VERSION: u32 = 0x0006_0000;
/// Bytes of an extension's description, its zero included.
pub const HSE_MAX_EXT_DLL_NAME_LEN: usize = 256;
/// Bytes of the log text in the control block, its zero included.
pub const HSE_LOG_BUFFER_LEN: usize = 80;

/// The request is done.
pub const HSE_STATUS_SUCCESS: u32 = 1;
/// The request is done and the connection may be used again.
pub const HSE_STATUS_SUCCESS_AND_KEEP_CONN: u32 = 2;
/// The extension will end the request later, from another thread.
pub const HSE_STATUS_PENDING: u32 = 3;
/// The request failed.
pub const HSE_STATUS_ERROR: u32 = 4;

/// `ServerSupportFunction`: answer with a redirect to a URL.
pub const HSE_REQ_SEND_URL_REDIRECT_RESP: u32 = 1;
/// `ServerSupportFunction`: send a status and headers given as text.
pub const HSE_REQ_SEND_RESPONSE_HEADER: u32 = 3;
/// `ServerSupportFunction`: the same with counted text and a keep-alive wish.
pub const HSE_REQ_SEND_RESPONSE_HEADER_EX: u32 = 1016;

/// `WriteClient`: return when the bytes are handed to the network.
pub const HSE_IO_SYNC: u32 = 1;
/// `WriteClient`: return at once, report by callback.
pub const HSE_IO_ASYNC: u32 = 2;

/// `TerminateExtension`: may be refused.
pub const HSE_TERM_ADVISORY_UNLOAD: u32 = 1;
/// `TerminateExtension`: the library goes, whatever the answer.
pub const HSE_TERM_MUST_UNLOAD: u32 = 2;

/// `DllMain`: the library leaves the process.
pub const DLL_PROCESS_DETACH: u32 = 0;
/// `DllMain`: the library enters the process.
pub const DLL_PROCESS_ATTACH: u32 = 1;

/// Last error: the handle is not one that the host gave out.
pub const ERROR_INVALID_HANDLE: u32 = 6;
/// Last error: reading from the client failed.
pub const ERROR_READ_FAULT: u32 = 30;
/// Last error: the client has gone.
pub const ERROR_NETNAME_DELETED: u32 = 64;
/// Last error: an argument makes no sense.
pub const ERROR_INVALID_PARAMETER: u32 = 87;
/// Last error: the buffer is too small; the size needed was returned.
pub const ERROR_INSUFFICIENT_BUFFER: u32 = 122;
/// Last error: the client took or gave nothing for too long.
pub const ERROR_TIMEOUT: u32 = 1460;
/// Last error: no such server variable.
pub const ERROR_INVALID_INDEX: u32 = 1413;

/// Names a request towards the host.
pub type HConn = *mut c_void;

/// `GetServerVariable(conn, name, buffer, size in/out)`; not 0 on success.
pub type GetServerVariable =
    unsafe extern "system" fn(HConn, *mut c_char, *mut c_void, *mut u32) -> i32;
/// `WriteClient(conn, buffer, size in/out, flags)`; not 0 on success.
pub type WriteClient = unsafe extern "system" fn(HConn, *mut c_void, *mut u32, u32) -> i32;
/// `ReadClient(conn, buffer, size in/out)`; not 0 on success.
pub type ReadClient = unsafe extern "system" fn(HConn, *mut c_void, *mut u32) -> i32;
/// `ServerSupportFunction(conn, code, buffer, size, type)`; not 0 on success.
pub type ServerSupportFunction =
    unsafe extern "system" fn(HConn, u32, *mut c_void, *mut u32, *mut u32) -> i32;

/// `EXTENSION_CONTROL_BLOCK`: one request, as an extension sees it.
#[repr(C)]
#[allow(non_snake_case)]
pub struct ExtensionControlBlock {
    /// Size of this structure in bytes.
    pub cbSize: u32,
    /// [`HSE_VERSION`] of the host.
    pub dwVersion: u32,
    /// Passed to every function.
    pub ConnID: HConn,
    /// Written by the extension: the status to log.
    pub dwHttpStatusCode: u32,
    /// Written by the extension: text for the log, zero-ended.
    pub lpszLogData: [c_char; HSE_LOG_BUFFER_LEN],
    /// Method.
    pub lpszMethod: *mut c_char,
    /// Query, without the question mark; empty when there is none.
    pub lpszQueryString: *mut c_char,
    /// Path after the extension's own.
    pub lpszPathInfo: *mut c_char,
    /// The same as a file of the host.
    pub lpszPathTranslated: *mut c_char,
    /// Length of the body; `0xFFFF_FFFF` when it is not known.
    pub cbTotalBytes: u32,
    /// Bytes of the body that are in `lpbData` already. Extensions may write it.
    pub cbAvailable: u32,
    /// The first bytes of the body.
    pub lpbData: *mut u8,
    /// Content type of the body; empty when there is none.
    pub lpszContentType: *mut c_char,
    /// Reads a server variable.
    pub GetServerVariable: GetServerVariable,
    /// Sends bytes of the answer.
    pub WriteClient: WriteClient,
    /// Reads further bytes of the body.
    pub ReadClient: ReadClient,
    /// Everything else.
    pub ServerSupportFunction: ServerSupportFunction,
}

/// `HSE_VERSION_INFO`: what an extension says of itself.
#[repr(C)]
#[allow(non_snake_case)]
pub struct VersionInfo {
    /// The version it was written for.
    pub dwExtensionVersion: u32,
    /// Its name, zero-ended.
    pub lpszExtensionDesc: [c_char; HSE_MAX_EXT_DLL_NAME_LEN],
}

/// `HSE_SEND_HEADER_EX_INFO`, the argument of
/// [`HSE_REQ_SEND_RESPONSE_HEADER_EX`].
#[repr(C)]
#[allow(non_snake_case)]
pub struct SendHeaderExInfo {
    /// Status, like `200 OK`.
    pub pszStatus: *const c_char,
    /// Headers, ended by an empty line; body bytes may follow.
    pub pszHeader: *const c_char,
    /// Bytes of `pszStatus`; 0 when it is zero-ended.
    pub cchStatus: u32,
    /// Bytes of `pszHeader`; 0 when it is zero-ended.
    pub cchHeader: u32,
    /// Not 0 to keep the connection.
    pub fKeepConn: i32,
}

/// `GetExtensionVersion`, exported by every extension.
pub type GetExtensionVersion = unsafe extern "system" fn(*mut VersionInfo) -> i32;
/// `HttpExtensionProc`, exported by every extension.
pub type HttpExtensionProc = unsafe extern "system" fn(*mut ExtensionControlBlock) -> u32;
/// `TerminateExtension`, exported by some.
pub type TerminateExtension = unsafe extern "system" fn(u32) -> i32;
/// `DllMain`, exported by some; called by the host, for ELF has no such call.
pub type DllMain = unsafe extern "system" fn(*mut c_void, u32, *mut c_void) -> i32;

const _: () = {
    use core::mem::offset_of;
    assert!(size_of::<ExtensionControlBlock>() == 192);
    assert!(offset_of!(ExtensionControlBlock, ConnID) == 8);
    assert!(offset_of!(ExtensionControlBlock, lpszLogData) == 20);
    assert!(offset_of!(ExtensionControlBlock, lpszMethod) == 104);
    assert!(offset_of!(ExtensionControlBlock, cbTotalBytes) == 136);
    assert!(offset_of!(ExtensionControlBlock, lpbData) == 144);
    assert!(offset_of!(ExtensionControlBlock, lpszContentType) == 152);
    assert!(offset_of!(ExtensionControlBlock, GetServerVariable) == 160);
    assert!(offset_of!(ExtensionControlBlock, ServerSupportFunction) == 184);
    assert!(size_of::<VersionInfo>() == 260);
    assert!(size_of::<SendHeaderExInfo>() == 32);
};
