//! The echo component through its real library: five classes, one behaviour, each
//! in the apartment of its model.
#![allow(missing_docs)]

use std::cell::Cell;
use std::ffi::c_void;

use com_abi::codes::{DISP_E_OVERFLOW, E_FAIL, E_INVALIDARG, RPC_E_SERVERFAULT, S_OK};
use com_abi::{HRESULT, Interface, WideString, class, from_wide, new_interface};
use echo_abi::{CLASSES, FAULT_FAIL, FAULT_PANIC, IEcho, IEchoSink, IEchoSink_Impl};
use partywall::com::{Apartment, create_instance};
use partywall::task;
use tests::artifact;

// What the library uses of the runtime is in the test's own program.
#[used]
static KEEP: [fn() -> i64; 2] = [automation::live_strings, kernel_objects::open_handles];

const STA: u32 = 0;
const MTA: u32 = 1;
const NTA: u32 = 2;
const MAIN_STA: u32 = 3;

#[class(interfaces(IEchoSink))]
struct Sink {
    thread: i32,
    last: Cell<u32>,
}

impl Sink {
    fn object() -> IEchoSink {
        new_interface(Self { thread: observe::thread::tid(), last: Cell::new(0) }).unwrap()
    }
}

impl IEchoSink_Impl for Sink {
    unsafe fn Called(&self, n: u32) -> HRESULT {
        assert_eq!(n, self.last.get() + 1);
        self.last.set(n);
        if com::apartment::current().is_ok_and(|here| here.is_sta()) {
            assert_eq!(observe::thread::tid(), self.thread, "called in the caller's apartment");
        }
        if n < 4 { S_OK } else { E_FAIL }
    }
}

fn taken(text: *mut u16) -> String {
    // SAFETY: text of the task allocator that was given away.
    unsafe {
        let owned = from_wide(text);
        task::free(text);
        owned
    }
}

/// User, thread and apartment of an object.
fn who_am_i(echo: &IEcho) -> (String, i64, u32) {
    let (mut user, mut levels) = (std::ptr::null_mut(), [7, 7]);
    let (mut thread, mut apartment) = (0, 9);
    let [authn, imp] = &mut levels;
    // SAFETY: writable places.
    let code = unsafe { echo.WhoAmI(&mut user, authn, imp, &mut thread, &mut apartment) };
    assert_eq!((code, levels), (S_OK, [0, 0]), "no wire was passed");
    (taken(user), thread, apartment)
}

fn does_what_it_says(echo: &IEcho) {
    let text = WideString::new("Grüße 𝄞");
    let (mut reply, mut sum, mut total) = (std::ptr::null_mut(), 0, 0);
    // SAFETY: readable texts and arrays, writable places.
    unsafe {
        assert_eq!(echo.Echo(text.as_ptr(), &mut reply), S_OK);
        assert_eq!(taken(reply), "Grüße 𝄞");
        assert_eq!(echo.Add(-2, 44, &mut sum), S_OK);
        assert_eq!(sum, 42);
        assert_eq!(echo.Add(i32::MAX, 1, &mut sum), DISP_E_OVERFLOW);
        assert_eq!(echo.Sum(2, [i32::MAX, i32::MAX].as_ptr(), &mut total), S_OK);
        assert_eq!(total, 2 * i64::from(i32::MAX));
        assert_eq!(echo.Fault(FAULT_FAIL), E_FAIL);
        assert_eq!(echo.Fault(FAULT_PANIC), RPC_E_SERVERFAULT);
        assert_eq!(echo.Fault(77), E_INVALIDARG);
        assert_eq!(echo.Sleep(1), S_OK);
    }
    let mut raw: *mut c_void = std::ptr::null_mut();
    // SAFETY: a writable place; the answer is that interface with a reference.
    let copy = unsafe {
        assert_eq!(echo.Clone(&mut raw), S_OK);
        IEcho::from_raw(raw)
    };
    assert_eq!(who_am_i(&copy).2, who_am_i(echo).2, "a clone lives in the same apartment");
}

fn calls_back(echo: &IEcho) {
    let sink: IEchoSink = Sink::object();
    // SAFETY: live interfaces.
    unsafe {
        assert_eq!(echo.CallBack(sink.as_raw(), 3), S_OK);
    }
    let second: IEchoSink = Sink::object();
    // SAFETY: as above.
    assert_eq!(unsafe { echo.CallBack(second.as_raw(), 9) }, E_FAIL, "ended by the sink");
}

/// As a client in C, which has no description of the interface.
fn a_client_need_not_know_the_proxies() {
    let _mta = Apartment::multithreaded().unwrap();
    let mut raw: *mut c_void = std::ptr::null_mut();
    let null = std::ptr::null_mut();
    // SAFETY: readable identifiers and a writable place; the answer is that
    // interface with a reference.
    unsafe {
        let (clsid, context) = (CLASSES[1].0, partywall::ffi::CLSCTX_INPROC_SERVER);
        let code = partywall::ffi::CoCreateInstance(&clsid, null, context, &IEcho::IID, &mut raw);
        assert_eq!(code, S_OK);
        does_what_it_says(&IEcho::from_raw(raw));
    }
}

fn on_thread<R: Send + 'static>(body: impl FnOnce() -> R + Send + 'static) -> R {
    std::thread::spawn(body).join().expect("no panic")
}

/// The apartments that objects of the five classes see.
fn apartments(enter: fn() -> Result<Apartment, HRESULT>) -> [u32; 5] {
    on_thread(move || {
        let _apartment = enter().unwrap();
        CLASSES.map(|(clsid, _)| {
            let echo: IEcho = create_instance(&clsid).unwrap();
            does_what_it_says(&echo);
            calls_back(&echo);
            who_am_i(&echo).2
        })
    })
}

/// One test: registry and apartments are the process's.
#[test]
fn five_classes_do_the_same_each_in_its_apartment() {
    let data = tempfile::tempdir().unwrap();
    registry::set_data_folder(data.path().to_owned());
    com::register_library(&artifact("libechocomponent.so")).expect("registered");
    let registry = com::registry().unwrap();
    let app = "HKEY_CLASSES_ROOT\\AppID\\{5F0B6A10-3C1E-4B7A-9E52-7A1D0C000000}";
    assert_eq!(registry.value(app, "DllSurrogate").unwrap().as_deref(), Some(""));
    for (clsid, progid) in CLASSES {
        let key = format!("HKEY_CLASSES_ROOT\\CLSID\\{}", com_abi::format_guid(&clsid));
        let value = registry.value(&key, "AppID").unwrap();
        assert_eq!(value.as_deref(), app.rsplit('\\').next());
        assert_eq!(partywall::com::class_from_progid(progid), Ok(clsid));
    }

    on_thread(a_client_need_not_know_the_proxies);
    // The MTA first: its client has the runtime start the main STA.
    assert_eq!(apartments(Apartment::multithreaded), [MAIN_STA, STA, MTA, MTA, NTA]);
    assert_eq!(apartments(Apartment::single_threaded), [MAIN_STA, STA, MTA, STA, NTA]);
    let user = on_thread(|| {
        let _mta = Apartment::multithreaded().unwrap();
        let alice = security::Token::new("alice", None);
        let _alice = security::impersonation::impersonate(&alice).unwrap();
        let names = [CLASSES[1].0, CLASSES[3].0].map(|clsid| {
            let echo: IEcho = create_instance(&clsid).unwrap();
            who_am_i(&echo).0
        });
        assert_eq!(names[0], names[1], "the same whether the call crosses a wall or not");
        names
    });
    assert_eq!(user[0], "alice");
    com::unregister_library(&artifact("libechocomponent.so")).expect("unregistered");
    assert_eq!(registry.value(app, "DllSurrogate").unwrap(), None);
}
