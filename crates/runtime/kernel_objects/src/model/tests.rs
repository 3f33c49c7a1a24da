//! Models of the protocols, run by loom in every order of steps. See README.md
//! for the command.

use std::time::Duration;

use loom::sync::Arc;
use loom::thread;

use crate::critical_section::CriticalSection;
use crate::database::{Database, WAIT_TIMEOUT};
use crate::futex::{AtomicU32, Ordering};
use crate::handle::Handle;
use crate::object::State;
use crate::slim_lock::{Mode, SlimLock};

const SOON: Option<Duration> = Some(Duration::from_millis(1));

fn auto_event() -> State {
    State::Event { manual: false, set: false }
}

fn create(database: &Database, state: State) -> Handle {
    database.with(|dispatcher| dispatcher.create(None, state)).unwrap().0
}

fn set(database: &Database, event: Handle) {
    database.with(|dispatcher| {
        let id = dispatcher.resolve(event).unwrap();
        dispatcher.put_event(id, true).unwrap();
    });
}

#[test]
fn a_signal_ends_a_wait_whenever_it_comes() {
    loom::model(|| {
        let database = Arc::new(Database::default());
        let event = create(&database, auto_event());
        let other = Arc::clone(&database);
        let waiter = thread::spawn(move || other.wait(1, &[event], false, None));
        set(&database, event);
        assert_eq!(waiter.join().unwrap(), Ok(0));
        assert_eq!(database.wait(2, &[event], false, Some(Duration::ZERO)), Ok(WAIT_TIMEOUT));
    });
}

#[test]
fn one_signal_ends_one_wait_also_when_a_time_is_over_meanwhile() {
    loom::model(|| {
        let database = Arc::new(Database::default());
        let event = create(&database, auto_event());
        let other = Arc::clone(&database);
        let waiter = thread::spawn(move || other.wait(1, &[event], false, SOON).unwrap());
        set(&database, event);
        let left = database.wait(2, &[event], false, Some(Duration::ZERO)).unwrap();
        let got = waiter.join().unwrap();
        // A time-out takes nothing: the signal is with one of the two.
        let still = database.wait(2, &[event], false, Some(Duration::ZERO)).unwrap();
        let holders = [left, got, still].iter().filter(|outcome| **outcome == 0).count();
        assert_eq!(holders, 1, "{left} {got} {still}");
    });
}

#[test]
fn waits_for_all_in_opposite_order_both_end() {
    loom::model(|| {
        let database = Arc::new(Database::default());
        let first = create(&database, State::new_mutex(0));
        let second = create(&database, State::new_mutex(0));
        let both = |database: &Database, tid, order: [Handle; 2]| {
            assert_eq!(database.wait(tid, &order, true, None), Ok(0));
            for mutex in order {
                database.with(|dispatcher| {
                    let id = dispatcher.resolve(mutex).unwrap();
                    dispatcher.release_mutex(id, tid).unwrap();
                });
            }
        };
        let other = Arc::clone(&database);
        let thread = thread::spawn(move || both(&other, 1, [first, second]));
        both(&database, 2, [second, first]);
        thread.join().unwrap();
    });
}

#[test]
fn a_handle_may_be_closed_while_its_object_is_waited_on() {
    loom::model(|| {
        let database = Arc::new(Database::default());
        let event = create(&database, auto_event());
        let other = Arc::clone(&database);
        let waiter = thread::spawn(move || other.wait(1, &[event], false, None));
        database.with(|dispatcher| {
            let id = dispatcher.resolve(event).unwrap();
            dispatcher.close(event).unwrap();
            // Too late for a wait that has not begun; one that has gets it.
            let _ = dispatcher.put_event(id, true);
        });
        assert!(matches!(waiter.join().unwrap(), Ok(0) | Err(crate::Error::InvalidHandle)));
    });
}

/// The planted fault: between looking and registering the lock is free.
fn wait_in_two_steps(database: &Database, event: Handle) {
    let looked = database.with(|dispatcher| {
        let id = dispatcher.resolve(event).unwrap();
        dispatcher.try_acquire(1, &[id], false)
    });
    if looked.is_none() {
        let (_, signal) = database.with(|dispatcher| {
            let id = dispatcher.resolve(event).unwrap();
            dispatcher.register(1, vec![id], false, None)
        });
        signal.sleep(None);
    }
}

#[test]
#[should_panic(expected = "deadlock")]
fn the_model_finds_a_wait_that_looks_and_registers_in_two_steps() {
    loom::model(|| {
        // Not loom's: that one does not survive the unwinding of a found fault.
        let database = std::sync::Arc::new(Database::default());
        let event = create(&database, auto_event());
        let other = std::sync::Arc::clone(&database);
        let waiter = thread::spawn(move || wait_in_two_steps(&other, event));
        set(&database, event);
        waiter.join().unwrap();
    });
}

fn section_of(threads: i32) -> impl Fn() + Sync + Send + 'static {
    let enter = |shared: &(CriticalSection, AtomicU32), tid| {
        shared.0.enter(tid);
        let before = shared.1.load(Ordering::Relaxed);
        shared.1.store(before + 1, Ordering::Relaxed);
        // SAFETY: alive as long as the model.
        unsafe { CriticalSection::leave(&raw const shared.0, tid) };
    };
    move || {
        let shared = Arc::new((CriticalSection::new(0), AtomicU32::new(0)));
        let start = |tid| {
            let other = Arc::clone(&shared);
            thread::spawn(move || enter(&other, tid))
        };
        let others: Vec<_> = (1..threads).map(start).collect();
        enter(&shared, threads);
        others.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(shared.1.load(Ordering::Relaxed), threads.cast_unsigned());
    }
}

#[test]
fn two_threads_are_never_in_one_section_and_none_sleeps_for_ever() {
    loom::model(section_of(2));
}

#[test]
fn of_three_threads_none_sleeps_for_ever_though_one_is_woken_at_a_time() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(section_of(3));
}

#[test]
fn a_reader_and_a_writer_exclude_each_other_and_none_sleeps_for_ever() {
    loom::model(|| {
        let shared = Arc::new((SlimLock::new(), AtomicU32::new(0)));
        let other = Arc::clone(&shared);
        let writer = thread::spawn(move || {
            other.0.acquire(Mode::Exclusive, 1);
            other.1.store(1, Ordering::Relaxed);
            other.1.store(2, Ordering::Relaxed);
            // SAFETY: alive as long as the model.
            unsafe { SlimLock::release(&raw const other.0, Mode::Exclusive) };
        });
        shared.0.acquire(Mode::Shared, 2);
        assert_ne!(shared.1.load(Ordering::Relaxed), 1);
        // SAFETY: as above.
        unsafe { SlimLock::release(&raw const shared.0, Mode::Shared) };
        writer.join().unwrap();
    });
}
