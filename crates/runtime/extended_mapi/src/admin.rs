//! Administration of profiles: `IProfAdmin`, `IMsgServiceAdmin`, `IProviderAdmin` and
//! the sections of a profile.
//!
//! Changes are durable when a method returns, and count from the next session on.

mod profiles;
mod providers;
mod section;
mod services;

use std::sync::Arc;

use mapi_abi::codes::Failure;
use mapi_abi::structs::MAPIUID;
use mapi_profile::{Profile, ProfileFolder, Uid};
use mapi_session::{Client, UserContext};

use crate::context::invalid;

pub use profiles::profile_admin_object;
pub use section::section_object;
pub use services::{section_of, service_admin_object};

/// Whose profiles are administered; a session's are those of its user.
#[derive(Clone)]
pub struct Owner {
    context: UserContext,
    /// The session that the administration belongs to, if it does to one.
    client: Option<Arc<Client>>,
}

impl Owner {
    /// Whoever the calling thread works for.
    pub fn capture() -> Self {
        Self { context: UserContext::of_caller(), client: None }
    }

    /// The user of a client's session.
    pub fn of_client(client: &Arc<Client>) -> Self {
        let context = client.session().context().clone();
        Self { context, client: Some(Arc::clone(client)) }
    }

    fn check(&self) -> Result<(), Failure> {
        match &self.client {
            Some(client) => client.check(),
            None => mapi_session::check_initialized(),
        }
    }

    /// Runs `body` with the profiles, as their owner.
    fn with<R>(
        &self,
        body: impl FnOnce(&ProfileFolder) -> Result<R, Failure>,
    ) -> Result<R, Failure> {
        self.check()?;
        let _identity = self.context.work()?;
        body(&self.context.profiles())
    }

    fn load(&self, name: &str) -> Result<Arc<Profile>, Failure> {
        self.with(|profiles| profiles.load(name))
    }

    fn change<R>(
        &self,
        name: &str,
        change: impl FnOnce(&mut Profile) -> Result<R, Failure>,
    ) -> Result<R, Failure> {
        self.with(|profiles| profiles.change(name, change))
    }
}

/// An identifier that a client passed.
///
/// # Safety
/// `uid` is null or readable.
unsafe fn uid_argument(uid: *const MAPIUID) -> Result<Uid, Failure> {
    // SAFETY: forwarded from the caller.
    let uid = unsafe { uid.as_ref() }.ok_or_else(|| invalid("there is no identifier"))?;
    Ok(Uid(uid.ab))
}
