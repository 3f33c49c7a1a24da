//! Web requests: a safe view of the extension control block.

use core::ffi::{CStr, c_char, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};

use isapi_abi::{
    ERROR_INSUFFICIENT_BUFFER, ExtensionControlBlock, HSE_IO_SYNC, HSE_MAX_EXT_DLL_NAME_LEN,
    HSE_REQ_SEND_RESPONSE_HEADER_EX, HSE_REQ_SEND_URL_REDIRECT_RESP, HSE_STATUS_ERROR,
    HSE_STATUS_SUCCESS, HSE_VERSION, SendHeaderExInfo, VersionInfo,
};

use crate::ffi;

/// Largest server variable that is asked for, in bytes.
const MAX_VARIABLE_BYTES: usize = 1 << 20;

/// The host refused, or the client has gone: the thread's last error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastError(pub u32);

impl LastError {
    fn here() -> Self {
        // SAFETY: no arguments.
        Self(unsafe { ffi::GetLastError() })
    }
}

impl core::fmt::Display for LastError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "the host answered with error {}", self.0)
    }
}

impl std::error::Error for LastError {}

/// One request, while `HttpExtensionProc` runs.
pub struct Request<'a> {
    block: &'a mut ExtensionControlBlock,
    /// Bytes of the preloaded body that were read already.
    preload_taken: usize,
}

impl<'a> Request<'a> {
    /// The request behind the host's pointer.
    ///
    /// # Safety
    /// `block` is the argument of a `HttpExtensionProc` that is running on this
    /// thread, and nobody else uses it during `'a`.
    pub unsafe fn new(block: *mut ExtensionControlBlock) -> Option<Self> {
        // SAFETY: forwarded from the caller; null is refused.
        unsafe { block.as_mut() }.map(|block| Self { block, preload_taken: 0 })
    }

    /// The method, like `GET`.
    pub fn method(&self) -> String {
        text(self.block.lpszMethod)
    }

    /// The query, undecoded, without the question mark.
    pub fn query(&self) -> String {
        text(self.block.lpszQueryString)
    }

    /// The path after the extension's own, decoded.
    pub fn path_info(&self) -> String {
        text(self.block.lpszPathInfo)
    }

    /// Length of the body in bytes; `None` when the client did not say.
    pub fn body_length(&self) -> Option<u32> {
        (self.block.cbTotalBytes != u32::MAX).then_some(self.block.cbTotalBytes)
    }

    /// A server variable; `None` when it is not there.
    pub fn variable(&self, name: &CStr) -> Option<String> {
        let mut buffer = vec![0u8; 256];
        loop {
            let mut size = buffer.len() as u32;
            // SAFETY: the buffer has `size` bytes, the name ends with a zero.
            let found = unsafe {
                (self.block.GetServerVariable)(
                    self.block.ConnID,
                    name.as_ptr().cast_mut(),
                    buffer.as_mut_ptr().cast(),
                    &mut size,
                )
            };
            let size = size as usize;
            if found != 0 {
                let bytes = buffer.get(..size.saturating_sub(1))?;
                return Some(String::from_utf8_lossy(bytes).into_owned());
            }
            if LastError::here().0 != ERROR_INSUFFICIENT_BUFFER
                || size <= buffer.len()
                || size > MAX_VARIABLE_BYTES
            {
                return None;
            }
            buffer.resize(size, 0);
        }
    }

    /// Reads body bytes, first those that came with the request, then from the
    /// client; 0 at its end.
    ///
    /// # Errors
    /// The client has gone, broke the framing, or sent nothing for too long.
    pub fn read(&mut self, buffer: &mut [u8]) -> Result<usize, LastError> {
        let preloaded = self.block.cbAvailable as usize;
        if self.preload_taken < preloaded {
            let count = buffer.len().min(preloaded - self.preload_taken);
            // SAFETY: the host preloaded `cbAvailable` readable bytes.
            let bytes = unsafe {
                core::slice::from_raw_parts(self.block.lpbData.add(self.preload_taken), count)
            };
            buffer[..count].copy_from_slice(bytes);
            self.preload_taken += count;
            return Ok(count);
        }
        let mut size = u32::try_from(buffer.len()).unwrap_or(u32::MAX);
        // SAFETY: the buffer has at least `size` bytes.
        let read = unsafe {
            (self.block.ReadClient)(self.block.ConnID, buffer.as_mut_ptr().cast(), &mut size)
        };
        if read == 0 { Err(LastError::here()) } else { Ok(size as usize) }
    }

    /// Sends status and headers. `headers` are lines ended by CR LF, without
    /// the empty line.
    ///
    /// # Errors
    /// The head was sent already, is malformed, or the client has gone.
    pub fn send_head(&mut self, status: &str, headers: &str) -> Result<(), LastError> {
        self.block.dwHttpStatusCode =
            status.split(' ').next().and_then(|code| code.parse().ok()).unwrap_or(200);
        let block = format!("{headers}\r\n");
        let mut info = SendHeaderExInfo {
            pszStatus: status.as_ptr().cast(),
            pszHeader: block.as_ptr().cast(),
            cchStatus: status.len() as u32,
            cchHeader: block.len() as u32,
            fKeepConn: 1,
        };
        self.support(HSE_REQ_SEND_RESPONSE_HEADER_EX, (&raw mut info).cast())
    }

    /// Answers with a redirect.
    ///
    /// # Errors
    /// As [`Request::send_head`].
    pub fn redirect(&mut self, url: &CStr) -> Result<(), LastError> {
        self.block.dwHttpStatusCode = 302;
        self.support(HSE_REQ_SEND_URL_REDIRECT_RESP, url.as_ptr().cast_mut().cast())
    }

    fn support(&mut self, code: u32, argument: *mut c_void) -> Result<(), LastError> {
        // SAFETY: the argument is what this code asks for.
        let done = unsafe {
            (self.block.ServerSupportFunction)(
                self.block.ConnID,
                code,
                argument,
                core::ptr::null_mut(),
                core::ptr::null_mut(),
            )
        };
        if done == 0 { Err(LastError::here()) } else { Ok(()) }
    }

    /// Sends body bytes; returns when they are handed to the network.
    ///
    /// # Errors
    /// The client has gone or took nothing for too long.
    pub fn write(&mut self, mut bytes: &[u8]) -> Result<(), LastError> {
        while !bytes.is_empty() {
            let mut size = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
            // SAFETY: `size` bytes are readable; the host does not write them.
            let written = unsafe {
                (self.block.WriteClient)(
                    self.block.ConnID,
                    bytes.as_ptr().cast_mut().cast(),
                    &mut size,
                    HSE_IO_SYNC,
                )
            };
            if written == 0 {
                return Err(LastError::here());
            }
            bytes = bytes.get(size as usize..).unwrap_or_default();
        }
        Ok(())
    }

    /// A whole answer: status, headers with its length, body.
    ///
    /// # Errors
    /// As [`Request::send_head`] and [`Request::write`].
    pub fn respond(&mut self, status: &str, headers: &str, body: &[u8]) -> Result<(), LastError> {
        self.send_head(status, &format!("{headers}Content-Length: {}\r\n", body.len()))?;
        self.write(body)
    }
}

fn text(pointer: *const c_char) -> String {
    if pointer.is_null() {
        return String::new();
    }
    // SAFETY: the host's texts are zero-ended and live as long as the request.
    unsafe { CStr::from_ptr(pointer) }.to_string_lossy().into_owned()
}

/// Fills the version block.
///
/// # Safety
/// `info` is null or writable.
#[doc(hidden)]
pub unsafe fn describe_extension(info: *mut VersionInfo, name: &str) -> i32 {
    // SAFETY: forwarded from the caller.
    let Some(info) = (unsafe { info.as_mut() }) else { return 0 };
    info.dwExtensionVersion = HSE_VERSION;
    info.lpszExtensionDesc = [0; HSE_MAX_EXT_DLL_NAME_LEN];
    let room = HSE_MAX_EXT_DLL_NAME_LEN - 1;
    for (to, from) in info.lpszExtensionDesc.iter_mut().zip(name.bytes().take(room)) {
        *to = from as c_char;
    }
    1
}

/// Runs an extension's function; an error or a panic becomes
/// `HSE_STATUS_ERROR`.
///
/// # Safety
/// `block` is the argument of the running `HttpExtensionProc`.
#[doc(hidden)]
pub unsafe fn run_extension(
    block: *mut ExtensionControlBlock,
    body: fn(&mut Request<'_>) -> Result<(), LastError>,
) -> u32 {
    // SAFETY: forwarded from the caller.
    let Some(mut request) = (unsafe { Request::new(block) }) else { return HSE_STATUS_ERROR };
    match catch_unwind(AssertUnwindSafe(|| body(&mut request))) {
        Ok(Ok(())) => HSE_STATUS_SUCCESS,
        Ok(Err(_)) | Err(_) => HSE_STATUS_ERROR,
    }
}

/// Writes the entry points of an extension: `isapi_extension!("name", run)`
/// where `run` is `fn(&mut Request) -> Result<(), LastError>`.
#[macro_export]
macro_rules! isapi_extension {
    ($name:literal, $body:path) => {
        /// Says what this extension is; called once for each load.
        ///
        /// # Safety
        /// `info` is null or writable.
        #[unsafe(no_mangle)]
        #[allow(non_snake_case)]
        pub unsafe extern "system" fn GetExtensionVersion(
            info: *mut $crate::isapi_abi::VersionInfo,
        ) -> i32 {
            // SAFETY: the host passes a version block.
            unsafe { $crate::isapi::describe_extension(info, $name) }
        }

        /// Answers one request; called by many threads at once.
        ///
        /// # Safety
        /// `block` is the host's control block, valid until this returns.
        #[unsafe(no_mangle)]
        #[allow(non_snake_case)]
        pub unsafe extern "system" fn HttpExtensionProc(
            block: *mut $crate::isapi_abi::ExtensionControlBlock,
        ) -> u32 {
            // SAFETY: the host passes the block of this request.
            unsafe { $crate::isapi::run_extension(block, $body) }
        }

        /// Agrees to every unload.
        #[unsafe(no_mangle)]
        #[allow(non_snake_case)]
        pub extern "system" fn TerminateExtension(_flags: u32) -> i32 {
            1
        }
    };
}
