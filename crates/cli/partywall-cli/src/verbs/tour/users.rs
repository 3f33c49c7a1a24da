//! Two users on the same worker threads.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::house::{Client, House};
use super::station::Station;

/// Two users, never mixed.
pub const USERS: Station = Station {
    id: "two-users",
    title: "Two users on the same worker threads",
    document: "hang",
    quote: "Your application starts up multiple threads under different user contexts, each of \
            which log in to MAPI.",
    command: "curl -u alice http://127.0.0.1:8080/mail/",
    visit: users,
};

/// How long the requests go on.
const DURATION: Duration = Duration::from_secs(2);
/// Clients of each user.
const CLIENTS: usize = 3;

/// What one client saw.
#[derive(Default)]
struct Seen {
    requests: u64,
    workers: BTreeSet<i64>,
}

fn users(house: &mut House) -> Result<String, String> {
    let client = house.client()?;
    refuses_strangers(&client)?;
    let end = Instant::now() + DURATION;
    let mut running = Vec::new();
    for user in ["alice", "bob"] {
        for _ in 0..CLIENTS {
            let client = client.clone();
            let visit = move || requests_of(&client, user, end).map(|seen| (user, seen));
            let thread = security::spawner::spawn("visitor", 256 << 10, visit);
            running.push(thread.map_err(|error| error.to_string())?);
        }
    }
    let mut by_user: BTreeMap<&str, Seen> = BTreeMap::new();
    for thread in running {
        let (user, seen) = thread.join().map_err(|_| "a visitor panicked".to_owned())??;
        let sum = by_user.entry(user).or_default();
        sum.requests += seen.requests;
        sum.workers.extend(seen.workers);
    }
    let (Some(alice), Some(bob)) = (by_user.get("alice"), by_user.get("bob")) else {
        return Err("nobody was served".into());
    };
    let shared: BTreeSet<_> = alice.workers.intersection(&bob.workers).collect();
    if shared.is_empty() {
        return Err("no worker served both, so nothing was shown".into());
    }
    Ok(format!(
        "{} requests of alice and {} of bob in {} s, each under its own user at every hop;\n{} \
         workers served both; bob's name with a wrong password was refused",
        alice.requests,
        bob.requests,
        DURATION.as_secs(),
        shared.len()
    ))
}

fn refuses_strangers(client: &Client) -> Result<(), String> {
    for (user, password) in [("bob", "wrong"), ("mallory", "on-tour")] {
        let (status, body) = client.get_with("/mail/", Some((user, password)))?;
        if status != 401 || body.contains("Inbox") {
            return Err(format!("{user} with password {password:?} was answered {status}"));
        }
    }
    Ok(())
}

/// Requests until `end`; every hop of each must be the user's own.
fn requests_of(client: &Client, user: &str, end: Instant) -> Result<Seen, String> {
    let mut seen = Seen::default();
    while Instant::now() < end {
        let hops = client.json("/mail/?trace=1&format=json", Some(user))?;
        for hop in hops.as_array().ok_or("no hops")? {
            if hop.get("user").and_then(Value::as_str) != Some(user) {
                return Err(format!("{user}'s request had the hop {hop}"));
            }
            if hop.get("hop").and_then(Value::as_str) == Some("worker") {
                seen.workers.extend(hop.get("tid").and_then(Value::as_i64));
            }
        }
        let (status, page) = client.get("/mail/", Some(user))?;
        let other = if user == "alice" { "bob" } else { "alice" };
        if status != 200 || page.contains(&sample_mail::secret_of(other)) {
            return Err(format!("{user}'s page was answered {status} or showed {other}'s mail"));
        }
        if !page.contains(&sample_mail::secret_of(user)) {
            return Err(format!("{user}'s page does not show {user}'s newest message"));
        }
        seen.requests += 2;
    }
    Ok(seen)
}
