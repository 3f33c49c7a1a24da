//! Text as bytes that may travel: character sets, transfer encodings (RFC 2045 6)
//! and encoded-words (RFC 2047).
//!
//! Only what the letters need: UTF-8, ISO-8859-1 and windows-1252.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Longest line of quoted-printable and base64 (RFC 2045 6.7, 6.8).
const MAX_LINE_CHARS: usize = 76;
/// Longest encoded-word (RFC 2047 2).
const MAX_WORD_CHARS: usize = 75;
/// Longest line of text that travels as it is; our own choice within RFC 5322 2.1.1.
const MAX_PLAIN_LINE_CHARS: usize = 200;

/// Characters of windows-1252 that ISO-8859-1 does not have, as far as used.
const WINDOWS_1252: [(char, u8); 9] = [
    ('€', 0x80),
    ('„', 0x84),
    ('…', 0x85),
    ('‘', 0x91),
    ('’', 0x92),
    ('“', 0x93),
    ('”', 0x94),
    ('•', 0x95),
    ('–', 0x96),
];

/// A character set's name; unknown ones are UTF-8.
pub(crate) const UTF_8: &str = "utf-8";

/// The bytes of a text in a character set; what it does not have becomes `?`.
pub(crate) fn charset_bytes(text: &str, charset: &str) -> Vec<u8> {
    let one = |character: char| -> u8 {
        let special = WINDOWS_1252.iter().find(|(known, _)| *known == character);
        match special {
            Some((_, byte)) if charset == "windows-1252" => *byte,
            _ => u8::try_from(u32::from(character)).unwrap_or(b'?'),
        }
    };
    match charset {
        "iso-8859-1" | "windows-1252" => text.chars().map(one).collect(),
        _ => text.as_bytes().to_vec(),
    }
}

/// Base64 in lines of 76, each ended with CRLF.
pub(crate) fn base64_lines(bytes: &[u8]) -> Vec<u8> {
    let mut lines = Vec::new();
    // 57 bytes are 76 characters.
    for chunk in bytes.chunks(MAX_LINE_CHARS / 4 * 3) {
        lines.extend(STANDARD.encode(chunk).into_bytes());
        lines.extend(b"\r\n");
    }
    lines
}

/// Quoted-printable of text whose lines end with CRLF.
pub(crate) fn quoted_printable(text: &[u8]) -> Vec<u8> {
    let mut quoted = Vec::new();
    let mut lines = text.split(|&byte| byte == b'\n').peekable();
    while let Some(line) = lines.next() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let mut column = 0;
        for (index, &byte) in line.iter().enumerate() {
            let is_last = index + 1 == line.len();
            let is_plain = matches!(byte, b'!'..=b'<' | b'>'..=b'~') || byte == b' ' && !is_last;
            let width = if is_plain { 1 } else { 3 };
            if column + width >= MAX_LINE_CHARS {
                quoted.extend(b"=\r\n");
                column = 0;
            }
            if is_plain {
                quoted.push(byte);
            } else {
                quoted.extend(format!("={byte:02X}").into_bytes());
            }
            column += width;
        }
        if lines.peek().is_some() {
            quoted.extend(b"\r\n");
        }
    }
    quoted
}

/// The name of the transfer encoding that suits a text, unless one is asked for.
pub(crate) fn suitable_encoding(text: &[u8], charset: &str) -> &'static str {
    let is_short = text.split(|&byte| byte == b'\n').all(|line| line.len() < MAX_PLAIN_LINE_CHARS);
    match (text.is_ascii(), is_short) {
        (true, true) => "7bit",
        // So that the real bytes of such a set can be seen.
        (false, true) if charset != UTF_8 => "8bit",
        _ => "quoted-printable",
    }
}

/// Text of a header as encoded-words: Q where most is ASCII, else B. ASCII stays.
pub(crate) fn header_words(text: &str, charset: &str) -> Vec<String> {
    if text.is_ascii() {
        return text.split(' ').map(str::to_owned).collect();
    }
    let ascii_count = text.chars().filter(char::is_ascii).count();
    let is_q = ascii_count * 2 > text.chars().count();
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let mut word = String::new();
        let mut length = 0;
        for (start, character) in rest.char_indices() {
            let end = start + character.len_utf8();
            let longer = encoded_word(&rest[..end], charset, is_q);
            if longer.len() > MAX_WORD_CHARS {
                break;
            }
            (word, length) = (longer, end);
        }
        words.push(word);
        rest = &rest[length..];
    }
    words
}

fn encoded_word(text: &str, charset: &str, is_q: bool) -> String {
    let bytes = charset_bytes(text, charset);
    if !is_q {
        return format!("=?{charset}?B?{}?=", STANDARD.encode(bytes));
    }
    let one = |byte: u8| match byte {
        b' ' => "_".to_owned(),
        // What RFC 2047 5 (3) allows inside a phrase, too.
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'!' | b'*' | b'+' | b'-' | b'/' => {
            char::from(byte).to_string()
        }
        _ => format!("={byte:02X}"),
    };
    let encoded: String = bytes.into_iter().map(one).collect();
    format!("=?{charset}?Q?{encoded}?=")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_printable_lines_are_short_and_keep_line_ends() {
        let long = format!("Grüße {}\r\nend \r\n", "x".repeat(300));
        let quoted = quoted_printable(long.as_bytes());
        let quoted = std::str::from_utf8(&quoted).expect("ASCII");
        assert!(quoted.starts_with("Gr=C3=BC=C3=9Fe xxx"));
        assert!(quoted.ends_with("\r\nend=20\r\n"));
        assert!(quoted.split("\r\n").all(|line| line.len() <= MAX_LINE_CHARS));
    }

    #[test]
    fn encoded_words_are_short_and_end_between_characters() {
        for (text, way) in [("Größe ".repeat(40), "?Q?"), ("花子さん".repeat(40), "?B?")] {
            let words = header_words(&text, UTF_8);
            assert!(words.len() > 1);
            for word in words {
                assert!(word.len() <= MAX_WORD_CHARS && word.contains(way), "{word}");
            }
        }
    }

    #[test]
    fn a_character_set_of_one_byte_has_one_byte_a_character() {
        assert_eq!(charset_bytes("ü€", "windows-1252"), [0xFC, 0x80]);
        assert_eq!(charset_bytes("ü€", "iso-8859-1"), [0xFC, b'?']);
    }
}
