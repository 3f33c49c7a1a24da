//! The call protocol in every order of steps (`cargo xtask models`).

use std::sync::Arc;

use com_abi::HRESULT;
use com_abi::codes::RPC_E_DISCONNECTED;
use loom::cell::UnsafeCell;
use loom::thread;

use crate::apartment::{Apartment, Kind};
use crate::call::{QueuedCall, hand_over, wait};
use crate::queue::{Next, Queue};
use crate::slot::Waiter;
use crate::sync::current;

/// Memory on the caller's stack: the model finds every use of it that the
/// protocol does not order.
struct Memory(UnsafeCell<u32>);

// SAFETY: that it is used by one thread at a time is what the models check.
unsafe impl Sync for Memory {}

impl Memory {
    fn new() -> Self {
        Self(UnsafeCell::new(0))
    }

    fn add(&self) {
        // SAFETY: see the type.
        self.0.with_mut(|count| unsafe { *count += 1 });
    }

    fn take(self) -> u32 {
        // SAFETY: as above.
        self.0.with(|count| unsafe { *count })
    }
}

/// Calls into a queue from a thread that waits as `waiter`; checks that the body
/// ran exactly when the call succeeded.
fn call(queue: &Queue, waiter: Waiter) -> Result<(), HRESULT> {
    let memory = Memory::new();
    let body = || memory.add();
    let answer = hand_over(queue, waiter, body, |_| (), |slot| wait(slot, "a model", None));
    assert!(matches!(answer, Ok(()) | Err(RPC_E_DISCONNECTED)));
    assert_eq!(memory.take(), u32::from(answer.is_ok()));
    answer
}

fn serve(queue: &Queue) {
    while let Next::Call(call) = queue.next(|| false) {
        call.serve();
    }
}

fn close(queue: &Queue) {
    queue.close().into_iter().for_each(QueuedCall::withdraw);
}

#[test]
fn a_call_runs_once_or_not_at_all_and_its_caller_goes_on() {
    loom::model(|| {
        let queue = Arc::new(Queue::default());
        let home = Arc::clone(&queue);
        let server = thread::spawn(move || serve(&home));
        let home = Arc::clone(&queue);
        let closer = thread::spawn(move || close(&home));
        let _ = call(&queue, Waiter::Thread(current()));
        closer.join().unwrap();
        server.join().unwrap();
    });
}

#[test]
fn of_two_callers_nobody_sleeps_for_ever() {
    loom::model(|| {
        let queue = Arc::new(Queue::default());
        let home = Arc::clone(&queue);
        let other = thread::spawn(move || call(&home, Waiter::Thread(current())).unwrap());
        let home = Arc::clone(&queue);
        let server = thread::spawn(move || {
            for _ in 0..2 {
                if let Next::Call(call) = home.next(|| false) {
                    call.serve();
                }
            }
        });
        call(&queue, Waiter::Thread(current())).unwrap();
        other.join().unwrap();
        server.join().unwrap();
    });
}

/// An STA calls another one, then ends.
fn visit(own: &Arc<Apartment>, other: &Arc<Apartment>) {
    let _ = call(other.queue(), Waiter::Apartment(Arc::clone(own)));
    close(own.queue());
}

#[test]
fn two_apartments_that_call_each_other_come_to_an_end() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let (one, other) = (Apartment::new(Kind::Sta), Apartment::new(Kind::Sta));
        let (there, back) = (Arc::clone(&other), Arc::clone(&one));
        let thread = thread::spawn(move || visit(&there, &back));
        visit(&one, &other);
        thread.join().unwrap();
    });
}

/// A planted fault: whoever closes the queue forgets the calls in it. The model
/// has to find the caller that sleeps for ever.
#[test]
#[should_panic(expected = "deadlock")]
fn the_model_finds_a_call_that_is_forgotten() {
    loom::model(|| {
        let queue = Arc::new(Queue::default());
        let home = Arc::clone(&queue);
        let closer = thread::spawn(move || drop(home.close()));
        let _ = call(&queue, Waiter::Thread(current()));
        closer.join().unwrap();
    });
}
