//! What a new context is asked to be, and what it is then.

use std::sync::Arc;
use std::time::Duration;

use com_abi::codes::{E_ACCESSDENIED, E_INVALIDARG};
use com_abi::interceptor::IPwInterceptor;
use com_abi::marshal::IAgileObject;
use com_abi::{HRESULT, IUnknown, Interface};
use security::{Token, impersonation};

use super::Context;
use super::activity::{self, Activity};
use crate::apartment::Apartment;
use crate::context::CallContext;

/// How long a call waits for a synchronised context unless the context says
/// otherwise.
pub const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// The highest `RPC_C_AUTHN_LEVEL_…`.
const HIGHEST_LEVEL: u32 = 6;

/// Whether one chain of calls is in a context at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Synchronization {
    /// No matter: the property is not looked at.
    #[default]
    Disabled,
    /// Never.
    NotSupported,
    /// If the creator's is: in the creator's activity.
    Supported,
    /// Always: in the creator's activity, or a new one.
    Required,
    /// Always, in a new activity.
    RequiresNew,
}

/// As whom the calls into a context run.
#[derive(Clone, Debug, Default)]
pub enum Identity {
    /// As the thread that serves the call.
    #[default]
    Caller,
    /// As who made the context.
    Creator,
    /// As somebody whose token the host has.
    Given(Token),
}

/// Who may call into a context.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// The least `RPC_C_AUTHN_LEVEL_…` of a call; 0 for any.
    pub least_level: u32,
    /// Accounts; none for everybody.
    pub users: Option<Vec<String>>,
}

impl Access {
    /// Lets a caller in.
    ///
    /// # Errors
    /// `E_ACCESSDENIED`.
    pub(crate) fn check(&self, caller: &CallContext) -> Result<(), HRESULT> {
        let user = caller.token().user();
        let is_listed = |users: &Vec<String>| users.iter().any(|known| **known == **user);
        let may = caller.level() >= self.least_level && self.users.as_ref().is_none_or(is_listed);
        if may { Ok(()) } else { Err(E_ACCESSDENIED) }
    }
}

/// An interceptor of the program's, which every thread may use.
pub struct Interceptor(IPwInterceptor);

// SAFETY: the object has said that it is agile.
unsafe impl Send for Interceptor {}
// SAFETY: as above.
unsafe impl Sync for Interceptor {}

impl Interceptor {
    /// Adds a reference.
    ///
    /// # Errors
    /// `E_INVALIDARG` when the object is none, or is not agile: it is called, and
    /// released, by whatever thread crosses.
    pub fn new(object: &IUnknown) -> Result<Self, HRESULT> {
        let agile = object.cast::<IAgileObject>().map_err(|_| E_INVALIDARG)?;
        agile.cast().map(Self).map_err(|_| E_INVALIDARG)
    }

    pub(super) fn get(&self) -> &IPwInterceptor {
        &self.0
    }
}

/// See the module.
#[derive(Default)]
pub struct Request {
    /// Its name, for people and for traces.
    pub name: String,
    /// See [`Synchronization`].
    pub synchronization: Synchronization,
    /// How long a call waits to enter; none for the usual time.
    pub longest_wait: Option<Duration>,
    /// See [`Identity`].
    pub identity: Identity,
    /// See [`Access`].
    pub access: Access,
    /// Whether each crossing into it is a hop of the caller's trace.
    pub is_traced: bool,
    /// Asked in this order on the way in, told in the other on the way back.
    pub interceptors: Vec<Interceptor>,
}

/// What a context is.
pub(crate) struct Properties {
    pub name: Arc<str>,
    /// The lock that it shares with the other contexts of its activity.
    pub activity: Option<Arc<Activity>>,
    pub longest_wait: Duration,
    pub identity: Option<Token>,
    pub access: Access,
    pub is_traced: bool,
    pub interceptors: Vec<Interceptor>,
}

impl Synchronization {
    /// The activity of a new context whose creator is in `creators`.
    fn activity(self, creators: Option<Arc<Activity>>) -> Option<Arc<Activity>> {
        match self {
            Self::Disabled | Self::NotSupported => None,
            Self::Supported => creators,
            Self::Required => Some(creators.unwrap_or_default()),
            Self::RequiresNew => Some(Arc::default()),
        }
    }
}

impl Request {
    /// Makes the context in `apartment`; this thread is its creator.
    ///
    /// # Errors
    /// `E_INVALIDARG` for a level of authentication that there is not.
    pub fn create(self, apartment: &Arc<Apartment>) -> Result<Context, HRESULT> {
        if self.access.least_level > HIGHEST_LEVEL {
            return Err(E_INVALIDARG);
        }
        let identity = match self.identity {
            Identity::Caller => None,
            Identity::Creator => Some(impersonation::capture()),
            Identity::Given(token) => Some(token),
        };
        let properties = Properties {
            name: self.name.into(),
            activity: self.synchronization.activity(activity::current()),
            longest_wait: self.longest_wait.unwrap_or(LONGEST_WAIT),
            identity,
            access: self.access,
            is_traced: self.is_traced,
            interceptors: self.interceptors,
        };
        Context::new(apartment, properties)
    }
}
