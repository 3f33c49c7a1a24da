//! Where libraries are found: in `--lib-dir`, beside the program, in
//! `../lib/partywall`.

use std::path::{Path, PathBuf};

use crate::args::Common;
use crate::output::Failure;

/// The folders, in order.
fn folders(common: &Common) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = common.lib_dir.iter().cloned().collect();
    let program = std::env::current_exe().unwrap_or_default();
    if let Some(beside) = program.parent() {
        folders.push(beside.to_owned());
        folders.push(beside.join("../lib/partywall"));
    }
    folders
}

/// The full path of a library: a path stays what it is, a bare name is searched
/// for.
///
/// # Errors
/// A sentence that names the library and the folders.
pub fn find(common: &Common, name: &Path) -> Result<PathBuf, Failure> {
    let canonical = |path: &Path| path.canonicalize().ok().filter(|found| found.is_file());
    if name.components().count() > 1 {
        return canonical(name)
            .ok_or_else(|| Failure::new(format!("there is no library {}", name.display())));
    }
    let folders = folders(common);
    folders.iter().find_map(|folder| canonical(&folder.join(name))).ok_or_else(|| {
        let searched: Vec<String> = folders.iter().map(|f| f.display().to_string()).collect();
        Failure::new(format!(
            "there is no library {} in {}; build all of them with `cargo build --workspace`, or \
             name their folder with --lib-dir",
            name.display(),
            searched.join(", ")
        ))
    })
}
