//! Messages: what a thread's queue holds besides calls, and the message loop.
//!
//! A thread has a queue once it has asked for one: by entering an STA, or by the
//! first call of a message function. [`post_to`] finds it by the thread's number.
//! An apartment's calls reach the loop as messages of their own
//! (`com_abi::message::WM_CALL`), which [`dispatch`] runs; so a loop that gets,
//! translates and dispatches serves calls without knowing of them.
//!
//! There are no windows: messages are for threads, and `hwnd` is null but for
//! calls.

use core::ffi::c_void;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use com_abi::message::{CALL_WINDOW, MSG, POINT, TimerProcedure, WM_CALL, WM_QUIT, WM_TIMER};

use crate::apartment::Apartment;
use crate::queue::{Item, Queue};
use crate::sync::{thread_local, tid};
use crate::{host, membership};

/// A posted message.
#[derive(Clone, Copy, Debug)]
pub struct Message {
    /// Its number.
    pub number: u32,
    /// First argument.
    pub wparam: usize,
    /// Second argument.
    pub lparam: isize,
    /// Milliseconds since the system started.
    pub time: u32,
}

/// A timer of a thread.
#[derive(Clone, Debug)]
pub struct Timer {
    /// Its number.
    pub id: usize,
    /// When it is due next.
    pub due: Instant,
    /// From one time to the next.
    pub period: Duration,
    /// Called by `dispatch`; without one the message itself is all.
    pub procedure: Option<TimerProcedure>,
}

/// Which messages a loop wants.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    /// Only those for the thread, no calls.
    threads_only: bool,
    first: u32,
    last: u32,
}

impl Range {
    /// The arguments of `GetMessage`; `None` for a window, of which there are
    /// none.
    pub fn new(window: *mut c_void, first: u32, last: u32) -> Option<Self> {
        let last = if first == 0 && last == 0 { u32::MAX } else { last };
        match window as isize {
            0 => Some(Self { threads_only: false, first, last }),
            -1 => Some(Self { threads_only: true, first, last }),
            _ => None,
        }
    }

    /// Everything.
    pub const ALL: Self = Self { threads_only: false, first: 0, last: u32::MAX };

    fn includes(&self, number: u32) -> bool {
        (self.first..=self.last).contains(&number)
    }

    /// Whether calls are among them.
    pub fn has_calls(&self) -> bool {
        !self.threads_only && self.includes(WM_CALL)
    }

    /// Whether the message is; the one that ends the loop always is.
    pub fn has(&self, message: &Message) -> bool {
        message.number == WM_QUIT || self.includes(message.number)
    }

    /// Whether timers are.
    pub fn has_timers(&self) -> bool {
        self.includes(WM_TIMER)
    }
}

/// The queues of the process's threads.
static QUEUES: Mutex<Option<HashMap<i32, Arc<Queue>>>> = Mutex::new(None);

fn queues() -> MutexGuard<'static, Option<HashMap<i32, Arc<Queue>>>> {
    QUEUES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The thread's entry in the list; its drop is the thread's end.
struct Own {
    tid: i32,
    queue: Arc<Queue>,
}

impl Own {
    fn new() -> Self {
        let queue = Arc::new(Queue::default());
        let tid = tid();
        queues().get_or_insert_default().insert(tid, Arc::clone(&queue));
        Self { tid, queue }
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        if let Some(queues) = queues().as_mut() {
            queues.remove(&self.tid);
        }
    }
}

thread_local! {
    static OWN: Own = Own::new();
}

/// This thread's queue; one of its own on a thread that is ending.
pub fn own_queue() -> Arc<Queue> {
    OWN.try_with(|own| Arc::clone(&own.queue)).unwrap_or_default()
}

fn now() -> u32 {
    crate::ffi::descriptor::milliseconds() as u32
}

/// Why a message could not be posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// `ERROR_INVALID_THREAD_ID`: no such thread, or it has no queue.
    NoQueue,
    /// `ERROR_NOT_ENOUGH_QUOTA`: too many messages wait.
    Full,
}

/// Posts a message to a thread.
///
/// # Errors
/// See [`Refused`].
pub fn post_to(thread: i32, number: u32, wparam: usize, lparam: isize) -> Result<(), Refused> {
    let queue = if thread == tid() {
        Some(own_queue())
    } else {
        queues().as_ref().and_then(|queues| queues.get(&thread).cloned())
    };
    let message = Message { number, wparam, lparam, time: now() };
    let posted = queue.ok_or(Refused::NoQueue)?.post(message);
    if posted { Ok(()) } else { Err(Refused::Full) }
}

/// What a message function hands out; false when it is the end of the loop.
pub fn shown(item: &Item) -> (MSG, bool) {
    let plain = |hwnd: usize, message, wparam, lparam, time| MSG {
        hwnd: core::ptr::without_provenance_mut(hwnd),
        message,
        wParam: wparam,
        lParam: lparam,
        time,
        pt: POINT::default(),
    };
    match item {
        Item::Call(number) => (plain(CALL_WINDOW, WM_CALL, *number as usize, 0, now()), true),
        Item::Message(m) => (plain(0, m.number, m.wparam, m.lparam, m.time), m.number != WM_QUIT),
        Item::Timer(timer) => {
            let procedure = timer.procedure.map_or(0, |procedure| procedure as usize as isize);
            (plain(0, WM_TIMER, timer.id, procedure, now()), true)
        }
        Item::Quit(code) => (plain(0, WM_QUIT, *code as usize, 0, now()), false),
    }
}

/// Runs what a message stands for: a call, or a timer's procedure.
///
/// # Safety
/// A timer's message is one that a message function handed out.
pub unsafe fn dispatch(message: &MSG) {
    if message.hwnd as usize == CALL_WINDOW && message.message == WM_CALL {
        let call = own_queue().take_call(message.wParam as u64);
        if let (Some(own), Some(call)) = (membership::own_sta(), call) {
            host::serve_call(&own, call);
        }
        return;
    }
    if message.message == WM_TIMER && message.lParam != 0 {
        // SAFETY: the caller passes a message that `shown` made of a timer, or
        // makes the same promise for a procedure of its own.
        unsafe {
            let procedure: TimerProcedure = core::mem::transmute(message.lParam);
            procedure(message.hwnd, WM_TIMER, message.wParam, now());
        }
    }
}

/// Runs the procedure of a timer that became due while the thread waited.
pub fn fire(timer: &Timer) {
    if let Some(procedure) = timer.procedure {
        // SAFETY: whoever set the timer passed a procedure for this thread.
        unsafe { procedure(core::ptr::null_mut(), WM_TIMER, timer.id, now()) };
    }
}

/// Sets a timer of this thread; 0 is a new number.
pub fn set_timer(id: usize, period: Duration, procedure: Option<TimerProcedure>) -> usize {
    static NEXT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(1);
    let id = match id {
        0 => NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed),
        id => id,
    };
    own_queue().set_timer(Timer { id, due: Instant::now() + period, period, procedure });
    id
}

/// Runs one thing that waits in this thread's queue: a call, or a timer's
/// procedure. Messages are left to the program. Answers whether there was one.
pub fn dispatch_one(apartment: &Arc<Apartment>) -> bool {
    let nothing = || false;
    let watch = crate::queue::Watch {
        deadline: Some(Instant::now()),
        timers: true,
        ..crate::queue::Watch::until(&nothing)
    };
    match apartment.queue().next(&watch) {
        crate::queue::Next::Call(call) => host::serve_call(apartment, call),
        crate::queue::Next::Timer(timer) => fire(&timer),
        _ => return false,
    }
    true
}
