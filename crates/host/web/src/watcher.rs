//! The watcher: one thread that relieves busy workers, makes the pool grow and
//! closes connections that rest too long.
//!
//! It looks every millisecond while somebody may have to be relieved, five
//! times as often while that happens, and sleeps otherwise: an idle host wakes
//! it four times a second.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::worker::Floor;

/// Between two looks while slow requests come.
const SOON: Duration = Duration::from_micros(200);
/// Between two looks while somebody may have to be relieved.
const LOOK: Duration = Duration::from_millis(1);
/// Looks without a slow request before it looks less often.
const SLOW_LOOKS: u32 = 50;
/// Between two sweeps of resting connections; also the longest sleep.
const SWEEP: Duration = Duration::from_millis(250);
/// Looks without anything to watch before it sleeps.
const QUIET_LOOKS: u32 = 20;
/// Between two lines of the log about a full pool.
const SAY_FULL: Duration = Duration::from_secs(10);
/// Stack of the thread, in bytes.
const STACK: usize = 128 << 10;

/// Starts the watcher's thread.
///
/// # Errors
/// The system does not give another thread.
pub fn start(floor: &Arc<Floor>) -> io::Result<()> {
    let floor = Arc::clone(floor);
    security::spawner::spawn("watcher", STACK, move || watch(&floor)).map(|_| ())
}

fn watch(floor: &Arc<Floor>) {
    let (mut quiet, mut fast) = (0, 0_u32);
    let mut swept = Instant::now();
    let mut said_full = None;
    while !floor.pool.is_stopping() {
        let relief = floor.pool.relieve();
        let mut is_full = false;
        if relief.is_short {
            is_full = !grow(floor, &mut said_full);
            if floor.pool.has_stuck_queue() {
                floor.nudge();
            }
        }
        // A full pool is not relieved by looking more often.
        let slow = relief.given || (relief.is_short && !is_full);
        fast = if slow { SLOW_LOOKS } else { fast.saturating_sub(1) };
        if swept.elapsed() >= SWEEP {
            swept = Instant::now();
            floor.table.sweep(floor.service.clock.now());
            floor.resume_accepting();
        }
        quiet = if floor.pool.needs_watching() { 0 } else { quiet + 1 };
        if quiet < QUIET_LOOKS {
            std::thread::sleep(if fast > 0 { SOON } else { LOOK });
        } else {
            floor.pool.watcher_rests(SWEEP);
        }
    }
}

/// One more worker; `false` when there are as many as there may be.
fn grow(floor: &Arc<Floor>, said_full: &mut Option<Instant>) -> bool {
    if floor.pool.is_starting() {
        return true;
    }
    let count = floor.pool.workers().len();
    if count < floor.service.config.threads.max {
        if let Err(error) = floor.start_worker(None) {
            observe::error!("web", "cannot start another worker: {error}");
        }
        return true;
    }
    if said_full.is_none_or(|at| at.elapsed() >= SAY_FULL) {
        *said_full = Some(Instant::now());
        observe::warn!("web", "all {count} workers are busy; requests wait");
    }
    false
}
