//! Text rules of the store: matching, folding, the subject without its prefix.
//!
//! Folding is `char::to_lowercase` of each character, without language rules.
//! Matching is done here and not by LIKE, whose case rule is ASCII's and which
//! has wildcards.

use std::cmp::Ordering;

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::ValueRef;

use mapi_abi::restriction::Match;

/// Prefixes of answers and forwarded messages, as mail programs write them.
const PREFIXES: [&str; 8] = ["re", "fwd", "fw", "aw", "wg", "sv", "vs", "tr"];

pub(crate) fn fold(text: &str) -> String {
    folded(text).collect()
}

fn folded(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_lowercase)
}

/// The order of two texts that are folded, without folding more of them than the
/// order needs.
fn folded_order(left: &str, right: &str) -> Ordering {
    let mut same = 0;
    for (one, other) in left.bytes().zip(right.bytes()) {
        if !(one.is_ascii() && other.is_ascii()) {
            break;
        }
        match one.to_ascii_lowercase().cmp(&other.to_ascii_lowercase()) {
            Ordering::Equal => same += 1,
            order => return order,
        }
    }
    folded(left.get(same..).unwrap_or_default()).cmp(folded(right.get(same..).unwrap_or_default()))
}

/// Number under which a kind of match travels to the SQL function.
pub(crate) const fn match_number(kind: Match) -> i64 {
    match kind {
        Match::Full => 0,
        Match::Prefix => 1,
        Match::Substring => 2,
    }
}

fn matches(text: &str, looked_for: &str, kind: i64) -> bool {
    match kind {
        0 => text == looked_for,
        1 => text.starts_with(looked_for),
        _ => text.contains(looked_for),
    }
}

fn bytes_match(bytes: &[u8], looked_for: &[u8], kind: i64) -> bool {
    match kind {
        0 => bytes == looked_for,
        1 => bytes.starts_with(looked_for),
        _ if looked_for.is_empty() => true,
        _ => bytes.windows(looked_for.len()).any(|window| window == looked_for),
    }
}

/// Makes `text_match(text, looked_for, kind, ignore_case)`,
/// `bytes_match(bytes, looked_for, kind)`, `text_size(text)` and the order `folded`
/// known. A missing value matches nothing; with `ignore_case` the text looked for is
/// folded already.
pub(crate) fn register(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_scalar_function("text_match", 4, flags, |context| {
        let ValueRef::Text(bytes) = context.get_raw(0) else { return Ok(false) };
        let text = String::from_utf8_lossy(bytes);
        let looked_for = context.get_raw(1).as_str()?;
        let kind: i64 = context.get(2)?;
        Ok(if context.get::<bool>(3)? {
            matches(&fold(&text), looked_for, kind)
        } else {
            matches(&text, looked_for, kind)
        })
    })?;
    connection.create_scalar_function("bytes_match", 3, flags, |context| {
        let ValueRef::Blob(bytes) = context.get_raw(0) else { return Ok(false) };
        let ValueRef::Blob(looked_for) = context.get_raw(1) else { return Ok(false) };
        Ok(bytes_match(bytes, looked_for, context.get(2)?))
    })?;
    connection.create_scalar_function("text_size", 1, flags, |context| {
        Ok(match context.get_raw(0) {
            ValueRef::Text(bytes) => {
                let units = String::from_utf8_lossy(bytes).encode_utf16().count() + 1;
                Some(i64::try_from(units * 2).unwrap_or(i64::MAX))
            }
            _ => None,
        })
    })?;
    connection.create_collation("folded", folded_order)
}

/// The subject without `Re:`, `Fwd:` and their like, also repeated or counted as
/// in `Re[2]:`.
pub fn normalized_subject(subject: &str) -> &str {
    let mut rest = subject.trim();
    while let Some(shorter) = without_prefix(rest) {
        rest = shorter;
    }
    rest
}

fn without_prefix(subject: &str) -> Option<&str> {
    let (prefix, rest) = subject.split_once(':')?;
    let word = match prefix.split_once(['[', '(']) {
        Some((word, count)) => {
            let count = count.strip_suffix([']', ')'])?;
            count.bytes().all(|byte| byte.is_ascii_digit()).then_some(word)?
        }
        None => prefix,
    };
    let word = word.trim_end();
    PREFIXES.iter().any(|known| known.eq_ignore_ascii_case(word)).then(|| rest.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_of_answers_are_stripped_and_other_words_are_not() {
        for (subject, normalized) in [
            ("Re: Fwd: RE[2]: lunch", "lunch"),
            ("AW: Mittag", "Mittag"),
            ("Re:lunch", "lunch"),
            ("Re : lunch", "lunch"),
            ("Re:", ""),
            ("Reality: check", "Reality: check"),
            ("Re[x]: lunch", "Re[x]: lunch"),
            ("10:30", "10:30"),
            ("", ""),
        ] {
            assert_eq!(normalized_subject(subject), normalized, "{subject}");
        }
    }

    #[test]
    fn texts_are_ordered_as_if_they_were_folded() {
        let texts = [
            "",
            "a",
            "A",
            "ab",
            "Z",
            "ä",
            "Äb",
            "aÄ",
            "aä",
            "k",
            "\u{212A}x",
            "İ",
            "i",
            "ÿ",
            "\u{10000}",
        ];
        for left in texts {
            for right in texts {
                let expected = fold(left).cmp(&fold(right));
                assert_eq!(folded_order(left, right), expected, "{left:?} {right:?}");
            }
        }
    }

    #[test]
    fn folding_is_not_only_ascii() {
        assert_eq!(fold("GRÜẞE Ω ÉÀ"), "grüße ω éà");
    }
}
