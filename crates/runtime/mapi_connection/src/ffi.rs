//! A poller's wait: `eventfd` and `poll`.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::time::Duration;

/// What ends a poller's wait: a counter of the kernel's, closed on exec.
pub struct Wake(OwnedFd);

impl Wake {
    /// One that is not set.
    ///
    /// # Errors
    /// The process has no descriptor left.
    pub fn new() -> io::Result<Self> {
        // SAFETY: plain numbers; the answer is checked.
        let fd = unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: a new descriptor that nobody else has.
        Ok(Self(unsafe { OwnedFd::from_raw_fd(fd) }))
    }

    /// Ends the wait of now, or the next one. Never waits: the counter is full
    /// only when it is set already.
    pub fn set(&self) {
        let one = 1_u64.to_ne_bytes();
        // SAFETY: eight readable bytes, as an eventfd takes them.
        unsafe { libc::write(self.0.as_raw_fd(), one.as_ptr().cast(), one.len()) };
    }

    /// Waits until it is set, `other` is readable or the time is over; answers
    /// whether `other` has something to say. It is not set any more afterwards.
    ///
    /// # Errors
    /// `other` is not a descriptor that can be waited for.
    pub fn wait(&self, other: Option<BorrowedFd<'_>>, time: Option<Duration>) -> io::Result<bool> {
        let entry = |fd| libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
        // A negative descriptor is one that poll leaves out.
        let other = other.map_or(-1, |fd| fd.as_raw_fd());
        let mut entries = [entry(self.0.as_raw_fd()), entry(other)];
        // Rounded up: a wait that ends too early would only begin anew.
        let millis = |time: Duration| time.as_nanos().div_ceil(1_000_000);
        let time = time.map_or(-1, |time| i32::try_from(millis(time)).unwrap_or(i32::MAX));
        // SAFETY: two writable entries.
        let ready = unsafe { libc::poll(entries.as_mut_ptr(), 2, time) };
        if ready < 0 {
            let error = io::Error::last_os_error();
            return if error.kind() == io::ErrorKind::Interrupted { Ok(false) } else { Err(error) };
        }
        if entries[0].revents != 0 {
            let mut count = [0_u8; 8];
            // SAFETY: eight writable bytes; the descriptor does not block.
            unsafe { libc::read(self.0.as_raw_fd(), count.as_mut_ptr().cast(), count.len()) };
        }
        if entries[1].revents & libc::POLLNVAL != 0 {
            return Err(io::Error::from_raw_os_error(libc::EBADF));
        }
        Ok(entries[1].revents != 0)
    }
}

/// Forks, runs `body` in the child and answers the child's exit status.
#[cfg(test)]
pub fn in_a_fork(body: impl FnOnce() -> i32) -> i32 {
    // SAFETY: the child runs `body`, which uses memory only, and leaves by _exit.
    let child = unsafe { libc::fork() };
    if child == 0 {
        let status = body();
        // SAFETY: ends the child without running what the parent registered.
        unsafe { libc::_exit(status) };
    }
    let mut status = 0;
    // SAFETY: a child of ours and a writable status.
    unsafe { libc::waitpid(child, &mut status, 0) };
    if libc::WIFEXITED(status) { libc::WEXITSTATUS(status) } else { -1 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    #[test]
    fn a_wake_that_comes_before_the_wait_ends_it_and_only_it() {
        let wake = Wake::new().unwrap();
        wake.set();
        wake.set();
        assert!(!wake.wait(None, None).unwrap(), "ends, though nobody sets it now");
        let begin = Instant::now();
        assert!(!wake.wait(None, Some(Duration::from_millis(20))).unwrap());
        assert!(begin.elapsed() >= Duration::from_millis(20), "it was not set any more");
    }
}
