//! The parts of the extension that need no host: what a request asks for, and
//! the counting.

#[path = "../src/census.rs"]
mod census;
#[path = "../src/route.rs"]
mod route;

use census::{Census, MAX_THREADS};
use route::{Route, route};

const MAX_WORK_MS: u64 = 10_000;
const MAX_LARGE_BYTES: u64 = 256 << 20;

fn census() -> Census {
    Census::new("id".into(), "then".into())
}

#[test]
fn requests_that_overlap_are_counted_together() {
    let census = census();
    let first = census.enter(1);
    let second = census.enter(2);
    assert_eq!((first.visit.concurrent, second.visit.concurrent), (1, 2));
    drop(first);
    let third = census.enter(1);
    assert_eq!((third.visit.concurrent, third.visit.max), (2, 2));
    assert_eq!((third.visit.calls_on_this_thread, third.visit.total), (2, 3));
}

#[test]
fn the_thread_that_finished_last_is_listed_last() {
    let census = census();
    let (first, second) = (census.enter(1), census.enter(2));
    drop(second);
    drop(first);
    census.count_version_call();
    assert_eq!(
        census.state_json(),
        "{\"instance\":\"id\",\"loaded_at\":\"then\",\"version_calls\":1,\"current\":0,\"max\":2,\
         \"total\":2,\"threads\":[{\"tid\":2,\"calls\":1},{\"tid\":1,\"calls\":1}]}"
    );
}

#[test]
fn a_request_that_panics_is_counted_out() {
    let census = census();
    let caught = std::panic::catch_unwind(|| {
        let _running = census.enter(1);
        std::panic::resume_unwind(Box::new(()));
    });
    assert!(caught.is_err());
    assert_eq!(census.enter(1).visit.concurrent, 1);
}

#[test]
fn threads_are_remembered_up_to_the_limit() {
    let census = census();
    for tid in 0..=u32::try_from(MAX_THREADS).unwrap() {
        drop(census.enter(tid));
    }
    assert_eq!(census.state_json().matches("tid").count(), MAX_THREADS);
    assert_eq!(census.enter(0).visit.calls_on_this_thread, 1);
}

#[test]
fn work_is_bounded_and_must_be_a_number() {
    assert_eq!(route("GET", "", "work=0"), Route::Work(0));
    assert_eq!(route("GET", "/", "work=99999"), Route::Work(MAX_WORK_MS));
    for query in ["work=", "work=-1", "work=x"] {
        assert_eq!(route("GET", "", query), Route::Refuse("400 Bad Request"));
    }
}

#[test]
fn a_large_answer_is_written_up_to_its_limit() {
    assert_eq!(route("GET", "", "large=268435456"), Route::Large(MAX_LARGE_BYTES));
    assert_eq!(route("GET", "", "large=268435457"), Route::Refuse("400 Bad Request"));
}

#[test]
fn only_the_echo_is_posted_to() {
    assert_eq!(route("POST", "", "echo=1"), Route::Echo);
    assert_eq!(route("GET", "", "echo=1"), Route::Page);
    assert_eq!(route("POST", "", ""), Route::Refuse("405 Method Not Allowed"));
    assert_eq!(route("PUT", "", "echo=1"), Route::Refuse("405 Method Not Allowed"));
}

#[test]
fn each_address_has_its_answer() {
    assert_eq!(route("HEAD", "", ""), Route::Page);
    assert_eq!(route("GET", "", "format=json"), Route::State);
    assert_eq!(route("GET", "", "fail=status"), Route::Fail);
    assert_eq!(route("GET", "", "fail=panic"), Route::Panic);
    assert_eq!(route("GET", "", "fail=other"), Route::Refuse("400 Bad Request"));
    assert_eq!(route("GET", "", "asset=x"), Route::Asset("x".into()));
    assert_eq!(route("GET", "/x", ""), Route::Refuse("404 Not Found"));
}
