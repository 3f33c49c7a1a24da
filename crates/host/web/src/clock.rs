//! The host's clocks: milliseconds since its start, and the date of answers.

use std::cell::RefCell;
use std::time::{Duration, Instant, UNIX_EPOCH};

use crate::ffi;

/// Milliseconds since the host began.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    start: Instant,
}

impl Clock {
    /// Begins now.
    pub fn new() -> Self {
        Self { start: Instant::now() }
    }

    /// Milliseconds since the beginning.
    pub fn now(self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Microseconds since the beginning, in 32 bits: only differences of less
    /// than an hour mean something.
    pub fn micros(self) -> u32 {
        self.start.elapsed().as_micros() as u32
    }

    /// The time `after` from now.
    pub fn after(self, after: Duration) -> u64 {
        self.now().saturating_add(u64::try_from(after.as_millis()).unwrap_or(u64::MAX))
    }
}

thread_local! {
    static DATE: RefCell<(u64, String)> = const { RefCell::new((0, String::new())) };
}

/// Calls `use_date` with the present value of the Date field, which each thread
/// formats once a second.
pub fn with_date<T>(use_date: impl FnOnce(&str) -> T) -> T {
    let second = ffi::coarse_seconds();
    DATE.with_borrow_mut(|(at, text)| {
        if *at != second || text.is_empty() {
            *at = second;
            *text = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(second));
        }
        use_date(text)
    })
}
