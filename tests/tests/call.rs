//! `partywall call`: the echo component's classes, called by name.
#![allow(missing_docs)]

use std::process::{Command, Output};

use serde_json::{Value, json};
use tests::{artifact, program};

struct House(tempfile::TempDir);

impl House {
    fn new() -> Self {
        let house = Self(tempfile::tempdir().unwrap());
        let library = artifact("libechocomponent.so");
        let registered = house.run(&["register", library.to_str().unwrap()]);
        assert!(registered.status.success(), "{}", text(&registered.stderr));
        house
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(program());
        command.arg("--data").arg(self.0.path()).args(arguments).env("RUST_BACKTRACE", "0");
        command.output().unwrap()
    }

    /// What a call prints.
    fn call(&self, arguments: &[&str]) -> String {
        let output = self.run(&[&["call"], arguments].concat());
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stdout).trim_end().to_owned()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.call(&[&["--json"], arguments].concat())).unwrap()
    }

    /// What a call says that fails, and its code.
    fn refused(&self, arguments: &[&str]) -> (String, String) {
        let output = self.run(&[&["--json", "call"], arguments].concat());
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", text(&output.stdout));
        let error = text(&output.stderr);
        let line = error.lines().last().unwrap_or_default();
        let error: Value = serde_json::from_str(line).unwrap();
        let part = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
        (part("error"), part("code"))
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn each_class_is_called_by_name() {
    let house = House::new();
    let classes = [("Main", 3), ("Apartment", 0), ("Free", 1), ("Both", 1), ("Neutral", 2)];
    for (class, apartment) in classes {
        let class = format!("Partywall.Echo.{class}");
        let class = class.as_str();
        assert_eq!(house.call(&[class, "Echo", "Grüße"]), "Grüße", "{class}");
        assert_eq!(house.call(&[class, "add", "-2", " 44 "]), "42", "without regard to case");
        assert_eq!(house.json(&[class, "Sum", "[1, 2,39]"]), json!(42));
        assert_eq!(house.call(&[class, "Sum", "[]"]), "0");
        assert_eq!(house.call(&[class, "Clone"]), "IEchoDispatch");
        assert_eq!(house.json(&[class, "Clone"]), json!({ "interface": "IEchoDispatch" }));
        let who = house.json(&[class, "WhoAmI"]);
        let who = who.as_array().unwrap();
        let user = security::Token::of_process().user().to_string();
        assert_eq!((&who[0], &who[1], &who[2]), (&json!(user), &json!(0), &json!(0)), "{class}");
        assert!(who[3].as_i64().unwrap() > 0);
        assert_eq!(who[4], json!(apartment), "{class}");
    }
    let clsid = "{5F0B6A10-3C1E-4B7A-9E52-7A1D0C000002}";
    assert_eq!(house.call(&[clsid, "Echo", "by CLSID"]), "by CLSID");
}

#[test]
fn a_call_that_fails_says_why() {
    let house = House::new();
    // Through a proxy and directly: the same answers.
    for class in ["Partywall.Echo.Apartment", "Partywall.Echo.Both"] {
        let cases: [(&[&str], &str, &str); 6] = [
            (&["Sing"], "has no method Sing", "0x80020006"),
            (&["Add", "1"], "does not take 1 arguments", "0x8002000e"),
            (&["Add", "1", "2", "3"], "does not take 3 arguments", "0x8002000e"),
            (&["Add", "1", "two"], "argument 2 of Add cannot be \"two\"", "0x80020005"),
            (&["Add", "99999999999", "2"], "argument 1 of Add is too large", "0x8002000a"),
            (&["Add", "2147483647", "1"], "says: Add: ", "0x8002000a"),
        ];
        for (arguments, says, code) in cases {
            let refused = house.refused(&[&[class], arguments].concat());
            assert!(refused.0.contains(says), "{class} {arguments:?}: {}", refused.0);
            assert_eq!(refused.1, code, "{class} {arguments:?}: {}", refused.0);
        }
    }
    let (says, code) = house.refused(&["No.Such", "Echo"]);
    assert!(says.contains("there is no class No.Such"), "{says}");
    assert_eq!(code, "0x800401f3");
    let (says, code) = house.refused(&["{5F0B6A10-3C1E-4B7A-9E52-7A1D0C0000FF}", "Echo"]);
    assert!(says.contains("is not registered"), "{says}");
    assert_eq!(code, "0x80040154");
}
