//! Apartments that the runtime starts, and the threads that serve them.
//!
//! - a *host STA* for classes that need an STA when their client has none, one
//!   for all of them;
//! - a *main STA* for classes without a model when the process has no STA;
//! - a *member of the MTA* that does nothing but keep it alive, for classes that
//!   need the MTA when there is none;
//! - *workers of the MTA*, which serve the calls that come from outside it, as
//!   many as there are calls at the same time, up to [`MAX_MTA_WORKERS`]; one
//!   without work for [`WORKER_IDLE`] ends.
//!
//! All of them are started by the spawner, so none inherits an identity. They
//! live as long as the process, but for the workers.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use com_abi::HRESULT;
use com_abi::codes::E_OUTOFMEMORY;

use crate::apartment::{Apartment, Directory, Kind, directory};
use crate::call::QueuedCall;
use crate::membership::{current, enter_kind, leave, own_sta, within};
use crate::queue::{Next, Watch};
use crate::slot::Slot;
use crate::sync::{self, planted, tid};
use crate::{filter, message};

/// Stack of a thread that components run on, in bytes; those written for Windows
/// expect that much.
const HOST_STACK: usize = 1 << 20;
/// Stack of a thread that only keeps the MTA alive, in bytes.
const KEEPER_STACK: usize = 64 << 10;
/// Most threads that serve calls into the MTA.
const MAX_MTA_WORKERS: usize = 256;
/// How long such a thread waits for a call before it ends.
const WORKER_IDLE: Duration = Duration::from_secs(10);

/// Held while an apartment is being started, so that only one is.
static STARTING: Mutex<()> = Mutex::new(());

/// The main STA; one on a thread of the runtime's own when there is none.
///
/// # Errors
/// `E_OUTOFMEMORY` when the system gives no thread.
pub fn main_sta() -> Result<Arc<Apartment>, HRESULT> {
    find_or_start(Kind::HostMain, |directory| directory.main.clone())
}

/// The host STA, started if there is none.
///
/// # Errors
/// `E_OUTOFMEMORY` when the system gives no thread.
pub fn host_sta() -> Result<Arc<Apartment>, HRESULT> {
    find_or_start(Kind::HostSta, |directory| directory.host_sta.clone())
}

/// The MTA; one with a member of the runtime's own when there is none.
///
/// # Errors
/// `E_OUTOFMEMORY` when the system gives no thread.
pub fn mta() -> Result<Arc<Apartment>, HRESULT> {
    find_or_start(Kind::Mta, |directory| {
        directory.mta.as_ref().map(|mta| Arc::clone(&mta.apartment))
    })
}

/// The NTA.
pub fn neutral() -> Arc<Apartment> {
    let mut directory = directory();
    Arc::clone(directory.neutral.get_or_insert_with(|| Apartment::new(Kind::Nta, Arc::default())))
}

/// The apartments that are no single thread's: the MTA and the NTA, if they are
/// there.
pub fn shared() -> Vec<Arc<Apartment>> {
    let directory = directory();
    let mta = directory.mta.as_ref().map(|mta| Arc::clone(&mta.apartment));
    [mta, directory.neutral.clone()].into_iter().flatten().collect()
}

/// The single-threaded apartments that the runtime serves itself.
pub fn hosts() -> Vec<Arc<Apartment>> {
    let directory = directory();
    let both = [directory.host_sta.clone(), directory.main.clone()];
    let is_host = |one: &Arc<Apartment>| matches!(one.kind(), Kind::HostMain | Kind::HostSta);
    both.into_iter().flatten().filter(is_host).collect()
}

fn find_or_start(
    kind: Kind,
    find: impl Fn(&Directory) -> Option<Arc<Apartment>>,
) -> Result<Arc<Apartment>, HRESULT> {
    if let Some(known) = find(&directory()) {
        return Ok(known);
    }
    let _starting = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = find(&directory()) {
        return Ok(known);
    }
    let (answer, started) = channel();
    let stack = if kind == Kind::Mta { KEEPER_STACK } else { HOST_STACK };
    let live = move || {
        let entered = enter_kind(kind).and_then(|_| current());
        if let Ok(apartment) = &entered
            && kind == Kind::HostSta
        {
            directory().host_sta = Some(Arc::clone(apartment));
        }
        let _ = answer.send(entered.map(|_| ()));
        if kind == Kind::Mta {
            keep();
        }
        serve();
        leave();
    };
    security::spawner::spawn("host apartment", stack, live).map_err(|error| {
        observe::error!("com", "cannot start a host apartment: {error}");
        E_OUTOFMEMORY
    })?;
    let _wait = observe::wait::begin("a host apartment to start", None);
    started.recv().map_err(|_| E_OUTOFMEMORY)??;
    find(&directory()).ok_or(E_OUTOFMEMORY)
}

/// Keeps the MTA alive for the rest of the process.
fn keep() {
    loop {
        std::thread::park();
    }
}

/// The message loop: runs this thread's calls until its apartment ends.
pub fn serve() {
    serve_until(|| false);
}

/// Runs this thread's calls and timers until its apartment ends or `until` holds,
/// which is looked at before each call and after each [`Apartment::wake`].
pub fn serve_until(until: impl Fn() -> bool) {
    let Some(own) = own_sta() else { return };
    let watch = Watch { timers: true, ..Watch::until(&until) };
    loop {
        match own.queue().next(&watch) {
            Next::Call(call) => serve_call(&own, call),
            Next::Timer(timer) => message::fire(&timer),
            _ => return,
        }
    }
}

/// Serves a call as a thread of the STA `own`, unless its message filter refuses.
pub(crate) fn serve_call(own: &Arc<Apartment>, call: QueuedCall) {
    match filter::refusal(&call) {
        Some(_) if planted!(DropsRefused) => drop(call),
        Some(refusal) => call.refuse(refusal),
        // It may be the thread's own call from within the NTA that is out.
        None => within(own, || call.serve()),
    }
}

/// Notes that this thread serves a call, so that whoever lists waits knows.
pub(crate) fn note_server(slot: &Slot) {
    slot.server.store(tid(), Ordering::Relaxed);
}

static MTA_WORKERS: AtomicUsize = AtomicUsize::new(0);

/// Threads that serve calls into the MTA.
#[cfg(all(test, not(loom)))]
pub fn workers() -> usize {
    MTA_WORKERS.load(Ordering::Acquire)
}

/// Starts one more thread that serves calls into the MTA, unless there are
/// enough; false when there is none at all, so that nobody would serve a call.
pub(crate) fn add_mta_worker(mta: &Arc<Apartment>) -> bool {
    let less = |count: usize| (count < MAX_MTA_WORKERS).then_some(count + 1);
    if MTA_WORKERS.fetch_update(Ordering::AcqRel, Ordering::Acquire, less).is_err() {
        return true;
    }
    let mta = Arc::clone(mta);
    let started = sync::spawn("MTA worker", HOST_STACK, move || work(&mta));
    let Err(error) = started else { return true };
    observe::error!("com", "cannot start a worker of the MTA: {error}");
    MTA_WORKERS.fetch_sub(1, Ordering::AcqRel) > 1
}

fn work(mta: &Arc<Apartment>) {
    loop {
        let end = sync::now() + WORKER_IDLE;
        match mta.queue().next(&Watch { deadline: Some(end), ..Watch::until(&|| false) }) {
            Next::Call(call) => within(mta, || call.serve()),
            _ => break,
        }
    }
    MTA_WORKERS.fetch_sub(1, Ordering::AcqRel);
}
