//! The running object table, through the exported functions and its interface.

use core::ptr::null_mut;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;

use com_abi::codes::{
    CO_E_NOTINITIALIZED, E_INVALIDARG, E_NOINTERFACE, E_UNEXPECTED, MK_E_UNAVAILABLE,
    MK_S_MONIKERALREADYREGISTERED, S_FALSE, S_OK,
};
use com_abi::moniker::{IEnumMoniker, IMoniker, IRunningObjectTable};
use com_abi::{FILETIME, GUID, HRESULT, IUnknown, Interface, class, interface, new_interface};
use observe::thread::tid;
use partywall::com::Apartment;

use crate::apartment;
use crate::ffi::PwProxyQueryInterface;
use crate::ffi::class_objects::CoRegisterClassObject;
use crate::ffi::names::BindMoniker;
use crate::ffi::running_objects::{
    GetActiveObject, GetRunningObjectTable, RegisterActiveObject, RevokeActiveObject,
};
use crate::moniker_tests::{answered, context, file, item, join, name, some};

const KEEPS: u32 = 1;
const CLASS: GUID = GUID::from_u128(0x5F0B6A10_3C1E_4B7A_9E52_7A1D0C00B001);

#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00B010", proxy)]
unsafe trait IWhere: IUnknown {
    unsafe fn Thread(&self, tid: *mut i32) -> HRESULT;
}

static ALIVE: AtomicUsize = AtomicUsize::new(0);

#[class(interfaces(IWhere))]
struct Runner;

impl Runner {
    fn object() -> IUnknown {
        ALIVE.fetch_add(1, Ordering::SeqCst);
        new_interface(Self).unwrap()
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Ordering::SeqCst);
    }
}

impl IWhere_Impl for Runner {
    unsafe fn Thread(&self, out: *mut i32) -> HRESULT {
        // SAFETY: the caller passes a writable place.
        unsafe { out.write(tid()) };
        S_OK
    }
}

fn alive() -> usize {
    ALIVE.load(Ordering::SeqCst)
}

fn table() -> IRunningObjectTable {
    // SAFETY: a writable place.
    some(|place| unsafe { GetRunningObjectTable(0, place) })
}

fn register(flags: u32, object: &IUnknown, name: &IMoniker) -> (HRESULT, u32) {
    let mut cookie = 7;
    // SAFETY: live interfaces and a writable place.
    let code = unsafe { table().Register(flags, object.as_raw(), name.as_raw(), &mut cookie) };
    assert_eq!(cookie == 0, code.is_err(), "a failure answers 0");
    (code, cookie)
}

fn object(name: &IMoniker) -> Result<IUnknown, HRESULT> {
    // SAFETY: live interfaces and a writable place.
    let (code, found) =
        answered::<IUnknown>(|place| unsafe { table().GetObject(name.as_raw(), place) });
    found.ok_or(code)
}

fn is_running(name: &IMoniker) -> bool {
    // SAFETY: live interfaces.
    let code = unsafe { table().IsRunning(name.as_raw()) };
    assert!(code == S_OK || code == S_FALSE);
    code == S_OK
}

fn revoke(cookie: u32) -> HRESULT {
    // SAFETY: a plain number.
    unsafe { table().Revoke(cookie) }
}

fn running() -> Vec<String> {
    // SAFETY: writable places; the answers are ours.
    unsafe {
        let list: IEnumMoniker = some(|place| table().EnumRunning(place));
        let mut names = Vec::new();
        let mut raw = null_mut();
        while list.Next(1, &mut raw, null_mut()) == S_OK {
            names.push(name(&IMoniker::from_raw(raw)));
        }
        names
    }
}

fn thread_of(object: &IUnknown) -> i32 {
    let mut answer = 0;
    let runner: IWhere = object.cast().unwrap();
    // SAFETY: a writable place.
    assert_eq!(unsafe { runner.Thread(&mut answer) }, S_OK);
    answer
}

fn is_proxy(object: &IUnknown) -> bool {
    let slot = object.vtable().QueryInterface as *const ();
    std::ptr::eq(slot, PwProxyQueryInterface as *const ())
}

fn on_thread<R: Send + 'static>(body: impl FnOnce() -> R + Send + 'static) -> R {
    security::spawner::spawn("test", 1 << 20, body).unwrap().join().unwrap()
}

/// Runs `client` in an STA of its own beside one that has registered an object
/// under `!Desk` and serves.
fn beside_a_runner(flags: u32, client: impl FnOnce(i32) + Send + 'static) {
    let (answer, started) = channel();
    let sta = security::spawner::spawn("runner", 1 << 20, move || {
        let _apartment = Apartment::single_threaded().unwrap();
        assert_eq!(register(flags, &Runner::object(), &item("Desk")).0, S_OK);
        answer.send((apartment::current().unwrap(), tid())).unwrap();
        apartment::serve();
    });
    let (server, tid) = started.recv().unwrap();
    partywall::com::describe::<IWhere>().unwrap();
    on_thread(move || {
        let _sta = Apartment::single_threaded().unwrap();
        client(tid);
    });
    server.queue().close().into_iter().for_each(crate::call::QueuedCall::withdraw);
    sta.unwrap().join().unwrap();
}

alone! {
    fn an_object_is_found_by_its_name_and_kept_by_a_strong_entry() {
        on_thread(|| {
            let _sta = Apartment::single_threaded().unwrap();
            let desk = Runner::object();
            let (code, cookie) = register(KEEPS, &desk, &item("Desk"));
            assert_eq!(code, S_OK);
            assert_eq!(object(&item("desk")).as_ref(), Ok(&desk), "case does not count");
            assert!(is_running(&item("Desk")) && !is_running(&item("Lamp")));
            assert_eq!(object(&item("Lamp")).err(), Some(MK_E_UNAVAILABLE));
            // SAFETY: live interfaces.
            let code = unsafe {
                item("Desk").IsRunning(context().as_raw(), null_mut(), null_mut())
            };
            assert_eq!(code, S_OK, "the moniker knows too");
            drop(desk);
            assert_eq!(alive(), 1);
            assert_eq!((revoke(cookie), alive()), (S_OK, 0));
            assert_eq!(revoke(cookie), E_INVALIDARG);
            assert!(!is_running(&item("Desk")));
        });
    }

    fn what_is_wrong_is_refused() {
        let (desk, name) = (Runner::object(), item("Desk"));
        assert_eq!(register(KEEPS, &desk, &name).0, CO_E_NOTINITIALIZED);
        on_thread(|| {
            let _mta = Apartment::multithreaded().unwrap();
            let (desk, name, table) = (Runner::object(), item("Desk"), table());
            let (mut cookie, mut time) = (0, FILETIME::default());
            // SAFETY: live interfaces or null, writable places or null.
            unsafe {
                let place = &mut cookie;
                assert_eq!(table.Register(0, null_mut(), name.as_raw(), place), E_INVALIDARG);
                assert_eq!(table.Register(0, desk.as_raw(), null_mut(), place), E_INVALIDARG);
                let code = table.Register(0, desk.as_raw(), name.as_raw(), null_mut());
                assert_eq!(code, E_INVALIDARG);
                assert_eq!(table.Register(4, desk.as_raw(), name.as_raw(), place), E_INVALIDARG);
                assert_eq!(table.IsRunning(null_mut()), E_INVALIDARG);
                assert_eq!(table.NoteChangeTime(5, &time), E_INVALIDARG);
                assert_eq!(table.GetTimeOfLastChange(name.as_raw(), &mut time), MK_E_UNAVAILABLE);
                assert_eq!(GetRunningObjectTable(1, &mut null_mut()), E_UNEXPECTED);
            }
        });
    }

    fn a_name_may_have_several_objects_and_the_oldest_is_found() {
        on_thread(|| {
            let _sta = Apartment::single_threaded().unwrap();
            let (one, two) = (Runner::object(), Runner::object());
            let (_, first) = register(KEEPS, &one, &item("Desk"));
            let (code, second) = register(KEEPS, &two, &item("Desk"));
            assert_eq!(code, MK_S_MONIKERALREADYREGISTERED);
            assert_ne!(first, second);
            assert_eq!(object(&item("Desk")).as_ref(), Ok(&one));
            assert_eq!(revoke(first), S_OK);
            assert_eq!(object(&item("Desk")).as_ref(), Ok(&two));
            assert_eq!(revoke(second), S_OK);
        });
    }

    fn the_names_of_what_runs_are_enumerated_for_any_apartment() {
        on_thread(|| {
            let _sta = Apartment::single_threaded().unwrap();
            let desk = Runner::object();
            let whole = join(&[file("/house"), item("Desk")]);
            let cookies = [item("Lamp"), whole].map(|name| register(KEEPS, &desk, &name).1);
            assert_eq!(running(), ["!Lamp", "/house!Desk"]);
            on_thread(|| {
                let _mta = Apartment::multithreaded().unwrap();
                assert_eq!(running(), ["!Lamp", "/house!Desk"]);
            });
            assert_eq!(cookies.map(revoke), [S_OK; 2]);
            assert!(running().is_empty());
        });
    }

    fn changes_are_noted_with_their_time() {
        on_thread(|| {
            let _sta = Apartment::single_threaded().unwrap();
            let desk = Runner::object();
            let (_, cookie) = register(KEEPS, &desk, &item("Desk"));
            let (name, mut time) = (item("Desk"), FILETIME::default());
            // SAFETY: live interfaces, readable and writable places.
            unsafe {
                assert_eq!(table().GetTimeOfLastChange(name.as_raw(), &mut time), S_OK);
                assert!(time.high > 0x01D5_C03F, "when it was registered: {time:?}");
                let noted = FILETIME { low: 3, high: 4 };
                assert_eq!(table().NoteChangeTime(cookie, &noted), S_OK);
                assert_eq!(table().GetTimeOfLastChange(name.as_raw(), &mut time), S_OK);
                assert_eq!(time, noted);
            }
            assert_eq!(revoke(cookie), S_OK);
        });
    }

    fn another_apartment_gets_a_proxy() {
        beside_a_runner(KEEPS, |runner| {
            let desk = object(&item("Desk")).unwrap();
            assert!(is_proxy(&desk));
            assert_eq!(thread_of(&desk), runner);
            let bound: IWhere = some(|place| {
                let name = item("Desk");
                // SAFETY: live interfaces, readable and writable places.
                unsafe { BindMoniker(name.as_raw(), 0, &IWhere::IID, place) }
            });
            assert_eq!(thread_of(&bound), runner, "a name binds to what runs");
            drop((desk, bound));
            assert_eq!(alive(), 1, "the entry keeps it");
        });
        assert_eq!(alive(), 0, "until its apartment ends");
        assert!(running().is_empty());
    }

    fn a_weak_entry_goes_with_the_last_client() {
        beside_a_runner(0, |runner| {
            let (one, two) = (object(&item("Desk")).unwrap(), object(&item("Desk")).unwrap());
            assert_eq!(one, two);
            drop(one);
            assert_eq!(thread_of(&two), runner);
            drop(two);
            assert_eq!(alive(), 0);
            assert_eq!(object(&item("Desk")).err(), Some(MK_E_UNAVAILABLE));
            assert!(running().is_empty() && !is_running(&item("Desk")));
        });
    }

    fn entries_go_with_their_apartment() {
        let cookie = on_thread(|| {
            let _sta = Apartment::single_threaded().unwrap();
            register(KEEPS, &Runner::object(), &item("Desk")).1
        });
        assert_eq!(alive(), 0);
        assert_eq!(revoke(cookie), E_INVALIDARG);
        assert!(!is_running(&item("Desk")));
    }

    fn a_thread_that_ends_without_leaving_takes_its_registrations_along() {
        let thread = security::spawner::spawn("forgetful", 1 << 20, || {
            std::mem::forget(Apartment::single_threaded().unwrap());
            assert_eq!(register(KEEPS, &Runner::object(), &item("Desk")).0, S_OK);
            assert_eq!(register(0, &Runner::object(), &item("Lamp")).0, S_OK);
            let (object, mut cookie) = (Runner::object(), 0);
            // SAFETY: a live interface, readable and writable places.
            let code =
                unsafe { CoRegisterClassObject(&CLASS, object.as_raw(), 4, 1, &mut cookie) };
            assert_eq!(code, S_OK);
        });
        let thread = thread.unwrap();
        let end = std::time::Instant::now() + std::time::Duration::from_secs(10);
        while !thread.is_finished() {
            assert!(std::time::Instant::now() < end, "the thread waits for itself");
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        thread.join().unwrap();
        assert_eq!(alive(), 0);
        assert!(!is_running(&item("Desk")) && !is_running(&item("Lamp")));
    }

    fn the_active_object_of_a_class_is_found_by_the_class() {
        on_thread(|| {
            let _sta = Apartment::single_threaded().unwrap();
            let desk = Runner::object();
            let active = || {
                // SAFETY: a readable identifier and a writable place.
                answered::<IUnknown>(|place| unsafe { GetActiveObject(&CLASS, null_mut(), place) })
            };
            assert!(active() == (MK_E_UNAVAILABLE, None));
            for flags in [0, 1] {
                let mut cookie = 0;
                // SAFETY: live interfaces, readable and writable places.
                let code =
                    unsafe { RegisterActiveObject(desk.as_raw(), &CLASS, flags, &mut cookie) };
                assert_eq!(code, S_OK);
                assert!(active() == (S_OK, Some(desk.clone())));
                let name = format!("!{}", com_abi::format_guid(&CLASS));
                assert_eq!(running(), [name]);
                assert_eq!(RevokeActiveObject(cookie, null_mut()), S_OK);
                assert_eq!(RevokeActiveObject(cookie, null_mut()), E_INVALIDARG);
            }
            assert!(active() == (MK_E_UNAVAILABLE, None));
            // SAFETY: as above, or null.
            unsafe {
                let mut cookie = 0;
                let raw = desk.as_raw();
                assert_eq!(RegisterActiveObject(raw, &CLASS, 2, &mut cookie), E_INVALIDARG);
                let null = std::ptr::null();
                assert_eq!(RegisterActiveObject(raw, null, 0, &mut cookie), E_INVALIDARG);
            }
        });
        let found = answered::<IUnknown>(|place| {
            // SAFETY: as above.
            unsafe { GetActiveObject(&CLASS, null_mut(), place) }
        });
        assert!(found == (CO_E_NOTINITIALIZED, None));
    }

    fn the_table_is_one_object() {
        assert_eq!(table(), table());
        // SAFETY: a writable place.
        let other: IRunningObjectTable =
            some(|place| unsafe { context().GetRunningObjectTable(place) });
        assert_eq!(other, table());
        assert_eq!(table().cast::<IMoniker>().unwrap_err().code(), E_NOINTERFACE);
    }
}
