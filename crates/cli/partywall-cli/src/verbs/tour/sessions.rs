//! A session, opened by the component for the request's user.

use serde_json::Value;

use super::house::House;
use super::station::Station;

/// Logging on and off.
pub const SESSION: Station = Station {
    id: "a-session",
    title: "A session for every call, of the one who called",
    document: "sessions",
    quote: "Before your client application can call an underlying messaging system, it must \
            establish a session, or connection, with the MAPI subsystem. Sessions are initiated \
            when a user logs on.",
    command: "curl -u bob 'http://127.0.0.1:8080/mail/?trace=1&format=json'",
    visit: session,
};

fn session(house: &mut House) -> Result<String, String> {
    let client = house.client()?;
    let mut seen = Vec::new();
    for user in ["alice", "bob"] {
        let hops = client.json("/mail/?trace=1&format=json", Some(user))?;
        let hops = hops.as_array().ok_or("the trace is not a list")?;
        let is = |hop: &&Value, name: &str| hop.get("hop").and_then(Value::as_str) == Some(name);
        let sessions: Vec<&Value> = hops.iter().filter(|hop| is(hop, "session")).collect();
        let worker = hops.iter().find(|hop| is(hop, "worker")).ok_or("no worker")?;
        if sessions.is_empty() {
            return Err(format!("{user}'s request opened no session"));
        }
        for hop in &sessions {
            let own = hop.get("user").and_then(Value::as_str) == Some(user);
            if !own || hop.get("tid") == worker.get("tid") {
                return Err(format!("expected {user}'s session on the component's thread: {hop}"));
            }
        }
        let us = |hop: &&Value| hop.get("us").and_then(Value::as_u64).unwrap_or_default();
        seen.push(format!(
            "{user}: {} sessions on the component's thread, {} µs from logon to logoff in all",
            sessions.len(),
            sessions.iter().map(us).sum::<u64>()
        ));
    }
    Ok(seen.join("\n"))
}
