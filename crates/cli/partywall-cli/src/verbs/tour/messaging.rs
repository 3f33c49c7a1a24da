//! Logons by the document's flowchart, each with the program itself.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::house::House;
use super::station::Station;
use super::village::Village;

/// Four calls.
pub const CALLS: Station = Station {
    id: "four-calls",
    title: "Four logon calls, one engine",
    document: "sessions",
    quote: "MAPI clients call the MAPILogonEx function, Simple MAPI clients call the MAPILogon \
            function, CMC clients call the cmc_logon function, and Active Messaging Library \
            clients call the Session object's Logon method.",
    command: "partywall session logon --via simple",
    visit: calls,
};

/// A prompt that is cancelled.
pub const CANCELLED: Station = Station {
    id: "explained",
    title: "The path through the flowchart, with a prompt that is cancelled",
    document: "sessions",
    quote: "A second possible reason for failure is the cancellation of the dialog box by the \
            user before the needed information can be added.",
    command: "partywall session logon --profile Nobody --ui script:FILE --explain",
    visit: cancelled,
};

/// One service goes dark.
pub const TWICE: Station = Station {
    id: "failing-twice",
    title: "One service fails twice and goes dark, the other stays",
    document: "sessions",
    quote: "If this second attempt proves unsuccessful, MAPI disables all service providers in \
            the message service for the duration of the session.",
    command: "partywall profile add-service Work PWMAILDIR path=/nowhere",
    visit: twice,
};

/// A second program.
pub const SHARED: Station = Station {
    id: "shared-session",
    title: "A shared session from a second program",
    document: "sessions",
    quote: "Shared sessions are established once but can be \"used\" by other client \
            applications who need to use them. The profile and credentials are specified only \
            with the initial logon.",
    command: "partywall session logon; partywall session list",
    visit: shared,
};

/// One logon, several programs.
pub const UNIFIED: Station = Station {
    id: "unified-logon",
    title: "One logon with a password opens the other programs",
    document: "sessions",
    quote: "When working with unified logon, users do not have to enter a name and password for \
            each application they want to use.",
    command: "partywall session logon --profile Locked",
    visit: unified,
};

/// Too many.
pub const LIMIT: Station = Station {
    id: "session-limit",
    title: "A provider's limit, with the names of those who hold the sessions",
    document: "sessions",
    quote: "Some service providers, however, might not be as flexible, returning the error value \
            MAPI_E_SESSION_LIMIT on subsequent logon attempts.",
    command: "partywall profile add-service Work PWSTORE session_limit=1",
    visit: limit,
};

/// A service account.
pub const DELEGATED: Station = Station {
    id: "service-account",
    title: "One service account opens the stores of others, by delegated rights",
    document: "hang",
    quote: "Most MAPI server applications run as a single service account which has appropriate \
            permissions to log in to the various mailboxes it needs to.",
    command: "partywall user grant --mailbox alice service --rights read",
    visit: delegated,
};

/// What became of each service: name, state, reason.
fn services(logon: &Value) -> Vec<(String, String, String)> {
    let text = |service: &Value, key: &str| {
        service.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let listed = logon.get("services").and_then(Value::as_array).into_iter().flatten();
    listed
        .map(|service| (text(service, "name"), text(service, "state"), text(service, "reason")))
        .collect()
}

fn text<'a>(logon: &'a Value, key: &str) -> &'a str {
    logon.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn calls(_house: &mut House) -> Result<String, String> {
    let village = Village::new()?;
    village.must(&["profile", "create", "Work"], "")?;
    let mut seen = Vec::new();
    let mut first = None;
    for via in ["mapi", "simple", "cmc", "cdo"] {
        let logon = village.json(&["session", "logon", "--via", via, "--ui", "none"])?;
        let is_shared = logon["shared"] == true;
        if is_shared {
            village.must(&["session", "logoff", text(&logon, "session")], "")?;
        }
        let found = (text(&logon, "profile").to_owned(), services(&logon));
        let first = first.get_or_insert_with(|| found.clone());
        if *first != found || found.1.iter().any(|service| service.1 != "live") {
            return Err(format!("{via} found {found:?}, mapi found {first:?}"));
        }
        let kind = if is_shared { "shared" } else { "individual" };
        seen.push(format!("{via:<7} profile {}, {kind}, {} services live", found.0, found.1.len()));
    }
    Ok(seen.join("\n"))
}

fn cancelled(_house: &mut House) -> Result<String, String> {
    let village = Village::new()?;
    village.must(&["profile", "create", "Work"], "")?;
    let script = village.file("answers", "cancel\n")?;
    let ui = format!("script:{}", script.display());
    let arguments =
        ["session", "logon", "--profile", "Nobody", "--ui", &ui, "--new-session", "--explain"];
    let ran = village.run(&arguments, "")?;
    let is_cancelled = ran.out.contains("the logon dialog is shown: the user cancelled")
        && ran.out.contains("MAPI_E_USER_CANCEL");
    if ran.ok || !is_cancelled {
        return Err(format!("expected a cancelled logon: {}{}", ran.out, ran.err));
    }
    let next = village.json(&["session", "logon", "--new-session", "--ui", "none"])?;
    if text(&next, "profile") != "Work" {
        return Err("the next logon did not find everything as it was".into());
    }
    Ok(format!("{}\nthe next logon, without a question, got its session at once", ran.out.trim()))
}

fn twice(_house: &mut House) -> Result<String, String> {
    let village = Village::new()?;
    village.must(&["profile", "create", "Work", "--service", "PWSTORE"], "")?;
    let add = ["profile", "add-service", "Work", "PWMAILDIR", "path=/nowhere"];
    village.must(&add, "")?;
    let script = village.file("answers", "retry\n")?;
    let ui = format!("script:{}", script.display());
    let logon = village.json(&["session", "logon", "--new-session", "--ui", &ui])?;
    let services = services(&logon);
    let states: Vec<&str> = services.iter().map(|service| &*service.1).collect();
    if states != ["live", "disabled"] || !services[1].2.contains("MAPI_E_NOT_FOUND") {
        return Err(format!("expected one live service and one that is dark: {services:?}"));
    }
    let steps = logon.get("path").and_then(Value::as_array).into_iter().flatten();
    let steps: Vec<&str> = steps.filter_map(Value::as_str).collect();
    let dark = steps.iter().filter(|step| step.contains("Maildir") || step.contains("PWMAILDIR"));
    let shown: Vec<String> = dark.map(|step| format!("- {step}")).collect();
    Ok(format!("{} is live\n{}", services[0].0, shown.join("\n")))
}

fn shared(_house: &mut House) -> Result<String, String> {
    let village = Village::new()?;
    village.must(&["profile", "create", "Work"], "")?;
    let first = village.json(&["session", "logon", "--ui", "none"])?;
    let second = village.json(&["session", "logon", "--ui", "none", "--profile", "Other"])?;
    let id = text(&first, "session").to_owned();
    if id.is_empty() || text(&second, "session") != id || text(&second, "profile") != "Work" {
        return Err(format!("the second program did not join: {first} {second}"));
    }
    let listed = village.must(&["session", "list"], "")?;
    village.must(&["session", "logoff", &id], "")?;
    if !village.must(&["session", "list"], "")?.starts_with("no sessions") {
        return Err("a session was left behind".into());
    }
    Ok(format!(
        "{}\nthe second program named another profile, which did not count, and got the same \
         session",
        listed.trim()
    ))
}

fn unified(_house: &mut House) -> Result<String, String> {
    let village = Village::new()?;
    village.must(&["profile", "create", "Locked", "--password-stdin"], "sesame\n")?;
    let refused = village.run(&["session", "logon", "--ui", "none"], "")?;
    if refused.ok || !refused.err.contains("password") {
        return Err("without its password the profile opened".into());
    }
    let script = village.file("answers", "ok password=sesame\n")?;
    let ui = format!("script:{}", script.display());
    let first = village.json(&["session", "logon", "--ui", &ui])?;
    let mut asked = 0;
    for _ in 0..2 {
        let next = village.json(&["session", "logon", "--ui", "none"])?;
        if text(&next, "profile") != "Locked" {
            return Err(format!("another program was not let in: {next}"));
        }
        let steps = next.get("path").and_then(Value::as_array).into_iter().flatten();
        asked += steps.filter(|step| step.as_str().is_some_and(|s| s.contains("dialog"))).count();
    }
    village.must(&["session", "logoff", text(&first, "session")], "")?;
    if asked > 0 {
        return Err("another program asked again".into());
    }
    Ok("without the password: refused\nthe first program asked for it once; two more programs \
        logged on without name or password"
        .to_owned())
}

fn limit(_house: &mut House) -> Result<String, String> {
    let village = Village::new()?;
    village.must(&["profile", "create", "Work", "--service", "none"], "")?;
    village.must(&["profile", "add-service", "Work", "PWSTORE", "session_limit=1"], "")?;
    let logon = ["session", "logon", "--new-session", "--ui", "none"];
    let holder = village.start(&[&logon[..], &["--hold"]].concat())?;
    let named = format!("in process {}", holder.process());
    let end = Instant::now() + Duration::from_secs(10);
    let refused = loop {
        let second = village.json(&logon)?;
        let (_, state, reason) = services(&second).remove(0);
        if state == "disabled" {
            break reason;
        }
        if Instant::now() > end {
            return Err("the second session was not refused".into());
        }
    };
    if !refused.contains("MAPI_E_SESSION_LIMIT") || !refused.contains(&named) {
        return Err(format!("the holder, {named}, is not named: {refused}"));
    }
    drop(holder);
    let third = village.json(&logon)?;
    if services(&third).iter().any(|service| service.1 != "live") {
        return Err("the place did not become free with its holder's end".into());
    }
    Ok(format!("{refused}\nthe holder was killed, and its place was free at once"))
}

fn delegated(_house: &mut House) -> Result<String, String> {
    let village = Village::new()?;
    for user in ["alice", "bob", "carol", "service"] {
        village.must(&["user", "add", user, "--password-stdin"], "on-tour\n")?;
    }
    for mailbox in ["alice", "bob"] {
        village.must(&["user", "grant", "--mailbox", mailbox, "service"], "")?;
    }
    let profile = ["profile", "--user", "service"];
    village.must(&[&profile[..], &["create", "All", "--service", "none"]].concat(), "")?;
    for mailbox in ["alice", "bob", "carol"] {
        let setting = format!("mailbox={mailbox}");
        let add = ["add-service", "All", "PWSTORE", &setting];
        village.must(&[&profile[..], &add[..]].concat(), "")?;
    }
    let logon = ["session", "logon", "--user", "service", "--profile", "All", "--ui", "none"];
    let logon = village.json(&[&logon[..], &["--new-session"]].concat())?;
    let services = services(&logon);
    let states: Vec<&str> = services.iter().map(|service| &*service.1).collect();
    if states != ["live", "live", "disabled"] || !services[2].2.contains("MAPI_E_NO_ACCESS") {
        return Err(format!("expected two open mailboxes and one that is refused: {services:?}"));
    }
    Ok(format!(
        "the service account opened the mailboxes of alice and bob, as itself; that of carol: {}",
        services[2].2
    ))
}
