//! Calls that a message filter refuses, and their callers try again.

use std::cell::Cell;
use std::ffi::c_void;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use com_abi::codes::S_OK;
use com_abi::message::{
    IMessageFilter, IMessageFilter_Impl, INTERFACEINFO, PENDINGMSG_WAITDEFPROCESS,
    SERVERCALL_ISHANDLED, SERVERCALL_REJECTED, SERVERCALL_RETRYLATER,
};
use com_abi::{class, new_interface};
use shuttle::sync::mpsc::channel;

use super::{Counts, Visited, check_end, export, import, schedules, sta, thread_of};
use crate::sync::{Fault, plant, tid};
use crate::{apartment, filter};

/// Refuses so many calls first, and has refused calls tried again.
#[class(interfaces(IMessageFilter))]
struct Reluctant {
    refusals: Cell<u32>,
}

impl IMessageFilter_Impl for Reluctant {
    unsafe fn HandleInComingCall(
        &self,
        _kind: u32,
        _caller: *mut c_void,
        _ticks: u32,
        _info: *const INTERFACEINFO,
    ) -> u32 {
        let left = self.refusals.get();
        self.refusals.set(left.saturating_sub(1));
        match left {
            0 => SERVERCALL_ISHANDLED,
            odd if odd % 2 == 1 => SERVERCALL_REJECTED,
            _ => SERVERCALL_RETRYLATER,
        }
    }

    unsafe fn RetryRejectedCall(&self, _callee: *mut c_void, _ticks: u32, kind: u32) -> u32 {
        // At once, or after that many milliseconds.
        if kind == SERVERCALL_REJECTED { 0 } else { 150 }
    }

    unsafe fn MessagePending(&self, _callee: *mut c_void, _ticks: u32, _kind: u32) -> u32 {
        PENDINGMSG_WAITDEFPROCESS
    }
}

fn register(refusals: u32) {
    let made: IMessageFilter = new_interface(Reluctant { refusals: Cell::new(refusals) }).unwrap();
    filter::register(Some(made)).unwrap();
}

/// Two STAs call a third one, which refuses for a while.
fn refused() {
    let (counts, done) = (Arc::new(Counts::default()), Arc::new(AtomicUsize::new(0)));
    let (to, from) = channel();
    let server = {
        let (counts, done) = (Arc::clone(&counts), Arc::clone(&done));
        sta(move |own| {
            register(3);
            let object = Visited::object(&counts, &Arc::default());
            to.send((Arc::new(export(&object)), own, tid())).unwrap();
            drop(object);
            apartment::serve_until(|| done.load(Ordering::SeqCst) == 2);
        })
    };
    let (marshaled, home, thread) = from.recv().unwrap();
    let clients = [(); 2].map(|()| {
        let (marshaled, home) = (Arc::clone(&marshaled), Arc::clone(&home));
        let done = Arc::clone(&done);
        sta(move |_| {
            register(0);
            let proxy = import(&marshaled).unwrap();
            drop(marshaled);
            assert_eq!(thread_of(&proxy), Ok(thread));
            drop(proxy);
            done.fetch_add(1, Ordering::SeqCst);
            home.wake();
            S_OK
        })
    });
    // Let go where it is an apartment's.
    drop(sta(move |_| drop(marshaled)).join());
    clients.into_iter().for_each(|client| assert_eq!(client.join().unwrap(), S_OK));
    server.join().unwrap();
    assert_eq!(counts.served.load(Ordering::SeqCst), 2, "each ran once");
    check_end(&counts);
}

#[test]
fn refused_calls_are_tried_again_and_run_once() {
    schedules(refused);
}

#[test]
#[should_panic(expected = "deadlock")]
fn the_model_finds_a_refusal_that_nobody_hears_of() {
    let _fault = plant(Fault::DropsRefused);
    schedules(refused);
}
