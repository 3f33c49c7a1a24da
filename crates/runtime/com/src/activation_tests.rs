//! Activation and class objects through the exported functions. The numbers are
//! those of the list of documented behaviours.

use core::ffi::c_void;
use core::ptr::{null, null_mut};
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};
use std::sync::mpsc::channel;

use com_abi::codes::{
    CLASS_E_NOAGGREGATION, CO_E_NOTINITIALIZED, CO_E_SERVER_STOPPING, CO_S_NOTALLINTERFACES,
    E_INVALIDARG, E_NOINTERFACE, E_POINTER, REGDB_E_CLASSNOTREG, RPC_E_WRONG_THREAD, S_OK,
};
use com_abi::{
    GUID, HRESULT, IClassFactory, IClassFactory_Impl, IUnknown, Interface, WideString, class,
    interface, new_interface,
};
use observe::thread::tid;
use partywall::com::Apartment;
use partywall::ffi::CLSCTX_INPROC_SERVER as INPROC;
use partywall::ffi::activation::{
    CLSCTX_APPCONTAINER, CLSCTX_INPROC_HANDLER, CLSCTX_LOCAL_SERVER as LOCAL, CLSCTX_REMOTE_SERVER,
    COSERVERINFO, MULTI_QI, REGCLS_AGILE, REGCLS_MULTI_SEPARATE, REGCLS_MULTIPLEUSE,
    REGCLS_SINGLEUSE, REGCLS_SUSPENDED,
};

use crate::ffi::PwProxyQueryInterface;
use crate::ffi::activation::{CoCreateInstance, CoCreateInstanceEx, CoGetClassObject};
use crate::ffi::class_objects::{
    CoAddRefServerProcess, CoRegisterClassObject, CoReleaseServerProcess, CoResumeClassObjects,
    CoRevokeClassObject, CoSuspendClassObjects,
};
use crate::ffi::identifiers::CoTreatAsClass;
use crate::{apartment, class as classes};

const DESK: GUID = GUID::from_u128(0x5F0B6A10_3C1E_4B7A_9E52_7A1D0C00AC01);
const LAMP: GUID = GUID::from_u128(0x5F0B6A10_3C1E_4B7A_9E52_7A1D0C00AC02);
const NOTHING: GUID = GUID::from_u128(0x5F0B6A10_3C1E_4B7A_9E52_7A1D0C00ACFF);

#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00AC10", proxy)]
unsafe trait IWhere: IUnknown {
    unsafe fn Thread(&self, tid: *mut i32) -> HRESULT;
}

#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00AC11", proxy)]
unsafe trait IPlain: IUnknown {
    unsafe fn Nothing(&self) -> HRESULT;
}

/// A class of the program, bound to an STA.
#[class(
    clsid = "5F0B6A10-3C1E-4B7A-9E52-7A1D0C00AC01",
    progid = "Test.Desk",
    name = "Desk",
    threading = "Apartment",
    interfaces(IWhere, IPlain)
)]
#[derive(Default)]
struct Desk;

/// What the run-time registered factory makes.
#[class(interfaces(IWhere, IPlain))]
struct Made;

macro_rules! place {
    ($($class:ty),*) => {$(
        impl IWhere_Impl for $class {
            unsafe fn Thread(&self, out: *mut i32) -> HRESULT {
                // SAFETY: the caller passes a writable place.
                unsafe { out.write(tid()) };
                S_OK
            }
        }

        impl IPlain_Impl for $class {
            unsafe fn Nothing(&self) -> HRESULT {
                S_OK
            }
        }
    )*};
}

place!(Desk, Made);

static MADE: AtomicUsize = AtomicUsize::new(0);
static FACTORIES: AtomicUsize = AtomicUsize::new(0);
static LOCKS: AtomicI32 = AtomicI32::new(0);
/// What the factory was asked for last.
static ASKED: std::sync::Mutex<Option<GUID>> = std::sync::Mutex::new(None);

#[class(interfaces(IClassFactory))]
struct Factory;

impl Factory {
    fn object() -> IUnknown {
        FACTORIES.fetch_add(1, Ordering::SeqCst);
        new_interface(Self).unwrap()
    }
}

impl Drop for Factory {
    fn drop(&mut self) {
        FACTORIES.fetch_sub(1, Ordering::SeqCst);
    }
}

impl IClassFactory_Impl for Factory {
    unsafe fn CreateInstance(
        &self,
        outer: *mut c_void,
        iid: *const GUID,
        object: *mut *mut c_void,
    ) -> HRESULT {
        assert!(outer.is_null());
        MADE.fetch_add(1, Ordering::SeqCst);
        // SAFETY: the caller passes what the interface says.
        unsafe {
            *ASKED.lock().unwrap() = Some(*iid);
            new_interface::<_, IUnknown>(Made).unwrap().query(iid, object)
        }
    }

    unsafe fn LockServer(&self, lock: i32) -> HRESULT {
        LOCKS.fetch_add(if lock != 0 { 1 } else { -1 }, Ordering::SeqCst);
        S_OK
    }
}

/// A class object without a factory.
#[class(interfaces(IPlain))]
struct NoFactory;

impl IPlain_Impl for NoFactory {
    unsafe fn Nothing(&self) -> HRESULT {
        S_OK
    }
}

fn create<I: Interface>(clsid: &GUID, context: u32) -> Result<I, HRESULT> {
    let mut raw = std::ptr::dangling_mut();
    // SAFETY: readable identifiers and a writable place; the answer is ours.
    unsafe {
        let code = CoCreateInstance(clsid, null_mut(), context, &I::IID, &mut raw);
        assert_eq!(raw.is_null(), code != S_OK, "a failure answers null");
        if code == S_OK { Ok(I::from_raw(raw)) } else { Err(code) }
    }
}

fn class_object<I: Interface>(clsid: &GUID, context: u32) -> Result<I, HRESULT> {
    let mut raw = std::ptr::dangling_mut();
    // SAFETY: readable identifiers and a writable place; the answer is ours.
    unsafe {
        let code = CoGetClassObject(clsid, context, null(), &I::IID, &mut raw);
        assert_eq!(raw.is_null(), code != S_OK, "a failure answers null");
        if code == S_OK { Ok(I::from_raw(raw)) } else { Err(code) }
    }
}

fn register(clsid: &GUID, object: &IUnknown, context: u32, flags: u32) -> Result<u32, HRESULT> {
    let mut cookie = 7;
    // SAFETY: a readable identifier, a live interface, a writable place.
    let code =
        unsafe { CoRegisterClassObject(clsid, object.as_raw(), context, flags, &mut cookie) };
    assert_eq!(cookie == 0, code != S_OK, "a failure answers 0");
    if code == S_OK { Ok(cookie) } else { Err(code) }
}

fn is_proxy(object: &IUnknown) -> bool {
    let slot = object.vtable().QueryInterface as *const ();
    std::ptr::eq(slot, PwProxyQueryInterface as *const ())
}

fn thread_of(place: &IWhere) -> i32 {
    let mut answer = 0;
    // SAFETY: a writable place.
    assert_eq!(unsafe { place.Thread(&mut answer) }, S_OK);
    answer
}

fn describe() {
    partywall::com::describe::<IWhere>().unwrap();
    partywall::com::describe::<IPlain>().unwrap();
}

fn on_thread<R: Send + 'static>(body: impl FnOnce() -> R + Send + 'static) -> R {
    security::spawner::spawn("test", 1 << 20, body).unwrap().join().unwrap()
}

/// Runs `set_up` in an STA which then serves, and `client` in an apartment of its
/// own meanwhile.
fn beside_an_sta(
    set_up: impl FnOnce() -> u32 + Send + 'static,
    client: impl FnOnce(i32) + Send + 'static,
) {
    let (answer, started) = channel();
    let sta = security::spawner::spawn("server", 1 << 20, move || {
        let _apartment = Apartment::single_threaded().unwrap();
        let cookie = set_up();
        answer.send((apartment::current().unwrap(), tid())).unwrap();
        apartment::serve();
        assert_eq!(CoRevokeClassObject(cookie), S_OK, "it is there until it is revoked");
    });
    let (server, tid) = started.recv().unwrap();
    on_thread(move || client(tid));
    server.queue().close().into_iter().for_each(crate::call::QueuedCall::withdraw);
    sta.unwrap().join().unwrap();
}

alone! {
    fn n020_a_class_that_nobody_has_is_not_registered_wherever_it_is_asked_for() {
        on_thread(|| {
            let _sta = Apartment::single_threaded().unwrap();
            let kinds = [INPROC, CLSCTX_INPROC_HANDLER, LOCAL, CLSCTX_REMOTE_SERVER];
            for combination in 0..16 {
                let bits = kinds.iter().enumerate().filter(|(at, _)| combination >> at & 1 == 1);
                let context = bits.map(|(_, bit)| bit).sum();
                let error = create::<IUnknown>(&NOTHING, context).err();
                assert_eq!(error, Some(REGDB_E_CLASSNOTREG), "{context:#x}");
                let error = class_object::<IClassFactory>(&NOTHING, context).err();
                assert_eq!(error, Some(REGDB_E_CLASSNOTREG), "{context:#x}");
            }
        });
    }

    fn n021_null_places_and_threads_without_an_apartment_are_refused() {
        let (clsid, iid) = (&NOTHING, &IUnknown::IID);
        assert_eq!(create::<IUnknown>(clsid, INPROC).err(), Some(CO_E_NOTINITIALIZED));
        assert_eq!(class_object::<IUnknown>(clsid, INPROC).err(), Some(CO_E_NOTINITIALIZED));
        assert_eq!(register(clsid, &Factory::object(), INPROC, 0), Err(CO_E_NOTINITIALIZED));
        assert_eq!(CoRevokeClassObject(1), CO_E_NOTINITIALIZED);
        on_thread(|| {
            let _mta = Apartment::multithreaded().unwrap();
            let (null, nobody) = (null(), null_mut());
            // SAFETY: null or readable identifiers; no place to write to.
            unsafe {
                assert_eq!(CoCreateInstance(clsid, nobody, INPROC, iid, null_mut()), E_POINTER);
                assert_eq!(CoGetClassObject(clsid, INPROC, null, iid, null_mut()), E_INVALIDARG);
                let unknown = Factory::object();
                let object = unknown.as_raw();
                let mut cookie = 0;
                for code in [
                    CoRegisterClassObject(std::ptr::null(), object, INPROC, 0, &mut cookie),
                    CoRegisterClassObject(clsid, null_mut(), INPROC, 0, &mut cookie),
                    CoRegisterClassObject(clsid, object, INPROC, 0, null_mut()),
                    CoRegisterClassObject(clsid, object, 0, 0, &mut cookie),
                    CoRegisterClassObject(clsid, object, INPROC, 3, &mut cookie),
                    CoRegisterClassObject(clsid, object, INPROC, 0x40, &mut cookie),
                    CoCreateInstanceEx(clsid, nobody, INPROC, null, 0, null_mut()),
                ] {
                    assert_eq!(code, E_INVALIDARG);
                }
            }
        });
    }

    fn n022_an_apartment_class_is_a_proxy_in_the_mta_and_itself_in_an_sta() {
        classes::register_builtin::<Desk>();
        describe();
        on_thread(|| {
            let _sta = Apartment::single_threaded().unwrap();
            let desk: IWhere = create(&DESK, INPROC).unwrap();
            assert!(!is_proxy(&desk));
            assert_eq!(thread_of(&desk), tid());
            assert!(!is_proxy(&class_object::<IClassFactory>(&DESK, INPROC).unwrap()));
        });
        on_thread(|| {
            let _mta = Apartment::multithreaded().unwrap();
            let desk: IWhere = create(&DESK, INPROC).unwrap();
            assert!(is_proxy(&desk));
            assert_ne!(thread_of(&desk), tid());
            let factory: IClassFactory = class_object(&DESK, INPROC).unwrap();
            assert!(is_proxy(&factory), "a class object lives where its objects do");
            let mut raw = null_mut();
            // SAFETY: a readable identifier and a writable place; no outer object,
            // or one that is refused before it is used.
            unsafe {
                assert_eq!(factory.CreateInstance(null_mut(), &IWhere::IID, &mut raw), S_OK);
                let other = IWhere::from_raw(raw);
                assert!(is_proxy(&other) && other != desk);
                assert_eq!(thread_of(&other), thread_of(&desk), "the same host STA");
                let outer = std::ptr::dangling_mut();
                let code = factory.CreateInstance(outer, &IUnknown::IID, &mut raw);
                assert_eq!((code, raw.is_null()), (CLASS_E_NOAGGREGATION, true));
                let code = factory.CreateInstance(null_mut(), &NOTHING, &mut raw);
                assert_eq!((code, raw.is_null()), (E_NOINTERFACE, true));
            }
        });
    }

    fn n023_a_class_registered_at_run_time_wins() {
        classes::register_builtin::<Desk>();
        describe();
        on_thread(|| {
            let _sta = Apartment::single_threaded().unwrap();
            let factory = Factory::object();
            let cookie = register(&DESK, &factory, INPROC, REGCLS_MULTIPLEUSE).unwrap();
            create::<IWhere>(&DESK, INPROC).unwrap();
            assert_eq!(MADE.load(Ordering::SeqCst), 1);
            let found: IUnknown = class_object(&DESK, INPROC).unwrap();
            assert_eq!(found, factory, "the object's own pointer");
            create::<IWhere>(&DESK, INPROC | CLSCTX_APPCONTAINER).unwrap();
            assert_eq!(MADE.load(Ordering::SeqCst), 1, "not for an app container");
            assert_eq!(CoRevokeClassObject(cookie), S_OK);
            create::<IWhere>(&DESK, INPROC).unwrap();
            assert_eq!(MADE.load(Ordering::SeqCst), 1, "the program's own class again");
            drop((factory, found));
            assert_eq!(FACTORIES.load(Ordering::SeqCst), 0);
        });
    }

    fn n030_several_interfaces_are_asked_for_at_once() {
        fn ask(clsid: &GUID, iids: &[GUID]) -> (HRESULT, Vec<HRESULT>) {
            let item = |iid: &GUID| {
                let (interface, code) = (std::ptr::dangling_mut(), HRESULT(7));
                MULTI_QI { iid: std::ptr::from_ref(iid), interface, code }
            };
            let mut items: Vec<MULTI_QI> = iids.iter().map(item).collect();
            let (count, place) = (items.len() as u32, items.as_mut_ptr());
            // SAFETY: readable identifiers and writable items; the answers are ours.
            unsafe {
                let code = CoCreateInstanceEx(clsid, null_mut(), INPROC, null(), count, place);
                let codes = items.iter().map(|item| {
                    assert_eq!(item.interface.is_null(), item.code != S_OK);
                    if item.code == S_OK {
                        drop(IUnknown::from_raw(item.interface));
                    }
                    item.code
                });
                (code, codes.collect())
            }
        }
        classes::register_builtin::<Desk>();
        describe();
        let (here, plain, no) = (IWhere::IID, IPlain::IID, NOTHING);
        on_thread(move || {
            let _sta = Apartment::single_threaded().unwrap();
            let cookie = register(&LAMP, &Factory::object(), INPROC, REGCLS_MULTIPLEUSE).unwrap();
            assert_eq!(ask(&LAMP, &[here, plain]), (S_OK, vec![S_OK, S_OK]));
            assert_eq!(*ASKED.lock().unwrap(), Some(here), "the first is what the factory is asked");
            assert_eq!(MADE.load(Ordering::SeqCst), 1);
            let some = (CO_S_NOTALLINTERFACES, vec![S_OK, E_NOINTERFACE, S_OK]);
            assert_eq!(ask(&LAMP, &[here, no, plain]), some);
            let later = (CO_S_NOTALLINTERFACES, vec![E_NOINTERFACE, S_OK]);
            assert_eq!(ask(&LAMP, &[no, plain]), later);
            assert_eq!(ask(&LAMP, &[no]), (E_NOINTERFACE, vec![E_NOINTERFACE]));
            assert_eq!(ask(&LAMP, &[no, no]), (E_NOINTERFACE, vec![E_NOINTERFACE; 2]));
            let unknown = (REGDB_E_CLASSNOTREG, vec![REGDB_E_CLASSNOTREG; 2]);
            assert_eq!(ask(&NOTHING, &[here, plain]), unknown);
            assert_eq!(CoRevokeClassObject(cookie), S_OK);
        });
        on_thread(move || {
            let _mta = Apartment::multithreaded().unwrap();
            let some = (CO_S_NOTALLINTERFACES, vec![S_OK, E_NOINTERFACE]);
            assert_eq!(ask(&DESK, &[plain, no]), some, "through a proxy too");
        });
    }

    fn n035_a_class_object_need_not_be_a_factory() {
        describe();
        let set_up = || {
            let object: IUnknown = new_interface(NoFactory).unwrap();
            let cookie = register(&LAMP, &object, LOCAL, REGCLS_SINGLEUSE).unwrap();
            assert_eq!(class_object::<IClassFactory>(&LAMP, LOCAL).err(), Some(E_NOINTERFACE));
            cookie
        };
        beside_an_sta(set_up, |_| {
            let _sta = Apartment::single_threaded().unwrap();
            assert_eq!(class_object::<IClassFactory>(&LAMP, LOCAL).err(), Some(E_NOINTERFACE));
            assert_eq!(create::<IWhere>(&LAMP, LOCAL).err(), Some(E_NOINTERFACE));
            let plain: IPlain = class_object(&LAMP, LOCAL).unwrap();
            assert!(is_proxy(&plain));
            // SAFETY: no arguments.
            assert_eq!(unsafe { plain.Nothing() }, S_OK);
        });
    }

    fn n036_a_local_registration_is_found_by_proxy_and_an_in_process_one_is_not() {
        describe();
        let set_up = || register(&LAMP, &Factory::object(), LOCAL, REGCLS_MULTIPLEUSE).unwrap();
        beside_an_sta(set_up, |server| {
            let _sta = Apartment::single_threaded().unwrap();
            assert_eq!(class_object::<IUnknown>(&LAMP, INPROC).err(), Some(REGDB_E_CLASSNOTREG));
            assert_eq!(LOCKS.load(Ordering::SeqCst), 0);
            let factory: IClassFactory = class_object(&LAMP, LOCAL).unwrap();
            assert!(is_proxy(&factory));
            assert_eq!(LOCKS.load(Ordering::SeqCst), 1, "locked while there is a proxy");
            // SAFETY: a plain number.
            assert_eq!(unsafe { factory.LockServer(1) }, S_OK);
            assert_eq!(LOCKS.load(Ordering::SeqCst), 1, "which the proxy answers itself");
            let lamp: IWhere = create(&LAMP, INPROC | LOCAL).unwrap();
            assert!(is_proxy(&lamp));
            assert_eq!(thread_of(&lamp), server);
        });
        assert_eq!(LOCKS.load(Ordering::SeqCst), 0, "and no longer");
        assert_eq!(FACTORIES.load(Ordering::SeqCst), 0);

        let set_up = || register(&LAMP, &Factory::object(), INPROC, REGCLS_MULTIPLEUSE).unwrap();
        beside_an_sta(set_up, |_| {
            let _sta = Apartment::single_threaded().unwrap();
            for context in [INPROC, LOCAL, INPROC | LOCAL] {
                let error = class_object::<IUnknown>(&LAMP, context).err();
                assert_eq!(error, Some(REGDB_E_CLASSNOTREG));
            }
        });
    }

    fn n037_registrations_have_numbers_of_their_own_and_one_apartment() {
        let (answer, started) = channel();
        let (end, ended) = channel::<()>();
        let member = security::spawner::spawn("member", 1 << 20, move || {
            let _mta = Apartment::multithreaded().unwrap();
            answer.send(()).unwrap();
            ended.recv().unwrap();
        });
        started.recv().unwrap();
        let factory = Factory::object();
        let one = register(&LAMP, &factory, INPROC, REGCLS_SINGLEUSE).unwrap();
        let two = register(&LAMP, &factory, INPROC, REGCLS_SINGLEUSE).unwrap();
        assert_ne!(one, two);
        assert_eq!(class_object::<IUnknown>(&LAMP, INPROC).as_ref(), Ok(&factory));
        on_thread(move || {
            let _sta = Apartment::single_threaded().unwrap();
            assert_eq!(CoRevokeClassObject(one), RPC_E_WRONG_THREAD);
        });
        on_thread(move || assert_eq!(CoRevokeClassObject(one), S_OK, "any thread of the MTA"));
        assert_eq!(CoRevokeClassObject(one), E_INVALIDARG);
        assert_eq!(CoRevokeClassObject(two), S_OK, "from a thread that never entered it");
        let three = register(&LAMP, &factory, INPROC, REGCLS_SINGLEUSE).unwrap();
        assert!(three != one && three != two, "a number is not used again");
        end.send(()).unwrap();
        member.unwrap().join().unwrap();
        drop(factory);
        assert_eq!(FACTORIES.load(Ordering::SeqCst), 0, "the MTA has ended and let go");
    }

    fn n038_registrations_go_with_their_apartment() {
        let cookie = on_thread(|| {
            let _sta = Apartment::single_threaded().unwrap();
            register(&LAMP, &Factory::object(), LOCAL | INPROC, REGCLS_MULTIPLEUSE).unwrap()
        });
        assert_eq!(FACTORIES.load(Ordering::SeqCst), 0);
        on_thread(move || {
            let _sta = Apartment::single_threaded().unwrap();
            for context in [INPROC, LOCAL] {
                let error = class_object::<IUnknown>(&LAMP, context).err();
                assert_eq!(error, Some(REGDB_E_CLASSNOTREG));
            }
            assert_eq!(CoRevokeClassObject(cookie), E_INVALIDARG);
        });
    }

    fn n044_a_suspended_class_object_is_not_seen_until_it_is_resumed() {
        on_thread(|| {
            let _sta = Apartment::single_threaded().unwrap();
            let factory = Factory::object();
            let flags = REGCLS_MULTIPLEUSE | REGCLS_SUSPENDED;
            let cookie = register(&LAMP, &factory, LOCAL, flags).unwrap();
            let found = |context| class_object::<IUnknown>(&LAMP, context);
            for context in [INPROC, LOCAL] {
                assert_eq!(found(context).err(), Some(REGDB_E_CLASSNOTREG));
            }
            assert_eq!(CoResumeClassObjects(), S_OK);
            assert_eq!(found(INPROC).as_ref(), Ok(&factory));
            assert_eq!(CoSuspendClassObjects(), S_OK);
            assert_eq!(found(INPROC).err(), Some(REGDB_E_CLASSNOTREG));
            assert_eq!(CoRevokeClassObject(cookie), S_OK);
        });
    }

    fn n045_a_class_object_for_a_single_use_serves_one_client() {
        describe();
        let set_up = || register(&LAMP, &Factory::object(), LOCAL, REGCLS_SINGLEUSE).unwrap();
        beside_an_sta(set_up, |_| {
            let _sta = Apartment::single_threaded().unwrap();
            assert_eq!(class_object::<IPlain>(&LAMP, LOCAL).err(), Some(E_NOINTERFACE));
            create::<IWhere>(&LAMP, LOCAL).unwrap();
            assert_eq!(create::<IWhere>(&LAMP, LOCAL).err(), Some(REGDB_E_CLASSNOTREG));
        });
    }

    fn n046_a_server_that_counts_down_to_zero_stops() {
        on_thread(|| {
            let _sta = Apartment::single_threaded().unwrap();
            let factory = Factory::object();
            let cookie = register(&LAMP, &factory, LOCAL, REGCLS_MULTIPLEUSE).unwrap();
            assert_eq!((CoAddRefServerProcess(), CoAddRefServerProcess()), (1, 2));
            assert_eq!(CoReleaseServerProcess(), 1);
            assert_eq!(class_object::<IUnknown>(&LAMP, LOCAL).as_ref(), Ok(&factory));
            assert_eq!(CoReleaseServerProcess(), 0);
            assert_eq!(class_object::<IUnknown>(&LAMP, LOCAL).err(), Some(CO_E_SERVER_STOPPING));
            assert_eq!(create::<IWhere>(&LAMP, INPROC).err(), Some(CO_E_SERVER_STOPPING));
            assert_eq!(class_object::<IUnknown>(&DESK, LOCAL).err(), Some(REGDB_E_CLASSNOTREG));
            assert_eq!(CoReleaseServerProcess(), 0, "it does not go below");
            assert_eq!(CoResumeClassObjects(), S_OK);
            assert_eq!(class_object::<IUnknown>(&LAMP, LOCAL).as_ref(), Ok(&factory));
            assert_eq!(CoRevokeClassObject(cookie), S_OK);
        });
    }

    fn an_agile_class_object_is_itself_in_every_apartment() {
        let set_up = || register(&LAMP, &Factory::object(), LOCAL | INPROC, REGCLS_AGILE).unwrap();
        beside_an_sta(set_up, |_| {
            let _mta = Apartment::multithreaded().unwrap();
            let factory: IClassFactory = class_object(&LAMP, INPROC).unwrap();
            assert!(!is_proxy(&factory));
            let lamp: IWhere = create(&LAMP, INPROC).unwrap();
            assert_eq!(thread_of(&lamp), tid(), "made where its client is");
        });
    }

    fn separate_registrations_serve_what_they_say_and_nothing_else() {
        on_thread(|| {
            let _sta = Apartment::single_threaded().unwrap();
            let (inproc, local) = (Factory::object(), Factory::object());
            let one = register(&LAMP, &local, LOCAL, REGCLS_MULTI_SEPARATE).unwrap();
            let found = |context| class_object::<IUnknown>(&LAMP, context);
            assert_eq!(found(INPROC).err(), Some(REGDB_E_CLASSNOTREG));
            let two = register(&LAMP, &inproc, INPROC, REGCLS_MULTI_SEPARATE).unwrap();
            assert_eq!(found(INPROC).as_ref(), Ok(&inproc));
            assert_eq!(found(LOCAL).as_ref(), Ok(&local));
            assert_eq!((CoRevokeClassObject(one), CoRevokeClassObject(two)), (S_OK, S_OK));
        });
    }

    fn the_class_that_stands_in_for_another_is_made() {
        classes::register_builtin::<Desk>();
        let key = format!("HKEY_CLASSES_ROOT\\CLSID\\{}", com_abi::format_guid(&LAMP));
        classes::change(|change| change.set(&key, "", "Lamp")).unwrap();
        on_thread(|| {
            let _sta = Apartment::single_threaded().unwrap();
            assert_eq!(create::<IWhere>(&LAMP, INPROC).err(), Some(REGDB_E_CLASSNOTREG));
            // SAFETY: readable identifiers.
            unsafe { assert_eq!(CoTreatAsClass(&LAMP, &DESK), S_OK) };
            create::<IWhere>(&LAMP, INPROC).unwrap();
            class_object::<IClassFactory>(&LAMP, INPROC).unwrap();
            // SAFETY: readable identifiers.
            unsafe { assert_eq!(CoTreatAsClass(&LAMP, &GUID::default()), S_OK) };
            assert_eq!(create::<IWhere>(&LAMP, INPROC).err(), Some(REGDB_E_CLASSNOTREG));
        });
    }

    fn another_machine_is_not_asked_yet() {
        classes::register_builtin::<Desk>();
        on_thread(|| {
            let _sta = Apartment::single_threaded().unwrap();
            let ask = |name: &str| {
                let name = WideString::new(name);
                let (reserved1, auth, reserved2) = (0, null(), 0);
                let server = COSERVERINFO { reserved1, name: name.as_ptr(), auth, reserved2 };
                let mut raw = null_mut();
                // SAFETY: readable identifiers, a zero-ended name, a writable place;
                // the answer is ours.
                unsafe {
                    let code = CoGetClassObject(&DESK, INPROC, &server, &IUnknown::IID, &mut raw);
                    (!raw.is_null()).then(|| IUnknown::from_raw(raw));
                    code
                }
            };
            assert_eq!(ask("elsewhere.example"), REGDB_E_CLASSNOTREG);
            assert_eq!((ask(""), ask("LocalHost")), (S_OK, S_OK));
        });
    }
}

alone! {
    fn an_application_goes_with_the_last_of_its_classes() {
        let app_id = GUID::from_u128(0x5F0B6A10_3C1E_4B7A_9E52_7A1D0C00AC77);
        let key = format!("HKEY_CLASSES_ROOT\\AppID\\{}", com_abi::format_guid(&app_id));
        let entry = |clsid: GUID| classes::ClassEntry {
            clsid,
            progid: format!("Test.{}", clsid.data1),
            name: "Test".into(),
            threading: None,
            app_id: Some(app_id),
            has_surrogate: true,
            file: "/nowhere/lib.so".into(),
        };
        let (first, second) = (entry(GUID::from_u128(1 << 96)), entry(GUID::from_u128(2 << 96)));
        classes::register(&first).unwrap();
        classes::register(&second).unwrap();
        let is_there = || crate::registry().unwrap().has_key(&key).unwrap();
        assert!(is_there());
        classes::unregister(&first).unwrap();
        assert!(is_there(), "the second one belongs to it");
        classes::unregister(&second).unwrap();
        assert!(!is_there());
    }
}
