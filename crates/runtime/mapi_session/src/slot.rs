//! The places of a provider that takes only so many sessions of a user.
//!
//! # Protocol
//! A place is a file in the user's folder that its holder has locked; the kernel
//! frees it when the holder lets go or dies, in whatever process. What stands in
//! the file says who holds it, for those who find no place.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use mapi_abi::codes::{Code, Failure};

/// Most places of one provider.
const MAX_PLACES: u32 = 4096;

/// A place; dropping it frees it.
#[derive(Debug)]
pub struct Slot {
    _file: File,
}

/// Takes one of `limit` places of the service in the folder of its user.
///
/// # Errors
/// `SESSION_LIMIT` all are taken, and by whom; disk errors.
pub fn take(folder: &Path, service: &str, limit: u32, holder: &str) -> Result<Slot, Failure> {
    let failed = |error: std::io::Error| {
        Failure::new(Code::DISK_ERROR, format!("counting the sessions of {service}: {error}"))
    };
    let places = folder.join("sessions");
    DirBuilder::new().recursive(true).mode(0o700).create(&places).map_err(failed)?;
    let mut holders = Vec::new();
    for number in 0..limit.min(MAX_PLACES) {
        let path = places.join(format!("{service}-{number}"));
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {
                file.set_len(0)
                    .and_then(|()| file.rewind())
                    .and_then(|()| file.write_all(holder.as_bytes()))
                    .map_err(failed)?;
                return Ok(Slot { _file: file });
            }
            Err(TryLockError::WouldBlock) => {
                let holder = fs::read_to_string(&path).unwrap_or_default();
                holders.push(if holder.is_empty() { "somebody".to_owned() } else { holder });
            }
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
    }
    let says = format!(
        "{service} takes {limit} sessions of a user at a time; they are held by {}",
        holders.join(", ")
    );
    Err(Failure::new(Code::SESSION_LIMIT, says))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_who_finds_no_place_learns_who_holds_them() {
        let folder = tempfile::tempdir().unwrap();
        let take = |holder| take(folder.path(), "TEST", 2, holder);
        let (first, _second) = (take("session 1").unwrap(), take("session 2").unwrap());
        let refused = take("session 3").unwrap_err();
        assert_eq!(refused.code, Code::SESSION_LIMIT);
        assert!(refused.says.contains("session 1, session 2"), "{}", refused.says);
        drop(first);
        assert!(take("session 3").is_ok());
    }
}
