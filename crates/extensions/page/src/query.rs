//! The query of a request: `name=value` pairs joined by `&`.
//!
//! Limits: [`MAX_QUERY_BYTES`], [`MAX_PAIRS`]. Of a name that is repeated the
//! first counts. Control characters are taken out of the values, for none of
//! the pages has a use for them.

use crate::percent::decode;

/// Longest query that is read.
pub const MAX_QUERY_BYTES: usize = 8 << 10;
/// Most pairs that are read.
pub const MAX_PAIRS: usize = 32;

/// A parsed query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Parses; `None` when it is beyond the limits.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_QUERY_BYTES {
            return None;
        }
        let mut pairs = Vec::new();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            if pairs.len() == MAX_PAIRS {
                return None;
            }
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let mut value = decode(value);
            value.retain(|character| !character.is_control());
            pairs.push((decode(name), value));
        }
        Some(Self(pairs))
    }

    /// The value; `None` when the name is not there.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(have, _)| have == name).map(|(_, value)| value.as_str())
    }

    /// Whether the name is there, with or without a value.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_PAIRS, MAX_QUERY_BYTES, Query};

    #[test]
    fn values_are_decoded_and_the_first_of_a_name_counts() {
        let query = Query::parse("q=a+b%26c&&folder=12&q=other&stations").unwrap();
        assert_eq!(query.get("q"), Some("a b&c"));
        assert_eq!(query.get("folder"), Some("12"));
        assert!(query.has("stations"));
        assert!(!query.has("trace"));
    }

    #[test]
    fn control_characters_are_taken_out_of_values() {
        assert_eq!(Query::parse("q=a%0D%0Ab%00c").unwrap().get("q"), Some("abc"));
    }

    #[test]
    fn a_query_is_read_up_to_its_limits_and_refused_beyond() {
        let longest = format!("q={}", "a".repeat(MAX_QUERY_BYTES - 2));
        assert!(Query::parse(&longest).is_some());
        assert!(Query::parse(&format!("{longest}a")).is_none());
        let most = vec!["a=1"; MAX_PAIRS].join("&");
        assert!(Query::parse(&most).is_some());
        assert!(Query::parse(&format!("{most}&b=2")).is_none());
    }
}
