//! The file that says that the store changed.
//!
//! A commit is visible to others only some time after the log was written, so the
//! log's file cannot wake a feed: it would look too early and find nothing. Every
//! writer here touches this file after its commit. It has no contents that count.
//! A writer that dies in between leaves the feeds to their slow interval.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Name of the file in the store's folder.
pub const NOTICE_FILE: &str = "store.db-notice";

/// The path of the file of a store's folder.
pub(crate) fn path(folder: &Path) -> PathBuf {
    folder.join(NOTICE_FILE)
}

/// Tells feeds of other connections and processes. Opened once, so that telling
/// needs no rights.
pub(crate) struct Notice(Option<File>);

impl Notice {
    pub(crate) fn open(folder: &Path) -> Self {
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path(folder));
        Self(file.ok())
    }

    /// Tells that something was committed.
    pub(crate) fn tell(&self) {
        if let Some(file) = &self.0 {
            // Best effort: a feed that misses it asks again after its interval.
            let _told = file.write_at(b"*", 0);
        }
    }
}
