//! The fields of payloads.

use crate::{MAX_TEXT_BYTES, MessageError};

pub struct Writer(Vec<u8>);

impl Writer {
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    pub fn number(&mut self, number: u64) {
        self.0.extend(number.to_le_bytes());
    }

    pub fn text(&mut self, text: &str) -> Result<(), MessageError> {
        if text.len() > MAX_TEXT_BYTES {
            return Err(MessageError::TooLong(text.len()));
        }
        self.bytes(text.as_bytes());
        Ok(())
    }

    /// Too many bytes are found when the payload is measured.
    pub fn bytes(&mut self, bytes: &[u8]) {
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        self.0.extend(length.to_le_bytes());
        self.0.extend(bytes);
    }

    pub fn finish(self) -> Vec<u8> {
        self.0
    }
}

pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub const fn new(payload: &'a [u8]) -> Self {
        Self(payload)
    }

    pub const fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }

    pub fn number(&mut self) -> Option<u64> {
        self.take().map(u64::from_le_bytes)
    }

    pub fn bytes(&mut self) -> Option<Vec<u8>> {
        let length = u32::from_le_bytes(self.take()?) as usize;
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken.to_vec())
    }

    pub fn text(&mut self) -> Option<String> {
        let bytes = self.bytes().filter(|bytes| bytes.len() <= MAX_TEXT_BYTES)?;
        String::from_utf8(bytes).ok()
    }
}
