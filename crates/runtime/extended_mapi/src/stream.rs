//! A property as a stream: the value in memory, given back on `Commit`.

use core::ffi::c_void;
use std::sync::{Mutex, MutexGuard, PoisonError};

use com_abi::stream::{ISequentialStream_Impl, IStream, IStream_Impl};
use com_abi::{GUID, HRESULT, Interface, class};
use mapi_abi::codes::{Code, Failure};

use crate::context::object;
use crate::last_error::guarded;

/// Largest stream, in bytes.
pub const MAX_STREAM_BYTES: usize = 1 << 30;

/// `STATSTG`, what `Stat` answers; only kind and size are said.
#[repr(C)]
#[derive(Clone, Copy, Default)]
struct StreamStat {
    name: usize,
    kind: u32,
    size: u64,
    times: [i64; 3],
    mode: u32,
    locks: u32,
    class: GUID,
    state: u32,
    reserved: u32,
}

const STGTY_STREAM: u32 = 2;
const _: () = assert!(size_of::<StreamStat>() == 80);

/// Takes a value when the stream is committed.
pub type Commit = Box<dyn Fn(Vec<u8>) -> Result<(), Failure> + Send + Sync>;

struct State {
    bytes: Vec<u8>,
    position: usize,
    is_changed: bool,
}

#[class(interfaces(IStream))]
struct PropertyStream {
    state: Mutex<State>,
    commit: Option<Commit>,
}

/// A stream over `bytes`, with a reference; without `commit` it can only be read.
pub fn stream_object(bytes: Vec<u8>, commit: Option<Commit>) -> Result<*mut c_void, Failure> {
    let state = Mutex::new(State { bytes, position: 0, is_changed: false });
    object::<PropertyStream, IStream>(PropertyStream { state, commit })
}

impl PropertyStream {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn writable(&self) -> Result<(), Failure> {
        match self.commit {
            Some(_) => Ok(()),
            None => Err(Failure::new(Code::NO_ACCESS, "the stream was opened for reading only")),
        }
    }

    fn give_back(&self) -> Result<(), Failure> {
        let bytes = {
            let mut state = self.lock();
            if !std::mem::take(&mut state.is_changed) {
                return Ok(());
            }
            state.bytes.clone()
        };
        match &self.commit {
            Some(commit) => commit(bytes),
            None => Ok(()),
        }
    }
}

impl Drop for PropertyStream {
    fn drop(&mut self) {
        // What was written and not committed counts when the stream is let go.
        if let Err(failure) = self.give_back() {
            observe::warn!("mapi", "a stream that was let go: {failure}");
        }
    }
}

fn too_big() -> Failure {
    let says = format!("a stream has at most {MAX_STREAM_BYTES} bytes");
    Failure::new(Code::TOO_BIG, says)
}

impl ISequentialStream_Impl for PropertyStream {
    unsafe fn Read(&self, bytes: *mut c_void, size: u32, read: *mut u32) -> HRESULT {
        guarded("Read", || {
            let mut state = self.lock();
            let left = state.bytes.get(state.position..).unwrap_or_default();
            let taken = left.len().min(size as usize);
            if taken > 0 {
                if bytes.is_null() {
                    return Err(Failure::new(Code::INVALID_PARAMETER, "there is no place"));
                }
                // SAFETY: `size` writable bytes of the caller's.
                unsafe { core::ptr::copy_nonoverlapping(left.as_ptr(), bytes.cast(), taken) };
            }
            state.position += taken;
            // SAFETY: null or writable.
            unsafe { crate::context::optional(read, taken as u32) };
            Ok(())
        })
    }

    unsafe fn Write(&self, bytes: *const c_void, size: u32, written: *mut u32) -> HRESULT {
        guarded("Write", || {
            self.writable()?;
            if bytes.is_null() && size > 0 {
                return Err(Failure::new(Code::INVALID_PARAMETER, "there are no bytes"));
            }
            let mut state = self.lock();
            let end = state.position.saturating_add(size as usize);
            if end > MAX_STREAM_BYTES {
                return Err(too_big());
            }
            if state.bytes.len() < end {
                state.bytes.resize(end, 0);
            }
            let at = state.position;
            if size > 0 {
                // SAFETY: `size` readable bytes of the caller's.
                let given = unsafe { core::slice::from_raw_parts(bytes.cast(), size as usize) };
                state.bytes[at..end].copy_from_slice(given);
            }
            state.position = end;
            state.is_changed = true;
            // SAFETY: null or writable.
            unsafe { crate::context::optional(written, size) };
            Ok(())
        })
    }
}

impl IStream_Impl for PropertyStream {
    unsafe fn Seek(&self, by: i64, origin: u32, position: *mut u64) -> HRESULT {
        guarded("Seek", || {
            let mut state = self.lock();
            let from = match origin {
                0 => 0,
                1 => state.position as i64,
                2 => state.bytes.len() as i64,
                _ => return Err(Failure::new(Code::INVALID_PARAMETER, "no such origin")),
            };
            let wanted = from.checked_add(by).and_then(|at| usize::try_from(at).ok());
            let wanted = wanted.filter(|at| *at <= MAX_STREAM_BYTES).ok_or_else(too_big)?;
            state.position = wanted;
            // SAFETY: null or writable.
            unsafe { crate::context::optional(position, wanted as u64) };
            Ok(())
        })
    }

    unsafe fn SetSize(&self, size: u64) -> HRESULT {
        guarded("SetSize", || {
            self.writable()?;
            let size = usize::try_from(size).ok().filter(|size| *size <= MAX_STREAM_BYTES);
            let size = size.ok_or_else(too_big)?;
            let mut state = self.lock();
            state.bytes.resize(size, 0);
            state.is_changed = true;
            Ok(())
        })
    }

    unsafe fn CopyTo(
        &self,
        stream: *mut c_void,
        size: u64,
        read: *mut u64,
        written: *mut u64,
    ) -> HRESULT {
        guarded("CopyTo", || {
            let part = {
                let mut state = self.lock();
                let left = state.bytes.get(state.position..).unwrap_or_default();
                let taken = usize::try_from(size).unwrap_or(usize::MAX).min(left.len());
                let part = left[..taken].to_vec();
                state.position += taken;
                part
            };
            // SAFETY: null or a stream of the caller's.
            let target = unsafe { IStream::from_raw_borrowed(&stream) };
            let target = target
                .ok_or_else(|| Failure::new(Code::INVALID_PARAMETER, "there is no target"))?;
            let mut done = 0;
            // SAFETY: so many readable bytes and a writable place.
            let code = unsafe { target.Write(part.as_ptr().cast(), part.len() as u32, &mut done) };
            if code.is_err() {
                return Err(Failure::new(Code(code.0), "the target refused the bytes"));
            }
            // SAFETY: null or writable.
            unsafe {
                crate::context::optional(read, part.len() as u64);
                crate::context::optional(written, u64::from(done));
            }
            Ok(())
        })
    }

    unsafe fn Stat(&self, place: *mut c_void, _flags: u32) -> HRESULT {
        guarded("Stat", || {
            let size = self.lock().bytes.len() as u64;
            let stat = StreamStat { kind: STGTY_STREAM, size, ..StreamStat::default() };
            // SAFETY: null or writable.
            unsafe { crate::context::answer(place.cast(), stat) }
        })
    }

    unsafe fn Commit(&self, _flags: u32) -> HRESULT {
        guarded("Commit", || {
            self.writable()?;
            self.give_back()
        })
    }
}
