//! Properties of sections: keys of eight hexadecimal digits.

use crate::error::{InfError, shown};
use crate::parse::Entry;

/// A property's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Types 001E and 001F: as it stands.
    Text(String),
    /// Type 0003: four bytes in hexadecimal, the low one first.
    Long(u32),
    /// Type 000B: as a long; any that is not zero is true.
    Boolean(bool),
    /// Type 0102: bytes in hexadecimal.
    Bytes(Vec<u8>),
}

/// A property of a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prop {
    /// Identifier and type.
    pub tag: u32,
    /// Its value.
    pub value: Value,
}

/// The property that a key is, if it is one.
///
/// # Errors
/// A type that has no form here; a value that is not of the type.
pub fn prop(entry: &Entry) -> Result<Option<Prop>, InfError> {
    let is_tag = entry.key.len() == 8 && entry.key.bytes().all(|c| c.is_ascii_hexdigit());
    let Some(tag) = u32::from_str_radix(&entry.key, 16).ok().filter(|_| is_tag) else {
        return Ok(None);
    };
    let value = match tag & 0xFFFF {
        0x001E | 0x001F => Value::Text(entry.value.clone()),
        0x0003 => Value::Long(long(entry)?),
        0x000B => Value::Boolean(long(entry)? != 0),
        0x0102 => Value::Bytes(bytes(entry)?),
        _ => {
            let says =
                format!("the type of {} has no form here: use 001E, 0003, 000B or 0102", entry.key);
            return Err(InfError::new(entry.line, says));
        }
    };
    Ok(Some(Prop { tag, value }))
}

/// A number: `0x` and digits, or four bytes in hexadecimal with the low one first.
///
/// # Errors
/// Neither of these.
pub fn long(entry: &Entry) -> Result<u32, InfError> {
    number(&entry.value).ok_or_else(|| {
        let says = format!(
            "{:?} is no number: write 0x6, or its four bytes with the low one first (06000000)",
            shown(&entry.value)
        );
        InfError::new(entry.line, says)
    })
}

/// As [`long`].
pub fn number(text: &str) -> Option<u32> {
    let digits = |text: &str| text.bytes().all(|c| c.is_ascii_hexdigit());
    if let Some(hex) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return u32::from_str_radix(hex, 16).ok().filter(|_| digits(hex));
    }
    if text.len() != 8 || !digits(text) {
        return None;
    }
    u32::from_str_radix(text, 16).ok().map(u32::swap_bytes)
}

fn bytes(entry: &Entry) -> Result<Vec<u8>, InfError> {
    let wrong = || {
        let says = "bytes are pairs of hexadecimal digits without blanks";
        InfError::new(entry.line, says)
    };
    let digit = |c: u8| char::from(c).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    entry
        .value
        .as_bytes()
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        })
        .collect::<Option<_>>()
        .ok_or_else(wrong)
}
