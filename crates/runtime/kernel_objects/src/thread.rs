//! Threads: how they start, and what happens when any thread ends.
//!
//! Threads are started by `security::spawner`, so a new thread has the
//! process's identity whoever its creator impersonates.
//!
//! The object of a thread is signalled after the destructors of its
//! thread-local objects have run; the kernel's thread is gone a moment later.
//! Mutexes that a thread owns are abandoned at the same moment, on every kind of
//! thread. That takes a place in the thread's list of end functions
//! ([`watch_end`]), which a thread gets before it can own its first mutex.
//!
//! Not here: ending a thread from inside or outside (`ExitThread`,
//! `TerminateThread`) and stopping one (`SuspendThread`): no frame's destructors
//! would run, and locks would stay taken.

use std::ffi::c_void;
use std::sync::mpsc::channel;

use observe::thread::tid;

use crate::database::database;
use crate::error::Error;
use crate::handle::Handle;
use crate::object::{ObjectId, State, Thread};
use crate::thread_key::ThreadKey;

/// Stack of a thread that asks for none, as documented: 1 MiB.
pub const DEFAULT_STACK: usize = 1 << 20;
/// Smallest stack that is given.
pub const MIN_STACK: usize = 64 << 10;
const PAGE: usize = 4096;

static END: ThreadKey = ThreadKey::new(ended);

unsafe extern "C" fn ended(_value: *mut c_void) {
    database().with(|dispatcher| dispatcher.thread_ended(tid()));
}

/// Sees to it that this thread's mutexes are abandoned when it ends.
///
/// # Errors
/// `NotEnoughMemory`.
pub fn watch_end() -> Result<(), Error> {
    if END.get().is_null() {
        END.set(std::ptr::dangling_mut::<u8>().cast())?;
    }
    Ok(())
}

/// Bytes of stack for a request: a size without `reservation` is what is used at
/// first and so no limit below the default.
pub fn stack_size(asked: usize, reservation: bool) -> usize {
    let least = if reservation && asked != 0 { MIN_STACK } else { DEFAULT_STACK };
    asked.max(least).checked_next_multiple_of(PAGE).unwrap_or(usize::MAX)
}

/// Starts a thread; answers its handle and number. A suspended one waits for
/// `resume_thread` before it runs `body`.
///
/// # Errors
/// `NotEnoughMemory` when the system gives no thread, `NoSystemResources`.
pub fn create(
    body: impl FnOnce() -> u32 + Send + 'static,
    stack: usize,
    suspended: bool,
) -> Result<(Handle, i32), Error> {
    let (object, gate, handle) = database().with(|dispatcher| {
        let event = || State::Event { manual: true, set: false };
        let gate = suspended.then(|| dispatcher.insert(event()));
        let thread = Thread { tid: 0, exit_code: 0, ended: false, gate };
        let object = dispatcher.insert(State::Thread(thread));
        (object, gate, dispatcher.open_handle(object))
    });
    let give_up = |error| {
        database().with(|dispatcher| {
            if let Ok(handle) = handle {
                let _ = dispatcher.close(handle);
            }
            gate.into_iter().for_each(|gate| dispatcher.release(gate));
            dispatcher.release(object);
        });
        error
    };
    let open = handle.map_err(give_up)?;
    let (started, number) = channel();
    let run = move || {
        let tid = tid();
        database().with(|dispatcher| dispatcher.thread_started(object, tid));
        let watched = watch_end();
        // The creator waits for it.
        let _ = started.send(tid);
        drop(started);
        run(object, gate, tid, body);
        if watched.is_err() {
            database().with(|dispatcher| dispatcher.thread_ended(tid));
        }
    };
    let spawned = security::spawner::spawn("CreateThread", stack, run);
    // Nobody joins: the handle says when the thread has ended.
    drop(spawned.map_err(|_| give_up(Error::NotEnoughMemory))?);
    let _wait = observe::wait::begin("a thread to start", None);
    let tid = number.recv().map_err(|_| Error::NotEnoughMemory)?;
    Ok((open, tid))
}

fn run(object: ObjectId, gate: Option<ObjectId>, tid: i32, body: impl FnOnce() -> u32) {
    if let Some(gate) = gate {
        database().wait_on(tid, gate);
        database().with(|dispatcher| dispatcher.release(gate));
    }
    let code = body();
    database().with(|dispatcher| {
        if let Ok(State::Thread(thread)) = dispatcher.state_mut(object) {
            thread.exit_code = code;
        }
    });
}
