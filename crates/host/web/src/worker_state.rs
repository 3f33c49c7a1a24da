//! One worker as others see it: what it does, and what it is told to do.

use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU8, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// What a worker does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkerState {
    /// In an extension.
    Extension,
    /// Waits to be used.
    Parked,
    /// Waits for requests.
    Polling,
    /// Reads or answers a request itself.
    Serving,
}

impl WorkerState {
    const ALL: [Self; 4] = [Self::Extension, Self::Parked, Self::Polling, Self::Serving];

    const fn has_request(self) -> bool {
        matches!(self, Self::Extension | Self::Serving)
    }
}

#[derive(Debug)]
struct Last {
    url: String,
    since: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    End,
    None,
    Seat(usize),
}

/// The record of one worker.
#[derive(Debug)]
pub struct Worker {
    number: u32,
    tid: AtomicI32,
    requests: AtomicU64,
    ended: AtomicBool,
    /// A [`WorkerState`] as its place in `ALL`.
    state: AtomicU8,
    last: Mutex<Last>,
    order: Mutex<Order>,
    ordered: Condvar,
}

impl Worker {
    /// A worker whose thread is not started yet.
    pub fn new(number: u32) -> Self {
        Self {
            number,
            tid: AtomicI32::new(0),
            requests: AtomicU64::new(0),
            ended: AtomicBool::new(false),
            state: AtomicU8::new(WorkerState::Parked as u8),
            last: Mutex::new(Last { url: String::new(), since: Instant::now() }),
            order: Mutex::new(Order::None),
            ordered: Condvar::new(),
        }
    }

    /// Its number in its pool, from 1.
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// Its thread in the kernel's numbering; 0 before it runs.
    pub fn tid(&self) -> i32 {
        self.tid.load(Ordering::Relaxed)
    }

    /// The calling thread is this worker.
    pub fn is_this_thread(&self) {
        self.tid.store(observe::thread::tid(), Ordering::Relaxed);
    }

    /// Its thread is about to end.
    pub fn has_ended(&self) {
        self.ended.store(true, Ordering::SeqCst);
    }

    /// Whether its thread has ended.
    pub fn is_ended(&self) -> bool {
        self.ended.load(Ordering::SeqCst)
    }

    /// Requests it has taken.
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    fn last(&self) -> MutexGuard<'_, Last> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It works on a request from now on.
    pub fn begins(&self, url: &str) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let mut last = self.last();
        last.url.clear();
        last.url.push_str(url);
        last.since = Instant::now();
        self.does(WorkerState::Serving);
    }

    /// It does something else from now on.
    pub fn does(&self, state: WorkerState) {
        self.state.store(state as u8, Ordering::Relaxed);
    }

    /// What it does, for which URL, since when it took its last request.
    pub fn what(&self) -> (WorkerState, String, Instant) {
        let last = self.last();
        let state = usize::from(self.state.load(Ordering::Relaxed));
        let state = WorkerState::ALL.get(state).copied().unwrap_or(WorkerState::Parked);
        let url = if state.has_request() { last.url.clone() } else { String::new() };
        (state, url, last.since)
    }

    fn order(&self) -> MutexGuard<'_, Order> {
        self.order.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It is to poll from this seat.
    pub fn order_seat(&self, seat: usize) {
        let mut order = self.order();
        // The end is not taken back.
        if *order != Order::End {
            *order = Order::Seat(seat);
        }
        self.ordered.notify_one();
    }

    /// It is to end.
    pub fn order_end(&self) {
        *self.order() = Order::End;
        self.ordered.notify_one();
    }

    /// The seat it was told to take, if it was; told once.
    pub fn ordered_seat(&self) -> Option<usize> {
        let mut order = self.order();
        match *order {
            Order::Seat(seat) => {
                *order = Order::None;
                Some(seat)
            }
            Order::None | Order::End => None,
        }
    }

    /// Waits for a seat; `None` when it is to end.
    pub fn wait_for_order(&self) -> Option<usize> {
        self.does(WorkerState::Parked);
        let _wait = observe::wait::begin("a seat among the polling workers", None);
        let mut order = self.order();
        loop {
            match *order {
                Order::Seat(seat) => {
                    *order = Order::None;
                    return Some(seat);
                }
                Order::End => return None,
                Order::None => {
                    order = self.ordered.wait(order).unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }
}
