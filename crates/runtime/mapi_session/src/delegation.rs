//! Who may open whose store: a table of mailbox, delegate and rights.
//!
//! The table is a file of the data folder that whoever runs the house writes
//! (`partywall user grant`). It stands for the permissions that a service account
//! of the document has; security descriptors will take it over.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use mapi_abi::codes::{Code, Failure};

/// Largest table, in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// What a delegate may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rights {
    /// Read.
    Read,
    /// Read and change.
    Write,
}

impl Rights {
    /// Their word in the table.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }

    /// The rights of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Read, Self::Write].into_iter().find(|rights| rights.word() == word)
    }
}

/// One line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Whose store.
    pub mailbox: String,
    /// Who may open it.
    pub delegate: String,
    /// For what.
    pub rights: Rights,
}

fn file(data: &Path) -> PathBuf {
    data.join("delegates")
}

/// The table: one grant a line, mailbox, delegate and `read` or `write`,
/// with tabulators between them.
///
/// # Errors
/// `CORRUPT_DATA` a line is not understood; disk errors.
pub fn grants(data: &Path) -> Result<Vec<Grant>, Failure> {
    let path = file(data);
    let text = match fs::metadata(&path) {
        Ok(found) if found.len() > MAX_BYTES => {
            let says = format!("{} has more than {MAX_BYTES} bytes", path.display());
            return Err(Failure::new(Code::CORRUPT_DATA, says));
        }
        Ok(_) => fs::read_to_string(&path).map_err(|error| disk(&path, &error))?,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(disk(&path, &error)),
    };
    let lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let words: Vec<&str> = line.split('\t').collect();
            let [mailbox, delegate, rights] = words[..] else { return Err(bad_line(line)) };
            Ok(Grant {
                mailbox: mailbox.to_owned(),
                delegate: delegate.to_owned(),
                rights: Rights::of_word(rights).ok_or_else(|| bad_line(line))?,
            })
        })
        .collect()
}

fn bad_line(line: &str) -> Failure {
    let says = format!("the line {line:?} of the delegates is not understood");
    Failure::new(Code::CORRUPT_DATA, says)
}

fn disk(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Code::DISK_ERROR, format!("{}: {error}", path.display()))
}

/// What `delegate` may do with the store of `mailbox`; capitals do not count.
///
/// # Errors
/// As [`grants`].
pub fn rights(data: &Path, mailbox: &str, delegate: &str) -> Result<Option<Rights>, Failure> {
    if mailbox.eq_ignore_ascii_case(delegate) {
        return Ok(Some(Rights::Write));
    }
    Ok(grants(data)?
        .into_iter()
        .filter(|grant| {
            grant.mailbox.eq_ignore_ascii_case(mailbox)
                && grant.delegate.eq_ignore_ascii_case(delegate)
        })
        .map(|grant| grant.rights)
        .max())
}

/// Sets what a delegate may do with a mailbox; `None` takes all of it back.
///
/// # Errors
/// `INVALID_PARAMETER` the names; as [`grants`].
pub fn grant(
    data: &Path,
    mailbox: &str,
    delegate: &str,
    rights: Option<Rights>,
) -> Result<(), Failure> {
    let is_name = |name: &str| !name.is_empty() && !name.contains(['\t', '\n', '#']);
    if !is_name(mailbox) || !is_name(delegate) {
        return Err(Failure::new(Code::INVALID_PARAMETER, "that is no account's name"));
    }
    let mut all = grants(data)?;
    all.retain(|known| {
        !(known.mailbox.eq_ignore_ascii_case(mailbox)
            && known.delegate.eq_ignore_ascii_case(delegate))
    });
    all.extend(rights.map(|rights| Grant {
        mailbox: mailbox.to_owned(),
        delegate: delegate.to_owned(),
        rights,
    }));
    let line =
        |grant: &Grant| format!("{}\t{}\t{}\n", grant.mailbox, grant.delegate, grant.rights.word());
    let text: String = all.iter().map(line).collect();
    let (path, fresh) = (file(data), data.join("delegates.new"));
    let written = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o644)
        .open(&fresh)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&fresh, &path));
    written.map_err(|error| disk(&path, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_are_what_was_granted_and_ones_own() {
        let data = tempfile::tempdir().unwrap();
        let rights = |mailbox, delegate| rights(data.path(), mailbox, delegate).unwrap();
        assert_eq!(rights("alice", "alice"), Some(Rights::Write));
        assert_eq!(rights("alice", "service"), None);
        grant(data.path(), "alice", "service", Some(Rights::Read)).unwrap();
        assert_eq!(rights("ALICE", "Service"), Some(Rights::Read));
        grant(data.path(), "alice", "service", Some(Rights::Write)).unwrap();
        assert_eq!(rights("alice", "service"), Some(Rights::Write));
        assert_eq!(rights("service", "alice"), None);
        grant(data.path(), "alice", "service", None).unwrap();
        assert_eq!(rights("alice", "service"), None);
        assert!(grant(data.path(), "a\tb", "c", None).is_err());
    }

    #[test]
    fn a_line_that_is_not_understood_grants_nothing() {
        let data = tempfile::tempdir().unwrap();
        fs::write(file(data.path()), "alice\tservice\teverything\n").unwrap();
        assert_eq!(grants(data.path()).unwrap_err().code, Code::CORRUPT_DATA);
    }
}
