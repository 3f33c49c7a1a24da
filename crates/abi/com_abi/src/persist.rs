//! `IPersist` and what derives from it: objects that keep themselves in a stream
//! or a file.

use core::ffi::c_void;

use windows_core::{GUID, HRESULT, IUnknown};

use crate::codes::{E_NOTIMPL, S_FALSE, S_OK};

/// An object with a class.
#[crate::interface("0000010C-0000-0000-C000-000000000046")]
pub unsafe trait IPersist: IUnknown {
    /// The class that can load what the object saves.
    unsafe fn GetClassID(&self, clsid: *mut GUID) -> HRESULT;
}

/// An object that keeps itself in a stream.
#[crate::interface("00000109-0000-0000-C000-000000000046")]
pub unsafe trait IPersistStream: IPersist {
    /// `S_OK` when it was changed since it was saved, else `S_FALSE`.
    unsafe fn IsDirty(&self) -> HRESULT {
        S_FALSE
    }
    /// Becomes what the stream has.
    unsafe fn Load(&self, stream: *mut c_void) -> HRESULT;
    /// Writes itself to the stream.
    unsafe fn Save(&self, stream: *mut c_void, clear: i32) -> HRESULT;
    /// Most bytes that `Save` writes.
    unsafe fn GetSizeMax(&self, size: *mut u64) -> HRESULT;
}

/// An object that keeps itself in a file.
#[crate::interface("0000010B-0000-0000-C000-000000000046")]
pub unsafe trait IPersistFile: IPersist {
    /// `S_OK` when it was changed since it was saved, else `S_FALSE`.
    unsafe fn IsDirty(&self) -> HRESULT {
        S_FALSE
    }
    /// Becomes what the file has.
    unsafe fn Load(&self, file: *const u16, mode: u32) -> HRESULT;
    /// Writes itself to the file.
    unsafe fn Save(&self, file: *const u16, remember: i32) -> HRESULT {
        E_NOTIMPL
    }
    /// The file may be written again.
    unsafe fn SaveCompleted(&self, file: *const u16) -> HRESULT {
        S_OK
    }
    /// The object's file.
    unsafe fn GetCurFile(&self, file: *mut *mut u16) -> HRESULT {
        E_NOTIMPL
    }
}
