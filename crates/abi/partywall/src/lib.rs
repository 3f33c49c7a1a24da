//! The SDK: what code written for Partywall links against.
//!
//! Declarations of what the one runtime of the process exports ([`ffi`]), and
//! safe wrappers over them: apartments and objects ([`com`]), contexts with
//! properties ([`context`]), interfaces on their way between apartments
//! ([`parcel`], [`agile`]), calls that are finished later ([`asynchronous`]), web
//! requests ([`isapi`]), memory that
//! changes hands ([`task`]), mail sessions ([`mapi`]), values of scripting
//! languages ([`automation`]).
//! There is no implementation here: an extension or component that uses this
//! crate leaves the symbols undefined, and the program or `libpartywall.so`
//! that loads it provides them. That is what keeps one table of apartments in a
//! process.

pub mod agile;
pub mod asynchronous;
pub mod automation;
pub mod com;
pub mod context;
pub mod ffi;
pub mod isapi;
pub mod mapi;
pub mod parcel;
pub mod task;

pub use agile::AgileRef;
pub use asynchronous::Call;
pub use com::{Described, create_instance};
pub use context::Context;
pub use parcel::Parcel;

#[doc(hidden)]
pub use com_abi;
#[doc(hidden)]
pub use isapi_abi;
