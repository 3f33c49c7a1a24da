//! Looks whether anything goes on, and says who waits for whom if not.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use observe::graph::circles;
use observe::wait::{Wait, list};

/// How often it looks.
const LOOK: Duration = Duration::from_secs(1);
/// So many looks without a step are a hang.
const PATIENCE: u32 = 15;

/// See [`watch`].
pub struct Watchdog {
    end: Sender<()>,
    thread: JoinHandle<()>,
}

/// Looks at the steps until it is ended; ends the process when there are none for
/// too long.
pub fn watch(steps: impl Fn() -> u64 + Send + 'static) -> Watchdog {
    let (end, ended) = channel();
    let thread = crate::fixture_tests::thread(move || {
        let (mut before, mut looks) = (u64::MAX, 0);
        while let Err(RecvTimeoutError::Timeout) = ended.recv_timeout(LOOK) {
            let now = steps();
            looks = if now == before { looks + 1 } else { 0 };
            before = now;
            if looks == PATIENCE {
                println!("{}", report(&list()));
                std::process::abort();
            }
        }
    });
    Watchdog { end, thread }
}

impl Watchdog {
    pub fn end(self) {
        drop(self.end);
        self.thread.join().unwrap();
    }
}

/// Who waits for whom, the circles first.
pub fn report(waits: &[Wait]) -> String {
    let arrows: Vec<_> = waits.iter().map(Wait::arrow).collect();
    let line = |wait: &Wait| {
        let holder = wait.holder.map_or("nobody known".into(), |tid| tid.to_string());
        let begun = if wait.has_begun { "" } else { ", not begun" };
        format!("  {} ({}): {}, held by {holder}{begun}\n", wait.tid, wait.apartment, wait.what)
    };
    let mut text = String::from("nothing goes on\n");
    for circle in circles(&arrows) {
        text += "a circle:\n";
        text.extend(circle.iter().filter_map(|at| waits.get(*at)).map(line));
    }
    text += "all waits:\n";
    text.extend(waits.iter().map(line));
    text
}

#[test]
fn a_report_names_the_circle() {
    let wait = |tid, holder| Wait {
        tid,
        apartment: observe::thread::ApartmentLabel::Mta,
        identity: None,
        what: "a test",
        holder: Some(holder),
        has_begun: true,
        serves: false,
        is_running: false,
        since: std::time::Instant::now(),
    };
    let text = report(&[wait(1, 2), wait(2, 1), wait(3, 1)]);
    assert!(text.contains("a circle:\n  1 (mta): a test, held by 2\n  2 (mta)"), "{text}");
}
