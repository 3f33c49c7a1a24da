//! Two users on the same workers, and kernel identities.
#![allow(missing_docs)]

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::Value;
use tests::{Client, demo, is_root, partywall, serve};

/// How long the two users' requests go on.
const DURATION: Duration = Duration::from_secs(3);

/// Requests of one user until `end`: how many, and which workers ran them.
fn requests(client: &Client, user: &str, end: Instant) -> (u32, BTreeSet<i64>) {
    let (mut count, mut workers) = (0, BTreeSet::new());
    let other = if user == "alice" { "Bob" } else { "Alice" };
    while Instant::now() < end {
        let hops = client.get("/mail/?trace=1&format=json", Some((user, "pw"))).json();
        for hop in hops.as_array().expect("hops") {
            assert_eq!(hop["user"], *user, "{hop}");
            if hop["hop"] == "worker" {
                workers.insert(hop["tid"].as_i64().expect("a thread"));
            }
        }
        let page = client.get("/mail/", Some((user, "pw"))).text();
        let foreign = format!("{other}, your spare key");
        assert!(!page.contains(&foreign), "{user} sees {other}'s mail");
        assert!(page.contains("your spare key"), "{user} does not see the own mail");
        let refused = client.get("/mail/", Some((user, "wrong")));
        assert_eq!(refused.status, 401);
        count += 3;
    }
    (count, workers)
}

#[test]
fn two_users_on_the_same_workers_never_see_foreign_mail() {
    let house = demo("pw");
    let end = Instant::now() + DURATION;
    let running: Vec<_> = ["alice", "bob", "alice", "bob"]
        .into_iter()
        .map(|user| {
            let client = house.client.clone();
            (user, std::thread::spawn(move || requests(&client, user, end)))
        })
        .collect();
    let (mut alice, mut bob) = (BTreeSet::new(), BTreeSet::new());
    for (user, thread) in running {
        let (count, workers) = thread.join().expect("no foreign mail");
        assert!(count > 3, "{user} was hardly served");
        if user == "alice" { alice.extend(workers) } else { bob.extend(workers) }
    }
    assert!(alice.intersection(&bob).next().is_some(), "no worker served both");
}

fn add_user(data: &str, name: &str, unix_user: &str) {
    use std::io::Write;
    let mut child = std::process::Command::new(tests::program())
        .args(["--data", data, "user", "add", name, "--password-stdin", "--unix-user", unix_user])
        .stdin(std::process::Stdio::piped())
        .spawn()
        .expect("the program can be run");
    child.stdin.take().expect("a pipe").write_all(b"pw\n").expect("it reads");
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn a_worker_takes_the_users_kernel_identity_and_gives_it_back() {
    if !is_root() {
        return;
    }
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o711)).unwrap();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    add_user(data, "carol", "nobody");
    add_user(data, "dave", "bin");
    let component = tests::artifact("libmailcomponent.so");
    assert!(partywall(&["--data", data, "register", component.to_str().unwrap()]).status.success());
    let config = folder.path().join("partywall.toml");
    let text = "[web]\nthreads = { min = 2, max = 8 }\n\
                [[web.app]]\npath = \"/mail/\"\nextension = \"libwebmail.so\"\nauth = [\"basic\"]\n\
                [[web.app]]\npath = \"/threads/\"\nextension = \"libthreads.so\"\n";
    std::fs::write(&config, text).unwrap();
    let house = serve(&["--data", data, "--config", config.to_str().unwrap()]);
    let threads =
        |who: Option<(&str, &str)>| -> Value { house.client.get("/threads/?work=5", who).json() };
    let uid = |name: &str| -> u64 {
        let output = std::process::Command::new("id").args(["-u", name]).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().parse().unwrap()
    };
    for _ in 0..5 {
        assert_eq!(threads(Some(("carol", "pw")))["euid"], uid("nobody"));
        assert_eq!(threads(None)["euid"], 0, "the thread is itself again");
        assert_eq!(threads(Some(("dave", "pw")))["euid"], uid("bin"));
        for user in ["carol", "dave"] {
            let answer = house.client.get("/mail/?trace=1&format=json", Some((user, "pw")));
            assert_eq!(answer.status, 200, "{user} opens the own store: {}", house.log());
            assert!(answer.json().as_array().unwrap().iter().all(|hop| hop["user"] == *user));
        }
    }
    // A worker gives the identity back right after the answer has left.
    let end = Instant::now() + Duration::from_secs(2);
    while let Some(foreign) = foreign_thread(house.web_pid().unwrap()) {
        assert!(Instant::now() < end, "a thread keeps somebody's identity: {foreign}");
    }
}

/// A thread of the process whose effective user is not root.
fn foreign_thread(pid: u32) -> Option<String> {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap().flatten();
    let uids = tasks.filter_map(|task| {
        let status = std::fs::read_to_string(task.path().join("status")).ok()?;
        status.lines().find(|line| line.starts_with("Uid:")).map(str::to_owned)
    });
    let mut foreign = uids.filter(|line| line.split_whitespace().nth(2) != Some("0"));
    foreign.next()
}
