//! Constant arrays as descriptions hold them.

/// A constant array: address and number of items.
#[repr(C)]
#[derive(Debug)]
pub struct List<T: 'static> {
    items: *const T,
    count: u32,
}

// SAFETY: names constants, which nobody changes.
unsafe impl<T: Sync> Sync for List<T> {}
// SAFETY: as above.
unsafe impl<T: Sync> Send for List<T> {}

impl<T> Clone for List<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for List<T> {}

impl<T> List<T> {
    /// A list of constants.
    pub const fn new(items: &'static [T]) -> Self {
        Self { items: items.as_ptr(), count: items.len() as u32 }
    }

    /// The items.
    pub const fn as_slice(&self) -> &'static [T] {
        if self.count == 0 {
            return &[];
        }
        // SAFETY: made from such a slice, here or by another library, whose
        // registration promises that its lists are constants of that length.
        unsafe { core::slice::from_raw_parts(self.items, self.count as usize) }
    }
}
