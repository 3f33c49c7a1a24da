//! What the protocols between threads are made of: the standard library's, or a
//! model's stand-ins for it (`cargo xtask models`).
//!
//! - `sync/standard.rs`: the product;
//! - `sync/loom.rs`: every order of steps of a small part;
//! - `sync/shuttle.rs`: very many orders of whole schedules.
//!
//! What is shared and changes between two steps of a protocol is made of these;
//! a lock of the standard library's must not be held across a use of them, since
//! a model's threads share one of the system's. Thread-locals that tell threads
//! apart come from here too ([`thread_local`]), and what the process has one of
//! (`process_static`), which a model makes anew each time.

#[cfg(loom)]
#[path = "sync/loom.rs"]
mod parts;
#[cfg(shuttle)]
#[path = "sync/shuttle.rs"]
mod parts;
#[cfg(not(any(loom, shuttle)))]
#[path = "sync/standard.rs"]
mod parts;

pub use parts::*;
