//! Whether HTML can be parsed in bounded time and memory.
//!
//! An HTML parser looks through its stack of open elements at each tag and
//! opens unclosed formatting elements again in each paragraph, so a small text
//! can cost a lot. This counts open elements by name, without a tree, and
//! refuses what goes too deep.

use std::collections::HashMap;

/// Most elements open at once.
const MAX_OPEN: u32 = 400;
/// Most formatting elements opened again, over the whole text.
const MAX_REOPENED: u64 = 200_000;
/// Most tags.
const MAX_TAGS: u32 = 60_000;

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

#[cfg(test)]
mod tests {
    use super::{MAX_OPEN, MAX_TAGS, is_parsable};

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
}
