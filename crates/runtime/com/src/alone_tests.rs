//! Tests that need a process of their own: those that ask what a process without
//! apartments answers, or that count what is left in it.

use std::process::Command;
use std::time::{Duration, Instant};

/// Says that this process runs one test only.
const ALONE: &str = "PARTYWALL_TEST_ALONE";

/// How long such a test may take.
const LONGEST: Duration = Duration::from_secs(60);

/// Runs the test `path` in a process of its own, with a data folder of its own,
/// and fails with what it printed.
pub fn alone(path: &str, body: impl FnOnce()) {
    if std::env::var_os(ALONE).is_some() {
        return body();
    }
    let name = path.split_once("::").map_or(path, |(_, name)| name);
    let data = tempfile::tempdir().unwrap();
    let program = std::env::current_exe().unwrap();
    let log = data.path().join("log");
    let file = std::fs::File::create(&log).unwrap();
    let mut command = Command::new(program);
    command.args([name, "--exact", "--nocapture"]).env(ALONE, "1");
    command.env("PARTYWALL_DATA", data.path().join("data"));
    command.stderr(file.try_clone().unwrap()).stdout(file);
    let mut child = command.spawn().unwrap();
    // A stress test may be asked for more.
    let stress = std::env::var("PARTYWALL_STRESS_SECONDS").ok().and_then(|text| text.parse().ok());
    let end = Instant::now() + LONGEST + Duration::from_secs(stress.unwrap_or(0));
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break Some(status);
        }
        if Instant::now() >= end {
            child.kill().unwrap();
            child.wait().unwrap();
            break None;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let out = std::fs::read_to_string(&log).unwrap();
    let Some(status) = status else { panic!("{name} alone did not end:\n{out}") };
    assert!(status.success(), "{name} alone: {status}\n{out}");
    print!("{out}");
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
