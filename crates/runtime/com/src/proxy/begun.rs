//! Calls through a proxy whose caller does not wait: the same way as any other,
//! with the caller's identity, its chain and the hooks, but for the answer, which
//! stays in the call until somebody finishes it.

use core::ffi::c_void;
use std::sync::Arc;

use com_abi::HRESULT;
use com_abi::codes::{E_POINTER, RPC_E_DISCONNECTED, S_OK};

use super::Held;
use super::manager::{Manager, proxy_at};
use crate::call::begun::Begun;
use crate::call::{CallInfo, CallKind};
use crate::cancel::Cancel;
use crate::context::CallContext;
use crate::contexts::crossing::{self, Answer, Method};
use crate::frame::{Frame, Out};
use crate::hook::{self, HookedCall};
use crate::slot::Signal;
use crate::stub::Hold;

/// What comes from the object's apartment.
struct Outcome {
    answer: Result<(HRESULT, Frame), HRESULT>,
    hooked: Option<HookedCall>,
}

/// A call that is out.
pub struct BegunCall {
    call: Begun<Outcome>,
    /// The caller's places that only come back.
    outs: Vec<Out>,
}

/// Begins a call; `frame` has what goes in.
///
/// # Errors
/// Those of a call into another apartment, and of its arguments.
///
/// # Safety
/// `this` is an interface proxy with a reference of the caller's; `frame` fits its
/// method `method`.
pub unsafe fn begin(
    this: *mut c_void,
    method: u32,
    frame: *mut c_void,
    signal: Arc<Signal>,
) -> Result<BegunCall, HRESULT> {
    // SAFETY: forwarded from the caller; a proxy lives as long as its manager.
    let (proxy, manager) = unsafe {
        let proxy = proxy_at(this)?;
        (proxy, &*proxy.manager)
    };
    let plan = proxy.known.as_deref().and_then(|known| known.plan(method)).ok_or(E_POINTER)?;
    manager.connection.check()?;
    // SAFETY: forwarded from the caller.
    let mut captured = unsafe { Frame::capture_ins(plan, frame)? };
    let outs = captured.outs();
    let held = hold(manager)?;
    let context = CallContext::capture();
    let _hop = context.trace().map(|trace| trace.hop("proxy call", context.token().user()));
    let (home, iid) = (held.stub().home().clone(), proxy.iid);
    let kind = match plan.kind() {
        CallKind::Synchronous => CallKind::Begun,
        other => other,
    };
    let (stub, known) = (Some(Arc::clone(held.stub())), proxy.known.clone());
    let info = CallInfo { iid, method: method as u16, stub, kind };
    let mut hooked = hook::begin(&iid, method);
    let (crossing, inside) = (Method { iid, number: method }, home.clone());
    let run = move || {
        // Let go in any case when the call has ended; the library of the description
        // stays until then.
        let (held, _known) = (held, known);
        let serve = || {
            let target = held.stub().pin(&iid)?;
            // SAFETY: the interface of the method, in its own apartment.
            let serve = || unsafe { captured.serve(target.as_raw()) };
            hook::serve(hooked.as_mut(), serve)
        };
        let answer = crossing::enter(&inside, crossing, &context, || context.serve(serve));
        Outcome { answer: answer.map(|code| (code, captured)), hooked }
    };
    crossing::leave(crossing, || {
        Ok(BegunCall { call: Begun::begin(&home, info, signal, run)?, outs })
    })
}

impl Answer for BegunCall {
    /// It is out; what it ends with the interceptors of the object's context hear.
    fn code(&self) -> HRESULT {
        S_OK
    }
}

/// Keeps the object for the call, since its caller may give up the proxy before it
/// has begun.
fn hold(manager: &Manager) -> Result<Held, HRESULT> {
    let stub = &manager.connection.stub;
    stub.hold(Hold::Strong).map_err(|_| RPC_E_DISCONNECTED)?;
    Ok(Held::new(Arc::clone(stub)))
}

impl BegunCall {
    /// The means to cancel it.
    pub fn cancel(&self) -> &Arc<Cancel> {
        self.call.cancel()
    }

    /// Whether there is an answer.
    pub fn is_settled(&self) -> bool {
        self.call.is_settled()
    }

    /// Does not wait for it any longer; see [`Begun::give_up`].
    pub fn give_up(&mut self) {
        self.call.give_up();
    }

    /// Waits for the end of the call, and moves what came back to the places in
    /// `frame`; they are zero after a failure on the way.
    ///
    /// # Errors
    /// As [`Begun::finish`]; those of the way back.
    ///
    /// # Safety
    /// `frame` is one of the method's, whose pointers for what comes out are null or
    /// have room for it; `proxy` is the proxy through which the call was begun.
    pub unsafe fn finish(self, proxy: *mut c_void, frame: *mut c_void) -> Result<HRESULT, HRESULT> {
        let answer = self.call.finish().and_then(|outcome| {
            hook::end(outcome.hooked, proxy, &outcome.answer);
            outcome.answer
        });
        // SAFETY: forwarded from the caller.
        unsafe {
            let answer =
                answer.and_then(|(code, captured)| captured.write_out(frame).map(|()| code));
            if answer.is_err() {
                self.outs.into_iter().for_each(|out| out.zero(frame));
            }
            answer
        }
    }
}
