//! The task allocator: memory that one side allocates and the other frees.
//!
//! It is the C library's, so that alignment is 16 bytes and C code may be told
//! to `free` what it received; counts are kept so that a leak shows.

use core::ffi::c_void;
use std::sync::atomic::{AtomicI64, Ordering};

static BLOCKS: AtomicI64 = AtomicI64::new(0);

/// Blocks that are allocated now.
pub fn blocks() -> i64 {
    BLOCKS.load(Ordering::Relaxed)
}

/// `CoTaskMemAlloc`: `size` bytes, at least one; null when there is no memory.
pub fn alloc(size: usize) -> *mut c_void {
    // SAFETY: any size may be asked for.
    let memory = unsafe { libc::malloc(size.max(1)) };
    if !memory.is_null() {
        BLOCKS.fetch_add(1, Ordering::Relaxed);
    }
    memory
}

/// `CoTaskMemRealloc`: a null `memory` allocates, a zero `size` frees.
///
/// # Safety
/// `memory` is null or a live block of this allocator; after success only the
/// answer may be used.
pub unsafe fn realloc(memory: *mut c_void, size: usize) -> *mut c_void {
    if memory.is_null() {
        return alloc(size);
    }
    if size == 0 {
        // SAFETY: forwarded from the caller.
        unsafe { free(memory) };
        return core::ptr::null_mut();
    }
    // SAFETY: forwarded from the caller.
    unsafe { libc::realloc(memory, size) }
}

/// `CoTaskMemFree`: null is allowed.
///
/// # Safety
/// `memory` is null or a live block of this allocator, and is not used again.
pub unsafe fn free(memory: *mut c_void) {
    if !memory.is_null() {
        // SAFETY: forwarded from the caller.
        unsafe { libc::free(memory) };
        BLOCKS.fetch_sub(1, Ordering::Relaxed);
    }
}
