//! What happens at the border of a context: its interceptors run.
//!
//! On the way in, in this order: may the caller enter (security); a hop of the
//! caller's trace; the activity's lock (synchronisation); the identity; the
//! program's own interceptors. On the way back in the reverse order, whatever the
//! call ended with, a panic included: each step is a guard. A step that refuses ends
//! the call, and undoes what came before it.
//!
//! A call *out of* a context is told to the program's own interceptors of that
//! context, which may refuse it too; the other properties are about coming in.

use std::borrow::Cow;

use com_abi::codes::{CO_E_FAILEDTOIMPERSONATE, RPC_E_SERVERFAULT};
use com_abi::interceptor::{PW_CROSSING_IN, PW_CROSSING_OUT, PwCrossing};
use com_abi::{GUID, HRESULT};
use observe::thread::tid;
use security::impersonation::{self, Impersonation};

use super::request::{Interceptor, Properties};
use super::{Context, State};
use crate::context::CallContext;
use crate::{causality, membership};

/// The method that a call is about, as interceptors are told.
#[derive(Clone, Copy)]
pub struct Method {
    /// The interface.
    pub iid: GUID,
    /// The method's place in the vtable.
    pub number: u32,
}

/// What a call ended with, as interceptors are told.
pub trait Answer {
    /// Its code.
    fn code(&self) -> HRESULT;
}

impl Answer for HRESULT {
    fn code(&self) -> HRESULT {
        *self
    }
}

impl<T: Answer> Answer for Result<T, HRESULT> {
    fn code(&self) -> HRESULT {
        self.as_ref().map_or_else(|code| *code, T::code)
    }
}

impl<A: Answer, B> Answer for (A, B) {
    fn code(&self) -> HRESULT {
        self.0.code()
    }
}

/// Runs a call, on a thread that is within `home` for it, behind the interceptors of
/// that context.
///
/// # Errors
/// `E_ACCESSDENIED`, `CONTEXT_E_SYNCH_TIMEOUT`, `CO_E_FAILEDTOIMPERSONATE`, or an
/// interceptor's own code, and `body` has not run; what `body` answers.
pub fn enter<T: Answer>(
    home: &Context,
    method: Method,
    caller: &CallContext,
    body: impl FnOnce() -> Result<T, HRESULT>,
) -> Result<T, HRESULT> {
    match home.further() {
        Some(further) => enter_further(further, method, caller, body),
        None => body(),
    }
}

fn enter_further<T: Answer>(
    home: &State,
    method: Method,
    caller: &CallContext,
    body: impl FnOnce() -> Result<T, HRESULT>,
) -> Result<T, HRESULT> {
    let properties = home.properties();
    properties.access.check(caller)?;
    let trace = caller.trace().filter(|_| properties.is_traced);
    let name = || Cow::from(String::from(&*properties.name));
    let _hop = trace.map(|trace| trace.hop(name(), caller.token().user()));
    let chain = causality::current();
    let longest = properties.longest_wait;
    let activity = properties.activity.as_deref();
    let _inside = activity.map(|activity| activity.enter(chain, longest)).transpose()?;
    let _identity = identity(properties)?;
    told(home, PW_CROSSING_IN, method, body)
}

/// Takes the context's identity, if it has one.
fn identity(properties: &Properties) -> Result<Option<Impersonation>, HRESULT> {
    let taken = properties.identity.as_ref().map(impersonation::impersonate).transpose();
    taken.map_err(|error| {
        observe::warn!(
            "com",
            "the context {:?} cannot take its identity: {error}",
            properties.name
        );
        CO_E_FAILEDTOIMPERSONATE
    })
}

/// Runs a call that leaves the context of this thread.
///
/// # Errors
/// An interceptor's own code, and `body` has not run; what `body` answers.
pub fn leave<T: Answer>(
    method: Method,
    body: impl FnOnce() -> Result<T, HRESULT>,
) -> Result<T, HRESULT> {
    match membership::further() {
        Some(further) => told(&further, PW_CROSSING_OUT, method, body),
        None => body(),
    }
}

/// The interceptors that were asked and said yes; told of the end when this is
/// dropped.
struct Entered<'a> {
    interceptors: &'a [Interceptor],
    count: usize,
    crossing: &'a PwCrossing,
    result: HRESULT,
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        for interceptor in self.interceptors.iter().take(self.count).rev() {
            // SAFETY: a live object, which may be called by every thread; the
            // description lives during the call.
            unsafe { interceptor.get().Leave(self.crossing, self.result) };
        }
    }
}

fn told<T: Answer>(
    context: &State,
    direction: u32,
    method: Method,
    body: impl FnOnce() -> Result<T, HRESULT>,
) -> Result<T, HRESULT> {
    let interceptors = &*context.properties().interceptors;
    if interceptors.is_empty() {
        return body();
    }
    let name: Vec<u16> = context.properties().name.encode_utf16().chain([0]).collect();
    let crossing = PwCrossing {
        direction,
        method: method.number,
        iid: method.iid,
        causality: causality::current(),
        thread: tid().cast_unsigned(),
        context: name.as_ptr(),
    };
    // What they are told if `body` panics.
    let mut entered =
        Entered { interceptors, count: 0, crossing: &crossing, result: RPC_E_SERVERFAULT };
    for interceptor in interceptors {
        // SAFETY: as in `drop`.
        let code = unsafe { interceptor.get().Enter(&crossing) };
        if code.is_err() {
            entered.result = code;
            return Err(code);
        }
        entered.count += 1;
    }
    let answer = body();
    entered.result = answer.code();
    answer
}
