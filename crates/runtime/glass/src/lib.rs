//! The glass in the walls: what a process's threads wait for, told to whoever
//! asks.
//!
//! A process that has apartments listens at a socket in the data folder,
//! `glass/PID`. Whoever connects gets its waits, one message each
//! (`control::Waiting`), its mail sessions if it has any (`control::Session`), and
//! the end. The folder belongs to the process's own
//! user, who alone can connect. The same thread looks for circles itself from
//! time to time and says so in the log, once for each.
//!
//! Nothing here stops or changes anything.

mod ask;
mod ffi;
mod listen;

pub use ask::{Process, ask};
pub use listen::{open, tell_sessions};

/// Folder of the sockets, below the data folder.
const FOLDER: &str = "glass";
