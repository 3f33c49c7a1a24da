//! Cancelling against completion.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use com_abi::GUID;
use com_abi::codes::{CO_E_CANCEL_DISABLED, E_NOINTERFACE, RPC_E_CALL_CANCELED};
use shuttle::sync::mpsc::channel;

use super::{Counts, Visited, check_end, export, import, schedules, spawn, sta, thread_of};
use crate::apartment;
use crate::call::{self, CallInfo, CallKind};
use crate::cancel;
use crate::membership::{decrement_mta_usage, increment_mta_usage};
use crate::sync::{Fault, plant, tid};

/// How long a caller waits for the end of a cancelled call.
const PATIENCE: Duration = Duration::from_millis(10);

/// Something that a job owns.
struct Owned(Arc<AtomicUsize>);

impl Owned {
    fn new(alive: &Arc<AtomicUsize>) -> Self {
        alive.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(alive))
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A thread of the MTA has calls out, in an STA; another one cancels them.
fn cancelled() {
    let (counts, cookie) = (Arc::new(Counts::default()), increment_mta_usage());
    let (owned, over) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let (to, from) = channel();
    let server = {
        let (counts, over) = (Arc::clone(&counts), Arc::clone(&over));
        sta(move |own| {
            let object = Visited::object(&counts, &Arc::default());
            to.send((export(&object), own, tid())).unwrap();
            drop(object);
            apartment::serve_until(|| over.load(Ordering::SeqCst));
        })
    };
    let (marshaled, home, thread) = from.recv().unwrap();
    let proxy = import(&marshaled).unwrap();
    drop(marshaled);
    cancel::enable();
    let caller = tid();
    let canceller = spawn(move || {
        for patience in [Duration::ZERO, PATIENCE, Duration::ZERO, Duration::ZERO] {
            let answer = cancel::cancel(caller, patience);
            let known = [E_NOINTERFACE, RPC_E_CALL_CANCELED, CO_E_CANCEL_DISABLED];
            assert!(answer.is_ok_and(|()| true) || known.contains(&answer.unwrap_err()));
        }
    });
    let answer = thread_of(&proxy);
    assert!(matches!(answer, Ok(there) if there == thread) || answer == Err(RPC_E_CALL_CANCELED));
    let info =
        CallInfo { iid: GUID::default(), method: 3, stub: None, kind: CallKind::Synchronous };
    let inside = Owned::new(&owned);
    let body = move || {
        // It takes a while, so that it may be given up while it runs.
        (0..4).for_each(|_| shuttle::thread::yield_now());
        inside
    };
    let answer = call::invoke_owned(&home, || info, body);
    assert!(matches!(answer, Ok(_) | Err(RPC_E_CALL_CANCELED)));
    drop(answer);
    canceller.join().unwrap();
    cancel::disable().unwrap();
    drop(proxy);
    over.store(true, Ordering::SeqCst);
    home.wake();
    server.join().unwrap();
    decrement_mta_usage(cookie).unwrap();
    assert_eq!(owned.load(Ordering::SeqCst), 0, "what the job owned is gone");
    check_end(&counts);
}

#[test]
fn a_cancelled_call_ends_for_its_caller_and_leaves_nothing() {
    schedules(cancelled);
}

#[test]
#[should_panic(expected = "what the job owned is gone")]
fn the_model_finds_a_job_that_nobody_frees() {
    let _fault = plant(Fault::ForgetsJobs);
    schedules(cancelled);
}
