//! The exports: `exports.list`, what the SDK declares, and what was linked, are
//! one and the same list.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use crate::shell;

/// Names in `exports.list`.
fn listed(root: &Path) -> Result<BTreeSet<String>, String> {
    let text = std::fs::read_to_string(root.join("exports.list"))
        .map_err(|error| format!("cannot read exports.list: {error}"))?;
    let names = text.split(['{', '}', ';']).map(str::trim).filter(|name| !name.is_empty());
    Ok(names.map(str::to_owned).collect())
}

/// Compares the list with the SDK's declarations.
pub fn check_declarations(root: &Path, wrong: &mut Vec<String>) -> Result<(), String> {
    let source = root.join("crates/abi/partywall/src");
    let mut files = vec![source.join("ffi.rs")];
    for entry in std::fs::read_dir(source.join("ffi")).into_iter().flatten() {
        files.push(entry.map_err(|error| error.to_string())?.path());
    }
    let mut text = String::new();
    for path in files {
        text += &std::fs::read_to_string(&path)
            .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    }
    let declared: BTreeSet<String> = text
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("pub fn "))
        .filter_map(|rest| rest.split('(').next())
        .map(str::to_owned)
        .collect();
    compare("the SDK declares", &declared, &listed(root)?, wrong);
    Ok(())
}

fn compare(
    who: &str,
    found: &BTreeSet<String>,
    listed: &BTreeSet<String>,
    wrong: &mut Vec<String>,
) {
    for name in found.difference(listed) {
        wrong.push(format!("{who} {name}, which exports.list does not name"));
    }
    for name in listed.difference(found) {
        wrong.push(format!("exports.list names {name}, but not so: {who} it"));
    }
}

/// Compares the list with the dynamic symbols of the built program and of
/// `libpartywall.so`.
pub fn check() -> Result<(), String> {
    if !shell::has("nm") {
        eprintln!("exports: skipped, there is no nm");
        return Ok(());
    }
    let listed = listed(&shell::root())?;
    let mut wrong = Vec::new();
    for file in ["partywall", "libpartywall.so"] {
        let path = shell::target().join("debug").join(file);
        let text = shell::output(Command::new("nm").args(["-D", "--defined-only"]).arg(&path))?;
        let names = text.lines().filter_map(|line| line.split_whitespace().last());
        let found = names.map(str::to_owned).collect();
        compare(&format!("{file} exports"), &found, &listed, &mut wrong);
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_found_on_either_side() {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let mut wrong = Vec::new();
        compare("x exports", &set(&["A", "B"]), &set(&["B", "C"]), &mut wrong);
        assert_eq!(wrong.len(), 2);
        wrong.clear();
        compare("x exports", &set(&["A"]), &set(&["A"]), &mut wrong);
        assert!(wrong.is_empty());
    }
}
