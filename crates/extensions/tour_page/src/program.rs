//! Runs `PROGRAM tour … --json` and takes its JSON.
//!
//! Limits: [`RUN_BOUND`], [`LIST_BOUND`], [`MAX_OUTPUT_BYTES`], [`MAX_RUNS`].
//! What does not end in time is killed with all that it started.

use std::ffi::OsStr;
use std::fmt;
use std::io::Read;
use std::os::fd::AsRawFd;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::ffi;

/// Longest time that a station may take.
pub const RUN_BOUND: Duration = Duration::from_secs(30);
/// Longest time for the list of stations.
pub const LIST_BOUND: Duration = Duration::from_secs(10);
/// Longest output that is read, in bytes.
const MAX_OUTPUT_BYTES: usize = 4 << 20;
/// Most programs that run at once.
const MAX_RUNS: u32 = 4;
/// How often an ended output is followed by a look whether the program ended.
const EXIT_STEP: Duration = Duration::from_millis(5);

static RUNS: AtomicU32 = AtomicU32::new(0);

/// Why there is no JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TourError {
    /// The program could not be started.
    Start(String),
    /// It did not end in time.
    Time(Duration),
    /// It ended without JSON; what it said instead.
    Output(String),
    /// Enough of them run already.
    Busy,
}

impl TourError {
    /// The status of the answer.
    pub fn status(&self) -> &'static str {
        match self {
            Self::Start(_) => "500 Internal Server Error",
            Self::Time(_) => "504 Gateway Timeout",
            Self::Output(_) => "502 Bad Gateway",
            Self::Busy => "503 Service Unavailable",
        }
    }
}

impl fmt::Display for TourError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start(cause) => write!(f, "the program could not be started: {cause}"),
            Self::Time(bound) => {
                write!(f, "the program did not end within {} seconds", bound.as_secs())
            }
            Self::Output(says) => write!(f, "the program gave no stations: {says}"),
            Self::Busy => write!(f, "{MAX_RUNS} stations run already, try again in a moment"),
        }
    }
}

impl std::error::Error for TourError {}

/// Counts a running program out when dropped.
struct Place;

impl Place {
    fn take() -> Option<Self> {
        let room = |runs| (runs < MAX_RUNS).then_some(runs + 1);
        RUNS.try_update(Ordering::Relaxed, Ordering::Relaxed, room).ok().map(|_| Self)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        RUNS.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Runs the program's tour with these arguments and returns its JSON list.
///
/// # Errors
/// It could not be started, did not end in time, or gave no list.
pub fn tour(program: &OsStr, arguments: &[&str], bound: Duration) -> Result<String, TourError> {
    let _place = Place::take().ok_or(TourError::Busy)?;
    let mut child = Command::new(program)
        .arg("tour")
        .args(arguments)
        .arg("--json")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(|error| TourError::Start(error.to_string()))?;
    let deadline = Instant::now() + bound;
    let outputs = read_outputs(&mut child, deadline).and_then(|outputs| {
        if has_ended(&mut child, deadline) { Ok(outputs) } else { Err(Unfinished::Time) }
    });
    let (stdout, stderr) = outputs.map_err(|unfinished| {
        ffi::kill_group(child.id());
        let _ = child.wait();
        match unfinished {
            Unfinished::Time => TourError::Time(bound),
            Unfinished::Size => TourError::Output("it printed too much".to_owned()),
        }
    })?;
    list(&stdout, &stderr)
}

/// Why the program was not let go on.
enum Unfinished {
    Size,
    Time,
}

/// Both outputs to their ends.
fn read_outputs(child: &mut Child, deadline: Instant) -> Result<(Vec<u8>, Vec<u8>), Unfinished> {
    let (Some(mut stdout), Some(mut stderr)) = (child.stdout.take(), child.stderr.take()) else {
        return Ok(Default::default());
    };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let (mut out_open, mut err_open) = (true, true);
    while out_open || err_open {
        let left = deadline.checked_duration_since(Instant::now()).ok_or(Unfinished::Time)?;
        let fds = [out_open.then(|| stdout.as_raw_fd()), err_open.then(|| stderr.as_raw_fd())];
        let [out_ready, err_ready] = ffi::wait_readable(fds, left);
        if out_ready {
            out_open = read_some(&mut stdout, &mut out)?;
        }
        if err_ready {
            err_open = read_some(&mut stderr, &mut err)?;
        }
    }
    Ok((out, err))
}

/// Whether more may follow.
fn read_some(from: &mut impl Read, to: &mut Vec<u8>) -> Result<bool, Unfinished> {
    let mut block = [0; 4096];
    let Ok(count @ 1..) = from.read(&mut block) else { return Ok(false) };
    to.extend_from_slice(block.get(..count).unwrap_or_default());
    if to.len() <= MAX_OUTPUT_BYTES { Ok(true) } else { Err(Unfinished::Size) }
}

fn has_ended(child: &mut Child, deadline: Instant) -> bool {
    while Instant::now() < deadline {
        match child.try_wait() {
            Ok(None) => sleep(EXIT_STEP),
            Ok(Some(_)) => return true,
            Err(_) => return false,
        }
    }
    false
}

/// The list in the output, whatever the exit status: a station that does not
/// hold is listed too.
fn list(stdout: &[u8], stderr: &[u8]) -> Result<String, TourError> {
    let text = String::from_utf8_lossy(stdout);
    if serde_json::from_str::<Vec<serde_json::Value>>(&text).is_ok() {
        return Ok(text.trim().to_owned());
    }
    let stderr = String::from_utf8_lossy(stderr);
    let says = serde_json::from_str::<serde_json::Value>(&stderr)
        .ok()
        .and_then(|error| error.get("error")?.as_str().map(str::to_owned))
        .unwrap_or_else(|| stderr.lines().last().unwrap_or("it printed nothing").to_owned());
    Err(TourError::Output(says))
}
