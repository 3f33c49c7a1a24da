//! A stream in memory: what an interface travels in between two threads.
//!
//! Any thread may use it, one call at a time; its size is bounded.

use core::ffi::c_void;
use std::sync::{Mutex, MutexGuard, PoisonError};

use com_abi::codes::{E_INVALIDARG, E_POINTER, S_FALSE, S_OK, STG_E_READFAULT, STG_E_WRITEFAULT};
use com_abi::stream::{
    ISequentialStream_Impl, IStream, IStream_Impl, STREAM_SEEK_CUR, STREAM_SEEK_END,
    STREAM_SEEK_SET,
};
use com_abi::{HRESULT, class, new_interface};

/// Longest content, in bytes.
pub const MAX_STREAM_BYTES: u64 = 1 << 30;

#[derive(Default)]
struct Content {
    bytes: Vec<u8>,
    position: usize,
}

#[class(interfaces(IStream))]
struct MemoryStream(Mutex<Content>);

/// An empty stream.
///
/// # Errors
/// None in practice.
pub fn memory_stream() -> Result<IStream, HRESULT> {
    new_interface(MemoryStream(Mutex::default()))
}

impl MemoryStream {
    fn content(&self) -> MutexGuard<'_, Content> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ISequentialStream_Impl for MemoryStream {
    unsafe fn Read(&self, bytes: *mut c_void, size: u32, read: *mut u32) -> HRESULT {
        if bytes.is_null() {
            return E_POINTER;
        }
        let mut content = self.content();
        let position = content.position;
        let rest = content.bytes.get(position..).unwrap_or_default();
        let count = rest.len().min(size as usize);
        // SAFETY: the caller passes `size` writable bytes, and `read` null or
        // writable.
        unsafe {
            core::ptr::copy_nonoverlapping(rest.as_ptr(), bytes.cast(), count);
            if !read.is_null() {
                read.write(count as u32);
            }
        }
        content.position += count;
        if count == size as usize { S_OK } else { S_FALSE }
    }

    unsafe fn Write(&self, bytes: *const c_void, size: u32, written: *mut u32) -> HRESULT {
        if bytes.is_null() && size > 0 {
            return E_POINTER;
        }
        let mut content = self.content();
        let (start, end) = (content.position, content.position + size as usize);
        if end as u64 > MAX_STREAM_BYTES {
            return STG_E_WRITEFAULT;
        }
        if content.bytes.len() < end {
            content.bytes.resize(end, 0);
        }
        if let Some(place) = content.bytes.get_mut(start..end) {
            // SAFETY: the caller passes `size` readable bytes; the place has as
            // many.
            unsafe {
                core::ptr::copy_nonoverlapping(bytes.cast(), place.as_mut_ptr(), size as usize);
            }
        }
        content.position = end;
        if !written.is_null() {
            // SAFETY: the caller passes a writable place.
            unsafe { written.write(size) };
        }
        S_OK
    }
}

impl IStream_Impl for MemoryStream {
    unsafe fn Seek(&self, by: i64, origin: u32, position: *mut u64) -> HRESULT {
        let mut content = self.content();
        let from = match origin {
            STREAM_SEEK_SET => 0,
            STREAM_SEEK_CUR => content.position as u64,
            STREAM_SEEK_END => content.bytes.len() as u64,
            _ => return E_INVALIDARG,
        };
        let to = from.checked_add_signed(by).filter(|to| *to <= MAX_STREAM_BYTES);
        let Some(to) = to else { return E_INVALIDARG };
        content.position = to as usize;
        if !position.is_null() {
            // SAFETY: the caller passes a writable place.
            unsafe { position.write(to) };
        }
        S_OK
    }

    unsafe fn SetSize(&self, size: u64) -> HRESULT {
        if size > MAX_STREAM_BYTES {
            return STG_E_WRITEFAULT;
        }
        self.content().bytes.resize(size as usize, 0);
        S_OK
    }
}

/// Reads exactly `N` bytes.
///
/// # Errors
/// `STG_E_READFAULT` when there are fewer; the stream's.
pub fn read_exact<const N: usize>(stream: &IStream) -> Result<[u8; N], HRESULT> {
    let mut bytes = [0u8; N];
    let mut done = 0;
    while done < N {
        let mut count = 0;
        let place = bytes.get_mut(done..).unwrap_or_default();
        // SAFETY: the place has that many writable bytes.
        let code =
            unsafe { stream.Read(place.as_mut_ptr().cast(), place.len() as u32, &mut count) };
        if code.is_err() {
            return Err(code);
        }
        if count == 0 {
            return Err(STG_E_READFAULT);
        }
        done += (count as usize).min(N - done);
    }
    Ok(bytes)
}

/// Writes all bytes.
///
/// # Errors
/// `STG_E_WRITEFAULT` when the stream takes fewer; the stream's.
pub fn write_all(stream: &IStream, bytes: &[u8]) -> Result<(), HRESULT> {
    let mut written = 0;
    // SAFETY: that many readable bytes and a writable place.
    let code = unsafe { stream.Write(bytes.as_ptr().cast(), bytes.len() as u32, &mut written) };
    match code {
        code if code.is_err() => Err(code),
        _ if written as usize == bytes.len() => Ok(()),
        _ => Err(STG_E_WRITEFAULT),
    }
}

/// Goes to a position from the beginning.
///
/// # Errors
/// The stream's.
pub fn seek(stream: &IStream, position: u64) -> Result<(), HRESULT> {
    let to = i64::try_from(position).map_err(|_| E_INVALIDARG)?;
    // SAFETY: null is allowed for the answer.
    let code = unsafe { stream.Seek(to, STREAM_SEEK_SET, core::ptr::null_mut()) };
    if code.is_err() { Err(code) } else { Ok(()) }
}

/// Where the stream is.
///
/// # Errors
/// The stream's.
pub fn position(stream: &IStream) -> Result<u64, HRESULT> {
    let mut position = 0;
    // SAFETY: a writable place.
    let code = unsafe { stream.Seek(0, STREAM_SEEK_CUR, &mut position) };
    if code.is_err() { Err(code) } else { Ok(position) }
}

/// All that was written to a stream.
///
/// # Errors
/// The stream's; `STG_E_READFAULT` for one that is too long.
pub fn contents(stream: &IStream) -> Result<Vec<u8>, HRESULT> {
    let mut end = 0;
    // SAFETY: a writable place.
    let code = unsafe { stream.Seek(0, STREAM_SEEK_END, &mut end) };
    if code.is_err() {
        return Err(code);
    }
    seek(stream, 0)?;
    let size = u32::try_from(end).map_err(|_| STG_E_READFAULT)?;
    let (mut bytes, mut read) = (vec![0; size as usize], 0);
    // SAFETY: that many writable bytes and a writable place.
    let code = unsafe { stream.Read(bytes.as_mut_ptr().cast(), size, &mut read) };
    if code.is_err() { Err(code) } else { Ok(bytes) }
}
