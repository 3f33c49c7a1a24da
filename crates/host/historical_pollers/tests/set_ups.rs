//! The historical design hangs where the document says so, and only there, and
//! never longer than its container allows.
//!
//! The program is its own child, so it has a small harness of its own.

use std::fs;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use historical_pollers::{Report, SetUp, contain, main_of_child};

/// How often each set-up is run.
const TIMES: usize = 20;
/// Children side by side.
const SIDE: usize = 10;
/// Time for a child that hangs; it is waiting after a twentieth of that.
const BOUND: Duration = Duration::from_millis(1_500);
/// Time for one that does not, on a busy machine.
const AMPLE: Duration = Duration::from_secs(20);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [verb, setup, name] = &*arguments
        && (&**verb, &**setup) == ("historical-pollers", "--setup")
    {
        return main_of_child(name.parse().expect("a set-up"));
    }
    if arguments.iter().any(|argument| argument == "--list") {
        return ExitCode::SUCCESS;
    }
    let tests: [(&str, fn()); 5] = [
        ("without_impersonation_it_comes_to_its_end", without_impersonation_it_comes_to_its_end),
        ("with_one_user_it_comes_to_its_end", with_one_user_it_comes_to_its_end),
        ("with_several_users_it_hangs_and_is_ended", with_several_users_it_hangs_and_is_ended),
        ("a_release_before_the_pollers_start_hangs", a_release_before_the_pollers_start_hangs),
        ("a_program_that_cannot_run_it_is_an_error", a_program_that_cannot_run_it_is_an_error),
    ];
    for (name, test) in tests {
        if arguments.iter().all(|filter| filter.starts_with('-') || name.contains(&**filter)) {
            test();
            println!("test {name} ... ok");
        }
    }
    ExitCode::SUCCESS
}

/// Runs a set-up many times, some side by side, and looks at each report.
fn many_times(set_up: SetUp, look: fn(&Report)) {
    let begin = Instant::now();
    let program = std::env::current_exe().unwrap();
    let bound = if set_up.hangs() { BOUND } else { AMPLE };
    std::thread::scope(|scope| {
        for _ in 0..SIDE {
            scope.spawn(|| {
                for _ in 0..TIMES / SIDE {
                    let report = contain(&program, set_up, bound).unwrap();
                    assert_eq!(report.hung, set_up.hangs(), "{report:#?}");
                    look(&report);
                }
            });
        }
    });
    println!("{set_up}: {TIMES} times in {:?}", begin.elapsed());
    assert_eq!(children(), Vec::<String>::new(), "nothing is left");
}

/// The children of this process, also those that were not reaped.
fn children() -> Vec<String> {
    let own = format!("PPid:\t{}\n", std::process::id());
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let status = |entry: fs::DirEntry| fs::read_to_string(entry.path().join("status")).ok();
    processes.filter_map(status).filter(|status| status.contains(&own)).collect()
}

fn has_ended(report: &Report) {
    assert!(report.lines.last().unwrap().ends_with(" done"));
    assert!(report.lines.iter().any(|line| line.contains("exits and signals the end")));
    assert!(report.waiting.is_empty() && report.hang().is_none());
}

fn without_impersonation_it_comes_to_its_end() {
    many_times(SetUp::None, has_ended);
}

fn with_one_user_it_comes_to_its_end() {
    many_times(SetUp::OneUser, |report| {
        has_ended(report);
        assert!(report.lines.iter().any(|line| line.contains(" user1 connects")));
    });
}

fn with_several_users_it_hangs_and_is_ended() {
    many_times(SetUp::Several, |report| {
        assert_eq!(report.waiting.len(), 3, "{report:#?}");
        let mut who: Vec<_> = report.waiting.iter().map(|waiting| &*waiting.who).collect();
        who.sort_unstable();
        assert_eq!(who, ["user1", "user2", "user3"]);
        for waiting in &report.waiting {
            let poller = waiting.poller.as_deref().expect("the poller said how it ended");
            assert!(poller.contains("exited without a signal: none of"), "{poller}");
        }
        assert!(report.killed_after.unwrap() < BOUND * 10);
    });
    let report = contain(&std::env::current_exe().unwrap(), SetUp::Several, BOUND).unwrap();
    println!("{}", report.hang().unwrap());
}

fn a_release_before_the_pollers_start_hangs() {
    many_times(SetUp::StartUpRace, |report| {
        assert_eq!(report.waiting.len(), 1, "{report:#?}");
        assert_eq!(report.waiting[0].poller, None, "it is there, and missed the request");
    });
}

fn a_program_that_cannot_run_it_is_an_error() {
    assert!(contain("/nowhere/at/all".as_ref(), SetUp::None, BOUND).is_err());
    assert!(contain("/bin/false".as_ref(), SetUp::None, BOUND).is_err());
}
