//! The sessions of the data folder: those of its processes, which the glass shows,
//! and the shared ones, which the brokers of their users know.
//!
//! A shared session has the number `USER:N`, whatever processes are in it; a
//! session that nobody can join has `PROCESS.N`.

use jiff::Timestamp;
use mapi_abi::codes::Code;
use mapi_session::{exchange, session};
use security::Token;
use serde::Serialize;

use super::super::user::accounts;
use crate::args::Common;
use crate::output::{Failure, json, line, printable};

#[derive(Serialize)]
struct Listed {
    session: String,
    user: String,
    profile: String,
    shared: bool,
    since: String,
    programs: Vec<String>,
}

/// The sessions of this process, for whoever looks at it.
pub fn told() -> Vec<control::Session> {
    session::list()
        .into_iter()
        .map(|entry| control::Session {
            id: entry.id,
            since: entry.since.duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs(),
            clients: entry.clients as u32,
            is_shared: entry.is_shared,
            user: entry.user.to_string(),
            profile: entry.profile,
        })
        .collect()
}

fn time(seconds: u64) -> String {
    i64::try_from(seconds)
        .ok()
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .map_or_else(String::new, |time| time.to_string())
}

/// Users who have a folder for mail: their brokers are asked.
fn owners() -> Result<Vec<Token>, Failure> {
    let mut owners = vec![Token::of_process()];
    for account in accounts()?.list()? {
        owners.push(accounts()?.token(&account.name)?);
    }
    // An account of the process's own user's name is the same broker.
    owners.dedup_by(|one, other| one.user() == other.user());
    Ok(owners)
}

fn all() -> Result<Vec<Listed>, Failure> {
    let mut listed = Vec::new();
    for owner in owners()? {
        for shared in exchange::list(&owner)? {
            let mut programs: Vec<String> = shared
                .programs
                .iter()
                .map(|(process, name)| format!("{name} (process {process})"))
                .collect();
            if shared.is_kept {
                programs.push("kept until it is logged off".to_owned());
            }
            listed.push(Listed {
                session: format!("{}:{}", owner.user(), shared.number),
                user: owner.user().to_string(),
                profile: shared.profile,
                shared: true,
                since: time(shared.since),
                programs,
            });
        }
    }
    let data = registry::data_folder();
    let processes = glass::ask(data)
        .map_err(|error| Failure::new(format!("cannot look into {}: {error}", data.display())))?;
    for process in processes {
        // Those that others can join were listed by their broker.
        for one in process.sessions.into_iter().filter(|one| !one.is_shared) {
            listed.push(Listed {
                session: format!("{}.{}", process.pid, one.id),
                user: one.user,
                profile: one.profile,
                shared: false,
                since: time(one.since),
                programs: vec![format!("process {}", process.pid)],
            });
        }
    }
    Ok(listed)
}

/// `partywall session list`
pub fn run(common: &Common) -> Result<(), Failure> {
    let listed = all()?;
    if common.json {
        return json(&listed);
    }
    if listed.is_empty() {
        return line("no sessions; `partywall session logon` opens one");
    }
    line(&format!("{:<16} {:<12} {:<16} {:<22} who", "session", "user", "profile", "since"))?;
    for one in listed {
        let (user, profile) = (printable(&one.user), printable(&one.profile));
        let (session, since) = (&one.session, &one.since);
        let programs = printable(&one.programs.join(", "));
        line(&format!("{session:<16} {user:<12} {profile:<16} {since:<22} {programs}"))?;
    }
    Ok(())
}

/// `partywall session logoff`
pub fn log_off(id: &str) -> Result<(), Failure> {
    if let Some((user, number)) = id.rsplit_once(':') {
        let number = number.parse().map_err(|_| unknown(id))?;
        let owner = owners()?.into_iter().find(|owner| owner.user().eq_ignore_ascii_case(user));
        let owner = owner.ok_or_else(|| unknown(id))?;
        return match exchange::log_off(&owner, number)? {
            true => Ok(()),
            false => Err(unknown(id)),
        };
    }
    if all()?.iter().any(|one| one.session == id) {
        let says = format!("{id} is the session of one process alone, and ends with it");
        return Err(Failure::with_code(says, Code::NO_ACCESS.0 as u32));
    }
    Err(unknown(id))
}

fn unknown(id: &str) -> Failure {
    let says = format!("there is no session {id}; `partywall session list` shows those there are");
    Failure::with_code(says, Code::NOT_FOUND.0 as u32)
}
