//! Content transfer encodings (RFC 2045 6.7 and 6.8), decoded forgivingly.
//!
//! Real mail has base64 without padding and quoted-printable with stray equals
//! signs; what can be read is kept, nothing fails. The output is never longer
//! than the input.

/// How the bytes of a part were made fit for transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// `base64`.
    Base64,
    /// `7bit`, `8bit`, `binary` and anything unknown.
    Identity,
    /// `quoted-printable`.
    QuotedPrintable,
}

impl Encoding {
    pub(crate) fn named(name: &str) -> Self {
        let name = name.trim();
        if name.eq_ignore_ascii_case("base64") {
            Self::Base64
        } else if name.eq_ignore_ascii_case("quoted-printable") {
            Self::QuotedPrintable
        } else {
            Self::Identity
        }
    }

    pub(crate) fn decode(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Base64 => base64(bytes),
            Self::Identity => bytes.to_vec(),
            Self::QuotedPrintable => quoted_printable(bytes),
        }
    }
}

fn base64_digit(byte: u8) -> Option<u32> {
    Some(u32::from(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}

/// Characters outside the alphabet are skipped; the first `=` ends the data.
pub(crate) fn base64(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() / 4 * 3 + 3);
    let mut bits = 0u32;
    let mut digits = 0u32;
    for &byte in bytes {
        if byte == b'=' {
            break;
        }
        let Some(digit) = base64_digit(byte) else { continue };
        bits = bits << 6 | digit;
        digits += 1;
        if digits == 4 {
            out.extend_from_slice(&[(bits >> 16) as u8, (bits >> 8) as u8, bits as u8]);
            bits = 0;
            digits = 0;
        }
    }
    match digits {
        2 => out.push((bits >> 4) as u8),
        3 => out.extend_from_slice(&[(bits >> 10) as u8, (bits >> 2) as u8]),
        _ => {}
    }
    out
}

fn hex_digit(byte: u8) -> Option<u8> {
    (byte as char).to_digit(16).map(|digit| digit as u8)
}

/// An `=` that starts neither an escape nor a soft line break stays as it is.
pub(crate) fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if first != b'=' {
            out.push(first);
            continue;
        }
        if let [high, low, after @ ..] = rest
            && let (Some(high), Some(low)) = (hex_digit(*high), hex_digit(*low))
        {
            out.push(high << 4 | low);
            rest = after;
            continue;
        }
        let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        match rest.get(blanks..) {
            Some([b'\r', b'\n', after @ ..] | [b'\n', after @ ..]) => rest = after,
            Some([]) => rest = &[],
            _ => out.push(b'='),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_needs_neither_padding_nor_clean_lines() {
        assert_eq!(base64(b"aGVs\r\nbG8="), b"hello");
        assert_eq!(base64(b"aGVsbG8"), b"hello");
        assert_eq!(base64(b"aGVs*bG8=trailer"), b"hello");
        assert_eq!(base64(b"a"), b"");
    }

    #[test]
    fn quoted_printable_keeps_what_is_no_escape() {
        assert_eq!(quoted_printable(b"caf=C3=A9 =\r\nau lait=\nx"), "café au laitx".as_bytes());
        assert_eq!(quoted_printable(b"a = b =XY"), b"a = b =XY");
        assert_eq!(quoted_printable(b"end="), b"end");
        assert_eq!(quoted_printable(b"end=  "), b"end");
        assert_eq!(quoted_printable(b"=4"), b"=4");
    }
}
