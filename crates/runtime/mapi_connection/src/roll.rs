//! The roll: who is connected to a server as whom, and how many that may be.
//!
//! The limit counts sessions, not connections: a session that opens a second
//! thing on the same server takes no second place.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::{Duration, Instant};

use mapi_abi::codes::{Code, Failure};
use security::Token;

use crate::key::{Holder, ListKey};

/// Most holders that a refusal names.
const MAX_NAMED: usize = 8;

/// Everybody with a connection, by its number.
#[derive(Default)]
pub struct Roll(HashMap<Account, Seats>);

/// One owner on one server.
#[derive(PartialEq, Eq)]
struct Account {
    owner: Token,
    server: Arc<str>,
}

/// As for lists: finds the place, and `==` says whether it is the one.
impl Hash for Account {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.owner.user().hash(state);
        self.server.hash(state);
    }
}

impl Account {
    fn of(key: &ListKey) -> Self {
        Self { owner: key.owner.clone(), server: Arc::clone(&key.server) }
    }
}

type Seats = BTreeMap<u64, (Holder, Instant)>;

/// The sessions, each since its oldest connection.
fn sessions(seats: &Seats) -> BTreeMap<u64, &Instant> {
    let mut found = BTreeMap::new();
    for (holder, since) in seats.values() {
        found.entry(holder.session).or_insert(since);
    }
    found
}

impl Roll {
    /// Gives a connection its place.
    ///
    /// # Errors
    /// `SESSION_LIMIT`: as many other sessions as may be are there; it names them.
    pub fn seat(
        &mut self,
        number: u64,
        key: &ListKey,
        holder: &Holder,
        limit: Option<u32>,
        now: Instant,
    ) -> Result<(), Failure> {
        let account = Account::of(key);
        if let Some(limit) = limit {
            let sessions = self.0.get(&account).map(sessions).unwrap_or_default();
            if sessions.len() >= limit as usize && !sessions.contains_key(&holder.session) {
                return Err(refusal(key, limit, &sessions, now));
            }
        }
        self.0.entry(account).or_default().insert(number, (holder.clone(), now));
        Ok(())
    }

    /// Takes a connection's place away.
    pub fn leave(&mut self, number: u64, key: &ListKey) {
        let account = Account::of(key);
        let Some(seats) = self.0.get_mut(&account) else { return };
        seats.remove(&number);
        if seats.is_empty() {
            self.0.remove(&account);
        }
    }
}

fn refusal(key: &ListKey, limit: u32, sessions: &BTreeMap<u64, &Instant>, now: Instant) -> Failure {
    let (user, server) = (key.owner.user(), &key.server);
    let mut says = format!("{user} may have {limit} sessions on {server} and has: ");
    for (at, (session, since)) in sessions.iter().take(MAX_NAMED).enumerate() {
        let comma = if at == 0 { "" } else { ", " };
        let seconds = now.saturating_duration_since(**since).as_secs();
        // Writing into a string cannot fail.
        let _ = write!(says, "{comma}session {session} of {user} since {seconds} s");
    }
    if sessions.len() > MAX_NAMED {
        let _ = write!(says, " and {} more", sessions.len() - MAX_NAMED);
    }
    says.push_str("; log one of them off, or raise mapi.sessions_per_user");
    Failure::new(Code::SESSION_LIMIT, says)
}

/// How long something lasts or lasted, for a sentence.
pub fn shown(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        format!("{} ms", time.as_millis())
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(user: &str, server: &str) -> ListKey {
        ListKey { owner: Token::new(user, None), server: server.into(), profile: "p".into() }
    }

    #[test]
    fn a_limit_counts_the_sessions_of_an_owner_on_a_server_and_names_them() {
        let (mut roll, now) = (Roll::default(), Instant::now());
        let holder = |session| Holder { session, what: "store".into() };
        let one = Some(1);
        roll.seat(1, &key("alice", "here"), &holder(7), one, now).unwrap();
        roll.seat(2, &key("alice", "here"), &holder(7), one, now).unwrap();
        roll.seat(3, &key("alice", "there"), &holder(8), one, now).unwrap();
        roll.seat(4, &key("bob", "here"), &holder(9), one, now).unwrap();
        let refused = roll.seat(5, &key("alice", "here"), &holder(8), one, now).unwrap_err();
        assert_eq!(refused.code, Code::SESSION_LIMIT);
        assert!(refused.says.contains("session 7 of alice since 0 s"), "{refused}");
        roll.leave(1, &key("alice", "here"));
        roll.seat(5, &key("alice", "here"), &holder(8), one, now).unwrap_err();
        roll.leave(2, &key("alice", "here"));
        roll.seat(5, &key("alice", "here"), &holder(8), one, now).unwrap();
        roll.leave(5, &key("alice", "here"));
        roll.leave(4, &key("bob", "here"));
        roll.leave(3, &key("alice", "there"));
        assert!(roll.0.is_empty());
    }
}
