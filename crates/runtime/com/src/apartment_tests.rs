//! Entering and leaving apartments, through the exported functions. The numbers
//! are those of the list of documented behaviours.

use core::ffi::c_void;
use core::ptr::null_mut;
use std::sync::Mutex;
use std::sync::atomic::Ordering;
use std::thread;

use com_abi::codes::{
    CO_E_NOTINITIALIZED, E_INVALIDARG, E_NOINTERFACE, E_POINTER, RPC_E_CALL_COMPLETE,
    RPC_E_CHANGED_MODE, RPC_E_WRONG_THREAD, S_FALSE, S_OK,
};
use com_abi::context::{
    APTTYPE_MAINSTA, APTTYPE_MTA, APTTYPE_NA, APTTYPE_STA, IComThreadingInfo, IContextCallback,
    IInitializeSpy, IInitializeSpy_Impl, IObjContext, IServerSecurity, THDTYPE_BLOCKMESSAGES,
    THDTYPE_PROCESSMESSAGES,
};
use com_abi::{GUID, HRESULT, IUnknown, Interface, class, new_interface};
use observe::thread::tid;

use crate::ffi::apartments::{
    CoDecrementMTAUsage, CoGetApartmentType, CoGetContextToken, CoGetCurrentLogicalThreadId,
    CoGetCurrentProcess, CoGetDefaultContext, CoGetObjectContext, CoIncrementMTAUsage,
    CoInitialize, CoInitializeEx, CoRegisterInitializeSpy, CoRevokeInitializeSpy, CoUninitialize,
    OleInitialize, OleUninitialize,
};
use crate::ffi::calls::{CoGetCallContext, CoSwitchCallContext};
use crate::stage_tests::{ALIVE, IWork, Stage, Work, begin, export, import, task, thread_of};

const STA: u32 = 2;
const MTA: u32 = 0;

fn initialize(model: u32) -> HRESULT {
    CoInitializeEx(null_mut(), model)
}

/// Kind and qualifier of this thread's apartment.
fn kind() -> (HRESULT, i32, i32) {
    let (mut kind, mut qualifier) = (77, 77);
    // SAFETY: writable places.
    let code = unsafe { CoGetApartmentType(&raw mut kind, &raw mut qualifier) };
    (code, kind, qualifier)
}

const NONE: (HRESULT, i32, i32) = (CO_E_NOTINITIALIZED, -1, 0);
const IMPLICIT: (HRESULT, i32, i32) = (S_OK, APTTYPE_MTA, 1);

fn elsewhere<R: Send>(body: impl FnOnce() -> R + Send) -> R {
    thread::scope(|scope| scope.spawn(body).join().unwrap())
}

fn context<I: Interface>() -> I {
    let mut raw = null_mut();
    // SAFETY: a readable identifier and a writable place.
    assert_eq!(unsafe { CoGetObjectContext(&I::IID, &raw mut raw) }, S_OK);
    // SAFETY: the call succeeded.
    unsafe { I::from_raw(raw) }
}

alone! {
    fn n001_entries_are_counted_and_the_model_cannot_change() {
        assert_eq!(CoInitializeEx(core::ptr::dangling_mut(), STA), E_INVALIDARG);
        for (model, other, expected) in [(STA, MTA, APTTYPE_MAINSTA), (MTA, STA, APTTYPE_MTA)] {
            assert_eq!(initialize(model), S_OK);
            assert_eq!(initialize(model), S_FALSE);
            assert_eq!(initialize(other), RPC_E_CHANGED_MODE);
            CoUninitialize();
            assert_eq!(kind(), (S_OK, expected, 0));
            CoUninitialize();
            assert_eq!(kind(), NONE);
            CoUninitialize();
            assert_eq!(kind(), NONE);
        }
        assert_eq!(CoInitialize(null_mut()), S_OK);
        assert_eq!(kind(), (S_OK, APTTYPE_MAINSTA, 0));
        CoUninitialize();
    }

    fn n002_ole_counts_on_its_own() {
        assert_eq!(CoInitialize(null_mut()), S_OK);
        assert_eq!(OleInitialize(null_mut()), S_OK);
        assert_eq!(OleInitialize(null_mut()), S_FALSE);
        OleUninitialize();
        OleUninitialize();
        OleUninitialize();
        assert_eq!(kind(), (S_OK, APTTYPE_MAINSTA, 0), "one too many does nothing");
        CoUninitialize();
        assert_eq!(kind(), NONE);
        assert_eq!(initialize(MTA), S_OK);
        assert_eq!(OleInitialize(null_mut()), RPC_E_CHANGED_MODE);
        CoUninitialize();
    }

    fn n003_a_thread_without_apartment_is_in_the_mta_while_there_is_one() {
        assert_eq!(kind(), NONE);
        assert_eq!(initialize(MTA), S_OK);
        assert_eq!(kind(), (S_OK, APTTYPE_MTA, 0));
        assert_eq!(elsewhere(kind), IMPLICIT);
        CoUninitialize();
        assert_eq!(elsewhere(kind), NONE);
    }

    fn n004_a_null_place_leaves_the_other_alone() {
        let mut place = 77;
        // SAFETY: null or writable places.
        unsafe {
            assert_eq!(CoGetApartmentType(null_mut(), &raw mut place), E_INVALIDARG);
            assert_eq!(CoGetApartmentType(&raw mut place, null_mut()), E_INVALIDARG);
        }
        assert_eq!(place, 77);
    }

    fn n005_the_first_sta_is_the_main_one() {
        assert_eq!(initialize(STA), S_OK);
        assert_eq!(kind(), (S_OK, APTTYPE_MAINSTA, 0));
        let other = elsewhere(|| {
            assert_eq!(initialize(STA), S_OK);
            let other = kind();
            CoUninitialize();
            other
        });
        assert_eq!(other, (S_OK, APTTYPE_STA, 0));
        CoUninitialize();
    }

    fn n006_a_usage_cookie_makes_threads_members() {
        let mut cookie = 0;
        // SAFETY: null or a writable place.
        unsafe {
            assert_eq!(CoIncrementMTAUsage(null_mut()), E_INVALIDARG);
            assert_eq!(CoIncrementMTAUsage(&raw mut cookie), S_OK);
        }
        assert_eq!(kind(), IMPLICIT);
        assert_eq!(CoDecrementMTAUsage(cookie), S_OK);
        assert_eq!(kind(), NONE);
        assert_eq!(CoDecrementMTAUsage(cookie), E_INVALIDARG);
    }

    fn n007_every_cookie_has_to_be_given_back() {
        let (mut first, mut second) = (0, 0);
        assert_eq!(initialize(STA), S_OK);
        // SAFETY: writable places.
        unsafe {
            assert_eq!(CoIncrementMTAUsage(&raw mut first), S_OK);
            assert_eq!(CoIncrementMTAUsage(&raw mut second), S_OK);
        }
        assert_ne!(first, second);
        assert_eq!(kind(), (S_OK, APTTYPE_MAINSTA, 0));
        assert_eq!(elsewhere(kind), IMPLICIT);
        assert_eq!(elsewhere(move || CoDecrementMTAUsage(first)), S_OK);
        assert_eq!(elsewhere(kind), IMPLICIT);
        assert_eq!(CoDecrementMTAUsage(second), S_OK);
        assert_eq!(elsewhere(kind), NONE);
        CoUninitialize();
    }

    fn n008_what_an_implicit_member_may_do_ends_with_the_mta() {
        let (go, told) = std::sync::mpsc::channel::<()>();
        let (answer, answers) = std::sync::mpsc::channel();
        assert_eq!(initialize(MTA), S_OK);
        let other = begin(move || {
            let token = || {
                let mut token = 0;
                // SAFETY: a writable place.
                unsafe { CoGetContextToken(&raw mut token) }
            };
            answer.send(token()).unwrap();
            told.recv().unwrap();
            answer.send(token()).unwrap();
        });
        assert_eq!(answers.recv().unwrap(), S_OK);
        CoUninitialize();
        go.send(()).unwrap();
        assert_eq!(answers.recv().unwrap(), CO_E_NOTINITIALIZED);
        other.join().unwrap();
    }

    fn n009_an_implicit_member_uses_and_makes_pointers_like_any_other() {
        assert_eq!(initialize(MTA), S_OK);
        let stage = Stage::sta();
        let object = stage.on(|| export(&Work::object()));
        // Unmarshaled and called by an implicit member.
        let shared = elsewhere(|| {
            assert_eq!(kind(), IMPLICIT);
            let work: IWork = import(&object);
            assert_eq!(thread_of(&work), Ok(stage.tid));
            work.into_raw() as usize
        });
        // The same proxy by a real member, and by another implicit one.
        // SAFETY: the proxy belongs to the MTA, where both threads are.
        let work = unsafe { IWork::from_raw(shared as *mut c_void) };
        assert_eq!(thread_of(&work), Ok(stage.tid));
        let raw = work.as_raw() as usize;
        elsewhere(|| {
            let raw = raw as *mut c_void;
            // SAFETY: as above.
            let work = unsafe { IWork::from_raw_borrowed(&raw) }.unwrap();
            assert_eq!(thread_of(work), Ok(stage.tid));
        });
        // Marshaled by an implicit member, used by a real one: the same object.
        let made = elsewhere(|| export(&Work::object()));
        assert_eq!(thread_of(&import(&made)), Ok(tid()));
        drop((work, object, made));
        stage.end();
        assert_eq!(ALIVE.load(Ordering::SeqCst), 0);
        CoUninitialize();
    }

    fn n010_the_mta_outlives_the_thread_that_made_it() {
        let stage = Stage::sta();
        assert_eq!(initialize(MTA), S_OK);
        let object = export(&Work::object());
        let (ready, is_ready) = std::sync::mpsc::channel();
        let (go, told) = std::sync::mpsc::channel::<()>();
        let other = begin(move || {
            assert_eq!(initialize(MTA), S_OK);
            ready.send(()).unwrap();
            told.recv().unwrap();
            let work: IWork = import(&object);
            assert_eq!(thread_of(&work), Ok(tid()), "here, in the MTA");
            drop((work, object));
            CoUninitialize();
        });
        is_ready.recv().unwrap();
        CoUninitialize();
        assert_eq!(initialize(STA), S_OK);
        go.send(()).unwrap();
        other.join().unwrap();
        assert_eq!(ALIVE.load(Ordering::SeqCst), 0);
        CoUninitialize();
        stage.end();
    }

    fn n011_a_proxy_of_the_mta_is_refused_once_its_thread_is_an_sta() {
        let stage = Stage::sta();
        let object = stage.on(|| export(&Work::object()));
        let mut cookie = 0;
        // SAFETY: a writable place.
        assert_eq!(unsafe { CoIncrementMTAUsage(&raw mut cookie) }, S_OK);
        elsewhere(|| {
            let work: IWork = import(&object);
            assert_eq!(thread_of(&work), Ok(stage.tid));
            assert_eq!(initialize(STA), S_OK);
            assert_eq!(thread_of(&work), Err(RPC_E_WRONG_THREAD));
            CoUninitialize();
            drop(work);
        });
        drop(object);
        assert_eq!(ALIVE.load(Ordering::SeqCst), 0, "the release freed the object");
        assert_eq!(CoDecrementMTAUsage(cookie), S_OK);
        stage.end();
    }

    fn n012_the_context_token_is_the_object_context() {
        let mut token = 0;
        // SAFETY: null or a writable place.
        unsafe {
            assert_eq!(CoGetContextToken(&raw mut token), CO_E_NOTINITIALIZED);
            assert_eq!(initialize(STA), S_OK);
            assert_eq!(CoGetContextToken(null_mut()), E_POINTER);
            assert_eq!(CoGetContextToken(&raw mut token), S_OK);
        }
        let object: IObjContext = context();
        assert_eq!(object.as_raw() as usize, token);
        assert!(object.cast::<IComThreadingInfo>().is_ok());
        assert!(object.cast::<IWork>().is_err());
        CoUninitialize();
    }

    fn n013_only_an_sta_processes_messages() {
        let thread_kind = || {
            let info: IComThreadingInfo = context();
            let (mut thread, mut apartment) = (77, 77);
            // SAFETY: writable places.
            unsafe {
                assert_eq!(info.GetCurrentThreadType(&raw mut thread), S_OK);
                assert_eq!(info.GetCurrentApartmentType(&raw mut apartment), S_OK);
            }
            (thread, apartment)
        };
        assert_eq!(initialize(STA), S_OK);
        assert_eq!(thread_kind(), (THDTYPE_PROCESSMESSAGES, APTTYPE_MAINSTA));
        CoUninitialize();
        assert_eq!(initialize(MTA), S_OK);
        assert_eq!(thread_kind(), (THDTYPE_BLOCKMESSAGES, APTTYPE_MTA));
        CoUninitialize();
    }

    fn n014_the_call_context_is_there_during_a_call_and_can_be_switched() {
        let get = || {
            let mut raw = null_mut();
            // SAFETY: a readable identifier and a writable place.
            let code = unsafe { CoGetCallContext(&IServerSecurity::IID, &raw mut raw) };
            // SAFETY: null or the interface with a reference.
            (code, (!raw.is_null()).then(|| unsafe { IServerSecurity::from_raw(raw) }))
        };
        assert_eq!(get().0, RPC_E_CALL_COMPLETE);
        let stage = Stage::sta();
        assert_eq!(initialize(MTA), S_OK);
        task(1, move || {
            let (code, security) = get();
            assert_eq!(code, S_OK);
            let mut level = 0;
            // SAFETY: null or writable places.
            let asked = unsafe {
                security.unwrap().QueryBlanket(
                    null_mut(), null_mut(), null_mut(), &raw mut level, null_mut(), null_mut(),
                    null_mut(),
                )
            };
            assert!(level > 0);
            asked
        });
        let object = stage.on(|| export(&Work::object()));
        let work: IWork = import(&object);
        // SAFETY: a live proxy.
        assert_eq!(unsafe { work.Run(1) }, S_OK);
        drop((work, object));
        stage.end();
        let own: IUnknown = Work::object().cast().unwrap();
        let mut before = 77 as *mut c_void;
        // SAFETY: a live object and writable places.
        unsafe {
            assert_eq!(CoSwitchCallContext(own.as_raw(), null_mut()), E_POINTER);
            assert_eq!(CoSwitchCallContext(own.as_raw(), &raw mut before), S_OK);
            assert!(before.is_null());
            let mut raw = null_mut();
            assert_eq!(CoGetCallContext(&IWork::IID, &raw mut raw), S_OK);
            drop(IWork::from_raw(raw));
            assert_eq!(get().0, E_NOINTERFACE);
            assert_eq!(CoSwitchCallContext(null_mut(), &raw mut before), S_OK);
            assert_eq!(before, own.as_raw());
        }
        assert_eq!(get().0, RPC_E_CALL_COMPLETE);
        assert_eq!(ALIVE.load(Ordering::SeqCst), 1, "no reference moved");
        drop(own);
        assert_eq!(ALIVE.load(Ordering::SeqCst), 0);
        CoUninitialize();
    }

    fn n017_the_process_number_is_the_threads_own() {
        let own = CoGetCurrentProcess();
        assert_ne!(own, 0);
        assert_eq!(own, CoGetCurrentProcess());
        assert_ne!(own, std::process::id());
        assert_ne!(own, tid().cast_unsigned());
        assert_ne!(own, elsewhere(|| CoGetCurrentProcess()));
    }

    fn n018_a_logical_thread_keeps_its_name_and_takes_it_along() {
        let name = || {
            let mut id = GUID::default();
            // SAFETY: a writable place.
            assert_eq!(unsafe { CoGetCurrentLogicalThreadId(&raw mut id) }, S_OK);
            id
        };
        // SAFETY: null is what is tested.
        assert_eq!(unsafe { CoGetCurrentLogicalThreadId(null_mut()) }, E_INVALIDARG);
        let own = name();
        assert_ne!(own, GUID::default());
        assert_eq!(own, name());
        assert_ne!(own, elsewhere(name));
        let stage = Stage::sta();
        assert_eq!(initialize(MTA), S_OK);
        let object = stage.on(|| export(&Work::object()));
        let work: IWork = import(&object);
        task(1, move || {
            assert_eq!(name(), own, "the callee works in the caller's chain");
            S_OK
        });
        // SAFETY: a live proxy.
        assert_eq!(unsafe { work.Run(1) }, S_OK);
        assert_ne!(stage.on(name), own);
        drop((work, object));
        stage.end();
        CoUninitialize();
    }

    fn n019_default_contexts_are_of_apartments_that_there_is_one_of() {
        let get = |kind| {
            let mut raw = null_mut();
            // SAFETY: a readable identifier and a writable place.
            let code = unsafe { CoGetDefaultContext(kind, &IUnknown::IID, &raw mut raw) };
            // SAFETY: null or the interface with a reference.
            let found = (!raw.is_null()).then(|| unsafe { IUnknown::from_raw(raw) });
            found.ok_or(code)
        };
        assert_eq!(get(APTTYPE_NA), Err(CO_E_NOTINITIALIZED));
        assert_eq!(initialize(MTA), S_OK);
        assert_eq!(get(APTTYPE_STA), Err(E_INVALIDARG));
        assert_eq!(get(APTTYPE_MAINSTA), Err(CO_E_NOTINITIALIZED));
        assert!(get(APTTYPE_MTA).is_ok());
        let neutral: IContextCallback = get(APTTYPE_NA).unwrap().cast().unwrap();
        unsafe extern "C-unwind" fn inside(_: *mut com_abi::context::ComCallData) -> HRESULT {
            assert_eq!(kind(), (S_OK, APTTYPE_NA, 2));
            S_FALSE
        }
        // SAFETY: a function without data.
        let answer = unsafe {
            neutral.ContextCallback(Some(inside), null_mut(), &IUnknown::IID, 3, null_mut())
        };
        assert_eq!(answer, S_FALSE);
        CoUninitialize();
    }
}

/// A spy that writes down what it is told, and revokes itself when told to.
#[class(interfaces(IInitializeSpy))]
struct Spy {
    revokes: Mutex<Option<u64>>,
}

static TOLD: Mutex<Vec<(&str, u32)>> = Mutex::new(Vec::new());

fn told() -> Vec<(&'static str, u32)> {
    std::mem::take(&mut TOLD.lock().unwrap())
}

impl IInitializeSpy_Impl for Spy {
    unsafe fn PreInitialize(&self, _flags: u32, entries: u32) -> HRESULT {
        TOLD.lock().unwrap().push(("pre-in", entries));
        S_OK
    }

    unsafe fn PostInitialize(&self, result: HRESULT, _flags: u32, entries: u32) -> HRESULT {
        TOLD.lock().unwrap().push(("post-in", entries));
        result
    }

    unsafe fn PreUninitialize(&self, entries: u32) -> HRESULT {
        TOLD.lock().unwrap().push(("pre-un", entries));
        let revokes = self.revokes.lock().unwrap().take();
        revokes.map_or(S_OK, |cookie| CoRevokeInitializeSpy(cookie))
    }

    unsafe fn PostUninitialize(&self, entries: u32) -> HRESULT {
        TOLD.lock().unwrap().push(("post-un", entries));
        S_OK
    }
}

fn spy() -> (IInitializeSpy, u64) {
    let spy: IInitializeSpy = new_interface(Spy { revokes: Mutex::new(None) }).unwrap();
    let mut cookie = 0;
    // SAFETY: a live object and a writable place.
    assert_eq!(unsafe { CoRegisterInitializeSpy(spy.as_raw(), &raw mut cookie) }, S_OK);
    (spy, cookie)
}

alone! {
    fn n015_spies_see_the_counts_and_have_numbers_of_their_thread() {
        let (_first, one) = spy();
        assert_eq!(one >> 32, u64::from(tid().cast_unsigned()));
        assert_eq!(one as u32, 0);
        let (_second, two) = spy();
        assert_eq!(two as u32, 1);
        assert_eq!(CoRevokeInitializeSpy(one), S_OK);
        assert_eq!(CoRevokeInitializeSpy(one), E_INVALIDARG);
        let (_third, again) = spy();
        assert_eq!(again, one, "the smallest number that is free");
        assert_eq!(elsewhere(move || CoRevokeInitializeSpy(two)), E_INVALIDARG);
        assert_eq!(CoRevokeInitializeSpy(again), S_OK);
        assert_eq!(initialize(STA), S_OK);
        assert_eq!(initialize(STA), S_FALSE);
        assert_eq!(told(), [("pre-in", 0), ("post-in", 1), ("pre-in", 1), ("post-in", 2)]);
        CoUninitialize();
        CoUninitialize();
        assert_eq!(told(), [("pre-un", 2), ("post-un", 1), ("pre-un", 1), ("post-un", 0)]);
        assert_eq!(CoRevokeInitializeSpy(two), S_OK);
        assert_eq!(initialize(STA), S_OK);
        assert_eq!(told(), []);
        CoUninitialize();
    }

    fn n016_a_spy_may_revoke_itself_while_the_last_entry_is_undone() {
        assert_eq!(initialize(STA), S_OK);
        let spy = Spy { revokes: Mutex::new(None) };
        let spy: IInitializeSpy = new_interface(spy).unwrap();
        let mut cookie = 0;
        // SAFETY: a live object and a writable place.
        assert_eq!(unsafe { CoRegisterInitializeSpy(spy.as_raw(), &raw mut cookie) }, S_OK);
        // The runtime's reference is the only one from here on.
        let raw = spy.as_raw();
        let other = Spy { revokes: Mutex::new(Some(cookie)) };
        let other: IInitializeSpy = new_interface(other).unwrap();
        let mut second = 0;
        // SAFETY: as above.
        assert_eq!(unsafe { CoRegisterInitializeSpy(other.as_raw(), &raw mut second) }, S_OK);
        assert!(!raw.is_null());
        drop((spy, other));
        CoUninitialize();
        assert_eq!(kind(), NONE);
        assert_eq!(CoRevokeInitializeSpy(cookie), E_INVALIDARG, "it is gone");
        assert_eq!(CoRevokeInitializeSpy(second), S_OK);
    }
}
