#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod batch;
mod eml;
mod files;
mod maildir;
mod mbox;
mod report;

pub use batch::{BATCH_BYTES, BATCH_MESSAGES, Progress};
pub use mbox::{LOOKAHEAD_BYTES, WINDOW_BYTES};
pub use report::{FolderReport, ImportError, Report, Skipped};

use std::path::PathBuf;

use store_sqlite::Writer;

use batch::Batch;

/// Where the mail is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file with one message.
    Eml(PathBuf),
    /// A folder in Maildir or Maildir++ form.
    Maildir(PathBuf),
    /// A file of messages in mbox form.
    Mbox(PathBuf),
}

/// What the caller decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The time of the import in seconds since 1970-01-01 UTC: when a message
    /// without any date arrived.
    pub now: i64,
}

/// Imports all messages of `source`. Nothing is deduplicated: importing twice
/// gives every message twice.
///
/// `progress` hears of a message only after it is durable; a process that is
/// killed has lost nothing that was reported, and leaves a store that opens.
///
/// # Errors
/// [`ImportError::Unreadable`] when the file or folder cannot be read at all or
/// is of another kind; [`ImportError::Store`] when the store fails. A single
/// message that cannot be read is in [`Report::skipped`] instead.
pub fn import(
    source: &Source,
    writer: &mut Writer,
    options: &Options,
    progress: &mut dyn FnMut(Progress),
) -> Result<Report, ImportError> {
    let mut batch = Batch::new(writer, options.now, progress);
    match source {
        Source::Eml(file) => eml::import(file, &mut batch)?,
        Source::Maildir(folder) => maildir::import(folder, &mut batch)?,
        Source::Mbox(file) => mbox::import(file, &mut batch)?,
    }
    batch.finish()
}
