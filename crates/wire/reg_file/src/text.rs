//! From a file's bytes to text: encodings, headers, the limits that hold before
//! anything is understood.
//!
//! Version 5 is UTF-16LE with its mark, or UTF-8 with or without one.
//! `REGEDIT4` is UTF-8 when it is well-formed, else Latin-1: what stands for
//! the "ANSI" of the machine that wrote it.

use std::borrow::Cow;

use crate::error::{Cause, ParseError};

/// Largest file, in bytes.
pub const MAX_FILE_BYTES: usize = 64 << 20;
/// Longest line in UTF-8, in bytes, without its end.
pub const MAX_LINE_BYTES: usize = 4 << 20;

/// Header of version 5.
pub const VERSION_5: &str = "Windows Registry Editor Version 5.00";
/// Header of version 4.
const VERSION_4: &str = "REGEDIT4";

/// Which header a file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// Strings in `hex(…)` are in the encoding of the file's machine.
    Four,
    /// Strings in `hex(…)` are UTF-16LE.
    Five,
}

/// The text of a file.
///
/// # Errors
/// The file is too large, or not in the encoding that it begins with.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, ParseError> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(ParseError { line: 1, cause: Cause::FileTooLarge });
    }
    if let Some(rest) = bytes.strip_prefix(&[0xff, 0xfe]) {
        return decode_utf16(rest).map(Cow::Owned);
    }
    if bytes.starts_with(&[0xfe, 0xff]) {
        let says = "this is UTF-16 with the high byte first: save it as UTF-8 or UTF-16LE";
        return Err(ParseError { line: 1, cause: Cause::Encoding(says) });
    }
    let rest = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
    match std::str::from_utf8(rest) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(_) if rest.starts_with(VERSION_4.as_bytes()) => Ok(Cow::Owned(latin_1(rest))),
        Err(error) => {
            let good = rest.get(..error.valid_up_to()).unwrap_or_default();
            let line = 1 + good.iter().filter(|byte| **byte == b'\n').count();
            let says = "this is not UTF-8: save the file as UTF-8 or UTF-16LE";
            Err(ParseError { line, cause: Cause::Encoding(says) })
        }
    }
}

fn decode_utf16(bytes: &[u8]) -> Result<String, ParseError> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(pairs.len());
    let mut line = 1;
    for unit in char::decode_utf16(pairs.iter().map(|pair| u16::from_le_bytes(*pair))) {
        let says = "this is half of a UTF-16 pair: the file is damaged";
        let c = unit.map_err(|_| ParseError { line, cause: Cause::Encoding(says) })?;
        line += usize::from(c == '\n');
        text.push(c);
    }
    if !rest.is_empty() {
        let says = "the file ends in the middle of a UTF-16 unit: it is cut short";
        return Err(ParseError { line, cause: Cause::Encoding(says) });
    }
    Ok(text)
}

/// Text of bytes that are one character each.
pub fn latin_1(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

/// The lines of a text, without their ends.
pub struct Lines<'a> {
    lines: std::str::Lines<'a>,
    /// Number of the last line that was given.
    pub number: usize,
}

impl<'a> Lines<'a> {
    /// The lines after the header, and which header it was.
    ///
    /// # Errors
    /// The first line is no header.
    pub fn after_header(text: &'a str) -> Result<(Version, Self), ParseError> {
        let mut lines = Self { lines: text.lines(), number: 0 };
        let version = match lines.next_line()?.unwrap_or_default().trim_end() {
            VERSION_4 => Version::Four,
            VERSION_5 => Version::Five,
            _ => return Err(ParseError { line: 1, cause: Cause::NoHeader }),
        };
        Ok((version, lines))
    }

    /// The next line; none at the end.
    ///
    /// # Errors
    /// It is too long.
    pub fn next_line(&mut self) -> Result<Option<&'a str>, ParseError> {
        let Some(line) = self.lines.next() else { return Ok(None) };
        self.number += 1;
        if line.len() > MAX_LINE_BYTES {
            return Err(self.error(Cause::LineTooLong));
        }
        Ok(Some(line))
    }

    /// An error in the last line that was given.
    pub const fn error(&self, cause: Cause) -> ParseError {
        ParseError { line: self.number, cause }
    }
}
