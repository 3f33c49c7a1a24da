//! `partywall session logon|list|logoff`

mod ffi;
mod list;
mod logon;

use crate::args::{Common, Session, SessionVerb};
use crate::output::Failure;

pub use list::told;

/// See the module.
pub fn run(common: &Common, session: &Session) -> Result<(), Failure> {
    match &session.verb {
        SessionVerb::Logon(request) => logon::run(common, request),
        SessionVerb::List => list::run(common),
        SessionVerb::Logoff { id } => list::log_off(id),
    }
}
