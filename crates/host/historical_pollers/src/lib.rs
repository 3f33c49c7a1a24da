//! The historical design of connection lists, as a process that really hangs.
//!
//! It is an exhibit: the product has `mapi_connection` instead. The document
//! describes lists in shared memory that are found by the CRC of an identity, and
//! pollers that search for their list under the process's identity and end without
//! a word when they find none; whoever releases a store waits for their signal.
//! With one user that works. With several it hangs.
//!
//! - `child.rs`: the design, with real threads, identities and a real shared memory
//!   segment, in a process of its own; it says on standard output what it does.
//! - [`contain()`]: starts that process, reads along, and when the bound is over
//!   names who waits for what, ends it and reaps it.
//!
//! What is not known is how the original looked inside; it is rebuilt from the
//! document's description only.

mod child;
mod contain;
mod digest;
mod ffi;
mod set_up;

pub use child::main_of_child;
pub use contain::{Report, Waiting, contain};
pub use set_up::{SetUp, VERB};
