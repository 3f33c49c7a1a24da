//! What runs at the border: security, identity, trace, and the program's own.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use com_abi::codes::{E_ABORT, E_ACCESSDENIED, E_INVALIDARG, RPC_E_SERVERFAULT, S_OK};
use com_abi::interceptor::{
    IPwInterceptor, IPwInterceptor_Impl, PW_CROSSING_IN, PW_CROSSING_OUT, PwCrossing,
};
use com_abi::marshal::{IAgileObject, IAgileObject_Impl};
use com_abi::{HRESULT, Interface, class, from_wide, new_interface};
use observe::thread::tid;
use observe::trace::{self, Trace};
use partywall::com::Apartment;
use partywall::{AgileRef, Context};
use security::{Token, impersonation};

use super::{alive, object_in, token};
use crate::context::CallContext;
use crate::contexts::crossing::{self, Method};
use crate::contexts::request::{Access, Identity, Request};
use crate::ffi::calls::{CoDisableCallCancellation, CoEnableCallCancellation};
use crate::stage_tests::{IWork, Stage, Work, export, import, task, thread_of};
use crate::{apartment, membership};

static TOLD: Mutex<Vec<(&str, &str, u32, HRESULT)>> = Mutex::new(Vec::new());
static SPIES: AtomicUsize = AtomicUsize::new(0);

fn told() -> Vec<(&'static str, &'static str, u32, HRESULT)> {
    std::mem::take(&mut *TOLD.lock().unwrap())
}

/// Notes what it is told, and answers what it is made with.
#[class(interfaces(IPwInterceptor, IAgileObject))]
struct Spy {
    name: &'static str,
    answer: HRESULT,
    /// In which direction it answers that; none for both.
    only: Option<u32>,
}

impl Spy {
    fn refusing(name: &'static str, answer: HRESULT, only: Option<u32>) -> IPwInterceptor {
        SPIES.fetch_add(1, Ordering::SeqCst);
        new_interface(Self { name, answer, only }).unwrap()
    }

    fn object(name: &'static str, answer: HRESULT) -> IPwInterceptor {
        Self::refusing(name, answer, None)
    }
}

impl Drop for Spy {
    fn drop(&mut self) {
        SPIES.fetch_sub(1, Ordering::SeqCst);
    }
}

impl IAgileObject_Impl for Spy {}

impl IPwInterceptor_Impl for Spy {
    unsafe fn Enter(&self, call: *const PwCrossing) -> HRESULT {
        // SAFETY: the runtime passes a description.
        let call = unsafe { &*call };
        // SAFETY: with a zero-ended name.
        assert_eq!(unsafe { from_wide(call.context) }, "watched");
        assert_eq!(call.thread, tid().cast_unsigned());
        assert_eq!(call.iid == IWork::IID, call.method > 0, "the call is named");
        let applies = self.only.is_none_or(|only| only == call.direction);
        let answer = if applies { self.answer } else { S_OK };
        TOLD.lock().unwrap().push((self.name, "enter", call.direction, answer));
        assert_ne!(answer, RPC_E_SERVERFAULT, "planted");
        answer
    }

    unsafe fn Leave(&self, call: *const PwCrossing, result: HRESULT) {
        // SAFETY: as above.
        TOLD.lock().unwrap().push((self.name, "leave", unsafe { &*call }.direction, result));
    }
}

/// One that has not said that every thread may call it.
#[class(interfaces(IPwInterceptor))]
struct Bound;

impl IPwInterceptor_Impl for Bound {
    unsafe fn Enter(&self, _call: *const PwCrossing) -> HRESULT {
        S_OK
    }

    unsafe fn Leave(&self, _call: *const PwCrossing, _result: HRESULT) {}
}

fn watched(answers: &[(&'static str, HRESULT)]) -> Context {
    let begun = Context::new().name("watched");
    let one = |builder: partywall::context::Builder, (name, answer): &(&'static str, HRESULT)| {
        builder.interceptor(Spy::object(name, *answer))
    };
    answers.iter().fold(begun, one).create().unwrap()
}

const IN: u32 = PW_CROSSING_IN;
const OUT: u32 = PW_CROSSING_OUT;

alone! {
    fn interceptors_are_told_of_calls_in_and_out() {
        let _sta = Apartment::single_threaded().unwrap();
        let context = watched(&[("one", S_OK), ("two", S_OK)]);
        let marshaled = object_in(&context);
        told();
        let object: IWork = import(&marshaled);
        drop(object.clone());
        assert_eq!(told(), [], "asking and counting are no calls");
        assert_eq!(thread_of(&object), Ok(tid()));
        let once = [
            ("one", "enter", IN, S_OK),
            ("two", "enter", IN, S_OK),
            ("two", "leave", IN, S_OK),
            ("one", "leave", IN, S_OK),
        ];
        assert_eq!(told(), once);
        // SAFETY: a live interface.
        let failed = unsafe { object.Run(77) };
        assert_eq!(told()[2..], [("two", "leave", IN, failed), ("one", "leave", IN, failed)]);
        // Out of it: to an object of the default context.
        let outside = AgileRef::new(&Work::object()).unwrap();
        task(1, move || thread_of(&outside.resolve().unwrap()).map_or_else(|code| code, |_| S_OK));
        // SAFETY: a live interface.
        assert_eq!(unsafe { object.Run(1) }, S_OK);
        let seen: Vec<_> = told().iter().map(|told| (told.1, told.2)).collect();
        let out = [("enter", OUT), ("enter", OUT), ("leave", OUT), ("leave", OUT)];
        assert_eq!(seen[2..6], out);
        assert_eq!(seen.len(), 8);
        // Inside it nothing crosses.
        told();
        context.run(|| {
            told();
            assert_eq!(thread_of(&import::<IWork>(&marshaled)), Ok(tid()));
            assert_eq!(told(), []);
        }).unwrap();
        drop((object, marshaled, context));
        assert_eq!((alive(), SPIES.load(Ordering::SeqCst)), (0, 0), "nothing is left");
    }

    fn a_call_that_may_be_cancelled_passes_them_too() {
        let stage = Stage::sta();
        let _mta = Apartment::multithreaded().unwrap();
        let context = stage.on(|| watched(&[("one", S_OK)]));
        let object: IWork = import(&object_in(&context));
        let strict = stage.on(|| {
            let spy = Spy::refusing("no", E_ABORT, None);
            Context::new().name("watched").interceptor(spy).create().unwrap()
        });
        told();
        assert_eq!(CoEnableCallCancellation(core::ptr::null_mut()), S_OK);
        assert_eq!(thread_of(&object), Ok(stage.tid));
        assert_eq!(told(), [("one", "enter", IN, S_OK), ("one", "leave", IN, S_OK)]);
        assert_eq!(strict.run(tid), Err(E_ABORT));
        assert_eq!(CoDisableCallCancellation(core::ptr::null_mut()), S_OK);
        drop(object);
        stage.end();
    }

    fn an_interceptor_refuses_with_its_code() {
        let _sta = Apartment::single_threaded().unwrap();
        let home = token();
        let context = watched(&[("one", S_OK), ("two", E_ABORT), ("three", S_OK)]);
        assert_eq!(context.run(|| 1), Err(E_ABORT));
        let refused =
            [("one", "enter", IN, S_OK), ("two", "enter", IN, E_ABORT), ("one", "leave", IN, E_ABORT)];
        assert_eq!(told(), refused);
        let panics = watched(&[("one", S_OK), ("two", RPC_E_SERVERFAULT)]);
        assert_eq!(panics.run(|| 1), Err(RPC_E_SERVERFAULT));
        assert_eq!(told().last(), Some(&("one", "leave", IN, RPC_E_SERVERFAULT)));
        assert_eq!(token(), home);
        let bound: IPwInterceptor = new_interface(Bound).unwrap();
        let refused = Context::new().interceptor(bound).create();
        assert_eq!(refused.map(|_| ()), Err(E_INVALIDARG));
        drop((context, panics));
        assert_eq!(SPIES.load(Ordering::SeqCst), 0);
    }

    fn a_call_out_of_a_context_may_be_refused() {
        let _sta = Apartment::single_threaded().unwrap();
        let outside = Work::object();
        let marshaled = export(&outside);
        let spy = Spy::refusing("one", E_ABORT, Some(OUT));
        let context = Context::new().name("watched").interceptor(spy).create().unwrap();
        context.run(|| {
            told();
            assert_eq!(thread_of(&import::<IWork>(&marshaled)), Err(E_ABORT));
            assert_eq!(told(), [("one", "enter", OUT, E_ABORT)]);
        }).unwrap();
        assert_eq!(thread_of(&outside), Ok(tid()));
    }

    fn calls_run_as_who_made_the_context() {
        let stage = Stage::sta();
        let _mta = Apartment::multithreaded().unwrap();
        let who = || impersonation::current().map(|token| token.user().to_string());
        let alice = impersonation::impersonate(&Token::new("alice", None)).unwrap();
        let hers = Context::new().as_creator().create().unwrap();
        let there = stage.on(|| Context::new().as_caller().create().unwrap());
        drop(alice);
        assert_eq!(hers.run(who), Ok(Some("alice".to_owned())));
        assert_eq!(there.run(who), Ok(None));
        assert_eq!(who(), None);
        let bob = impersonation::impersonate(&Token::new("bob", None)).unwrap();
        assert_eq!(hers.run(who), Ok(Some("alice".to_owned())));
        assert_eq!(who(), Some("bob".to_owned()), "the caller is who it was");
        // A call that leaves the context goes as its identity.
        let object: IWork = import(&object_in(&hers));
        let work = stage.on(|| export(&Work::object()));
        let away = AgileRef::new(&import::<IWork>(&work)).unwrap();
        // SAFETY: a live interface.
        task(1, move || unsafe { away.resolve().unwrap().Run(2) });
        task(2, || {
            let taken = partywall::com::Impersonation::of_client().unwrap();
            let name = impersonation::capture().user().to_string();
            drop(taken);
            if name == "alice" { S_OK } else { E_ABORT }
        });
        // SAFETY: a live interface.
        assert_eq!(unsafe { object.Run(1) }, S_OK);
        drop(bob);
        let carol = Identity::Given(Token::new("carol", None));
        let request = Request { identity: carol, ..Request::default() };
        let given = request.create(&apartment::current().unwrap()).unwrap();
        let caller = CallContext::capture();
        let method = Method { iid: IWork::IID, number: 3 };
        let seen = membership::within(&given, || {
            crossing::enter(&given, method, &caller, || {
                assert_eq!(who(), Some("carol".to_owned()));
                Ok(S_OK)
            })
        });
        assert_eq!((seen, who()), (Ok(S_OK), None));
        drop((object, work));
        stage.end();
    }

    fn only_listed_users_and_levels_come_in() {
        let _sta = Apartment::single_threaded().unwrap();
        let context = Context::new().users(["alice", "bob"]).create().unwrap();
        let alice = impersonation::impersonate(&Token::new("alice", None)).unwrap();
        let marshaled = object_in(&context);
        let object: IWork = import(&marshaled);
        assert_eq!(thread_of(&object), Ok(tid()));
        drop(alice);
        assert_eq!(thread_of(&object), Err(E_ACCESSDENIED));
        assert_eq!(context.run(tid), Err(E_ACCESSDENIED));
        let eve = impersonation::impersonate(&Token::new("eve", None)).unwrap();
        assert_eq!(thread_of(&object), Err(E_ACCESSDENIED));
        drop(eve);
        let nobody = Context::new().users([]).create().unwrap();
        assert_eq!(nobody.run(tid), Err(E_ACCESSDENIED));
        drop((object, marshaled));
        assert_eq!(alive(), 0, "who may not call may let go");
        assert_eq!(Context::new().authentication_level(6).create().unwrap().run(tid), Ok(tid()));
        let access = Access { least_level: 5, users: None };
        let request = Request { access, ..Request::default() };
        let strict = request.create(&apartment::current().unwrap()).unwrap();
        let method = Method { iid: IWork::IID, number: 3 };
        let enter = |level| {
            let caller = CallContext::capture().with_level(level);
            crossing::enter(&strict, method, &caller, || Ok(S_OK))
        };
        assert_eq!((enter(4), enter(5)), (Err(E_ACCESSDENIED), Ok(S_OK)));
    }

    fn each_crossing_is_a_hop_of_the_callers_trace() {
        let stage = Stage::sta();
        let _mta = Apartment::multithreaded().unwrap();
        let near = Context::new().trace("ledger").create().unwrap();
        let far = stage.on(|| Context::new().trace("archive").create().unwrap());
        let quiet = Context::new().name("quiet").create().unwrap();
        let objects: Vec<IWork> =
            [&near, &far, &quiet].iter().map(|context| import(&object_in(context))).collect();
        let hops = Trace::new();
        {
            let _entered = trace::enter(Some(hops.clone()));
            objects.iter().for_each(|object| assert!(thread_of(object).is_ok()));
        }
        let named: Vec<_> = hops.hops().into_iter()
            .filter(|hop| ["ledger", "archive", "quiet"].contains(&&*hop.name))
            .map(|hop| (hop.name.to_string(), hop.tid))
            .collect();
        assert_eq!(named, [("ledger".to_owned(), tid()), ("archive".to_owned(), stage.tid)]);
        assert!(hops.json().contains("\"hop\":\"ledger\""));
        drop(objects);
        stage.end();
    }
}
