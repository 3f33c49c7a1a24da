//! What the tests of marshaling share: a server apartment with objects and
//! packets of them, and a client of its own.

use core::ptr::null_mut;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use com_abi::codes::S_OK;
use com_abi::marshal::{
    EXTCONN_STRONG, IExternalConnection, IExternalConnection_Impl, MSHCTX_INPROC,
};
use com_abi::stream::{IStream, STREAM_SEEK_SET};
use com_abi::{HRESULT, IUnknown, Interface, class, interface, new_interface};
use observe::thread::tid;
use partywall::com::Apartment;

use crate::ffi::marshal::{CoMarshalInterface, CoReleaseMarshalData, CoUnmarshalInterface};
use crate::stream::memory_stream;

pub const NORMAL: u32 = 0;
pub const STRONG: u32 = 1;
pub const WEAK: u32 = 2;

#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00D001", proxy)]
pub unsafe trait ITell: IUnknown {
    unsafe fn Thread(&self, tid: *mut i32) -> HRESULT;
}

#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00D002", proxy)]
pub unsafe trait IOther: IUnknown {
    unsafe fn Nothing(&self) -> HRESULT;
}

static ALIVE: AtomicUsize = AtomicUsize::new(0);

#[class(interfaces(ITell))]
pub struct Tell;

impl Tell {
    /// A value that counts as alive.
    pub fn counted() -> Self {
        ALIVE.fetch_add(1, Ordering::SeqCst);
        Self
    }

    pub fn object() -> ITell {
        new_interface(Self::counted()).unwrap()
    }
}

impl Drop for Tell {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Ordering::SeqCst);
    }
}

impl ITell_Impl for Tell {
    unsafe fn Thread(&self, out: *mut i32) -> HRESULT {
        // SAFETY: the caller passes a writable place.
        unsafe { out.write(tid()) };
        S_OK
    }
}

/// What an object with `IExternalConnection` was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    Connected,
    Closed { closes: bool },
}

static TOLD: Mutex<Vec<Told>> = Mutex::new(Vec::new());

/// What was told since the last time.
pub fn told() -> Vec<Told> {
    std::mem::take(&mut TOLD.lock().unwrap())
}

/// An object that is told of its clients.
#[class(interfaces(ITell, IExternalConnection))]
pub struct Watched(Tell);

impl Watched {
    pub fn object() -> ITell {
        new_interface(Self(Tell::counted())).unwrap()
    }
}

impl ITell_Impl for Watched {
    unsafe fn Thread(&self, out: *mut i32) -> HRESULT {
        // SAFETY: forwarded from the caller.
        unsafe { self.0.Thread(out) }
    }
}

impl IExternalConnection_Impl for Watched {
    unsafe fn AddConnection(&self, kind: u32, _reserved: u32) -> u32 {
        assert_eq!(kind, EXTCONN_STRONG);
        TOLD.lock().unwrap().push(Told::Connected);
        1
    }

    unsafe fn ReleaseConnection(&self, kind: u32, _reserved: u32, closes: i32) -> u32 {
        assert_eq!(kind, EXTCONN_STRONG);
        TOLD.lock().unwrap().push(Told::Closed { closes: closes != 0 });
        0
    }
}

pub fn alive() -> usize {
    ALIVE.load(Ordering::SeqCst)
}

/// A stream that tests hand from thread to thread.
#[derive(Clone)]
pub struct Carried(pub IStream);
// SAFETY: the stream is free-threaded.
unsafe impl Send for Carried {}

impl Carried {
    pub fn rewind(&self) {
        // SAFETY: null is allowed for the answer.
        assert_eq!(unsafe { self.0.Seek(0, STREAM_SEEK_SET, null_mut()) }, S_OK);
    }

    pub fn marshal(object: &IUnknown, flags: u32) -> Result<Self, HRESULT> {
        let stream = Self(memory_stream().unwrap());
        // SAFETY: live interfaces and a readable identifier.
        let code = unsafe {
            let (to, object) = (stream.0.as_raw(), object.as_raw());
            CoMarshalInterface(to, &ITell::IID, object, MSHCTX_INPROC, null_mut(), flags)
        };
        stream.rewind();
        if code == S_OK { Ok(stream) } else { Err(code) }
    }

    pub fn unmarshal_as<I: Interface>(&self) -> Result<I, HRESULT> {
        self.rewind();
        let mut raw = null_mut();
        // SAFETY: a live stream, a readable identifier, a writable place.
        let code = unsafe { CoUnmarshalInterface(self.0.as_raw(), &I::IID, &mut raw) };
        assert_eq!(raw.is_null(), code != S_OK, "a failure answers null");
        // SAFETY: the answer is that interface with a reference.
        if code == S_OK { Ok(unsafe { I::from_raw(raw) }) } else { Err(code) }
    }

    pub fn unmarshal(&self) -> Result<ITell, HRESULT> {
        self.unmarshal_as()
    }

    pub fn release_data(&self) -> HRESULT {
        self.rewind();
        // SAFETY: a live stream.
        unsafe { CoReleaseMarshalData(self.0.as_raw()) }
    }
}

pub fn thread_of(tell: &ITell) -> Result<i32, HRESULT> {
    let mut answer = 0;
    // SAFETY: a writable place.
    let code = unsafe { tell.Thread(&mut answer) };
    if code == S_OK { Ok(answer) } else { Err(code) }
}

/// An STA with one object, of which it has marshaled packets of given kinds.
pub struct Server {
    pub packets: Vec<Carried>,
    pub tid: i32,
    end: Option<Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
    pub home: Arc<crate::apartment::Apartment>,
}

pub fn server(kinds: &'static [u32]) -> Server {
    server_of(Tell::object, kinds)
}

/// As [`server`], with the object that `make` makes.
pub fn server_of(make: fn() -> ITell, kinds: &'static [u32]) -> Server {
    partywall::com::describe::<ITell>().unwrap();
    let (answer, started) = channel();
    let (end, ended): (Sender<()>, Receiver<()>) = channel();
    let thread = security::spawner::spawn("server", 256 << 10, move || {
        let _apartment = Apartment::single_threaded().unwrap();
        let object: IUnknown = make().cast().unwrap();
        let packets = kinds.iter().map(|kind| Carried::marshal(&object, *kind).unwrap()).collect();
        let home = crate::apartment::current().unwrap();
        answer.send((packets, tid(), home)).unwrap();
        drop(object);
        crate::apartment::serve();
        drop(ended);
    })
    .unwrap();
    let (packets, tid, home) = started.recv().unwrap();
    Server { packets, tid, end: Some(end), thread: Some(thread), home }
}

impl Server {
    /// Ends the apartment.
    pub fn stop(&mut self) {
        for call in self.home.queue().close() {
            call.withdraw();
        }
        self.end.take();
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A thread of a test.
pub fn thread<R: Send + 'static>(
    body: impl FnOnce() -> R + Send + 'static,
) -> std::thread::JoinHandle<R> {
    security::spawner::spawn("test", 1 << 20, body).unwrap()
}

/// Runs in the MTA on a thread of its own.
pub fn client(body: impl FnOnce() + Send + 'static) {
    let thread = security::spawner::spawn("client", 1 << 20, move || {
        let _apartment = Apartment::multithreaded().unwrap();
        body();
    });
    thread.unwrap().join().unwrap();
    assert_eq!(alive(), 0, "nothing is left");
}
