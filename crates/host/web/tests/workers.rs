//! Which worker does what: growth, reuse, idle connections, limits.

mod common;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use common::{Site, eventually};
use web::WorkerState;

#[test]
fn the_pool_grows_when_all_are_inside_and_files_are_still_served() {
    let site = Site::new();
    assert_eq!(site.host().state().workers.len(), 2);
    let mut inside: Vec<_> = (0..20)
        .map(|_| {
            let mut client = site.connect();
            client.get("/app/wait");
            client
        })
        .collect();
    let began = Instant::now();
    assert_eq!(site.get("/page.txt").text(), "0123456789");
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    eventually("all are inside", || site.host().state().extensions[0].inside == 20);
    let began = Instant::now();
    assert_eq!(site.get("/page.txt").text(), "0123456789");
    assert!(began.elapsed() < Duration::from_millis(500), "{:?}", began.elapsed());
    let state = site.host().state();
    assert!(state.workers.len() > 20);
    let busy: Vec<_> = state.workers.iter().filter(|w| w.state == WorkerState::Extension).collect();
    assert!(busy.len() == 20 && busy.iter().all(|w| w.url == "/app/wait"));
    assert_eq!(site.get("/app/release").text(), "ok");
    for client in &mut inside {
        assert_eq!(client.answer().text(), "released");
    }
}

#[test]
fn the_pool_stops_growing_at_its_maximum_and_goes_on_when_one_returns() {
    let site = Site::with(|config| config.threads.max = 4);
    let mut inside: Vec<_> = (0..6)
        .map(|_| {
            let mut client = site.connect();
            client.get("/app/wait");
            client
        })
        .collect();
    eventually("four are inside", || site.host().state().extensions[0].inside == 4);
    let mut waiting = site.connect();
    waiting.get("/page.txt");
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(site.host().state().workers.len(), 4);
    std::fs::write(site.folder.path().join("root/release"), "").unwrap();
    assert_eq!(waiting.answer().text(), "0123456789");
    for client in &mut inside {
        assert_eq!(client.answer().text(), "released");
    }
}

#[test]
fn requests_one_after_another_run_on_the_worker_that_finished_last() {
    let site = Site::with(|config| config.threads.min = 12);
    let mut on: HashMap<String, u32> = HashMap::new();
    for _ in 0..200 {
        let text = site.get("/app/").text();
        *on.entry(text.rsplit_once("tid=").unwrap().1.to_owned()).or_default() += 1;
        // One after another: on a busy machine the answer may be here before the
        // worker rests.
        let at_rest = |state| matches!(state, WorkerState::Parked | WorkerState::Polling);
        eventually("all rest", || site.host().state().workers.iter().all(|w| at_rest(w.state)));
    }
    let mut counts: Vec<_> = on.values().copied().collect();
    counts.sort_unstable_by_key(|count| std::cmp::Reverse(*count));
    // Of twelve equals any two would have 33.
    assert!(counts.iter().take(2).sum::<u32>() >= 140, "{on:?}");
    let state = site.host().state();
    let parked = state.workers.iter().filter(|w| w.state == WorkerState::Parked).count();
    assert!(parked >= 8, "the others rest");
}

#[test]
fn a_connection_is_kept_and_pipelined_requests_are_answered_in_order() {
    let site = Site::new();
    let mut client = site.connect();
    let mut all = String::new();
    for number in 0..100 {
        let path = if number % 2 == 0 { "/app/raw-status" } else { "/page.txt" };
        all.push_str(&format!("GET {path} HTTP/1.1\r\nHost: h\r\n\r\n"));
    }
    client.send(&all);
    for number in 0..100 {
        let expected = if number % 2 == 0 { "many" } else { "0123456789" };
        assert_eq!(client.answer().text(), expected, "{number}");
    }
    client.send("GET /page.txt HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    assert_eq!(client.answer().field("connection"), Some("close"));
    assert!(client.is_closed());
}

#[test]
fn an_unread_body_is_drained_or_the_connection_closed() {
    let site = Site::with(|config| config.drain_bytes = 1_000);
    let mut client = site.connect();
    let body = "x".repeat(900);
    client.send(&format!(
        "POST /app/nothing HTTP/1.1\r\nHost: h\r\nContent-Length: 900\r\n\r\n{body}"
    ));
    assert_eq!(client.answer().status, 200);
    client.get("/page.txt");
    assert_eq!(client.answer().text(), "0123456789");
    let body = "x".repeat(100_000);
    client.send(&format!(
        "POST /app/nothing HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n{body}"
    ));
    assert_eq!(client.answer().status, 200);
    assert!(client.is_closed());
}

#[test]
fn a_thousand_idle_connections_hold_no_worker() {
    let site = Site::new();
    let mut idle: Vec<_> = (0..1_000)
        .map(|_| {
            let mut client = site.connect();
            client.get("/page.txt");
            assert_eq!(client.answer().status, 200);
            client
        })
        .collect();
    let state = site.host().state();
    assert_eq!(state.connections, 1_000);
    assert!(state.workers.len() <= 6, "{}", state.workers.len());
    let rests = |state| matches!(state, WorkerState::Polling | WorkerState::Parked);
    eventually("all workers rest", || site.host().state().workers.iter().all(|w| rests(w.state)));
    for client in idle.iter_mut().step_by(97) {
        client.get("/app/raw-status");
        assert_eq!(client.answer().text(), "many");
    }
    drop(idle);
    eventually("they are gone", || site.host().state().connections == 0);
}

#[test]
fn a_head_that_drips_in_is_given_up_and_so_is_a_connection_that_rests() {
    let site = Site::with(|config| {
        config.timeouts.header = Duration::from_millis(400);
        config.timeouts.keep_alive = Duration::from_millis(400);
    });
    let mut slow = site.connect();
    let began = Instant::now();
    slow.send("GET / HTTP/1.1\r\n");
    let mut rests = site.connect();
    rests.get("/page.txt");
    assert_eq!(rests.answer().status, 200);
    use std::io::Write;
    while began.elapsed() < Duration::from_secs(5) && slow.stream.write_all(b"A: b\r\n").is_ok() {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!((300..2_000).contains(&began.elapsed().as_millis()), "{:?}", began.elapsed());
    assert!(rests.is_closed());
    eventually("both are gone", || site.host().state().connections == 0);
}

#[test]
fn a_client_that_ends_with_its_request_is_answered_and_closed_at_once() {
    let site = Site::new();
    for _ in 0..20 {
        let mut client = site.connect();
        client.get("/page.txt");
        client.stream.shutdown(std::net::Shutdown::Write).unwrap();
        assert_eq!(client.answer().text(), "0123456789");
        assert!(client.is_closed());
    }
    eventually("all are gone", || site.host().state().connections == 0);
}

#[test]
fn refused_clients_that_stay_hold_no_worker() {
    let site = Site::with(|config| config.threads.max = 2);
    let mut refused: Vec<_> = (0..20)
        .map(|_| {
            let mut client = site.connect();
            client.send("nonsense\r\n\r\n");
            assert_eq!(client.answer().status, 400);
            client
        })
        .collect();
    let began = Instant::now();
    assert_eq!(site.get("/page.txt").status, 200);
    assert!(began.elapsed() < Duration::from_millis(250), "{:?}", began.elapsed());
    assert!(refused.iter_mut().all(common::Client::is_closed));
    eventually("they are given up", || site.host().state().connections == 0);
}

#[test]
fn connections_beyond_the_limit_wait_in_the_listeners_queue() {
    let site = Site::with(|config| config.max_connections = 3);
    let mut held: Vec<_> = (0..3)
        .map(|_| {
            let mut client = site.connect();
            client.get("/page.txt");
            assert_eq!(client.answer().status, 200);
            client
        })
        .collect();
    let mut fourth = site.connect();
    fourth.get("/page.txt");
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(site.host().state().connections, 3);
    held.pop();
    assert_eq!(fourth.answer().text(), "0123456789");
}
