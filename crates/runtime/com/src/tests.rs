//! Calls between apartments of this process, through the exported functions and
//! the proxies that the macro writes.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;

use com_abi::codes::{
    CO_E_NOTINITIALIZED, CO_E_OBJNOTCONNECTED, E_NOINTERFACE, RPC_E_CALL_COMPLETE,
    RPC_E_CHANGED_MODE, RPC_E_DISCONNECTED, RPC_E_SERVERFAULT, RPC_E_WRONG_THREAD, S_FALSE, S_OK,
};
use com_abi::{GUID, HRESULT, IUnknown, Interface, class, interface, new_interface};
use observe::thread::tid;
use partywall::Described;
use partywall::com::{Apartment, Impersonation};
use security::{Token, impersonation};

use crate::proxy::{Marshaled, marshal, unmarshal};
use crate::{apartment, ffi};

#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00E001", proxy)]
unsafe trait ILook: IUnknown {
    unsafe fn Thread(&self, add: i32, tid: *mut i32) -> HRESULT;
    unsafe fn Panic(&self) -> HRESULT;
    unsafe fn CallerIsAlice(&self, answer: *mut i32) -> HRESULT;
}

#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00E002")]
unsafe trait IUndescribed: IUnknown {
    unsafe fn Nothing(&self) -> HRESULT;
}

static ALIVE: AtomicUsize = AtomicUsize::new(0);

#[class(interfaces(ILook, IUndescribed))]
struct Look {
    home: i32,
    calls: Cell<u32>,
}

impl Look {
    fn new() -> Self {
        ALIVE.fetch_add(1, Ordering::SeqCst);
        Self { home: tid(), calls: Cell::new(0) }
    }
}

impl Drop for Look {
    fn drop(&mut self) {
        assert_eq!(tid(), self.home, "released on its own thread");
        ALIVE.fetch_sub(1, Ordering::SeqCst);
    }
}

impl ILook_Impl for Look {
    unsafe fn Thread(&self, add: i32, out: *mut i32) -> HRESULT {
        self.calls.set(self.calls.get() + 1);
        // SAFETY: the caller passes a writable place.
        unsafe { out.write(tid() + add) };
        S_OK
    }

    unsafe fn Panic(&self) -> HRESULT {
        panic!("planted");
    }

    unsafe fn CallerIsAlice(&self, answer: *mut i32) -> HRESULT {
        let who = Impersonation::of_client().map(|_guard| impersonation::capture());
        let is_alice = who.is_ok_and(|token| &**token.user() == "alice");
        // SAFETY: the caller passes a writable place.
        unsafe { answer.write(i32::from(is_alice && impersonation::current().is_none())) };
        S_OK
    }
}

impl IUndescribed_Impl for Look {
    unsafe fn Nothing(&self) -> HRESULT {
        S_OK
    }
}

/// An STA thread with an object, which ends when told.
struct StaThread {
    marshaled: Option<Marshaled>,
    apartment: std::sync::Arc<apartment::Apartment>,
    thread: std::thread::JoinHandle<()>,
    tid: i32,
}

fn sta_with_object() -> StaThread {
    let (answer, started) = channel();
    let thread = security::spawner::spawn("test STA", 256 << 10, move || {
        let _apartment = Apartment::single_threaded().unwrap();
        let object: IUnknown = new_interface(Look::new()).unwrap();
        let here = apartment::current().unwrap();
        answer.send((marshal(&object).unwrap(), here, tid())).unwrap();
        drop(object);
        apartment::serve();
    })
    .unwrap();
    let (marshaled, apartment, tid) = started.recv().unwrap();
    StaThread { marshaled: Some(marshaled), apartment, thread, tid }
}

impl StaThread {
    fn look(&mut self) -> ILook {
        partywall::com::describe::<ILook>().unwrap();
        let raw = unmarshal(&self.marshaled.take().unwrap(), &ILook::IID).unwrap();
        // SAFETY: the answer is that interface with a reference.
        unsafe { ILook::from_raw(raw) }
    }

    fn end(self) {
        for call in self.apartment.queue().close() {
            call.withdraw();
        }
        self.thread.join().unwrap();
    }
}

/// Runs on a fresh thread, so that apartments of the tests do not mix.
fn on_thread<R: Send + 'static>(body: impl FnOnce() -> R + Send + 'static) -> R {
    security::spawner::spawn("test", 1 << 20, body).unwrap().join().unwrap()
}

fn home_thread(look: &ILook) -> Result<i32, HRESULT> {
    let mut answer = 0;
    // SAFETY: a writable place.
    let code = unsafe { look.Thread(1, &mut answer) };
    if code == S_OK { Ok(answer - 1) } else { Err(code) }
}

/// Tests take turns: the MTA is the process's, and its life is part of what is
/// shown.
pub fn turn() -> std::sync::MutexGuard<'static, ()> {
    static TURN: std::sync::Mutex<()> = std::sync::Mutex::new(());
    static DATA: std::sync::OnceLock<tempfile::TempDir> = std::sync::OnceLock::new();
    // Not the registry of whoever runs the tests.
    let data = DATA.get_or_init(|| tempfile::tempdir().unwrap());
    registry::set_data_folder(data.path().to_owned());
    TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[test]
fn calls_cross_the_wall_and_nothing_is_left_behind() {
    let _turn = turn();
    on_thread(|| {
        let code = unsafe_apartment_type();
        assert_eq!(code, (CO_E_NOTINITIALIZED, -1, 0), "no apartment yet");
    });
    on_thread(an_mta_client_calls_an_sta_object);
    on_thread(identity_and_interfaces_follow_the_rules);
    on_thread(a_proxy_belongs_to_its_apartment);
    on_thread(two_stas_call_each_other_without_hanging);
    on_thread(a_dead_apartment_answers_with_its_code);
    on_thread(apartments_are_entered_and_left_by_the_rules);
    assert_eq!(ALIVE.load(Ordering::SeqCst), 0, "every object was released");
}

fn unsafe_apartment_type() -> (HRESULT, i32, i32) {
    let (mut kind, mut qualifier) = (9, 9);
    // SAFETY: writable places.
    let code = unsafe { ffi::apartments::CoGetApartmentType(&mut kind, &mut qualifier) };
    (code, kind, qualifier)
}

fn an_mta_client_calls_an_sta_object() {
    let mut sta = sta_with_object();
    let _mta = Apartment::multithreaded().unwrap();
    let look = sta.look();
    assert_eq!(home_thread(&look), Ok(sta.tid));
    assert_ne!(sta.tid, tid());
    // SAFETY: no arguments.
    assert_eq!(unsafe { look.Panic() }, RPC_E_SERVERFAULT);
    assert_eq!(home_thread(&look), Ok(sta.tid), "the object lives on");

    let mut answer = -1;
    // SAFETY: writable places.
    unsafe {
        assert_eq!(look.CallerIsAlice(&mut answer), S_OK);
        assert_eq!(answer, 0);
        let alice = impersonation::impersonate(&Token::new("alice", None)).unwrap();
        assert_eq!(look.CallerIsAlice(&mut answer), S_OK);
        assert_eq!(answer, 1, "the identity travels with the call");
        drop(alice);
    }
    assert_eq!(ffi::CoImpersonateClient(), RPC_E_CALL_COMPLETE, "no call is served here");

    assert_eq!(ALIVE.load(Ordering::SeqCst), 1);
    drop(look);
    assert_eq!(ALIVE.load(Ordering::SeqCst), 0, "the last Release has released the object");
    assert_eq!(sta.apartment.exported_objects(), 0);
    sta.end();
}

fn identity_and_interfaces_follow_the_rules() {
    let mut sta = sta_with_object();
    let _mta = Apartment::multithreaded().unwrap();
    let look = sta.look();
    let one: IUnknown = look.cast().unwrap();
    let two: IUnknown = one.cast::<ILook>().unwrap().cast().unwrap();
    assert_eq!(one.as_raw(), two.as_raw());
    assert_eq!(one.cast::<ILook>().unwrap().as_raw(), look.as_raw());
    let unknown = GUID::from_u128(0x77);
    let mut raw = core::ptr::null_mut();
    // SAFETY: live interfaces and a writable place.
    unsafe {
        assert_eq!(look.query(&unknown, &mut raw), E_NOINTERFACE);
        assert_eq!(look.query(&IUndescribed::IID, &mut raw), E_NOINTERFACE, "no proxy is known");
        assert_eq!(ffi::PwRegisterInterface(ILook::description()), S_FALSE);
    }
    drop((look, one));
    assert_eq!(ALIVE.load(Ordering::SeqCst), 1);
    drop(two);
    assert_eq!(ALIVE.load(Ordering::SeqCst), 0);
    sta.end();
}

/// Lets a proxy be carried to a thread where it does not belong.
struct Smuggled(ILook);
// SAFETY: carrying is harmless; that the use is refused is what is shown.
unsafe impl Send for Smuggled {}

fn a_proxy_belongs_to_its_apartment() {
    let mut sta = sta_with_object();
    let _mta = Apartment::multithreaded().unwrap();
    let smuggled = Smuggled(sta.look());
    let smuggled = security::spawner::spawn("wrong", 256 << 10, move || {
        let _sta = Apartment::single_threaded().unwrap();
        let whole = smuggled;
        assert_eq!(home_thread(&whole.0), Err(RPC_E_WRONG_THREAD));
        assert_eq!(whole.0.cast::<IUnknown>().unwrap_err().code(), RPC_E_WRONG_THREAD);
        whole
    })
    .unwrap()
    .join()
    .unwrap();
    assert_eq!(home_thread(&smuggled.0), Ok(sta.tid));
    // Another thread of the MTA, by the mere existence of one, may use it.
    let smuggled = on_thread(move || {
        let whole = smuggled;
        assert!(home_thread(&whole.0).is_ok());
        whole
    });
    drop(smuggled);
    sta.end();
}

fn two_stas_call_each_other_without_hanging() {
    let mut there = sta_with_object();
    let _own = Apartment::single_threaded().unwrap();
    let look = there.look();
    let object: IUnknown = new_interface(Look::new()).unwrap();
    let mine = marshal(&object).unwrap();
    let (home, me) = (apartment::current().unwrap(), tid());
    // The other STA calls back into this one while this one's call is out.
    let answer = crate::call::run(&there.apartment, "a test", move || {
        let raw = unmarshal(&mine, &ILook::IID).unwrap();
        // SAFETY: the answer is that interface with a reference.
        home_thread(&unsafe { ILook::from_raw(raw) })
    });
    assert_eq!(answer, Ok(Ok(me)), "called back on this very thread");
    assert_eq!(home_thread(&look), Ok(there.tid));
    drop((look, object));
    assert_eq!(home.exported_objects(), 0);
    there.end();
}

fn a_dead_apartment_answers_with_its_code() {
    let mut sta = sta_with_object();
    let _mta = Apartment::multithreaded().unwrap();
    let look = sta.look();
    let other = sta_with_object();
    sta.end();
    assert_eq!(ALIVE.load(Ordering::SeqCst), 1, "its object went with it");
    assert_eq!(home_thread(&look), Err(RPC_E_DISCONNECTED));
    drop(look);
    let StaThread { marshaled, apartment, thread, .. } = other;
    for call in apartment.queue().close() {
        call.withdraw();
    }
    thread.join().unwrap();
    let refused = unmarshal(&marshaled.unwrap(), &ILook::IID);
    assert!(matches!(refused, Err(RPC_E_DISCONNECTED | CO_E_OBJNOTCONNECTED)));
}

fn apartments_are_entered_and_left_by_the_rules() {
    use partywall::ffi::{COINIT_APARTMENTTHREADED, COINIT_MULTITHREADED};
    let null = core::ptr::null_mut();
    assert_eq!(ffi::apartments::CoInitializeEx(null, COINIT_MULTITHREADED), S_OK);
    assert_eq!(unsafe_apartment_type(), (S_OK, 1, 0));
    assert_eq!(on_thread(unsafe_apartment_type), (S_OK, 1, 1), "a member by mere existence");
    assert_eq!(ffi::apartments::CoInitializeEx(null, COINIT_MULTITHREADED), S_FALSE);
    assert_eq!(ffi::apartments::CoInitializeEx(null, COINIT_APARTMENTTHREADED), RPC_E_CHANGED_MODE);
    ffi::apartments::CoUninitialize();
    assert_eq!(unsafe_apartment_type(), (S_OK, 1, 0), "entered twice, left once");
    ffi::apartments::CoUninitialize();
    assert_eq!(unsafe_apartment_type(), (CO_E_NOTINITIALIZED, -1, 0));
    ffi::apartments::CoUninitialize();

    assert_eq!(ffi::apartments::CoInitializeEx(null, COINIT_APARTMENTTHREADED), S_OK);
    assert_eq!(unsafe_apartment_type(), (S_OK, 3, 0), "the first STA is the main one");
    let second = on_thread(|| {
        let _sta = Apartment::single_threaded().unwrap();
        unsafe_apartment_type()
    });
    assert_eq!(second, (S_OK, 0, 0));
    ffi::apartments::CoUninitialize();
    assert_ne!(ffi::apartments::CoInitializeEx(core::ptr::dangling_mut(), 0), S_OK);
    assert_ne!(ffi::apartments::CoInitializeEx(null, 1 << 20), S_OK);
}
