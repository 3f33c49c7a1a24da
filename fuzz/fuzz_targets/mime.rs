//! Feeds anything to the oracle of `mime`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mime::oracle::check(data));
