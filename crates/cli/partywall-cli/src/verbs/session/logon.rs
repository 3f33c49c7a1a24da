//! `partywall session logon`

use std::io::IsTerminal;
use std::sync::Arc;

use mapi_abi::structs::{
    MAPI_ALLOW_OTHERS, MAPI_EXTENDED, MAPI_FORCE_DOWNLOAD, MAPI_LOGON_UI, MAPI_NEW_SESSION,
    MAPI_USE_DEFAULT,
};
use mapi_session::path::{Path, Step};
use mapi_session::{Client, Request, session};
use prompt::{Nobody, Script, Terminal};
use security::impersonation;
use serde::Serialize;

use super::super::profile::token_of;
use super::ffi::{self, Ask, Held};
use crate::args::{Common, SessionLogon, Ui, Via};
use crate::output::{Failure, json, line, printable};

#[derive(Serialize)]
struct Opened {
    session: String,
    profile: String,
    shared: bool,
    path: Vec<String>,
    services: Vec<Service>,
}

#[derive(Serialize)]
struct Service {
    name: String,
    state: &'static str,
    reason: String,
}

/// See the module.
pub fn run(common: &Common, asked: &SessionLogon) -> Result<(), Failure> {
    let token = token_of(asked.user.as_deref())?;
    let may_ask = set_prompt(asked.ui.as_ref())?;
    mapi_session::initialize(0, 0)?;
    let mut flags = MAPI_EXTENDED | MAPI_FORCE_DOWNLOAD;
    flags |= if asked.new_session { MAPI_NEW_SESSION } else { MAPI_ALLOW_OTHERS };
    if asked.profile.is_none() {
        flags |= MAPI_USE_DEFAULT;
    }
    if may_ask {
        flags |= MAPI_LOGON_UI;
    }
    let request =
        Request { profile: asked.profile.clone().unwrap_or_default(), flags, ..Request::default() };
    let mut path = Path::new();
    let result = {
        let _identity = impersonation::impersonate(&token)
            .map_err(|error| Failure::new(format!("cannot work as {}: {error}", token.user())))?;
        match asked.via {
            Via::Mapi => mapi_session::logon_with_path(&request, &mut path)
                .map(|client| (client, None))
                .map_err(Failure::from),
            other => through(other, asked, may_ask),
        }
    };
    let (client, held) = match result {
        Ok((client, held)) => {
            if held.is_some() {
                path = client.path();
            }
            (client, held)
        }
        Err(failure) => {
            if asked.explain && !common.json {
                explain(&path)?;
            }
            return Err(failure);
        }
    };
    tell(common, asked, &client, &path)?;
    if asked.hold {
        // Whoever started it says when it is over.
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
    }
    // A shared session stays for the programs that come, until it is logged off.
    client.session().with_link(mapi_session::link::Link::keep);
    match held {
        Some(held) => drop(held),
        None => client.leave()?,
    }
    Ok(())
}

/// Makes another face's logon; answers its session's client, as the engine knows it.
fn through(
    via: Via,
    asked: &SessionLogon,
    may_ask: bool,
) -> Result<(Arc<Client>, Option<Held>), Failure> {
    let profile = asked.profile.as_deref().unwrap_or_default();
    let ask = Ask { profile, is_new: asked.new_session, may_ask };
    let held = match via {
        Via::Cmc => ffi::cmc(&ask),
        Via::Cdo => ffi::cdo(&ask),
        Via::Simple | Via::Mapi => ffi::simple(&ask),
    }?;
    // The only session of this process.
    let client = session::all().first().and_then(|session| session.clients().pop());
    let client = client.ok_or_else(|| Failure::new("the session has ended already"))?;
    Ok((client, Some(held)))
}

/// Sets whom logons ask; whether there is anybody.
fn set_prompt(ui: Option<&Ui>) -> Result<bool, Failure> {
    match ui {
        None if !std::io::stdin().is_terminal() => {
            mapi_session::set_default_prompt(Arc::new(Nobody));
            Ok(false)
        }
        None | Some(Ui::Terminal) => {
            mapi_session::set_default_prompt(Arc::new(Terminal));
            Ok(true)
        }
        Some(Ui::None) => {
            mapi_session::set_default_prompt(Arc::new(Nobody));
            Ok(false)
        }
        Some(Ui::Console) => Err(Failure::new(
            "the console's page cannot ask yet: use --ui terminal, none or script:FILE",
        )),
        Some(Ui::Script(file)) => {
            let script = Script::read(file)
                .map_err(|error| Failure::new(format!("{}: {error}", file.display())))?;
            mapi_session::set_default_prompt(Arc::new(script));
            Ok(true)
        }
    }
}

fn tell(
    common: &Common,
    asked: &SessionLogon,
    client: &Client,
    path: &Path,
) -> Result<(), Failure> {
    let session = client.session();
    let opened = Opened {
        session: session_id(client),
        profile: session.profile().name.clone(),
        shared: session.is_shared(),
        path: path.sentences(),
        services: session
            .reports()
            .into_iter()
            .map(|report| Service { name: report.name, state: report.state, reason: report.reason })
            .collect(),
    };
    if common.json {
        return json(&opened);
    }
    if asked.explain {
        explain(path)?;
    }
    let joined = path.steps().iter().any(|step| matches!(step, Step::Joined { .. }));
    let kind = match (opened.shared, joined) {
        (true, true) => "joined, shared",
        (true, false) => "shared",
        _ => "individual, ends now",
    };
    line(&format!("session {} with profile {} ({kind})", opened.session, opened.profile))?;
    for service in &opened.services {
        let reason = printable(&service.reason);
        line(&format!("  {:<30} {:<9} {reason}", printable(&service.name), service.state))?;
    }
    Ok(())
}

/// The number of the shared session at its broker, else of the one in this
/// process.
fn session_id(client: &Client) -> String {
    let session = client.session();
    let shared = session.with_link(mapi_session::link::Link::number).flatten();
    match shared {
        Some(number) => format!("{}:{number}", session.context().user()),
        None => format!("{}.{}", std::process::id(), session.id()),
    }
}

fn explain(path: &Path) -> Result<(), Failure> {
    for (at, sentence) in path.sentences().iter().enumerate() {
        line(&format!("{:>3}. {}", at + 1, printable(sentence)))?;
    }
    Ok(())
}
