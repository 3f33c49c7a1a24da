//! `partywall reg query`

use registry::{Key, Registry, Value};
use serde::Serialize;
use serde_json::json;

use crate::args::Common;
use crate::output::{self, Failure, hexadecimal, line, printable};

#[derive(Serialize)]
struct Listed<'a> {
    key: &'a str,
    name: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    data: serde_json::Value,
}

/// Shows the values of a key, and of those below it when `recursive`.
pub fn run(
    common: &Common,
    registry: &Registry,
    path: &str,
    name: Option<&str>,
    recursive: bool,
) -> Result<(), Failure> {
    if !registry.has_key(path)? {
        return Err(super::no_key(path));
    }
    let mut keys = match recursive {
        true => registry.tree(path)?.ok_or_else(|| super::no_key(path))?,
        false => vec![Key { path: path.to_owned(), values: registry.values(path)? }],
    };
    if let Some(name) = name {
        for key in &mut keys {
            key.values.retain(|(known, _)| known.eq_ignore_ascii_case(name));
        }
        keys.retain(|key| !key.values.is_empty());
        if keys.is_empty() {
            return Err(super::no_value(path, name));
        }
    }
    if common.json {
        return as_json(&keys);
    }
    for key in &keys {
        line(&printable(&key.path))?;
        for (name, value) in &key.values {
            let name = if name.is_empty() { "(default)".to_owned() } else { printable(name) };
            line(&format!("    {name:<24} {:<16} {}", value.kind_name(), shown(value)))?;
        }
    }
    if !recursive && name.is_none() {
        for subkey in registry.subkeys(path)? {
            line(&printable(&format!("{path}\\{subkey}")))?;
        }
    }
    Ok(())
}

fn as_json(keys: &[Key]) -> Result<(), Failure> {
    let mut listed = Vec::new();
    for Key { path, values } in keys {
        listed.extend(values.iter().map(|(name, value)| Listed {
            key: path,
            name,
            kind: value.kind_name(),
            data: data(value),
        }));
    }
    output::json(&listed)
}

/// Texts as text, numbers as numbers, lists as lists, bytes in hexadecimal.
fn data(value: &Value) -> serde_json::Value {
    match value {
        Value::Sz(text) | Value::ExpandSz(text) => json!(text),
        Value::MultiSz(texts) => json!(texts),
        Value::Dword(number) => json!(number),
        Value::Qword(number) => json!(number),
        Value::Binary(bytes) | Value::Other { bytes, .. } => json!(hexadecimal(bytes)),
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Sz(text) | Value::ExpandSz(text) => printable(text),
        Value::MultiSz(texts) => printable(&texts.join(" | ")),
        Value::Dword(number) => format!("{number:#x} ({number})"),
        Value::Qword(number) => format!("{number:#x} ({number})"),
        Value::Binary(bytes) | Value::Other { bytes, .. } => hexadecimal(bytes),
    }
}
