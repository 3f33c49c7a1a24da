//! What changed since the last time somebody asked: the difference between two
//! listings.

use std::collections::BTreeMap;
use std::os::fd::BorrowedFd;
use std::path::PathBuf;
use std::time::Duration;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::{Change, ChangeFeed, ChangeKind};
use mapi_abi::tags::{MAPI_FOLDER, MAPI_MESSAGE};
use mapi_abi::value::EntryId;
use mime::maildir::Flags;

use crate::entry::{self, Uid};
use crate::ffi::Watch;
use crate::listing::{self, Files, Stamp};
use crate::places::{self, Place};

/// How often to look although nothing was told.
pub const FEED_INTERVAL: Duration = Duration::from_secs(30);
/// How often to look where the system has no watches left.
pub const UNWATCHED_INTERVAL: Duration = Duration::from_secs(2);

struct Seen {
    place: Place,
    stamp: Stamp,
    files: Files,
}

pub(crate) struct Feed {
    maildir: PathBuf,
    uid: Uid,
    watch: Option<Watch>,
    seen: BTreeMap<String, Seen>,
    /// A folder was changed so recently that its time says nothing.
    is_unsure: bool,
}

impl Feed {
    /// A feed of what changes from now on.
    pub(crate) fn open(maildir: PathBuf, uid: Uid) -> Result<Self, Failure> {
        let watch = Watch::new().ok();
        let seen = BTreeMap::new();
        let mut feed = Self { maildir, uid, watch, seen, is_unsure: false };
        feed.compare()?;
        Ok(feed)
    }

    /// Watches a folder; without room for it nothing is watched.
    fn watch(&mut self, name: &str) {
        let folder = places::path(&self.maildir, name);
        let mut paths = vec![folder.join("new"), folder.join("cur")];
        if name.is_empty() {
            paths.push(folder);
        }
        if let Some(watch) = &self.watch
            && paths.iter().any(|path| watch.add(path).is_err_and(|error| is_full(&error)))
        {
            self.watch = None;
        }
    }

    fn compare(&mut self) -> Result<Vec<Change>, Failure> {
        let mut changes = Vec::new();
        let mut gone = std::mem::take(&mut self.seen);
        self.is_unsure = false;
        for place in places::all(&self.maildir)? {
            let folder = places::path(&self.maildir, &place.name);
            let before = gone.remove(&place.name);
            if before.is_none() {
                // Before it is listed: what comes in between is told.
                self.watch(&place.name);
                changes.push(self.folder(ChangeKind::Created, &place));
            }
            let is_same = before
                .as_ref()
                .is_some_and(|seen| seen.stamp.is_some() && seen.stamp == listing::stamp(&folder));
            let seen = match before {
                Some(seen) if is_same => Seen { place, ..seen },
                before => {
                    let Ok((files, stamp)) = listing::list(&folder) else {
                        // It goes just now.
                        gone.extend(before.map(|seen| (place.name.clone(), seen)));
                        continue;
                    };
                    let old = before.map(|seen| seen.files).unwrap_or_default();
                    self.difference(&place.name, &old, &files, &mut changes);
                    Seen { place, stamp, files }
                }
            };
            self.is_unsure |= seen.stamp.is_none();
            self.seen.insert(seen.place.name.clone(), seen);
        }
        changes.extend(gone.values().map(|seen| self.folder(ChangeKind::Deleted, &seen.place)));
        Ok(changes)
    }

    fn difference(&self, name: &str, old: &Files, new: &Files, changes: &mut Vec<Change>) {
        let change = |kind, base: &str| Change {
            kind,
            object_type: MAPI_MESSAGE,
            entry: entry::message(&self.uid, name, base),
            parent: Some(entry::folder(&self.uid, name)),
            old_parent: None,
        };
        let is_gone = |base: &&String| !new.contains_key(*base);
        changes.extend(old.keys().filter(is_gone).map(|base| change(ChangeKind::Deleted, base)));
        for (base, placed) in new {
            match old.get(base) {
                Some(before) if before == placed => {}
                Some(_) => changes.push(change(ChangeKind::Modified, base)),
                None => {
                    changes.push(change(ChangeKind::Created, base));
                    let flags = Flags::from_file_name(&placed.name);
                    if name.is_empty() && !flags.seen && !flags.draft {
                        changes.push(change(ChangeKind::NewMail, base));
                    }
                }
            }
        }
    }

    fn folder(&self, kind: ChangeKind, place: &Place) -> Change {
        let folder = |name: &str| -> EntryId { entry::folder(&self.uid, name) };
        Change {
            kind,
            object_type: MAPI_FOLDER,
            entry: folder(&place.name),
            parent: Some(folder(&place.parent)),
            old_parent: None,
        }
    }
}

fn is_full(error: &std::io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::ENOSPC | libc::ENOMEM | libc::EMFILE))
}

impl ChangeFeed for Feed {
    fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.watch.as_ref().map(Watch::descriptor)
    }

    fn interval(&self) -> Option<Duration> {
        Some(if self.watch.is_none() || self.is_unsure {
            UNWATCHED_INTERVAL
        } else {
            FEED_INTERVAL
        })
    }

    fn changes(&mut self) -> Result<Vec<Change>, Failure> {
        // First, so that what happens while folders are listed wakes again.
        if let Some(watch) = &mut self.watch {
            watch.drain();
        }
        if !self.maildir.join("cur").is_dir() {
            return Err(Failure::new(Code::END_OF_SESSION, "the Maildir was removed"));
        }
        self.compare()
    }
}
