//! Work that one thread hands to the thread of another apartment, and waits for.
//!
//! # Protocol
//! A call is a job (a closure and a place for its result) and a `Slot` shared by
//! both sides. The slot's word says whose the job's memory is:
//!
//! | state | the job belongs to | left by |
//! |---|---|---|
//! | `QUEUED` | the caller; nobody touches it | `claim`, `refuse` (home thread); `withdraw` (whoever closes the queue); `give_up`, `leave` (caller) |
//! | `RUNNING` | the home thread | `finish` (home thread); `give_up`, `leave` (caller) |
//! | `DONE` | the caller again, result included | – |
//! | `WITHDRAWN` | the caller; the closure never ran | – |
//! | `REJECTED`, `RETRY_LATER` | the caller, who may queue the job again with a new slot | – |
//! | `ABANDONED` | the home thread, which frees it after the closure | – |
//! | `LEFT` | the queue's entry | `claim`, to `ABANDONED`; `withdraw` and `refuse`, which free it |
//!
//! - Each state is left once, by compare-and-exchange, so a call is run, refused
//!   or withdrawn, and a job is freed by exactly one side.
//! - A *borrowed* job ([`run`], [`invoke`]) is on the caller's stack. Its caller
//!   never gives up, so it leaves only when the memory is its own: the closure
//!   may borrow from the stack.
//! - An *owned* job ([`invoke_owned`]) is on the heap and borrows nothing, so its
//!   caller may leave while it runs.
//! - A *begun* job ([`begun`]) is an owned one whose caller does not wait at once:
//!   it is told by a signal when the call is settled. It may also leave for good;
//!   then a call that is queued is run all the same.
//! - `finish` releases what the closure wrote, the caller's load acquires it.
//! - The wait ends: the home thread either runs the call or ends, and when it
//!   ends its queue is closed and every queued call withdrawn.
//!
//! The caller waits in the way of its apartment: a thread of a single-threaded
//! apartment goes on serving its own queue, so it can be called back; any other
//! thread sleeps.
//!
//! `call_model_tests` has this, with the queue, as loom models; `schedule_tests`
//! runs it with whole apartments.

pub mod begun;

use core::ptr::NonNull;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use com_abi::codes::{RPC_E_CALL_CANCELED, RPC_E_DISCONNECTED, RPC_E_SERVERFAULT};
use com_abi::{GUID, HRESULT};

use crate::apartment::{Apartment, Kind};
use crate::cancel::{self, Cancel};
use crate::contexts::Place;
use crate::membership::{self, Way};
use crate::outgoing::{self, Outgoing};
use crate::queue::{Next, Watch};
use crate::slot::{GivenUp, Owner, Refusal, Settled, Slot, Waiter};
use crate::stub::Stub;
use crate::sync::{self, current, now, park_timeout, planted};
use crate::{filter, host};

pub use crate::sync::SPINS;

/// Longest sleep between two looks at the slot; see `queue`.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);

/// What a call through an interface is about.
#[derive(Clone)]
pub struct CallInfo {
    /// The interface.
    pub iid: GUID,
    /// The method's place in the vtable.
    pub method: u16,
    /// Whose method it is, for the message filter.
    pub stub: Option<Arc<Stub>>,
    /// How the method is called.
    pub kind: CallKind,
}

/// How a method is called; the documented exceptions are input-synchronous or
/// asynchronous by their interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallKind {
    /// Its message filter cannot refuse it, and it must not call out.
    Asynchronous,
    /// Its caller does not wait for it; its message filter cannot refuse it.
    Begun,
    /// Its message filter cannot refuse it, and it must not call out.
    InputSynchronous,
    /// The usual way.
    Synchronous,
}

/// A call's information with what belongs to its caller.
#[derive(Clone)]
pub struct Incoming {
    /// What it is about.
    pub info: CallInfo,
    /// The chain of calls it belongs to.
    pub causality: GUID,
    /// The calling thread.
    pub caller: i32,
    /// With which its caller may cancel it.
    pub cancel: Option<Arc<Cancel>>,
}

/// A call in an apartment's queue.
pub struct QueuedCall {
    slot: Arc<Slot>,
    run: unsafe fn(*mut ()),
    /// Of an owned job.
    free: Option<unsafe fn(*mut ())>,
    job: *mut (),
    incoming: Option<Incoming>,
}

// SAFETY: the job is touched by one thread at a time, as the slot's state says,
// and its closure and result are `Send`.
unsafe impl Send for QueuedCall {}

impl QueuedCall {
    /// Runs the call on this thread, unless it was withdrawn.
    pub fn serve(self) {
        if !self.slot.claim() {
            return;
        }
        host::note_server(&self.slot);
        {
            let _served = self.incoming.as_ref().map(outgoing::serve);
            // SAFETY: this thread made the transition to `RUNNING`, so the job
            // is alive and its own until `finish`.
            unsafe { (self.run)(self.job) };
        }
        if !self.slot.finish()
            && !planted!(ForgetsJobs)
            && let Some(free) = self.free
        {
            // SAFETY: the caller has gone, so the job is this thread's.
            unsafe { free(self.job) };
        }
    }

    /// What the message filter is told; `None` for the runtime's own calls.
    pub fn incoming(&self) -> Option<&Incoming> {
        self.incoming.as_ref()
    }

    /// The message filter refuses the call.
    pub fn refuse(self, refusal: Refusal) {
        self.end(self.slot.refuse(refusal));
    }

    /// Gives the call up.
    pub fn withdraw(self) {
        self.end(self.slot.withdraw());
    }

    /// Frees the job of a call that was not run, if its caller has left it here.
    fn end(&self, owner: Owner) {
        if let (Owner::Queue, Some(free)) = (owner, self.free) {
            // SAFETY: the caller has gone, and the call cannot be claimed any more.
            unsafe { free(self.job) };
        }
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

impl<F: FnOnce() -> R, R> Job<F, R> {
    /// A call of this job, which stays where it is until that is settled.
    fn call(&mut self, slot: &Arc<Slot>, incoming: Option<Incoming>) -> QueuedCall {
        let (slot, job) = (Arc::clone(slot), (&raw mut *self).cast());
        QueuedCall { slot, run: run_job::<F, R>, free: None, job, incoming }
    }

    /// What became of it.
    fn answer(&mut self, settled: Settled) -> Result<R, HRESULT> {
        match settled {
            Settled::Done => self.result.take().unwrap_or(Err(RPC_E_DISCONNECTED)),
            _ => Err(RPC_E_DISCONNECTED),
        }
    }
}

/// A job on the heap; freed with this, unless the home thread has it.
struct OwnedJob<F, R>(Option<NonNull<Job<F, R>>>);

impl<F: FnOnce() -> R, R> OwnedJob<F, R> {
    fn new(body: F) -> Self {
        let job = Box::new(Job { body: Some(body), result: None });
        Self(Some(NonNull::from(Box::leak(job))))
    }

    fn call(&mut self, slot: &Arc<Slot>, incoming: Option<Incoming>) -> QueuedCall {
        let job = self.0.map_or(core::ptr::null_mut(), |job| job.as_ptr().cast());
        let slot = Arc::clone(slot);
        QueuedCall { slot, run: run_job::<F, R>, free: Some(free_job::<F, R>), job, incoming }
    }

    fn answer(mut self, settled: Settled) -> Result<R, HRESULT> {
        // SAFETY: settled, so the job is the caller's again, until it is freed
        // with `self`.
        let job = self.0.as_mut().map(|job| unsafe { job.as_mut() });
        job.map_or(Err(RPC_E_DISCONNECTED), |job| job.answer(settled))
    }

    /// The home thread has it, and frees it.
    fn abandon(&mut self) {
        self.0 = None;
    }
}

impl<F, R> Drop for OwnedJob<F, R> {
    fn drop(&mut self) {
        if let Some(job) = self.0 {
            // SAFETY: made by leaking a box; not abandoned, and every call of it
            // is settled, so it is nobody else's.
            unsafe { free_job::<F, R>(job.as_ptr().cast()) };
        }
    }
}

/// Frees an owned job.
///
/// # Safety
/// `job` was made by `Box::into_raw` and is nobody else's.
unsafe fn free_job<F, R>(job: *mut ()) {
    // SAFETY: forwarded from the caller. A panic in a drop must not leave.
    let job = unsafe { Box::from_raw(job.cast::<Job<F, R>>()) };
    let _ = catch_unwind(AssertUnwindSafe(|| drop(job)));
}

/// Runs `body` in an apartment's default context, or in another one, and waits for
/// its result; `what` names the wait. On this thread where that is possible, else through the queue. For
/// the runtime's own work, which message filters do not see.
///
/// # Errors
/// `RPC_E_DISCONNECTED` when the apartment has ended; `RPC_E_SERVERFAULT` when
/// `body` panicked.
pub fn run<'a, F, R>(home: impl Into<Place<'a>>, what: &'static str, body: F) -> Result<R, HRESULT>
where
    F: FnOnce() -> R + Send,
    R: Send,
{
    let home = home.into();
    match membership::way_to(home) {
        Way::Here => guarded(body),
        Way::Light => membership::within(home, || guarded(body)),
        Way::Queue => {
            let inside = home.inside();
            borrowed(home.apartment(), &Outgoing::own_work(what), || inside.run(body))
        }
    }
}

/// As [`run`], for a call through an interface: the callee's message filter
/// decides about it, and the caller's what happens when it is refused.
///
/// # Errors
/// As [`run`]; `RPC_E_CALL_REJECTED` and `RPC_E_SERVERCALL_RETRYLATER` when it
/// was refused; `RPC_E_CANTCALLOUT_…` while this thread serves a call that must
/// not call out.
pub fn invoke<'a, F, R>(
    home: impl Into<Place<'a>>,
    info: impl FnOnce() -> CallInfo,
    body: F,
) -> Result<R, HRESULT>
where
    F: FnOnce() -> R + Send,
    R: Send,
{
    let home = home.into();
    match membership::way_to(home) {
        Way::Here => guarded(body),
        Way::Light => membership::within(home, || guarded(body)),
        Way::Queue => {
            let inside = home.inside();
            borrowed(home.apartment(), &Outgoing::call(info())?, || inside.run(body))
        }
    }
}

/// As [`invoke`]; the caller may leave before the call has ended, so `body` and
/// its result own everything they touch.
///
/// # Errors
/// As [`invoke`]; `RPC_E_CALL_CANCELED` when the call was cancelled.
pub fn invoke_owned<'a, F, R>(
    home: impl Into<Place<'a>>,
    info: impl FnOnce() -> CallInfo,
    body: F,
) -> Result<R, HRESULT>
where
    F: FnOnce() -> R + Send + 'static,
    R: Send + 'static,
{
    let home = home.into();
    match membership::way_to(home) {
        Way::Here => guarded(body),
        Way::Light => membership::within(home, || guarded(body)),
        Way::Queue => {
            let inside = home.inside();
            owned(home.apartment(), &Outgoing::call(info())?, move || inside.run(body))
        }
    }
}

/// Whether calls of this thread may be given up before they have ended, so that
/// they must not borrow the caller's memory.
pub fn is_abandonable() -> bool {
    cancel::is_enabled() || filter::is_registered()
}

fn guarded<R>(body: impl FnOnce() -> R) -> Result<R, HRESULT> {
    catch_unwind(AssertUnwindSafe(body)).map_err(|_| RPC_E_SERVERFAULT)
}

/// How this thread waits.
pub fn own_waiter() -> Waiter {
    if planted!(SleepsDeaf) {
        return Waiter::Thread(current());
    }
    membership::own_sta().map_or_else(|| Waiter::Thread(current()), Waiter::Apartment)
}

/// The thread that will serve a call, where that is certain, as a negative number:
/// it has not begun.
fn server_of(home: &Apartment) -> i32 {
    if home.is_sta() { -home.tid() } else { 0 }
}

fn borrowed<F, R>(home: &Arc<Apartment>, outgoing: &Outgoing, body: F) -> Result<R, HRESULT>
where
    F: FnOnce() -> R + Send,
    R: Send,
{
    let mut job = Job { body: Some(body), result: None };
    let (waiter, _pending) = (own_waiter(), outgoing.begin());
    loop {
        let slot = Slot::new(waiter.clone(), server_of(home));
        hand_over(home, job.call(&slot, outgoing.incoming(None)));
        match wait(&slot, &waiter, outgoing) {
            Settled::Refused(refusal) => outgoing.try_again(home, refusal)?,
            settled => return job.answer(settled),
        }
    }
}

fn owned<F, R>(home: &Arc<Apartment>, outgoing: &Outgoing, body: F) -> Result<R, HRESULT>
where
    F: FnOnce() -> R + Send + 'static,
    R: Send + 'static,
{
    let mut job = OwnedJob::new(body);
    let (waiter, _pending) = (own_waiter(), outgoing.begin());
    let pending = cancel::begin();
    let cancel = pending.shared();
    while !cancel.is_requested() {
        let slot = Slot::new(waiter.clone(), server_of(home));
        cancel.attach(&slot);
        hand_over(home, job.call(&slot, outgoing.incoming(Some(cancel))));
        match wait_or_give_up(&slot, &waiter, outgoing, Some(cancel)) {
            None => job.abandon(),
            Some(Settled::Refused(refusal)) => outgoing.try_again(home, refusal)?,
            Some(Settled::Withdrawn) if cancel.is_requested() => {}
            Some(settled) => return job.answer(settled),
        }
    }
    Err(RPC_E_CALL_CANCELED)
}

/// Puts a call into its apartment's queue, or withdraws it when that has ended.
fn hand_over(home: &Arc<Apartment>, call: QueuedCall) {
    match home.queue().push(home.id(), call) {
        Ok(is_short) => {
            let nobody = home.kind() == Kind::Mta && is_short && !host::add_mta_worker(home);
            if nobody {
                home.queue().take_all().into_iter().for_each(QueuedCall::withdraw);
            }
        }
        Err(call) => call.withdraw(),
    }
}

/// Waits until the call is settled.
fn wait(slot: &Slot, waiter: &Waiter, outgoing: &Outgoing) -> Settled {
    loop {
        if let Some(settled) = wait_or_give_up(slot, waiter, outgoing, None) {
            return settled;
        }
    }
}

/// Waits until the call is settled; `None` when it was given up and runs on.
fn wait_or_give_up(
    slot: &Slot,
    waiter: &Waiter,
    outgoing: &Outgoing,
    cancel: Option<&Arc<Cancel>>,
) -> Option<Settled> {
    for _ in 0..SPINS {
        if let Some(settled) = slot.settled() {
            return Some(settled);
        }
        std::hint::spin_loop();
    }
    let serves = matches!(waiter, Waiter::Apartment(_));
    observe::wait::calling(outgoing.what(), &slot.server, serves, || match waiter {
        Waiter::Thread(_) => sleep(slot, cancel),
        Waiter::Apartment(own) => serve_meanwhile(own, slot, outgoing, cancel),
    })
}

/// Ends the wait for a call that was cancelled.
fn give_up(slot: &Slot) -> Option<Settled> {
    match slot.give_up() {
        GivenUp::Abandoned => None,
        GivenUp::Settled => slot.settled(),
    }
}

fn sleep(slot: &Slot, cancel: Option<&Arc<Cancel>>) -> Option<Settled> {
    loop {
        if let Some(settled) = slot.settled() {
            return Some(settled);
        }
        if cancel.is_some_and(|cancel| cancel.is_due()) {
            return give_up(slot);
        }
        let left = cancel.and_then(|cancel| cancel.deadline());
        let left = left.map(|deadline| deadline.saturating_duration_since(now()));
        park_timeout(left.unwrap_or(LONGEST_SLEEP).min(LONGEST_SLEEP));
    }
}

/// The modal wait: this thread's own calls and timers go on.
fn serve_meanwhile(
    own: &Arc<Apartment>,
    slot: &Slot,
    outgoing: &Outgoing,
    cancel: Option<&Arc<Cancel>>,
) -> Option<Settled> {
    let is_due = || cancel.is_some_and(|cancel| cancel.is_due());
    let until = || slot.settled().is_some() || is_due();
    let mut seen = filter::is_registered().then(|| own.queue().posted());
    loop {
        let deadline = cancel.and_then(|cancel| cancel.deadline());
        let watch = Watch { until: &until, deadline, seen, timers: true, closes: false };
        match own.queue().next(&watch) {
            Next::Call(call) => {
                let _running = observe::wait::running();
                host::serve_call(own, call);
            }
            Next::Timer(timer) => {
                let _running = observe::wait::running();
                crate::message::fire(&timer);
            }
            Next::Message => {
                let _running = observe::wait::running();
                seen = Some(own.queue().posted());
                if let (true, Some(cancel)) = (outgoing.message_pending(slot), cancel) {
                    cancel.request(Duration::ZERO);
                }
            }
            Next::Until | Next::Deadline => match slot.settled() {
                Some(settled) => return Some(settled),
                None if is_due() => return give_up(slot),
                None => {}
            },
            // Not asked for.
            Next::Closed => {}
        }
    }
}

/// Goes on serving this thread's calls for a while, or sleeps.
pub fn pause(time: Duration) {
    let end = now() + time;
    let _wait = observe::wait::begin("a busy callee to be asked again", None);
    let Some(own) = membership::own_sta() else {
        sync::sleep(time);
        return;
    };
    serve_until(&own, end, &|| now() >= end);
}

/// Goes on serving this thread's calls and timers until `until` holds or the time is
/// over; the caller has named the wait.
pub fn serve_until(own: &Arc<Apartment>, end: Instant, until: &dyn Fn() -> bool) {
    loop {
        let watch = Watch { deadline: Some(end), timers: true, ..Watch::until(until) };
        match own.queue().next(&watch) {
            Next::Call(call) => {
                let _running = observe::wait::running();
                host::serve_call(own, call);
            }
            Next::Timer(timer) => {
                let _running = observe::wait::running();
                crate::message::fire(&timer);
            }
            _ => return,
        }
    }
}

/// The protocol without the apartments around it.
#[cfg(all(test, loom))]
pub mod model {
    use super::*;
    use crate::queue::Queue;

    fn deliver(queue: &Queue, owner: u64, call: QueuedCall) {
        if let Err(call) = queue.push(owner, call) {
            call.withdraw();
        }
    }

    /// A borrowed job, once.
    pub fn borrowed<R>(
        queue: &Queue,
        owner: u64,
        waiter: Waiter,
        body: impl FnOnce() -> R,
    ) -> Result<R, HRESULT> {
        let mut job = Job { body: Some(body), result: None };
        let slot = Slot::new(waiter.clone(), 0);
        deliver(queue, owner, job.call(&slot, None));
        let settled = wait(&slot, &waiter, &Outgoing::own_work("a model"));
        job.answer(settled)
    }

    /// An owned job, handed over again at once when it is refused.
    pub fn owned<R>(
        queue: &Queue,
        owner: u64,
        waiter: Waiter,
        cancel: &Arc<Cancel>,
        body: impl FnOnce() -> R,
    ) -> Result<R, HRESULT> {
        let outgoing = Outgoing::own_work("a model");
        let mut job = OwnedJob::new(body);
        while !cancel.is_requested() {
            let slot = Slot::new(waiter.clone(), 0);
            cancel.attach(&slot);
            deliver(queue, owner, job.call(&slot, None));
            match wait_or_give_up(&slot, &waiter, &outgoing, Some(cancel)) {
                None => job.abandon(),
                Some(Settled::Refused(_)) => {}
                Some(Settled::Withdrawn) if cancel.is_requested() => {}
                Some(settled) => return job.answer(settled),
            }
        }
        Err(RPC_E_CALL_CANCELED)
    }
}
