//! Text of version 5.
//!
//! Entries and values are written in the order in which they are given, in one
//! form each: the same file is always the same text.

use crate::error::WriteError;
use crate::file::{Entry, RegFile, Setting};
use crate::path::{canonical_path, check_value_name};
use crate::text::VERSION_5;
use crate::value::Value;

/// Columns after which hexadecimal data goes on on the next line.
const COLUMNS: usize = 77;

/// The file as text, with CRLF.
///
/// # Errors
/// A path or a name that has no form in a file, or a value that is not in its
/// one form.
pub fn write(file: &RegFile) -> Result<String, WriteError> {
    let mut out = format!("{VERSION_5}\r\n");
    for entry in &file.entries {
        out.push_str("\r\n");
        match entry {
            Entry::Delete(path) => {
                out.push_str(&format!("[-{}]\r\n", checked(path)?));
            }
            Entry::Key { path, settings } => {
                out.push_str(&format!("[{}]\r\n", checked(path)?));
                for setting in settings {
                    write_setting(setting, &mut out)
                        .map_err(|says| WriteError { path: path.clone(), says })?;
                }
            }
        }
    }
    Ok(out)
}

/// The file as bytes: UTF-16LE with its mark, as the original writes it.
///
/// # Errors
/// As [`write()`].
pub fn write_bytes(file: &RegFile) -> Result<Vec<u8>, WriteError> {
    let text = write(file)?;
    let mut bytes = vec![0xff, 0xfe];
    bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    Ok(bytes)
}

fn checked(path: &str) -> Result<String, WriteError> {
    canonical_path(path).map_err(|says| WriteError { path: path.to_owned(), says })
}

fn write_setting(setting: &Setting, out: &mut String) -> Result<(), &'static str> {
    check_value_name(&setting.name)?;
    let start = out.len();
    match &*setting.name {
        "" => out.push('@'),
        name => push_quoted(name, out),
    }
    out.push('=');
    match &setting.value {
        None => out.push('-'),
        Some(value) if !value.is_canonical() => {
            return Err("a text has no NUL, and a list no empty text");
        }
        Some(Value::Dword(number)) => out.push_str(&format!("dword:{number:08x}")),
        Some(Value::Sz(text)) if !text.chars().any(char::is_control) => push_quoted(text, out),
        Some(value) => {
            match value.kind() {
                3 => out.push_str("hex:"),
                kind => out.push_str(&format!("hex({kind:x}):")),
            }
            let column = out.get(start..).unwrap_or_default().chars().count();
            push_hex(&value.to_bytes(), column, out);
        }
    }
    out.push_str("\r\n");
    Ok(())
}

fn push_quoted(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        if matches!(c, '\\' | '"') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
}

fn push_hex(bytes: &[u8], mut column: usize, out: &mut String) {
    let mut rest = bytes.iter().peekable();
    while let Some(byte) = rest.next() {
        let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
        out.extend([digit(byte >> 4), digit(byte & 15)]);
        if rest.peek().is_none() {
            break;
        }
        out.push(',');
        column += 3;
        if column >= COLUMNS {
            out.push_str("\\\r\n  ");
            column = 2;
        }
    }
}
