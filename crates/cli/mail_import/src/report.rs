//! What an import says at its end, in the words of `mail import --json`.

use std::path::{Path, PathBuf};

use mapi_abi::codes::Failure;
use serde::{Deserialize, Serialize};

/// What was imported and what was not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Number of messages in the store now that were not before.
    pub read: u64,
    /// What could not be read, each by name.
    pub skipped: Vec<Skipped>,
    /// The folders of the source in their order, empty ones included.
    pub folders: Vec<FolderReport>,
}

/// A message, or a folder of a source, that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// Its name within the source.
    pub item: String,
    /// Why.
    pub reason: String,
}

/// How many messages went to a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderReport {
    /// Path below the root of the store, joined by `/`.
    pub name: String,
    /// Number of messages.
    pub read: u64,
}

/// Why nothing, or not everything, could be imported.
#[derive(Debug)]
#[non_exhaustive]
pub enum ImportError {
    /// The store could not take a message. What progress was told of is in it.
    Store(Failure),
    /// The source cannot be read at all.
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        cause: String,
    },
}

impl ImportError {
    pub(crate) fn unreadable(path: &Path, cause: impl std::fmt::Display) -> Self {
        Self::Unreadable { path: path.to_owned(), cause: cause.to_string() }
    }
}

impl std::fmt::Display for ImportError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Store(failure) => write!(f, "cannot write to the store: {failure}"),
            Self::Unreadable { path, cause } => {
                write!(f, "cannot read {}: {cause}", path.display())
            }
        }
    }
}

impl std::error::Error for ImportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Store(failure) => Some(failure),
            Self::Unreadable { .. } => None,
        }
    }
}

impl From<Failure> for ImportError {
    fn from(failure: Failure) -> Self {
        Self::Store(failure)
    }
}
