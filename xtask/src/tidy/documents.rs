//! `docs/the-documents.md` and its parts: entries are complete, and what they
//! name exists.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::Source;

/// Rows of the requirements; each needs an entry.
const ROWS: &[(char, u32)] = &[('A', 11), ('B', 13), ('C', 14), ('D', 13), ('E', 5)];

struct Entry<'a> {
    id: &'a str,
    lines: Vec<&'a str>,
}

impl Entry<'_> {
    fn field(&self, name: &str) -> Option<&str> {
        let lead = format!("- {name}: ");
        self.lines.iter().find_map(|line| line.strip_prefix(&*lead)).map(str::trim)
    }
}

/// Checks every entry.
pub fn check(root: &Path, sources: &[Source], wrong: &mut Vec<String>) -> Result<(), String> {
    let verbs = verbs(sources);
    let mut rows = BTreeSet::new();
    let mut ids = BTreeSet::new();
    for path in pages(root)? {
        let shown = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{shown}: {error}"))?;
        for entry in entries(&text) {
            if !ids.insert(entry.id.to_owned()) {
                wrong.push(format!("{shown}: {} stands there twice", entry.id));
            }
            let named = entry.field("Row").unwrap_or_default();
            rows.extend(named.split(", ").map(str::to_owned));
            for says in check_entry(&entry, sources, &verbs) {
                wrong.push(format!("{shown}: {} {says}", entry.id));
            }
        }
    }
    for (letter, count) in ROWS {
        for number in 1..=*count {
            if !rows.contains(&format!("{letter}{number}")) {
                wrong.push(format!("docs/the-documents.md has no entry for row {letter}{number}"));
            }
        }
    }
    Ok(())
}

fn pages(root: &Path) -> Result<Vec<PathBuf>, String> {
    let docs = root.join("docs");
    let mut pages = vec![docs.join("the-documents.md")];
    let folder = docs.join("the-documents");
    for entry in std::fs::read_dir(&folder).map_err(|error| format!("docs: {error}"))? {
        pages.push(entry.map_err(|error| error.to_string())?.path());
    }
    pages.sort();
    Ok(pages)
}

fn entries(text: &str) -> Vec<Entry<'_>> {
    let mut entries: Vec<Entry<'_>> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("### ")
            && let Some((id, _)) = heading.split_once(" · ")
        {
            entries.push(Entry { id, lines: Vec::new() });
            inside = true;
        } else if line.starts_with('#') {
            inside = false;
        } else if let Some(entry) = entries.last_mut().filter(|_| inside) {
            entry.lines.push(line);
        }
    }
    entries
}

fn check_entry(entry: &Entry<'_>, sources: &[Source], verbs: &BTreeSet<String>) -> Vec<String> {
    let mut wrong = Vec::new();
    if !entry.lines.iter().any(|line| line.starts_with("> ")) {
        wrong.push("quotes nothing".into());
    }
    let shown = match entry.field("State") {
        Some("open") => false,
        Some("works" | "partly") => true,
        _ => {
            wrong.push("has no State of works, partly or open".into());
            return wrong;
        }
    };
    for (name, exists) in [("Test", test_exists as Check), ("Command", command_exists)] {
        match (entry.field(name), shown) {
            (None, true) => wrong.push(format!("is {name}-less, though it is not open")),
            (Some(_), false) => wrong.push(format!("is open, but names a {name}")),
            (None, false) => {}
            (Some(field), true) => {
                let items = field.split(", ").map(|item| item.trim_matches('`'));
                let missing = items.filter(|item| !exists(item, sources, verbs));
                wrong.extend(missing.map(|item| format!("names {item}, which does not exist")));
            }
        }
    }
    wrong
}

type Check = fn(&str, &[Source], &BTreeSet<String>) -> bool;

/// `path/to/file.rs::function`
fn test_exists(item: &str, sources: &[Source], _: &BTreeSet<String>) -> bool {
    let Some((path, function)) = item.split_once("::") else { return false };
    let function = function.rsplit("::").next().unwrap_or(function);
    let declared = format!("fn {function}(");
    sources.iter().any(|source| source.path == Path::new(path) && source.text.contains(&declared))
}

/// `partywall VERB …`, `cargo xtask TASK` or `curl …`
fn command_exists(item: &str, _: &[Source], verbs: &BTreeSet<String>) -> bool {
    let mut words = item.split_whitespace();
    match (words.next(), words.next(), words.next()) {
        (Some("partywall"), Some(verb), _) => verbs.contains(verb),
        (Some("cargo"), Some("xtask"), Some(task)) => ["demo", "ci", "tidy"].contains(&task),
        (Some("curl"), Some(_), _) => true,
        _ => false,
    }
}

/// The program's verbs, from the enumeration that clap reads.
fn verbs(sources: &[Source]) -> BTreeSet<String> {
    let path = Path::new("crates/cli/partywall-cli/src/args.rs");
    let Some(source) = sources.iter().find(|source| source.path == path) else {
        return BTreeSet::new();
    };
    let start = source.text.find("pub enum Verb {").unwrap_or_default();
    let body = source.text.get(start..).unwrap_or_default();
    let variants = body.lines().skip(1).take_while(|line| *line != "}");
    variants
        .filter_map(|line| line.strip_prefix("    "))
        .filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()))
        .filter_map(|line| line.split([' ', '(', ',', '{']).next())
        .map(str::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(entry: &str) -> Vec<String> {
        let source = |path: &str, text: &str| Source { path: path.into(), text: text.into() };
        let sources = [
            source("tests/tests/a.rs", "#[test]\nfn it_works() {}"),
            source("crates/cli/partywall-cli/src/args.rs", "pub enum Verb {\n    Tour(Tour),\n}"),
        ];
        let verbs = verbs(&sources);
        let text = format!("### X-1 · Title\n> quoted\n\n{entry}");
        let entries = entries(&text);
        check_entry(&entries[0], &sources, &verbs)
    }

    #[test]
    fn an_entry_that_works_names_what_exists() {
        let good =
            "- State: works\n- Test: `tests/tests/a.rs::it_works`\n- Command: `partywall tour`";
        assert_eq!(complaints(good), [""; 0]);
        assert_eq!(complaints("- State: open"), [""; 0]);
        for bad in [
            good.replace("it_works", "it_does_not"),
            good.replace("partywall tour", "partywall fly"),
            good.replace("works\n", "working\n"),
            good.replace("- State: works", "- State: open"),
            "- State: works\n- Command: `partywall tour`".into(),
        ] {
            assert!(!complaints(&bad).is_empty(), "{bad}");
        }
    }
}
