//! Waiting for several sockets, and who is at the other end.

#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::time::Duration;

/// Waits until something can be read of one of `sockets`, at most for `limit`;
/// answers which.
///
/// # Errors
/// The system's, but not for a signal.
pub fn wait(sockets: &[BorrowedFd<'_>], limit: Duration) -> io::Result<Vec<bool>> {
    let entry = |socket: &BorrowedFd<'_>| libc::pollfd {
        fd: socket.as_raw_fd(),
        events: libc::POLLIN,
        revents: 0,
    };
    let mut entries: Vec<_> = sockets.iter().map(entry).collect();
    let limit = i32::try_from(limit.as_millis()).unwrap_or(i32::MAX);
    // SAFETY: as many writable entries as are said.
    let found = unsafe { libc::poll(entries.as_mut_ptr(), entries.len() as libc::nfds_t, limit) };
    if found < 0 {
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
        return Ok(vec![false; sockets.len()]);
    }
    Ok(entries.iter().map(|entry| entry.revents != 0).collect())
}

/// Process and user at the other end, as the kernel knows them.
///
/// # Errors
/// The system's.
pub fn peer(stream: &UnixStream) -> io::Result<(u32, u32)> {
    let mut found = libc::ucred { pid: 0, uid: 0, gid: 0 };
    let mut size = size_of::<libc::ucred>() as libc::socklen_t;
    // SAFETY: a writable structure of the size that is said.
    let code = unsafe {
        libc::getsockopt(
            stream.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_PEERCRED,
            (&raw mut found).cast(),
            &raw mut size,
        )
    };
    if code != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok((found.pid.unsigned_abs(), found.uid))
}

/// The user of this process.
pub fn own_user() -> u32 {
    // SAFETY: always succeeds.
    unsafe { libc::geteuid() }
}
