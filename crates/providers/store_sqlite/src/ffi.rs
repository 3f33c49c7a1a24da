//! inotify: wakes a feed when the notice file is touched.

use std::ffi::CString;
use std::fs::File;
use std::io::{Error, Read, Result};
use std::os::fd::{AsFd, BorrowedFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Room for the events of one read.
const EVENTS_BYTES: usize = 4096;

/// A watch on one file: readable after the file was written.
pub(crate) struct Watch(File);

impl Watch {
    /// Watches the file at `path`, which must exist.
    pub(crate) fn new(path: &Path) -> Result<Self> {
        let path = CString::new(path.as_os_str().as_bytes())?;
        // SAFETY: no pointers are passed.
        let fd = unsafe { libc::inotify_init1(libc::IN_NONBLOCK | libc::IN_CLOEXEC) };
        if fd < 0 {
            return Err(Error::last_os_error());
        }
        // SAFETY: the descriptor is new and nobody else's.
        let owned = unsafe { OwnedFd::from_raw_fd(fd) };
        // SAFETY: the path is a string with its zero and lives until the call returns.
        let watch = unsafe { libc::inotify_add_watch(fd, path.as_ptr(), libc::IN_MODIFY) };
        if watch < 0 {
            return Err(Error::last_os_error());
        }
        Ok(Self(File::from(owned)))
    }

    /// Takes the events that are there; never waits.
    pub(crate) fn drain(&mut self) {
        let mut events = [0; EVENTS_BYTES];
        while self.0.read(&mut events).is_ok_and(|read| read > 0) {}
    }

    pub(crate) fn descriptor(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
