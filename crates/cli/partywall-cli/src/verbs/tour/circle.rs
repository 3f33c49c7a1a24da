//! Two apartments and a lock that wait for one another, and how they are named.

use std::process::Command;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use partywall::Parcel;
use partywall::com::Apartment;
use serde_json::Value;

use super::callee::{BOUND, Callee, STACK_BYTES, failed};
use super::ffi::{ITeller, Lock, asked, teller, teller_with_lock};
use super::house::House;
use super::station::Station;

/// The circle.
pub const CIRCLE: Station = Station {
    id: "deadlock-named",
    title: "Two apartments and a lock wait for one another, and are named",
    document: "com",
    quote: "An object that several threads may access needs a synchronisation mechanism: Event, \
            Semaphore, CriticalSection, Mutex.",
    command: "partywall why",
    visit: circle,
};

/// The caller's thread: takes the lock and calls, which is the mistake.
fn call(lock: &Lock, parcel: Parcel<ITeller>, began: &Sender<i32>) -> Result<i32, String> {
    let _apartment = Apartment::single_threaded().map_err(failed)?;
    // An object of this apartment, so that it is one in earnest.
    let _own = teller().map_err(failed)?;
    let there = parcel.open().map_err(failed)?;
    lock.take(BOUND)?;
    let _ = began.send(observe::thread::tid());
    asked(&there).map_err(failed)
}

/// What `partywall why` says of this process, once it says something.
fn why(data: &std::path::Path) -> Result<Vec<Value>, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let end = Instant::now() + BOUND / 2;
    loop {
        let mut command = Command::new(&program);
        command.args(["why", "--json", "--data"]).arg(data);
        let output = command.output().map_err(|error| error.to_string())?;
        let circles: Vec<Value> =
            serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
        if !circles.is_empty() || Instant::now() >= end {
            return Ok(circles);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn circle(_: &mut House) -> Result<String, String> {
    let data = tempfile::tempdir().map_err(|error| error.to_string())?;
    glass::open(data.path()).map_err(|error| error.to_string())?;
    let lock = Arc::new(Lock::new()?);
    // Its object takes the lock before it answers.
    let held = Arc::clone(&lock);
    let (callee, parcel) = Callee::begin(move || teller_with_lock(held))?;
    let callee_tid = callee.home.tid();
    let (began, begun): (_, Receiver<i32>) = channel();
    let taken = Arc::clone(&lock);
    let caller = move || call(&taken, parcel, &began);
    let caller = security::spawner::spawn("caller", STACK_BYTES, caller)
        .map_err(|error| error.to_string())?;
    let caller_tid =
        begun.recv_timeout(BOUND).map_err(|_| "the caller did not begin".to_owned())?;
    let circles = why(data.path());
    // The way out: whoever waits for the lock gives up.
    lock.open();
    let answer = caller.join().map_err(|_| "the caller panicked".to_owned())?;
    callee.end()?;
    let circles = circles?;
    let [circle] = &circles[..] else {
        return Err(format!("one circle should be named, {} were", circles.len()));
    };
    answer?;
    let text = |link: &Value, key: &str| {
        link.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let links = circle.as_array().map(Vec::as_slice).unwrap_or_default();
    let says = |thread: i32, what: &str| {
        let thread = format!("thread {thread} ");
        links.iter().any(|link| {
            text(link, "who").contains(&thread) && text(link, "waits_for").contains(what)
        })
    };
    if links.len() != 2
        || !says(caller_tid, "a call into another apartment")
        || !says(callee_tid, "a mutex")
    {
        return Err(format!("the circle is not the one that was made: {circle}"));
    }
    let lines: Vec<_> = links
        .iter()
        .map(|link| format!("{} waits for {}", text(link, "who"), text(link, "waits_for")))
        .collect();
    Ok(format!(
        "`partywall why` named the circle while it lasted:\n{}\nthen the callee was told to give \
         the lock up, and the call ended",
        lines.join("\n")
    ))
}
