//! `partywall reg import`, `partywall reg export`

use std::io::{Read, Write};
use std::path::Path;

use reg_file::MAX_FILE_BYTES;
use registry::{Applied, Registry};

use crate::args::Common;
use crate::output::{Failure, json, line};

/// Stands for standard input or output.
const STANDARD: &str = "-";

/// Does what a file says, as a whole or not at all.
pub fn import(common: &Common, registry: &Registry, file: &Path) -> Result<(), Failure> {
    let shown = file.display();
    let bytes =
        read(file).map_err(|error| Failure::new(format!("cannot read {shown}: {error}")))?;
    let parsed = reg_file::parse(&bytes)
        .map_err(|error| Failure::new(format!("nothing was changed: {shown}, {error}")))?;
    let applied = registry
        .change(|change| change.apply(&parsed))
        .map_err(|error| Failure::new(format!("nothing was changed: {shown}: {error}")))?;
    let Applied { keys_set, values_set, keys_deleted, values_deleted } = applied;
    if common.json {
        return json(&serde_json::json!({
            "keys_set": keys_set,
            "values_set": values_set,
            "keys_deleted": keys_deleted,
            "values_deleted": values_deleted,
        }));
    }
    line(&format!(
        "set {} and {}, deleted {} and {}",
        counted(keys_set, "key"),
        counted(values_set, "value"),
        counted(keys_deleted, "key"),
        counted(values_deleted, "value"),
    ))
}

fn counted(count: u64, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        count => format!("{count} {noun}s"),
    }
}

/// Reads one byte more than a file may have, so that the parser sees it.
fn read(file: &Path) -> std::io::Result<Vec<u8>> {
    let limit = MAX_FILE_BYTES as u64 + 1;
    let mut bytes = Vec::new();
    if file.as_os_str() == STANDARD {
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes)?;
    } else {
        std::fs::File::open(file)?.take(limit).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// Writes a key and all below it.
pub fn export(registry: &Registry, path: &str, file: &Path) -> Result<(), Failure> {
    let exported = registry.export(path)?.ok_or_else(|| super::no_key(path))?;
    let failed = |says: String| Failure::new(format!("cannot write {}: {says}", file.display()));
    if file.as_os_str() == STANDARD {
        let text = reg_file::write(&exported).map_err(|error| failed(error.to_string()))?;
        let mut out = std::io::stdout().lock();
        return out
            .write_all(text.as_bytes())
            .and_then(|()| out.flush())
            .map_err(|error| failed(error.to_string()));
    }
    let bytes = reg_file::write_bytes(&exported).map_err(|error| failed(error.to_string()))?;
    std::fs::write(file, bytes).map_err(|error| failed(error.to_string()))
}
