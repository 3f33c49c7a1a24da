//! A Maildir or Maildir++ folder: `cur` and `new` of the root go to the Inbox,
//! those of `.A.B` to the folder B in A. `tmp` holds what is not delivered yet.
//!
//! Flags come from the names, in `new` too; a message without `S` is unread.
//! Files are taken in the order of their names, which begin with the time.

use std::io::Error;
use std::path::{Path, PathBuf};

use mime::maildir::{Flags, folder_path};
use store_sqlite::INBOX;

use crate::batch::{Batch, Origin};
use crate::files::read_message;
use crate::report::ImportError;

/// A folder of the source.
struct Folder {
    /// Its directory's name within the root; empty for the root.
    name: String,
    path: Vec<String>,
    files: Vec<PathBuf>,
}

pub(crate) fn import(root: &Path, batch: &mut Batch<'_>) -> Result<(), ImportError> {
    let unreadable = |error: Error| ImportError::unreadable(root, error);
    let mut folders = Vec::new();
    if is_folder(root) {
        folders.push(Folder { name: String::new(), path: vec![INBOX.to_owned()], files: vec![] });
    }
    for entry in sorted_entries(root).map_err(unreadable)? {
        let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if let Some(path) = folder_path(&name).filter(|_| is_folder(&entry)) {
            folders.push(Folder { name, path, files: vec![] });
        }
    }
    if folders.is_empty() {
        let cause = "not a Maildir: it has neither cur nor new, nor folders that have them";
        return Err(ImportError::unreadable(root, cause));
    }
    for folder in &mut folders {
        list_files(root, folder, batch);
    }
    batch.total = Some(folders.iter().map(|folder| folder.files.len() as u64).sum());
    folders.iter().try_for_each(|folder| import_folder(root, folder, batch))
}

fn is_folder(directory: &Path) -> bool {
    ["cur", "new"].iter().any(|name| directory.join(name).is_dir())
}

fn sorted_entries(directory: &Path) -> Result<Vec<PathBuf>, Error> {
    let entries = std::fs::read_dir(directory)?.map(|entry| Ok(entry?.path()));
    let mut paths = entries.collect::<Result<Vec<PathBuf>, Error>>()?;
    paths.sort();
    Ok(paths)
}

fn list_files(root: &Path, folder: &mut Folder, batch: &mut Batch<'_>) {
    for part in ["cur", "new"] {
        let directory = root.join(&folder.name).join(part);
        if !directory.is_dir() {
            continue;
        }
        match sorted_entries(&directory) {
            Ok(entries) => folder.files.extend(entries.into_iter().filter(|path| !is_hidden(path))),
            Err(error) => batch.skip(item_name(root, &directory), error.to_string()),
        }
    }
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

fn item_name(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).display().to_string()
}

fn import_folder(root: &Path, folder: &Folder, batch: &mut Batch<'_>) -> Result<(), ImportError> {
    if !batch.enter(&folder.path)? {
        return Ok(());
    }
    for file in &folder.files {
        let item = item_name(root, file);
        match read_message(file) {
            Ok(raw) => {
                let name = file.file_name().unwrap_or_default().to_string_lossy();
                let origin =
                    Origin { flags: Flags::from_file_name(&name), arrived: delivered(&name) };
                batch.add(&item, &raw, |_| origin)?;
            }
            Err(error) => batch.skip(item, error.to_string()),
        }
    }
    Ok(())
}

/// A delivery's name begins with its time in seconds.
fn delivered(name: &str) -> Option<i64> {
    name.split_once('.')?.0.parse().ok()
}
