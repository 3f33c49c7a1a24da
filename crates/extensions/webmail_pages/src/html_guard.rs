//! Whether HTML can be parsed in bounded time and memory.
//!
//! An HTML parser looks through its stack of open elements at each tag, opens
//! unclosed formatting elements again in each paragraph, and compares each
//! attribute's name with those before it, so a small text can cost a lot. This
//! counts, without a tree, and refuses what goes too far. Each count is at
//! least what the parser meets: elements are counted by name wherever a tag
//! could begin, attributes as if a tag began at each such place.

use std::collections::HashMap;

/// Most elements open at once.
const MAX_OPEN: u32 = 400;
/// Most formatting elements opened again, over the whole text.
const MAX_REOPENED: u64 = 200_000;
/// Most tags.
const MAX_TAGS: u32 = 60_000;
/// Most attributes of a tag.
const MAX_ATTRIBUTES: u32 = 500;
/// Most character references.
const MAX_REFERENCES: usize = 50_000;

/// Elements that are never open, or that the next of their kind closes.
const UNCOUNTED: [&str; 19] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "li", "meta", "option",
    "p", "source", "td", "th", "tr", "track", "wbr",
];
/// Elements that the parser opens again after a block closed them.
const FORMATTING: [&str; 14] = [
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
];

/// Whether it is cheap enough to parse.
pub fn is_parsable(html: &str) -> bool {
    html.matches('&').count() <= MAX_REFERENCES && has_few_elements(html) && has_short_tags(html)
}

fn has_few_elements(html: &str) -> bool {
    let mut open: HashMap<String, u32> = HashMap::new();
    let (mut depth, mut formatting, mut reopened, mut tags) = (0u32, 0u32, 0u64, 0u32);
    for part in html.split('<').skip(1) {
        let (closing, part) = part.strip_prefix('/').map_or((false, part), |part| (true, part));
        let name: String = part
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .take(16)
            .map(|character| character.to_ascii_lowercase())
            .collect();
        if !name.starts_with(|first: char| first.is_ascii_alphabetic()) {
            continue;
        }
        tags += 1;
        reopened += u64::from(formatting);
        if tags > MAX_TAGS || reopened > MAX_REOPENED {
            return false;
        }
        if UNCOUNTED.contains(&name.as_str()) {
            continue;
        }
        let formats = u32::from(FORMATTING.contains(&name.as_str()));
        let count = open.entry(name).or_default();
        if !closing {
            (*count, depth, formatting) = (*count + 1, depth + 1, formatting + formats);
        } else if *count > 0 {
            (*count, depth, formatting) = (*count - 1, depth - 1, formatting - formats);
        }
        if depth > MAX_OPEN {
            return false;
        }
    }
    true
}

/// Whether no tag has too many attributes, wherever tags begin. Places that
/// could be inside of another tag are read more than once; a text that makes
/// this costly is refused too.
fn has_short_tags(html: &str) -> bool {
    let mut work = 4 * html.len() + (64 << 10);
    for (at, _) in html.match_indices('<') {
        let tag = html.get(at + 1..).unwrap_or_default();
        let tag = tag.strip_prefix('/').unwrap_or(tag);
        if !tag.starts_with(|first: char| first.is_ascii_alphabetic()) {
            continue;
        }
        let (attributes, length) = attributes(tag);
        if attributes > MAX_ATTRIBUTES || length > work {
            return false;
        }
        work -= length;
    }
    true
}

/// Attributes of the tag that begins here, at most one more than allowed, and
/// the bytes that were read (HTML standard, 13.2.5.8 and 13.2.5.32 to .40).
fn attributes(tag: &str) -> (u32, usize) {
    let is_space = |byte: u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0c);
    let after = |rest: &[u8], ends: &dyn Fn(u8) -> bool| -> usize {
        rest.iter().position(|byte| ends(*byte)).unwrap_or(rest.len())
    };
    let bytes = tag.as_bytes();
    let rest = |at: usize| bytes.get(at..).unwrap_or_default();
    let mut at = after(bytes, &|byte| is_space(byte) || matches!(byte, b'/' | b'>'));
    let mut count = 0;
    while count <= MAX_ATTRIBUTES {
        at += after(rest(at), &|byte| !is_space(byte) && byte != b'/');
        if matches!(rest(at).first(), None | Some(b'>')) {
            break;
        }
        count += 1;
        // The first character belongs to the name, even when it is `=`.
        at += 1;
        at += after(rest(at), &|byte| is_space(byte) || matches!(byte, b'/' | b'>' | b'='));
        let value = at + after(rest(at), &|byte| !is_space(byte));
        if rest(value).first() != Some(&b'=') {
            continue;
        }
        at = value + 1;
        at += after(rest(at), &|byte| !is_space(byte));
        match rest(at).first().copied() {
            Some(quote @ (b'"' | b'\'')) => {
                at += 1;
                at += after(rest(at), &|byte| byte == quote) + 1;
            }
            _ => at += after(rest(at), &|byte| is_space(byte) || byte == b'>'),
        }
    }
    (count, at.min(bytes.len()))
}

#[cfg(test)]
mod tests {
    use super::{MAX_ATTRIBUTES, MAX_OPEN, MAX_REFERENCES, MAX_TAGS, attributes, is_parsable};

    #[test]
    fn nesting_is_parsed_up_to_its_limit() {
        assert!(is_parsable(&"<div>".repeat(MAX_OPEN as usize)));
        assert!(!is_parsable(&"<div>".repeat(MAX_OPEN as usize + 1)));
        assert!(is_parsable(&"<DIV><b>x</b></DIV>".repeat(10_000)));
    }

    #[test]
    fn tags_are_counted_up_to_their_limit() {
        assert!(is_parsable(&"<br>".repeat(MAX_TAGS as usize)));
        assert!(!is_parsable(&"<br>".repeat(MAX_TAGS as usize + 1)));
    }

    #[test]
    fn closing_what_was_not_opened_does_not_hide_the_depth() {
        assert!(!is_parsable(&"<div></x></span>".repeat(MAX_OPEN as usize + 1)));
    }

    #[test]
    fn unclosed_formatting_in_many_paragraphs_is_refused() {
        let text = format!("{}{}", "<b><i><u><s>".repeat(20), "<p>x".repeat(10_000));
        assert!(!is_parsable(&text));
        assert!(is_parsable(&"<p><b>x</b> <i>y</i>".repeat(10_000)));
    }

    #[test]
    fn references_are_counted_up_to_their_limit() {
        assert!(is_parsable(&"&nbsp;".repeat(MAX_REFERENCES)));
        assert!(!is_parsable(&"&".repeat(MAX_REFERENCES + 1)));
    }

    #[test]
    fn attributes_are_counted_as_a_parser_does() {
        let counts = [
            ("a>b c d", 0),
            ("br/>", 0),
            ("a b c/d>", 3),
            ("a href=x title = 'y z' alt=\"> <\">", 3),
            ("a b='1'c=\"2\"d>", 3),
            ("a = b>", 2),
            ("a b=>c d", 1),
            ("a b=\"unclosed c d e", 1),
            ("a b<c d", 2),
        ];
        for (tag, count) in counts {
            assert_eq!(attributes(tag).0, count, "{tag}");
        }
    }

    #[test]
    fn attributes_are_parsed_up_to_their_limit_wherever_they_hide() {
        let limit = MAX_ATTRIBUTES as usize;
        assert!(is_parsable(&format!("<a{}>", " b".repeat(limit))));
        for one in [" b", "/b", " b='>'", " b=\"<\"", " b<c"] {
            assert!(!is_parsable(&format!("<a{}>", one.repeat(limit + 1))), "{one}");
            let hidden = format!("<!-- <x y=\" --></z{}>", one.repeat(limit + 1));
            assert!(!is_parsable(&hidden), "{one}");
        }
    }

    #[test]
    fn tags_within_tags_without_end_are_refused() {
        assert!(!is_parsable(&format!("{}x", "<a b='".repeat(50_000))));
        assert!(is_parsable(&format!("<p>{}</p>", "a < b ".repeat(50_000))));
    }
}
