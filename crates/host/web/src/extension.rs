//! One configured extension: loaded on the first request, kept, unloaded on
//! order, loaded anew from the start by the next request.
//!
//! # Protocol
//! | state | means | leaves by |
//! |---|---|---|
//! | absent | not loaded | the first request → loading |
//! | loading | one thread loads; the others wait for it | loaded, or failed |
//! | loaded | may be entered; those inside are counted | [`Extension::unload`], or nobody came for its idle time → leaving |
//! | leaving | may not be entered; the thread that unloads waits until nobody is inside | absent, or loaded again when somebody stays |
//! | failed | the load failed a moment ago; requests are refused without a new try | the first request after [`FAILED_MS`] → loading |
//!
//! All changes happen under the entry's lock, loading and unloading outside it:
//! whoever set *loading* or *leaving* alone may leave it. So N first requests
//! make one `GetExtensionVersion`, a request that comes during an unload waits
//! and then loads, and a library never goes while somebody is inside it. A
//! thread inside holds an [`Inside`], which counts it out when dropped.
//!
//! A panic or crash of an extension's own is not contained: isolation is a
//! process.

mod ffi;
mod private_copy;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use isapi_abi::ExtensionControlBlock;

use ffi::Library;

/// How long a failed load is remembered, in ms.
const FAILED_MS: u64 = 1_000;
/// How long a request waits for another thread's load or unload.
const CHANGE_WAIT: Duration = Duration::from_secs(60);

enum State {
    Absent,
    Failed { at: Instant },
    Leaving,
    Loaded(Arc<Library>),
    Loading,
}

struct Entry {
    state: State,
    inside: usize,
    loads: u64,
    /// When the last one left.
    left: Instant,
}

/// One extension as others see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtensionState {
    /// The configured file.
    pub path: PathBuf,
    /// How often it was loaded.
    pub loads: u64,
    /// Threads inside it now.
    pub inside: usize,
    /// Whether it is loaded.
    pub loaded: bool,
}

/// Why an extension cannot be entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnterError {
    /// It could not be loaded; the log says why.
    Failed,
    /// Another thread's load or unload took too long.
    Timeout,
}

/// Why an extension was not unloaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnloadError {
    /// Somebody stayed inside for the whole time allowed.
    Inside(usize),
    /// It is not loaded, or about to be.
    NotLoaded,
    /// No application uses this file.
    Unknown,
}

impl std::fmt::Display for UnloadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Inside(count) => {
                write!(f, "{count} requests are still inside the extension; try again later")
            }
            Self::NotLoaded => f.write_str("the extension is not loaded"),
            Self::Unknown => f.write_str("no application uses this extension"),
        }
    }
}

impl std::error::Error for UnloadError {}

/// A configured extension.
pub struct Extension {
    path: PathBuf,
    name: String,
    runtime_dir: PathBuf,
    /// How long it stays loaded with nobody inside; for ever without.
    idle: Option<Duration>,
    entry: Mutex<Entry>,
    changed: Condvar,
    warned: AtomicBool,
}

impl Extension {
    /// The extension in the file `path`, not loaded yet.
    pub fn new(path: &Path, runtime_dir: &Path, idle: Option<Duration>) -> Self {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        Self {
            path: path.to_owned(),
            name,
            runtime_dir: runtime_dir.to_owned(),
            idle,
            entry: Mutex::new(Entry {
                state: State::Absent,
                inside: 0,
                loads: 0,
                left: Instant::now(),
            }),
            changed: Condvar::new(),
            warned: AtomicBool::new(false),
        }
    }

    /// The file's name, for the log.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The configured file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether something that is worth one warning happened for the first time.
    pub fn warns_first(&self) -> bool {
        !self.warned.swap(true, Ordering::Relaxed)
    }

    /// How it is now.
    pub fn state(&self) -> ExtensionState {
        let entry = self.lock();
        ExtensionState {
            path: self.path.clone(),
            loads: entry.loads,
            inside: entry.inside,
            loaded: matches!(entry.state, State::Loaded(_) | State::Leaving),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Entry> {
        self.entry.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Enters, loading it if need be. The caller impersonates nobody: a library
    /// is loaded as the process.
    pub fn enter(&self) -> Result<Inside<'_>, EnterError> {
        let mut until = None;
        let mut entry = self.lock();
        loop {
            match &entry.state {
                State::Loaded(library) => {
                    let library = Arc::clone(library);
                    entry.inside += 1;
                    return Ok(Inside { extension: self, library: Some(library) });
                }
                State::Failed { at } if at.elapsed().as_millis() < u128::from(FAILED_MS) => {
                    return Err(EnterError::Failed);
                }
                State::Absent | State::Failed { .. } => {
                    entry.state = State::Loading;
                    drop(entry);
                    entry = self.load();
                }
                State::Loading | State::Leaving => {
                    let now = Instant::now();
                    let left = until.get_or_insert(now + CHANGE_WAIT).duration_since(now);
                    if left.is_zero() {
                        return Err(EnterError::Timeout);
                    }
                    let _wait = observe::wait::begin("an extension to load or unload", None);
                    let waited = self.changed.wait_timeout(entry, left);
                    entry = waited.unwrap_or_else(PoisonError::into_inner).0;
                }
            }
        }
    }

    /// Loading → loaded or failed.
    fn load(&self) -> MutexGuard<'_, Entry> {
        let loaded = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            private_copy::with(&self.path, &self.runtime_dir, Library::load)
        }))
        .unwrap_or_else(|_| Err("loading it panicked".into()));
        let mut entry = self.lock();
        entry.state = match loaded {
            Ok(library) => {
                entry.loads += 1;
                entry.left = Instant::now();
                observe::info!("web", "{} is loaded: {}", self.name, library.description());
                State::Loaded(Arc::new(library))
            }
            Err(says) => {
                observe::error!("web", "{} is not loaded: {says}", self.name);
                State::Failed { at: Instant::now() }
            }
        };
        self.changed.notify_all();
        entry
    }

    /// Unloads it once nobody is inside, waiting up to `limit`.
    pub fn unload(&self, limit: Duration) -> Result<(), UnloadError> {
        let until = Instant::now() + limit;
        let mut entry = self.lock();
        let library = match std::mem::replace(&mut entry.state, State::Leaving) {
            State::Loaded(library) => library,
            other => {
                entry.state = other;
                return Err(UnloadError::NotLoaded);
            }
        };
        while entry.inside > 0 {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let inside = entry.inside;
                entry.state = State::Loaded(library);
                self.changed.notify_all();
                return Err(UnloadError::Inside(inside));
            }
            let _wait = observe::wait::begin("requests to leave an extension", None);
            let waited = self.changed.wait_timeout(entry, left);
            entry = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        drop(entry);
        self.finish_unload(library);
        Ok(())
    }

    /// Leaving → absent. Nobody is inside and nobody can enter, so `library` is
    /// the last reference.
    fn finish_unload(&self, library: Arc<Library>) {
        drop(library);
        observe::info!("web", "{} is unloaded", self.name);
        self.lock().state = State::Absent;
        self.changed.notify_all();
    }

    /// Whether it is unloaded when nobody comes.
    pub fn has_idle_time(&self) -> bool {
        self.idle.is_some()
    }

    /// Unloads it when nobody was inside for its idle time; whether it did.
    pub fn unload_if_idle(&self) -> bool {
        let Some(idle) = self.idle else { return false };
        let mut entry = self.lock();
        if entry.inside > 0 || entry.left.elapsed() < idle {
            return false;
        }
        match std::mem::replace(&mut entry.state, State::Leaving) {
            State::Loaded(library) => {
                drop(entry);
                self.finish_unload(library);
                true
            }
            other => {
                entry.state = other;
                false
            }
        }
    }
}

/// A thread inside an extension; dropping it leaves.
pub struct Inside<'e> {
    extension: &'e Extension,
    library: Option<Arc<Library>>,
}

impl Inside<'_> {
    /// Calls `HttpExtensionProc`.
    pub fn call(&self, block: &mut ExtensionControlBlock) -> u32 {
        self.library.as_ref().map_or(isapi_abi::HSE_STATUS_ERROR, |library| library.call(block))
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        let mut entry = self.extension.lock();
        // Before the count, so that the unloading thread has the last reference.
        self.library = None;
        entry.inside -= 1;
        entry.left = Instant::now();
        if entry.inside == 0 && matches!(entry.state, State::Leaving) {
            self.extension.changed.notify_all();
        }
    }
}
