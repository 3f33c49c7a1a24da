//! Feeds anything to the oracle of Maildir names.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mime::oracle::check_name(data));
