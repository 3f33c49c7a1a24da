//! The standard library's locks, the spawner's threads, real wakes and identities.

use std::any::Any;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use security::Token;
use security::impersonation::{self, Impersonation};

pub use crate::ffi::Wake;
pub use observe::thread::tid;
pub use security::spawner::spawn;
pub use std::sync::{Condvar, Mutex, MutexGuard};
pub use std::thread::JoinHandle;

/// What time it is.
pub fn now() -> Instant {
    Instant::now()
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
