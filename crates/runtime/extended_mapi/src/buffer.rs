//! The buffers that clients free.
//!
//! A buffer is a block of the C library behind a header of 16 bytes. Blocks that
//! `MAPIAllocateMore` made hang on their base in a list and are freed with it.

use std::sync::atomic::{AtomicI64, Ordering};

/// Buffers that were not freed.
static BUFFERS: AtomicI64 = AtomicI64::new(0);

/// Largest buffer, in bytes.
const MAX_BUFFER_BYTES: usize = 1 << 30;

#[repr(C, align(16))]
struct Header {
    /// The next buffer that is freed with this one.
    next: *mut Header,
    magic: u64,
}

const MAGIC: u64 = 0x4D41_5049_4255_4646;
const FREED: u64 = 0x4652_4545_4652_4545;

fn allocate(size: usize, next: *mut Header) -> Option<*mut Header> {
    if size > MAX_BUFFER_BYTES {
        return None;
    }
    // SAFETY: any size may be asked for; the C library aligns to 16 bytes.
    let header = unsafe { libc::malloc(size_of::<Header>() + size) }.cast::<Header>();
    if header.is_null() {
        return None;
    }
    // SAFETY: fresh memory that begins with room for a header.
    unsafe { header.write(Header { next, magic: MAGIC }) };
    BUFFERS.fetch_add(1, Ordering::Relaxed);
    Some(header)
}

/// A buffer of `size` bytes; null when there is no memory.
pub fn buffer(size: usize) -> *mut u8 {
    allocate(size, core::ptr::null_mut())
        // SAFETY: the bytes behind the header belong to the same block.
        .map_or(core::ptr::null_mut(), |header| unsafe { header.add(1) }.cast())
}

/// A buffer that is freed with `base`; null when there is no memory.
///
/// # Safety
/// `base` is a live buffer of [`buffer`] that no other thread uses now.
pub unsafe fn more(size: usize, base: *mut u8) -> *mut u8 {
    // SAFETY: forwarded from the caller; the header stands before the bytes.
    unsafe {
        let base = base.cast::<Header>().sub(1);
        let Some(header) = allocate(size, (*base).next) else { return core::ptr::null_mut() };
        (*base).next = header;
        header.add(1).cast()
    }
}

/// Frees a buffer and what hangs on it; false for what is not a buffer.
///
/// # Safety
/// `start` is null or was answered by [`buffer`] or [`more`] and, if so, not
/// freed before.
pub unsafe fn free(start: *mut u8) -> bool {
    if start.is_null() {
        return true;
    }
    // SAFETY: forwarded from the caller.
    unsafe {
        let mut header = start.cast::<Header>().sub(1);
        if (*header).magic != MAGIC {
            return false;
        }
        while !header.is_null() {
            let next = (*header).next;
            (*header).magic = FREED;
            libc::free(header.cast());
            BUFFERS.fetch_sub(1, Ordering::Relaxed);
            header = next;
        }
    }
    true
}

/// Buffers that were not freed.
pub fn live_buffers() -> i64 {
    BUFFERS.load(Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_goes_with_everything_that_hangs_on_it() {
        let before = live_buffers();
        let base = buffer(10);
        assert_eq!(base as usize % 16, 0);
        // SAFETY: live buffers of this test alone.
        unsafe {
            assert!(!more(20, base).is_null());
            assert!(!more(30, base).is_null());
            assert_eq!(live_buffers(), before + 3);
            assert!(free(base));
            assert!(free(core::ptr::null_mut()));
        }
        assert_eq!(live_buffers(), before);
        assert!(buffer(MAX_BUFFER_BYTES + 1).is_null());
    }
}
