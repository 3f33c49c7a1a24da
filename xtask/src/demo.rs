//! `cargo xtask demo`: build, then run the demonstration.

use std::os::unix::process::CommandExt;
use std::process::Command;
use std::time::Instant;

use crate::shell;

/// Builds in release mode, with cargo's own progress, and becomes `partywall
/// demo`.
pub fn run(arguments: impl Iterator<Item = String>) -> Result<(), String> {
    let began = Instant::now();
    eprintln!("building the program and all its libraries; the first time takes some minutes");
    shell::run(&mut shell::cargo(&["build", "--release", "--workspace"]))?;
    eprintln!("built in {} s; starting the demonstration", began.elapsed().as_secs());
    let program = shell::target().join("release/partywall");
    let error = Command::new(&program).arg("demo").args(arguments).exec();
    Err(format!("cannot run {}: {error}", program.display()))
}
