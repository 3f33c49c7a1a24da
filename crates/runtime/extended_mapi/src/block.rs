//! A structure for a C client with all that it points to, in buffers that one
//! `MAPIFreeBuffer` frees. What is not finished leaves nothing behind.

use mapi_abi::codes::{Code, Failure};

use crate::buffer::{buffer, free, more};

/// See the module.
#[derive(Debug)]
pub struct Block {
    base: *mut u8,
    /// Bytes of the base.
    room: usize,
}

fn no_memory() -> Failure {
    Failure::new(Code::NOT_ENOUGH_MEMORY, "there is no memory for the answer")
}

impl Block {
    /// A block that begins with room for `count` values.
    ///
    /// # Errors
    /// `NOT_ENOUGH_MEMORY`.
    pub fn new<T: Copy>(count: usize) -> Result<Self, Failure> {
        let size = size_of::<T>().checked_mul(count).ok_or_else(no_memory)?;
        let base = buffer(size);
        if base.is_null() { Err(no_memory()) } else { Ok(Self { base, room: size }) }
    }

    /// Copies values to a part of their own; no values are a null pointer.
    ///
    /// # Errors
    /// `NOT_ENOUGH_MEMORY`.
    pub fn list<T: Copy>(&self, values: &[T]) -> Result<*mut T, Failure> {
        if values.is_empty() {
            return Ok(core::ptr::null_mut());
        }
        // SAFETY: the base is live and this block's alone.
        let place = unsafe { more(size_of_val(values), self.base) }.cast::<T>();
        if place.is_null() {
            return Err(no_memory());
        }
        // SAFETY: fresh memory of that size, aligned for everything.
        unsafe { core::ptr::copy_nonoverlapping(values.as_ptr(), place, values.len()) };
        Ok(place)
    }

    /// Copies a text, with a zero behind it.
    ///
    /// # Errors
    /// As [`Block::list`].
    pub fn text(&self, text: &str) -> Result<*mut u8, Failure> {
        let bytes: Vec<u8> = text.bytes().filter(|byte| *byte != 0).chain([0]).collect();
        self.list(&bytes)
    }

    /// Writes the values for which the block was made, and answers the block: it
    /// belongs to the client now.
    ///
    /// # Panics
    /// When there are more values than the block was made for.
    pub fn finish<T: Copy>(self, values: &[T]) -> *mut T {
        assert!(size_of_val(values) <= self.room, "the block has no room for the values");
        let base = core::mem::ManuallyDrop::new(self).base.cast::<T>();
        // SAFETY: the base has room for all of them.
        unsafe { core::ptr::copy_nonoverlapping(values.as_ptr(), base, values.len()) };
        base
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        // SAFETY: live, and nobody else knows it.
        unsafe { free(self.base) };
    }
}
