//! The main request, through every part: worker, extension, proxy, apartment,
//! session, store, page; and what strangers and mistakes get.
#![allow(missing_docs)]

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::Value;
use tests::{House, artifact, demo, partywall, serve};

const ALICE: Option<(&str, &str)> = Some(("alice", "pw"));

fn maps(house: &House) -> String {
    let pid = house.web_pid().expect("a web process");
    std::fs::read_to_string(format!("/proc/{pid}/maps")).expect("a living process")
}

/// Values of one key of all hops with a name.
fn of_hop<'a>(hops: &'a Value, name: &str, key: &str) -> Vec<&'a Value> {
    let hops = hops.as_array().expect("a list").iter();
    hops.filter(|hop| hop["hop"] == name).map(|hop| &hop[key]).collect()
}

#[test]
fn one_request_goes_through_every_part() {
    let house = demo("pw");
    for library in ["libwebmail.so", "libmailcomponent.so"] {
        assert!(!maps(&house).contains(library), "{library} is loaded before it is needed");
    }
    let page = house.client.get("/mail/", ALICE);
    assert_eq!(page.status, 200);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(page.text().contains("Inbox"), "{}", page.text());
    for library in ["libwebmail.so", "libmailcomponent.so"] {
        assert!(maps(&house).contains(library), "{library} is loaded on the first request");
    }

    let answer = house.client.get("/mail/?trace=1&format=json", ALICE);
    assert_eq!(answer.status, 200);
    let hops = answer.json();
    let web = house.web_pid().unwrap();
    for hop in hops.as_array().unwrap() {
        let keys: Vec<&String> = hop.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["apartment", "hop", "pid", "tid", "us", "user"], "{hop}");
        assert_eq!(hop["user"], "alice");
        assert_eq!(hop["pid"], web);
        assert!(hop["us"].is_u64());
        let task = format!("/proc/{web}/task/{}", hop["tid"]);
        assert!(std::path::Path::new(&task).exists(), "thread {} is gone", hop["tid"]);
    }
    let workers = of_hop(&hops, "worker", "tid");
    let objects = of_hop(&hops, "component", "tid");
    assert_eq!(workers.len(), 1);
    assert_eq!(of_hop(&hops, "extension", "tid"), workers, "called on that very worker");
    assert!(of_hop(&hops, "proxy call", "tid").iter().all(|tid| *tid == workers[0]));
    assert!(!objects.is_empty() && objects.iter().all(|tid| *tid != workers[0]));
    assert!(of_hop(&hops, "session", "tid").iter().all(|tid| objects.contains(tid)));
    assert!(!of_hop(&hops, "session", "tid").is_empty());
    assert!(of_hop(&hops, "worker", "apartment").iter().all(|name| *name == "mta"));
    assert!(of_hop(&hops, "component", "apartment").iter().all(|name| *name == "host-sta"));
    let glass = house.client.get("/mail/?trace=1", ALICE).text();
    assert!(glass.contains("hop by hop") && glass.contains("host-sta"), "the panel is there");
}

#[test]
fn folders_lists_messages_and_attachments_are_real() {
    let house = demo("pw");
    let first = house.client.get("/mail/", ALICE).text();
    for folder in ["Inbox", "Sent Items", "Drafts", "Party wall", "rust-house"] {
        assert!(first.contains(folder), "no folder {folder}");
    }
    let searched = house.client.get("/mail/?q=%C3%9C", ALICE);
    assert_eq!(searched.status, 200);
    let nothing = house.client.get("/mail/?q=zzzzqqqqzzzz", ALICE).text();
    assert!(!nothing.contains("message="), "a search without hits shows no messages");
    for order in ["sort=from&order=asc", "sort=subject&order=desc", "sort=size&order=desc"] {
        assert_eq!(house.client.get(&format!("/mail/?{order}"), ALICE).status, 200, "{order}");
    }
    let (mut read, mut downloads, mut html) = (0, 0, 0);
    for message in links(&first, "message=").into_iter().take(12) {
        let page = house.client.get(&message, ALICE);
        assert_eq!(page.status, 200, "{message}");
        read += 1;
        let text = page.text();
        for link in links(&text, "attachment=") {
            let file = house.client.get(&link, ALICE);
            assert_eq!(file.status, 200, "{link}");
            assert!(file.header("content-disposition").unwrap().starts_with("attachment;"));
            assert_eq!(file.header("x-content-type-options"), Some("nosniff"));
            downloads += 1;
        }
        for link in links(&text, "part=html") {
            let part = house.client.get(&link, ALICE);
            let policy = part.header("content-security-policy").unwrap().to_owned();
            assert!(policy.contains("sandbox") && policy.contains("default-src 'none'"));
            assert!(!part.text().to_lowercase().contains("<script"));
            html += 1;
        }
    }
    assert!(read >= 10 && downloads >= 1 && html >= 1, "{read} {downloads} {html}");
}

/// Addresses in a page that contain `part`, once each.
fn links(page: &str, part: &str) -> Vec<String> {
    let quoted = page.split('"').filter(|text| text.starts_with("/mail/?") && text.contains(part));
    let mut found: Vec<String> =
        quoted.map(|text| text.replace("&amp;", "&").replace("&#38;", "&")).collect();
    found.sort();
    found.dedup();
    found
}

#[test]
fn strangers_are_refused() {
    let house = demo("pw");
    for who in [None, Some(("alice", "px")), Some(("alice", "")), Some(("mallory", "pw"))] {
        for path in ["/mail/", "/mail/?trace=1&format=json", "/mail/nothing"] {
            let answer = house.client.get(path, who);
            assert_eq!(answer.status, 401, "{who:?} {path}");
            let challenge = answer.header("www-authenticate").unwrap_or_default();
            assert!(challenge.starts_with("Basic "), "{challenge}");
            assert!(!answer.text().contains("Inbox"));
        }
    }
    assert!(!maps(&house).contains("libwebmail.so"), "no stranger ever reached the extension");
    assert_eq!(
        house.client.get("/", Some(("alice", "px"))).status,
        401,
        "also where none is asked"
    );
    assert_eq!(house.client.get("/mail/", ALICE).status, 200);
}

#[test]
fn bobs_password_never_shows_alices_mail() {
    let house = demo("pw");
    let data = data_folder(&house);
    let removed = partywall(&["--data", &data, "user", "remove", "bob"]);
    assert!(removed.status.success());
    assert_eq!(house.client.get("/mail/", Some(("bob", "pw"))).status, 401, "removed at once");
    assert_eq!(house.client.get("/mail/", ALICE).status, 200);
}

/// The data folder that the web process was started with.
fn data_folder(house: &House) -> String {
    let line = std::fs::read(format!("/proc/{}/cmdline", house.web_pid().unwrap())).unwrap();
    let words: Vec<String> =
        line.split(|byte| *byte == 0).map(|word| String::from_utf8_lossy(word).into()).collect();
    let at = words.iter().position(|word| word == "--data").expect("a data folder");
    words[at + 1].clone()
}

#[test]
fn a_request_without_the_component_says_what_to_do() {
    let house = demo("pw");
    let component = artifact("libmailcomponent.so");
    let component = component.to_str().unwrap();
    let data = data_folder(&house);
    assert!(partywall(&["--data", &data, "unregister", component]).status.success());
    let answer = house.client.get("/mail/", ALICE);
    assert_eq!(answer.status, 500);
    assert!(answer.text().contains("partywall register libmailcomponent.so"), "{}", answer.text());
    assert!(partywall(&["--data", &data, "register", component]).status.success());
    assert_eq!(house.client.get("/mail/", ALICE).status, 200);
    let refused = partywall(&["--data", &data, "register", "/nowhere/libx.so"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("/nowhere/libx.so"));
}

#[test]
fn a_broken_extension_is_500_with_its_name_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("libbroken.so");
    std::fs::write(&broken, b"not a library").unwrap();
    let config = folder.path().join("partywall.toml");
    let text = format!(
        "[web]\nroot = {:?}\n[[web.app]]\npath = \"/broken/\"\nextension = {broken:?}\n",
        folder.path()
    );
    std::fs::write(&config, text).unwrap();
    std::fs::write(folder.path().join("file.txt"), "a file").unwrap();
    let data = folder.path().join("data");
    let house = serve(&["--data", data.to_str().unwrap(), "--config", config.to_str().unwrap()]);
    assert_eq!(house.client.get("/broken/", None).status, 500);
    house.wait_for_log("libbroken.so");
    assert_eq!(house.client.get("/file.txt", None).text(), "a file", "the house stands");
    assert_eq!(house.client.get("/missing.txt", None).status, 404);

    for trick in [
        "/../data/accounts.db",
        "/%2e%2e/data/accounts.db",
        "/..%2fdata/accounts.db",
        "/%c0%ae%c0%ae/x",
        "/%255c..%255c/x",
        "/file.txt%00.html",
        "/file.txt.",
        "/file.txt%20",
        "/file.txt::$DATA",
        "/.\\file.txt",
    ] {
        let status = raw_status(&house, trick);
        assert!(status == 400 || status == 404, "{trick} was answered {status}");
    }
    assert_eq!(raw_status(&house, "/file.txt"), 200, "the check can tell the difference");
}

/// Status of a request whose target no client library touches.
fn raw_status(house: &House, target: &str) -> u16 {
    let mut socket = TcpStream::connect(house.client.address()).unwrap();
    let request = format!("GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status")
}

#[test]
fn late_bodies_arrive_and_large_answers_leave() {
    let house = demo("pw");
    let body: Vec<u8> = (0..100_000u32).map(|n| (n % 251) as u8).collect();
    let mut socket = TcpStream::connect(house.client.address()).unwrap();
    let head = format!(
        "POST /threads/?echo=1 HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n",
        body.len()
    );
    socket.write_all(head.as_bytes()).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(200));
    let (first, second) = body.split_at(60_000);
    socket.write_all(first).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(200));
    socket.write_all(second).unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    let json: Value = serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    assert_eq!(json["length"], body.len());
    assert_eq!(json["hash"], format!("{:016x}", fnv1a64(&body)));

    let bytes = 24 << 20;
    let large = house.client.get(&format!("/threads/?large={bytes}"), None);
    assert_eq!(large.body.len(), bytes);
    assert!(large.body.iter().enumerate().all(|(at, byte)| *byte == (at % 65536 % 251) as u8));
}

fn fnv1a64(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
