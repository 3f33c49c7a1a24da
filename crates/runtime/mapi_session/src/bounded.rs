//! Work that may never end, on a thread that is left behind if it does not.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use mapi_abi::codes::{Code, Failure};
use security::{Token, spawner};

use crate::context::work_as;
use crate::live::guarded;

/// Stack of such a thread, in bytes.
const STACK: usize = 512 << 10;

/// Runs `body` as `token` on a thread of its own and waits at most for `bound`.
///
/// # Errors
/// The body's; `CALL_FAILED` it panicked; `TIMEOUT` it did not end, and its thread
/// is left to itself; `NOT_ENOUGH_RESOURCES` there is no thread.
pub fn run<R: Send + 'static>(
    what: &'static str,
    token: &Token,
    bound: Duration,
    body: impl FnOnce() -> Result<R, Failure> + Send + 'static,
) -> Result<R, Failure> {
    let (answer, answered) = channel();
    let owner = token.clone();
    let started = spawner::spawn("provider", STACK, move || {
        let result = work_as(&owner).and_then(|_identity| guarded(body));
        // Whoever asked may have gone on.
        let _ = answer.send(result);
    });
    started.map_err(|error| {
        Failure::new(Code::NOT_ENOUGH_RESOURCES, format!("no thread for a provider: {error}"))
    })?;
    let _wait = observe::wait::begin(what, None);
    match answered.recv_timeout(bound) {
        Ok(result) => result,
        Err(RecvTimeoutError::Timeout) => {
            let says = format!(
                "the provider did not answer within {} ms and is left alone",
                bound.as_millis()
            );
            Err(Failure::new(Code::TIMEOUT, says))
        }
        Err(RecvTimeoutError::Disconnected) => {
            Err(Failure::new(Code::CALL_FAILED, "the provider's thread ended without an answer"))
        }
    }
}
