//! Waiting for a connection with a bound.

use std::os::fd::AsRawFd;
use std::os::unix::net::UnixListener;
use std::time::Duration;

/// Whether somebody connects within `limit`.
pub fn is_called(listener: &UnixListener, limit: Duration) -> bool {
    let mut poll = libc::pollfd { fd: listener.as_raw_fd(), events: libc::POLLIN, revents: 0 };
    let milliseconds = i32::try_from(limit.as_millis()).unwrap_or(i32::MAX);
    // SAFETY: one writable entry.
    unsafe { libc::poll(&raw mut poll, 1, milliseconds) > 0 }
}
