//! From text to what it says: keys, values, deletions.
//!
//! Follows the documented syntax ("How to add, modify, or delete registry
//! subkeys and values by using a .reg file"). Stricter than the original: a
//! line that has no known form is an error, where the original passes over it.

use crate::error::{Cause, ParseError};
use crate::file::{Entry, RegFile, Setting};
use crate::path::{canonical_path, check_value_name};
use crate::text::{Lines, Version, decode, latin_1};
use crate::value::Value;

/// Most bracketed lines of a file.
pub const MAX_KEYS: usize = 1 << 16;
/// Most values of a file.
pub const MAX_VALUES: usize = 1 << 18;
/// Most lines over which one value goes on after its first.
pub const MAX_CONTINUATION_LINES: usize = 1 << 17;
/// Most bytes of one value that is written in hexadecimal.
pub const MAX_DATA_BYTES: usize = 3 << 20;

/// Reads a file.
///
/// # Errors
/// The first line that is not understood, and why.
pub fn parse(bytes: &[u8]) -> Result<RegFile, ParseError> {
    let text = decode(bytes)?;
    let (version, mut lines) = Lines::after_header(&text)?;
    let mut file = RegFile::default();
    let mut values = 0;
    while let Some(line) = lines.next_line()? {
        let line = line.trim();
        if line.is_empty() || line.starts_with(';') {
            continue;
        }
        if line.starts_with('[') {
            if file.entries.len() == MAX_KEYS {
                return Err(lines.error(Cause::TooManyKeys));
            }
            let entry = key(line).map_err(|says| lines.error(Cause::Malformed(says)))?;
            file.entries.push(entry);
            continue;
        }
        values += 1;
        if values > MAX_VALUES {
            return Err(lines.error(Cause::TooManyValues));
        }
        let number = lines.number;
        let setting = setting(line, version, &mut lines)?;
        let says = match file.entries.last_mut() {
            Some(Entry::Key { settings, .. }) => {
                settings.push(setting);
                continue;
            }
            Some(Entry::Delete(_)) => "a key that is deleted has no values",
            None => "a value stands below its [key]",
        };
        return Err(ParseError { line: number, cause: Cause::Malformed(says) });
    }
    Ok(file)
}

/// `[KEY]`, `[-KEY]`
fn key(line: &str) -> Result<Entry, &'static str> {
    let inner = line.strip_prefix('[').unwrap_or(line);
    let (path, rest) = inner.rsplit_once(']').ok_or("a key ends with ]")?;
    if !is_blank(rest) {
        return Err("after ] nothing but a comment may follow");
    }
    match path.strip_prefix('-') {
        Some(path) => canonical_path(path).map(Entry::Delete),
        None => canonical_path(path).map(|path| Entry::Key { path, settings: Vec::new() }),
    }
}

/// `@=DATA`, `"name"=DATA`
fn setting(line: &str, version: Version, lines: &mut Lines<'_>) -> Result<Setting, ParseError> {
    let malformed = |says, lines: &Lines<'_>| lines.error(Cause::Malformed(says));
    let (name, rest) = if let Some(rest) = line.strip_prefix('@') {
        (String::new(), rest)
    } else if line.starts_with('"') {
        quoted(line).map_err(|says| malformed(says, lines))?
    } else {
        let says = "a line is a [key], \"name\"=data, @=data or a ; comment";
        return Err(malformed(says, lines));
    };
    check_value_name(&name).map_err(|says| malformed(says, lines))?;
    let Some(data) = rest.trim_start().strip_prefix('=') else {
        return Err(malformed("after a value's name stands =", lines));
    };
    let value = data_of(data.trim_start(), version, lines)?;
    Ok(Setting { name, value })
}

/// Whatever stands after `=`; none for a deletion.
fn data_of(
    data: &str,
    version: Version,
    lines: &mut Lines<'_>,
) -> Result<Option<Value>, ParseError> {
    if let Some(rest) = strip_prefix_no_case(data, "hex") {
        return hex(rest, version, lines).map(Some);
    }
    one_line(data).map_err(|says| lines.error(Cause::Malformed(says)))
}

fn one_line(data: &str) -> Result<Option<Value>, &'static str> {
    let (value, rest) = if data.starts_with('"') {
        let (text, rest) = quoted(data)?;
        (Some(Value::Sz(text)).filter(Value::is_canonical).ok_or("a text has no NUL")?, rest)
    } else if let Some(rest) = data.strip_prefix('-') {
        return if is_blank(rest) { Ok(None) } else { Err("after - nothing may follow") };
    } else if let Some(rest) = strip_prefix_no_case(data, "dword:") {
        let rest = rest.trim_start();
        let end = rest.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(rest.len());
        let (digits, rest) = rest.split_at(end);
        let says = "dword: is followed by 1 to 8 hexadecimal digits";
        if digits.len() > 8 {
            return Err(says);
        }
        (Value::Dword(u32::from_str_radix(digits, 16).map_err(|_| says)?), rest)
    } else {
        return Err("data is \"text\", dword:…, hex:…, hex(type):… or -");
    };
    if is_blank(rest) { Ok(Some(value)) } else { Err("after the data only a comment may follow") }
}

/// What follows `hex`, over as many lines as it takes.
fn hex(rest: &str, version: Version, lines: &mut Lines<'_>) -> Result<Value, ParseError> {
    let (kind, first) = hex_kind(rest).map_err(|says| lines.error(Cause::Malformed(says)))?;
    let mut bytes = Vec::new();
    let mut line = first;
    let mut continuations = 0;
    loop {
        let code = line.split(';').next().unwrap_or_default().trim();
        let (digits, goes_on) = match code.strip_suffix('\\') {
            Some(digits) => (digits.trim_end(), true),
            None => (code, false),
        };
        hex_line(digits, goes_on, continuations == 0, &mut bytes)
            .map_err(|cause| lines.error(cause))?;
        if !goes_on {
            break;
        }
        continuations += 1;
        if continuations > MAX_CONTINUATION_LINES {
            return Err(lines.error(Cause::TooManyContinuationLines));
        }
        let cut = lines.error(Cause::Malformed("the file ends where a value goes on"));
        line = lines.next_line()?.ok_or(cut)?;
    }
    if version == Version::Four && [1, 2, 7].contains(&kind) {
        let text = String::from_utf8(bytes).unwrap_or_else(|error| latin_1(error.as_bytes()));
        bytes = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    }
    Ok(Value::from_bytes(kind, bytes))
}

/// `:` or `(type):`; the number of the type and what follows.
fn hex_kind(rest: &str) -> Result<(u32, &str), &'static str> {
    let says = "hex is followed by : or by (type): with a hexadecimal number";
    if let Some(data) = rest.strip_prefix(':') {
        return Ok((3, data));
    }
    let (kind, data) = rest.strip_prefix('(').and_then(|r| r.split_once("):")).ok_or(says)?;
    let well_formed = !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_hexdigit());
    let kind = u32::from_str_radix(kind, 16).ok().filter(|_| well_formed).ok_or(says)?;
    Ok((kind, data))
}

/// The bytes of one line. A line that goes on may end with a comma, after which
/// the next byte stands on the next line; a value without bytes is one empty line.
fn hex_line(digits: &str, goes_on: bool, is_first: bool, bytes: &mut Vec<u8>) -> Result<(), Cause> {
    let list = if goes_on { digits.strip_suffix(',').unwrap_or(digits) } else { digits };
    if list.is_empty() && is_first {
        return Ok(());
    }
    for item in list.split(',').map(str::trim) {
        let well_formed = item.len() <= 2 && item.bytes().all(|byte| byte.is_ascii_hexdigit());
        let byte = u8::from_str_radix(item, 16).ok().filter(|_| well_formed);
        let says = "bytes are one or two hexadecimal digits, with commas between them";
        bytes.push(byte.ok_or(Cause::Malformed(says))?);
        if bytes.len() > MAX_DATA_BYTES {
            return Err(Cause::TooMuchData);
        }
    }
    Ok(())
}

/// A text in quotation marks, and what follows it.
fn quoted(text: &str) -> Result<(String, &str), &'static str> {
    let inner = text.strip_prefix('"').unwrap_or(text);
    let mut found = String::new();
    let mut characters = inner.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '"' => return Ok((found, inner.get(at + 1..).unwrap_or_default())),
            '\\' => match characters.next() {
                Some((_, escaped @ ('\\' | '"'))) => found.push(escaped),
                _ => return Err("a backslash in a text is written \\\\, a quotation mark \\\""),
            },
            c => found.push(c),
        }
    }
    Err("a text ends with a quotation mark on its own line")
}

/// Nothing, or a comment.
fn is_blank(rest: &str) -> bool {
    let rest = rest.trim_start();
    rest.is_empty() || rest.starts_with(';')
}

fn strip_prefix_no_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}
