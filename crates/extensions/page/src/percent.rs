//! Percent encoding of query values (RFC 3986 section 2.1, and `+` for a space
//! as HTML forms send it).

/// Encodes everything but RFC 3986's unreserved characters.
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// Decodes once. A percent sign without two digits stays as it is; what is not
/// UTF-8 afterwards becomes the replacement character.
pub fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        match (first, tail) {
            (b'+', _) => bytes.push(b' '),
            (b'%', [high, low, after @ ..]) => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => {
                    bytes.push(high << 4 | low);
                    rest = after;
                }
                _ => bytes.push(b'%'),
            },
            (other, _) => bytes.push(other),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};

    #[test]
    fn any_text_survives_encoding_and_decoding() {
        for text in ["", "a b", "100 %", "ä+ö&=", "日本", "\"><script>", "\r\n", "~-._"] {
            assert_eq!(decode(&encode(text)), text);
            assert!(encode(text).bytes().all(|byte| byte.is_ascii_graphic()));
        }
    }

    #[test]
    fn a_text_is_decoded_once_only() {
        assert_eq!(decode("%2541"), "%41");
    }

    #[test]
    fn broken_escapes_stay_and_broken_utf8_is_replaced() {
        assert_eq!(decode("%"), "%");
        assert_eq!(decode("%4"), "%4");
        assert_eq!(decode("%zz1"), "%zz1");
        assert_eq!(decode("%ff"), "\u{fffd}");
    }
}
