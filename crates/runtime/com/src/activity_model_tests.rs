//! The lock of synchronised contexts in every order of steps (`cargo xtask models`).

use std::sync::Arc;

use loom::cell::UnsafeCell;
use loom::thread;

use crate::contexts::activity::Activity;
use crate::contexts::activity::model::{enter, try_enter, walk_away};
use crate::slot::Waiter;
use crate::sync::current;

/// What only the owner touches: the model finds every use that the lock does not
/// order.
struct Guarded {
    activity: Activity,
    memory: UnsafeCell<u32>,
}

// SAFETY: that it is used by one thread at a time is what the models check.
unsafe impl Sync for Guarded {}

impl Guarded {
    fn new() -> Arc<Self> {
        Arc::new(Self { activity: Activity::default(), memory: UnsafeCell::new(0) })
    }

    fn add(&self) {
        // SAFETY: see the type.
        self.memory.with_mut(|count| unsafe { *count += 1 });
    }

    fn count(&self) -> u32 {
        // SAFETY: as above.
        self.memory.with(|count| unsafe { *count })
    }
}

fn own() -> Waiter {
    Waiter::Thread(current())
}

#[test]
fn of_three_chains_each_is_in_alone_and_nobody_waits_for_ever() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let shared = Guarded::new();
        let others = [1, 2].map(|chain| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                let _inside = enter(&shared.activity, chain, own());
                shared.add();
            })
        });
        {
            let _inside = enter(&shared.activity, 3, own());
            shared.add();
        }
        others.into_iter().for_each(|other| other.join().unwrap());
        assert_eq!(shared.count(), 3);
    });
}

#[test]
fn the_same_chain_enters_again_and_leaves_as_often() {
    loom::model(|| {
        let shared = Guarded::new();
        let other = Arc::clone(&shared);
        let other = thread::spawn(move || {
            let _inside = enter(&other.activity, 1, own());
            other.add();
        });
        {
            let _outer = enter(&shared.activity, 2, own());
            drop(enter(&shared.activity, 2, own()));
            // Still in: the inner entry was not the last.
            shared.add();
        }
        other.join().unwrap();
        assert_eq!(shared.count(), 2);
    });
}

#[test]
fn whoever_gives_up_is_in_or_was_never_there() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let shared = Guarded::new();
        let hasty = Arc::clone(&shared);
        let hasty = thread::spawn(move || match try_enter(&hasty.activity, 1, own()) {
            Some(_inside) => {
                hasty.add();
                1
            }
            None => 0,
        });
        let patient = Arc::clone(&shared);
        let patient = thread::spawn(move || {
            let _inside = enter(&patient.activity, 2, own());
            patient.add();
        });
        {
            let _inside = enter(&shared.activity, 3, own());
            shared.add();
        }
        patient.join().unwrap();
        let entered = hasty.join().unwrap();
        assert_eq!(shared.count(), 2 + entered);
    });
}

/// A planted fault: a chain that gives up does not look whether the lock was handed
/// to it. The model has to find the next one, which waits for ever.
#[test]
#[should_panic(expected = "deadlock")]
fn the_model_finds_a_lock_that_is_handed_to_somebody_who_has_gone() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let shared = Guarded::new();
        let hasty = Arc::clone(&shared);
        let hasty = thread::spawn(move || walk_away(&hasty.activity, 1, own()));
        {
            let _inside = enter(&shared.activity, 3, own());
            shared.add();
        }
        drop(enter(&shared.activity, 3, own()));
        hasty.join().unwrap();
    });
}
