//! Asynchronous calls through the interfaces that the macro writes. The numbers are
//! those of the list of documented behaviours.

mod ends;
mod values;

use core::cell::RefCell;
use core::ffi::c_void;
use core::ptr::null_mut;
use std::sync::{Arc, Barrier, Mutex};
use std::time::{Duration, Instant};

use com_abi::asynchronous::{ICallFactory, ICancelMethodCalls, ISynchronize, Twin};
use com_abi::codes::{
    E_INVALIDARG, E_NOINTERFACE, RPC_E_CALL_COMPLETE, RPC_E_SERVERFAULT, RPC_E_WRONG_THREAD,
    RPC_S_CALLPENDING, S_FALSE, S_OK,
};
use com_abi::message::{
    CALLTYPE_ASYNC, CALLTYPE_ASYNC_CALLPENDING, IMessageFilter, IMessageFilter_Impl, INTERFACEINFO,
    PENDINGMSG_WAITDEFPROCESS, SERVERCALL_REJECTED,
};
use com_abi::{GUID, HRESULT, IUnknown, Interface, class, interface, new_interface};
use observe::thread::tid;
use partywall::com::Apartment;

use crate::ffi::calls::CoRegisterMessageFilter;
use crate::proxy::Marshaled;
use crate::stage_tests::{IWork, Stage, Work, begin, export, import, task, thread_of, until};
use crate::{causality, context};

/// An object that takes its time.
#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00E101", proxy)]
#[idl(async_uuid("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00E111"))]
pub unsafe trait ISlow: IUnknown {
    /// Runs the function that the test left under a number.
    unsafe fn Run(&self, number: u32) -> HRESULT;
    /// Adds to a total; says where.
    unsafe fn Add(
        &self,
        more: i32,
        #[idl(in, out)] total: *mut i32,
        #[idl(out)] thread: *mut i32,
    ) -> HRESULT;
    /// Calls an object, keeps it, and gives away the one that it had before.
    unsafe fn Swap(
        &self,
        #[idl(in, unique, interface(IWork))] given: *mut c_void,
        #[idl(out)] called: *mut i32,
        #[idl(out, interface(IWork))] before: *mut *mut c_void,
    ) -> HRESULT;
    /// Text twice, and as many numbers as are wanted.
    unsafe fn Values(
        &self,
        #[idl(in, string)] text: *const u16,
        count: u32,
        #[idl(out, size_is(count))] numbers: *mut i32,
        #[idl(out, unique, string)] twice: *mut *mut u16,
    ) -> HRESULT;
    /// Turns text around in its place.
    unsafe fn Turn(&self, #[idl(in, out, string)] text: *mut *mut u16) -> HRESULT;
}

/// It can do more.
#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00E102", proxy)]
#[idl(async_uuid("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00E112"))]
pub unsafe trait IMore: ISlow {
    /// Twice a number.
    unsafe fn Twice(&self, number: i32, result: *mut i32) -> HRESULT;
}

#[class(interfaces(IMore))]
struct Slow {
    work: IWork,
    kept: RefCell<Option<IWork>>,
}

impl Slow {
    fn object() -> IMore {
        new_interface(Self { work: Work::object(), kept: RefCell::new(None) }).unwrap()
    }
}

impl ISlow_Impl for Slow {
    unsafe fn Run(&self, number: u32) -> HRESULT {
        // SAFETY: a live interface.
        unsafe { self.work.Run(number) }
    }

    unsafe fn Add(&self, more: i32, total: *mut i32, thread: *mut i32) -> HRESULT {
        // SAFETY: the caller passes writable places.
        unsafe {
            *total += more;
            thread.write(tid());
        }
        S_FALSE
    }

    unsafe fn Swap(
        &self,
        given: *mut c_void,
        called: *mut i32,
        before: *mut *mut c_void,
    ) -> HRESULT {
        // SAFETY: null or a live object; the caller passes writable places.
        unsafe {
            let given = IWork::from_raw_borrowed(&given).cloned();
            called.write(given.as_ref().map_or(0, |given| thread_of(given).unwrap_or(-1)));
            let kept = self.kept.replace(given);
            before.write(kept.map_or(null_mut(), Interface::into_raw));
        }
        S_OK
    }

    unsafe fn Values(
        &self,
        text: *const u16,
        count: u32,
        numbers: *mut i32,
        twice: *mut *mut u16,
    ) -> HRESULT {
        // SAFETY: a zero-ended text; as many places as the caller says.
        unsafe { values::answer(text, count, numbers, twice) }
    }

    unsafe fn Turn(&self, text: *mut *mut u16) -> HRESULT {
        // SAFETY: a place with a zero-ended text of the task allocator.
        unsafe { values::turn(text) }
    }
}

impl IMore_Impl for Slow {
    unsafe fn Twice(&self, number: i32, result: *mut i32) -> HRESULT {
        // SAFETY: the caller passes a writable place.
        unsafe { result.write(2 * number) };
        S_OK
    }
}

/// An apartment with an object.
fn server() -> (Stage, Marshaled) {
    let stage = Stage::sta();
    let object = stage.on(|| export(&Slow::object()));
    (stage, object)
}

fn create<A: Interface>(
    object: &impl Interface,
    asynchronous: &GUID,
    outer: *mut c_void,
) -> Result<A, HRESULT> {
    let factory: ICallFactory = object.cast().map_err(|error| error.code())?;
    let mut raw = null_mut();
    // SAFETY: readable identifiers, null or a live outer object, a writable place.
    let code = unsafe { factory.CreateCall(asynchronous, outer, &A::IID, &mut raw) };
    assert_eq!(raw.is_null(), code.is_err());
    // SAFETY: the answer is that interface with a reference.
    if code == S_OK { Ok(unsafe { A::from_raw(raw) }) } else { Err(code) }
}

/// A call object of an object's twin.
fn call<A: Twin>(object: &impl Interface) -> A {
    create(object, &A::IID, null_mut()).unwrap()
}

/// Waits for a call: its `ISynchronize`.
fn wait(call: &impl Interface, milliseconds: u32) -> HRESULT {
    let waited: ISynchronize = call.cast().unwrap();
    // SAFETY: a live interface.
    unsafe { waited.Wait(0, milliseconds) }
}

fn begin_run(call: &AsyncISlow, number: u32) -> HRESULT {
    // SAFETY: a live interface.
    unsafe { call.Begin_Run(number) }
}

fn finish_run(call: &AsyncISlow) -> HRESULT {
    // SAFETY: a live interface.
    unsafe { call.Finish_Run() }
}

/// Begins a call to each of two apartments; neither ends before the other has begun.
fn meet(one: &ISlow, other: &ISlow, number: u32) {
    let barrier = Arc::new(Barrier::new(2));
    for number in [number, number + 1] {
        let barrier = Arc::clone(&barrier);
        task(number, move || {
            barrier.wait();
            S_OK
        });
    }
    let (first, second): (AsyncISlow, AsyncISlow) = (call(one), call(other));
    assert_eq!(begin_run(&first, number), S_OK);
    assert_eq!(begin_run(&second, number + 1), S_OK);
    assert_eq!(finish_run(&second), S_OK);
    assert_eq!(finish_run(&first), S_OK);
}

alone! {
    fn two_calls_of_an_sta_run_at_the_same_time() {
        let (one, other) = (server(), server());
        let client = Stage::sta();
        client.on(|| meet(&import(&one.1), &import(&other.1), 100));
        client.end();
    }

    fn two_calls_of_an_mta_run_at_the_same_time() {
        let (one, other) = (server(), server());
        let thread = begin(move || {
            let _apartment = Apartment::multithreaded().unwrap();
            meet(&import(&one.1), &import(&other.1), 100);
            (one, other)
        });
        drop(thread.join().unwrap());
    }

    fn calls_into_the_mta_run_at_the_same_time() {
        let keeper = Apartment::multithreaded().unwrap();
        let (one, other) = (export(&Slow::object()), export(&Slow::object()));
        let client = Stage::sta();
        client.on(|| meet(&import(&one), &import(&other), 100));
        client.end();
        drop((one, other, keeper));
    }

    fn begin_does_not_wait_for_a_busy_callee() {
        let (server, object) = server();
        let client = Stage::sta();
        client.on(|| {
            let slow: ISlow = import(&object);
            let gate = Arc::new(Barrier::new(2));
            let held = Arc::clone(&gate);
            task(1, move || {
                held.wait();
                S_OK
            });
            let (busy, quick): (AsyncISlow, AsyncISlow) = (call(&slow), call(&slow));
            assert_eq!(begin_run(&busy, 1), S_OK);
            let begun = Instant::now();
            // SAFETY: live interfaces and writable places.
            unsafe {
                let (mut total, mut thread) = (5, 0);
                assert_eq!(quick.Begin_Add(2, &mut total), S_OK);
                assert!(begun.elapsed() < Duration::from_secs(20));
                assert_eq!(wait(&quick, 20), RPC_S_CALLPENDING, "the callee is busy");
                assert_eq!(wait(&busy, 0), RPC_S_CALLPENDING);
                gate.wait();
                assert_eq!(wait(&quick, 20_000), S_OK);
                assert_eq!(wait(&busy, 0), S_OK);
                assert_eq!(total, 5, "it comes back at the end");
                assert_eq!(quick.Finish_Add(&mut total, &mut thread), S_FALSE, "the method's own");
                assert_eq!((total, thread), (7, server.tid));
                assert_eq!(finish_run(&busy), S_OK);
            }
        });
        client.end();
        drop(object);
        server.end();
    }

    fn a_call_object_has_one_call_at_a_time() {
        let (server, object) = server();
        let client = Stage::sta();
        client.on(|| {
            let slow: ISlow = import(&object);
            let one: AsyncISlow = call(&slow);
            let (mut total, mut thread) = (0, 0);
            task(1, || S_OK);
            // SAFETY: live interfaces and writable places.
            unsafe {
                assert_eq!(finish_run(&one), RPC_E_CALL_COMPLETE, "nothing was begun");
                assert_eq!(begin_run(&one, 1), S_OK);
                assert_eq!(begin_run(&one, 2), RPC_S_CALLPENDING);
                assert_eq!(one.Begin_Add(1, &mut total), RPC_S_CALLPENDING);
                let other = one.Finish_Add(&mut total, &mut thread);
                assert_eq!(other, RPC_E_CALL_COMPLETE, "another method");
                assert_eq!(finish_run(&one), S_OK);
                assert_eq!(finish_run(&one), RPC_E_CALL_COMPLETE, "once");
                assert_eq!(one.Begin_Add(3, &mut total), S_OK, "it can be used again");
                assert_eq!(one.Finish_Add(&mut total, &mut thread), S_FALSE);
                assert_eq!((total, thread), (3, server.tid));
            }
        });
        client.end();
        drop(object);
        server.end();
    }

    fn only_a_proxy_of_an_interface_with_a_twin_makes_calls() {
        let (server, object) = server();
        let work = server.on(|| export(&Work::object()));
        server.on(|| {
            let own: ISlow = import(&object);
            assert!(own.cast::<ICallFactory>().is_err(), "at home");
        });
        let client = Stage::sta();
        client.on(|| {
            let plain: IWork = import(&work);
            assert!(plain.cast::<ICallFactory>().is_err(), "no twin");
            let slow: ISlow = import(&object);
            let unknown = slow.cast::<IUnknown>().unwrap();
            assert_eq!(slow.cast::<ICallFactory>().unwrap().cast::<IUnknown>().unwrap(), unknown);
            let null = null_mut();
            assert_eq!(create::<AsyncISlow>(&slow, &ISlow::IID, null), Err(E_NOINTERFACE));
            assert_eq!(create::<AsyncISlow>(&slow, &IWork::IID, null), Err(E_NOINTERFACE));
            assert_eq!(create::<IWork>(&slow, &AsyncISlow::IID, null), Err(E_NOINTERFACE));
            let outer = unknown.as_raw();
            let part = create::<AsyncISlow>(&slow, &AsyncISlow::IID, outer);
            assert_eq!(part, Err(E_INVALIDARG), "an outer object asks for IUnknown");
            let factory: ICallFactory = slow.cast().unwrap();
            // SAFETY: readable identifiers; null is refused.
            unsafe {
                let (twin, iid) = (&AsyncISlow::IID, &IUnknown::IID);
                assert_eq!(factory.CreateCall(twin, null, iid, null_mut()), E_INVALIDARG);
                let mut raw = null_mut();
                let code = factory.CreateCall(core::ptr::null(), null, iid, &mut raw);
                assert_eq!(code, E_INVALIDARG);
            }
        });
        client.end();
        drop((object, work));
        server.end();
    }

    fn a_call_object_is_one_object_and_may_be_a_part() {
        let (server, object) = server();
        let client = Stage::sta();
        client.on(|| {
            let slow: ISlow = import(&object);
            let one: AsyncISlow = call(&slow);
            let unknown: IUnknown = one.cast().unwrap();
            for same in [
                one.cast::<ISynchronize>().unwrap().cast::<IUnknown>().unwrap(),
                one.cast::<ICancelMethodCalls>().unwrap().cast::<IUnknown>().unwrap(),
                unknown.cast::<AsyncISlow>().unwrap().cast::<IUnknown>().unwrap(),
            ] {
                assert_eq!(same, unknown);
            }
            assert!(unknown.cast::<ISlow>().is_err());

            let outer: IUnknown = Work::object().cast().unwrap();
            let inner: IUnknown = create(&slow, &AsyncISlow::IID, outer.as_raw()).unwrap();
            let part: AsyncISlow = inner.cast().unwrap();
            assert_eq!(part.cast::<IUnknown>().unwrap(), outer);
            assert_eq!(inner.cast::<ISynchronize>().unwrap().cast::<IUnknown>().unwrap(), outer);
            task(1, || S_FALSE);
            assert_eq!((begin_run(&part, 1), finish_run(&part)), (S_OK, S_FALSE));
            drop(part);
        });
        client.end();
        drop(object);
        server.end();
    }

    fn the_sdk_waits_and_cancels() {
        let (server, object) = server();
        let client = Stage::sta();
        client.on(|| {
            let slow: ISlow = import(&object);
            let one = partywall::Call::<AsyncISlow>::new(&slow).unwrap();
            let gate = Arc::new(Barrier::new(2));
            let held = Arc::clone(&gate);
            task(1, move || {
                held.wait();
                S_FALSE
            });
            assert_eq!(one.cancel(Duration::ZERO), Err(RPC_E_CALL_COMPLETE));
            assert_eq!(begin_run(&one, 1), S_OK);
            assert_eq!(one.wait(Duration::from_millis(10)), Ok(false));
            gate.wait();
            assert_eq!(one.wait(Duration::from_secs(20)), Ok(true));
            assert_eq!(one.cancel(Duration::ZERO), Err(RPC_E_CALL_COMPLETE));
            assert_eq!(finish_run(&one), S_FALSE);
            let own = server.on(|| {
                let home: ISlow = import(&object);
                partywall::Call::<AsyncISlow>::new(&home).err()
            });
            assert_eq!(own, Some(E_NOINTERFACE));
        });
        client.end();
        drop(object);
        server.end();
    }

    fn a_derived_twin_has_the_methods_of_its_base() {
        let (server, object) = server();
        let client = Stage::sta();
        client.on(|| {
            let slow: ISlow = import(&object);
            // Asked of a proxy that has not had the derived interface so far.
            let more: IMore = import(&object);
            let one: AsyncIMore = call(&more);
            let mut result = 0;
            // SAFETY: live interfaces and a writable place.
            unsafe {
                assert_eq!(one.Begin_Twice(21), S_OK);
                assert_eq!(one.Finish_Twice(&mut result), S_OK);
            }
            assert_eq!(result, 42);
            task(1, || S_FALSE);
            assert_eq!((begin_run(&one, 1), finish_run(&one)), (S_OK, S_FALSE));
            let base: AsyncISlow = one.cast().unwrap();
            task(2, || S_OK);
            assert_eq!((begin_run(&base, 2), finish_run(&base)), (S_OK, S_OK));
            let plain: AsyncISlow = call(&slow);
            assert!(plain.cast::<AsyncIMore>().is_err());
        });
        client.end();
        drop(object);
        server.end();
    }

    fn the_callee_sees_the_callers_chain_and_a_panic_is_a_fault() {
        let (server, object) = server();
        let client = Stage::sta();
        client.on(|| {
            let slow: ISlow = import(&object);
            let one: AsyncISlow = call(&slow);
            let chain = causality::current();
            let same = move || if causality::current() == chain { S_OK } else { S_FALSE };
            task(1, move || if context::is_serving() { same() } else { S_FALSE });
            assert_eq!((begin_run(&one, 1), finish_run(&one)), (S_OK, S_OK));
            task(2, || panic!("a fault that is planted"));
            assert_eq!((begin_run(&one, 2), finish_run(&one)), (S_OK, RPC_E_SERVERFAULT));
            task(3, || S_FALSE);
            assert_eq!((begin_run(&one, 3), finish_run(&one)), (S_OK, S_FALSE), "it goes on");
        });
        client.end();
        drop(object);
        server.end();
    }

    fn begin_and_finish_belong_to_the_proxys_apartment() {
        let (server, object) = server();
        let client = Stage::sta();
        let held = client.on(|| {
            let slow: ISlow = import(&object);
            let one: AsyncISlow = call(&slow);
            task(1, || S_OK);
            one.into_raw() as usize
        });
        let other = Stage::sta();
        let elsewhere = |what: fn(&AsyncISlow) -> HRESULT| {
            other.on(|| {
                let raw = held as *mut c_void;
                // SAFETY: the call object is alive, as its holder says.
                what(unsafe { AsyncISlow::from_raw_borrowed(&raw) }.unwrap())
            })
        };
        assert_eq!(elsewhere(|call| begin_run(call, 1)), RPC_E_WRONG_THREAD);
        client.on(|| {
            let raw = held as *mut c_void;
            // SAFETY: as above.
            assert_eq!(begin_run(unsafe { AsyncISlow::from_raw_borrowed(&raw) }.unwrap(), 1), S_OK);
        });
        assert_eq!(elsewhere(finish_run), RPC_E_WRONG_THREAD);
        assert_eq!(elsewhere(|call| wait(call, 20_000)), S_OK, "any thread may wait");
        client.on(|| {
            // SAFETY: the reference goes with it.
            assert_eq!(finish_run(&unsafe { AsyncISlow::from_raw(held as *mut c_void) }), S_OK);
        });
        other.end();
        client.end();
        drop(object);
        server.end();
    }

    fn a_call_into_the_neutral_apartment_has_ended_when_it_was_begun() {
        let client = Stage::sta();
        client.on(|| {
            let object = crate::apartment::in_neutral(|| export(&Slow::object())).unwrap();
            let slow: ISlow = import(&object);
            let one: AsyncISlow = call(&slow);
            let (mut total, mut thread) = (1, 0);
            // SAFETY: live interfaces and writable places.
            unsafe {
                assert_eq!(one.Begin_Add(1, &mut total), S_OK);
                assert_eq!(wait(&one, 0), S_OK);
                assert_eq!(one.Finish_Add(&mut total, &mut thread), S_FALSE);
            }
            assert_eq!((total, thread), (2, tid()));
        });
        client.end();
    }

    fn a_message_filter_sees_that_a_call_is_asynchronous_and_cannot_refuse_it() {
        let (server, object) = server();
        server.on(|| {
            let filter: IMessageFilter = new_interface(Refusing).unwrap();
            // SAFETY: a live object; null is allowed for the old one.
            assert_eq!(unsafe { CoRegisterMessageFilter(filter.as_raw(), null_mut()) }, S_OK);
        });
        let client = Stage::sta();
        let back = client.on(|| export(&Work::object()));
        client.on(|| {
            let slow: ISlow = import(&object);
            let one: AsyncISlow = call(&slow);
            task(1, || S_FALSE);
            assert_eq!((begin_run(&one, 1), finish_run(&one)), (S_OK, S_FALSE));
            assert_eq!(seen(), [CALLTYPE_ASYNC]);
        });
        // While the server waits for a call of its own.
        let gate = Arc::new(Barrier::new(2));
        let held = Arc::clone(&gate);
        task(2, move || {
            held.wait();
            S_OK
        });
        let waiter = {
            let home = Arc::clone(&server.apartment);
            begin(move || {
                crate::call::run(&home, "a test", || {
                    let back: IWork = import(&back);
                    // SAFETY: a live interface.
                    assert_eq!(unsafe { back.Run(2) }, S_OK);
                })
                .unwrap();
                drop(back);
            })
        };
        until(|| client.apartment.queue_depth() == 0 && gate_is_held(&client));
        let other = begin(move || {
            let _apartment = Apartment::multithreaded().unwrap();
            let slow: ISlow = import(&object);
            let one: AsyncISlow = call(&slow);
            task(3, || S_FALSE);
            let answer = (begin_run(&one, 3), finish_run(&one));
            gate.wait();
            drop((one, slow, object));
            answer
        });
        assert_eq!(other.join().unwrap(), (S_OK, S_FALSE));
        assert_eq!(seen(), [CALLTYPE_ASYNC_CALLPENDING]);
        waiter.join().unwrap();
        client.end();
        server.end();
    }
}

/// Whether a thread waits in its call, as it is shown.
fn gate_is_held(client: &Stage) -> bool {
    observe::wait::list().iter().any(|wait| wait.holder == Some(client.tid) && wait.has_begun)
}

static SEEN: Mutex<Vec<u32>> = Mutex::new(Vec::new());

fn seen() -> Vec<u32> {
    std::mem::take(&mut SEEN.lock().unwrap())
}

/// Refuses everything, and writes down of what type it was.
#[class(interfaces(IMessageFilter))]
struct Refusing;

impl IMessageFilter_Impl for Refusing {
    unsafe fn HandleInComingCall(
        &self,
        call_type: u32,
        _caller: *mut c_void,
        _ticks: u32,
        _info: *const INTERFACEINFO,
    ) -> u32 {
        SEEN.lock().unwrap().push(call_type);
        SERVERCALL_REJECTED
    }

    unsafe fn RetryRejectedCall(&self, _callee: *mut c_void, _ticks: u32, _reject: u32) -> u32 {
        u32::MAX
    }

    unsafe fn MessagePending(&self, _callee: *mut c_void, _ticks: u32, _pending: u32) -> u32 {
        PENDINGMSG_WAITDEFPROCESS
    }
}
