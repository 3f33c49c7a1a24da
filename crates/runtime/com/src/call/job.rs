//! A call's job: the closure and the place for its result, on the caller's stack or
//! on the heap, and the entry of it in a queue. Whose memory it is when is said by
//! the slot's state (see [`super`]).

use core::ptr::NonNull;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use com_abi::HRESULT;
use com_abi::codes::{RPC_E_DISCONNECTED, RPC_E_SERVERFAULT};

use super::Incoming;
use crate::slot::{Owner, Refusal, Settled, Slot};
use crate::sync::planted;
use crate::{host, outgoing};

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

/// A closure and the place for its result.
pub(super) struct Job<F, R> {
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
    pub(super) fn new(body: F) -> Self {
        Self { body: Some(body), result: None }
    }

    /// A call of this job, which stays where it is until that is settled.
    pub(super) fn call(&mut self, slot: &Arc<Slot>, incoming: Option<Incoming>) -> QueuedCall {
        let (slot, job) = (Arc::clone(slot), (&raw mut *self).cast());
        QueuedCall { slot, run: run_job::<F, R>, free: None, job, incoming }
    }

    /// What became of it.
    pub(super) fn answer(&mut self, settled: Settled) -> Result<R, HRESULT> {
        match settled {
            Settled::Done => self.result.take().unwrap_or(Err(RPC_E_DISCONNECTED)),
            _ => Err(RPC_E_DISCONNECTED),
        }
    }
}

/// A job on the heap; freed with this, unless the home thread has it.
pub(super) struct OwnedJob<F, R>(Option<NonNull<Job<F, R>>>);

impl<F: FnOnce() -> R, R> OwnedJob<F, R> {
    pub(super) fn new(body: F) -> Self {
        let job = Box::new(Job::new(body));
        Self(Some(NonNull::from(Box::leak(job))))
    }

    pub(super) fn call(&mut self, slot: &Arc<Slot>, incoming: Option<Incoming>) -> QueuedCall {
        let job = self.0.map_or(core::ptr::null_mut(), |job| job.as_ptr().cast());
        let slot = Arc::clone(slot);
        QueuedCall { slot, run: run_job::<F, R>, free: Some(free_job::<F, R>), job, incoming }
    }

    pub(super) fn answer(mut self, settled: Settled) -> Result<R, HRESULT> {
        // SAFETY: settled, so the job is the caller's again, until it is freed
        // with `self`.
        let job = self.0.as_mut().map(|job| unsafe { job.as_mut() });
        job.map_or(Err(RPC_E_DISCONNECTED), |job| job.answer(settled))
    }

    /// No job, for the lack of one.
    pub(super) fn none() -> Self {
        Self(None)
    }

    /// The home thread has it, and frees it.
    pub(super) fn abandon(&mut self) {
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
