//! The call protocol in every order of steps (`cargo xtask models`).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use com_abi::HRESULT;
use com_abi::codes::{RPC_E_CALL_CANCELED, RPC_E_DISCONNECTED};
use loom::cell::UnsafeCell;
use loom::thread;

use crate::apartment::{Apartment, Kind};
use crate::call::QueuedCall;
use crate::call::begun::Begun;
use crate::call::model::{borrowed, owned};
use crate::cancel::Cancel;
use crate::queue::{Next, Queue, Watch};
use crate::slot::{Refusal, Signal, Waiter};
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

/// The apartment whose queue a model uses on its own.
const OWNER: u64 = 7;

fn queue() -> Arc<Queue> {
    Arc::new(Queue::owned_by(OWNER))
}

/// Calls into a queue from a thread that waits as `waiter`; checks that the body
/// ran exactly when the call succeeded.
fn call(queue: &Queue, owner: u64, waiter: Waiter) -> Result<(), HRESULT> {
    let memory = Memory::new();
    let answer = borrowed(queue, owner, waiter, || memory.add());
    assert!(matches!(answer, Ok(()) | Err(RPC_E_DISCONNECTED)));
    assert_eq!(memory.take(), u32::from(answer.is_ok()));
    answer
}

fn next(queue: &Queue) -> Next {
    queue.next(&Watch::until(&|| false))
}

fn serve(queue: &Queue) {
    while let Next::Call(call) = next(queue) {
        call.serve();
    }
}

fn close(queue: &Queue) {
    queue.close().into_iter().for_each(QueuedCall::withdraw);
}

#[test]
fn a_call_runs_once_or_not_at_all_and_its_caller_goes_on() {
    loom::model(|| {
        let queue = queue();
        let home = Arc::clone(&queue);
        let server = thread::spawn(move || serve(&home));
        let home = Arc::clone(&queue);
        let closer = thread::spawn(move || close(&home));
        let _ = call(&queue, OWNER, Waiter::Thread(current()));
        closer.join().unwrap();
        server.join().unwrap();
    });
}

#[test]
fn of_two_callers_nobody_sleeps_for_ever() {
    loom::model(|| {
        let queue = queue();
        let home = Arc::clone(&queue);
        let other = thread::spawn(move || call(&home, OWNER, Waiter::Thread(current())).unwrap());
        let home = Arc::clone(&queue);
        let server = thread::spawn(move || {
            for _ in 0..2 {
                if let Next::Call(call) = next(&home) {
                    call.serve();
                }
            }
        });
        call(&queue, OWNER, Waiter::Thread(current())).unwrap();
        other.join().unwrap();
        server.join().unwrap();
    });
}

/// An STA calls another one, then ends.
fn visit(own: &Arc<Apartment>, other: &Arc<Apartment>) {
    let _ = call(other.queue(), other.id(), Waiter::Apartment(Arc::clone(own)));
    close(own.queue());
}

#[test]
fn two_apartments_that_call_each_other_come_to_an_end() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let sta = || Apartment::new(Kind::Sta, Arc::default());
        let (one, other) = (sta(), sta());
        let (there, back) = (Arc::clone(&other), Arc::clone(&one));
        let thread = thread::spawn(move || visit(&there, &back));
        visit(&one, &other);
        thread.join().unwrap();
    });
}

/// A thread leaves its apartment and makes another one: the calls of the first are
/// not served in the second.
#[test]
fn a_call_is_served_by_the_apartment_that_it_was_for() {
    loom::model(|| {
        let queue = queue();
        let home = Arc::clone(&queue);
        let own = Arc::new(AtomicUsize::new(OWNER as usize));
        let here = Arc::clone(&own);
        let server = thread::spawn(move || {
            close(&home);
            here.store(OWNER as usize + 1, Ordering::SeqCst);
            home.open(OWNER + 1);
            home.take_all().into_iter().for_each(QueuedCall::serve);
        });
        let body = || assert_eq!(own.load(Ordering::SeqCst), OWNER as usize);
        let answer = borrowed(&queue, OWNER, Waiter::Thread(current()), body);
        assert_eq!(answer, Err(RPC_E_DISCONNECTED));
        server.join().unwrap();
    });
}

/// What an owned job owns: counts how often it is freed.
struct Owned {
    memory: Memory,
    freed: Arc<AtomicUsize>,
}

impl Drop for Owned {
    fn drop(&mut self) {
        self.memory.add();
        self.freed.fetch_add(1, Ordering::SeqCst);
    }
}

/// A call whose caller may leave: the job is freed once, by whoever has it last,
/// and the answer says truly whether the body ran to its end for the caller.
fn cancellable(home: impl FnOnce(&Queue) + Send + 'static) {
    let queue = queue();
    let server = Arc::clone(&queue);
    let server = thread::spawn(move || home(&server));
    let cancel = Arc::new(Cancel::new());
    let request = Arc::clone(&cancel);
    let canceller = thread::spawn(move || request.request(Duration::ZERO));
    let freed = Arc::new(AtomicUsize::new(0));
    let job = Owned { memory: Memory::new(), freed: Arc::clone(&freed) };
    let body = move || {
        job.memory.add();
        job
    };
    // The caller is an STA: the model's `unpark` of a thread that has gone on to
    // wait for another one ends that wait too, unlike the real one's.
    let own = Apartment::new(Kind::Sta, Arc::default());
    let answer = owned(&queue, OWNER, Waiter::Apartment(own), &cancel, body);
    let answer = answer.map(drop);
    assert!(matches!(answer, Ok(()) | Err(RPC_E_CALL_CANCELED | RPC_E_DISCONNECTED)));
    canceller.join().unwrap();
    close(&queue);
    server.join().unwrap();
    assert_eq!(freed.load(Ordering::SeqCst), 1);
}

#[test]
fn a_call_that_is_given_up_is_freed_once_by_whoever_has_it() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| cancellable(serve));
}

#[test]
fn a_refusal_and_a_cancellation_do_not_meet_in_the_job() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        cancellable(|queue| {
            if let Next::Call(call) = next(queue) {
                call.refuse(Refusal::RetryLater);
            }
            serve(queue);
        });
    });
}

/// A planted fault: whoever closes the queue forgets the calls in it. The model
/// has to find the caller that sleeps for ever.
#[test]
#[should_panic(expected = "deadlock")]
fn the_model_finds_a_call_that_is_forgotten() {
    loom::model(|| {
        let queue = queue();
        let home = Arc::clone(&queue);
        let closer = thread::spawn(move || drop(home.close()));
        let _ = call(&queue, OWNER, Waiter::Thread(current()));
        closer.join().unwrap();
    });
}

/// What a caller does with a call that it has begun.
fn begun(then: impl FnOnce(Begun<Owned>)) {
    let queue = queue();
    let home = Arc::clone(&queue);
    let server = thread::spawn(move || serve(&home));
    let freed = Arc::new(AtomicUsize::new(0));
    let raised = Arc::new(AtomicUsize::new(0));
    let job = Owned { memory: Memory::new(), freed: Arc::clone(&freed) };
    let body = move || {
        job.memory.add();
        job
    };
    let count = Arc::clone(&raised);
    let signal = Signal::new(move || {
        count.fetch_add(1, Ordering::SeqCst);
    });
    let home = Arc::clone(&queue);
    let closer = thread::spawn(move || close(&home));
    then(Begun::in_queue(&queue, OWNER, signal, body));
    closer.join().unwrap();
    server.join().unwrap();
    assert_eq!(freed.load(Ordering::SeqCst), 1);
    assert!(raised.load(Ordering::SeqCst) <= 1, "settled once");
}

#[test]
fn a_begun_call_is_answered_whenever_its_caller_comes_back() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        begun(|call| {
            let own = Apartment::new(Kind::Sta, Arc::default());
            let answer = call.finish_in_model(&Waiter::Apartment(own)).map(drop);
            assert!(matches!(answer, Ok(()) | Err(RPC_E_DISCONNECTED)));
        });
    });
}

#[test]
fn a_call_that_its_caller_has_left_is_freed_once() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| begun(drop));
}

#[test]
fn a_begun_call_that_is_cancelled_is_freed_once_by_whoever_has_it() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let queue = queue();
        let home = Arc::clone(&queue);
        let server = thread::spawn(move || serve(&home));
        let freed = Arc::new(AtomicUsize::new(0));
        let job = Owned { memory: Memory::new(), freed: Arc::clone(&freed) };
        let body = move || {
            job.memory.add();
            job
        };
        let mut call = Begun::in_queue(&queue, OWNER, Signal::new(|| ()), body);
        call.cancel().request(Duration::ZERO);
        call.give_up();
        let own = Apartment::new(Kind::Sta, Arc::default());
        let answer = call.finish_in_model(&Waiter::Apartment(own)).map(drop);
        assert!(matches!(answer, Ok(()) | Err(RPC_E_CALL_CANCELED)));
        close(&queue);
        server.join().unwrap();
        assert_eq!(freed.load(Ordering::SeqCst), 1);
    });
}
