//! Messages on their way into the store, committed in batches.
//!
//! # Invariants
//! - Progress is told only of what a commit has returned for.
//! - A batch ends after [`BATCH_MESSAGES`] messages or [`BATCH_BYTES`] bytes,
//!   whichever comes first.

use mapi_abi::codes::Code;
use mapi_abi::tags::{
    MSGSTATUS_ANSWERED, MSGSTATUS_DELMARKED, MSGSTATUS_DRAFT, MSGSTATUS_PASSED, MSGSTATUS_TAGGED,
};
use mime::maildir::Flags;
use store_sqlite::{Envelope, FolderId, Writer};

use crate::report::{FolderReport, ImportError, Report, Skipped};

/// Most messages that are not durable yet.
pub const BATCH_MESSAGES: usize = 50;
/// Most bytes of messages that are not durable yet, the last one not counted.
pub const BATCH_BYTES: usize = 16 << 20;

/// How far an import has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Number of messages that are durable.
    pub committed: u64,
    /// Number of messages of the source, where that is known.
    pub total: Option<u64>,
    /// Name of the last one.
    pub item: String,
}

/// What a message's place in its source says about it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Origin {
    pub(crate) flags: Flags,
    /// When the source says that it arrived, for a message that does not say.
    pub(crate) arrived: Option<i64>,
}

pub(crate) struct Batch<'a> {
    writer: &'a mut Writer,
    progress: &'a mut dyn FnMut(Progress),
    now: i64,
    report: Report,
    folder: Option<FolderId>,
    pending: usize,
    pending_bytes: usize,
    last_item: String,
    pub(crate) total: Option<u64>,
}

impl<'a> Batch<'a> {
    pub(crate) fn new(
        writer: &'a mut Writer,
        now: i64,
        progress: &'a mut dyn FnMut(Progress),
    ) -> Self {
        Self {
            writer,
            progress,
            now,
            report: Report::default(),
            folder: None,
            pending: 0,
            pending_bytes: 0,
            last_item: String::new(),
            total: None,
        }
    }

    /// The folder of the messages that follow. False when it has no place in the
    /// store: that is in the report, and its messages are to be left out.
    pub(crate) fn enter(&mut self, path: &[String]) -> Result<bool, ImportError> {
        let path: Vec<String> = path.iter().map(|name| printable(name)).collect();
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        let name = path.join("/");
        match self.writer.ensure_folder(&names) {
            Ok(folder) => self.folder = Some(folder),
            Err(failure) if failure.code == Code::INVALID_PARAMETER => {
                self.skip(name, failure.says);
                return Ok(false);
            }
            Err(failure) => return Err(failure.into()),
        }
        self.report.folders.push(FolderReport { name, read: 0 });
        Ok(true)
    }

    pub(crate) fn skip(&mut self, item: impl Into<String>, reason: impl Into<String>) {
        self.report.skipped.push(Skipped { item: item.into(), reason: reason.into() });
    }

    /// Adds a message to the folder entered last, or skips it by name.
    pub(crate) fn add(
        &mut self,
        item: &str,
        raw: &[u8],
        origin: impl FnOnce(&mime::Message) -> Origin,
    ) -> Result<(), ImportError> {
        let (Some(folder), Some(entered)) = (self.folder, self.report.folders.last_mut()) else {
            return Ok(());
        };
        let message = match mime::decode(raw) {
            Ok(message) => message,
            Err(refusal) => {
                self.skip(item, refusal.to_string());
                return Ok(());
            }
        };
        let envelope = envelope(&message, origin(&message), self.now);
        self.writer.append(folder, &message, raw, &envelope)?;
        entered.read += 1;
        self.report.read += 1;
        self.pending += 1;
        self.pending_bytes += raw.len();
        item.clone_into(&mut self.last_item);
        if self.pending >= BATCH_MESSAGES || self.pending_bytes >= BATCH_BYTES {
            self.commit()?;
        }
        Ok(())
    }

    fn commit(&mut self) -> Result<(), ImportError> {
        self.writer.commit()?;
        if self.pending > 0 {
            (self.progress)(Progress {
                committed: self.report.read,
                total: self.total,
                item: self.last_item.clone(),
            });
        }
        self.pending = 0;
        self.pending_bytes = 0;
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<Report, ImportError> {
        self.commit()?;
        Ok(self.report)
    }
}

fn printable(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { '_' } else { c }).collect()
}

fn envelope(message: &mime::Message, origin: Origin, now: i64) -> Envelope {
    let Flags { draft, flagged, passed, replied, seen, trashed } = origin.flags;
    let status = [
        (draft, MSGSTATUS_DRAFT),
        (flagged, MSGSTATUS_TAGGED),
        (passed, MSGSTATUS_PASSED),
        (replied, MSGSTATUS_ANSWERED),
        (trashed, MSGSTATUS_DELMARKED),
    ];
    Envelope {
        read: seen,
        unsent: draft,
        status: status.iter().filter(|(is_set, _)| *is_set).map(|(_, bit)| bit).sum(),
        received: message.received.or(message.date).or(origin.arrived),
        now,
    }
}
