//! Logon and logoff: fifty users on thirty-two threads, each round a session of
//! its own with the store open, beside the budget.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use benches::{Better, print_budget};
use mapi_abi::structs::{MAPI_EXTENDED, MAPI_NEW_SESSION, MAPI_USE_DEFAULT};
use mapi_session::{Request, Settings};
use security::{Token, impersonation};

const USERS: usize = 50;
const THREADS: usize = 32;
const ROUNDS: usize = 200_000;
/// Logons a second that the budget asks for.
const RATE: f64 = 20_000.0;
/// Longest release that the budget allows, in milliseconds.
const RELEASE_MS: f64 = 50.0;

fn user(data: &Path, number: usize) -> Token {
    let name = format!("user{number:02}");
    let token = Token::new(&name, None);
    let folder = mapi_session::user_folder(data, &name);
    let profile = mapi_session::logon::with_registered_services("Default").expect("a profile");
    mapi_profile::ProfileFolder::new(&folder).create(&profile).expect("a folder");
    token
}

fn main() {
    let data = tempfile::tempdir().expect("a folder");
    registry::set_data_folder(data.path().to_owned());
    mapi_session::catalog::register(
        built_in_services::default_services(),
        built_in_services::other_services(),
    );
    mapi_session::set_settings(Settings { broker: false, ..Settings::default() });
    mapi_session::initialize(0, 0).expect("the subsystem");
    let users: Vec<Token> = (0..USERS).map(|number| user(data.path(), number)).collect();
    let (next, longest) = (AtomicUsize::new(0), Mutex::new(Duration::ZERO));
    // Each user once, so that what is measured is no store's birth.
    for user in &users {
        visit(user);
    }
    let since = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let mut own = Duration::ZERO;
                loop {
                    let round = next.fetch_add(1, Ordering::Relaxed);
                    if round >= ROUNDS {
                        break;
                    }
                    own = own.max(visit(&users[round.wrapping_mul(7) % USERS]));
                }
                let mut longest = longest.lock().expect("no panic");
                *longest = own.max(*longest);
            });
        }
    });
    let rate = ROUNDS as f64 / since.elapsed().as_secs_f64();
    let longest = longest.into_inner().expect("no panic").as_secs_f64() * 1e3;
    mapi_session::uninitialize().expect("the end of the subsystem");
    print_budget(
        "logon and logoff, 50 users on 32 threads",
        (rate, RATE),
        "a second",
        Better::Higher,
    );
    print_budget("longest release", (longest, RELEASE_MS), "ms", Better::Lower);
}

/// Logs on, opens the store, logs off; how long that took at the end.
fn visit(user: &Token) -> Duration {
    let _identity = impersonation::impersonate(user).expect("an identity");
    let flags = MAPI_EXTENDED | MAPI_NEW_SESSION | MAPI_USE_DEFAULT;
    let client = mapi_session::logon(&Request { flags, ..Request::default() }).expect("a session");
    let store = client.default_store().expect("a store");
    store.get().expect("an open store").root();
    drop(store);
    let since = Instant::now();
    client.leave().expect("a release in time");
    since.elapsed()
}
