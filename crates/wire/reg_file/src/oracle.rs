//! What must hold for any bytes, for fuzzers and the committed corpus.

use crate::error::Cause;
use crate::file::{Entry, RegFile};
use crate::parse::{MAX_KEYS, MAX_VALUES, parse};
use crate::path::canonical_path;
use crate::write::{write, write_bytes};

/// Reads `bytes` as a file and checks what must hold.
///
/// # Panics
/// When an invariant does not hold: that is a defect of this crate.
pub fn check(bytes: &[u8]) {
    match parse(bytes) {
        Ok(file) => check_file(&file),
        Err(error) => {
            let units = bytes.iter().filter(|byte| **byte == b'\n').count();
            assert!((1..=units + 1).contains(&error.line), "an error names a line that exists");
            if error.cause == Cause::NoHeader {
                assert_eq!(error.line, 1, "the header is the first line");
            }
        }
    }
}

fn check_file(file: &RegFile) {
    assert!(file.entries.len() <= MAX_KEYS, "keys are limited");
    let mut values = 0;
    for entry in &file.entries {
        let path = match entry {
            Entry::Delete(path) => path,
            Entry::Key { path, settings } => {
                values += settings.len();
                for value in settings.iter().filter_map(|setting| setting.value.as_ref()) {
                    assert!(value.is_canonical(), "a value has its one form");
                }
                path
            }
        };
        assert_eq!(canonical_path(path).as_ref(), Ok(path), "paths have their long form");
    }
    assert!(values <= MAX_VALUES, "values are limited");
    let text = write(file).expect("what was read can be written");
    assert_eq!(parse(text.as_bytes()).as_ref(), Ok(file), "what was written is read again");
    let bytes = write_bytes(file).expect("what was read can be written");
    assert_eq!(parse(&bytes).as_ref(), Ok(file), "also as UTF-16");
}
