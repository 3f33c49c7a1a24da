//! Tests that need a process of their own: those that ask what a process without
//! apartments answers, or that count what is left in it.

use std::process::Command;

/// Says that this process runs one test only.
const ALONE: &str = "PARTYWALL_TEST_ALONE";

/// Runs the test `path` in a process of its own, with a data folder of its own,
/// and fails with what it printed.
pub fn alone(path: &str, body: impl FnOnce()) {
    if std::env::var_os(ALONE).is_some() {
        return body();
    }
    let name = path.split_once("::").map_or(path, |(_, name)| name);
    let data = tempfile::tempdir().unwrap();
    let program = std::env::current_exe().unwrap();
    let mut command = Command::new(program);
    command.args([name, "--exact", "--nocapture"]).env(ALONE, "1");
    let output = command.env("PARTYWALL_DATA", data.path()).output().unwrap();
    let out = String::from_utf8_lossy(&output.stdout);
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name} alone: {}\n{out}{err}", output.status);
    assert!(out.contains("1 passed"), "{name} is not the path of a test:\n{out}");
}

/// Tests that run in processes of their own: `alone! { fn name() { … } }`.
macro_rules! alone {
    ($($(#[doc = $doc:literal])* fn $name:ident() $body:block)*) => {$(
        $(#[doc = $doc])*
        #[test]
        fn $name() {
            $crate::alone_tests::alone(concat!(module_path!(), "::", stringify!($name)), || $body);
        }
    )*};
}

alone! {
    fn a_test_of_its_own_begins_without_apartments() {
        assert!(crate::apartment::existing().is_empty());
        assert!(crate::apartment::current().is_err());
    }
}
