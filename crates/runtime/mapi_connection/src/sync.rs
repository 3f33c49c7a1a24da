//! What the protocol of a list is made of: the system's threads, locks, wakes and
//! identities, or a model's stand-ins for them (`cargo xtask models`).
//!
//! - `sync/standard.rs`: the product;
//! - `sync/loom.rs`: every order of steps of a small part;
//! - `sync/shuttle.rs`: very many orders of whole schedules.
//!
//! A lock of the standard library's must not be held across a use of these, since
//! a model's threads share one of the system's.

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
