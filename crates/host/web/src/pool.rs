//! The workers and their seats: who polls, who is busy, who is parked.
//!
//! "As soon as one comes in, IIS assigns a worker thread (usually the same
//! that's the shortest one finished) to the request." The thread that takes an
//! event parses the request and runs the extension itself; nothing is handed
//! over while all is quick.
//!
//! # Protocol
//! There are as many *seats* as processors (at least two). A worker with a seat
//! polls; the others are parked. Each worker is in one of four states:
//!
//! | state | owns | leaves by |
//! |---|---|---|
//! | polling | a seat and its queue | [`Pool::enter`] → busy seated |
//! | busy seated | a seat, marked with the time | [`Pool::leave`] → polling; [`Pool::relieve`] → busy standing |
//! | busy standing | nothing but its request | [`Pool::leave`] says so; [`Pool::wait_for_seat`] → parked |
//! | parked | nothing | [`Pool::relieve`] → polling; [`Pool::stop`] → ended |
//!
//! A seat is one word: its owner and, while the owner is busy, since when. Only
//! the owner writes an unmarked word, and anybody may change a marked one, by
//! compare-exchange: so either the owner leaves and keeps the seat, or the
//! watcher gives it away and the owner finds out when it leaves, never both.
//! The queue of a seat holds connections already claimed from epoll. It passes
//! with the seat, and a worker about to poll first takes what waits behind a
//! busy one ([`Pool::steal`]); whoever takes a connection out has it alone, for
//! it is claimed. So a connection behind a slow request waits for
//! [`TAKE_OVER_US`], not for the request.
//!
//! Waking a thread for each request would cost more than most requests do, so a
//! busy worker is not relieved at once but after that bound, by the watcher
//! ([`crate::watcher`]): the most recently parked worker gets the seat, and when
//! none is parked the pool grows, up to its maximum. A worker that goes busy
//! wakes the watcher only when it sleeps and the step matters: nobody else
//! polls, or connections wait in the queue. Whoever is busy for whatever reason
//! counts: an extension, a slow reader, a password being checked.
//!
//! When the maximum is reached, nobody relieves a busy worker; the watcher then
//! wakes a polling one to steal what waits behind it. When all are busy, nobody
//! polls until one leaves: it parks and the watcher seats it.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::Clock;
use crate::table::Token;
use crate::worker_state::Worker;

/// How long a worker may be busy before its seat is given away, in µs. Long
/// beside a quick request, short beside what a seat could do meanwhile.
pub const TAKE_OVER_US: u32 = 200;

/// A place to poll from, on a cache line of its own.
#[derive(Default)]
#[repr(align(128))]
pub struct Seat {
    /// Owner's number in the upper half; in the lower 0, or since when it is
    /// busy.
    word: AtomicU64,
    queue: Mutex<VecDeque<Token>>,
}

impl Seat {
    fn queue(&self) -> MutexGuard<'_, VecDeque<Token>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next claimed connection and how many wait behind it.
    pub fn pop(&self) -> Option<(Token, usize)> {
        let mut queue = self.queue();
        let token = queue.pop_front()?;
        Some((token, queue.len()))
    }

    /// Adds a claimed connection.
    pub fn push(&self, token: Token) {
        self.queue().push_back(token);
    }
}

/// A mark on a seat; given back by [`Pool::leave`].
#[derive(Clone, Copy, Debug)]
#[must_use = "a worker that does not leave loses its seat"]
pub struct Busy {
    seat: usize,
    word: u64,
}

/// What a look at the busy workers led to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Relief {
    /// A seat was given away.
    pub given: bool,
    /// Nobody was parked who could have taken one.
    pub is_short: bool,
}

const fn word(owner: u32, since: u32) -> u64 {
    (owner as u64) << 32 | since as u64
}

/// The workers of a host.
pub struct Pool {
    clock: Clock,
    seats: Vec<Seat>,
    /// Marked seats.
    busy: AtomicUsize,
    parked: Mutex<Vec<Arc<Worker>>>,
    workers: Mutex<Vec<Arc<Worker>>>,
    stopping: AtomicBool,
    watcher_sleeps: AtomicBool,
    watcher: Mutex<()>,
    wake_watcher: Condvar,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pool {
    /// A pool without workers.
    pub fn new(seats: usize, clock: Clock) -> Self {
        Self {
            clock,
            seats: (0..seats.max(1)).map(|_| Seat::default()).collect(),
            busy: AtomicUsize::new(0),
            parked: Mutex::default(),
            workers: Mutex::default(),
            stopping: AtomicBool::new(false),
            watcher_sleeps: AtomicBool::new(false),
            watcher: Mutex::default(),
            wake_watcher: Condvar::new(),
        }
    }

    /// The seats.
    pub fn seats(&self) -> &[Seat] {
        &self.seats
    }

    /// All workers that were started.
    pub fn workers(&self) -> Vec<Arc<Worker>> {
        lock(&self.workers).clone()
    }

    /// A record for a worker about to be started, seated if a seat is given.
    pub fn add_worker(&self, seat: Option<usize>) -> Arc<Worker> {
        let mut workers = lock(&self.workers);
        let number = u32::try_from(workers.len()).unwrap_or(u32::MAX).saturating_add(1);
        let worker = Arc::new(Worker::new(number));
        if let Some(seat) = seat
            && let Some(place) = self.seats.get(seat)
        {
            place.word.store(word(number, 0), Ordering::Release);
            worker.order_seat(seat);
        }
        workers.push(Arc::clone(&worker));
        worker
    }

    /// Whether a worker was started that did not come so far as to be parked.
    pub fn is_starting(&self) -> bool {
        lock(&self.workers).iter().any(|worker| worker.tid() == 0)
    }

    /// Forgets a worker whose thread could not be started.
    pub fn forget_worker(&self, worker: &Arc<Worker>) {
        lock(&self.workers).retain(|other| !Arc::ptr_eq(other, worker));
    }

    /// Whether the workers are to end.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }

    /// Parks the worker until it gets a seat; `None` when it is to end.
    pub fn wait_for_seat(&self, me: &Arc<Worker>) -> Option<usize> {
        if let Some(seat) = me.ordered_seat() {
            return Some(seat);
        }
        if self.is_stopping() {
            return None;
        }
        lock(&self.parked).push(Arc::clone(me));
        me.wait_for_order()
    }

    /// Polling → busy. `behind` connections wait in the seat's queue.
    pub fn enter(&self, me: &Worker, seat: usize, behind: usize) -> Busy {
        let busy = Busy { seat, word: word(me.number(), self.mark()) };
        if let Some(place) = self.seats.get(seat) {
            place.word.store(busy.word, Ordering::SeqCst);
        }
        let count = self.busy.fetch_add(1, Ordering::SeqCst) + 1;
        // Ordered against `watcher_rests`: one of the two sees the other.
        if (behind > 0 || count >= self.seats.len()) && self.watcher_sleeps.load(Ordering::SeqCst) {
            self.wake_watcher();
        }
        busy
    }

    /// The time as a mark; never 0.
    fn mark(&self) -> u32 {
        self.clock.micros().max(1)
    }

    /// Busy → polling, or `false`: the seat was given away.
    pub fn leave(&self, busy: Busy) -> bool {
        let Some(place) = self.seats.get(busy.seat) else { return false };
        let unmarked = busy.word & !0xFFFF_FFFF;
        let kept =
            place.word.compare_exchange(busy.word, unmarked, Ordering::AcqRel, Ordering::Acquire);
        if kept.is_ok() {
            self.busy.fetch_sub(1, Ordering::SeqCst);
        }
        kept.is_ok()
    }

    /// Gives seats whose owners are busy beyond the bound to parked workers.
    pub fn relieve(&self) -> Relief {
        let now = self.mark();
        let mut relief = Relief::default();
        for (seat, place) in self.seats.iter().enumerate() {
            let seen = place.word.load(Ordering::SeqCst);
            let since = seen as u32;
            if since == 0 || now.wrapping_sub(since) < TAKE_OVER_US {
                continue;
            }
            let Some(next) = lock(&self.parked).pop() else {
                relief.is_short = true;
                return relief;
            };
            let passed = place.word.compare_exchange(
                seen,
                word(next.number(), 0),
                Ordering::SeqCst,
                Ordering::SeqCst,
            );
            if passed.is_ok() {
                self.busy.fetch_sub(1, Ordering::SeqCst);
                next.order_seat(seat);
                relief.given = true;
            } else {
                lock(&self.parked).push(next);
            }
        }
        relief
    }

    /// A connection that waits behind a busy worker, for one with nothing to do
    /// in `seat`; how many wait behind it is not told.
    pub fn steal(&self, seat: usize) -> Option<(Token, usize)> {
        self.seats.iter().enumerate().filter(|(other, _)| *other != seat).find_map(|(_, place)| {
            let is_busy = place.word.load(Ordering::SeqCst) as u32 != 0;
            if is_busy { place.queue().pop_front().map(|token| (token, 0)) } else { None }
        })
    }

    /// Whether connections wait behind a worker that is busy beyond the bound.
    pub fn has_stuck_queue(&self) -> bool {
        let now = self.mark();
        self.seats.iter().any(|place| {
            let since = place.word.load(Ordering::SeqCst) as u32;
            since != 0 && now.wrapping_sub(since) >= TAKE_OVER_US && !place.queue().is_empty()
        })
    }

    /// Whether some worker may soon have to be relieved: nobody polls, or
    /// connections wait behind a busy worker.
    pub fn needs_watching(&self) -> bool {
        let busy = self.busy.load(Ordering::SeqCst);
        let waits =
            |seat: &Seat| seat.word.load(Ordering::SeqCst) as u32 != 0 && !seat.queue().is_empty();
        busy >= self.seats.len() || (busy > 0 && self.seats.iter().any(waits))
    }

    /// The watcher rests until it is woken or `limit` is over.
    pub fn watcher_rests(&self, limit: Duration) {
        let guard = lock(&self.watcher);
        self.watcher_sleeps.store(true, Ordering::SeqCst);
        if !self.needs_watching() && !self.is_stopping() {
            // Woken or over makes no difference: the watcher looks again.
            drop(self.wake_watcher.wait_timeout(guard, limit));
        }
        self.watcher_sleeps.store(false, Ordering::SeqCst);
    }

    /// Ends the watcher's rest.
    pub fn wake_watcher(&self) {
        let _guard = lock(&self.watcher);
        self.wake_watcher.notify_one();
    }

    /// Tells all workers and the watcher to end; those that poll are woken by
    /// the host's own event.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        for worker in self.workers() {
            worker.order_end();
        }
        self.wake_watcher();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beyond_the_bound() {
        std::thread::sleep(Duration::from_micros(u64::from(TAKE_OVER_US) + 2_000));
    }

    #[test]
    fn a_quick_worker_keeps_its_seat_and_a_slow_one_loses_it_to_the_last_parked() {
        let pool = Pool::new(1, Clock::new());
        let first = pool.add_worker(Some(0));
        assert_eq!(pool.wait_for_seat(&first), Some(0));
        let busy = pool.enter(&first, 0, 0);
        assert!(pool.leave(busy), "kept");

        let (second, third) = (pool.add_worker(None), pool.add_worker(None));
        lock(&pool.parked).extend([Arc::clone(&second), Arc::clone(&third)]);
        let busy = pool.enter(&first, 0, 0);
        beyond_the_bound();
        assert_eq!(pool.relieve(), Relief { given: true, is_short: false });
        assert!(!pool.leave(busy), "given away");
        assert_eq!(third.ordered_seat(), Some(0), "last in, first out");
        assert_eq!(second.ordered_seat(), None);
    }

    #[test]
    fn a_busy_seat_without_a_parked_worker_asks_for_another() {
        let pool = Pool::new(2, Clock::new());
        let (first, second) = (pool.add_worker(Some(0)), pool.add_worker(Some(1)));
        let one = pool.enter(&first, 0, 0);
        assert!(!pool.needs_watching(), "the other polls");
        let other = pool.enter(&second, 1, 0);
        assert!(pool.needs_watching());
        beyond_the_bound();
        assert_eq!(pool.relieve(), Relief { given: false, is_short: true });
        assert!(pool.leave(one) && pool.leave(other));
        assert!(!pool.needs_watching());
    }

    #[test]
    fn a_connection_behind_a_busy_worker_needs_watching() {
        let pool = Pool::new(2, Clock::new());
        let first = pool.add_worker(Some(0));
        pool.seats()[0].push(Token::from_number(1));
        let busy = pool.enter(&first, 0, 1);
        assert!(pool.needs_watching());
        beyond_the_bound();
        assert!(pool.has_stuck_queue());
        assert_eq!(pool.steal(0), None, "from others only");
        assert_eq!(pool.steal(1), Some((Token::from_number(1), 0)));
        assert!(!pool.has_stuck_queue());
        assert!(pool.leave(busy));
    }
}
