//! The system calls of the host: polling, scattered sends, confined opening.
//!
//! Each function takes and gives safe types; failures are `io::Error`.

use std::ffi::CStr;
use std::fs::File;
use std::io::{self, IoSlice};
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::time::Duration;

/// What epoll reports.
pub type Event = libc::epoll_event;

/// Readable, or closed by the peer; reported once for each change.
pub const ON_CHANGE: u32 = (libc::EPOLLIN | libc::EPOLLRDHUP | libc::EPOLLET) as u32;
/// Part of a report: the peer sends nothing more, or the connection failed.
pub const ENDED: u32 = (libc::EPOLLRDHUP | libc::EPOLLHUP | libc::EPOLLERR) as u32;
/// Readable; reported as long as it is so.
pub const WHILE_READABLE: u32 = libc::EPOLLIN as u32;

fn owned(fd: RawFd) -> io::Result<OwnedFd> {
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: a fresh descriptor that nobody else has.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// A new epoll set.
pub fn epoll() -> io::Result<OwnedFd> {
    // SAFETY: plain numbers.
    owned(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) })
}

/// Adds a descriptor to an epoll set.
pub fn epoll_add(set: &OwnedFd, fd: BorrowedFd<'_>, events: u32, data: u64) -> io::Result<()> {
    let mut event = Event { events, u64: data };
    // SAFETY: both descriptors are open, the event is readable.
    let code = unsafe {
        libc::epoll_ctl(set.as_raw_fd(), libc::EPOLL_CTL_ADD, fd.as_raw_fd(), &mut event)
    };
    if code == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Waits without limit for events; the number of those filled in.
pub fn epoll_wait(set: &OwnedFd, events: &mut [Event]) -> io::Result<usize> {
    let room = i32::try_from(events.len()).unwrap_or(i32::MAX);
    // SAFETY: the buffer has room for that many events.
    let count = unsafe { libc::epoll_wait(set.as_raw_fd(), events.as_mut_ptr(), room, -1) };
    usize::try_from(count).map_err(|_| io::Error::last_os_error())
}

/// A counter that can be waited for.
pub fn eventfd() -> io::Result<OwnedFd> {
    // SAFETY: plain numbers.
    owned(unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) })
}

/// Makes a counter readable.
pub fn raise(counter: &OwnedFd) -> io::Result<()> {
    let one = 1_u64.to_ne_bytes();
    // SAFETY: eight readable bytes.
    let count = unsafe { libc::write(counter.as_raw_fd(), one.as_ptr().cast(), one.len()) };
    if count == 8 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// What to wait for on one descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// Bytes, or the end, can be read.
    Read,
    /// Bytes can be written.
    Write,
}

/// Waits until the descriptor is ready; `false` when the time is over first.
pub fn wait(fd: BorrowedFd<'_>, what: Readiness, limit: Duration) -> io::Result<bool> {
    let events = match what {
        Readiness::Read => libc::POLLIN,
        Readiness::Write => libc::POLLOUT,
    };
    let mut entry = libc::pollfd { fd: fd.as_raw_fd(), events, revents: 0 };
    let millis = i32::try_from(limit.as_millis()).unwrap_or(i32::MAX).max(1);
    // SAFETY: one entry, open descriptor.
    let count = unsafe { libc::poll(&mut entry, 1, millis) };
    if count < 0 { Err(io::Error::last_os_error()) } else { Ok(count > 0) }
}

/// Appends up to `room` bytes of what has arrived to `buffer`; 0 at the end.
pub fn receive(fd: BorrowedFd<'_>, buffer: &mut Vec<u8>, room: usize) -> io::Result<usize> {
    buffer.reserve(room);
    let spare = buffer.spare_capacity_mut();
    let room = room.min(spare.len());
    // SAFETY: the spare capacity has that much room.
    let count = unsafe { libc::recv(fd.as_raw_fd(), spare.as_mut_ptr().cast(), room, 0) };
    let count = usize::try_from(count).map_err(|_| io::Error::last_os_error())?;
    // SAFETY: the kernel has written `count` bytes behind the present ones.
    unsafe { buffer.set_len(buffer.len() + count) };
    Ok(count)
}

/// Sends the pieces in one call; `more` when further bytes follow at once.
pub fn send(fd: BorrowedFd<'_>, pieces: &[IoSlice<'_>], more: bool) -> io::Result<usize> {
    let flags = libc::MSG_NOSIGNAL | if more { libc::MSG_MORE } else { 0 };
    if let [only] = pieces {
        // SAFETY: the piece lives during the call.
        let count = unsafe { libc::send(fd.as_raw_fd(), only.as_ptr().cast(), only.len(), flags) };
        return usize::try_from(count).map_err(|_| io::Error::last_os_error());
    }
    // SAFETY: all bytes zero is a valid header without address and control.
    let mut message: libc::msghdr = unsafe { std::mem::zeroed() };
    // IoSlice has the layout of iovec; sendmsg only reads it.
    message.msg_iov = pieces.as_ptr().cast_mut().cast();
    message.msg_iovlen = pieces.len();
    // SAFETY: the pieces live during the call.
    let count = unsafe { libc::sendmsg(fd.as_raw_fd(), &message, flags) };
    usize::try_from(count).map_err(|_| io::Error::last_os_error())
}

/// Sends bytes of a file without copying them; advances `offset`. 0 when the
/// file has no more.
pub fn send_file(
    socket: BorrowedFd<'_>,
    file: &File,
    offset: &mut u64,
    count: u64,
) -> io::Result<u64> {
    let mut at = i64::try_from(*offset).map_err(io::Error::other)?;
    let count = usize::try_from(count).unwrap_or(usize::MAX).min(1 << 30);
    // SAFETY: both descriptors are open, `at` is writable.
    let sent = unsafe { libc::sendfile(socket.as_raw_fd(), file.as_raw_fd(), &mut at, count) };
    let sent = u64::try_from(sent).map_err(|_| io::Error::last_os_error())?;
    *offset += sent;
    Ok(sent)
}

/// Opens a file for reading beneath a folder: no step leaves it, none is a
/// link. An error on kernels without `openat2`: there is no other safe way.
pub fn open_beneath(folder: BorrowedFd<'_>, path: &CStr) -> io::Result<File> {
    // SAFETY: all bytes zero is a valid `open_how`.
    let mut how: libc::open_how = unsafe { std::mem::zeroed() };
    let flags = libc::O_RDONLY | libc::O_CLOEXEC | libc::O_NONBLOCK | libc::O_NOCTTY;
    how.flags = u64::try_from(flags).unwrap_or_default();
    how.resolve = libc::RESOLVE_BENEATH | libc::RESOLVE_NO_MAGICLINKS | libc::RESOLVE_NO_SYMLINKS;
    // SAFETY: the path ends with a zero, the structure's size is passed.
    let fd = unsafe {
        libc::syscall(
            libc::SYS_openat2,
            folder.as_raw_fd(),
            path.as_ptr(),
            std::ptr::from_ref(&how),
            size_of::<libc::open_how>(),
        )
    };
    owned(RawFd::try_from(fd).unwrap_or(-1)).map(File::from)
}

/// Seconds since 1970; cheap, and late by some milliseconds at most.
pub fn coarse_seconds() -> u64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: a writable structure.
    unsafe { libc::clock_gettime(libc::CLOCK_REALTIME_COARSE, &mut now) };
    u64::try_from(now.tv_sec).unwrap_or_default()
}

/// User and group of the process; a worker that impersonates keeps them.
pub fn process_ids() -> (u32, u32) {
    // SAFETY: these take no arguments and cannot fail.
    unsafe { (libc::getuid(), libc::getgid()) }
}
