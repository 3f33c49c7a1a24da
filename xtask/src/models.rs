//! `cargo xtask models`: every order of steps of the protocols between threads.
//!
//! Models are tests that exist only under `cfg(loom)`. They have a target folder
//! of their own, since that setting rebuilds every crate.

use crate::shell;

/// Crates that have models.
const CRATES: &[&str] = &["com", "kernel_objects"];

/// Runs the models.
pub fn run() -> Result<(), String> {
    for name in CRATES {
        let mut command = shell::cargo(&["test", "--release", "--lib", "--package", name]);
        command.env("RUSTFLAGS", "--cfg loom");
        command.env("CARGO_TARGET_DIR", shell::target().join("loom"));
        shell::run(&mut command)?;
    }
    Ok(())
}
