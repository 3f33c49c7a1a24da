//! Taking over what the supervisor placed.

use std::io;
use std::os::fd::{OwnedFd, RawFd};

/// Takes over a descriptor at its agreed number. Call it once for each, first
/// thing in the process.
pub fn adopt(fd: RawFd) -> io::Result<OwnedFd> {
    // SAFETY: the process has just begun and opened nothing at these numbers, so
    // nothing else owns them.
    unsafe { supervisor::adopt(fd) }
}
