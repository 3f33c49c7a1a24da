//! The task allocator: memory that one side allocates and the other frees.
//!
//! It is the C library's, so that alignment is 16 bytes and C code may be told
//! to `free` what it received; which blocks are alive is kept (`blocks`), so that
//! a leak shows and a foreign block is told from an own one. A spy may be
//! registered that is asked before and after everything (`spy`).

mod blocks;
mod spy;

use core::ffi::c_void;
use core::ptr::null_mut;

pub use blocks::count as blocks;
pub use spy::{register as register_spy, revoke as revoke_spy};

use spy::spied;

/// `CoTaskMemAlloc`: `size` bytes, at least one; null when there is no memory.
pub fn alloc(size: usize) -> *mut c_void {
    spied(|spy| spy.alloc(size)).unwrap_or_else(|| blocks::alloc(size))
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
    // SAFETY: forwarded from the caller.
    unsafe {
        if size == 0 {
            free(memory);
            return null_mut();
        }
        spied(|spy| spy.realloc(memory, size)).unwrap_or_else(|| blocks::realloc(memory, size))
    }
}

/// `CoTaskMemFree`: null is allowed.
///
/// # Safety
/// `memory` is null or a live block of this allocator, and is not used again.
pub unsafe fn free(memory: *mut c_void) {
    if !memory.is_null() {
        // SAFETY: forwarded from the caller.
        unsafe { spied(|spy| spy.free(memory)).unwrap_or_else(|| blocks::free(memory)) };
    }
}

/// Bytes that were asked for when a block was allocated; `usize::MAX` for null, 0
/// for a block of somebody else.
pub fn size_of_block(memory: *mut c_void) -> usize {
    if memory.is_null() {
        return usize::MAX;
    }
    spied(|spy| spy.size(memory)).unwrap_or_else(|| blocks::size(memory).unwrap_or(0))
}

/// `IMalloc::DidAlloc`: 1 for a live block of this allocator, 0 for anything else,
/// -1 for null.
pub fn did_alloc(memory: *mut c_void) -> i32 {
    if memory.is_null() {
        return -1;
    }
    spied(|spy| spy.did_alloc(memory)).unwrap_or_else(|| blocks::is_own(memory).into())
}

/// Gives free memory back to the system.
pub fn minimize() {
    // SAFETY: a plain number.
    let trim = || unsafe {
        libc::malloc_trim(0);
    };
    spied(|spy| spy.minimize(trim)).unwrap_or_else(trim);
}
