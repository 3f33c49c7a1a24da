//! When extensions are loaded, unloaded, refused.

mod common;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::{Arc, Barrier};
use std::time::Duration;

use common::{Site, compile, eventually};
use web::{App, UnloadError};

fn counts(site: &Site) -> String {
    let text = site.get("/app/").text();
    text.rsplit_once(" tid=").unwrap().0.to_owned()
}

#[test]
fn many_first_requests_load_and_register_once() {
    let site = Arc::new(Site::new());
    assert!(!site.host().state().extensions[0].loaded, "not before the first request");
    let start = Arc::new(Barrier::new(32));
    let threads: Vec<_> = (0..32)
        .map(|_| {
            let (site, start) = (Arc::clone(&site), Arc::clone(&start));
            std::thread::Builder::new()
                .spawn(move || {
                    start.wait();
                    site.get("/app/").text()
                })
                .unwrap()
        })
        .collect();
    for thread in threads {
        let text = thread.join().unwrap();
        assert!(text.starts_with("attached=1 registered=1 "), "{text}");
    }
    // An answer arrives a moment before its worker has left.
    eventually("all have left", || site.host().state().extensions[0].inside == 0);
    let state = &site.host().state().extensions[0];
    assert_eq!((state.loads, state.loaded), (1, true));
}

#[test]
fn an_unloaded_extension_starts_from_scratch_with_the_next_request() {
    let site = Site::new();
    assert_eq!(counts(&site), "attached=1 registered=1 requests=1 blocked=0");
    assert_eq!(counts(&site), "attached=1 registered=1 requests=2 blocked=0");
    for round in 2..4 {
        site.host().unload(&site.library()).unwrap();
        assert!(!site.host().state().extensions[0].loaded);
        assert_eq!(site.host().unload(&site.library()), Err(UnloadError::NotLoaded));
        assert_eq!(counts(&site), "attached=1 registered=1 requests=1 blocked=0", "fresh globals");
        assert_eq!(site.host().state().extensions[0].loads, round);
    }
    assert_eq!(site.host().unload(Path::new("/no/such.so")), Err(UnloadError::Unknown));
}

#[test]
fn an_extension_that_nobody_visits_is_unloaded_after_its_idle_time() {
    let idle = Duration::from_millis(400);
    let site = Site::with(|config| config.apps[0].idle = Some(idle));
    let loaded = || site.host().state().extensions[0].loaded;
    // Visited again and again, it stays, however long that takes.
    for visit in 1..8 {
        assert_eq!(counts(&site), format!("attached=1 registered=1 requests={visit} blocked=0"));
        std::thread::sleep(idle / 4);
    }
    eventually("nobody comes", || !loaded());
    assert_eq!(counts(&site), "attached=1 registered=1 requests=1 blocked=0", "fresh globals");
    let forever = Site::new();
    counts(&forever);
    std::thread::sleep(idle * 2);
    assert!(forever.host().state().extensions[0].loaded, "without an idle time it stays");
}

#[test]
fn an_unload_terminates_and_detaches() {
    let site = Site::new();
    let file = site.get("/app/farewell").text();
    site.host().unload(&site.library()).unwrap();
    assert_eq!(std::fs::read_to_string(file).unwrap(), "terminated with 2, detached\n");
}

#[test]
fn the_log_names_a_broken_extension_its_fault_and_the_url() {
    let log = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "broken_extensions_are_500_and_not_tried_again_at_once", "--nocapture"])
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&log.stderr).into_owned();
    for says in [
        "libno_exports.so is not loaded: it does not export GetExtensionVersion",
        "librefuses.so is not loaded: GetExtensionVersion refuses",
        "500 for /refuses/: librefuses.so is not loaded",
        "libmissing.so is not loaded: cannot open ",
        "libwritable.so can be written by others than its owner",
        "libtext.so is not loaded: ",
    ] {
        assert!(log.contains(says), "{says} in {log}");
    }
    assert_eq!(log.matches("libtext.so is not loaded: ").count(), 1, "tried once");
}

#[test]
fn an_unload_waits_for_those_inside_and_new_requests_wait_for_it() {
    let site = Arc::new(Site::new());
    let mut inside = site.connect();
    inside.get("/app/wait");
    eventually("it is inside", || site.host().state().extensions[0].inside == 1);
    let unloader = {
        let site = Arc::clone(&site);
        std::thread::Builder::new().spawn(move || site.host().unload(&site.library())).unwrap()
    };
    eventually("the unload waits", || {
        observe::wait::list().iter().any(|wait| wait.what == "requests to leave an extension")
    });
    let mut late = site.connect();
    late.get("/app/");
    std::thread::sleep(Duration::from_millis(100));
    assert!(!unloader.is_finished(), "somebody is inside");
    // The flag of the loaded instance, set from outside since nobody may enter.
    release(&site);
    assert_eq!(inside.answer().text(), "released");
    unloader.join().unwrap().unwrap();
    assert!(late.answer().text().starts_with("attached=1 registered=1 requests=1 "));
    assert_eq!(site.host().state().extensions[0].loads, 2);
}

/// Lets a `/wait` end by the file it looks for.
fn release(site: &Site) {
    std::fs::write(site.folder.path().join("root/release"), "").unwrap();
}

#[test]
fn requests_during_unloads_are_all_answered() {
    let site = Arc::new(Site::with(|config| config.threads.min = 6));
    counts(&site);
    let clients: Vec<_> = (0..4)
        .map(|_| {
            let site = Arc::clone(&site);
            let requests = move || {
                let mut client = site.connect();
                for _ in 0..200 {
                    client.get("/app/raw-status");
                    assert_eq!(client.answer().text(), "many");
                }
            };
            std::thread::Builder::new().spawn(requests).unwrap()
        })
        .collect();
    let mut unloads = 0;
    while !clients.iter().all(|client| client.is_finished()) {
        unloads += u64::from(site.host().unload(&site.library()).is_ok());
        std::thread::sleep(Duration::from_millis(3));
    }
    clients.into_iter().for_each(|client| client.join().unwrap());
    let loads = site.host().state().extensions[0].loads;
    assert!(unloads >= 2 && loads >= unloads, "{unloads} {loads}");
}

#[test]
fn the_mapped_library_keeps_its_name_and_its_copy_is_gone() {
    let site = Site::new();
    let library = compile(site.folder.path(), "probe");
    counts(&site);
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let folder = site.folder.path().display().to_string();
    let mine: Vec<_> = maps.lines().filter(|line| line.contains(&folder)).collect();
    assert!(mine.iter().any(|line| line.ends_with("/libprobe.so (deleted)")), "{mine:?}");
    assert!(!mine.iter().any(|line| line.contains(library.to_str().unwrap())));
    let left = std::fs::read_dir(site.folder.path()).unwrap();
    assert!(left.flatten().all(|e| !e.file_name().to_string_lossy().starts_with("partywall-")));
}

#[test]
fn broken_extensions_are_500_and_not_tried_again_at_once() {
    let site = Site::with(|config| {
        let folder = config.runtime_dir.clone();
        let mut add = |name: &str, extension| {
            let path = format!("/{name}/");
            config.apps.push(App { path, extension, auth: None, idle: None });
        };
        add("no_exports", compile(&folder, "no_exports"));
        add("refuses", compile(&folder, "refuses"));
        add("missing", folder.join("libmissing.so"));
        let writable = folder.join("libwritable.so");
        std::fs::copy(folder.join("libprobe.so"), &writable).unwrap();
        std::fs::set_permissions(&writable, std::fs::Permissions::from_mode(0o757)).unwrap();
        add("writable", writable);
        let text = folder.join("libtext.so");
        std::fs::write(&text, "this is no library").unwrap();
        add("text", text);
    });
    for name in ["no_exports", "refuses", "missing", "writable", "text"] {
        for _ in 0..2 {
            assert_eq!(site.get(&format!("/{name}/")).status, 500, "{name}");
        }
    }
    assert!(site.host().state().extensions.iter().skip(1).all(|e| e.loads == 0 && !e.loaded));
    assert_eq!(site.get("/app/").status, 200, "the others go on");
}

#[test]
fn a_repaired_extension_is_loaded_after_a_moment() {
    let site = Site::new();
    std::fs::remove_file(site.library()).unwrap();
    assert_eq!(site.get("/app/").status, 500);
    compile(site.folder.path(), "probe");
    assert_eq!(site.get("/app/").status, 500, "the failure is remembered");
    std::thread::sleep(Duration::from_millis(1_100));
    assert_eq!(site.get("/app/").status, 200);
}

#[test]
fn a_drain_detaches_extensions_and_cuts_what_stays() {
    let mut site = Site::new();
    counts(&site);
    let mut stuck = site.connect();
    stuck.send("POST /app/echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n");
    eventually("it is inside", || site.host().state().extensions[0].inside == 1);
    let mut idle = site.connect();
    idle.get("/page.txt");
    assert_eq!(idle.answer().status, 200);
    let drained = site.host.take().unwrap().drain(Duration::from_millis(200));
    assert_eq!(drained.requests_cut, 1);
    assert!(idle.is_closed());
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    assert!(!maps.contains(site.folder.path().to_str().unwrap()), "the library is gone");
    assert!(std::net::TcpStream::connect(site.addr).is_err());
}
