//! Bodies of parts, made fit for transport (RFC 2045 6).

use super::Part;

/// Longest line of a message without its end (RFC 5322 2.1.1).
const MAX_LINE_BYTES: usize = 998;
/// Bytes that one line of base64 holds: 76 characters of it.
const BASE64_LINE_BYTES: usize = 57;
/// Longest line of quoted-printable, its soft line break included.
const QUOTED_LINE_CHARS: usize = 76;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn digit(bits: u32) -> char {
    ALPHABET.get((bits & 0x3F) as usize).copied().map_or('=', char::from)
}

/// Base64 with padding, in one line.
pub(crate) fn base64(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        out.push(digit(bits >> 18));
        out.push(digit(bits >> 12));
        out.push(if group.len() > 1 { digit(bits >> 6) } else { '=' });
        out.push(if group.len() > 2 { digit(bits) } else { '=' });
    }
    out
}

/// Base64 in lines; without a line end after the last one.
pub(super) fn wrapped_base64(bytes: &[u8]) -> String {
    let lines: Vec<String> = bytes.chunks(BASE64_LINE_BYTES).map(base64).collect();
    lines.join("\r\n")
}

/// CRLF at the end of every line.
pub(super) fn line_ends(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\n', "\r\n")
}

/// Whether bytes with CRLF line ends can be written as they are.
fn is_plain(bytes: &[u8]) -> bool {
    bytes.split(|byte| *byte == b'\n').all(|line| {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        line.len() <= MAX_LINE_BYTES && !line.contains(&b'\r') && !line.contains(&0)
    })
}

/// A body of text, in UTF-8.
pub(super) fn text_part(kind: &str, text: &str) -> Part {
    let text = line_ends(text);
    let quoted = || text.bytes().filter(|byte| !byte.is_ascii()).count();
    let is_simple = text.is_ascii()
        && is_plain(text.as_bytes())
        && !text
            .bytes()
            .any(|byte| byte.is_ascii_control() && !matches!(byte, b'\r' | b'\n' | b'\t'))
        && !text.split("\r\n").any(|line| line.starts_with("From "));
    let (encoding, body) = if is_simple {
        ("7bit", text.into_bytes())
    } else if quoted() * 4 <= text.len() {
        ("quoted-printable", quoted_printable(&text).into_bytes())
    } else {
        ("base64", wrapped_base64(text.as_bytes()).into_bytes())
    };
    let header =
        format!("Content-Type: {kind}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n");
    Part { header, body }
}

/// Text with CRLF line ends as quoted-printable.
fn quoted_printable(text: &str) -> String {
    let lines: Vec<String> = text.split("\r\n").map(quoted_line).collect();
    lines.join("\r\n")
}

fn quoted_line(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut column = 0;
    let last = line.len().saturating_sub(1);
    for (at, byte) in line.bytes().enumerate() {
        let is_blank = matches!(byte, b' ' | b'\t');
        let is_literal = (byte.is_ascii_graphic() && byte != b'=' || is_blank && at != last)
            // Programs that keep mail in one file quote lines that begin so.
            && !(at == 0 && line.starts_with("From "));
        let piece = if is_literal { char::from(byte).to_string() } else { format!("={byte:02X}") };
        if column + piece.len() > QUOTED_LINE_CHARS - 1 {
            out.push_str("=\r\n");
            column = 0;
        }
        column += piece.len();
        out.push_str(&piece);
    }
    out
}

/// An embedded message: RFC 2046 lets it be encoded in no way. `None` when it
/// cannot be written as it is.
pub(super) fn embedded(bytes: &[u8]) -> Option<(&'static str, Vec<u8>)> {
    let mut body = Vec::with_capacity(bytes.len());
    for (number, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        if number > 0 {
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
    }
    is_plain(&body).then(|| (if body.is_ascii() { "7bit" } else { "8bit" }, body))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transfer;

    #[test]
    fn base64_of_every_length_is_read_back() {
        for length in 0..120_u8 {
            let bytes: Vec<u8> = (0..length).collect();
            assert_eq!(transfer::base64(wrapped_base64(&bytes).as_bytes()), bytes);
        }
        assert_eq!(base64(b"f"), "Zg==");
        assert_eq!(base64(b"fo"), "Zm8=");
    }

    #[test]
    fn quoted_printable_keeps_every_byte_in_short_lines() {
        let text = format!("From me\r\n{}é \r\n\ta=b\r\nx\u{7}\rlone ", "ü".repeat(100));
        let quoted = quoted_printable(&text);
        assert_eq!(transfer::quoted_printable(quoted.as_bytes()), text.as_bytes());
        assert!(quoted.split("\r\n").all(|line| line.len() <= QUOTED_LINE_CHARS));
        assert!(!quoted.contains("From me") && !quoted.contains(" \r\n"));
    }

    #[test]
    fn a_message_that_cannot_be_embedded_is_not() {
        assert_eq!(embedded(b"a\nb"), Some(("7bit", b"a\r\nb".to_vec())));
        assert_eq!(embedded("ü".as_bytes()).map(|(name, _)| name), Some("8bit"));
        assert_eq!(embedded(&[b'x'; MAX_LINE_BYTES + 1]), None);
        assert!(embedded(&[b'x'; MAX_LINE_BYTES]).is_some());
        assert_eq!(embedded(b"a\0"), None);
    }
}
