//! Call objects: how a client calls an object elsewhere and does not wait.
//!
//! A call object has three interfaces: the asynchronous one, whose `Begin_x` and
//! `Finish_x` come here as frames of the synchronous method; `ISynchronize`, which is
//! signalled when the call is settled; `ICancelMethodCalls`. It may be a part of
//! another object. Begin and finish belong to the apartment of the proxy that it was
//! made from; the other two any thread may use.
//!
//! # Protocol
//! One call at a time. The state is behind a lock, which is never held while
//! arguments are copied, while somebody waits, or while foreign code runs:
//!
//! | state | the call is | `Begin_x` | `Finish_x` | `Cancel` |
//! |---|---|---|---|---|
//! | `Idle` | none's | to `Beginning`, then `Begun`; back when it fails | `RPC_E_CALL_COMPLETE` | `RPC_E_CALL_COMPLETE` |
//! | `Beginning` | the thread's that begins it | `RPC_S_CALLPENDING` | `RPC_E_CALL_COMPLETE` | `RPC_E_CALL_COMPLETE` |
//! | `Begun` | this object's | `RPC_S_CALLPENDING` | of the same method: to `Finishing`, then `Idle` | gives it up when there is no time left |
//! | `Finishing` | the thread's that finishes it | `RPC_S_CALLPENDING` | `RPC_E_CALL_COMPLETE` | tells that thread |
//!
//! Who owns the arguments meanwhile is the call's own protocol (`call::begun`). When
//! the object is released, the call that it has goes on without it.

mod part;

use core::ffi::c_void;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use com_abi::asynchronous::{
    ICancelMethodCalls, ICancelMethodCalls_Impl, ISynchronize, ISynchronize_Impl,
};
use com_abi::codes::{
    E_NOINTERFACE, E_POINTER, RPC_E_CALL_CANCELED, RPC_E_CALL_COMPLETE, RPC_S_CALLPENDING, S_OK,
};
use com_abi::object::make;
use com_abi::{HRESULT, IUnknown, Interface, class};

use crate::cancel::Cancel;
use crate::description::Known;
use crate::proxy::begun::BegunCall;
use crate::slot::Signal;
use crate::synchronize::{ManualReset, check_flags, limit};
use crate::{frame, proxy, wait};

pub use part::{begin, finish};

/// Longest sleep between two looks at whether a cancelled call is due.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);

/// The interface that is called: a proxy's, and its description, which keeps the
/// library that has the call object's vtable.
pub struct Target {
    proxy: IUnknown,
    known: Arc<Known>,
}

// SAFETY: the proxy is called by threads of its apartment only, which it checks
// itself; it may be released on any thread.
unsafe impl Send for Target {}
// SAFETY: as above.
unsafe impl Sync for Target {}

impl Target {
    /// Takes over a reference to a proxy of the described interface.
    ///
    /// # Errors
    /// `E_NOINTERFACE` when its calls do not travel as frames.
    pub fn new(proxy: IUnknown, known: Arc<Known>) -> Result<Self, HRESULT> {
        if proxy::calls::is_frame_proxy(&proxy) {
            Ok(Self { proxy, known })
        } else {
            Err(E_NOINTERFACE)
        }
    }
}

enum State {
    Idle,
    Beginning,
    Begun(u32, BegunCall),
    Finishing(Arc<Cancel>),
}

/// What the parts of a call object share.
struct Core {
    // Dropped first: a call that is out goes on without its caller.
    state: Mutex<State>,
    settled: Arc<ManualReset>,
    target: Target,
}

/// Leaves `Beginning` or `Finishing` for `Idle`, also by a panic.
struct Busy<'a>(&'a Core);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        if matches!(*state, State::Beginning | State::Finishing(_)) {
            *state = State::Idle;
        }
    }
}

impl Core {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `Begin_x`.
    ///
    /// # Safety
    /// `frame` fits the method, as far as it has what goes in.
    unsafe fn begin(&self, method: u32, frame: *mut c_void) -> Result<HRESULT, HRESULT> {
        let _busy = {
            let mut state = self.state();
            if !matches!(*state, State::Idle) {
                return Err(RPC_S_CALLPENDING);
            }
            *state = State::Beginning;
            Busy(self)
        };
        self.settled.reset();
        let settled = Arc::clone(&self.settled);
        let signal = Signal::new(move || settled.set());
        // SAFETY: a proxy of the interface; the rest is forwarded from the caller.
        let call =
            unsafe { proxy::begun::begin(self.target.proxy.as_raw(), method, frame, signal)? };
        *self.state() = State::Begun(method, call);
        Ok(S_OK)
    }

    /// `Finish_x`.
    ///
    /// # Safety
    /// `frame` fits the method, as far as it has the places for what comes out.
    unsafe fn finish(&self, method: u32, frame: *mut c_void) -> Result<HRESULT, HRESULT> {
        let proxy = self.target.proxy.as_raw();
        // SAFETY: a proxy of the interface.
        unsafe { proxy::check_context(proxy)? };
        let plan = self.target.known.plan(method).ok_or(E_POINTER)?;
        // SAFETY: forwarded from the caller. The call is still there when this fails.
        unsafe { frame::check_outs(plan, frame)? };
        let (_busy, call) = {
            let mut state = self.state();
            let cancel = match &*state {
                State::Begun(begun, call) if *begun == method => Arc::clone(call.cancel()),
                _ => return Err(RPC_E_CALL_COMPLETE),
            };
            match core::mem::replace(&mut *state, State::Finishing(cancel)) {
                State::Begun(_, call) => (Busy(self), call),
                _ => return Err(RPC_E_CALL_COMPLETE),
            }
        };
        // SAFETY: forwarded from the caller; the call was begun through that proxy.
        unsafe { call.finish(proxy, frame) }
    }

    fn cancel(&self, seconds: u32) -> Result<HRESULT, HRESULT> {
        let patience = Duration::from_secs(seconds.into());
        let mut state = self.state();
        let cancel = match &*state {
            State::Begun(_, call) => call.cancel(),
            State::Finishing(cancel) => cancel,
            State::Idle | State::Beginning => return Err(RPC_E_CALL_COMPLETE),
        };
        if cancel.is_requested() {
            return Err(RPC_E_CALL_CANCELED);
        }
        let cancel = Arc::clone(cancel);
        if let State::Begun(_, call) = &mut *state {
            if call.is_settled() {
                return Err(RPC_E_CALL_COMPLETE);
            }
            // Before the callee can see it and answer.
            if patience.is_zero() {
                call.give_up();
            }
        }
        cancel.request(patience);
        Ok(S_OK)
    }

    fn test_cancel(&self) -> HRESULT {
        let is_requested = match &*self.state() {
            State::Begun(_, call) => call.cancel().is_requested(),
            State::Finishing(cancel) => cancel.is_requested(),
            State::Idle | State::Beginning => return RPC_E_CALL_COMPLETE,
        };
        if is_requested { RPC_E_CALL_CANCELED } else { RPC_S_CALLPENDING }
    }

    /// Gives up a cancelled call whose time is over; otherwise how long to wait
    /// before looking again.
    fn look(&self) -> Duration {
        let mut state = self.state();
        let State::Begun(_, call) = &mut *state else { return LONGEST_SLEEP };
        let Some(deadline) = call.cancel().deadline() else { return LONGEST_SLEEP };
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() && !call.is_settled() {
            call.give_up();
        }
        left.min(LONGEST_SLEEP)
    }

    /// Waits until the call is settled.
    fn wait(&self, longest: Option<Duration>) -> Result<HRESULT, HRESULT> {
        let end = longest.and_then(|longest| Instant::now().checked_add(longest));
        loop {
            let nap = self.look();
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            let nap = left.map_or(nap, |left| left.min(nap));
            match wait::for_handles(&[self.settled.handle()], false, Some(nap)) {
                Err(RPC_S_CALLPENDING) if left.is_none_or(|left| left > nap) => {}
                waited => return waited.map(|_| S_OK),
            }
        }
    }
}

/// See the module.
#[class(interfaces(ISynchronize, ICancelMethodCalls), aggregates(part))]
struct CallObject {
    core: Arc<Core>,
    /// Has the asynchronous interface.
    part: IUnknown,
}

impl ISynchronize_Impl for CallObject {
    unsafe fn Wait(&self, flags: u32, milliseconds: u32) -> HRESULT {
        let core = Arc::clone(&self.core);
        let waited = check_flags(flags).and_then(|()| core.wait(limit(milliseconds)));
        waited.unwrap_or_else(|code| code)
    }

    unsafe fn Signal(&self) -> HRESULT {
        self.core.settled.set();
        S_OK
    }

    unsafe fn Reset(&self) -> HRESULT {
        self.core.settled.reset();
        S_OK
    }
}

impl ICancelMethodCalls_Impl for CallObject {
    unsafe fn Cancel(&self, seconds: u32) -> HRESULT {
        self.core.cancel(seconds).unwrap_or_else(|code| code)
    }

    unsafe fn TestCancel(&self) -> HRESULT {
        self.core.test_cancel()
    }
}

/// A call object for the asynchronous twin of an interface: its non-delegating
/// `IUnknown` with the only reference.
///
/// # Errors
/// `E_OUTOFMEMORY`.
///
/// # Safety
/// `outer` is null or outlives the object.
pub unsafe fn call_object(target: Target, outer: *mut c_void) -> Result<IUnknown, HRESULT> {
    let settled = Arc::new(ManualReset::new()?);
    let core = Arc::new(Core { state: Mutex::new(State::Idle), settled, target });
    // SAFETY: forwarded from the caller; whoever controls the object outlives its
    // parts.
    unsafe {
        make(outer, |controlling| {
            let part = part::new(&core, controlling.as_raw());
            Ok(CallObject { core, part })
        })
    }
}
