//! The processes: ready, replaced when they die, drained, gone.
#![allow(missing_docs)]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use tests::{demo, partywall, serve, signal};

#[test]
fn serve_says_where_it_listens_and_what_is_not_built() {
    let data = tempfile::tempdir().unwrap();
    let house = serve(&["--data", data.path().to_str().unwrap()]);
    let line = format!("ready http={} console=off rpc=off", house.client.address());
    assert_eq!(house.ready_line, line);
    assert_eq!(house.client.get("/", None).status, 404, "no root, no files");
    assert_eq!(house.end(), Some(0));
}

#[test]
fn a_web_process_that_dies_is_replaced_within_a_second() {
    let house = demo("pw");
    let alice = Some(("alice", "pw"));
    assert_eq!(house.client.get("/mail/", alice).status, 200);
    for number in [libc::SIGSEGV, libc::SIGKILL] {
        let before = house.web_pid().expect("a web process");
        signal(before, number);
        let died = Instant::now();
        // A client that comes during the restart waits in the listener's queue.
        let answer = loop {
            match house.client.try_get("/mail/", alice) {
                Ok(answer) => break answer,
                // The connection that was kept open died with the process.
                Err(_) => assert!(died.elapsed() < Duration::from_secs(1), "nobody answers"),
            }
        };
        let took = died.elapsed();
        assert_eq!(answer.status, 200);
        let after = house.web_pid().expect("a web process");
        assert_ne!(before, after, "another process answers");
        assert!(took < Duration::from_secs(1), "it took {took:?}");
    }
    house.wait_for_log("died of a memory fault (SIGSEGV)");
    house.wait_for_log("was killed (SIGKILL)");
    assert_eq!(house.end(), Some(0));
}

#[test]
fn sigterm_lets_requests_finish_and_the_demo_removes_its_folder() {
    let house = demo("pw");
    let folder = std::fs::read_dir(std::env::temp_dir())
        .unwrap()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| is_folder_of(path, house.web_pid().unwrap()))
        .expect("the demonstration's folder");
    let client = house.client.clone();
    let slow = std::thread::spawn(move || client.get("/threads/?work=1500", None));
    std::thread::sleep(Duration::from_millis(500));
    let web = house.web_pid().unwrap();
    assert_eq!(house.end(), Some(0));
    assert_eq!(slow.join().unwrap().status, 200, "the request was finished");
    assert!(!std::path::Path::new(&format!("/proc/{web}")).exists());
    assert!(!folder.exists(), "{} is still there", folder.display());
}

/// Whether a process was started with a data folder below `path`.
fn is_folder_of(path: &std::path::Path, pid: u32) -> bool {
    let line = std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    name.starts_with("partywall-demo-") && line.contains(&name)
}

#[test]
fn the_web_process_does_not_outlive_its_supervisor() {
    let house = demo("pw");
    let web = house.web_pid().unwrap();
    signal(house.pid(), libc::SIGKILL);
    let end = Instant::now() + Duration::from_secs(5);
    while std::path::Path::new(&format!("/proc/{web}")).exists() {
        assert!(Instant::now() < end, "the web process lives on");
        std::thread::sleep(Duration::from_millis(20));
    }
    // The supervisor had no chance to remove the folder.
    for entry in std::fs::read_dir(std::env::temp_dir()).unwrap().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let config = entry.path().join("partywall.toml");
        if name.starts_with("partywall-demo-") && config.is_file() && !in_use(&name) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

fn in_use(name: &str) -> bool {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    processes
        .filter_map(|entry| std::fs::read_to_string(entry.path().join("cmdline")).ok())
        .any(|line| line.contains(name))
}

#[test]
fn mistakes_are_answered_with_a_sentence() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().to_str().unwrap();
    let refused = partywall(&["serve", "--data", folder, "--http", &address]);
    assert_eq!(refused.status.code(), Some(1));
    let says = String::from_utf8(refused.stderr).unwrap();
    assert!(says.contains(&address) && says.contains("--http"), "{says}");

    let config = data.path().join("bad.toml");
    std::fs::write(&config, "[web]\nrot = 1\n").unwrap();
    let config = config.to_str().unwrap();
    let refused = partywall(&["serve", "--data", folder, "--config", config, "--json"]);
    assert_eq!(refused.status.code(), Some(1));
    let says: serde_json::Value = serde_json::from_slice(&refused.stderr).unwrap();
    assert!(says["error"].as_str().unwrap().contains("rot"), "{says}");
    assert_eq!(says["code"], "0x80004005");

    assert_eq!(partywall(&["fly"]).status.code(), Some(2));
    assert_eq!(partywall(&["web-process"]).status.code(), Some(1));
}

#[test]
fn a_request_cut_in_pieces_is_answered() {
    let house = demo("pw");
    let mut socket = TcpStream::connect(house.client.address()).unwrap();
    for piece in ["GET /thr", "eads/?work=0 HTTP/1.1\r\nHost: a\r\n", "Connection: close\r\n\r\n"] {
        socket.write_all(piece.as_bytes()).unwrap();
        std::thread::sleep(Duration::from_millis(50));
    }
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}
