//! C and C++ programs with threads, events, semaphores, mutexes and critical
//! sections, compiled with nothing but the headers and `-lpartywall`.
#![allow(missing_docs)]

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use tests::compile;

struct Programs {
    _folder: tempfile::TempDir,
    c: PathBuf,
    /// `None` on a machine without a C++ compiler.
    cpp: Option<PathBuf>,
}

fn programs() -> &'static Programs {
    static PROGRAMS: OnceLock<Programs> = OnceLock::new();
    PROGRAMS.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let c = compiled("cc", "-std=c11", "synchronisation.c", folder.path());
        let cpp =
            has_cpp().then(|| compiled("c++", "-std=c++17", "synchronisation.cpp", folder.path()));
        Programs { _folder: folder, c, cpp }
    })
}

fn has_cpp() -> bool {
    let has = Command::new("c++").arg("--version").output().is_ok();
    if !has {
        println!("skipped for lack of c++: this in C++");
    }
    has
}

fn compiled(compiler: &str, standard: &str, source: &str, folder: &Path) -> PathBuf {
    let output = folder.join(source.replace('.', "_"));
    compile(compiler, &[standard, "-pedantic", "-O1"], source, &output, true);
    output
}

fn run(program: &Path, case: &str) -> Output {
    Command::new(program).arg(case).output().expect("the program can be run")
}

fn succeeds(program: &Path, case: &str) {
    let output = run(program, case);
    let says = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{case}: {} {says}", output.status);
    print!("{case}: {}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn producers_and_consumers_share_a_buffer_by_semaphores() {
    succeeds(&programs().c, "producer_consumer");
}

#[test]
fn two_threads_pass_the_turn_ten_thousand_times_by_events() {
    succeeds(&programs().c, "ping_pong");
}

#[test]
fn a_wait_for_all_takes_everything_or_nothing() {
    succeeds(&programs().c, "wait_all");
}

#[test]
fn mutexes_of_a_thread_that_ended_are_abandoned() {
    succeeds(&programs().c, "abandoned_mutex");
}

#[test]
fn eight_threads_in_one_critical_section_lose_no_count() {
    succeeds(&programs().c, "contention");
}

#[test]
fn each_thread_has_its_own_storage() {
    succeeds(&programs().c, "thread_storage");
}

#[test]
fn threads_start_suspended_use_their_stack_and_leave_a_code() {
    succeeds(&programs().c, "threads");
}

#[test]
fn waits_end_when_their_time_is_over() {
    succeeds(&programs().c, "timeouts");
}

#[test]
fn names_find_objects_of_the_same_kind() {
    succeeds(&programs().c, "names");
}

#[test]
fn cpp_threads_serve_a_queue_and_exceptions_leave_sections() {
    let Some(program) = &programs().cpp else { return };
    succeeds(program, "work_queue");
}

#[test]
fn a_thread_has_ended_when_its_thread_local_objects_are_destroyed() {
    let Some(program) = &programs().cpp else { return };
    succeeds(program, "thread_local_objects");
}

#[test]
fn interlocked_operations_answer_what_is_documented() {
    let Some(program) = &programs().cpp else { return };
    succeeds(program, "interlocked");
}

#[test]
fn an_exception_that_leaves_a_thread_ends_the_process() {
    let Some(program) = &programs().cpp else { return };
    let output = run(program, "uncaught");
    assert_eq!(output.status.signal(), Some(6), "it is aborted: {output:?}");
}

#[test]
fn each_header_stands_alone_in_both_languages() {
    let folder = tempfile::tempdir().unwrap();
    let include = Path::new(env!("CARGO_MANIFEST_DIR")).join("../include");
    let has_cpp = has_cpp();
    let headers = std::fs::read_dir(&include).unwrap().map(|entry| entry.unwrap().file_name());
    let headers: Vec<String> = headers.map(|name| name.into_string().unwrap()).collect();
    assert!(headers.iter().any(|name| name == "objbase.h"), "{headers:?}");
    for header in headers {
        for (compiler, standard, suffix) in [("cc", "-std=c11", "c"), ("c++", "-std=c++17", "cpp")]
        {
            if suffix == "cpp" && !has_cpp {
                continue;
            }
            let source = folder.path().join(format!("alone.{suffix}"));
            std::fs::write(&source, format!("#include \"{header}\"\nint alone;\n")).unwrap();
            let output = Command::new(compiler)
                .args([standard, "-Wall", "-Wextra", "-Werror", "-pedantic", "-fsyntax-only"])
                .arg("-I")
                .arg(&include)
                .arg(&source)
                .output()
                .unwrap();
            let says = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{header} with {compiler}: {says}");
        }
    }
}
