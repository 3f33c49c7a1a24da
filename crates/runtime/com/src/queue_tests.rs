//! What becomes of a thread's queue when its apartment ends, and another begins.

use core::ptr::null_mut;
use std::cell::RefCell;
use std::sync::mpsc::channel;

use com_abi::codes::RPC_E_DISCONNECTED;
use com_abi::message::{MSG, WM_CALL, WM_USER};
use observe::thread::tid;
use partywall::com::Apartment as Entered;

use crate::ffi::messages::{DispatchMessageW, PeekMessageW, PostThreadMessageW};
use crate::stage_tests::{begin, until};
use crate::{apartment, call};

/// The next message of this thread, taken out.
fn take(number: u32) -> Option<MSG> {
    // SAFETY: all bytes zero is a message.
    let mut message: MSG = unsafe { core::mem::zeroed() };
    // SAFETY: a writable place.
    let found = unsafe { PeekMessageW(&raw mut message, null_mut(), number, number, 1) };
    (found != 0).then_some(message)
}

#[test]
fn a_call_that_a_loop_took_and_did_not_dispatch_is_answered_at_the_end() {
    let (to, from) = channel();
    let server = begin(move || {
        let entered = Entered::single_threaded().unwrap();
        to.send(apartment::current().unwrap()).unwrap();
        let taken = RefCell::new(None);
        until(|| {
            taken.replace(take(WM_CALL));
            taken.borrow().is_some()
        });
        drop(entered);
        // Too late: it was answered, and runs no more.
        let taken = taken.into_inner().unwrap();
        // SAFETY: a message that this thread got.
        unsafe { DispatchMessageW(&raw const taken) };
        let _again = Entered::single_threaded().unwrap();
        // SAFETY: as above.
        unsafe { DispatchMessageW(&raw const taken) };
    });
    let home = from.recv().unwrap();
    let answer = call::run(&home, "a test", || panic!("it never runs"));
    assert_eq!(answer, Err(RPC_E_DISCONNECTED));
    server.join().unwrap();
}

#[test]
fn a_threads_messages_outlive_its_apartment_and_its_calls_do_not() {
    let thread = begin(|| {
        let first = Entered::single_threaded().unwrap();
        let old = apartment::current().unwrap();
        assert_ne!(PostThreadMessageW(tid().cast_unsigned(), WM_USER, 7, 0), 0);
        drop(first);
        let _second = Entered::single_threaded().unwrap();
        assert_eq!(take(WM_USER).map(|message| message.wParam), Some(7));
        // The same queue has another owner now.
        let caller = begin(move || call::run(&old, "a test", || 1));
        assert_eq!(caller.join().unwrap(), Err(RPC_E_DISCONNECTED));
    });
    thread.join().unwrap();
}
