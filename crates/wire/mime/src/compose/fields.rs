//! Header fields: folding, encoded words, addresses, identifiers, dates, file
//! names.

use super::bodies::base64;
use crate::message::{Mailbox, limited_line};

/// Where lines are folded, when there is a place for it.
const FOLD_CHARS: usize = 76;
/// Bytes of text in one encoded word: 75 characters is its limit.
const WORD_BYTES: usize = 42;
/// Longest address or identifier that is written; longer ones are left out.
pub const MAX_WRITTEN_ADDRESS_CHARS: usize = 900;
/// Characters of a parameter's piece.
const PIECE_CHARS: usize = 48;

/// A field, folded at its blanks where its lines become long. The value has no
/// blanks that folding could lose and is 7-bit, except addresses.
pub(super) fn field(name: &str, value: &str) -> String {
    let mut out = format!("{name}:");
    let mut column = out.len();
    for word in value.split(' ') {
        if column + 1 + word.len() > FOLD_CHARS && column > name.len() + 1 {
            out.push_str("\r\n");
            column = 0;
        }
        out.push(' ');
        out.push_str(word);
        column += 1 + word.len();
    }
    out.push_str("\r\n");
    out
}

/// Whether a text survives folding and is no encoded word.
fn is_simple(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
        && !text.contains("  ")
        && !text.contains("=?")
        && text.split(' ').all(|word| word.len() <= FOLD_CHARS)
}

/// Text as it is, or as encoded words (RFC 2047).
pub(super) fn unstructured(text: &str) -> String {
    let text = limited_line(text);
    if is_simple(&text) { text } else { encoded_words(&text) }
}

fn encoded_words(text: &str) -> String {
    let mut words = Vec::new();
    let mut word = String::new();
    for character in text.chars() {
        if word.len() + character.len_utf8() > WORD_BYTES {
            words.push(std::mem::take(&mut word));
        }
        word.push(character);
    }
    words.push(word);
    let encoded: Vec<String> =
        words.iter().map(|word| format!("=?utf-8?B?{}?=", base64(word.as_bytes()))).collect();
    encoded.join(" ")
}

/// Mailboxes, joined by commas.
pub(super) fn address_list(list: &[Mailbox]) -> String {
    let written: Vec<String> = list.iter().map(mailbox).filter(|one| !one.is_empty()).collect();
    written.join(", ")
}

fn mailbox(mailbox: &Mailbox) -> String {
    let address = addr_spec(&mailbox.address);
    let name = limited_line(&mailbox.name);
    match (name.is_empty(), address.is_empty()) {
        (true, true) => String::new(),
        (true, false) if address.is_ascii() => address,
        (true, false) => format!("<{address}>"),
        (false, _) => format!("{} <{address}>", phrase(&name)),
    }
}

fn phrase(name: &str) -> String {
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(is_atext);
    if is_simple(name) && name.split(' ').all(is_word) {
        name.to_owned()
    } else if is_simple(name) {
        quoted(name)
    } else {
        encoded_words(name)
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn is_atext(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte)
}

/// An address that cannot be read as more than one, not even by programs that do
/// not know quoted characters: those that separate addresses are left out.
fn addr_spec(address: &str) -> String {
    let address = limited_line(address);
    let (local, domain) = match address.rsplit_once('@') {
        Some((local, domain)) => (local, Some(domain)),
        None => (address.as_str(), None),
    };
    let inner = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let local: String = inner.unwrap_or(local).chars().filter(|c| !separates(*c)).collect();
    let is_dot_atom =
        local.chars().all(|c| !c.is_ascii() || c == '.' || u8::try_from(c).is_ok_and(is_atext));
    let local = if is_dot_atom { local } else { quoted(&local) };
    let allowed = |c: &char| !c.is_whitespace() && !"()@".contains(*c) && !separates(*c);
    let written = match domain {
        Some(domain) => format!("{local}@{}", domain.chars().filter(allowed).collect::<String>()),
        None => local,
    };
    if written.chars().count() > MAX_WRITTEN_ADDRESS_CHARS { String::new() } else { written }
}

fn separates(character: char) -> bool {
    "<>,;\"\\".contains(character)
}

/// Identifiers in their angle brackets, joined by blanks.
pub(super) fn ids(list: &str) -> String {
    let mut found = Vec::new();
    for piece in list.split('>') {
        let id = piece.rsplit_once('<').map_or(piece, |(_, id)| id);
        let id: String = id.chars().filter(char::is_ascii_graphic).collect();
        if !id.is_empty() && id.len() <= MAX_WRITTEN_ADDRESS_CHARS {
            found.push(format!("<{id}>"));
        }
    }
    found.join(" ")
}

/// A content type that a leaf can have.
pub(super) fn content_type(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    let is_token =
        |token: &str| !token.is_empty() && token.bytes().all(|b| is_atext(b) || b == b'.');
    match name.split_once('/') {
        Some((kind, subtype))
            if kind != "multipart"
                && name.len() <= FOLD_CHARS
                && is_token(kind)
                && !subtype.contains('/')
                && is_token(subtype) =>
        {
            name
        }
        _ => "application/octet-stream".to_owned(),
    }
}

/// The parameter of a file name (RFC 2231), from its semicolon on.
pub(super) fn file_name(name: &str) -> String {
    let name = limited_line(name);
    if name.is_empty() {
        return String::new();
    }
    let is_plain = name.len() <= PIECE_CHARS
        && name.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
        && !name.contains("=?");
    if is_plain {
        return format!(";\r\n filename={}", quoted(&name));
    }
    let mut pieces = Vec::new();
    let mut piece = String::from("utf-8''");
    for byte in name.bytes() {
        if piece.len() + 3 > PIECE_CHARS {
            pieces.push(std::mem::take(&mut piece));
        }
        if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) {
            piece.push(char::from(byte));
        } else {
            piece.push_str(&format!("%{byte:02X}"));
        }
    }
    pieces.push(piece);
    if let [only] = pieces.as_slice() {
        return format!(";\r\n filename*={only}");
    }
    let written: Vec<String> = pieces
        .iter()
        .enumerate()
        .map(|(number, piece)| format!(";\r\n filename*{number}*={piece}"))
        .collect();
    written.concat()
}

/// A date in UTC (RFC 5322 3.3); `None` outside the years that have four digits.
pub(super) fn date(seconds: i64) -> Option<String> {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (days, time) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let week_day = DAYS.get(usize::try_from(days.rem_euclid(7)).ok()?)?;
    // Days since 0000-03-01, in eras of 400 years (H. Hinnant's civil calendar).
    let days = days.checked_add(719_468)?;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = (from_march + 2) % 12;
    let year = year_of_era + era * 400 + i64::from(month < 2);
    let month = MONTHS.get(usize::try_from(month).ok()?)?;
    let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
    (1900..=9999).contains(&year).then(|| {
        format!("{week_day}, {day} {month} {year} {hour:02}:{minute:02}:{second:02} +0000")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_follow_the_calendar() {
        for (seconds, written) in [
            (0, Some("Thu, 1 Jan 1970 00:00:00 +0000")),
            (-1, Some("Wed, 31 Dec 1969 23:59:59 +0000")),
            (951_782_400, Some("Tue, 29 Feb 2000 00:00:00 +0000")),
            (1_772_528_405, Some("Tue, 3 Mar 2026 09:00:05 +0000")),
            (253_402_300_799, Some("Fri, 31 Dec 9999 23:59:59 +0000")),
            (253_402_300_800, None),
            (i64::MIN, None),
            (i64::MAX, None),
        ] {
            assert_eq!(date(seconds).as_deref(), written, "{seconds}");
        }
    }

    #[test]
    fn addresses_stay_one_address() {
        for (given, written) in [
            ("a.b+c@x.example", "a.b+c@x.example"),
            ("a b@x", "\"a b\"@x"),
            ("\"a b\"@x", "\"a b\"@x"),
            ("a>,<evil@y>,b@x", "\"aevil@yb\"@x"),
            ("\"a\" <e@y>, \"b\"@x", "\"a e@y b\"@x"),
            ("a@x>,<e", "a@xe"),
            ("jörg@x", "jörg@x"),
            ("", ""),
        ] {
            assert_eq!(addr_spec(given), written, "{given}");
        }
        let longest = format!("{}@x", "a".repeat(MAX_WRITTEN_ADDRESS_CHARS - 2));
        assert_eq!(addr_spec(&longest), longest);
        assert_eq!(addr_spec(&format!("a{longest}")), "");
    }

    #[test]
    fn identifiers_lose_what_would_break_the_field() {
        assert_eq!(ids("<a@x> <b@x>"), "<a@x> <b@x>");
        assert_eq!(ids("a@x"), "<a@x>");
        assert_eq!(ids("<a\r\nEvil: b>"), "<aEvil:b>");
        assert_eq!(ids(" "), "");
    }

    #[test]
    fn only_leaves_keep_their_content_type() {
        assert_eq!(content_type("Image/PNG"), "image/png");
        for other in ["multipart/mixed", "", "text", "a/b/c", "a/b\r\nx: y"] {
            assert_eq!(content_type(other), "application/octet-stream", "{other}");
        }
    }
}
