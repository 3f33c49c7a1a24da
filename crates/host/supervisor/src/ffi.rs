//! System calls of the supervisor: signals as a descriptor, poll, a child with
//! given descriptors.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use crate::{CONTROL_FD, LISTENER_FD};

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// A child has changed.
    Child,
    /// Stop.
    Stop,
}

/// The supervisor's signals, blocked and readable as a descriptor.
pub struct Signals(File);

fn checked(result: libc::c_int) -> io::Result<libc::c_int> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

/// The set of the signals that the supervisor waits for.
fn our_set() -> libc::sigset_t {
    // SAFETY: all bytes zero is a valid value for the call to initialise.
    unsafe {
        let mut set = std::mem::zeroed();
        libc::sigemptyset(&mut set);
        for signal in [libc::SIGTERM, libc::SIGINT, libc::SIGCHLD] {
            libc::sigaddset(&mut set, signal);
        }
        set
    }
}

impl Signals {
    /// Blocks the signals on this thread, and so on every thread that is started
    /// afterwards.
    ///
    /// # Errors
    /// The system gives no descriptor.
    pub fn block() -> io::Result<Self> {
        let set = our_set();
        // SAFETY: a valid set; the descriptor is new and ours.
        unsafe {
            checked(libc::sigprocmask(libc::SIG_BLOCK, &set, std::ptr::null_mut()))?;
            let fd = checked(libc::signalfd(-1, &set, libc::SFD_CLOEXEC | libc::SFD_NONBLOCK))?;
            Ok(Self(File::from(OwnedFd::from_raw_fd(fd))))
        }
    }

    pub(crate) fn fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }

    /// The signals that have come.
    pub(crate) fn take(&self) -> io::Result<Vec<Signal>> {
        const SIZE: usize = size_of::<libc::signalfd_siginfo>();
        let mut came = Vec::new();
        loop {
            let mut record = [0; SIZE];
            match (&self.0).read(&mut record) {
                Ok(SIZE) => {
                    let [a, b, c, d, ..] = record;
                    let number = u32::from_ne_bytes([a, b, c, d]);
                    let is_child = number == libc::SIGCHLD as u32;
                    came.push(if is_child { Signal::Child } else { Signal::Stop });
                }
                Ok(_) => return Ok(came),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(came),
                Err(error) => return Err(error),
            }
        }
    }
}

/// Waits until one of the descriptors is readable; -1 stands for none.
pub fn poll(fds: [RawFd; 2], limit: Duration) -> io::Result<[bool; 2]> {
    let entry = |fd| libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
    let mut entries = fds.map(entry);
    let ms = libc::c_int::try_from(limit.as_millis().max(1)).unwrap_or(libc::c_int::MAX);
    // SAFETY: the array has two entries.
    match checked(unsafe { libc::poll(entries.as_mut_ptr(), 2, ms) }) {
        Ok(_) => Ok(entries.map(|entry| entry.revents != 0)),
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok([false; 2]),
        Err(error) => Err(error),
    }
}

/// Starts a program with the two descriptors at their agreed numbers.
pub fn spawn(
    program: &Path,
    arguments: &[String],
    listener: RawFd,
    control: RawFd,
) -> io::Result<Child> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null());
    let place = move || {
        // SAFETY: only calls that are allowed between fork and exec; copies go
        // by way of high numbers, so that no source is overwritten.
        unsafe {
            let set = our_set();
            checked(libc::sigprocmask(libc::SIG_UNBLOCK, &set, std::ptr::null_mut()))?;
            let listener = checked(libc::fcntl(listener, libc::F_DUPFD, 16))?;
            let control = checked(libc::fcntl(control, libc::F_DUPFD, 16))?;
            checked(libc::dup2(listener, LISTENER_FD))?;
            checked(libc::dup2(control, CONTROL_FD))?;
            libc::close(listener);
            libc::close(control);
        }
        Ok(())
    };
    // SAFETY: see the closure.
    unsafe { command.pre_exec(place) };
    command.spawn()
}

/// Takes over a descriptor that the supervisor placed.
///
/// # Errors
/// There is no such descriptor.
///
/// # Safety
/// Nothing else in this process owns the descriptor.
pub unsafe fn adopt(fd: RawFd) -> io::Result<OwnedFd> {
    // SAFETY: asks only; then forwarded from the caller.
    unsafe {
        checked(libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC))?;
        Ok(OwnedFd::from_raw_fd(fd))
    }
}

/// Lets the kernel end this process when its parent ends.
pub fn die_with_parent() {
    // SAFETY: plain numbers.
    unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
}

/// Ignores the terminal's interrupt, which is the supervisor's business, and
/// dies of memory faults at once. Rust's own handler returns after a fault that
/// is not a stack overflow, in the hope that the fault repeats; one that another
/// process sent does not.
pub fn leave_signals_to_supervisor() {
    // SAFETY: documented dispositions.
    unsafe {
        libc::signal(libc::SIGINT, libc::SIG_IGN);
        libc::signal(libc::SIGSEGV, libc::SIG_DFL);
        libc::signal(libc::SIGBUS, libc::SIG_DFL);
    }
}

/// How a process ended.
pub struct Ending(pub ExitStatus);

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0.signal(), self.0.code()) {
            (Some(libc::SIGSEGV), _) => f.write_str("died of a memory fault (SIGSEGV)"),
            (Some(libc::SIGABRT), _) => f.write_str("aborted (SIGABRT)"),
            (Some(libc::SIGKILL), _) => f.write_str("was killed (SIGKILL)"),
            (Some(signal), _) => write!(f, "died of signal {signal}"),
            (None, Some(code)) => write!(f, "ended with status {code}"),
            (None, None) => f.write_str("ended"),
        }
    }
}
