//! `ISequentialStream` and `IStream`: what marshaled interfaces are written to.

#![allow(missing_docs)]

use core::ffi::c_void;

use windows_core::{HRESULT, IUnknown};

use crate::codes::E_NOTIMPL;

/// `Seek`: from the beginning.
pub const STREAM_SEEK_SET: u32 = 0;
/// `Seek`: from where the stream is.
pub const STREAM_SEEK_CUR: u32 = 1;
/// `Seek`: from the end.
pub const STREAM_SEEK_END: u32 = 2;

/// Bytes one after the other.
#[crate::interface("0C733A30-2A1C-11CE-ADE5-00AA0044773D")]
pub unsafe trait ISequentialStream: IUnknown {
    /// Reads at most `size` bytes; `S_FALSE` when there were fewer.
    unsafe fn Read(&self, bytes: *mut c_void, size: u32, read: *mut u32) -> HRESULT;
    /// Writes `size` bytes.
    unsafe fn Write(&self, bytes: *const c_void, size: u32, written: *mut u32) -> HRESULT;
}

/// Bytes with a position. Methods that a stream does not have answer
/// `E_NOTIMPL`.
#[crate::interface("0000000C-0000-0000-C000-000000000046")]
pub unsafe trait IStream: ISequentialStream {
    /// Moves the position by `by` from `origin` (`STREAM_SEEK_*`).
    unsafe fn Seek(&self, by: i64, origin: u32, position: *mut u64) -> HRESULT {
        E_NOTIMPL
    }
    /// Sets the length.
    unsafe fn SetSize(&self, size: u64) -> HRESULT {
        E_NOTIMPL
    }
    unsafe fn CopyTo(
        &self,
        stream: *mut c_void,
        size: u64,
        read: *mut u64,
        written: *mut u64,
    ) -> HRESULT {
        E_NOTIMPL
    }
    unsafe fn Commit(&self, flags: u32) -> HRESULT {
        E_NOTIMPL
    }
    unsafe fn Revert(&self) -> HRESULT {
        E_NOTIMPL
    }
    unsafe fn LockRegion(&self, offset: u64, size: u64, kind: u32) -> HRESULT {
        E_NOTIMPL
    }
    unsafe fn UnlockRegion(&self, offset: u64, size: u64, kind: u32) -> HRESULT {
        E_NOTIMPL
    }
    unsafe fn Stat(&self, stat: *mut c_void, flags: u32) -> HRESULT {
        E_NOTIMPL
    }
    unsafe fn Clone(&self, stream: *mut *mut c_void) -> HRESULT {
        E_NOTIMPL
    }
}
