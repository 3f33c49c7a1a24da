//! One counted request.

use std::thread::sleep;
use std::time::Duration;

use serde::Serialize;

use crate::census::Census;
use crate::ffi;

#[derive(Serialize)]
struct Report<'c> {
    tid: u32,
    concurrent: u32,
    max: u32,
    calls_on_this_thread: u64,
    total: u64,
    user: String,
    euid: u32,
    version_calls: u32,
    stack_limit: u64,
    pid: u32,
    loaded_at: &'c str,
    instance: &'c str,
    worked_ms: u64,
}

/// Works for a while on this thread and reports as JSON.
pub fn run(census: &Census, ms: u64, user: String) -> String {
    let tid = ffi::thread_id();
    let running = census.enter(tid);
    sleep(Duration::from_millis(ms));
    let visit = running.visit;
    let report = Report {
        tid,
        concurrent: visit.concurrent,
        max: visit.max,
        calls_on_this_thread: visit.calls_on_this_thread,
        total: visit.total,
        user,
        euid: ffi::effective_user(),
        version_calls: visit.version_calls,
        stack_limit: ffi::stack_limit(),
        pid: std::process::id(),
        loaded_at: &census.loaded_at,
        instance: &census.instance,
        worked_ms: ms,
    };
    serde_json::to_string(&report).unwrap_or_default()
}
