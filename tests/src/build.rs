//! Builds the program and every library in the profile of the tests, once. A
//! missing one is an error, never a skipped test.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The folder that the tests' profile builds into.
fn profile_folder() -> PathBuf {
    let test = std::env::current_exe().expect("a test is a program");
    // target/PROFILE/deps/test
    test.ancestors().nth(2).expect("cargo's layout").to_owned()
}

fn built() -> &'static PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let folder = profile_folder();
        let target = folder.parent().expect("cargo's layout");
        let mut command = Command::new(env!("CARGO"));
        command.args(["build", "--workspace", "--quiet", "--target-dir"]).arg(target);
        if folder.file_name().is_some_and(|name| name == "release") {
            command.arg("--release");
        }
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
        let status = command.current_dir(root).status().expect("cargo can be run");
        assert!(status.success(), "the workspace does not build");
        folder
    })
}

/// A built file, like `libwebmail.so`.
pub fn artifact(name: &str) -> PathBuf {
    let path = built().join(name);
    assert!(path.is_file(), "{} was not built", path.display());
    path
}

/// The program.
pub fn program() -> PathBuf {
    artifact("partywall")
}
