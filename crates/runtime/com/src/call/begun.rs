//! A call whose caller does not wait at once: it is begun, goes on by itself, and
//! its caller comes back for the answer, cancels it, or never comes back.
//!
//! # Protocol
//! The job is an owned one (see [`super`]). While the caller does something else,
//! the slot's `Signal` is raised by whoever settles the call. A caller that comes
//! back says first how it waits and looks at the slot then; whoever settles the
//! call changes the slot first and looks for a waiter then: one of them sees the
//! other.
//!
//! | what | leaves the job with |
//! |---|---|
//! | [`Begun::finish`] | the caller, who frees it with the answer; the home thread, when the call was cancelled while it ran |
//! | [`Begun::give_up`] | the caller when the call had not begun or was settled, else the home thread |
//! | dropping it | the home side, which runs the call in any case, unless it was settled |

use std::sync::Arc;

use com_abi::HRESULT;
use com_abi::codes::RPC_E_CALL_CANCELED;

use super::job::{OwnedJob, QueuedCall};
use super::waiting::wait_or_give_up;
use super::{CallInfo, hand_over, own_waiter, server_of};
use crate::apartment::Kind;
use crate::cancel::Cancel;
use crate::contexts::Place;
use crate::membership;
use crate::outgoing::Outgoing;
use crate::slot::{GivenUp, Settled, Signal, Slot, Waiter};

/// What the home thread does.
type Body<R> = Box<dyn FnOnce() -> R + Send>;

/// See the module.
#[must_use = "the call has no caller any more when this is dropped"]
pub struct Begun<R> {
    /// None once it is the home side's or the answer was taken.
    job: Option<OwnedJob<Body<R>, R>>,
    slot: Arc<Slot>,
    signal: Arc<Signal>,
    cancel: Arc<Cancel>,
    outgoing: Outgoing,
}

// SAFETY: the job is used by one thread at a time, as the slot's state says, and
// closure and result are `Send`.
unsafe impl<R: Send> Send for Begun<R> {}

impl<R: Send + 'static> Begun<R> {
    /// Hands `body` over to the context `home` as a call through an interface, and
    /// does not wait; `signal` is raised when it is settled, perhaps before this
    /// returns. In the neutral apartment, which has no thread, it runs at once.
    ///
    /// # Errors
    /// `RPC_E_CANTCALLOUT_…` while this thread serves a call that must not call out.
    pub fn begin<'a>(
        home: impl Into<Place<'a>>,
        info: CallInfo,
        signal: Arc<Signal>,
        body: impl FnOnce() -> R + Send + 'static,
    ) -> Result<Self, HRESULT> {
        let outgoing = Outgoing::call(info)?;
        let place = home.into();
        let (home, inside) = (place.apartment(), place.inside());
        let body = Box::new(move || inside.run(body));
        let mut begun = Self::new(outgoing, server_of(home), signal, body);
        let call = begun.call();
        if home.kind() == Kind::Nta {
            membership::within(home, || call.serve());
        } else {
            hand_over(home, call);
        }
        Ok(begun)
    }

    fn new(outgoing: Outgoing, server: i32, signal: Arc<Signal>, body: Body<R>) -> Self {
        let slot = Slot::begun(Arc::clone(&signal), server);
        let cancel = Arc::new(Cancel::new());
        cancel.attach(&slot);
        Self { job: Some(OwnedJob::new(body)), slot, signal, cancel, outgoing }
    }

    /// The call, to be queued once.
    fn call(&mut self) -> QueuedCall {
        let incoming = self.outgoing.incoming(Some(&self.cancel));
        // It is there until the call was answered or given up.
        let job = self.job.get_or_insert_with(|| OwnedJob::none());
        job.call(&self.slot, incoming)
    }

    /// The means to cancel it.
    pub fn cancel(&self) -> &Arc<Cancel> {
        &self.cancel
    }

    /// Whether there is an answer.
    pub fn is_settled(&self) -> bool {
        self.slot.settled().is_some()
    }

    /// Does not wait for the call any longer, which was cancelled: it ends with
    /// `RPC_E_CALL_CANCELED`, unless it is settled.
    pub fn give_up(&mut self) {
        if self.slot.give_up() == GivenUp::Abandoned {
            self.abandon();
        }
        self.signal.raise();
    }

    /// The home side has the job.
    fn abandon(&mut self) {
        if let Some(mut job) = self.job.take() {
            job.abandon();
        }
    }

    /// Waits for the end of the call, in the way of this thread's apartment.
    ///
    /// # Errors
    /// `RPC_E_CALL_CANCELED` when it was cancelled; `RPC_E_DISCONNECTED` when its
    /// apartment ended first; `RPC_E_SERVERFAULT` when the body panicked.
    pub fn finish(self) -> Result<R, HRESULT> {
        self.finish_as(&own_waiter())
    }

    fn finish_as(mut self, waiter: &Waiter) -> Result<R, HRESULT> {
        let settled = {
            let _pending = self.outgoing.begin();
            self.signal.wait_as(Some(waiter.clone()));
            wait_or_give_up(&self.slot, waiter, &self.outgoing, Some(&self.cancel))
        };
        self.signal.wait_as(None);
        match settled {
            None => self.abandon(),
            Some(Settled::Withdrawn) if self.cancel.is_requested() => {}
            Some(settled) => {
                if let Some(job) = self.job.take() {
                    return job.answer(settled);
                }
            }
        }
        Err(RPC_E_CALL_CANCELED)
    }
}

impl<R> Drop for Begun<R> {
    fn drop(&mut self) {
        if let Some(mut job) = self.job.take()
            && self.slot.leave() == GivenUp::Abandoned
        {
            job.abandon();
        }
    }
}

/// The protocol without the apartments around it.
#[cfg(all(test, loom))]
impl<R: Send + 'static> Begun<R> {
    /// Begins a call in `queue`.
    pub fn in_queue(
        queue: &crate::queue::Queue,
        owner: u64,
        signal: Arc<Signal>,
        body: impl FnOnce() -> R + Send + 'static,
    ) -> Self {
        let mut begun = Self::new(Outgoing::own_work("a model"), 0, signal, Box::new(body));
        if let Err(call) = queue.push(owner, begun.call()) {
            call.withdraw();
        }
        begun
    }

    /// As [`Begun::finish`].
    pub fn finish_in_model(self, waiter: &Waiter) -> Result<R, HRESULT> {
        self.finish_as(waiter)
    }
}
