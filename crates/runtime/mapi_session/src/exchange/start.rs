//! Starting the broker: the program itself, with a verb of its own, as the user.

use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use mapi_abi::codes::{Code, Failure};
use security::{Token, impersonation, spawner};

use super::{Conversation, network};
use crate::settings::settings;

/// Longest wait for a broker that starts.
const START_BOUND: Duration = Duration::from_secs(5);
/// How often is looked whether it answers.
const PAUSE: Duration = Duration::from_millis(5);
/// Stack of the thread that starts it, in bytes.
const STACK: usize = 128 << 10;

/// The program that can be a broker: the one that was set, else the first in PATH.
fn program() -> PathBuf {
    settings().broker_program.unwrap_or_else(|| PathBuf::from("partywall"))
}

/// Starts a broker for `owner` and asks `connect` until it answers.
///
/// # Errors
/// `NETWORK_ERROR` it cannot be started or does not answer in time.
pub fn start(
    owner: &Token,
    connect: impl Fn() -> Result<Option<Conversation>, Failure>,
) -> Result<Conversation, Failure> {
    let mut command = Command::new(program());
    command.arg("session-broker").args(["--user", owner.user()]);
    command.arg("--data").arg(registry::data_folder());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if let Some(kernel) = owner.kernel().filter(|_| impersonation::is_privileged()) {
        command.gid(kernel.gid).uid(kernel.uid);
    }
    let (answer, answered) = channel();
    // A process inherits the identity of the thread that starts it: the spawner's
    // threads have the process's own.
    spawner::spawn("start broker", STACK, move || {
        let _ = answer.send(command.status());
    })
    .map_err(|error| network("starting the session broker", error))?;
    let _wait = observe::wait::begin("the session broker to start", None);
    let end = Instant::now() + START_BOUND;
    match answered.recv_timeout(START_BOUND) {
        Ok(Ok(status)) if status.success() => {}
        Ok(Ok(status)) => return Err(network("starting the session broker", status)),
        Ok(Err(error)) => return Err(network("starting the session broker", error)),
        Err(_) => return Err(network("starting the session broker", "it takes too long")),
    }
    while Instant::now() < end {
        if let Some(broker) = connect()? {
            return Ok(broker);
        }
        std::thread::sleep(PAUSE);
    }
    Err(Failure::new(Code::NETWORK_ERROR, "the session broker was started and does not answer"))
}
