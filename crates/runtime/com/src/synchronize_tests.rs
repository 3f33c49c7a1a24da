//! Objects to wait for, through the exported functions. The numbers are those of
//! the list of documented behaviours.

use core::ffi::c_void;
use core::ptr::null_mut;
use std::time::{Duration, Instant};

use com_abi::asynchronous::{
    CLSID_MANUAL_RESET_EVENT, CLSID_SYNCHRONIZE_CONTAINER, ISynchronize, ISynchronizeContainer,
    ISynchronizeEvent, ISynchronizeHandle,
};
use com_abi::codes::{
    CLASS_E_NOAGGREGATION, E_INVALIDARG, E_POINTER, RPC_E_NO_SYNC, RPC_S_CALLPENDING, S_OK,
};
use com_abi::marshal::IMultiQI;
use com_abi::{GUID, IUnknown, Interface};
use observe::thread::tid;
use partywall::com::Apartment;
use partywall::ffi::{CLSCTX_INPROC_SERVER, CreateEventW, HANDLE, WaitForSingleObject};

use crate::ffi::activation::CoCreateInstance;
use crate::ffi::marshal::{CoGetInterfaceAndReleaseStream, CoMarshalInterThreadInterfaceInStream};
use crate::stage_tests::{IWork, Stage, Work, begin, export, import, thread_of};

/// A handle's wait result: it is not set.
const WAIT_TIMEOUT: u32 = 258;

fn create<I: Interface>(clsid: &GUID) -> I {
    let mut raw = null_mut();
    // SAFETY: readable identifiers and a writable place.
    let code =
        unsafe { CoCreateInstance(clsid, null_mut(), CLSCTX_INPROC_SERVER, &I::IID, &mut raw) };
    assert_eq!(code, S_OK);
    // SAFETY: the answer is that interface with a reference.
    unsafe { I::from_raw(raw) }
}

fn event() -> ISynchronize {
    create(&CLSID_MANUAL_RESET_EVENT)
}

fn handle(event: &ISynchronize) -> HANDLE {
    let mut handle = null_mut();
    let owner: ISynchronizeHandle = event.cast().unwrap();
    // SAFETY: a live interface and a writable place.
    unsafe {
        assert_eq!(owner.GetHandle(null_mut()), E_POINTER);
        assert_eq!(owner.GetHandle(&mut handle), S_OK);
    }
    handle
}

alone! {
    fn n104_a_manual_reset_event_stays_signalled_until_it_is_reset() {
        let _apartment = Apartment::single_threaded().unwrap();
        let (event, other) = (event(), event());
        // SAFETY: live interfaces.
        unsafe {
            let begun = Instant::now();
            assert_eq!(event.Wait(0, 20), RPC_S_CALLPENDING);
            assert!(begun.elapsed() >= Duration::from_millis(20), "that long");
            assert_eq!(event.Wait(0, 0), RPC_S_CALLPENDING);
            assert_eq!(event.Signal(), S_OK);
            assert_eq!(event.Wait(0, 0), S_OK);
            assert_eq!(event.Wait(0, 0), S_OK, "a wait takes nothing");
            assert_eq!(other.Wait(0, 0), RPC_S_CALLPENDING, "each is its own");
            assert_eq!(event.Reset(), S_OK);
            assert_eq!(event.Wait(0, 0), RPC_S_CALLPENDING);
            assert_eq!(event.Wait(0x20, 0), E_INVALIDARG, "no such flag");
        }
    }

    fn n104_its_handle_is_of_the_same_event() {
        let _apartment = Apartment::multithreaded().unwrap();
        let (event, other) = (event(), event());
        let own = handle(&event);
        assert!(!own.is_null());
        assert_eq!(handle(&event), own, "the same one every time");
        assert_ne!(handle(&other), own);
        // SAFETY: live interfaces and a handle of theirs.
        unsafe {
            assert_eq!(WaitForSingleObject(own, 0), WAIT_TIMEOUT);
            assert_eq!(event.Signal(), S_OK);
            assert_eq!(WaitForSingleObject(own, 0), 0);
        }
        let open = kernel_objects::open_handles();
        drop(event);
        assert_eq!(kernel_objects::open_handles(), open - 1, "it goes with the object");
    }

    fn n104_a_wait_serves_the_apartments_calls() {
        let server = Stage::sta();
        let work = server.on(|| {
            let object = Work::object();
            export(&object)
        });
        let home = std::sync::Arc::clone(&server.apartment);
        // The STA waits for an event that only a call into it can lead to.
        let waiter = begin(move || {
            crate::call::run(&home, "a test", || {
                let event = event();
                let raw = handle(&event) as usize;
                let helper = begin(move || {
                    let _apartment = Apartment::multithreaded().unwrap();
                    let object: IWork = import(&work);
                    let served = thread_of(&object).unwrap();
                    drop(object);
                    drop(work);
                    // SAFETY: a handle of the event, which is alive until it is set.
                    unsafe { partywall::ffi::SetEvent(raw as *mut c_void) };
                    served
                });
                // SAFETY: a live interface.
                assert_eq!(unsafe { event.Wait(0, 20_000) }, S_OK);
                assert_eq!(helper.join().unwrap(), tid(), "served by the thread that waits");
            })
            .unwrap();
        });
        waiter.join().unwrap();
        server.end();
    }

    fn n104_every_apartment_uses_the_event_itself() {
        let _apartment = Apartment::single_threaded().unwrap();
        let event = event();
        assert!(event.cast::<IMultiQI>().is_err(), "no proxy");
        let mut stream = null_mut();
        // SAFETY: a readable identifier, a live interface, a writable place.
        let code = unsafe {
            CoMarshalInterThreadInterfaceInStream(&ISynchronize::IID, event.as_raw(), &mut stream)
        };
        assert_eq!(code, S_OK);
        let (stream, own) = (stream as usize, event.as_raw() as usize);
        let other = begin(move || {
            let _apartment = Apartment::multithreaded().unwrap();
            let mut raw = null_mut();
            // SAFETY: a live stream, whose reference goes; a writable place.
            unsafe {
                let stream = stream as *mut c_void;
                assert_eq!(
                    CoGetInterfaceAndReleaseStream(stream, &ISynchronize::IID, &mut raw),
                    S_OK
                );
                assert_eq!(raw as usize, own, "free-threaded");
                assert_eq!(ISynchronize::from_raw(raw).Signal(), S_OK);
            }
        });
        other.join().unwrap();
        // SAFETY: a live interface.
        assert_eq!(unsafe { event.Wait(0, 0) }, S_OK);
    }
}

#[test]
fn an_event_object_uses_an_event_that_it_is_given() {
    let _apartment = Apartment::multithreaded().unwrap();
    let event: ISynchronizeEvent = create(&CLSID_MANUAL_RESET_EVENT);
    let waited: ISynchronize = event.cast().unwrap();
    // SAFETY: live interfaces and handles.
    unsafe {
        let mut given = CreateEventW(core::ptr::null(), 1, 1, core::ptr::null());
        let mut none = null_mut();
        assert_eq!(event.SetEventHandle(null_mut()), E_POINTER);
        assert_eq!(event.SetEventHandle(&mut none), E_INVALIDARG);
        assert_eq!(event.SetEventHandle(&mut given), S_OK);
        assert_eq!(handle(&waited), given);
        assert_eq!(waited.Wait(0, 0), S_OK);
        assert_eq!(waited.Reset(), S_OK);
        assert_eq!(WaitForSingleObject(given, 0), WAIT_TIMEOUT);
        partywall::ffi::CloseHandle(given);
        assert_eq!(waited.Signal(), E_INVALIDARG, "the caller closed it");
    }
}

#[test]
fn an_event_object_is_aggregated_for_iunknown_only() {
    let _apartment = Apartment::multithreaded().unwrap();
    let outer: IUnknown = Work::object().cast().unwrap();
    let mut raw = null_mut();
    // SAFETY: readable identifiers, a live outer object, a writable place.
    unsafe {
        let clsid = &CLSID_MANUAL_RESET_EVENT;
        let (to, context) = (outer.as_raw(), CLSCTX_INPROC_SERVER);
        let code = CoCreateInstance(clsid, to, context, &ISynchronize::IID, &mut raw);
        assert_eq!(code, CLASS_E_NOAGGREGATION);
        assert_eq!(CoCreateInstance(clsid, to, context, &IUnknown::IID, &mut raw), S_OK);
        let inner = IUnknown::from_raw(raw);
        let event: ISynchronize = inner.cast().unwrap();
        assert_eq!(event.cast::<IUnknown>().unwrap(), outer, "the outer object's identity");
    }
}

#[test]
fn a_container_answers_what_was_signalled_and_forgets_it() {
    let _apartment = Apartment::multithreaded().unwrap();
    let list: ISynchronizeContainer = create(&CLSID_SYNCHRONIZE_CONTAINER);
    let (one, other) = (event(), event());
    let wait = |milliseconds| {
        let mut raw = null_mut();
        // SAFETY: a live interface and a writable place.
        let code = unsafe { list.WaitMultiple(0, milliseconds, &mut raw) };
        assert_eq!(code.is_ok(), !raw.is_null());
        // SAFETY: the answer is that interface with a reference.
        if code == S_OK { Ok(unsafe { ISynchronize::from_raw(raw) }) } else { Err(code) }
    };
    // SAFETY: live interfaces.
    unsafe {
        assert_eq!(wait(0), Err(RPC_E_NO_SYNC), "nothing to wait for");
        assert_eq!(list.WaitMultiple(0, 0, null_mut()), E_POINTER);
        assert_eq!(list.AddSynchronize(null_mut()), E_INVALIDARG);
        assert_eq!(list.AddSynchronize(one.as_raw()), S_OK);
        assert_eq!(list.AddSynchronize(other.as_raw()), S_OK);
        assert_eq!(wait(5), Err(RPC_S_CALLPENDING));
        let signaller = {
            let raw = handle(&other) as usize;
            begin(move || {
                std::thread::sleep(Duration::from_millis(20));
                partywall::ffi::SetEvent(raw as *mut c_void)
            })
        };
        assert_eq!(wait(20_000), Ok(other.clone()));
        assert_eq!(wait(0), Err(RPC_S_CALLPENDING), "the other one is out of the list");
        assert_eq!(one.Signal(), S_OK);
        assert_eq!(wait(0), Ok(one.clone()));
        assert_eq!(wait(0), Err(RPC_E_NO_SYNC));
        assert_ne!(signaller.join().unwrap(), 0);
    }
}
