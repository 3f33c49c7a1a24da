//! Feeds anything to the oracle of `reg_file`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| reg_file::oracle::check(data));
