//! How names are compared: without regard to capitals, by the beginnings of words.

pub(crate) fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// Whether every word looked for begins a word of the name. Both are folded.
pub(crate) fn begins_words(name: &str, looked_for: &str) -> bool {
    let mut asked = words(looked_for).peekable();
    asked.peek().is_some() && asked.all(|asked| words(name).any(|word| word.starts_with(asked)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_by_their_beginnings() {
        assert!(begins_words("ada lovelace", "lo ad"));
        assert!(begins_words("jörg-peter", "pet"));
        assert!(!begins_words("ada lovelace", "da"));
        assert!(!begins_words("ada", " "));
        assert_eq!(fold("ÄDA"), "äda");
    }
}
