//! Importing and listing mail with the real program, other people's included.
#![allow(missing_docs)]

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tests::{foreign_data, partywall, program, signal};

/// A data folder with the account `u`.
struct Data(tempfile::TempDir);

impl Data {
    fn new() -> Self {
        let data = Self(tempfile::tempdir().expect("a folder"));
        let mut child = Command::new(program())
            .args(["--data", data.path(), "user", "add", "u", "--password-stdin"])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(b"pw\n").unwrap();
        assert!(child.wait().unwrap().success());
        data
    }

    fn path(&self) -> &str {
        self.0.path().to_str().unwrap()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut all = vec!["--data", self.path(), "--json", "mail"];
        all.extend(arguments);
        partywall(&all)
    }

    fn import(&self, kind: &str, path: &Path) -> Result<Value, Value> {
        let output = self.run(&["import", "--user", "u", kind, path.to_str().unwrap()]);
        match output.status.code() {
            Some(0) => Ok(serde_json::from_slice(&output.stdout).unwrap()),
            Some(1) => {
                let text = String::from_utf8(output.stderr).unwrap();
                Err(serde_json::from_str(text.lines().last().unwrap()).unwrap())
            }
            other => panic!("{other:?}: {}", String::from_utf8_lossy(&output.stderr)),
        }
    }

    fn list(&self, folder: &str) -> Vec<Value> {
        let output = self.run(&["list", "--user", "u", "--folder", folder]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

#[test]
fn the_report_is_as_the_contract_says() {
    let data = Data::new();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &[u8]| -> PathBuf {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let eml = write(
        "a.eml",
        b"From: A <a@a.example>\r\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n\r\nhi\r\n",
    );
    let report = data.import("--eml", &eml).unwrap();
    assert_eq!(report["read"], 1);
    assert_eq!(report["skipped"].as_array().unwrap().len(), 0);
    assert_eq!(report["folders"], serde_json::json!([{ "name": "Inbox", "read": 1 }]));
    data.import("--eml", &eml).unwrap();
    let listed = data.list("Inbox");
    assert_eq!(listed.len(), 2, "nothing is deduplicated");
    let keys: Vec<&String> = listed[0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["attachments", "from", "id", "received", "size", "subject"]);
    assert_eq!(listed[0]["subject"], "Grüße");
    assert_eq!(listed[0]["from"], "A <a@a.example>");
    assert_eq!(listed[0]["attachments"], 0);

    let headless = write("b.eml", b"only a body, no header at all\n");
    assert_eq!(data.import("--eml", &headless).unwrap()["read"], 1);
    let empty = write("empty.mbox", b"");
    assert_eq!(data.import("--mbox", &empty).unwrap()["read"], 0, "an empty mbox is valid");
    let not = write("not.mbox", b"Hello");
    let error = data.import("--mbox", &not).unwrap_err();
    assert!(error["error"].as_str().unwrap().contains("not.mbox"), "{error}");
    let missing = data.import("--eml", &folder.path().join("missing.eml")).unwrap_err();
    assert!(missing["error"].as_str().unwrap().contains("missing.eml"), "{missing}");
    let stranger = data.run(&["import", "--user", "nobody-here", "--eml", eml.to_str().unwrap()]);
    assert_eq!(stranger.status.code(), Some(1));
    assert_eq!(data.run(&["import", "--user", "u"]).status.code(), Some(2));
    let whole = listed[0]["id"].as_str().unwrap();
    let read = data.run(&["read", "--user", "u", whole]);
    assert_eq!(serde_json::from_slice::<Value>(&read.stdout).unwrap()["text"], "hi\r\n");
    let raw = data.run(&["read", "--user", "u", "--raw", whole]);
    assert_eq!(raw.stdout, std::fs::read(&eml).unwrap(), "the original bytes are kept");
}

#[test]
fn other_peoples_maildir_keeps_its_folders_and_flags() {
    let Some(foreign) = foreign_data() else { return };
    let data = Data::new();
    let report = data.import("--maildir", &foreign.join("maildir")).unwrap();
    assert_eq!(report["read"], 6, "{report}");
    let folders = data.run(&["folders", "--user", "u"]);
    let folders: Vec<Value> = serde_json::from_slice(&folders.stdout).unwrap();
    let names: Vec<&str> = folders.iter().map(|folder| folder["name"].as_str().unwrap()).collect();
    for name in ["Inbox", "My Folder", "My Folder/Nested Folder"] {
        assert!(names.contains(&name), "{name} is not among {names:?}");
    }
    assert_eq!(data.list("My Folder/Nested Folder").len(), 2);
}

#[test]
fn other_peoples_files_are_read_or_refused_by_name() {
    let Some(foreign) = foreign_data() else { return };
    let data = Data::new();
    let mut files = Vec::new();
    for folder in ["mbox", "eml", "eml/mime/rfc", "eml/mime/malformed"] {
        for entry in std::fs::read_dir(foreign.join(folder)).unwrap().flatten() {
            if entry.path().is_file() {
                files.push(entry.path());
            }
        }
    }
    assert!(files.len() > 50, "{}", files.len());
    let mut read = 0;
    for file in &files {
        let kind = if file.parent().unwrap().ends_with("mbox") { "--mbox" } else { "--eml" };
        let name = file.file_name().unwrap().to_str().unwrap();
        match data.import(kind, file) {
            Ok(report) => {
                let skipped = report["skipped"].as_array().unwrap();
                assert!(report["read"].as_u64().unwrap() + skipped.len() as u64 >= 1, "{name}");
                read += report["read"].as_u64().unwrap();
            }
            Err(error) => {
                let says = error["error"].as_str().unwrap();
                assert!(says.contains(name), "{name}: {says}");
            }
        }
    }
    assert!(read > 80, "{read} messages were read");
    let content_length = data.list("content-length.mbox").len();
    assert_eq!(content_length, 29, "the file on which the parser's own check panics");
    let tnef = data.list("Inbox").iter().filter(|m| m["attachments"] != 0).count();
    assert!(tnef > 3, "{tnef} messages with attachments");
}

/// An mbox of `count` messages, each with its number in the subject.
fn large_mbox(path: &Path, count: usize) {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
    let filler = "All work and no play makes this a longer message.\n".repeat(40);
    for number in 0..count {
        write!(
            file,
            "From a@a.example Thu Jan  1 00:00:00 2026\nFrom: a@a.example\nSubject: number \
             {number}\n\n{filler}\n"
        )
        .unwrap();
    }
}

#[test]
fn what_was_acknowledged_survives_kill_minus_nine() {
    let folder = tempfile::tempdir().unwrap();
    let mbox = folder.path().join("large.mbox");
    large_mbox(&mbox, 4000);
    for stop_after in [1, 3, 9] {
        let data = Data::new();
        let mut child = Command::new(program())
            .args(["--data", data.path(), "mail", "import", "--user", "u", "--mbox"])
            .arg(&mbox)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut acknowledged = 0;
        for _ in 0..stop_after {
            let line = lines.next().expect("progress").unwrap();
            acknowledged = line.strip_prefix("imported ").unwrap().parse().unwrap();
        }
        signal(child.id(), libc::SIGKILL);
        assert_eq!(child.wait().unwrap().code(), None, "it was killed in the middle");
        let listed = data.list("large");
        assert!(listed.len() >= acknowledged, "{} of {acknowledged}", listed.len());
        let subjects: std::collections::BTreeSet<&str> =
            listed.iter().map(|message| message["subject"].as_str().unwrap()).collect();
        for number in 0..acknowledged {
            assert!(subjects.contains(&*format!("number {number}")), "number {number} is lost");
        }
        // The next start is clean.
        assert_eq!(data.import("--mbox", &mbox).unwrap()["read"], 4000);
        assert_eq!(data.list("large").len(), listed.len() + 4000);
    }
}
