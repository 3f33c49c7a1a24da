//! The message files of a folder at one moment.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use mapi_abi::codes::Failure;
use mime::maildir::base_name;

use crate::disk::failed;

/// How often a listing is repeated that changes while it is read.
const MAX_TRIES: u32 = 5;
/// Times of folders are only so exact: younger ones say nothing.
const TICK_MS: u128 = 50;

/// A message file: where it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Placed {
    pub(crate) is_new: bool,
    pub(crate) name: String,
}

impl Placed {
    pub(crate) fn path(&self, folder: &Path) -> PathBuf {
        folder.join(if self.is_new { "new" } else { "cur" }).join(&self.name)
    }
}

/// By base name.
pub(crate) type Files = BTreeMap<String, Placed>;

/// When the two folders were last changed; `None` when that is too short ago to
/// tell.
pub(crate) type Stamp = Option<[SystemTime; 2]>;

fn times(folder: &Path) -> Result<[SystemTime; 2], std::io::Error> {
    let time = |part: &str| fs::metadata(folder.join(part))?.modified();
    Ok([time("new")?, time("cur")?])
}

/// The stamp of a folder as it is now.
pub(crate) fn stamp(folder: &Path) -> Stamp {
    let times = times(folder).ok()?;
    let is_old = |time: &SystemTime| time.elapsed().is_ok_and(|age| age.as_millis() > TICK_MS);
    times.iter().all(is_old).then_some(times)
}

/// Lists a folder. A file that is renamed meanwhile is in the listing.
pub(crate) fn list(folder: &Path) -> Result<(Files, Stamp), Failure> {
    let failure = |error: std::io::Error| failed("listing", folder, &error);
    let mut tries = 0;
    loop {
        let before = times(folder).map_err(failure)?;
        let is_settled = stamp(folder);
        let mut files = Files::new();
        // In this order: what goes from the one to the other meanwhile is seen.
        for (part, is_new) in [("new", true), ("cur", false)] {
            for entry in fs::read_dir(folder.join(part)).map_err(failure)? {
                let Ok(name) = entry.map_err(failure)?.file_name().into_string() else { continue };
                if !name.starts_with('.') {
                    files.insert(base_name(&name).to_owned(), Placed { is_new, name });
                }
            }
        }
        tries += 1;
        if times(folder).map_err(failure)? == before || tries == MAX_TRIES {
            return Ok((files, is_settled.filter(|times| *times == before)));
        }
    }
}
