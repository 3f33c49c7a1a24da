//! Feeds anything to the oracle of `vcard_book`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vcard_book::oracle::check(data));
