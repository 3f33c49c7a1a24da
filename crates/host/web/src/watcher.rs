//! The watcher: one thread that relieves busy workers, makes the pool grow and
//! closes connections that rest too long.
//!
//! It looks every other millisecond while somebody may have to be relieved, and
//! sleeps otherwise: an idle host wakes it four times a second.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::worker::Floor;

/// Between two looks while somebody has to be relieved.
const SOON: Duration = Duration::from_millis(1);
/// Between two looks while somebody may have to be.
const LOOK: Duration = Duration::from_millis(2);
/// Between two sweeps of resting connections; also the longest sleep.
const SWEEP: Duration = Duration::from_millis(250);
/// Looks without anything to watch before it sleeps.
const QUIET_LOOKS: u32 = 20;
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
    let mut quiet = 0;
    let mut swept = Instant::now();
    let mut said_full = false;
    while !floor.pool.is_stopping() {
        let short = floor.pool.relieve();
        if short {
            said_full = grow(floor, said_full);
            if floor.pool.has_stuck_queue() {
                floor.nudge();
            }
        }
        if swept.elapsed() >= SWEEP {
            swept = Instant::now();
            floor.table.sweep(floor.service.clock.now());
            floor.resume_accepting();
        }
        quiet = if floor.pool.needs_watching() { 0 } else { quiet + 1 };
        if quiet < QUIET_LOOKS {
            std::thread::sleep(if short { SOON } else { LOOK });
        } else {
            floor.pool.watcher_rests(SWEEP);
        }
    }
}

/// One more worker, unless there are enough; whether the log says so.
fn grow(floor: &Arc<Floor>, said_full: bool) -> bool {
    let count = floor.pool.workers().len();
    if count >= floor.service.config.threads.max {
        if !said_full {
            observe::warn!("web", "all {count} workers are busy; requests wait");
        }
        return true;
    }
    if let Err(error) = floor.start_worker(None) {
        observe::error!("web", "cannot start another worker: {error}");
    }
    false
}
