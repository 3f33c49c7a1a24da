//! Contexts with properties, through the exported functions: whose pointer one gets
//! where, what runs at the border, and what is left.

mod activities;
mod classes;
mod figure;
mod interceptors;

use core::ffi::c_void;
use core::ptr::null_mut;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;

use com_abi::codes::{
    CO_E_NOTINITIALIZED, E_INVALIDARG, E_NOINTERFACE, E_POINTER, RPC_E_DISCONNECTED,
    RPC_E_WRONG_THREAD, S_OK,
};
use com_abi::context::{APTTYPE_STA, IContextCallback, IObjContext};
use com_abi::interceptor::PwContextProperties;
use com_abi::marshal::MSHCTX_CROSSCTX;
use com_abi::{GUID, HRESULT, IUnknown, Interface};
use observe::thread::tid;
use partywall::Context;
use partywall::com::Apartment;
use partywall::context::Where;

use crate::ffi::apartments::{CoGetContextToken, CoGetObjectContext};
use crate::ffi::connections::CoDisconnectContext;
use crate::ffi::contexts::PwCreateContext;
use crate::ffi::marshal::{CoMarshalInterface, CoUnmarshalInterface};
use crate::proxy::{self, Marshaled};
use crate::stage_tests::{ALIVE, IWork, Stage, Work, export, import, thread_of};
use crate::stream::{memory_stream, seek};

/// The current context's address.
pub fn token() -> usize {
    let mut token = 0;
    // SAFETY: a writable place.
    assert_eq!(unsafe { CoGetContextToken(&raw mut token) }, S_OK);
    token
}

/// A context without properties.
pub fn plain() -> Context {
    Context::new().create().unwrap()
}

/// Makes an object in a context.
pub fn object_in(context: &Context) -> Marshaled {
    context.run(|| export(&Work::object())).unwrap()
}

/// A pointer that is taken to where it may not belong.
pub struct Smuggled<T>(pub T);
// SAFETY: what becomes of it there is what is shown.
unsafe impl<T> Send for Smuggled<T> {}
// SAFETY: as above.
unsafe impl<T> Sync for Smuggled<T> {}

pub fn alive() -> usize {
    ALIVE.load(Ordering::SeqCst)
}

fn unknown(object: &IWork) -> IUnknown {
    object.cast().unwrap()
}

alone! {
    fn inside_a_context_is_the_raw_pointer_and_outside_a_light_proxy() {
        let _sta = Apartment::single_threaded().unwrap();
        let context = plain();
        let (marshaled, address, kept) = context.run(|| {
            let object = Work::object();
            (export(&object), object.as_raw() as usize, Smuggled(object))
        }).unwrap();
        let outside: IWork = import(&marshaled);
        assert!(proxy::is_proxy(&unknown(&outside)));
        assert_ne!(outside.as_raw() as usize, address);
        assert_eq!(thread_of(&outside), Ok(tid()), "no thread switch");
        let again: IWork = import(&marshaled);
        assert_eq!(unknown(&again).as_raw(), unknown(&outside).as_raw(), "one identity");
        context.run(|| {
            let inside: IWork = import(&marshaled);
            assert_eq!(inside.as_raw() as usize, address);
            assert!(!proxy::is_proxy(&unknown(&inside)));
        }).unwrap();
        let other = plain();
        other.run(|| {
            let elsewhere: IWork = import(&marshaled);
            assert!(proxy::is_proxy(&unknown(&elsewhere)));
            assert_ne!(unknown(&elsewhere).as_raw() as usize, address);
            assert_eq!(thread_of(&elsewhere), Ok(tid()));
        }).unwrap();
        context.run(move || { let whole = kept; drop(whole.0) }).unwrap();
        drop((outside, again));
        assert_eq!(alive(), 1, "the packet");
        drop(marshaled);
        assert_eq!(alive(), 0);
    }

    fn a_proxy_belongs_to_its_context() {
        let _sta = Apartment::single_threaded().unwrap();
        let context = plain();
        let marshaled = object_in(&context);
        let outside = Smuggled(import::<IWork>(&marshaled));
        let other = plain();
        for wrong in [&context, &other] {
            wrong.run(|| {
                let smuggled = &outside;
                assert_eq!(thread_of(&smuggled.0), Err(RPC_E_WRONG_THREAD));
                assert_eq!(smuggled.0.cast::<IUnknown>().unwrap_err().code(), RPC_E_WRONG_THREAD);
            }).unwrap();
        }
        assert_eq!(thread_of(&outside.0), Ok(tid()));
        drop(marshaled);
        other.run(move || { let whole = outside; drop(whole.0) }).unwrap();
        assert_eq!(alive(), 0, "released in the wrong place all the same");
    }

    fn the_current_context_is_the_innermost_and_a_panic_leaves_it() {
        let _mta = Apartment::multithreaded().unwrap();
        let (outer, inner) = (plain(), plain());
        let home = token();
        let seen = outer.run(|| {
            let before = token();
            let nested = inner.run(|| {
                let here = token();
                assert_eq!(outer.run(token), Ok(before), "back in the outer one");
                here
            }).unwrap();
            assert_eq!(token(), before);
            assert_eq!(outer.run(token), Ok(before), "it is there already");
            (before, nested)
        }).unwrap();
        assert!(seen.0 != home && seen.1 != home && seen.0 != seen.1);
        let raw: IObjContext = outer.object().cast().unwrap();
        assert_eq!(seen.0, raw.as_raw() as usize);
        let asked = outer.run(|| {
            let mut raw = null_mut();
            // SAFETY: a readable identifier and a writable place.
            unsafe {
                assert_eq!(CoGetObjectContext(&IObjContext::IID, &raw mut raw), S_OK);
                IObjContext::from_raw(raw).as_raw() as usize
            }
        });
        assert_eq!(asked, Ok(seen.0));
        assert_eq!(token(), home);
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            let _: Result<(), HRESULT> = outer.run(|| inner.run(|| panic!("planted")).unwrap());
        }));
        assert!(panicked.is_err());
        assert_eq!(token(), home, "the thread is where it was");
    }

    fn an_interface_is_marshaled_from_context_to_context() {
        let _sta = Apartment::single_threaded().unwrap();
        let (one, other) = (plain(), plain());
        let stream = one.run(|| {
            partywall::com::describe::<IWork>().unwrap();
            let (object, stream) = (Work::object(), memory_stream().unwrap());
            // SAFETY: live interfaces and a readable identifier.
            let code = unsafe {
                let (to, object) = (stream.as_raw(), object.as_raw());
                CoMarshalInterface(to, &IWork::IID, object, MSHCTX_CROSSCTX, null_mut(), 0)
            };
            assert_eq!(code, S_OK);
            seek(&stream, 0).unwrap();
            Smuggled(stream)
        }).unwrap();
        other.run(move || {
            let (stream, mut raw) = (stream, null_mut());
            // SAFETY: a live stream, a readable identifier, a writable place.
            let code = unsafe {
                CoUnmarshalInterface(stream.0.as_raw(), &IWork::IID, &raw mut raw)
            };
            assert_eq!(code, S_OK);
            // SAFETY: the call succeeded.
            let object = unsafe { IWork::from_raw(raw) };
            assert!(proxy::is_proxy(&unknown(&object)));
            assert_eq!(thread_of(&object), Ok(tid()));
            assert_eq!(alive(), 1);
        }).unwrap();
        assert_eq!(alive(), 0);
    }

    fn a_context_of_another_apartment_is_entered_through_its_queue() {
        let stage = Stage::sta();
        let _mta = Apartment::multithreaded().unwrap();
        let context = stage.on(plain);
        let (home, default) = (stage.tid, stage.on(token));
        let (thread, inside) = context.run(|| (tid(), token())).unwrap();
        assert_eq!(thread, home);
        assert_ne!(inside, default);
        assert_eq!(stage.on(token), default);
        let marshaled = object_in(&context);
        let object: IWork = import(&marshaled);
        assert_eq!(thread_of(&object), Ok(home));
        // From the default context of its own apartment it is a proxy as well.
        stage.on(|| {
            let near: IWork = import(&marshaled);
            assert!(proxy::is_proxy(&unknown(&near)));
            assert_eq!(thread_of(&near), Ok(tid()));
        });
        drop((object, marshaled));
        assert_eq!(alive(), 0);
        // In the neutral apartment the caller's thread runs it.
        let neutral = Context::new().place(Where::Neutral).create().unwrap();
        assert_eq!(neutral.run(tid), Ok(tid()));
        stage.on(|| assert_eq!(neutral.run(tid), Ok(tid())));
        stage.end();
        assert_eq!(context.run(tid), Err(RPC_E_DISCONNECTED), "it has ended");
    }

    fn the_objects_of_a_context_go_with_its_apartment() {
        let stage = Stage::sta();
        let _mta = Apartment::multithreaded().unwrap();
        let context = stage.on(plain);
        let object: IWork = import(&object_in(&context));
        // It holds a proxy in the context, of an object that is elsewhere.
        let mine = export(&Work::object());
        let inside = Smuggled(context.run(|| Smuggled(import::<IWork>(&mine))).unwrap());
        drop(mine);
        assert_eq!(alive(), 2);
        stage.end();
        assert_eq!(alive(), 0, "its object, and what was held in it");
        assert_eq!(thread_of(&object), Err(RPC_E_DISCONNECTED));
        drop((object, inside));
    }

    fn only_the_current_context_is_disconnected() {
        let _mta = Apartment::multithreaded().unwrap();
        let (one, other) = (plain(), plain());
        let first: IWork = import(&object_in(&one));
        let second: IWork = import(&object_in(&other));
        assert_eq!(one.run(|| CoDisconnectContext(1000)), Ok(S_OK));
        assert_eq!(thread_of(&first), Err(RPC_E_DISCONNECTED));
        assert_eq!(thread_of(&second), Ok(tid()));
        drop((first, second));
        assert_eq!(alive(), 0);
    }

    fn what_is_asked_for_must_mean_something() {
        let asked = PwContextProperties::default;
        let create = |properties: *const PwContextProperties, iid: &GUID| {
            let mut raw: *mut c_void = core::ptr::dangling_mut();
            // SAFETY: null or readable properties, a writable place.
            let code = unsafe { PwCreateContext(properties, iid, &raw mut raw) };
            if code == S_OK {
                // SAFETY: the call succeeded.
                drop(unsafe { IUnknown::from_raw(raw) });
            } else {
                assert!(raw.is_null());
            }
            code
        };
        let iid = &IContextCallback::IID;
        assert_eq!(create(&asked(), iid), CO_E_NOTINITIALIZED);
        let _sta = Apartment::single_threaded().unwrap();
        assert_eq!(create(&asked(), iid), S_OK);
        assert_eq!(create(core::ptr::null(), iid), E_INVALIDARG);
        assert_eq!(create(&asked(), &IWork::IID), E_NOINTERFACE);
        for wrong in [
            PwContextProperties { size: 8, ..asked() },
            PwContextProperties { apartment: APTTYPE_STA, ..asked() },
            PwContextProperties { synchronization: 5, ..asked() },
            PwContextProperties { identity: 2, ..asked() },
            PwContextProperties { authentication_level: 7, ..asked() },
            PwContextProperties { user_count: 1, ..asked() },
            PwContextProperties { interceptor_count: 1, ..asked() },
            PwContextProperties { reserved: 1, ..asked() },
        ] {
            assert_eq!(create(&wrong, iid), E_INVALIDARG, "{wrong:?}");
        }
        // SAFETY: a null place.
        let code = unsafe { PwCreateContext(&asked(), iid, null_mut()) };
        assert_eq!(code, E_POINTER);
    }
}
