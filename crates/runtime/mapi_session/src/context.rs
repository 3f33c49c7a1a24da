//! Whose session it is: captured once, at the logon, and a value from then on.

use std::path::PathBuf;

use mapi_abi::codes::{Code, Failure};
use mapi_profile::{ProfileFolder, user_folder};
use security::Token;
use security::impersonation::{self, Impersonation};

use crate::path::{Path, Step};
use crate::settings::Settings;

/// The one user of a house without accounts.
pub const SINGLE_USER: &str = "user";

/// A user, and where their data is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserContext {
    token: Token,
    folder: PathBuf,
}

impl UserContext {
    /// Captures whoever the calling thread works for.
    pub fn capture(settings: &Settings, path: &mut Path) -> Self {
        let token = if settings.user_accounts {
            impersonation::capture()
        } else {
            Token::new(SINGLE_USER, None)
        };
        let user = token.user().to_string();
        path.add(if settings.user_accounts { Step::Caller(user) } else { Step::SingleUser(user) });
        Self::of(token)
    }

    /// The context of a token.
    pub fn of(token: Token) -> Self {
        let folder = user_folder(registry::data_folder(), token.user());
        Self { token, folder }
    }

    /// Who it is.
    pub fn token(&self) -> &Token {
        &self.token
    }

    /// The user's name.
    pub fn user(&self) -> &str {
        self.token.user()
    }

    /// The folder of the user's data.
    pub fn folder(&self) -> &std::path::Path {
        &self.folder
    }

    /// The user's profiles; to be used as the user only.
    pub fn profiles(&self) -> ProfileFolder {
        ProfileFolder::new(&self.folder)
    }

    /// Works as the user until the guard is dropped; `None` if the thread does
    /// so already.
    ///
    /// # Errors
    /// `NO_ACCESS` the system refuses the identity.
    pub fn work(&self) -> Result<Option<Impersonation>, Failure> {
        work_as(&self.token)
    }
}

/// As [`UserContext::work`].
pub fn work_as(token: &Token) -> Result<Option<Impersonation>, Failure> {
    if impersonation::current().as_ref() == Some(token) {
        return Ok(None);
    }
    impersonation::impersonate(token).map(Some).map_err(|error| {
        let says = format!("the system refuses the identity of {}: {error}", token.user());
        Failure::new(Code::NO_ACCESS, says)
    })
}
