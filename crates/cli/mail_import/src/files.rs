//! Reading files with a bound.

use std::fs::File;
use std::io::{Error, ErrorKind, Read};
use std::path::Path;

/// Opens a regular file; anything else could block for ever.
pub(crate) fn open(path: &Path) -> Result<File, Error> {
    let metadata = std::fs::metadata(path)?;
    if metadata.is_dir() {
        return Err(Error::new(ErrorKind::IsADirectory, "it is a directory, not a file"));
    }
    if !metadata.is_file() {
        return Err(Error::other("it is not a regular file"));
    }
    File::open(path)
}

/// The bytes of a message file, and one more than the limit at most, so that a
/// larger one is recognised.
pub(crate) fn read_message(path: &Path) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    open(path)?.take(mime::MAX_MESSAGE_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
