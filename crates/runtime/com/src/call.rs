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
//! thread sleeps (`waiting`). `job` has the memory.
//!
//! `call_model_tests` has this, with the queue, as loom models; `schedule_tests`
//! runs it with whole apartments.

pub mod begun;
mod job;
mod waiting;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use com_abi::codes::{RPC_E_CALL_CANCELED, RPC_E_SERVERFAULT};
use com_abi::{GUID, HRESULT};

use crate::apartment::{Apartment, Kind};
use crate::cancel::{self, Cancel};
use crate::contexts::{Inside, Place};
use crate::membership::{self, Way};
use crate::outgoing::Outgoing;
use crate::slot::{Settled, Slot, Waiter};
use crate::stub::Stub;
use crate::sync::{current, planted};
use crate::{filter, host};

pub use crate::sync::SPINS;
pub use job::QueuedCall;
pub use waiting::{pause, serve_until};

use job::{Job, OwnedJob};
use waiting::{wait, wait_or_give_up};

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

/// Runs `body` in an apartment's default context, or in another one, and waits for
/// its result; `what` names the wait. On this thread where that is possible, else
/// through the queue. For the runtime's own work, which message filters do not see.
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
    by_way(home, body, |inside, body| {
        borrowed(home.apartment(), &Outgoing::own_work(what), || inside.run(body))
    })
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
    by_way(home, body, |inside, body| {
        borrowed(home.apartment(), &Outgoing::call(info())?, || inside.run(body))
    })
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
    by_way(home, body, |inside, body| {
        owned(home.apartment(), &Outgoing::call(info())?, move || inside.run(body))
    })
}

/// Runs `body` in a context: on this thread where that is possible, else as `queued`
/// says.
fn by_way<F: FnOnce() -> R, R>(
    home: Place<'_>,
    body: F,
    queued: impl FnOnce(Inside, F) -> Result<R, HRESULT>,
) -> Result<R, HRESULT> {
    match membership::way_to(home) {
        Way::Here => guarded(body),
        Way::Light => membership::within(home, || guarded(body)),
        Way::Queue => queued(home.inside(), body),
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
    let mut job = Job::new(body);
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
        let mut job = Job::new(body);
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
