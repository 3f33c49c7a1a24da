//! Where objects live, as the program measures it: the whole table.
#![allow(missing_docs)]

use serde_json::Value;
use tests::partywall;

/// Client, then home and pointer for the models none, apartment, free, both,
/// neutral.
const EXPECTED: [(&str, [(&str, &str); 5]); 6] = [
    ("main-sta", [HERE, HERE, ("mta", "proxy"), HERE, NEUTRAL]),
    ("sta", [MAIN, HERE, ("mta", "proxy"), HERE, NEUTRAL]),
    ("mta", [MAIN, HOST, HERE, HERE, NEUTRAL]),
    ("implicit-mta", [MAIN, HOST, HERE, HERE, NEUTRAL]),
    ("nta-on-sta", [MAIN, ("own-sta", "light-proxy"), ("mta", "proxy"), HERE, HERE]),
    ("nta-on-mta", [MAIN, HOST, ("mta", "light-proxy"), HERE, HERE]),
];
const HERE: (&str, &str) = ("here", "direct");
const MAIN: (&str, &str) = ("main-sta", "proxy");
const HOST: (&str, &str) = ("host-sta", "proxy");
const NEUTRAL: (&str, &str) = ("nta", "light-proxy");
const MODELS: [&str; 5] = ["none", "apartment", "free", "both", "neutral"];

#[test]
fn every_cell_is_where_the_documentation_says() {
    let output = partywall(&["matrix", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let cells: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(cells.len(), 30);
    let mut cells = cells.iter();
    for (client, row) in EXPECTED {
        for (model, (home, pointer)) in MODELS.iter().zip(row) {
            let cell = cells.next().unwrap();
            let keys: Vec<&String> = cell.as_object().unwrap().keys().collect();
            assert_eq!(keys, ["client", "home", "model", "pointer", "started", "thread"]);
            assert_eq!((&cell["client"], &cell["model"]), (&client.into(), &(*model).into()));
            assert_eq!(cell["home"], home, "{client} {model}: {cell}");
            assert_eq!(cell["pointer"], pointer, "{client} {model}: {cell}");
        }
    }
}

#[test]
fn missing_apartments_are_started_and_only_those() {
    let output = partywall(&["matrix", "--json"]);
    let cells: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let started = |client: &str, model: &str| -> Vec<String> {
        let cell = cells.iter().find(|c| c["client"] == client && c["model"] == model).unwrap();
        serde_json::from_value(cell["started"].clone()).unwrap()
    };
    let threads = |client: &str, model: &str| {
        let cell = cells.iter().find(|c| c["client"] == client && c["model"] == model).unwrap();
        cell["thread"].as_i64().unwrap()
    };
    assert_eq!(started("mta", "none"), ["main-sta"]);
    assert_eq!(started("mta", "apartment"), ["host-sta"]);
    assert_ne!(threads("mta", "none"), threads("mta", "apartment"), "two different threads");
    assert_eq!(started("main-sta", "free"), ["mta"]);
    assert_eq!(started("main-sta", "neutral"), ["nta"]);
    assert_eq!(started("sta", "none"), [""; 0], "the main STA was there");
    assert_eq!(started("main-sta", "both"), [""; 0]);
    assert_eq!(threads("sta", "apartment"), threads("sta", "neutral"), "no change of thread");
    assert_ne!(threads("sta", "free"), threads("sta", "apartment"), "a worker of the MTA");
}

#[test]
fn five_rules_are_measured_and_the_sixth_says_so() {
    let output = partywall(&["matrix", "--rules", "--json"]);
    assert_eq!(output.status.code(), Some(0));
    let rules: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(rules.len(), 6);
    let measured = rules.iter().filter(|rule| rule["proxy"] == rule["needs_proxy"]).count();
    assert_eq!(measured, 5, "{rules:?}");
    assert_eq!(rules[0]["seen"], "not yet");
    assert_eq!(rules[0]["proxy"], Value::Null);
}
