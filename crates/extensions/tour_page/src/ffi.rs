//! Waiting for a pipe with a bound, and ending a group of processes.

use std::os::fd::RawFd;
use std::time::Duration;

/// Waits until one of them can be read or has ended, at most so long; an
/// absent one is never ready.
pub fn wait_readable(fds: [Option<RawFd>; 2], bound: Duration) -> [bool; 2] {
    // A negative descriptor is passed over.
    let mut polled =
        fds.map(|fd| libc::pollfd { fd: fd.unwrap_or(-1), events: libc::POLLIN, revents: 0 });
    let ms = i32::try_from(bound.as_millis()).unwrap_or(i32::MAX).max(1);
    // SAFETY: an array of two, which lives during the call.
    unsafe { libc::poll(polled.as_mut_ptr(), 2, ms) };
    polled.map(|fd| fd.revents != 0)
}

/// Kills every process of the group.
pub fn kill_group(leader: u32) {
    if let Ok(group) = i32::try_from(leader)
        && group > 1
    {
        // SAFETY: no memory is passed; the group is that of our child, which
        // was not waited for yet, so its number is not given to others.
        unsafe { libc::killpg(group, libc::SIGKILL) };
    }
}
