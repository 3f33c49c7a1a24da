//! The workspace's own tasks.
//!
//! - `cargo xtask demo [ARGS]` builds everything and runs `partywall demo`;
//! - `cargo xtask bench [NAME…]` measures beside peers;
//! - `cargo xtask checklist [--json]` runs the list of documented behaviours;
//! - `cargo xtask ci` checks everything, as continuous integration does;
//! - `cargo xtask models` tries every order of steps of the protocols between
//!   threads;
//! - `cargo xtask stress [SECONDS]` puts apartments under load, for a minute;
//! - `cargo xtask tidy` checks the rules of the house.

mod bench;
mod checklist;
mod ci;
mod demo;
mod models;
mod shell;
mod stress;
mod tidy;

use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask demo [ARGS of `partywall demo`] | ci | models | tidy | \
                     checklist [--json] | bench [NAME…] | stress [SECONDS]";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let result = match arguments.next().as_deref() {
        Some("bench") => bench::run(arguments),
        Some("checklist") => checklist::run(arguments),
        Some("ci") => ci::run(),
        Some("demo") => demo::run(arguments),
        Some("models") => models::run(),
        Some("stress") => stress::run(arguments.next().as_deref()),
        Some("tidy") => tidy::run(),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(says) => {
            eprintln!("error: {says}");
            ExitCode::FAILURE
        }
    }
}
