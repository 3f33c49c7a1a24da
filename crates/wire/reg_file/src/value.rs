//! Typed values, and the bytes that the format writes for them.
//!
//! Covers the documented registry value types REG_SZ (1), REG_EXPAND_SZ (2),
//! REG_BINARY (3), REG_DWORD (4), REG_MULTI_SZ (7) and REG_QWORD (11). Strings
//! are UTF-16LE with a terminator in bytes, UTF-8 without one here.

/// A value. Each has one form only: what [`Value::from_bytes`] gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// REG_BINARY
    Binary(Vec<u8>),
    /// REG_DWORD
    Dword(u32),
    /// REG_EXPAND_SZ: text in which `%NAME%` stands for a variable.
    ExpandSz(String),
    /// REG_MULTI_SZ: texts that are not empty.
    MultiSz(Vec<String>),
    /// A type that has no form here, or bytes that are not of their type's
    /// form; kept as they are.
    Other {
        /// Number of the type.
        kind: u32,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// REG_QWORD
    Qword(u64),
    /// REG_SZ
    Sz(String),
}

impl Value {
    /// The documented number of the type.
    pub const fn kind(&self) -> u32 {
        match self {
            Self::Sz(_) => 1,
            Self::ExpandSz(_) => 2,
            Self::Binary(_) => 3,
            Self::Dword(_) => 4,
            Self::MultiSz(_) => 7,
            Self::Qword(_) => 11,
            Self::Other { kind, .. } => *kind,
        }
    }

    /// The documented name of the type.
    pub const fn kind_name(&self) -> &'static str {
        match self.kind() {
            0 => "REG_NONE",
            1 => "REG_SZ",
            2 => "REG_EXPAND_SZ",
            3 => "REG_BINARY",
            4 => "REG_DWORD",
            5 => "REG_DWORD_BIG_ENDIAN",
            6 => "REG_LINK",
            7 => "REG_MULTI_SZ",
            8 => "REG_RESOURCE_LIST",
            9 => "REG_FULL_RESOURCE_DESCRIPTOR",
            10 => "REG_RESOURCE_REQUIREMENTS_LIST",
            11 => "REG_QWORD",
            _ => "a type without a name",
        }
    }

    /// The bytes as Windows keeps them.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Binary(bytes) | Self::Other { bytes, .. } => bytes.clone(),
            Self::Dword(number) => number.to_le_bytes().into(),
            Self::ExpandSz(text) | Self::Sz(text) => units(&format!("{text}\0")),
            Self::MultiSz(texts) => {
                let mut bytes: Vec<u8> =
                    texts.iter().flat_map(|text| units(&format!("{text}\0"))).collect();
                bytes.extend([0, 0]);
                bytes
            }
            Self::Qword(number) => number.to_le_bytes().into(),
        }
    }

    /// The value that bytes of a type are.
    pub fn from_bytes(kind: u32, bytes: Vec<u8>) -> Self {
        let understood = match kind {
            1 => text(&bytes).map(Self::Sz),
            2 => text(&bytes).map(Self::ExpandSz),
            3 => return Self::Binary(bytes),
            4 => bytes.as_slice().try_into().ok().map(u32::from_le_bytes).map(Self::Dword),
            7 => texts(&bytes).map(Self::MultiSz),
            11 => bytes.as_slice().try_into().ok().map(u64::from_le_bytes).map(Self::Qword),
            _ => None,
        };
        understood.unwrap_or(Self::Other { kind, bytes })
    }

    /// Whether the value has the one form: no NUL in a text, no empty text in
    /// a list, no [`Value::Other`] for what has a form.
    pub fn is_canonical(&self) -> bool {
        let clean = |text: &str| !text.contains('\0');
        match self {
            Self::Binary(_) | Self::Dword(_) | Self::Qword(_) => true,
            Self::ExpandSz(text) | Self::Sz(text) => clean(text),
            Self::MultiSz(texts) => texts.iter().all(|text| !text.is_empty() && clean(text)),
            Self::Other { kind, bytes } => Self::from_bytes(*kind, bytes.clone()) == *self,
        }
    }
}

/// UTF-16LE.
fn units(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// The text before the terminators; none when it is no UTF-16 or goes on after
/// a terminator.
fn text(bytes: &[u8]) -> Option<String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut units: Vec<u16> = pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
    while units.last() == Some(&0) {
        units.pop();
    }
    let usable = rest.is_empty() && !units.contains(&0);
    String::from_utf16(&units).ok().filter(|_| usable)
}

fn texts(bytes: &[u8]) -> Option<Vec<String>> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut units: Vec<u16> = pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
    while units.last() == Some(&0) {
        units.pop();
    }
    if !rest.is_empty() {
        return None;
    }
    if units.is_empty() {
        return Some(Vec::new());
    }
    let pieces = units.split(|unit| *unit == 0);
    pieces.map(|piece| String::from_utf16(piece).ok().filter(|text| !text.is_empty())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_survives_its_bytes() {
        for value in [
            Value::Sz(String::new()),
            Value::Sz("Grüße \u{1F600}\r\n".into()),
            Value::ExpandSz("%HOME%".into()),
            Value::MultiSz(vec![]),
            Value::MultiSz(vec!["a".into(), "ß".into()]),
            Value::Dword(0x8000_0001),
            Value::Qword(u64::MAX),
            Value::Binary(vec![]),
            Value::Other { kind: 0, bytes: vec![1, 2, 3] },
        ] {
            assert!(value.is_canonical());
            assert_eq!(Value::from_bytes(value.kind(), value.to_bytes()), value);
        }
    }

    #[test]
    fn bytes_without_the_form_of_their_type_are_kept() {
        for (kind, bytes) in [
            (1, vec![0x41]),
            (1, vec![0x00, 0xd8]),
            (1, vec![0x41, 0, 0, 0, 0x42, 0]),
            (4, vec![1, 2, 3]),
            (7, vec![0x41, 0, 0, 0, 0, 0, 0x42, 0]),
            (11, vec![1; 9]),
            (5, vec![0, 0, 0, 1]),
        ] {
            let value = Value::from_bytes(kind, bytes.clone());
            assert_eq!(value, Value::Other { kind, bytes });
            assert!(value.is_canonical());
        }
        assert_eq!(Value::from_bytes(1, vec![0x41, 0]), Value::Sz("A".into()));
        assert!(!Value::Other { kind: 3, bytes: vec![] }.is_canonical());
        assert!(!Value::Sz("a\0".into()).is_canonical());
        assert!(!Value::MultiSz(vec![String::new()]).is_canonical());
    }
}
