//! Synchronised contexts: one chain of calls at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use com_abi::codes::{CONTEXT_E_SYNCH_TIMEOUT, E_FAIL, S_OK};
use com_abi::{GUID, HRESULT};
use observe::thread::tid;
use partywall::com::Apartment;
use partywall::context::{Synchronization, Where};
use partywall::{AgileRef, Context};

use super::{alive, object_in, plain};
use crate::contexts::activity::Activity;
use crate::stage_tests::{IWork, Stage, Work, begin, export, import, task, thread_of, until};

const SHORT: Duration = Duration::from_millis(60);
const LONG: Duration = Duration::from_secs(50);

fn required() -> Context {
    Context::new().synchronisation(Synchronization::Required).create().unwrap()
}

fn run(object: &IWork, number: u32) -> HRESULT {
    // SAFETY: a live interface.
    unsafe { object.Run(number) }
}

/// What this thread is seen to wait for, and for whom.
fn waits() -> Vec<(i32, Option<i32>)> {
    let all = observe::wait::list().into_iter();
    all.filter(|wait| wait.what == "a synchronised context")
        .map(|wait| (wait.tid, wait.holder))
        .collect()
}

alone! {
    fn two_threads_of_the_mta_are_not_in_a_synchronised_context_at_once() {
        static IN: AtomicUsize = AtomicUsize::new(0);
        static MOST: AtomicUsize = AtomicUsize::new(0);
        let _mta = Apartment::multithreaded().unwrap();
        let both = |context: Context| {
            IN.store(0, Ordering::SeqCst);
            MOST.store(0, Ordering::SeqCst);
            let all: Vec<_> = (0..4).map(|_| {
                let context = context.clone();
                begin(move || for _ in 0..25 {
                    context.run(|| {
                        let now = IN.fetch_add(1, Ordering::SeqCst) + 1;
                        MOST.fetch_max(now, Ordering::SeqCst);
                        std::thread::sleep(Duration::from_micros(300));
                        IN.fetch_sub(1, Ordering::SeqCst);
                    }).unwrap();
                })
            }).collect();
            all.into_iter().for_each(|thread| thread.join().unwrap());
            MOST.load(Ordering::SeqCst)
        };
        assert_eq!(both(required()), 1);
        assert!(both(plain()) > 1, "without the property they are");
    }

    fn a_wait_has_a_name_a_holder_and_an_end() {
        let _mta = Apartment::multithreaded().unwrap();
        let context = Context::new().synchronisation(Synchronization::Required)
            .longest_wait(SHORT).create().unwrap();
        let (entered, is_in) = channel();
        let (end, ended) = channel::<()>();
        let inside = context.clone();
        let holder = begin(move || inside.run(move || {
            entered.send(tid()).unwrap();
            ended.recv().unwrap();
        }));
        let who = is_in.recv().unwrap();
        let waiting = begin(|| { until(|| !waits().is_empty()); waits() });
        let begun = Instant::now();
        assert_eq!(context.run(|| ()), Err(CONTEXT_E_SYNCH_TIMEOUT));
        assert!(begun.elapsed() >= SHORT);
        assert_eq!(waiting.join().unwrap(), [(tid(), Some(who))]);
        assert_eq!(waits(), []);
        end.send(()).unwrap();
        holder.join().unwrap().unwrap();
        assert_eq!(context.run(|| 7), Ok(7), "it is free again");
    }

    fn a_call_that_comes_back_in_the_same_chain_passes() {
        let stage = Stage::sta();
        let _mta = Apartment::multithreaded().unwrap();
        let context = required();
        let marshaled = object_in(&context);
        let inner: IWork = import(&marshaled);
        // In the STA: calls the object in the context.
        let back = stage.on(|| AgileRef::new(&import::<IWork>(&marshaled)).unwrap());
        task(2, move || thread_of(&back.resolve().unwrap()).map_or_else(|code| code, |_| S_OK));
        let there = stage.on(|| export(&Work::object()));
        // In the context: calls the object in the STA.
        let away = AgileRef::new(&import::<IWork>(&there)).unwrap();
        task(1, move || run(&away.resolve().unwrap(), 2));
        assert_eq!(run(&inner, 1), S_OK);
        assert_eq!(thread_of(&inner), Ok(tid()), "it is free again");
        drop((inner, marshaled, there));
        stage.end();
        assert_eq!(alive(), 0);
    }

    fn another_chain_on_the_same_stack_is_refused_at_once() {
        let (stage, other) = (Stage::sta(), Stage::sta());
        let _mta = Apartment::multithreaded().unwrap();
        let context = stage.on(required);
        let marshaled = object_in(&context);
        let object: IWork = import(&marshaled);
        let far = other.on(|| export(&Work::object()));
        let away = AgileRef::new(&import::<IWork>(&far)).unwrap();
        // In the context, on its STA: a call that is out for a while.
        // SAFETY: a live interface.
        task(1, move || unsafe { away.resolve().unwrap().Sleep(400) });
        let first = AgileRef::new(&object).unwrap();
        let chain = begin(move || run(&first.resolve().unwrap(), 1));
        std::thread::sleep(Duration::from_millis(100));
        let begun = Instant::now();
        assert_eq!(thread_of(&object), Err(CONTEXT_E_SYNCH_TIMEOUT));
        assert!(begun.elapsed() < Duration::from_millis(300), "not after a minute");
        assert_eq!(chain.join().unwrap(), S_OK);
        assert_eq!(thread_of(&object), Ok(stage.tid));
        drop((object, marshaled, far));
        stage.end();
        other.end();
    }

    fn an_sta_that_waits_goes_on_serving() {
        let stage = Stage::sta();
        let _mta = Apartment::multithreaded().unwrap();
        let context = Context::new().synchronisation(Synchronization::Required)
            .place(Where::Neutral).create().unwrap();
        let there = stage.on(|| export(&Work::object()));
        let object = AgileRef::new(&import::<IWork>(&there)).unwrap();
        let (entered, is_in) = channel();
        let (wants, wanted) = channel::<()>();
        let inside = context.clone();
        let home = stage.tid;
        let owner = begin(move || inside.run(move || {
            entered.send(()).unwrap();
            wanted.recv().unwrap();
            until(|| waits().iter().any(|(tid, _)| *tid == home));
            thread_of(&object.resolve().unwrap())
        }));
        is_in.recv().unwrap();
        let inside = context.clone();
        let waiter = stage.on(move || {
            wants.send(()).unwrap();
            inside.run(tid)
        });
        assert_eq!(waiter, Ok(home));
        assert_eq!(owner.join().unwrap(), Ok(Ok(home)), "called while it waited");
        drop(there);
        stage.end();
    }

    fn an_activity_spans_contexts() {
        let _mta = Apartment::multithreaded().unwrap();
        let outer = required();
        let made = |how| outer.run(|| {
            Context::new().synchronisation(how).longest_wait(SHORT).create().unwrap()
        }).unwrap();
        let shared = [made(Synchronization::Supported), made(Synchronization::Required)];
        let apart = [
            made(Synchronization::Disabled),
            made(Synchronization::NotSupported),
            made(Synchronization::RequiresNew),
        ];
        let (entered, is_in) = channel();
        let (end, ended) = channel::<()>();
        let holder = begin(move || outer.run(move || {
            entered.send(()).unwrap();
            ended.recv().unwrap();
        }));
        is_in.recv().unwrap();
        for context in &shared {
            assert_eq!(context.run(|| ()), Err(CONTEXT_E_SYNCH_TIMEOUT));
        }
        for context in &apart {
            assert_eq!(context.run(|| ()), Ok(()));
        }
        // Supported without a creator's activity is none.
        let free = Context::new().synchronisation(Synchronization::Supported).create().unwrap();
        let nested = free.clone();
        assert_eq!(free.run(|| begin(move || nested.run(|| 1)).join().unwrap()), Ok(Ok(1)));
        end.send(()).unwrap();
        holder.join().unwrap().unwrap();
        assert_eq!(shared[0].run(|| shared[1].run(|| 5)), Ok(Ok(5)), "one chain in both");
    }

    fn a_panic_leaves_the_activity() {
        let _mta = Apartment::multithreaded().unwrap();
        let context = required();
        let inside = context.clone();
        let thread = begin(move || {
            let _: Result<(), HRESULT> = inside.run(|| panic!("planted"));
        });
        assert!(thread.join().is_err());
        assert_eq!(context.run(|| 3), Ok(3));
    }
}

#[test]
fn the_lock_is_handed_over_in_the_order_of_asking() {
    let activity = Arc::new(Activity::default());
    let chain = GUID::from_u128;
    let order = Arc::new(std::sync::Mutex::new(Vec::new()));
    let first = activity.enter(chain(1), LONG).unwrap();
    assert!(activity.enter(chain(2), LONG).is_err(), "on its own stack");
    let again = activity.enter(chain(1), LONG).unwrap();
    let mut threads = Vec::new();
    for number in 2..5u128 {
        let (activity, order, before) = (Arc::clone(&activity), Arc::clone(&order), number - 2);
        let own = Arc::clone(&activity);
        threads.push(begin(move || {
            let _inside = own.enter(chain(number), LONG).map_err(|_| E_FAIL).unwrap();
            order.lock().unwrap().push(number);
        }));
        until(|| activity.waiting() as u128 == before + 1);
    }
    drop(first);
    assert!(order.lock().unwrap().is_empty(), "the chain is still in it");
    drop(again);
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    assert_eq!(*order.lock().unwrap(), [2, 3, 4]);
    assert!(activity.is_free());
}
