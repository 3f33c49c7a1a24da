//! The lines of a file: sections, keys, values. What they mean is `services`.
//!
//! A line is a section (`[Name]`), a key (`key=value`), a comment (from `;` on) or
//! empty. Names of sections and keys do not count capitals. A value may stand in
//! quotation marks, which keep its blanks and its `;`; two of them are one.

use crate::error::{InfError, shown};

/// Largest file, in bytes.
pub const MAX_FILE_BYTES: usize = 1 << 20;
/// Longest line, in bytes of UTF-8.
pub const MAX_LINE_BYTES: usize = 16 << 10;
/// Most sections in a file.
pub const MAX_SECTIONS: usize = 1024;
/// Most keys in a file.
pub const MAX_ENTRIES: usize = 16 << 10;

/// One key with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Number of its line, from 1.
    pub line: usize,
    /// The key as it stands there.
    pub key: String,
    /// The value without its quotation marks.
    pub value: String,
}

/// A section; one that stands in the file twice is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Number of the line that begins it, from 1.
    pub line: usize,
    /// Its name as it stands there first.
    pub name: String,
    /// Its keys in their order.
    pub entries: Vec<Entry>,
}

impl Section {
    /// The last value of a key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().rev().find(|entry| entry.key.eq_ignore_ascii_case(key))
    }
}

/// A file's sections in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InfFile {
    /// See the type.
    pub sections: Vec<Section>,
}

impl InfFile {
    /// The section of that name.
    pub fn section(&self, name: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.name.eq_ignore_ascii_case(name))
    }
}

/// Reads a file: UTF-8, with or without a mark, else Latin-1 in the place of the
/// code page of those who wrote it.
///
/// # Errors
/// The first line that is not understood; a limit of this module.
pub fn parse(bytes: &[u8]) -> Result<InfFile, InfError> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(InfError::new(0, format!("a file has at most {MAX_FILE_BYTES} bytes")));
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().copied().map(char::from).collect(),
    };
    let mut file = InfFile::default();
    let mut current = None;
    let mut entries = 0;
    for (at, line) in text.split('\n').enumerate() {
        let (number, line) = (at + 1, line.strip_suffix('\r').unwrap_or(line));
        if line.len() > MAX_LINE_BYTES {
            return Err(InfError::new(
                number,
                format!("a line has at most {MAX_LINE_BYTES} bytes"),
            ));
        }
        if line.chars().any(|c| c.is_control() && c != '\t') {
            return Err(InfError::new(number, "a line has no control characters"));
        }
        let line = line.trim();
        if line.is_empty() || line.starts_with(';') {
            continue;
        }
        if let Some(rest) = line.strip_prefix('[') {
            current = Some(open(&mut file, number, rest)?);
            continue;
        }
        entries += 1;
        if entries > MAX_ENTRIES {
            return Err(InfError::new(number, format!("a file has at most {MAX_ENTRIES} keys")));
        }
        let entry = entry(number, line)?;
        let section = current.and_then(|at: usize| file.sections.get_mut(at));
        let Some(section) = section else {
            return Err(InfError::new(number, "a key stands below a [section]: add one"));
        };
        section.entries.push(entry);
    }
    Ok(file)
}

/// The place of the section that a line opens.
fn open(file: &mut InfFile, line: usize, rest: &str) -> Result<usize, InfError> {
    let wrong = || InfError::new(line, "a section is written [name]");
    let (name, after) = rest.split_once(']').ok_or_else(wrong)?;
    let (name, after) = (name.trim(), after.trim());
    if name.is_empty() || !(after.is_empty() || after.starts_with(';')) {
        return Err(wrong());
    }
    let known = |section: &Section| section.name.eq_ignore_ascii_case(name);
    if let Some(at) = file.sections.iter().position(known) {
        return Ok(at);
    }
    if file.sections.len() == MAX_SECTIONS {
        return Err(InfError::new(line, format!("a file has at most {MAX_SECTIONS} sections")));
    }
    file.sections.push(Section { line, name: name.to_owned(), entries: Vec::new() });
    Ok(file.sections.len() - 1)
}

fn entry(line: usize, text: &str) -> Result<Entry, InfError> {
    let Some((key, value)) = text.split_once('=') else {
        let says = format!("{:?} is not of the form key=value", shown(text));
        return Err(InfError::new(line, says));
    };
    let (key, value) = (key.trim(), value.trim());
    if key.is_empty() || key.contains([';', '"']) {
        return Err(InfError::new(line, "a key is a name before the equals sign"));
    }
    let value = match value.strip_prefix('"') {
        Some(quoted) => unquoted(line, quoted)?,
        None => {
            let value = value.split(';').next().unwrap_or_default();
            value.trim_end().to_owned()
        }
    };
    Ok(Entry { line, key: key.to_owned(), value })
}

/// A value after its first quotation mark.
fn unquoted(line: usize, text: &str) -> Result<String, InfError> {
    let mut value = String::new();
    let mut rest = text.chars().peekable();
    loop {
        match rest.next() {
            Some('"') if rest.peek() == Some(&'"') => {
                rest.next();
                value.push('"');
            }
            Some('"') => break,
            Some(c) => value.push(c),
            None => {
                return Err(InfError::new(line, "a quotation mark is closed on the same line"));
            }
        }
    }
    let after: String = rest.collect();
    let after = after.trim();
    if after.is_empty() || after.starts_with(';') {
        return Ok(value);
    }
    Err(InfError::new(line, "nothing but a comment stands after a value in quotation marks"))
}
