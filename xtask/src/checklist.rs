//! `cargo xtask checklist [--json]`: the list of documented behaviours, as the
//! tests that bear their numbers answer now.
//!
//! A test whose name begins with `nNNN_` shows number NNN; `n051_n052_…` shows
//! both, `n055_to_n057_…` all from one to the other. A number that no test bears
//! and that is not left out for a reason below counts as failed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::shell;

/// The last number of the list.
const LAST: u16 = 135;

/// Numbers that are left out, from and to, and why.
const LEFT_OUT: &[(u16, u16, &str)] = &[
    (24, 24, "there are no manifests here, and no activation contexts that read them"),
    (42, 42, "there are no activation factories of the later runtime here"),
    (43, 43, "comes with components in other processes"),
    (47, 48, "comes with components in other processes"),
    (96, 96, "there are no windows here, and so no sent messages"),
    (101, 101, "waits are not alertable here: nothing queues asynchronous procedure calls"),
    (129, 135, "comes with the wire encoding"),
];

/// Where numbered tests stand: a package's own tests, or one file of `tests`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Library(String),
    File(String),
}

/// Runs the tests and prints the list.
pub fn run(arguments: impl Iterator<Item = String>) -> Result<(), String> {
    let mut as_json = false;
    for argument in arguments {
        match &*argument {
            "--json" => as_json = true,
            other => return Err(format!("checklist takes --json only, not {other:?}")),
        }
    }
    let mut results: BTreeMap<u16, Vec<(String, bool)>> = BTreeMap::new();
    for place in places()? {
        for (name, passed) in answers(&place)? {
            for number in numbers(&name) {
                results.entry(number).or_default().push((name.clone(), passed));
            }
        }
    }
    let entries: Vec<_> = (1..=LAST).map(|number| entry(number, &results)).collect();
    if as_json {
        let list: Vec<_> = entries
            .iter()
            .map(|(number, state, reason)| {
                json!({ "number": number, "state": state, "reason": reason })
            })
            .collect();
        println!("{}", serde_json::Value::from(list));
    } else {
        for (number, state, reason) in &entries {
            println!("{number:>3}  {state:<8}  {reason}");
        }
    }
    let failed = entries.iter().filter(|(_, state, _)| *state == "fail").count();
    match failed {
        0 => Ok(()),
        1 => Err("one number does not hold".to_owned()),
        _ => Err(format!("{failed} numbers do not hold")),
    }
}

type Results = BTreeMap<u16, Vec<(String, bool)>>;

fn entry(number: u16, results: &Results) -> (u16, &'static str, String) {
    let left_out = LEFT_OUT.iter().find(|(from, to, _)| (*from..=*to).contains(&number));
    match (results.get(&number), left_out) {
        (Some(tests), _) => {
            let failed: Vec<_> = tests.iter().filter(|(_, passed)| !passed).collect();
            let chosen = if failed.is_empty() { tests.iter().collect() } else { failed.clone() };
            let names: Vec<_> = chosen.iter().map(|(name, _)| &**name).collect();
            let state = if failed.is_empty() { "pass" } else { "fail" };
            (number, state, names.join(", "))
        }
        (None, Some((_, _, reason))) => (number, "left-out", (*reason).to_owned()),
        (None, None) => (number, "fail", "no test bears this number".to_owned()),
    }
}

/// The numbers that a test's name bears; the name's path does not count.
fn numbers(name: &str) -> BTreeSet<u16> {
    let name = name.rsplit("::").next().unwrap_or(name);
    let number = |word: &str| {
        let digits = word.strip_prefix('n').filter(|digits| digits.len() == 3)?;
        digits.parse::<u16>().ok()
    };
    let mut found = BTreeSet::new();
    let mut words = name.split('_');
    let mut last = None;
    while let Some(word) = words.next() {
        match (number(word), last) {
            (Some(number), _) => {
                found.insert(number);
                last = Some(number);
            }
            (None, Some(from)) if word == "to" => {
                let Some(to) = words.next().and_then(number) else { break };
                found.extend(from..=to);
                last = Some(to);
            }
            _ => break,
        }
    }
    found
}

/// The places whose sources have a numbered test.
fn places() -> Result<BTreeSet<Place>, String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![shell::root().join("crates"), shell::root().join("tests/tests")];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).map_err(|error| format!("{folder:?}: {error}"))?;
        for entry in entries {
            let path = entry.map_err(|error| error.to_string())?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).map_err(|error| error.to_string())?;
                let numbered = text.lines().any(|line| {
                    let line = line.trim_start().strip_prefix("fn ");
                    line.is_some_and(|name| !numbers(name).is_empty())
                });
                if numbered {
                    found.insert(place_of(&path)?);
                }
            }
        }
    }
    Ok(found)
}

fn place_of(path: &Path) -> Result<Place, String> {
    if path.starts_with(shell::root().join("tests")) {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        return Ok(Place::File(stem));
    }
    let mut folder: PathBuf = path.to_owned();
    while folder.pop() {
        if folder.join("Cargo.toml").is_file() {
            let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            return Ok(Place::Library(name));
        }
    }
    Err(format!("{} belongs to no package", path.display()))
}

/// Runs the tests of a place; their names and whether they passed.
fn answers(place: &Place) -> Result<Vec<(String, bool)>, String> {
    let arguments = match place {
        Place::Library(name) => ["test", "--quiet", "--package", name, "--lib"].to_vec(),
        Place::File(name) => ["test", "--quiet", "--package", "tests", "--test", name].to_vec(),
    };
    let mut command = shell::cargo(&arguments);
    command.args(["--", "--format", "pretty"]);
    let output = command.output().map_err(|error| format!("cannot run cargo: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let found: Vec<_> = text.lines().filter_map(answer).collect();
    if found.is_empty() {
        let says = String::from_utf8_lossy(&output.stderr);
        return Err(format!("no test of {place:?} ran:\n{says}"));
    }
    Ok(found)
}

/// `test path::name ... ok`, with or without ` - should panic`.
fn answer(line: &str) -> Option<(String, bool)> {
    let (name, result) = line.strip_prefix("test ")?.rsplit_once(" ... ")?;
    let name = name.split(" - ").next().unwrap_or(name);
    match result {
        "ok" => Some((name.to_owned(), true)),
        "FAILED" => Some((name.to_owned(), false)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_bears_the_numbers_that_it_begins_with() {
        let bears = |name: &str| numbers(name).into_iter().collect::<Vec<_>>();
        assert_eq!(bears("message_tests::n098_a_quit_message"), [98]);
        assert_eq!(bears("n051_n052_at_home"), [51, 52]);
        assert_eq!(bears("n058_n061_to_n065_a_weak"), [58, 61, 62, 63, 64, 65]);
        assert!(bears("nothing_n012").is_empty());
    }

    #[test]
    fn a_number_without_a_test_and_without_a_reason_fails() {
        let mut results = Results::new();
        assert_eq!(entry(1, &results).1, "fail");
        assert_eq!(entry(24, &results).1, "left-out");
        results.insert(1, vec![("n001_a".into(), true), ("n001_b".into(), false)]);
        assert_eq!(entry(1, &results), (1, "fail", "n001_b".into()));
        results.insert(24, vec![("n024_a".into(), true)]);
        assert_eq!(entry(24, &results).1, "pass");
    }

    #[test]
    fn the_harness_lines_are_read() {
        assert_eq!(answer("test a::n001_x ... ok"), Some(("a::n001_x".into(), true)));
        let panics = "test a::n002_x - should panic ... FAILED";
        assert_eq!(answer(panics), Some(("a::n002_x".into(), false)));
        assert_eq!(answer("test a::n003_x ... ignored"), None);
    }
}
