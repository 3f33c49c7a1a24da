//! What must hold for any bytes, for fuzzers and the committed corpus.

use crate::parse::{MAX_ENTRIES, MAX_SECTIONS, parse};
use crate::services::{MAX_PROVIDERS, read};

/// Reads `bytes` as a file and checks what must hold.
///
/// # Panics
/// When an invariant does not hold: that is a defect of this crate.
pub fn check(bytes: &[u8]) {
    let lines = bytes.iter().filter(|byte| **byte == b'\n').count() + 1;
    let file = match parse(bytes) {
        Ok(file) => file,
        Err(error) => {
            assert!(error.line <= lines, "an error names a line that exists");
            return;
        }
    };
    assert!(file.sections.len() <= MAX_SECTIONS, "sections are limited");
    let entries: usize = file.sections.iter().map(|section| section.entries.len()).sum();
    assert!(entries <= MAX_ENTRIES, "keys are limited");
    for (at, section) in file.sections.iter().enumerate() {
        let found = file.section(&section.name.to_ascii_uppercase()).map(|found| &found.line);
        assert_eq!(found, Some(&section.line), "section {at} is found by its name");
    }
    match read(&file) {
        Err(error) => assert!((1..=lines).contains(&error.line), "an error names a line"),
        Ok(services) => {
            for service in &services.services {
                let count = service.providers.len();
                assert!((1..=MAX_PROVIDERS).contains(&count), "a service has providers");
                let same = |name: &str| service.name.eq_ignore_ascii_case(name);
                let named = services.services.iter().filter(|other| same(&other.name)).count();
                assert_eq!(named, 1, "a name means one service");
            }
            let merged = crate::merge([(1, services.clone()), (2, services.clone())]);
            assert!(merged.iter().all(|(origin, _)| *origin == 2), "the later fragment wins");
            assert_eq!(merged.len(), services.services.len(), "nothing is there twice");
        }
    }
}
