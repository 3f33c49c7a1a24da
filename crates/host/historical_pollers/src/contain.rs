//! The container: a child that may hang, for a bounded time.
//!
//! The child has a process group of its own. Its lines are read as they come; when
//! it has not ended within the bound, the group is killed and the child reaped.
//! That happens also when the caller panics: a guard does it.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use crate::ffi::kill_group;
use crate::set_up::{SetUp, VERB};

/// Most lines of a child that are kept.
const MAX_LINES: usize = 1_000;

/// A thread that waited when its process was ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The thread, as its process reported it.
    pub tid: i32,
    /// As whom it worked.
    pub who: String,
    /// What it waited for, in words.
    pub what: String,
    /// What became of the poller of that list, in its own words, if it ended.
    pub poller: Option<String>,
}

/// What became of a child.
#[derive(Clone, Debug)]
pub struct Report {
    /// What it ran.
    pub set_up: SetUp,
    /// Whether it had not ended within the bound.
    pub hung: bool,
    /// What it said, in order.
    pub lines: Vec<String>,
    /// Who waited for what; empty when it came to its end.
    pub waiting: Vec<Waiting>,
    /// After how long it was killed.
    pub killed_after: Option<Duration>,
}

impl Report {
    /// The hang in a sentence; `None` when there was none.
    pub fn hang(&self) -> Option<String> {
        let after = self.killed_after?;
        let wait = |it: &Waiting| {
            let poller = it.poller.as_deref().unwrap_or("which has not ended");
            format!("thread {} ({}) waits for {}, {poller}", it.tid, it.who, it.what)
        };
        let all: Vec<_> = self.waiting.iter().map(wait).collect();
        Some(format!("after {} ms: {}", after.as_millis(), all.join("; ")))
    }
}

/// A child that is ended and reaped when this is dropped.
struct Contained(Child);

impl Drop for Contained {
    fn drop(&mut self) {
        // One that was reaped already has no group any more; the standard library
        // knows, and nobody else can have its number before.
        if matches!(self.0.try_wait(), Ok(None)) {
            kill_group(self.0.id());
            let _ = self.0.wait();
        }
    }
}

/// Runs a set-up in a child: `program` is one that runs
/// [`main_of_child`](crate::main_of_child) under the verb `historical-pollers`.
///
/// # Errors
/// The program cannot be started, or fails before the bound is over.
pub fn contain(program: &Path, set_up: SetUp, bound: Duration) -> io::Result<Report> {
    let begin = Instant::now();
    let mut command = Command::new(program);
    command.args([VERB, "--setup", set_up.name()]).process_group(0);
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = Contained(command.spawn()?);
    let output = child.0.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
    let (lines, said) = channel();
    // Ends with the pipe, which ends with the child's group.
    let reader = security::spawner::spawn("reader", 64 << 10, move || {
        BufReader::new(output).lines().map_while(Result::ok).all(|line| lines.send(line).is_ok())
    })?;
    let mut report = Report::new(set_up);
    let is_over = loop {
        match said.recv_timeout(bound.saturating_sub(begin.elapsed())) {
            Ok(line) if report.lines.len() < MAX_LINES => report.lines.push(line),
            Ok(_) => {}
            Err(RecvTimeoutError::Timeout) => break false,
            Err(RecvTimeoutError::Disconnected) => break true,
        }
    };
    // Silence is not yet the end; and who goes on in silence is not known to wait.
    let mut status = child.0.try_wait()?;
    while is_over && status.is_none() && begin.elapsed() < bound {
        std::thread::sleep(Duration::from_millis(1));
        status = child.0.try_wait()?;
    }
    if let Some(status) = status.filter(|_| is_over) {
        if !status.success() {
            return Err(io::Error::other(format!("the child of set-up {set_up} failed: {status}")));
        }
    } else {
        report.killed_after = Some(begin.elapsed());
        report.hung = true;
        drop(child);
        report.waiting = waiting(&report.lines);
    }
    // Its pipe is closed; only its way out is left.
    let _ = reader.join();
    Ok(report)
}

impl Report {
    fn new(set_up: SetUp) -> Self {
        let (lines, waiting) = (Vec::new(), Vec::new());
        Self { set_up, hung: false, lines, waiting, killed_after: None }
    }
}

/// Who waits at the end of these lines.
fn waiting(lines: &[String]) -> Vec<Waiting> {
    let (mut found, mut ended) = (BTreeMap::new(), Vec::new());
    for line in lines {
        let mut parts = line.splitn(3, ' ');
        let (Some(tid), Some(who), Some(says)) = (parts.next(), parts.next(), parts.next()) else {
            continue;
        };
        let Ok(tid) = tid.parse::<i32>() else { continue };
        if let Some(what) = says.strip_prefix("waits for ") {
            found.insert(tid, (who.to_owned(), what.to_owned()));
        } else if says.starts_with("goes on") {
            found.remove(&tid);
        } else if says.starts_with("exits") {
            let past = says.replacen("exits", "exited", 1);
            ended.push((says, format!("which (thread {tid}, {who}) {past}")));
        }
    }
    let waiting = |(tid, (who, what)): (i32, (String, String))| {
        let list = what.rsplit(' ').next().unwrap_or_default().to_owned();
        let gone = ended.iter().find(|(says, _)| says.ends_with(&list));
        Waiting { tid, who, what, poller: gone.map(|(_, says)| says.clone()) }
    };
    found.into_iter().map(waiting).collect()
}
