//! Connections between objects and those who hold them elsewhere: what an object
//! is told, locks, disconnecting, the ends of apartments, and what a proxy
//! answers itself. Through the exported functions; the numbers are those of the
//! list of documented behaviours.

use core::ffi::c_void;
use core::ptr::null_mut;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use com_abi::codes::{
    CO_E_NOTINITIALIZED, CO_E_OBJNOTCONNECTED, CO_E_OBJNOTREG, CONTEXT_E_WOULD_DEADLOCK,
    E_INVALIDARG, E_NOINTERFACE, RPC_E_DISCONNECTED, RPC_E_TIMEOUT, RPC_E_WRONG_THREAD, S_FALSE,
    S_OK,
};
use com_abi::marshal::{
    CLSID_STD_MARSHAL, IClientSecurity, IMarshal, IMarshal_Impl, IMultiQI, MSHCTX_INPROC, MULTI_QI,
};
use com_abi::{GUID, HRESULT, IUnknown, Interface, class, interface, new_interface};
use observe::thread::tid;
use observe::trace::{self, Trace};
use partywall::com::Apartment;

use crate::ffi::connections::{
    CoDisconnectContext, CoDisconnectObject, CoIsHandlerConnected, CoLockObjectExternal,
};
use crate::fixture_tests::*;
use crate::stream::memory_stream;
use crate::tests::turn;

fn lock(object: &IUnknown, lock: bool, closes: bool) {
    // SAFETY: a live interface.
    let code = unsafe { CoLockObjectExternal(object.as_raw(), i32::from(lock), i32::from(closes)) };
    assert_eq!(code, S_OK);
}

fn disconnect(object: &IUnknown) -> HRESULT {
    // SAFETY: a live interface.
    unsafe { CoDisconnectObject(object.as_raw(), 0) }
}

const CLOSED: Told = Told::Closed { closes: true };
const LEFT: Told = Told::Closed { closes: false };

#[test]
fn n050_n051_n061_n064_n067_an_object_is_told_of_its_clients() {
    let _turn = turn();
    client(|| {
        told();
        let server = server_of(Watched::object, &[NORMAL]);
        assert_eq!(told(), [Told::Connected]);
        assert_eq!(server.packets[0].release_data(), S_OK);
        assert_eq!((told(), alive()), (vec![CLOSED], 0), "50: given up");
    });
    client(|| {
        partywall::com::describe::<ITell>().unwrap();
        let object = Watched::object();
        let packet = Carried::marshal(&object, NORMAL).unwrap();
        assert_eq!(packet.unmarshal().unwrap().as_raw(), object.as_raw());
        assert_eq!(told(), [Told::Connected, LEFT], "51: used at home");
        assert_eq!(alive(), 1);
    });
    client(|| {
        let server = server_of(Watched::object, &[WEAK]);
        assert_eq!(told(), [], "61: a weak packet connects nobody");
        let (one, two) =
            (server.packets[0].unmarshal().unwrap(), server.packets[0].unmarshal().unwrap());
        assert_eq!(told(), [Told::Connected]);
        drop((one, two));
        assert_eq!((told(), alive()), (vec![CLOSED], 1), "61: the weak packet keeps it");
        assert_eq!(thread_of(&server.packets[0].unmarshal().unwrap()), Ok(server.tid));
        assert_eq!(told(), [Told::Connected, CLOSED]);
        assert_eq!(server.packets[0].release_data(), S_OK);
        assert_eq!((told(), alive()), (vec![], 0));
    });
    client(|| {
        let server = server_of(Watched::object, &[WEAK, NORMAL]);
        assert_eq!(server.packets[1].release_data(), S_OK);
        assert_eq!((told(), alive()), (vec![Told::Connected, CLOSED], 1), "64");
        assert_eq!(server.packets[0].release_data(), S_OK);
        assert_eq!(alive(), 0);
    });
    client(|| {
        let mut server = server_of(Watched::object, &[NORMAL]);
        let tell = server.packets[0].unmarshal().unwrap();
        server.stop();
        assert_eq!((told(), alive()), (vec![Told::Connected, LEFT], 0), "67");
        drop(tell);
    });
}

#[test]
fn n058_n059_a_proxy_is_marshaled_for_a_table() {
    let _turn = turn();
    client(|| {
        let server = server(&[NORMAL]);
        let tell = server.packets[0].unmarshal().unwrap();
        let weak = Carried::marshal(&tell, WEAK).unwrap();
        drop(tell);
        assert_eq!(weak.unmarshal().unwrap_err(), CO_E_OBJNOTREG, "58");
    });
    client(|| {
        told();
        let mut server = server_of(Watched::object, &[NORMAL]);
        let tell = server.packets[0].unmarshal().unwrap();
        let strong = Carried::marshal(&tell, STRONG).unwrap();
        let again = strong.unmarshal().unwrap();
        drop((tell, again));
        assert_eq!((told(), alive()), (vec![Told::Connected], 1), "59: without proxies");
        server.stop();
        assert_eq!((told(), alive()), (vec![LEFT], 0), "59: until the apartment ends");
    });
}

#[test]
fn n082_n086_disconnecting_releases_what_a_lock_keeps() {
    let _turn = turn();
    client(|| {
        told();
        let object = Watched::object();
        lock(&object, true, true);
        let kept = object.as_raw();
        drop(object);
        assert_eq!(alive(), 1, "the lock made a stub, which keeps it");
        // SAFETY: kept alive by the lock.
        assert_eq!(disconnect(unsafe { IUnknown::from_raw_borrowed(&kept) }.unwrap()), S_OK);
        assert_eq!((told(), alive()), (vec![Told::Connected], 0), "82: it is not told");
        // SAFETY: null is what is refused.
        unsafe {
            assert_eq!(CoDisconnectObject(null_mut(), 0), E_INVALIDARG);
            assert_eq!(CoLockObjectExternal(null_mut(), 1, 1), E_INVALIDARG);
        }
        assert_eq!(disconnect(&Tell::object()), S_OK, "86: never marshaled");
    });
}

#[test]
fn n083_two_locks_want_two_unlocks() {
    let _turn = turn();
    client(|| {
        told();
        partywall::com::describe::<ITell>().unwrap();
        let object: IUnknown = Watched::object().cast().unwrap();
        lock(&object, true, true);
        let packet = Carried::marshal(&object, NORMAL).unwrap();
        lock(&object, true, true);
        assert_eq!(packet.release_data(), S_OK);
        let kept = object.as_raw();
        drop(object);
        // SAFETY: kept alive by the locks.
        let object = unsafe { IUnknown::from_raw_borrowed(&kept) }.unwrap();
        lock(object, false, true);
        assert_eq!((told(), alive()), (vec![Told::Connected], 1));
        lock(object, false, true);
        assert_eq!((told(), alive()), (vec![CLOSED], 0));
    });
}

#[test]
fn n084_n085_n087_an_unlock_says_whether_it_closes() {
    let _turn = turn();
    client(|| {
        told();
        partywall::com::describe::<ITell>().unwrap();
        let object: IUnknown = Watched::object().cast().unwrap();
        lock(&object, true, true);
        let kept = object.as_raw();
        drop(object);
        // SAFETY: kept alive by the lock.
        lock(unsafe { IUnknown::from_raw_borrowed(&kept) }.unwrap(), false, false);
        assert_eq!((told(), alive()), (vec![Told::Connected, LEFT], 0), "84");

        let object: IUnknown = Watched::object().cast().unwrap();
        let weak = Carried::marshal(&object, WEAK).unwrap();
        lock(&object, true, true);
        let kept = object.as_raw();
        drop(object);
        // SAFETY: kept alive by the weak packet and the lock.
        let object = unsafe { IUnknown::from_raw_borrowed(&kept) }.unwrap();
        lock(object, false, false);
        assert_eq!((told(), alive()), (vec![Told::Connected, LEFT], 1), "85: it stays");
        assert_eq!(disconnect(object), S_OK);
        assert_eq!(alive(), 0, "85: until it is disconnected");
        assert_eq!(weak.unmarshal().unwrap_err(), CO_E_OBJNOTREG);

        let object: IUnknown = Tell::object().cast().unwrap();
        lock(&object, true, true);
        let kept = object.as_raw();
        drop(object);
        // SAFETY: kept alive by the lock.
        assert_eq!(disconnect(unsafe { IUnknown::from_raw_borrowed(&kept) }.unwrap()), S_OK);
        assert_eq!(alive(), 0, "87: also though it is locked");
    });
}

#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00D011", proxy)]
unsafe trait IRun: IUnknown {
    /// Runs what `Runner` was given.
    unsafe fn Run(&self) -> HRESULT;
}

type Body = Box<dyn Fn(&IUnknown) -> HRESULT + Send>;

/// Runs something inside a call of its own.
#[class(interfaces(IRun))]
struct Runner {
    body: Body,
    alive: Arc<AtomicBool>,
}

static SELF: Mutex<usize> = Mutex::new(0);

impl Drop for Runner {
    fn drop(&mut self) {
        self.alive.store(false, Ordering::SeqCst);
    }
}

impl IRun_Impl for Runner {
    unsafe fn Run(&self) -> HRESULT {
        let raw = *SELF.lock().unwrap() as *mut c_void;
        // SAFETY: this very object, which a call runs in.
        (self.body)(unsafe { IUnknown::from_raw_borrowed(&raw) }.unwrap())
    }
}

/// A runner in the MTA, as a packet; its apartment's thread waits until the
/// sender is dropped.
fn with_runner(body: Body, use_it: impl FnOnce(Carried, Arc<AtomicBool>)) {
    partywall::com::describe::<IRun>().unwrap();
    let alive = Arc::new(AtomicBool::new(true));
    let object: IRun = new_interface(Runner { body, alive: Arc::clone(&alive) }).unwrap();
    *SELF.lock().unwrap() = object.as_raw() as usize;
    let stream = memory_stream().unwrap();
    // SAFETY: live interfaces and a readable identifier.
    let code = unsafe {
        let (to, object) = (stream.as_raw(), object.as_raw());
        crate::ffi::marshal::CoMarshalInterface(to, &IRun::IID, object, 3, null_mut(), NORMAL)
    };
    assert_eq!(code, S_OK);
    drop(object);
    use_it(Carried(stream), alive);
}

/// Runs on a thread that is an STA.
fn sta<R: Send + 'static>(body: impl FnOnce() -> R + Send + 'static) -> R {
    let thread = security::spawner::spawn("an STA", 1 << 20, move || {
        let _sta = Apartment::single_threaded().unwrap();
        body()
    });
    thread.unwrap().join().unwrap()
}

#[test]
fn an_object_may_be_disconnected_inside_its_call() {
    let _turn = turn();
    client(|| {
        with_runner(Box::new(disconnect), |packet, alive| {
            sta(move || {
                let run: IRun = packet.unmarshal_as().unwrap();
                // SAFETY: no arguments.
                unsafe {
                    assert_eq!(CoIsHandlerConnected(run.as_raw()), 1);
                    assert_eq!(run.Run(), S_OK, "the call that runs returns");
                    assert!(!alive.load(Ordering::SeqCst), "and then the object goes");
                    assert_eq!(run.Run(), RPC_E_DISCONNECTED);
                    assert_eq!(CoIsHandlerConnected(run.as_raw()), 0);
                }
            });
        });
    });
}

#[test]
fn a_context_is_disconnected_from_outside_its_calls() {
    let _turn = turn();
    client(|| {
        with_runner(Box::new(|_| CoDisconnectContext(0)), |packet, _| {
            sta(move || {
                let run: IRun = packet.unmarshal_as().unwrap();
                // SAFETY: no arguments.
                assert_eq!(unsafe { run.Run() }, CONTEXT_E_WOULD_DEADLOCK);
            });
            assert_eq!(CoDisconnectContext(u32::MAX), S_OK);
        });
        let (began, begun) = channel();
        let (end, ended) = channel::<()>();
        let (began, ended) = (Mutex::new(began), Mutex::new(ended));
        let wait = move |_: &IUnknown| {
            began.lock().unwrap().send(()).unwrap();
            let _ = ended.lock().unwrap().recv_timeout(Duration::from_secs(30));
            S_OK
        };
        with_runner(Box::new(wait), |packet, alive| {
            let caller = security::spawner::spawn("caller", 1 << 20, move || {
                let _sta = Apartment::single_threaded().unwrap();
                let run: IRun = packet.unmarshal_as().unwrap();
                // SAFETY: no arguments.
                unsafe { (run.Run(), run.Run()) }
            });
            begun.recv().unwrap();
            assert_eq!(CoDisconnectContext(10), RPC_E_TIMEOUT, "a call runs");
            assert!(alive.load(Ordering::SeqCst), "and keeps its object");
            end.send(()).unwrap();
            assert_eq!(CoDisconnectContext(30_000), S_OK);
            assert!(!alive.load(Ordering::SeqCst));
            assert_eq!(caller.unwrap().join().unwrap(), (S_OK, RPC_E_DISCONNECTED));
        });
    });
}

/// Lets a pointer be carried to a thread where it does not belong.
struct Smuggled<I>(I);
// SAFETY: carrying is harmless; that the use is refused is what is shown.
unsafe impl<I> Send for Smuggled<I> {}

impl<I> Smuggled<I> {
    fn get(self) -> I {
        self.0
    }
}

fn query<I: Interface>(object: &IUnknown) -> HRESULT {
    let mut raw = null_mut();
    // SAFETY: a live interface, a readable identifier, a writable place.
    unsafe {
        let code = object.query(&I::IID, &mut raw);
        if code.is_ok() {
            drop(I::from_raw(raw));
        }
        code
    }
}

alone! {
    fn n068_the_proxies_of_an_apartment_that_ends_are_disconnected() {
        for multithreaded in [false, true] {
            let mut server = server(&[NORMAL]);
            let packet = server.packets.pop().unwrap();
            let client = thread(move || {
                let enter = if multithreaded { Apartment::multithreaded } else {
                    Apartment::single_threaded
                };
                let apartment = enter().unwrap();
                let tell = packet.unmarshal().unwrap();
                assert!(thread_of(&tell).is_ok());
                drop(apartment);
                assert_eq!(alive(), 0, "the server's object is free");
                assert_eq!(thread_of(&tell), Err(CO_E_OBJNOTCONNECTED));
                assert_eq!(query::<IOther>(&tell), CO_E_OBJNOTCONNECTED);
                // SAFETY: the pointer's one reference, which is not used again.
                unsafe { (tell.vtable().base__.Release)(tell.into_raw()) }
            });
            assert_eq!(client.join().unwrap(), 0);
        }
    }

    fn n069_an_mta_whose_thread_dies_releases_its_objects() {
        partywall::com::describe::<ITell>().unwrap();
        let dying = thread(|| {
            // Nobody undoes this one.
            std::mem::forget(Apartment::multithreaded().unwrap());
            let object = Watched::object();
            let packet = Carried::marshal(&object, NORMAL).unwrap();
            Smuggled((packet, tid()))
        });
        let (packet, _) = dying.join().unwrap().get();
        assert_eq!((alive(), told()), (0, vec![Told::Connected, LEFT]));
        let _sta = Apartment::single_threaded().unwrap();
        assert_eq!(packet.unmarshal().unwrap_err(), CO_E_OBJNOTCONNECTED);
    }

    fn n070_an_sta_client_that_dies_gives_its_proxies_up() {
        let mut server = server(&[NORMAL]);
        let packet = server.packets.pop().unwrap();
        let dying = thread(move || {
            std::mem::forget(Apartment::single_threaded().unwrap());
            let tell = packet.unmarshal().unwrap();
            assert!(thread_of(&tell).is_ok());
            Smuggled(tell)
        });
        let tell = dying.join().unwrap().get();
        assert_eq!(alive(), 0);
        assert_eq!(thread_of(&tell), Err(CO_E_OBJNOTCONNECTED));
        drop(tell);
    }

    fn n071_a_crash_in_a_final_release_does_not_stop_the_end_of_an_apartment() {
        partywall::com::describe::<ITell>().unwrap();
        let apartment = Apartment::single_threaded().unwrap();
        let crash: ITell = new_interface(Crash).unwrap();
        let (one, two) = (Tell::object(), Tell::object());
        for object in [&one, &crash, &two] {
            let _packet = Carried::marshal(object, STRONG).unwrap();
        }
        drop((one, two, crash));
        assert_eq!(alive(), 2);
        drop(apartment);
        assert_eq!((alive(), CRASHED.load(Ordering::SeqCst)), (0, 1));
        assert!(crate::apartment::current().is_err());
    }

    fn n088_a_proxy_on_a_thread_without_an_apartment() {
        let mut server = server(&[NORMAL]);
        let packet = server.packets.pop().unwrap();
        let _sta = Apartment::single_threaded().unwrap();
        let tell = Smuggled(packet.unmarshal().unwrap());
        let outside = thread(move || {
            let tell = tell.get();
            assert_eq!(thread_of(&tell), Err(CO_E_NOTINITIALIZED));
            assert_eq!(query::<IMultiQI>(&tell), RPC_E_WRONG_THREAD);
            assert_eq!(query::<IUnknown>(&tell), RPC_E_WRONG_THREAD);
            assert_eq!(query::<IOther>(&tell), RPC_E_WRONG_THREAD);
            Smuggled(tell)
        });
        drop(outside.join().unwrap().get());
        assert_eq!(alive(), 0);
    }

    fn n089_a_proxy_of_an_sta_on_a_thread_of_the_mta() {
        let mut server = server(&[NORMAL]);
        let packet = server.packets.pop().unwrap();
        let _sta = Apartment::single_threaded().unwrap();
        let tell = Smuggled(packet.unmarshal().unwrap());
        let outside = thread(move || {
            let _mta = Apartment::multithreaded().unwrap();
            let tell = tell.get();
            assert_eq!(thread_of(&tell), Err(RPC_E_WRONG_THREAD));
            assert_eq!(query::<IMultiQI>(&tell), RPC_E_WRONG_THREAD);
            drop(tell);
            alive()
        });
        assert_eq!(outside.join().unwrap(), 0, "released there, the server's object is free");
    }
}

static CRASHED: AtomicU32 = AtomicU32::new(0);

/// An object whose final release panics.
#[class(interfaces(ITell))]
struct Crash;

impl Drop for Crash {
    fn drop(&mut self) {
        CRASHED.fetch_add(1, Ordering::SeqCst);
        panic!("planted");
    }
}

impl ITell_Impl for Crash {
    unsafe fn Thread(&self, _tid: *mut i32) -> HRESULT {
        S_OK
    }
}

#[test]
fn n081_a_proxy_answers_some_interfaces_itself() {
    let _turn = turn();
    client(|| {
        let mut server = server(&[NORMAL]);
        let tell = server.packets[0].unmarshal().unwrap();
        // Nobody is there to be asked.
        server.stop();
        let unknown: IUnknown = tell.cast().unwrap();
        let (multi, marshal): (IMultiQI, IMarshal) = (tell.cast().unwrap(), tell.cast().unwrap());
        let security: IClientSecurity = marshal.cast().unwrap();
        for pointer in [multi.cast::<IUnknown>(), marshal.cast(), security.cast()] {
            assert_eq!(pointer.unwrap().as_raw(), unknown.as_raw(), "one identity");
        }
        let mut clsid = GUID::default();
        // SAFETY: a live interface and a writable place.
        let code = unsafe {
            let (iid, null) = (&ITell::IID, null_mut());
            marshal.GetUnmarshalClass(iid, null, MSHCTX_INPROC, null, NORMAL, &mut clsid)
        };
        assert_eq!((code, clsid), (S_OK, CLSID_STD_MARSHAL));
    });
}

fn question(iid: &GUID) -> MULTI_QI {
    MULTI_QI { pIID: iid, pItf: null_mut(), hr: S_OK }
}

fn ask<const N: usize>(multi: &IMultiQI, iids: [&GUID; N]) -> (HRESULT, [HRESULT; N]) {
    let mut questions = iids.map(question);
    // SAFETY: that many questions.
    let code = unsafe { multi.QueryMultipleInterfaces(N as u32, questions.as_mut_ptr()) };
    let codes = questions.map(|answer| {
        assert_eq!(answer.pItf.is_null(), answer.hr.is_err());
        // SAFETY: null, or an interface with a reference.
        drop(
            unsafe { IUnknown::from_raw_borrowed(&answer.pItf) }
                .map(|_| unsafe { IUnknown::from_raw(answer.pItf) }),
        );
        answer.hr
    });
    (code, codes)
}

#[test]
fn n081_many_interfaces_want_one_way_to_the_object() {
    let _turn = turn();
    client(|| {
        partywall::com::describe::<IOther>().unwrap();
        let server = server(&[NORMAL]);
        let packet = server.packets[0].unmarshal_as::<IUnknown>().unwrap();
        let multi: IMultiQI = packet.cast().unwrap();
        let trace = Trace::new();
        let hops = || trace.hops().iter().filter(|hop| hop.name == "component").count();
        let _trace = trace::enter(Some(trace.clone()));
        let answer = ask(&multi, [&ITell::IID, &IMultiQI::IID, &IOther::IID]);
        assert_eq!(answer, (S_FALSE, [S_OK, S_OK, E_NOINTERFACE]));
        assert_eq!(hops(), 1, "both missing ones on one way");
        assert_eq!(ask(&multi, [&ITell::IID, &IUnknown::IID]), (S_OK, [S_OK, S_OK]));
        assert_eq!(hops(), 1, "what is known does not travel");
        assert_eq!(ask(&multi, [&IOther::IID]), (E_NOINTERFACE, [E_NOINTERFACE]));
        // SAFETY: null and none are what is refused.
        unsafe {
            assert_eq!(multi.QueryMultipleInterfaces(1, null_mut()), E_INVALIDARG);
            let mut one = question(&ITell::IID);
            assert_eq!(multi.QueryMultipleInterfaces(0, &mut one), E_INVALIDARG);
        }
    });
}

#[test]
fn n126_to_n128_a_proxy_has_a_blanket() {
    let _turn = turn();
    client(|| {
        let server = server(&[NORMAL]);
        let tell = server.packets[0].unmarshal().unwrap();
        let security: IClientSecurity = tell.cast().unwrap();
        let (unknown, marshal): (IUnknown, IMarshal) = (tell.cast().unwrap(), tell.cast().unwrap());
        let null = null_mut();
        // SAFETY: live interfaces; places that are null or writable.
        unsafe {
            for proxy in [tell.as_raw(), unknown.as_raw()] {
                let (mut service, mut level, mut imp) = (99, 99, 99);
                let code = security.QueryBlanket(
                    proxy,
                    &mut service,
                    null_mut(),
                    null_mut(),
                    &mut level,
                    &mut imp,
                    null_mut(),
                    null_mut(),
                );
                assert_eq!((code, service, level, imp), (S_OK, 10, 2, 2));
                let (n, w) = (null_mut(), null_mut());
                assert_eq!(security.QueryBlanket(proxy, n, n, w, n, n, w.cast(), n), S_OK);
                assert_eq!(
                    security.SetBlanket(proxy, service, 0, w.cast(), level, imp, null, 0),
                    S_OK
                );
            }
            assert_eq!(thread_of(&tell), Ok(server.tid), "calls still work");
            let (local, n) = (marshal.as_raw(), null_mut());
            let (p, i) = (null_mut(), null_mut());
            assert_eq!(security.QueryBlanket(local, n, n, p, n, n, i, n), E_NOINTERFACE);
            assert_eq!(
                security.SetBlanket(local, 10, 0, null.cast(), 2, 2, null, 0),
                E_NOINTERFACE
            );
            let raw = tell.as_raw();
            assert_eq!(security.SetBlanket(raw, 77, 0, null.cast(), 2, 2, null, 0), E_INVALIDARG);
            let mut copy = null_mut();
            assert_eq!(security.CopyProxy(raw, &mut copy), S_OK);
            let copy = ITell::from_raw(copy);
            assert_ne!(copy.as_raw(), raw);
            assert_eq!(thread_of(&copy), Ok(server.tid));
            assert_eq!(copy.cast::<IUnknown>().unwrap().as_raw(), unknown.as_raw());
            assert_eq!(copy.cast::<ITell>().unwrap().as_raw(), raw, "which is found is the first");
        }
    });
}

/// An object that answers for its own connections.
#[class(interfaces(ITell, IMarshal))]
struct OwnMarshal(Arc<AtomicU32>);

impl ITell_Impl for OwnMarshal {
    unsafe fn Thread(&self, _tid: *mut i32) -> HRESULT {
        S_OK
    }
}

impl IMarshal_Impl for OwnMarshal {
    unsafe fn GetUnmarshalClass(
        &self,
        _iid: *const GUID,
        _object: *mut c_void,
        _destination: u32,
        _reserved: *mut c_void,
        _flags: u32,
        _clsid: *mut GUID,
    ) -> HRESULT {
        E_INVALIDARG
    }

    unsafe fn GetMarshalSizeMax(
        &self,
        _iid: *const GUID,
        _object: *mut c_void,
        _destination: u32,
        _reserved: *mut c_void,
        _flags: u32,
        _size: *mut u32,
    ) -> HRESULT {
        E_INVALIDARG
    }

    unsafe fn MarshalInterface(
        &self,
        _stream: *mut c_void,
        _iid: *const GUID,
        _object: *mut c_void,
        _destination: u32,
        _reserved: *mut c_void,
        _flags: u32,
    ) -> HRESULT {
        E_INVALIDARG
    }

    unsafe fn UnmarshalInterface(
        &self,
        _stream: *mut c_void,
        _iid: *const GUID,
        _object: *mut *mut c_void,
    ) -> HRESULT {
        E_INVALIDARG
    }

    unsafe fn ReleaseMarshalData(&self, _stream: *mut c_void) -> HRESULT {
        E_INVALIDARG
    }

    unsafe fn DisconnectObject(&self, reserved: u32) -> HRESULT {
        self.0.fetch_add(reserved + 1, Ordering::SeqCst);
        S_FALSE
    }
}

#[test]
fn an_object_with_its_own_marshaler_disconnects_itself() {
    let _turn = turn();
    client(|| {
        let told = Arc::new(AtomicU32::new(0));
        let object: ITell = new_interface(OwnMarshal(Arc::clone(&told))).unwrap();
        assert_eq!(disconnect(&object), S_OK);
        assert_eq!(told.load(Ordering::SeqCst), 1);
    });
}

type Answer = Arc<Mutex<Option<Result<i32, HRESULT>>>>;

/// An object that calls its client once more when it is released.
#[class(interfaces(ITell))]
struct Farewell {
    back: ITell,
    answer: Answer,
}

impl Drop for Farewell {
    fn drop(&mut self) {
        *self.answer.lock().unwrap() = Some(thread_of(&self.back));
    }
}

impl ITell_Impl for Farewell {
    unsafe fn Thread(&self, _tid: *mut i32) -> HRESULT {
        S_OK
    }
}

/// Lets an STA hold a [`Farewell`] of another one, which holds an object of its
/// own, and leaves its apartment, or ends without; what the last call answered,
/// and the STA's thread.
fn part(leaves: bool) -> (Result<i32, HRESULT>, i32) {
    partywall::com::describe::<ITell>().unwrap();
    let answer = Answer::default();
    let (ask, asked) = channel::<(Carried, Arc<crate::apartment::Apartment>)>();
    let (give, given) = channel();
    let told = Arc::clone(&answer);
    let server = thread(move || {
        let _sta = Apartment::single_threaded().unwrap();
        let (packet, client) = asked.recv().unwrap();
        let back = packet.unmarshal().unwrap();
        let object = new_interface::<_, ITell>(Farewell { back, answer: told }).unwrap();
        give.send(Carried::marshal(&object, NORMAL).unwrap()).unwrap();
        client.wake();
        drop(object);
        let home = crate::apartment::current().unwrap();
        crate::apartment::serve_until(|| home.exported_objects() == 0);
    });
    let client = thread(move || {
        let sta = Apartment::single_threaded().unwrap();
        let object = Tell::object();
        let home = crate::apartment::current().unwrap();
        ask.send((Carried::marshal(&object, NORMAL).unwrap(), home)).unwrap();
        // Serves meanwhile: the other one asks the object.
        let packet = std::cell::RefCell::new(None);
        crate::apartment::serve_until(|| {
            *packet.borrow_mut() = given.try_recv().ok();
            packet.borrow().is_some()
        });
        let kept = Smuggled(packet.take().unwrap().unmarshal().unwrap());
        if leaves {
            drop(sta);
        } else {
            std::mem::forget(sta);
        }
        (kept, tid())
    });
    let (kept, tid) = client.join().unwrap();
    server.join().unwrap();
    drop(kept);
    let answer = answer.lock().unwrap().take().unwrap();
    (answer, tid)
}

alone! {
    fn an_object_may_call_back_while_its_client_leaves() {
        let (answer, client) = part(true);
        assert_eq!(answer, Ok(client), "the client still serves");
        assert_eq!(alive(), 0);
        let (answer, _) = part(false);
        assert_eq!(answer, Err(RPC_E_DISCONNECTED), "one that dies does not, and nobody hangs");
        assert_eq!(alive(), 0);
    }
}
