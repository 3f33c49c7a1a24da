//! The component runtime of a process: apartments, calls between them, proxies
//! and stubs, activation.
//!
//! # Start here
//! - [`apartment`]: what an apartment is; `membership`: how threads enter it;
//!   `host`: the apartments that the runtime starts itself;
//! - [`call`]: how work gets from one apartment into another, state by state;
//! - `stub`, `proxy`, `marshal`, `global_table`: how an interface pointer
//!   passes the wall; `description`, `frame`: how a call's arguments do;
//! - [`activation`]: from a class identifier to an interface pointer;
//! - `ffi`: the exported C functions, which only check, catch and forward.
//!
//! # Not here
//! Registry storage (`registry`), identities (`security`), the wire.

// The models are of calls; what they do without is left out under them.
#![cfg_attr(loom, allow(dead_code))]

pub mod activation;
pub mod apartment;
#[cfg(not(loom))]
pub mod busy;
pub mod call;
#[cfg(not(loom))]
mod call_context;
mod cancel;
mod causality;
mod class;
mod context;
mod description;
mod ffi;
mod filter;
mod frame;
mod global_table;
mod host;
mod library;
mod marshal;
mod membership;
pub mod memory;
mod message;
#[cfg(not(loom))]
mod object_context;
mod outgoing;
mod process;
mod proxy;
mod queue;
mod readiness;
mod slot;
#[cfg(not(loom))]
mod spy;
mod stream;
mod stub;
mod sync;
#[cfg(not(loom))]
mod wait;

pub use class::{register_builtin, register_library, unregister_library};
pub use description::{forget_library as forget_descriptions, in_use as descriptions_in_use};
pub use observe::last_error;
pub use process::registry;

#[cfg(all(test, not(loom)))]
#[macro_use]
mod alone_tests;
#[cfg(all(test, not(loom)))]
mod apartment_tests;
#[cfg(all(test, loom))]
mod call_model_tests;
#[cfg(all(test, not(loom)))]
mod frame_tests;
#[cfg(all(test, not(loom)))]
mod marshal_tests;
#[cfg(all(test, not(loom)))]
mod message_tests;
#[cfg(all(test, not(loom)))]
mod stage_tests;
#[cfg(all(test, not(loom)))]
mod tests;
