//! What can be seen of the runtime: the hops of a request ([`trace`]), who
//! waits for whom ([`wait`], [`graph`]), what went wrong ([`log`], [`last_error`]).
//!
//! Nothing here decides anything. Every other part of the runtime reports here,
//! so this crate knows none of them.

pub mod graph;
pub mod last_error;
pub mod log;
pub mod thread;
pub mod trace;
pub mod wait;
