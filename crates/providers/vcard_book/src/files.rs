//! vCard files on disk: read when they changed, written durably and whole.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::{Error, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use mapi_abi::codes::{Code, Failure};

use crate::card::{Card, parse, write};

/// Most files of a folder; the rest is not looked at.
pub const MAX_FILES: usize = 10_000;
/// Largest file.
pub const MAX_FILE_BYTES: u64 = 16 << 20;

/// The end of a file's name.
const SUFFIX: &str = ".vcf";

/// Turns a file system error into a failure.
pub(crate) fn failed(what: &str, path: &Path, error: &Error) -> Failure {
    let code = match error.kind() {
        ErrorKind::NotFound => Code::NOT_FOUND,
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Code::NO_ACCESS,
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Code::NOT_ENOUGH_DISK,
        _ => Code::DISK_ERROR,
    };
    Failure::new(code, format!("{what} {}: {error}", path.display()))
}

/// Cards of one file, or why there are none.
type Read = Result<Arc<Vec<Card>>, String>;
/// What tells one version of a file from another.
type Stamp = (u64, Option<SystemTime>);

/// The files of a book.
pub(crate) struct Files {
    path: PathBuf,
    is_folder: bool,
    known: Mutex<HashMap<String, (Stamp, Read)>>,
}

impl Files {
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let path = fs::canonicalize(path).map_err(|error| failed("opening", path, &error))?;
        let is_folder = path.is_dir();
        let files = Self { path, is_folder, known: Mutex::default() };
        files.names()?;
        Ok(files)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Where a new card goes, by its key.
    pub(crate) fn name_for(&self, key: &str) -> String {
        let name: String = key.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        if self.is_folder { format!("{name}{SUFFIX}") } else { self.own_name() }
    }

    fn own_name(&self) -> String {
        self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    fn path_of(&self, name: &str) -> PathBuf {
        if self.is_folder { self.path.join(name) } else { self.path.clone() }
    }

    fn names(&self) -> Result<Vec<String>, Failure> {
        if !self.is_folder {
            return Ok(vec![self.own_name()]);
        }
        let listed =
            fs::read_dir(&self.path).map_err(|error| failed("listing", &self.path, &error))?;
        let is_card =
            |name: &String| !name.starts_with('.') && name.to_ascii_lowercase().ends_with(SUFFIX);
        let mut names: Vec<String> = listed
            .filter_map(Result::ok)
            .filter_map(|entry| entry.file_name().into_string().ok().filter(is_card))
            .collect();
        names.sort();
        names.truncate(MAX_FILES);
        Ok(names)
    }

    /// All files, by name.
    pub(crate) fn all(&self) -> Result<BTreeMap<String, Read>, Failure> {
        let mut known =
            std::mem::take(&mut *self.known.lock().unwrap_or_else(PoisonError::into_inner));
        let mut found = HashMap::new();
        for name in self.names()? {
            let path = self.path_of(&name);
            let Ok(file) = fs::metadata(&path) else { continue };
            let stamp = (file.len(), file.modified().ok());
            let read = match known.remove(&name) {
                Some((same, read)) if same == stamp => read,
                _ => read(&path, file.len()),
            };
            found.insert(name, (stamp, read));
        }
        let all = found.iter().map(|(name, (_, read))| (name.clone(), read.clone())).collect();
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = found;
        Ok(all)
    }

    /// The cards of a file as it is now; none when it is not there.
    pub(crate) fn fresh(&self, name: &str) -> Result<Vec<Card>, Failure> {
        let path = self.path_of(name);
        match fs::metadata(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(failed("opening", &path, &error)),
            Ok(file) => read(&path, file.len()).map(|cards| cards.to_vec()).map_err(|why| {
                Failure::new(Code::CORRUPT_DATA, format!("{}: {why}", path.display()))
            }),
        }
    }

    /// Puts cards in the place of a file's; without any, a file of a folder goes.
    pub(crate) fn save(&self, name: &str, cards: &[Card]) -> Result<(), Failure> {
        let path = self.path_of(name);
        let folder = path.parent().unwrap_or(&path);
        let done = if cards.is_empty() && self.is_folder {
            match fs::remove_file(&path) {
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
                other => other,
            }
        } else {
            replace(&path, folder, &write(cards))
        };
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
        done.and_then(|()| File::open(folder)?.sync_all())
            .map_err(|error| failed("writing", &path, &error))
    }
}

fn replace(path: &Path, folder: &Path, bytes: &[u8]) -> Result<(), Error> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = folder.join(format!(".{name}.{}.tmp", std::process::id()));
    let mut file =
        File::options().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
    let mode = fs::metadata(path).map(|file| file.permissions());
    let written = file.write_all(bytes).and_then(|()| {
        mode.map_or(Ok(()), |mode| file.set_permissions(mode))?;
        file.sync_all()?;
        fs::rename(&temporary, path)
    });
    if written.is_err() {
        let _gone_already = fs::remove_file(&temporary);
    }
    written
}

fn read(path: &Path, length: u64) -> Read {
    if length > MAX_FILE_BYTES {
        return Err(format!("it is larger than {} MiB", MAX_FILE_BYTES >> 20));
    }
    let bytes = fs::read(path).map_err(|error| error.to_string())?;
    parse(&bytes).map(Arc::new).map_err(|error| error.to_string())
}
