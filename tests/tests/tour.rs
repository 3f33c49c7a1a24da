//! The tour: every station holds, and one that should not hold does not.
#![allow(missing_docs)]

use std::process::Command;

use serde_json::Value;
use tests::{artifact, partywall, program};

#[test]
fn every_station_holds() {
    let output = partywall(&["tour", "--json"]);
    let stations: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    for station in &stations {
        let keys: Vec<&String> = station.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["command", "document", "ok", "quote", "seen", "station"]);
        assert_eq!(station["ok"], true, "{station}");
    }
    let names: Vec<&str> = stations.iter().map(|one| one["station"].as_str().unwrap()).collect();
    let expected = [
        "apartment-queue",
        "contexts",
        "typical-scenario",
        "extension-life",
        "worker-threads",
        "a-session",
        "two-users",
    ];
    for name in expected {
        assert!(names.contains(&name), "{name} is not among {names:?}");
    }
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_station_that_does_not_hold_fails_the_tour() {
    // A house whose thread demonstration is another library: nothing of what
    // the sentence says can be seen.
    let folder = tempfile::tempdir().unwrap();
    for library in ["libwebmail.so", "libtour_page.so", "libmailcomponent.so"] {
        std::fs::copy(artifact(library), folder.path().join(library)).unwrap();
    }
    std::fs::copy(artifact("libtour_page.so"), folder.path().join("libthreads.so")).unwrap();
    let output = Command::new(program())
        .args(["tour", "--station", "worker-threads", "--json", "--lib-dir"])
        .arg(folder.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stations: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(stations[0]["ok"], false, "{stations}");
    assert!(!stations[0]["seen"].as_str().unwrap().is_empty());
}

#[test]
fn stations_are_listed_and_mistakes_are_named() {
    let list = partywall(&["tour", "isapi", "--list", "--json"]);
    let stations: Vec<Value> = serde_json::from_slice(&list.stdout).unwrap();
    assert!(stations.iter().all(|station| station["document"] == "isapi"));
    assert!(!stations.is_empty());
    for wrong in [["tour", "novel"], ["tour", "--station=nowhere"]] {
        let refused = partywall(&wrong);
        assert_eq!(refused.status.code(), Some(1), "{wrong:?}");
        assert!(!refused.stderr.is_empty());
    }
}
