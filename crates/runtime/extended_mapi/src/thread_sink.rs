//! Sinks that hear on the thread that made them (`HrThisThreadAdviseSink`), and
//! those that call a function (`HrAllocAdviseSink`).
//!
//! # Protocol
//! A notification for such a sink arrives on a thread of the subsystem, which puts
//! it into the queue of the sink's own thread and waits until that has called the
//! sink, or has ended: so what the notification points to lives meanwhile, and
//! nobody but this one sink's queue waits. The own thread looks into its queue at
//! the beginning of every call of this interface and in `HrDispatchNotifications`,
//! but not while it is calling a sink already.

use core::ffi::c_void;
use std::cell::Cell;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use com_abi::{Interface, class};
use mapi_abi::codes::Failure;
use mapi_abi::interfaces::{IMAPIAdviseSink, IMAPIAdviseSink_Impl};
use mapi_abi::structs::{NOTIFCALLBACK, NOTIFICATION};

use crate::context::{invalid, object};

/// How often a thread that waits looks whether the sink's own thread still lives.
const LOOK: Duration = Duration::from_secs(1);

/// A thread that sinks belong to.
#[derive(Default)]
struct Home {
    state: Mutex<State>,
    done: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Call>,
    /// Calls that were made, by their numbers.
    finished: u64,
    last: u64,
    is_gone: bool,
}

/// A call that waits for its thread.
struct Call {
    number: u64,
    sink: IMAPIAdviseSink,
    count: u32,
    first: *const NOTIFICATION,
}

// SAFETY: what the pointer leads to lives until the call is finished, for which
// whoever put it there waits; the sink is called on its own thread only.
unsafe impl Send for Call {}

impl Home {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets the own thread call the sink, and waits for it.
    fn call(&self, sink: &IMAPIAdviseSink, count: u32, first: *const NOTIFICATION) {
        let mut state = self.lock();
        if state.is_gone {
            return;
        }
        state.last += 1;
        let number = state.last;
        state.waiting.push_back(Call { number, sink: sink.clone(), count, first });
        let _wait = observe::wait::begin("the thread of a sink to look for notifications", None);
        while state.finished < number && !state.is_gone {
            state = self.done.wait_timeout(state, LOOK).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Calls what waits.
    fn dispatch(&self) {
        loop {
            let Some(call) = self.lock().waiting.pop_front() else { return };
            // SAFETY: whoever put it there waits, so the structures live.
            unsafe { call.sink.OnNotify(call.count, call.first) };
            self.lock().finished = call.number;
            self.done.notify_all();
        }
    }
}

/// Ends a thread's home with the thread.
struct Own(Arc<Home>);

impl Drop for Own {
    fn drop(&mut self) {
        let waiting = {
            let mut state = self.0.lock();
            state.is_gone = true;
            std::mem::take(&mut state.waiting)
        };
        drop(waiting);
        self.0.done.notify_all();
    }
}

thread_local! {
    static HOME: Cell<Option<Own>> = const { Cell::new(None) };
    /// Whether sinks belong to this thread, and it is not calling one now.
    static LOOKS: Cell<bool> = const { Cell::new(false) };
}

fn home() -> Arc<Home> {
    HOME.with(|cell| {
        let own = cell.take().unwrap_or_else(|| Own(Arc::default()));
        let home = Arc::clone(&own.0);
        cell.set(Some(own));
        LOOKS.set(true);
        home
    })
}

/// Calls the sinks of this thread for which something waits.
pub fn dispatch() {
    if !LOOKS.try_with(|looks| looks.replace(false)).unwrap_or(false) {
        return;
    }
    home().dispatch();
    LOOKS.set(true);
}

#[class(interfaces(IMAPIAdviseSink))]
struct ThreadSink {
    home: Arc<Home>,
    sink: IMAPIAdviseSink,
}

/// A sink that passes everything to `sink`, on the calling thread.
///
/// # Safety
/// `sink` is null or a sink.
pub unsafe fn thread_sink(sink: *mut c_void) -> Result<*mut c_void, Failure> {
    // SAFETY: forwarded from the caller.
    let sink = unsafe { IMAPIAdviseSink::from_raw_borrowed(&sink) };
    let sink = sink.ok_or_else(|| invalid("there is no sink"))?.clone();
    object::<ThreadSink, IMAPIAdviseSink>(ThreadSink { home: home(), sink })
}

impl IMAPIAdviseSink_Impl for ThreadSink {
    unsafe fn OnNotify(&self, count: u32, notifications: *const NOTIFICATION) -> u32 {
        let is_own = HOME.with(|cell| {
            let own = cell.take();
            let is_own = own.as_ref().is_some_and(|own| Arc::ptr_eq(&own.0, &self.home));
            cell.set(own);
            is_own
        });
        if is_own {
            // SAFETY: forwarded from the caller.
            return unsafe { self.sink.OnNotify(count, notifications) };
        }
        self.home.call(&self.sink, count, notifications);
        0
    }
}

#[class(interfaces(IMAPIAdviseSink))]
struct FunctionSink {
    function: NOTIFCALLBACK,
    context: *mut c_void,
}

/// A sink that calls a function with a value of the client's.
pub fn function_sink(
    function: Option<NOTIFCALLBACK>,
    context: *mut c_void,
) -> Result<*mut c_void, Failure> {
    let function = function.ok_or_else(|| invalid("there is no function"))?;
    object::<FunctionSink, IMAPIAdviseSink>(FunctionSink { function, context })
}

impl IMAPIAdviseSink_Impl for FunctionSink {
    unsafe fn OnNotify(&self, count: u32, notifications: *const NOTIFICATION) -> u32 {
        // SAFETY: the client's function, with what it asked for.
        unsafe { (self.function)(self.context, count, notifications.cast_mut()) as u32 }
    }
}
