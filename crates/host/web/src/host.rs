//! The web host as others see it: start, state, unload, drain.
//!
//! The order of an end is the document's: extensions are unloaded, workers end,
//! the host ends.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use security::Accounts;

use crate::clock::Clock;
use crate::config::Config;
use crate::extension::{ExtensionState, UnloadError};
use crate::pool::Pool;
use crate::service::Service;
use crate::worker::Floor;
use crate::worker_state::WorkerState;
use crate::{janitor, watcher};

/// Fewest polling workers, whatever the machine.
const MIN_SEATS: usize = 2;
/// How long an order to unload waits for requests inside.
const UNLOAD_WAIT: Duration = Duration::from_secs(30);
/// How long the end waits for workers that have nothing to do.
const END_WAIT: Duration = Duration::from_secs(2);
/// Between two looks whether something has ended.
const LOOK: Duration = Duration::from_millis(5);

/// A running web host. Dropping it is a drain without patience.
pub struct Host {
    floor: Arc<Floor>,
    addr: SocketAddr,
    ended: bool,
}

/// What a drain left undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drained {
    /// Connections that were cut off in the middle of a request.
    pub requests_cut: usize,
}

/// One worker.
#[derive(Clone, Debug)]
pub struct WorkerReport {
    /// Its thread in the kernel's numbering.
    pub tid: i32,
    /// What it does.
    pub state: WorkerState,
    /// Requests it has taken.
    pub requests: u64,
    /// Target of the request it works on; empty without one.
    pub url: String,
    /// When it took its last request, or was made.
    pub since: Instant,
}

/// How a host is now.
#[derive(Clone, Debug)]
pub struct HostState {
    /// Its workers, in the order in which they were started.
    pub workers: Vec<WorkerReport>,
    /// Its extensions, in the order of the configuration.
    pub extensions: Vec<ExtensionState>,
    /// Open connections, resting ones included.
    pub connections: usize,
}

impl Host {
    /// Starts a host on `listener`.
    ///
    /// # Errors
    /// The folder of the static files cannot be opened, or the system gives no
    /// threads or descriptors.
    pub fn start(
        config: Config,
        listener: TcpListener,
        accounts: Arc<Accounts>,
    ) -> io::Result<Self> {
        let addr = listener.local_addr()?;
        let clock = Clock::new();
        let cores = std::thread::available_parallelism().map_or(MIN_SEATS, |count| count.get());
        let seats = cores.max(MIN_SEATS).min(config.threads.max.max(1));
        let workers = config.threads.min.max(seats);
        let service = Service::new(config, clock, accounts)?;
        let floor = Arc::new(Floor::new(service, Pool::new(seats, clock), listener)?);
        let host = Self { floor, addr, ended: false };
        for number in 0..workers {
            // Dropping the host ends those that were started.
            host.floor.start_worker((number < seats).then_some(number))?;
        }
        watcher::start(&host.floor)?;
        janitor::start(&host.floor)?;
        Ok(host)
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// How it is now.
    pub fn state(&self) -> HostState {
        let workers = self.floor.pool.workers();
        HostState {
            workers: workers
                .iter()
                .map(|worker| {
                    let (state, url, since) = worker.what();
                    let (tid, requests) = (worker.tid(), worker.requests());
                    WorkerReport { tid, state, requests, url, since }
                })
                .collect(),
            extensions: self.floor.service.extensions.iter().map(|e| e.state()).collect(),
            connections: self.floor.table.open(),
        }
    }

    /// Unloads an extension by its configured file; the next request loads it
    /// anew. Waits up to 30 s for requests inside, while further ones wait.
    ///
    /// # Errors
    /// [`UnloadError`]; the extension is then as it was.
    pub fn unload(&self, extension: &Path) -> Result<(), UnloadError> {
        let extensions = &self.floor.service.extensions;
        let known = extensions.iter().find(|e| e.path() == extension);
        known.ok_or(UnloadError::Unknown)?.unload(UNLOAD_WAIT)
    }

    /// Ends the host: no new connections, resting ones closed, requests given
    /// until `deadline` from now, then cut off.
    pub fn drain(mut self, deadline: Duration) -> Drained {
        self.end(deadline)
    }

    fn end(&mut self, deadline: Duration) -> Drained {
        self.ended = true;
        let floor = &self.floor;
        floor.stop_listening();
        floor.service.begin_draining();
        let until = Instant::now() + deadline;
        let wait = observe::wait::begin("requests to end", None);
        let idle = || {
            // Every resting connection is due.
            floor.table.sweep(u64::MAX);
            floor.table.open() == 0
        };
        wait_until(until, idle);
        let requests_cut = if idle() { 0 } else { floor.table.cut() };
        if requests_cut > 0 {
            // Those that only waited for their peer return now.
            wait_until(Instant::now() + END_WAIT, idle);
        }
        drop(wait);
        for extension in &floor.service.extensions {
            match extension.unload(Duration::ZERO) {
                Ok(()) | Err(UnloadError::NotLoaded) => {}
                Err(error) => observe::warn!("web", "{} stays: {error}", extension.name()),
            }
        }
        floor.stop_workers();
        let _wait = observe::wait::begin("workers to end", None);
        let workers = floor.pool.workers();
        wait_until(Instant::now() + END_WAIT, || workers.iter().all(|worker| worker.is_ended()));
        Drained { requests_cut }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        if !self.ended {
            self.end(Duration::ZERO);
        }
    }
}

/// Looks until it holds or the time is over.
fn wait_until(until: Instant, holds: impl Fn() -> bool) {
    while !holds() && Instant::now() < until {
        std::thread::sleep(LOOK);
    }
}
