//! The parts of the extension that need no host: what a request asks for, and
//! running the program.

#[path = "../src/ffi.rs"]
mod ffi;
#[path = "../src/program.rs"]
mod program;
#[path = "../src/route.rs"]
mod route;

use std::os::unix::fs::PermissionsExt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use program::{LIST_BOUND, RUN_BOUND, TourError, tour};
use route::{MAX_STATION_BYTES, Route, route};

/// A script that is open for writing in a child of another test cannot be run.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Runs the tour with a shell script in the place of the program.
fn with_program(script: &str, arguments: &[&str], bound: Duration) -> Result<String, TourError> {
    let _one = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("program");
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    tour(path.as_os_str(), arguments, bound)
}

#[test]
fn the_program_is_asked_for_the_list() {
    let list = with_program("echo \"[\\\"$*\\\"]\"", &["--list"], LIST_BOUND);
    assert_eq!(list.unwrap(), "[\"tour --list --json\"]");
}

#[test]
fn a_station_that_does_not_hold_is_passed_on() {
    let list = with_program("echo '[{\"ok\":false}]'; exit 1", &["--station", "x"], RUN_BOUND);
    assert_eq!(list.unwrap(), "[{\"ok\":false}]");
}

#[test]
fn what_the_program_says_instead_is_the_error() {
    let says = |script| with_program(script, &[], RUN_BOUND).unwrap_err();
    let error = says("echo '{\"error\":\"no such station\",\"code\":\"0x1\"}' >&2; exit 1");
    assert_eq!(error, TourError::Output("no such station".into()));
    assert!(error.status().starts_with("502"));
    assert_eq!(says("echo one >&2; echo two >&2"), TourError::Output("two".into()));
    assert_eq!(says("echo '{}'"), TourError::Output("it printed nothing".into()));
}

#[test]
fn what_does_not_end_is_killed_with_what_it_started() {
    let begun = Instant::now();
    let bound = Duration::from_millis(300);
    for script in ["sleep 60 & sleep 60", "exec >&- 2>&-; sleep 60"] {
        assert_eq!(with_program(script, &[], bound), Err(TourError::Time(bound)), "{script}");
    }
    assert!(begun.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_program_that_never_stops_printing_is_stopped() {
    for script in ["yes", "yes >&2"] {
        let error = with_program(script, &[], RUN_BOUND);
        assert_eq!(error, Err(TourError::Output("it printed too much".into())), "{script}");
    }
}

#[test]
fn a_program_that_is_not_there_is_said() {
    let error = tour("/nowhere/partywall".as_ref(), &[], RUN_BOUND).unwrap_err();
    assert!(matches!(error, TourError::Start(_)));
    assert!(error.status().starts_with("500"));
}

#[test]
fn a_station_needs_post_and_the_header() {
    let run = |method, guard| route(method, "", "run=com-1", guard);
    assert_eq!(run("POST", Some("tour")), Route::Run("com-1".into()));
    assert!(matches!(run("POST", None), Route::Refuse("403 Forbidden", _)));
    assert!(matches!(run("POST", Some("x")), Route::Refuse("403 Forbidden", _)));
    assert!(matches!(run("GET", Some("tour")), Route::Refuse("405 Method Not Allowed", _)));
}

#[test]
fn a_station_name_cannot_be_an_option_or_a_path() {
    let run = |station: &str| route("POST", "", &format!("run={station}"), Some("tour"));
    for station in ["--all", "../x", "a/b", "", "a%20b", "-x", "ä"] {
        assert!(matches!(run(station), Route::Refuse("404 Not Found", _)), "{station}");
    }
    let longest = "a".repeat(MAX_STATION_BYTES);
    assert_eq!(run(&longest), Route::Run(longest.clone()));
    assert!(matches!(run(&format!("{longest}a")), Route::Refuse("404 Not Found", _)));
}

#[test]
fn each_address_has_its_answer() {
    assert_eq!(route("GET", "/", "", None), Route::Page);
    assert_eq!(route("HEAD", "", "stations", None), Route::List);
    assert_eq!(route("GET", "", "asset=a", None), Route::Asset("a".into()));
    assert!(matches!(route("GET", "/x", "", None), Route::Refuse("404 Not Found", _)));
    assert!(matches!(route("PUT", "", "", None), Route::Refuse("405 Method Not Allowed", _)));
    assert!(matches!(route("POST", "", "", None), Route::Refuse("405 Method Not Allowed", _)));
}
