//! The component runtime of a process: apartments, calls between them, proxies
//! and stubs, activation.
//!
//! # Start here
//! - [`apartment`]: what an apartment is and how threads enter it;
//! - [`call`]: how work gets from one apartment into another, state by state;
//! - [`stub`] and [`proxy`]: how an interface pointer passes the wall;
//! - [`activation`]: from a class identifier to an interface pointer;
//! - `ffi`: the exported C functions, which only check, catch and forward.
//!
//! # Not here
//! Registry storage (`registry`), identities (`security`), the wire.

pub mod activation;
pub mod apartment;
pub mod call;
mod class;
mod context;
mod description;
mod ffi;
mod library;
pub mod memory;
mod process;
mod proxy;
mod queue;
mod stub;

pub use class::{register_library, unregister_library};
pub use observe::last_error;
pub use process::registry;

#[cfg(test)]
mod tests;
