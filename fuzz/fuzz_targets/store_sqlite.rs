//! Feeds anything to the oracle of `store_sqlite`: entry identifiers and what
//! search folders look for.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| store_sqlite::oracle::check(data));
