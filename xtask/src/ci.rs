//! `cargo xtask ci`: everything that has to hold.

use std::time::Instant;

use crate::{models, shell, tidy};

/// Programs of others that some checks use, and what is not shown without them.
const PEERS: &[(&str, &str)] = &[
    ("cc", "C extensions and hosts: the one-table test and the web host's C samples"),
    ("c++", "C++ programs: the synchronisation tests, oleauto.h as C++"),
    ("nm", "the comparison of exports.list with what was linked"),
];

type Step = (&'static str, fn() -> Result<(), String>);

const STEPS: &[Step] = &[
    ("format", || cargo(&["fmt", "--all", "--check"])),
    ("tidy", tidy::run),
    ("build", || cargo(&["build", "--workspace"])),
    ("exports", tidy::exports),
    ("clippy", || cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])),
    ("test", || cargo(&["test", "--workspace"])),
    ("models", models::run),
    ("doc", || {
        let mut command = shell::cargo(&["doc", "--workspace", "--no-deps"]);
        shell::run(command.env("RUSTDOCFLAGS", "-D warnings"))
    }),
];

fn cargo(arguments: &[&str]) -> Result<(), String> {
    shell::run(&mut shell::cargo(arguments))
}

/// Runs every step and says at the end what was skipped for lack of a peer.
pub fn run() -> Result<(), String> {
    for (name, step) in STEPS {
        let began = Instant::now();
        eprintln!("== {name}");
        step().map_err(|says| format!("{name}: {says}"))?;
        eprintln!("== {name} passed in {} s", began.elapsed().as_secs());
    }
    for (peer, what) in PEERS {
        if !shell::has(peer) {
            eprintln!("skipped for lack of {peer}: {what}");
        }
    }
    if !shell::root().join("../shared/data").is_dir() {
        eprintln!("skipped for lack of ../shared/data: the import of other people's mail");
    }
    Ok(())
}
