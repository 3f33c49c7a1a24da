//! Work that one thread hands to the thread of another apartment, and waits for.
//!
//! # Protocol
//! A call is a closure and a place for its result on the caller's stack, and a
//! `Slot` shared by both sides. The slot's word says whose the memory on the
//! stack is:
//!
//! | state | the stack memory belongs to | left by |
//! |---|---|---|
//! | `QUEUED` | the caller; nobody touches it | `claim` (home thread) or `withdraw` (whoever closes the queue) |
//! | `RUNNING` | the home thread | `finish` (home thread) |
//! | `DONE` | the caller again, result included | – |
//! | `WITHDRAWN` | the caller; the closure never ran | – |
//!
//! - `QUEUED` is left exactly once, by compare-and-exchange, so a call is
//!   either run or withdrawn.
//! - The caller leaves [`run`] only in `DONE` or `WITHDRAWN`, so the memory
//!   outlives every use of it.
//! - `finish` releases what the closure wrote, the caller's load acquires it.
//! - The wait ends: the home thread either runs the call or ends, and when it
//!   ends its queue is closed and every queued call withdrawn.
//!
//! The caller waits in the way of its apartment: a thread of a single-threaded
//! apartment goes on serving its own queue, so it can be called back; any other
//! thread sleeps.
//!
//! `call_model_tests` has this, with the queue, as loom models.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use com_abi::HRESULT;
use com_abi::codes::{RPC_E_DISCONNECTED, RPC_E_SERVERFAULT};

use crate::apartment::{Apartment, Kind};
use crate::host;
use crate::membership::{self, Way};
use crate::queue::{Next, Queue};
use crate::slot::{Slot, Waiter};
use crate::sync::{current, park_timeout};

/// Looks at the slot before the thread goes to sleep. Short: the other thread
/// may need this very core.
const SPINS: u32 = if cfg!(loom) { 0 } else { 100 };
/// Longest sleep between two looks at the slot; see `queue`.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);

/// A call in an apartment's queue.
pub struct QueuedCall {
    slot: Arc<Slot>,
    run: unsafe fn(*mut ()),
    job: *mut (),
}

// SAFETY: the job is touched by one thread at a time, as the slot's state says,
// and its closure and result are `Send`.
unsafe impl Send for QueuedCall {}

impl QueuedCall {
    /// Runs the call on this thread, unless it was withdrawn.
    pub fn serve(self) {
        if self.slot.claim() {
            // SAFETY: this thread made the transition to `RUNNING`, so the job
            // is alive and its own until `finish`.
            unsafe { (self.run)(self.job) };
            self.slot.finish();
        }
    }

    /// Gives the call up.
    pub fn withdraw(self) {
        self.slot.withdraw();
    }
}

struct Job<F, R> {
    body: Option<F>,
    result: Option<Result<R, HRESULT>>,
}

/// Runs a job's closure and keeps its result.
///
/// # Safety
/// `job` points to a live `Job<F, R>` that no other thread touches.
unsafe fn run_job<F: FnOnce() -> R, R>(job: *mut ()) {
    // SAFETY: forwarded from the caller.
    let job = unsafe { &mut *job.cast::<Job<F, R>>() };
    if let Some(body) = job.body.take() {
        job.result = Some(catch_unwind(AssertUnwindSafe(body)).map_err(|_| RPC_E_SERVERFAULT));
    }
}

/// Runs `body` in the apartment `home` and waits for its result; `what` names
/// the wait. On this thread where that is possible, else through the queue.
///
/// # Errors
/// `RPC_E_DISCONNECTED` when the apartment has ended; `RPC_E_SERVERFAULT` when
/// `body` panicked.
pub fn run<F, R>(home: &Arc<Apartment>, what: &'static str, body: F) -> Result<R, HRESULT>
where
    F: FnOnce() -> R + Send,
    R: Send,
{
    let guarded = || catch_unwind(AssertUnwindSafe(body)).map_err(|_| RPC_E_SERVERFAULT);
    match membership::way_to(home) {
        Way::Here => guarded(),
        Way::Light => membership::within(home, guarded),
        Way::Queue => queued(home, what, guarded)?,
    }
}

/// Hands `body` to the home apartment's thread and waits.
fn queued<F, R>(home: &Arc<Apartment>, what: &'static str, body: F) -> Result<R, HRESULT>
where
    F: FnOnce() -> R + Send,
    R: Send,
{
    let waiter = membership::own_sta().map_or_else(|| Waiter::Thread(current()), Waiter::Apartment);
    let pushed = |is_short| {
        let nobody = home.kind() == Kind::Mta && is_short && !host::add_mta_worker(home);
        if nobody {
            home.queue().take_all().into_iter().for_each(QueuedCall::withdraw);
        }
    };
    let holder = home.is_sta().then(|| home.tid());
    hand_over(home.queue(), waiter, body, pushed, |slot| wait(slot, what, holder))
}

/// Puts a call into a queue and returns when it is settled, which is what `wait`
/// waits for; `pushed` is told whether there are too few threads that serve.
pub(crate) fn hand_over<F, R>(
    queue: &Queue,
    waiter: Waiter,
    body: F,
    pushed: impl FnOnce(bool),
    wait: impl FnOnce(&Slot),
) -> Result<R, HRESULT>
where
    F: FnOnce() -> R + Send,
    R: Send,
{
    let slot = Slot::new(waiter);
    let mut job = Job { body: Some(body), result: None };
    let call =
        QueuedCall { slot: Arc::clone(&slot), run: run_job::<F, R>, job: (&raw mut job).cast() };
    match queue.push(call) {
        Ok(is_short) => pushed(is_short),
        Err(call) => call.withdraw(),
    }
    wait(&slot);
    job.result.unwrap_or(Err(RPC_E_DISCONNECTED))
}

pub(crate) fn wait(slot: &Slot, what: &'static str, holder: Option<i32>) {
    for _ in 0..SPINS {
        if slot.is_settled() {
            return;
        }
        std::hint::spin_loop();
    }
    let _wait = observe::wait::begin(what, holder);
    match &slot.waiter {
        Waiter::Thread(_) => {
            while !slot.is_settled() {
                park_timeout(LONGEST_SLEEP);
            }
        }
        Waiter::Apartment(own) => loop {
            match own.queue().next(|| slot.is_settled()) {
                // It may be the thread's own call from within the NTA that is out.
                Next::Call(call) => serve_within(own, call),
                Next::Until => break,
                // Only this thread closes its queue, and it is here.
                Next::Closed => park_timeout(LONGEST_SLEEP),
            }
        },
    }
}

/// Serves a call as a thread of `own`.
#[cfg(not(loom))]
fn serve_within(own: &Arc<Apartment>, call: QueuedCall) {
    membership::within(own, || call.serve());
}

/// The model's threads share their thread-local position, so it is left alone.
#[cfg(loom)]
fn serve_within(_: &Arc<Apartment>, call: QueuedCall) {
    call.serve();
}
