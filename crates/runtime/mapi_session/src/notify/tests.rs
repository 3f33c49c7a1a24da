//! Sinks that call back, block and panic.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Instant;

use super::*;

fn change() -> Notification {
    Notification::Object(Change {
        kind: ChangeKind::Created,
        object_type: 5,
        entry: EntryId(vec![1]),
        parent: Some(EntryId(vec![2])),
        old_parent: None,
    })
}

struct Calls<F>(F);

impl<F: Fn(&[Notification]) + Send + Sync> Sink for Calls<F> {
    fn notify(&self, notifications: &[Notification]) {
        (self.0)(notifications);
    }
}

fn all() -> Interest {
    Interest { mask: u32::MAX, entry: None }
}

fn advise(
    sinks: &Sinks,
    interest: Interest,
    sink: impl Fn(&[Notification]) + Send + Sync + 'static,
) -> usize {
    sinks.advise(interest, Arc::new(Calls(sink)), |_| Ok(None)).unwrap()
}

#[test]
fn a_sink_is_told_what_it_wants_and_nothing_else() {
    let sinks = Sinks::new();
    let (told, heard): (Sender<usize>, Receiver<usize>) = channel();
    let told = Mutex::new(told);
    let interest = Interest { mask: event::OBJECT_CREATED, entry: Some(EntryId(vec![2])) };
    advise(&sinks, interest, move |n| told.lock().unwrap().send(n.len()).unwrap());
    sinks.tell(&Notification::TableChanged);
    let Notification::Object(mut other) = change() else { unreachable!() };
    other.parent = None;
    sinks.tell(&Notification::Object(other));
    assert!(heard.recv_timeout(Duration::from_millis(50)).is_err());
    sinks.tell(&change());
    assert_eq!(heard.recv_timeout(SINK_BOUND), Ok(1));
}

#[test]
fn a_sink_may_take_itself_back_from_within() {
    let sinks = Arc::new(Sinks::new());
    let (told, heard) = channel();
    let told = Mutex::new(told);
    let (inner, number) = (Arc::clone(&sinks), Arc::new(AtomicUsize::new(0)));
    let own = Arc::clone(&number);
    let connection = advise(&sinks, all(), move |_| {
        while own.load(Ordering::Acquire) == 0 {
            std::thread::yield_now();
        }
        let result = inner.unadvise(own.load(Ordering::Acquire));
        told.lock().unwrap().send(result).unwrap();
    });
    sinks.tell(&change());
    number.store(connection, Ordering::Release);
    assert_eq!(heard.recv_timeout(SINK_BOUND).unwrap(), Ok(()));
    sinks.tell(&change());
    assert!(heard.recv_timeout(Duration::from_millis(50)).is_err(), "no further call");
    assert_eq!(sinks.unadvise(connection).unwrap_err().code, Code::NOT_FOUND);
}

#[test]
fn a_sink_that_blocks_or_panics_delays_nobody_else() {
    let sinks = Sinks::new();
    let (block, blocked) = channel::<()>();
    let blocked = Mutex::new(blocked);
    let first = advise(&sinks, all(), move |_| {
        let _ = blocked.lock().unwrap().recv();
    });
    advise(&sinks, all(), |_| panic!("on purpose"));
    let (told, heard) = channel();
    let told = Mutex::new(told);
    advise(&sinks, all(), move |n| told.lock().unwrap().send(n.len()).unwrap());
    for _ in 0..100 {
        sinks.tell(&change());
    }
    let mut seen = 0;
    while seen < 100 {
        seen += heard.recv_timeout(SINK_BOUND).unwrap();
    }
    let since = Instant::now();
    let queue = Arc::clone(&sinks.lock().sinks[&first].queue);
    assert_eq!(queue.close(Duration::from_millis(50)).unwrap_err().code, Code::TIMEOUT);
    assert!(since.elapsed() < SINK_BOUND, "waiting for it is bounded");
    drop(block);
    assert_eq!(sinks.unadvise(first), Ok(()));
    sinks.close();
    drain(SINK_BOUND).unwrap();
}

#[test]
fn too_many_notifications_become_one_word() {
    let sinks = Sinks::new();
    let (go, wait) = channel::<()>();
    let wait = Mutex::new(wait);
    let (told, heard) = channel();
    let told = Mutex::new(told);
    advise(&sinks, all(), move |n| {
        told.lock().unwrap().send(n.to_vec()).unwrap();
        let _ = wait.lock().unwrap().recv();
    });
    sinks.tell(&change());
    assert_eq!(heard.recv_timeout(SINK_BOUND).unwrap().len(), 1);
    for _ in 0..=queue::MAX_WAITING {
        sinks.tell(&change());
    }
    drop(go);
    let batch = heard.recv_timeout(SINK_BOUND).unwrap();
    assert_eq!(batch, [Notification::TableChanged, change()]);
}
