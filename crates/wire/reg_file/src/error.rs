//! Why a file was not understood, or could not be written.

use std::fmt;

use crate::parse::{MAX_CONTINUATION_LINES, MAX_DATA_BYTES, MAX_KEYS, MAX_VALUES};
use crate::text::{MAX_FILE_BYTES, MAX_LINE_BYTES};

/// Where a file was not understood, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// Number of the line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub cause: Cause,
}

/// What is wrong with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// The text is not in the encoding that its beginning promises.
    Encoding(&'static str),
    /// More than [`MAX_FILE_BYTES`].
    FileTooLarge,
    /// More than [`MAX_LINE_BYTES`].
    LineTooLong,
    /// The line has no form that is known; the sentence says what is expected.
    Malformed(&'static str),
    /// The file does not begin with one of the two headers.
    NoHeader,
    /// More than [`MAX_CONTINUATION_LINES`].
    TooManyContinuationLines,
    /// More than [`MAX_DATA_BYTES`].
    TooMuchData,
    /// More than [`MAX_KEYS`].
    TooManyKeys,
    /// More than [`MAX_VALUES`].
    TooManyValues,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encoding(says) | Self::Malformed(says) => f.write_str(says),
            Self::FileTooLarge => write!(f, "a file has at most {MAX_FILE_BYTES} bytes"),
            Self::LineTooLong => write!(f, "a line has at most {MAX_LINE_BYTES} bytes"),
            Self::NoHeader => f.write_str(
                "a file begins with \"Windows Registry Editor Version 5.00\" or \"REGEDIT4\"",
            ),
            Self::TooManyContinuationLines => {
                write!(f, "a value goes on over at most {MAX_CONTINUATION_LINES} lines")
            }
            Self::TooMuchData => write!(f, "a value has at most {MAX_DATA_BYTES} bytes"),
            Self::TooManyKeys => write!(f, "a file has at most {MAX_KEYS} keys: split it"),
            Self::TooManyValues => write!(f, "a file has at most {MAX_VALUES} values: split it"),
        }
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.cause)
    }
}

impl std::error::Error for ParseError {}

/// Why something has no form in a file: the key and the cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteError {
    /// The key as it was given.
    pub path: String,
    /// What is wrong with it.
    pub says: &'static str,
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} cannot be written: {}", self.path, self.says)
    }
}

impl std::error::Error for WriteError {}
