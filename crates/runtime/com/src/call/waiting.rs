//! How a caller waits for its call: a thread of a single-threaded apartment goes on
//! serving its own queue, any other sleeps.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::apartment::Apartment;
use crate::cancel::Cancel;
use crate::outgoing::Outgoing;
use crate::queue::{Next, Watch};
use crate::slot::{GivenUp, Settled, Slot, Waiter};
use crate::sync::{self, SPINS, now, park_timeout};
use crate::{filter, host, membership};

/// Longest sleep between two looks at the slot; see `queue`.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);

/// Waits until the call is settled.
pub(super) fn wait(slot: &Slot, waiter: &Waiter, outgoing: &Outgoing) -> Settled {
    loop {
        if let Some(settled) = wait_or_give_up(slot, waiter, outgoing, None) {
            return settled;
        }
    }
}

/// Waits until the call is settled; `None` when it was given up and runs on.
pub(super) fn wait_or_give_up(
    slot: &Slot,
    waiter: &Waiter,
    outgoing: &Outgoing,
    cancel: Option<&Arc<Cancel>>,
) -> Option<Settled> {
    for _ in 0..SPINS {
        if let Some(settled) = slot.settled() {
            return Some(settled);
        }
        std::hint::spin_loop();
    }
    let serves = matches!(waiter, Waiter::Apartment(_));
    observe::wait::calling(outgoing.what(), &slot.server, serves, || match waiter {
        Waiter::Thread(_) => sleep(slot, cancel),
        Waiter::Apartment(own) => serve_meanwhile(own, slot, outgoing, cancel),
    })
}

/// Ends the wait for a call that was cancelled.
fn give_up(slot: &Slot) -> Option<Settled> {
    match slot.give_up() {
        GivenUp::Abandoned => None,
        GivenUp::Settled => slot.settled(),
    }
}

fn sleep(slot: &Slot, cancel: Option<&Arc<Cancel>>) -> Option<Settled> {
    loop {
        if let Some(settled) = slot.settled() {
            return Some(settled);
        }
        if cancel.is_some_and(|cancel| cancel.is_due()) {
            return give_up(slot);
        }
        let left = cancel.and_then(|cancel| cancel.deadline());
        let left = left.map(|deadline| deadline.saturating_duration_since(now()));
        park_timeout(left.unwrap_or(LONGEST_SLEEP).min(LONGEST_SLEEP));
    }
}

/// The modal wait: this thread's own calls and timers go on.
fn serve_meanwhile(
    own: &Arc<Apartment>,
    slot: &Slot,
    outgoing: &Outgoing,
    cancel: Option<&Arc<Cancel>>,
) -> Option<Settled> {
    let is_due = || cancel.is_some_and(|cancel| cancel.is_due());
    let until = || slot.settled().is_some() || is_due();
    let mut seen = filter::is_registered().then(|| own.queue().posted());
    loop {
        let deadline = cancel.and_then(|cancel| cancel.deadline());
        let watch = Watch { until: &until, deadline, seen, timers: true, closes: false };
        match own.queue().next(&watch) {
            Next::Call(call) => {
                let _running = observe::wait::running();
                host::serve_call(own, call);
            }
            Next::Timer(timer) => {
                let _running = observe::wait::running();
                crate::message::fire(&timer);
            }
            Next::Message => {
                let _running = observe::wait::running();
                seen = Some(own.queue().posted());
                if let (true, Some(cancel)) = (outgoing.message_pending(slot), cancel) {
                    cancel.request(Duration::ZERO);
                }
            }
            Next::Until | Next::Deadline => match slot.settled() {
                Some(settled) => return Some(settled),
                None if is_due() => return give_up(slot),
                None => {}
            },
            // Not asked for.
            Next::Closed => {}
        }
    }
}

/// Goes on serving this thread's calls for a while, or sleeps.
pub fn pause(time: Duration) {
    let end = now() + time;
    let _wait = observe::wait::begin("a busy callee to be asked again", None);
    let Some(own) = membership::own_sta() else {
        sync::sleep(time);
        return;
    };
    serve_until(&own, end, &|| now() >= end);
}

/// Goes on serving this thread's calls and timers until `until` holds or the time is
/// over; the caller has named the wait.
pub fn serve_until(own: &Arc<Apartment>, end: Instant, until: &dyn Fn() -> bool) {
    loop {
        let watch = Watch { deadline: Some(end), timers: true, ..Watch::until(until) };
        match own.queue().next(&watch) {
            Next::Call(call) => {
                let _running = observe::wait::running();
                host::serve_call(own, call);
            }
            Next::Timer(timer) => {
                let _running = observe::wait::running();
                crate::message::fire(&timer);
            }
            _ => return,
        }
    }
}
