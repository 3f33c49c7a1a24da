//! The design that the document describes, as a model: where it hangs and where
//! it does not.
//!
//! A list is found by a digest of an identity. Its first user starts a poller,
//! which runs as the process, whoever its starter impersonated. The poller
//! searches for its list: a single one it takes without looking; of several the
//! one whose identity is its own; and when there is none, it ends without a word.
//! Whoever releases the last connection asks the poller to end and waits for its
//! signal, for ever.
//!
//! The start-up race of an earlier version is here too, as far as its notes tell:
//! the request to end is a pulse, which a poller that does not wait yet misses.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use shuttle::scheduler::RandomScheduler;
use shuttle::sync::{Condvar, Mutex};
use shuttle::{Runner, thread};

use super::{SEED, config, orders, schedules};

/// The process's identity; others are users.
const PROCESS: u32 = 0;
const THREADS: u32 = 3;
/// Orders within which a hang has to show, where one is to be expected.
const FOUND_WITHIN: usize = 100;

/// How a request to end gets to the poller.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Request {
    /// It stays until it is seen.
    Kept,
    /// Only a poller that waits sees it.
    Pulse,
}

struct List {
    digest: u32,
    owner: u32,
    users: u32,
    is_waited_at: bool,
    is_to_end: bool,
    has_ended: bool,
}

struct World {
    lists: Mutex<Vec<List>>,
    changed: Condvar,
    request: Request,
}

/// CRC-32 (IEEE) of an identity.
fn digest(identity: u32) -> u32 {
    identity.to_le_bytes().iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 0 { crc >> 1 } else { crc >> 1 ^ 0xEDB8_8320 }
        })
    }) ^ u32::MAX
}

impl World {
    fn connect(self: &Arc<Self>, identity: u32) {
        let mut lists = self.lists.lock().unwrap();
        loop {
            let at = lists.iter().position(|list| list.digest == digest(identity));
            match at.and_then(|at| lists.get_mut(at)) {
                // It is on its way out: its last user takes it away.
                Some(list) if list.users == 0 => lists = self.changed.wait(lists).unwrap(),
                Some(list) => {
                    list.users += 1;
                    return;
                }
                None => break,
            }
        }
        lists.push(List {
            digest: digest(identity),
            owner: identity,
            users: 1,
            is_waited_at: false,
            is_to_end: false,
            has_ended: false,
        });
        drop(lists);
        let world = Arc::clone(self);
        thread::spawn(move || world.poll());
    }

    /// A poller's life, as the process.
    fn poll(&self) {
        let mut lists = self.lists.lock().unwrap();
        loop {
            let at = match lists.len() {
                1 => Some(0),
                _ => lists.iter().position(|list| list.owner == PROCESS),
            };
            // Without a list there is nothing to do, and nobody to tell.
            let Some(list) = at.and_then(|at| lists.get_mut(at)) else { return };
            if list.is_to_end && (self.request == Request::Kept || list.is_waited_at) {
                list.has_ended = true;
                self.changed.notify_all();
                return;
            }
            list.is_waited_at = true;
            lists = self.changed.wait(lists).unwrap();
        }
    }

    fn release(&self, identity: u32) {
        let mut lists = self.lists.lock().unwrap();
        let place = |lists: &[List]| {
            lists.iter().position(|list| list.digest == digest(identity)).expect("connected")
        };
        let at = place(&lists);
        lists[at].users -= 1;
        if lists[at].users > 0 {
            return;
        }
        lists[at].is_to_end = self.request == Request::Kept || lists[at].is_waited_at;
        self.changed.notify_all();
        while !lists[place(&lists)].has_ended {
            lists = self.changed.wait(lists).unwrap();
        }
        let at = place(&lists);
        lists.remove(at);
        self.changed.notify_all();
    }
}

fn run(request: Request, identity: fn(u32) -> u32) {
    let (lists, changed) = (Mutex::new(Vec::new()), Condvar::new());
    let world = Arc::new(World { lists, changed, request });
    let start = |number| {
        let world = Arc::clone(&world);
        thread::spawn(move || {
            world.connect(identity(number));
            thread::yield_now();
            world.release(identity(number));
        })
    };
    let all: Vec<_> = (0..THREADS).map(start).collect();
    for thread in all {
        thread.join().unwrap();
    }
}

/// The number of the first order that hangs.
fn hangs_in(body: impl Fn() + Send + Sync + 'static) -> usize {
    let tried = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&tried);
    let random = RandomScheduler::new_from_seed(SEED, FOUND_WITHIN);
    let hang = catch_unwind(AssertUnwindSafe(|| {
        Runner::new(random, config()).run(move || {
            count.fetch_add(1, Ordering::SeqCst);
            body();
        });
    }));
    let panic = hang.expect_err("it hangs in one of these orders");
    let says = panic.downcast_ref::<String>().expect("a deadlock's text");
    assert!(says.contains("deadlock"), "{says}");
    let order = tried.load(Ordering::SeqCst);
    println!("hangs in order {order}");
    order
}

/// Set-up 1: nobody impersonates.
#[test]
fn the_historical_design_does_not_hang_without_impersonation() {
    schedules(orders(), || run(Request::Kept, |_| PROCESS));
}

/// Set-up 2: the work-around of the document.
#[test]
fn the_historical_design_does_not_hang_when_all_threads_are_one_user() {
    schedules(orders(), || run(Request::Kept, |_| 7));
}

/// Set-up 3: the document's hang.
#[test]
fn the_historical_design_hangs_when_threads_are_several_users() {
    assert!(hangs_in(|| run(Request::Kept, |thread| 7 + thread)) <= FOUND_WITHIN);
}

#[test]
fn the_start_up_race_hangs_also_without_impersonation() {
    assert!(hangs_in(|| run(Request::Pulse, |_| PROCESS)) <= FOUND_WITHIN);
}

#[test]
fn the_digest_is_the_usual_one() {
    // "1234" in ASCII.
    assert_eq!(digest(0x3433_3231), 0x9BE3_E0A3);
}
