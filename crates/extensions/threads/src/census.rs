//! Who ran the extension, how often, and how many at once.
//!
//! Limit: [`MAX_THREADS`]; of more threads the one that finished longest ago is
//! forgotten.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

/// Most threads that are remembered.
pub const MAX_THREADS: usize = 4096;

/// The counts since the library was loaded.
#[derive(Debug)]
pub struct Census {
    /// Random, so that two loads can be told apart.
    pub instance: String,
    /// RFC 3339.
    pub loaded_at: String,
    counts: Mutex<Counts>,
}

#[derive(Clone, Debug, Default)]
struct Counts {
    version_calls: u32,
    current: u32,
    max: u32,
    total: u64,
    /// The one that finished last is the last.
    threads: Vec<ThreadCount>,
}

/// A thread's line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ThreadCount {
    /// Thread.
    pub tid: u32,
    /// Requests that it ran.
    pub calls: u64,
}

/// What a request learns when it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visit {
    /// Requests that run now, with this one.
    pub concurrent: u32,
    /// Most that ran at once.
    pub max: u32,
    /// Requests of this thread, with this one.
    pub calls_on_this_thread: u64,
    /// Requests of all threads, with this one.
    pub total: u64,
    /// Calls of `GetExtensionVersion`.
    pub version_calls: u32,
}

#[derive(Serialize)]
struct State<'c> {
    instance: &'c str,
    loaded_at: &'c str,
    version_calls: u32,
    current: u32,
    max: u32,
    total: u64,
    threads: &'c [ThreadCount],
}

/// A request that runs; counted out when dropped, also by a panic.
#[derive(Debug)]
pub struct Running<'c> {
    census: &'c Census,
    tid: u32,
    /// What it learnt.
    pub visit: Visit,
}

impl Census {
    /// Nothing counted yet.
    pub fn new(instance: String, loaded_at: String) -> Self {
        Self { instance, loaded_at, counts: Mutex::default() }
    }

    /// `GetExtensionVersion` was called.
    pub fn count_version_call(&self) {
        self.counts().version_calls += 1;
    }

    /// A request begins on this thread.
    pub fn enter(&self, tid: u32) -> Running<'_> {
        let mut counts = self.counts();
        counts.current += 1;
        counts.max = counts.max.max(counts.current);
        counts.total += 1;
        let known = counts.threads.iter_mut().find(|thread| thread.tid == tid);
        let calls_on_this_thread = known.map_or(1, |thread| {
            thread.calls += 1;
            thread.calls
        });
        if calls_on_this_thread == 1 {
            if counts.threads.len() == MAX_THREADS {
                counts.threads.remove(0);
            }
            counts.threads.push(ThreadCount { tid, calls: 1 });
        }
        let visit = Visit {
            concurrent: counts.current,
            max: counts.max,
            calls_on_this_thread,
            total: counts.total,
            version_calls: counts.version_calls,
        };
        Running { census: self, tid, visit }
    }

    /// The counts as JSON; the thread that finished last is the last.
    pub fn state_json(&self) -> String {
        let counts = self.counts().clone();
        let state = State {
            instance: &self.instance,
            loaded_at: &self.loaded_at,
            version_calls: counts.version_calls,
            current: counts.current,
            max: counts.max,
            total: counts.total,
            threads: &counts.threads,
        };
        serde_json::to_string(&state).unwrap_or_default()
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let mut counts = self.census.counts();
        counts.current -= 1;
        if let Some(at) = counts.threads.iter().position(|thread| thread.tid == self.tid) {
            let thread = counts.threads.remove(at);
            counts.threads.push(thread);
        }
    }
}
