//! `BSTR`: 16-bit text with its length in front ([MS-OAUT] 2.2.23).
//!
//! The pointer addresses the first unit; the four bytes before it hold the
//! length in bytes, which may be odd when somebody carries bytes in a string;
//! after the content stands a zero unit that the length does not count. A null
//! pointer is the empty string. The memory is the runtime's (`SysAllocString…`).

use core::fmt;

unsafe extern "system" {
    fn SysAllocStringByteLen(bytes: *const u8, length: u32) -> *mut u16;
    fn SysFreeString(text: *mut u16);
}

/// An owned `BSTR`. Has the size and meaning of the C pointer, so it may stand
/// in a C structure or signature that passes ownership.
#[repr(transparent)]
pub struct Bstr(*mut u16);

// SAFETY: owned memory that nobody changes, from an allocator of all threads.
unsafe impl Send for Bstr {}
// SAFETY: as above.
unsafe impl Sync for Bstr {}

const _: () = assert!(size_of::<Bstr>() == size_of::<*mut u16>());

impl Bstr {
    /// The empty string, without memory.
    pub const fn new() -> Self {
        Self(core::ptr::null_mut())
    }

    /// A string of `units`, which may hold zeros and unpaired surrogates.
    /// `None` when there is no memory or the length exceeds the runtime's.
    pub fn from_units(units: &[u16]) -> Option<Self> {
        // SAFETY: the bytes of those units.
        let bytes =
            unsafe { core::slice::from_raw_parts(units.as_ptr().cast::<u8>(), size_of_val(units)) };
        Self::from_bytes(bytes)
    }

    /// A string that carries `bytes`; their number may be odd. `None` when there
    /// is no memory or the length exceeds the runtime's.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        if bytes.is_empty() {
            return Some(Self::new());
        }
        let length = u32::try_from(bytes.len()).ok()?;
        // SAFETY: that many readable bytes.
        let raw = unsafe { SysAllocStringByteLen(bytes.as_ptr(), length) };
        if raw.is_null() { None } else { Some(Self(raw)) }
    }

    /// The content as bytes.
    pub fn as_bytes(&self) -> &[u8] {
        if self.0.is_null() {
            return &[];
        }
        // SAFETY: a live string, whose length in bytes stands before it.
        unsafe {
            let length = self.0.cast::<u32>().sub(1).read_unaligned();
            core::slice::from_raw_parts(self.0.cast::<u8>(), length as usize)
        }
    }

    /// The content as 16-bit units; an odd last byte is left out.
    pub fn as_units(&self) -> &[u16] {
        if self.0.is_null() {
            return &[];
        }
        let units = self.as_bytes().len() / 2;
        // SAFETY: a live string of at least that many units, aligned by contract.
        unsafe { core::slice::from_raw_parts(self.0, units) }
    }

    /// Whether there is no content.
    pub fn is_empty(&self) -> bool {
        self.as_bytes().is_empty()
    }

    /// The C pointer, which stays this value's.
    pub const fn as_raw(&self) -> *mut u16 {
        self.0
    }

    /// The C pointer, which the caller frees with `SysFreeString`.
    #[must_use = "the string leaks unless somebody frees it"]
    pub fn into_raw(self) -> *mut u16 {
        core::mem::ManuallyDrop::new(self).0
    }

    /// Takes over a C pointer.
    ///
    /// # Safety
    /// `raw` is null or a live string of the runtime that nobody else frees.
    pub const unsafe fn from_raw(raw: *mut u16) -> Self {
        Self(raw)
    }
}

impl Default for Bstr {
    fn default() -> Self {
        Self::new()
    }
}

impl Clone for Bstr {
    /// # Panics
    /// When there is no memory.
    fn clone(&self) -> Self {
        Self::from_bytes(self.as_bytes()).expect("memory for the copy of a string")
    }
}

impl Drop for Bstr {
    fn drop(&mut self) {
        // SAFETY: owned by this value; null is allowed.
        unsafe { SysFreeString(self.0) };
    }
}

impl From<&str> for Bstr {
    /// # Panics
    /// When there is no memory, or the text is longer than the runtime allows.
    fn from(text: &str) -> Self {
        let units: Vec<u16> = text.encode_utf16().collect();
        Self::from_units(&units).expect("memory for a string")
    }
}

impl PartialEq for Bstr {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Bstr {}

/// Text; unpaired surrogates become U+FFFD.
impl fmt::Display for Bstr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf16_lossy(self.as_units()))
    }
}

impl fmt::Debug for Bstr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&String::from_utf16_lossy(self.as_units()), f)
    }
}
