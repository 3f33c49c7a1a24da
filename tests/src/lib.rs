//! The harness: builds what the tests drive, starts the real program as a child
//! process, and talks to it with a real HTTP client.

#![allow(missing_docs)]

mod build;
mod client;
mod compile;
mod ffi;
mod house;

pub use build::{artifact, program};
pub use client::{Answer, Client};
pub use compile::compile;
pub use ffi::signal;
pub use house::{House, demo, partywall, serve};

/// The folder of other people's mail; says so when it is not there.
pub fn foreign_data() -> Option<std::path::PathBuf> {
    let named = std::env::var_os("PARTYWALL_TEST_DATA").map(std::path::PathBuf::from);
    let beside = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let found = named.unwrap_or(beside);
    if found.is_dir() {
        return Some(found);
    }
    println!("skipped: no ../shared/data");
    None
}

/// Gives this process the messaging subsystem, as the program has it.
pub fn messaging() {
    mapi_session::catalog::register(
        built_in_services::default_services(),
        built_in_services::other_services(),
    );
    // Its exported functions stay only if something of their crate is used.
    std::hint::black_box(extended_mapi::live_buffers());
}

/// Whether the tests run as root; says so when they do not.
pub fn is_root() -> bool {
    let root = ffi::uid() == 0;
    if !root {
        println!("skipped: kernel identities need root");
    }
    root
}
