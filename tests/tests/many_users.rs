//! The document's scenario at its worst: fifty users on thirty-two impersonating
//! threads that log on, open stores and let go, in any order.
#![allow(missing_docs)]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use mapi_abi::structs::{MAPI_EXTENDED, MAPI_NEW_SESSION, MAPI_USE_DEFAULT};
use mapi_abi::tags::PR_DISPLAY_NAME;
use mapi_session::{Client, Request, Settings};
use security::{KernelIdentity, Token, impersonation};

const USERS: usize = 50;
const THREADS: usize = 32;
/// Longest release that is accepted: the bound of the house, not a goal of speed.
const BOUND: Duration = Duration::from_secs(5);

fn rounds() -> usize {
    std::env::var("PARTYWALL_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(64_000)
}

fn count(folder: &str) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

/// Users with a mailbox each; with kernel identities of their own if `real`.
fn users(data: &Path, real: bool) -> Vec<Token> {
    let token = |number: usize| {
        let name = format!("{}{number:02}", if real { "real" } else { "user" });
        let uid = 61_000 + number as u32;
        let kernel = KernelIdentity { uid, gid: uid, groups: vec![uid] };
        let token = Token::new(&name, real.then_some(kernel));
        let folder = mapi_session::user_folder(data, &name);
        std::fs::create_dir_all(&folder).unwrap();
        if real {
            std::os::unix::fs::chown(&folder, Some(uid), Some(uid)).unwrap();
        }
        let _identity = impersonation::impersonate(&token).unwrap();
        let profile = mapi_session::logon::with_registered_services("Default").unwrap();
        mapi_profile::ProfileFolder::new(&folder).create(&profile).unwrap();
        token
    };
    (0..USERS).map(token).collect()
}

fn logon() -> Arc<Client> {
    let flags = MAPI_EXTENDED | MAPI_NEW_SESSION | MAPI_USE_DEFAULT;
    mapi_session::logon(&Request { flags, ..Request::default() }).unwrap()
}

/// One thread's part: each round works as the next user; now and then a client is
/// kept for a while and let go by a thread that works for somebody else by then.
fn visit(users: &[Token], next: &AtomicUsize, longest: &AtomicU64) {
    let mut kept: Vec<Arc<Client>> = Vec::new();
    loop {
        let round = next.fetch_add(1, Ordering::Relaxed);
        if round >= rounds() {
            break;
        }
        let user = &users[round.wrapping_mul(7) % users.len()];
        let _identity = impersonation::impersonate(user).unwrap();
        let client = logon();
        assert_eq!(client.session().context().token(), user);
        let store = client.default_store().unwrap();
        if round.is_multiple_of(16) {
            let root = store.get().unwrap().root();
            store.get().unwrap().folder_props(&root, &[PR_DISPLAY_NAME]).unwrap();
        }
        let ended = if round.is_multiple_of(5) {
            kept.push(client);
            (kept.len() > 3).then(|| kept.swap_remove(round % kept.len()))
        } else {
            Some(client)
        };
        drop(store);
        if let Some(client) = ended {
            let since = Instant::now();
            client.leave().unwrap();
            let took = since.elapsed().as_micros() as u64;
            longest.fetch_max(took, Ordering::Relaxed);
        }
    }
}

fn scenario(data: &Path, real: bool) {
    let users = users(data, real);
    // What a process opens once and keeps is opened before anything is counted.
    let _identity = impersonation::impersonate(&users[0]).unwrap();
    drop(logon());
    drop(_identity);
    mapi_connection::drain(BOUND).unwrap();
    let before = (count("/proc/self/task"), count("/proc/self/fd"));
    let (next, longest) = (AtomicUsize::new(0), AtomicU64::new(0));
    let since = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| visit(&users, &next, &longest));
        }
    });
    let took = since.elapsed();
    assert!(mapi_session::session::list().is_empty(), "every session has ended");
    mapi_connection::drain(BOUND).unwrap();
    let end = Instant::now() + BOUND;
    let now = || (count("/proc/self/task"), count("/proc/self/fd"));
    while now() != before && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(now(), before, "threads and descriptors");
    assert_eq!(mapi_connection::detached_pollers(), 0);
    let longest = Duration::from_micros(longest.into_inner());
    assert!(longest < BOUND, "{longest:?}");
    let kind = if real { "kernel identities" } else { "our own identities" };
    let rate = rounds() as f64 / took.as_secs_f64();
    println!("{} rounds with {kind}: {rate:.0} a second, longest release {longest:?}", rounds());
}

/// One test: threads and descriptors are the process's.
#[test]
fn fifty_users_on_thirty_two_threads_log_on_work_and_let_go_in_any_order() {
    let data = tempfile::tempdir().unwrap();
    std::fs::set_permissions(data.path(), std::os::unix::fs::PermissionsExt::from_mode(0o711))
        .unwrap();
    registry::set_data_folder(data.path().to_owned());
    tests::messaging();
    mapi_session::set_settings(Settings { broker: false, ..Settings::default() });
    mapi_session::initialize(0, 0).unwrap();
    scenario(data.path(), false);
    if tests::is_root() {
        scenario(data.path(), true);
    }
    mapi_session::uninitialize().unwrap();
}
