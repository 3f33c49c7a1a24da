//! `Content-Disposition` of a download (RFC 6266, RFC 8187).
//!
//! The name of an attachment was chosen by whoever sent it: it loses its path,
//! control characters and the invisible characters that reverse the reading
//! direction. Limit: [`MAX_NAME_CHARS`].

/// Longest file name that is passed on, in characters.
const MAX_NAME_CHARS: usize = 150;

/// The header's value: an ASCII name for old clients and the real one.
pub fn attachment_disposition(name: &str) -> String {
    let name = file_name(name);
    let fallback: String = name
        .chars()
        .map(|character| match character {
            '"' | '\\' | '%' => '_',
            ' '..='~' => character,
            _ => '_',
        })
        .collect();
    format!("attachment; filename=\"{fallback}\"; filename*=UTF-8''{}", extended(&name))
}

/// The last part of the path, without what does not belong into a file name.
fn file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).find(|part| !part.trim().is_empty()).unwrap_or_default();
    let kept: String = last
        .chars()
        .filter(|character| !character.is_control() && !is_direction_mark(*character))
        .collect();
    let kept = kept.trim().trim_start_matches('.').trim_start();
    let kept = shorten(kept);
    if kept.is_empty() { "attachment".to_owned() } else { kept }
}

/// Keeps the extension when the name is too long.
fn shorten(name: &str) -> String {
    let length = name.chars().count();
    if length <= MAX_NAME_CHARS {
        return name.to_owned();
    }
    let tail: String = name.chars().skip(length - 20).collect();
    let extension = tail.rfind('.').and_then(|at| tail.get(at..)).unwrap_or_default();
    let room = MAX_NAME_CHARS - extension.chars().count();
    name.chars().take(room).chain(extension.chars()).collect()
}

fn is_direction_mark(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// RFC 8187 `value-chars`.
fn extended(name: &str) -> String {
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::{MAX_NAME_CHARS, attachment_disposition};

    #[test]
    fn a_plain_name_stands_in_both_forms() {
        assert_eq!(
            attachment_disposition("minutes 2024.pdf"),
            "attachment; filename=\"minutes 2024.pdf\"; filename*=UTF-8''minutes%202024.pdf"
        );
    }

    #[test]
    fn quotes_and_percent_signs_cannot_end_the_quoted_name() {
        assert_eq!(
            attachment_disposition("a\"; x=\"100%.txt"),
            "attachment; filename=\"a_; x=_100_.txt\"; filename*=UTF-8''a%22%3B%20x%3D%22100%25.txt"
        );
    }

    #[test]
    fn line_ends_cannot_start_a_header() {
        let value = attachment_disposition("a\r\nSet-Cookie: x=1\r\n\r\n<b>.txt");
        assert!(!value.contains(['\r', '\n']));
        assert_eq!(value.matches("filename").count(), 2);
    }

    #[test]
    fn other_scripts_are_kept_in_the_extended_form() {
        assert_eq!(
            attachment_disposition("Grüße 日.txt"),
            "attachment; filename=\"Gr__e _.txt\"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%E6%97%A5.txt"
        );
    }

    #[test]
    fn a_path_is_reduced_to_its_last_part() {
        for name in ["../../etc/passwd", "C:\\temp\\passwd", "/passwd/", "..\\passwd"] {
            assert_eq!(
                attachment_disposition(name),
                "attachment; filename=\"passwd\"; filename*=UTF-8''passwd"
            );
        }
    }

    #[test]
    fn a_name_of_nothing_gets_one() {
        for name in ["", "/", "..", "\u{202e}", "\r\n", " . "] {
            assert!(
                attachment_disposition(name).starts_with("attachment; filename=\"attachment\"")
            );
        }
    }

    #[test]
    fn reversed_reading_cannot_hide_the_extension() {
        assert!(attachment_disposition("photo\u{202e}gpj.exe").contains("\"photogpj.exe\""));
    }

    #[test]
    fn a_long_name_is_cut_and_keeps_its_extension() {
        let at_limit = "a".repeat(MAX_NAME_CHARS - 4) + ".pdf";
        assert!(attachment_disposition(&at_limit).contains(&format!("\"{at_limit}\"")));
        let beyond = "a".repeat(MAX_NAME_CHARS - 3) + ".pdf";
        assert!(attachment_disposition(&beyond).contains(&format!("\"{at_limit}\"")));
    }
}
