//! One sink and its queue.
//!
//! # Protocol
//! A queue is *idle*, *scheduled* (a thread will call the sink) or *running* (one
//! does), and it may be *closed*. Only one thread at a time is between scheduled
//! and idle, so a sink's calls never overlap. Closing empties the queue; a thread
//! that comes later finds it closed and calls nothing; a call that runs is waited
//! for with a bound, unless the one who closes is inside it. When too much waits
//! it becomes one word: everything may have changed.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use mapi_abi::codes::{Code, Failure};

use super::{Interest, Notification, Sink, dispatch, event};

/// Most notifications that wait for one sink.
pub const MAX_WAITING: usize = 1024;

/// See the module.
pub struct SinkQueue {
    sink: Arc<dyn Sink>,
    interest: Interest,
    state: Mutex<State>,
    returned: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Notification>,
    is_scheduled: bool,
    /// The thread inside the sink; 0 is none.
    running: i32,
    is_closed: bool,
}

impl SinkQueue {
    /// An idle queue.
    pub fn new(sink: Arc<dyn Sink>, interest: Interest) -> Arc<Self> {
        let (state, returned) = (Mutex::default(), Condvar::new());
        Arc::new(Self { sink, interest, state, returned })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a notification that the sink wants into the queue.
    pub fn push(self: &Arc<Self>, notification: Notification) {
        if !self.interest.wants(&notification) {
            return;
        }
        {
            let mut state = self.lock();
            if state.is_closed {
                return;
            }
            if state.waiting.len() >= MAX_WAITING {
                collapse(&mut state.waiting, &self.interest);
            }
            state.waiting.push_back(notification);
            if std::mem::replace(&mut state.is_scheduled, true) {
                return;
            }
        }
        dispatch::schedule(Arc::clone(self));
    }

    /// Calls the sink until nothing waits.
    pub(super) fn run(&self) {
        loop {
            let batch: Vec<Notification> = {
                let mut state = self.lock();
                if state.is_closed || state.waiting.is_empty() {
                    state.is_scheduled = false;
                    return;
                }
                state.running = observe::thread::tid();
                state.waiting.drain(..).collect()
            };
            if catch_unwind(AssertUnwindSafe(|| self.sink.notify(&batch))).is_err() {
                observe::error!("mapi", "a sink panicked; it goes on with what comes next");
            }
            self.lock().running = 0;
            self.returned.notify_all();
        }
    }

    /// Ends the queue. After this no call of the sink begins.
    ///
    /// # Errors
    /// `TIMEOUT` a call of another thread does not end within `bound`.
    pub fn close(&self, bound: Duration) -> Result<(), Failure> {
        let end = Instant::now() + bound;
        let mut state = self.lock();
        state.is_closed = true;
        state.waiting.clear();
        let is_other = |running: i32| running != 0 && running != observe::thread::tid();
        if !is_other(state.running) {
            return Ok(());
        }
        let _wait = observe::wait::begin("a sink to return", Some(state.running));
        while is_other(state.running) {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let says = format!("the sink has been called by thread {}", state.running);
                return Err(Failure::new(Code::TIMEOUT, format!("{says} and does not return")));
            }
            let waited = self.returned.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        Ok(())
    }
}

/// Makes one word of too many; errors are kept.
fn collapse(waiting: &mut VecDeque<Notification>, interest: &Interest) {
    let is_table = interest.mask & event::TABLE_MODIFIED != 0;
    let last = waiting.iter().rev().find_map(|notification| match notification {
        Notification::Object(change) => Some(Notification::Object(change.clone())),
        _ => None,
    });
    waiting.retain(|notification| matches!(notification, Notification::Critical(_)));
    if is_table {
        waiting.push_back(Notification::TableChanged);
    } else {
        waiting.extend(last);
    }
}
