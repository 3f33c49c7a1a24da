//! What holds for any bytes that are read back: entry identifiers and what search
//! folders look for. For tests and the fuzzer.

use crate::criteria;
use crate::entry::{Kind, decode, encode};

/// Checks that reading does not panic and that what is read is written alike.
///
/// # Panics
/// When that does not hold.
pub fn check(bytes: &[u8]) {
    let (front, rest) = bytes.split_at(bytes.len().min(16));
    let mut uid = [0; 16];
    if let Some(part) = uid.get_mut(..front.len()) {
        part.copy_from_slice(front);
    }
    for kind in [Kind::Folder, Kind::Message] {
        for entry in [bytes, rest] {
            if let Some(row) = decode(&uid, kind, entry) {
                assert_eq!(encode(&uid, kind, row).0, entry, "identifiers are read as written");
            }
        }
    }
    if let Some(restriction) = criteria::decode(bytes) {
        let written = criteria::encode(&restriction);
        let again = criteria::decode(&written).map(|again| criteria::encode(&again));
        assert_eq!(again, Some(written), "criteria are read as written");
        // Refused or compiled: either is good.
        let _compiled = crate::contents::condition(Some(&restriction), &uid);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_corpus_reaches_what_it_is_for() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
        let read = |name: &str| std::fs::read(folder.join(name)).expect("a corpus file");
        for name in ["all", "nested", "sub", "count", "values"] {
            assert!(criteria::decode(&read(&format!("{name}.criteria"))).is_some(), "{name}");
        }
        assert_eq!(criteria::decode(&read("too_deep.criteria")), None);
        for (name, kind) in [("folder", Kind::Folder), ("message", Kind::Message)] {
            let bytes = read(&format!("{name}.entry"));
            let (uid, entry) = bytes.split_first_chunk::<16>().expect("a uid");
            assert!(decode(uid, kind, entry).is_some(), "{name}");
        }
    }
}
