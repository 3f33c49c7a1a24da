//! The component runtime of a process: apartments, calls between them, proxies
//! and stubs, activation.
//!
//! # Start here
//! - [`apartment`]: what an apartment is; `contexts`: what a context in one is; `membership`: how threads enter it;
//!   `host`: the apartments that the runtime starts itself;
//! - [`call`]: how work gets from one apartment into another, state by state;
//! - `stub`, `proxy`, `marshal`, `proxy_stub`, `global_table`, `agile`: how an
//!   interface pointer passes the wall; `description`, `frame`: how a call's
//!   arguments do; `hook`: what looks at calls on their way;
//! - `asynchronous`: calls whose caller does not wait; `synchronize`: what is waited
//!   for then;
//! - [`activation`]: from a class identifier to an interface pointer;
//!   `class_object`: what is registered for it at run time; `library`: where its
//!   code comes from and when it goes;
//! - `moniker`, `running_objects`: objects by their names;
//! - `ffi`: the exported C functions, which only check, catch and forward.
//!
//! # Not here
//! Registry storage (`registry`), identities (`security`), the wire.

// The models are of calls; what they do without is left out under them.
#![cfg_attr(any(loom, shuttle), allow(dead_code, unused_imports))]

pub mod activation;
mod agile;
pub mod apartment;
#[cfg(not(loom))]
mod asynchronous;
#[cfg(not(loom))]
pub mod busy;
pub mod call;
#[cfg(not(loom))]
mod call_context;
mod cancel;
mod causality;
mod class;
mod class_factory;
mod class_file;
mod class_object;
mod context;
pub mod contexts;
mod description;
mod ffi;
mod filter;
mod frame;
mod global_table;
mod held;
mod hook;
mod host;
mod identifier;
mod library;
mod marshal;
mod membership;
pub mod memory;
mod message;
mod moniker;
mod object_context;
mod outgoing;
mod process;
mod progid;
mod proxy;
mod proxy_stub;
mod queue;
mod readiness;
mod running_objects;
mod slot;
#[cfg(not(loom))]
mod spy;
mod stream;
mod stub;
mod sync;
#[cfg(not(loom))]
mod synchronize;
mod teardown;
mod treat_as;
#[cfg(not(loom))]
mod wait;

pub use class::{register_builtin, register_library, unregister_library};
pub use observe::last_error;
pub use process::registry;

#[cfg(all(test, not(loom)))]
#[macro_use]
mod alone_tests;
#[cfg(all(test, not(loom)))]
mod activation_tests;
#[cfg(all(test, loom))]
mod activity_model_tests;
#[cfg(all(test, not(loom)))]
mod agile_tests;
#[cfg(all(test, not(loom)))]
mod apartment_tests;
#[cfg(all(test, not(loom)))]
mod asynchronous_tests;
#[cfg(all(test, not(loom)))]
mod bad_use_tests;
#[cfg(all(test, loom))]
mod call_model_tests;
#[cfg(all(test, not(loom)))]
mod channel_tests;
#[cfg(all(test, not(loom)))]
mod connection_tests;
#[cfg(all(test, not(loom)))]
mod context_tests;
#[cfg(all(test, not(loom)))]
mod custom_tests;
#[cfg(all(test, not(loom)))]
mod fixture_tests;
#[cfg(all(test, not(loom)))]
mod frame_tests;
#[cfg(all(test, not(loom)))]
mod identifier_tests;
#[cfg(all(test, not(loom)))]
mod library_tests;
#[cfg(all(test, not(loom)))]
mod marshal_tests;
#[cfg(all(test, not(loom)))]
mod memory_tests;
#[cfg(all(test, not(loom)))]
mod message_tests;
#[cfg(all(test, not(loom)))]
mod moniker_tests;
#[cfg(all(test, loom))]
mod mta_model_tests;
#[cfg(all(test, not(loom)))]
mod parse_tests;
#[cfg(all(test, not(loom)))]
mod proxy_stub_tests;
#[cfg(all(test, not(loom)))]
mod queue_tests;
#[cfg(all(test, not(loom)))]
mod running_object_tests;
#[cfg(all(test, shuttle))]
mod schedule_tests;
#[cfg(all(test, not(loom)))]
mod stage_tests;
#[cfg(all(test, not(loom)))]
mod stress_tests;
#[cfg(all(test, loom))]
mod stub_model_tests;
#[cfg(all(test, not(loom)))]
mod synchronize_tests;
#[cfg(all(test, not(loom)))]
mod tests;
