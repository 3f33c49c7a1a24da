//! Sessions that several programs share: this process, the program, and what
//! becomes of them when one of them or their broker is killed.
#![allow(missing_docs)]

use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use mapi_abi::codes::Code;
use mapi_abi::structs::{MAPI_ALLOW_OTHERS, MAPI_EXTENDED, MAPI_USE_DEFAULT};
use mapi_session::{Request, Settings, exchange};
use security::{Token, impersonation};
use serde_json::Value;

/// Everything that is waited for happens within this.
const BOUND: Duration = Duration::from_secs(10);

fn house() -> (&'static Path, MutexGuard<'static, ()>) {
    static HOUSE: OnceLock<tempfile::TempDir> = OnceLock::new();
    static TURN: Mutex<()> = Mutex::new(());
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let house = HOUSE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        registry::set_data_folder(folder.path().to_owned());
        tests::messaging();
        mapi_session::link::use_brokers();
        let broker_program = Some(tests::program());
        mapi_session::set_settings(Settings { broker_program, ..Settings::default() });
        mapi_session::initialize(0, 0).unwrap();
        folder
    });
    (house.path(), turn)
}

fn partywall(data: &Path, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(tests::program())
        .args(arguments)
        .arg("--data")
        .arg(data)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn json(data: &Path, arguments: &[&str]) -> Value {
    let output = partywall(data, &[arguments, &["--json"]].concat(), "");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A user with an account, a mailbox and the profile `Default`.
fn user(data: &Path, name: &str) {
    let output = partywall(data, &["user", "add", name, "--password-stdin"], "secret\n");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn logon(user: &str, flags: u32) -> Result<std::sync::Arc<mapi_session::Client>, Code> {
    let _identity = impersonation::impersonate(&Token::new(user, None)).unwrap();
    let request = Request { flags: MAPI_EXTENDED | flags, ..Request::default() };
    mapi_session::logon(&request).map_err(|failure| failure.code)
}

fn until(what: &str, is_so: impl Fn() -> bool) {
    let end = Instant::now() + BOUND;
    while !is_so() {
        assert!(Instant::now() < end, "{what} did not happen");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The broker's process of a user.
fn broker(data: &Path, user: &str) -> Option<i32> {
    std::fs::read_dir("/proc").unwrap().filter_map(Result::ok).find_map(|entry| {
        let pid: i32 = entry.file_name().to_str()?.parse().ok()?;
        let words = std::fs::read(entry.path().join("cmdline")).ok()?;
        let words: Vec<_> = words.split(|byte| *byte == 0).collect();
        let has = |word: &str| words.contains(&word.as_bytes());
        (has("session-broker") && has(user) && has(data.to_str()?)).then_some(pid)
    })
}

/// Another program that joins a session and stays in it.
struct Joined(Child);

impl Joined {
    fn start(data: &Path, user: &str) -> Self {
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["joins_and_stays", "--exact", "--nocapture", "--ignored"])
            .env("PARTYWALL_TEST_JOINS", user)
            .env("PARTYWALL_DATA", data)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Self(child)
    }
}

impl Drop for Joined {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Not a test of its own: the other program of the tests below.
#[test]
#[ignore = "started by other tests"]
fn joins_and_stays() {
    let Ok(user) = std::env::var("PARTYWALL_TEST_JOINS") else { return };
    registry::set_data_folder(std::env::var_os("PARTYWALL_DATA").unwrap().into());
    tests::messaging();
    mapi_session::link::use_brokers();
    mapi_session::initialize(0, 0).unwrap();
    let client = logon(&user, 0).expect("a shared session");
    let end = Instant::now() + 6 * BOUND;
    while client.check().is_ok() && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn members(user: &str) -> usize {
    let listed = exchange::list(&Token::new(user, None)).unwrap();
    listed.first().map_or(0, |shared| shared.programs.len())
}

#[test]
fn one_logon_opens_other_programs_without_a_question() {
    let (data, _turn) = house();
    user(data, "anna");
    let create = ["profile", "--user", "anna", "create", "Locked", "--password-stdin"];
    assert!(partywall(data, &create, "sesame\n").status.success());
    assert_eq!(logon("anna", 0).err(), Some(Code::LOGON_FAILED), "nothing is shared yet");
    // The first program is asked for the profile's password, once.
    let script = data.join("answers");
    std::fs::write(&script, "ok password=sesame\n").unwrap();
    let ui = format!("script:{}", script.display());
    let first =
        json(data, &["session", "logon", "--user", "anna", "--profile", "Locked", "--ui", &ui]);
    assert_eq!(first["shared"], true);
    // This process and another one give neither name nor password.
    let client = logon("anna", 0).unwrap();
    assert_eq!(client.session().profile().name, "Locked");
    assert!(client.default_store().unwrap().get().is_ok());
    let second = json(data, &["session", "logon", "--user", "anna", "--ui", "none"]);
    assert_eq!((&second["profile"], &second["shared"]), (&"Locked".into(), &true.into()));
    let path = second["path"].as_array().unwrap();
    assert!(path.iter().any(|step| step.as_str().unwrap().contains("another program's")));
    // Somebody else's sessions are not seen.
    user(data, "otto");
    assert_eq!(logon("otto", 0).err(), Some(Code::LOGON_FAILED));
    let id = first["session"].as_str().unwrap();
    assert!(partywall(data, &["session", "logoff", id], "").status.success());
    until("the end in this process", || client.check().is_err());
    assert_eq!(client.check().unwrap_err().code, Code::END_OF_SESSION);
    let again = partywall(data, &["session", "logoff", id], "");
    assert_eq!(again.status.code(), Some(1));
    assert_eq!(logon("anna", 0).err(), Some(Code::LOGON_FAILED));
}

#[test]
fn a_killed_broker_ends_the_session_and_the_next_logon_starts_another() {
    let (data, _turn) = house();
    user(data, "berta");
    let client = logon("berta", MAPI_ALLOW_OTHERS | MAPI_USE_DEFAULT).unwrap();
    let store = client.default_store().unwrap();
    let old = broker(data, "berta").expect("a broker");
    tests::signal(old.unsigned_abs(), 9);
    let since = Instant::now();
    until("the end of the session", || store.get().is_err());
    assert!(since.elapsed() < Duration::from_secs(5));
    let code = store.get().err().unwrap().code;
    assert_eq!(code, Code::END_OF_SESSION);
    let next = logon("berta", MAPI_ALLOW_OTHERS | MAPI_USE_DEFAULT).unwrap();
    assert!(next.default_store().unwrap().get().is_ok());
    until("another broker", || broker(data, "berta").is_some_and(|pid| pid != old));
    assert_eq!(members("berta"), 1);
}

#[test]
fn a_killed_program_has_left_and_leaves_nothing_behind() {
    let (data, _turn) = house();
    user(data, "carla");
    let client = logon("carla", MAPI_ALLOW_OTHERS | MAPI_USE_DEFAULT).unwrap();
    let mut other = Joined::start(data, "carla");
    until("the other program's joining", || members("carla") == 2);
    other.0.kill().unwrap();
    until("its leaving", || members("carla") == 1);
    assert!(client.check().is_ok());
    // The one that opened it leaves; another one keeps it alive.
    let other = Joined::start(data, "carla");
    until("the other program's joining", || members("carla") == 2);
    client.leave().unwrap();
    until("this one's leaving", || members("carla") == 1);
    let back = logon("carla", 0).unwrap();
    assert_eq!(members("carla"), 2);
    drop((back, other));
    until("the end of the session", || members("carla") == 0);
    until("the end of the broker", || broker(data, "carla").is_none());
}

#[test]
fn all_who_share_a_session_hear_that_somebody_asks_them_to_leave() {
    let (data, _turn) = house();
    user(data, "doris");
    use mapi_session::notify::{Interest, Notification, Sink, event};
    struct Told(Mutex<Vec<Notification>>);
    impl Sink for Told {
        fn notify(&self, notifications: &[Notification]) {
            self.0.lock().unwrap().extend(notifications.iter().cloned());
        }
    }
    let first = logon("doris", MAPI_ALLOW_OTHERS | MAPI_USE_DEFAULT).unwrap();
    let second = logon("doris", 0).unwrap();
    let told = std::sync::Arc::new(Told(Mutex::default()));
    let interest = Interest { mask: event::CRITICAL_ERROR, entry: None };
    second.sinks().advise(interest, std::sync::Arc::clone(&told) as _, |_| Ok(None)).unwrap();
    first.ask_all_to_leave();
    until("the word", || {
        let told = told.0.lock().unwrap();
        matches!(&told[..], [Notification::Critical(why)] if why.code == Code::END_OF_SESSION)
    });
    assert!(second.check().is_ok(), "leaving is the client's own decision");
}
