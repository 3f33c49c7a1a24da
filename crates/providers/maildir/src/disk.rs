//! Files durably, and their errors as the subsystem's codes.

use std::fs::{self, File};
use std::io::{Error, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use mapi_abi::codes::{Code, Failure};

/// Turns a file system error into a failure.
pub(crate) fn failed(what: &str, path: &Path, error: &Error) -> Failure {
    let code = match error.kind() {
        ErrorKind::NotFound => Code::NOT_FOUND,
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Code::NO_ACCESS,
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Code::NOT_ENOUGH_DISK,
        ErrorKind::AlreadyExists => Code::COLLISION,
        _ => Code::DISK_ERROR,
    };
    Failure::new(code, format!("{what} {}: {error}", path.display()))
}

/// A file name that nobody else makes: time, process, number, host.
pub(crate) fn unique_name() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host: String = host
        .trim()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "-._".contains(c) { c } else { '_' })
        .collect();
    format!(
        "{}.M{}P{}Q{}.{}",
        since.as_secs(),
        since.subsec_micros(),
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed),
        if host.is_empty() { "localhost" } else { &host }
    )
}

pub(crate) fn synchronise(folder: &Path) -> Result<(), Error> {
    File::open(folder)?.sync_all()
}

/// Writes a message file: whole under its name in `cur`, or not there.
pub(crate) fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), Error> {
    let temporary = folder.join("tmp").join(mime::maildir::base_name(name));
    let mut file = File::options().write(true).create_new(true).mode(0o600).open(&temporary)?;
    let target = folder.join("cur").join(name);
    let written = file
        .write_all(bytes)
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&temporary, &target));
    if let Err(error) = written {
        let _gone_already = fs::remove_file(&temporary);
        return Err(error);
    }
    synchronise(&folder.join("cur"))
}

/// Gives a file another name, which must be free.
pub(crate) fn link_and_remove(from: &Path, to: &Path, keep: bool) -> Result<(), Error> {
    fs::hard_link(from, to)?;
    if let Some(folder) = to.parent() {
        synchronise(folder)?;
    }
    if !keep {
        fs::remove_file(from)?;
        if let Some(folder) = from.parent() {
            synchronise(folder)?;
        }
    }
    Ok(())
}
