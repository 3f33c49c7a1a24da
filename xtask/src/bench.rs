//! `cargo xtask bench [NAME…]`: the comparisons of `benches/`, in release mode.

use crate::shell;

/// What can be measured.
const BENCHES: &[&str] = &["calls", "sessions", "tables"];

/// Runs the named benches, or all.
pub fn run(arguments: impl Iterator<Item = String>) -> Result<(), String> {
    let named: Vec<String> = arguments.collect();
    if let Some(unknown) = named.iter().find(|name| !BENCHES.contains(&&***name)) {
        return Err(format!("no bench {unknown:?}; there are {}", BENCHES.join(", ")));
    }
    for bench in BENCHES {
        if named.is_empty() || named.iter().any(|name| name == bench) {
            let run = ["run", "--release", "--quiet", "--package", "benches", "--bin", bench];
            shell::run(&mut shell::cargo(&run))?;
        }
    }
    Ok(())
}
