//! The threads that call sinks.
//!
//! # Protocol
//! A queue that is scheduled goes to a thread that has nothing to do, or to a new
//! one, started by the spawner: a sink that blocks keeps its thread, and the next
//! queue finds another. So there are at most as many threads as queues. A thread
//! that has nothing to do for a second ends; [`drain`] ends all that have nothing
//! to do at once.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use mapi_abi::codes::{Code, Failure};

use super::queue::SinkQueue;

/// How long a thread without work stays.
const IDLE: Duration = Duration::from_secs(1);
/// Stack of a thread, in bytes; sinks are other people's code.
const STACK: usize = 1 << 20;

#[derive(Default)]
struct State {
    scheduled: VecDeque<Arc<SinkQueue>>,
    /// Threads that wait for work, less those that work waits for.
    idle: usize,
    /// Threads in all.
    threads: usize,
    is_draining: bool,
}

static STATE: Mutex<State> =
    Mutex::new(State { scheduled: VecDeque::new(), idle: 0, threads: 0, is_draining: false });
static WORK: Condvar = Condvar::new();
static ENDED: Condvar = Condvar::new();

fn lock() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Gives a queue to a thread.
pub fn schedule(queue: Arc<SinkQueue>) {
    let mut state = lock();
    state.scheduled.push_back(queue);
    if state.idle >= state.scheduled.len() {
        WORK.notify_one();
        return;
    }
    state.threads += 1;
    drop(state);
    if let Err(error) = security::spawner::spawn("notifications", STACK, work) {
        lock().threads -= 1;
        observe::error!("mapi", "no thread to notify: {error}; it happens when one is free");
    }
}

fn work() {
    let mut state = lock();
    loop {
        if let Some(queue) = state.scheduled.pop_front() {
            drop(state);
            queue.run();
            drop(queue);
            state = lock();
            continue;
        }
        state.idle += 1;
        let end = Instant::now() + IDLE;
        while state.scheduled.is_empty() && !state.is_draining && Instant::now() < end {
            let left = end.saturating_duration_since(Instant::now());
            state = WORK.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        state.idle -= 1;
        if state.scheduled.is_empty() {
            state.threads -= 1;
            ENDED.notify_all();
            return;
        }
    }
}

/// Ends the threads that have nothing to do.
///
/// # Errors
/// `TIMEOUT` sinks are still being called after `bound`.
pub fn drain(bound: Duration) -> Result<(), Failure> {
    let end = Instant::now() + bound;
    let mut state = lock();
    state.is_draining = true;
    WORK.notify_all();
    while state.threads > 0 && Instant::now() < end {
        let left = end.saturating_duration_since(Instant::now());
        state = ENDED.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
    }
    state.is_draining = false;
    match state.threads {
        0 => Ok(()),
        left => {
            let says = format!("{left} threads are still inside sinks");
            Err(Failure::new(Code::TIMEOUT, says))
        }
    }
}
