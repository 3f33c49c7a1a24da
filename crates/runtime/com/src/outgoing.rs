//! A thread's calls from its own point of view: those that it has out, and those
//! that it serves.
//!
//! From both follows what a message filter is told: whether an incoming call
//! belongs to the chain that this thread waits for, how long that has been, and
//! whether an outgoing one was made from within another.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::{Duration, Instant};

use com_abi::codes::{
    RPC_E_CALL_REJECTED, RPC_E_CANTCALLOUT_INASYNCCALL, RPC_E_CANTCALLOUT_ININPUTSYNCCALL,
    RPC_E_SERVERCALL_RETRYLATER,
};
use com_abi::message::{
    CALLTYPE_ASYNC, CALLTYPE_ASYNC_CALLPENDING, CALLTYPE_NESTED, CALLTYPE_TOPLEVEL,
    CALLTYPE_TOPLEVEL_CALLPENDING, PENDINGTYPE_NESTED, PENDINGTYPE_TOPLEVEL, SERVERCALL_REJECTED,
    SERVERCALL_RETRYLATER,
};
use com_abi::{GUID, HRESULT};

use crate::apartment::Apartment;
use crate::call::{self, CallInfo, CallKind, Incoming};
use crate::cancel::Cancel;
use crate::causality::{self, Adopted};
use crate::filter;
use crate::slot::{Refusal, Slot};
use crate::sync::{Ordering, now, thread_local, tid};

/// A refused call is asked again after this time at least, so that a filter that
/// says "at once" does not take a core.
const SHORTEST_PAUSE: Duration = Duration::from_millis(1);
/// From this answer on a filter means milliseconds, below it "at once".
const FIRST_DELAY: u32 = 100;
/// A filter's "give up".
const GIVE_UP: u32 = u32::MAX;

struct Pending {
    causality: GUID,
    since: Instant,
}

struct Served {
    kind: CallKind,
    cancel: Option<Arc<Cancel>>,
    _chain: Adopted,
}

thread_local! {
    /// Calls that are out, the innermost last.
    static PENDING: RefCell<Vec<Pending>> = const { RefCell::new(Vec::new()) };
    /// Calls that are served, the innermost last.
    static SERVED: RefCell<Vec<Served>> = const { RefCell::new(Vec::new()) };
}

/// A call that is about to leave, or is out.
pub struct Outgoing {
    what: &'static str,
    /// `None` for the runtime's own work.
    info: Option<CallInfo>,
    causality: GUID,
    since: Instant,
}

/// A call is out until this is dropped.
#[must_use = "the call is out until this is dropped"]
pub struct PendingGuard(bool);

impl Drop for PendingGuard {
    fn drop(&mut self) {
        if self.0 {
            let _ = PENDING.try_with(|cell| cell.borrow_mut().pop());
        }
    }
}

impl Outgoing {
    /// The runtime's own work, which filters do not see.
    pub fn own_work(what: &'static str) -> Self {
        Self { what, info: None, causality: GUID::default(), since: now() }
    }

    /// A call through an interface.
    ///
    /// # Errors
    /// `RPC_E_CANTCALLOUT_ININPUTSYNCCALL` and `RPC_E_CANTCALLOUT_INASYNCCALL`
    /// while this thread serves such a call.
    pub fn call(info: CallInfo) -> Result<Self, HRESULT> {
        let serving = SERVED.with(|cell| cell.borrow().last().map(|served| served.kind));
        match serving {
            Some(CallKind::InputSynchronous) => return Err(RPC_E_CANTCALLOUT_ININPUTSYNCCALL),
            Some(CallKind::Asynchronous) if info.kind == CallKind::Synchronous => {
                return Err(RPC_E_CANTCALLOUT_INASYNCCALL);
            }
            _ => {}
        }
        let causality = causality::current();
        let what = "a call into another apartment";
        Ok(Self { what, info: Some(info), causality, since: now() })
    }

    /// What is waited for.
    pub fn what(&self) -> &'static str {
        self.what
    }

    /// What the callee is told.
    pub fn incoming(&self, cancel: Option<&Arc<Cancel>>) -> Option<Incoming> {
        self.info.as_ref().map(|info| Incoming {
            info: info.clone(),
            causality: self.causality,
            caller: tid(),
            cancel: cancel.cloned(),
        })
    }

    /// The call is out from now on.
    pub fn begin(&self) -> PendingGuard {
        if self.info.is_none() {
            return PendingGuard(false);
        }
        let pending = Pending { causality: self.causality, since: self.since };
        PendingGuard(PENDING.try_with(|cell| cell.borrow_mut().push(pending)).is_ok())
    }

    /// Asks this thread's filter what to do about a refusal: returns when the
    /// call is to be handed over again.
    ///
    /// # Errors
    /// `RPC_E_CALL_REJECTED` when the filter gives up, or without a filter;
    /// `RPC_E_SERVERCALL_RETRYLATER` without a filter.
    pub fn try_again(&self, home: &Arc<Apartment>, refusal: Refusal) -> Result<(), HRESULT> {
        let (without_filter, reject) = match refusal {
            Refusal::Rejected => (RPC_E_CALL_REJECTED, SERVERCALL_REJECTED),
            Refusal::RetryLater => (RPC_E_SERVERCALL_RETRYLATER, SERVERCALL_RETRYLATER),
        };
        let filter = filter::current().ok_or(without_filter)?;
        let callee = task(home.tid());
        // SAFETY: this thread's own filter; the handle is only a number.
        let answer = unsafe { filter.RetryRejectedCall(callee, self.ticks(), reject) };
        match answer {
            GIVE_UP => return Err(RPC_E_CALL_REJECTED),
            0..FIRST_DELAY => call::pause(SHORTEST_PAUSE),
            delay => call::pause(Duration::from_millis(delay.into())),
        }
        Ok(())
    }

    /// Tells this thread's filter that a message came; whether it gives the call
    /// up.
    pub fn message_pending(&self, slot: &Slot) -> bool {
        let Some(filter) = filter::current() else { return false };
        let nested = SERVED.with(|cell| !cell.borrow().is_empty());
        let pending = if nested { PENDINGTYPE_NESTED } else { PENDINGTYPE_TOPLEVEL };
        let callee = task(slot.server.load(Ordering::Relaxed).abs());
        // SAFETY: as above.
        let answer = unsafe { filter.MessagePending(callee, self.ticks(), pending) };
        answer == com_abi::message::PENDINGMSG_CANCELCALL
    }

    fn ticks(&self) -> u32 {
        milliseconds(self.since)
    }
}

fn milliseconds(since: Instant) -> u32 {
    u32::try_from(now().duration_since(since).as_millis()).unwrap_or(u32::MAX)
}

/// The documented handle of a task: a number that stands for a thread.
pub fn task(thread: i32) -> *mut core::ffi::c_void {
    core::ptr::without_provenance_mut(thread.cast_unsigned() as usize)
}

/// How an incoming call looks to this thread's filter: its type, and the age of
/// the thread's own call in milliseconds.
pub fn call_type(incoming: &Incoming) -> (u32, u32) {
    PENDING.with(|cell| {
        let pending = cell.borrow();
        let own = pending.last();
        let ticks = own.map_or(0, |own| milliseconds(own.since));
        let is_async = matches!(incoming.info.kind, CallKind::Asynchronous | CallKind::Begun);
        let same = pending.iter().any(|own| own.causality == incoming.causality);
        let call_type = match (own, is_async) {
            (None, false) => CALLTYPE_TOPLEVEL,
            (None, true) => CALLTYPE_ASYNC,
            (Some(_), true) => CALLTYPE_ASYNC_CALLPENDING,
            (Some(_), false) if same => CALLTYPE_NESTED,
            (Some(_), false) => CALLTYPE_TOPLEVEL_CALLPENDING,
        };
        (call_type, ticks)
    })
}

/// A call is served until this is dropped.
#[must_use = "the call is served until this is dropped"]
pub struct ServedGuard;

/// The thread serves a call from now on.
pub fn serve(incoming: &Incoming) -> ServedGuard {
    let served = Served {
        kind: incoming.info.kind,
        cancel: incoming.cancel.clone(),
        _chain: causality::adopt(incoming.causality),
    };
    SERVED.with(|cell| cell.borrow_mut().push(served));
    ServedGuard
}

impl Drop for ServedGuard {
    fn drop(&mut self) {
        let served = SERVED.with(|cell| cell.borrow_mut().pop());
        drop(served);
    }
}

/// Whether the call that this thread serves was cancelled; `None` when it serves
/// none.
pub fn is_served_call_cancelled() -> Option<bool> {
    SERVED.with(|cell| {
        let served = cell.borrow();
        let cancel = &served.last()?.cancel;
        Some(cancel.as_ref().is_some_and(|cancel| cancel.is_requested()))
    })
}
