//! Feeds anything to the oracle of `http1`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| http1::oracle::parse_anything(data));
