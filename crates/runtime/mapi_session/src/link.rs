//! How shared sessions reach other programs: through the broker, which the
//! program brings in.
//!
//! The engine says what it needs ([`Exchange`]); without an exchange everything
//! is the same within one process.

use std::sync::{Arc, Mutex, PoisonError};

use mapi_abi::codes::Failure;
use mapi_abi::spi::Section;
use mapi_profile::Uid;
use security::Token;

use crate::exchange::BrokerExchange;
use crate::session::Session;

/// What a shared session is to programs that join it: which profile, which
/// credentials, and which services are dark.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SharedSession {
    /// The profile's name.
    pub profile: String,
    /// What the first logon used beyond the profile: sections by service.
    pub sections: Vec<(Uid, Section)>,
    /// Services that the first logon disabled, and why.
    pub disabled: Vec<(Uid, Failure)>,
}

/// What keeps a program's part in a shared session; dropping it leaves.
pub trait Membership: Send + Sync {
    /// Number of the shared session among all programs of the user.
    fn number(&self) -> u64;

    /// Asks all programs that share the session to leave.
    fn ask_all_to_leave(&self);

    /// Keeps the session after this program's end, until somebody logs it off.
    fn keep(&self);
}

/// A shared session and a part in it.
pub type Joined = (SharedSession, Box<dyn Membership>);

/// A part in a shared session, as the session holds it.
pub enum Link {
    /// This process only.
    Here,
    /// With other programs.
    Programs(Box<dyn Membership>),
}

impl Link {
    /// Number of the session among all programs, if there are others.
    pub fn number(&self) -> Option<u64> {
        match self {
            Self::Here => None,
            Self::Programs(membership) => Some(membership.number()),
        }
    }

    /// Keeps the session after this program's end; without other programs there is
    /// nothing that could.
    pub fn keep(&self) {
        if let Self::Programs(membership) = self {
            membership.keep();
        }
    }

    /// Asks all programs to leave; false when there is only this one, which then
    /// tells its clients itself.
    pub fn ask_all_to_leave(&self) -> bool {
        match self {
            Self::Here => false,
            Self::Programs(membership) => {
                membership.ask_all_to_leave();
                true
            }
        }
    }
}

/// Brings programs of one user together.
pub trait Exchange: Send + Sync {
    /// The shared session of `owner`, if there is one, joined.
    ///
    /// # Errors
    /// `NETWORK_ERROR` the broker does not answer.
    fn join(&self, owner: &Token) -> Result<Option<Joined>, Failure>;

    /// Makes a session the shared one of its owner; `None` there is one already.
    ///
    /// # Errors
    /// `NETWORK_ERROR` the broker does not answer.
    fn publish(
        &self,
        owner: &Token,
        session: &SharedSession,
    ) -> Result<Option<Box<dyn Membership>>, Failure>;

    /// Says which session the membership is part of, so that its end, or the
    /// broker's, ends it: `END_OF_SESSION`.
    fn attach(&self, membership: u64, session: &Arc<Session>);
}

static EXCHANGE: Mutex<Option<Arc<dyn Exchange>>> = Mutex::new(None);

/// Sets how programs come together.
pub fn set_exchange(exchange: Arc<dyn Exchange>) {
    *EXCHANGE.lock().unwrap_or_else(PoisonError::into_inner) = Some(exchange);
}

/// Programs come together through the brokers of their users.
pub fn use_brokers() {
    set_exchange(Arc::new(BrokerExchange::default()));
}

/// How programs come together, if they do.
pub fn exchange() -> Option<Arc<dyn Exchange>> {
    EXCHANGE.lock().unwrap_or_else(PoisonError::into_inner).clone()
}
