//! Shared sessions of other programs: joining one, and letting others join.
//!
//! A session that is joined is opened here anew, with the profile, the
//! credentials and the disabled services of the first logon: nothing is asked,
//! and what is dark there is dark here. It ends with the shared one.

use std::sync::Arc;

use mapi_abi::codes::{Code, Failure};

use crate::context::UserContext;
use crate::link::{self, Exchange, Link, SharedSession};
use crate::open::Opening;
use crate::path::Path;
use crate::service::{Service, ServiceState};
use crate::session::{self, Parts, Session};
use crate::settings::Settings;
use crate::shared;
use crate::turn::Turn;

/// The user's shared session in another program, opened here too.
///
/// # Errors
/// `LOGON_FAILED` its profile is gone; disk errors. A broker that does not answer
/// is no error: then there is no shared session.
pub fn from_elsewhere(
    context: &UserContext,
    settings: &Settings,
    path: &mut Path,
) -> Result<Option<Arc<Session>>, Failure> {
    let Some(exchange) = link::exchange().filter(|_| settings.broker) else { return Ok(None) };
    let joined = match exchange.join(context.token()) {
        Ok(joined) => joined,
        Err(failure) => {
            observe::warn!("mapi", "no shared session can be looked for: {failure}");
            return Ok(None);
        }
    };
    let Some((shared, membership)) = joined else { return Ok(None) };
    let profile = {
        let _identity = context.work()?;
        context.profiles().load(&shared.profile)
    };
    let profile = profile.map_err(|failure| match failure.code {
        Code::NOT_FOUND => Failure::new(Code::LOGON_FAILED, failure.says),
        _ => failure,
    })?;
    let mut services = Service::of_profile(&profile);
    for service in &mut services {
        if let Some((_, section)) = shared.sections.iter().find(|(uid, _)| *uid == service.uid) {
            service.section = section.clone();
        }
        if let Some((_, why)) = shared.disabled.iter().find(|(uid, _)| *uid == service.uid) {
            service.state = ServiceState::Disabled(why.clone());
        }
    }
    let id = session::next_id();
    let mut turn = Turn::none();
    let mut opening = Opening {
        context,
        settings,
        profile: &profile.name,
        session: id,
        asker: None,
        turn: &mut turn,
        path,
        changed: Vec::new(),
    };
    opening.all(&mut services)?;
    let (context, settings) = (context.clone(), settings.clone());
    let session = Session::new(Parts { id, context, profile, services, settings });
    let number = membership.number();
    session.set_link(Link::Programs(membership));
    exchange.attach(number, &session);
    // Another thread may have been faster; then its session is the one.
    Ok(Some(match shared::publish(&session) {
        Ok(()) => session,
        Err(other) => other,
    }))
}

/// Lets other programs join a session.
///
/// # Errors
/// `NETWORK_ERROR`; `COLLISION` another program's session is the shared one.
pub fn publish(exchange: &dyn Exchange, session: &Arc<Session>) -> Result<(), Failure> {
    let shared = session.with_services(|services| SharedSession {
        profile: session.profile().name.clone(),
        sections: services.iter().map(|service| (service.uid, service.section.clone())).collect(),
        disabled: services
            .iter()
            .filter_map(|service| match &service.state {
                ServiceState::Disabled(why) => Some((service.uid, why.clone())),
                ServiceState::Live => None,
            })
            .collect(),
    });
    let membership = exchange.publish(session.context().token(), &shared)?.ok_or_else(|| {
        let says = "another program of this user has a shared session already";
        Failure::new(Code::COLLISION, says)
    })?;
    let number = membership.number();
    session.set_link(Link::Programs(membership));
    exchange.attach(number, session);
    Ok(())
}
