//! The message filter of a single-threaded apartment.
//!
//! One for each STA, registered and used on its own thread only, never
//! marshaled. Without one every call is accepted, a refused call fails, and
//! messages wait until the call is over.

use std::cell::RefCell;
use std::sync::Arc;

use com_abi::HRESULT;
use com_abi::codes::CO_E_NOT_SUPPORTED;
use com_abi::message::{IMessageFilter, INTERFACEINFO, SERVERCALL_REJECTED, SERVERCALL_RETRYLATER};

use crate::call::{CallKind, QueuedCall};
use crate::slot::Refusal;
use crate::stub::Stub;
use crate::sync::thread_local;
use crate::{membership, outgoing};

thread_local! {
    static FILTER: RefCell<Option<IMessageFilter>> = const { RefCell::new(None) };
}

/// Sets this apartment's filter and answers the one before.
///
/// # Errors
/// `CO_E_NOT_SUPPORTED` on a thread that is no STA.
pub fn register(filter: Option<IMessageFilter>) -> Result<Option<IMessageFilter>, HRESULT> {
    membership::own_sta().ok_or(CO_E_NOT_SUPPORTED)?;
    Ok(FILTER.with(|cell| cell.replace(filter)))
}

/// Takes this thread's filter away at the end of its apartment.
pub fn end() {
    let filter = FILTER.try_with(|cell| cell.take());
    // Released here, so that nothing of it runs under the borrow.
    drop(filter);
}

/// This thread's filter.
pub fn current() -> Option<IMessageFilter> {
    FILTER.try_with(|cell| cell.borrow().clone()).ok().flatten()
}

/// Whether this thread has one.
pub fn is_registered() -> bool {
    FILTER.try_with(|cell| cell.borrow().is_some()).unwrap_or(false)
}

/// Asks this thread's filter about a call; how it refuses it, if it does.
pub fn refusal(call: &QueuedCall) -> Option<Refusal> {
    let (filter, incoming) = (current()?, call.incoming()?);
    let (call_type, ticks) = outgoing::call_type(incoming);
    let address = |stub: &Arc<Stub>| stub.address(&incoming.info.iid) as *mut core::ffi::c_void;
    let info = INTERFACEINFO {
        pUnk: incoming.info.stub.as_ref().map_or(core::ptr::null_mut(), address),
        iid: incoming.info.iid,
        wMethod: incoming.info.method,
    };
    let caller = outgoing::task(incoming.caller);
    // SAFETY: this thread's own filter; the information is readable meanwhile.
    let answer = unsafe { filter.HandleInComingCall(call_type, caller, ticks, &raw const info) };
    let refusal = match answer {
        SERVERCALL_REJECTED => Refusal::Rejected,
        SERVERCALL_RETRYLATER => Refusal::RetryLater,
        _ => return None,
    };
    // Those cannot be refused, as documented.
    (incoming.info.kind == CallKind::Synchronous).then_some(refusal)
}
