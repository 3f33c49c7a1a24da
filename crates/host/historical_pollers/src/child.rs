//! The child: the historical design at work.
//!
//! Its threads say what they do on standard output, one line a step: the thread's
//! number, who it works as, what it does. They wait without a bound, as they did.
//!
//! The first user of a list starts its poller with a plain thread: that is the
//! mistake that is shown here, and nowhere else is it allowed. On Windows a new
//! thread has the process's token, whomever its starter impersonated. On Linux it
//! inherits the starter's kernel identity, so here the poller takes the process's
//! identity itself, to be what the document describes.

use std::fmt;
use std::io::Write;
use std::process::ExitCode;
use std::sync::{Arc, Barrier};
use std::time::Duration;

use security::impersonation::{self, impersonate, is_privileged};
use security::{KernelIdentity, Token};

use crate::digest::crc32;
use crate::ffi::{self, LISTS, List, NAME, Segment};
use crate::set_up::SetUp;

/// Threads that log on.
const THREADS: u32 = 3;
/// How long they work.
const WORK: Duration = Duration::from_millis(30);
/// How often a poller looks.
const INTERVAL: Duration = Duration::from_millis(5);
/// How long a poller's start is held up where a slow start is shown.
const SLOW_START: Duration = Duration::from_millis(20);
/// First user and group of the kernel's that stand for users here; nobody has them.
const FIRST_UID: u32 = 70_000;

/// One line of the report.
fn say(says: fmt::Arguments<'_>) {
    let (tid, who) = (observe::thread::tid(), identity());
    // Whoever reads may be gone; what happens here does not depend on it.
    let _ = writeln!(std::io::stdout().lock(), "{tid} {who} {says}");
}

/// As whom this thread works, looked up on the thread: the design's first mistake.
fn identity() -> String {
    impersonation::capture().user().to_string()
}

fn fixed(name: &str) -> [u8; NAME] {
    let mut fixed = [0; NAME];
    for (place, byte) in fixed.iter_mut().zip(name.bytes()) {
        *place = byte;
    }
    fixed
}

/// The process itself, with its kernel identity where there is another to leave.
fn process() -> Token {
    let kernel = KernelIdentity { uid: 0, gid: 0, groups: vec![0] };
    Token::new(Token::process().user(), is_privileged().then_some(kernel))
}

fn user(number: u32) -> Token {
    let id = FIRST_UID + number;
    let kernel = KernelIdentity { uid: id, gid: id, groups: vec![id] };
    Token::new(&format!("user{number}"), is_privileged().then_some(kernel))
}

/// Runs a set-up to its end, if it has one.
pub fn main_of_child(set_up: SetUp) -> ExitCode {
    ffi::die_with_parent();
    let segment = match Segment::new() {
        Ok(segment) => Arc::new(segment),
        Err(error) => {
            eprintln!("no shared memory ({error})");
            return ExitCode::FAILURE;
        }
    };
    let threads = if set_up == SetUp::StartUpRace { 1 } else { THREADS };
    let connected = Arc::new(Barrier::new(threads as usize));
    let start = |number| {
        let (segment, connected) = (Arc::clone(&segment), Arc::clone(&connected));
        security::spawner::spawn("user", 256 << 10, move || {
            work(set_up, number, &segment, &connected);
        })
    };
    let all: Vec<_> = (1..=threads).map(start).collect();
    let mut is_done = true;
    for thread in all {
        is_done &= thread.is_ok_and(|thread| thread.join().is_ok());
    }
    say(format_args!("done"));
    if is_done { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A thread's life: logs on, works, logs off.
fn work(set_up: SetUp, number: u32, segment: &Arc<Segment>, connected: &Barrier) {
    let whom = match set_up {
        SetUp::None | SetUp::StartUpRace => None,
        SetUp::OneUser => Some(user(1)),
        SetUp::Several => Some(user(number)),
    };
    let _whom = whom.and_then(|token| match impersonate(&token) {
        Ok(guard) => Some(guard),
        Err(error) => {
            say(format_args!("cannot be {} ({error})", token.user()));
            None
        }
    });
    connect(set_up, segment);
    if set_up != SetUp::StartUpRace {
        connected.wait();
        std::thread::sleep(WORK);
    }
    release(set_up, segment);
}

fn place(lists: &[List; LISTS], digest: u32) -> Option<usize> {
    lists.iter().position(|list| list.is_used != 0 && list.digest == digest)
}

fn connect(set_up: SetUp, segment: &Arc<Segment>) {
    let who = identity();
    let digest = crc32(who.as_bytes());
    let mut lists = segment.lock();
    if let Some(list) = place(&lists, digest).and_then(|at| lists.get_mut(at)) {
        list.users += 1;
        say(format_args!("connects to list {digest:08x}"));
        return;
    }
    let Some(list) = lists.iter_mut().find(|list| list.is_used == 0) else {
        return say(format_args!("finds no room for another list"));
    };
    *list = List {
        is_used: 1,
        digest,
        owner: fixed(&who),
        users: 1,
        is_waited_at: 0,
        is_to_end: 0,
        has_ended: 0,
        poller: 0,
    };
    say(format_args!("connects, makes list {digest:08x} and starts its poller"));
    drop(lists);
    start_poller(set_up, segment, digest);
}

/// A plain thread: it is the exhibit, see the module's header.
#[expect(clippy::disallowed_methods, reason = "the historical mistake is what is shown")]
fn start_poller(set_up: SetUp, segment: &Arc<Segment>, digest: u32) {
    let segment = Arc::clone(segment);
    std::thread::spawn(move || {
        let _process = impersonate(&process());
        if set_up == SetUp::StartUpRace {
            std::thread::sleep(SLOW_START);
        }
        poll(set_up, &segment, digest);
    });
}

/// A poller's life: it searches, each time it looks.
fn poll(set_up: SetUp, segment: &Segment, started_for: u32) {
    say(format_args!("polls, started for list {started_for:08x}"));
    let own = fixed(&identity());
    let mut lists = segment.lock();
    loop {
        let there = lists.iter().filter(|list| list.is_used != 0).count();
        // A single list is taken without looking whose it is.
        let found =
            lists.iter_mut().find(|list| list.is_used != 0 && (there == 1 || list.owner == own));
        let Some(list) = found else {
            return say(format_args!(
                "exits without a signal: none of {there} lists is mine, started for list \
                 {started_for:08x}"
            ));
        };
        // The older version's request is a pulse: who does not wait misses it.
        if list.is_to_end != 0 && (set_up != SetUp::StartUpRace || list.is_waited_at != 0) {
            list.has_ended = 1;
            let digest = list.digest;
            segment.notify();
            return say(format_args!("exits and signals the end for list {digest:08x}"));
        }
        list.is_waited_at = 1;
        list.poller = observe::thread::tid();
        lists.wait_for(INTERVAL);
    }
}

fn release(set_up: SetUp, segment: &Segment) {
    let digest = crc32(identity().as_bytes());
    let mut lists = segment.lock();
    let Some(list) = place(&lists, digest).and_then(|at| lists.get_mut(at)) else {
        return say(format_args!("finds no list {digest:08x} to release"));
    };
    list.users -= 1;
    if list.users > 0 {
        return say(format_args!("releases list {digest:08x}, which others use"));
    }
    let is_pulse = set_up == SetUp::StartUpRace;
    list.is_to_end = u32::from(!is_pulse || list.is_waited_at != 0);
    segment.notify();
    say(format_args!("waits for the signal of the poller of list {digest:08x}"));
    while place(&lists, digest).and_then(|at| lists.get(at)).is_some_and(|it| it.has_ended == 0) {
        lists.wait();
    }
    say(format_args!("goes on, list {digest:08x} is released"));
    if let Some(list) = place(&lists, digest).and_then(|at| lists.get_mut(at)) {
        list.is_used = 0;
    }
}
