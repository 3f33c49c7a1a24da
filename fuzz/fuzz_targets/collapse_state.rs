//! Feeds anything to the oracle of collapse states.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mapi_table::oracle(data));
