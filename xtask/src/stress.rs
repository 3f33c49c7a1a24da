//! `cargo xtask stress`: the stress test, for longer than in `cargo xtask ci`, and
//! with what it says.

use crate::shell;

/// How long when nothing is said, in seconds.
const SECONDS: &str = "60";

/// Runs it for so many seconds; `PARTYWALL_STRESS_SEED` repeats a run's choices.
pub fn run(seconds: Option<&str>) -> Result<(), String> {
    let seconds = seconds.unwrap_or(SECONDS);
    if seconds.parse::<u32>().is_err() {
        return Err(format!("not a number of seconds: {seconds}"));
    }
    let mut command = shell::cargo(&["test", "--lib", "--package", "com"]);
    command.args(["--", "stress_tests::", "--nocapture"]);
    shell::run(command.env("PARTYWALL_STRESS_SECONDS", seconds))
}
