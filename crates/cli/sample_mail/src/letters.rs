//! The letters as they are written down in `letters/*.txt`: what a letter says,
//! between whom, how old it is and where each owner keeps it.
//!
//! A letter begins with `==== KEY`, has fields, an empty line and its text:
//!
//! | field | says |
//! |---|---|
//! | `From`, `To`, `Cc` | short names of [`crate::people`] |
//! | `At` | its age, such as `12d 4h 30m` |
//! | `Alice`, `Bob` | where that owner has it: `Friends; unread, flagged` |
//! | `Subject` | absent in a letter without one |
//! | `Reply` | key of the letter that it answers |
//! | `Importance` | `high` |
//! | `Html`, `Inline`, `Attach` | a page, pictures in it, files |
//! | `Charset`, `Encoding`, `Format` | how the text is sent; else what suits it |
//! | `List` | `yes` for what the mailing list delivered |

const SOURCES: [&str; 6] = [
    include_str!("../letters/thread.txt"),
    include_str!("../letters/house.txt"),
    include_str!("../letters/lists.txt"),
    include_str!("../letters/neighbours.txt"),
    include_str!("../letters/inbox_alice.txt"),
    include_str!("../letters/inbox_bob.txt"),
];

/// A letter as written down.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    pub(crate) key: &'static str,
    fields: Vec<(&'static str, &'static str)>,
    /// Lines are separated by LF; the last one has none.
    pub(crate) text: &'static str,
}

/// Where an owner keeps a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) folder: Vec<&'static str>,
    pub(crate) unread: bool,
    pub(crate) flagged: bool,
}

impl Place {
    pub(crate) fn is(&self, folder: &str) -> bool {
        self.folder == [folder]
    }

    /// Whether the letter came from outside, so that a server stamped it.
    pub(crate) fn is_arrival(&self) -> bool {
        !self.is("Sent Items") && !self.is("Drafts")
    }
}

impl Letter {
    fn parse(key: &'static str, rest: &'static str) -> Self {
        let (head, text) = rest.split_once("\n\n").unwrap_or((rest, ""));
        let fields = head.lines().filter_map(|line| line.split_once(": ")).collect();
        Self { key, fields, text: text.trim_end() }
    }

    pub(crate) fn field(&self, name: &str) -> Option<&'static str> {
        self.fields.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    /// The entries of a field with commas.
    pub(crate) fn list(&self, name: &str) -> impl Iterator<Item = &'static str> {
        self.field(name).unwrap_or_default().split(',').map(str::trim).filter(|one| !one.is_empty())
    }

    /// Seconds between its sending and now.
    pub(crate) fn age_seconds(&self) -> i64 {
        self.field("At").unwrap_or_default().split(' ').filter_map(duration_seconds).sum()
    }

    /// Where `owner` keeps it; none when it is not the owner's.
    pub(crate) fn place(&self, owner: &str) -> Option<Place> {
        let field = match owner {
            "alice" => "Alice",
            "bob" => "Bob",
            _ => return None,
        };
        let (folder, flags) = self.field(field).map(|value| {
            let (folder, flags) = value.split_once(';').unwrap_or((value, ""));
            (folder.split('/').collect(), flags)
        })?;
        let has = |flag: &str| flags.split(',').any(|one| one.trim() == flag);
        Some(Place { folder, unread: has("unread"), flagged: has("flagged") })
    }
}

fn duration_seconds(word: &str) -> Option<i64> {
    let (number, unit) = word.split_at_checked(word.len().checked_sub(1)?)?;
    let number: i64 = number.parse().ok()?;
    match unit {
        "d" => Some(number * 86_400),
        "h" => Some(number * 3_600),
        "m" => Some(number * 60),
        _ => None,
    }
}

/// All letters, of both owners.
pub(crate) fn all() -> Vec<Letter> {
    let split = |source: &'static str| source.strip_prefix("==== ").unwrap_or(source);
    SOURCES
        .into_iter()
        .flat_map(|source| split(source).split("\n==== "))
        .filter_map(|record| record.split_once('\n'))
        .map(|(key, rest)| Letter::parse(key, rest))
        .collect()
}

/// The letter of a key.
pub(crate) fn find<'a>(letters: &'a [Letter], key: &str) -> Option<&'a Letter> {
    letters.iter().find(|letter| letter.key == key)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::people::person;

    const FIELDS: [&str; 16] = [
        "From",
        "To",
        "Cc",
        "At",
        "Alice",
        "Bob",
        "Subject",
        "Reply",
        "Importance",
        "Html",
        "Inline",
        "Attach",
        "Charset",
        "Encoding",
        "Format",
        "List",
    ];

    #[test]
    fn every_field_is_known_and_every_letter_complete() {
        let letters = all();
        let mut keys = BTreeSet::new();
        for letter in &letters {
            assert!(keys.insert(letter.key), "{} stands there twice", letter.key);
            for (name, _) in &letter.fields {
                assert!(FIELDS.contains(name), "{}: {name}", letter.key);
            }
            assert!(letter.place("alice").or(letter.place("bob")).is_some(), "{}", letter.key);
            assert!(letter.age_seconds() > 0, "{}", letter.key);
            assert!(!letter.text.is_empty(), "{}", letter.key);
        }
    }

    #[test]
    fn every_short_name_and_every_answered_key_is_known() {
        let letters = all();
        for letter in &letters {
            for field in ["From", "To", "Cc"] {
                for short in letter.list(field) {
                    assert!(person(short).is_some(), "{}: {short}", letter.key);
                }
            }
            if let Some(key) = letter.field("Reply") {
                let answered = find(&letters, key).expect(key);
                assert!(answered.age_seconds() > letter.age_seconds(), "{}", letter.key);
            }
        }
    }

    #[test]
    fn an_age_is_the_sum_of_its_words() {
        let letter = Letter::parse("k", "At: 2d 3h 4m\n\nx\n");
        assert_eq!(letter.age_seconds(), 2 * 86_400 + 3 * 3_600 + 4 * 60);
        assert_eq!(duration_seconds("5x"), None);
        assert_eq!(duration_seconds(""), None);
    }
}
