//! What tests of calls are made of: threads in apartments, and an object that
//! says where it is called.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::thread::JoinHandle;
use std::time::Duration;

use com_abi::codes::{E_FAIL, S_OK};
use com_abi::{HRESULT, IUnknown, class, interface, new_interface};
use observe::thread::tid;
use partywall::Described;
use partywall::com::Apartment as Entered;

use crate::apartment::{self, Apartment};
use crate::call;
use crate::proxy::{Marshaled, marshal, unmarshal};

/// A thread that lives in an apartment and serves it until it is told to end.
pub struct Stage {
    pub tid: i32,
    pub apartment: Arc<Apartment>,
    end: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Stage {
    /// A new STA.
    pub fn sta() -> Self {
        let (answer, started) = channel();
        let end = Arc::new(AtomicBool::new(false));
        let is_over = Arc::clone(&end);
        let body = move || {
            let entered = Entered::single_threaded().unwrap();
            answer.send((tid(), apartment::current().unwrap())).unwrap();
            apartment::serve_until(|| is_over.load(Ordering::SeqCst));
            drop(entered);
        };
        let thread = security::spawner::spawn("test STA", 512 << 10, body).unwrap();
        let (tid, apartment) = started.recv().unwrap();
        Self { tid, apartment, end, thread }
    }

    /// Runs `body` on the thread.
    pub fn on<R: Send>(&self, body: impl FnOnce() -> R + Send) -> R {
        call::run(&self.apartment, "a test", body).unwrap()
    }

    /// Lets the thread serve no further call.
    pub fn stop(&self) {
        self.end.store(true, Ordering::SeqCst);
        self.apartment.wake();
    }

    /// Ends the thread and its apartment.
    pub fn end(self) {
        self.stop();
        self.thread.join().unwrap();
    }
}

/// Another thread, without an apartment.
pub fn begin<R: Send + 'static>(body: impl FnOnce() -> R + Send + 'static) -> JoinHandle<R> {
    security::spawner::spawn("test", 512 << 10, body).unwrap()
}

/// Makes an object in this thread's apartment, ready to be taken elsewhere.
pub fn export<I: Described>(object: &I) -> Marshaled {
    partywall::com::describe::<I>().unwrap();
    let unknown: IUnknown = object.cast().unwrap();
    marshal(&unknown).unwrap()
}

/// Its interface for this thread's apartment.
pub fn import<I: Described>(marshaled: &Marshaled) -> I {
    let raw = unmarshal(marshaled, &I::IID).unwrap();
    // SAFETY: the answer is that interface with a reference.
    unsafe { I::from_raw(raw) }
}

/// An object that works.
#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00C001", proxy)]
pub unsafe trait IWork: IUnknown {
    /// The thread it runs on.
    unsafe fn Thread(&self, tid: *mut i32) -> HRESULT;
    /// Takes that long.
    unsafe fn Sleep(&self, milliseconds: u32) -> HRESULT;
    /// Runs the function that the test left under a number.
    unsafe fn Run(&self, number: u32) -> HRESULT;
}

/// Objects that live.
pub static ALIVE: AtomicUsize = AtomicUsize::new(0);

type Task = Box<dyn Fn() -> HRESULT + Send>;

/// What [`IWork`]'s `Run` finds.
static TASKS: std::sync::Mutex<Vec<(u32, Task)>> = std::sync::Mutex::new(Vec::new());

/// Leaves a function for `Run` under a number.
pub fn task(number: u32, body: impl Fn() -> HRESULT + Send + 'static) {
    TASKS.lock().unwrap().push((number, Box::new(body)));
}

#[class(interfaces(IWork))]
pub struct Work {
    calls: Cell<u32>,
}

impl Work {
    /// A new object.
    pub fn object() -> IWork {
        ALIVE.fetch_add(1, Ordering::SeqCst);
        new_interface(Self { calls: Cell::new(0) }).unwrap()
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Ordering::SeqCst);
    }
}

impl IWork_Impl for Work {
    unsafe fn Thread(&self, out: *mut i32) -> HRESULT {
        self.calls.set(self.calls.get() + 1);
        // SAFETY: the caller passes a writable place.
        unsafe { out.write(tid()) };
        S_OK
    }

    unsafe fn Sleep(&self, milliseconds: u32) -> HRESULT {
        std::thread::sleep(Duration::from_millis(milliseconds.into()));
        S_OK
    }

    unsafe fn Run(&self, number: u32) -> HRESULT {
        let task = {
            let mut tasks = TASKS.lock().unwrap();
            let at = tasks.iter().position(|(known, _)| *known == number);
            at.map(|at| tasks.remove(at).1)
        };
        task.map_or(E_FAIL, |task| task())
    }
}

/// Where an object is called.
pub fn thread_of(object: &IWork) -> Result<i32, HRESULT> {
    let mut tid = 0;
    // SAFETY: a live interface and a writable place.
    let code = unsafe { object.Thread(&raw mut tid) };
    if code.is_ok() { Ok(tid) } else { Err(code) }
}

/// Waits until `what` holds.
pub fn until(what: impl Fn() -> bool) {
    for _ in 0..2000 {
        if what() {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("it never came to that");
}
