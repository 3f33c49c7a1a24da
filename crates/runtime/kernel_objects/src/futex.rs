//! Sleeping on a word until somebody changes it, and the lock and atomics that
//! go with it: the kernel's futex, or the model's stand-in for it.
//!
//! Under `cfg(loom)` a sleep with a time limit returns at once: the earliest
//! moment at which it may end; the model tries every order of that moment and the
//! other threads' steps.

#[cfg(not(loom))]
pub use std::sync::atomic::{AtomicU32, Ordering};
#[cfg(not(loom))]
pub use std::sync::{Mutex, MutexGuard};

#[cfg(loom)]
pub use loom::sync::atomic::{AtomicU32, Ordering};
#[cfg(loom)]
pub use loom::sync::{Mutex, MutexGuard};

use std::time::Duration;

/// Sleeps while the word has the value `expected`. Also returns when `limit`
/// has passed, when it is woken, and for no reason.
#[cfg(not(loom))]
pub fn wait(word: &AtomicU32, expected: u32, limit: Option<Duration>) {
    let time = limit.map(|limit| libc::timespec {
        tv_sec: i64::try_from(limit.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: i64::from(limit.subsec_nanos()),
    });
    let time = time.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    // SAFETY: the word and the time outlive the call; errors are what the
    // function's description allows.
    unsafe {
        let operation = libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG;
        libc::syscall(libc::SYS_futex, word.as_ptr(), operation, expected, time);
    }
}

/// Wakes one thread that sleeps on the word. The word is a pointer: its owner may
/// have freed it already, when the value that ends the sleep was seen without
/// a sleep.
#[cfg(not(loom))]
pub fn wake_one(word: *const AtomicU32) {
    wake(word, 1);
}

/// As [`wake_one`], for every thread that sleeps on the word.
#[cfg(not(loom))]
pub fn wake_all(word: *const AtomicU32) {
    wake(word, i32::MAX);
}

#[cfg(not(loom))]
fn wake(word: *const AtomicU32, count: i32) {
    // SAFETY: the kernel only looks the address up; one that is no longer mapped
    // is an error without effect, one that is used for something else wakes
    // somebody who checks his word again.
    unsafe {
        let operation = libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG;
        libc::syscall(libc::SYS_futex, word, operation, count);
    }
}

#[cfg(loom)]
loom::lazy_static! {
    /// The words on which threads sleep, one entry for each sleeper, and who is
    /// told when one is taken out.
    static ref SLEEPERS: (Mutex<Vec<Sleeper>>, loom::sync::Condvar) =
        (Mutex::new(Vec::new()), loom::sync::Condvar::new());
}

/// A word's address and a thread.
#[cfg(loom)]
type Sleeper = (usize, loom::thread::ThreadId);

/// The model's sleep.
#[cfg(loom)]
pub fn wait(word: &AtomicU32, expected: u32, limit: Option<Duration>) {
    let mut sleepers = SLEEPERS.0.lock().unwrap();
    // The kernel's comparison is ordered by its own lock, as here by the mutex.
    if word.load(Ordering::SeqCst) != expected || limit.is_some() {
        return;
    }
    let me = (std::ptr::from_ref(word).addr(), loom::thread::current().id());
    sleepers.push(me);
    while sleepers.contains(&me) {
        sleepers = SLEEPERS.1.wait(sleepers).unwrap();
    }
}

/// The model's wake.
#[cfg(loom)]
pub fn wake_one(word: *const AtomicU32) {
    let mut sleepers = SLEEPERS.0.lock().unwrap();
    if let Some(at) = sleepers.iter().position(|(address, _)| *address == word.addr()) {
        sleepers.remove(at);
        SLEEPERS.1.notify_all();
    }
}

/// The model's wake of all.
#[cfg(loom)]
pub fn wake_all(word: *const AtomicU32) {
    let mut sleepers = SLEEPERS.0.lock().unwrap();
    sleepers.retain(|(address, _)| *address != word.addr());
    SLEEPERS.1.notify_all();
}
