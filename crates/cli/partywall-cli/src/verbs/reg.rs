//! `partywall reg query|set|delete|import|export`

mod data;
mod file;
mod query;

use registry::Registry;

use super::register::prepare_data_folder;
use crate::args::{Common, Reg, RegVerb};
use crate::output::Failure;

/// `HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND)`
const NOT_FOUND: u32 = 0x8007_0002;

/// See the module.
pub fn run(common: &Common, reg: &Reg) -> Result<(), Failure> {
    prepare_data_folder()?;
    let registry = Registry::open(registry::data_folder())?;
    match &reg.verb {
        RegVerb::Delete { key, value } => delete(&registry, &path(key)?, value.as_deref()),
        RegVerb::Export { key, file } => file::export(&registry, &path(key)?, file),
        RegVerb::Import { file } => file::import(common, &registry, file),
        RegVerb::Query { key, value, recursive } => {
            query::run(common, &registry, &path(key)?, value.as_deref(), *recursive)
        }
        RegVerb::Set { key, value, kind, words } => {
            let data = data::value(*kind, words).map_err(Failure::new)?;
            Ok(registry.change(|change| change.set_value(&path_of(key), value, &data))?)
        }
    }
}

/// A key as people write it, perhaps with a backslash at its end.
fn path_of(key: &str) -> String {
    key.strip_suffix('\\').unwrap_or(key).to_owned()
}

/// The path of a key, with the long name of its root.
fn path(key: &str) -> Result<String, Failure> {
    reg_file::canonical_path(&path_of(key))
        .map_err(|says| Failure::new(format!("{key:?} is no key: {says}")))
}

/// The failure to find a key.
fn no_key(path: &str) -> Failure {
    Failure::with_code(
        format!("there is no key {path}; `partywall reg query` of a key above it lists the keys"),
        NOT_FOUND,
    )
}

/// The failure to find a value.
fn no_value(path: &str, name: &str) -> Failure {
    let value = match name {
        "" => "default value".to_owned(),
        name => format!("value {name:?}"),
    };
    Failure::with_code(format!("{path} has no {value}"), NOT_FOUND)
}

fn delete(registry: &Registry, path: &str, value: Option<&str>) -> Result<(), Failure> {
    let deleted = registry.change(|change| match value {
        Some(name) => change.delete_value(path, name),
        None => change.delete(path),
    })?;
    match value {
        _ if deleted => Ok(()),
        Some(name) if registry.has_key(path)? => Err(no_value(path, name)),
        _ => Err(no_key(path)),
    }
}
