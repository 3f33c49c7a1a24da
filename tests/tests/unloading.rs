//! A library whose description a live proxy uses stays, though nobody has an
//! object of it: through the real library and the documented functions.
#![allow(missing_docs)]

use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::mpsc::channel;

use com_abi::codes::{E_NOINTERFACE, S_OK};
use com_abi::{HRESULT, IUnknown, Interface, class, new_interface};
use echo_abi::{CLSID_ECHO_BOTH, IEchoSink, IEchoSink_Impl};
use partywall::com::Apartment;
use partywall::ffi::activation::CoFreeUnusedLibrariesEx;
use partywall::ffi::{
    CLSCTX_INPROC_SERVER, CoCreateInstance, CoGetInterfaceAndReleaseStream,
    CoMarshalInterThreadInterfaceInStream,
};
use tests::artifact;

// What the library uses of the runtime is in the test's own program.
#[used]
static KEEP: [fn() -> i64; 2] = [automation::live_strings, kernel_objects::open_handles];

/// Its interface is known by the library's description only.
#[class(interfaces(IEchoSink))]
struct Sink;

impl IEchoSink_Impl for Sink {
    unsafe fn Called(&self, _n: u32) -> HRESULT {
        S_OK
    }
}

/// Makes an object of the library and lets it go: the library is loaded then.
fn load() {
    let mut raw = null_mut();
    // SAFETY: readable identifiers and a writable place; an answer is a reference.
    unsafe {
        let code = CoCreateInstance(
            &CLSID_ECHO_BOTH,
            null_mut(),
            CLSCTX_INPROC_SERVER,
            &IUnknown::IID,
            &raw mut raw,
        );
        assert_eq!(code, S_OK);
        drop(IUnknown::from_raw(raw));
    }
}

/// Packs a sink; fails where nobody knows its interface.
fn pack() -> Result<usize, HRESULT> {
    let sink: IEchoSink = new_interface(Sink)?;
    let mut stream = null_mut();
    // SAFETY: a readable identifier, a live interface, a writable place.
    let code = unsafe {
        CoMarshalInterThreadInterfaceInStream(&IEchoSink::IID, sink.as_raw(), &raw mut stream)
    };
    if code.is_ok() { Ok(stream as usize) } else { Err(code) }
}

fn open(stream: usize) -> IEchoSink {
    let mut raw = null_mut();
    // SAFETY: a stream of `pack`, a readable identifier, a writable place; the
    // answer is that interface with a reference.
    unsafe {
        let stream = stream as *mut c_void;
        let code = CoGetInterfaceAndReleaseStream(stream, &IEchoSink::IID, &raw mut raw);
        assert_eq!(code, S_OK);
        IEchoSink::from_raw(raw)
    }
}

/// Gives up what nobody needs, at once.
fn free() {
    // SAFETY: plain numbers.
    unsafe { CoFreeUnusedLibrariesEx(0, 0) };
}

/// One test: registry, libraries and apartments are the process's.
#[test]
fn a_library_stays_while_a_proxy_that_it_described_lives() {
    let data = tempfile::tempdir().unwrap();
    registry::set_data_folder(data.path().to_owned());
    com::register_library(&artifact("libechocomponent.so")).expect("registered");
    let (send, streams) = channel();
    let (go, told) = channel::<()>();
    // The sink's apartment loads the library, so that it is its to give up.
    let home = std::thread::spawn(move || {
        let _apartment = Apartment::single_threaded().unwrap();
        assert_eq!(pack(), Err(E_NOINTERFACE), "nobody has described it yet");
        load();
        send.send(pack().unwrap()).unwrap();
        com::apartment::serve_until(|| told.try_recv().is_ok());
        free();
        let kept = pack();
        if let Ok(stream) = kept {
            send.send(stream).unwrap();
        }
        com::apartment::serve_until(|| told.try_recv().is_ok());
        free();
        (kept.is_ok(), pack())
    });
    let client = Apartment::multithreaded().unwrap();
    let sink = open(streams.recv().unwrap());
    let wake = || {
        // The home thread looks at its orders between calls.
        // SAFETY: a live proxy.
        assert_eq!(unsafe { sink.Called(1) }, S_OK);
    };
    go.send(()).unwrap();
    wake();
    let second = open(streams.recv().expect("the library is still there"));
    // SAFETY: a live proxy, whose methods are the library's code.
    assert_eq!(unsafe { second.Called(2) }, S_OK);
    drop(second);
    go.send(()).unwrap();
    // The last proxy; its release wakes the home thread.
    drop(sink);
    let (kept, gone) = home.join().unwrap();
    assert!(kept);
    assert_eq!(gone, Err(E_NOINTERFACE), "the library went, and its description with it");
    drop(client);
}
