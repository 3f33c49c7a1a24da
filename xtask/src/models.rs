//! `cargo xtask models`: every order of steps of the protocols between threads,
//! and very many orders of whole schedules.
//!
//! Models are tests that exist only under `cfg(loom)` or `cfg(shuttle)`. Each has a
//! target folder of its own, since the setting rebuilds every crate.

use crate::shell;

/// Crates that have models of every order of steps.
const LOOM: &[&str] = &["com", "kernel_objects", "mapi_connection"];
/// Crates that have models of whole schedules.
const SHUTTLE: &[&str] = &["com", "mapi_connection"];

/// Runs the models.
pub fn run() -> Result<(), String> {
    for name in LOOM {
        model(name, "loom", &["--release"], &[])?;
    }
    for name in SHUTTLE {
        // The other tests are there as well, but for real threads; built without
        // optimisation, since building them would take longer than running these.
        model(name, "shuttle", &[], &["schedule_tests::"])?;
    }
    Ok(())
}

fn model(package: &str, setting: &str, profile: &[&str], filter: &[&str]) -> Result<(), String> {
    let mut command = shell::cargo(&["test", "--lib", "--package", package]);
    command.args(profile).arg("--").args(filter);
    command.env("RUSTFLAGS", format!("--cfg {setting}"));
    command.env("CARGO_TARGET_DIR", shell::target().join(setting));
    shell::run(&mut command)
}
