//! Time and pauses.

use std::time::Duration;

/// Ticks of the performance counter in a second: 100 ns each, as on today's
/// systems, since programs multiply the counter before they divide.
pub const TICKS_PER_SECOND: i64 = 10_000_000;
const NANOSECONDS_PER_TICK: i64 = 100;
/// `INFINITE`: no time limit.
pub const INFINITE: u32 = u32::MAX;

fn read(clock: libc::clockid_t) -> libc::timespec {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: a clock that Linux has, and a writable place.
    unsafe { libc::clock_gettime(clock, &raw mut time) };
    time
}

/// Milliseconds since the system was started, sleep included.
pub fn tick_count() -> u64 {
    let time = read(libc::CLOCK_BOOTTIME);
    time.tv_sec as u64 * 1000 + time.tv_nsec as u64 / 1_000_000
}

/// The performance counter; never goes back.
pub fn performance_counter() -> i64 {
    let time = read(libc::CLOCK_MONOTONIC);
    time.tv_sec * TICKS_PER_SECOND + time.tv_nsec / NANOSECONDS_PER_TICK
}

/// A time limit of a call; `None` for `INFINITE`.
pub fn limit(milliseconds: u32) -> Option<Duration> {
    (milliseconds != INFINITE).then(|| Duration::from_millis(u64::from(milliseconds)))
}

/// Sleeps; 0 gives the rest of the time slice away.
pub fn sleep(milliseconds: u32) {
    match limit(milliseconds) {
        Some(Duration::ZERO) => std::thread::yield_now(),
        Some(time) => {
            let _wait = observe::wait::begin("time to pass", None);
            std::thread::sleep(time);
        }
        None => {
            let _wait = observe::wait::begin("nothing, for ever", None);
            loop {
                std::thread::sleep(Duration::from_secs(u64::from(u32::MAX)));
            }
        }
    }
}
