//! The component runtime of a process: apartments, calls between them, proxies
//! and stubs, activation.
//!
//! # Start here
//! - [`apartment`]: what an apartment is; `membership`: how threads enter it;
//!   `host`: the apartments that the runtime starts itself;
//! - [`call`]: how work gets from one apartment into another, state by state;
//! - `stub`, `proxy`, `marshal`, `proxy_stub`, `global_table`, `agile`: how an
//!   interface pointer passes the wall; `hook`: what looks at calls on their way;
//! - [`activation`]: from a class identifier to an interface pointer;
//! - `ffi`: the exported C functions, which only check, catch and forward.
//!
//! # Not here
//! Registry storage (`registry`), identities (`security`), the wire.

pub mod activation;
mod agile;
pub mod apartment;
pub mod call;
mod class;
mod context;
mod description;
mod ffi;
mod global_table;
mod hook;
mod host;
mod library;
mod marshal;
mod membership;
pub mod memory;
mod process;
mod proxy;
mod proxy_stub;
mod queue;
mod slot;
mod stream;
mod stub;
mod sync;
mod teardown;

pub use class::{register_builtin, register_library, unregister_library};
pub use observe::last_error;
pub use process::registry;

#[cfg(all(test, not(loom)))]
#[macro_use]
mod alone_tests;
#[cfg(all(test, not(loom)))]
mod agile_tests;
#[cfg(all(test, loom))]
mod call_model_tests;
#[cfg(all(test, not(loom)))]
mod channel_tests;
#[cfg(all(test, not(loom)))]
mod connection_tests;
#[cfg(all(test, not(loom)))]
mod custom_tests;
#[cfg(all(test, not(loom)))]
mod fixture_tests;
#[cfg(all(test, not(loom)))]
mod marshal_tests;
#[cfg(all(test, not(loom)))]
mod proxy_stub_tests;
#[cfg(all(test, not(loom)))]
mod tests;
