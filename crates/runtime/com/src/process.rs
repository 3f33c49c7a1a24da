//! What the process has one of: its registry, and the glass in its walls.

use std::sync::{Once, OnceLock};

use observe::{error, warn};
use registry::{Registry, data_folder};

static REGISTRY: OnceLock<Option<Registry>> = OnceLock::new();

/// Stack of the thread that opens the registry, in bytes.
const OPENER_STACK: usize = 512 << 10;

/// The registry of the data folder; `None` when it cannot be opened, which is
/// logged once.
pub fn registry() -> Option<&'static Registry> {
    REGISTRY.get_or_init(open).as_ref()
}

/// Opens the registry on a thread of the process's own identity, since the
/// first to ask may be impersonating.
fn open() -> Option<Registry> {
    let folder = data_folder();
    let opened = security::spawner::spawn("registry opener", OPENER_STACK, move || {
        std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
        Registry::open(folder).map_err(|error| error.to_string())
    });
    let result = match opened.map(std::thread::JoinHandle::join) {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err("opening it panicked".into()),
        Err(error) => Err(error.to_string()),
    };
    result.inspect_err(|error| error!("com", "no registry in {}: {error}", folder.display())).ok()
}

/// Lets the process be looked at, from its first apartment on.
pub fn be_seen() {
    // What it would start is no thread of a model's.
    if cfg!(any(loom, shuttle)) {
        return;
    }
    static SEEN: Once = Once::new();
    SEEN.call_once(|| {
        if let Err(error) = glass::open(data_folder()) {
            warn!("com", "nobody can ask what this process waits for: {error}");
        }
    });
}
