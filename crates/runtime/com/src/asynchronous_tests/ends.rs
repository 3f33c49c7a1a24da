//! Calls that end otherwise: cancelled, left, or with their apartment.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use com_abi::asynchronous::ICancelMethodCalls;
use com_abi::codes::{
    E_ABORT, RPC_E_CALL_CANCELED, RPC_E_CALL_COMPLETE, RPC_E_DISCONNECTED, RPC_S_CALLPENDING, S_OK,
};
use com_abi::{HRESULT, Interface};

use super::{AsyncISlow, ISlow, begin_run, call, finish_run, server, wait};
use crate::ffi::calls::CoTestCancel;
use crate::stage_tests::{ALIVE, IWork, Stage, Work, begin, import, task, until};

fn cancel(call: &AsyncISlow, seconds: u32) -> HRESULT {
    let means: ICancelMethodCalls = call.cast().unwrap();
    // SAFETY: a live interface.
    unsafe { means.Cancel(seconds) }
}

fn test_cancel(call: &AsyncISlow) -> HRESULT {
    let means: ICancelMethodCalls = call.cast().unwrap();
    // SAFETY: a live interface.
    unsafe { means.TestCancel() }
}

/// Leaves a function that holds its apartment until the answer is waited for.
fn holding(number: u32) -> Arc<Barrier> {
    let gate = Arc::new(Barrier::new(2));
    let held = Arc::clone(&gate);
    task(number, move || {
        held.wait();
        held.wait();
        S_OK
    });
    gate
}

/// Leaves a function that says that it ran.
fn noting(number: u32) -> Arc<AtomicBool> {
    let ran = Arc::new(AtomicBool::new(false));
    let note = Arc::clone(&ran);
    task(number, move || {
        note.store(true, Ordering::SeqCst);
        S_OK
    });
    ran
}

/// Leaves a function that goes on until its call is cancelled, and says so.
fn until_cancelled(number: u32) -> (Arc<AtomicU32>, Arc<Barrier>) {
    let (state, begun) = (Arc::new(AtomicU32::new(0)), Arc::new(Barrier::new(2)));
    let (told, inside) = (Arc::clone(&state), Arc::clone(&begun));
    task(number, move || {
        assert_eq!(CoTestCancel(), RPC_S_CALLPENDING);
        inside.wait();
        until(|| CoTestCancel() == RPC_E_CALL_CANCELED);
        told.store(1, Ordering::SeqCst);
        E_ABORT
    });
    (state, begun)
}

alone! {
    fn a_call_that_is_cancelled_before_it_begins_never_runs() {
        let (server, object) = server();
        let client = Stage::sta();
        let ran = client.on(|| {
            let slow: ISlow = import(&object);
            let (busy, one): (AsyncISlow, AsyncISlow) = (call(&slow), call(&slow));
            let (gate, ran) = (holding(1), noting(2));
            assert_eq!((cancel(&one, 0), test_cancel(&one)), (RPC_E_CALL_COMPLETE, RPC_E_CALL_COMPLETE));
            assert_eq!(begin_run(&busy, 1), S_OK);
            gate.wait();
            assert_eq!(begin_run(&one, 2), S_OK);
            assert_eq!(test_cancel(&one), RPC_S_CALLPENDING);
            assert_eq!(cancel(&one, 0), S_OK);
            assert_eq!(cancel(&one, 0), RPC_E_CALL_CANCELED, "already");
            assert_eq!(test_cancel(&one), RPC_E_CALL_CANCELED);
            assert_eq!(wait(&one, 0), S_OK, "it is settled");
            assert_eq!(begin_run(&one, 2), RPC_S_CALLPENDING, "until it is finished");
            assert_eq!(finish_run(&one), RPC_E_CALL_CANCELED);
            gate.wait();
            assert_eq!(wait(&busy, 20_000), S_OK);
            assert_eq!(cancel(&busy, 0), RPC_E_CALL_COMPLETE);
            assert_eq!(finish_run(&busy), S_OK);
            ran
        });
        client.end();
        drop(object);
        server.end();
        assert!(!ran.load(Ordering::SeqCst));
        assert_eq!(ALIVE.load(Ordering::SeqCst), 0);
    }

    fn a_call_that_is_cancelled_while_it_runs_ends_for_its_caller_at_once() {
        let (server, object) = server();
        let client = Stage::sta();
        let told = client.on(|| {
            let slow: ISlow = import(&object);
            let one: AsyncISlow = call(&slow);
            let (told, begun) = until_cancelled(1);
            assert_eq!(begin_run(&one, 1), S_OK);
            begun.wait();
            assert_eq!(wait(&one, 10), RPC_S_CALLPENDING);
            assert_eq!(cancel(&one, 0), S_OK);
            assert_eq!(wait(&one, 0), S_OK);
            assert_eq!(finish_run(&one), RPC_E_CALL_CANCELED);
            told
        });
        until(|| told.load(Ordering::SeqCst) == 1);
        client.end();
        drop(object);
        server.end();
        assert_eq!(ALIVE.load(Ordering::SeqCst), 0);
    }

    fn a_callee_that_ends_in_the_time_that_it_is_given_is_answered() {
        let (server, object) = server();
        let client = Stage::sta();
        client.on(|| {
            let slow: ISlow = import(&object);
            let one: AsyncISlow = call(&slow);
            let (told, begun) = until_cancelled(1);
            assert_eq!(begin_run(&one, 1), S_OK);
            begun.wait();
            assert_eq!(cancel(&one, 20), S_OK);
            assert_eq!(test_cancel(&one), RPC_E_CALL_CANCELED);
            assert_eq!(finish_run(&one), E_ABORT, "the method's own answer");
            assert_eq!(told.load(Ordering::SeqCst), 1);
        });
        client.end();
        drop(object);
        server.end();
    }

    fn a_callee_that_does_not_end_in_that_time_is_left() {
        let (server, object) = server();
        let client = Stage::sta();
        client.on(|| {
            let slow: ISlow = import(&object);
            for (number, is_waited_for) in [(1, false), (2, true)] {
                let one: AsyncISlow = call(&slow);
                let gate = holding(number);
                assert_eq!(begin_run(&one, number), S_OK);
                gate.wait();
                let begun = Instant::now();
                assert_eq!(cancel(&one, 1), S_OK);
                if is_waited_for {
                    assert_eq!(wait(&one, 20_000), S_OK, "signalled when the time is over");
                }
                assert_eq!(finish_run(&one), RPC_E_CALL_CANCELED);
                let took = begun.elapsed();
                assert!(took >= Duration::from_secs(1) && took < Duration::from_secs(15));
                gate.wait();
            }
        });
        client.end();
        drop(object);
        server.end();
        assert_eq!(ALIVE.load(Ordering::SeqCst), 0);
    }

    fn a_finish_that_waits_is_cancelled_from_another_thread() {
        let (server, object) = server();
        let client = Stage::sta();
        client.on(|| {
            let slow: ISlow = import(&object);
            let one: AsyncISlow = call(&slow);
            let gate = holding(1);
            assert_eq!(begin_run(&one, 1), S_OK);
            gate.wait();
            let means: ICancelMethodCalls = one.cast().unwrap();
            let raw = means.as_raw() as usize;
            let canceller = begin(move || {
                std::thread::sleep(Duration::from_millis(30));
                let raw = raw as *mut core::ffi::c_void;
                // SAFETY: any thread may cancel; the object is alive until this ends.
                unsafe { ICancelMethodCalls::from_raw_borrowed(&raw).unwrap().Cancel(0) }
            });
            assert_eq!(finish_run(&one), RPC_E_CALL_CANCELED);
            assert_eq!(canceller.join().unwrap(), S_OK);
            drop(means);
            gate.wait();
        });
        client.end();
        drop(object);
        server.end();
    }

    fn a_call_that_its_caller_leaves_takes_its_course() {
        let (server, object) = server();
        let client = Stage::sta();
        let ran = client.on(|| {
            let slow: ISlow = import(&object);
            let (running, queued, given): (AsyncISlow, AsyncISlow, AsyncISlow) =
                (call(&slow), call(&slow), call(&slow));
            let (gate, ran) = (holding(1), noting(2));
            assert_eq!(begin_run(&running, 1), S_OK);
            gate.wait();
            assert_eq!(begin_run(&queued, 2), S_OK);
            let mine: IWork = Work::object();
            // SAFETY: live interfaces.
            assert_eq!(unsafe { given.Begin_Swap(mine.as_raw()) }, S_OK);
            // The proxy goes too: the calls keep the object.
            drop((running, queued, given, slow, mine));
            assert!(!ran.load(Ordering::SeqCst));
            gate.wait();
            ran
        });
        drop(object);
        until(|| ran.load(Ordering::SeqCst));
        until(|| server.apartment.queue_depth() == 0);
        server.on(|| ());
        server.end();
        assert_eq!(ALIVE.load(Ordering::SeqCst), 0, "nothing is left");
        client.end();
    }

    fn a_call_whose_apartment_ends_before_it_begins_is_disconnected() {
        let (server, object) = server();
        let client = Stage::sta();
        let gate = holding(1);
        let go = Arc::new(Barrier::new(2));
        let (held, told) = (Arc::clone(&gate), Arc::clone(&go));
        let apartment = Arc::clone(&client.apartment);
        let caller = begin(move || {
            crate::call::run(&apartment, "a test", || {
                let slow: ISlow = import(&object);
                let all: [AsyncISlow; 3] = [call(&slow), call(&slow), call(&slow)];
                let [busy, queued, left] = &all;
                assert_eq!(begin_run(busy, 1), S_OK);
                held.wait();
                let (mut total, mut thread) = (1, 1);
                let mine = Work::object();
                // SAFETY: live interfaces and writable places.
                unsafe {
                    assert_eq!(queued.Begin_Add(1, &mut total), S_OK);
                    assert_eq!(left.Begin_Swap(mine.as_raw()), S_OK);
                    told.wait();
                    assert_eq!(wait(queued, 20_000), S_OK, "signalled");
                    let code = queued.Finish_Add(&mut total, &mut thread);
                    assert_eq!(code, RPC_E_DISCONNECTED);
                    assert_eq!((total, thread), (1, 0), "what only comes out is zero");
                    assert_eq!(finish_run(busy), S_OK, "it ran to its end");
                    assert_eq!(begin_run(busy, 2), RPC_E_DISCONNECTED);
                }
                drop(all);
            })
            .unwrap();
            drop(object);
        });
        go.wait();
        assert_eq!(server.apartment.queue_depth(), 2);
        server.stop();
        gate.wait();
        server.end();
        caller.join().unwrap();
        assert_eq!(ALIVE.load(Ordering::SeqCst), 0, "nothing is left");
        client.end();
    }

    fn a_call_that_nobody_will_run_or_finish_is_freed_with_its_queue() {
        let (server, object) = server();
        let client = Stage::sta();
        let gate = holding(1);
        client.on(|| {
            let slow: ISlow = import(&object);
            let (busy, left): (AsyncISlow, AsyncISlow) = (call(&slow), call(&slow));
            assert_eq!(begin_run(&busy, 1), S_OK);
            gate.wait();
            let mine = Work::object();
            // SAFETY: live interfaces.
            assert_eq!(unsafe { left.Begin_Swap(mine.as_raw()) }, S_OK);
        });
        drop(object);
        server.stop();
        gate.wait();
        server.end();
        // The caller's apartment is still there, and would hold what leaks.
        assert_eq!(ALIVE.load(Ordering::SeqCst), 0, "its arguments are let go");
        client.end();
    }
}
