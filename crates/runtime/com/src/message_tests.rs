//! Messages, waits and message filters, through the exported functions. The
//! numbers are those of the list of documented behaviours.

use core::ffi::c_void;
use core::ptr::null_mut;
use std::cell::Cell;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use com_abi::codes::{
    CO_E_CANCEL_DISABLED, CO_E_NOT_SUPPORTED, E_INVALIDARG, E_NOINTERFACE, RPC_E_CALL_CANCELED,
    RPC_E_CALL_COMPLETE, RPC_E_CALL_REJECTED, RPC_E_CANTCALLOUT_ININPUTSYNCCALL, RPC_E_NO_SYNC,
    RPC_E_SERVERCALL_RETRYLATER, RPC_S_CALLPENDING, S_FALSE, S_OK,
};
use com_abi::message::{
    CALLTYPE_NESTED, CALLTYPE_TOPLEVEL, CALLTYPE_TOPLEVEL_CALLPENDING, IMessageFilter,
    IMessageFilter_Impl, INTERFACEINFO, MSG, PENDINGMSG_CANCELCALL, PENDINGMSG_WAITDEFPROCESS,
    PENDINGTYPE_TOPLEVEL, SERVERCALL_ISHANDLED, SERVERCALL_REJECTED, SERVERCALL_RETRYLATER,
    WM_QUIT, WM_TIMER, WM_USER,
};
use com_abi::{GUID, HRESULT, Interface, class, new_interface};
use observe::last_error;
use observe::thread::tid;
use partywall::com::Apartment;
use partywall::ffi::{CreateEventW, HANDLE, SetEvent};

use crate::ffi::apartments::CoIncrementMTAUsage;
use crate::ffi::calls::{
    CoCancelCall, CoDisableCallCancellation, CoEnableCallCancellation, CoRegisterMessageFilter,
    CoTestCancel, CoWaitForMultipleHandles,
};
use crate::ffi::messages::{
    DispatchMessageW, GetMessageW, KillTimer, MsgWaitForMultipleObjectsEx, PeekMessageW,
    PostQuitMessage, PostThreadMessageW, PwApartmentDescriptor, PwDispatchOne, SetTimer,
};
use crate::stage_tests::{
    ALIVE, IWork, Stage, Work, begin, export, import, task, thread_of, until,
};

const WAIT_TIMEOUT: u32 = 258;
const QS_ALLINPUT: u32 = 0x4FF;
const INPUTAVAILABLE: u32 = 4;

fn empty() -> MSG {
    // SAFETY: all bytes zero is a message.
    unsafe { core::mem::zeroed() }
}

fn peek(remove: bool) -> Option<MSG> {
    let mut message = empty();
    // SAFETY: a writable place.
    let found = unsafe { PeekMessageW(&raw mut message, null_mut(), 0, 0, u32::from(remove)) };
    (found != 0).then_some(message)
}

fn post(thread: i32, number: u32, wparam: usize) -> bool {
    PostThreadMessageW(thread.cast_unsigned(), number, wparam, 0) != 0
}

/// An event; manual reset.
fn event(set: bool) -> usize {
    // SAFETY: no attributes and no name.
    unsafe { CreateEventW(core::ptr::null(), 1, i32::from(set), core::ptr::null()) as usize }
}

fn set(event: usize) {
    // SAFETY: a handle.
    unsafe { SetEvent(event as HANDLE) };
}

/// `CoWaitForMultipleHandles`: the answer and the index.
fn wait(flags: u32, milliseconds: u32, handles: &[usize]) -> (HRESULT, u32) {
    let mut index = 77;
    let handles: Vec<HANDLE> = handles.iter().map(|handle| *handle as HANDLE).collect();
    // SAFETY: that many handles and a writable place.
    let code = unsafe {
        CoWaitForMultipleHandles(
            flags,
            milliseconds,
            handles.len() as u32,
            handles.as_ptr(),
            &raw mut index,
        )
    };
    (code, index)
}

fn message_wait(milliseconds: u32, flags: u32, handles: &[usize]) -> u32 {
    let handles: Vec<HANDLE> = handles.iter().map(|handle| *handle as HANDLE).collect();
    let count = handles.len() as u32;
    // SAFETY: that many handles.
    unsafe {
        MsgWaitForMultipleObjectsEx(count, handles.as_ptr(), milliseconds, QS_ALLINPUT, flags)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    Incoming { call_type: u32, caller: i32, iid: GUID, method: u16 },
    Refused { reject: u32, callee: i32 },
    Message { pending: u32 },
}

/// A filter that answers from a list and writes down what it was asked.
#[class(interfaces(IMessageFilter))]
struct Filter {
    incoming: Mutex<Vec<u32>>,
    refused: Mutex<Vec<u32>>,
    pending: u32,
}

static SEEN: Mutex<Vec<Seen>> = Mutex::new(Vec::new());
static TICKS: AtomicU32 = AtomicU32::new(0);

fn seen() -> Vec<Seen> {
    std::mem::take(&mut SEEN.lock().unwrap())
}

impl Filter {
    /// The lists are used from their ends.
    fn object(incoming: &[u32], refused: &[u32], pending: u32) -> IMessageFilter {
        let (incoming, refused) = (incoming.to_vec(), refused.to_vec());
        let filter = Self { incoming: Mutex::new(incoming), refused: Mutex::new(refused), pending };
        new_interface(filter).unwrap()
    }

    /// Registers such a filter for this thread.
    fn register(incoming: &[u32], refused: &[u32], pending: u32) {
        let filter = Self::object(incoming, refused, pending);
        // SAFETY: a live object; null is allowed for the old one.
        assert_eq!(unsafe { CoRegisterMessageFilter(filter.as_raw(), null_mut()) }, S_OK);
    }
}

impl IMessageFilter_Impl for Filter {
    unsafe fn HandleInComingCall(
        &self,
        call_type: u32,
        caller: *mut c_void,
        ticks: u32,
        info: *const INTERFACEINFO,
    ) -> u32 {
        TICKS.store(ticks, Ordering::SeqCst);
        // SAFETY: the runtime passes a readable information.
        let info = unsafe { &*info };
        assert!(!info.pUnk.is_null());
        let (caller, iid) = (caller as i32, info.iid);
        SEEN.lock().unwrap().push(Seen::Incoming { call_type, caller, iid, method: info.wMethod });
        self.incoming.lock().unwrap().pop().unwrap_or(SERVERCALL_ISHANDLED)
    }

    unsafe fn RetryRejectedCall(&self, callee: *mut c_void, ticks: u32, reject: u32) -> u32 {
        TICKS.store(ticks, Ordering::SeqCst);
        SEEN.lock().unwrap().push(Seen::Refused { reject, callee: callee as i32 });
        self.refused.lock().unwrap().pop().unwrap_or(u32::MAX)
    }

    unsafe fn MessagePending(&self, _callee: *mut c_void, _ticks: u32, pending: u32) -> u32 {
        SEEN.lock().unwrap().push(Seen::Message { pending });
        self.pending
    }
}

fn sta() -> Apartment {
    Apartment::single_threaded().unwrap()
}

alone! {
    fn messages_and_calls_share_the_queue_in_their_order() {
        let apartment = sta();
        let object = export(&Work::object());
        assert!(post(tid(), WM_USER + 1, 5));
        let own = tid();
        let caller = begin(move || {
            let _apartment = Apartment::single_threaded().unwrap();
            let work: IWork = import(&object);
            let answer = thread_of(&work);
            drop((work, object));
            answer
        });
        until(|| crate::apartment::current().unwrap().queue_depth() == 1);
        assert!(post(tid(), WM_USER + 2, 6));
        let mut order = Vec::new();
        let mut message = empty();
        for _ in 0..3 {
            // SAFETY: a writable place, then the message that came.
            unsafe {
                assert_eq!(GetMessageW(&raw mut message, null_mut(), 0, 0), 1);
                order.push((message.message, !message.hwnd.is_null()));
                DispatchMessageW(&raw const message);
            }
        }
        let expected = [(WM_USER + 1, false), (WM_USER, true), (WM_USER + 2, false)];
        assert_eq!(order, expected);
        assert_eq!(message.wParam, 6);
        // That was the question for the interface; the call and the release follow.
        while !caller.is_finished() {
            let _ = PwDispatchOne();
        }
        assert_eq!(caller.join().unwrap(), Ok(own));
        assert_eq!(ALIVE.load(Ordering::SeqCst), 0);
        drop(apartment);
    }

    fn a_message_range_leaves_the_others_and_a_full_queue_refuses() {
        assert!(peek(false).is_none());
        for number in [WM_USER + 1, WM_USER + 9] {
            assert!(post(tid(), number, 0));
        }
        let mut message = empty();
        // SAFETY: a writable place.
        unsafe {
            assert_eq!(GetMessageW(&raw mut message, null_mut(), WM_USER + 5, WM_USER + 9), 1);
            assert_eq!(message.message, WM_USER + 9);
            assert_eq!(GetMessageW(&raw mut message, 5 as *mut c_void, 0, 0), -1);
        }
        assert_eq!(last_error::get(), 1400);
        assert_eq!(peek(true).unwrap().message, WM_USER + 1);
        while post(tid(), WM_USER, 0) {}
        assert_eq!(last_error::get(), 1816);
        assert_eq!(std::iter::from_fn(|| peek(true)).count(), 10_000);
        // A thread without a queue.
        let (go, told) = std::sync::mpsc::channel::<()>();
        let (number, numbers) = std::sync::mpsc::channel();
        let other = begin(move || {
            number.send(tid()).unwrap();
            told.recv().unwrap();
        });
        assert!(!post(numbers.recv().unwrap(), WM_USER, 0));
        assert_eq!(last_error::get(), 1444);
        go.send(()).unwrap();
        other.join().unwrap();
    }

    fn the_loop_ends_after_everything_else() {
        PostQuitMessage(7);
        assert!(post(tid(), WM_USER, 0));
        let mut message = empty();
        // SAFETY: a writable place.
        unsafe {
            assert_eq!(GetMessageW(&raw mut message, null_mut(), 0, 0), 1);
            assert_eq!(GetMessageW(&raw mut message, null_mut(), 0, 0), 0);
        }
        assert_eq!((message.message, message.wParam), (WM_QUIT, 7));
        assert!(peek(true).is_none());
    }

    fn timers_come_through_the_loop_and_go_on_during_an_outgoing_call() {
        thread_local! {
            static FIRED: Cell<u32> = const { Cell::new(0) };
        }
        unsafe extern "C-unwind" fn fire(_: *mut c_void, _: u32, _: usize, _: u32) {
            FIRED.set(FIRED.get() + 1);
        }
        let apartment = sta();
        let plain = SetTimer(null_mut(), 0, 10, None);
        let mut message = empty();
        // SAFETY: a writable place.
        assert_eq!(unsafe { GetMessageW(&raw mut message, null_mut(), 0, 0) }, 1);
        assert_eq!((message.message, message.wParam), (WM_TIMER, plain));
        assert_eq!(KillTimer(null_mut(), plain), 1);
        assert_eq!(KillTimer(null_mut(), plain), 0);
        let stage = Stage::sta();
        let object = stage.on(|| export(&Work::object()));
        let work: IWork = import(&object);
        let timer = SetTimer(null_mut(), 0, 10, Some(fire));
        // SAFETY: a live proxy.
        assert_eq!(unsafe { work.Sleep(100) }, S_OK);
        assert!(FIRED.get() >= 2, "{}", FIRED.get());
        assert_eq!(KillTimer(null_mut(), timer), 1);
        drop((work, object, apartment));
        stage.end();
    }

    fn a_loop_of_somebody_else_sees_what_waits() {
        let readable = |descriptor: i32, milliseconds: i32| {
            let mut poll = libc::pollfd { fd: descriptor, events: libc::POLLIN, revents: 0 };
            // SAFETY: one writable entry.
            unsafe { libc::poll(&raw mut poll, 1, milliseconds) == 1 }
        };
        let mut descriptor = 0;
        // SAFETY: a writable place.
        unsafe {
            assert_eq!(PwApartmentDescriptor(&raw mut descriptor), CO_E_NOT_SUPPORTED);
            let apartment = sta();
            assert_eq!(PwApartmentDescriptor(&raw mut descriptor), S_OK);
            assert!(!readable(descriptor, 0));
            assert_eq!(PwDispatchOne(), S_FALSE);
            let object = export(&Work::object());
            let caller = begin(move || {
                let _apartment = Apartment::single_threaded().unwrap();
                let work: IWork = import(&object);
                let answer = thread_of(&work);
                std::mem::forget((work, object));
                answer
            });
            while !caller.is_finished() {
                if readable(descriptor, 1000) {
                    assert_eq!(PwDispatchOne(), S_OK);
                }
            }
            assert_eq!(caller.join().unwrap(), Ok(tid()));
            assert!(!readable(descriptor, 0));
            let timer = SetTimer(null_mut(), 0, 20, None);
            assert!(readable(descriptor, 5000), "a due timer is seen");
            assert_eq!(KillTimer(null_mut(), timer), 1);
            drop(apartment);
        }
    }

    fn n090_a_call_into_an_sta_runs_on_its_thread() {
        let stage = Stage::sta();
        let object = stage.on(|| export(&Work::object()));
        let _apartment = Apartment::multithreaded().unwrap();
        assert_eq!(thread_of(&import(&object)), Ok(stage.tid));
        drop(object);
        stage.end();
    }

    fn n091_a_call_into_the_mta_runs_elsewhere_and_the_sta_goes_on_serving() {
        let mut cookie = 0;
        // SAFETY: a writable place.
        assert_eq!(unsafe { CoIncrementMTAUsage(&raw mut cookie) }, S_OK);
        // This thread is in the MTA by the cookie.
        let object = export(&Work::object());
        let stage = Stage::sta();
        let served = stage.on(|| export(&Work::object()));
        let (from_sta, in_sta) = thread::scope(|scope| {
            let slow = scope.spawn(|| {
                stage.on(|| {
                    let work: IWork = import(&object);
                    // SAFETY: a live proxy.
                    assert_eq!(unsafe { work.Sleep(300) }, S_OK);
                    thread_of(&work).unwrap()
                })
            });
            thread::sleep(Duration::from_millis(50));
            let begun = Instant::now();
            let in_sta = thread_of(&import(&served)).unwrap();
            assert!(begun.elapsed() < Duration::from_millis(200), "served during the call");
            (slow.join().unwrap(), in_sta)
        });
        assert_eq!(in_sta, stage.tid);
        assert!(from_sta != stage.tid && from_sta != tid(), "on a worker of the MTA");
        drop((object, served));
        stage.end();
        assert_eq!(ALIVE.load(Ordering::SeqCst), 0);
    }

    fn n092_a_client_without_filter_sees_each_refusal() {
        let stage = Stage::sta();
        let object = stage.on(|| {
            let answers = [SERVERCALL_ISHANDLED, SERVERCALL_RETRYLATER, SERVERCALL_REJECTED];
            Filter::register(&answers, &[], 0);
            export(&Work::object())
        });
        let _apartment = sta();
        let work: IWork = import(&object);
        assert_eq!(thread_of(&work), Err(RPC_E_CALL_REJECTED));
        assert_eq!(thread_of(&work), Err(RPC_E_SERVERCALL_RETRYLATER));
        assert_eq!(thread_of(&work), Ok(stage.tid));
        let (call_type, caller) = (CALLTYPE_TOPLEVEL, tid());
        let asked = Seen::Incoming { call_type, caller, iid: IWork::IID, method: 3 };
        assert_eq!(seen(), [asked; 3], "the caller, the interface and the method are named");
        drop((work, object));
        stage.end();
        assert_eq!(ALIVE.load(Ordering::SeqCst), 0);
    }

    fn n093_a_client_with_a_filter_tries_until_it_is_handled() {
        let stage = Stage::sta();
        let object = stage.on(|| {
            let answers = [SERVERCALL_ISHANDLED, SERVERCALL_RETRYLATER, SERVERCALL_REJECTED];
            Filter::register(&answers, &[], 0);
            export(&Work::object())
        });
        let _apartment = sta();
        // At once, then after 150 ms.
        Filter::register(&[], &[150, 0], 0);
        let work: IWork = import(&object);
        let begun = Instant::now();
        assert_eq!(thread_of(&work), Ok(stage.tid));
        assert!(begun.elapsed() >= Duration::from_millis(150));
        let seen = seen();
        let refusals: Vec<_> =
            seen.into_iter().filter(|seen| matches!(seen, Seen::Refused { .. })).collect();
        let callee = stage.tid;
        assert_eq!(
            refusals,
            [
                Seen::Refused { reject: SERVERCALL_REJECTED, callee },
                Seen::Refused { reject: SERVERCALL_RETRYLATER, callee }
            ]
        );
        // A filter that gives up.
        stage.on(|| Filter::register(&[SERVERCALL_RETRYLATER], &[], 0));
        assert_eq!(thread_of(&work), Err(RPC_E_CALL_REJECTED));
        drop((work, object));
        stage.end();
    }

    fn n094_only_an_sta_has_a_filter() {
        let filter = Filter::object(&[], &[], 0);
        let mut old = 77 as *mut c_void;
        // SAFETY: a live object and a writable place.
        let refused = || unsafe { CoRegisterMessageFilter(filter.as_raw(), &raw mut old) };
        let mut refused = refused;
        assert_eq!(refused(), CO_E_NOT_SUPPORTED);
        let apartment = Apartment::multithreaded().unwrap();
        assert_eq!(refused(), CO_E_NOT_SUPPORTED);
        drop(apartment);
        let mut cookie = 0;
        // SAFETY: a writable place.
        assert_eq!(unsafe { CoIncrementMTAUsage(&raw mut cookie) }, S_OK);
        assert_eq!(refused(), CO_E_NOT_SUPPORTED);
        assert_eq!(old as usize, 77, "left alone");
    }

    fn n095_a_filter_gives_way_to_the_next_and_ends_with_its_apartment() {
        let apartment = sta();
        let (first, second) = (Filter::object(&[], &[], 0), Filter::object(&[], &[], 0));
        let mut old = 77 as *mut c_void;
        // SAFETY: live objects and writable places; each answer is a reference.
        unsafe {
            assert_eq!(CoRegisterMessageFilter(first.as_raw(), &raw mut old), S_OK);
            assert!(old.is_null());
            assert_eq!(CoRegisterMessageFilter(second.as_raw(), &raw mut old), S_OK);
            assert_eq!(old, first.as_raw());
            drop(IMessageFilter::from_raw(old));
            assert_eq!(CoRegisterMessageFilter(null_mut(), &raw mut old), S_OK);
            assert_eq!(old, second.as_raw());
            drop(IMessageFilter::from_raw(old));
            assert_eq!(CoRegisterMessageFilter(first.as_raw(), null_mut()), S_OK);
        }
        let weak = first.as_raw();
        assert!(!weak.is_null());
        drop(apartment);
        // SAFETY: a live object; its count is this test's own reference again.
        let count = unsafe {
            (first.vtable().base__.AddRef)(first.as_raw());
            (first.vtable().base__.Release)(first.as_raw())
        };
        assert_eq!(count, 1, "released when the apartment ended");
    }

    fn n098_a_quit_message_does_not_break_a_call_and_stays() {
        let _apartment = sta();
        let stage = Stage::sta();
        let object = stage.on(|| export(&Work::object()));
        let work: IWork = import(&object);
        PostQuitMessage(3);
        // SAFETY: a live proxy.
        assert_eq!(unsafe { work.Sleep(50) }, S_OK);
        let message = peek(true).unwrap();
        assert_eq!((message.message, message.wParam), (WM_QUIT, 3));
        drop((work, object));
        stage.end();
    }

    fn n099_what_a_wait_refuses() {
        let handle = event(false);
        let mut index = 77;
        // SAFETY: null or what is said.
        unsafe {
            let handles = [handle as HANDLE];
            let (one, place) = (handles.as_ptr(), &raw mut index);
            assert_eq!(CoWaitForMultipleHandles(0, 0, 1, one, null_mut()), E_INVALIDARG);
            assert_eq!(CoWaitForMultipleHandles(0, 0, 1, core::ptr::null(), place), E_INVALIDARG);
            assert_eq!(index, 0);
            assert_eq!(CoWaitForMultipleHandles(0, 0, 0, one, place), RPC_E_NO_SYNC);
        }
        assert_eq!(wait(0, 20, &[handle]), (RPC_S_CALLPENDING, 0));
        let _apartment = sta();
        assert_eq!(wait(0, 20, &[handle]), (RPC_S_CALLPENDING, 0));
        assert!(wait(0, 20, &[12345]).0.is_err());
    }

    fn n100_a_signalled_handle_comes_first_and_user_messages_stay() {
        let _apartment = sta();
        let object = export(&Work::object());
        let handle = event(true);
        let caller = begin(move || {
            let _apartment = Apartment::single_threaded().unwrap();
            let work: IWork = import(&object);
            let answer = thread_of(&work);
            drop((work, object));
            answer
        });
        until(|| crate::apartment::current().unwrap().queue_depth() == 1);
        assert!(post(tid(), WM_USER + 1, 0));
        assert_eq!(wait(0, 1000, &[handle]), (S_OK, 0));
        assert_eq!(crate::apartment::current().unwrap().queue_depth(), 1, "nothing was served");
        let later = event(false);
        let setter = begin(move || {
            thread::sleep(Duration::from_millis(100));
            set(later);
        });
        assert_eq!(wait(0, 5000, &[event(false), later]), (S_OK, 1));
        assert_eq!(caller.join().unwrap(), Ok(tid()), "served meanwhile");
        setter.join().unwrap();
        assert_eq!(peek(true).unwrap().message, WM_USER + 1, "the program's message stayed");
    }

    fn n102_a_thread_that_is_no_sta_only_waits() {
        for _ in 0..2 {
            assert!(post(tid(), WM_USER + 1, 0));
            assert_eq!(wait(0, 20, &[event(false)]), (RPC_S_CALLPENDING, 0));
            assert_eq!(peek(true).unwrap().message, WM_USER + 1);
        }
        let _apartment = Apartment::multithreaded().unwrap();
        assert!(post(tid(), WM_USER + 1, 0));
        assert_eq!(wait(0, 20, &[event(false)]), (RPC_S_CALLPENDING, 0));
        assert_eq!(peek(true).unwrap().message, WM_USER + 1);
    }

    fn n103_all_handles_and_messages_that_were_seen() {
        let _apartment = sta();
        let (first, second) = (event(true), event(false));
        assert_eq!(wait(1, 50, &[first, second]), (RPC_S_CALLPENDING, 0));
        let setter = begin(move || {
            thread::sleep(Duration::from_millis(50));
            set(second);
        });
        assert_eq!(wait(1, 5000, &[first, second]), (S_OK, 0));
        setter.join().unwrap();
        let never = event(false);
        assert!(post(tid(), WM_USER, 0));
        assert_eq!(message_wait(1000, 0, &[never]), 1, "something new");
        assert!(peek(false).is_some());
        assert_eq!(message_wait(30, 0, &[never]), WAIT_TIMEOUT, "it was seen");
        assert_eq!(message_wait(1000, INPUTAVAILABLE, &[never]), 1);
        assert_eq!(message_wait(1000, 0, &[first]), 0);
        let timer = SetTimer(null_mut(), 0, 20, None);
        assert_eq!(peek(true).unwrap().message, WM_USER);
        assert_eq!(message_wait(5000, 0, &[never]), 1, "a due timer");
        assert_eq!(KillTimer(null_mut(), timer), 1);
    }

    fn n105_cancellation_is_enabled_by_count() {
        assert_eq!(CoDisableCallCancellation(null_mut()), CO_E_CANCEL_DISABLED);
        assert_eq!(CoEnableCallCancellation(null_mut()), S_OK);
        assert_eq!(CoEnableCallCancellation(null_mut()), S_OK);
        assert_eq!(CoCancelCall(0, 0), E_NOINTERFACE, "no call is out");
        assert_eq!(CoDisableCallCancellation(null_mut()), S_OK);
        assert_eq!(CoDisableCallCancellation(null_mut()), S_OK);
        assert_eq!(CoDisableCallCancellation(null_mut()), CO_E_CANCEL_DISABLED);
        assert_eq!(CoCancelCall(0, 0), CO_E_CANCEL_DISABLED);
        assert_eq!(CoTestCancel(), RPC_E_CALL_COMPLETE);
    }
}

/// A scene for filters: an STA whose object calls back into this one.
fn callback(own: Stage, nested: bool) {
    let stage = Stage::sta();
    let back = own.on(|| {
        Filter::register(&[], &[], PENDINGMSG_WAITDEFPROCESS);
        export(&Work::object())
    });
    let there = stage.on(|| export(&Work::object()));
    let (tell, told) = std::sync::mpsc::channel();
    task(1, move || {
        if nested {
            tell.send(thread_of(&import(&back))).unwrap();
        } else {
            // Another thread, so another chain of calls.
            thread::scope(|scope| {
                scope.spawn(|| {
                    let _apartment = Apartment::single_threaded().unwrap();
                    tell.send(thread_of(&import(&back))).unwrap();
                });
            });
        }
        S_OK
    });
    own.on(|| {
        let work: IWork = import(&there);
        // SAFETY: a live proxy.
        assert_eq!(unsafe { work.Run(1) }, S_OK);
    });
    assert_eq!(told.recv().unwrap(), Ok(own.tid));
    drop(there);
    stage.end();
    own.end();
}

alone! {
    fn a_filter_tells_its_own_chain_from_a_strangers() {
        for (nested, expected) in [(true, CALLTYPE_NESTED), (false, CALLTYPE_TOPLEVEL_CALLPENDING)] {
            callback(Stage::sta(), nested);
            let types: Vec<_> = seen()
                .into_iter()
                .filter_map(|seen| match seen {
                    Seen::Incoming { call_type, .. } => Some(call_type),
                    _ => None,
                })
                .collect();
            assert_eq!(types, [expected]);
        }
    }

    fn a_message_makes_the_filter_decide_and_it_may_give_the_call_up() {
        let own = Stage::sta();
        let stage = Stage::sta();
        let object = stage.on(|| export(&Work::object()));
        for (answer, expected) in [
            (PENDINGMSG_WAITDEFPROCESS, S_OK),
            (PENDINGMSG_CANCELCALL, RPC_E_CALL_CANCELED),
        ] {
            let poster = own.tid;
            let posts = begin(move || {
                thread::sleep(Duration::from_millis(60));
                assert!(post(poster, WM_USER + 1, 0));
            });
            let (code, took) = own.on(|| {
                Filter::register(&[], &[], answer);
                let work: IWork = import(&object);
                let begun = Instant::now();
                // SAFETY: a live proxy.
                let code = unsafe { work.Sleep(400) };
                assert_eq!(peek(true).unwrap().message, WM_USER + 1, "the message stays");
                (code, begun.elapsed())
            });
            posts.join().unwrap();
            assert_eq!(code, expected);
            assert_eq!(took < Duration::from_millis(300), expected == RPC_E_CALL_CANCELED);
            assert_eq!(seen(), [Seen::Message { pending: PENDINGTYPE_TOPLEVEL }]);
        }
        drop(object);
        stage.end();
        own.end();
        assert_eq!(ALIVE.load(Ordering::SeqCst), 0);
    }

    fn a_call_is_cancelled_from_another_thread_and_the_callee_can_see_it() {
        let stage = Stage::sta();
        let object = stage.on(|| export(&Work::object()));
        for sta in [true, false] {
            let (began, begun) = std::sync::mpsc::channel();
            let (saw, seen) = std::sync::mpsc::channel();
            let (go_on, told) = std::sync::mpsc::channel();
            task(1, move || {
                assert_eq!(CoTestCancel(), RPC_S_CALLPENDING);
                began.send(()).unwrap();
                until(|| CoTestCancel() == RPC_E_CALL_CANCELED);
                saw.send(()).unwrap();
                // Not before its caller has gone, or the call would simply be over.
                told.recv().unwrap();
                S_OK
            });
            thread::scope(|scope| {
                let (number, numbers) = std::sync::mpsc::channel();
                let object = &object;
                let caller = scope.spawn(move || {
                    let _apartment =
                        if sta { Apartment::single_threaded() } else { Apartment::multithreaded() };
                    let work: IWork = import(object);
                    assert_eq!(CoEnableCallCancellation(null_mut()), S_OK);
                    number.send(tid()).unwrap();
                    // SAFETY: a live proxy.
                    let code = unsafe { work.Run(1) };
                    assert_eq!(CoDisableCallCancellation(null_mut()), S_OK);
                    code
                });
                let caller_tid = numbers.recv().unwrap().cast_unsigned();
                begun.recv().unwrap();
                assert_eq!(CoCancelCall(caller_tid, 0), S_OK);
                assert_eq!(caller.join().unwrap(), RPC_E_CALL_CANCELED);
                // The callee went on, and knows.
                seen.recv().unwrap();
                go_on.send(()).unwrap();
                assert_eq!(CoCancelCall(caller_tid, 0), CO_E_CANCEL_DISABLED);
            });
        }
        drop(object);
        stage.end();
        assert_eq!(ALIVE.load(Ordering::SeqCst), 0);
    }

    fn a_call_that_ends_in_the_time_it_is_given_is_not_cancelled() {
        let stage = Stage::sta();
        let object = stage.on(|| export(&Work::object()));
        let _apartment = Apartment::multithreaded().unwrap();
        assert_eq!(CoEnableCallCancellation(null_mut()), S_OK);
        let own = tid().cast_unsigned();
        let canceller = begin(move || {
            until(|| CoCancelCall(own, 5) == S_OK);
            CoCancelCall(own, 5)
        });
        let work: IWork = import(&object);
        // SAFETY: a live proxy.
        assert_eq!(unsafe { work.Sleep(200) }, S_OK);
        assert_eq!(canceller.join().unwrap(), RPC_E_CALL_CANCELED, "it had been asked already");
        drop((work, object));
        stage.end();
    }

    fn n097_no_call_leaves_an_input_synchronous_method() {
        let stage = Stage::sta();
        let other = Stage::sta();
        let there = other.on(|| export(&Work::object()));
        let info = crate::call::CallInfo {
            iid: IWork::IID,
            method: 3,
            stub: None,
            kind: crate::call::CallKind::InputSynchronous,
        };
        let answer = crate::call::invoke(&stage.apartment, || info, || thread_of(&import(&there)));
        assert_eq!(answer, Ok(Err(RPC_E_CANTCALLOUT_ININPUTSYNCCALL)));
        drop(there);
        stage.end();
        other.end();
    }
}
