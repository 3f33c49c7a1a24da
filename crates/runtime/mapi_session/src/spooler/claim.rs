//! Who works on a submitted message: one thread of one program.
//!
//! A claim is a lock on a file of the user's folder, named after the message. It
//! ends with its process, also when that is killed.

use std::fs::{self, File, TryLockError};
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::value::EntryId;

use crate::context::UserContext;
use crate::store::StoreHandle;

/// The folder of claims in the user's folder.
const FOLDER: &str = "spool";

pub(super) struct Claim {
    context: UserContext,
    path: PathBuf,
    _file: File,
}

/// A stable number of bytes (FNV-1a).
pub(super) fn hash(parts: &[&[u8]]) -> u64 {
    let mut hash = 0xCBF2_9CE4_8422_2325_u64;
    for part in parts {
        for byte in part.iter().chain(&[0xFF]) {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
    }
    hash
}

impl Claim {
    /// Claims a message; `None` when somebody works on it.
    ///
    /// # Errors
    /// `DISK_ERROR`, `NO_ACCESS`.
    pub(super) fn take(store: &StoreHandle, message: &EntryId) -> Result<Option<Self>, Failure> {
        let context = store.client().session().context().clone();
        let name = hash(&[&store.get()?.record_key(), &message.0]);
        let path = context.folder().join(FOLDER).join(format!("{name:016x}.lock"));
        let failed = |error: std::io::Error| {
            Failure::new(Code::DISK_ERROR, format!("claiming {}: {error}", path.display()))
        };
        let identity = context.work()?;
        fs::create_dir_all(context.folder().join(FOLDER)).map_err(failed)?;
        let file = File::options().create(true).append(true).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        // Whoever held it before may have removed it.
        let own = file.metadata().map_err(failed)?.ino();
        let is_there = fs::metadata(&path).is_ok_and(|there| there.ino() == own);
        drop(identity);
        Ok(is_there.then_some(Self { context, path, _file: file }))
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let identity = self.context.work();
        if let Err(error) = fs::remove_file(&self.path) {
            observe::warn!("mapi", "removing {}: {error}", self.path.display());
        }
        drop(identity);
    }
}
