//! What a thread knows of the call that it serves: who called, and for which
//! request.
//!
//! Captured once on the caller's side, carried with the call, and laid down on
//! the serving thread for the time of the call. When the call ends, whatever
//! the object took on (an impersonation) is given back.

use std::cell::RefCell;

use com_abi::HRESULT;
use com_abi::codes::{CO_E_FAILEDTOIMPERSONATE, RPC_E_CALL_COMPLETE};
use observe::trace::{self, Trace};
use security::Token;
use security::impersonation::{self, Impersonation};

use crate::sync::thread_local;

/// `RPC_C_AUTHN_LEVEL_PKT_PRIVACY`: inside the process nobody can listen or pretend.
pub const PKT_PRIVACY: u32 = 6;

/// What travels with a call.
#[derive(Clone)]
pub struct CallContext {
    /// None is the process's.
    token: Option<Token>,
    /// How the caller was authenticated: `RPC_C_AUTHN_LEVEL_…`.
    level: u32,
    trace: Option<Trace>,
}

struct Served {
    /// None is the process's.
    token: Option<Token>,
    /// What `CoImpersonateClient` took.
    impersonation: Option<Impersonation>,
}

thread_local! {
    /// The calls that this thread serves, the innermost last.
    static SERVED: RefCell<Vec<Served>> = const { RefCell::new(Vec::new()) };
}

/// Ends the innermost call, also when it ends by a panic.
struct End;

impl Drop for End {
    fn drop(&mut self) {
        // Taken out first: giving an identity back must not happen under the
        // borrow.
        let served = SERVED.with(|cell| cell.borrow_mut().pop());
        drop(served);
    }
}

impl CallContext {
    /// The calling thread's: its impersonation or the process's token, and the
    /// trace that it works for.
    pub fn capture() -> Self {
        Self { token: impersonation::current(), level: PKT_PRIVACY, trace: trace::current() }
    }

    /// Who calls.
    pub fn token(&self) -> &Token {
        self.token.as_ref().unwrap_or_else(|| Token::process())
    }

    /// How the caller was authenticated.
    pub fn level(&self) -> u32 {
        self.level
    }

    /// The same, of a caller that was authenticated otherwise.
    #[cfg(all(test, not(loom)))]
    pub fn with_level(self, level: u32) -> Self {
        Self { level, ..self }
    }

    /// The request that the call belongs to.
    pub fn trace(&self) -> Option<&Trace> {
        self.trace.as_ref()
    }

    /// Serves the call on this thread.
    pub fn serve<R>(&self, body: impl FnOnce() -> R) -> R {
        let _trace = trace::enter(self.trace.clone());
        let _hop = self.trace.as_ref().map(|trace| trace.hop("component", self.token().user()));
        let served = Served { token: self.token.clone(), impersonation: None };
        SERVED.with(|cell| cell.borrow_mut().push(served));
        let _end = End;
        body()
    }
}

/// Whether this thread serves a call.
pub fn is_serving() -> bool {
    SERVED.with(|cell| !cell.borrow().is_empty())
}

/// Whether it has the caller's identity.
pub fn is_impersonating() -> bool {
    SERVED.with(|cell| cell.borrow().last().is_some_and(|served| served.impersonation.is_some()))
}

/// Takes the identity of the caller of the innermost call.
///
/// # Errors
/// `RPC_E_CALL_COMPLETE` when no call is served; `CO_E_FAILEDTOIMPERSONATE` when
/// the system refuses.
pub fn impersonate_client() -> Result<(), HRESULT> {
    revert_to_self();
    SERVED.with(|cell| {
        let mut calls = cell.borrow_mut();
        let served = calls.last_mut().ok_or(RPC_E_CALL_COMPLETE)?;
        let token = served.token.as_ref().unwrap_or_else(|| Token::process());
        let taken = impersonation::impersonate(token).map_err(|error| {
            observe::warn!("com", "cannot impersonate {}: {error}", token.user());
            CO_E_FAILEDTOIMPERSONATE
        })?;
        served.impersonation = Some(taken);
        Ok(())
    })
}

/// Gives the identity back; without one nothing happens.
pub fn revert_to_self() {
    let taken = SERVED
        .with(|cell| cell.borrow_mut().last_mut().and_then(|served| served.impersonation.take()));
    drop(taken);
}
