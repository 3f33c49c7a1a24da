//! A private copy of a library for the moment of loading.
//!
//! A library that is loaded from its own file would change under its running
//! code when the file is replaced, and a second load of the same file gives the
//! first one's globals. So a copy is loaded, in a folder of its own under the
//! library's name, and removed at once; the mapping keeps it.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::ffi;

/// Anybody may write the file.
const WRITABLE_BY_ALL: u32 = 0o002;
/// Its group may write the file.
const WRITABLE_BY_GROUP: u32 = 0o020;

/// Whether somebody else than this process's user could change the file. Where
/// every user has a group of their own, new files are often writable by it; the
/// user's own file in the user's own group counts as the user's.
fn is_writable_by_others(metadata: &fs::Metadata) -> bool {
    let mode = metadata.permissions().mode();
    let own = (metadata.uid(), metadata.gid()) == ffi::process_ids();
    mode & WRITABLE_BY_ALL != 0 || (mode & WRITABLE_BY_GROUP != 0 && !own)
}

/// Copies `library` beneath `runtime_dir`, calls `load` with the copy, removes
/// the copy.
pub fn with<T>(
    library: &Path,
    runtime_dir: &Path,
    load: impl FnOnce(&Path) -> Result<T, String>,
) -> Result<T, String> {
    let copy = Copy::make(library, runtime_dir)?;
    load(&copy.file)
}

struct Copy {
    folder: PathBuf,
    file: PathBuf,
}

impl Copy {
    fn make(library: &Path, runtime_dir: &Path) -> Result<Self, String> {
        let shown = library.display();
        let mut source = File::open(library).map_err(|e| format!("cannot open {shown}: {e}"))?;
        // Looked at after opening, so that it is this file which is judged.
        let metadata = source.metadata().map_err(|e| format!("cannot read {shown}: {e}"))?;
        if !metadata.is_file() {
            return Err(format!("{shown} is not a file"));
        }
        if is_writable_by_others(&metadata) {
            return Err(format!(
                "{shown} can be written by others than its owner; take that right away"
            ));
        }
        let name = library.file_name().ok_or_else(|| format!("{shown} has no name"))?;
        let folder = private_folder(runtime_dir)
            .map_err(|e| format!("cannot make a folder in {}: {e}", runtime_dir.display()))?;
        let copy = Self { file: folder.join(name), folder };
        let mut options = File::options();
        let mut target = options
            .write(true)
            .create_new(true)
            .mode(0o500)
            .open(&copy.file)
            .map_err(|e| format!("cannot create {}: {e}", copy.file.display()))?;
        io::copy(&mut source, &mut target)
            .map_err(|e| format!("cannot copy {shown} to {}: {e}", copy.file.display()))?;
        Ok(copy)
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let removed = fs::remove_file(&self.file).and_then(|()| fs::remove_dir(&self.folder));
        if let Err(error) = removed {
            observe::warn!("web", "cannot remove {}: {error}", self.folder.display());
        }
    }
}

fn private_folder(parent: &Path) -> io::Result<PathBuf> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(io::Error::other)?;
    let name: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let folder = parent.join(format!("partywall-{name}"));
    // Fails when it exists, so nobody else can have prepared it.
    DirBuilder::new().mode(0o700).create(&folder)?;
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_copy_has_the_librarys_name_and_is_gone_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let library = folder.path().join("libx.so");
        fs::write(&library, "bytes").unwrap();
        let copy = with(&library, folder.path(), |copy| {
            assert_eq!(copy.file_name().unwrap(), "libx.so");
            assert_eq!(fs::read(copy).unwrap(), b"bytes");
            Ok(copy.to_owned())
        })
        .unwrap();
        assert!(!copy.exists() && !copy.parent().unwrap().exists());
    }

    #[test]
    fn a_file_that_others_may_write_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let library = folder.path().join("libx.so");
        fs::write(&library, "bytes").unwrap();
        let with_mode = |mode| {
            fs::set_permissions(&library, fs::Permissions::from_mode(mode)).unwrap();
            with(&library, folder.path(), |_| Ok(()))
        };
        assert!(with_mode(0o757).unwrap_err().contains("written by others"));
        assert_eq!(with_mode(0o775), Ok(()), "the user's own group is the user");
        if ffi::process_ids().0 == 0 {
            std::os::unix::fs::chown(&library, None, Some(12_345)).unwrap();
            assert!(with_mode(0o775).unwrap_err().contains("written by others"));
            assert_eq!(with_mode(0o755), Ok(()));
        }
        let missing = with(&folder.path().join("no.so"), folder.path(), |_| Ok(()));
        assert!(missing.unwrap_err().contains("cannot open"));
    }
}
