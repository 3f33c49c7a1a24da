//! Feeds anything to the oracle of `control`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| control::oracle(data));
