//! In which context the objects of a class are made, as its key in the registry says.

use core::ffi::c_void;
use core::ptr::null_mut;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use com_abi::codes::{
    CO_E_ATTEMPT_TO_CREATE_OUTSIDE_CLIENT_CONTEXT, CONTEXT_E_SYNCH_TIMEOUT, REGDB_E_CLASSNOTREG,
    REGDB_E_INVALIDVALUE, S_OK,
};
use com_abi::get_class_object;
use com_abi::{GUID, HRESULT, IClassFactory, IUnknown, Interface, class, format_guid, interface};
use observe::thread::tid;
use partywall::com::Apartment;
use partywall::context::Synchronization;
use partywall::{AgileRef, Context};

use super::{plain, token};
use crate::ffi::activation::{CoCreateInstance, CoGetClassObject};
use crate::ffi::class_objects::{CoRegisterClassObject, CoRevokeClassObject};
use crate::proxy;
use crate::stage_tests::begin;
use crate::stub::{Hold, Leave};

const INPROC: u32 = 1;

#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00F001", proxy)]
unsafe trait IWhere: IUnknown {
    /// The context and thread that a call runs in.
    unsafe fn Where(&self, context: *mut u64, tid: *mut i32) -> HRESULT;
}

/// # Safety
/// The places are writable.
unsafe fn tell(context: *mut u64, thread: *mut i32) -> HRESULT {
    // SAFETY: forwarded from the caller.
    unsafe {
        context.write(token() as u64);
        thread.write(tid());
    }
    S_OK
}

#[class(
    clsid = "5F0B6A10-3C1E-4B7A-9E52-7A1D0C00F002",
    progid = "Partywall.Test.Placed",
    name = "Says where it is",
    threading = "Both",
    interfaces(IWhere)
)]
#[derive(Default)]
struct Placed;

impl IWhere_Impl for Placed {
    unsafe fn Where(&self, context: *mut u64, thread: *mut i32) -> HRESULT {
        // SAFETY: the caller passes writable places.
        unsafe { tell(context, thread) }
    }
}

#[class(
    clsid = "5F0B6A10-3C1E-4B7A-9E52-7A1D0C00F003",
    progid = "Partywall.Test.Elsewhere",
    name = "Says where it is",
    threading = "Free",
    interfaces(IWhere)
)]
#[derive(Default)]
struct Elsewhere;

impl IWhere_Impl for Elsewhere {
    unsafe fn Where(&self, context: *mut u64, thread: *mut i32) -> HRESULT {
        // SAFETY: the caller passes writable places.
        unsafe { tell(context, thread) }
    }
}

const BOTH: GUID = GUID::from_u128(0x5F0B6A10_3C1E_4B7A_9E52_7A1D0C00F002);
const FREE: GUID = GUID::from_u128(0x5F0B6A10_3C1E_4B7A_9E52_7A1D0C00F003);

/// Replaces what a class asks for.
fn ask(clsid: &GUID, values: &[(&str, &str)]) {
    let key = format!("HKEY_CLASSES_ROOT\\CLSID\\{}\\Partywall\\Context", format_guid(clsid));
    let registry = crate::class::registry().unwrap();
    let changed = registry.change(|change| {
        change.delete(&key)?;
        values.iter().try_for_each(|(name, data)| change.set(&key, name, data))
    });
    changed.unwrap();
}

fn create(clsid: &GUID) -> Result<IWhere, HRESULT> {
    partywall::com::describe::<IWhere>().unwrap();
    let mut raw = null_mut();
    // SAFETY: readable identifiers and a writable place.
    let code = unsafe { CoCreateInstance(clsid, null_mut(), INPROC, &IWhere::IID, &raw mut raw) };
    // SAFETY: the call succeeded.
    if code == S_OK { Ok(unsafe { IWhere::from_raw(raw) }) } else { Err(code) }
}

fn asked(object: &IWhere) -> (usize, i32) {
    let (mut context, mut thread) = (0, 0);
    // SAFETY: a live interface and writable places.
    assert_eq!(unsafe { object.Where(&raw mut context, &raw mut thread) }, S_OK);
    (context as usize, thread)
}

/// Where a new object of the class is, and whether it is behind a proxy.
fn made(clsid: &GUID) -> (usize, bool) {
    let object = create(clsid).unwrap();
    (asked(&object).0, proxy::is_proxy(&object.cast().unwrap()))
}

fn synchronised() -> Context {
    Context::new().synchronisation(Synchronization::Required).create().unwrap()
}

alone! {
    fn a_class_without_wishes_goes_where_its_creator_is_if_it_fits() {
        crate::register_builtin::<Placed>();
        crate::register_builtin::<Elsewhere>();
        let _sta = Apartment::single_threaded().unwrap();
        assert_eq!(made(&BOTH), (token(), false));
        plain().run(|| {
            assert_eq!(made(&BOTH), (token(), false));
            let (away, is_proxy) = made(&FREE);
            assert!(is_proxy && away != token());
            let default = crate::host::mta().unwrap();
            let object = default.context().unwrap();
            let object: com_abi::context::IObjContext = object.cast().unwrap();
            assert_eq!(away, object.as_raw() as usize, "the default one of its apartment");
        }).unwrap();
    }

    fn synchronisation_is_the_creators_or_a_new_one() {
        crate::register_builtin::<Placed>();
        let _sta = Apartment::single_threaded().unwrap();
        let home = token();
        let own = |how: &str| { ask(&BOTH, &[("Synchronization", how)]); made(&BOTH) };
        for how in ["Disabled", "NotSupported", "Supported"] {
            assert_eq!(own(how), (home, false), "{how}, creator without");
        }
        for how in ["Required", "RequiresNew"] {
            let (there, is_proxy) = own(how);
            assert!(there != home && is_proxy, "{how}, creator without");
        }
        synchronised().run(|| {
            let here = token();
            for how in ["Disabled", "Supported", "Required"] {
                assert_eq!(own(how), (here, false), "{how}, creator synchronised");
            }
            assert_eq!(own("NotSupported"), (home, true));
            let (there, is_proxy) = own("RequiresNew");
            assert!(there != home && there != here && is_proxy);
        }).unwrap();
        // Two objects of a class that is synchronised have an activity each.
        ask(&BOTH, &[("Synchronization", "Required")]);
        let (one, other) = (create(&BOTH).unwrap(), create(&BOTH).unwrap());
        assert_ne!(asked(&one).0, asked(&other).0);
        assert_eq!(asked(&one).1, tid(), "light proxies");
        assert_eq!(asked(&other).1, tid());
        ask(&BOTH, &[("Synchronization", "Sometimes")]);
        assert_eq!(create(&BOTH).map(|_| ()), Err(REGDB_E_INVALIDVALUE));
    }

    fn an_activity_is_shared_with_an_object_in_another_apartment() {
        crate::register_builtin::<Elsewhere>();
        let _sta = Apartment::single_threaded().unwrap();
        ask(&FREE, &[("Synchronization", "Supported")]);
        let default = made(&FREE).0;
        let context = synchronised();
        context.run(|| {
            let object = create(&FREE).unwrap();
            let (there, thread) = asked(&object);
            assert!(there != default && thread != tid());
            // The chain that is in the creator's context is let in there.
            assert_eq!(asked(&object).0, there);
        }).unwrap();
    }

    fn other_wishes_make_a_context_of_its_own() {
        crate::register_builtin::<Placed>();
        let _sta = Apartment::single_threaded().unwrap();
        let home = token();
        for wish in [("Trace", "ledger"), ("Identity", "Creator"), ("AuthenticationLevel", "2")] {
            ask(&BOTH, &[wish]);
            let (there, is_proxy) = made(&BOTH);
            assert!(there != home && is_proxy, "{wish:?}");
        }
        ask(&BOTH, &[("Users", "alice; bob")]);
        let object = create(&BOTH).unwrap();
        let (mut context, mut thread) = (0, 0);
        // SAFETY: a live interface and writable places.
        let code = unsafe { object.Where(&raw mut context, &raw mut thread) };
        assert_eq!(code, com_abi::codes::E_ACCESSDENIED);
        for wrong in [("Identity", "Bob"), ("AuthenticationLevel", "much"), ("Timeout", "-1")] {
            ask(&BOTH, &[wrong]);
            assert_eq!(create(&BOTH).map(|_| ()), Err(REGDB_E_INVALIDVALUE), "{wrong:?}");
        }
    }

    fn a_class_says_how_long_a_call_waits() {
        crate::register_builtin::<Elsewhere>();
        let _sta = Apartment::single_threaded().unwrap();
        ask(&FREE, &[("Synchronization", "RequiresNew"), ("Timeout", "50")]);
        let object = AgileRef::new(&create(&FREE).unwrap()).unwrap();
        let there = crate::host::mta().unwrap();
        let inside = object.clone();
        // A thread of the MTA holds the activity, by way of the object's own context.
        let held = crate::call::run(&there, "a test", || {
            let object = inside.resolve().unwrap();
            let behind = proxy::hold(&object.cast().unwrap(), Hold::Strong).unwrap();
            let home = behind.home().clone();
            behind.let_go(Hold::Strong, Leave::Released);
            home
        });
        let home = held.unwrap();
        let activity = home.further().unwrap().properties().activity.clone().unwrap();
        let chain = crate::causality::new_name();
        let (entered, is_in) = channel();
        let (end, ended) = channel::<()>();
        let holder = begin(move || {
            let _inside = activity.enter(chain, Duration::from_secs(9)).unwrap();
            entered.send(()).unwrap();
            ended.recv().unwrap();
        });
        is_in.recv().unwrap();
        let object = object.resolve().unwrap();
        let (mut context, mut thread) = (0, 0);
        let begun = Instant::now();
        // SAFETY: a live interface and writable places.
        let code = unsafe { object.Where(&raw mut context, &raw mut thread) };
        assert_eq!(code, CONTEXT_E_SYNCH_TIMEOUT);
        assert!(begun.elapsed() < Duration::from_secs(5));
        end.send(()).unwrap();
        holder.join().unwrap();
        assert!(asked(&object).0 > 0);
    }

    fn a_class_may_insist_on_its_creators_context() {
        crate::register_builtin::<Placed>();
        crate::register_builtin::<Elsewhere>();
        let _sta = Apartment::single_threaded().unwrap();
        let must = ("MustRunInClientContext", "1");
        let outside = Err(CO_E_ATTEMPT_TO_CREATE_OUTSIDE_CLIENT_CONTEXT);
        ask(&BOTH, &[must]);
        plain().run(|| assert_eq!(made(&BOTH), (token(), false))).unwrap();
        ask(&BOTH, &[must, ("Synchronization", "Required")]);
        assert_eq!(create(&BOTH).map(|_| ()), outside);
        synchronised().run(|| assert_eq!(made(&BOTH), (token(), false))).unwrap();
        ask(&FREE, &[must]);
        assert_eq!(create(&FREE).map(|_| ()), outside, "another apartment");
    }

    fn a_class_object_that_a_context_registered_is_a_proxy_in_another() {
        let _sta = Apartment::single_threaded().unwrap();
        let context = plain();
        let cookie = context.run(|| {
            let mut raw: *mut c_void = null_mut();
            // SAFETY: a readable identifier and a writable place; then what was
            // answered.
            unsafe {
                assert_eq!(get_class_object::<Placed>(&IUnknown::IID, &raw mut raw), S_OK);
                let object = IUnknown::from_raw(raw);
                let mut cookie = 0;
                let code =
                    CoRegisterClassObject(&BOTH, object.as_raw(), INPROC, 1, &raw mut cookie);
                assert_eq!(code, S_OK);
                cookie
            }
        }).unwrap();
        let found = || {
            let mut raw = null_mut();
            // SAFETY: readable identifiers and a writable place.
            unsafe {
                let iid = &IClassFactory::IID;
                let code = CoGetClassObject(&BOTH, INPROC, null_mut(), iid, &raw mut raw);
                assert_eq!(code, S_OK);
                proxy::is_proxy(&IUnknown::from_raw(raw))
            }
        };
        assert!(!context.run(found).unwrap());
        assert!(found());
        assert!(made(&BOTH).1, "made in the class object's context");
        assert_eq!(CoRevokeClassObject(cookie), S_OK);
        assert_eq!(create(&BOTH).map(|_| ()), Err(REGDB_E_CLASSNOTREG));
    }
}
