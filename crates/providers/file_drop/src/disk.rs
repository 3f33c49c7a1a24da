//! Files and folders as the subsystem's codes, and writing them durably.

use std::fs::{self, File, Permissions};
use std::io::{Error, ErrorKind, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use mapi_abi::codes::{Code, Failure};

/// A message file: its reader may be another system user.
const FILE_MODE: u32 = 0o644;

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

/// Makes a folder with exactly this mode, if there is none.
pub(crate) fn make_folder(path: &Path, mode: u32) -> Result<(), Error> {
    match fs::create_dir(path) {
        Ok(()) => fs::set_permissions(path, Permissions::from_mode(mode)),
        Err(error) if error.kind() == ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        Err(error) => Err(error),
    }
}

/// Writes a file whole or not at all, under its name in `new`.
pub(crate) fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), Error> {
    let target = folder.join("new").join(name);
    let temporary = folder.join("tmp").join(format!("{name}.{}", std::process::id()));
    // Of an earlier try of the same process, or of a process with the same number.
    if let Err(error) = fs::remove_file(&temporary)
        && error.kind() != ErrorKind::NotFound
    {
        return Err(error);
    }
    let written = put(&temporary, &target, bytes);
    if written.is_err() {
        let _gone_already = fs::remove_file(&temporary);
    }
    written
}

fn put(temporary: &Path, target: &Path, bytes: &[u8]) -> Result<(), Error> {
    let mut file = File::options().write(true).create_new(true).mode(FILE_MODE).open(temporary)?;
    file.set_permissions(Permissions::from_mode(FILE_MODE))?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(temporary, target)?;
    match target.parent().map(File::open) {
        Some(Ok(folder)) => folder.sync_all(),
        // It may be written to, not read: see the README.
        _ => file.sync_all(),
    }
}

/// Opens a message file that anybody may have put there: no link, no pipe.
pub(crate) fn open(path: &Path) -> Result<Option<File>, Error> {
    let flags = libc::O_NOFOLLOW | libc::O_NONBLOCK;
    match File::options().read(true).custom_flags(flags).open(path) {
        Ok(file) => Ok(file.metadata()?.is_file().then_some(file)),
        Err(error) if error.raw_os_error() == Some(libc::ELOOP) => Ok(None),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::PermissionDenied) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
