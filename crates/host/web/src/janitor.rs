//! The janitor: one thread that unloads extensions which nobody has entered for
//! their idle time.
//!
//! Unloading runs the extension's own code (`TerminateExtension`, `DllMain`),
//! which may take as long as it likes; that is why neither a worker nor the
//! watcher does it. Without an idle time in the configuration there is no
//! janitor.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::worker::Floor;

/// Between two looks.
const LOOK: Duration = Duration::from_millis(250);
/// Stack of the thread, in bytes; extensions run on it.
const STACK: usize = 1 << 20;

/// Starts the janitor's thread, if there is anything for it to do.
///
/// # Errors
/// The system does not give another thread.
pub fn start(floor: &Arc<Floor>) -> io::Result<()> {
    if !floor.service.extensions.iter().any(|extension| extension.has_idle_time()) {
        return Ok(());
    }
    let floor = Arc::clone(floor);
    security::spawner::spawn("janitor", STACK, move || sweep(&floor)).map(|_| ())
}

fn sweep(floor: &Floor) {
    while !floor.service.is_draining() {
        for extension in &floor.service.extensions {
            extension.unload_if_idle();
        }
        std::thread::sleep(LOOK);
    }
}
