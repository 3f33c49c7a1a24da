//! Feeds anything to the oracle of `inf_file`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| inf_file::oracle::check(data));
