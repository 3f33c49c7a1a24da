//! Numbers for configurations: two logons share what they open only if they are
//! configured alike, and a name that is shown must not show a password.
//!
//! Sections are compared as values, never by a digest.

use std::sync::{Mutex, PoisonError};

use mapi_abi::spi::Section;
use mapi_profile::Uid;

/// Most configurations that are remembered; then all are forgotten, and equal ones
/// get another number.
const MAX_REMEMBERED: usize = 1024;

#[derive(Default)]
struct Known {
    last: u64,
    sections: Vec<(Uid, Section, u64)>,
}

static KNOWN: Mutex<Known> = Mutex::new(Known { last: 0, sections: Vec::new() });

/// The number of a provider's configuration: the same for equal ones.
pub fn number(provider: Uid, section: &Section) -> u64 {
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let same = |entry: &&(Uid, Section, u64)| entry.0 == provider && entry.1 == *section;
    if let Some((_, _, number)) = known.sections.iter().find(same) {
        return *number;
    }
    if known.sections.len() >= MAX_REMEMBERED {
        known.sections.clear();
    }
    known.last += 1;
    let number = known.last;
    known.sections.push((provider, section.clone(), number));
    number
}

#[cfg(test)]
mod tests {
    use mapi_abi::tags::PR_PROFILE_PATH;
    use mapi_abi::value::Value;

    use super::*;

    #[test]
    fn equal_configurations_of_a_provider_have_the_same_number() {
        let section = |path: &str| {
            let mut section = Section::new();
            section.set(PR_PROFILE_PATH, Value::Unicode(path.into()));
            section
        };
        let (one, two) = (Uid([1; 16]), Uid([2; 16]));
        let first = number(one, &section("a"));
        assert_eq!(number(one, &section("a")), first);
        assert_ne!(number(one, &section("b")), first);
        assert_ne!(number(two, &section("a")), first);
    }
}
