//! Attachments in files: files to attach, and temporary files for readers.
//!
//! A temporary file is made anew (`O_EXCL`), for its owner only. It belongs to
//! whoever read the message; of a reading that fails nothing is left.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::failure::MailFailure;

/// Largest file that is attached, in bytes.
pub const MAX_ATTACHMENT_BYTES: u64 = 256 << 20;
/// Longest part of an attachment's name in the name of its file, in bytes.
const MAX_NAME_BYTES: usize = 100;
/// How many names are tried.
const MAX_ATTEMPTS: u32 = 1000;

/// The bytes of a file to attach.
///
/// # Errors
/// `AttachmentNotFound`, `AttachmentOpen`, `AttachmentTooLarge`.
pub fn read_file(path: &str) -> Result<Vec<u8>, MailFailure> {
    let failed = |error: &std::io::Error| match error.kind() {
        ErrorKind::NotFound => MailFailure::AttachmentNotFound(path.to_owned()),
        _ => MailFailure::AttachmentOpen(format!("cannot read {path}: {error}")),
    };
    let file = File::open(path).map_err(|error| failed(&error))?;
    let metadata = file.metadata().map_err(|error| failed(&error))?;
    if !metadata.is_file() {
        return Err(MailFailure::AttachmentOpen(format!("{path} is not a file")));
    }
    let mut bytes = Vec::new();
    let read = file.take(MAX_ATTACHMENT_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(|error| failed(&error))?;
    if bytes.len() as u64 > MAX_ATTACHMENT_BYTES {
        return Err(MailFailure::AttachmentTooLarge(path.to_owned()));
    }
    Ok(bytes)
}

/// Files that were made for a reader, removed unless they are kept.
#[derive(Debug, Default)]
pub struct TemporaryFiles(Vec<PathBuf>);

impl TemporaryFiles {
    /// Makes a file with a name that ends like `name`, and answers its path.
    ///
    /// # Errors
    /// `AttachmentWrite`.
    pub fn write(&mut self, name: &str, bytes: &[u8]) -> Result<String, MailFailure> {
        let failed = |path: &Path, error: std::io::Error| {
            let says = format!("cannot write {}: {error}", path.display());
            MailFailure::AttachmentWrite(says)
        };
        let folder = std::env::temp_dir();
        let (mut file, path) = make(&folder, name).map_err(|error| failed(&folder, error))?;
        self.0.push(path.clone());
        file.write_all(bytes).map_err(|error| failed(&path, error))?;
        match path.into_os_string().into_string() {
            Ok(path) => Ok(path),
            Err(path) => {
                let says = format!("the folder of {} has no readable name", path.display());
                Err(MailFailure::AttachmentWrite(says))
            }
        }
    }

    /// The files belong to the reader from now on.
    pub fn keep(mut self) {
        self.0.clear();
    }
}

impl Drop for TemporaryFiles {
    fn drop(&mut self) {
        for path in &self.0 {
            if let Err(error) = std::fs::remove_file(path) {
                observe::warn!("mapi", "cannot remove {}: {error}", path.display());
            }
        }
    }
}

/// The last part of a name, without what a shell or a person stumbles over.
fn harmless(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept = last.chars().map(|one| match one {
        '.' | '-' | '_' => one,
        one if one.is_alphanumeric() => one,
        _ => '_',
    });
    let kept: Vec<char> = kept.collect();
    // The end says what kind of file it is.
    let mut bytes = 0;
    let long = |one: &&char| {
        bytes += one.len_utf8();
        bytes <= MAX_NAME_BYTES
    };
    let end = kept.iter().rev().take_while(long).count();
    kept.iter().skip(kept.len() - end).collect()
}

fn make(folder: &Path, name: &str) -> std::io::Result<(File, PathBuf)> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let name = harmless(name);
    for _ in 0..MAX_ATTEMPTS {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!("mail-{}-{number}-{name}", std::process::id()));
        let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        match made {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            made => return made.map(|file| (file, path)),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_temporary_file_is_for_its_owner_only_and_goes_unless_it_is_kept() {
        let mut files = TemporaryFiles::default();
        let path = files.write("../a b.txt", b"x").unwrap();
        assert!(path.ends_with("-a_b.txt"), "{path}");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        drop(files);
        assert!(!Path::new(&path).exists());
        let mut files = TemporaryFiles::default();
        let path = files.write("", b"x").unwrap();
        files.keep();
        assert_eq!(read_file(&path).unwrap(), b"x");
        std::fs::remove_file(&path).unwrap();
        assert_eq!(read_file(&path), Err(MailFailure::AttachmentNotFound(path)));
        assert!(matches!(read_file("/"), Err(MailFailure::AttachmentOpen(_))));
    }

    #[test]
    fn a_long_name_keeps_its_end() {
        let name = format!("{}.pdf", "ä".repeat(MAX_NAME_BYTES));
        let short = harmless(&name);
        assert!(short.len() <= MAX_NAME_BYTES && short.ends_with("ä.pdf"));
    }
}
