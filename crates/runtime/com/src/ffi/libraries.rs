//! The exported functions that unload libraries. What each does is documented in
//! the SDK (`partywall::ffi::activation`), whose declarations these match.

#![allow(non_snake_case)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use partywall::ffi::INFINITE;

use crate::library::{self, STANDARD_DELAY};

/// See the SDK.
#[unsafe(no_mangle)]
pub extern "system" fn CoFreeUnusedLibraries() {
    CoFreeUnusedLibrariesEx(INFINITE, 0);
}

/// See the SDK.
#[unsafe(no_mangle)]
pub extern "system" fn CoFreeUnusedLibrariesEx(delay: u32, _reserved: u32) {
    let delay = match delay {
        INFINITE => STANDARD_DELAY,
        milliseconds => Duration::from_millis(milliseconds.into()),
    };
    let _ = catch_unwind(AssertUnwindSafe(|| library::free_unused(delay, Instant::now())));
}
