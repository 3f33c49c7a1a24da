//! inotify: wakes a feed when a folder changes.

use std::ffi::CString;
use std::fs::File;
use std::io::{Error, Read, Result};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Room for the events of one read.
const EVENTS_BYTES: usize = 16 << 10;

/// Watches on folders: readable after something in one of them changed.
pub(crate) struct Watch(File);

impl Watch {
    /// Watches nothing yet.
    pub(crate) fn new() -> Result<Self> {
        // SAFETY: no pointers are passed.
        let fd = unsafe { libc::inotify_init1(libc::IN_NONBLOCK | libc::IN_CLOEXEC) };
        if fd < 0 {
            return Err(Error::last_os_error());
        }
        // SAFETY: the descriptor is new and nobody else's.
        let owned = unsafe { OwnedFd::from_raw_fd(fd) };
        Ok(Self(File::from(owned)))
    }

    /// Watches a folder; doing it twice changes nothing.
    pub(crate) fn add(&self, folder: &Path) -> Result<()> {
        let path = CString::new(folder.as_os_str().as_bytes())?;
        let what = libc::IN_CREATE | libc::IN_DELETE | libc::IN_MOVE | libc::IN_ONLYDIR;
        // SAFETY: the path is a string with its zero and lives until the call returns.
        let watch = unsafe { libc::inotify_add_watch(self.0.as_raw_fd(), path.as_ptr(), what) };
        if watch < 0 { Err(Error::last_os_error()) } else { Ok(()) }
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
