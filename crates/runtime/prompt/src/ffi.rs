//! The terminal's echo, and waiting for it with a bound.

use std::fs::File;
use std::os::fd::AsRawFd;
use std::time::Duration;

/// Whether something can be read within `limit`.
pub fn is_readable(terminal: &File, limit: Duration) -> bool {
    let mut poll = libc::pollfd { fd: terminal.as_raw_fd(), events: libc::POLLIN, revents: 0 };
    let milliseconds = i32::try_from(limit.as_millis()).unwrap_or(i32::MAX);
    // SAFETY: one writable entry.
    unsafe { libc::poll(&raw mut poll, 1, milliseconds) > 0 }
}

/// While it lives the terminal does not show what is typed.
pub struct Quiet {
    terminal: i32,
    before: libc::termios,
}

impl Quiet {
    /// `None` when the terminal has no such thing.
    pub fn begin(terminal: &File) -> Option<Self> {
        let terminal = terminal.as_raw_fd();
        // SAFETY: all bytes zero is a value, which the call fills in; a live
        // descriptor.
        unsafe {
            let mut before: libc::termios = core::mem::zeroed();
            if libc::tcgetattr(terminal, &raw mut before) != 0 {
                return None;
            }
            let mut quiet = before;
            quiet.c_lflag &= !libc::ECHO;
            let changed = libc::tcsetattr(terminal, libc::TCSAFLUSH, &raw const quiet) == 0;
            changed.then_some(Self { terminal, before })
        }
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        // SAFETY: the descriptor outlives this, which is dropped before the file.
        unsafe { libc::tcsetattr(self.terminal, libc::TCSAFLUSH, &raw const self.before) };
    }
}
