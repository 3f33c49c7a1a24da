//! The hops of one request: which thread, in which apartment and process, for
//! which user, for how long.
//!
//! A trace is a value that travels: the web host begins it, a proxy carries it
//! into the object's apartment, and every part adds its hop. The thread only
//! remembers which trace it is working for, through a guard.

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::thread::{self, ApartmentLabel};

/// Most hops that one trace keeps; further ones are counted only.
pub const MAX_HOPS: usize = 256;

/// One hop.
#[derive(Clone, Debug)]
pub struct Hop {
    /// What it was: `worker`, `extension`, `proxy call`, `component`, `session`, or a
    /// context's name.
    pub name: Cow<'static, str>,
    /// Thread in the kernel's numbering.
    pub tid: i32,
    /// Where the thread was.
    pub apartment: ApartmentLabel,
    /// Process.
    pub pid: u32,
    /// Account, or empty before anyone was authenticated.
    pub user: Arc<str>,
    /// When it began.
    began: Instant,
    /// How long it took in microseconds; `None` while it goes on.
    took_us: Option<u64>,
}

impl Hop {
    /// Microseconds that it took, or has taken so far.
    pub fn us(&self) -> u64 {
        self.took_us.unwrap_or_else(|| elapsed_us(self.began))
    }

    /// Whether it goes on.
    pub fn is_open(&self) -> bool {
        self.took_us.is_none()
    }
}

#[derive(Debug, Default)]
struct Hops {
    list: Vec<Hop>,
    dropped: u64,
}

/// The trace of one request.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    hops: Arc<Mutex<Hops>>,
}

impl Trace {
    /// A trace without hops.
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, Hops> {
        self.hops.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a hop on this thread; it ends when the guard is dropped.
    pub fn hop(&self, name: impl Into<Cow<'static, str>>, user: &Arc<str>) -> HopGuard {
        let mut hops = self.lock();
        let index = hops.list.len();
        if index >= MAX_HOPS {
            hops.dropped += 1;
            return HopGuard { trace: None, index };
        }
        hops.list.push(Hop {
            name: name.into(),
            tid: thread::tid(),
            apartment: thread::apartment(),
            pid: thread::pid(),
            user: Arc::clone(user),
            began: Instant::now(),
            took_us: None,
        });
        drop(hops);
        HopGuard { trace: Some(self.clone()), index }
    }

    /// The hops so far, in the order in which they began.
    pub fn hops(&self) -> Vec<Hop> {
        self.lock().list.clone()
    }

    /// Names the user of a hop that began before anyone was authenticated.
    pub fn name_user(&self, hop: &HopGuard, user: &Arc<str>) {
        if let Some(entry) = self.lock().list.get_mut(hop.index) {
            entry.user = Arc::clone(user);
        }
    }

    /// The contract's JSON: a list of
    /// `{"hop","tid","apartment","pid","user","us"}`.
    pub fn json(&self) -> String {
        let mut text = String::from("[");
        for (index, hop) in self.lock().list.iter().enumerate() {
            if index > 0 {
                text.push(',');
            }
            text.push_str(&format!(
                "{{\"hop\":{},\"tid\":{},\"apartment\":\"{}\",\"pid\":{},\"user\":{},\"us\":{}}}",
                json_string(&hop.name),
                hop.tid,
                hop.apartment,
                hop.pid,
                json_string(&hop.user),
                hop.us()
            ));
        }
        text.push(']');
        text
    }
}

fn json_string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn elapsed_us(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX)
}

/// A hop that goes on; dropping it ends it.
#[derive(Debug)]
#[must_use = "the hop ends when this is dropped"]
pub struct HopGuard {
    trace: Option<Trace>,
    index: usize,
}

impl Drop for HopGuard {
    fn drop(&mut self) {
        if let Some(trace) = &self.trace
            && let Some(hop) = trace.lock().list.get_mut(self.index)
        {
            hop.took_us = Some(elapsed_us(hop.began));
        }
    }
}

thread_local! {
    static CURRENT: RefCell<Option<Trace>> = const { RefCell::new(None) };
}

/// The trace that this thread is working for.
pub fn current() -> Option<Trace> {
    CURRENT.try_with(|cell| cell.borrow().clone()).ok().flatten()
}

/// Works for `trace` until the guard is dropped, then for whatever it was
/// before.
pub fn enter(trace: Option<Trace>) -> TraceGuard {
    TraceGuard { before: CURRENT.with(|cell| cell.replace(trace)) }
}

/// See [`enter`].
#[derive(Debug)]
#[must_use = "the thread leaves the trace when this is dropped"]
pub struct TraceGuard {
    before: Option<Trace>,
}

impl Drop for TraceGuard {
    fn drop(&mut self) {
        let before = self.before.take();
        let _ = CURRENT.try_with(|cell| cell.replace(before));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hop_ends_with_its_guard_and_keeps_its_place() {
        let trace = Trace::new();
        let user: Arc<str> = "al\"ice\n".into();
        let outer = trace.hop("worker", &user);
        drop(trace.hop("extension", &user));
        let hops = trace.hops();
        assert_eq!(hops.iter().map(|hop| &*hop.name).collect::<Vec<_>>(), ["worker", "extension"]);
        assert!(hops[0].is_open() && !hops[1].is_open());
        drop(outer);
        assert!(!trace.hops()[0].is_open());
        assert!(trace.json().contains("\"user\":\"al\\\"ice\\u000a\""), "{}", trace.json());
    }

    #[test]
    fn hops_beyond_the_limit_are_dropped() {
        let trace = Trace::new();
        let user: Arc<str> = "".into();
        for _ in 0..=MAX_HOPS {
            drop(trace.hop("worker", &user));
        }
        assert_eq!(trace.hops().len(), MAX_HOPS);
    }

    #[test]
    fn a_thread_returns_to_the_trace_it_worked_for_before() {
        assert!(current().is_none());
        let outer = enter(Some(Trace::new()));
        drop(enter(None));
        assert!(current().is_some());
        drop(outer);
        assert!(current().is_none());
    }
}
