//! The hang: the historical design in its three set-ups, then ours with the same
//! users.

use std::sync::Arc;
use std::time::{Duration, Instant};

use historical_pollers::{SetUp, contain};
use mapi_abi::codes::Failure;
use mapi_abi::spi::ChangeFeed;
use mapi_connection::{Holder, ListKey, Lists, Opened, Settings};
use security::{KernelIdentity, Token, impersonation};

use super::house::House;
use super::station::Station;

/// The hang and its end.
pub const HANG: Station = Station {
    id: "the-hang",
    title: "The historical design hangs with several users, ours does not",
    document: "hang",
    quote: "This is where the main MAPI threads are now in trouble, as they will wait for those \
            polling threads to signal completion, which will never happen because those threads \
            are no longer running.",
    command: "partywall tour --station the-hang",
    visit: hang,
};

/// How long the historical design may take; in its good set-ups it needs far less.
const BOUND: Duration = Duration::from_millis(1500);
/// Users and rounds of each on our own lists.
const USERS: usize = 3;
const ROUNDS: usize = 200;
/// Longest release that is accepted of ours.
const RELEASE: Duration = Duration::from_secs(5);

fn hang(_house: &mut House) -> Result<String, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut seen = Vec::new();
    for set_up in [SetUp::None, SetUp::OneUser, SetUp::Several] {
        let report = contain(&program, set_up, BOUND).map_err(|error| error.to_string())?;
        if report.hung != set_up.hangs() {
            let lines = report.lines.join("\n");
            return Err(format!("set-up {set_up}: hung {}:\n{lines}", report.hung));
        }
        seen.push(match report.hang() {
            Some(hang) => {
                let each =
                    hang.replace("; thread ", "\n  thread ").replace(": thread ", ":\n  thread ");
                format!("then, {}: hangs, is named and ended {each}", words(set_up))
            }
            None => format!("then, {}: comes to its end", words(set_up)),
        });
    }
    seen.push(ours()?);
    Ok(seen.join("\n"))
}

const fn words(set_up: SetUp) -> &'static str {
    match set_up {
        SetUp::None => "without impersonation",
        SetUp::OneUser => "one user for all threads",
        _ => "several users",
    }
}

/// What a list holds here: nothing that changes.
struct Nothing;

impl Opened for Nothing {
    fn feed(&self) -> Result<Option<Box<dyn ChangeFeed>>, Failure> {
        Ok(None)
    }
}

/// The same users on our connection lists, two threads each, a poller for each list.
fn ours() -> Result<String, String> {
    let settings = Settings { linger: Duration::ZERO, ..Settings::default() };
    let lists = Arc::new(Lists::new(settings));
    let mut threads = Vec::new();
    for number in 0..2 * USERS {
        let lists = Arc::clone(&lists);
        let visit = move || visit(&lists, number % USERS);
        let thread = security::spawner::spawn("visitor", 256 << 10, visit);
        threads.push(thread.map_err(|error| error.to_string())?);
    }
    let mut longest = Duration::ZERO;
    for thread in threads {
        let own = thread.join().map_err(|_| "a visitor panicked".to_owned())?;
        longest = longest.max(own.map_err(|failure| failure.to_string())?);
    }
    lists.drain(RELEASE).map_err(|failure| failure.to_string())?;
    let (left, detached) = (lists.entries().len(), lists.detached_pollers());
    if left + detached as usize > 0 || longest > RELEASE {
        return Err(format!("{left} lists and {detached} pollers left, longest {longest:?}"));
    }
    Ok(format!(
        "now, several users: {} rounds of {USERS} users on {} threads, each list with its own poller: \
         longest release {} µs, nothing left",
        2 * USERS * ROUNDS,
        2 * USERS,
        longest.as_micros()
    ))
}

fn visit(lists: &Lists, user: usize) -> Result<Duration, Failure> {
    // Where the process may, the users are real ones of the kernel.
    let uid = 61_000 + user as u32;
    let kernel = KernelIdentity { uid, gid: uid, groups: vec![uid] };
    let kernel = impersonation::is_privileged().then_some(kernel);
    let owner = Token::new(&format!("user{user}"), kernel);
    let refused =
        |error: std::io::Error| Failure::new(mapi_abi::codes::Code::NO_ACCESS, error.to_string());
    let _identity = impersonation::impersonate(&owner).map_err(refused)?;
    let mut longest = Duration::ZERO;
    for round in 0..ROUNDS {
        let key =
            ListKey { owner: owner.clone(), server: "a store".into(), profile: "Default".into() };
        let holder = Holder { session: round as u64, what: "a store".into() };
        let connection = lists.connect(key, holder, None, |_| Ok(Nothing))?;
        let since = Instant::now();
        connection.release(RELEASE)?;
        longest = longest.max(since.elapsed());
    }
    Ok(longest)
}
