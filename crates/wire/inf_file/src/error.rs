//! Why a file was not understood.

use std::fmt;

/// Most characters of a file that a sentence repeats.
pub const MAX_SHOWN_CHARS: usize = 64;

/// Where a file was not understood, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InfError {
    /// Number of the line, from 1; 0 when no line is to blame.
    pub line: usize,
    /// What is wrong there and what to do.
    pub says: String,
}

impl InfError {
    pub(crate) fn new(line: usize, says: impl Into<String>) -> Self {
        Self { line, says: says.into() }
    }
}

impl fmt::Display for InfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(&self.says),
            line => write!(f, "line {line}: {}", self.says),
        }
    }
}

impl std::error::Error for InfError {}

/// The beginning of a text, for sentences.
pub fn shown(text: &str) -> String {
    text.chars().take(MAX_SHOWN_CHARS).collect()
}
