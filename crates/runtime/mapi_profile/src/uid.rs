//! `MAPIUID`: what names a service or provider within a profile.

use std::fmt;

use mapi_abi::codes::{Code, Failure};

/// Sixteen bytes without an order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uid(pub [u8; 16]);

impl Uid {
    /// A new one, at random.
    ///
    /// # Errors
    /// `NOT_ENOUGH_RESOURCES` the system gives no random bytes.
    pub fn new() -> Result<Self, Failure> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|error| {
            Failure::new(
                Code::NOT_ENOUGH_RESOURCES,
                format!("the system gives no random bytes: {error}"),
            )
        })?;
        Ok(Self(bytes))
    }

    /// From 32 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = crate::value_text::bytes_from_hex(text)?;
        Some(Self(bytes.try_into().ok()?))
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
