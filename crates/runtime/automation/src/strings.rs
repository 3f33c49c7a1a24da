//! `BSTR` memory.
//!
//! A block is a word of padding, the length in bytes, the content, and zeros
//! for the terminator: eight bytes in front keep the content aligned for every
//! use. The length is at most [`MAX_STRING_BYTES`].

use std::sync::atomic::{AtomicI64, Ordering};

/// The longest string in bytes; with its header it stays below 2 GiB.
pub const MAX_STRING_BYTES: u32 = 0x7FFF_FFE0;

/// Bytes before the content.
const HEADER: usize = 8;
/// Zeros after the content: a unit, and a byte that aligns it.
const TAIL: usize = 3;

static STRINGS: AtomicI64 = AtomicI64::new(0);

/// Strings that are allocated now.
pub fn live_strings() -> i64 {
    STRINGS.load(Ordering::Relaxed)
}

/// Writes length and terminator of the block at `block` and returns its content.
///
/// # Safety
/// `block` is a block of at least `HEADER + bytes + TAIL` bytes.
unsafe fn finish(block: *mut u8, bytes: u32) -> *mut u16 {
    // SAFETY: the caller passes a block of that size.
    unsafe {
        block.cast::<u64>().write(u64::from(bytes) << 32);
        let content = block.add(HEADER);
        core::ptr::write_bytes(content.add(bytes as usize), 0, TAIL);
        content.cast()
    }
}

/// A string of `bytes` bytes, copied from `source` when that is not null and
/// else without defined content. Null when there is no memory or the length
/// exceeds [`MAX_STRING_BYTES`].
///
/// # Safety
/// `source` is null or that many readable bytes.
pub unsafe fn alloc(source: *const u8, bytes: u32) -> *mut u16 {
    if bytes > MAX_STRING_BYTES {
        return core::ptr::null_mut();
    }
    // SAFETY: any size may be asked for; the block is as large as `finish` and
    // the copy need.
    unsafe {
        let block = libc::malloc(HEADER + bytes as usize + TAIL).cast::<u8>();
        if block.is_null() {
            return core::ptr::null_mut();
        }
        STRINGS.fetch_add(1, Ordering::Relaxed);
        let content = finish(block, bytes);
        if !source.is_null() {
            core::ptr::copy_nonoverlapping(source, content.cast::<u8>(), bytes as usize);
        }
        content
    }
}

/// As [`alloc`] with a length in 16-bit units.
///
/// # Safety
/// `source` is null or that many readable units.
pub unsafe fn alloc_units(source: *const u16, units: u32) -> *mut u16 {
    match units.checked_mul(2) {
        // SAFETY: forwarded from the caller.
        Some(bytes) => unsafe { alloc(source.cast(), bytes) },
        None => core::ptr::null_mut(),
    }
}

/// A copy of a zero-ended string; null for null, and when it has no end within
/// [`MAX_STRING_BYTES`].
///
/// # Safety
/// `source` is null or zero-ended.
pub unsafe fn from_terminated(source: *const u16) -> *mut u16 {
    if source.is_null() {
        return core::ptr::null_mut();
    }
    let mut units = 0_u32;
    // SAFETY: every unit up to and including the zero is readable.
    unsafe {
        while source.add(units as usize).read() != 0 {
            units += 1;
            if units > MAX_STRING_BYTES / 2 {
                return core::ptr::null_mut();
            }
        }
        alloc_units(source, units)
    }
}

/// Frees a string; null is allowed.
///
/// # Safety
/// `text` is null or a live string of this allocator, and is not used again.
pub unsafe fn free(text: *mut u16) {
    if !text.is_null() {
        // SAFETY: the block begins before the content.
        unsafe { libc::free(text.cast::<u8>().sub(HEADER).cast()) };
        STRINGS.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Length in bytes; null has none.
///
/// # Safety
/// `text` is null or a live string.
pub unsafe fn byte_length(text: *const u16) -> u32 {
    // SAFETY: the length stands in the four bytes before the content.
    if text.is_null() { 0 } else { unsafe { text.cast::<u32>().sub(1).read() } }
}

/// Changes the length; what is new has no defined content. Null, and the old
/// string as it was, when that is not possible.
///
/// # Safety
/// `text` is a live string; after success only the answer may be used.
pub unsafe fn resize(text: *mut u16, bytes: u32) -> *mut u16 {
    if bytes > MAX_STRING_BYTES {
        return core::ptr::null_mut();
    }
    // SAFETY: the block begins before the content; the new one is as large as
    // `finish` needs.
    unsafe {
        let block = text.cast::<u8>().sub(HEADER);
        let block = libc::realloc(block.cast(), HEADER + bytes as usize + TAIL).cast::<u8>();
        if block.is_null() { core::ptr::null_mut() } else { finish(block, bytes) }
    }
}
