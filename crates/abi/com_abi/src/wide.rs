//! Strings of the binary contracts: 16-bit units, ended by a zero.

/// Longest string that is read from a foreign pointer, in units.
pub const MAX_WIDE_UNITS: usize = 16 << 20;

/// A Rust string as 16-bit units with the final zero, for an `[in]` argument.
#[derive(Clone, Debug)]
pub struct WideString(Vec<u16>);

impl WideString {
    /// Converts; stops at a zero inside the text, which could not be passed.
    pub fn new(text: &str) -> Self {
        let mut units: Vec<u16> = text.encode_utf16().take_while(|unit| *unit != 0).collect();
        units.push(0);
        Self(units)
    }

    /// The address of the first unit; valid as long as `self`.
    pub fn as_ptr(&self) -> *const u16 {
        self.0.as_ptr()
    }

    /// The units with the final zero.
    pub fn units(&self) -> &[u16] {
        &self.0
    }
}

/// The units of a zero-ended string, without the zero. A null pointer has none.
/// Reading stops at `MAX_WIDE_UNITS`.
///
/// # Safety
/// `text` is null or points to 16-bit units that end with a zero and outlive the
/// answer.
pub unsafe fn wide_units<'a>(text: *const u16) -> &'a [u16] {
    if text.is_null() {
        return &[];
    }
    let mut units = 0;
    // SAFETY: every unit up to and including the zero is readable.
    while units < MAX_WIDE_UNITS && unsafe { text.add(units).read() } != 0 {
        units += 1;
    }
    // SAFETY: those units were just read.
    unsafe { core::slice::from_raw_parts(text, units) }
}

/// Reads a zero-ended string; unpaired surrogates become U+FFFD. A null pointer
/// is an empty string. Reading stops at `MAX_WIDE_UNITS`.
///
/// # Safety
/// `text` is null or points to 16-bit units that end with a zero.
pub unsafe fn from_wide(text: *const u16) -> String {
    // SAFETY: forwarded from the caller.
    String::from_utf16_lossy(unsafe { wide_units(text) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_survives_the_way_through_16_bit_units() {
        for text in ["", "Grüße", "𝄞 clef"] {
            let wide = WideString::new(text);
            // SAFETY: a live, zero-ended string.
            assert_eq!(unsafe { from_wide(wide.as_ptr()) }, text);
        }
        // SAFETY: null is allowed.
        assert_eq!(unsafe { from_wide(core::ptr::null()) }, "");
        assert_eq!(WideString::new("a\0b").units(), [97, 0]);
    }
}
