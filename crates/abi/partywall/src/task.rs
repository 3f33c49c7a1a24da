//! Memory that one side allocates and the other frees (`CoTaskMem…`).

use core::ffi::c_void;

use com_abi::WideString;

use crate::ffi::{CoTaskMemAlloc, CoTaskMemFree};

/// A zeroed array of `count` items; null when there is no memory or the size
/// overflows. `T` must be valid when all its bytes are zero.
pub fn zeroed_array<T: Copy>(count: usize) -> *mut T {
    const { assert!(align_of::<T>() <= 16) };
    let Some(size) = count.checked_mul(size_of::<T>()) else { return core::ptr::null_mut() };
    // SAFETY: any size may be asked for; the answer is null or at least that large.
    unsafe {
        let memory = CoTaskMemAlloc(size.max(1));
        if !memory.is_null() {
            core::ptr::write_bytes(memory.cast::<u8>(), 0, size.max(1));
        }
        memory.cast()
    }
}

/// The text as a zero-ended UTF-16 string; null when there is no memory.
pub fn string(text: &str) -> *mut u16 {
    array(WideString::new(text).units())
}

/// A copy of `items`; null when there is no memory.
pub fn array<T: Copy>(items: &[T]) -> *mut T {
    let memory = zeroed_array::<T>(items.len());
    if !memory.is_null() {
        // SAFETY: fresh memory of that many items.
        unsafe { core::ptr::copy_nonoverlapping(items.as_ptr(), memory, items.len()) };
    }
    memory
}

/// Frees memory of this module or of a callee; null is allowed.
///
/// # Safety
/// `memory` came from `CoTaskMemAlloc` and is not used again.
pub unsafe fn free<T>(memory: *mut T) {
    // SAFETY: forwarded from the caller.
    unsafe { CoTaskMemFree(memory.cast::<c_void>()) };
}
