//! The loader, the event descriptor of feeds, and the functions of buffers that
//! providers are given.

use core::ffi::{CStr, c_void};
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use extended_mapi::{buffer, free, more};
use mapi_abi::codes::Code;

/// Loads a library; answers the loader's handle, or its sentence.
pub fn open_library(path: &CStr) -> Result<usize, String> {
    // SAFETY: a zero-ended path. The library's initialisers run; that is what
    // loading code means.
    let handle = unsafe { libc::dlopen(path.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
    if !handle.is_null() {
        return Ok(handle as usize);
    }
    // SAFETY: answers null or a zero-ended text that is this thread's own.
    let says = unsafe {
        let text = libc::dlerror();
        (!text.is_null()).then(|| CStr::from_ptr(text).to_string_lossy().into_owned())
    };
    Err(says.unwrap_or_else(|| "the loader gives no reason".into()))
}

/// Address of an exported symbol.
pub fn find_symbol(handle: usize, name: &CStr) -> Option<*mut c_void> {
    // SAFETY: a handle of `open_library`, which is never closed, and a zero-ended
    // name.
    let symbol = unsafe { libc::dlsym(handle as *mut c_void, name.as_ptr()) };
    (!symbol.is_null()).then_some(symbol)
}

/// A descriptor that is readable after it was told something.
#[derive(Debug)]
pub struct Event(OwnedFd);

impl Event {
    /// A new one, with nothing told.
    ///
    /// # Errors
    /// There are no descriptors left.
    pub fn new() -> std::io::Result<Self> {
        // SAFETY: no pointers; an answered descriptor is ours.
        unsafe {
            let event = libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK);
            if event < 0 {
                return Err(std::io::Error::last_os_error());
            }
            Ok(Self(OwnedFd::from_raw_fd(event)))
        }
    }

    /// Makes it readable.
    pub fn tell(&self) {
        let one = 1u64;
        // SAFETY: eight readable bytes. It can only fail because it is told enough.
        unsafe { libc::write(self.0.as_raw_fd(), (&raw const one).cast(), 8) };
    }

    /// Makes it unreadable until it is told again.
    pub fn forget(&self) {
        let mut count = 0u64;
        // SAFETY: eight writable bytes. It can only fail because nothing was told.
        unsafe { libc::read(self.0.as_raw_fd(), (&raw mut count).cast(), 8) };
    }

    /// The descriptor.
    pub fn descriptor(&self) -> BorrowedFd<'_> {
        use std::os::fd::AsFd;
        self.0.as_fd()
    }
}

/// `MAPIAllocateBuffer`, as providers are given it.
///
/// # Safety
/// `place` is null or writable.
pub unsafe extern "system" fn allocate_buffer(size: u32, place: *mut *mut c_void) -> i32 {
    if place.is_null() {
        return Code::INVALID_PARAMETER.0;
    }
    let start = buffer(size as usize);
    // SAFETY: checked for null; the caller passes a writable place.
    unsafe { place.write(start.cast()) };
    if start.is_null() { Code::NOT_ENOUGH_MEMORY.0 } else { 0 }
}

/// `MAPIAllocateMore`, as providers are given it.
///
/// # Safety
/// `base` is null or a live buffer that no other thread uses now; `place` is null
/// or writable.
pub unsafe extern "system" fn allocate_more(
    size: u32,
    base: *mut c_void,
    place: *mut *mut c_void,
) -> i32 {
    if place.is_null() || base.is_null() {
        return Code::INVALID_PARAMETER.0;
    }
    // SAFETY: forwarded from the caller.
    let start = unsafe { more(size as usize, base.cast()) };
    // SAFETY: checked for null; the caller passes a writable place.
    unsafe { place.write(start.cast()) };
    if start.is_null() { Code::NOT_ENOUGH_MEMORY.0 } else { 0 }
}

/// `MAPIFreeBuffer`, as providers are given it.
///
/// # Safety
/// `start` is null or a live buffer, not used again.
pub unsafe extern "system" fn free_buffer(start: *mut c_void) -> u32 {
    // SAFETY: forwarded from the caller.
    if unsafe { free(start.cast()) } { 0 } else { Code::INVALID_PARAMETER.0 as u32 }
}
