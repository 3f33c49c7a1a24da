//! The standard library's locks, the spawner's threads, real wakes and identities.

use std::any::Any;
use std::cell::Cell;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use security::Token;
use security::impersonation::{self, Impersonation};

pub use crate::ffi::Wake;
pub use observe::thread::tid;
pub use security::spawner::spawn;
pub use std::sync::{Condvar, Mutex, MutexGuard};
pub use std::thread::JoinHandle;

/// How long a thread goes on before it lets others. Shorter than the kernel's own
/// turns, which are some milliseconds.
const TURN: Duration = Duration::from_micros(250);

/// What time it is.
pub fn now() -> Instant {
    Instant::now()
}

/// Lets other threads go on, when this one has not done so for a [`TURN`]. To be
/// called without any lock.
///
/// Threads that connect and release without a pause are interrupted in the end, and
/// when that happens to one that has the table's lock, all wait until it has its
/// turn again: a tenth of a second for thirty threads on two cores. One that gives
/// way by itself is interrupted hardly ever.
pub fn give_way() {
    std::thread_local! {
        static LAST: Cell<Option<Instant>> = const { Cell::new(None) };
    }
    if LAST.get().is_none_or(|last| last.elapsed() > TURN) {
        std::thread::yield_now();
        LAST.set(Some(Instant::now()));
    }
}

/// Works as `owner` until what it answers is dropped.
pub fn impersonate(owner: &Token) -> io::Result<Impersonation> {
    impersonation::impersonate(owner)
}

/// Runs other people's code; `Err` is its panic.
pub fn catch<T>(body: impl FnOnce() -> T) -> Result<T, Box<dyn Any + Send>> {
    catch_unwind(AssertUnwindSafe(body))
}

/// No fault is ever planted here.
macro_rules! planted {
    ($fault:ident) => {
        false
    };
}
pub(crate) use planted;
