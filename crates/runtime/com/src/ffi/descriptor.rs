//! Descriptors that show other loops what waits in a queue, and the system's
//! clock and random numbers.

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::time::Instant;

fn owned(descriptor: i32) -> io::Result<OwnedFd> {
    if descriptor < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: fresh from the system, and nobody else's.
    Ok(unsafe { OwnedFd::from_raw_fd(descriptor) })
}

/// A descriptor that is readable while it is set.
///
/// # Errors
/// The system's.
pub fn event() -> io::Result<OwnedFd> {
    // SAFETY: takes no pointers.
    owned(unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) })
}

/// A descriptor that is readable when a time has come.
///
/// # Errors
/// The system's.
pub fn timer() -> io::Result<OwnedFd> {
    let flags = libc::TFD_CLOEXEC | libc::TFD_NONBLOCK;
    // SAFETY: takes no pointers.
    owned(unsafe { libc::timerfd_create(libc::CLOCK_MONOTONIC, flags) })
}

/// A descriptor that is readable while one of the two is.
///
/// # Errors
/// The system's.
pub fn both(first: &OwnedFd, second: &OwnedFd) -> io::Result<OwnedFd> {
    // SAFETY: takes no pointers.
    let set = owned(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) })?;
    for descriptor in [first, second] {
        let mut event = libc::epoll_event { events: libc::EPOLLIN as u32, u64: 0 };
        let (set, add) = (set.as_raw_fd(), libc::EPOLL_CTL_ADD);
        // SAFETY: live descriptors and a readable event.
        if unsafe { libc::epoll_ctl(set, add, descriptor.as_raw_fd(), &raw mut event) } < 0 {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(set)
}

/// Sets an event descriptor or resets it.
pub fn set_event(event: &OwnedFd, set: bool) {
    let mut count = 1u64;
    let place = (&raw mut count).cast();
    // SAFETY: a live descriptor and eight bytes. Neither can block, and a set
    // one that is set again stays set.
    unsafe {
        if set {
            libc::write(event.as_raw_fd(), place, size_of::<u64>());
        } else {
            libc::read(event.as_raw_fd(), place, size_of::<u64>());
        }
    }
}

/// Sets a timer descriptor to a time, or stops it.
pub fn set_timer(timer: &OwnedFd, due: Option<Instant>) {
    // A time of zero would stop it.
    let left = due.map(|due| due.saturating_duration_since(Instant::now()).as_nanos().max(1));
    let left = left.unwrap_or(0);
    let value = libc::timespec {
        tv_sec: (left / 1_000_000_000) as libc::time_t,
        tv_nsec: (left % 1_000_000_000) as libc::c_long,
    };
    let none = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    let new = libc::itimerspec { it_interval: none, it_value: value };
    // SAFETY: a live descriptor, a readable value, and null for the old one.
    unsafe { libc::timerfd_settime(timer.as_raw_fd(), 0, &raw const new, core::ptr::null_mut()) };
}

/// Milliseconds since the system started.
pub fn milliseconds() -> u64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: a writable place; this clock always exists.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut now) };
    now.tv_sec as u64 * 1000 + now.tv_nsec as u64 / 1_000_000
}

/// Fills a block with random bytes.
pub fn random(bytes: &mut [u8]) {
    // SAFETY: a writable block of that length; so few bytes come at once.
    unsafe { libc::getrandom(bytes.as_mut_ptr().cast(), bytes.len(), 0) };
}
