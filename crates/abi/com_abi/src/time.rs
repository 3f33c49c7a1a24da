//! Times of the binary contracts.

/// A time in steps of 100 ns since 1601-01-01 UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct FILETIME {
    /// The lower half.
    pub low: u32,
    /// The upper half.
    pub high: u32,
}
