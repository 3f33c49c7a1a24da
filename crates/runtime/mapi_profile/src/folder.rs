//! The folder of a user's profiles.
//!
//! # Protocol
//! Whoever changes something holds the lock of `profiles/lock` (the kernel frees
//! it when its holder dies), writes a new file beside the old one, makes it
//! durable and renames it over the old one. Readers take no lock. What was read
//! is remembered with the file's device, inode, size and times, and read anew
//! when one of them differs.

use std::collections::HashMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use mapi_abi::codes::{Code, Failure};

use crate::profile::{Profile, check_name};
use crate::text::{from_text, secrets_to_text, to_text, with_secrets};

/// Longest wait for another program that changes profiles.
const LOCK_BOUND: Duration = Duration::from_secs(5);
/// How often the lock is tried meanwhile.
const LOCK_PAUSE: Duration = Duration::from_millis(10);
/// Most profiles that are remembered.
const MAX_REMEMBERED: usize = 4096;
const DEFAULT: &str = "default";
/// Says that there was a profile once.
const MADE: &str = "made";

/// The folder in which providers and profiles keep the data of `user`, below
/// the data folder. Account names have no path separators; capitals do not count
/// in them, so the folder's name is in small letters.
pub fn user_folder(data: &Path, user: &str) -> PathBuf {
    data.join("mail").join(user.to_ascii_lowercase())
}

/// What tells one version of a file from another.
type Stamp = (u64, u64, u64, i64, i64, i64);

fn stamp(file: &fs::Metadata) -> Stamp {
    (file.dev(), file.ino(), file.size(), file.mtime(), file.mtime_nsec(), file.ctime_nsec())
}

struct Remembered {
    stamps: (Stamp, Option<Stamp>),
    profile: Arc<Profile>,
}

static REMEMBERED: Mutex<Option<HashMap<PathBuf, Remembered>>> = Mutex::new(None);
static DEFAULTS: Mutex<Option<HashMap<PathBuf, (Stamp, String)>>> = Mutex::new(None);

/// A profile as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileEntry {
    /// Its name.
    pub name: String,
    /// Whether it is the default one.
    pub is_default: bool,
}

/// See the module.
#[derive(Clone, Debug)]
pub struct ProfileFolder {
    folder: PathBuf,
}

fn of_io(what: &str, error: &io::Error) -> Failure {
    let code = match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Code::NO_ACCESS,
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Code::NOT_ENOUGH_DISK,
        ErrorKind::NotFound => Code::NOT_FOUND,
        _ => Code::DISK_ERROR,
    };
    Failure::new(code, format!("{what}: {error}"))
}

fn no_profile(name: &str) -> Failure {
    Failure::new(Code::NOT_FOUND, format!("there is no profile {name:?}"))
}

impl ProfileFolder {
    /// The profiles of whoever owns `user`, a folder of [`user_folder`]. Nothing
    /// is looked at yet.
    pub fn new(user: &Path) -> Self {
        Self { folder: user.join("profiles") }
    }

    /// Whether the user ever had a profile, also if it is gone by now.
    pub fn exists(&self) -> bool {
        self.folder.join(MADE).exists()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.toml"))
    }

    fn secret(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.secret"))
    }

    /// The profiles by name.
    ///
    /// # Errors
    /// `NO_ACCESS`; disk errors.
    pub fn list(&self) -> Result<Vec<ProfileEntry>, Failure> {
        let default = self.default_name()?;
        let mut entries: Vec<_> = self
            .names()?
            .into_iter()
            .map(|name| ProfileEntry { is_default: Some(&name) == default.as_ref(), name })
            .collect();
        entries.sort_by_key(|entry| entry.name.to_lowercase());
        Ok(entries)
    }

    fn names(&self) -> Result<Vec<String>, Failure> {
        let found = match fs::read_dir(&self.folder) {
            Ok(found) => found,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(of_io("listing the profiles", &error)),
        };
        let mut names = Vec::new();
        for entry in found {
            let entry = entry.map_err(|error| of_io("listing the profiles", &error))?;
            let name = entry.file_name();
            let name = name.to_str().and_then(|name| name.strip_suffix(".toml"));
            names.extend(name.filter(|name| check_name(name).is_ok()).map(str::to_owned));
        }
        Ok(names)
    }

    /// The profile's name as it is written; capitals do not count in `name`.
    fn find(&self, name: &str) -> Result<Option<String>, Failure> {
        check_name(name)?;
        if self.file(name).is_file() {
            return Ok(Some(name.to_owned()));
        }
        let folded = name.to_lowercase();
        Ok(self.names()?.into_iter().find(|known| known.to_lowercase() == folded))
    }

    /// A profile with what is secure.
    ///
    /// # Errors
    /// `NOT_FOUND`; `CORRUPT_DATA`, `VERSION` its file; `NO_ACCESS`; disk errors.
    pub fn load(&self, name: &str) -> Result<Arc<Profile>, Failure> {
        match self.load_exactly(name) {
            Err(failure) if failure.code == Code::NOT_FOUND => {
                let found = self.find(name)?.ok_or_else(|| no_profile(name))?;
                self.load_exactly(&found)
            }
            other => other,
        }
    }

    fn load_exactly(&self, name: &str) -> Result<Arc<Profile>, Failure> {
        check_name(name).map_err(|_| no_profile(name))?;
        let (file, secret) = (self.file(name), self.secret(name));
        let looked = |path: &Path| match fs::metadata(path) {
            Ok(found) => Ok(Some(stamp(&found))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(of_io(&format!("looking at {}", path.display()), &error)),
        };
        let stamps = (looked(&file)?.ok_or_else(|| no_profile(name))?, looked(&secret)?);
        {
            let remembered = REMEMBERED.lock().unwrap_or_else(PoisonError::into_inner);
            let known = remembered.as_ref().and_then(|remembered| remembered.get(&file));
            if let Some(known) = known.filter(|known| known.stamps == stamps) {
                return Ok(Arc::clone(&known.profile));
            }
        }
        let read = |path: &Path| {
            fs::read_to_string(path)
                .map_err(|error| of_io(&format!("reading {}", path.display()), &error))
        };
        let mut profile = from_text(name, &read(&file)?)?;
        if stamps.1.is_some() {
            with_secrets(&mut profile, &read(&secret)?)?;
        }
        let profile = Arc::new(profile);
        let mut remembered = REMEMBERED.lock().unwrap_or_else(PoisonError::into_inner);
        let remembered = remembered.get_or_insert_default();
        if remembered.len() >= MAX_REMEMBERED {
            remembered.clear();
        }
        remembered.insert(file, Remembered { stamps, profile: Arc::clone(&profile) });
        Ok(profile)
    }

    /// The name of the default profile, if there is one.
    ///
    /// # Errors
    /// `NO_ACCESS`; disk errors.
    pub fn default_name(&self) -> Result<Option<String>, Failure> {
        let path = self.folder.join(DEFAULT);
        let found = match fs::metadata(&path) {
            Ok(found) => stamp(&found),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(of_io("looking for the default profile", &error)),
        };
        let known = {
            let defaults = DEFAULTS.lock().unwrap_or_else(PoisonError::into_inner);
            let known = defaults.as_ref().and_then(|defaults| defaults.get(&path));
            known.filter(|known| known.0 == found).map(|known| known.1.clone())
        };
        let name = match known {
            Some(name) => name,
            None => {
                let name = fs::read_to_string(&path)
                    .map_err(|error| of_io("reading which profile is the default", &error))?;
                let name = name.trim().to_owned();
                let mut defaults = DEFAULTS.lock().unwrap_or_else(PoisonError::into_inner);
                let defaults = defaults.get_or_insert_default();
                if defaults.len() >= MAX_REMEMBERED {
                    defaults.clear();
                }
                defaults.insert(path, (found, name.clone()));
                name
            }
        };
        Ok((check_name(&name).is_ok() && self.file(&name).is_file()).then_some(name))
    }

    /// Makes a profile; the first one becomes the default.
    ///
    /// # Errors
    /// `NO_ACCESS` there is one of that name; `INVALID_PARAMETER` the name; disk
    /// errors.
    pub fn create(&self, profile: &Profile) -> Result<(), Failure> {
        check_name(&profile.name)?;
        let _lock = self.lock()?;
        if self.find(&profile.name)?.is_some() {
            let says = format!("there is a profile {:?} already", profile.name);
            return Err(Failure::new(Code::NO_ACCESS, says));
        }
        self.write(profile)?;
        if self.default_name()?.is_none() {
            self.replace(&self.folder.join(DEFAULT), profile.name.as_bytes())?;
        }
        if !self.exists() {
            self.replace(&self.folder.join(MADE), b"")?;
        }
        Ok(())
    }

    /// Changes a profile as a whole or not at all.
    ///
    /// # Errors
    /// `NOT_FOUND`; those of `change`; disk errors.
    pub fn change<R>(
        &self,
        name: &str,
        change: impl FnOnce(&mut Profile) -> Result<R, Failure>,
    ) -> Result<R, Failure> {
        let _lock = self.lock()?;
        let mut profile = Profile::clone(&*self.load(name)?);
        let result = change(&mut profile)?;
        self.write(&profile)?;
        Ok(result)
    }

    /// Deletes a profile. A session that uses it keeps what it has.
    ///
    /// # Errors
    /// `NOT_FOUND`; disk errors.
    pub fn delete(&self, name: &str) -> Result<(), Failure> {
        let _lock = self.lock()?;
        let name = self.find(name)?.ok_or_else(|| no_profile(name))?;
        let was_default = self.default_name()?.as_deref() == Some(&*name);
        self.remove(&self.secret(&name))?;
        self.remove(&self.file(&name))?;
        if was_default {
            self.remove(&self.folder.join(DEFAULT))?;
        }
        self.sync()
    }

    /// Gives a profile another name.
    ///
    /// # Errors
    /// `NOT_FOUND`; `NO_ACCESS` the new name is taken; `INVALID_PARAMETER`.
    pub fn rename(&self, old: &str, new: &str) -> Result<(), Failure> {
        self.copy_as(old, new, true)
    }

    /// Copies a profile.
    ///
    /// # Errors
    /// As [`ProfileFolder::rename`].
    pub fn copy(&self, old: &str, new: &str) -> Result<(), Failure> {
        self.copy_as(old, new, false)
    }

    fn copy_as(&self, old: &str, new: &str, is_move: bool) -> Result<(), Failure> {
        check_name(new)?;
        let _lock = self.lock()?;
        let old = self.find(old)?.ok_or_else(|| no_profile(old))?;
        if self.find(new)?.is_some_and(|taken| !(is_move && taken == old)) {
            let says = format!("there is a profile {new:?} already");
            return Err(Failure::new(Code::NO_ACCESS, says));
        }
        let mut profile = Profile::clone(&*self.load(&old)?);
        new.clone_into(&mut profile.name);
        self.write(&profile)?;
        if is_move && old != new {
            if self.default_name()?.as_deref() == Some(&*old) {
                self.replace(&self.folder.join(DEFAULT), new.as_bytes())?;
            }
            self.remove(&self.secret(&old))?;
            self.remove(&self.file(&old))?;
            self.sync()?;
        }
        Ok(())
    }

    /// Makes a profile the default one; `None` leaves none.
    ///
    /// # Errors
    /// `NOT_FOUND`; disk errors.
    pub fn set_default(&self, name: Option<&str>) -> Result<(), Failure> {
        let _lock = self.lock()?;
        let path = self.folder.join(DEFAULT);
        match name {
            Some(name) => {
                let name = self.find(name)?.ok_or_else(|| no_profile(name))?;
                self.replace(&path, name.as_bytes())
            }
            None => self.remove(&path),
        }
    }

    /// Makes the folder, if need be, and waits for its lock.
    fn lock(&self) -> Result<File, Failure> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.folder)
            .map_err(|error| of_io(&format!("making {}", self.folder.display()), &error))?;
        let path = self.folder.join("lock");
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(|error| of_io(&format!("opening {}", path.display()), &error))?;
        let end = Instant::now() + LOCK_BOUND;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(fs::TryLockError::WouldBlock) if Instant::now() < end => {
                    std::thread::sleep(LOCK_PAUSE);
                }
                Err(fs::TryLockError::WouldBlock) => {
                    let says = "another program has been changing the profiles for too long";
                    return Err(Failure::new(Code::TIMEOUT, says));
                }
                Err(fs::TryLockError::Error(error)) => {
                    return Err(of_io("locking the profiles", &error));
                }
            }
        }
    }

    fn write(&self, profile: &Profile) -> Result<(), Failure> {
        let (text, secrets) = (to_text(profile)?, secrets_to_text(profile));
        let secret = self.secret(&profile.name);
        if secrets.is_empty() {
            self.remove(&secret)?;
        } else {
            self.replace(&secret, secrets.as_bytes())?;
        }
        self.replace(&self.file(&profile.name), text.as_bytes())
    }

    /// Puts a file in place as a whole, durably.
    fn replace(&self, path: &Path, bytes: &[u8]) -> Result<(), Failure> {
        let failed = |error| of_io(&format!("writing {}", path.display()), &error);
        let fresh = path.with_extension("new");
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&fresh)
            .map_err(failed)?;
        let written = file.write_all(bytes).and_then(|()| file.sync_all());
        if let Err(error) = written.and_then(|()| fs::rename(&fresh, path)) {
            let _ = fs::remove_file(&fresh);
            return Err(failed(error));
        }
        self.sync()
    }

    fn remove(&self, path: &Path) -> Result<(), Failure> {
        match fs::remove_file(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(of_io(&format!("removing {}", path.display()), &error))
            }
            _ => Ok(()),
        }
    }

    fn sync(&self) -> Result<(), Failure> {
        File::open(&self.folder)
            .and_then(|folder| folder.sync_all())
            .map_err(|error| of_io("making the change of the profiles durable", &error))
    }
}
