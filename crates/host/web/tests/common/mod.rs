//! A host on a free port, extensions compiled with `cc`, and a small client
//! that reads one answer at a time.

#![allow(dead_code, reason = "each test program uses its part")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use web::{App, AuthScheme, Config, Host, Threads};

pub struct Site {
    pub host: Option<Host>,
    pub folder: tempfile::TempDir,
    pub addr: SocketAddr,
}

impl Site {
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    /// A host with `probe.c` at `/app/`, a folder of files, and alice.
    pub fn with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("root");
        std::fs::create_dir(&root).unwrap();
        std::fs::write(root.join("index.html"), "<p>index").unwrap();
        std::fs::write(root.join("page.txt"), "0123456789").unwrap();
        let library = compile(folder.path(), "probe");
        let mut config = Config {
            threads: Threads { min: 2, ..Threads::default() },
            root: Some(root),
            apps: vec![App { path: "/app/".into(), extension: library, auth: None, idle: None }],
            runtime_dir: folder.path().to_owned(),
            domain: "HOUSE".into(),
            ..Config::default()
        };
        change(&mut config);
        let accounts = security::Accounts::open(folder.path()).unwrap();
        accounts.add("alice", "right", None).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = Host::start(config, listener, Arc::new(accounts)).unwrap();
        let addr = host.addr();
        Self { host: Some(host), folder, addr }
    }

    pub fn host(&self) -> &Host {
        self.host.as_ref().unwrap()
    }

    pub fn library(&self) -> PathBuf {
        self.folder.path().join("libprobe.so")
    }

    pub fn connect(&self) -> Client {
        let stream = TcpStream::connect(self.addr).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        Client { stream, held: Vec::new() }
    }

    /// One GET on a connection of its own.
    pub fn get(&self, path: &str) -> Answer {
        let mut client = self.connect();
        client.get(path);
        client.answer()
    }
}

pub fn basic_only(config: &mut Config) {
    config.auth = vec![AuthScheme::Basic];
}

pub fn compile(folder: &Path, name: &str) -> PathBuf {
    let library = folder.join(format!("lib{name}.so"));
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/c/{name}.c"));
    let status = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-w", "-o"])
        .arg(&library)
        .arg(&source)
        .status()
        .expect("these tests need a C compiler");
    assert!(status.success());
    library
}

pub struct Client {
    pub stream: TcpStream,
    held: Vec<u8>,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn field(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (field, value) = line.split_once(": ")?;
            field.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

impl Client {
    pub fn send(&mut self, bytes: &str) {
        self.stream.write_all(bytes.as_bytes()).unwrap();
    }

    pub fn get(&mut self, path: &str) {
        self.send(&format!("GET {path} HTTP/1.1\r\nHost: h\r\n\r\n"));
    }

    /// `None` at the end.
    fn more(&mut self) -> Option<()> {
        let mut buffer = [0; 64 << 10];
        match self.stream.read(&mut buffer) {
            Ok(0) | Err(_) => None,
            Ok(count) => {
                self.held.extend_from_slice(&buffer[..count]);
                Some(())
            }
        }
    }

    /// Reads one answer to a method that has a body.
    pub fn answer(&mut self) -> Answer {
        self.try_answer(false).expect("an answer")
    }

    pub fn answer_to_head(&mut self) -> Answer {
        self.try_answer(true).expect("an answer")
    }

    pub fn try_answer(&mut self, bodiless: bool) -> Option<Answer> {
        let end = loop {
            if let Some(end) = find(&self.held, b"\r\n\r\n") {
                break end + 4;
            }
            self.more()?;
        };
        let head = String::from_utf8(self.held.drain(..end).collect()).unwrap();
        let status = head[9..12].parse().unwrap();
        let mut answer = Answer { status, head, body: Vec::new() };
        if bodiless || matches!(status, 100 | 204 | 304) {
            return Some(answer);
        }
        if answer.field("transfer-encoding").is_some() {
            answer.body = self.chunks()?;
        } else if let Some(length) = answer.field("content-length") {
            answer.body = self.take(length.parse().unwrap())?;
        } else {
            while self.more().is_some() {}
            answer.body = std::mem::take(&mut self.held);
        }
        Some(answer)
    }

    fn take(&mut self, count: usize) -> Option<Vec<u8>> {
        while self.held.len() < count {
            self.more()?;
        }
        Some(self.held.drain(..count).collect())
    }

    fn chunks(&mut self) -> Option<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let end = loop {
                if let Some(end) = find(&self.held, b"\r\n") {
                    break end;
                }
                self.more()?;
            };
            let line = self.take(end + 2)?;
            let size =
                usize::from_str_radix(std::str::from_utf8(&line[..end]).unwrap(), 16).unwrap();
            body.extend(self.take(size)?);
            assert_eq!(self.take(2)?, b"\r\n");
            if size == 0 {
                return Some(body);
            }
        }
    }

    /// Whether the host closes without sending anything more.
    pub fn is_closed(&mut self) -> bool {
        let mut byte = [0];
        self.held.is_empty() && matches!(self.stream.read(&mut byte), Ok(0))
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

/// Waits until it holds.
pub fn eventually(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..2_000 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("never: {what}");
}
