//! A running house: `partywall demo` or `partywall serve` as a child process.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::build::program;
use crate::client::Client;
use crate::ffi::signal;

/// How long a house may take to open, by its contract.
const READY_BOUND: Duration = Duration::from_secs(10);
/// How long it may take to end in a test.
const END_BOUND: Duration = Duration::from_secs(20);

/// A house; ended when this is dropped.
pub struct House {
    pub client: Client,
    pub ready_line: String,
    process: Child,
    log: Arc<Mutex<String>>,
}

/// A demonstration with this password for both users.
pub fn demo(password: &str) -> House {
    House::start(&["demo", "--http", "127.0.0.1:0", "--password", password])
}

/// `partywall serve` with further arguments.
pub fn serve(arguments: &[&str]) -> House {
    let mut all = vec!["serve", "--http", "127.0.0.1:0"];
    all.extend(arguments);
    House::start(&all)
}

/// Runs a verb to its end.
pub fn partywall(arguments: &[&str]) -> Output {
    Command::new(program())
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("the program can be run")
}

impl House {
    fn start(arguments: &[&str]) -> Self {
        let began = Instant::now();
        let mut process = Command::new(program())
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program can be run");
        let log = Arc::new(Mutex::new(String::new()));
        follow(process.stderr.take().expect("a pipe"), Arc::clone(&log));
        let mut out = BufReader::new(process.stdout.take().expect("a pipe"));
        let mut ready_line = String::new();
        out.read_line(&mut ready_line).expect("the house says something");
        let address = ready_line.split_whitespace().find_map(|word| word.strip_prefix("http="));
        let Some(address) = address else {
            let status = process.wait().expect("it ends");
            std::thread::sleep(Duration::from_millis(100));
            panic!("no house ({status}): {}", log.lock().expect("a lock"));
        };
        assert!(began.elapsed() < READY_BOUND, "the house took {:?} to open", began.elapsed());
        let client = Client::new(address);
        follow(out, Arc::new(Mutex::new(String::new())));
        Self { client, ready_line: ready_line.trim_end().to_owned(), process, log }
    }

    /// The supervisor's process.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// The web process under the supervisor.
    pub fn web_pid(&self) -> Option<u32> {
        let children = format!("/proc/{0}/task/{0}/children", self.pid());
        let text = std::fs::read_to_string(children).unwrap_or_default();
        text.split_whitespace().next().and_then(|pid| pid.parse().ok())
    }

    /// What the house has logged.
    pub fn log(&self) -> String {
        self.log.lock().expect("a lock").clone()
    }

    /// Waits until the log has a text.
    pub fn wait_for_log(&self, text: &str) {
        let end = Instant::now() + END_BOUND;
        while !self.log().contains(text) {
            assert!(Instant::now() < end, "{text:?} is not in the log: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Asks the house to end, and waits for its exit status.
    pub fn end(mut self) -> Option<i32> {
        signal(self.pid(), libc::SIGTERM);
        self.wait()
    }

    fn wait(&mut self) -> Option<i32> {
        let end = Instant::now() + END_BOUND;
        while Instant::now() < end {
            if let Some(status) = self.process.try_wait().expect("a child") {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("the house does not end: {}", self.log());
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if let Ok(None) = self.process.try_wait() {
            signal(self.pid(), libc::SIGTERM);
            if std::thread::panicking() {
                eprintln!("the house's log:\n{}", self.log());
            }
            let _ = self.process.wait();
        }
    }
}

/// Collects what is printed, so that the house never blocks on a full pipe.
fn follow(mut from: impl Read + Send + 'static, into: Arc<Mutex<String>>) {
    std::thread::spawn(move || {
        let mut piece = [0; 4096];
        while let Ok(count @ 1..) = from.read(&mut piece) {
            let text = String::from_utf8_lossy(&piece[..count]).into_owned();
            into.lock().expect("a lock").push_str(&text);
        }
    });
}
