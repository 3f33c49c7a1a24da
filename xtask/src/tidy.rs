//! `cargo xtask tidy`: the rules of the house that a program can check.

mod code;
mod documents;
mod exports;
mod layers;

use std::path::{Path, PathBuf};

use crate::shell;

pub use exports::check as exports;

/// A source file.
pub struct Source {
    /// Path below the workspace's folder.
    pub path: PathBuf,
    /// Content.
    pub text: String,
}

/// Runs every check and reports all that is wrong.
pub fn run() -> Result<(), String> {
    let root = shell::root();
    let sources = rust_sources(&root)?;
    let mut wrong = Vec::new();
    layers::check(&root, &mut wrong)?;
    code::check(&sources, &mut wrong);
    documents::check(&root, &sources, &mut wrong)?;
    exports::check_declarations(&root, &mut wrong)?;
    for says in &wrong {
        eprintln!("tidy: {says}");
    }
    match wrong.len() {
        0 => Ok(()),
        count => Err(format!("{count} rules are broken")),
    }
}

/// All Rust files of the workspace, in the order of their paths.
fn rust_sources(root: &Path) -> Result<Vec<Source>, String> {
    let mut found = Vec::new();
    for folder in ["crates", "tests", "xtask", "fuzz"] {
        walk(&root.join(folder), &mut found)?;
    }
    found.sort();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path)
            .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        let path = path.strip_prefix(root).unwrap_or(&path).to_owned();
        Ok(Source { path, text })
    };
    found.into_iter().map(read).collect()
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let path = entry.map_err(|error| error.to_string())?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if name != "target" && name != "node_modules" && !name.starts_with('.') {
                walk(&path, found)?;
            }
        } else if name.ends_with(".rs") {
            found.push(path);
        }
    }
    Ok(())
}
