//! `partywall why`: who waits for whom, in every process of the data folder.

use std::fmt::Write;

use control::Waiting;
use glass::Process;
use observe::graph::{self, Arrow};
use serde::Serialize;

use crate::args::Common;
use crate::output::{Failure, json, line, printable};

/// Shorter waits are everyday business and not shown.
const WORTH_A_WORD_MS: u64 = 1000;

/// One arrow of a circle, in the contract's form.
#[derive(Debug, Serialize)]
struct Link {
    who: String,
    waits_for: String,
    since_ms: u64,
    identity: String,
}

/// See the module.
pub fn run(common: &Common) -> Result<(), Failure> {
    let data = registry::data_folder();
    let processes = glass::ask(data)
        .map_err(|error| Failure::new(format!("cannot look into {}: {error}", data.display())))?;
    let silent = processes.iter().filter_map(|process| {
        let says = process.waits.as_ref().err()?;
        Some(format!("process {} does not answer: {says}", process.pid))
    });
    let silent: Vec<_> = silent.collect();
    if common.json {
        json(&processes.iter().flat_map(circles).collect::<Vec<_>>())?;
    } else {
        print(&processes)?;
    }
    if silent.is_empty() { Ok(()) } else { Err(Failure::new(silent.join("; "))) }
}

fn arrow(wait: &Waiting) -> Arrow {
    let holder = (wait.holder != 0).then_some(wait.holder);
    Arrow { tid: wait.tid, holder, has_begun: wait.has_begun, serves: wait.serves }
}

/// The process's waits, or none when it did not answer.
fn waits(process: &Process) -> &[Waiting] {
    process.waits.as_deref().unwrap_or_default()
}

fn circles(process: &Process) -> Vec<Vec<Link>> {
    let waits = waits(process);
    let arrows: Vec<_> = waits.iter().map(arrow).collect();
    let link = |at: &usize| waits.get(*at).map(|wait| link(process.pid, wait, waits));
    let circles = graph::circles(&arrows);
    circles.iter().map(|circle| circle.iter().filter_map(link).collect()).collect()
}

fn link(pid: u32, wait: &Waiting, waits: &[Waiting]) -> Link {
    let apartment = |tid: i32| {
        let known = waits.iter().find(|wait| wait.tid == tid).map(|wait| &*wait.apartment);
        known.filter(|apartment| *apartment != "none").map_or(String::new(), |a| format!("{a} "))
    };
    let mut waits_for = wait.what.clone();
    if wait.holder != 0 {
        let how = if wait.has_begun { "held by" } else { "in the queue of" };
        let _ = write!(waits_for, ", {how} {}thread {}", apartment(wait.holder), wait.holder);
    }
    let identity = if wait.identity.is_empty() { "the process" } else { &wait.identity };
    Link {
        who: format!("{}thread {} of process {pid}", apartment(wait.tid), wait.tid),
        waits_for,
        since_ms: wait.age_ms,
        identity: identity.to_owned(),
    }
}

fn sentence(link: &Link) -> String {
    let Link { who, waits_for, since_ms, identity } = link;
    let seconds = *since_ms as f64 / 1000.0;
    printable(&format!("{who}, as {identity}, waits for {waits_for} (since {seconds:.1} s)"))
}

fn print(processes: &[Process]) -> Result<(), Failure> {
    let circles: Vec<_> = processes.iter().flat_map(circles).collect();
    for circle in &circles {
        line("a circle: each waits for the next, and the last for the first")?;
        for link in circle {
            line(&format!("  {}", sentence(link)))?;
        }
    }
    let answered = processes.iter().filter(|process| process.waits.is_ok()).count();
    let asked = match answered {
        0 => "no process with apartments runs on this data folder".to_owned(),
        1 => "one process asked".to_owned(),
        more => format!("{more} processes asked"),
    };
    if circles.is_empty() {
        line(&format!("nothing waits in a circle; {asked}"))?;
    }
    let long = |wait: &&Waiting| !wait.is_running && wait.age_ms >= WORTH_A_WORD_MS;
    for process in processes {
        for wait in waits(process).iter().filter(long) {
            line(&format!("  {}", sentence(&link(process.pid, wait, waits(process)))))?;
        }
    }
    Ok(())
}
