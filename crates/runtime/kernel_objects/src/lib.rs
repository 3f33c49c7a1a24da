#![doc = include_str!("../README.md")]
// The models use a part of the crate.
#![cfg_attr(loom, allow(dead_code))]

mod critical_section;
mod database;
mod dispatcher;
mod error;
mod futex;
mod handle;
mod object;
mod operations;
mod signal;
mod slim_lock;

#[cfg(not(loom))]
mod clock;
#[cfg(not(loom))]
mod event;
#[cfg(not(loom))]
mod ffi;
#[cfg(not(loom))]
mod storage;
#[cfg(not(loom))]
mod thread;
#[cfg(not(loom))]
mod thread_key;

pub use error::Error;
#[cfg(not(loom))]
pub use event::{Event, Wanted, Woken, wait, wait_with};

/// How many handles are open in this process.
#[cfg(not(loom))]
pub fn open_handles() -> i64 {
    database::database().with(|dispatcher| dispatcher.open_handles()) as i64
}

#[cfg(all(test, loom))]
#[path = "model/tests.rs"]
mod model;
#[cfg(all(test, not(loom)))]
mod tests;
