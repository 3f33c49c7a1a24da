//! The C side of a call: the block's memory, its functions, and the numbers by
//! which extensions name their requests.
//!
//! # Protocol
//! A worker owns a slot of one static array (its [`Booth`] holds it). For a call it puts a pointer to
//! its session there with a new generation; the connection id is slot and
//! generation in one number, so an id that is made up or outlives its request
//! finds nothing. Whoever uses the pointer holds the slot's lock all the while,
//! and the worker clears it under the same lock before the session goes: a
//! thread of the extension that is still in a function makes the worker wait.
//! The functions can be called from any thread, one at a time.
//!
//! Each function checks its pointers, catches panics and turns errors into the
//! thread's last error.

use std::ffi::{CStr, c_char, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};

use http1::BodyFraming;
use isapi_abi::{
    ERROR_INSUFFICIENT_BUFFER, ERROR_INVALID_PARAMETER, ExtensionControlBlock, HConn, HSE_IO_ASYNC,
    HSE_LOG_BUFFER_LEN, HSE_REQ_SEND_RESPONSE_HEADER, HSE_REQ_SEND_RESPONSE_HEADER_EX,
    HSE_REQ_SEND_URL_REDIRECT_RESP, HSE_VERSION, SendHeaderExInfo,
};

use super::{MAX_URL_BYTES, Session};
use crate::extension::Inside;
use crate::thread_runtime;

/// Workers of all hosts in the process together.
pub const MAX_SLOTS: usize = 1024;
/// Last error after a fault of our own.
const ERROR_INTERNAL_ERROR: u32 = 1359;
/// Length of a body that is not known.
const UNKNOWN_LENGTH: u32 = u32::MAX;

struct Current {
    taken: bool,
    generation: u32,
    session: *mut Session<'static, 'static>,
}

// SAFETY: the pointer is only used under the lock, while its session lives.
unsafe impl Send for Current {}

/// A slot, on a cache line of its own: its worker takes the lock in every call.
#[repr(align(128))]
struct Place(Mutex<Current>);

const EMPTY: Current = Current { taken: false, generation: 0, session: std::ptr::null_mut() };

static SLOTS: [Place; MAX_SLOTS] = [const { Place(Mutex::new(EMPTY)) }; MAX_SLOTS];

fn lock(index: usize) -> Option<MutexGuard<'static, Current>> {
    Some(SLOTS.get(index)?.0.lock().unwrap_or_else(PoisonError::into_inner))
}

/// What a worker needs to call extensions: its slot, and memory that it uses
/// again for each call.
#[derive(Debug)]
pub struct Booth {
    slot: usize,
    /// Body bytes for the block.
    pub preload: Vec<u8>,
    texts: Texts,
}

impl Booth {
    /// Takes a slot; `None` when all are taken.
    pub fn take() -> Option<Self> {
        for slot in 0..MAX_SLOTS {
            if let Some(mut current) = lock(slot)
                && !current.taken
            {
                current.taken = true;
                return Some(Self { slot, preload: Vec::new(), texts: Texts::default() });
            }
        }
        None
    }
}

impl Drop for Booth {
    fn drop(&mut self) {
        if let Some(mut current) = lock(self.slot) {
            current.taken = false;
        }
    }
}

/// A session that can be reached by its id; dropping it ends that.
struct Published {
    slot: usize,
    id: HConn,
}

impl Published {
    fn new(slot: usize, session: &mut Session<'_, '_>) -> Self {
        let mut generation = 0;
        if let Some(mut current) = lock(slot) {
            current.generation = current.generation.wrapping_add(1).max(1);
            current.session = std::ptr::from_mut(session).cast();
            generation = current.generation;
        }
        let id = (generation as usize) << 32 | (slot + 1);
        Self { slot, id: std::ptr::without_provenance_mut(id) }
    }
}

impl Drop for Published {
    fn drop(&mut self) {
        if let Some(mut current) = lock(self.slot) {
            current.session = std::ptr::null_mut();
        }
    }
}

/// Calls `work` with the session of an id; `None` when there is none.
fn with_session<T>(id: HConn, work: impl FnOnce(&mut Session<'_, '_>) -> T) -> Option<T> {
    let number = id.addr();
    let index = (number & 0xFFFF_FFFF).checked_sub(1)?;
    let current = lock(index)?;
    let session = current.session;
    if current.generation as usize != number >> 32 || session.is_null() {
        return None;
    }
    // SAFETY: not null, so published; its worker clears it under this lock
    // before the session goes, and does not use it meanwhile.
    Some(work(unsafe { &mut *session }))
}

/// What every function does around its work.
fn entered(id: HConn, work: impl FnOnce(&mut Session<'_, '_>) -> Result<(), u32>) -> i32 {
    let code = match catch_unwind(AssertUnwindSafe(|| with_session(id, work))) {
        Ok(Some(Ok(()))) => return 1,
        Ok(Some(Err(code))) => code,
        Ok(None) => ERROR_INVALID_PARAMETER,
        Err(_) => ERROR_INTERNAL_ERROR,
    };
    thread_runtime::set_last_error(code);
    0
}

/// # Safety
/// `text` is null or zero-ended.
unsafe fn text<'a>(text: *const c_char) -> &'a [u8] {
    if text.is_null() {
        return &[];
    }
    // SAFETY: not null, zero-ended by the caller.
    unsafe { CStr::from_ptr(text) }.to_bytes()
}

/// # Safety
/// `text` is null, or `count` bytes or (with 0) zero-ended.
unsafe fn counted<'a>(start: *const c_char, count: u32) -> &'a [u8] {
    if start.is_null() || count == 0 {
        // SAFETY: null or zero-ended by the caller.
        return unsafe { text(start) };
    }
    // SAFETY: that many bytes by the caller.
    let bytes = unsafe { std::slice::from_raw_parts(start.cast::<u8>(), count as usize) };
    // A count that includes the zero is common.
    bytes.split(|&b| b == 0).next().unwrap_or_default()
}

unsafe extern "system" fn get_server_variable(
    id: HConn,
    name: *mut c_char,
    buffer: *mut c_void,
    size: *mut u32,
) -> i32 {
    entered(id, |session| {
        if name.is_null() || size.is_null() {
            return Err(ERROR_INVALID_PARAMETER);
        }
        // SAFETY: not null; zero-ended by the contract.
        let name = unsafe { text(name) };
        let value = session.variable(name)?;
        let needed = u32::try_from(value.len()).map_err(|_| ERROR_INVALID_PARAMETER)?;
        // SAFETY: not null; a size by the contract.
        let room = unsafe { size.read_unaligned() };
        // SAFETY: as above.
        unsafe { size.write_unaligned(needed) };
        if room < needed || buffer.is_null() {
            session.announced = Some((name.to_vec(), value));
            return Err(ERROR_INSUFFICIENT_BUFFER);
        }
        // SAFETY: the buffer has `room` bytes by the contract, and `needed` fit.
        unsafe { buffer.cast::<u8>().copy_from_nonoverlapping(value.as_ptr(), value.len()) };
        Ok(())
    })
}

unsafe extern "system" fn read_client(id: HConn, buffer: *mut c_void, size: *mut u32) -> i32 {
    entered(id, |session| {
        if size.is_null() {
            return Err(ERROR_INVALID_PARAMETER);
        }
        // SAFETY: not null; a size by the contract.
        let room = unsafe { size.read_unaligned() } as usize;
        if buffer.is_null() && room > 0 {
            return Err(ERROR_INVALID_PARAMETER);
        }
        let bytes = match room {
            0 => &mut [],
            // SAFETY: not null; that many bytes by the contract.
            _ => unsafe { std::slice::from_raw_parts_mut(buffer.cast::<u8>(), room) },
        };
        let count = session.read(bytes)?;
        // SAFETY: as above; never more than the size that was given.
        unsafe { size.write_unaligned(count as u32) };
        Ok(())
    })
}

unsafe extern "system" fn write_client(
    id: HConn,
    buffer: *mut c_void,
    size: *mut u32,
    flags: u32,
) -> i32 {
    entered(id, |session| {
        if size.is_null() || flags & HSE_IO_ASYNC != 0 {
            return Err(ERROR_INVALID_PARAMETER);
        }
        // SAFETY: not null; a size by the contract.
        let count = unsafe { size.read_unaligned() } as usize;
        if count == 0 {
            return Ok(());
        }
        if buffer.is_null() {
            return Err(ERROR_INVALID_PARAMETER);
        }
        // SAFETY: not null; that many bytes by the contract.
        let bytes = unsafe { std::slice::from_raw_parts(buffer.cast::<u8>(), count) };
        let taken = session.write(bytes)?;
        // SAFETY: as above; never more than the size that was given.
        unsafe { size.write_unaligned(taken as u32) };
        Ok(())
    })
}

unsafe extern "system" fn server_support_function(
    id: HConn,
    code: u32,
    buffer: *mut c_void,
    size: *mut u32,
    kind: *mut u32,
) -> i32 {
    entered(id, |session| match code {
        HSE_REQ_SEND_URL_REDIRECT_RESP => {
            if buffer.is_null() {
                return Err(ERROR_INVALID_PARAMETER);
            }
            // SAFETY: a size or null by the contract.
            let count = if size.is_null() { 0 } else { unsafe { size.read_unaligned() } };
            let count = count.min(MAX_URL_BYTES as u32 + 1);
            // SAFETY: not null; counted or zero-ended by the contract.
            session.redirect(unsafe { counted(buffer.cast(), count) })
        }
        HSE_REQ_SEND_RESPONSE_HEADER => {
            // SAFETY: both null or zero-ended by the contract.
            let (status, block) = unsafe { (text(buffer.cast()), text(kind.cast())) };
            session.send_head(status, block, true)
        }
        HSE_REQ_SEND_RESPONSE_HEADER_EX => {
            if buffer.is_null() {
                return Err(ERROR_INVALID_PARAMETER);
            }
            // SAFETY: not null; this structure by the contract.
            let info = unsafe { buffer.cast::<SendHeaderExInfo>().read_unaligned() };
            // SAFETY: counted or zero-ended by the contract.
            let status = unsafe { counted(info.pszStatus, info.cchStatus) };
            // Body bytes behind the head may be zeros, so a given count is taken
            // as it is.
            let block = if info.pszHeader.is_null() || info.cchHeader == 0 {
                // SAFETY: null or zero-ended by the contract.
                unsafe { text(info.pszHeader) }
            } else {
                // SAFETY: not null; that many bytes by the contract.
                unsafe {
                    std::slice::from_raw_parts(info.pszHeader.cast(), info.cchHeader as usize)
                }
            };
            session.send_head(status, block, info.fKeepConn != 0)
        }
        _ => Err(ERROR_INVALID_PARAMETER),
    })
}

/// Zero-ended texts in one piece of memory.
#[derive(Debug, Default)]
struct Texts {
    bytes: Vec<u8>,
}

impl Texts {
    /// Adds a text; where it begins. A zero inside cannot come from a parsed
    /// head; if it did, the text would end there as in C.
    fn add(&mut self, parts: &[&str]) -> usize {
        let at = self.bytes.len();
        parts.iter().for_each(|part| self.bytes.extend_from_slice(part.as_bytes()));
        self.bytes.push(0);
        at
    }

    fn add_bytes(&mut self, text: &[u8]) -> usize {
        let at = self.bytes.len();
        self.bytes.extend_from_slice(text);
        self.bytes.push(0);
        at
    }
}

/// Builds the block, calls the extension; its return code, log status and log
/// text.
pub fn run(
    booth: &mut Booth,
    inside: &Inside<'_>,
    session: &mut Session<'_, '_>,
) -> (u32, u32, String) {
    let request = session.request;
    let head = request.head;
    let total = match head.framing() {
        BodyFraming::None => 0,
        BodyFraming::Length(length) => u32::try_from(length).unwrap_or(UNKNOWN_LENGTH),
        BodyFraming::Chunked => UNKNOWN_LENGTH,
    };
    let available = booth.preload.len() as u32;
    booth.preload.push(0);
    let content_type = head.header("content-type").unwrap_or_default();
    let texts = &mut booth.texts;
    texts.bytes.clear();
    let places = [
        texts.add(&[head.method()]),
        texts.add(&[request.target.query()]),
        texts.add(&[request.path_info]),
        texts.add(&request.path_translated()),
        texts.add_bytes(content_type),
    ];
    let base: *mut c_char = texts.bytes.as_mut_ptr().cast();
    let [method, query, path_info, path_translated, content_type] =
        places.map(|at| base.wrapping_add(at));
    let published = Published::new(booth.slot, session);
    let mut block = ExtensionControlBlock {
        cbSize: size_of::<ExtensionControlBlock>() as u32,
        dwVersion: HSE_VERSION,
        ConnID: published.id,
        dwHttpStatusCode: 0,
        lpszLogData: [0; HSE_LOG_BUFFER_LEN],
        lpszMethod: method,
        lpszQueryString: query,
        lpszPathInfo: path_info,
        lpszPathTranslated: path_translated,
        cbTotalBytes: total,
        cbAvailable: available,
        lpbData: booth.preload.as_mut_ptr(),
        lpszContentType: content_type,
        GetServerVariable: get_server_variable,
        WriteClient: write_client,
        ReadClient: read_client,
        ServerSupportFunction: server_support_function,
    };
    thread_runtime::set_last_error(0);
    let code = inside.call(&mut block);
    drop(published);
    let log: Vec<u8> =
        block.lpszLogData.iter().map(|&c| c.cast_unsigned()).take_while(|&b| b != 0).collect();
    (code, block.dwHttpStatusCode, String::from_utf8_lossy(&log).into_owned())
}
